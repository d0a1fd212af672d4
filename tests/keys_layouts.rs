//! Commands on Cyrillic, Greek and French keyboards: the same place does the same.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod desk;

use desk::{Desk, everything, opening};
use refrain::engine::intent::Intent;
use refrain::tui::input::{Code, Input, Key};
use refrain::tui::keymap::{Context, Keymap};
use refrain::tui::message::Message;
use refrain::tui::state::{Focus, Opening};

/// A keyboard: what its keys type without Shift and with it, row by row from the digits down, in the
/// order of [`AMERICAN`].
struct Keyboard {
    name: &'static str,
    plain: &'static str,
    shifted: &'static str,
}

const AMERICAN: Keyboard = Keyboard {
    name: "American",
    plain: "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./",
    shifted: "~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?",
};

/// As the systems' own tables have them, `~` standing for keys that type no character by themselves.
const OTHERS: [Keyboard; 3] = [
    Keyboard {
        name: "Russian",
        plain: "ё1234567890-=йцукенгшщзхъ\\фывапролджэячсмитьбю.",
        shifted: "Ё!\"№;%:?*()_+ЙЦУКЕНГШЩЗХЪ/ФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,",
    },
    Keyboard {
        name: "Ukrainian",
        plain: "'1234567890-=йцукенгшщзхї\\фівапролджєячсмитьбю.",
        shifted: "ʼ!\"№;%:?*()_+ЙЦУКЕНГШЩЗХЇ/ФІВАПРОЛДЖЄЯЧСМИТЬБЮ,",
    },
    Keyboard {
        name: "Greek",
        plain: "`1234567890-=;ςερτυθιοπ[]\\ασδφγηξκλ~'ζχψωβνμ,./",
        shifted: "~!@#$%^&*()_+:~ΕΡΤΥΘΙΟΠ{}|ΑΣΔΦΓΗΞΚΛ~\"ΖΧΨΩΒΝΜ<>?",
    },
];

/// The digits of a French keyboard without Shift.
const AZERTY_DIGITS: &str = "&é\"'(-è_çà";

/// Lists, in which letters are commands, with the keys that lead there.
const PLACES: [(&str, &[Context], &str); 7] = [
    ("the model", &[Context::Form], "Tab Tab Tab"),
    ("the queue", &[Context::Queue, Context::List], "Tab"),
    ("the references", &[Context::References, Context::List], "Tab Tab"),
    ("the strip", &[Context::Strip], "C-g"),
    ("the table of models", &[Context::Table], "Tab Tab Tab Home Enter"),
    ("the ticked models", &[Context::Table], "C-g m"),
    ("what is sent", &[Context::Table], "C-g v"),
];

/// A desk at that place, ready for a key.
fn desk_at(keys: &str) -> Desk {
    let mut desk = Desk::usual();
    desk.press(keys).wait(1_000);
    desk.effects();
    desk
}

/// The same, after a key that only French keyboards have, pressed in the queue and forgotten.
fn french_desk_at(keys: &str) -> Desk {
    let mut desk = Desk::usual();
    desk.press("Tab ù q").wait(5_000);
    desk.press(keys).wait(1_000);
    desk.effects();
    desk
}

/// All that can be seen of what a key did.
fn outcome(keys: &str, key: char) -> String {
    outcome_at(desk_at(keys), key)
}

fn outcome_at(mut desk: Desk, key: char) -> String {
    desk.tell(Message::Input(Input::Key(Key::char(key))));
    format!("{:?} {:?} {:?}\n{}", desk.effects(), desk.state.overlays(), desk.state.focus(), desk.picture())
}

/// The single characters that are commands in these contexts.
fn commands(contexts: &[Context]) -> Vec<char> {
    let keymap = Keymap::embedded().unwrap();
    let keys = keymap.rows().iter().flat_map(|row| contexts.iter().filter_map(|context| row.keys.get(context)));
    let characters = keys.flatten().filter_map(|key| match *key {
        Key { code: Code::Char(c), ctrl: false, alt: false, .. } if c != ' ' => Some(c),
        _ => None,
    });
    // How many takes is typed in the strip and the table, outside of the key map.
    let digits = if contexts.contains(&Context::Strip) { "123456789" } else { "" };
    characters.chain(digits.chars()).collect()
}

/// What this keyboard types with the key that types `command` on an American one.
fn typed_on(keyboard: &Keyboard, command: char) -> char {
    let place = |row: &str| row.chars().position(|c| c == command);
    let (row, place) = place(AMERICAN.plain)
        .map(|at| (keyboard.plain, at))
        .or_else(|| place(AMERICAN.shifted).map(|at| (keyboard.shifted, at)))
        .unwrap_or_else(|| panic!("{command} is on no key"));
    row.chars().nth(place).unwrap()
}

/// Whether the keyboard has the character on another key: then it is typed there.
fn types(keyboard: &Keyboard, c: char) -> bool {
    keyboard.plain.contains(c) || keyboard.shifted.contains(c)
}

