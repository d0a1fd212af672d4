//! Songs, their drafts and the library of references, from the command line.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use refrain::domain::song::SongId;

use super::{SHORT, begin};
use crate::support::studio::{Ended, Studio};

/// A studio with the song `Night Ferry` and words in it.
fn with_a_song() -> Studio {
    let studio = Studio::new();
    assert_eq!(studio.run(["song", "new", "Night Ferry"]).code, 0);
    let written = studio.run([
        "song",
        "write",
        "night ferry",
        "--model",
        "music-2.0",
        "--style",
        "slow waltz",
        "--lyrics",
        "[Verse]\nø boat",
    ]);
    assert_eq!(written.code, 0, "{written:?}");
    studio
}

fn fed(command: &mut Command, input: &str) -> Ended {
    let mut child = begin(command.stdin(Stdio::piped()));
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Ended::of(child.wait_with_output().unwrap())
}

#[test]
fn a_song_is_started_written_shown_and_listed() {
    let studio = with_a_song();
    let shown = studio.run(["song", "show", "NIGHT FERRY", "--json"]).json();
    assert_eq!((&shown["title"], &shown["takes"]), (&"Night Ferry".into(), &0.into()));
    assert_eq!((&shown["revision"], &shown["writer"]), (&2.into(), &"the command line".into()));
    assert_eq!(shown["draft"]["model"], "minimax/music-2.0");
    let listed = studio.run(["song", "list", "--json"]).json();
    assert_eq!(listed.as_array().unwrap(), &[shown]);
    assert_eq!(studio.run(["song", "show", "Night Ferry", "--lyrics"]).out, "[Verse]\nø boat\n");
    assert_eq!(studio.run(["song", "show", "Night Ferry", "--style"]).out, "slow waltz\n");
    let told = studio.run(["song", "show", "Night Ferry"]).out;
    assert!(told.contains("slow waltz") && told.contains("[Verse]\nø boat"), "{told}");
    let second = studio.run(["song", "new", "Night Ferry", "--json"]);
    assert_eq!(
        (second.code, &second.json()["title"]),
        (0, &"Night Ferry 2".into()),
        "a title that is taken gets a number"
    );
    assert_eq!(studio.run(["song", "rename", "night ferry 2", "Paper Cup"]).out, "Paper Cup\n");
    assert_eq!(studio.run(["song", "list"]).out.lines().count(), 2);
    assert_eq!(studio.run(["song", "rename", "Paper Cup", " "]).code, 2);
}

#[test]
fn what_a_song_shows_can_be_piped_back_into_it_and_into_an_order() {
    let studio = with_a_song();
    let words = "[Chorus]\nit's \"so\" $HOME `late`\n\nend";
    let written = fed(studio.refrain().args(["song", "write", "Night Ferry", "--lyrics", "@-"]), &format!("{words}\n"));
    assert_eq!(written.code, 0, "{written:?}");
    assert_eq!(studio.run(["song", "show", "Night Ferry", "--lyrics"]).out, format!("{words}\n"));
    let body = studio.run(["song", "order", "Night Ferry", "--dry-run"]);
    assert_eq!(body.code, 0, "{body:?}");
    assert!(body.json()["lyrics"].as_str().unwrap().contains("it's \"so\" $HOME `late`"), "{body:?}");
}

#[test]
fn what_a_file_brings_is_cleaned_as_a_paste_on_the_screen_is() {
    let studio = with_a_song();
    let words = "[Verse]\r\nla\u{200b} la\u{1b}[2J\r\n\tlo\r\n";
    assert_eq!(fed(studio.refrain().args(["song", "write", "Night Ferry", "--lyrics", "@-"]), words).code, 0);
    assert_eq!(studio.store().draft(SongId(1)).unwrap().draft.lyrics, "[Verse]\nla la[2J\n    lo");
}

#[test]
fn a_write_that_was_based_on_an_older_revision_loses_and_is_kept_as_a_version() {
    let studio = with_a_song();
    let write = |revision: &str, style: &str| {
        studio.run(["song", "write", "Night Ferry", "--style", style, "--revision", revision, "--json"])
    };
    let won = write("2", "brushed drums");
    assert_eq!((won.code, &won.json()["revision"]), (0, &3.into()), "{won:?}");
    let lost = write("2", "church organ");
    assert_eq!((lost.code, lost.out.as_str()), (1, ""), "{lost:?}");
    for part in ["the command line wrote first", "revision 3, not 2", "kept as a version", "hint"] {
        assert!(lost.err.contains(part), "{part} is missing: {}", lost.err);
    }
    let store = studio.store();
    assert_eq!(store.draft(SongId(1)).unwrap().draft.style, "brushed drums");
    let versions = store.versions(SongId(1)).unwrap();
    assert_eq!(
        (versions[0].origin.as_str(), versions[0].draft.style.as_str()),
        ("from the command line", "church organ")
    );
    assert!(versions.iter().any(|version| version.draft.style == "slow waltz"), "what was there before is kept too");
}

