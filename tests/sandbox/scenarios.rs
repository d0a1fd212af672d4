//! An example of each thing that can go wrong, in `tests/sandbox/scenarios`: each is read and run, and what comes
//! over a bare connection is what its first line says.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use refrain::sandbox::Scenario;
use serde_json::{Value, json};

use crate::rig::{KEY, LYRICS, Rig, short, with};

/// Longer than any pause of the examples, so silence after it is meant; and how long an answer may take on a busy
/// machine, which may have to make a song first.
const SILENCE: Duration = Duration::from_millis(1_500);
const ANSWER: Duration = Duration::from_secs(30);

/// Example, endpoint that is asked, and what must be found in the description of what came.
type Example = (&'static str, &'static str, &'static [&'static str]);

const EXAMPLES: [Example; 50] = [
    ("out-of-credits", "submit", &["403 application/json", "run out of credits", "charged 0"]),
    ("too-many-at-once", "submit", &["429", "retry-after: 1"]),
    ("one-key", "billing", &["401", "key is not valid"]),
    ("late-log", "log after an order", &["200", "\"data\":[]"]),
    ("missing-log", "log after an order", &["200", "\"data\":[]"]),
    ("bare-log", "log after an order", &["\"client_request_id\":\"tag-1\"", "bare id"]),
    ("loose-requests", "order with a mood", &["200", "charged 1"]),
    ("new-model", "order of music-9", &["200", ":music-9", "charged 1"]),
    ("known-voice", "generate", &["200", "\"status\":2"]),
    ("dropped-before", "submit", &["nothing, closed", "charged 0"]),
    ("dropped-after", "submit", &["nothing, closed", "charged 1"]),
    ("half-open", "submit", &["nothing, open", "charged 1"]),
    ("stalled", "billing", &["200", "half, open"]),
    ("truncated", "billing", &["200", "half, closed"]),
    ("length-too-small", "billing", &["200", "whole", "{\"currency\":\"USD\",\"current_balanc\n"]),
    ("length-too-large", "billing", &["200", "10 missing, closed", "\"current_balance\":"]),
    (
        "vendor-error",
        "logs",
        &["429 application/json", "retry-after: 7", "\"message\":\"Slow down.\"", "\"path\":\"/v2/logs\""],
    ),
    ("base-resp", "generate", &["200 application/json", "\"status_code\":1008", "insufficient balance"]),
    ("proxy-page", "models", &["522 text/html", "<html>"]),
    ("empty", "metrics", &["204"]),
    ("garbage", "transactions", &["200 application/octet-stream", "4096 bytes", "whole"]),
    ("garbage-called-json", "transactions", &["200 application/json", "4096 bytes", "whole"]),
    ("endless", "billing", &["200 application/json", "without end", "{\"message\":\"", "aaaa"]),
    ("redirect-same", "billing", &["307", "location: /v2/billing?moved=1"]),
    ("redirect-other", "submit", &["302", "location: http://localhost:", "/v2/generate/audio?moved=1", "charged 0"]),
    ("redirect-loop", "billing", &["302", "location: /v2/billing\n"]),
    ("redirect-private", "submit", &["302", "location: https://10.0.0.1/v2/generate/audio\n", "charged 0"]),
    ("nulls", "transactions", &["200", "\"reference_id\":null", "\"next_cursor\":null"]),
    ("hostile-texts", "models", &["200", "\\u001b[2J", "\u{202e}gnp.exe", "\"id\":\"music-01\""]),
    ("hostile-id", "submit", &["200", ":stable-audio\\u001b]0;owned", "charged 1"]),
    ("slow-drip", "billing", &["200", "whole", "in pieces"]),
    ("late-headers", "submit", &["200", "late", "charged 1"]),
    ("slow-start", "billing", &["200", "late"]),
    ("second-only", "billing three times", &["200 503 200"]),
    ("first-two", "billing three times", &["503 503 200"]),
    ("strange-word", "submit", &["200", "\"status\":\"tuning_up\""]),
    ("over-at-once", "submit", &["200", "\"status\":\"completed\"", "\"url\":\"http://127.0.0.1"]),
    ("failed", "submit", &["200", "\"status\":\"error\"", "\"error\":\"Downstream service error.\""]),
    ("unfinished", "generate", &["200", "\"audio\":\"\",\"status\":1"]),
    ("song-as-address", "generate", &["200", "\"audio\":\"http://127.0.0.1"]),
    ("refused-upload", "upload", &["200", "\"status_code\":1002"]),
    ("upload-refused-midway", "upload", &["500 application/json", "Downstream service error."]),
    ("upload-dropped-midway", "upload", &["nothing, closed"]),
    ("first-upload-unavailable", "upload twice", &["503 null", "200 2013"]),
    ("first-upload-refused", "upload twice", &["200 1001", "200 2013"]),
    ("forgotten-voice", "generate", &["200", "there is no voice 'vocal-1'", "charged 0"]),
    ("disagreeing-length", "generate", &["\"audio_length\":90000", "\"audio_size\":5,"]),
    ("cut-song", "generate", &["5000 bytes", "missing, closed", "\"audio\":\"fffb", "charged 1"]),
    ("dripping-song", "generate", &["200", "whole", "in pieces"]),
    ("gateway-timeout", "generate", &["504 application/json", "late", "Generation timeout.", "charged 1"]),
];

