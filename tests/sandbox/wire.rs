//! The wire: what is refused, in which form, with which headers.

use serde_json::{Value, json};

use crate::rig::{KEY, Rig, ballad, short, with};

#[tokio::test]
async fn limits_hold_to_the_character_counted_as_javascript_does() {
    let rig = Rig::new("[account]\nstart_usd = 50.0").await;
    let of =
        |model: &str, prompt: String, lyrics: String| json!({ "model": model, "prompt": prompt, "lyrics": lyrics });
    let a = |count| "a".repeat(count);
    let eleven = |ms: Value| json!({ "model": "elevenlabs/eleven_music", "prompt": "x", "music_length_ms": ms });
    let stable = |key: &str, value: Value| with(short(), key, value);
    let setting = |value: Value| with(ballad(), "audio_setting", value);
    let cover =
        |reference: &str| json!({ "model": "minimax/music-cover", "prompt": a(10), "reference_audio_url": reference });
    let cases = [
        (of("minimax/music-1.5", a(10), a(10)), None),
        (of("minimax/music-1.5", a(300), a(3000)), None),
        (of("minimax/music-1.5", a(301), a(10)), Some("prompt: String must contain at most 300")),
        (of("minimax/music-1.5", a(9), a(10)), Some("prompt: String must contain at least 10")),
        (of("minimax/music-2.0", a(2000), a(10)), None),
        (of("minimax/music-2.0", "🎹".repeat(1000), a(10)), None),
        (of("minimax/music-2.0", "🎹".repeat(1000) + "a", a(10)), Some("received 2001")),
        (of("minimax/music-2.0", a(10), a(3001)), Some("lyrics: String must contain at most 3000")),
        (json!({ "model": "music-1.5", "prompt": a(10) }), Some("lyrics: Required")),
        (json!({ "model": "minimax/music-2.6" }), None),
        (json!({ "model": "minimax/music-2.6", "is_instrumental": "yes" }), Some("Expected boolean, received string")),
        (json!({ "model": "music-9" }), Some("model: Invalid enum value. Expected 'minimax-music'")),
        (json!({ "prompt": "x" }), Some("model: Required")),
        (json!([1]), Some("Expected object, received array")),
        (eleven(json!(10_000)), None),
        (eleven(json!(9_999)), Some("greater than or equal to 10000")),
        (eleven(json!(300_001)), Some("less than or equal to 300000")),
        (eleven(json!(10_000.5)), Some("Expected integer, received float")),
        (eleven(json!("10000")), Some("Expected number, received string")),
        (stable("seconds_total", json!(48)), Some("seconds_total: Number must be less")),
        (stable("steps", json!(0)), Some("steps: Number must be greater")),
        (json!({ "model": "google/lyria2", "prompt": "x", "seed": -1 }), Some("seed: Number must be greater")),
        (json!({ "model": "minimax-music", "prompt": "x", "reference_audio_url": "song.mp3" }), Some("Invalid url")),
        (cover(&"UklGRiQAAABXQVZFZm10IA".repeat(5)), None),
        (cover(&format!("data:audio/wav;base64,{}==", "A".repeat(102))), None),
        (cover(&"A".repeat(99)), Some("reference_audio_url: Invalid url")),
        (cover("not a recording"), Some("reference_audio_url: Invalid url")),
        (setting(json!({ "bitrate": 48_000 })), Some("audio_setting.bitrate: Invalid enum value. Expected 32000 |")),
        (setting(json!({ "format": "flac" })), Some("'pcm', received 'flac'")),
        (setting(json!("mp3")), Some("audio_setting: Expected object, received string")),
        (
            setting(json!({ "sample_rate": 44_100 })),
            Some("audio_setting: Unrecognized key(s) in object: 'sample_rate'"),
        ),
        (with(ballad(), "mood", "sad"), Some("Unrecognized key(s) in object: 'mood'")),
    ];
    for (body, fault) in cases {
        let response = rig.order(&body).send().await.unwrap();
        let status = response.status().as_u16();
        let answer: Value = response.json().await.unwrap();
        let message = answer["message"].as_str().unwrap_or_default();
        match fault {
            None => assert_eq!(status, 200, "{message}"),
            Some(fault) => assert!(status == 400 && message.contains(fault), "{status} {message} for {fault}"),
        }
    }
}

