//! The lyric: its lines, its sections, and how long it may be sung.

mod singing;
mod syllables;

use std::ops::Range;

pub use singing::{SingingTime, singing_time};
pub use syllables::syllables;

/// What a line of a lyric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// `[Verse 1]`, alone on its line.
    Tag,
    /// Something to sing.
    Words,
    /// Nothing but white space.
    Blank,
}

/// A section: a tag, if it has one, and the lines up to the next tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What stands within the brackets.
    pub tag: Option<String>,
    /// Its lines, the tag's own included, from 0.
    pub lines: Range<usize>,
}

/// The structure tags that the service's pages name, for inserting.
pub const TAGS: [&str; 14] = [
    "Intro",
    "Verse",
    "Pre-Chorus",
    "Chorus",
    "Post-Chorus",
    "Hook",
    "Bridge",
    "Break",
    "Drop",
    "Build-Up",
    "Solo",
    "Instrumental",
    "Interlude",
    "Outro",
];

/// What the line is.
#[must_use]
pub fn line_kind(line: &str) -> LineKind {
    match line.trim() {
        "" => LineKind::Blank,
        text if tag(text).is_some() => LineKind::Tag,
        _ => LineKind::Words,
    }
}

/// What stands within the brackets of a tag alone on its line.
#[must_use]
pub fn tag(line: &str) -> Option<&str> {
    let inner = line.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
    (!inner.is_empty() && !inner.contains(['[', ']'])).then_some(inner)
}

/// The sections of a lyric; one without a tag for what stands before the first tag.
#[must_use]
pub fn sections(lyrics: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for (place, line) in lyrics.lines().enumerate() {
        match (tag(line), sections.last_mut()) {
            (None, Some(section)) => section.lines.end = place + 1,
            (tag, _) => sections.push(Section { tag: tag.map(str::to_owned), lines: place..place + 1 }),
        }
    }
    sections
}

/// Length as the service counts it: UTF-16 code units (an emoji is 2), as its validation texts are
/// those of a JavaScript library.
#[must_use]
pub fn utf16_length(text: &str) -> u64 {
    text.encode_utf16().count() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_tag_stands_alone_in_brackets() {
        let table = [
            ("[Verse 1]", LineKind::Tag),
            ("  [Chorus]  ", LineKind::Tag),
            ("[Bridge: whispered]", LineKind::Tag),
            ("[Verse] and words", LineKind::Words),
            ("[a] and [b]", LineKind::Words),
            ("[]", LineKind::Words),
            ("(ooh)", LineKind::Words),
            (" \t ", LineKind::Blank),
            ("\u{3000}", LineKind::Blank),
            ("", LineKind::Blank),
        ];
        for (line, kind) in table {
            assert_eq!(line_kind(line), kind, "{line:?}");
        }
    }

    #[test]
    fn a_section_runs_from_its_tag_to_the_next() {
        let found = sections("hum\n\n[Verse 1]\none\n\n[Chorus]\n[Outro]\r\nbye");
        let section = |tag: Option<&str>, lines| Section { tag: tag.map(str::to_owned), lines };
        assert_eq!(
            found,
            [
                section(None, 0..2),
                section(Some("Verse 1"), 2..5),
                section(Some("Chorus"), 5..6),
                section(Some("Outro"), 6..8),
            ]
        );
    }

    #[test]
    fn an_empty_lyric_has_no_sections_and_one_without_tags_has_one() {
        assert_eq!(sections(""), []);
        assert_eq!(sections("one\ntwo"), [Section { tag: None, lines: 0..2 }]);
        assert_eq!(sections("[Verse]"), [Section { tag: Some("Verse".to_owned()), lines: 0..1 }]);
    }

    #[test]
    fn length_is_counted_in_utf16_units() {
        for (text, units) in [("", 0), ("abc", 3), ("é", 1), ("夜", 1), ("🎵", 2), ("👨‍👩‍👧", 8)] {
            assert_eq!(utf16_length(text), units, "{text}");
        }
    }

    proptest! {
        #[test]
        fn sections_hold_every_line_once(lyrics in "([\\[\\]a ]{0,4}\r?\n?){0,30}") {
            let mut next = 0;
            for section in sections(&lyrics) {
                prop_assert_eq!(section.lines.start, next);
                prop_assert!(section.lines.end > next);
                next = section.lines.end;
            }
            prop_assert_eq!(next, lyrics.lines().count());
        }

        #[test]
        fn more_words_in_a_section_never_take_less_time(lyrics in "[a-z夜é \n.]{0,60}", more in "[a-z]{1,8}") {
            let longer = singing_time(&format!("{lyrics}\n{more}"));
            prop_assert!(longer.is_some_and(|time| time.least <= time.most));
            if let (Some(before), Some(after)) = (singing_time(&lyrics), longer) {
                prop_assert!(before.least <= after.least && before.most <= after.most);
            }
        }
    }
}
