//! Uploads of a worker that is told to leave: the next one, and every order with it, waits until it has.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use refrain::api::Limits;
use refrain::clock::SystemClock;
use refrain::domain::reference::{Purpose, UploadState};
use refrain::engine::driver::Driver;

use crate::site::site;
use crate::support::recordings::{frozen_files, one, state};
use crate::support::service::Pretend;
use crate::support::studio::Studio;

#[test]
fn an_answer_to_an_upload_keeps_nobody_for_longer_than_a_quick_line_would() {
    let rule = "[[rule]]\nendpoint = \"upload\"\ndelay_ms = 60000\n";
    let (service, studio) = (Pretend::quick(rule), Studio::new());
    let id = one(&studio, &service.service(), Purpose::Voice);
    // By its own limit it would be waited for for more than twenty seconds, as a slow line may still carry it.
    let limits = Limits { upload: Duration::from_millis(300), ..Limits::default() };
    assert!(limits.upload_answer(studio.store().reference(id).unwrap().upload.unwrap().bytes).as_secs() > 20);
    let site = site(&studio, &service, limits, Arc::new(SystemClock));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let mut driver = Driver::new(site).unwrap();
        driver.start_due();
        let upload = || studio.store().reference(id).unwrap().upload.unwrap();
        while upload().sent < upload().bytes {
            // What it asks the service about itself may end meanwhile.
            let _ = tokio::time::timeout(Duration::from_millis(20), driver.step_ended()).await;
        }
        let later = Timestamp::now() + SignedDuration::from_secs(15);
        assert!(upload().due > Some(later), "nobody takes it for late while its answer may come");
        let told = Instant::now();
        driver.finish().await;
        let waited = told.elapsed();
        assert!(waited > limits.upload / 2, "it did not wait for its answer: {waited:?}");
        assert!(waited < Duration::from_secs(10), "{waited:?}");
    });
    let waiting = studio.store().reference(id).unwrap();
    let upload = waiting.upload.as_ref().unwrap();
    assert_eq!((state(&waiting), upload.tries), (Some(UploadState::Waiting), 0));
    assert!(upload.due <= Some(Timestamp::now()), "the next worker begins it at once: {upload:?}");
    assert_eq!(frozen_files(&studio).len(), 1, "its copy stays for that");
}
