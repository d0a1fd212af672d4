//! What the palette lists: every command with its keys, and what the words for takes and references mean.

use super::keymap::{Action, Keymap, Row};
use crate::domain::standing::STANDINGS;
use crate::domain::wording::WORDINGS;

/// What keys do that are no commands of the key map: the editor and single lists know them.
const BESIDES: [(&str, &str, &str); 13] = [
    ("C-a C-e", "to the start or the end of the line; with Shift and arrows, select", "typing"),
    ("C-Left C-Right M-b M-f", "a word back or on", "typing"),
    ("C-Up C-Down M-p M-n", "a section back or on", "typing"),
    ("C-Home C-End", "to the start or the end of the text", "typing"),
    ("C-k C-u", "delete to the end or the start of the line", "typing"),
    ("C-w M-d", "delete a word back or on", "typing"),
    ("C-d", "delete the character under the cursor", "typing"),
    ("C-x", "cut what is selected", "typing"),
    ("C-c", "copy what is selected; with nothing selected, back to the lyrics", "typing"),
    ("C-v C-y", "paste what was cut, copied or deleted", "typing"),
    ("1-9", "how many takes to order: of each model, or of the selected one", "order, models"),
    ("C-Up C-Down C-p C-n", "move the section", "sections"),
    ("C-d", "double the section", "sections"),
];

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The command, or nothing where the entry only explains.
    pub action: Option<Action>,
    /// The keys with their contexts, or the word that is explained.
    pub left: String,
    pub words: String,
    /// Where the keys work.
    pub place: String,
}

/// The entries that contain every word typed.
#[must_use]
pub fn entries(keymap: &Keymap, typed: &str) -> Vec<Entry> {
    let typed = typed.to_lowercase();
    let has_all = |entry: &Entry| {
        let name = entry.action.map_or("", Action::name);
        let text = format!("{} {} {} {name}", entry.left, entry.words, entry.place).to_lowercase();
        typed.split_whitespace().all(|word| text.contains(word))
    };
    let commands = keymap.rows().iter().map(command);
    let meanings = WORDINGS.iter().map(|wording| Entry {
        action: None,
        left: readable(wording.word),
        words: wording.meaning.to_owned(),
        place: "a take's word".to_owned(),
    });
    let besides = BESIDES.iter().map(|(keys, words, place)| Entry {
        action: None,
        left: (*keys).to_owned(),
        words: (*words).to_owned(),
        place: (*place).to_owned(),
    });
    let standings = STANDINGS.iter().filter(|standing| !standing.word.is_empty()).map(|standing| Entry {
        action: None,
        left: readable(standing.word),
        words: standing.meaning.to_owned(),
        place: "a reference's word".to_owned(),
    });
    commands.chain(besides).chain(meanings).chain(standings).filter(has_all).collect()
}

fn command(row: &Row) -> Entry {
    let mut keys: Vec<String> = Vec::new();
    for key in row.keys.values().flatten().map(ToString::to_string) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let places: Vec<&str> = row.keys.keys().map(|context| context.word()).collect();
    Entry { action: Some(row.action), left: keys.join(" "), words: row.words.clone(), place: places.join(", ") }
}

/// A word of the table with example values.
fn readable(word: &str) -> String {
    word.replace("{elapsed}", "0:41")
        .replace("{usual}", "1:10")
        .replace("{received}", "1.9")
        .replace("{expected}", "3.0 MB")
        .replace("{length}", "new, 2:51")
        .replace("{until}", "14:03")
        .replace("{sought}", "14:20")
        .replace("{sent}", "1.2")
        .replace("{bytes}", "3.0 MB")
        .replace("{message}", "...")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::editor::edit_for;
    use crate::tui::input::Key;

    #[test]
    fn every_command_and_every_word_is_listed_and_found_by_typing() {
        let keymap = Keymap::embedded().unwrap();
        assert_eq!(
            entries(&keymap, "").len(),
            Action::ALL.len() + BESIDES.len() + WORDINGS.len() + STANDINGS.len() - 1
        );
        assert_eq!(entries(&keymap, "scp").first().and_then(|entry| entry.action), Some(Action::Copy));
        assert!(entries(&keymap, "lost charged").iter().any(|entry| entry.left == "charged, audio lost"));
        assert_eq!(entries(&keymap, "no such thing"), []);
    }

    #[test]
    fn every_editing_key_that_is_listed_edits() {
        let typing = BESIDES.iter().filter(|(_, _, place)| *place == "typing");
        for key in typing.flat_map(|(keys, _, _)| keys.split(' ')) {
            assert!(edit_for(Key::parse(key).unwrap()).is_some(), "{key} does not edit");
        }
    }

    #[test]
    fn no_placeholder_is_shown() {
        let keymap = Keymap::embedded().unwrap();
        assert!(entries(&keymap, "").iter().all(|entry| !entry.left.contains('{')));
    }
}
