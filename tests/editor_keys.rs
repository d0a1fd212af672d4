//! Before, keys, after: `|` is the cursor, `^` the other end of the selection. Keys stand in their own
//! notation; text in quotes is typed.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

#[path = "editor/pasting.rs"]
mod pasting;
#[path = "editor/places.rs"]
mod places;

use refrain::tui::editor::{Edit, Editor, EditorKind, Spot, edit_for};
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
