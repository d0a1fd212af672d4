//! The worker against the sandbox: what a service can do wrong, and that nothing is paid twice.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use refrain::api::ApiKey;
use refrain::config::Config;
use refrain::domain::generation::{Status, Take, TakeId, Why};
use refrain::domain::service::Service;
use refrain::engine::intent::{Intent, Reply};
use refrain::store::Durability;
use refrain::store::changes::Feed;
use refrain::store::generations::Change;

use crate::support::orders;
use crate::support::patience::wait_for;
use crate::support::rows::each;
use crate::support::service::Pretend;
use crate::support::studio::Studio;
use crate::support::worker::{Working, work};

/// Orders one take under a scenario, works until nothing is live, and brings the row and the service.
fn ordered_under(scenario: &str) -> (Studio, Pretend, Take) {
    let service = Pretend::quick(scenario);
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    let take = studio.take(take);
    (studio, service, take)
}

/// Fails if a tag was accepted twice, or anything was accepted that no row knows.
fn assert_paid_once(service: &Pretend, studio: &Studio) {
    let mut tags: BTreeMap<String, usize> = BTreeMap::new();
    for line in service.ledger() {
        *tags.entry(line["client_request_id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert!(tags.values().all(|times| *times == 1), "{tags:?}");
    let takes = studio.store().takes(None).unwrap().len();
    assert!(tags.len() <= takes, "{} accepted for {takes} takes", tags.len());
}

fn carry_out(studio: &Studio, intent: Intent) -> Reply {
    orders::desk(studio).carry_out(&mut studio.store(), intent, Timestamp::now()).unwrap()
}

#[test]
fn five_models_at_once_arrive_and_never_more_than_four_run() {
    let service = Pretend::start(60.0, "[account]\nat_once = 4\n");
    let studio = Studio::new();
    let song = orders::song(&mut studio.store(), "Night Ferry");
    let mut order = orders::order(song, &service.service(), "lyria2", 1);
    let line = order.lines.pop().unwrap();
    for model in ["lyria2", "stable-audio", "eleven_music", "music-1.5", "music-2.0"] {
        order.lines.push(refrain::engine::intent::OrderLine { model: model.to_owned(), ..line.clone() });
    }
    order.draft.settings = [("length".to_owned(), "0:10".to_owned())].into();
    let takes = orders::place(&studio, order, Timestamp::now());
    let mut feed = Feed::open(studio.path()).unwrap();
    let worker = Working::start(&studio, &service.service());
    let mut rows: BTreeMap<TakeId, Take> = BTreeMap::new();
    let mut stood_in_line = false;
    wait_for("five takes are saved", || {
        rows.extend(feed.look().unwrap().takes.into_iter().map(|take| (take.id, take)));
        let running = rows.values().filter(|take| take.status.is_running()).count();
        assert!(running <= 4, "{running} run at once");
        stood_in_line |= running == 4 && rows.values().any(|take| take.status == Status::Ordered);
        assert!(rows.values().all(|take| take.status != Status::Failed), "{rows:?}");
        rows.values().all(|take| take.status == Status::Saved).then_some(())
    });
    worker.done();
    assert!(stood_in_line, "the fifth waited in line");
    assert!(service.visits("submit", "POST").iter().all(|visit| visit["status"] == 200), "none was too many");
    assert_eq!(service.ledger().len(), 5);
    assert_paid_once(&service, &studio);
    assert_eq!(service.world()["files"]["authorization_seen"], false, "the key stayed with the service");
    for take in takes {
        let take = studio.take(take);
        assert!(take.duration_ms.unwrap() > 5_000 && take.cost.usd.unwrap() > 0.0, "{take:?}");
    }
}

#[test]
fn an_unknown_word_is_shown_and_asked_about_until_it_is_a_known_one() {
    let rule = "[[rule]]\nendpoint = \"poll\"\nfirst = 1\nword = \"re\\u001B[31mmixing\"\n";
    let service = Pretend::quick(rule);
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    let worker = Working::start(&studio, &service.service());
    let strange = studio.when(take, "the strange word", |take| take.why == Some(Why::Strange));
    assert_eq!((strange.status, strange.message.as_deref()), (Status::Working, Some("`re[31mmixing`")));
    worker.done();
    let saved = studio.take(take);
    assert_eq!((saved.status, saved.why, saved.message), (Status::Saved, None, None));
}

#[test]
fn null_fields_a_page_half_an_answer_and_silence_are_asked_again() {
    each(["nulls", "html", "truncated", "empty", "drop"], |answer| {
        let (studio, service, take) =
            ordered_under(&format!("[[rule]]\nendpoint = \"poll\"\nfirst = 1\nanswer = \"{answer}\"\n"));
        assert_eq!(take.status, Status::Saved, "{answer}: {:?}", take.message);
        assert_paid_once(&service, &studio);
    });
}

#[test]
fn no_status_of_a_question_is_the_end_of_a_take() {
    each(
        [
            (400, Why::Retrying),
            (401, Why::KeyRefused),
            (403, Why::KeyRefused),
            (404, Why::Retrying),
            (429, Why::Retrying),
            (500, Why::Retrying),
            (503, Why::Retrying),
        ],
        |(status, why)| {
            // An id that is not known is asked for in its other forms as well.
            let first = if status == 404 { 4 } else { 1 };
            let rule =
                format!("[[rule]]\nendpoint = \"poll\"\nfirst = {first}\nanswer = \"vendor\"\nstatus = {status}\n");
            let service = Pretend::quick(&rule);
            let studio = Studio::new();
            let take = orders::one(&studio, &service.service());
            let worker = Working::start(&studio, &service.service());
            let troubled = studio.when(take, "a reason", |take| take.why.is_some());
            assert_eq!(troubled.why, Some(why), "{status}");
            assert!(troubled.service_request.is_some(), "{status}: the vendor's support can look it up");
            worker.done();
            assert_eq!(studio.take(take).status, Status::Saved, "{status}");
        },
    );
}

#[test]
fn an_error_in_any_form_is_a_failed_take_with_a_sentence() {
    each(["error", "error-text", "error-other"], |ending| {
        let (_, _, take) = ordered_under(&format!("[[rule]]\nendpoint = \"submit\"\nending = \"{ending}\"\n"));
        assert_eq!((take.status, take.why), (Status::Failed, Some(Why::Broke)), "{ending}");
        assert!(take.message.unwrap().contains("Downstream service error"), "{ending}");
        assert!(take.finished.is_some());
    });
}

#[test]
fn each_refusal_of_an_order_is_told_apart_and_nothing_is_sent_again() {
    each(
        [
            (400, Status::Failed, Why::Refused),
            (401, Status::Held, Why::KeyRefused),
            (402, Status::Held, Why::NoCredits),
            (403, Status::Held, Why::Forbidden),
            (404, Status::Failed, Why::Refused),
            (500, Status::Failed, Why::Broke),
            (503, Status::Failed, Why::Broke),
        ],
        |(status, expected, why)| {
            let rule = format!(
                "[[rule]]\nendpoint = \"submit\"\nanswer = \"vendor\"\nstatus = {status}\nmessage = \"because of {status}\"\n"
            );
            let (_, service, take) = ordered_under(&rule);
            assert_eq!((take.status, take.why), (expected, Some(why)), "{status}");
            assert!(take.message.unwrap().contains(&format!("because of {status}")));
            assert!(take.service_request.is_some(), "{status}: the service's id of the request");
            assert_eq!((service.tags().len(), service.ledger().len()), (1, 0), "{status}");
        },
    );
}

#[test]
fn used_up_credits_hold_the_order_until_a_person_lets_it_go() {
    let (studio, service, take) = ordered_under("[account]\nstart_usd = 0.0\n");
    assert_eq!((take.status, take.why), (Status::Held, Some(Why::NoCredits)));
    service.follow("[account]\nstart_usd = 5.0\n[[rule]]\nendpoint = \"submit\"\nat_once = true\n");
    assert_eq!(carry_out(&studio, Intent::Release { take: take.id }), Reply::Done);
    work(&studio, &service.service());
    assert_eq!(studio.take(take.id).status, Status::Saved);
    let tags = service.tags();
    assert_ne!(tags[0], tags[1], "the second request has a tag of its own");
}

#[test]
fn too_many_goes_again_by_itself_under_fresh_tags_and_five_times_at_most() {
    let rule = "[[rule]]\nendpoint = \"submit\"\nanswer = \"vendor\"\nstatus = 429\nretry_after = 0\n";
    let (_, service, take) = ordered_under(rule);
    assert_eq!((take.status, take.why), (Status::Held, Some(Why::Busy)));
    let mut tags = service.tags();
    assert_eq!(tags.len(), 5);
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 5, "each request has a tag of its own");
    assert!(service.ledger().is_empty());
}

#[test]
fn after_too_many_the_wish_of_the_service_is_kept() {
    let rule = "[[rule]]\nendpoint = \"submit\"\nfirst = 1\nanswer = \"vendor\"\nstatus = 429\nretry_after = 2\n
                [[rule]]\nendpoint = \"submit\"\nat_once = true\n";
    let (_, service, take) = ordered_under(rule);
    assert_eq!(take.status, Status::Saved);
    let visits = service.visits("submit", "POST");
    let at = |place: usize| visits[place]["at"].as_str().unwrap().parse::<Timestamp>().unwrap();
    assert!(at(1).duration_since(at(0)) >= SignedDuration::from_secs(2), "{visits:?}");
}

#[test]
fn what_may_have_been_charged_is_looked_for_and_never_sent_again() {
    each(
        [
            ("answer = \"drop\"\nwhen = \"before\"", 0),
            ("answer = \"drop\"\nwhen = \"after\"", 1),
            ("answer = \"html\"\nstatus = 502\nwhen = \"after\"", 1),
            ("answer = \"html\"\nstatus = 500", 0),
            ("answer = \"vendor\"\nstatus = 504", 0),
            ("answer = \"vendor\"\nstatus = 408", 0),
            ("answer = \"empty\"\nstatus = 200\nwhen = \"after\"", 1),
            ("answer = \"truncated\"", 1),
        ],
        |(rule, charged)| {
            let (studio, service, take) = ordered_under(&format!("[[rule]]\nendpoint = \"submit\"\n{rule}\n"));
            assert_eq!(service.ledger().len(), charged, "{rule}");
            work(&studio, &service.service());
            assert_paid_once(&service, &studio);
            if charged == 1 {
                assert_eq!((take.status, service.tags()), (Status::Saved, vec![take.request_tag]), "{rule}");
                return;
            }
            assert_eq!((take.status, take.why), (Status::Unknown, Some(Why::NoTrace)), "{rule}");
            assert!(take.message.is_some(), "{rule}");
            let tags = service.tags();
            assert_eq!(tags, [take.request_tag], "{rule}: sent once, under the tag that is shown");
            let reply = carry_out(&studio, Intent::AskNow { take: take.id });
            assert!(matches!(reply, Reply::TooLate(why) if why.contains("refrain reconcile")), "{rule}");
            let reply = carry_out(&studio, Intent::Release { take: take.id });
            assert!(matches!(reply, Reply::TooLate(_)), "{rule}: it cannot be made to go again");
        },
    );
}

#[test]
fn without_a_network_an_order_waits_and_goes_when_there_is_one() {
    // A port that was free a moment ago: nothing answers there until the sandbox does.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let service = Service::from(format!("http://{}", listener.local_addr().unwrap()));
    drop(listener);
    let studio = Studio::new();
    let take = orders::one(&studio, &service);
    let tag = studio.take(take).request_tag;
    let worker = Working::start(&studio, &service);
    let waiting = studio.when(take, "it waits for the network", |take| take.why == Some(Why::NoNetwork));
    assert_eq!(waiting.status, Status::Ordered);
    assert_ne!(waiting.request_tag, tag);
    assert_eq!(carry_out(&studio, Intent::Withdraw { take }), Reply::Done, "it is still free to withdraw");
    worker.done();
}

#[test]
fn an_order_older_than_ten_minutes_is_held_and_not_bought() {
    let service = Pretend::quick("");
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    let meant = Timestamp::now() - SignedDuration::from_secs(10 * 60 + 1);
    studio.store().advance(take, &Status::ALL, Change::default().meant(meant), Durability::Ordinary).unwrap();
    work(&studio, &service.service());
    let held = studio.take(take);
    assert_eq!((held.status, held.why, held.due), (Status::Held, Some(Why::TooOld), None));
    assert!(service.tags().is_empty());
}

#[test]
fn the_line_is_kept_also_by_orders_that_waited_long_because_the_service_was_busy() {
    let service = Pretend::start(2.0, "");
    let studio = Studio::new();
    let song = orders::song(&mut studio.store(), "Line");
    let takes = orders::place(&studio, orders::order(song, &service.service(), orders::SHORT, 3), Timestamp::now());
    let long_ago = Timestamp::now() - SignedDuration::from_mins(20);
    for take in &takes {
        let waited = Change::default().why(Some(Why::Busy)).meant(long_ago);
        studio.store().advance(*take, &Status::ALL, waited, Durability::Ordinary).unwrap();
    }
    let mut config = Config::default();
    (config.api.at_once, config.worker.idle_seconds) = (1, 0);
    let worker = Working::with(&studio, &service.service(), config);
    studio.when(takes[0], "the first is at the service", |take| take.remote_id.is_some());
    let asked = |number| service.visits("poll", "GET").len() >= number;
    crate::support::patience::until("it was asked about twice", || asked(2));
    assert_eq!(service.tags().len(), 1, "one at once is one at once");
    for take in &takes[1..] {
        assert_eq!(carry_out(&studio, Intent::Withdraw { take: *take }), Reply::Done);
    }
    studio
        .store()
        .advance(takes[0], &Status::ALL, Change::to(Status::Unwatched).due(None), Durability::Ordinary)
        .unwrap();
    worker.done();
}

#[test]
fn after_the_give_up_age_asking_stops_and_a_person_can_start_it_again() {
    let service = Pretend::start(0.1, "");
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    let worker = Working::start(&studio, &service.service());
    studio.when(take, "it is at the service", |take| take.remote_id.is_some());
    let long_ago = Timestamp::now() - SignedDuration::from_mins(61);
    let old = Change::default().sent(Some(long_ago)).meant(long_ago).due(Some(Timestamp::now()));
    studio.store().advance(take, &Status::ALL, old, Durability::Ordinary).unwrap();
    worker.done();
    let stopped = studio.take(take);
    assert_eq!((stopped.status, stopped.due), (Status::Unwatched, None));
    let asked = service.visits("poll", "GET").len();
    assert_eq!(carry_out(&studio, Intent::AskNow { take }), Reply::Done);
    let worker = Working::start(&studio, &service.service());
    crate::support::patience::until("it is asked again", || service.visits("poll", "GET").len() > asked);
    studio.when(take, "it goes on", |take| take.status != Status::Unwatched && take.due.is_some());
    studio.store().advance(take, &Status::ALL, Change::to(Status::Failed).due(None), Durability::Ordinary).unwrap();
    worker.done();
    assert_paid_once(&service, &studio);
}

#[test]
fn the_give_up_age_is_that_of_the_configuration() {
    let service = Pretend::start(0.1, "");
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    let mut config = Config::default();
    (config.api.give_up_minutes, config.worker.idle_seconds) = (5, 0);
    let worker = Working::with(&studio, &service.service(), config);
    studio.when(take, "it is at the service", |take| take.remote_id.is_some());
    let ago = Timestamp::now() - SignedDuration::from_mins(6);
    let old = Change::default().sent(Some(ago)).meant(ago).due(Some(Timestamp::now()));
    studio.store().advance(take, &Status::ALL, old, Durability::Ordinary).unwrap();
    worker.done();
    assert_eq!(studio.take(take).status, Status::Unwatched);
}

#[test]
fn hostile_text_of_a_service_is_clean_in_the_row() {
    let message = "\\u001B]52;c;aGk=\\u0007\\u001B[2Jboom\\u202Egnp.exe\\u200B\\r\\nnext";
    each(["status = 400", "status = 504", "status = 429\nretry_after = 0"], |rule| {
        let rule = format!("[[rule]]\nendpoint = \"submit\"\nanswer = \"vendor\"\nmessage = \"{message}\"\n{rule}\n");
        let (_, _, take) = ordered_under(&rule);
        let told = take.message.unwrap();
        assert!(told.contains("boom") && told.contains("next"), "{told:?}");
        assert!(!told.contains(refrain::domain::untrusted::is_dangerous), "{told:?}");
    });
}

#[test]
fn a_service_without_its_key_is_not_asked_and_its_rows_say_so() {
    let service = Pretend::quick("");
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    refrain::worker::run_here(&studio.paths(), &Config::default(), service.service(), None).unwrap();
    assert_eq!((studio.take(take).status, studio.take(take).why), (Status::Ordered, Some(Why::NeedsKey)));
    assert!(service.world()["requests"].as_array().unwrap().is_empty());
    work(&studio, &service.service());
    assert_eq!((studio.take(take).status, studio.take(take).why), (Status::Saved, None), "with the key it goes on");
}

#[test]
fn a_key_that_is_not_taken_holds_the_order() {
    let service = Pretend::quick("");
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    let key = Some(ApiKey::new("bad-key-0123456789").unwrap());
    let mut config = Config::default();
    config.worker.idle_seconds = 0;
    refrain::worker::run_here(&studio.paths(), &config, service.service(), key).unwrap();
    assert_eq!((studio.take(take).status, studio.take(take).why), (Status::Held, Some(Why::KeyRefused)));
}
