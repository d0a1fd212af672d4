//! Workers that leave, are killed, suspended or hung, and those that take their place.

use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use refrain::engine::intent::Intent;

use crate::support::orders::{self, SHORT};
use crate::support::service::Pretend;
use crate::support::studio::Studio;
use crate::support::worker::Working;

/// Answers at once, so that nothing is asked about.
const AT_ONCE: &str = "[[rule]]\nendpoint = \"submit\"\nat_once = true\n";

#[test]
fn an_order_written_while_a_worker_leaves_is_never_stranded() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let there = service.service();
    let song = orders::song(&mut studio.store(), "Burst");
    let mut store = studio.store();
    let desk = orders::desk(&studio);
    for round in 0..50_u64 {
        // As fronts do: write, ring, start a worker. The pause lets the second fall anywhere around the
        // moment at which the first worker, done at once, gives up its seat.
        let order = || Intent::Order(orders::order(song, &there, SHORT, 1));
        desk.carry_out(&mut store, order(), Timestamp::now()).unwrap();
        let first = Working::start(&studio, &there);
        thread::sleep(Duration::from_millis(round % 25));
        desk.carry_out(&mut store, order(), Timestamp::now()).unwrap();
        Working::start(&studio, &there).done();
        first.done();
        let stranded = store.live_jobs(&there).unwrap().len();
        assert_eq!(stranded, 0, "round {round}");
    }
    assert_eq!(service.tags().len(), 100);
}
