//! Leaving while takes are under way: what would end them is said, and refrain can be waited for.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod desk;

use desk::{Desk, everything, opening, saved};
use refrain::domain::generation::{Status, Take};
use refrain::engine::feed::Changes;
use refrain::tui::effect::Effect;
use refrain::tui::message::Message;
use refrain::tui::state::Opening;
use refrain::worker::session::{Ending, Peril};

fn peril(ending: Ending) -> Peril {
    let cause = "systemd ends a session's processes (`KillUserProcesses=yes`)".to_owned();
    Peril { ending, cause, cure: "run refrain elsewhere" }
}

/// A screen with three takes under way, where leaving may end them.
fn desk_in(columns: u16, rows: u16, ending: Ending) -> Desk {
    let mut desk = Desk::new(Opening { columns, rows, peril: Some(peril(ending)), ..opening() }, everything());
    desk.effects();
    desk
}

fn farewells(effects: &[Effect]) -> Vec<&str> {
    let farewell = |effect| match effect {
        &Effect::Quit { ref farewell } => Some(farewell.as_str()),
        _ => None,
    };
    effects.iter().filter_map(farewell).collect()
}

#[test]
fn where_leaving_or_logging_out_ends_the_takes_quitting_says_so_and_asks() {
    for (ending, words) in
        [(Ending::Leaving, "stop until refrain runs again"), (Ending::Logout, "stop when you log out")]
    {
        for (columns, rows) in [(40, 12), (60, 15), (80, 24), (120, 40)] {
            let mut desk = desk_in(columns, rows, ending);
            desk.press("C-q");
            assert_eq!(desk.state.overlays(), ["quit"]);
            assert_eq!(desk.effects(), []);
            let lines: Vec<_> = desk.picture().lines().map(|line| line.trim().to_owned()).collect();
            let told = lines.join(" ");
            for part in ["Enter leaves, Esc stays", "3 takes", words, "KillUserProcesses=yes"] {
                assert!(told.contains(part), "{columns}x{rows}: `{part}` is missing:\n{}", lines.join("\n"));
            }
            desk.press("Esc");
            assert_eq!((desk.state.overlays().len(), desk.effects().len()), (0, 0));
        }
    }
}

#[test]
fn whoever_wants_to_leaves_all_the_same_and_hears_how_long_the_takes_go_on() {
    let table = [(Ending::Leaving, ""), (Ending::Logout, "until you log out")];
    for (ending, words) in table {
        let mut desk = desk_in(80, 24, ending);
        desk.press("C-q Enter");
        let effects = desk.effects();
        let farewells = farewells(&effects);
        assert!(farewells.len() == 1 && farewells[0].contains(words), "{ending:?}: {effects:?}");
    }
    let mut desk = desk_in(80, 24, Ending::LastLogout);
    desk.press("C-q");
    let effects = desk.effects();
    assert!(farewells(&effects)[0].contains("3 takes go on without the screen until your last session ends"));
}

#[test]
fn while_the_question_stands_refrain_leaves_when_the_last_take_is_done() {
    let mut desk = desk_in(80, 24, Ending::Leaving);
    desk.press("C-q");
    let arrived =
        |takes: &[u32]| Changes { takes: takes.iter().map(|take| saved(*take, 9000)).collect(), ..Changes::default() };
    desk.tell(Message::Feed(arrived(&[7, 8])));
    assert_eq!(farewells(&desk.effects()), [""; 0], "one is still under way");
    desk.tell(Message::Feed(Changes {
        takes: vec![Take { finished: None, ..desk::take(9, Status::Failed) }],
        ..arrived(&[])
    }));
    assert_eq!(farewells(&desk.effects()), [""]);
}

#[test]
fn takes_that_end_without_the_question_keep_the_screen_open() {
    let mut desk = desk_in(80, 24, Ending::Leaving);
    desk.press("C-q Esc");
    let takes = [7, 8, 9].map(|take| saved(take, 9000)).to_vec();
    desk.tell(Message::Feed(Changes { takes, ..Changes::default() }));
    assert_eq!(farewells(&desk.effects()), [""; 0]);
    desk.press("C-q");
    assert_eq!(farewells(&desk.effects()), [""], "nothing is under way, so nothing is asked");
}
