//! The list of files.

use std::path::PathBuf;

use refrain::tui::effect::Effect;
use refrain::tui::folder::Unlisted;
use refrain::tui::message::{Glimpse, Message};

use super::desk::{Desk, everything, opening};
use super::{INBOX, absent, folder, folders_asked, looked, voice, with};
use refrain::engine::feed::Changes;

const NAMES: [&str; 6] = ["old/", "Mara dry.wav", "Mara wet.wav", "harbour.mp3", ".secret.wav", "notes.txt"];

/// The list, open on the inbox.
fn inbox() -> Desk {
    let mut desk = with(Vec::new());
    desk.press("a");
    looked(&mut desk, INBOX, &NAMES);
    desk.effects();
    desk
}

/// The names of the rows on the screen.
fn rows(desk: &Desk) -> Vec<String> {
    let picture = desk.picture();
    let lines = picture.lines().skip_while(|line| !line.starts_with("---- Add from")).skip(2);
    let rows = lines.take_while(|line| line.starts_with("   ") || line.starts_with(" > "));
    rows.filter_map(|line| line[3..].split("   ").next().map(str::to_owned)).filter(|name| !name.is_empty()).collect()
}

#[test]
fn the_list_opens_in_the_inbox_and_later_where_the_last_file_came_from() {
    let mut desk = with(Vec::new());
    desk.press("a");
    assert_eq!(desk.effects(), [Effect::LookInto { folder: PathBuf::from(INBOX), make: true }]);
    let mut desk = with(vec![voice(1, "Mara")]);
    desk.press("a");
    assert_eq!(desk.effects(), [Effect::LookInto { folder: PathBuf::from("/home/mara"), make: false }]);
}

#[test]
fn typing_narrows_the_list_and_only_a_dot_shows_what_is_hidden() {
    let mut desk = inbox();
    assert_eq!(rows(&desk), ["old/", "Mara dry.wav", "Mara wet.wav", "harbour.mp3"]);
    desk.type_text("MARA");
    assert_eq!(rows(&desk), ["Mara dry.wav", "Mara wet.wav"]);
    desk.press("C-u").type_text("note");
    assert_eq!(rows(&desk), ["notes.txt"], "another file is shown where it is named");
    desk.press("C-u").type_text(".s");
    assert_eq!(rows(&desk), [".secret.wav"]);
    desk.press("C-u").type_text("zzz").press("Enter");
    assert!(desk.picture().contains("nothing in this folder is called `zzz`"), "{}", desk.picture());
}

#[test]
fn the_name_itself_comes_first_then_what_begins_so_then_what_contains_it() {
    let mut desk = with(Vec::new());
    desk.press("a");
    looked(&mut desk, INBOX, &["moooo/", "copy-of-oooo.mp3", "oooo.live.mp3", "oooo.mp3"]);
    desk.type_text("OOOO");
    assert_eq!(rows(&desk), ["oooo.mp3", "oooo.live.mp3", "moooo/", "copy-of-oooo.mp3"]);
    desk.press("Enter");
    assert!(desk.picture().contains("What is oooo.mp3?"), "{}", desk.picture());
}

#[test]
fn sizes_stand_there_at_once_and_lengths_as_they_become_known() {
    let mut desk = with(Vec::new());
    desk.press("a");
    desk.effects();
    looked(&mut desk, INBOX, &["a.wav", "b.wav", "c.mp3", "d.wav"]);
    let files: Vec<PathBuf> = ["a.wav", "b.wav", "c.mp3", "d.wav"].map(|name| PathBuf::from(INBOX).join(name)).into();
    assert_eq!(desk.effects(), [Effect::Glance { files: files.clone() }]);
    assert!(desk.picture().contains("3.1 MB"));
    for (file, glimpse) in files.iter().zip([
        Glimpse::Lasts { ms: 171_400, about: false },
        Glimpse::Lasts { ms: 60_000, about: true },
        Glimpse::Unheard,
        Glimpse::Unsure,
    ]) {
        desk.tell(Message::Glimpsed { file: file.clone(), glimpse });
    }
    let picture = desk.picture();
    for row in ["3.1 MB   2:51", "3.1 MB  ~1:00", "3.1 MB      ?"] {
        assert!(picture.contains(row), "`{row}` is missing:\n{picture}");
    }
    desk.press("Down");
    assert_eq!(desk.effects(), [], "each file is looked at once");
}

