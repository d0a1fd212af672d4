//! Files that are no recording, each with its sentence.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use refrain::audio::glance::glance;

use crate::powerless::powerless;
use crate::sounds::{self, PLAIN, Wav, hear};

const CONVERT: &str = "which refrain cannot decode; hint: convert it first, as `ffmpeg -i IN OUT.wav`";

#[test]
fn what_is_no_recording_is_named() {
    let table: [(Vec<u8>, &str); 9] = [
        (Vec::new(), "is empty"),
        (b"la la la\nla".to_vec(), "is no recording: it looks like a text"),
        (b"<!doctype html><p>404".to_vec(), "is no recording: it looks like a web page"),
        (b"{\"error\": 1}".to_vec(), "is no recording: it looks like a JSON text"),
        (b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR".to_vec(), "is no recording: it looks like a PNG picture"),
        (b"PK\x03\x04\x14\0\0\0".to_vec(), "is no recording: it looks like a zip archive"),
        (vec![0; 10_000], "is no recording that refrain knows"),
        (b"ID3\x04\0\0\0\0\x10\0short".to_vec(), "is cut short: it ends before its sound begins"),
        (Wav { seconds: 0.0, ..PLAIN }.bytes(), "holds no sound"),
    ];
    for (bytes, sentence) in table {
        assert_eq!(hear(&bytes).unwrap_err().to_string(), sentence);
    }
}

#[test]
fn sound_that_cannot_be_decoded_is_called_by_its_name() {
    let table = [
        ("opus.ogg", "Opus in Ogg"),
        ("opus.webm", "WebM or Matroska"),
        ("bare.aac", "bare AAC (ADTS)"),
        ("layer2.mp2", "MPEG layer II (MP2)"),
    ];
    for (name, called) in table {
        assert_eq!(hear(&sounds::bytes(name)).unwrap_err().to_string(), format!("holds {called}, {CONVERT}"));
    }
    let mut locked = sounds::bytes("start.m4a");
    let at = locked.windows(4).position(|name| name == b"mp4a").unwrap();
    locked[at..at + 4].copy_from_slice(b"drms");
    let expected = format!("holds sound that is locked to its buyer (DRM), {CONVERT}");
    assert_eq!(hear(&locked).unwrap_err().to_string(), expected);
    let gsm = Wav { code: 0x31, ..PLAIN }.bytes();
    assert_eq!(hear(&gsm).unwrap_err().to_string(), format!("holds GSM 6.10 in a WAV file, {CONVERT}"));
}

/// The file of the test below, which runs itself once more without root's power.
const LOCKED: &str = "REFRAIN_TEST_LOCKED";

#[test]
fn a_file_that_may_not_be_read_says_so() {
    if let Some(path) = std::env::var_os(LOCKED) {
        assert_eq!(glance(Path::new(&path)).unwrap_err().to_string(), "cannot be read: permission denied");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("locked.wav");
    fs::write(&path, PLAIN.bytes()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    let Some(mut itself) = powerless(&std::env::current_exe().unwrap()) else { return };
    let test = "refusals::a_file_that_may_not_be_read_says_so";
    let ended = itself.args(["--exact", test, "--nocapture"]).env(LOCKED, &path).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success() && said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&ended.stderr));
}
