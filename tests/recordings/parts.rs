//! A part of a recording, frozen: to the sample, and only where it is there.

use crate::freezing::{ANYTHING, Desk, part, samples};
use crate::sounds::{self, PLAIN, Wav};

#[test]
fn a_part_is_cut_to_the_sample() {
    let desk = Desk::new();
    let tone = Wav { seconds: 3.0, channels: 2, rate: 11_025, ..PLAIN };
    let file = desk.file("a.wav", &tone.bytes());
    let whole = samples(&tone_without_odd_chunk(&tone));
    for (part, range) in [
        (part(1_000, Some(2_000)), 11_025..22_050),
        (part(0, Some(2_000)), 0..22_050),
        (part(2_000, None), 22_050..33_075),
        (part(2_000, Some(3_000)), 22_050..33_075),
        (part(2_000, Some(3_500)), 22_050..33_075),
    ] {
        let frozen = desk.freeze(&file, &ANYTHING, Some(part)).unwrap();
        assert_eq!(samples(&desk.frozen(&frozen)), whole[range.start * 2..range.end * 2], "{part:?}");
        assert_eq!(frozen.duration_ms, (range.len() as u64) * 1000 / 11_025);
        assert_eq!(frozen.converted.unwrap(), format!("{part} of it, as WAV"));
    }
}

/// The same file as refrain writes it.
fn tone_without_odd_chunk(tone: &Wav) -> Vec<u8> {
    let bytes = tone.bytes();
    let odd = bytes.windows(4).position(|name| name == b"odd ").unwrap();
    [&bytes[..odd], &bytes[odd + 12..]].concat()
}

#[test]
fn a_part_of_an_mp3_is_counted_from_where_its_sound_begins() {
    let desk = Desk::new();
    let file = desk.file("a.mp3", &sounds::bytes("constant-info.mp3"));
    let all = desk.freeze(&file, &ANYTHING, Some(part(0, None))).unwrap();
    let piece = desk.freeze(&file, &ANYTHING, Some(part(500, Some(1_250)))).unwrap();
    let (all, piece) = (samples(&desk.frozen(&all)), samples(&desk.frozen(&piece)));
    assert_eq!(all.len(), 24_000, "what the encoder added is gone");
    assert_eq!(piece, all[8_000..20_000]);
}

#[test]
fn a_part_that_is_not_there_names_both() {
    let desk = Desk::new();
    let file = desk.file("a.wav", &Wav { seconds: 3.0, ..PLAIN }.bytes());
    for (chosen, named) in [(part(3_000, None), "0:03 to the end"), (part(1_000, Some(4_000)), "0:01 to 0:04")] {
        let refused = desk.freeze(&file, &ANYTHING, Some(chosen)).unwrap_err();
        assert_eq!(refused.sentence, format!("`a.wav` is 3 s long, so it has no part `{named}`"));
        assert!(!refused.may_force);
    }
    assert_eq!(desk.names(), [""; 0]);
}
