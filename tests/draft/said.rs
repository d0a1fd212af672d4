//! What is said about a draft before it is ordered.

use refrain::domain::draft::Draft;
use refrain::domain::draft::Grade::{self, Hint, Look, MustFix};

use crate::{LYRICS_TEXT, STYLE_TEXT, draft, model, written};

/// Everything that is said about a draft.
type Said = &'static [(Grade, &'static str)];

fn said(label: &str, draft: &Draft) -> Vec<(Grade, String)> {
    draft.check(&model(label)).iter().map(|problem| (problem.grade, problem.sentence())).collect()
}

fn assert_said(table: &[(&str, Draft, Said)]) {
    for (label, draft, expected) in table {
        let expected: Vec<_> = expected.iter().map(|(grade, sentence)| (*grade, (*sentence).to_owned())).collect();
        assert_eq!(said(label, draft), expected, "{label}");
    }
}

/// Lines of ten syllables each.
fn lines(count: usize) -> String {
    "la la la la la la la la la la\n".repeat(count)
}

#[test]
fn a_text_that_is_missing_too_short_or_too_long_is_said() {
    assert_said(&[
        ("music-2.0", draft(&[]), &[]),
        (
            "music-1.5",
            written(&"a".repeat(412), LYRICS_TEXT, &[]),
            &[(MustFix, "style has 412 characters, music-1.5 takes 300")],
        ),
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
        ("music-2.6", written(STYLE_TEXT, "", &[]), &[(Look, "lyrics are missing, music-2.6 does little without")]),
    ]);
}

#[test]
fn a_setting_that_the_model_does_not_take_is_said() {
    assert_said(&[
        ("music-2.0", draft(&[("format", "ogg")]), &[(MustFix, "format is `ogg`, music-2.0 takes mp3, wav or pcm")]),
        ("music-2.0", draft(&[("seed", "no number"), ("nonsense", "x")]), &[]),
        ("music-2.6", written(STYLE_TEXT, "", &[("write-lyrics", "yes")]), &[]),
        (
            "music-2.6",
            written(STYLE_TEXT, "one two", &[("instrumental", "yes")]),
            &[(Hint, "lyrics have 7 characters, music-2.6 does not get them while instrumental is yes")],
        ),
        (
            "music-cover",
            draft(&[("reference", "demo.mp3")]),
            &[(
                MustFix,
                "reference is `demo.mp3`, a file of this machine, to be added first (a in References, or \
                 `--reference FILE`)",
            )],
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
    ]);
}

#[test]
fn what_is_particular_to_a_model_is_said() {
    assert_said(&[
        (
            "music-01",
            written("", "one two", &[]),
            &[(MustFix, "voice-id is missing, music-01 needs voice-id or instrumental-id")],
        ),
        (
            "music-01",
            written(STYLE_TEXT, "one two", &[("voice-id", "vocal-1"), ("bitrate", "64000")]),
            &[
                (Look, "voice-id is alone, music-01 only hums: it needs a backing to sing"),
                (Hint, "style has 25 characters, music-01 does not use it"),
                (Hint, "format set to mp3 (bitrate needs it)"),
            ],
        ),
        (
            "music-01",
            written("", &lines(20), &[("voice-id", "vocal-1")]),
            &[
                (Look, "lyrics have 603 characters, music-01 is said to take 600"),
                (Look, "voice-id is alone, music-01 only hums: it needs a backing to sing"),
                (Look, "lyrics may last 1:25 to 2:15, music-01 is said to make at most 1:00"),
            ],
        ),
        (
            "music-01",
            written("", "one two", &[("instrumental-id", "instrumental-1")]),
            &[(Look, "instrumental-id is alone, music-01 has no singer: it needs a voice to sing")],
        ),
        ("music-01", written("", "one two", &[("instrumental-id", "instrumental-1"), ("voice-id", "vocal-1")]), &[]),
        ("eleven_music", written(STYLE_TEXT, "", &[]), &[]),
        (
            "eleven_music",
            written(STYLE_TEXT, &lines(20), &[]),
            &[(Hint, "length set to 1:50 (left alone it would be 0:10)")],
        ),
        ("eleven_music", written(STYLE_TEXT, &lines(20), &[("length", "1:00")]), &[]),
        (
            "eleven_music",
            written(&"a".repeat(1990), "one", &[("length", "1:00")]),
            &[(MustFix, "style has 2003 characters with the lyrics, eleven_music takes 2000")],
        ),
        ("eleven_music", written("", "", &[("length", "")]), &[(MustFix, "style is missing, eleven_music needs it")]),
    ]);
}

#[test]
fn all_problems_come_at_once_and_the_gravest_first() {
    let draft = written("short", &"la ".repeat(1001), &[("bitrate", "1"), ("format", "mp3"), ("sample-rate", "x")]);
    let grades: Vec<Grade> = said("music-01", &draft).iter().map(|(grade, _)| *grade).collect();
    assert_eq!(grades, [MustFix, MustFix, MustFix, Look, Look, Hint]);
}

#[test]
fn a_long_typed_value_is_shown_shortened_and_clean() {
    let value = format!("\u{1b}[2J{}", "x".repeat(500));
    let problem = &draft(&[("format", &value)]).check(&model("music-2.0"))[0];
    assert_eq!(problem.value, format!("[2J{}...", "x".repeat(37)));
}
