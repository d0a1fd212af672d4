//! The whole screen, from a state and a moment. Drawing changes nothing.

use std::borrow::Cow;

use jiff::Timestamp;
use ratatui::Frame;

use super::cells::{self, Sheet};
use super::keymap::{Action, Context};
use super::layout::{self, Areas, LEAST};
use super::overlays;
use super::panes::{self, references};
use super::state::{Focus, State};
use super::theme::Part;
use super::warning;
use crate::domain::money::{Spent, left};

/// Narrower screens say when the draft was saved by the time alone.
const SAID_IN_FULL_FROM: usize = 60;

/// From so many columns on, a third of the top line is enough for the title.
const WIDE_FROM: usize = 80;

/// Draws a frame.
pub fn draw(state: &State, now: Timestamp, frame: &mut Frame<'_>) {
    let size = frame.area();
    if layout::is_too_small(size.width, size.height) {
        return draw_too_small(state, frame);
    }
    if (size.width, size.height) != state.size() {
        // The terminal has changed and the state will hear of it next; nothing here would fit.
        return;
    }
    let areas = state.areas();
    draw_top(state, now, &areas, frame);
    draw_rules(state, &areas, frame);
    let mut cursor = panes::draw(state, now, &areas, frame);
    draw_bottom(state, &areas, frame);
    if !state.overlays.is_empty() {
        cursor = overlays::draw(state, now, frame);
    }
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

fn draw_too_small(state: &State, frame: &mut Frame<'_>) {
    let area = frame.area();
    let text = format!("refrain needs {}x{}, this is {}x{}", LEAST.0, LEAST.1, area.width, area.height);
    let mut sheet = Sheet::new(frame.buffer_mut(), area);
    for (row, line) in cells::wrap(&text, sheet.columns()).iter().enumerate() {
        sheet.text(row, 0, line, state.opening.theme.look(Part::Text));
    }
}

/// The lines between the parts, where there are two columns.
fn draw_rules(state: &State, areas: &Areas, frame: &mut Frame<'_>) {
    let look = state.opening.theme.look(Part::Faint);
    for rule in [areas.rule, areas.floor] {
        let mut sheet = Sheet::new(frame.buffer_mut(), rule);
        let line = "-".repeat(sheet.columns());
        sheet.text(0, 0, &line, look);
        let at = usize::from(areas.divider.x);
        if rule.area() > 0 && areas.divider.width > 0 {
            sheet.text(0, at, &format!("+{}", "-".repeat(line.len() - at - 1)), look);
        }
    }
    let mut sheet = Sheet::new(frame.buffer_mut(), areas.divider);
    for row in 0..sheet.rows() {
        sheet.text(row, 0, "|", look);
    }
}

/// Title, when it was saved, money, what goes on.
fn draw_top(state: &State, now: Timestamp, areas: &Areas, frame: &mut Frame<'_>) {
    let theme = &state.opening.theme;
    let mut sheet = Sheet::new(frame.buffer_mut(), areas.top);
    let columns = sheet.columns();
    let right = right_of_top(state, now, columns);
    let saved = match (state.compose.is_stuck(), state.compose.saved()) {
        (true, _) => "not saved".to_owned(),
        (false, Some(at)) if columns < SAID_IN_FULL_FROM => state.clock(at),
        (false, Some(at)) => format!("saved {}", state.clock(at)),
        (false, None) => String::new(),
    };
    let title = state.song().map_or("refrain", |song| &song.title);
    let room = columns.saturating_sub(cells::width(&right) + cells::width(&saved) + 7);
    let title = format!(" {}   ", cells::clip(title, room));
    sheet.spans(0, 0, &[(&title, theme.look(Part::HeadFocused)), (&saved, theme.look(Part::Faint))]);
    sheet.text(0, columns.saturating_sub(cells::width(&right) + 1), &right, theme.look(Part::Text));
}

/// The right end of the top line, in the longest form that leaves the title its share of it. Whose
/// money it is always stays: that nothing is charged, or what is left.
fn right_of_top(state: &State, now: Timestamp, columns: usize) -> String {
    let counts = state.queue.counts();
    let (money, short) = money(state, now);
    let working = (counts.working > 0).then(|| format!("{} working", counts.working));
    let new = |words: &str| (counts.new > 0).then(|| format!("{} {words}", counts.new));
    let form = |money: &[String], parts: [Option<String>; 2]| -> Vec<String> {
        money.iter().cloned().chain(parts.into_iter().flatten()).collect()
    };
    let forms = [
        form(&money, [working.clone(), new("new to hear")]),
        form(&money, [working.clone(), new("new")]),
        form(&short, [working.clone(), new("new")]),
        form(&short, [None, new("new")]),
        form(&short, [working, None]),
    ];
    let gap = if columns >= 100 { "   " } else { "  " };
    let joined = forms.iter().map(|form| form.join(gap));
    // A narrow line needs more of itself for the same title.
    let most = if columns >= WIDE_FROM { columns * 2 / 3 } else { columns * 3 / 5 };
    let mut fitting = joined.filter(|form| cells::width(form) <= most);
    fitting.next().unwrap_or_else(|| short.join(gap))
}

/// What the top line says of money, in full and in short.
fn money(state: &State, now: Timestamp) -> (Vec<String>, Vec<String>) {
    if state.opening.service.is_sandbox() {
        return (vec!["sandbox: nothing is charged".to_owned()], vec!["sandbox".to_owned()]);
    }
    let left = state.money.balance.map(|(usd, at)| left(usd, at, now, &state.opening.zone));
    let Spent { usd, about } = state.money.spent;
    let today = format!("{}${usd:.2} today", if about { "about " } else { "" });
    let full: Vec<String> = left.into_iter().chain([today]).collect();
    let short = full.iter().take(1).cloned().collect();
    (full, short)
}

/// The message and the keys.
fn draw_bottom(state: &State, areas: &Areas, frame: &mut Frame<'_>) {
    let theme = &state.opening.theme;
    let mut sheet = Sheet::new(frame.buffer_mut(), areas.bottom);
    let last = sheet.rows().saturating_sub(1);
    warning::draw(state, &mut sheet);
    if let Some(notice) = &state.notice {
        sheet.text(last.saturating_sub(1), 1, &notice.text, theme.status(notice.role));
    }
    draw_keys_of_top(state, &mut sheet);
}

/// Draws the keys of what has them now into the last row.
pub(super) fn draw_keys_of_top(state: &State, sheet: &mut Sheet<'_>) {
    let (actions, contexts) = match state.overlays.last() {
        Some(overlay) => (overlay.keys().0.into(), overlay.keys().1),
        None => (keys_of(state), state.focus.contexts()),
    };
    let last = sheet.rows().saturating_sub(1);
    draw_keys(state, sheet, last, 1, &actions, contexts);
}

/// The commands in the line of keys, the most wanted first.
fn keys_of(state: &State) -> Cow<'static, [Action]> {
    use Action as A;
    let keys: &[Action] = match state.focus {
        Focus::Lyrics | Focus::Style => {
            &[A::Order, A::Insert, A::Sections, A::Find, A::Undo, A::Songs, A::KeepVersion, A::NextPane, A::Quit]
        }
        Focus::Model => &[A::Change, A::ValueAfter, A::Unset, A::Order, A::Back],
        Focus::Queue => &[
            A::Play,
            A::NextNew,
            A::Rate1,
            A::Pick,
            A::Copy,
            A::UseText,
            A::OrderAgain,
            A::AskNow,
            A::Hold,
            A::Withdraw,
            A::Open,
            A::Note,
            A::Scope,
            A::Filter,
        ],
        Focus::References => return references::keys::actions(state).into(),
    };
    keys.into()
}

