//! Keys pressed before the store has said what there is. They are meant for the song that is about to come, not
//! for the empty screen before it: there Ctrl-G would order a song without words from whichever model comes
//! first. So they wait, and do then what they were pressed for. What needs no song is done at once.

use jiff::{SignedDuration, Timestamp};

use super::{keys, take_input};
use crate::domain::wording::Role;
use crate::tui::effect::Effect;
use crate::tui::input::{Input, Key};
use crate::tui::keymap::{Action, Context};
use crate::tui::overlays::{self, Overlay};
use crate::tui::state::{Asked, Held, Notice, State};

/// What is said where the store takes so long that somebody could wonder; why stands behind it.
const WAITS: &str = "what was pressed waits";
/// Why they are not there, where nothing has failed.
const BEING_READ: &str = "your songs are still being read";
/// Whoever pressed a key longer ago than this is no longer thinking of it.
const STALE: SignedDuration = SignedDuration::from_secs(10);

/// Whether the song that keys are meant for is still to come: from the store, or, where there is none yet, as the
/// first of all.
pub(super) fn is_awaited(state: &State) -> bool {
    !state.filled || (state.compose.song.is_none() && state.tickets.is_out(&Asked::NewSong))
}

/// Keeps what has to wait for the song; gives back what need not.
pub(super) fn hold(state: &mut State, input: Input, now: Timestamp) -> Option<Input> {
    if !is_awaited(state) || is_for_now(state, &input) {
        return Some(input);
    }
    // A command that was chosen from the palette is not among what is held: it stands there to be chosen again.
    if !is_choice(state, &input) {
        state.ahead.held.push((input, now));
    }
    say_that_it_waits(state, now);
    None
}

/// A look at the store has failed. It is looked again; until that succeeds, this is why keys wait.
pub(super) fn note_trouble(state: &mut State, error: &str, now: Timestamp) {
    if state.filled {
        state.say(format!("{error}; what is shown may be old"), Role::Attention, now);
        return;
    }
    let trouble = format!("your songs cannot be read: {error}; trying again");
    state.say(trouble.clone(), Role::Attention, now);
    state.ahead.trouble = Some(trouble);
    if !state.ahead.held.is_empty() {
        say_that_it_waits(state, now);
    }
}

/// Says it before whatever is said already.
fn say_that_it_waits(state: &mut State, now: Timestamp) {
    match &mut state.notice {
        Some(notice) if notice.text.starts_with(WAITS) => {}
        Some(notice) => notice.text = format!("{WAITS}; {}", notice.text),
        None => {
            let why = state.ahead.trouble.as_deref().unwrap_or(BEING_READ);
            state.say(format!("{WAITS}; {why}"), Role::Quiet, now);
        }
    }
}

/// The store has answered: that something waits for it is no longer true, nor that it cannot be read.
pub(super) fn unsay(state: &mut State) {
    let trouble = state.ahead.trouble.take();
    let Some(notice) = &mut state.notice else { return };
    if let Some(rest) = notice.text.strip_prefix(WAITS) {
        notice.text = rest.trim_start_matches("; ").to_owned();
    }
    if notice.text.is_empty() || notice.text == BEING_READ || Some(&notice.text) == trouble.as_ref() {
        state.notice = None;
    }
}

/// Takes in what was kept, if the song is there, in the order of typing and as of then: whether letters are text
/// gone astray is a matter of their pace. The palette may have been opened meanwhile; it stays on top. An order
/// that comes up so was never on the screen, nor was the song: Enter counts once both were.
pub(super) fn catch_up(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if is_awaited(state) || state.ahead.held.is_empty() {
        return Vec::new();
    }
    let mut held = std::mem::take(&mut state.ahead.held);
    let dropped = drop_stale(&mut held, now);
    let above = std::mem::take(&mut state.overlays);
    let mut effects = Vec::new();
    for (input, at) in held {
        state.settle();
        effects.extend(take_input(state, input, at));
        overlays::open_unseen(state);
    }
    state.overlays.extend(above);
    if dropped > 0 {
        say_dropped(state, dropped, now);
    }
    effects
}

/// Drops what is too old, and what came after it: that was meant to follow it. Tells how much.
fn drop_stale(held: &mut Vec<Held>, now: Timestamp) -> usize {
    let all = held.len();
    let fresh = held.iter().position(|(_, at)| now.duration_since(*at) > STALE).unwrap_or(all);
    held.truncate(fresh);
    all - fresh
}

/// Says it before whatever is said already: what happened while nobody was here is said only once.
fn say_dropped(state: &mut State, dropped: usize, now: Timestamp) {
    let keys = if dropped == 1 { "1 key was".to_owned() } else { format!("{dropped} keys were") };
    let text = format!("{keys} not heard, as your songs took more than {} s; press again", STALE.as_secs());
    match &mut state.notice {
        Some(notice) => *notice = Notice { text: format!("{text}; {}", notice.text), role: Role::Attention, at: now },
        None => state.say(text, Role::Attention, now),
    }
}

/// Text is written at once, as it goes to the start of the lyrics; but not past a key that waits. The palette opens
/// at once, and is read and searched.
fn is_for_now(state: &State, input: &Input) -> bool {
    let key = match input {
        Input::FocusGained | Input::FocusLost | Input::Closed => return true,
        Input::Paste(_) => return in_palette(state) || state.ahead.held.is_empty(),
        Input::Key(key) => *key,
    };
    match state.opening.keymap.action(&[Context::Anywhere], key) {
        Some(Action::Quit) => may_leave(state, key),
        Some(Action::Repaint | Action::Suspend) => true,
        Some(Action::EditOutside) => false,
        _ if in_palette(state) => !is_choice(state, input),
        Some(Action::Palette) => true,
        Some(Action::Back) => state.ahead.held.is_empty(),
        _ => state.ahead.held.is_empty() && keys::edits_text(state, key),
    }
}

fn in_palette(state: &State) -> bool {
    matches!(state.overlays.last(), Some(Overlay::Palette(_)))
}

/// Whether it chooses a command from the palette.
fn is_choice(state: &State, input: &Input) -> bool {
    let Input::Key(key) = input else { return false };
    in_palette(state) && state.opening.keymap.action(&[Context::Picker], *key) == Some(Action::TakeRow)
}

/// Whether the key that leaves may do so: nothing was typed that would have to be saved first, or it is pressed
/// again, as by somebody before a store that does not answer.
fn may_leave(state: &State, key: Key) -> bool {
    let leaves = |key| state.opening.keymap.action(&[Context::Anywhere], key) == Some(Action::Quit);
    let waits_already = || matches!(state.ahead.held.last(), Some((Input::Key(last), _)) if leaves(*last));
    let nothing_waits = state.ahead.held.is_empty() && state.draft().lyrics.is_empty();
    leaves(key) && (nothing_waits || waits_already())
}
