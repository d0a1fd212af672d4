//! What is sent of a draft: the body, to the letter.

use refrain::domain::catalogue::Catalogue;
use refrain::domain::draft::{Draft, Grade};
use refrain::domain::fit::sung;
use serde_json::{Value, json};

use crate::{STYLE_TEXT, Settings, draft, model, written};

const URL: &str = "https://example.net/a.mp3";
const WORDS: &str = "[Verse]\nThe last boat leaves\nat ten to nine\n\n[Chorus]\nOh, night ferry";
const HASHED: &str = "##The last boat leaves\nat ten to nine\n\nOh, night ferry##";

fn body(label: &str, settings: Settings) -> Value {
    Value::Object(draft(settings).body(&model(label)))
}

fn assert_bodies(table: &[(&str, Settings, Value)]) {
    for (label, settings, expected) in table {
        assert_eq!(body(label, settings), *expected, "{label}");
    }
}

#[test]
fn a_song_goes_with_style_lyrics_and_what_is_set_and_nothing_else() {
    assert_bodies(&[
        ("music-2.0", &[], json!({"model": "minimax/music-2.0", "prompt": STYLE_TEXT, "lyrics": WORDS})),
        (
            "music-2.0",
            &[("format", "WAV"), ("sample-rate", " 44100 "), ("bitrate", "128000"), ("seed", "4")],
            json!({"model": "minimax/music-2.0", "prompt": STYLE_TEXT, "lyrics": WORDS,
                "audio_setting": {"format": "wav", "audio_sample_rate": 44100, "bitrate": 128_000}}),
        ),
        (
            "music-1.5",
            &[("sample-rate", "16000")],
            json!({"model": "minimax/music-1.5", "prompt": STYLE_TEXT, "lyrics": WORDS,
                "audio_setting": {"audio_sample_rate": 16000}}),
        ),
        (
            "music-2.6",
            &[("write-lyrics", "no")],
            json!({"model": "minimax/music-2.6", "prompt": STYLE_TEXT, "lyrics": WORDS, "lyrics_optimizer": false}),
        ),
        (
            "music-2.6",
            &[("instrumental", "yes")],
            json!({"model": "minimax/music-2.6", "prompt": STYLE_TEXT, "is_instrumental": true}),
        ),
        (
            "music-cover",
            &[("reference", URL), ("sample-rate", "32000")],
            json!({"model": "minimax/music-cover", "prompt": STYLE_TEXT, "lyrics": WORDS, "reference_audio_url": URL,
                "audio_setting": {"sample_rate": 32000}}),
        ),
    ]);
}

#[test]
fn every_other_request_holds_what_is_set_where_its_model_wants_it() {
    assert_bodies(&[
        (
            "music-01",
            &[("voice-id", "vocal-1"), ("instrumental-id", "instrumental-2")],
            json!({"model": "music-01", "lyrics": HASHED, "refer_voice": "vocal-1",
                "refer_instrumental": "instrumental-2"}),
        ),
        (
            "music-01",
            &[("voice-id", "vocal-1"), ("bitrate", "64000")],
            json!({"model": "music-01", "lyrics": HASHED, "refer_voice": "vocal-1",
                "audio_setting": {"bitrate": 64000, "format": "mp3"}}),
        ),
        (
            "music-01",
            &[("voice-id", "vocal-1"), ("sample-rate", "44100"), ("format", "wav")],
            json!({"model": "music-01", "lyrics": HASHED, "refer_voice": "vocal-1",
                "audio_setting": {"sample_rate": 44100, "format": "wav"}}),
        ),
        (
            "eleven_music",
            &[("length", "2:50")],
            json!({"model": "elevenlabs/eleven_music", "prompt": format!("{STYLE_TEXT}\n\nLyrics:\n{WORDS}"),
                "music_length_ms": 170_000}),
        ),
        (
            "lyria2",
            &[("seed", "7"), ("negative", "strings")],
            json!({"model": "google/lyria2", "prompt": STYLE_TEXT, "seed": 7, "negative_prompt": "strings"}),
        ),
        (
            "stable-audio",
            &[("length", "0:20"), ("start", "5s"), ("steps", "50")],
            json!({"model": "stable-audio", "prompt": STYLE_TEXT, "seconds_total": 20, "seconds_start": 5, "steps": 50}),
        ),
        (
            "minimax-music",
            &[("reference", URL)],
            json!({"model": "minimax-music", "prompt": HASHED, "reference_audio_url": URL}),
        ),
    ]);
}

#[test]
fn an_address_is_sent_in_the_spelling_that_travels() {
    let table = [
        ("HTTPS://Example.NET/a.mp3", "https://example.net/a.mp3"),
        ("https://example.net/mein-lied-ä.mp3", "https://example.net/mein-lied-%C3%A4.mp3"),
        ("https://example.net/a%20b.mp3?x=1&y=2", "https://example.net/a%20b.mp3?x=1&y=2"),
    ];
    for (typed, sent) in table {
        let body = draft(&[("reference", typed)]).body(&model("minimax-music"));
        assert_eq!(body["reference_audio_url"], sent);
    }
}

#[test]
fn a_flag_may_drop_any_field() {
    let text = r#"
        [[models]]
        id = "house/one"
        label = "one"
        about = "a model"
        delivery = "queued"
        dialect = "not-sent"
        voice = "no-singing"
        longest = 60
        pace = 10
        [[models.fields]]
        name = "seed"
        wire = "seed"
        kind = "integer"
        required = true
        help = "seed"
        [[models.fields]]
        name = "random"
        wire = "random"
        kind = "flag"
        drops = ["seed"]
        help = "random"
    "#;
    let catalogue = Catalogue::parse(text, "mine.toml").unwrap();
    let spec = catalogue.find("one").unwrap();
    let sent = |settings: &[(&str, &str)]| Value::Object(draft(settings).body(spec));
    assert_eq!(sent(&[("seed", "1"), ("random", "yes")]), json!({"model": "house/one", "random": true}));
    assert_eq!(sent(&[("seed", "1"), ("random", "no")]), json!({"model": "house/one", "random": false, "seed": 1}));
    let grades = |settings: &[(&str, &str)]| draft(settings).check(spec)[0].grade;
    assert_eq!(grades(&[("random", "yes")]), Grade::Hint);
    assert_eq!(grades(&[("random", "no")]), Grade::MustFix);
}

#[test]
fn a_length_left_alone_follows_the_lyrics_within_the_limits() {
    let spec = model("eleven_music");
    let line = "la la la la la la la la la la\n";
    let sent = |draft: &Draft| draft.body(&spec).get("music_length_ms").and_then(Value::as_u64);
    let verse = |lines: usize| written(STYLE_TEXT, &line.repeat(lines), &[]);
    assert_eq!(sent(&verse(0)), None);
    assert_eq!(sent(&verse(20)), Some(u64::from(sung(&verse(20), &spec).unwrap().middle()) * 1000));
    assert_eq!(sent(&verse(1000)), Some(300_000));
    let mut typed = verse(20);
    typed.settings.insert("length".to_owned(), "0:12".to_owned());
    assert_eq!(sent(&typed), Some(12_000));
}