/// Examples of what shows only over several requests; tests of their own are named here.
const ELSEWHERE: [(&str, &str); 6] = [
    ("expired-files", "the_address_of_a_file_expires_and_asking_again_gives_a_fresh_one"),
    ("forgotten-uploads", "an_upload_that_is_forgotten_is_not_taken_any_more"),
    ("slow-upload", "an_upload_is_read_as_slowly_as_the_scenario_says"),
    ("odd-hex", "the_digits_of_a_song_are_one_too_few_or_not_all_digits"),
    ("foreign-hex", "the_digits_of_a_song_are_one_too_few_or_not_all_digits"),
    ("long-song", "a_song_of_a_stated_size_plays_to_its_end"),
];

/// More than this of one answer is without end.
const ENOUGH: usize = 2_000_000;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sandbox/scenarios")
}

pub fn text(name: &str) -> String {
    std::fs::read_to_string(folder().join(format!("{name}.toml"))).unwrap()
}

#[test]
fn every_example_can_be_read_and_says_what_it_is() {
    let files = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path());
    let names: BTreeSet<String> = files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let shown = EXAMPLES.iter().map(|(name, ..)| *name).chain(ELSEWHERE.iter().map(|(name, _)| *name));
    assert_eq!(names, shown.map(str::to_owned).collect(), "each example is shown, and nothing else is");
    for name in &names {
        assert_ne!(Scenario::parse(&text(name)).unwrap(), Scenario::default(), "{name}");
        assert!(text(name).starts_with("# ") && text(name).lines().next().unwrap().ends_with('.'), "{name}");
    }
}

