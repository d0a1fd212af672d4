//! Uploads: what is taken, what is not, and how they come.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::held_open::recording;
use crate::rig::{KEY, Rig};
use crate::scenarios::text;

#[tokio::test]
async fn each_purpose_gives_its_own_ids() {
    let rig = Rig::new("").await;
    let mp3 = recording(&rig, 12, None).await;
    for (purpose, voice, instrumental) in [("song", true, true), ("voice", true, false), ("instrumental", false, true)]
    {
        let answer = rig.upload(purpose, &mp3).await;
        assert_eq!(answer["base_resp"], json!({ "status_code": 0, "status_msg": "success" }), "{answer}");
        assert!(answer["trace_id"].is_string());
        for (key, start, there) in [("voice_id", "vocal-", voice), ("instrumental_id", "instrumental-", instrumental)] {
            let id = answer[key].as_str();
            assert_eq!(id.is_some(), there, "{purpose}: {answer}");
            assert!(id.is_none_or(|id| id.starts_with(start) && id.len() > 20), "{answer}");
        }
    }
    let kept = rig.json("/sandbox/world").await["references"].clone();
    assert_eq!(kept.as_array().unwrap().len(), 3);
    let seconds = kept[0]["heard"]["seconds"].as_f64().unwrap();
    assert!((11.9..12.2).contains(&seconds) && kept[0]["heard"]["form"] == "mp3", "{kept}");
}

#[tokio::test]
async fn what_is_no_recording_of_the_right_length_is_not_kept() {
    let rig = Rig::new("").await;
    let wav = recording(&rig, 0, Some("wav")).await;
    assert_eq!(rig.upload("voice", &wav).await["base_resp"]["status_code"], 0);
    let ten = recording(&rig, 10, None).await;
    let silence = |seconds: u32| {
        let (rate, data) = (2_000_u32, seconds * 2_000);
        let mut wav = b"RIFF".to_vec();
        wav.extend((36 + data).to_le_bytes());
        wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
        wav.extend(rate.to_le_bytes());
        wav.extend(rate.to_le_bytes());
        wav.extend(b"\x01\0\x08\0data");
        wav.extend(data.to_le_bytes());
        wav.extend(vec![128; data as usize]);
        wav
    };
    for (file, fault) in [
        (ten[..ten.len() / 2].to_vec(), Some("longer than 10 s")),
        (silence(10), Some("longer than 10 s, received 10.0 s")),
        (silence(11), None),
        (silence(600), None),
        (silence(601), Some("at most 600 s, received 601.0 s")),
        (b"these are words".to_vec(), Some("no recording")),
        (Vec::new(), Some("no recording")),
    ] {
        let answer = rig.upload("voice", &file).await;
        let (code, message) =
            (&answer["base_resp"]["status_code"], answer["base_resp"]["status_msg"].as_str().unwrap());
        match fault {
            None => assert_eq!(code, 0, "{answer}"),
            Some(fault) => {
                assert!(code == 2013 && message.contains(fault) && answer.get("voice_id").is_none(), "{answer}");
            }
        }
    }
}

#[tokio::test]
async fn a_form_that_is_none_is_refused_in_the_vendors_form() {
    let rig = Rig::new("").await;
    let form = |parts: &str| format!("--x\r\n{parts}\r\n--x--\r\n");
    let part = |name: &str, value: &str| format!("Content-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}");
    for (content_type, body, fault) in [
        ("application/json", "{}".to_owned(), "The body is no form"),
        ("multipart/form-data; boundary=x", form(&part("purpose", "voice")), "file: Required"),
        ("multipart/form-data; boundary=x", form(&part("file", "a")), "purpose: Required"),
        (
            "multipart/form-data; boundary=x",
            form(&format!("{}\r\n--x\r\n{}", part("purpose", "drum"), part("file", "a"))),
            "Expected 'song' | 'voice' | 'instrumental', received 'drum'",
        ),
        ("multipart/form-data; boundary=x", "--x\r\nbroken".to_owned(), "The form cannot be read"),
    ] {
        let request =
            rig.http.post(format!("{}/v2/generate/audio/minimax/upload", rig.url)).header("content-type", content_type);
        let response = request.bearer_auth(KEY).body(body).send().await.unwrap();
        let status = response.status();
        let answer: Value = response.json().await.unwrap();
        assert_eq!((status.as_u16(), &answer["statusCode"]), (400, &json!(400)), "{answer}");
        assert!(answer["message"].as_str().unwrap().contains(fault), "{answer}");
    }
    let stranger =
        rig.http.post(format!("{}/v2/generate/audio/minimax/upload", rig.url)).body("").send().await.unwrap();
    assert_eq!(stranger.status(), 401);
}

#[tokio::test]
async fn an_upload_is_refused_when_half_of_it_has_come_and_not_before() {
    let rig = Rig::new(&text("upload-refused-midway")).await;
    let host = rig.url.trim_start_matches("http://").to_owned();
    let answers = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(&host).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let head = format!(
            "POST /v2/generate/audio/minimax/upload HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {KEY}\r\n\
             Content-Length: 100000\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut piece = vec![0; 4_096];
        stream.write_all(&vec![b'x'; 49_000]).unwrap();
        let early = stream.read(&mut piece).is_ok();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(&[b'x'; 1_000]).unwrap();
        let read = stream.read(&mut piece).unwrap();
        (early, String::from_utf8_lossy(&piece[..read]).into_owned())
    });
    let (early, answer) = answers.await.unwrap();
    assert!(!early && answer.starts_with("HTTP/1.1 500 "), "{answer}");
}

#[tokio::test]
async fn an_upload_is_read_as_slowly_as_the_scenario_says() {
    let rig = Rig::new(&text("slow-upload")).await;
    let begun = Instant::now();
    let answer = rig.upload("voice", &[b'x'; 400]).await;
    assert_eq!(answer["base_resp"]["status_code"], 2013);
    assert!(begun.elapsed() > Duration::from_millis(400), "{:?}", begun.elapsed());
}
