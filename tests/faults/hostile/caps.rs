//! How much of anything is taken, set as low as may be: what is longer ends with the sentence that names the setting.

use serde_json::json;

use super::answers::FILE;
use super::{SHORT, SUNG};
use crate::recorder::{Recorder, Said, Truth, answer};
use crate::support::patience::wait_for;
use crate::support::rows::each;
use crate::support::service::KEY;
use crate::support::sounds::{holding, mp3};
use crate::support::studio::{Ended, Studio};

/// A service with a file of 1.2 MB, a balance in 1.2 MB of JSON, and a song in 17 MB of letters.
fn service() -> Recorder {
    let song = mp3(80.0);
    assert!((1_050_000..1_900_000).contains(&song.len()), "{} bytes of a file", song.len());
    Recorder::start(Truth::Nowhere, move |head| {
        let host = head.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
        let url = format!("http://{host}{FILE}");
        let done = json!({"id": "1", "status": "completed", "audio_file": {"url": url}});
        let padded = json!({"current_balance": 4.21, "currency": "USD", "words": "x".repeat(1_200_000)});
        Some(match head.split(' ').nth(1).unwrap() {
            path if path.starts_with(FILE) => {
                let head = format!("HTTP/1.1 200 Fine\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", song.len());
                Said { begin: [head.as_bytes(), &song].concat(), without_end: None }
            }
            "/v2/generate/audio" => said(&done),
            "/v2/generate/audio/minimax/generate" => said(&holding(&vec![0; 8_500_000], 60.0)),
            "/v2/billing" => said(&padded),
            _ => return None,
        })
    })
}

fn said(body: &serde_json::Value) -> Said {
    Said { begin: answer(200, "", &body.to_string()), without_end: None }
}

fn run(studio: &Studio, service: &Recorder, setting: &str, arguments: &[&str]) -> Ended {
    let mut command = studio.refrain();
    command.env("AIMLAPI_API_KEY", KEY).args(["--base-url", &service.url, "-c", setting]);
    Ended::of(command.args(arguments).output().unwrap())
}

/// What is said of an order, by command or by its row, once it has ended or waits.
fn said_of(studio: &Studio, service: &Recorder, setting: &str, order: &[&str]) -> String {
    let ended = run(studio, service, setting, &[order, &["--no-wait"]].concat());
    assert_eq!(ended.code, 0, "{ended:?}");
    let store = studio.store();
    wait_for("a word of the take", || {
        let take = store.takes(None).unwrap().remove(0);
        take.message.or_else(|| take.file.map(|_| "saved".to_owned()))
    })
}

/// What is said where a setting is in force.
type Deed<'a> = &'a (dyn Fn(&str) -> String + Sync);

#[test]
fn each_limit_of_what_is_taken_can_be_set_and_says_which_it_is() {
    let file = |setting: &str| said_of(&Studio::new(), &service(), setting, &SHORT);
    let song = |setting: &str| said_of(&Studio::new(), &service(), setting, &SUNG);
    let json = |setting: &str| run(&Studio::new(), &service(), setting, &["balance"]).err;
    let rows: [(&str, u32, Deed<'_>); 3] =
        [("files.largest_mb", 1, &file), ("api.largest_answer_mb", 16, &song), ("api.largest_json_mb", 1, &json)];
    each(rows, |(name, least, deed)| {
        let named = format!("`{name}`");
        let refused = deed(&format!("{name}={least}"));
        assert!(refused.contains(&named), "{name} of {least}: {refused}");
        let taken = deed(&format!("{name}={}", least * 2));
        assert!(!taken.contains(&named), "{name} of {}: {taken}", least * 2);
    });
}
