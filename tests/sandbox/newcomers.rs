//! Models that the sandbox is told of.

use refrain::sandbox::{Delivery, Scenario, ScenarioError};
use serde_json::json;

use crate::rig::{Rig, ballad, with};

const TOLD: &str =
    "[[model]]\nid = \"me/music-9\"\nlike = \"stable-audio\"\n[[model]]\nid = \"anything\"\nrules = \"none\"\n";

#[tokio::test]
async fn a_model_that_the_scenario_tells_of_is_sold_like_the_one_it_is_like() {
    let rig = Rig::new(TOLD).await;
    let order = json!({ "model": "me/music-9", "prompt": "soft rain", "seconds_total": 2 });
    let (over, bytes) = rig.take(&order).await;
    assert!(over["id"].as_str().unwrap().ends_with(":music-9"), "{over}");
    assert!(bytes.len() > 10_000);
    assert_eq!(rig.ledger().await[0]["credits"], 40_000);
    let refused = rig.order(&with(order, "seconds_total", 48)).send().await.unwrap();
    assert_eq!(refused.status(), 400, "what is refused of the one it is like is refused of it");
    let listed = rig.json("/v1/models?id=me%2Fmusic-9&include=pricing").await;
    assert_eq!(listed["data"][0]["pricing"]["units"][0]["per"], 100);
}

#[tokio::test]
async fn a_model_without_rules_takes_whatever_is_ordered_of_it() {
    let rig = Rig::new(TOLD).await;
    let (_, bytes) =
        rig.take(&json!({ "model": "anything", "mood": [1, 2], "audio_setting": { "sample_rate": 7 } })).await;
    assert!(bytes.len() > 10_000);
}

#[tokio::test]
async fn a_scenario_may_be_given_a_whole_catalogue() {
    let names = [("me/x", Delivery::Queued), ("music-2.0", Delivery::Queued), ("held", Delivery::HeldOpen)];
    let mut rig = Rig::new("").await;
    rig.stop().await;
    rig.start_under(Scenario::default().selling(names.map(|(id, delivery)| (id.to_owned(), delivery)))).await;
    let listed = rig.json("/v1/models").await["data"].as_array().unwrap().clone();
    let times = |id: &str| listed.iter().filter(|model| model["id"] == id).count();
    assert_eq!((times("me/x"), times("held"), times("music-2.0"), times("minimax/music-2.0")), (1, 1, 0, 1));
    for (order, status, why) in [
        (json!({ "model": "me/x" }), 200, "nothing is refused"),
        (json!({ "model": "held" }), 400, "it is not sold there"),
        (with(ballad(), "lyrics", "short"), 400, "its own rules stay"),
    ] {
        assert_eq!(rig.order(&order).send().await.unwrap().status(), status, "{why}");
    }
}

#[tokio::test]
async fn what_a_newcomer_made_is_there_also_when_the_sandbox_is_told_of_it_no_more() {
    let mut rig = Rig::new(TOLD).await;
    let (over, bytes) = rig.take(&json!({ "model": "me/music-9", "prompt": "rain", "seconds_total": 1 })).await;
    rig.stop().await;
    rig.start("").await;
    let again = rig.poll(over["id"].as_str().unwrap()).await;
    assert_eq!(rig.download(&again).await.bytes().await.unwrap(), bytes);
}

#[test]
fn a_newcomer_that_is_like_nothing_is_refused_with_its_place() {
    for (text, expected) in [
        (
            "[[model]]\nid = \"a\"\n[[model]]\nid = \"b\"\nlike = \"nobody\"",
            "model 2 of the scenario: `like` = `nobody` is none of `music-01`",
        ),
        (
            "[[model]]\nid = \"a\"\nlike = \"stable-audio\"\ndelivery = \"held-open\"",
            "`delivery` is not that of `stable-audio`",
        ),
        ("[[model]]\nid = \" \"", "`id` is empty"),
        ("[[model]]\nid = \"a\"\nrules = \"some\"", "unknown variant `some`"),
    ] {
        let error: ScenarioError = Scenario::parse(text).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}
