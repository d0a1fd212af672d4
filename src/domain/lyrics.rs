//! The lyric: its lines, its sections, and how long it may be sung.

use std::ops::Range;

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

/// A range of seconds in which a lyric is likely to be sung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SingingTime {
    pub least: u32,
    pub most: u32,
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
pub fn line_kind(_line: &str) -> LineKind {
    todo!()
}

/// The sections of a lyric; one without a tag for what stands before the first tag.
#[must_use]
pub fn sections(_lyrics: &str) -> Vec<Section> {
    todo!()
}

/// How long the lyric is likely to last when sung, or nothing when there are no words.
#[must_use]
pub fn singing_time(_lyrics: &str) -> Option<SingingTime> {
    todo!()
}

/// Length as the service counts it: UTF-16 code units (an emoji is 2), as its validation texts are
/// those of a JavaScript library.
#[must_use]
pub fn utf16_length(text: &str) -> u64 {
    text.encode_utf16().count() as u64
}
