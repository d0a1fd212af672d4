//! The line: how many are at the service at once.

use std::sync::Arc;

use jiff::Timestamp;
use refrain::api::Limits;
use refrain::clock::SystemClock;
use refrain::engine::driver::Driver;

use crate::site::site;
use crate::support::orders::{self, SHORT};
use crate::support::service::Pretend;
use crate::support::studio::Studio;

#[test]
fn a_step_that_was_started_counts_before_it_has_claimed_its_order() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let song = orders::song(&mut studio.store(), "Line");
    orders::place(&studio, orders::order(song, &service.service(), SHORT, 3), Timestamp::now());
    let site = site(&studio, &service, Limits::default(), Arc::new(SystemClock));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let mut driver = Driver::new(site).unwrap();
        for look in 1..=3 {
            // Nothing is awaited in between, as where the bell rings while one looks: no step has begun.
            let outlook = driver.start_due();
            assert_eq!((outlook.live, outlook.running), (3, 1), "look {look}");
        }
    });
    assert!(service.tags().is_empty());
}
