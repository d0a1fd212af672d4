//! Drafts: what is sent of them, and what is said about them, model by model.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;
use refrain::domain::catalogue::{Catalogue, LYRICS, ModelSpec, STYLE};
use refrain::domain::draft::{Draft, Grade, Measure};
use refrain::domain::fit::{Fit, kept, render, sung};
use serde_json::{Value, json};

/// Field names with what was typed.
type Settings = &'static [(&'static str, &'static str)];
/// Everything that is said about a draft.
type Said = &'static [(Grade, &'static str)];

const URL: &str = "https://example.net/a.mp3";
const STYLE_TEXT: &str = "slow waltz, upright piano";
const LYRICS_TEXT: &str = "[Verse]\nThe last boat leaves\nat ten to nine\n\n[Chorus]\nOh, night ferry\n";

fn draft(settings: &[(&str, &str)]) -> Draft {
    Draft {
        style: STYLE_TEXT.to_owned(),
        lyrics: LYRICS_TEXT.to_owned(),
        settings: settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ..Draft::default()
    }
}

fn written(style: &str, lyrics: &str, settings: &[(&str, &str)]) -> Draft {
    Draft { style: style.to_owned(), lyrics: lyrics.to_owned(), ..draft(settings) }
}

fn fitted(spec: &ModelSpec, left_out: &[usize], style: Option<&str>) -> Draft {
    let fit = Fit { left_out: left_out.to_vec(), style: style.map(str::to_owned) };
    Draft { fits: [(spec.id.clone(), fit)].into(), ..draft(&[]) }
}

fn model(label: &str) -> ModelSpec {
    Catalogue::embedded().unwrap().find(label).unwrap().clone()
}

fn body(label: &str, draft: &Draft) -> Value {
    Value::Object(draft.body(&model(label)))
}

fn said(label: &str, draft: &Draft) -> Vec<(Grade, String)> {
    draft.check(&model(label)).iter().map(|problem| (problem.grade, problem.sentence())).collect()
}

