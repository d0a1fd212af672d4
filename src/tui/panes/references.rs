//! The references: a row each, and below them what is known of the selected one.

pub(in crate::tui) mod keys;

use std::path::Path;

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::{head, with_hidden};
use crate::domain::length::to_clock;
use crate::domain::reference::Reference;
use crate::domain::standing::{Case, Standing, standing_of};
use crate::domain::uploading::is_converted;
use crate::domain::using::short;
use crate::tui::cells::{self, Sheet};
use crate::tui::layout::Areas;
use crate::tui::message::Sound;
use crate::tui::state::{Focus, State};
use crate::tui::theme::Part;

/// Where names begin.
const NAME_AT: usize = 3;

/// Columns of what it is; the longest is an instrumental.
const PURPOSE_COLUMNS: usize = 12;

/// Columns of a length, and of how many takes there are.
const LENGTH_COLUMNS: usize = 5;
const TAKES_COLUMNS: usize = 8;

/// Narrower panes leave out what it is where something else is to be said.
const PURPOSE_FROM: usize = 60;

/// Rows of what is said of the selected one; smaller panes say nothing of it.
const ABOUT_ROWS: usize = 3;
const ABOUT_FROM: usize = 7;

/// Rows for references in the pane as it stands.
pub(in crate::tui) fn height(state: &State, areas: &Areas) -> usize {
    let rows = usize::from(areas.references.height).saturating_sub(1);
    if says_about(state, rows) { rows - ABOUT_ROWS } else { rows }
}

fn says_about(state: &State, rows: usize) -> bool {
    state.focus == Focus::References && rows >= ABOUT_FROM && !state.library.is_empty()
}

/// Draws the references.
pub(super) fn draw(state: &State, _: Timestamp, area: Rect, frame: &mut Frame<'_>) -> Option<Position> {
    let theme = &state.opening.theme;
    let mut sheet = Sheet::new(frame.buffer_mut(), area);
    let columns = sheet.columns();
    let filter = state.library.filter_text();
    let right = if filter.is_empty() { String::new() } else { format!("only `{filter}`") };
    let place = state.library.place;
    let rows = height(state, &state.areas());
    let below = state.library.len().saturating_sub(place.top + rows);
    let title = with_hidden("References", place.top, below);
    sheet.text(0, 0, &cells::heading(&title, &right, columns), head(state, Focus::References));
    let focused = state.focus == Focus::References;
    if state.library.is_empty() {
        let none = if filter.is_empty() { "none; a adds a recording" } else { "no reference fits" };
        sheet.text(1, NAME_AT, none, theme.look(Part::Faint));
        return (focused && sheet.rows() > 1).then(|| Position::new(area.x, area.y + 1));
    }
    for (n, reference) in state.library.shown().enumerate().skip(place.top).take(rows) {
        let line = 1 + n - place.top;
        draw_reference(state, reference, &mut sheet, line);
        if n == place.selected && focused {
            sheet.tint(line, theme.look(Part::Selected));
            sheet.text(line, 1, ">", theme.look(Part::HeadFocused));
        }
    }
    if says_about(state, sheet.rows().saturating_sub(1)) {
        draw_about(state, &mut sheet, 1 + rows);
    }
    let line = 1 + place.selected.saturating_sub(place.top);
    (focused && line < sheet.rows()).then(|| Position::new(area.x, area.y + line as u16))
}

fn draw_reference(state: &State, reference: &Reference, sheet: &mut Sheet<'_>, line: usize) {
    let theme = &state.opening.theme;
    let columns = sheet.columns();
    let purpose_at = NAME_AT + (columns * 35 / 100).clamp(8, 30);
    let name = if reference.note.is_empty() {
        reference.name.clone()
    } else {
        format!("{}: {}", reference.name, reference.note)
    };
    sheet.text(line, NAME_AT, &cells::clip(&name, purpose_at - NAME_AT - 1), theme.look(Part::Text));
    let rest_at = purpose_at + PURPOSE_COLUMNS + 1;
    match remark(state, reference) {
        // What is to be said comes first where there is not room for all.
        Some((remark, look)) if columns < PURPOSE_FROM => sheet.text(line, purpose_at, &remark, look),
        remark => {
            sheet.text(line, purpose_at, purpose(reference), theme.look(Part::Faint));
            let room = columns.saturating_sub(rest_at + 1);
            let short = || (in_short(reference, room), theme.look(Part::Faint));
            let (text, look) = match remark {
                Some((remark, look)) => (with_counts(reference, &remark, room), look),
                None => short(),
            };
            sheet.text(line, rest_at, &text, look);
        }
    }
}

