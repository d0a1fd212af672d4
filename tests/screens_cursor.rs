//! The hardware cursor is on the focused row, and nothing is told by colour alone.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod desk;

use std::collections::BTreeSet;

use desk::{Desk, everything, opening, start, take, takes};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use refrain::domain::generation::{Status, Take, TakeId};
use refrain::domain::wording::{WORDINGS, words};
use refrain::engine::feed::Changes;
use refrain::engine::intent::{Question, Reply};
use refrain::tui::message::Message;
use refrain::tui::state::Opening;
use refrain::tui::theme::Theme;
use refrain::tui::view;

const SIZES: [(u16, u16); 5] = [(40, 12), (60, 15), (80, 24), (120, 40), (300, 80)];

/// Every place that can have the keys, the keys that lead there from the lyrics, and how the focused row
/// is known: by `>` before it, or by what stands in it (`|` between what may).
const PLACES: [(&str, &str, &str); 25] = [
    ("the lyrics", "", "[Verse 1]"),
    ("the style", "S-Tab", "slow waltz"),
    ("the model", "Tab Tab Tab", "music-2.0"),
    ("a setting", "Tab Tab Tab Down", ">"),
    ("the queue", "Tab", ">"),
    ("the queue further down", "Tab Down Down Down", ">"),
    ("the queue's last row", "Tab End", ">"),
    ("an opened take", "Tab Enter", "Take|>"),
    ("the references", "Tab Tab", ">"),
    ("another reference", "Tab Tab Down", ">"),
    ("the files to add from", "Tab Tab a", " > "),
    ("a path to add", "Tab Tab a / x", " > /x"),
    ("the order strip", "C-g", "Order 1 take"),
    ("the models to tick", "C-g m", ">"),
    ("the models to tick, further down", "C-g m Down Down", ">"),
    ("what would be sent", "C-g v", "minimax/music-2.0"),
    ("the palette", "C-p", " > "),
    ("the palette further down", "C-p Down", "> C-o"),
    ("the palette, typed into after that", "C-p Down o r", " > or "),
    ("the songs", "C-o", " > "),
    ("the songs further down", "C-o Down", ">  Salt|> Salt"),
    ("the sections", "C-n", " > "),
    ("the tags", "C-t", " > "),
    ("the search", "C-f", "Find:"),
    ("a note", "Tab e", "Note:"),
];

fn desk(columns: u16, rows: u16, theme: &str) -> Desk {
    let theme = Theme::named(theme).unwrap();
    Desk::new(Opening { columns, rows, theme, ..opening() }, everything())
}

/// What is drawn, and the cursor if the frame has one.
fn drawn(desk: &Desk) -> (Buffer, Option<Position>) {
    let (columns, rows) = desk.state.size();
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    // A cursor that is not placed is hidden; a mark far from anything tells the two apart.
    terminal.set_cursor_position((columns - 1, rows - 1)).unwrap();
    terminal.draw(|frame| view::draw(&desk.state, desk.now, frame)).unwrap();
    let cursor = terminal.get_cursor_position().unwrap();
    let corner = Position::new(columns - 1, rows - 1);
    (terminal.backend().buffer().clone(), (cursor != corner).then_some(cursor))
}

fn line(buffer: &Buffer, y: u16) -> String {
    (0..buffer.area.width).map(|x| buffer[(x, y)].symbol()).collect()
}

fn text(buffer: &Buffer) -> String {
    (0..buffer.area.height).map(|y| line(buffer, y) + "\n").collect::<Vec<_>>().concat()
}

#[test]
fn the_cursor_is_on_the_focused_row_wherever_the_keys_go() {
    for (columns, rows) in SIZES {
        for (place, keys, row) in PLACES {
            let mut desk = desk(columns, rows, "dark");
            desk.press(keys);
            let (buffer, cursor) = drawn(&desk);
            let at = format!("{place} at {columns}x{rows}");
            let cursor = cursor.unwrap_or_else(|| panic!("no cursor in {at}:\n{}", text(&buffer)));
            let line = line(&buffer, cursor.y);
            let stands = row.split('|').any(|row| line.contains(row));
            assert!(
                stands,
                "the cursor of {at} is in `{}`, not in a row with `{row}`:\n{}",
                line.trim(),
                text(&buffer)
            );
        }
    }
}

