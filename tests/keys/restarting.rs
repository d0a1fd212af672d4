//! Another worker in place of one that does nothing any more: asked for by a key, ended by the same one once it was
//! said that it does not answer.

use refrain::domain::service::Service;
use refrain::tui::effect::Effect;
use refrain::tui::message::Message;
use refrain::worker::replace::{Insistence, Replaced};

use crate::desk::{Desk, start};

const DEAF: &str = "process 4242 does not answer; R in the queue (30 s) ends it and loses nothing";

fn deaf(sending: usize) -> Message {
    Message::Replaced(vec![(Service::vendor(), Replaced::Deaf { pid: 4242, sending })])
}

fn restarts(desk: &mut Desk) -> Vec<Insistence> {
    let effects = desk.effects().into_iter();
    effects.filter_map(|effect| if let Effect::RestartWorker(how) = effect { Some(how) } else { None }).collect()
}

/// A screen with the queue in front, on which it was said that a worker does not answer.
fn asked() -> Desk {
    let mut desk = Desk::of_size(120, 40);
    desk.press("Tab R");
    assert_eq!(restarts(&mut desk), [Insistence::Ask]);
    assert_eq!(desk.notice(), "starting another worker");
    desk.wait(6_000).tell(deaf(0));
    assert!(desk.notice().starts_with(DEAF), "{}", desk.notice());
    desk
}

#[test]
fn a_late_worker_is_told_and_another_is_started_by_name_or_by_a_key_of_the_queue() {
    let mut desk = Desk::usual();
    desk.tell(Message::WorkerLate { due: start() });
    assert_eq!(desk.notice(), "the worker should have acted at 14:02; R in the queue starts another");
    assert_eq!(desk.effects(), []);
    desk.press("R");
    assert_eq!(desk.effects(), [], "in a text it is a letter");
    desk.press("C-p").type_text("worker").press("Enter");
    assert_eq!(desk.effects(), [Effect::RestartWorker(Insistence::Ask)]);
    desk.press("Tab R");
    assert_eq!(restarts(&mut desk), [Insistence::Ask]);
}

#[test]
fn what_became_of_a_wish_for_another_worker_is_said() {
    let vendor = "https://api.aimlapi.com";
    let table = [
        (vec![Replaced::Done], format!("another worker took over for {vendor}")),
        (vec![Replaced::Awaited], format!("the worker for {vendor} finishes what is on its way; another waits for it")),
        (vec![Replaced::Unneeded], format!("the worker for {vendor} leaves; nothing is to be done there")),
        (vec![], "no take and no upload is unfinished, so no worker is needed".to_owned()),
        (
            vec![Replaced::Deaf { pid: 7, sending: 1 }],
            format!(
                "process 7 does not answer; R in the queue (30 s) ends it and may lose 1 take (the worker for {vendor})"
            ),
        ),
        (
            vec![Replaced::Deaf { pid: 7, sending: 2 }],
            format!(
                "process 7 does not answer; R in the queue (30 s) ends it and may lose 2 takes (the worker for {vendor})"
            ),
        ),
    ];
    for (became, said) in table {
        let mut desk = Desk::usual();
        let became = became.into_iter().map(|became| (Service::vendor(), became)).collect();
        desk.tell(Message::Replaced(became));
        assert_eq!(desk.notice(), said);
    }
}

#[test]
fn the_question_fits_a_terminal_of_eighty_columns() {
    for (sending, loss) in [(0, "loses nothing "), (1, "may lose 1 ta")] {
        let mut desk = Desk::usual();
        let picture = desk.tell(deaf(sending)).draw();
        assert!(picture.contains(&format!("ends it and {loss}")), "{picture}");
    }
}

#[test]
fn one_that_does_not_answer_is_ended_when_the_key_is_pressed_again_on_what_was_seen() {
    let mut desk = asked();
    desk.draw();
    desk.wait(1_000).press("R");
    assert_eq!(restarts(&mut desk), [Insistence::End]);
    assert_eq!(desk.notice(), "ending the worker that does not answer");
    desk.wait(1_000).press("R");
    assert_eq!(restarts(&mut desk), [Insistence::Ask], "the next one is asked again");
}

#[test]
fn nothing_is_ended_by_a_key_on_a_question_that_nobody_saw() {
    let mut desk = asked();
    desk.wait(1_000).press("R");
    assert_eq!(restarts(&mut desk), [], "no frame was drawn with it");
    assert!(desk.notice().starts_with(DEAF), "it is asked again");
    desk.draw();
    desk.press("R");
    assert_eq!(restarts(&mut desk), [], "nobody reads that quickly");
    desk.wait(1_000).press("R");
    assert_eq!(restarts(&mut desk), [Insistence::End]);
}

#[test]
fn a_key_that_is_held_down_ends_nothing() {
    let mut desk = asked();
    desk.draw();
    for _ in 0..20 {
        desk.wait(500).press("R");
    }
    assert_eq!(restarts(&mut desk), []);
}

#[test]
fn what_is_said_meanwhile_takes_no_question_away_and_a_late_worker_is_none_to_speak_of() {
    let mut desk = asked();
    desk.draw();
    desk.wait(500).tell(Message::WorkerLate { due: start() });
    assert!(desk.notice().starts_with(DEAF), "{}", desk.notice());
    desk.wait(500).tell(Message::Note("not saved".to_owned()));
    desk.draw();
    desk.press("R");
    assert_eq!(restarts(&mut desk), [Insistence::End]);
}

#[test]
fn half_a_minute_later_a_worker_is_asked_anew() {
    let mut desk = asked();
    desk.draw();
    desk.wait(30_100).press("R");
    assert_eq!(restarts(&mut desk), [Insistence::Ask]);
}

#[test]
fn one_that_answered_after_all_is_not_ended() {
    let mut desk = asked();
    desk.draw();
    desk.wait(1_000).tell(Message::Replaced(vec![(Service::vendor(), Replaced::Done)]));
    desk.wait(1_000).press("R");
    assert_eq!(restarts(&mut desk), [Insistence::Ask]);
}
