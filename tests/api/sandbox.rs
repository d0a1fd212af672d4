//! Whatever the sandbox can do wrong, and what the client makes of it: an order, a question, a file.

use std::path::Path;
use std::time::Duration;

use refrain::api::{ApiKey, AskKind, Client, FetchKind, Limits, Outcome, RemoteState, SignedUrl};
use refrain::domain::untrusted::is_dangerous;
use refrain::sandbox::{self, Options, Sandbox, Scenario, Speed};
use serde_json::{Value, json};

use crate::server::KEY;

/// Short enough for a test, long enough for a busy machine.
const PATIENCE: Duration = Duration::from_millis(1_500);
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(10),
    ask: PATIENCE,
    submit: PATIENCE,
    stall: Duration::from_millis(700),
    least: 0,
    least_within: Duration::from_secs(300),
    upload: Duration::from_secs(30),
    slowest_line: 8 * 1024,
    most_bytes: 3_000_000,
    held_open: Duration::from_secs(5),
    held_answer: Duration::from_secs(5),
    pause: Duration::from_secs(5),
    most_answer: 50_000_000,
    most_json: 16_000_000,
};

/// A sandbox with one finished generation.
struct Rig {
    sandbox: Sandbox,
    client: Client,
    _folder: tempfile::TempDir,
    id: String,
    file: SignedUrl,
}

impl Rig {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = serve(folder.path()).await;
        let client = Client::new(&sandbox.url(), Some(ApiKey::new(KEY).unwrap()), LIMITS).unwrap();
        let mut rig = Self { sandbox, client, _folder: folder, id: String::new(), file: SignedUrl::new("") };
        rig.follow("[[rule]]\nendpoint = \"submit\"\nat_once = true").await;
        match rig.order().await {
            Outcome::Accepted(accepted) => {
                rig.id.clone_from(&accepted.generation.remote_id);
                rig.file = accepted.generation.audio.unwrap().url;
            }
            other => panic!("{other:?}"),
        }
        rig
    }

    async fn order(&self) -> Outcome {
        let body = json!({ "model": "stable-audio", "prompt": "soft rain", "seconds_total": 1 });
        self.client.submit(&body, "tag-1").await
    }

    async fn follow(&self, scenario: &str) {
        let url = format!("{}/sandbox/scenario", self.sandbox.url());
        let response = plain().put(url).body(scenario.to_owned()).send().await.unwrap();
        assert_eq!(response.status(), 204, "{scenario}");
    }

    async fn world(&self) -> Value {
        plain().get(format!("{}/sandbox/world", self.sandbox.url())).send().await.unwrap().json().await.unwrap()
    }

    async fn charged(&self) -> usize {
        self.world().await["ledger"].as_array().unwrap().len()
    }

    async fn fetch(&self) -> Result<Vec<u8>, FetchKind> {
        let mut bytes = Vec::new();
        match self.client.download(&self.file, &mut bytes, &mut |_| {}).await {
            Ok(_) => Ok(bytes),
            Err(error) => Err(error.kind),
        }
    }
}

async fn serve(folder: &Path) -> Sandbox {
    let speed = Speed::times(2_000.0).unwrap();
    let options = Options { port: 0, world: folder.join("world"), speed, scenario: Scenario::default() };
    sandbox::start(options).await.unwrap()
}