/// Situations in which something is marked, each with what is said of it in letters.
fn situations(theme: &str) -> Vec<(&'static str, Desk)> {
    let at = |keys: &str| {
        let mut desk = desk(120, 40, theme);
        desk.press(keys);
        desk
    };
    let mut too_long = at("S-Tab");
    too_long.paste(&"long ".repeat(500));
    let mut asked = at("C-g Enter");
    asked.answer(Reply::Asks(Question::SameAgain { seconds: 41 }));
    let mut pasted = at("Tab");
    pasted.paste("text");
    let mut every: Vec<_> = PLACES.iter().map(|(place, keys, _)| (*place, at(keys))).collect();
    every.extend(vec![
        ("a style that is too long", too_long),
        ("an order repeated", asked),
        ("a paste in a list", pasted),
        ("a marked take", at("Tab m Down m")),
        ("ticked models", at("C-g m Space Space")),
        ("selected text", at("S-Right S-Right")),
    ]);
    every
}

#[test]
fn without_colours_every_screen_says_the_same_in_the_same_letters() {
    for ((place, dark), (_, none)) in situations("dark").into_iter().zip(situations("none")) {
        let (dark, none) = (drawn(&dark), drawn(&none));
        assert_eq!(text(&dark.0), text(&none.0), "{place}");
        assert_eq!(dark.1, none.1, "{place}");
        let coloured = |cell: &ratatui::buffer::Cell| {
            cell.fg != ratatui::style::Color::Reset || cell.bg != ratatui::style::Color::Reset
        };
        assert!(!none.0.content.iter().any(coloured), "a colour in {place}");
        assert!(dark.0.content.iter().any(coloured), "no colour in {place}: nothing was compared");
    }
}

/// The text of a screen before and after something that has a colour of its own.
fn differ(what: &str, before: &Desk, after: &Desk, word: &str) {
    let (before, after) = (text(&drawn(before).0), text(&drawn(after).0));
    assert_ne!(before, after, "{what} is told by colour alone");
    let count = |text: &str| text.matches(word).count();
    assert!(count(&after) > count(&before), "{what} is not told by `{word}`:\n{after}");
}

#[test]
fn what_a_colour_means_a_word_or_a_sign_says_as_well() {
    let usual = || desk(120, 40, "dark");
    let pressed = |keys: &str| {
        let mut desk = usual();
        desk.press(keys);
        desk
    };
    let fed = |takes: Vec<Take>| {
        let mut desk = usual();
        desk.tell(Message::Feed(Changes { takes, ..Changes::default() }));
        desk
    };
    let mut too_long = usual();
    too_long.press("S-Tab").paste(&"long ".repeat(500));
    differ("a problem that stops an order", &usual(), &too_long, "to fix");
    differ("a selected take", &pressed("Tab Up"), &pressed("Tab Down Down"), "> 7 ");
    differ("a ticked model", &pressed("C-g m"), &pressed("C-g m Space"), " x ");
    differ("a marked take", &pressed("Tab"), &pressed("Tab m"), "1 marked");
    let mut new = takes()[5].clone();
    new.heard = true;
    differ("a new take", &fed(vec![new.clone()]), &fed(vec![Take { heard: false, ..new }]), "new");
    differ("a failed take", &usual(), &fed(vec![take(8, Status::Failed)]), "failed");
    let filtered = pressed("Tab / s a l Enter");
    differ("a narrowed list", &pressed("Tab"), &filtered, "only `sal`");
    let late = Take { sent: Some(start() - jiff::SignedDuration::from_secs(600)), ..take(8, Status::Working) };
    differ("a late take", &usual(), &fed(vec![late]), "late");
}

#[test]
fn takes_that_look_different_are_called_differently() {
    // Each role has a colour; no two roles share a word.
    let mut called: BTreeSet<(&str, String)> = BTreeSet::new();
    for wording in WORDINGS {
        let made = Take { id: TakeId(1), why: wording.why, ..take(1, wording.status) };
        let said = words(&made, start(), &jiff::tz::TimeZone::UTC);
        called.insert((wording.word, format!("{:?}", said.role)));
    }
    let words: BTreeSet<&str> = called.iter().map(|(word, _)| *word).collect();
    assert!(words.len() > 15, "{words:?}");
    for word in words {
        let roles: BTreeSet<_> =
            WORDINGS.iter().filter(|wording| wording.word == word).map(|it| format!("{:?}", it.role)).collect();
        assert_eq!(roles.len(), 1, "`{word}` is used for {roles:?}, told apart by colour alone");
    }
}
