//! Before, keys, after: `|` is the cursor, `^` the other end of the selection. Keys stand in their own
//! notation; text in quotes is typed.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

use refrain::tui::editor::{Edit, Editor, EditorKind, FindStep, Found, Spot, edit_for};
use refrain::tui::input::Key;

/// Reads a marked text: the text, the cursor and the other end of the selection.
fn unmark(marked: &str) -> (String, Spot, Option<Spot>) {
    let (mut text, mut spot) = (String::new(), Spot::default());
    let (mut cursor, mut anchor) = (None, None);
    for c in marked.chars() {
        match c {
            '|' => cursor = Some(spot),
            '^' => anchor = Some(spot),
            '\n' => spot = Spot { line: spot.line + 1, column: 0 },
            _ => spot.column += 1,
        }
        if c != '|' && c != '^' {
            text.push(c);
        }
    }
    (text, cursor.expect("a marked text has a cursor"), anchor)
}

fn mark(editor: &Editor) -> String {
    let cursor = editor.cursor();
    let anchor = editor.selection().map(|(from, to)| if from == cursor { to } else { from });
    let mut out = String::new();
    for (line, text) in editor.text().split('\n').enumerate() {
        if line > 0 {
            out.push('\n');
        }
        let end = text.chars().count();
        for (column, c) in text.chars().map(Some).chain([None]).enumerate() {
            assert!(column <= end);
            let here = Spot { line, column };
            if here == cursor {
                out.push('|');
            }
            if Some(here) == anchor {
                out.push('^');
            }
            out.extend(c);
        }
    }
    out
}

fn editor(before: &str, kind: EditorKind) -> Editor {
    let (text, cursor, anchor) = unmark(before);
    let mut editor = Editor::new(&text, kind);
    editor.set_cursor(anchor.unwrap_or(cursor));
    while anchor.is_some() && editor.cursor() != cursor {
        let key = if editor.cursor() < cursor { "S-Right" } else { "S-Left" };
        press(&mut editor, key);
    }
    editor
}

fn press(editor: &mut Editor, keys: &str) {
    let mut rest = keys.trim();
    while !rest.is_empty() {
        if let Some((typed, tail)) = rest.strip_prefix('\'').and_then(|quoted| quoted.split_once('\'')) {
            typed.chars().for_each(|c| drop(editor.apply(Edit::Insert(c))));
            rest = tail.trim_start();
        } else {
            let (name, tail) = rest.split_once(' ').unwrap_or((rest, ""));
            let key = Key::parse(name).unwrap();
            editor.apply(edit_for(key).unwrap_or_else(|| panic!("{name} edits nothing")));
            rest = tail.trim_start();
        }
    }
}

#[track_caller]
fn check(cases: &[(&str, &str, &str)]) {
    for (before, keys, after) in cases {
        let mut editor = editor(before, EditorKind::Lines);
        press(&mut editor, keys);
        assert_eq!(mark(&editor), *after, "{before:?} after {keys}");
    }
}

#[test]
fn letters_go_in_where_the_cursor_is() {
    check(&[
        ("|", "'Oh'", "Oh|"),
        ("a|c", "'b'", "ab|c"),
        ("a|b", "Enter", "a\n|b"),
        ("one ^two| three", "'2'", "one 2| three"),
        ("夜|船", "'の'", "夜の|船"),
    ]);
}

#[test]
fn arrows_pass_whole_graphemes() {
    check(&[
        ("|👨‍👩‍👧x", "Right", "👨‍👩‍👧|x"),
        ("👨‍👩‍👧|x", "Left", "|👨‍👩‍👧x"),
        ("|e\u{301}t\u{e9}", "Right", "e\u{301}|t\u{e9}"),
        ("🇫🇷🇩🇪|", "Left", "🇫🇷|🇩🇪"),
        ("a|\nb", "Right", "a\n|b"),
        ("a\n|b", "Left", "a|\nb"),
        ("|a", "Left", "|a"),
        ("a|", "Right", "a|"),
    ]);
}

#[test]
fn deleting_takes_whole_graphemes_and_line_ends() {
    check(&[
        ("x👨‍👩‍👧|y", "Backspace", "x|y"),
        ("x|👨‍👩‍👧y", "Delete", "x|y"),
        ("e\u{301}|", "Backspace", "|"),
        ("🇫🇷|🇩🇪", "C-d", "🇫🇷|"),
        ("a\n|b", "Backspace", "a|b"),
        ("a|\nb", "C-d", "a|b"),
        ("|a", "Backspace", "|a"),
        ("a|", "Delete", "a|"),
        ("one ^two| three", "Backspace", "one | three"),
        ("one |two^ three", "Delete", "one | three"),
    ]);
}

