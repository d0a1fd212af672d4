//! The screen as a person has configured it: other keys, colours, how often the clock goes on, and what is
//! wrong with the configuration.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod desk;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use desk::{Desk, everything, opening, start, take};
use insta::assert_snapshot;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;
use refrain::config::{Given, Reading};
use refrain::domain::generation::{Status, Take, Why};
use refrain::domain::service::Service;
use refrain::domain::usual::Usual;
use refrain::domain::wording::{Ticks, WORDINGS, words, words_between};
use refrain::engine::feed::Changes;
use refrain::engine::intent::Intent;
use refrain::tui::keymap::Keymap;
use refrain::tui::state::Opening;
use refrain::tui::theme::{Colours, Theme};
use refrain::tui::view;

fn keys(text: &str) -> Arc<Keymap> {
    let reading = Reading::of_text(text, Path::new("config.toml"), &Given::default());
    Arc::new(Keymap::embedded().unwrap().with(&reading.bindings).unwrap())
}

fn with_keys(text: &str) -> Desk {
    Desk::new(Opening { keymap: keys(text), ..opening() }, everything())
}

#[test]
fn other_keys_do_their_work_and_the_old_ones_do_not() {
    let mut desk = with_keys("[keys.anywhere]\norder = \"F5\"\n[keys.typing]\nfind = [\"F6\", \"C-f\"]\n");
    assert_eq!(desk.press("C-g").state.overlays(), Vec::<&str>::new());
    assert_eq!(desk.press("F5").state.overlays(), ["strip"]);
    assert_eq!(desk.press("Esc F6").state.overlays(), ["find"]);
}

#[test]
fn the_line_of_keys_the_palette_and_messages_name_the_other_keys() {
    let mut desk = with_keys(
        "[keys.anywhere]\norder = \"F5\"\npalette = \"F2\"\n[keys.queue]\npick = []\nplay = \"x\"\n[keys.picker]\nnew_song = \"F7\"\n",
    );
    let picture = desk.draw();
    assert!(picture.contains("F5 order") && picture.contains("F2 all keys") && !picture.contains("C-g"), "{picture}");
    assert!(desk.press("F2").type_text("takes of this song").draw().contains("F5"));
    let queue = desk.press("Esc Tab").draw();
    assert!(queue.contains("x play") && !queue.contains("p pick"), "{queue}");
    assert!(desk.press("Z").notice().contains("F2 shows every key"), "{}", desk.notice());
    desk.press("Esc C-o").type_text("nothing is called so");
    assert!(desk.draw().contains("F7 starts one"));
    let empty =
        Desk::new(Opening { keymap: keys("[keys.anywhere]\norder = \"F5\"\n"), ..opening() }, Changes::default());
    assert!(empty.picture().contains("no take yet; F5 orders"));
}

const BROKEN: &str = "/home/mara/.config/refrain/config.toml:4: `api.at_once` is 0; it takes 1 to 64; and 2 more, \
                      `refrain config check` lists them; until that is mended and refrain opened again, the defaults \
                      are in force and nothing that costs money is ordered";

fn broken(columns: u16, rows: u16) -> Desk {
    let no_orders = Some("the configuration has problems".to_owned());
    let warning = Some(BROKEN.to_owned());
    let mut desk = Desk::new(Opening { columns, rows, warning, no_orders, ..opening() }, everything());
    desk.effects.clear();
    desk
}

#[test]
fn a_broken_configuration_is_told_at_every_size() {
    for (columns, rows) in [(120, 40), (80, 24), (40, 12)] {
        let picture = broken(columns, rows).draw();
        assert_snapshot!(format!("a broken configuration is told at {columns}x{rows}"), picture);
    }
}

