//! Songs that come while the connection stays open, and covers of files that come along.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::rig::{KEY, LYRICS, Rig, short, with};
use crate::scenarios::text;
use crate::sound::{Sound, wav};

/// A recording of so many seconds, which the sandbox itself makes.
pub async fn recording(rig: &Rig, seconds: u32, format: Option<&str>) -> Vec<u8> {
    match format {
        None => rig.take(&json!({ "model": "elevenlabs/eleven_music", "prompt": "soft piano", "music_length_ms": seconds * 1_000 })).await.1,
        Some(format) => {
            let setting = json!({ "format": format, "audio_sample_rate": 16_000 });
            let order = json!({ "model": "minimax/music-2.0", "prompt": "soft piano", "lyrics": LYRICS, "audio_setting": setting });
            rig.take(&order).await.1
        }
    }
}

pub fn hexed(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

pub fn song(voice: &Value, backing: &Value) -> Value {
    let mut body = json!({ "model": "music-01", "lyrics": LYRICS });
    for (key, id) in [("refer_voice", voice), ("refer_instrumental", backing)] {
        if !id.is_null() {
            body[key] = id.clone();
        }
    }
    body
}

#[tokio::test]
async fn a_song_comes_in_the_answer_and_costs_63_000_credits() {
    let rig = Rig::new("[log]\nlag_ms = 0").await;
    let mp3 = recording(&rig, 12, None).await;
    let before = rig.balance().await;
    let ids = rig.upload("song", &mp3).await;
    assert!((rig.balance().await - before).abs() < 1e-9, "an upload is free");
    let response = rig
        .generate(&song(&ids["voice_id"], &ids["instrumental_id"]))
        .header("X-Client-Request-Id", "held-1")
        .send()
        .await
        .unwrap();
    let headers = response.headers().clone();
    assert_eq!((response.status().as_u16(), headers["x-aimlapi-credits-used"].to_str().unwrap()), (200, "63000"));
    let answer: Value = response.json().await.unwrap();
    assert_eq!((&answer["data"]["status"], &answer["base_resp"]["status_code"]), (&json!(2), &json!(0)));
    let bytes = hexed(answer["data"]["audio"].as_str().unwrap());
    let (sound, about) = (Sound::of(&bytes), &answer["extra_info"]);
    assert_eq!(
        (sound.extension, about["audio_size"].as_u64(), &about["audio_sample_rate"]),
        ("mp3", Some(bytes.len() as u64), &json!(44_100))
    );
    let length = about["audio_length"].as_f64().unwrap() / 1_000.0;
    assert!((length - sound.seconds).abs() < 0.1 && length < 60.1, "{length} {}", sound.seconds);
    assert!((before - rig.balance().await - 0.0315).abs() < 1e-9);
    let row = rig.json("/v2/logs").await["data"][0].clone();
    assert_eq!((&row["client_request_id"], &row["cost"]["credits"]), (&json!("held-1"), &json!(63_000)));
    assert_eq!(row["inference_id"], headers["x-inference-id"].to_str().unwrap());
    let asked = rig
        .get("/v2/generate/audio")
        .query(&[("generation_id", row["inference_id"].as_str().unwrap())])
        .send()
        .await
        .unwrap();
    assert_eq!(asked.status(), 404, "there is nothing to ask for");
}

#[tokio::test]
async fn a_voice_alone_is_hummed_a_backing_alone_is_not_sung_and_formats_are_kept() {
    let rig = Rig::new("").await;
    let mp3 = recording(&rig, 12, None).await;
    let ids = rig.upload("song", &mp3).await;
    let setting = json!({ "format": "pcm", "sample_rate": 16_000 });
    let mut made = Vec::new();
    for (voice, backing) in [(&ids["voice_id"], &Value::Null), (&Value::Null, &ids["instrumental_id"])] {
        let order = with(song(voice, backing), "audio_setting", setting.clone());
        let answer: Value = rig.generate(&order).send().await.unwrap().json().await.unwrap();
        let bytes = hexed(answer["data"]["audio"].as_str().unwrap());
        assert_eq!(answer["extra_info"]["audio_length"], bytes.len() / 64);
        made.push(bytes);
    }
    // A song ends with three bars of the band's alone; at the quickest tempo of these songs they last 3 s.
    let loudest = |bytes: &[u8]| {
        bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]).unsigned_abs()).max().unwrap()
    };
    let [hummed, played] = [0, 1].map(|one| made[one].split_at(made[one].len() - 64_000));
    assert!(loudest(hummed.1) < 2, "nobody plays where the hum has ended");
    assert!(loudest(&hummed.0[..2 * 64_000]) > 1_000, "a hum begins at once");
    assert!(loudest(&played.0[..2 * 64_000]) > 1_000 && loudest(played.1) > 100);
}

