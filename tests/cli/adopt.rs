//! `adopt`: what a laptop that is gone ordered is listed and fetched here, and nothing is ordered by it.

use refrain::domain::generation::{Status, TakeId};

use super::{at, generate};
use crate::support::elsewhere::{ordered, short};
use crate::support::service::Pretend;
use crate::support::studio::{Ended, Studio};

const AT_ONCE: &str = "[log]\nlag_ms = 0\n[references]\nvoices = [\"vocal-1\"]\n[songs]\nat_most = 1.0\n";

/// Runs `adopt` for the last week, with more arguments.
fn adopt(studio: &Studio, service: &Pretend, more: &[&str]) -> Ended {
    Ended::of(at(studio, service).args(["adopt", "--since", "7d"]).args(more).output().unwrap())
}

#[test]
fn what_a_lost_laptop_ordered_is_listed_and_fetched() {
    let (laptop, studio, service) = (Studio::new(), Studio::new(), Pretend::quick(AT_ONCE));
    assert_eq!(generate(&laptop, &service, &["--takes", "2", "--wait"]).code, 0);
    let voice =
        ["generate", "--model", "music-01", "--lyrics", "[Verse]\nThe ferry leaves", "--set", "voice-id=vocal-1"];
    assert_eq!(Ended::of(at(&laptop, &service).args(voice).args(["--wait", "--yes"]).output().unwrap()).code, 0);
    let paid = || (service.ledger().len(), service.tags().len(), service.visits("generate", "POST").len());
    let before = paid();
    assert_eq!(before, (3, 2, 1));

    let listed = adopt(&studio, &service, &["--list"]);
    assert_eq!((listed.code, listed.err.as_str()), (0, ""), "{listed:?}");
    let rows: Vec<&str> = listed.out.lines().collect();
    assert_eq!(rows.len(), 3, "{listed:?}");
    let charges = service.ledger();
    for (n, row) in rows.iter().enumerate() {
        assert!(row.starts_with(&format!("  {}  today ", n + 1)), "{row}");
        assert!(row.ends_with(charges[n]["inference_id"].as_str().unwrap()), "{row}");
    }
    assert!(rows[1].contains("  stable-audio  $0.02  can be fetched  "), "{}", rows[1]);
    assert!(rows[2].contains("  music-01  $0.0315  charged, its audio cannot be had again  "), "{}", rows[2]);
    assert!(studio.store().takes(None).unwrap().is_empty(), "it was only listed");

    let fetched = adopt(&studio, &service, &[]);
    assert_eq!(fetched.code, 0, "{fetched:?}");
    let rows: Vec<&str> = fetched.out.lines().collect();
    assert_eq!(rows.len(), 3 + 2, "{fetched:?}");
    assert!(rows[3].contains("Adopted  take 1  stable-audio  new, 0:01"), "{}", rows[3]);
    assert_eq!(paid(), before, "nothing was ordered");
    for id in [1, 2] {
        let take = studio.take(TakeId(id));
        let file = take.file.unwrap();
        assert!(file.is_file() && file.with_extension("json").is_file());
        assert!(laptop.store().takes(None).unwrap().iter().any(|own| own.request_tag == take.request_tag));
    }
    let shown = studio.run(["show", "1"]);
    assert!(shown.out.contains("origin       adopted, it was ordered elsewhere\n"), "{shown:?}");
    assert_eq!(studio.run(["show", "1", "--json"]).json()["adopted"], true);
    assert!(studio.run(["log", "1"]).out.contains("adopted: ordered elsewhere, found in the service's log"));

    let again = adopt(&studio, &service, &[]);
    assert_eq!((again.code, again.out.lines().count()), (0, 1), "only what is lost is still listed: {again:?}");
    assert_eq!((studio.store().takes(None).unwrap().len(), paid()), (2, before));
    assert_eq!(adopt(&laptop, &service, &["--list"]).out, "", "to itself the laptop is no stranger");
}

