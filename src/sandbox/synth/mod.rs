//! Music, made from the words of a request: the same request gives the same bytes, another one another song.
//!
//! [`style`] reads the prompt, [`words`] the lyrics, [`score`] writes notes, [`voices`] plays single tones,
//! [`tape`] keeps them (as samples, or as MP3 spectra from [`spectrum`]), [`band`] plays the whole, and
//! [`wav`] or [`mp3`] writes it down. Nothing is held in memory but the tones and bars that recur. Where a song
//! is to sound as another, [`style`] takes tempo and key from it, and [`level`] finds out how loud to play.

mod band;
mod dice;
mod level;
mod mp3;
mod score;
mod spectrum;
mod style;
mod tape;
mod voices;
mod wav;
mod words;

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::manner::Manner;
use band::Band;
pub use dice::Dice;
pub use score::Length;
use score::Score;
use style::{Lead, Style};
use tape::{GRAIN, Tape};
use voices::Voices;

/// How audio is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    Mp3,
    Wav,
    /// Raw 16-bit stereo samples, little-endian, without a header.
    Pcm,
}

impl Container {
    /// The extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mp3 => "mp3",
            Self::Wav => "wav",
            Self::Pcm => "pcm",
        }
    }

    /// What HTTP calls it.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
            Self::Pcm => "audio/pcm",
        }
    }
}

/// The technical side of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    pub container: Container,
    /// Samples a second; for MP3 one that the format knows.
    pub sample_rate: u32,
    /// Bits a second, for MP3.
    pub bit_rate: u32,
}

/// Who plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Players {
    Everybody,
    /// The melody alone, hummed.
    Voice,
    /// The accompaniment alone.
    Band,
}

/// A song to be made.
#[derive(Clone, Debug)]
pub struct Commission<'a> {
    /// What tells this song from others: the whole request as text.
    pub seed: &'a str,
    /// The style prompt.
    pub style: &'a str,
    /// The words, or nothing.
    pub lyrics: &'a str,
    pub length: Length,
    pub players: Players,
    /// What it takes from others.
    pub manner: Manner,
    pub format: Format,
}

impl Commission<'_> {
    /// The same song, ended after so many seconds if it goes on longer.
    #[must_use]
    pub fn at_most(self, seconds: f32) -> Self {
        let length = match self.length {
            Length::Words { at_most } => Length::Words { at_most: at_most.min(seconds) },
            Length::Seconds(stated) => Length::Seconds(stated.min(seconds)),
        };
        Self { length, ..self }
    }
}

/// How many bytes of a file stand before its sound.
///
/// # Errors
/// When MP3 has no such rates.
pub fn head_length(format: Format) -> io::Result<u64> {
    match format.container {
        Container::Mp3 => mp3::head_length(format.sample_rate, format.bit_rate),
        Container::Wav => Ok(wav::HEADER),
        Container::Pcm => Ok(0),
    }
}

/// What must stand before so many bytes of sound.
pub fn head(format: Format, sound: u64) -> Vec<u8> {
    let mut head = Vec::new();
    let wav = format.container == Container::Wav;
    let written = if wav { wav::header(&mut head, format.sample_rate, wav::moments(sound)) } else { Ok(()) };
    // Nothing is as ready to be written to as memory.
    written.unwrap_or_default();
    head
}

