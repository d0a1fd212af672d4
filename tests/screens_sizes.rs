//! No size, no text and no key makes the screen fall over.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod desk;
#[path = "desk/happenings.rs"]
mod happenings;

use desk::{Desk, SONG, everything, opening, row, song, start};
use happenings::{Happening, UNKIND, WAYS, any_happening, opened};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use refrain::domain::draft::Draft;
use refrain::domain::generation::Take;
use refrain::domain::service::Service;
use refrain::domain::untrusted::is_dangerous;
use refrain::engine::feed::Changes;
use refrain::tui::effect::Effect;
use refrain::tui::input::{Input, Key};
use refrain::tui::keymap::Keymap;
use refrain::tui::message::Message;
use refrain::tui::state::{Focus, Opening, State};

/// Keys that lead to every pane and overlay.
const PLACES: [&str; 15] = [
    "",
    "S-Tab",
    "S-Tab S-Tab",
    "Tab",
    "Tab Enter",
    "Tab Tab",
    "Tab Tab a",
    "C-g",
    "C-g m",
    "C-g v",
    "C-p",
    "C-o",
    "C-n",
    "C-t",
    "C-f x",
];

fn unkind() -> Changes {
    let mut changes = everything();
    changes.songs[0] = song(1, &UNKIND.repeat(4));
    let draft =
        Draft { style: UNKIND.repeat(9), lyrics: format!("[{UNKIND}]\n{UNKIND}\n").repeat(30), ..desk::draft() };
    changes.drafts = vec![row(SONG, 1, draft.clone())];
    let takes = std::mem::take(&mut changes.takes);
    changes.takes = takes
        .into_iter()
        .map(|take| Take { message: Some(UNKIND.repeat(5)), note: UNKIND.to_owned(), draft: draft.clone(), ..take })
        .collect();
    UNKIND.clone_into(&mut changes.references[0].name);
    changes
}

#[test]
fn every_place_can_be_drawn_at_every_size() {
    for keys in PLACES {
        let mut desk = Desk::new(opening(), unkind());
        desk.press(keys);
        let small = (1..=64).step_by(3).flat_map(|columns| (1..=30).map(move |rows| (columns, rows)));
        let large = [(1, 80), (300, 1), (300, 80), (110, 30), (109, 30), (110, 29), (120, 40), (40, 80), (300, 12)];
        for (columns, rows) in small.chain(large) {
            desk.tell(Message::Resized { columns, rows });
            let picture = desk.picture();
            assert_eq!(picture.lines().count(), usize::from(rows) + 1, "{keys} at {columns}x{rows}");
        }
    }
}

#[test]
fn no_control_bidirectional_or_zero_width_character_of_foreign_text_reaches_a_cell() {
    for keys in ["Tab", "Tab Enter", "Tab Tab", "C-o"] {
        let mut desk = Desk::new(Opening { columns: 120, rows: 40, ..opening() }, unkind());
        desk.press(keys);
        assert_eq!(hidden(&desk.frame().0), None, "in {keys}");
    }
}

#[test]
fn no_meaning_is_told_by_ambiguous_or_drawn_characters() {
    for keys in PLACES {
        let mut desk = Desk::of_size(120, 40);
        desk.press(keys);
        assert!(desk.picture().is_ascii(), "{keys}:\n{}", desk.picture());
    }
}

/// What makes one picture of several: in the person's own words it stays.
const JOINER: char = '\u{200d}';

/// A character of a screen that moves the cursor, turns letters around or hides.
fn hidden(buffer: &Buffer) -> Option<char> {
    let mut characters = buffer.content().iter().flat_map(|cell| cell.symbol().chars());
    characters.find(|c| is_dangerous(*c) && *c != JOINER)
}

#[test]
fn what_hides_in_a_cell_is_found() {
    for c in ['\u{202e}', '\u{200b}', '\u{7}', '\u{0}', '\u{1b}'] {
        assert!(UNKIND.contains(c), "{c:?} is among the unkind texts");
        let mut buffer = Buffer::with_lines(["Night Ferry"]);
        assert_eq!(hidden(&buffer), None);
        buffer[(3, 0)].set_symbol(&format!("a{c}"));
        assert_eq!(hidden(&buffer), Some(c));
    }
}

