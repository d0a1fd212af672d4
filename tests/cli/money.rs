//! Prices and balances on the command line: said with their age and their source, and never guessed.

use jiff::{SignedDuration, Timestamp};
use refrain::domain::service::Service;
use refrain::domain::terms::Listed;
use refrain::store::facts::{Said, Topic};

use super::{AT_ONCE, at, generate};
use crate::support::service::Pretend;
use crate::support::studio::{Ended, Studio};

/// A service that says its prices in no amount, as far as tests can make it: not at all.
const NO_PRICES: &str = "[[rule]]\nendpoint = \"models\"\nanswer = \"html\"\nstatus = 503\n";

fn balance(studio: &Studio, service: &Pretend, more: &[&str]) -> Ended {
    Ended::of(at(studio, service).arg("balance").args(more).output().unwrap())
}

#[test]
fn balance_tells_what_is_left_and_what_was_spent_today_and_this_month() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    assert_eq!(generate(&studio, &service, &["--wait"]).code, 0);
    assert_eq!(generate(&studio, &service, &["--wait"]).code, 0);
    let told = balance(&studio, &service, &[]);
    assert_eq!((told.code, told.err.as_str()), (0, ""), "{told:?}");
    let lines: Vec<&str> = told.out.lines().collect();
    assert_eq!(lines[0], "$4.96 left");
    assert_eq!(lines[1], "$0.04 today, 2 takes: stable-audio $0.04");
    assert_eq!(lines[2], "$0.04 this month, 2 takes: stable-audio $0.04");
    let json = balance(&studio, &service, &["--json"]).json();
    assert_eq!((json["service"].as_str(), json["pretend"].as_bool()), (Some(&*service.url), Some(false)));
    assert!((json["balance_usd"].as_f64().unwrap() - 4.96).abs() < 1e-9);
    assert!(json["at"].as_str().unwrap().parse::<Timestamp>().unwrap() <= Timestamp::now());
    assert_eq!(json["today"]["models"][0]["model"], "stable-audio");
    assert_eq!((&json["today"]["takes"], &json["month"]["about"]), (&2.into(), &false.into()));
    assert!(json["could_not_be_asked"].is_null());
}

#[test]
fn a_balance_that_cannot_be_asked_is_told_with_its_age_and_why() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    assert_eq!(balance(&studio, &service, &[]).out.lines().next(), Some("$5.00 left"));
    let long_ago = Timestamp::now() - SignedDuration::from_hours(24 * 40);
    studio.store().keep_fact(&service.service(), &Said::Balance(3.2), None, long_ago).unwrap();
    service.follow("[[rule]]\nendpoint = \"billing\"\nanswer = \"vendor\"\nstatus = 500\nmessage = \"out of order\"\n");
    let told = balance(&studio, &service, &[]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.out.starts_with("$3.20 left on "), "{told:?}");
    assert_eq!(told.err, "the balance could not be asked: out of order\n");
    let json = balance(&studio, &service, &["--json"]).json();
    assert_eq!(json["could_not_be_asked"], "out of order");
}

#[test]
fn a_balance_of_which_nothing_is_known_ends_with_one_and_without_a_key_with_four() {
    let service = Pretend::quick("[[rule]]\nendpoint = \"billing\"\nanswer = \"html\"\nstatus = 503\n");
    let studio = Studio::new();
    let told = balance(&studio, &service, &[]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.starts_with("error: the balance is not known: "), "{told:?}");
    let keyless = studio.run(["--base-url", &service.url, "balance"]);
    assert_eq!(keyless.code, 4, "{keyless:?}");
}

#[test]
fn the_money_of_the_sandbox_is_called_pretend() {
    let studio = Studio::new();
    let told = studio.run(["--sandbox", "balance"]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.out.starts_with("$5.00 left, pretend money of the sandbox\n"), "{told:?}");
    assert_eq!(studio.run(["--sandbox", "balance", "--json"]).json()["pretend"], true);
}

