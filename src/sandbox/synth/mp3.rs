//! Spectra as an MP3 file of constant bit rate.
//!
//! Every frame stands alone (no bit reservoir), every block is long, all scale factors are nought: the
//! plainest MP3 there is, and enough for sounds that begin softly. Tables and bit layout are the crate's.

use std::io::{self, Write};

use oxideav_mp3::demuxer::XingTagId;
use oxideav_mp3::inner_loop::{ExactBitCount, exact_bit_count_band_aligned, subdivide_bands};
use oxideav_mp3::main_data::{GranuleChannelData, assemble_main_data};
use oxideav_mp3::scalefactors::{FrameScaleFactors, ScaleFactors};
use oxideav_mp3::side_info::{GranuleChannel, SideInfo};
use oxideav_mp3::{
    ChannelMode, Mp3FrameHeader, NUM_LINES, XingTagSpec, build_info_frame, make_silent_header, silent_side_info,
    write_header, write_side_info, xing_flag_bit,
};

use super::band::Stereo;

/// The finest step of quantisation, as the format's `global_gain`: noise about 85 dB below full scale.
const FINEST: u8 = 152;

/// The format counts a grain's bits in a field of twelve.
const MOST_BITS: usize = 4_095;

/// Writes frames.
pub struct Mp3<W> {
    out: W,
    plan: Plan,
    /// Grains that wait until a frame is full, each with its channels.
    waiting: Vec<Vec<Quantised>>,
    /// The gain that the last grain of each channel needed: the next one needs much the same.
    gains: [u8; 2],
}

/// How long each frame is: a frame's length is rarely whole, so now and then one is a byte longer.
#[derive(Clone)]
struct Plan {
    header: Mp3FrameHeader,
    /// Sample rate times the bytes that the frames so far are behind the bit rate.
    owed: u32,
}

/// One channel of a grain, ready to be coded.
struct Quantised {
    gain: u8,
    lines: [i32; NUM_LINES],
    count: ExactBitCount,
}

impl Plan {
    /// Low bit rates are mono; below 32 kHz the format knows at most 160 kbit/s.
    fn new(rate: u32, bit_rate: u32) -> io::Result<Self> {
        let kilobits = (bit_rate / 1_000).min(if rate < 32_000 { 160 } else { 320 });
        let mode = if kilobits <= 64 { ChannelMode::SingleChannel } else { ChannelMode::Stereo };
        Ok(Self { header: make_silent_header(kilobits, rate, mode).map_err(odd)?, owed: 0 })
    }

    fn grains_per_frame(&self) -> usize {
        usize::from(silent_side_info(&self.header).granule_count)
    }

    fn channels(&self) -> usize {
        usize::from(self.header.channel_count())
    }

    /// The next frame's header and length in bytes.
    fn next(&mut self) -> (Mp3FrameHeader, usize) {
        let bits_per_byte_and_grain = 72 * self.grains_per_frame() as u32;
        let rate = self.header.sample_rate_hz;
        self.owed += bits_per_byte_and_grain * self.header.bitrate_kbps.unwrap_or_default() * 1_000 % rate;
        let padding = self.owed >= rate;
        if padding {
            self.owed -= rate;
        }
        let header = Mp3FrameHeader { padding, ..self.header };
        let length = header.frame_len().unwrap_or_default();
        (header, length)
    }

    /// Bits that one channel of one grain may take, in the shortest frame.
    fn bits(&self) -> usize {
        let side = silent_side_info(&self.header).byte_len();
        let slot = self.header.frame_len().unwrap_or_default().saturating_sub(4 + side);
        (slot * 8 / self.grains_per_frame() / self.channels()).min(MOST_BITS)
    }
}

/// Bytes of the information frame.
///
/// # Errors
/// When the format has no such rates.
pub fn head_length(rate: u32, bit_rate: u32) -> io::Result<u64> {
    Plan::new(rate, bit_rate).map(|plan| plan.header.frame_len().unwrap_or_default() as u64)
}

impl<W: Write> Mp3<W> {
    /// Begins a file of so many grains with its information frame, which tells players the length.
    ///
    /// # Errors
    /// When the file cannot be written or the format has no such rates.
    pub fn begin(mut out: W, rate: u32, bit_rate: u32, grains: usize) -> io::Result<Self> {
        let plan = Plan::new(rate, bit_rate)?;
        let frames = grains.div_ceil(plan.grains_per_frame()) as u32;
        let mut rehearsal = plan.clone();
        let bytes = (0..frames).map(|_| rehearsal.next().1 as u32).sum();
        let about = XingTagSpec {
            id: XingTagId::Info,
            flags: xing_flag_bit::FRAMES | xing_flag_bit::BYTES,
            frames: Some(frames),
            bytes: Some(bytes),
            toc: None,
            quality: None,
        };
        out.write_all(&build_info_frame(&plan.header, &about).map_err(odd)?)?;
        Ok(Self { out, plan, waiting: Vec::new(), gains: [FINEST; 2] })
    }