#[test]
fn only_files_in_view_are_looked_at_and_ten_thousand_cost_no_time() {
    let names: Vec<String> = (0..10_000).map(|n| format!("song {n:05}.wav")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut desk = with(Vec::new());
    desk.press("a");
    desk.effects();
    looked(&mut desk, INBOX, &names);
    let glanced = |desk: &mut Desk| -> usize {
        let files = |effect| if let Effect::Glance { files } = effect { files.len() } else { 0 };
        desk.effects().into_iter().map(files).sum()
    };
    let first = glanced(&mut desk);
    assert!((1..24).contains(&first), "{first} files");
    let started = std::time::Instant::now();
    for _ in 0..20 {
        desk.press("Down");
        desk.picture();
    }
    desk.type_text("0999");
    desk.picture();
    let took = started.elapsed();
    assert!(took.as_millis() < 2_000, "24 keys took {took:?} in a debug build");
    assert_eq!(rows(&desk)[0], "song 00999.wav");
    assert!(glanced(&mut desk) < 60);
}

#[test]
fn a_path_leads_into_another_folder_and_so_does_backspace_on_an_empty_line() {
    let mut desk = inbox();
    desk.type_text("old/");
    assert_eq!(folders_asked(&mut desk), ["/music/inbox/old"]);
    desk.press("C-u").type_text("~/Mu");
    assert_eq!(folders_asked(&mut desk), ["/home/mara"], "one reading for each folder, not for each letter");
    let mut desk = inbox();
    desk.press("Backspace");
    assert_eq!(folders_asked(&mut desk), ["/music"]);
    looked(&mut desk, "/music", &["Night Ferry/", "inbox/"]);
    assert!(desk.picture().contains(" > inbox/"), "the folder that was left is selected:\n{}", desk.picture());
    desk.press("Enter");
    assert_eq!(folders_asked(&mut desk), [INBOX], "Enter on a folder enters it");
}

#[test]
fn tab_completes_as_a_shell_does() {
    let mut desk = inbox();
    desk.type_text("ma").press("Tab");
    assert!(desk.picture().contains("\n > Mara\n > Mara dry.wav"), "{}", desk.picture());
    desk.press("Tab");
    assert!(desk.picture().contains("\n > Mara\n > Mara dry.wav"), "with nothing to add, nothing happens");
    desk.type_text("d").press("Tab");
    assert!(desk.picture().contains("\n > Mara dry.wav\n"), "{}", desk.picture());
    desk.press("C-u").type_text("ol").press("Tab");
    assert_eq!(folders_asked(&mut desk), ["/music/inbox/old"], "a folder that is alone is entered");
    looked(&mut desk, "/music/inbox/old", &["deep/", "down/"]);
    desk.type_text("d").press("Tab").type_text("o").press("Tab");
    assert_eq!(folders_asked(&mut desk), ["/music/inbox/old/down"]);
}

#[test]
fn a_path_of_another_machine_is_answered_with_the_line_that_brings_it_here() {
    let cases = [
        ("/Users/ann/x.wav", "/Users/ann", "scp /Users/ann/x.wav mara@studio:/music/inbox/"),
        ("~/Desktop/my x.wav", "/home/mara/Desktop", "scp ~/'Desktop/my x.wav' mara@studio:/music/inbox/"),
    ];
    for (typed, folder, line) in cases {
        let mut desk = inbox();
        desk.paste(typed);
        absent(&mut desk, folder);
        desk.effects();
        desk.press("Enter");
        let effects = desk.effects();
        assert_eq!(effects[0], Effect::Copy(line.to_owned()));
        let makes = Effect::LookInto { folder: PathBuf::from(INBOX), make: true };
        assert!(effects.contains(&makes), "the inbox is there for the file: {effects:?}");
        let words: String = desk.picture().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("is not on this machine") && words.contains(line), "{words}");
    }
    let mut desk = inbox();
    desk.paste(r"C:\Users\ann\x.wav").press("Enter");
    assert_eq!(desk.effects()[0], Effect::Copy(r#"scp "C:\Users\ann\x.wav" mara@studio:/music/inbox/"#.to_owned()));
}

#[test]
fn what_is_here_and_no_file_is_named_instead_of_fetched() {
    let mut desk = with(Vec::new());
    desk.press("a").type_text("/srv/pipe.wav");
    let mut listed = folder("/srv", &["Mara dry.wav"]);
    listed.oddities.insert("pipe.wav".to_owned(), "is a named pipe, not a recording".to_owned());
    desk.tell(Message::Looked { folder: PathBuf::from("/srv"), listed: Ok(listed) });
    desk.effects();
    desk.press("Enter");
    assert!(desk.picture().contains("`pipe.wav` is a named pipe, not a recording"), "{}", desk.picture());
    assert!(!desk.effects().iter().any(|effect| matches!(effect, Effect::Copy(_))), "no line is copied");
}

#[test]
fn a_file_that_is_dropped_on_the_terminal_is_found_whatever_quotes_it() {
    for dropped in ["'/srv/my song.wav' ", r"/srv/my\ song.wav ", "file:///srv/my%20song.wav"] {
        let mut desk = with(Vec::new());
        desk.paste(dropped);
        assert_eq!(folders_asked(&mut desk), ["/srv"], "{dropped}");
        looked(&mut desk, "/srv", &["a my song.wav", "my song.wav"]);
        desk.press("Enter");
        assert_eq!(desk.state.overlays(), ["files", "adding"]);
        assert!(desk.picture().contains("What is my song.wav?"), "{}", desk.picture());
    }
    let mut desk = with(Vec::new());
    desk.paste("la la la");
    assert_eq!(desk.state.overlays(), ["offer"], "other text is offered to the lyrics");
}

#[test]
fn a_folder_that_went_or_may_not_be_read_is_told_and_late_answers_change_nothing() {
    let mut desk = inbox();
    desk.press("Enter");
    absent(&mut desk, "/music/inbox/old");
    desk.press("Enter");
    assert!(desk.picture().contains("the folder `/music/inbox/old` is gone"), "{}", desk.picture());
    let why = "you may not read the folder `/music/inbox/old`".to_owned();
    let listed = Err(Unlisted::Unreadable(why.clone()));
    desk.tell(Message::Looked { folder: PathBuf::from("/music/inbox/old"), listed });
    assert!(desk.picture().contains(&why), "{}", desk.picture());
    let before = desk.picture();
    let late = Ok(folder("/elsewhere", &["late.wav"]));
    desk.tell(Message::Looked { folder: PathBuf::from("/elsewhere"), listed: late });
    assert_eq!(desk.picture(), before, "nobody asked for that folder");
    desk.press("Esc");
    looked(&mut desk, INBOX, &NAMES);
    assert_eq!(desk.state.overlays(), [""; 0]);
}

#[test]
fn a_folder_that_never_answers_lets_one_type_and_leave() {
    let mut desk = with(Vec::new());
    desk.press("a").type_text("/mnt/dead/x.wav").press("Enter");
    assert!(desk.picture().contains("`/mnt/dead` is still being read"), "{}", desk.picture());
    desk.press("Esc");
    assert_eq!(desk.state.overlays(), [""; 0]);
}

#[test]
fn names_that_would_move_the_cursor_are_shown_without_what_does() {
    let mut desk = Desk::new(opening(), Changes { ..everything() });
    desk.press("Tab Tab a");
    looked(&mut desk, INBOX, &["\u{1b}[2Jevil\u{202e}.wav"]);
    assert!(desk.picture().contains("[2Jevil.wav"), "{}", desk.picture());
}
