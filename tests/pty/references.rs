//! References from the keyboard alone, in a real terminal, on the sandbox.

use std::f32::consts::TAU;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::powerless::powerless;
use crate::sounds::in_wav;
use crate::terminal::{Setup, Terminal};

/// Samples a second.
const RATE: u32 = 16_000;

/// A WAV of that many seconds, in which something hums.
fn hum(file: &Path, seconds: u32) {
    let sample = |n: u32| {
        let at = n as f32 / RATE as f32;
        let sung = (TAU * 220.0 * at + 3.0 * (TAU * 5.0 * at).sin()).sin() * (0.6 + 0.3 * (TAU * 0.4 * at).sin());
        (sung * 12_000.0) as i16
    };
    let samples: Vec<u8> = (0..seconds * RATE).flat_map(|n| sample(n).to_le_bytes()).collect();
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, in_wav(RATE, &samples)).unwrap();
}

/// A screen with the references in focus.
fn references(data: &Path) -> Terminal {
    let mut terminal = Terminal::refrain(data, &Setup::default());
    terminal.expect("[Verse 1]");
    terminal.keys("\t\t");
    terminal.expect("a add");
    terminal
}

/// Goes through the models to one of that name, and back to the references.
fn choose_model(terminal: &mut Terminal, label: &str) {
    terminal.keys("\t");
    terminal.expect("Enter change");
    let title = format!("Model   {label} ");
    let shown = |terminal: &Terminal| {
        let screen = terminal.screen().contents();
        screen.lines().find(|line| line.contains("Model   ")).map(str::to_owned).unwrap_or_default()
    };
    while !shown(terminal).contains(&title) {
        let before = shown(terminal);
        terminal.keys("\x1b[C");
        terminal.until("the next model", |screen| !screen.contents().contains(&before));
    }
    terminal.keys("\x1b[Z");
    terminal.expect("a add");
}

#[test]
fn a_voice_is_added_uploaded_and_used_from_the_keyboard_alone() {
    let data = tempfile::tempdir().unwrap();
    hum(&data.path().join("music/inbox/mara dry.wav"), 12);
    let mut terminal = references(data.path());
    terminal.keys("a");
    terminal.expect("mara dry.wav");
    terminal.expect("384 KB   0:12");
    terminal.keys("mar\t");
    terminal.until("the name in the line and in its row", |screen| {
        screen.contents().matches(" > mara dry.wav").count() == 2
    });
    terminal.keys("\r");
    terminal.expect("What is mara dry.wav?");
    terminal.keys("2\x15Mara\r");
    terminal.expect("Mara             voice         0:12   0 takes");
    terminal.keys("\r");
    terminal.expect("takes no voice; music-01 does");
    choose_model(&mut terminal, "music-01");
    terminal.keys("\r");
    terminal.expect("Mara is used as voice");
    terminal.expect("used: voice");
    assert!(data.path().join("music/inbox/mara dry.wav").is_file(), "a person's file is never touched");
}

#[test]
fn a_file_that_stays_here_is_covered_from_the_keyboard_alone() {
    let data = tempfile::tempdir().unwrap();
    hum(&data.path().join("music/inbox/demo.wav"), 12);
    let mut terminal = references(data.path());
    choose_model(&mut terminal, "music-cover");
    terminal.keys("a");
    terminal.expect("demo.wav");
    terminal.keys("\r");
    terminal.expect("What is demo.wav?");
    terminal.keys("4\r");
    terminal.expect("added; Enter uses it");
    terminal.keys("\r");
    terminal.expect("demo is used as reference");
    terminal.keys("\x07");
    terminal.expect("Order 1 take");
    terminal.keys("\r");
    terminal.expect("1 new to hear");
}

#[test]
fn what_is_too_short_is_told_and_a_folder_that_disappears_as_well() {
    let data = tempfile::tempdir().unwrap();
    let inbox = data.path().join("music/inbox");
    hum(&inbox.join("short.wav"), 2);
    fs::create_dir(inbox.join("old")).unwrap();
    let mut terminal = references(data.path());
    terminal.keys("a");
    terminal.expect("short.wav");
    fs::remove_dir(inbox.join("old")).unwrap();
    terminal.keys("\r");
    terminal.expect("there is no such folder here");
    terminal.keys("\r");
    terminal.expect("is gone; Backspace goes up");
    terminal.keys("\x7f");
    terminal.expect("short.wav");
    terminal.keys("short\r");
    terminal.expect("What is short.wav?");
    terminal.keys("1\r");
    terminal.expect("Enter takes it all the same");
    terminal.keys("\x1b");
    terminal.expect("Add from");
}

#[test]
fn a_recording_that_is_too_long_or_may_not_be_read_is_refused_on_the_screen() {
    let refrain = Path::new(env!("CARGO_BIN_EXE_refrain"));
    is_refused(&Command::new(refrain), 601, 0o644, "it may last at most 10:00");
    // Only this row needs a program without root's rights.
    if let Some(command) = powerless(refrain) {
        is_refused(&command, 12, 0o000, "permission denied");
    }
}

/// Adds a recording of that many seconds with that mode, and waits for the sentence.
fn is_refused(refrain: &Command, seconds: u32, mode: u32, sentence: &str) {
    let data = crate::wrappers::folder();
    let file = data.path().join("music/inbox/mine.wav");
    hum(&file, seconds);
    fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    let words = refrain.get_args().map(|word| word.to_str().unwrap());
    let words: Vec<&str> = words.chain(["--sandbox", "--data-dir", data.path().to_str().unwrap()]).collect();
    let mut terminal = Terminal::open(refrain.get_program().to_str().unwrap(), &words, &Setup::default());
    terminal.expect("[Verse 1]");
    terminal.keys("\t\t");
    terminal.expect("a add");
    terminal.keys("a");
    terminal.expect("mine.wav");
    terminal.keys("mine\r");
    terminal.expect("What is mine.wav?");
    terminal.keys("2\r");
    terminal.expect(sentence);
    let store = refrain::store::Store::open(data.path()).unwrap();
    assert_eq!(store.references().unwrap(), [], "{sentence}");
}
