//! A sandbox in a folder of its own, and a plain client for it.

use std::time::{Duration, Instant};

use refrain::sandbox::{Options, Sandbox, Scenario, Speed, start};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

pub const KEY: &str = "sandbox-key";

pub struct Rig {
    pub folder: tempfile::TempDir,
    pub http: Client,
    pub url: String,
    sandbox: Option<Sandbox>,
    speed: f64,
}

impl Rig {
    /// A sandbox so quick that nothing needs waiting for.
    pub async fn new(scenario: &str) -> Self {
        Self::at_speed(2_000.0, scenario).await
    }

    pub async fn at_speed(speed: f64, scenario: &str) -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut rig = Self { folder, http, url: String::new(), sandbox: None, speed };
        rig.start(scenario).await;
        rig
    }

    pub async fn start(&mut self, scenario: &str) {
        self.start_under(Scenario::parse(scenario).unwrap()).await;
    }

    pub async fn start_under(&mut self, scenario: Scenario) {
        let sandbox = start(Options {
            port: 0,
            world: self.folder.path().join("world"),
            speed: Speed::times(self.speed).unwrap(),
            scenario,
        });
        let sandbox = sandbox.await.unwrap();
        self.url = sandbox.url();
        self.sandbox = Some(sandbox);
    }

    pub async fn stop(&mut self) {
        self.sandbox.take().unwrap().stop().await;
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.url)).bearer_auth(KEY)
    }

    pub fn order(&self, body: &Value) -> RequestBuilder {
        self.http.post(format!("{}/v2/generate/audio", self.url)).bearer_auth(KEY).json(body)
    }

    /// An order of a song for which the connection stays open.
    pub fn generate(&self, body: &Value) -> RequestBuilder {
        self.http.post(format!("{}/v2/generate/audio/minimax/generate", self.url)).bearer_auth(KEY).json(body)
    }

    /// An upload, as a form written by hand.
    pub fn form(&self, purpose: &str, file: &[u8]) -> RequestBuilder {
        let mut form = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n{purpose}\r\n\
             --edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"take.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\n"
        )
        .into_bytes();
        form.extend(file);
        form.extend(b"\r\n--edge--\r\n");
        let url = format!("{}/v2/generate/audio/minimax/upload", self.url);
        let request = self.http.post(url).bearer_auth(KEY).header("content-type", "multipart/form-data; boundary=edge");
        request.body(form)
    }

    /// Uploads a recording.
    pub async fn upload(&self, purpose: &str, file: &[u8]) -> Value {
        let response = self.form(purpose, file).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    pub async fn json(&self, path: &str) -> Value {
        self.get(path).send().await.unwrap().json().await.unwrap()
    }

    pub async fn submit(&self, body: &Value) -> Value {
        let response = self.order(body).send().await.unwrap();
        assert_eq!(response.status(), 200, "{body}");
        response.json().await.unwrap()
    }

    pub async fn poll(&self, id: &str) -> Value {
        let request = self.get("/v2/generate/audio").query(&[("generation_id", id)]);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Polls until the generation is over.
    pub async fn over(&self, id: &str) -> Value {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let answer = self.poll(id).await;
            if ["completed", "error"].contains(&answer["status"].as_str().unwrap()) {
                return answer;
            }
            assert!(Instant::now() < deadline, "still {answer}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Orders, waits and downloads.
    pub async fn take(&self, body: &Value) -> (Value, Vec<u8>) {
        let submitted = self.submit(body).await;
        let over = self.over(submitted["id"].as_str().unwrap()).await;
        assert_eq!(over["status"], "completed", "{over}");
        let response = self.download(&over).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"].to_str().unwrap(), over["audio_file"]["content_type"]);
        let bytes = response.bytes().await.unwrap().to_vec();
        assert_eq!(over["audio_file"]["file_size"], bytes.len());
        (over, bytes)
    }

    /// Begins to download the audio of a finished generation, without a key.
    pub async fn download(&self, over: &Value) -> Response {
        self.http.get(over["audio_file"]["url"].as_str().unwrap()).send().await.unwrap()
    }

    pub async fn follow(&self, scenario: &str) {
        let response = self.http.put(format!("{}/sandbox/scenario", self.url)).body(scenario.to_owned()).send();
        assert_eq!(response.await.unwrap().status(), 204, "{scenario}");
    }

    pub async fn ledger(&self) -> Vec<Value> {
        self.json("/sandbox/world").await["ledger"].as_array().unwrap().clone()
    }

    /// The ledger as another process would read it.
    pub fn ledger_on_disk(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join("world/ledger.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub async fn balance(&self) -> f64 {
        self.json("/v2/billing").await["current_balance"].as_f64().unwrap()
    }
}

pub const LYRICS: &str = "[Verse]\nThe last boat leaves at ten to nine\nYou hold your coat, I hold the line\n[Chorus]\nOh, night ferry, take it slow";

/// An order that every test may make: the shortest and cheapest recording.
pub fn short() -> Value {
    json!({ "model": "stable-audio", "prompt": "soft rain", "seconds_total": 1 })
}

pub fn ballad() -> Value {
    json!({ "model": "minimax/music-2.0", "prompt": "slow waltz, upright piano", "lyrics": LYRICS })
}

/// An order with one key changed.
pub fn with(mut body: Value, key: &str, value: impl Into<Value>) -> Value {
    body[key] = value.into();
    body
}