#[tokio::test]
async fn errors_have_the_vendors_form_and_a_key_is_needed_where_money_is() {
    let rig = Rig::new("").await;
    let get = |path: &str| rig.http.get(format!("{}{path}", rig.url));
    for path in [
        "/v2/billing",
        "/v2/logs",
        "/v2/billing/transactions",
        "/v1/billing/balance",
        "/v2/generate/audio?generation_id=x",
    ] {
        for request in [get(path), get(path).bearer_auth("bad-but-long"), get(path).bearer_auth("short")] {
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 401, "{path}");
            let body: Value = response.json().await.unwrap();
            assert_eq!(body["path"], path.split('?').next().unwrap());
            assert_eq!(body["statusCode"], 401);
            assert!(
                body["requestId"].is_string() && body["timestamp"].is_string() && body["message"].is_string(),
                "{body}"
            );
        }
    }
    for (path, status) in [
        ("/v2/generate/audio?generation_id=00000000-0000-0000-0000-000000000000%3Ax", 404),
        ("/v2/generate/audio", 400),
        ("/v2/generate/audio/minimax/upload", 405),
        ("/v2/logs?limit=101", 400),
        ("/v2/logs?period=soon", 400),
        ("/nowhere", 404),
    ] {
        let response = rig.get(path).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        assert!(response.headers().contains_key("x-inference-id"), "{path}");
        assert_eq!(response.json::<Value>().await.unwrap()["statusCode"], status, "{path}");
    }
    for path in ["/v1/models", "/models/metrics"] {
        assert_eq!(get(path).send().await.unwrap().status(), 200, "{path}");
    }
}

#[tokio::test]
async fn the_clients_own_id_comes_back_where_it_is_one() {
    let rig = Rig::new("").await;
    for (id, comes_back) in
        [("refrain.7:a_b-c".to_owned(), true), ("x".repeat(128), true), ("x".repeat(129), false), ("a b".into(), false)]
    {
        let response = rig.order(&short()).header("X-Client-Request-Id", &id).send().await.unwrap();
        let echoed = response.headers().get("x-client-request-id").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(echoed, comes_back.then_some(id));
        let headers = response.headers().clone();
        let body: Value = response.json().await.unwrap();
        assert_eq!(headers["x-inference-id"].to_str().unwrap(), body["id"]);
        assert_eq!(headers["x-aimlapi-credits-used"], "40000");
        assert_eq!(headers["x-aimlapi-usd-spent"], "0.02");
    }
}

#[tokio::test]
async fn models_have_prices_and_an_entity_tag() {
    let rig = Rig::new("").await;
    let response = rig.http.get(format!("{}/v1/models?include=pricing&id=music-2.0", rig.url)).send().await.unwrap();
    let tag = response.headers()["etag"].clone();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["data"].as_array().unwrap().len(), 1);
    assert_eq!(body["data"][0]["id"], "minimax/music-2.0");
    assert_eq!(body["data"][0]["pricing"]["units"][0], json!({ "unit": "generation", "price": 0.03, "per": 1 }));
    let again = rig.get("/v1/models?include=pricing&id=music-2.0").header("If-None-Match", &tag).send().await.unwrap();
    assert_eq!((again.status().as_u16(), again.headers()["etag"].clone()), (304, tag.clone()));
    assert_eq!(again.bytes().await.unwrap().len(), 0);
    let other = rig.get("/v1/models").header("If-None-Match", &tag).send().await.unwrap();
    assert_eq!(other.status(), 200);
    assert!(other.json::<Value>().await.unwrap()["data"][0].get("pricing").is_none());
    let metrics = rig.json("/models/metrics?aliases=music-2.0&aliases=nothing&aliases=google%2Flyria2").await;
    let aliases: Vec<&Value> = metrics["models"].as_array().unwrap().iter().map(|model| &model["alias"]).collect();
    assert_eq!(aliases, ["music-2.0", "google/lyria2"]);
    assert_eq!(metrics["models"][0]["metrics"]["duration_ms"]["p50"], 35.0);
}

#[tokio::test]
async fn the_file_server_is_another_host_where_a_key_must_not_come() {
    let rig = Rig::new("").await;
    let (over, _) = rig.take(&short()).await;
    let url = over["audio_file"]["url"].as_str().unwrap();
    assert!(!url.starts_with(&rig.url), "{url}");
    assert_eq!(rig.json("/sandbox/world").await["files"]["authorization_seen"], false);
    let response = rig.http.get(url).bearer_auth(KEY).send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert!(response.text().await.unwrap().contains("the key must never leave"));
    assert_eq!(rig.json("/sandbox/world").await["files"]["authorization_seen"], true);
}
