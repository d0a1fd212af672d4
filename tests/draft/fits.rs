//! How one lyric goes to several models.

use refrain::domain::catalogue::{LYRICS, STYLE};
use refrain::domain::draft::Measure;
use refrain::domain::fit::render;

use crate::{LYRICS_TEXT, STYLE_TEXT, Settings, draft, fitted, model, written};

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
