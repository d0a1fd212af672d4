//! A bracketed paste: text where text is typed, an offer where letters are commands.

use jiff::Timestamp;

use super::compose;
use crate::tui::editor::Edit;
use crate::tui::effect::Effect;
use crate::tui::overlays::{self, Overlay};
use crate::tui::state::State;

/// Puts the text where the keys go; in a list it is offered to the lyrics.
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
    state.overlays.push(Overlay::Offer(text));
    Vec::new()
}