#[test]
fn a_body_holds_what_is_set_where_the_service_wants_it_and_nothing_else() {
    let words = "[Verse]\nThe last boat leaves\nat ten to nine\n\n[Chorus]\nOh, night ferry";
    let hashed = "##The last boat leaves\nat ten to nine\n\nOh, night ferry##";
    let table: [(&str, Settings, Value); 13] = [
        ("music-2.0", &[], json!({"model": "minimax/music-2.0", "prompt": STYLE_TEXT, "lyrics": words})),
        (
            "music-2.0",
            &[("format", "WAV"), ("sample-rate", " 44100 "), ("bitrate", "128000"), ("seed", "4")],
            json!({"model": "minimax/music-2.0", "prompt": STYLE_TEXT, "lyrics": words,
                "audio_setting": {"format": "wav", "audio_sample_rate": 44100, "bitrate": 128_000}}),
        ),
        (
            "music-1.5",
            &[("sample-rate", "16000")],
            json!({"model": "minimax/music-1.5", "prompt": STYLE_TEXT, "lyrics": words,
                "audio_setting": {"audio_sample_rate": 16000}}),
        ),
        (
            "music-2.6",
            &[("write-lyrics", "no")],
            json!({"model": "minimax/music-2.6", "prompt": STYLE_TEXT, "lyrics": words, "lyrics_optimizer": false}),
        ),
        (
            "music-2.6",
            &[("instrumental", "yes")],
            json!({"model": "minimax/music-2.6", "prompt": STYLE_TEXT, "is_instrumental": true}),
        ),
        (
            "music-cover",
            &[("reference", URL), ("sample-rate", "32000")],
            json!({"model": "minimax/music-cover", "prompt": STYLE_TEXT, "lyrics": words, "reference_audio_url": URL,
                "audio_setting": {"sample_rate": 32000}}),
        ),
        (
            "music-01",
            &[("voice-id", "vocal-1"), ("instrumental-id", "instrumental-2")],
            json!({"model": "music-01", "lyrics": hashed, "refer_voice": "vocal-1",
                "refer_instrumental": "instrumental-2"}),
        ),
        (
            "music-01",
            &[("voice-id", "vocal-1"), ("bitrate", "64000")],
            json!({"model": "music-01", "lyrics": hashed, "refer_voice": "vocal-1",
                "audio_setting": {"bitrate": 64000, "format": "mp3"}}),
        ),
        (
            "music-01",
            &[("voice-id", "vocal-1"), ("sample-rate", "44100"), ("format", "wav")],
            json!({"model": "music-01", "lyrics": hashed, "refer_voice": "vocal-1",
                "audio_setting": {"sample_rate": 44100, "format": "wav"}}),
        ),
        (
            "eleven_music",
            &[("length", "2:50")],
            json!({"model": "elevenlabs/eleven_music", "prompt": format!("{STYLE_TEXT}\n\nLyrics:\n{words}"),
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
            json!({"model": "minimax-music", "prompt": hashed, "reference_audio_url": URL}),
        ),
    ];
    for (label, settings, expected) in table {
        assert_eq!(body(label, &draft(settings)), expected, "{label}");
    }
}

#[test]
fn an_address_is_sent_in_the_spelling_that_travels() {
    let table = [
        ("HTTPS://Example.NET/a.mp3", "https://example.net/a.mp3"),
        ("https://example.net/mein-lied-ä.mp3", "https://example.net/mein-lied-%C3%A4.mp3"),
        ("https://example.net/a%20b.mp3?x=1&y=2", "https://example.net/a%20b.mp3?x=1&y=2"),
    ];
    for (typed, sent) in table {
        assert_eq!(body("minimax-music", &draft(&[("reference", typed)]))["reference_audio_url"], sent);
    }
}

#[test]
fn each_dialect_writes_the_one_lyric_in_its_own_way() {
    let table = [
        ("music-2.0", LYRICS_TEXT, Some("[Verse]\nThe last boat leaves\nat ten to nine\n\n[Chorus]\nOh, night ferry")),
        ("music-2.0", "  \r\n one  \r\n two\t\r\n\r\n", Some("one\n two")),
        ("music-2.0", " \n\t\n", None),
        ("music-01", "one\n[Solo]\n[Chorus]\n\n\ntwo\n\nthree\n\n", Some("##one\n\ntwo\n\nthree##")),
        ("music-01", "##one\n[Chorus]\ntwo\n##", Some("##one\n\ntwo##")),
        ("music-01", "[Intro]\n[Outro]", None),
        ("music-01", "##", None),
        ("lyria2", LYRICS_TEXT, None),
        ("eleven_music", LYRICS_TEXT, None),
    ];
    for (label, lyrics, sent) in table {
        let rendering = render(&written(STYLE_TEXT, lyrics, &[]), &model(label));
        assert_eq!(rendering.lyrics.as_deref(), sent, "{label} {lyrics:?}");
    }
    let folded = |style, lyrics| render(&written(style, lyrics, &[]), &model("eleven_music")).style;
    assert_eq!(folded("waltz", "[Verse]\none\n").as_deref(), Some("waltz\n\nLyrics:\n[Verse]\none"));
    assert_eq!(folded(" waltz ", " \n").as_deref(), Some("waltz"));
    assert_eq!(folded("", "one").as_deref(), Some("Lyrics:\none"));
    assert_eq!(folded("", ""), None);
}

#[test]
fn a_fit_leaves_out_sections_and_replaces_the_style_for_its_model_alone() {
    let (spec, other) = (model("music-1.5"), model("music-2.0"));
    let draft = fitted(&spec, &[0, 9], Some("short waltz"));
    let rendering = render(&draft, &spec);
    assert_eq!(rendering.lyrics.as_deref(), Some("[Chorus]\nOh, night ferry"));
    assert_eq!(rendering.style.as_deref(), Some("short waltz"));
    assert_eq!(rendering.notes, ["1 of 2 sections left out", "a style of its own"]);
    let elsewhere = render(&draft, &other);
    assert_eq!(elsewhere.style.as_deref(), Some(STYLE_TEXT));
    assert_eq!(elsewhere.lyrics.as_deref(), Some(LYRICS_TEXT.trim()));
    assert_eq!(elsewhere.notes, Vec::<String>::new());
    assert_eq!(draft.lyrics, LYRICS_TEXT);
}

#[test]
fn what_becomes_of_the_words_is_said() {
    let table: [(&str, Settings, &[&str]); 5] = [
        ("lyria2", &[], &["your words are not sung"]),
        ("eleven_music", &[], &["lyrics within the style"]),
        ("music-2.6", &[("instrumental", "yes")], &["lyrics not sent, instrumental is yes"]),
        ("music-2.0", &[("instrumental", "yes")], &[]),
        ("music-01", &[], &["the style is not used"]),
    ];
    for (label, settings, notes) in table {
        assert_eq!(render(&draft(settings), &model(label)).notes, notes, "{label}");
        let wordless = written("", "", settings);
        assert_eq!(render(&wordless, &model(label)).notes, Vec::<String>::new(), "{label}");
    }
}

#[test]
fn counters_count_what_would_be_sent() {
    let most = |used, most| Some(Measure { used, most });
    let words = LYRICS_TEXT.trim().len() as u64;
    let table = [
        ("music-2.0", STYLE, most(25, Some(2000))),
        ("music-1.5", STYLE, most(25, Some(300))),
        ("music-2.0", LYRICS, most(words, Some(3000))),
        ("music-01", LYRICS, most(words - "[Verse]\n[Chorus]\n".len() as u64 + 4, Some(600))),
        ("music-01", STYLE, None),
        ("eleven_music", STYLE, most(25 + "\n\nLyrics:\n".len() as u64 + words, Some(2000))),
        ("eleven_music", LYRICS, None),
        ("lyria2", STYLE, most(25, None)),
        ("lyria2", LYRICS, None),
        ("music-2.0", "format", None),
        ("music-2.0", "nonsense", None),
    ];
    for (label, field, measure) in table {
        assert_eq!(draft(&[]).measure(&model(label), field), measure, "{label} {field}");
    }
    let silenced = draft(&[("instrumental", "yes")]).measure(&model("music-2.6"), LYRICS);
    assert_eq!(silenced, most(0, Some(3000)));
    let emoji = written("🎵🎵", "", &[]).measure(&model("music-2.0"), STYLE);
    assert_eq!(emoji, most(4, Some(2000)));
}

#[test]
fn every_problem_is_said_in_one_sentence() {
    use Grade::{Hint, Look, MustFix};
    let long = "a".repeat(412);
    let lines = "la la la la la la la la la la\n".repeat(20);
    let table: [(&str, Draft, Said); 22] = [
        ("music-2.0", draft(&[]), &[]),
        ("music-1.5", written(&long, LYRICS_TEXT, &[]), &[(MustFix, "style has 412 characters, music-1.5 takes 300")]),
        (
            "music-1.5",
            written("a", LYRICS_TEXT, &[]),
            &[(MustFix, "style has 1 character, music-1.5 takes at least 10")],
        ),
        ("music-2.0", written("", LYRICS_TEXT, &[]), &[(MustFix, "style is missing, music-2.0 needs it")]),
        ("music-2.0", written(STYLE_TEXT, "", &[]), &[(MustFix, "lyrics are missing, music-2.0 needs them")]),
        (
            "music-2.0",
            written(STYLE_TEXT, "oh", &[]),
            &[(MustFix, "lyrics have 2 characters, music-2.0 takes at least 10")],
        ),
        ("music-2.0", draft(&[("format", "ogg")]), &[(MustFix, "format is `ogg`, music-2.0 takes mp3, wav or pcm")]),
        ("music-2.0", draft(&[("seed", "no number"), ("nonsense", "x")]), &[]),
        ("music-2.6", written(STYLE_TEXT, "", &[]), &[(Look, "lyrics are missing, music-2.6 does little without")]),
        ("music-2.6", written(STYLE_TEXT, "", &[("write-lyrics", "yes")]), &[]),
        (
            "music-2.6",
            written(STYLE_TEXT, "one two", &[("instrumental", "yes")]),
            &[(Hint, "lyrics have 7 characters, music-2.6 does not get them while instrumental is yes")],
        ),
        (
            "music-cover",
            draft(&[("reference", "demo.mp3")]),
            &[(MustFix, "reference is `demo.mp3`, music-cover takes an address that starts with http:// or https://")],
        ),
        (
            "music-01",
            written("", "one two", &[]),
            &[(MustFix, "voice-id is missing, music-01 needs voice-id or instrumental-id")],
        ),
        (
            "music-01",
            written(STYLE_TEXT, "one two", &[("voice-id", "vocal-1"), ("bitrate", "64000")]),
            &[
                (Hint, "style has 25 characters, music-01 does not use it"),
                (Hint, "format set to mp3 (bitrate needs it)"),
            ],
        ),
        (
            "music-01",
            written("", &lines, &[("voice-id", "vocal-1")]),
            &[
                (Look, "lyrics have 603 characters, music-01 is said to take 600"),
                (Look, "lyrics may last 1:25 to 2:15, music-01 makes at most 1:00"),
            ],
        ),
        (
            "lyria2",
            draft(&[("seed", "-1")]),
            &[
                (MustFix, "seed is `-1`, lyria2 takes a whole number from 0"),
                (Hint, "lyrics have 69 characters, lyria2 does not sing them"),
            ],
        ),
        (
            "stable-audio",
            written(STYLE_TEXT, "", &[("length", "2:50"), ("steps", "2000")]),
            &[
                (MustFix, "length is `2:50`, stable-audio takes 0:01 to 0:47"),
                (MustFix, "steps is `2000`, stable-audio takes 1 to 1000"),
            ],
        ),
        ("eleven_music", written(STYLE_TEXT, "", &[]), &[]),
        (
            "eleven_music",
            written(STYLE_TEXT, &lines, &[]),
            &[(Hint, "length set to 1:50 (left alone it would be 0:10)")],
        ),
        ("eleven_music", written(STYLE_TEXT, &lines, &[("length", "1:00")]), &[]),
        (
            "eleven_music",
            written(&"a".repeat(1990), "one", &[("length", "1:00")]),
            &[(MustFix, "style has 2003 characters with the lyrics, eleven_music takes 2000")],
        ),
        ("eleven_music", written("", "", &[("length", "")]), &[(MustFix, "style is missing, eleven_music needs it")]),
    ];
    for (label, draft, expected) in table {
        let expected: Vec<_> = expected.iter().map(|(grade, sentence)| (*grade, (*sentence).to_owned())).collect();
        assert_eq!(said(label, &draft), expected, "{label}");
    }
}

#[test]
fn all_problems_come_at_once_and_the_gravest_first() {
    use Grade::{Hint, Look, MustFix};
    let draft = written("short", &"la ".repeat(1001), &[("bitrate", "1"), ("format", "mp3"), ("sample-rate", "x")]);
    let grades: Vec<Grade> = said("music-01", &draft).iter().map(|(grade, _)| *grade).collect();
    assert_eq!(grades, [MustFix, MustFix, MustFix, Look, Look, Hint]);
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

#[test]
fn a_long_typed_value_is_shown_shortened_and_clean() {
    let value = format!("\u{1b}[2J{}", "x".repeat(500));
    let problem = &draft(&[("format", &value)]).check(&model("music-2.0"))[0];
    assert_eq!(problem.value, format!("[2J{}...", "x".repeat(37)));
}

#[test]
fn a_draft_reads_back_from_json_also_where_fields_are_new_or_gone() {
    let draft = fitted(&model("music-1.5"), &[1], Some("x"));
    let text = serde_json::to_string(&draft).unwrap();
    assert_eq!(serde_json::from_str::<Draft>(&text).unwrap(), draft);
    assert_eq!(serde_json::from_str::<Draft>(r#"{"colour": 1}"#).unwrap(), Draft::default());
}

proptest! {
    #[test]
    fn any_draft_can_be_checked_and_turned_into_a_body(
        style in any::<String>(),
        lyrics in any::<String>(),
        values in prop::collection::vec(any::<String>(), 15),
        left_out in prop::collection::vec(0..5_usize, 0..3),
    ) {
        for spec in Catalogue::embedded().unwrap().models() {
            let names = spec.fields.iter().map(|field| field.name.clone());
            let fit = Fit { left_out: left_out.clone(), style: None };
            let draft = Draft {
                style: style.clone(),
                lyrics: lyrics.clone(),
                settings: names.zip(values.clone()).collect(),
                fits: [(spec.id.clone(), fit)].into(),
                ..Draft::default()
            };
            for problem in draft.check(spec) {
                prop_assert!(!problem.sentence().contains('\n'));
            }
            prop_assert!(!Value::Object(draft.body(spec)).to_string().contains(":null"));
        }
    }

    #[test]
    fn a_fit_only_ever_takes_lines_away(lyrics in "([a\\[\\]VC ]{0,5}\n){0,12}", left_out in prop::collection::vec(0..6_usize, 0..4)) {
        let spec = model("music-2.0");
        let draft = Draft { lyrics: lyrics.clone(), ..fitted(&spec, &left_out, None) };
        let kept = kept(&draft, &spec);
        let mut all = lyrics.lines().map(str::trim_end);
        prop_assert!(kept.is_empty() || kept.split('\n').all(|line| all.any(|other| other == line)));
    }
}
