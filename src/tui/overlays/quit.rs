//! Leaving: at once where a worker goes on without the screen, with a question where none can.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::{Outcome, Overlay};
use crate::tui::cells::Sheet;
use crate::tui::effect::Effect;
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Context};
use crate::tui::state::State;
use crate::tui::theme::Part;
use crate::tui::update::save;

/// Leaves, or asks first where leaving would stop something.
pub fn ask(state: &mut State) -> Vec<Effect> {
    let asks = state.overlays.iter().any(|overlay| matches!(overlay, Overlay::Quit));
    if state.opening.in_process && state.queue.counts().working > 0 && !asks {
        state.overlays.push(Overlay::Quit);
        return Vec::new();
    }
    leave(state)
}

/// Leaves: what is unsaved is saved first. Where a save is on its way and more was typed since, that is
/// saved when the answer has come; asked a second time, it leaves without waiting.
pub fn leave(state: &mut State) -> Vec<Effect> {
    if state.compose.is_behind() && !std::mem::replace(&mut state.leaving, true) {
        return Vec::new();
    }
    let farewell = match state.queue.counts().working {
        0 => String::new(),
        _ if state.opening.in_process => String::new(),
        1 => "1 take goes on without the screen; `refrain` shows it again".to_owned(),
        takes => format!("{takes} takes go on without the screen; `refrain` shows them again"),
    };
    let mut effects = save(state);
    if state.playing.is_some() {
        effects.push(Effect::StopPlaying);
    }
    effects.push(Effect::Quit { farewell });
    effects
}

/// Does what the key stands for.
pub fn press(state: &mut State, key: Key) -> Outcome {
    match state.opening.keymap.action(&[Context::Picker], key) {
        Some(Action::TakeRow) => Outcome::close().with(leave(state)),
        Some(Action::Leave) => Outcome::close(),
        _ => Outcome::stay(),
    }
}

/// Draws the question.
pub fn draw(state: &State, frame: &mut Frame<'_>) -> Option<Position> {
    let bottom = state.areas().bottom;
    let mut sheet = Sheet::new(frame.buffer_mut(), Rect { height: bottom.height.min(1), ..bottom });
    sheet.clear();
    let takes = match state.queue.counts().working {
        1 => "1 take waits".to_owned(),
        takes => format!("{takes} takes wait"),
    };
    let text = format!(" {takes} until refrain runs again, as no worker can be started here: Enter leaves, Esc stays");
    sheet.text(0, 0, &text, state.opening.theme.look(Part::MustFix));
    let area = sheet.area();
    (area.area() > 0).then(|| Position::new(area.x, area.y))
}
