//! What becomes of an upload after each answer, as a table.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use refrain::api::{Ids, Rebuff, Uploaded};
use refrain::domain::reference::{Purpose, Reference, ReferenceId, Upload, UploadState};
use refrain::engine::uploads::{Step, after_upload};
use refrain::store::uploads::UploadJob;

fn job(tries: u32, minutes_ago: i64, now: Timestamp) -> UploadJob {
    let upload =
        Upload { state: UploadState::Sending, sent: 0, bytes: 10, message: None, tries, due: None, force: false };
    let reference = Reference::new(ReferenceId(1), "Mara", Purpose::Voice, now);
    UploadJob {
        reference: Reference { upload: Some(upload), ..reference },
        since: now - SignedDuration::from_mins(minutes_ago),
    }
}

fn again(retry_after: Option<u64>) -> Uploaded {
    Uploaded::Again { sentence: "no luck".to_owned(), retry_after: retry_after.map(Duration::from_secs) }
}

#[test]
fn an_upload_is_tried_ever_later_and_as_late_as_the_service_asks_within_reason() {
    let now = Timestamp::now();
    let table = [
        (0, None, 2),
        (1, None, 4),
        (4, None, 30),
        (9, None, 30),
        (0, Some(1), 2),
        (0, Some(40), 40),
        (0, Some(86_400), 300),
    ];
    for (tries, asked, wait) in table {
        let due = now + SignedDuration::from_secs(wait);
        let expected = Step::Again { message: "no luck".to_owned(), due };
        assert_eq!(after_upload(&again(asked), &job(tries, 0, now), now), expected, "{tries} {asked:?}");
    }
}

#[test]
fn after_a_quarter_of_an_hour_it_is_given_up_but_never_before_the_third_try() {
    let now = Timestamp::now();
    let fails = |tries, minutes| matches!(after_upload(&again(None), &job(tries, minutes, now), now), Step::Failed(_));
    assert!(!fails(20, 14), "there is time");
    assert!(fails(20, 15), "its time is over");
    assert!(!fails(0, 600) && !fails(1, 600), "it waited for a key, or its worker was gone");
    assert!(fails(2, 600));
    match after_upload(&again(None), &job(9, 15, now), now) {
        Step::Failed(sentence) => assert_eq!(sentence, "no luck; it was tried 10 times"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_taken_has_its_ids_and_what_is_refused_says_what_can_be_done() {
    let now = Timestamp::now();
    let ids = Ids { voice: Some("v".to_owned()), instrumental: None };
    assert_eq!(after_upload(&Uploaded::Taken(ids.clone()), &job(0, 0, now), now), Step::Finished(ids));
    let table = [
        (Rebuff::Key, "no; `refrain login` keeps another, then it can be uploaded again"),
        (Rebuff::TooLarge, "no; choose a part of it"),
        (Rebuff::Other, "no"),
    ];
    for (kind, sentence) in table {
        let refused = Uploaded::Refused { kind, sentence: "no".to_owned() };
        assert_eq!(after_upload(&refused, &job(0, 0, now), now), Step::Failed(sentence.to_owned()));
    }
}
