//! Which key edits how, while typing: one table.

use super::{Edit, Motion};
use crate::tui::input::{Code, Key};

/// The edit that a key stands for in a text field, if it stands for one.
#[must_use]
pub fn edit_for(key: Key) -> Option<Edit> {
    if let Some(c) = key.typed() {
        return Some(Edit::Insert(c));
    }
    let _ = (Motion::Left, Code::Enter);
    todo!()
}
