//! A bracketed paste: text where text is typed, a recording to add in the references, an offer where else
//! letters are commands.

use jiff::Timestamp;

use super::compose;
use crate::tui::editor::Edit;
use crate::tui::effect::Effect;
use crate::tui::overlays::files::{self, Files};
use crate::tui::overlays::{self, Overlay};
use crate::tui::state::{Focus, State};

/// Puts the text where the keys go; in a list it is offered to the lyrics, unless it is a path or an address
/// and the list that of the references.
pub(super) fn paste(state: &mut State, text: String, now: Timestamp) -> Vec<Effect> {
    if text.is_empty() {
        return Vec::new();
    }
    if let Some(overlay) = state.overlays.pop() {
        return overlays::paste(state, overlay, &text, now);
    }
    if let Some(field) = state.focus.text() {
        return compose::type_in(state, field, Edit::Paste(text), now);
    }
    if state.focus == Focus::References && files::is_whole(&text) {
        // A file that was dropped on the terminal.
        let mut list = Files::open(state);
        files::paste(state, &mut list, &text);
        state.overlays.push(Overlay::Files(list));
        return Vec::new();
    }
    state.overlays.push(Overlay::Offer(text));
    Vec::new()
}
