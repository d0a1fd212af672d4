//! The forms that sound files have: what the header of each says, and whether all that it promises is there.
//!
//! Decoders are generous: they play what is left of a file and call it the end. So each form is read here by
//! its own rules, without decoding. What cannot be known stands in the file of the form.

mod aiff;
mod chunks;
mod flac;
mod m4a;
mod mp3;
mod mpeg;
mod ogg;
mod wav;

use super::format::{Format, MAGIC_LENGTH, Sniffed};
use super::length::Length;
use super::lookalike;
use super::unheard::{Loss, Unheard};
use super::window::Window;

/// What the header of a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    pub format: Format,
    /// Samples a second.
    pub rate: u32,
    pub channels: u16,
    /// Samples of one channel; absent where only the end of the file tells.
    pub samples: Option<u64>,
    /// Whether `samples` is an estimate.
    pub about: bool,
    /// Samples of one channel before the sound, which an encoder needs and nobody should hear. Decoders leave
    /// out those of MP3 and Ogg by themselves.
    pub lead: u64,
    pub coding: Coding,
}

/// How the sound lies in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coding {
    /// As every program reads it: MP3, or a WAV of plain samples.
    Usual,
    /// Otherwise; with what one calls it.
    Other(String),
}

impl Outline {
    /// How long the header says the sound is.
    pub fn length(&self) -> Option<Length> {
        self.samples.map(|samples| Length::of(samples, self.rate))
    }
}

/// More channels than a recording has, and more samples a second: beyond is no sound but a broken header.
const MOST_CHANNELS: u16 = 32;
const HIGHEST_RATE: u32 = 768_000;

/// Holds what a header says of its channels and rate against what there is.
fn expect_sense(channels: u16, rate: u32) -> Result<(), Unheard> {
    if (1..=MOST_CHANNELS).contains(&channels) && (1..=HIGHEST_RATE).contains(&rate) {
        return Ok(());
    }
    Err(Unheard::Damaged(format!("its header says that it has {channels} channels at {rate} Hz")))
}

/// A file whose header was read.
pub trait Form {
    /// What the header says.
    fn outline(&self) -> Outline;

    /// Looks at the whole file without decoding it, and leaves in the window what a decoder should see. Asked
    /// between blocks, `still_wanted` ends it early.
    ///
    /// # Errors
    /// When something is missing at the end.
    fn whole(&self, window: &mut Window, still_wanted: &dyn Fn() -> bool) -> Result<(), Unheard>;
}

/// What a file is by its first bytes after any tags.
///
/// # Errors
/// When it is no sound of a kind that can be decoded.
pub fn sniff(window: &Window) -> Result<Format, Unheard> {
    let head = window.stretch(0, MAGIC_LENGTH)?;
    match Format::of(&head) {
        Sniffed::Sound(format) => Ok(format),
        Sniffed::Empty if window.has_tags() => Err(Loss::Before("its sound begins").into()),
        Sniffed::Empty => Err(Unheard::Empty),
        sniffed => match lookalike::of(&head) {
            Some(stranger) => Err(stranger.into()),
            // Something may stand before the first frame: it takes several in a row to be believed.
            None if mp3::begins_soon(window)? => Ok(Format::Mp3),
            None if sniffed == Sniffed::Text => Err(Unheard::Alien("a page of text")),
            None => Err(Unheard::Strange),
        },
    }
}

/// Reads the header of a file of this format.
///
/// # Errors
/// When it is not what it should be, or of a kind that cannot be decoded.
pub fn read(format: Format, window: &Window) -> Result<Box<dyn Form>, Unheard> {
    if window.length() == 0 && window.has_tags() {
        return Err(Loss::Before("its sound begins").into());
    }
    Ok(match format {
        Format::Mp3 => Box::new(mp3::Mp3::read(window)?),
        Format::Wav => Box::new(wav::Wav::read(window)?),
        Format::Aiff => Box::new(aiff::Aiff::read(window)?),
        Format::Flac => Box::new(flac::Flac::read(window)?),
        Format::Ogg => Box::new(ogg::Ogg::read(window)?),
        Format::M4a => Box::new(m4a::M4a::read(window)?),
        Format::Pcm | Format::Other => return Err(Unheard::Strange),
    })
}