#[test]
fn every_command_of_every_list_is_reached_on_every_layout() {
    let mut tried = 0;
    for (place, contexts, keys) in PLACES {
        for command in commands(contexts) {
            let wanted = outcome(keys, command);
            for keyboard in &OTHERS {
                let same_place = typed_on(keyboard, command);
                // A sign that this keyboard has somewhere is itself, and its old place may mean another.
                let typed = if types(keyboard, command) { command } else { same_place };
                assert_eq!(outcome(keys, typed), wanted, "`{command}` as `{typed}` in {place}, {}", keyboard.name);
                tried += 1;
                if command.is_alphabetic() {
                    assert_eq!(outcome(keys, same_place), wanted, "`{same_place}` in {place}, {}", keyboard.name);
                }
            }
            if let Some(digit) = command.to_digit(10) {
                let typed = AZERTY_DIGITS.chars().nth((digit as usize + 9) % 10).unwrap();
                let (found, wanted) =
                    (outcome_at(french_desk_at(keys), typed), outcome_at(french_desk_at(keys), command));
                assert_eq!(found, wanted, "`{command}` as `{typed}` in {place}, French");
                tried += 1;
            }
        }
    }
    println!("{tried} commands tried");
    assert!(tried > 150);
}

#[test]
fn help_and_filter_are_where_the_american_slash_key_is() {
    for (typed, overlay) in [('.', "line"), (',', "palette"), ('Ж', "palette"), ('/', "line"), ('?', "palette")] {
        let mut desk = desk_at("Tab");
        desk.tell(Message::Input(Input::Key(Key::char(typed))));
        assert_eq!(desk.state.overlays(), [overlay], "{typed}");
    }
}

#[test]
fn latin_letters_of_a_french_keyboard_mean_themselves() {
    let mut desk = desk_at("Tab");
    desk.press("q");
    assert_eq!(desk.state.focus(), Focus::Lyrics);
    let mut desk = desk_at("Tab Tab");
    desk.press("a");
    assert_eq!(desk.state.overlays(), ["files"]);
}

#[test]
fn a_sign_is_no_amount_and_no_rating_on_a_keyboard_that_has_not_proved_to_be_french() {
    for (place, contexts, keys) in PLACES {
        let bound = commands(contexts);
        for sign in "&\"'(-_!".chars().filter(|sign| !bound.contains(sign)) {
            let (before, mut desk) = (desk_at(keys), desk_at(keys));
            desk.tell(Message::Input(Input::Key(Key::char(sign))));
            assert_eq!(desk.effects(), [], "`{sign}` in {place}");
            assert_eq!(without_message(&desk), without_message(&before), "`{sign}` in {place}");
        }
    }
}

/// What is seen but for the message.
fn without_message(desk: &Desk) -> String {
    desk.picture().replace(desk.notice(), "").lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[test]
fn words_of_a_text_make_no_amount_of_a_minus_but_a_french_key_where_keys_are_commands_does() {
    let mut desk = Desk::usual();
    desk.type_text("città, perché, déjà, ça ");
    desk.press("C-g").wait(1_000);
    let before = desk.picture();
    desk.press("-");
    assert_eq!(desk.picture(), before);
    desk.press("é").wait(1_000).press("-");
    assert!(desk.picture().contains("Order 6 takes"), "{}", desk.picture());
}

#[test]
fn in_texts_and_lines_every_letter_stays_what_it_is() {
    let mut desk = Desk::usual();
    desk.type_text("йм.; &é ");
    assert!(desk.state.draft().lyrics.starts_with("йм.; &é "));
    let mut desk = desk_at("Tab");
    desk.press("e").type_text("й лучше").press("Enter");
    let noted = |intent: &Intent| matches!(intent, Intent::NoteTake { note, .. } if note == "й лучше");
    assert!(desk.intents().iter().any(noted));
}

#[test]
fn cyrillic_text_gone_astray_in_a_list_is_text() {
    let mut desk = desk_at("Tab");
    desk.type_text("ночной паром\nо\n");
    assert_eq!(desk.notice(), "letters are commands here; Esc goes to the lyrics");
    assert_eq!(desk.state.overlays(), [""; 0]);
    assert!(!desk.intents().iter().any(|intent| matches!(intent, Intent::Order(_))));
}

#[test]
fn a_key_that_is_bound_itself_is_never_taken_for_another() {
    let text = include_str!("../src/tui/keymap.toml").replace("queue = [\"p\"]", "queue = [\"p\", \"й\"]");
    let keymap = Keymap::read(&text).unwrap().into();
    let mut desk = Desk::new(Opening { keymap, ..opening() }, everything());
    desk.press("Tab").wait(1_000);
    desk.press("й");
    assert_eq!(desk.state.focus(), Focus::Queue, "q would have left");
}
