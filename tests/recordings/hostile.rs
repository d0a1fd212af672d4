//! Files that were built to keep a reader busy: each is refused, or heard, in a moment.

use std::time::{Duration, Instant};

use crate::sounds::{self, hear};

/// Far more than a file of a megabyte or two takes, and far less than one that is walked through again and again.
const MOMENT: Duration = Duration::from_secs(10);

fn is_over_soon(what: &str, bytes: &[u8]) -> Option<String> {
    let start = Instant::now();
    let sentence = hear(bytes).err().map(|error| error.to_string());
    assert!(start.elapsed() < MOMENT, "{what} took {:?}", start.elapsed());
    sentence
}

/// A box of a name, that says to be so long.
fn atom(name: [u8; 4], size: usize) -> Vec<u8> {
    [&u32::try_from(size).unwrap().to_be_bytes(), name.as_slice()].concat()
}

/// A page of a stream, without its sum.
fn page(flags: u8, serial: u32, content: &[u8]) -> Vec<u8> {
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend([0; 8]);
    page.extend(serial.to_le_bytes());
    page.extend([0; 8]);
    page.extend([1, u8::try_from(content.len()).unwrap()]);
    page.extend(content);
    page
}

fn vorbis() -> Vec<u8> {
    let mut head = b"\x01vorbis\0\0\0\0\x01".to_vec();
    head.extend(8_000_u32.to_le_bytes());
    head.resize(30, 0);
    page(2, 1, &head)
}

#[test]
fn boxes_that_claim_to_be_longer_than_what_is_around_them_are_walked_through_once() {
    const TRACKS: usize = 60_000;
    let mut bytes = [atom(*b"ftyp", 16), b"M4A \0\0\0\0".to_vec()].concat();
    bytes.extend(atom(*b"moov", 8 + TRACKS * 16));
    for _ in 0..TRACKS {
        bytes.extend(atom(*b"trak", 16));
        // It reaches to the end of the file, so whatever comes behind would be within it.
        bytes.extend(atom(*b"mdia", 0));
    }
    bytes.extend(atom(*b"free", 8).repeat(60_000));
    let sentence = is_over_soon("a track that reaches over all others", &bytes).unwrap();
    assert!(sentence.contains("no sound but something else"), "{sentence}");
}

#[test]
fn a_box_at_the_end_of_all_numbers_is_none() {
    let mut bytes = [atom(*b"ftyp", 16), b"M4A \0\0\0\0".to_vec()].concat();
    bytes.extend(1_u32.to_be_bytes());
    bytes.extend(b"moov");
    bytes.extend(u64::MAX.to_be_bytes());
    assert!(is_over_soon("a box without an end", &bytes).is_some());
}

#[test]
fn an_ogg_file_of_very_many_streams_or_gaps_is_no_work() {
    let streams: Vec<u8> = (2..40_000).flat_map(|serial| page(2, serial, b"x")).collect();
    let sentence = is_over_soon("streams", &[vorbis(), streams].concat()).unwrap();
    assert_eq!(sentence, "is damaged: more than 64 streams lie side by side in it");
    let unknown: Vec<u8> = (2..40_000).flat_map(|serial| page(2, serial, b"x")).collect();
    let sentence = is_over_soon("unknown streams", &unknown).unwrap();
    assert!(sentence.contains("something unknown in Ogg"), "{sentence}");
    let gaps: Vec<u8> = (2..60_000).flat_map(|_| [page(0, 1, b"x"), b"?".to_vec()].concat()).collect();
    assert!(is_over_soon("gaps", &[vorbis(), gaps].concat()).is_some());
}

#[test]
fn tags_upon_tags_are_not_counted_for_ever() {
    let tags = b"ID3\x04\0\0\0\0\0\0".repeat(200_000);
    assert!(is_over_soon("tags before", &tags).is_some());
    let mut trailers = sounds::bytes("constant.mp3");
    trailers.extend([b"TAG".as_slice(), &[0; 125]].concat().repeat(20_000));
    drop(is_over_soon("tags behind", &trailers));
}
