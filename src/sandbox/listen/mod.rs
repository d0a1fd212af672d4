//! What a recording is that is sent here: its form and length, and what one hears of it.
//!
//! It is decoded to its end, so a header cannot promise what is not there, and packet after packet, so that ten
//! minutes need no more memory than ten seconds. [`ear`] hears each packet: [`meter`] how loud it is, [`pulse`]
//! how fast it goes, [`tones`] which key it is in; the last two look at [`spectra`].

mod ear;
mod meter;
mod pulse;
mod spectra;
mod tones;

use serde::{Deserialize, Serialize};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;

use super::manner::Manner;
use ear::Ear;
pub use meter::Meter;

/// In fewer seconds neither beat nor key can be told.
const SHORTEST_MUSIC: f64 = 4.0;

/// What was heard of a recording. What nobody could tell is absent, as the tempo of noise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// The form of the file, as the decoder calls it: `mp3`, `wave`, `flac`, ...
    pub form: String,
    pub seconds: f64,
    #[serde(flatten)]
    pub manner: Manner,
}

/// Listens to a file from its first byte to its last; nothing if it is no recording. Takes a while: not for a
/// task that others wait for.
pub fn listen(file: impl MediaSource + 'static) -> Option<Heard> {
    let mut reader = open(file)?;
    let form = reader.format_info().short_name.to_owned();
    let mut hearing = Hearing::begin(reader.as_ref())?;
    let seconds = pass(reader.as_mut(), |packet| hearing.hear(packet))?;
    let ear = hearing.ear;
    let musical = ear.as_ref().filter(|_| seconds >= SHORTEST_MUSIC);
    (seconds > 0.0).then(|| Heard {
        form,
        seconds,
        manner: Manner {
            tempo: musical.and_then(Ear::tempo),
            key: musical.and_then(Ear::tonality),
            loudness: ear.as_ref().and_then(Ear::loudness),
        },
    })
}

/// The length of a file alone, which is known sooner.
pub fn seconds(file: impl MediaSource + 'static) -> Option<f64> {
    pass(open(file)?.as_mut(), |_| {})
}

fn open(file: impl MediaSource + 'static) -> Option<Box<dyn FormatReader>> {
    let source = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
    let probe = symphonia::default::get_probe();
    probe.probe(&Hint::new(), source, FormatOptions::default(), MetadataOptions::default()).ok()
}

/// Shows every packet that is there, and adds up how long they are.
fn pass(reader: &mut dyn FormatReader, mut show: impl FnMut(&Packet)) -> Option<f64> {
    let track = reader.default_track(TrackType::Audio)?;
    let (id, time_base) = (track.id, track.time_base?);
    let mut nanoseconds: i128 = 0;
    while let Ok(Some(packet)) = reader.next_packet() {
        if packet.track_id == id {
            nanoseconds += time_base.calc_duration_saturating(packet.dur).as_nanos();
            show(&packet);
        }
    }
    Some(nanoseconds as f64 / 1e9)
}

/// A recording being heard.
struct Hearing {
    decoder: Box<dyn AudioDecoder>,
    /// Channels and samples a second, of the first packet.
    form: Option<(usize, u32)>,
    ear: Option<Ear>,
    samples: Vec<f32>,
}

impl Hearing {
    fn begin(reader: &dyn FormatReader) -> Option<Self> {
        let codec = reader.default_track(TrackType::Audio)?.codec_params.as_ref()?.audio()?;
        let decoder = symphonia::default::get_codecs().make_audio_decoder(codec, &AudioDecoderOptions::default());
        Some(Self { decoder: decoder.ok()?, form: None, ear: None, samples: Vec::new() })
    }

