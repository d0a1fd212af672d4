//! The worst moment to die in: the request has left and nothing has come. Here the service takes it only when its
//! worker is long dead, and another one has looked for it in vain.

use std::sync::{Arc, Condvar, Mutex};

use jiff::Timestamp;
use refrain::domain::generation::Status;
use refrain::engine::intent::Intent;
use rustix::process::Signal;

use crate::aftermath::settle;
use crate::journeys::Journey;
use crate::lane::Lane;
use crate::recorder::{Recorder, Truth};
use crate::support::orders;
use crate::support::patience::until;
use crate::support::process;
use crate::support::rows::each;
use crate::support::studio::Ended;
use crate::trial::{Harm, Scene, impatient};
use crate::truths::{broken, broken_as_left, versions};

/// Where orders wait on their way to the service.
#[derive(Default)]
struct Gate {
    state: Mutex<State>,
    opened: Condvar,
}

#[derive(Default)]
struct State {
    waiting: usize,
    is_open: bool,
}

impl Gate {
    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        state.waiting += 1;
        drop(self.opened.wait_while(state, |state| !state.is_open).unwrap());
    }

    fn waiting(&self) -> usize {
        self.state.lock().unwrap().waiting
    }

    fn open(&self) {
        self.state.lock().unwrap().is_open = true;
        self.opened.notify_all();
    }
}

/// A lane whose orders wait at a gate. Everything else goes by way of the same host at once.
fn gated() -> (Lane, Arc<Gate>) {
    let (lane, gate) = (Lane::open(), Arc::new(Gate::default()));
    let port = lane.url.rsplit(':').next().unwrap().parse().unwrap();
    let files = Recorder::start(Truth::InPath, |_| None);
    let at_gate = Arc::clone(&gate);
    let door = Recorder::start(Truth::At { port, files: files.url }, move |head| {
        if head.starts_with("POST /v2/generate/audio") {
            at_gate.pass();
        }
        None
    });
    (lane.behind(door.url), gate)
}

#[test]
fn an_order_that_is_taken_when_its_worker_is_long_dead_is_not_sent_again_and_is_found() {
    each([(Journey::Queued, Status::Saved), (Journey::HeldOpen, Status::Failed)], |(journey, becomes)| {
        let (lane, gate) = gated();
        let studio = impatient();
        journey.prepare(&studio, &lane);
        let front = Ended::of(journey.command(&studio, &lane).output().unwrap());
        until("the request has left", || gate.waiting() == 1);
        let worker = studio.workers().remove(0).id;
        process::send(worker, Signal::KILL);
        until("its worker is dead", || process::is_over(worker));
        // One that was started beside it may have looked already.
        let left = studio.store().takes(None).unwrap()[0].status;
        assert!([Status::Sending, Status::Unknown].contains(&left), "{left:?}");

        // Another begins at once, looks for it and leaves.
        assert_eq!(settle(&studio, &lane), [""; 0]);
        let take = studio.store().takes(None).unwrap().remove(0);
        assert_eq!(take.status, Status::Unknown, "{take:?}");
        let harm = Harm { is_deadly: true, is_on_the_line: journey.is_held_open() };
        let kept = versions(&studio);
        let mut scene = Scene { journey, harm, studio: &studio, books: lane.books(), front, stood: 1, kept };
        assert_eq!(broken_as_left(&scene), [""; 0]);
        assert!(scene.books.ledger.is_empty(), "nobody has taken it yet");

        gate.open();
        let is_answered =
            || lane.books().perhaps_accepted_any().iter().any(|visit| visit["status"] == 200 || visit["status"] == 201);
        until("the service takes it, and makes it", is_answered);
        scene.books = lane.books();
        assert_eq!(broken_as_left(&scene), [""; 0], "what is said of it stays true");
        // The log may have it only when it is made.
        until("it is found", || {
            let look = Intent::LookUp { take: take.id };
            orders::desk(&studio).carry_out(&mut studio.store(), look, Timestamp::now()).unwrap();
            assert_eq!(settle(&studio, &lane), [""; 0]);
            studio.take(take.id).status != Status::Unknown
        });
        assert_eq!(studio.take(take.id).status, becomes);
        scene.books = lane.books();
        assert_eq!(broken(&scene), [""; 0]);
        assert_eq!(gate.waiting(), 1, "it was ordered once");
    });
}
