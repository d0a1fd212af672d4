//! Decoding a file from its first sample to its last, a block at a time.

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::TimeBase;

use super::format::Format;
use super::unheard::{Loss, Unheard};
use super::window::Window;

/// The packets of a file's sound.
pub struct Packets {
    reader: Box<dyn FormatReader>,
    track: u32,
    time_base: Option<TimeBase>,
}

/// What is next in a file.
pub enum Next {
    Packet(Packet),
    /// Another stream begins, as in files put together of several.
    Anew,
    End,
}

impl Packets {
    /// Finds the sound in a file.
    ///
    /// # Errors
    /// When there is none that can be decoded.
    pub fn open(window: Window, format: Format) -> Result<Self, Unheard> {
        // An MP3 file without a table would have its length guessed, and its sound cut off there.
        let window = if format == Format::Mp3 { window.forward_only() } else { window };
        let source = MediaSourceStream::new(Box::new(window), MediaSourceStreamOptions::default());
        let mut hint = Hint::new();
        hint.with_extension(format.extension());
        let reader = symphonia::default::get_probe()
            .probe(&hint, source, FormatOptions::default(), MetadataOptions::default())
            .map_err(unheard)?;
        let (track, time_base) = sound_of(reader.as_ref()).map(|track| (track.id, track.time_base))?;
        Ok(Self { reader, track, time_base })
    }

    /// The next packet of the sound.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn advance(&mut self) -> Result<Next, Unheard> {
        loop {
            match self.reader.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => return Ok(Next::Packet(packet)),
                Ok(Some(_)) => {}
                Ok(None) => return Ok(Next::End),
                Err(Error::ResetRequired) => {
                    let track = sound_of(self.reader.as_ref())?;
                    (self.track, self.time_base) = (track.id, track.time_base);
                    return Ok(Next::Anew);
                }
                // What was promised decides whether this is the end.
                Err(Error::IoError(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                    return Ok(Next::End);
                }
                Err(error) => return Err(unheard(error)),
            }
        }
    }

    /// Nanoseconds that a packet lasts.
    pub fn nanoseconds(&self, packet: &Packet) -> i128 {
        self.time_base.map_or(0, |base| base.calc_duration_saturating(packet.dur).as_nanos())
    }

    /// A decoder for the packets that come next.
    fn decoder(&self) -> Result<Box<dyn AudioDecoder>, Unheard> {
        let parameters = sound_of(self.reader.as_ref())?.codec_params.as_ref().and_then(|codec| codec.audio());
        let parameters = parameters.ok_or_else(|| Unheard::Undecodable("sound of an unknown kind".to_owned()))?;
        let options = AudioDecoderOptions::default().verify(true);
        symphonia::default::get_codecs().make_audio_decoder(parameters, &options).map_err(unheard)
    }
}

fn sound_of(reader: &dyn FormatReader) -> Result<&Track, Unheard> {
    reader.default_track(TrackType::Audio).ok_or(Unheard::NoSound)
}

fn unheard(error: Error) -> Unheard {
    match error {
        Error::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Loss::Before("its sound begins").into()
        }
        Error::IoError(error) => Unheard::Unreadable(error),
        Error::Unsupported(what) => Unheard::Undecodable(format!("sound of another kind ({what})")),
        other => Unheard::Damaged(other.to_string()),
    }
}

/// Samples of all channels, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    pub samples: &'a [f32],
    pub channels: usize,
    pub rate: u32,
}

/// A file being decoded.
pub struct Decoding {
    packets: Packets,
    decoder: Box<dyn AudioDecoder>,
    samples: Vec<f32>,
    /// Packets that were decoded, and those that could not be.
    good: u64,
    bad: u64,
    /// Whether a checksum in the file says that what was decoded is not what was encoded.
    differs: bool,
}

impl Decoding {
    /// Begins to decode.
    ///
    /// # Errors
    /// When the file holds no sound that can be decoded.
    pub fn begin(window: Window, format: Format) -> Result<Self, Unheard> {
        let packets = Packets::open(window, format)?;
        let decoder = packets.decoder()?;
        Ok(Self { packets, decoder, samples: Vec::new(), good: 0, bad: 0, differs: false })
    }

    /// The next samples; nothing at the end.
    ///
    /// # Errors
    /// When the file cannot be read on, or at the end when it was damaged.
    pub fn advance(&mut self) -> Result<Option<Block<'_>>, Unheard> {
        let (channels, rate) = loop {
            let packet = match self.packets.advance()? {
                Next::Packet(packet) => packet,
                Next::Anew => {
                    self.finish();
                    self.decoder = self.packets.decoder()?;
                    continue;
                }
                Next::End => return self.end().map(|()| None),
            };
            match self.decoder.decode(&packet) {
                Ok(buffer) => {
                    self.good += 1;
                    self.samples.clear();
                    buffer.copy_to_vec_interleaved(&mut self.samples);
                    break (buffer.spec().channels().count(), buffer.spec().rate());
                }
                Err(Error::DecodeError(_) | Error::IoError(_)) => self.bad += 1,
                Err(error) => return Err(unheard(error)),
            }
        };
        Ok(Some(Block { samples: &self.samples, channels, rate }))
    }

    fn finish(&mut self) {
        self.differs |= self.decoder.finalize().verify_ok == Some(false);
    }

    /// A block here and there is lost in files that play well; more is damage.
    fn end(&mut self) -> Result<(), Unheard> {
        const FEW: u64 = 2;
        self.finish();
        let (good, bad) = (self.good, self.bad);
        if bad > FEW.max(good / 50) || (good == 0 && bad > 0) {
            return Err(Unheard::Damaged(format!("{bad} of {} blocks cannot be decoded", good + bad)));
        }
        if self.differs {
            return Err(Unheard::Damaged("its sound is not what its own checksum says".to_owned()));
        }
        Ok(())
    }
}