/// Draws as many commands with their keys as fit; the palette, which has them all, is always the last.
pub(super) fn draw_keys(
    state: &State,
    sheet: &mut Sheet<'_>,
    row: usize,
    start: usize,
    actions: &[Action],
    contexts: &[Context],
) {
    let theme = &state.opening.theme;
    let keymap = &state.opening.keymap;
    let in_panes = contexts.contains(&Context::Anywhere);
    let palette = || Some(cells::width(&keymap.shown_key(Action::Palette, contexts)?));
    let all =
        palette().filter(|_| in_panes).map_or(0, |key| key + 1 + cells::width(&keymap.row(Action::Palette).short) + 3);
    let mut at = start;
    for &action in actions.iter().chain(in_panes.then_some(&Action::Palette)) {
        let Some(key) = keymap.shown_key(action, contexts) else { continue };
        let of_reference = contexts.contains(&Context::References).then(|| references::keys::called(state, action));
        let short = of_reference.flatten().unwrap_or(&keymap.row(action).short);
        let wide = cells::width(&key) + 1 + cells::width(short);
        let reserved = if action == Action::Palette { 0 } else { all };
        if at + wide + reserved > sheet.columns() {
            continue;
        }
        sheet.text(row, at, &key, theme.look(Part::Key));
        sheet.text(row, at + cells::width(&key) + 1, short, theme.look(Part::Text));
        at += wide + 3;
    }
}

impl State {
    /// The size of the screen that the state was told of.
    #[must_use]
    pub fn size(&self) -> (u16, u16) {
        (self.opening.columns, self.opening.rows)
    }
}
