//! How one lyric goes to one model: what is left out, and in which dialect the rest is written.

mod proposal;

use serde::{Deserialize, Serialize};

pub use proposal::{Proposal, propose, without, words_fit};

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

/// What becomes of the words and the style, where they are not simply sent.
fn notes(draft: &Draft, spec: &ModelSpec) -> Vec<String> {
    [words_note(draft, spec), left_out_note(draft, spec), style_note(draft, spec)].into_iter().flatten().collect()
}

fn words_note(draft: &Draft, spec: &ModelSpec) -> Option<String> {
    if kept(draft, spec).trim().is_empty() {
        return None;
    }
    match (draft.silencer(spec, LYRICS), spec.dialect) {
        (Some(flag), _) => Some(format!("lyrics not sent, {} is yes", flag.name)),
        (None, Dialect::NotSent) => Some("your words are not sung".to_owned()),
        (None, Dialect::Folded) => Some("lyrics within the style".to_owned()),
        (None, Dialect::Tags | Dialect::Hashes) => None,
    }
}

fn left_out_note(draft: &Draft, spec: &ModelSpec) -> Option<String> {
    let fit = draft.fits.get(&spec.id)?;
    let all = sections(&draft.lyrics).len();
    let left_out = (0..all).filter(|place| fit.left_out.contains(place)).count();
    let sent = spec.dialect != Dialect::NotSent && draft.silencer(spec, LYRICS).is_none();
    (sent && left_out > 0).then(|| format!("{left_out} of {all} sections left out"))
}

fn style_note(draft: &Draft, spec: &ModelSpec) -> Option<String> {
    let own = draft.fits.get(&spec.id).is_some_and(|fit| fit.style.is_some());
    match spec.field(STYLE) {
        Some(_) => own.then(|| "a style of its own".to_owned()),
        None => (!draft.style.trim().is_empty()).then(|| "the style is not used".to_owned()),
    }
}

/// The text, unless there is none.
fn filled(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