    fn hear(&mut self, packet: &Packet) {
        // A packet that cannot be decoded is not heard, and the next one perhaps is.
        let Ok(sound) = self.decoder.decode(packet) else { return };
        let form = (sound.spec().channels().count(), sound.spec().rate());
        if self.form.is_none() {
            self.form = Some(form);
            self.ear = Ear::new(form.0, form.1);
        }
        if let Some(ear) = self.ear.as_mut().filter(|_| self.form == Some(form)) {
            sound.copy_to_vec_interleaved(&mut self.samples);
            ear.hear(&self.samples);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;
    use std::io::Cursor;

    use super::super::manner::Manner;
    use super::super::synth::{Commission, Container, Dice, Format, Length, Players, head, record};
    use super::super::tonality::Tonality;
    use super::*;

    const RATE: u32 = 16_000;

    fn song(style: &str, seconds: f32, container: Container) -> Vec<u8> {
        let mut bytes = Vec::new();
        let format = Format { container, sample_rate: RATE, bit_rate: 32_000 };
        let (length, players) = (Length::Seconds(seconds), Players::Everybody);
        let song = Commission { seed: style, style, lyrics: "", length, players, manner: Manner::default(), format };
        record(&song, &mut bytes).unwrap();
        bytes
    }

    /// A WAV file of both channels alike.
    fn wav(seconds: u32, sample: impl FnMut(u32) -> f32) -> Vec<u8> {
        let samples: Vec<u8> = (0..seconds * RATE)
            .map(sample)
            .flat_map(|value| [((value * 32_767.0) as i16).to_le_bytes(); 2].concat())
            .collect();
        let format = Format { container: Container::Wav, sample_rate: RATE, bit_rate: 0 };
        let mut bytes = head(format, samples.len() as u64);
        bytes.extend(samples);
        bytes
    }

    fn tone(hertz: f32, place: u32) -> f32 {
        (TAU * hertz * place as f32 / RATE as f32).sin()
    }

    fn heard(bytes: Vec<u8>) -> Heard {
        listen(Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn form_and_length_are_heard_and_noise_is_nothing() {
        for (container, form) in [(Container::Mp3, "mp3"), (Container::Wav, "wave")] {
            let bytes = song("slow", 3.0, container);
            let heard = heard(bytes.clone());
            assert_eq!(heard.form, form);
            assert!((2.9..3.2).contains(&heard.seconds), "{heard:?}");
            assert_eq!(seconds(Cursor::new(bytes)), Some(heard.seconds));
        }
        assert_eq!(listen(Cursor::new("<html>")), None);
        assert_eq!(listen(Cursor::new("")), None);
    }

    #[test]
    fn half_a_file_is_half_as_long_whatever_its_header_says() {
        let mut bytes = song("slow", 3.0, Container::Wav);
        bytes.truncate(bytes.len() / 2);
        assert!((1.4..1.6).contains(&heard(bytes).seconds));
    }

    #[test]
    fn clicks_are_counted() {
        for tempo in [60_u16, 75, 90, 108, 120, 133, 150] {
            let beat = (60.0 * RATE as f32 / f32::from(tempo)) as u32;
            let clicks = wav(9, |place| if place % beat < 300 { 0.8 * tone(900.0, place) } else { 0.0 });
            let heard = heard(clicks).manner.tempo.unwrap();
            assert!((heard / f64::from(tempo) - 1.0).abs() < 0.01, "{tempo}: {heard}");
        }
    }

    #[test]
    fn tempo_and_key_of_songs_are_mostly_right_and_else_an_octave_or_a_relative_off() {
        let (mut right, mut octaves, mut keys, mut kin) = (0, 0, 0, 0);
        for (number, tempo) in [66_u16, 72, 80, 84, 92, 96, 100, 104, 112, 116, 124, 136].into_iter().enumerate() {
            let key = Tonality { tonic: (number * 5 % 12) as u8, minor: number % 2 == 1 };
            let heard = heard(song(&format!("piano, {tempo} bpm, {key}"), 24.0, Container::Wav));
            // A song keeps to whole grains: at this sample rate its tempo is up to 7 % off.
            let grain = 576.0 / f64::from(RATE);
            let truth = 30.0 / ((30.0 / f64::from(tempo) / grain).round() * grain);
            let ratio = heard.manner.tempo.unwrap() / truth;
            let near = |times: f64| (ratio / times - 1.0).abs() < 0.02;
            octaves += usize::from(near(1.0) || near(2.0) || near(0.5));
            right += usize::from(near(1.0));
            let relative = Tonality { tonic: (key.tonic + if key.minor { 3 } else { 9 }) % 12, minor: !key.minor };
            kin += usize::from([Some(key), Some(relative)].contains(&heard.manner.key));
            keys += usize::from(heard.manner.key == Some(key));
        }
        let told = format!("of 12 songs: tempo {right}, or an octave off {octaves}; key {keys}, or its relative {kin}");
        assert!(right >= 8 && octaves >= 11 && keys >= 8 && kin >= 10, "{told}");
    }

    #[test]
    fn loudness_is_that_of_the_standard_and_a_pause_does_not_lower_it() {
        // By the standard a tone of 997 Hz on both channels at -20 dB of full scale has -20 LUFS.
        let told = |file| heard(file).manner.loudness.unwrap();
        let steady = told(wav(5, |place| 0.1 * tone(997.0, place)));
        assert!((steady + 20.0).abs() < 0.1, "{steady}");
        let paused = told(wav(15, |place| if place < 5 * RATE { 0.1 * tone(997.0, place) } else { 0.0 }));
        assert!((paused - steady).abs() < 0.5, "{paused}");
    }

    #[test]
    fn what_cannot_be_told_is_not_told() {
        let mut dice = Dice::from_words(&["noise"]);
        let noise = heard(wav(8, |_| 0.3 * dice.swing())).manner;
        assert!(noise.tempo.is_none() && noise.key.is_none() && noise.loudness.is_some(), "{noise:?}");
        let silence = heard(wav(8, |_| 0.0)).manner;
        assert!(silence.tempo.is_none() && silence.key.is_none() && silence.loudness.is_none(), "{silence:?}");
        let steady = heard(wav(8, |place| 0.3 * tone(440.0, place)));
        assert_eq!(steady.manner.tempo, None, "a tone that stays has no beat");
        let short = heard(song("120 bpm", 3.0, Container::Wav)).manner;
        assert!(short.tempo.is_none() && short.key.is_none(), "{short:?}");
    }

    #[test]
    fn a_line_of_a_book_that_knows_form_and_length_alone_can_be_read() {
        let old = r#"{"form":"mp3","seconds":12.5}"#;
        let heard: Heard = serde_json::from_str(old).unwrap();
        assert_eq!((heard.seconds, heard.manner.key), (12.5, None));
        assert_eq!(serde_json::to_string(&heard).unwrap(), old);
        let key = Tonality { tonic: 1, minor: true };
        let full = serde_json::to_value(Heard { manner: Manner { key: Some(key), ..heard.manner }, ..heard }).unwrap();
        assert_eq!(full["key"], "C# minor");
        assert_eq!(serde_json::from_value::<Heard>(full).unwrap().manner.key, Some(key));
    }
}