fn plain() -> reqwest::Client {
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

fn rule(endpoint: &str, text: &str) -> String {
    format!("[[rule]]\nendpoint = \"{endpoint}\"\n{}", text.replace(", ", "\n"))
}

/// What an order means, and whether the sandbox has charged it.
#[tokio::test]
async fn no_answer_of_a_service_makes_an_order_look_unsent_and_none_is_sent_again() {
    let rig = Rig::start().await;
    let (unknown, accepted, refused) = ("Unknown", "Accepted", "Refused");
    for (text, expected, charged) in [
        ("answer = \"drop\"", unknown, false),
        ("answer = \"drop\", when = \"after\"", unknown, true),
        ("answer = \"silent\", when = \"after\"", unknown, true),
        ("answer = \"stalled\"", unknown, true),
        ("answer = \"truncated\"", unknown, true),
        ("answer = \"misstated\", off = -10", unknown, true),
        ("answer = \"misstated\", off = 10", unknown, true),
        ("answer = \"vendor\", status = 400", refused, false),
        ("answer = \"vendor\", status = 502, when = \"after\"", unknown, true),
        ("answer = \"html\", status = 500, when = \"after\"", unknown, true),
        ("answer = \"empty\", when = \"after\"", unknown, true),
        ("answer = \"garbage\", when = \"after\"", unknown, true),
        ("answer = \"garbage\", content_type = \"application/json\", when = \"after\"", unknown, true),
        ("answer = \"garbage\", status = 400", unknown, false),
        ("answer = \"endless\", when = \"after\"", unknown, true),
        ("answer = \"endless\", status = 500, bytes_per_second = 100000", unknown, false),
        ("answer = \"redirect\", to = \"same\", status = 307", unknown, false),
        ("answer = \"redirect\", to = \"other\", status = 308", unknown, false),
        ("answer = \"redirect\", to = \"loop\", status = 303", unknown, false),
        ("answer = \"redirect\", to = \"private\"", unknown, false),
        ("answer = \"nulls\"", accepted, true),
        ("answer = \"hostile\"", accepted, true),
        ("answer = \"hostile\", members = [\"id\"]", unknown, true),
        ("bytes_per_second = 1000", accepted, true),
        ("bytes_per_second = 20", unknown, true),
        ("hold_ms = 100", accepted, true),
        ("word = \"tuning_up\"", accepted, true),
        ("ending = \"error\", at_once = true", accepted, true),
    ] {
        rig.follow(&rule("submit", text)).await;
        let (before, asked) = (rig.charged().await, requests(&rig).await);
        let outcome = rig.order().await;
        let told = format!("{outcome:?}");
        assert!(told.starts_with(expected), "{text}: {told}");
        assert!(!told.contains(is_dangerous), "{text}: {told:?}");
        assert_eq!(rig.charged().await - before, usize::from(charged), "{text}");
        assert_eq!(requests(&rig).await - asked, 1, "{text}: it went out once");
    }
    rig.sandbox.stop().await;
}

async fn requests(rig: &Rig) -> usize {
    let world = rig.world().await;
    world["requests"].as_array().unwrap().iter().filter(|visit| visit["method"] == "POST").count()
}

/// What a question means; nothing where it is answered after all.
#[tokio::test]
async fn a_question_that_gets_no_answer_says_why_and_none_is_followed_elsewhere() {
    let rig = Rig::start().await;
    for (text, expected) in [
        ("answer = \"drop\"", Some(AskKind::Network)),
        ("answer = \"silent\"", Some(AskKind::Network)),
        ("answer = \"stalled\"", Some(AskKind::Network)),
        ("answer = \"truncated\"", Some(AskKind::Network)),
        ("answer = \"misstated\", off = 10", Some(AskKind::Network)),
        ("answer = \"misstated\", off = -10", Some(AskKind::Unreadable)),
        ("answer = \"vendor\", status = 500", Some(AskKind::Server)),
        ("answer = \"vendor\", status = 429, retry_after = 3", Some(AskKind::TooMany)),
        ("answer = \"html\", status = 522", Some(AskKind::Server)),
        ("answer = \"empty\"", Some(AskKind::Unreadable)),
        ("answer = \"garbage\"", Some(AskKind::Unreadable)),
        ("answer = \"endless\"", Some(AskKind::Unreadable)),
        ("answer = \"redirect\", to = \"same\"", Some(AskKind::Unreadable)),
        ("answer = \"redirect\", to = \"other\"", Some(AskKind::Unreadable)),
        ("answer = \"redirect\", to = \"private\"", Some(AskKind::Unreadable)),
        ("answer = \"nulls\"", None),
        ("bytes_per_second = 2000", None),
        ("bytes_per_second = 10", Some(AskKind::Network)),
    ] {
        for endpoint in ["poll", "billing"] {
            rig.follow(&rule(endpoint, text)).await;
            let answer = match endpoint {
                "poll" => rig.client.poll(&rig.id).await.map(|_| ()),
                _ => rig.client.balance().await.map(|_| ()),
            };
            assert_eq!(answer.map_err(|error| error.kind).err(), expected, "{endpoint}: {text}");
        }
    }
    let moved = rig.world().await["requests"].to_string().contains("moved=1");
    assert!(!moved, "no redirect was followed");
    rig.sandbox.stop().await;
}

#[tokio::test]
async fn hostile_texts_come_through_clean_and_short() {
    let rig = Rig::start().await;
    rig.follow(&format!(
        "[log]\nlag_ms = 0\n{}",
        ["poll", "billing", "logs", "models", "metrics"]
            .map(|endpoint| rule(endpoint, "answer = \"hostile\""))
            .join("\n")
    ))
    .await;
    let polled = rig.client.poll(&rig.id).await.unwrap();
    assert!(matches!(&polled.state, RemoteState::Strange(word) if word.starts_with("completed")), "{polled:?}");
    let now = jiff::Timestamp::now();
    let window = refrain::api::LogWindow::Between { start: now - jiff::SignedDuration::from_hours(1), end: now };
    let told = [
        format!("{:?}", polled.state),
        format!("{:?}", polled.audio.unwrap().content_type),
        format!("{:?}", rig.client.balance().await.unwrap()),
        format!("{:?}", rig.client.logs(window, 0).await.unwrap()),
        format!("{:?}", rig.client.prices(None).await.unwrap()),
        format!("{:?}", rig.client.metrics(&["music-2.0"]).await.unwrap()),
    ];
    for text in told {
        assert!(!text.contains("\\u{") && !text.contains(is_dangerous), "{text:?}");
        assert!(text.len() < 10_000, "{} characters", text.len());
    }
    rig.sandbox.stop().await;
}

/// What becomes of a file: how much of it comes, or why it does not.
#[tokio::test]
async fn a_file_comes_or_says_why_it_does_not() {
    let rig = Rig::start().await;
    let whole = rig.fetch().await.unwrap().len();
    let half = FetchKind::Short { got: whole as u64 / 2, expected: whole as u64 };
    let ten_less = FetchKind::Short { got: whole as u64, expected: whole as u64 + 10 };
    for (text, expected) in [
        ("answer = \"drop\"", Err(FetchKind::Network)),
        ("answer = \"silent\"", Err(FetchKind::Stalled)),
        ("answer = \"stalled\"", Err(FetchKind::Stalled)),
        ("answer = \"truncated\"", Err(half)),
        ("answer = \"misstated\", off = 10", Err(ten_less)),
        ("answer = \"misstated\", off = -10", Ok(whole - 10)),
        ("answer = \"html\", status = 502", Err(FetchKind::Server)),
        ("answer = \"html\", status = 404", Err(FetchKind::Expired)),
        ("answer = \"empty\"", Ok(0)),
        ("answer = \"garbage\"", Ok(4096)),
        ("answer = \"endless\"", Err(FetchKind::TooLarge { most: 3_000_000 })),
        ("answer = \"redirect\", to = \"same\"", Ok(whole)),
        ("answer = \"redirect\", to = \"other\"", Ok(whole)),
        ("answer = \"redirect\", to = \"loop\"", Err(FetchKind::Redirects)),
        ("answer = \"redirect\", to = \"private\"", Err(FetchKind::Forbidden)),
        ("bytes_per_second = 40000", Ok(whole)),
        ("hold_ms = 100", Ok(whole)),
    ] {
        rig.follow(&rule("file", text)).await;
        assert_eq!(rig.fetch().await.map(|bytes| bytes.len()), expected, "{text}");
    }
    rig.follow("[files]\nlives_ms = 0").await;
    assert_eq!(rig.fetch().await, Err(FetchKind::Expired));
    assert_eq!(rig.world().await["files"]["authorization_seen"], false, "the key came to no file server");
    rig.sandbox.stop().await;
}
