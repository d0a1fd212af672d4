//! Which key edits how, while typing: one table.

use super::{Edit, Motion};
use crate::tui::input::{Code, Key};

/// Keys that move the cursor; with Shift they select as well.
const MOTIONS: [(&str, Motion); 22] = [
    ("Left", Motion::Left),
    ("Right", Motion::Right),
    ("Up", Motion::Up),
    ("Down", Motion::Down),
    ("PgUp", Motion::PageUp),
    ("PgDn", Motion::PageDown),
    ("Home", Motion::LineStart),
    ("End", Motion::LineEnd),
    ("C-a", Motion::LineStart),
    ("C-e", Motion::LineEnd),
    ("C-Left", Motion::WordLeft),
    ("C-Right", Motion::WordRight),
    ("M-Left", Motion::WordLeft),
    ("M-Right", Motion::WordRight),
    ("M-b", Motion::WordLeft),
    ("M-f", Motion::WordRight),
    ("C-Up", Motion::SectionUp),
    ("C-Down", Motion::SectionDown),
    ("M-p", Motion::SectionUp),
    ("M-n", Motion::SectionDown),
    ("C-Home", Motion::TextStart),
    ("C-End", Motion::TextEnd),
];

/// Keys that change the text or the clipboard.
const EDITS: [(&str, Edit); 18] = [
    ("Enter", Edit::Newline),
    ("Backspace", Edit::Backspace),
    ("S-Backspace", Edit::Backspace),
    ("Delete", Edit::DeleteForward),
    ("C-d", Edit::DeleteForward),
    ("C-k", Edit::KillToEnd),
    ("C-u", Edit::KillToStart),
    ("C-w", Edit::DeleteWordBack),
    ("M-Backspace", Edit::DeleteWordBack),
    ("C-Backspace", Edit::DeleteWordBack),
    ("M-d", Edit::DeleteWord),
    ("C-Delete", Edit::DeleteWord),
    ("C-/", Edit::Undo),
    ("C-r", Edit::Redo),
    ("C-x", Edit::Cut),
    ("C-c", Edit::Copy),
    ("C-v", Edit::PasteClipboard),
    ("C-y", Edit::PasteClipboard),
];

/// The edit that a key stands for in a text field, if it stands for one.
#[must_use]
pub fn edit_for(key: Key) -> Option<Edit> {
    if let Some(c) = key.typed() {
        return Some(Edit::Insert(c));
    }
    let letter = matches!(key.code, Code::Char(_));
    let unshifted = Key { shift: false, ..key };
    let named = |name: &str, key: Key| Key::parse(name).is_ok_and(|known| known == key);
    let motion = MOTIONS.iter().find(|(name, _)| named(name, unshifted));
    if let Some((_, motion)) = motion {
        return Some(Edit::Move { motion: *motion, select: key.shift && !letter });
    }
    EDITS.iter().find(|(name, _)| named(name, key)).map(|(_, edit)| edit.clone())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_key_of_the_tables_can_be_read_and_stands_there_once() {
        let names = MOTIONS.iter().map(|(name, _)| *name).chain(EDITS.iter().map(|(name, _)| *name));
        let keys: Vec<Key> = names.map(|name| Key::parse(name).unwrap()).collect();
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
    }

    #[test]
    fn a_letter_in_a_text_field_is_a_letter() {
        for c in ['q', '?', ':', ' ', 'j', 'Ω', '夜'] {
            assert_eq!(edit_for(Key::char(c)), Some(Edit::Insert(c)));
        }
        assert_eq!(edit_for(Key::ctrl('g')), None);
    }

    #[test]
    fn shift_selects_while_moving() {
        let select_word = Edit::Move { motion: Motion::WordRight, select: true };
        assert_eq!(edit_for(Key::parse("C-S-Right").unwrap()), Some(select_word));
        let left = Edit::Move { motion: Motion::Left, select: false };
        assert_eq!(edit_for(Key::parse("Left").unwrap()), Some(left));
    }
}
