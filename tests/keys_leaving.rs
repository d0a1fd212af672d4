//! Leaving while takes are under way: what would end them is said, and refrain can be waited for.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod desk;

use desk::{Desk, everything, opening, saved};
use refrain::domain::generation::{Status, Take};
use refrain::domain::reference::{Purpose, Reference, ReferenceId, Upload, UploadState};
use refrain::domain::service::Service;
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
    let farewells = effects.iter().filter_map(|effect| match effect {
        Effect::Quit { farewell } => Some(farewell.as_str()),
        _ => None,
    });
    farewells.collect()
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

/// An upload from here, at its beginning or over.
fn uploading(state: UploadState) -> Reference {
    let (message, tries, due, force) = (None, 0, None, false);
    let upload = Upload { state, sent: 0, bytes: 3_000_000, message, tries, due, force };
    let service = Some(Service::vendor());
    Reference { service, upload: Some(upload), ..Reference::new(ReferenceId(9), "Mara", Purpose::Voice, desk::start()) }
}

#[test]
fn an_upload_under_way_is_asked_about_waited_for_and_named_in_the_farewell_as_a_take_is() {
    let begun = || Changes { references: vec![uploading(UploadState::Sending)], ..Changes::default() };
    let opening_in = |ending| Opening { peril: Some(peril(ending)), ..opening() };
    let mut desk = Desk::new(opening_in(Ending::Leaving), begun());
    desk.press("C-q");
    assert_eq!(desk.state.overlays(), ["quit"]);
    let lines: Vec<_> = desk.picture().lines().map(|line| line.trim().to_owned()).collect();
    assert!(lines.join(" ").contains("1 upload stops until refrain runs again"), "{}", desk.picture());
    desk.effects();
    desk.tell(Message::Feed(Changes { references: vec![uploading(UploadState::Failed)], ..Changes::default() }));
    assert_eq!(farewells(&desk.effects()), [""], "it is over");

    let mut desk = Desk::new(opening(), begun());
    desk.press("C-q");
    assert_eq!(farewells(&desk.effects()), ["1 upload goes on without the screen; `refrain` shows it again"]);
    let mut desk =
        Desk::new(opening_in(Ending::LastLogout), Changes { references: begun().references, ..everything() });
    desk.press("C-q");
    let effects = desk.effects();
    let farewell =
        "3 takes and 1 upload go on without the screen until your last session ends; `refrain` shows them again";
    assert_eq!(farewells(&effects), [farewell]);

    let elsewhere = Reference { service: Some(Service::Sandbox), ..uploading(UploadState::Sending) };
    let mut desk =
        Desk::new(opening_in(Ending::Leaving), Changes { references: vec![elsewhere], ..Changes::default() });
    desk.press("C-q");
    assert_eq!(farewells(&desk.effects()), [""], "it is the business of another screen");
}

#[test]
fn a_take_that_is_only_looked_for_goes_on_without_the_screen_as_well() {
    let lost = Take { due: Some(desk::start()), ..desk::take(7, Status::Unknown) };
    let over = Take { due: None, ..desk::take(8, Status::Unknown) };
    let mut desk = Desk::new(opening(), Changes { takes: vec![lost, over], ..Changes::default() });
    desk.press("C-q");
    assert_eq!(farewells(&desk.effects()), ["1 take goes on without the screen; `refrain` shows it again"]);
}
