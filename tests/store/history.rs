//! What happened to each take: every step is written down by whatever changes the row.

use refrain::domain::generation::{Status, TakeId, Why};
use refrain::domain::service::Service;
use refrain::domain::step::Step;
use refrain::store::generations::Change;
use refrain::store::history::Wanted;
use refrain::store::{Durability, Store};
use rusqlite::Connection;

use crate::now;
use crate::support::orders::{self, SHORT};
use crate::support::studio::Studio;

fn steps(store: &Store, take: TakeId) -> Vec<Step> {
    store.steps(Wanted { take: Some(take), ..Wanted::default() }).unwrap()
}

/// Status before and after of each step, `-` for none.
fn path(steps: &[Step]) -> Vec<String> {
    let name = |status: Option<Status>| status.map_or("-", Status::name);
    steps.iter().map(|step| format!("{} {}", name(step.was), name(step.status))).collect()
}

#[test]
fn each_change_of_status_reason_or_message_is_a_step_and_progress_is_none() {
    let studio = Studio::new();
    let take = orders::one(&studio, &Service::vendor());
    let mut store = studio.store();
    let begin = now();
    assert!(store.claim(take, "tag-1", begin).unwrap());
    let secret = "https://cdn.example/a.mp3?signature=canary-9c1d";
    let mut advance = |from, change| {
        assert!(store.advance(take, &[from], change, Durability::Ordinary).unwrap());
    };
    advance(Status::Sending, Change::to(Status::Queued).remote_id("remote-1".to_owned()));
    let silent = Change::default().why(Some(Why::Retrying)).message(Some("no answer".to_owned()));
    advance(Status::Queued, silent.clone().failures(1));
    advance(Status::Queued, silent.failures(2));
    advance(Status::Queued, Change::to(Status::Ready).audio_url(Some(secret.to_owned())));
    advance(Status::Ready, Change::default().received(4096));
    advance(Status::Ready, Change::default().heard(true));
    advance(Status::Ready, Change::default().file(Some("/m/x.mp3".into())));
    advance(Status::Ready, Change::to(Status::Saved));
    let steps = steps(&store, take);
    assert_eq!(
        path(&steps),
        [
            "- ordered",
            "ordered sending",
            "sending queued",
            "queued queued",
            "queued ready",
            "ready ready",
            "ready saved"
        ]
    );
    assert_eq!((steps[1].request_tag.as_str(), steps[2].remote_id.as_deref()), ("tag-1", Some("remote-1")));
    assert_eq!((steps[3].why, steps[3].message.as_deref()), (Some(Why::Retrying), Some("no answer")));
    assert_eq!((steps[0].song.as_str(), steps[0].number, steps[0].model.contains("stable")), ("Night Ferry", 1, true));
    assert!(steps.is_sorted_by_key(|step| step.at) && steps[1].at.duration_since(begin).as_secs().abs() < 5);
    assert!(!format!("{steps:?}").contains("canary"), "a signed address is in no step");
}

#[test]
fn an_order_that_was_taken_back_leaves_its_steps() {
    let studio = Studio::new();
    let take = orders::one(&studio, &Service::Sandbox);
    let mut store = studio.store();
    assert!(store.hold(take).unwrap() && store.withdraw(take).unwrap());
    assert_eq!(path(&steps(&store, take)), ["- ordered", "ordered held", "held -"]);
}

#[test]
fn steps_are_wanted_of_a_take_or_since_a_moment() {
    let studio = Studio::new();
    let song = orders::song(&mut studio.store(), "Night Ferry");
    let takes = orders::place(&studio, orders::order(song, &Service::Sandbox, SHORT, 3), now());
    let store = studio.store();
    let count = |wanted| store.steps(wanted).unwrap().len();
    assert_eq!(count(Wanted::default()), 3);
    assert_eq!(count(Wanted { take: Some(takes[1]), ..Wanted::default() }), 1);
    let later = now() + jiff::SignedDuration::from_secs(60);
    assert_eq!(count(Wanted { since: Some(later), ..Wanted::default() }), 0);
}

#[test]
fn takes_of_an_older_database_get_the_steps_that_their_times_tell() {
    let studio = crate::left::old();
    let store = studio.store();
    assert_eq!(path(&steps(&store, TakeId(1))).last().map(String::as_str), Some("sending saved"));
    assert_eq!(path(&steps(&store, TakeId(2))), ["- ordered", "ordered held"]);
    let all = store.steps(Wanted::default()).unwrap();
    assert!(all.len() > 6 && all.is_sorted_by_key(|step| step.at), "{:?}", path(&all));
    // A screen of version 1 that is still open changes rows as well.
    let screen = Connection::open(studio.path().join("refrain.db")).unwrap();
    screen.execute("UPDATE takes SET status = 'ordered' WHERE id = 2", ()).unwrap();
    assert_eq!(path(&steps(&store, TakeId(2))).last().map(String::as_str), Some("held ordered"));
}