#[test]
fn a_mark_that_joins_the_letter_before_it_leaves_the_cursor_behind_both() {
    check(&[("|\u{301}x", "'e'", "e\u{301}|x"), ("🇫-|🇷", "Backspace", "🇫🇷|")]);
}

#[test]
fn words_are_passed_and_deleted() {
    check(&[
        ("|night ferry", "C-Right", "night |ferry"),
        ("night ferry|", "C-Left", "night |ferry"),
        ("night |ferry", "M-b", "|night ferry"),
        ("|a\nb", "M-f M-f", "a\n|b"),
        ("a\n|b", "C-Left", "a|\nb"),
        ("one two| three", "C-w", "one | three"),
        ("one |two three", "M-d", "one | three"),
        ("one| two three", "M-d", "one| three"),
        ("one|", "M-d", "one|"),
        ("one|\ntwo", "M-d", "one|two"),
        ("one\n|two", "C-w", "one|two"),
        ("night |👨‍👩‍👧👋🏽", "M-d", "night |"),
    ]);
}

#[test]
fn lines_are_killed_to_either_end() {
    check(&[
        ("one |two\nthree", "C-k", "one |\nthree"),
        ("one |\nthree", "C-k", "one |three"),
        ("one two| three", "C-u", "| three"),
        ("one\n|two", "C-u", "one|two"),
        ("one| two", "C-a", "|one two"),
        ("one| two", "C-e", "one two|"),
        ("one| two\nx", "End Home", "|one two\nx"),
    ]);
}

#[test]
fn kills_in_a_row_come_back_together() {
    check(&[
        ("|one\ntwo\nthree", "C-k C-k C-k C-k Down C-y", "threeone\ntwo\n|"),
        ("one two |three", "C-w C-w C-e C-y", "threeone two |"),
        ("|one two", "M-d Right C-k C-y", " two|"),
    ]);
}

#[test]
fn shift_selects_and_arrows_without_it_let_go() {
    check(&[
        ("one |two", "S-Right S-Right", "one ^tw|o"),
        ("one |two", "S-Left", "one| ^two"),
        ("one two\nth|ree", "S-Up", "on|e two\nth^ree"),
        ("|one two", "C-S-Right", "^one |two"),
        ("o^ne| two", "Right", "one| two"),
        ("o^ne| two", "Left", "o|ne two"),
        ("on|e\ntwo", "S-End", "on^e|\ntwo"),
        ("o^ne| two", "S-Left S-Left", "o|ne two"),
    ]);
}

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
fn sections_begin_at_tags_and_after_blank_lines() {
    let song = "[Verse]\none\ntwo\n\nthree\n[Chorus]\nfour";
    let mut editor = Editor::new(song, EditorKind::Lines);
    let down: Vec<usize> = std::iter::repeat_with(|| {
        press(&mut editor, "C-Down");
        editor.cursor().line
    })
    .take(3)
    .collect();
    assert_eq!(down, [4, 5, 6]);
    assert_eq!(editor.cursor().column, 4, "beyond the last section is the end of the text");
    let up: Vec<usize> = std::iter::repeat_with(|| {
        press(&mut editor, "M-p");
        editor.cursor().line
    })
    .take(4)
    .collect();
    assert_eq!(up, [5, 4, 0, 0]);
}

