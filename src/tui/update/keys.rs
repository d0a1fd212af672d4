//! From a key to what it does: an overlay first, then the pane that has the keys.

use jiff::Timestamp;

use super::{compose, run};
use crate::domain::wording::Role;
use crate::tui::editor::{Edit, edit_for};
use crate::tui::effect::Effect;
use crate::tui::input::{Code, Key};
use crate::tui::keymap::{Action, Context};
use crate::tui::overlays::{self, Overlay};
use crate::tui::state::{Focus, State, Text};

/// A message stays at least so long; after that the next key takes it away.
const MESSAGE_STAYS_MS: i64 = 4_000;

/// Does what the key stands for here.
pub(super) fn press(state: &mut State, key: Key, now: Timestamp) -> Vec<Effect> {
    settle_doubt(state, key);
    fade(state, now);
    if state.opening.warning.is_some() && is_read(state, key) {
        state.opening.warning = None;
        return Vec::new();
    }
    if takes_commands(state) && is_astray(state, key, now) {
        state.overlays.clear();
        state.library.hear(None);
        let back = state.opening.keymap.how(Action::Back);
        state.say(format!("letters are commands here; {back} goes to the lyrics"), Role::Attention, now);
        return Vec::new();
    }
    let key = if takes_commands(state) { command_key(state, key) } else { key };
    if let Some(overlay) = state.overlays.pop() {
        return overlays::press(state, overlay, key, now);
    }
    let effects = match state.focus.text() {
        Some(text) => press_in_text(state, text, key, now),
        None => press_in_list(state, key, now),
    };
    overlays::warn_of_repeats(state, key);
    effects
}

/// Whether letters are commands where the keys go now.
fn takes_commands(state: &State) -> bool {
    match state.overlays.last() {
        Some(overlay) => !overlay.takes_text(),
        None => state.focus.text().is_none(),
    }
}

/// The key itself where it is a command; else the one in the same place of an American keyboard, so that
/// commands work on Cyrillic, Greek and French ones. A key that a person bound is always itself.
fn command_key(state: &mut State, key: Key) -> Key {
    let contexts = match state.overlays.last() {
        Some(overlay) => overlay.keys().1,
        None => state.focus.contexts(),
    };
    if state.opening.keymap.action(contexts, key).is_some() {
        return key;
    }
    state.keyboard.same_place(key).unwrap_or(key)
}

/// Whether the key is part of text that was typed or pasted where letters are commands. Line ends count:
/// one of them must never confirm what a letter before it opened.
fn is_astray(state: &mut State, key: Key, now: Timestamp) -> bool {
    let character = if key.code == Code::Enter { Some('\n') } else { key.typed() };
    let Some(character) = character else {
        state.letters.interrupt();
        return false;
    };
    state.letters.is_astray(character, now)
}

/// Whether the key says that a warning was read: the one that leads back, where nothing else would go back.
fn is_read(state: &State, key: Key) -> bool {
    state.overlays.is_empty() && state.opening.keymap.action(&[Context::Anywhere], key) == Some(Action::Back)
}

/// A question stands until it is answered, or another key is pressed. The palette may give the answer too, where
/// the command has no key.
fn settle_doubt(state: &mut State, key: Key) {
    match state.overlays.last() {
        Some(Overlay::Palette(_)) => return,
        Some(_) => state.library.hear(None),
        None => {}
    }
    let key = if takes_commands(state) { command_key(state, key) } else { key };
    let action = state.opening.keymap.action(state.focus.contexts(), key);
    if action != Some(Action::Palette) {
        state.library.hear(action.filter(|_| state.focus == Focus::References));
    }
}

fn fade(state: &mut State, now: Timestamp) {
    let old = |at: Timestamp| now.as_millisecond() - at.as_millisecond() > MESSAGE_STAYS_MS;
    let asks = |text: &str| state.library.doubt.as_ref().is_some_and(|doubt| doubt.asked == text);
    if state.notice.as_ref().is_some_and(|notice| old(notice.at) && !asks(&notice.text)) {
        state.notice = None;
    }
}

/// Whether the key changes the text that has the keys, or moves in it.
pub(super) fn edits_text(state: &State, key: Key) -> bool {
    let Some(text) = state.focus.text().filter(|_| state.overlays.is_empty()) else { return false };
    match state.opening.keymap.action(&[Context::Typing], key) {
        Some(action) => matches!(action, Action::Undo | Action::Redo),
        None => edit_for(key).is_some_and(|edit| has_object(state, text, &edit)),
    }
}

/// A letter in a text is always a letter: commands of the typing context, then edits, then what works
/// anywhere.
fn press_in_text(state: &mut State, text: Text, key: Key, now: Timestamp) -> Vec<Effect> {
    if let Some(action) = state.opening.keymap.action(&[Context::Typing], key) {
        return run(state, action, now);
    }
    if let Some(edit) = edit_for(key).filter(|edit| has_object(state, text, edit)) {
        return compose::type_in(state, text, edit, now);
    }
    match state.opening.keymap.action(&[Context::Anywhere], key) {
        Some(action) => run(state, action, now),
        None => Vec::new(),
    }
}

/// Whether an edit has something to work on: Ctrl-C and Esc mean "back" where nothing is selected.
fn has_object(state: &State, text: Text, edit: &Edit) -> bool {
    let editor = match text {
        Text::Style => &state.compose.style,
        Text::Lyrics => &state.compose.lyrics,
    };
    !matches!(edit, Edit::Copy | Edit::Unselect) || editor.selection().is_some()
}

fn press_in_list(state: &mut State, key: Key, now: Timestamp) -> Vec<Effect> {
    if let Some(action) = state.opening.keymap.action(state.focus.contexts(), key) {
        return run(state, action, now);
    }
    if key.typed().is_some() {
        let palette = state.opening.keymap.how(Action::Palette);
        let text = format!("`{key}` does nothing here; {palette} shows every key");
        state.say(text, Role::Quiet, now);
    }
    Vec::new()
}