/// What is to be said of it besides its counts: that it is heard, how it stands, where the draft uses it.
fn remark(state: &State, reference: &Reference) -> Option<(String, Style)> {
    let theme = &state.opening.theme;
    let standing = standing(state, reference);
    let words = standing.words(reference);
    let playing = (state.playing == Some(Sound::Reference(reference.id))).then(|| "playing".to_owned());
    let stands = (!words.is_empty()).then_some(words);
    let look = if stands.is_some() { theme.status(standing.role) } else { theme.look(Part::Arrived) };
    let parts: Vec<String> = [playing, used_as(state, reference), stands].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| (parts.join(", "), look))
}

/// Length and takes, as much of them as fits.
fn in_short(reference: &Reference, room: usize) -> String {
    let takes = takes(reference);
    let both = format!("{}  {}", length(reference), cells::pad_left(&takes, TAKES_COLUMNS));
    if cells::width(&both) <= room { both } else { takes }
}

/// A remark behind the counts, where there is room for both.
fn with_counts(reference: &Reference, remark: &str, room: usize) -> String {
    let counts = in_short(reference, usize::MAX);
    let both = format!("{counts}  {remark}");
    if cells::width(&both) <= room { both } else { remark.to_owned() }
}

fn takes(reference: &Reference) -> String {
    if reference.takes == 1 { "1 take".to_owned() } else { format!("{} takes", reference.takes) }
}

fn length(reference: &Reference) -> String {
    let clock = |ms: u64| to_clock((ms + 500) / 1000);
    cells::pad_left(&reference.duration_ms.map_or(String::new(), clock), LENGTH_COLUMNS)
}

/// Where the draft uses it: `used: voice`.
fn used_as(state: &State, reference: &Reference) -> Option<String> {
    let fields = state.spec()?.fields.iter().filter(|field| field.kind.is_reference());
    let uses =
        fields.filter(|field| state.draft().setting(&field.name).is_some_and(|value| reference.is_meant_by(value)));
    let names: Vec<&str> = uses.map(|field| short(&field.name)).collect();
    match names.as_slice() {
        [] => None,
        [_, _] => Some("used: both".to_owned()),
        names => Some(format!("used: {}", names.join(", "))),
    }
}

fn standing(state: &State, reference: &Reference) -> &'static Standing {
    let checking = state.library.is_checked(reference.id);
    standing_of(reference, checking, state.opening.key_print.as_deref())
}

/// Draws what is known of the selected reference, as much as there is room for.
fn draw_about(state: &State, sheet: &mut Sheet<'_>, row: usize) {
    let Some(reference) = state.library.selected() else { return };
    // Room for the sign that there is more.
    let lines = cells::wrap(&about(state, reference), sheet.columns().saturating_sub(NAME_AT + 3));
    for (n, line) in lines.iter().take(ABOUT_ROWS).enumerate() {
        let is_cut = n + 1 == ABOUT_ROWS && lines.len() > ABOUT_ROWS;
        let line = if is_cut { format!("{line} >") } else { line.clone() };
        sheet.text(row + n, NAME_AT, &line, state.opening.theme.look(Part::Faint));
    }
}

/// Everything in one sentence, what matters most first: what the person noted, how it stands, where it is from,
/// when it came, and last the ids.
fn about(state: &State, reference: &Reference) -> String {
    let standing = standing(state, reference);
    let words = standing.words(reference);
    let mut parts = Vec::new();
    if !reference.note.is_empty() {
        parts.push(reference.note.clone());
    }
    if !words.is_empty() {
        parts.extend([words, standing.meaning.to_owned()]);
    }
    // An upload that failed since then says why itself.
    let refused = reference.refused.as_ref().filter(|_| standing.case == Case::Refused);
    parts.extend(refused.map(|why| format!("the service said: {}", why.trim_end_matches('.'))));
    parts.push(purpose(reference).to_owned());
    parts.extend(reference.file.as_deref().map(file_name).or_else(|| reference.url.clone()));
    parts.extend(reference.part.map(|part| format!("from {part}")));
    parts.extend(is_converted(reference).then(|| "converted to WAV".to_owned()));
    parts.push(format!("added {}", state.day(reference.created)));
    parts.extend(reference.file.as_deref().and_then(Path::parent).map(|folder| format!("in {}", folder.display())));
    parts.extend([&reference.voice_id, &reference.instrumental_id].into_iter().flatten().cloned());
    parts.join("; ")
}

fn file_name(file: &Path) -> String {
    file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
}

fn purpose(reference: &Reference) -> &'static str {
    if reference.url.is_some() && !reference.purpose.is_uploaded() { "address" } else { reference.purpose.name() }
}