#[test]
fn at_an_unknown_price_nothing_is_ordered_unless_yes_was_said() {
    let (studio, service) = (Studio::new(), Pretend::quick(&format!("{AT_ONCE}{NO_PRICES}")));
    let refused = generate(&studio, &service, &["--wait"]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{refused:?}");
    assert!(refused.err.contains("the price of stable-audio is unknown, nothing was ordered"), "{refused:?}");
    assert!(refused.err.contains("hint: `--yes`"), "{refused:?}");
    assert!(studio.store().takes(None).unwrap().is_empty() && service.tags().is_empty());
    assert_eq!(generate(&studio, &service, &["--wait", "--yes"]).code, 0);
    assert_eq!(service.tags().len(), 1);
}

#[test]
fn a_price_that_nobody_asked_for_yet_is_asked_for_before_the_order() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let ended = generate(&studio, &service, &["--wait", "--json"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(studio.store().takes(None).unwrap()[0].price, Some(0.02));
    assert_eq!(service.visits("models", "GET").len(), 1);
}

#[test]
fn models_say_what_they_cost_and_need_and_who_says_so() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let find = |models: &serde_json::Value, name: &str| {
        let all = models.as_array().unwrap();
        all.iter().find(|model| model["name"] == name).unwrap().clone()
    };
    let json = || Ended::of(at(&studio, &service).args(["models", "--json"]).output().unwrap()).json();
    let before = json();
    assert!(find(&before, "music-2.0")["price_usd"].is_null());
    assert_eq!(find(&before, "music-01")["price_from"], "catalogue");
    assert_eq!(find(&before, "music-2.0")["usual_from"], "catalogue");
    assert!(!studio.path().join("refrain.db").exists(), "looking at the models makes no database");
    assert_eq!(balance(&studio, &service, &[]).code, 0);
    wait_for_prices(&studio, &service.service());
    let after = json();
    let model = find(&after, "music-2.0");
    assert_eq!((&model["price_usd"], &model["price_from"]), (&0.03.into(), &"service".into()));
    assert_eq!((&model["price_about"], &model["listed"]), (&false.into(), &"offered".into()));
    assert!(model["price_at"].as_str().unwrap().parse::<Timestamp>().is_ok());
    assert_eq!(model["usual_from"], "service");
    let listed = Ended::of(at(&studio, &service).arg("models").output().unwrap()).out;
    let line = listed.lines().find(|line| line.starts_with("minimax/music-2.0")).unwrap();
    assert!(line.contains("$0.03 (from the service)  about 0:01 (as the service measured)"), "{line}");
}

#[test]
fn a_model_that_its_service_lists_no_longer_is_said_to_be_missing_and_nothing_more() {
    let studio = Studio::new();
    let listed = |id: &str, retired| Listed { id: id.to_owned(), retired, ..Listed::default() };
    let list = Said::Prices(vec![listed("MINIMAX/music-2.0", false), listed("google/lyria2", true)]);
    studio.store().keep_fact(&Service::vendor(), &list, None, Timestamp::now()).unwrap();
    let models = studio.run(["models", "--json"]).json();
    let standing = |name: &str| {
        let all = models.as_array().unwrap();
        all.iter().find(|model| model["name"] == name).unwrap()["listed"].as_str().unwrap().to_owned()
    };
    assert_eq!(["music-2.0", "lyria2", "music-1.5"].map(standing), ["offered", "retired", "missing"]);
    let told = studio.run(["models"]);
    assert_eq!((told.code, told.err.as_str()), (0, ""));
    assert!(told.out.contains("    not in the service's list today\n"), "{}", told.out);
}

fn wait_for_prices(studio: &Studio, service: &Service) {
    crate::support::patience::until("prices and paces have come", || {
        [Topic::Prices, Topic::Paces].iter().all(|topic| studio.store().fact(service, *topic).unwrap().said.is_some())
    });
}
