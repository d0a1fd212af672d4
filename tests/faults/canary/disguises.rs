//! The key, and what it looks like where somebody wrote it down in another way.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::support::service::KEY;

/// What the key may look like where somebody wrote it down in another way.
fn disguises() -> Vec<(&'static str, String)> {
    let hex = |digits: fn(&u8) -> String| KEY.as_bytes().iter().map(digits).collect::<String>();
    let wide = |first: bool| KEY.chars().flat_map(|c| if first { ['\0', c] } else { [c, '\0'] }).collect::<String>();
    let mut disguises = vec![
        ("itself", KEY.to_owned()),
        ("hexadecimal", hex(|byte| format!("{byte:02x}"))),
        ("hexadecimal in capitals", hex(|byte| format!("{byte:02X}"))),
        ("wide letters", wide(false)),
        ("wide letters the other way", wide(true)),
        ("backwards", KEY.chars().rev().collect()),
    ];
    // Base64 of a text in which it begins at any place: without the letters that its neighbours have a part in.
    for (before, first) in [0, 2, 3].into_iter().enumerate() {
        let encoded = STANDARD_NO_PAD.encode([&vec![0; before], KEY.as_bytes()].concat());
        disguises.push(("base64", encoded[first..(before + KEY.len()) * 8 / 6].to_owned()));
    }
    disguises
}

/// So many letters of the secret are as good as all of it.
const TELLING: usize = 10;

/// The parts of the key that nobody could guess.
fn parts() -> impl Iterator<Item = &'static str> {
    let (_, secret) = KEY.split_once('-').unwrap();
    (0..=secret.len() - TELLING).map(|start| &secret[start..start + TELLING])
}

/// In which form the key is in these bytes, if it is.
pub fn found_in(bytes: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(bytes);
    let disguised = disguises().into_iter().find(|(_, disguise)| text.contains(disguise.as_str()));
    let part = || parts().any(|part| text.contains(part)).then_some("a part of it");
    disguised.map(|(name, _)| name).or_else(part)
}

#[test]
fn the_key_is_known_in_every_disguise() {
    for before in ["", "a", "ab"] {
        let text = format!("{before}{KEY}!");
        assert_eq!(found_in(text.as_bytes()), Some("itself"));
        assert_eq!(found_in(STANDARD_NO_PAD.encode(text).as_bytes()), Some("base64"), "{before}");
    }
    let wide: Vec<u8> = KEY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(found_in(&wide), Some("wide letters"));
    let (_, secret) = KEY.split_once('-').unwrap();
    for start in 0..=secret.len() - TELLING {
        assert_eq!(found_in(format!("..{}", &secret[start..start + TELLING]).as_bytes()), Some("a part of it"));
    }
    assert_eq!(found_in(&secret.as_bytes()[..TELLING - 1]), None);
}