#[test]
fn up_and_down_follow_the_wrapped_rows_and_keep_their_column() {
    let mut editor = Editor::new("aaaa bbbb cccc\n\ndddd", EditorKind::Lines);
    editor.fit(6, 10);
    editor.set_cursor(Spot { line: 0, column: 3 });
    let mut spots = Vec::new();
    for key in ["Down", "Down", "Down", "Down", "Down", "Up", "Up", "Up", "Up", "Up"] {
        press(&mut editor, key);
        spots.push((editor.cursor().line, editor.cursor().column));
    }
    let down = [(0, 8), (0, 13), (1, 0), (2, 3), (2, 4)];
    let up = [(1, 0), (0, 13), (0, 8), (0, 3), (0, 0)];
    assert_eq!(spots, [&down[..], &up[..]].concat());
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
fn a_paragraph_has_no_line_ends() {
    let mut editor = editor("slow|waltz", EditorKind::Paragraph);
    press(&mut editor, "Enter");
    assert_eq!(mark(&editor), "slow |waltz");
}

#[test]
fn controls_are_not_typed() {
    let mut editor = Editor::new("", EditorKind::Lines);
    for c in ['\u{7}', '\u{1b}', '\u{202E}', '\u{85}'] {
        assert!(!editor.apply(Edit::Insert(c)).changed);
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

#[test]
fn a_tag_gets_a_line_of_its_own() {
    let cases = [
        ("|", "[Chorus]\n|"),
        ("a\n|\nb", "a\n[Chorus]\n|b"),
        ("a\n|b", "a\n[Chorus]\n|b"),
        ("a|b\nc", "ab\n[Chorus]\n|c"),
        ("a|b", "ab\n[Chorus]\n|"),
        ("^a|b", "ab\n[Chorus]\n|"),
    ];
    for (before, after) in cases {
        let mut editor = editor(before, EditorKind::Lines);
        editor.apply(Edit::InsertLine("[Chorus]".into()));
        assert_eq!(mark(&editor), after, "{before:?}");
        editor.apply(Edit::Undo);
        assert_eq!(editor.text(), unmark(before).0);
    }
}

#[test]
fn following_another_screen_keeps_the_cursor_at_its_words() {
    let cases = [
        ("one tw|o", "zero\none two", "zero\none tw|o"),
        ("one tw|o", "one two three", "one tw|o three"),
        ("one\nbig|\nthree", "one\nthree", "one\n|three"),
        ("one t|wo", "", "|"),
        ("👨‍👩‍|👧x", "👨‍👩‍👧y", "👨‍👩‍👧|y"),
    ];
    for (before, other, after) in cases {
        let mut editor = editor(before, EditorKind::Lines);
        editor.follow(other);
        assert_eq!(mark(&editor), after, "{before:?} follows {other:?}");
        editor.apply(Edit::Undo);
        assert_eq!(editor.text(), unmark(before).0, "what was here is not lost");
    }
}

#[test]
fn following_keeps_the_cursor_in_its_row_of_the_window() {
    let lines = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>().join("\n");
    let mut editor = Editor::new(&lines(100), EditorKind::Lines);
    editor.fit(20, 10);
    editor.set_cursor(Spot { line: 50, column: 0 });
    press(&mut editor, "Up Up Up Up");
    let row = editor.cursor().line - editor.place().top;
    editor.follow(&format!("new\nlines\nabove\n{}", lines(100)));
    assert_eq!(editor.cursor().line, 49);
    assert_eq!(editor.cursor().line - editor.place().top, row);
}

#[test]
fn finding_ignores_case_and_goes_round() {
    let mut editor = Editor::new("Night ferry\nno night\nNIGHT", EditorKind::Lines);
    let found = |nth| Some(Found { nth, count: 3 });
    assert_eq!(editor.find("night", FindStep::Here), found(1));
    assert_eq!(editor.find("night", FindStep::Here), found(1));
    assert_eq!(editor.find("night", FindStep::Next), found(2));
    assert_eq!(editor.cursor(), Spot { line: 1, column: 3 });
    assert_eq!(editor.find("night", FindStep::Next), found(3));
    assert_eq!(editor.find("night", FindStep::Next), found(1));
    assert_eq!(editor.find("night", FindStep::Previous), found(3));
    assert_eq!(editor.find("boat", FindStep::Here), None);
    assert_eq!(editor.find("", FindStep::Here), None);
    assert_eq!(editor.cursor(), Spot { line: 2, column: 0 }, "no match moves nothing");
}

#[test]
fn finding_a_letter_finds_the_whole_grapheme_it_is_in() {
    let mut editor = Editor::new("cafe\u{301} CAFÉ", EditorKind::Lines);
    assert_eq!(editor.find("e", FindStep::Here), Some(Found { nth: 1, count: 1 }));
    assert_eq!(editor.cursor(), Spot { line: 0, column: 3 });
    assert_eq!(editor.find("é", FindStep::Here), Some(Found { nth: 1, count: 1 }));
}

#[test]
fn a_place_is_come_back_to() {
    let text = (0..50).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n");
    let mut editor = Editor::new(&text, EditorKind::Lines);
    editor.fit(20, 10);
    editor.set_cursor(Spot { line: 30, column: 2 });
    let place = editor.place();
    editor.set_cursor(Spot::default());
    editor.restore(place);
    assert_eq!(editor.place(), place);
    let mut other = Editor::new("short", EditorKind::Lines);
    other.restore(place);
    assert_eq!(other.place().top, 0);
    assert_eq!(other.cursor().line, 0);
}
