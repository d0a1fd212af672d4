//! What a recording is that is sent here: so far its form and its length.
//!
//! It is read to its end, so a header cannot promise what is not there. Tempo, key and loudness will be heard
//! here as well: they are one more field of [`Heard`] each, and whoever keeps it keeps them.

use std::io::Cursor;

use serde::{Deserialize, Serialize};
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

/// What was heard of a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// The form of the file, as the decoder calls it: `mp3`, `wave`, `flac`, ...
    pub form: String,
    pub seconds: f64,
}

/// Listens to a file from its first byte to its last; nothing if it is no recording. Takes a while: not for a
/// task that others wait for.
pub fn listen(bytes: Vec<u8>) -> Option<Heard> {
    let source = MediaSourceStream::new(Box::new(Cursor::new(bytes)), MediaSourceStreamOptions::default());
    let probe = symphonia::default::get_probe();
    let mut reader = probe.probe(&Hint::new(), source, FormatOptions::default(), MetadataOptions::default()).ok()?;
    let form = reader.format_info().short_name.to_owned();
    let seconds = length(reader.as_mut())?;
    (seconds > 0.0).then_some(Heard { form, seconds })
}

/// The length of the packets that are there.
fn length(reader: &mut dyn FormatReader) -> Option<f64> {
    let track = reader.default_track(TrackType::Audio)?;
    let (id, time_base) = (track.id, track.time_base?);
    let mut nanoseconds: i128 = 0;
    while let Ok(Some(packet)) = reader.next_packet() {
        if packet.track_id == id {
            nanoseconds += time_base.calc_duration_saturating(packet.dur).as_nanos();
        }
    }
    Some(nanoseconds as f64 / 1e9)
}

#[cfg(test)]
mod tests {
    use super::super::synth::{Commission, Container, Format, Length, Players, record};
    use super::*;

    fn recording(container: Container) -> Vec<u8> {
        let mut bytes = Vec::new();
        let format = Format { container, sample_rate: 16_000, bit_rate: 32_000 };
        let (style, lyrics, length) = ("slow", "", Length::Seconds(3.0));
        record(&Commission { seed: "x", style, lyrics, length, players: Players::Everybody, format }, &mut bytes)
            .unwrap();
        bytes
    }

    #[test]
    fn form_and_length_are_heard_and_noise_is_nothing() {
        for (container, form) in [(Container::Mp3, "mp3"), (Container::Wav, "wave")] {
            let heard = listen(recording(container)).unwrap();
            assert_eq!(heard.form, form);
            assert!((2.9..3.2).contains(&heard.seconds), "{heard:?}");
        }
        assert_eq!(listen(b"<html>".to_vec()), None);
        assert_eq!(listen(Vec::new()), None);
    }

    #[test]
    fn half_a_file_is_half_as_long_whatever_its_header_says() {
        let mut bytes = recording(Container::Wav);
        bytes.truncate(bytes.len() / 2);
        assert!((1.4..1.6).contains(&listen(bytes).unwrap().seconds));
    }
}
