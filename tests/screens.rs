//! What the screen shows, at the sizes people have.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod desk;

use desk::{Desk, everything, opening, saved, start, take};
use insta::assert_snapshot;
use jiff::SignedDuration;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;
use refrain::domain::generation::{Cost, Status, Take, Why};
use refrain::domain::made_with::MadeWith;
use refrain::domain::recording::Part;
use refrain::domain::service::Service;
use refrain::domain::song::SongId;
use refrain::domain::usual::{Usual, UsualFrom};
use refrain::engine::feed::Changes;
use refrain::engine::intent::{Question, Reply};
use refrain::tui::message::Message;
use refrain::tui::state::Opening;
use refrain::tui::theme::Theme;
use refrain::tui::view;

/// The sizes that are promised: side by side, two at a time, and one at a time down to the smallest.
const SIZES: [(u16, u16); 4] = [(120, 40), (80, 24), (60, 15), (40, 12)];

fn at_every_size(name: &str, keys: &str) {
    for (columns, rows) in SIZES {
        let mut desk = Desk::of_size(columns, rows);
        desk.press(keys);
        assert_snapshot!(format!("{name} at {columns}x{rows}"), desk.draw());
    }
}

#[test]
fn writing() {
    at_every_size("writing shows the song, its counters and the queue", "");
}

#[test]
fn style() {
    at_every_size("the style has room when it has the keys", "S-Tab");
}

#[test]
fn model() {
    at_every_size("the model opens its settings when it has the keys", "S-Tab S-Tab Down");
}

#[test]
fn queue() {
    at_every_size("the queue has room when it has the keys", "Tab Down Down");
}

#[test]
fn opened_take() {
    at_every_size("an opened take tells everything", "Tab Down Down Down Enter");
}

#[test]
fn a_take_with_references() {
    let called = |field: &str, value: &str, name: &str| {
        let part = Some(Part { from_ms: 32_000, to_ms: Some(65_000) });
        let file = Some("/home/mara/kitchen.wav".into());
        MadeWith { name: Some(name.to_owned()), part, file, ..MadeWith::of(field, value) }
    };
    let voice = called("voice-id", "vocal-2025082518145625-6XW9wCOF", "Mara, dry");
    let music = MadeWith { part: None, ..called("instrumental-id", "instrumental-2025082518145625-k3Jq", "Harbour") };
    let request = serde_json::json!({ "audio_setting": { "format": "wav" } });
    let take = Take { made_with: vec![voice, music], model: "music-01".to_owned(), request, ..saved(10, 60_000) };
    for (columns, rows) in SIZES {
        let changes = Changes { takes: vec![take.clone()], ..everything() };
        let mut desk = Desk::new(Opening { columns, rows, ..opening() }, changes);
        desk.press("Tab g");
        assert_snapshot!(format!("a take names its references at {columns}x{rows}"), desk.draw());
        desk.press("Enter");
        assert_snapshot!(format!("an opened take tells who sang at {columns}x{rows}"), desk.draw());
    }
}

#[test]
fn references() {
    at_every_size("references are listed", "Tab Tab");
}

#[test]
fn order() {
    at_every_size("the order strip leaves the lyric readable", "C-g 3");
}

#[test]
fn models() {
    at_every_size("the table of models says where the song can go", "C-g m Space");
}

#[test]
fn fit() {
    at_every_size("a fit is proposed for a model that takes less", "C-g m Down Down Down f");
}

#[test]
fn facts_are_shown_with_their_age() {
    let mut desk = Desk::usual();
    let top = |desk: &Desk| desk.picture().lines().next().unwrap().to_owned();
    assert!(top(&desk).contains("$4.21 left  $0.12 today"), "{}", top(&desk));
    desk.wait(10 * 60_000).tell(Message::Tick);
    assert!(top(&desk).contains("$4.21 left at 14:02  $0.12 today"), "{}", top(&desk));
    desk.wait(24 * 3_600_000).tell(Message::Tick);
    assert!(top(&desk).contains("$4.21 left on 14 Mar  $0.00 today"), "{}", top(&desk));
}