/// Makes a song and writes its file.
///
/// # Errors
/// When the file cannot be written, or MP3 has no such rates.
pub fn record(song: &Commission<'_>, mut out: impl Write) -> io::Result<()> {
    let rate = song.format.sample_rate;
    let mut dice = Dice::from_words(&[song.seed]);
    let mut style = Style::read(song.style, song.manner, &mut dice);
    if song.players == Players::Voice {
        style.lead = Lead::Voice;
    }
    let exact = band::grains_per_step(style.tempo, rate);
    // Where a tempo is to be met, tones begin with the nearest grain; else the tempo is one of whole grains.
    let step = if song.manner.tempo.is_some() { exact } else { exact.round().max(1.0) };
    let score = Score::compose(&style, song.lyrics, song.length, &mut dice).played_by(song.players);
    let natural = band::grain_at(score.bars.len() * score.steps_per_bar, step) * GRAIN;
    let samples = match song.length {
        Length::Seconds(seconds) => (seconds * rate as f32) as usize,
        Length::Words { at_most } => natural.min((at_most * rate as f32) as usize),
    };
    let grains = samples.div_ceil(GRAIN);
    let seconds_per_step = step * GRAIN as f32 / rate as f32;
    let gain = level::gain(song.manner.loudness, &score, style.lead, seconds_per_step, samples as f32 / rate as f32);
    let voices = Voices::new(style.lead, rate, seconds_per_step);
    let tape = match song.format.container {
        Container::Mp3 => Tape::spectrum(rate),
        Container::Wav | Container::Pcm => Tape::samples(),
    };
    let band = Band::rehearse(&score, &voices, tape, rate, step, grains);
    match song.format.container {
        Container::Mp3 => {
            let mut file = mp3::Mp3::begin(out, rate, song.format.bit_rate, grains)?;
            band.play(gain, |stereo| file.grain(stereo))?;
            return file.finish();
        }
        Container::Wav => wav::header(&mut out, rate, samples as u32)?,
        Container::Pcm => {}
    }
    let mut left = samples;
    band.play(gain, |stereo| {
        let here = left.min(GRAIN);
        left -= here;
        wav::samples(&mut out, stereo, here)
    })?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(at_most: u16, style: &str, lyrics: &str) -> Vec<u8> {
        played(Players::Everybody, at_most, style, lyrics)
    }

    fn played(players: Players, at_most: u16, style: &str, lyrics: &str) -> Vec<u8> {
        let format = Format { container: Container::Pcm, sample_rate: 16_000, bit_rate: 0 };
        let length = Length::Words { at_most: f32::from(at_most) };
        let mut bytes = Vec::new();
        record(
            &Commission { seed: "seed", style, lyrics, length, players, manner: Manner::default(), format },
            &mut bytes,
        )
        .unwrap();
        bytes
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn any_words_and_any_style_make_music(style in "(\\PC{0,20} ?[0-9]{0,4} ?bpm)?\\PC{0,20}", lyrics in "(\\PC{0,30}\n|\\[\\PC{0,5}\\]\n){0,12}") {
            let bytes = seconds(2, &style, &lyrics);
            // 16-bit stereo at 16 kHz: 64,000 bytes a second.
            prop_assert_eq!(bytes.len(), 2 * 64_000);
            prop_assert!(bytes.iter().any(|byte| *byte != 0));
        }
    }

    #[test]
    fn a_voice_alone_begins_at_once_and_is_silent_where_the_band_would_play() {
        let loudness = |players| {
            let bytes = played(players, 10, "piano, 120 bpm", "la la la\nla la la la");
            let sample = |pair: &[u8]| f64::from(i16::from_le_bytes([pair[0], pair[1]]));
            // A bar is two seconds. The band plays two before the tune, which has two, and three behind it.
            let loud = |bytes: &[u8]| bytes.chunks_exact(2).map(|pair| sample(pair).abs()).fold(0.0, f64::max);
            let second = |from: usize, to: usize| loud(&bytes[from * 64_000..to * 64_000]);
            (second(0, 1), second(5, 8), second(9, 10))
        };
        let (begun, _, over) = loudness(Players::Voice);
        assert!(begun > 100.0 && over < 1.0, "{begun} {over}");
        let (begun, played, over) = loudness(Players::Band);
        assert!(begun > 100.0 && played > 100.0 && over > 100.0, "{begun} {played} {over}");
        assert!(played < loudness(Players::Everybody).1);
    }

    #[test]
    fn tempo_metre_mode_and_instrument_are_heard() {
        // Ten seconds: the tune begins after two bars.
        let heard = |style: &str| seconds(10, style, "la la la\nla la la la");
        let plain = heard("piano, 90 bpm, major");
        for other in
            ["piano, 120 bpm, major", "piano, 90 bpm, minor", "piano waltz, 90 bpm, major", "guitar, 90 bpm, major"]
        {
            assert!(plain != heard(other), "{other} sounds the same");
        }
    }
}
