//! The pure steps: an outcome, a row, and what becomes of it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use refrain::api::{
    Accepted, AskError, AskKind, AudioFile, Generation, NotSent, NotSentKind, Outcome, Refusal, RefusalKind,
    RemoteState, SignedUrl, Unknown,
};
use refrain::domain::generation::{Cost, Status, Take, TakeId, Why};
use refrain::domain::service::Service;
use refrain::engine::poll::after_silence;
use refrain::engine::submit::{after_answer, after_send};
use refrain::store::generations::{Change, Job};
use refrain::store::{Durability, Store};

use crate::support::orders;
use crate::support::studio::Studio;

/// How long what is lost is looked for here.
const LOOK_FOR: SignedDuration = SignedDuration::from_mins(15);

/// A row to take steps with.
struct Row {
    _studio: Studio,
    store: Store,
    take: TakeId,
    now: Timestamp,
}

impl Row {
    /// A row in that status, meant and sent now.
    fn at(status: Status) -> Self {
        let studio = Studio::new();
        let take = orders::one(&studio, &Service::Sandbox);
        let mut store = studio.store();
        let now = studio.take(take).created;
        let there = Change::to(status).sent(Some(now)).meant(now);
        store.advance(take, &Status::ALL, there, Durability::Ordinary).unwrap();
        Self { _studio: studio, store, take, now }
    }

    fn job(&self) -> Job {
        let jobs = self.store.live_jobs(&Service::Sandbox).unwrap();
        jobs.into_iter().find(|job| job.take.id == self.take).unwrap()
    }

    fn become_of(&mut self, change: Change) -> Take {
        self.store.advance(self.take, &Status::ALL, change, Durability::Ordinary).unwrap();
        self.store.take(self.take).unwrap()
    }

    fn after(&mut self, outcome: &Outcome) -> Take {
        let change = after_send(outcome, &self.job(), LOOK_FOR, self.now);
        self.become_of(change)
    }
}

fn refusal(kind: RefusalKind) -> Outcome {
    Outcome::Refused(Refusal {
        status: 400,
        kind,
        message: "no".to_owned(),
        retry_after: None,
        service_request: Some("req-1".to_owned()),
    })
}

fn generation(state: RemoteState) -> Generation {
    Generation {
        remote_id: "remote:1".to_owned(),
        state,
        audio: None,
        error: None,
        cost: Cost::default(),
        service_request: Some("req-2".to_owned()),
    }
}

#[test]
fn every_refusal_ends_or_holds_the_order_and_a_tag_that_may_go_again_is_fresh() {
    let table = [
        (RefusalKind::Invalid, Status::Failed, Why::Refused, false),
        (RefusalKind::NotFound, Status::Failed, Why::Refused, false),
        (RefusalKind::Broken, Status::Failed, Why::Broke, false),
        (RefusalKind::Busy, Status::Failed, Why::Broke, false),
        (RefusalKind::Key, Status::Held, Why::KeyRefused, true),
        (RefusalKind::Forbidden, Status::Held, Why::Forbidden, true),
        (RefusalKind::Credits, Status::Held, Why::NoCredits, true),
        (RefusalKind::Throttled, Status::Held, Why::Busy, true),
        (RefusalKind::TooMany, Status::Ordered, Why::Busy, true),
    ];
    for (kind, status, why, fresh) in table {
        let mut row = Row::at(Status::Sending);
        let tag = row.job().take.request_tag;
        row.become_of(Change::default().remote_id("inf-1".to_owned()));
        let take = row.after(&refusal(kind));
        assert_eq!(take.remote_id.is_none(), fresh, "{kind:?}: the id of a request that was refused");
        assert_eq!((take.status, take.why), (status, Some(why)), "{kind:?}");
        assert_eq!(take.message.as_deref(), Some("no"), "{kind:?}");
        assert_eq!(take.service_request.as_deref(), Some("req-1"), "{kind:?}");
        assert_eq!(take.request_tag != tag, fresh, "{kind:?}: the tag");
        assert_eq!(take.finished.is_some(), status == Status::Failed, "{kind:?}: finished");
        assert_eq!(take.due.is_some(), status == Status::Ordered, "{kind:?}: due");
        assert_eq!(take.sent.is_none(), fresh, "{kind:?}: what may go again was not sent");
    }
}

