//! Leaving: at once where a worker goes on without the screen, with a question where it would not. While
//! the question stands, refrain waits: it leaves by itself when nothing is under way any more.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::{Outcome, Overlay};
use crate::tui::cells::{Sheet, wrap};
use crate::tui::effect::Effect;
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Context};
use crate::tui::state::State;
use crate::tui::theme::Part;
use crate::tui::update::save;
use crate::worker::session::Ending;

/// Cells that the longest question needs.
const LONGEST: u16 = 240;

/// Leaves, or asks first where leaving would stop something.
pub fn ask(state: &mut State) -> Vec<Effect> {
    if is_perilous(state) && under_way(state).is_some() && !is_asked(state) {
        state.overlays.push(Overlay::Quit);
        return Vec::new();
    }
    leave(state)
}

/// Leaves where the question stands and nothing is under way any more.
pub fn leave_if_done(state: &mut State) -> Vec<Effect> {
    if is_asked(state) && under_way(state).is_none() { leave(state) } else { Vec::new() }
}

/// Leaves: what is unsaved is saved first. Where a save is on its way and more was typed since, that is
/// saved when the answer has come; asked a second time, it leaves without waiting.
pub fn leave(state: &mut State) -> Vec<Effect> {
    if state.compose.is_behind() && !std::mem::replace(&mut state.leaving, true) {
        return Vec::new();
    }
    let mut effects = save(state);
    if state.playing.is_some() {
        effects.push(Effect::StopPlaying);
    }
    effects.push(Effect::Quit { farewell: farewell(state) });
    effects
}

/// What is said when the screen is gone: what goes on, and for how long if that is known.
fn farewell(state: &State) -> String {
    let until = match ending(state) {
        _ if state.opening.in_process => return String::new(),
        Some(Ending::Leaving) => return String::new(),
        Some(Ending::Logout) => " until you log out",
        Some(Ending::LastLogout) => " until your last session ends",
        None => "",
    };
    match under_way(state) {
        None => String::new(),
        Some(Work { what, many: false }) => {
            format!("{what} goes on without the screen{until}; `refrain` shows it again")
        }
        Some(Work { what, many: true }) => {
            format!("{what} go on without the screen{until}; `refrain` shows them again")
        }
    }
}

/// What somebody is at work on.
struct Work {
    /// `3 takes and 1 upload`.
    what: String,
    /// Whether it is more than one thing.
    many: bool,
}

/// The takes and the uploads under way, if there are any.
fn under_way(state: &State) -> Option<Work> {
    let counts = [(state.queue.counts().awaited, "take"), (state.library.uploads(), "upload")];
    let total: usize = counts.iter().map(|(count, _)| count).sum();
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}{}", if count == 1 { "" } else { "s" }))
        .collect();
    (total > 0).then(|| Work { what: parts.join(" and "), many: total > 1 })
}

/// When something would end the worker, if anything is known to.
fn ending(state: &State) -> Option<Ending> {
    state.opening.peril.as_ref().map(|peril| peril.ending)
}

/// Whether leaving now, or what people do right after, stops what is under way.
fn is_perilous(state: &State) -> bool {
    state.opening.in_process || ending(state).is_some_and(Ending::is_near)
}

fn is_asked(state: &State) -> bool {
    state.overlays.iter().any(|overlay| matches!(overlay, Overlay::Quit))
}

/// Does what the key stands for.
pub fn press(state: &mut State, key: Key) -> Outcome {
    match state.opening.keymap.action(&[Context::Picker], key) {
        Some(Action::TakeRow) => Outcome::close().with(leave(state)),
        Some(Action::Leave) => Outcome::close(),
        _ => Outcome::stay(),
    }
}

/// Rows that the question and the line of keys have on a screen so wide.
#[must_use]
pub fn rows(columns: u16) -> u16 {
    LONGEST / columns.max(1) + 2
}

/// Draws the question.
pub fn draw(state: &State, frame: &mut Frame<'_>) -> Option<Position> {
    let bottom = state.areas().bottom;
    let height = bottom.height.saturating_sub(1);
    let mut sheet = Sheet::new(frame.buffer_mut(), Rect { height, ..bottom });
    sheet.clear();
    let look = state.opening.theme.look(Part::MustFix);
    let lines = wrap(&question(state), sheet.columns().saturating_sub(2));
    for (row, line) in lines.iter().enumerate().take(sheet.rows()) {
        sheet.text(row, 1, line, look);
    }
    let area = sheet.area();
    (area.area() > 0).then(|| Position::new(area.x, area.y))
}

/// What would happen, why, and what can be done; the keys first, as a small screen may cut the rest.
fn question(state: &State) -> String {
    let Some(Work { what, many }) = under_way(state) else {
        return "Enter leaves, Esc stays; nothing is under way any more".to_owned();
    };
    let stop = if many { "stop" } else { "stops" };
    let keys = "Enter leaves, Esc stays, waiting leaves when all are done.";
    let Some(peril) = state.opening.peril.as_ref().filter(|_| !state.opening.in_process) else {
        return format!("{keys} {what} {stop} until refrain runs again, as no worker can be started here");
    };
    format!("{keys} {what} {stop} {}: {}", peril.ending.when(), peril.cause)
}
