//! The main job: a song from an empty terminal to files on disk, from the keyboard alone.

use std::path::{Path, PathBuf};

use crate::terminal::{Setup, Terminal};

const ENTER: &str = "\r";
const DOWN: &str = "\x1b[B";
const CTRL_A: &str = "\x01";
const CTRL_G: &str = "\x07";
const CTRL_N_IN_SONGS: &str = "\x0e";
const CTRL_O: &str = "\x0f";
const CTRL_Q: &str = "\x11";
const CTRL_S: &str = "\x13";
const SHIFT_TAB: &str = "\x1b[Z";

/// Sound files below a folder.
fn sounds(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "mp3" || extension == "wav") {
                found.push(path);
            }
        }
    }
    found
}

/// Whether another program can decode the file to its end, where one is installed.
fn decodes(file: &Path) -> bool {
    let outcome = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-xerror", "-i", file.to_str().unwrap(), "-f", "null", "-"])
        .output();
    let Ok(output) = outcome else {
        eprintln!("ffmpeg is not installed: {} was only found, not decoded by it", file.display());
        return file.metadata().unwrap().len() > 10_000;
    };
    output.status.success() && output.stderr.is_empty()
}

#[test]
fn a_fresh_start_shows_the_example_song_and_says_that_nothing_is_charged() {
    let data = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("Paper Boats");
    terminal.expect("sandbox: nothing is charged");
    terminal.expect("[Verse 1]");
    terminal.keys(CTRL_Q);
    assert!(terminal.ended().success());
}

#[test]
fn a_song_is_written_and_ordered_from_five_models_and_arrives_as_five_whole_files() {
    let data = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("Paper Boats");
    terminal.keys(CTRL_O);
    terminal.expect("Songs");
    terminal.keys(CTRL_N_IN_SONGS);
    terminal.keys("Harbour Light\r");
    terminal.expect(" Harbour Light ");
    terminal.keys(SHIFT_TAB);
    terminal.keys("slow waltz, upright piano, 84 bpm");
    terminal.expect("slow waltz, upright piano, 84 bpm");
    terminal.keys("\t");
    terminal.keys("[Verse]\rThe lamp goes round the harbour wall\rAnd counts the boats, and counts them all\r");
    terminal.expect("And counts the boats");
    terminal.keys(CTRL_G);
    terminal.expect("nothing is charged");
    terminal.keys("m");
    terminal.expect("stable-audio");
    // music-2.0 is ticked, the row below it selected; each tick goes a row down.
    for rows in [1, 2, 0, 0] {
        terminal.keys(&DOWN.repeat(rows));
        terminal.keys(" ");
    }
    terminal.keys(ENTER);
    terminal.expect("Order 5 takes");
    terminal.keys(ENTER);
    terminal.expect("this song 5");
    terminal.expect("5 new to hear");
    let files = sounds(&data.path().join("music/sandbox/Harbour Light"));
    assert_eq!(files.len(), 5, "{files:?}");
    for file in &files {
        assert!(decodes(file), "{} is not whole", file.display());
        assert!(file.with_extension("json").is_file(), "no sidecar beside {}", file.display());
    }
    terminal.keys(CTRL_Q);
    assert!(terminal.ended().success());
}

#[test]
fn the_key_that_opens_the_order_strip_never_pays() {
    let data = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("Paper Boats");
    terminal.keys(CTRL_G);
    terminal.expect("Enter order");
    terminal.keys(CTRL_G);
    terminal.expect_gone("Enter order");
    terminal.expect("this song 0");
}

#[test]
fn what_is_typed_in_the_lyrics_is_text_whatever_letters_it_has() {
    let data = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("[Verse 1]");
    let every_letter = "q j k g G o r h d p x a c m n / ? : 1 2 3 0 quit";
    terminal.keys(&format!("{CTRL_A}{every_letter}"));
    terminal.expect(every_letter);
    terminal.expect("this song 0");
}

#[test]
fn a_paste_of_3000_characters_arrives_whole_and_is_one_step_to_undo() {
    let data = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("814/3000");
    let line = "the rain came down on all the roofs of town\n";
    let text: String = line.repeat(70).chars().take(3000 - 5).chain("|end\n".chars()).collect();
    terminal.paste(&text);
    terminal.expect("|end");
    terminal.expect("/3000");
    terminal.keys("\x1f");
    terminal.expect_gone("|end");
    terminal.expect("814/3000");
}

#[test]
fn the_hands_save_key_is_harmless_and_keeps_a_version() {
    let data = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("[Verse 1]");
    terminal.keys("kept ");
    terminal.keys(CTRL_S);
    let store = refrain::store::Store::open(data.path()).unwrap();
    let song = store.last_opened().unwrap().unwrap();
    let is_kept = || store.versions(song).unwrap().iter().any(|version| version.draft.lyrics.contains("kept "));
    terminal.until("the version in the store", |_| is_kept());
    terminal.expect("a version");
}

#[test]
fn two_screens_show_the_same_queue_and_follow_each_others_words() {
    let data = tempfile::tempdir().unwrap();
    let mut one = Terminal::refrain(data.path(), &Setup::default());
    one.expect("[Verse 1]");
    let other = Terminal::refrain(data.path(), &Setup { columns: 80, rows: 24, ..Setup::default() });
    other.expect("[Verse 1]");
    one.keys("followed live ");
    other.expect("followed live");
    one.keys(CTRL_G);
    one.expect("Enter order");
    one.keys(ENTER);
    other.expect("new");
}