#[tokio::test]
async fn every_example_does_what_its_first_line_says() {
    let rig = Rig::new("").await;
    let mut wrong = Vec::new();
    for (name, endpoint, expected) in EXAMPLES {
        rig.follow(&text(name)).await;
        // Silence is waited for only where it is meant.
        let patience = if expected.iter().any(|part| part.contains("open")) { SILENCE } else { ANSWER };
        let told = told(&rig, endpoint, patience).await;
        let missing: Vec<_> = expected.iter().filter(|part| !told.contains(**part)).collect();
        if !missing.is_empty() {
            let told: String = told.chars().take(1_000).collect();
            wrong.push(format!("{name}: no {missing:?} in\n{told}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What came, in words.
async fn told(rig: &Rig, endpoint: &str, patience: Duration) -> String {
    let charged = rig.ledger().await.len();
    let mood = with(short(), "mood", "sad");
    let told = match endpoint {
        "billing three times" => {
            let mut statuses = Vec::new();
            for _ in 0..3 {
                statuses.push(rig.get("/v2/billing").send().await.unwrap().status().as_str().to_owned());
            }
            statuses.join(" ")
        }
        "upload twice" => {
            let mut answers = String::new();
            for _ in 0..2 {
                let answer = rig.form("voice", b"x").send().await.unwrap();
                let status = answer.status();
                let body: Value = answer.json().await.unwrap();
                write!(answers, "{} {}, ", status.as_u16(), body["base_resp"]["status_code"]).unwrap();
            }
            answers
        }
        "log after an order" => {
            let order = rig.order(&short()).header("X-Client-Request-Id", "tag-1").send().await.unwrap();
            let id = order.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
            let log = asked(rig, "GET", "/v2/logs?limit=1", "", patience).await;
            let bare = log.contains(&format!("\"inference_id\":\"{}\"", id.split(':').next().unwrap()));
            format!("{log}{}", if bare { "bare id" } else { "" })
        }
        "submit" => asked(rig, "POST", "/v2/generate/audio", &short().to_string(), patience).await,
        "order with a mood" => asked(rig, "POST", "/v2/generate/audio", &mood.to_string(), patience).await,
        "order of music-9" => {
            asked(rig, "POST", "/v2/generate/audio", &with(mood, "model", "me/music-9").to_string(), patience).await
        }
        "generate" => {
            let body = json!({ "model": "music-01", "lyrics": LYRICS, "refer_voice": "vocal-1" });
            asked(rig, "POST", "/v2/generate/audio/minimax/generate", &body.to_string(), patience).await
        }
        "upload" => asked(rig, "POST", "/v2/generate/audio/minimax/upload", "x", patience).await,
        "logs" => asked(rig, "GET", "/v2/logs", "", patience).await,
        "models" => asked(rig, "GET", "/v1/models", "", patience).await,
        "metrics" => asked(rig, "GET", "/models/metrics", "", patience).await,
        "transactions" => asked(rig, "GET", "/v2/billing/transactions", "", patience).await,
        "billing" => asked(rig, "GET", "/v2/billing", "", patience).await,
        other => panic!("{other}"),
    };
    format!("{told}\ncharged {}", rig.ledger().await.len() - charged)
}

/// Sends a request over a bare connection and describes what comes until it closes or nothing comes for a while.
async fn asked(rig: &Rig, method: &str, path: &str, body: &str, patience: Duration) -> String {
    let host = rig.url.trim_start_matches("http://").to_owned();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    tokio::task::spawn_blocking(move || converse(&host, &request, patience)).await.unwrap()
}

fn converse(host: &str, request: &str, patience: Duration) -> String {
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(patience)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let (begun, mut first) = (Instant::now(), None);
    let (mut came, mut piece, mut pieces) = (Vec::new(), vec![0; 64 * 1024], 0);
    let end = loop {
        match stream.read(&mut piece) {
            _ if came.len() > ENOUGH => break "without end",
            Ok(0) => break "closed",
            Ok(count) => came.extend_from_slice(&piece[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => break "open",
            Err(_) => break "closed",
        }
        first.get_or_insert_with(|| begun.elapsed());
        pieces += 1;
    };
    let late = if first.is_some_and(|first| first >= Duration::from_millis(300)) { "late" } else { "prompt" };
    format!("{}{late} {}", described(&came, end), if pieces > 2 { "in pieces" } else { "" })
}

fn described(came: &[u8], end: &str) -> String {
    let text = String::from_utf8_lossy(came);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return format!("nothing, {end}\n") };
    let got = came.len() - head.len() - 4;
    let head = head.to_lowercase();
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    let status = head.split(' ').nth(1).unwrap();
    let promised: Option<usize> = header("content-length").map(|length| length.parse().unwrap());
    let whole = match promised.map(|promised| promised - got) {
        None | Some(0) if end != "without end" => "whole".to_owned(),
        Some(missing) if promised == Some(got * 2) || promised == Some(got * 2 + 1) => {
            format!("half, {end}, {missing} missing")
        }
        Some(missing) => format!("{missing} missing, {end}"),
        None => end.to_owned(),
    };
    let extra: String =
        ["location", "retry-after"].iter().filter_map(|name| Some(format!("{name}: {}\n", header(name)?))).collect();
    format!("{status} {}\n{extra}{got} bytes, {whole}\n{body}\n", header("content-type").unwrap_or_default())
}

#[tokio::test]
async fn the_address_of_a_file_expires_and_asking_again_gives_a_fresh_one() {
    let rig = Rig::new(&text("expired-files")).await;
    let submitted = rig.submit(&short()).await;
    let id = submitted["id"].as_str().unwrap();
    let over = rig.over(id).await;
    assert_eq!(rig.download(&over).await.status(), 200);
    let again = rig.download(&over).await;
    assert_eq!(again.status(), 403);
    assert!(again.text().await.unwrap().contains("expired"));
    let fresh = rig.poll(id).await;
    assert_ne!(fresh["audio_file"]["url"], over["audio_file"]["url"]);
    assert_eq!(rig.download(&fresh).await.status(), 200);
    rig.follow("[files]\nlives_ms = 0").await;
    let stale = rig.poll(id).await;
    assert_eq!(rig.download(&stale).await.status(), 403, "it was good for no time at all");
    rig.follow("[files]\nlives_ms = 3600000").await;
    let good = rig.poll(id).await;
    for _ in 0..3 {
        assert_eq!(rig.download(&good).await.status(), 200);
    }
}