/// One thing happens, and whatever it is, the screen is drawn as often as anybody looks at it.
fn happen(desk: &mut Desk, happening: &Happening, bound: &[String]) {
    match happening {
        Happening::Bound(index) => drop(desk.press(&bound[index.index(bound.len())])),
        Happening::Typed(c) => drop(desk.tell(Message::Input(Input::Key(Key::char(*c).normal())))),
        Happening::Told(message) => drop(desk.tell((**message).clone())),
        Happening::Replied { to, reply } => {
            let out = desk.effects.iter().filter_map(|effect| match effect {
                Effect::Carry { ticket, .. } => Some(*ticket),
                _ => None,
            });
            // One that nobody gave out is among them.
            let tickets: Vec<u64> = out.chain([0]).collect();
            desk.tell(Message::Replied { ticket: *to.get(&tickets), reply: reply.clone() });
        }
        Happening::Waited(ms) => drop(desk.wait(*ms)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Of two screens to which the same happens one is looked at all the time, and in the end they are the same.
    #[test]
    fn whatever_happens_in_any_order_the_screen_can_be_drawn_and_drawn_again_the_same(
        happenings in proptest::collection::vec(any_happening(), 1..50),
        (columns, rows) in (1_u16..200, 1_u16..60),
        (way, filled) in (0..WAYS, prop::bool::weighted(0.8)),
    ) {
        let keymap = Keymap::embedded().unwrap();
        let bound: Vec<String> =
            keymap.rows().iter().flat_map(|row| row.keys.values().flatten()).map(ToString::to_string).collect();
        let opening = opened(way, columns, rows);
        let [mut seen, mut unseen] =
            [(); 2].map(|()| Desk { state: State::new(opening.clone()), now: start(), effects: Vec::new() });
        let first = filled.then(|| Happening::Told(Box::new(Message::Feed(unkind()))));
        for happening in first.iter().chain(&happenings) {
            for desk in [&mut seen, &mut unseen] {
                happen(desk, happening, &bound);
            }
            let (picture, rows) = (seen.picture(), usize::from(seen.state.size().1));
            let (once, twice) = (seen.frame(), seen.frame());
            prop_assert!(once == twice, "drawn twice after {:?}, it is another frame:\n{}", happening, picture);
            prop_assert_eq!(hidden(&once.0), None, "after {:?}:\n{}", happening, picture);
            prop_assert_eq!(picture.lines().count(), rows + 1, "a line a row after {:?}", happening);
            for desk in [&mut seen, &mut unseen] {
                desk.tell(Message::Drawn);
            }
            let (state, now) = (&seen.state, seen.now);
            prop_assert!(Focus::ORDER.contains(&state.focus()));
            // What the runtime asks of it between two messages.
            std::hint::black_box((state.wants_tick(now), state.save_due(), state.unsaved(), state.awaited()));
        }
        prop_assert_eq!(seen.picture(), unseen.picture());
        prop_assert!(seen.frame() == unseen.frame(), "the same text in other colours:\n{}", seen.picture());
        prop_assert_eq!(&seen.effects, &unseen.effects);
        prop_assert!(format!("{:?}", seen.state) == format!("{:?}", unseen.state), "looking changed something");
    }
}

/// In a debug build, which is many times slower than what people run; the promise is 1 ms.
#[test]
fn a_key_in_a_long_lyric_costs_little() {
    let lyrics: String = "a line of a lyric that is rather long, la\n".repeat(80).chars().take(3_000).collect();
    let draft = Draft { lyrics, ..desk::draft() };
    let mut desk = Desk::new(opening(), Changes { drafts: vec![row(SONG, 1, draft)], ..everything() });
    desk.press("C-End");
    let start = std::time::Instant::now();
    for _ in 0..100 {
        desk.type_text("a");
    }
    let each = start.elapsed() / 100;
    println!("a key costs {each:?}");
    assert!(each < std::time::Duration::from_millis(50), "a key costs {each:?}");
}

#[test]
fn the_word_sandbox_stays_at_every_size_whatever_goes_on() {
    for (columns, rows) in [(120, 40), (80, 24), (60, 15), (40, 12)] {
        let opening = Opening { service: Service::Sandbox, columns, rows, ..opening() };
        let mut desk = Desk::new(opening, everything());
        let picture = desk.draw();
        let top = picture.lines().next().unwrap();
        assert!(top.contains("sandbox"), "{columns}x{rows}: {top}");
        assert!(top.contains("1 new") && top.contains("Night"), "{columns}x{rows}: {top}");
    }
}
