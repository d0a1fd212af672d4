//! Songs that come in the answer, where the connection breaks or the worker ends in the middle.

use std::fs;

use refrain::domain::generation::{Status, Why};
use refrain::engine::salvage::Salvaged;
use refrain::paths;

use crate::held_open::{BACKING, VOICE, answered_by, kept, order, salvaged, sandbox};
use crate::support::answering::{Answering, Script, answer};
use crate::support::patience::until;
use crate::support::sounds::{holding, mp3};
use crate::support::studio::Studio;
use crate::support::worker::{self, Working, work};

#[test]
fn a_connection_that_breaks_in_the_song_leaves_what_came() {
    let body = holding(&mp3(4.0), 4.0).to_string();
    let whole = answer(200, "x-inference-id: inf-1\r\n", body.as_bytes());
    let service = Answering::start(Script { begin: whole[..whole.len() / 2].to_vec(), rest: None });
    let (studio, take) = answered_by(&service);
    assert_eq!((take.status, take.why), (Status::Unknown, Some(Why::Spoiled)));
    assert_eq!(take.remote_id.as_deref(), Some("inf-1"), "by which the ledger is asked");
    let message = take.message.clone().unwrap();
    assert!(
        message.starts_with("the connection broke") && message.contains("32 of 64 kB of the song came"),
        "{message}"
    );
    assert!(
        matches!(salvaged(&studio, &take), Salvaged::Saved(said) if said.ends_with("the first 0:02 of about 0:04"))
    );
}

#[test]
fn a_part_of_an_answer_that_a_killed_worker_left_may_be_charged_and_is_salvaged() {
    let body = holding(&mp3(4.0), 4.0).to_string();
    let whole = answer(200, "x-inference-id: inf-1\r\nx-aimlapi-credits-used: 63000\r\n", body.as_bytes());
    let (begin, rest) = whole.split_at(whole.len() / 2);
    let service = Answering::start(Script { begin: begin.to_vec(), rest: Some(rest.to_vec()) });
    let studio = Studio::new();
    let take = order(&studio, &service.service(), &[VOICE]);
    let mut killed = worker::process(&studio, &service.service());
    let coming = studio.when(take, "some of the song", |take| take.received > 0);
    assert_eq!((coming.status, coming.why), (Status::Sending, Some(Why::Open)));
    assert!(coming.expected.unwrap() > coming.received && coming.remote_id.is_some(), "{coming:?}");
    assert!(matches!(salvaged(&studio, &coming), Salvaged::Not(why) if why.contains("still coming")));
    killed.kill().unwrap();
    killed.wait().unwrap();

    work(&studio, &service.service());
    let part = studio.take(take);
    assert_eq!((part.status, part.why), (Status::Unknown, Some(Why::Spoiled)));
    assert!(part.message.as_ref().unwrap().contains("refrain was ended"), "{:?}", part.message);
    assert_eq!(service.orders().len(), 1, "nothing is ordered again");
    assert!(matches!(salvaged(&studio, &part), Salvaged::Saved(_)));
}

#[test]
fn a_whole_answer_that_a_killed_worker_left_is_saved_by_the_next_one() {
    let service = sandbox("delay_ms = 60000");
    let studio = Studio::new();
    let take = order(&studio, &service.service(), &[VOICE]);
    let mut killed = worker::process(&studio, &service.service());
    studio.when(take, "the open connection", |take| take.why == Some(Why::Open));
    until("the request has come", || service.visits("generate", "POST").len() == 1);
    killed.kill().unwrap();
    killed.wait().unwrap();
    // It died behind its last byte, before it could say so.
    let body = holding(&mp3(3.0), 3.0).to_string();
    fs::write(&kept(&studio)[0], body).unwrap();
    work(&studio, &service.service());
    let saved = studio.take(take);
    assert_eq!((saved.status, kept(&studio)), (Status::Saved, Vec::new()), "{:?}", saved.message);
    assert_eq!(service.visits("generate", "POST").len(), 1);
}

