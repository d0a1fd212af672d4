//! What the sandbox hears of recordings that it is sent, and how one hears that in its songs.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::held_open::{hexed, song};
use crate::rig::{LYRICS, Rig, with};
use crate::sound::wav;

/// A song in that style, as much quieter.
async fn recording(rig: &Rig, style: &str, level: f32) -> Vec<u8> {
    let setting = json!({ "format": "wav", "audio_sample_rate": 44_100 });
    let order = json!({ "model": "minimax/music-2.0", "prompt": style, "lyrics": LYRICS, "audio_setting": setting });
    let (_, file) = rig.take(&order).await;
    let quieter = |pair: &[u8]| ((f32::from(i16::from_le_bytes([pair[0], pair[1]])) * level) as i16).to_le_bytes();
    let samples: Vec<u8> = file[44..].chunks_exact(2).flat_map(quieter).collect();
    wav(44_100, &samples)
}

/// Uploads a song; its ids, and what was heard.
async fn uploaded(rig: &Rig, file: &[u8]) -> (Value, Value) {
    let ids = rig.upload("song", file).await;
    let heard = rig.json("/sandbox/world").await["references"].as_array().unwrap().last().unwrap()["heard"].clone();
    (ids, heard)
}

fn cover(reference: &str) -> Value {
    json!({ "model": "minimax/music-cover", "prompt": "as a folk song", "reference_audio_url": reference, "lyrics": LYRICS })
}

#[tokio::test]
async fn one_hears_tempo_key_and_loudness_of_the_reference_in_the_song() {
    let rig = Rig::new("").await;
    let mut references = Vec::new();
    for (style, level) in [("piano, 88 bpm, D major", 0.9), ("guitar, 116 bpm, D minor", 0.2)] {
        let file = recording(&rig, style, level).await;
        let (ids, reference) = uploaded(&rig, &file).await;
        let (_, covered) = rig.take(&cover(&STANDARD.encode(&file))).await;
        let (_, heard) = uploaded(&rig, &covered).await;
        let number = |heard: &Value, what: &str| heard[what].as_f64().unwrap();
        let tempo = number(&heard, "tempo") / number(&reference, "tempo");
        assert!((tempo - 1.0).abs() < 0.04, "{style}: {reference} {heard}");
        assert_eq!(heard["key"], reference["key"], "{style}: {reference} {heard}");
        assert!(style.ends_with(reference["key"].as_str().unwrap()), "{style}: {reference}");
        let order = song(&ids["voice_id"], &ids["instrumental_id"]);
        let answer: Value = rig.generate(&order).send().await.unwrap().json().await.unwrap();
        let (_, sung) = uploaded(&rig, &hexed(answer["data"]["audio"].as_str().unwrap())).await;
        // Another upload has other ids, and so another tune: of that only the order and the loudness are certain.
        let manner = rig.ledger_on_disk().pop().unwrap()["manner"].clone();
        for what in ["tempo", "key", "loudness"] {
            assert_eq!(manner[what], reference[what], "{style}");
        }
        for song in [&heard, &sung] {
            let louder = number(song, "loudness") - number(&reference, "loudness");
            assert!(louder.abs() < 2.0, "{style}: {reference} {song}");
        }
        references.push((number(&reference, "tempo"), reference["key"].clone(), number(&reference, "loudness")));
    }
    let [(slow, major, loud), (fast, minor, quiet)] = &references[..] else { panic!("{references:?}") };
    assert!(fast / slow > 1.2 && major != minor && loud - quiet > 10.0, "{references:?}");
}

#[tokio::test]
async fn a_cover_is_like_the_recording_that_it_holds_and_the_book_keeps_a_hash_of_that() {
    let rig = Rig::new("[songs]\nat_most = 12.0").await;
    let first = recording(&rig, "piano, 84 bpm, G major", 0.9).await;
    let second = recording(&rig, "guitar, 116 bpm, D minor", 0.2).await;
    let mut made = Vec::new();
    for (file, tempo) in [(&first, 84.0), (&second, 116.0), (&first, 84.0)] {
        let (_, bytes) = rig.take(&cover(&STANDARD.encode(file))).await;
        let line = rig.ledger_on_disk().pop().unwrap();
        assert!(line["request"]["reference_audio_url"].as_str().unwrap().starts_with("sha256:"), "{line}");
        let heard = line["manner"]["tempo"].as_f64().unwrap();
        assert!((heard / tempo - 1.0).abs() < 0.04, "{line}");
        made.push(bytes);
    }
    assert!(made[0] == made[2] && made[0] != made[1]);
}

#[tokio::test]
async fn a_file_of_its_own_is_read_from_the_shelf_and_another_address_is_never_fetched() {
    let rig = Rig::new("[songs]\nat_most = 12.0").await;
    let style = json!({ "model": "minimax/music-2.0", "prompt": "piano, 84 bpm, G major", "lyrics": LYRICS });
    let (over, _) = rig.take(&style).await;
    let manner = async |reference: &str, prompt: &str| {
        rig.submit(&with(cover(reference), "prompt", prompt)).await;
        rig.ledger_on_disk().pop().unwrap()["manner"].clone()
    };
    let own = manner(over["audio_file"]["url"].as_str().unwrap(), "as a folk song").await;
    assert!((own["tempo"].as_f64().unwrap() / 84.0 - 1.0).abs() < 0.04 && own["loudness"].is_number(), "{own}");
    let far = manner("https://nowhere.invalid/a.mp3", "as a folk song").await;
    assert_eq!(manner("https://nowhere.invalid/a.mp3", "as a slow waltz").await, far);
    let farther = manner("https://nowhere.invalid/b.mp3", "as a folk song").await;
    assert!(far["tempo"].is_number() && far["key"].is_string() && far.get("loudness").is_none(), "{far}");
    assert_ne!(farther, far);
    assert_eq!(rig.json("/sandbox/world").await["files"]["authorization_seen"], false);
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut paths = std::fs::read_dir(folder).ok()?.map(|entry| entry.unwrap().path());
    paths.find_map(|path| {
        if path.is_dir() {
            return find(&path, name);
        }
        (path.file_name()?.to_str() == Some(name)).then_some(path)
    })
}

/// Debian's `sonic-pi-samples` hold loops whose tempo follows from their length. Without them this is passed over,
/// but not where everything must be at hand.
#[tokio::test]
async fn recordings_that_nobody_here_made_are_heard() {
    let Some(folder) = crate::found::folder() else { return };
    let rig = Rig::new("[songs]\nat_most = 1.0").await;
    // 16 beats in 8.000 s, and 16 in 6.857 s.
    for (name, tempo, key) in [("loop_garzul.flac", 120.0, Some("E minor")), ("loop_amen_full.flac", 140.0, None)] {
        let file = std::fs::read(find(&folder, name).unwrap_or_else(|| panic!("no `{name}`"))).unwrap();
        rig.take(&cover(&STANDARD.encode(file))).await;
        let manner = rig.ledger_on_disk().pop().unwrap()["manner"].clone();
        let heard = manner["tempo"].as_f64().unwrap();
        assert!((heard / tempo - 1.0).abs() < 0.02, "{name}: {manner}");
        assert!(key.is_none_or(|key| manner["key"] == key), "{name}: {manner}");
    }
}
