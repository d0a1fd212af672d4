//! The queue: a row for each take, newest first.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::head;
use crate::domain::generation::{Take, TakeId};
use crate::domain::wording::{Words, words_between};
use crate::tui::cells::{self, Sheet};
use crate::tui::keymap::Action;
use crate::tui::layout::Areas;
use crate::tui::message::Sound;
use crate::tui::state::{Focus, Scope, State};
use crate::tui::theme::Part;

/// The columns of a row: signs, number, model, then what it is doing, cost and marks.
const NUMBER_AT: usize = 3;
const MODEL_AT: usize = 8;
/// The longest name that a queue as wide as half a wide screen has room for.
const MODEL_COLUMNS: usize = 12;
const NARROW_MODEL_COLUMNS: usize = 10;
const COST_COLUMNS: usize = 6;
const MARK_COLUMNS: usize = 7;
/// Columns of a song's title where takes of all songs are shown.
const SONG_COLUMNS: usize = 12;
/// Narrower lists leave the cost out.
const COST_FROM: usize = 46;

/// Rows for takes in the pane as it stands.
pub(in crate::tui) fn height(areas: &Areas, focus: Focus) -> usize {
    let head = if has_column_names(areas, focus) { 2 } else { 1 };
    usize::from(areas.queue.height).saturating_sub(head)
}

fn has_column_names(areas: &Areas, focus: Focus) -> bool {
    focus == Focus::Queue || is_wide(areas)
}

fn is_wide(areas: &Areas) -> bool {
    areas.divider.width > 0
}

/// Takes beside each other, where the pane is wide and low and has not the keys.
fn columns_of_takes(areas: &Areas, focus: Focus) -> usize {
    if has_column_names(areas, focus) || areas.queue.width < 70 { 1 } else { 2 }
}

/// The takes on the screen.
pub(in crate::tui) fn visible(state: &State) -> Vec<TakeId> {
    let areas = state.areas();
    let selected = state.queue.selected().map(|take| take.id).filter(|_| areas.take.area() > 0);
    let height = height(&areas, state.focus);
    let beside = columns_of_takes(&areas, state.focus);
    let (top, count) = if beside == 1 { (state.queue.place.top, height) } else { (0, height * beside) };
    let mut visible: Vec<TakeId> = state.queue.shown().iter().skip(top).take(count).copied().collect();
    visible.extend(selected);
    visible
}

/// Draws the takes.
pub(super) fn draw(state: &State, now: Timestamp, area: Rect, frame: &mut Frame<'_>) -> Option<Position> {
    let areas = state.areas();
    let mut sheet = Sheet::new(frame.buffer_mut(), area);
    draw_heading(state, &areas, &mut sheet);
    if state.queue.shown().is_empty() {
        let order = state.opening.keymap.how(Action::Order);
        let none = format!("no take yet; {order} orders");
        let text = if state.queue.filter_text().is_empty() { &none } else { "no take fits" };
        sheet.text(1, NUMBER_AT, text, state.opening.theme.look(Part::Faint));
    } else if columns_of_takes(&areas, state.focus) == 2 {
        draw_compact(state, now, &mut sheet);
        return None;
    } else {
        draw_rows(state, now, &areas, &mut sheet);
    }
    let head = if has_column_names(&areas, state.focus) { 2 } else { 1 };
    let line = head + state.queue.place.selected.saturating_sub(state.queue.place.top);
    (state.focus == Focus::Queue && line < sheet.rows()).then(|| Position::new(area.x, area.y + line as u16))
}

fn draw_heading(state: &State, areas: &Areas, sheet: &mut Sheet<'_>) {
    let counts = state.queue.counts();
    let title = match state.queue.scope {
        Scope::Song => format!("Queue   this song {}, all {}", counts.song, counts.all),
        Scope::All => format!("Queue   all {}, this song {}", counts.all, counts.song),
    };
    let mut right = Vec::new();
    if state.queue.place.top > 0 && columns_of_takes(areas, state.focus) == 1 {
        right.push(format!("{} above", state.queue.place.top));
    }
    if !state.queue.filter_text().is_empty() {
        right.push(format!("only `{}`", state.queue.filter_text()));
    }
    right.extend(state.queue.made_with.as_ref().map(|with| format!("made with {}", with.name)));
    if !state.queue.marked.is_empty() {
        right.push(format!("{} marked", state.queue.marked.len()));
    }
    if right.is_empty() && !is_wide(areas) && state.focus != Focus::Queue {
        right.push("Tab opens it".to_owned());
    }
    let columns = sheet.columns();
    sheet.text(0, 0, &cells::heading(&title, &right.join("  "), columns), head(state, Focus::Queue));
    if has_column_names(areas, state.focus) {
        draw_column_names(state, sheet);
    }
}

/// The name of each column, where the rows have that column.
fn draw_column_names(state: &State, sheet: &mut Sheet<'_>) {
    let columns = sheet.columns();
    let names = [
        (NUMBER_AT, "take", true),
        (MODEL_AT, "model", true),
        (state_at(columns), "song", state.queue.scope == Scope::All),
        (state_at(columns) + song_columns(state), "state", true),
        (columns.saturating_sub(COST_COLUMNS + MARK_COLUMNS - 1), "cost mark", shows_cost(state, columns)),
    ];
    let faint = state.opening.theme.look(Part::Faint);
    for (at, name, _) in names.into_iter().filter(|(.., is_there)| *is_there) {
        sheet.text(1, at, name, faint);
    }
}