    /// Takes the next grain.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn grain(&mut self, stereo: &Stereo) -> io::Result<()> {
        let channels = if self.plan.channels() == 1 {
            let middle: Vec<f32> = stereo.left.iter().zip(&stereo.right).map(|(l, r)| (l + r) / 2.0).collect();
            vec![self.quantise(0, &middle)?]
        } else {
            vec![self.quantise(0, &stereo.left)?, self.quantise(1, &stereo.right)?]
        };
        self.waiting.push(channels);
        if self.waiting.len() == self.plan.grains_per_frame() { self.frame() } else { Ok(()) }
    }

    /// Ends the file; what the last frame lacks is silence.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        if !self.waiting.is_empty() {
            self.grain(&Stereo { left: vec![0.0], right: vec![0.0] })?;
        }
        self.out.flush()
    }

    /// The finest quantisation that fits. It begins a little finer than the last grain's: the sound rarely jumps.
    fn quantise(&mut self, channel: usize, spectrum: &[f32]) -> io::Result<Quantised> {
        let budget = self.plan.bits();
        let header = &self.plan.header;
        let long = GranuleChannel { ..silent_side_info(header).granules[0][0] };
        let mut gain = self.gains[channel].saturating_sub(4).max(FINEST);
        loop {
            let lines = rounded(spectrum, gain);
            let count = exact_bit_count_band_aligned(&lines, &long, header.sample_rate_hz, header.version);
            match count {
                Some(count) if count.bits <= budget => {
                    self.gains[channel] = gain;
                    return Ok(Quantised { gain, lines, count });
                }
                _ if gain == u8::MAX => return Err(odd("a grain that fits at no gain")),
                _ => gain = gain.saturating_add(2),
            }
        }
    }

    fn frame(&mut self) -> io::Result<()> {
        let (header, length) = self.plan.next();
        let mut side = silent_side_info(&header);
        let mut data: [[GranuleChannelData; 2]; 2] = Default::default();
        for (grain, channels) in self.waiting.drain(..).enumerate() {
            for (channel, quantised) in channels.into_iter().enumerate() {
                describe(&mut side, grain, channel, &quantised, &header);
                data[grain][channel] = GranuleChannelData {
                    is: quantised.lines,
                    big_pairs: quantised.count.split.big_pairs,
                    count1_quads: quantised.count.split.count1_quads,
                };
            }
        }
        let plain = FrameScaleFactors {
            granules: [[ScaleFactors::default(); 2]; 2],
            granule_count: side.granule_count,
            channels: side.channels,
            part2_bits: [[0; 2]; 2],
        };
        let main = assemble_main_data(&header, &mut side, &plain, &data).map_err(odd)?;
        let mut frame = write_header(&header).to_vec();
        frame.extend(write_side_info(&side));
        frame.extend(main.bytes);
        if frame.len() > length {
            return Err(odd("a frame longer than its bit rate"));
        }
        frame.resize(length, 0);
        self.out.write_all(&frame)
    }
}

/// Tells the decoder how a channel of a grain is coded.
fn describe(side: &mut SideInfo, grain: usize, channel: usize, quantised: &Quantised, header: &Mp3FrameHeader) {
    let pairs = quantised.count.split.big_pairs;
    let regions = subdivide_bands(header.sample_rate_hz, header.version, pairs);
    let told = &mut side.granules[grain][channel];
    told.global_gain = quantised.gain;
    told.big_values = pairs as u16;
    told.table_select = quantised.count.table_select;
    told.count1table_select = quantised.count.count1table_b;
    told.region0_count = regions.region0_count;
    told.region1_count = regions.region1_count;
}

/// The format's power law: a line is kept as the three-quarters power of its strength.
fn rounded(spectrum: &[f32], gain: u8) -> [i32; NUM_LINES] {
    let scale = ((210.0 - f32::from(gain)) / 4.0).exp2();
    let mut lines = [0; NUM_LINES];
    for (line, value) in lines.iter_mut().zip(spectrum) {
        let strength = value.abs() * scale;
        // The standard's rounding constant: values are more often below the middle of a step than above it.
        let whole = ((strength * strength.sqrt()).sqrt() + 0.4054) as i32;
        *line = if *value < 0.0 { -whole } else { whole };
    }
    lines
}

fn odd(error: impl std::fmt::Debug) -> io::Error {
    io::Error::other(format!("cannot encode MP3: {error:?}"))
}