#[test]
fn ids_choose_what_is_fetched_and_json_tells_each() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let ids = ordered(&service, &short(), &["one", "two"]);
    let listed = adopt(&studio, &service, &["--list", "--json"]).json_lines();
    assert_eq!(listed.len(), 2);
    for (line, id) in listed.iter().zip(&ids) {
        assert_eq!((line["id"].as_str(), line["prospect"].as_str()), (Some(id.as_str()), Some("fetch")));
        assert_eq!(line["status"], "succeeded");
        assert!(line["take"].is_null());
    }
    let one = adopt(&studio, &service, &[&ids[1][..13], "--json"]);
    let lines = one.json_lines();
    assert_eq!((one.code, lines.len()), (0, 1), "{one:?}");
    assert_eq!((&lines[0]["id"], &lines[0]["tag"]), (&ids[1].clone().into(), &"two".into()));
    assert_eq!((&lines[0]["take"]["status"], &lines[0]["take"]["adopted"]), (&"saved".into(), &true.into()));
    let again = adopt(&studio, &service, &[&ids[1]]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.out.contains("  is take 1 here  ") && again.out.contains("Adopted  take 1  stable-audio  new, "));
    for (id, why) in [("nowhere", "no id begins with `nowhere`"), ("", "no id begins with ``")] {
        let refused = adopt(&studio, &service, &[id]);
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{refused:?}");
        assert!(refused.err.contains(why), "{refused:?}");
    }
    assert_eq!(studio.store().takes(None).unwrap().len(), 1);
}

#[test]
fn two_at_once_adopt_each_once() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let ids = ordered(&service, &short(), &["one", "two", "three"]);
    let runs: Vec<_> = (0..3).map(|_| super::begin(at(&studio, &service).args(["adopt", "--since", "1d"]))).collect();
    for run in runs {
        let ended = Ended::of(run.wait_with_output().unwrap());
        assert_eq!(ended.code, 0, "{ended:?}");
    }
    let takes = studio.store().takes(None).unwrap();
    assert_eq!(takes.len(), ids.len());
    assert!(takes.iter().all(|take| take.status == Status::Saved));
    assert_eq!(service.ledger().len(), ids.len());
}

#[test]
fn a_since_that_is_none_is_refused() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let run = |words: &[&str]| Ended::of(at(&studio, &service).arg("adopt").args(words).output().unwrap());
    assert_eq!(run(&[]).code, 2, "it is not guessed how far back");
    for since in ["never", "", "0d", "7", "7 fortnights"] {
        let refused = run(&["--since", since]);
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{refused:?}");
        assert!(refused.err.contains("write a time such as 12h, 7d or 30d"), "{refused:?}");
    }
    assert!(!studio.path().join("refrain.db").exists());
}

#[test]
fn a_key_that_is_not_there_or_not_taken_and_a_service_that_is_not_reached_are_said() {
    let (studio, service) = (Studio::new(), Pretend::quick("[account]\nkey = \"another-key\"\n"));
    let keyless = studio.run(["--base-url", &service.url, "adopt", "--since", "7d"]);
    assert_eq!((keyless.code, keyless.out.as_str()), (4, ""), "{keyless:?}");
    let refused = adopt(&studio, &service, &[]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.err.starts_with("error: the account's log is not known: "), "{refused:?}");
    let nowhere = Ended::of(
        studio
            .refrain()
            .env("AIMLAPI_API_KEY", crate::support::service::KEY)
            .args(["--base-url", "http://127.0.0.1:1", "adopt", "--since", "7d"])
            .output()
            .unwrap(),
    );
    assert_eq!(nowhere.code, 1, "{nowhere:?}");
    assert!(nowhere.err.starts_with("error: the account's log is not known: "), "{nowhere:?}");
    service.follow("");
    let nothing = adopt(&studio, &service, &[]);
    assert_eq!((nothing.code, nothing.out.as_str()), (0, ""), "{nothing:?}");
    assert!(nothing.err.contains("the log has no music that is not here"), "{nothing:?}");
}
