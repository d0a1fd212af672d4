//! The list of files on the screen.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::Files;
use super::typed::{Ids, Typed};
use crate::domain::length::to_clock;
use crate::tui::cells::{self, Sheet};
use crate::tui::folder::{Entry, EntryKind, Unlisted};
use crate::tui::message::Glimpse;
use crate::tui::overlays::picker::{self, Listed, Row};
use crate::tui::state::State;

/// Columns of the heading that are not the folder's.
const AROUND_FOLDER: usize = 20;

/// Columns that a length takes, so that the sizes before them stand below each other.
const LENGTH_COLUMNS: usize = 7;

/// Rows at the bottom: what is said, and the keys.
#[must_use]
pub fn rows(files: &Files, columns: u16) -> u16 {
    let said = files.said.as_ref().map_or(1, |(text, _)| said_in(text, columns.into()).len());
    said.max(1) as u16 + 1
}

fn said_in(text: &str, columns: usize) -> Vec<String> {
    cells::wrap(text, columns.saturating_sub(2))
}

/// Draws the files.
pub fn draw(state: &State, files: &Files, frame: &mut Frame<'_>) -> Option<Position> {
    let columns = usize::from(state.opening.columns);
    let folder = files.wanted(state).display().to_string();
    let room = columns.saturating_sub(AROUND_FOLDER);
    let shown = if cells::width(&folder) > room { format!("...{}", cells::tail(&folder, room)) } else { folder };
    let row = |n: usize| files.entry(n).map(|entry| row_of(files, entry)).unwrap_or_default();
    let cursor = picker::draw_list(
        state,
        &files.picker,
        &Listed {
            title: &format!("Add from {shown}"),
            nothing: &nothing(state, files),
            length: files.shown.len(),
            left: 0,
            row: &row,
        },
        frame,
    );
    draw_said(state, files, frame);
    cursor
}

fn row_of(files: &Files, entry: &Entry) -> Row {
    if entry.kind == EntryKind::Folder {
        return Row::of(format!("{}/", entry.name));
    }
    let glimpse = files.glimpses.get(&entry.path).and_then(Option::as_ref);
    let right =
        format!("{}{}", size(entry.bytes), cells::pad_left(&glimpse.map_or(String::new(), length), LENGTH_COLUMNS));
    Row { text: entry.name.clone(), right, ..Row::default() }
}

/// What stands in place of rows.
fn nothing(state: &State, files: &Files) -> String {
    if Ids::read(files.picker.text()).is_some() {
        return "Enter adds what the service knows by that id".to_owned();
    }
    let rest = match files.typed(state) {
        Typed::Address(_) => return "Enter takes the address".to_owned(),
        Typed::Elsewhere(_) => return "a path of another system; Enter says how it comes here".to_owned(),
        Typed::Within { rest, .. } => rest,
    };
    match files.listing(state) {
        None => "reading ...".to_owned(),
        Some(Err(Unlisted::Absent)) => "there is no such folder here; Enter says how a file comes here".to_owned(),
        Some(Err(Unlisted::Unreadable(why))) => why.clone(),
        Some(Ok(_)) if rest.is_empty() => "no sound in this folder; Backspace goes up".to_owned(),
        Some(Ok(_)) => "nothing is called so".to_owned(),
    }
}

fn draw_said(state: &State, files: &Files, frame: &mut Frame<'_>) {
    let Some((text, role)) = &files.said else { return };
    let bottom = state.areas().bottom;
    let mut sheet = Sheet::new(frame.buffer_mut(), Rect { height: bottom.height.saturating_sub(1), ..bottom });
    sheet.clear();
    for (row, line) in said_in(text, sheet.columns()).iter().enumerate() {
        sheet.text(row, 1, line, state.opening.theme.status(*role));
    }
}

/// `812 KB`, `3.1 MB`.
#[must_use]
pub(in crate::tui) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} KB", bytes / 1_000),
        _ => format!("{:.1} MB", bytes as f64 / 1_000_000.0),
    }
}

/// `2:51`, `~2:51` where that is an estimate, `?` where it is no sound.
#[must_use]
pub(in crate::tui) fn length(glimpse: &Glimpse) -> String {
    match glimpse {
        Glimpse::Lasts { ms, about } => format!("{}{}", if *about { "~" } else { "" }, to_clock((ms + 500) / 1000)),
        Glimpse::Unheard => "?".to_owned(),
        Glimpse::Unsure => String::new(),
    }
}
