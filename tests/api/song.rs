//! Reading an answer that holds a song, as a stream: whatever it is, wherever it ends.

use std::io::{self, Read};

use refrain::api::{About, Audio, Letters, SignedUrl, SongAnswer};

/// The letters of the last song.
#[derive(Default)]
struct Heard(Vec<u8>);

impl Letters for Heard {
    fn begin(&mut self) -> io::Result<()> {
        self.0.clear();
        Ok(())
    }

    fn take(&mut self, letters: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(letters);
        Ok(())
    }
}

fn read(text: &str) -> (SongAnswer, String) {
    let mut heard = Heard::default();
    let said = SongAnswer::read(text.as_bytes(), &mut heard).unwrap();
    (said, String::from_utf8(heard.0).unwrap())
}

const WHOLE: &str = r#"{"data":{"status":2,"audio":"49443304"},"extra_info":{"audio_length":55000,"audio_size":4,
    "audio_sample_rate":44100,"music_channel":2},"trace_id":"t","base_resp":{"status_code":0,"status_msg":"success"}}"#;

#[test]
fn everything_worth_knowing_is_read() {
    let (said, letters) = read(WHOLE);
    assert_eq!(letters, "49443304");
    let about = About { size: Some(4), length: Some(55_000), sample_rate: Some(44_100), channels: Some(2) };
    let whole = SongAnswer {
        audio: Some(Audio::Letters(8)),
        status: Some(2),
        code: Some(0),
        message: Some("success".to_owned()),
        about,
        broken: None,
    };
    assert_eq!(said, whole);
    assert!(said.is_done() && said.came() == 4);
}

#[test]
fn keys_come_in_any_order_twice_as_text_escaped_and_beside_ones_that_nobody_knows() {
    let (said, letters) = read(
        r#"{"base_resp":{"status_msg":"a\u001b[2Jb","status_code":"1008"},"new":[{"audio":"00"},[[]]],"data":null,
        "extra_info":{"audio_size":"2","audio_length":null,"deep":{"audio_size":9}},"extra":1e5,
        "data":{"audio":"ffff","status":"2","audio":"\u00349\u0034\/"}} "#,
    );
    assert_eq!((letters.as_str(), said.audio), ("494/", Some(Audio::Letters(4))));
    assert_eq!((said.code, said.message.as_deref()), (Some(1008), Some("a[2Jb")));
    assert_eq!((said.status, said.about.size, said.about.length), (Some(2), Some(2), None));
    assert_eq!(said.broken, None);
}

#[test]
fn a_song_may_be_an_address_or_nothing() {
    let (said, letters) = read(r#"{"data":{"audio":" https://cdn.example/a.mp3?s=1","status":2}}"#);
    assert_eq!(said.audio, Some(Audio::Address(SignedUrl::new("https://cdn.example/a.mp3?s=1"))));
    assert!(letters.is_empty() && said.is_done());
    for nothing in ["null", "7", "{}", "[\"49\"]"] {
        let (said, letters) = read(&format!(r#"{{"data":{{"audio":"49","audio":{nothing}}}}}"#));
        assert_eq!((said.audio.is_none(), said.is_done(), letters.as_str()), (true, false, "49"), "{nothing}");
    }
    assert_eq!(read(r#"{"data":{"audio":""}}"#).0.audio, None, "a song without a letter is none");
}

#[test]
fn wherever_an_answer_is_cut_what_came_is_read_to_its_last_letter() {
    let text: String = WHOLE.replace("49443304", &"a1".repeat(9_000));
    let start = text.find("a1").unwrap();
    for cut in (0..text.len()).step_by(97).chain([start, start + 1, start + 18_000]) {
        let (said, letters) = read(&text[..cut]);
        assert_eq!(said.broken.as_deref(), Some("it breaks off"), "{cut}");
        assert_eq!(letters.len(), cut.saturating_sub(start).min(18_000), "{cut}");
    }
}

/// A file on a disk that fails behind these bytes.
struct OnABadDisk<'a>(&'a [u8]);

impl Read for OnABadDisk<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() { Err(rustix::io::Errno::IO.into()) } else { self.0.read(buffer) }
    }
}

#[test]
fn an_answer_that_the_disk_does_not_give_is_not_called_damaged() {
    let text: String = WHOLE.replace("49443304", &"a1".repeat(9_000));
    for cut in (0..text.len()).step_by(97) {
        let read = SongAnswer::read(OnABadDisk(&text.as_bytes()[..cut]), &mut Heard::default());
        let error = read.expect_err("nothing is said of the song");
        assert_eq!(error.raw_os_error(), Some(rustix::io::Errno::IO.raw_os_error()), "{cut}: {error}");
    }
}

#[test]
fn what_is_no_such_answer_is_told_and_costs_no_memory() {
    let (deep, name) = ("[".repeat(2_000), "n".repeat(100_000));
    let table = [
        ("<html>".to_owned(), "it is no JSON"),
        (String::new(), "it breaks off"),
        (format!("{WHOLE}{{}}"), "it is no JSON"),
        (format!("{{\"data\":{{\"audio\":\"49\"}},\"x\":{deep}"), "its values lie too deep within each other"),
        (format!("{{\"{name}\":1}}"), "a name or a number in it has no end"),
        (format!("{{\"data\":{{\"status\":{}", "1".repeat(1_000_000)), "a name or a number in it has no end"),
        ("{\"data\":{\"audio\":\"49\u{1}\"}}".to_owned(), "it is no JSON"),
    ];
    for (text, expected) in table {
        let broken = read(&text).0.broken.unwrap();
        assert_eq!(broken, expected, "{}", &text[..text.len().min(40)]);
    }
    for none in ["[]", "null", "\"text\"", "7"] {
        assert_eq!(read(none).0, SongAnswer::default(), "{none}");
    }
    let (said, _) = read(&format!(r#"{{"base_resp":{{"status_msg":"{}"}}}}"#, "m".repeat(100_000)));
    assert!(said.message.unwrap().len() <= 403);
}