#[test]
fn too_many_waits_as_asked_and_is_held_at_the_fifth_time() {
    let mut row = Row::at(Status::Sending);
    let asked = |retry_after| {
        Outcome::Refused(Refusal {
            status: 429,
            kind: RefusalKind::TooMany,
            message: "slow down".to_owned(),
            retry_after,
            service_request: None,
        })
    };
    let take = row.after(&asked(Some(Duration::from_secs(42))));
    assert_eq!(take.due, Some(row.now + SignedDuration::from_secs(42)));
    let mut tags = vec![take.request_tag];
    for sends in 2..=4 {
        let take = row.after(&asked(None));
        assert_eq!(take.status, Status::Ordered);
        assert_eq!(take.due, Some(row.now + SignedDuration::from_secs(15 * sends)), "{sends} answers");
        tags.push(take.request_tag);
    }
    let take = row.after(&asked(None));
    assert_eq!((take.status, take.why, take.due), (Status::Held, Some(Why::Busy), None));
    tags.push(take.request_tag);
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 5, "a fresh tag each time");
}

#[test]
fn what_never_left_tries_again_for_a_quarter_of_an_hour_and_is_held_then() {
    let outcome = Outcome::NotSent(NotSent::from(NotSentKind::Refused));
    let mut row = Row::at(Status::Sending);
    let tag = row.job().take.request_tag;
    let take = row.after(&outcome);
    assert_eq!((take.status, take.why), (Status::Ordered, Some(Why::NoNetwork)));
    assert_eq!(take.due, Some(row.now + SignedDuration::from_secs(2)));
    assert!(take.message.is_some() && take.request_tag != tag && take.sent.is_none());
    row.now += SignedDuration::from_secs(15 * 60 + 1);
    let take = row.after(&outcome);
    assert_eq!((take.status, take.why, take.due), (Status::Held, Some(Why::NoNetwork), None));
}

#[test]
fn what_cannot_be_sent_at_all_is_not_tried_again() {
    let mut row = Row::at(Status::Sending);
    let take = row.after(&Outcome::NotSent(NotSent::from(NotSentKind::Unsendable)));
    assert_eq!((take.status, take.due), (Status::Failed, None));
    assert!(take.message.is_some() && take.finished.is_some());
}

#[test]
fn an_unknown_outcome_keeps_its_tag_and_is_due_to_be_looked_for() {
    for inference_id in [None, Some("60ac7c34".to_owned())] {
        let mut row = Row::at(Status::Sending);
        let tag = row.job().take.request_tag;
        let unknown = Unknown {
            what: "the connection broke".to_owned(),
            status: None,
            service_request: Some("req-3".to_owned()),
            inference_id: inference_id.clone(),
            came: None,
        };
        let take = row.after(&Outcome::Unknown(unknown));
        assert_eq!((take.status, take.due), (Status::Unknown, Some(row.now + SignedDuration::from_secs(2))));
        assert_eq!(take.sought_until(), Some(row.now + LOOK_FOR), "rows may come late");
        assert_eq!(take.request_tag, tag, "the tag is what a lost answer is found by");
        assert_eq!(take.message.as_deref(), Some("the connection broke"));
        assert_eq!(take.service_request.as_deref(), Some("req-3"));
        assert_eq!(take.remote_id, inference_id);
        assert!(take.finished.is_some() && take.sent.is_some());
    }
}

#[test]
fn an_accepted_order_is_what_the_service_says_and_keeps_its_tag() {
    let audio = AudioFile {
        url: SignedUrl::new("https://cdn.example/a.mp3?signature=x"),
        content_type: None,
        file_name: None,
        file_size: Some(1234),
    };
    let strange = RemoteState::Strange("remixing".to_owned());
    let table = [
        (RemoteState::Queued, None, Status::Queued, None, true),
        (RemoteState::Working, None, Status::Working, None, true),
        (strange, None, Status::Working, Some(Why::Strange), true),
        (RemoteState::Done, None, Status::Working, Some(Why::Strange), true),
        (RemoteState::Done, Some(audio), Status::Ready, None, true),
        (RemoteState::Failed, None, Status::Failed, Some(Why::Broke), false),
    ];
    for (state, audio, status, why, due) in table {
        let mut row = Row::at(Status::Sending);
        let tag = row.job().take.request_tag;
        let generation = Generation { audio: audio.clone(), ..generation(state.clone()) };
        let take = row.after(&Outcome::Accepted(Accepted { generation }));
        assert_eq!((take.status, take.why), (status, why), "{state:?}");
        assert_eq!(take.remote_id.as_deref(), Some("remote:1"), "{state:?}");
        assert_eq!(take.request_tag, tag, "{state:?}");
        assert_eq!(take.due.is_some(), due, "{state:?}");
        assert_eq!(take.finished.is_some(), status == Status::Failed, "{state:?}");
        assert_eq!(take.expected, audio.and_then(|audio| audio.file_size), "{state:?}");
    }
}