#[tokio::test]
async fn what_cannot_be_sung_is_refused_and_not_charged() {
    let rig = Rig::new("").await;
    let mp3 = recording(&rig, 12, None).await;
    let ids = rig.upload("song", &mp3).await;
    let charged = rig.ledger().await.len();
    let (voice, backing) = (&ids["voice_id"], &ids["instrumental_id"]);
    let good = song(voice, backing);
    for (order, status, fault) in [
        (song(&json!("vocal-of-nobody"), backing), 200, "there is no voice 'vocal-of-nobody'"),
        (song(voice, voice), 200, "there is no instrumental"),
        (with(good.clone(), "lyrics", "la ".repeat(201)), 200, "the lyrics are too long"),
        (song(&Value::Null, &Value::Null), 400, "refer_voice: Required, unless refer_instrumental is given"),
        (with(good.clone(), "refer_voice", Value::Null), 400, "refer_voice: Expected string, received null"),
        (with(good.clone(), "audio_setting", json!({ "sample_rate": 44_100 })), 400, "audio_setting.format: Required"),
        (with(good.clone(), "model", "minimax/music-2.0"), 400, "Expected 'music-01', received 'minimax/music-2.0'"),
        (json!({ "model": "music-01", "refer_voice": voice }), 400, "lyrics: Required"),
    ] {
        let response = rig.generate(&order).send().await.unwrap();
        assert_eq!(response.status(), status, "{order}");
        let answer: Value = response.json().await.unwrap();
        let said = answer["message"].as_str().or(answer["base_resp"]["status_msg"].as_str()).unwrap();
        assert!(said.contains(fault), "{said} for {fault}");
        assert!(status == 400 || answer["base_resp"]["status_code"] == 2013, "{answer}");
    }
    assert_eq!(rig.ledger().await.len(), charged);
    assert_eq!(
        rig.order(&with(good, "model", "music-01")).send().await.unwrap().status(),
        400,
        "it is not sold in the other way"
    );
}

#[tokio::test]
async fn held_open_answers_go_wrong_in_their_own_ways() {
    let rig = Rig::new("").await;
    let mp3 = recording(&rig, 12, None).await;
    let ids = rig.upload("voice", &mp3).await;
    let order = song(&ids["voice_id"], &Value::Null);
    let ask = async || rig.generate(&order).send().await.unwrap().json::<Value>().await.unwrap();
    let rule = |text: &str| format!("[[rule]]\nendpoint = \"generate\"\n{text}");

    rig.follow(&rule("audio = \"url\"")).await;
    let url = ask().await["data"]["audio"].as_str().unwrap().to_owned();
    let file = rig.http.get(url).send().await.unwrap();
    assert_eq!((file.status().as_u16(), &file.headers()["content-type"]), (200, &"audio/mpeg".parse().unwrap()));

    rig.follow(&rule("unfinished = true")).await;
    assert_eq!(ask().await["data"], json!({ "status": 1, "audio": "" }));

    let charged = rig.balance().await;
    rig.follow(&rule("answer = \"base-resp\"\ncode = 1008\nmessage = \"insufficient balance\"")).await;
    let no = ask().await;
    assert_eq!(no["base_resp"], json!({ "status_code": 1008, "status_msg": "insufficient balance" }));
    rig.follow(&rule("ending = \"error\"")).await;
    assert_eq!(ask().await["base_resp"]["status_code"], 1000);
    assert!((rig.balance().await - charged).abs() < 1e-9, "what failed costs nothing");

    rig.follow("[[rule]]\nendpoint = \"upload\"\nanswer = \"base-resp\"\ncode = 1002").await;
    assert_eq!(rig.upload("voice", &mp3).await["base_resp"]["status_code"], 1002);
}

#[tokio::test]
async fn the_connection_is_held_as_long_as_the_song_takes_and_hanging_up_is_paid_for() {
    let rig = Rig::at_speed(200.0, "").await;
    let mp3 = recording(&rig, 12, None).await;
    let ids = rig.upload("voice", &mp3).await;
    let order = song(&ids["voice_id"], &Value::Null);
    let begun = Instant::now();
    let answer: Value = rig.generate(&order).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["data"]["status"], 2);
    // 55 s at this speed, a tenth more or less.
    assert!(begun.elapsed() > Duration::from_millis(240), "{:?}", begun.elapsed());
    let before = rig.ledger().await.len();
    rig.follow("[[rule]]\nendpoint = \"generate\"\nanswer = \"drop\"\nwhen = \"after\"").await;
    assert!(rig.generate(&order).send().await.is_err());
    assert_eq!(rig.ledger().await.len(), before + 1);
}