/// Whether what is said of a take has room beside its cost; the song's title takes room from both.
fn shows_cost(state: &State, columns: usize) -> bool {
    columns >= COST_FROM + song_columns(state)
}

fn model_columns(columns: usize) -> usize {
    if columns >= COST_FROM { MODEL_COLUMNS } else { NARROW_MODEL_COLUMNS }
}

fn state_at(columns: usize) -> usize {
    MODEL_AT + model_columns(columns) + 1
}

fn song_columns(state: &State) -> usize {
    if state.queue.scope == Scope::All { SONG_COLUMNS + 1 } else { 0 }
}

fn draw_rows(state: &State, now: Timestamp, areas: &Areas, sheet: &mut Sheet<'_>) {
    let theme = &state.opening.theme;
    let head = if has_column_names(areas, state.focus) { 2 } else { 1 };
    let place = state.queue.place;
    for (n, id) in state.queue.shown().iter().enumerate().skip(place.top) {
        let line = head + n - place.top;
        let Some(take) = state.queue.get(*id).filter(|_| line < sheet.rows()) else { break };
        draw_take(state, take, now, sheet, line);
        if n == place.selected {
            if state.focus == Focus::Queue {
                sheet.tint(line, theme.look(Part::Selected));
            }
            sheet.text(line, 1, ">", theme.look(Part::HeadFocused));
        }
    }
}

/// The sign before a take: what is new to hear.
fn sign(take: &Take) -> &'static str {
    if take.is_new() { "*" } else { " " }
}

/// What a take is doing; one of the sandbox says so where the others cost money.
fn said(state: &State, take: &Take, now: Timestamp) -> Words {
    let mut said = words_between(state.opening.ticks, take, now, &state.opening.zone);
    if take.service.is_sandbox() && !state.opening.service.is_sandbox() {
        said.text.push_str(", sandbox");
    }
    said
}

fn draw_take(state: &State, take: &Take, now: Timestamp, sheet: &mut Sheet<'_>, line: usize) {
    let theme = &state.opening.theme;
    let columns = sheet.columns();
    let said = said(state, take, now);
    let text = theme.look(Part::Text);
    sheet.text(line, 0, if state.queue.marked.contains(&take.id) { "x" } else { " " }, theme.look(Part::Key));
    sheet.text(line, 1, sign(take), theme.status(said.role));
    sheet.text(line, NUMBER_AT, &take.number.to_string(), text);
    sheet.text(line, MODEL_AT, &cells::clip(state.label(&take.model), model_columns(columns)), text);
    let mut at = state_at(columns);
    if state.queue.scope == Scope::All {
        let song = state.songs.get(&take.song).map_or("", |song| &song.title);
        sheet.text(line, at, &cells::clip(song, SONG_COLUMNS), text);
        at += SONG_COLUMNS + 1;
    }
    let with_cost = shows_cost(state, columns);
    let marks = marks(state, take);
    let cost = take.cost.completed().usd.filter(|_| with_cost && !take.service.is_sandbox());
    let cost = cost.map_or(String::new(), |usd| format!("{usd:.2}"));
    // Words may run into columns that this take has nothing for.
    let right = match (cost.is_empty(), marks.is_empty()) {
        (true, true) => 0,
        (true, false) if with_cost => MARK_COLUMNS,
        (true, false) => cells::width(&marks) + 1,
        (false, _) => COST_COLUMNS + MARK_COLUMNS,
    };
    let room = columns.saturating_sub(at + right);
    sheet.text(line, at, &cells::clip(&said.text, room), theme.status(said.role));
    if !cost.is_empty() {
        sheet.text(line, columns - right, &cells::pad_left(&cost, COST_COLUMNS - 1), theme.look(Part::Faint));
    }
    let marks_at = columns.saturating_sub(if with_cost { MARK_COLUMNS } else { right });
    sheet.text(line, marks_at, &marks, theme.look(Part::Key));
}

/// `4 pick`, or `play` while it plays.
fn marks(state: &State, take: &Take) -> String {
    let rating = if take.rating > 0 { take.rating.to_string() } else { String::new() };
    let word = if state.playing == Some(Sound::Take(take.id)) {
        "play"
    } else if take.pick {
        "pick"
    } else {
        ""
    };
    [rating.as_str(), word].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Two takes a line, while something else has the keys.
fn draw_compact(state: &State, now: Timestamp, sheet: &mut Sheet<'_>) {
    let theme = &state.opening.theme;
    let rows = sheet.rows().saturating_sub(1);
    let half = sheet.columns() / 2;
    for (n, id) in state.queue.shown().iter().take(rows * 2).enumerate() {
        let Some(take) = state.queue.get(*id) else { continue };
        let (line, at) = (1 + n % rows, (n / rows) * half);
        let said = said(state, take, now);
        let model = cells::pad(state.label(&take.model), NARROW_MODEL_COLUMNS);
        let start = format!(" {} {:<3} {model} ", sign(take), take.number);
        let marks = marks(state, take);
        let room = half.saturating_sub(cells::width(&start) + cells::width(&marks) + 2);
        let text = cells::clip(&said.text, room);
        let spans = [
            (start.as_str(), theme.look(Part::Text)),
            (text.as_str(), theme.status(said.role)),
            ("  ", theme.look(Part::Text)),
            (marks.as_str(), theme.look(Part::Key)),
        ];
        sheet.spans(line, at, &spans);
    }
}