#[test]
fn the_warning_stays_while_one_writes_and_goes_when_it_was_read() {
    let mut desk = broken(80, 24);
    desk.press("H i Enter").wait(60_000).press("y");
    assert!(desk.draw().contains("`api.at_once` is 0"), "{}", desk.picture());
    assert!(desk.state.draft().lyrics.starts_with("Hi\ny"), "{}", desk.state.draft().lyrics);
    assert!(!desk.press("Esc").draw().contains("at_once"), "{}", desk.picture());
}

#[test]
fn with_a_broken_configuration_nothing_is_ordered_where_it_costs_money() {
    let mut desk = broken(80, 24);
    desk.press("C-g").draw();
    desk.press("Enter");
    let orders = |desk: &mut Desk| desk.intents().into_iter().filter(|it| matches!(it, Intent::Order(_))).count();
    assert_eq!(orders(&mut desk), 0);
    assert!(desk.draw().contains("cannot be ordered: the configuration has problems"), "{}", desk.picture());
    desk.press("h Enter");
    assert_eq!(orders(&mut desk), 0, "nor written down for later");
    // Take 3 is held, and letting it go would buy it.
    desk.press("Esc Tab End Up h");
    assert_eq!(desk.state.selected_take().unwrap().number, 3);
    assert!(desk.intents().is_empty() && desk.notice().contains("stays held"), "{}", desk.notice());
}

#[test]
fn on_the_sandbox_one_orders_also_with_a_broken_configuration() {
    let no_orders = Some("the configuration has problems".to_owned());
    let mut desk = Desk::new(Opening { service: Service::Sandbox, no_orders, ..opening() }, everything());
    desk.press("C-g").draw();
    desk.press("Enter");
    assert!(desk.intents().iter().any(|intent| matches!(intent, Intent::Order(_))));
}

fn ticking(ticks: Ticks) -> Desk {
    let mut desk = Desk::new(Opening { ticks, columns: 120, rows: 40, ..opening() }, everything());
    desk.press("Tab");
    desk
}

#[test]
fn the_clock_wakes_the_screen_each_second_each_minute_or_never() {
    let wakes = |ticks, at: i64| ticking(ticks).state.wants_tick(start() + SignedDuration::from_millis(at));
    assert_eq!(wakes(Ticks::Second, 300), Some(Duration::from_millis(700)));
    assert_eq!(wakes(Ticks::Minute, 300), Some(Duration::from_millis(59_700)), "two run, and there is one minute");
    assert_eq!(wakes(Ticks::Minute, 60_000), Some(Duration::from_secs(60)));
    assert_eq!(wakes(Ticks::Off, 300), None);
    let quiet = Desk::new(Opening { ticks: Ticks::Minute, ..opening() }, Changes::default());
    assert_eq!(quiet.state.wants_tick(start()), None, "nothing runs");
}

/// How long a take that was sent at 14:01:19 has run when `seconds` have gone since 14:02.
fn said(ticks: Ticks, take: &Take, seconds: i64) -> String {
    words_between(ticks, take, start() + SignedDuration::from_secs(seconds), &TimeZone::UTC).text
}

#[test]
fn without_a_running_clock_what_is_said_stays_true() {
    let working = take(8, Status::Working);
    let unanswered = Take { why: Some(Why::Retrying), ..take(8, Status::Working) };
    let refused = Take { why: Some(Why::KeyRefused), ..take(8, Status::Queued) };
    let table = [
        (&working, 0, "working 0:41 of 1:10", "working, usually 1:10", "working, sent 14:01, usually 1:10"),
        (
            &working,
            25,
            "working 1:06 of 1:10",
            "working, over 1 min, usually 1:10",
            "working, sent 14:01, usually 1:10",
        ),
        (&working, 100, "late 2:21, usually 1:10", "late, over 2 min, usually 1:10", "late, sent 14:01, usually 1:10"),
        (
            &unanswered,
            100,
            "working 2:21, no answer",
            "working, over 2 min, no answer",
            "working, sent 14:01, no answer",
        ),
        (&unanswered, 0, "working 0:41, no answer", "working, no answer", "working, sent 14:01, no answer"),
        (&refused, 0, "key refused, 0:41", "key refused", "key refused, sent 14:01"),
    ];
    for (take, seconds, second, minute, off) in table {
        let all = [Ticks::Second, Ticks::Minute, Ticks::Off].map(|ticks| said(ticks, take, seconds));
        assert_eq!(all, [second, minute, off]);
    }
}

