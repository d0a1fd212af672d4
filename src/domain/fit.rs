//! How one lyric goes to one model: what is left out, and in which dialect the rest is written.

use serde::{Deserialize, Serialize};

use super::catalogue::{Dialect, LYRICS, ModelSpec, STYLE, Voice};
use super::draft::Draft;
use super::lyrics::{Section, SingingTime, sections, singing_time};

/// What was adapted for one model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fit {
    /// Sections left out, by their place in the lyric, from 0.
    pub left_out: Vec<usize>,
    /// A style of its own, where the model's limit is shorter.
    pub style: Option<String>,
}

/// What would be sent of style and lyrics to a model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendering {
    /// The style field's text, if the model has one and there is something to say.
    pub style: Option<String>,
    /// The lyrics field's text, if the model has one of its own.
    pub lyrics: Option<String>,
    /// What a person should know: `your words are not sung`, `lyrics within the style`.
    pub notes: Vec<String>,
}

/// What adds accompaniment in [`Dialect::Hashes`] when it stands at the start and at the end.
const ACCOMPANIMENT: &str = "##";

/// What separates the words from the style in [`Dialect::Folded`].
const FOLD: &str = "Lyrics:";

/// Renders the draft for a model.
#[must_use]
pub fn render(draft: &Draft, spec: &ModelSpec) -> Rendering {
    let style = style(draft, spec);
    let lyrics = kept(draft, spec);
    let silenced = draft.silencer(spec, LYRICS).is_some();
    let (style, lyrics) = match spec.dialect {
        _ if silenced => (style, None),
        Dialect::Tags => (style, filled(lyrics.trim().to_owned())),
        Dialect::Hashes => (style, filled(hashed(&lyrics))),
        Dialect::Folded => (folded(style, lyrics.trim()), None),
        Dialect::NotSent => (style, None),
    };
    Rendering { style: style.filter(|_| spec.field(STYLE).is_some()), lyrics, notes: notes(draft, spec) }
}

/// The words without the sections left out for this model, line ends as `\n`, nothing at the ends of lines.
#[must_use]
pub fn kept(draft: &Draft, spec: &ModelSpec) -> String {
    let left_out = draft.fits.get(&spec.id).map_or(&[][..], |fit| &fit.left_out);
    let lines: Vec<&str> = draft.lyrics.lines().map(str::trim_end).collect();
    let sections = sections(&draft.lyrics);
    let stays = sections.iter().enumerate().filter(|(place, _)| !left_out.contains(place));
    stays.flat_map(|(_, section)| &lines[section.lines.clone()]).copied().collect::<Vec<_>>().join("\n")
}

/// How long this model is likely to sing, or nothing when it gets no words to sing.
#[must_use]
pub fn sung(draft: &Draft, spec: &ModelSpec) -> Option<SingingTime> {
    let sings = spec.voice == Voice::YourWords && spec.dialect != Dialect::NotSent;
    if !sings || draft.silencer(spec, LYRICS).is_some() {
        return None;
    }
    singing_time(&kept(draft, spec))
}

/// The style for this model: its own where it has one.
fn style(draft: &Draft, spec: &ModelSpec) -> Option<String> {
    let own = draft.fits.get(&spec.id).and_then(|fit| fit.style.as_deref());
    filled(own.unwrap_or(&draft.style).trim().to_owned())
}

/// The words without tags, an empty line between sections, accompaniment around the whole.
fn hashed(lyrics: &str) -> String {
    let bare = lyrics.trim();
    let bare = bare.strip_prefix(ACCOMPANIMENT).unwrap_or(bare);
    let bare = bare.strip_suffix(ACCOMPANIMENT).unwrap_or(bare);
    let lines: Vec<&str> = bare.lines().collect();
    let body = |section: &Section| {
        let first = section.lines.start + usize::from(section.tag.is_some());
        lines[first..section.lines.end].join("\n").trim().to_owned()
    };
    let bodies: Vec<String> = sections(bare).iter().map(body).filter(|body| !body.is_empty()).collect();
    if bodies.is_empty() { String::new() } else { format!("{ACCOMPANIMENT}{}{ACCOMPANIMENT}", bodies.join("\n\n")) }
}

/// Style and words as one text.
fn folded(style: Option<String>, lyrics: &str) -> Option<String> {
    match (style, lyrics) {
        (style, "") => style,
        (None, lyrics) => Some(format!("{FOLD}\n{lyrics}")),
        (Some(style), lyrics) => Some(format!("{style}\n\n{FOLD}\n{lyrics}")),
    }
}

/// What becomes of the words and the style, where it is not simply sent.
fn notes(draft: &Draft, spec: &ModelSpec) -> Vec<String> {
    let mut notes = Vec::new();
    let fit = draft.fits.get(&spec.id);
    let sections = sections(&draft.lyrics);
    let words = draft.lyrics.lines().any(|line| !line.trim().is_empty());
    let left_out = fit.map_or(0, |fit| (0..sections.len()).filter(|place| fit.left_out.contains(place)).count());
    match (draft.silencer(spec, LYRICS), spec.dialect) {
        _ if !words => {}
        (Some(flag), _) => notes.push(format!("lyrics not sent: `{}` is yes", flag.name)),
        (None, Dialect::NotSent) => notes.push("your words are not sung".to_owned()),
        (None, Dialect::Folded) => notes.push("lyrics within the style".to_owned()),
        (None, Dialect::Tags | Dialect::Hashes) => {}
    }
    if left_out > 0 && spec.dialect != Dialect::NotSent {
        notes.push(format!("{left_out} of {} sections left out", sections.len()));
    }
    match (spec.field(STYLE), fit.and_then(|fit| fit.style.as_ref())) {
        (Some(_), Some(_)) => notes.push("a style of its own".to_owned()),
        (None, _) if !draft.style.trim().is_empty() => notes.push("the style is not used".to_owned()),
        _ => {}
    }
    notes
}

/// The text, unless there is none.
fn filled(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
