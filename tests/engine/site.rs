//! Where a driver of this process works, one take at a time and without pauses between questions.

use std::time::Duration;

use jiff::SignedDuration;
use refrain::api::{Client, Limits};
use refrain::clock::SharedClock;
use refrain::engine::site::{Rules, Site};

use crate::support::orders;
use crate::support::service::Pretend;
use crate::support::studio::Studio;

pub fn site(studio: &Studio, service: &Pretend, limits: Limits, clock: SharedClock) -> Site {
    let client = Client::new(&service.url, Some(Pretend::key()), limits).unwrap();
    let rules = Rules {
        at_once: 1,
        give_up: SignedDuration::from_hours(1),
        look_for: SignedDuration::from_mins(15),
        between_questions: Duration::ZERO,
    };
    let catalogue = orders::desk(studio).catalogue;
    Site::new(studio.store(), client, service.service(), catalogue, clock, rules)
}