#[test]
fn no_word_of_the_table_has_a_clock_in_it_where_none_goes_on() {
    for wording in WORDINGS {
        let take = Take {
            why: wording.why,
            heard: true,
            usual: Usual::of_catalogue(7),
            message: Some("m".to_owned()),
            ..take(1, wording.status)
        };
        let (now, later) = (start(), start() + SignedDuration::from_secs(1));
        for ticks in [Ticks::Minute, Ticks::Off] {
            let at = |now: Timestamp| words_between(ticks, &take, now, &TimeZone::UTC).text;
            assert_eq!(at(now), at(later), "{wording:?}");
            assert!(!at(now).contains("0:41"), "{}", at(now));
        }
        let clocked = wording.word.contains("{elapsed}");
        let differs = words(&take, now, &TimeZone::UTC) != words(&take, later, &TimeZone::UTC);
        assert!(differs || !clocked || wording.word.contains("of {usual}"), "{wording:?}");
    }
}

#[test]
fn with_the_clock_off_a_minute_changes_nothing_on_the_screen() {
    let mut desk = ticking(Ticks::Off);
    let before = desk.picture();
    assert!(before.contains("working, sent 14:01"), "{before}");
    // Both takes would be late after this; the screen learns of it with the next event.
    desk.wait(25_000);
    assert_eq!(desk.picture(), before);
    let mut running = ticking(Ticks::Second);
    let before = running.picture();
    running.wait(1_000);
    assert_ne!(running.picture(), before);
}

/// Every colour on the screen, in places that show every part of it.
fn colours(theme: &Theme) -> Vec<Color> {
    let mut colours = Vec::new();
    for keys in ["", "S-Tab C-u C-k C-g", "Tab Down Down", "C-p", "C-g m Space", "S-Home"] {
        let mut desk = Desk::new(Opening { theme: theme.clone(), columns: 120, rows: 40, ..opening() }, everything());
        desk.press(keys);
        let mut terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
        terminal.draw(|frame| view::draw(&desk.state, desk.now, frame)).unwrap();
        colours.extend(terminal.backend().buffer().content.iter().flat_map(|cell| [cell.fg, cell.bg]));
    }
    colours.retain(|colour| *colour != Color::Reset);
    colours
}

#[test]
fn each_theme_draws_with_the_colours_that_it_promises() {
    let sixteen = |colour: &Color| !matches!(colour, Color::Rgb(..) | Color::Indexed(_));
    let named = |name: &str| Theme::named(name).unwrap();
    for name in ["dark", "light"] {
        let exact = colours(&named(name).in_colours(Colours::All));
        assert!(exact.len() > 100 && exact.iter().all(|colour| matches!(colour, Color::Rgb(..))), "{name}");
        let cube = colours(&named(name).in_colours(Colours::Cube));
        assert!(cube.len() > 100 && cube.iter().all(|colour| matches!(colour, Color::Indexed(16..))), "{name}");
        let few = colours(&named(name).in_colours(Colours::Sixteen));
        assert!(few.len() > 100 && few.iter().all(sixteen), "{name}");
    }
    for kind in [Colours::All, Colours::Cube, Colours::Sixteen] {
        let own = colours(&named("16").in_colours(kind));
        assert!(own.len() > 100 && own.iter().all(sixteen), "{own:?}");
        assert_eq!(colours(&named("none").in_colours(kind)), []);
    }
    assert_ne!(colours(&named("dark")), colours(&named("light")));
}