#[test]
fn an_answer_that_comes_after_the_row_was_called_unknown_takes_that_back() {
    let mut row = Row::at(Status::Sending);
    let lost = Unknown { what: "gone".to_owned(), status: None, service_request: None, inference_id: None, came: None };
    let job = row.job();
    row.after(&Outcome::Unknown(lost));
    let accepted = Outcome::Accepted(Accepted { generation: generation(RemoteState::Queued) });
    let change = after_send(&accepted, &job, LOOK_FOR, row.now);
    let take = row.become_of(change);
    assert_eq!((take.status, take.finished, take.message), (Status::Queued, None, None));
}

#[test]
fn an_answer_to_a_question_keeps_what_is_known_of_the_cost() {
    let mut row = Row::at(Status::Queued);
    let costing = |credits, usd| Generation { cost: Cost { credits, usd }, ..generation(RemoteState::Working) };
    let change = after_answer(&costing(Some(63_000.0), None), &row.job(), row.now);
    let take = row.become_of(change);
    assert_eq!(take.cost, Cost { credits: Some(63_000.0), usd: Some(0.0315) });
    let change = after_answer(&costing(None, None), &row.job(), row.now);
    assert_eq!(row.become_of(change).cost.credits, Some(63_000.0), "silence about the cost changes nothing");
}

#[test]
fn what_failed_and_is_said_to_have_cost_something_is_not_called_uncharged() {
    let some = Cost { credits: None, usd: Some(0.03) };
    let nothing = Cost { credits: Some(0.0), usd: None };
    // The cost of the answer that calls it failed, the cost that is known, and whether the log told that.
    let table = [
        (some, Cost::default(), None, Why::AudioLost),
        (nothing, Cost::default(), None, Why::Broke),
        (Cost::default(), some, Some(Why::Found), Why::AudioLost),
        (Cost::default(), nothing, Some(Why::Found), Why::Broke),
        // What an order would have cost is not charged where it fails.
        (Cost::default(), some, None, Why::Broke),
    ];
    for (told, known, found, expected) in table {
        let mut row = Row::at(Status::Working);
        row.become_of(Change::default().cost(known).why(found));
        let failed = Generation { cost: told, ..generation(RemoteState::Failed) };
        let change = after_answer(&failed, &row.job(), row.now);
        assert_eq!(row.become_of(change).why, Some(expected), "{told:?} {known:?} {found:?}");
    }
}

#[test]
fn the_reason_of_a_failed_take_is_the_services_or_said_to_be_missing() {
    for (error, expected) in [(Some("the model fell over"), "fell over"), (None, "no reason")] {
        let mut row = Row::at(Status::Working);
        let failed = Generation { error: error.map(str::to_owned), ..generation(RemoteState::Failed) };
        let change = after_answer(&failed, &row.job(), row.now);
        assert!(row.become_of(change).message.unwrap().contains(expected));
    }
}

#[test]
fn no_silence_is_final_and_each_says_why_and_when_it_is_asked_again() {
    let table = [
        (AskKind::Network, Why::Retrying),
        (AskKind::Key, Why::KeyRefused),
        (AskKind::Forbidden, Why::KeyRefused),
        (AskKind::NotFound, Why::Retrying),
        (AskKind::TooMany, Why::Retrying),
        (AskKind::Server, Why::Retrying),
        (AskKind::Unreadable, Why::Retrying),
    ];
    for (kind, why) in table {
        for status in [Status::Queued, Status::Working] {
            let mut row = Row::at(status);
            let error = AskError {
                kind,
                sentence: "hm".to_owned(),
                status: None,
                service_request: Some("req-4".to_owned()),
                retry_after: None,
            };
            let change = after_silence(&error, &row.job(), row.now);
            let take = row.become_of(change);
            assert_eq!((take.status, take.why), (status, Some(why)), "{kind:?}");
            assert_eq!(take.message.as_deref(), Some("hm"));
            assert_eq!(take.service_request.as_deref(), Some("req-4"));
            assert!(take.due.unwrap() > row.now && take.finished.is_none());
            assert_eq!(row.job().failures, 1);
        }
    }
}

#[test]
fn a_service_that_asks_for_patience_gets_it() {
    let row = Row::at(Status::Working);
    let error = AskError {
        kind: AskKind::TooMany,
        sentence: "later".to_owned(),
        status: Some(429),
        service_request: None,
        retry_after: Some(Duration::from_secs(40)),
    };
    let mut row = row;
    let change = after_silence(&error, &row.job(), row.now);
    let wait = row.become_of(change).due.unwrap().duration_since(row.now);
    assert!(wait >= SignedDuration::from_secs(36), "{wait:?}");
}
