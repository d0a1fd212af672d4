//! Places in a text: what is found, and where the cursor stays when the text changes under it.

use refrain::tui::editor::{Edit, Editor, EditorKind, FindStep, Found, Spot};

use crate::{editor, mark, press, unmark};

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
