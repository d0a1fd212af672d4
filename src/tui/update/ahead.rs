//! Keys pressed before the store has said what there is. They are meant for the song that is about to come, not
//! for the empty screen before it: there Ctrl-G would order a song without words from whichever model comes
//! first. So they wait, and do then what they were pressed for.

use jiff::Timestamp;

use super::take_input;
use crate::domain::wording::Role;
use crate::tui::effect::Effect;
use crate::tui::input::{Input, Key};
use crate::tui::keymap::{Action, Context};
use crate::tui::state::State;

/// What is said where the store takes so long that somebody could wonder.
const SAID: &str = "your songs are still being read; what was pressed is done when they are there";

/// An input, and when it came.
pub(super) type Held = (Input, Timestamp);

/// Keeps what has to wait for the store; gives back what need not.
pub(super) fn hold(state: &mut State, input: Input, now: Timestamp) -> Option<Input> {
    if state.filled || is_for_now(state, &input) {
        return Some(input);
    }
    state.ahead.push((input, now));
    if state.notice.is_none() {
        state.say(SAID, Role::Quiet, now);
    }
    None
}

/// What was kept, to be taken in now; that it waits is no longer true.
pub(super) fn release(state: &mut State) -> Vec<Held> {
    state.notice.take_if(|notice| notice.text == SAID);
    std::mem::take(&mut state.ahead)
}

/// Takes in what was kept, in the order of typing and as of then: whether letters are text gone astray is a
/// matter of their pace.
pub(super) fn catch_up(state: &mut State, held: Vec<Held>) -> Vec<Effect> {
    let one = |(input, at)| {
        state.settle();
        take_input(state, input, at)
    };
    held.into_iter().flat_map(one).collect()
}

/// Letters are shown at once, as they go to the start of the lyrics; but not past a key that waits.
fn is_for_now(state: &State, input: &Input) -> bool {
    match input {
        Input::Key(key) => may_leave(state, *key) || (state.ahead.is_empty() && key.typed().is_some()),
        Input::Paste(_) => state.ahead.is_empty(),
        Input::FocusGained | Input::FocusLost | Input::Closed => true,
    }
}

/// Whether the key leaves, and nothing was typed that would have to be saved first; or it is pressed again, as by
/// somebody before a store that does not answer.
fn may_leave(state: &State, key: Key) -> bool {
    let leaves = |key| state.opening.keymap.action(&[Context::Anywhere], key) == Some(Action::Quit);
    let waits_already = || matches!(state.ahead.last(), Some((Input::Key(last), _)) if leaves(*last));
    let nothing_waits = state.ahead.is_empty() && state.draft().lyrics.is_empty();
    leaves(key) && (nothing_waits || waits_already())
}
