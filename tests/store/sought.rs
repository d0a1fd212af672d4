//! Takes whose answer was lost: who looks for them, when, and what is said where nobody can.

use jiff::{SignedDuration, Timestamp};
use refrain::domain::generation::{Status, TakeId, Why};
use refrain::domain::service::Service;
use refrain::engine::intent::{Intent, Needs, Reply};
use refrain::store::Durability;
use refrain::store::generations::Change;

use crate::support::orders;
use crate::support::studio::Studio;

fn service() -> Service {
    Service::from("https://example.org")
}

/// A take whose answer was lost so many hours ago.
fn lost(studio: &Studio, hours: i64) -> TakeId {
    let take = orders::one(studio, &service());
    let sent = Some(Timestamp::now() - SignedDuration::from_hours(hours));
    put(studio, take, Change::to(Status::Unknown).why(Some(Why::NoTrace)).sent(sent).due(None));
    take
}

fn put(studio: &Studio, take: TakeId, change: Change) {
    assert!(studio.store().advance(take, &Status::ALL, change, Durability::Ordinary).unwrap());
}

fn carry_out(studio: &Studio, intent: Intent) -> Reply {
    orders::desk(studio).carry_out(&mut studio.store(), intent, Timestamp::now()).unwrap()
}

fn sought(studio: &Studio) -> Vec<TakeId> {
    studio.store().sought_jobs(&service()).unwrap().iter().map(|job| job.take.id).collect()
}

#[test]
fn a_take_whose_answer_was_lost_is_not_asked_about_but_looked_for() {
    let studio = Studio::new();
    let take = lost(&studio, 40);
    let Reply::TooLate(way) = carry_out(&studio, Intent::AskNow { take }) else { panic!("it has no id to ask for") };
    assert!(way.contains(&format!("`refrain reconcile {}`", take.0)), "{way}");
    assert_eq!(sought(&studio), []);
    let intent = Intent::LookUp { take };
    assert_eq!(intent.needs(), Some(Needs::Whatever), "a worker is started for it");
    assert_eq!(carry_out(&studio, intent), Reply::Done);
    assert_eq!(sought(&studio), [take]);
    let store = studio.store();
    assert_eq!(store.live_jobs(&service()).unwrap().len(), 0, "it is at nobody's");
    assert_eq!(store.awaited_takes().unwrap()[0].id, take);
    assert_eq!(store.live_services().unwrap(), [service()]);
}

#[test]
fn only_what_was_lost_within_a_day_is_looked_for_at_a_start_and_not_twice_in_a_minute() {
    let studio = Studio::new();
    let (recent, _old, just_looked) = (lost(&studio, 23), lost(&studio, 25), lost(&studio, 1));
    put(&studio, just_looked, Change::default().looked(Timestamp::now()));
    let other = orders::one(&studio, &Service::Sandbox);
    put(&studio, other, Change::to(Status::Unknown).sent(Some(Timestamp::now())).due(None));
    let mut store = studio.store();
    assert_eq!(store.live_services().unwrap(), [service(), Service::Sandbox]);
    assert_eq!(store.seek_again(&service(), Timestamp::now()).unwrap(), 1);
    assert_eq!(sought(&studio), [recent]);
    assert_eq!(store.seek_again(&service(), Timestamp::now()).unwrap(), 0, "it is looked for already");
}

#[test]
fn every_lost_answer_of_a_service_can_be_looked_for_at_once() {
    let studio = Studio::new();
    let nothing = carry_out(&studio, Intent::LookUpAll { service: service() });
    assert!(matches!(nothing, Reply::TooLate(why) if why.contains("no take is there")));
    let all = [lost(&studio, 1), lost(&studio, 100)];
    assert_eq!(carry_out(&studio, Intent::LookUpAll { service: service() }), Reply::Done);
    assert_eq!(sought(&studio), all);
}

#[test]
fn without_the_key_it_is_said_what_looking_waits_for_and_with_it_it_goes_on() {
    let studio = Studio::new();
    let (take, part, over) = (lost(&studio, 1), lost(&studio, 1), lost(&studio, 1));
    for sought in [take, part] {
        assert_eq!(carry_out(&studio, Intent::LookUp { take: sought }), Reply::Done);
    }
    put(&studio, part, Change::default().why(Some(Why::Spoiled)).message(Some("half of it came".to_owned())));
    studio.store().wait_for_key(&service()).unwrap();
    let whys = [take, part, over].map(|take| studio.take(take).why);
    assert_eq!(whys, [Some(Why::NeedsKey), Some(Why::Spoiled), Some(Why::NoTrace)]);
    assert_eq!(studio.take(part).message.as_deref(), Some("half of it came"));
    let now = Timestamp::now();
    assert_eq!(studio.store().seek_again(&service(), now).unwrap(), 2);
    assert_eq!(studio.take(take).why, Some(Why::Looking));
}