#[test]
fn what_was_spent_today_is_what_was_charged_by_this_account_today() {
    let yesterday = start() - SignedDuration::from_hours(24);
    let charged = |number, usd| Take { cost: Cost { credits: None, usd }, ..saved(number, 1_000) };
    let failed = Take { cost: Cost { credits: None, usd: Some(5.0) }, ..take(4, Status::Failed) };
    let lost = Take { why: Some(Why::AudioLost), price: Some(0.5), ..take(5, Status::Failed) };
    let takes = vec![
        Take { song: SongId(2), ..charged(1, Some(0.1)) },
        Take { hidden: true, ..charged(2, Some(0.2)) },
        Take { sent: Some(yesterday), created: yesterday, ..charged(3, Some(5.0)) },
        failed,
        lost.clone(),
        Take { service: Service::from("http://127.0.0.1:9"), ..charged(6, Some(5.0)) },
        Take { service: Service::Sandbox, ..charged(7, Some(5.0)) },
        Take { cost: Cost { credits: None, usd: Some(0.4) }, ..take(8, Status::Working) },
        Take { price: Some(5.0), ..take(9, Status::Working) },
    ];
    let mut desk = Desk::new(Opening { columns: 120, ..opening() }, Changes { takes, ..everything() });
    assert!(desk.picture().contains("   about $1.20 today   "), "{}", desk.picture());
    let said = Take { cost: Cost { credits: Some(1_000_000.0), usd: None }, ..lost };
    desk.tell(Message::Feed(Changes { takes: vec![said], ..Changes::default() }));
    assert!(desk.picture().contains("   $1.20 today   "), "{}", desk.picture());
}

#[test]
fn a_take_is_late_after_what_nine_in_ten_needed() {
    let usual = Usual { seconds: 30, late_after: 41, from: UsualFrom::Yours };
    let takes = vec![Take { usual, ..take(9, Status::Working) }];
    let mut desk = Desk::new(Opening { columns: 120, rows: 40, ..opening() }, Changes { takes, ..everything() });
    assert!(desk.picture().contains("working 0:41 of 0:30"), "{}", desk.picture());
    desk.wait(1_000);
    assert!(desk.picture().contains("late 0:42, usually 0:30"), "{}", desk.picture());
}

#[test]
fn sent() {
    at_every_size("what is sent is shown to the letter", "C-g v");
}

#[test]
fn palette() {
    at_every_size("the palette lists every command", "C-p");
}

#[test]
fn songs() {
    at_every_size("songs are listed with the newest first", "C-o");
}

#[test]
fn sections() {
    at_every_size("sections are listed with their first lines", "C-n");
}

#[test]
fn nothing_yet() {
    for (columns, rows) in SIZES {
        let desk = Desk::new(Opening { columns, rows, ..opening() }, Changes::default());
        assert_snapshot!(format!("a new screen says what can be done at {columns}x{rows}"), desk.picture());
    }
}

#[test]
fn the_sandbox_says_that_nothing_is_charged() {
    let mut desk = Desk::new(Opening { service: Service::Sandbox, ..opening() }, everything());
    assert_snapshot!("the sandbox says that nothing is charged", desk.press("C-g").draw());
}

#[test]
fn an_order_repeated_asks() {
    let mut desk = Desk::usual();
    desk.press("C-g").draw();
    desk.press("Enter").answer(Reply::Asks(Question::SameAgain { seconds: 12 }));
    assert_snapshot!("an order repeated asks whether it is meant", desk.draw());
}

#[test]
fn a_problem_stands_in_the_strip_and_under_its_field() {
    let mut desk = Desk::usual();
    desk.press("S-Tab C-u C-k C-g Enter");
    assert_snapshot!("a problem stands in the strip", desk.draw());
    assert_snapshot!("e goes to the field of the problem", desk.press("e").draw());
}

#[test]
fn a_value_is_typed_in_its_row() {
    let mut desk = Desk::usual();
    desk.press("S-Tab S-Tab Down Down Enter 4 4");
    assert_snapshot!("a value is typed in its row", desk.draw());
    assert_snapshot!("a wrong value is kept and said to be wrong", desk.press("Enter").draw());
}

#[test]
fn without_colour_nothing_has_a_colour_and_what_matters_has_a_sign() {
    let mut desk = Desk::new(Opening { theme: Theme::colourless(), columns: 120, rows: 40, ..opening() }, everything());
    desk.press("Tab Down Down");
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
    terminal.draw(|frame| view::draw(&desk.state, desk.now, frame)).unwrap();
    let cells = &terminal.backend().buffer().content;
    assert!(cells.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert!(desk.picture().contains("| > 7 "), "the selected row has a sign");
    assert!(desk.picture().contains("| * 6 "), "a new take has a sign");
}

#[test]
fn the_day_turns_and_what_was_spent_today_with_it() {
    let mut desk = Desk::usual();
    assert!(desk.picture().contains("$0.12 today"));
    desk.wait(24 * 3_600_000).tell(Message::Tick);
    assert!(desk.picture().contains("$0.00 today"));
}

#[test]
fn too_small_a_screen_says_what_is_needed() {
    assert_snapshot!("too small a screen says what is needed", Desk::of_size(30, 10).draw());
}