#[test]
fn of_two_writes_to_one_draft_at_the_same_time_none_is_lost_without_a_word() {
    let studio = with_a_song();
    let styles: Vec<String> = (0..6).map(|n| format!("style number {n}")).collect();
    let begun =
        styles.iter().map(|style| begin(studio.refrain().args(["song", "write", "Night Ferry", "--style", style])));
    let begun: Vec<_> = begun.collect();
    let ended = begun.into_iter().map(|child| Ended::of(child.wait_with_output().unwrap()));
    for (ended, style) in ended.zip(&styles) {
        assert!(ended.code == 0 || (ended.code == 1 && ended.err.contains("wrote first")), "{style}: {ended:?}");
    }
    let store = studio.store();
    let mut kept: Vec<String> =
        store.versions(SongId(1)).unwrap().into_iter().map(|version| version.draft.style).collect();
    kept.push(store.draft(SongId(1)).unwrap().draft.style);
    for style in &styles {
        assert!(kept.contains(style), "{style} is gone: {kept:?}");
    }
}

#[test]
fn a_write_that_makes_no_sense_changes_nothing() {
    let studio = with_a_song();
    let table = [
        (&["--set", "colour=red"][..], "colour"),
        (&["--set", "nonsense"], "FIELD=VALUE"),
        (&["--model", "musik-9"], "`musik-9`"),
        (&["--lyrics", "@/nonexistent"], "/nonexistent"),
        (&[], "nothing to write"),
    ];
    for (flags, part) in table {
        let ended = studio.run(["song", "write", "Night Ferry"].iter().chain(flags));
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{flags:?}");
        assert!(ended.err.contains(part), "{part}: {}", ended.err);
    }
    assert_eq!(studio.store().draft(SongId(1)).unwrap().revision.0, 2);
    let same = studio.run(["song", "write", "Night Ferry", "--style", "slow waltz"]);
    assert_eq!((same.code, studio.store().draft(SongId(1)).unwrap().revision.0), (0, 2), "{same:?}");
}

#[test]
fn a_name_that_is_nearly_right_is_answered_with_the_right_one() {
    let studio = with_a_song();
    assert_eq!(studio.run(["reference", "add", "https://example.org/a.mp3", "--name", "Mara, dry"]).code, 0);
    for arguments in [&["song", "show", "Nihgt Fery"][..], &["list", "--song", "ferry"], &["check", "night fery"]] {
        let ended = studio.run(arguments);
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.err.contains("hint: did you mean `Night Ferry`?"), "{}", ended.err);
    }
    let reference = studio.run(["reference", "forget", "mara dry"]);
    assert!(reference.code == 2 && reference.err.contains("did you mean `Mara, dry`?"), "{reference:?}");
    let none = studio.run(["song", "show", "zzz"]);
    assert!(none.code == 2 && none.err.contains("`refrain song list`"), "{none:?}");
    let new = studio.run(["song", "write", "zzz", "--style", "slow waltz"]);
    assert!(new.code == 2 && new.err.contains("`refrain song new TITLE` starts one"), "{new:?}");
    let model = studio.run(["generate", "--style", "slow waltz"]);
    assert!(model.code == 2 && model.err.contains("tip: `refrain models` lists the models"), "{model:?}");
    let other = studio.run(["rate"]);
    assert!(other.code == 2 && !other.err.contains("refrain models"), "{other:?}");
    let take = studio.run(["rate", "17", "4"]);
    assert!(take.code == 2 && take.err.contains("nothing was ordered yet"), "{take:?}");
}

#[test]
fn the_library_is_kept_and_used_from_the_command_line() {
    let studio = with_a_song();
    let added = studio.run(["reference", "add", "https://example.org/mara%20dry.mp3?x=1", "--json"]);
    assert_eq!((added.code, &added.json()["name"]), (0, &"mara dry".into()), "{added:?}");
    assert_eq!(studio.run(["reference", "add", "https://example.org/b.mp3", "--name", "Band"]).out, "2\n");
    let wrong = studio.run(["reference", "add", "mara.mp3"]);
    assert!(wrong.code == 2 && wrong.err.contains("start with https://"), "{wrong:?}");
    assert_eq!(fed(studio.refrain().args(["reference", "note", "1", "-"]), "close\nmicrophone\n").code, 0);
    assert_eq!(studio.run(["reference", "rename", "MARA DRY", "Mara"]).code, 0);
    let listed = studio.run(["reference", "list", "--json"]).json();
    assert_eq!((&listed[0]["name"], &listed[0]["note"]), (&"Mara".into(), &"close\nmicrophone".into()));
    assert_eq!(listed[1]["url"], "https://example.org/b.mp3");
    assert_eq!(studio.run(["reference", "list"]).out.lines().count(), 2);
    let not = studio.run(["reference", "use", "Mara", "Night Ferry"]);
    assert!(not.code == 1 && not.err.contains("music-2.0 takes no reference"), "{not:?}");
    assert_eq!(studio.run(["song", "write", "Night Ferry", "--model", "minimax-music"]).code, 0);
    let used = studio.run(["reference", "use", "Mara", "Night Ferry", "--json"]);
    assert_eq!(used.json()["draft"]["settings"]["reference"], "https://example.org/mara%20dry.mp3?x=1");
    assert_eq!(studio.run(["reference", "use", "2", "Night Ferry", "--undo"]).code, 1, "that one is not used");
    assert_eq!(studio.run(["reference", "use", "1", "Night Ferry", "--undo"]).code, 0);
    assert_eq!(studio.store().draft(SongId(1)).unwrap().draft.setting("reference"), None);
    assert_eq!(studio.run(["reference", "rename", "2", "Mara"]).code, 0);
    let two = studio.run(["reference", "forget", "Mara"]);
    assert!(two.code == 2 && two.err.contains("1 `Mara` (url), 2 `Mara` (url)"), "{two:?}");
    assert_eq!(studio.run(["reference", "forget", "2"]).code, 0);
}

