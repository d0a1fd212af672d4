//! What is pasted and what is taken back.

use refrain::tui::editor::{Edit, Editor, EditorKind};

use crate::{check, editor, press};

#[test]
fn cut_and_copied_text_is_pasted() {
    check(&[
        ("^one |two", "C-x C-e C-v", "twoone |"),
        ("^one| two", "C-c C-e C-v", "one twoone|"),
        ("a^b\nc|d", "C-x C-v C-v", "ab\ncb\nc|d"),
        ("one| two", "C-x", "one| two"),
    ]);
}

#[test]
fn cutting_and_copying_hand_the_text_out_and_kills_do_not() {
    let mut editor = editor("^one| two", EditorKind::Lines);
    assert_eq!(editor.apply(Edit::Copy).copied.as_deref(), Some("one"));
    assert_eq!(editor.apply(Edit::Cut).copied.as_deref(), Some("one"));
    let killed = editor.apply(Edit::KillToEnd);
    assert_eq!((killed.copied, killed.changed), (None, true));
    assert_eq!(editor.clipboard(), " two");
}

#[test]
fn a_run_of_typing_is_one_step_of_undo() {
    check(&[
        ("one|", "' two' C-/", "one|"),
        ("|", "'one' Enter 'two' C-/", "one\n|"),
        ("|", "'one' Enter 'two' C-/ C-/", "|"),
        ("|", "'one' Left 'x' C-/", "on|e"),
        ("|", "'one' C-/ C-r", "one|"),
        ("one two|", "Backspace Backspace Backspace C-/", "one two|"),
        ("|one two", "C-d C-d C-d C-/", "|one two"),
        ("one |two", "C-k 'six' C-/", "one |"),
        ("one |two", "C-k 'six' C-/ C-/", "one |two"),
        ("^one| two", "'six' C-/", "one| two"),
        ("aa|aa", "'aa' Left Left 'b' C-/ C-/", "aa|aa"),
    ]);
}

#[test]
fn a_long_paste_is_one_step_and_comes_back_whole() {
    let song = "A paper cup, a borrowed light\r\n".repeat(100);
    let mut editor = Editor::new("", EditorKind::Lines);
    assert!(editor.apply(Edit::Paste(song)).changed);
    assert_eq!(editor.text(), "A paper cup, a borrowed light\n".repeat(100));
    editor.apply(Edit::Undo);
    assert_eq!(editor.text(), "");
    editor.apply(Edit::Redo);
    assert_eq!(editor.text().lines().count(), 100);
    assert_eq!(editor.apply(Edit::Redo).note, Some("nothing to redo"));
}

#[test]
fn three_hundred_steps_can_be_taken_back() {
    let mut editor = Editor::new("start", EditorKind::Lines);
    for _ in 0..300 {
        press(&mut editor, "'a' Enter Left 'b' Right");
    }
    let steps = std::iter::repeat_with(|| editor.apply(Edit::Undo)).take_while(|step| step.changed).count();
    assert!(steps >= 300, "{steps} steps");
    assert_eq!(editor.text(), "start");
}

#[test]
fn pastes_are_cleaned_for_where_they_go() {
    let messy = "a\tb\r\nc\rd\u{1b}[2Je\u{202E}f\u{200B}g\u{feff}\n\n👨‍👩‍👧🏴\u{E0067}\u{E007F} x\u{E0067}";
    let cases = [
        (EditorKind::Lines, "a    b\nc\nd[2Jefg\n\n👨‍👩‍👧🏴\u{E0067}\u{E007F} x"),
        (EditorKind::Paragraph, "a    b c d[2Jefg 👨‍👩‍👧🏴\u{E0067}\u{E007F} x"),
    ];
    for (kind, clean) in cases {
        let mut editor = Editor::new("", kind);
        editor.apply(Edit::Paste(messy.into()));
        assert_eq!(editor.text(), clean);
        assert_eq!(Editor::new(messy, kind).text(), clean);
    }
}

#[test]
fn a_full_text_says_so_and_keeps_what_it_has() {
    let mut editor = Editor::new("", EditorKind::Lines);
    let pasted = editor.apply(Edit::Paste("é".repeat(70_000)));
    assert_eq!(editor.text().chars().count(), 60_000);
    assert!(pasted.note.is_some_and(|note| note.contains("only the beginning")));
    let typed = editor.apply(Edit::Insert('x'));
    assert!(!typed.changed && typed.note.is_some_and(|note| note.contains("full")));
    editor.apply(Edit::Move { motion: refrain::tui::editor::Motion::LineEnd, select: true });
    editor.apply(Edit::SelectAll);
    assert!(editor.apply(Edit::Insert('x')).changed, "what is selected makes room");
    assert_eq!(editor.text(), "x");
}
