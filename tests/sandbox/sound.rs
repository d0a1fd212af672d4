//! What a file of audio is, found by libraries that the sandbox does not use.

use std::io::Cursor;

use lofty::file::{AudioFile as _, FileType, TaggedFileExt as _};
use lofty::probe::Probe;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

pub struct Sound {
    pub extension: &'static str,
    pub seconds: f64,
    pub sample_rate: u32,
    pub kilobits: u32,
    pub channels: u8,
}

impl Sound {
    pub fn of(bytes: &[u8]) -> Self {
        let file = Probe::new(Cursor::new(bytes)).guess_file_type().unwrap().read().unwrap();
        let about = file.properties();
        Self {
            extension: match file.file_type() {
                FileType::Mpeg => "mp3",
                FileType::Wav => "wav",
                other => panic!("{other:?}"),
            },
            seconds: about.duration().as_secs_f64(),
            sample_rate: about.sample_rate().unwrap(),
            kilobits: about.audio_bitrate().unwrap(),
            channels: about.channels().unwrap(),
        }
    }
}

/// The decoded samples of the first of two channels. A packet that cannot be decoded fails the test.
pub fn left_channel(bytes: Vec<u8>, extension: &str) -> Vec<f32> {
    let source = MediaSourceStream::new(Box::new(Cursor::new(bytes)), MediaSourceStreamOptions::default());
    let mut hint = Hint::new();
    hint.with_extension(extension);
    let mut format = symphonia::default::get_probe()
        .probe(&hint, source, FormatOptions::default(), MetadataOptions::default())
        .unwrap();
    let track = format.default_track(TrackType::Audio).unwrap();
    let codec = track.codec_params.as_ref().unwrap().audio().unwrap();
    let mut decoder =
        symphonia::default::get_codecs().make_audio_decoder(codec, &AudioDecoderOptions::default()).unwrap();
    let (mut left, mut piece) = (Vec::new(), Vec::<f32>::new());
    while let Some(packet) = format.next_packet().unwrap() {
        decoder.decode(&packet).unwrap().copy_to_vec_interleaved(&mut piece);
        left.extend(piece.iter().step_by(2));
    }
    left
}

/// How much louder a sound is than what another differs from it, in decibels, once the delay between them is found.
pub fn likeness(plain: &[f32], other: &[f32]) -> f32 {
    let (from, length) = (44_100, 20_000);
    let model = &plain[from..from + length];
    let energy = |samples: &mut dyn Iterator<Item = f32>| samples.map(|sample| sample * sample).sum::<f32>();
    let noise = |delay: usize| {
        let heard = &other[from + delay..from + delay + length];
        energy(&mut model.iter().zip(heard).map(|(a, b)| a - b))
    };
    let least = (0..1_500).map(noise).fold(f32::MAX, f32::min);
    10.0 * (energy(&mut model.iter().copied()) / least).log10()
}

/// 16-bit stereo samples as a WAV file.
pub fn wav(rate: u32, samples: &[u8]) -> Vec<u8> {
    let mut file = b"RIFF".to_vec();
    file.extend((36 + samples.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    file.extend(rate.to_le_bytes());
    file.extend((rate * 4).to_le_bytes());
    file.extend(b"\x04\0\x10\0data");
    file.extend((samples.len() as u32).to_le_bytes());
    file.extend(samples);
    file
}