#[tokio::test]
async fn a_cover_takes_the_file_itself_and_breaks_where_it_cannot_use_it() {
    let rig = Rig::new("").await;
    let cover = |file: &[u8], data: bool| {
        let letters = STANDARD.encode(file);
        let reference = if data { format!("data:audio/mpeg;base64,{letters}") } else { letters };
        json!({ "model": "minimax/music-cover", "prompt": "as a folk song", "reference_audio_url": reference, "lyrics": LYRICS })
    };
    let mp3 = recording(&rig, 12, None).await;
    let (_, too_short) = rig.take(&with(short(), "seconds_total", 5)).await;
    for (file, data, ends) in [
        (&mp3, false, "completed"),
        (&mp3, true, "completed"),
        (&too_short, false, "error"),
        (&vec![7_u8; 200], false, "error"),
    ] {
        let id = rig.submit(&cover(file, data)).await["id"].as_str().unwrap().to_owned();
        assert_eq!(rig.over(&id).await["status"], ends);
    }
    let disk = rig.ledger_on_disk();
    assert!(disk.last().unwrap()["request"]["reference_audio_url"].as_str().unwrap().len() < 1_000);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_comes() {
    let rig = Rig::new("").await;
    let host = rig.url.trim_start_matches("http://").to_owned();
    let ask = move |path: &str, length: u32| {
        let mut stream = TcpStream::connect(&host).unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n\
             Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let asked = tokio::task::spawn_blocking(move || {
        [ask("/v2/generate/audio/minimax/upload", 210_000_000), ask("/v2/generate/audio", 84_000_000)]
    });
    let [upload, cover] = asked.await.unwrap();
    assert!(upload.starts_with("HTTP/1.1 413 ") && upload.contains("larger than 200 MB"), "{upload}");
    assert!(cover.starts_with("HTTP/1.1 413 ") && cover.contains("larger than 80 MB"), "{cover}");
}

#[tokio::test]
async fn an_upload_that_is_forgotten_is_not_taken_any_more() {
    let rig = Rig::new("[songs]\nat_most = 1.0").await;
    let second = recording(&rig, 0, Some("wav")).await;
    // The scenario shortens songs: this one is made long enough by saying it several times over.
    let samples = second[44..].repeat(12);
    let ids = rig.upload("voice", &wav(16_000, &samples)).await;
    let order = song(&ids["voice_id"], &Value::Null);
    let code = async || rig.generate(&order).send().await.unwrap().json::<Value>().await.unwrap()["base_resp"].clone();
    assert_eq!(code().await["status_code"], 0);
    rig.follow(&text("forgotten-uploads")).await;
    let refused = code().await;
    assert_eq!(refused["status_code"], 2013);
    assert!(refused["status_msg"].as_str().unwrap().contains("there is no voice 'vocal-"), "{refused}");
    rig.follow(&format!("[references]\nforgotten = [{}]", ids["voice_id"])).await;
    assert_eq!(code().await["status_code"], 2013);
}

#[tokio::test]
async fn the_digits_of_a_song_are_one_too_few_or_not_all_digits() {
    let rig = Rig::new("").await;
    let order = song(&json!("vocal-1"), &Value::Null);
    let digits = async |example: &str| {
        rig.follow(&text(example)).await;
        let answer: Value = rig.generate(&order).send().await.unwrap().json().await.unwrap();
        (answer["data"]["audio"].as_str().unwrap().to_owned(), answer["extra_info"]["audio_size"].as_u64().unwrap())
    };
    let (whole, size) = digits("known-voice").await;
    assert_eq!((whole.len() as u64, Sound::of(&hexed(&whole)).extension), (size * 2, "mp3"));
    let (odd, _) = digits("odd-hex").await;
    assert_eq!(odd, whole[..whole.len() - 1]);
    let (foreign, _) = digits("foreign-hex").await;
    let strange: Vec<usize> =
        foreign.match_indices(|letter: char| !letter.is_ascii_hexdigit()).map(|at| at.0).collect();
    assert_eq!((foreign.len(), strange), (whole.len(), vec![whole.len() / 2]));
}

#[tokio::test]
async fn a_song_of_a_stated_size_plays_to_its_end() {
    let rig = Rig::new(&text("long-song")).await;
    for format in [None, Some("wav"), Some("pcm")] {
        let mut order = song(&json!("vocal-1"), &Value::Null);
        if let Some(format) = format {
            order["audio_setting"] = json!({ "format": format, "sample_rate": 16_000 });
        }
        let answer: Value = rig.generate(&order).send().await.unwrap().json().await.unwrap();
        let (bytes, about) = (hexed(answer["data"]["audio"].as_str().unwrap()), &answer["extra_info"]);
        assert!((500_000..560_000).contains(&bytes.len()), "{format:?}: {}", bytes.len());
        assert_eq!(about["audio_size"], bytes.len());
        let stated = about["audio_length"].as_f64().unwrap() / 1_000.0;
        let seconds = if format == Some("pcm") { bytes.len() as f64 / 64_000.0 } else { Sound::of(&bytes).seconds };
        assert!(stated > 7.0 && (seconds - stated).abs() < 0.5, "{format:?}: {seconds} s, stated {stated} s");
    }
}