#[test]
fn the_words_of_a_take_go_into_the_draft_of_a_song() {
    let studio = with_a_song();
    let ordered =
        studio.refrain().args(["--sandbox", "generate", "--hold", "--song", "Night Ferry"]).args(SHORT).output();
    assert_eq!(ordered.unwrap().status.code(), Some(0));
    assert_eq!(studio.run(["song", "new", "Paper Cup"]).code, 0);
    let used = studio.run(["song", "use", "1", "--song", "Paper Cup", "--json"]);
    assert_eq!(used.json()["draft"]["style"], "slow fado, one guitar");
    let stale = studio.run(["song", "use", "1", "--revision", "1"]);
    assert!(stale.code == 1 && stale.err.contains("revision 2, not 1"), "{stale:?}");
    assert_eq!(studio.store().draft(SongId(1)).unwrap().draft.style, "slow waltz");
    assert_eq!(studio.run(["song", "use", "1"]).code, 0);
    assert_eq!(studio.run(["song", "show", "Night Ferry", "--style"]).out, "slow fado, one guitar\n");
    let file = studio.path().join("words.txt");
    fs::write(&file, "[Verse]\nanother\n").unwrap();
    assert_eq!(studio.run(["song", "write", "Paper Cup", "--lyrics", &format!("@{}", file.display())]).code, 0);
    assert_eq!(studio.store().draft(SongId(2)).unwrap().draft.lyrics, "[Verse]\nanother");
}

#[test]
fn a_model_that_is_named_twice_is_ordered_from_once_wherever_it_is_named_again() {
    let studio = with_a_song();
    let models = ["music-2.0", "lyria2", "music-2.0"].map(|name| format!("--model={name}"));
    let ordered =
        studio.run(["--sandbox", "song", "order", "Night Ferry", "--hold"].map(str::to_owned).iter().chain(&models));
    assert_eq!(ordered.code, 0, "{ordered:?}");
    let mut takes: Vec<_> = studio.store().takes(None).unwrap().into_iter().map(|take| take.model).collect();
    takes.sort();
    assert_eq!(takes, ["google/lyria2", "minimax/music-2.0"]);
}

#[test]
fn when_something_was_saved_is_told_by_the_day_for_people_and_exactly_for_programs() {
    let studio = with_a_song();
    for (arguments, line) in [(&["song", "list"][..], "Night Ferry"), (&["song", "show", "Night Ferry"], "saved")] {
        let told = studio.run(arguments).out;
        let line = told.lines().find(|told| told.starts_with(line)).unwrap();
        assert!(line.contains(" today ") || line.contains(" yesterday "), "{line}");
    }
    let exact = studio.run(["song", "show", "Night Ferry", "--json"]).json();
    exact["saved"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
}

#[test]
fn a_take_ordered_without_naming_a_song_opens_none() {
    let studio = with_a_song();
    let open = studio.store().last_opened().unwrap();
    assert!(open.is_some());
    let order = |more: &[&str]| {
        let loose = studio.run(["--sandbox", "generate", "--hold"].iter().chain(&SHORT).chain(more));
        assert_eq!(loose.code, 0, "{loose:?}");
    };
    order(&[]);
    assert_eq!(studio.store().last_opened().unwrap(), open, "the song that was open stays the one to open");
    order(&["--song", "Named"]);
    assert_ne!(studio.store().last_opened().unwrap(), open);
    let fresh = Studio::new();
    let order = ["--sandbox", "generate", "--hold"].iter().chain(&SHORT);
    assert_eq!(fresh.run(order).code, 0);
    assert_eq!(fresh.store().last_opened().unwrap(), None, "so that a first start shows the first song");
}