#[test]
fn a_whole_answer_that_cannot_be_read_just_now_is_read_later() {
    let service = sandbox("delay_ms = 60000");
    let studio = Studio::new();
    let take = order(&studio, &service.service(), &[VOICE]);
    let mut killed = worker::process(&studio, &service.service());
    studio.when(take, "the open connection", |take| take.why == Some(Why::Open));
    until("the request has come", || service.visits("generate", "POST").len() == 1);
    killed.kill().unwrap();
    killed.wait().unwrap();
    // What can be opened and not be read, also by root: a folder.
    let answer = kept(&studio).remove(0);
    fs::remove_file(&answer).unwrap();
    fs::create_dir_all(answer.join("in the way")).unwrap();
    let working = Working::start(&studio, &service.service());
    let waits = studio.when(take, "a word of it", |take| take.message.is_some());
    assert_eq!(waits.status, Status::Sending);
    assert!(waits.message.unwrap().starts_with("its answer is kept and cannot be read yet: "));
    fs::rename(&answer, studio.path().join("away")).unwrap();
    fs::write(&answer, holding(&mp3(3.0), 3.0).to_string()).unwrap();
    working.done();
    let saved = studio.take(take);
    assert_eq!((saved.status, &saved.message, kept(&studio)), (Status::Saved, &None, Vec::new()));
    assert_eq!(service.visits("generate", "POST").len(), 1);
}

#[test]
fn of_a_killed_worker_that_heard_nothing_the_take_may_be_charged() {
    let service = sandbox("delay_ms = 60000");
    let studio = Studio::new();
    let take = order(&studio, &service.service(), &[VOICE]);
    let mut killed = worker::process(&studio, &service.service());
    until("the request has come", || service.visits("generate", "POST").len() == 1);
    killed.kill().unwrap();
    killed.wait().unwrap();
    work(&studio, &service.service());
    let lost = studio.take(take);
    assert_eq!((lost.status, lost.why), (Status::Unknown, Some(Why::NoTrace)));
    // Where locks do not reach, its writer may be at it still.
    assert!(kept(&studio).iter().all(|file| file.metadata().unwrap().len() == 0), "nothing of a song");
    assert!(matches!(salvaged(&studio, &lost), Salvaged::Not(why) if why.contains("nothing of its song")));
}

#[test]
fn an_answer_whose_song_is_saved_is_swept_away_at_the_next_start() {
    let service = sandbox("");
    let studio = Studio::new();
    let take = order(&studio, &service.service(), &[VOICE]);
    work(&studio, &service.service());
    let take = studio.take(take);
    let left = paths::answers(studio.path()).join(format!("{}.json", take.request_tag));
    fs::write(&left, "{}").unwrap();
    let stranger = left.with_file_name("of-nobody.json");
    fs::write(&stranger, "{}").unwrap();
    order(&studio, &service.service(), &[VOICE, BACKING]);
    work(&studio, &service.service());
    assert_eq!(kept(&studio), [stranger], "what nobody knows is left alone");
}

#[test]
fn a_worker_that_is_told_to_leave_waits_for_its_song() {
    let body = holding(&mp3(4.0), 4.0).to_string();
    let whole = answer(200, "", body.as_bytes());
    let (begin, rest) = whole.split_at(whole.len() / 2);
    let service = Answering::start(Script { begin: begin.to_vec(), rest: Some(rest.to_vec()) });
    let studio = Studio::new();
    let take = order(&studio, &service.service(), &[VOICE]);
    let mut worker = worker::process(&studio, &service.service());
    studio.when(take, "some of the song", |take| take.received > 0);
    crate::support::process::send(worker.id(), rustix::process::Signal::TERM);
    let next = Working::start(&studio, &service.service());
    service.go_on();
    worker.wait().unwrap();
    next.done();
    assert_eq!(studio.take(take).status, Status::Saved);
    assert_eq!(service.orders().len(), 1);
}
