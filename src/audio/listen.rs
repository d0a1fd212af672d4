//! Listening to a file to its end: whether it is whole, how long it really is, how loud; and handing on its
//! samples, or those of a part, while that is done.
//!
//! Memory does not grow with the file. What cannot be known of each form stands with the form.

use std::fs::File;
use std::io;

use crate::domain::recording::Part;

use super::apart::each_block;
use super::decode::Block;
use super::format::Format;
use super::forms::{self, Form, Outline};
use super::length::Length;
use super::meter::Meter;
use super::unheard::{Loss, Unheard};
use super::window::Window;

/// How much of the length a header promises may be missing: encoders round to whole blocks.
const TOLERANCE: Length = Length(250);

/// A part that ends so little behind the end was read off a rounded length.
const ROUNDED: Length = Length(1_000);

/// What was heard of a file, or of the part that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// What the header says of the file.
    pub outline: Outline,
    /// How long the file really is.
    pub whole: Length,
    /// How long that is which was asked for.
    pub length: Length,
    /// The loudest sample, in decibels below full scale.
    pub peak: f32,
    /// How loud it is over all, in the same measure.
    pub loudness: f32,
}

/// Takes samples as they are decoded.
pub trait Sink {
    /// Takes the next samples.
    ///
    /// # Errors
    /// When they cannot be kept.
    fn take(&mut self, block: Block<'_>) -> io::Result<()>;
}

/// Nobody takes the samples.
impl Sink for () {
    fn take(&mut self, _: Block<'_>) -> io::Result<()> {
        Ok(())
    }
}

/// A file whose header was read, about to be listened to.
pub struct Listening {
    window: Window,
    form: Box<dyn Form>,
    outline: Outline,
}

impl Listening {
    /// Reads the header.
    ///
    /// # Errors
    /// When the file is no sound, or of a kind that cannot be decoded.
    pub fn begin(file: File) -> Result<Self, Unheard> {
        let window = Window::open(file)?;
        let form = forms::read(forms::sniff(&window)?, &window)?;
        let outline = form.outline();
        Ok(Self { window, form, outline })
    }

    /// What the header says.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    /// Reads the file to its end; samples of the part, or of all, go into the sink. Asked between blocks,
    /// `still_wanted` ends it early. Takes its time: not for a thread that must answer.
    ///
    /// # Errors
    /// When the file cannot be decoded, is not whole, or has no such part.
    pub fn to_end(
        mut self,
        part: Option<Part>,
        sink: &mut dyn Sink,
        still_wanted: &dyn Fn() -> bool,
    ) -> Result<Heard, Unheard> {
        self.form.whole(&mut self.window, still_wanted)?;
        let mut ear = Ear { lead: self.outline.lead, ..Ear::default() };
        let decoded = each_block(self.window, self.outline.format, |block| {
            if still_wanted() { ear.hear(block, part, sink) } else { Err(Unheard::Unwanted) }
        });
        match (decoded, missing(&self.outline, ear.length())) {
            // What is cut short is damaged as well, where it was cut.
            (Ok(()) | Err(Unheard::Damaged(_)), Some(loss)) if ear.samples > 0 => return Err(loss.into()),
            (decoded, _) => decoded?,
        }
        ear.heard(self.outline, part)
    }
}

/// What is missing of what the header promised, where its promise is exact.
pub(super) fn missing(outline: &Outline, found: Length) -> Option<Loss> {
    let tolerance = match outline.format {
        Format::Flac => Length(1),
        // Their frames and pages were counted already. What an encoder of MP3 added is left out when it is
        // decoded, and a piece of a longer Ogg stream says how long that was.
        Format::Mp3 | Format::Ogg => return None,
        _ => TOLERANCE,
    };
    let promised = outline.length().filter(|_| !outline.about)?;
    (found.0 + tolerance.0 < promised.0).then_some(Loss::Sound { found, promised })
}

fn has(part: Part, whole: Length) -> bool {
    part.from_ms < whole.0 && part.to_ms.is_none_or(|to| to < whole.0 + ROUNDED.0)
}

/// What was heard so far.
#[derive(Default)]
struct Ear {
    rate: u32,
    channels: usize,
    /// Samples of one channel that are still to come before the sound.
    lead: u64,
    /// Samples of one channel.
    samples: u64,
    /// Those of the part.
    taken: u64,
    meter: Meter,
}

impl Ear {
    fn hear(&mut self, block: Block<'_>, part: Option<Part>, sink: &mut dyn Sink) -> Result<(), Unheard> {
        if block.samples.is_empty() {
            return Ok(());
        }
        if self.rate == 0 {
            (self.rate, self.channels) = (block.rate, block.channels);
        }
        if (self.rate, self.channels) != (block.rate, block.channels) || block.rate == 0 || block.channels == 0 {
            return Err(Unheard::Damaged("its channels or its sample rate change in the middle".to_owned()));
        }
        let block = self.behind_the_lead(block);
        let count = (block.samples.len() / block.channels) as u64;
        let place = |ms: u64| u64::try_from(u128::from(ms) * u128::from(block.rate) / 1000).unwrap_or(u64::MAX);
        let from = part.map_or(0, |part| place(part.from_ms));
        let to = part.and_then(|part| part.to_ms).map_or(u64::MAX, place);
        let start = from.saturating_sub(self.samples).min(count);
        let end = to.saturating_sub(self.samples).min(count).max(start);
        let samples = &block.samples[start as usize * block.channels..end as usize * block.channels];
        self.samples += count;
        self.taken += end - start;
        self.meter.hear(samples);
        if samples.is_empty() { Ok(()) } else { sink.take(Block { samples, ..block }).map_err(Unheard::Unwritten) }
    }

    fn behind_the_lead<'a>(&mut self, block: Block<'a>) -> Block<'a> {
        let count = (block.samples.len() / block.channels) as u64;
        let skipped = self.lead.min(count);
        self.lead -= skipped;
        Block { samples: &block.samples[skipped as usize * block.channels..], ..block }
    }

    fn length(&self) -> Length {
        Length::of(self.samples, self.rate)
    }

    fn heard(self, outline: Outline, part: Option<Part>) -> Result<Heard, Unheard> {
        let whole = self.length();
        if self.samples == 0 {
            return Err(Unheard::NoSound);
        }
        if let Some(part) = part.filter(|part| !has(*part, whole)) {
            return Err(Unheard::NoSuchPart { part: part.to_string(), long: whole });
        }
        let length = Length::of(self.taken, self.rate);
        Ok(Heard { outline, whole, length, peak: self.meter.peak(), loudness: self.meter.loudness() })
    }
}
