//! What an editor looks like: wrapped rows, colours within them, the gutter and the cursor's cell.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

use ratatui::buffer::{Buffer, CellWidth as _};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use refrain::tui::editor::{Edit, Editor, EditorKind, EditorLook, FindStep, Hidden, Motion, Spot, render};
use unicode_segmentation::UnicodeSegmentation as _;

const TAG: Style = Style::new().fg(Color::Cyan);
const SELECTED: Style = Style::new().add_modifier(Modifier::REVERSED);
const FOUND: Style = Style::new().bg(Color::Yellow);

fn look(gutter: &dyn Fn(usize) -> Option<(String, Style)>, gutter_width: u16) -> EditorLook<'_> {
    EditorLook {
        text: Style::new(),
        tag: TAG,
        selection: SELECTED,
        found: FOUND,
        gutter_width,
        gutter,
        hint: Some(("write here", Style::new())),
        focused: true,
    }
}

fn draw(editor: &Editor, width: u16, height: u16) -> (Buffer, Option<Position>) {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    let cursor = render(editor, buffer.area, &mut buffer, &look(&|_| None, 0));
    (buffer, cursor)
}

fn rows(buffer: &Buffer) -> Vec<String> {
    buffer.area.rows().map(|row| row_text(buffer, row).trim_end().to_owned()).collect()
}

fn row_text(buffer: &Buffer, row: Rect) -> String {
    let mut text = String::new();
    let mut x = row.x;
    while x < row.right() {
        let symbol = buffer[(x, row.y)].symbol();
        text.push_str(symbol);
        x += symbol.cell_width().max(1);
    }
    text
}

/// The cells of a row that have a style's marks, as `^` below them.
fn styled(buffer: &Buffer, y: u16, style: Style) -> String {
    let has = |cell: &ratatui::buffer::Cell| cell.style().patch(style) == cell.style();
    let marks: String = (0..buffer.area.width).map(|x| if has(&buffer[(x, y)]) { '^' } else { ' ' }).collect();
    marks.trim_end().to_owned()
}

#[test]
fn rows_end_at_words_and_no_row_begins_with_the_space_between_them() {
    let cases: [(&str, u16, &[&str]); 9] = [
        ("the last boat leaves", 9, &["the last", "boat", "leaves"]),
        ("the last boat leaves", 10, &["the last", "boat", "leaves"]),
        ("the last boat leaves", 11, &["the last", "boat", "leaves"]),
        ("the last boat leaves", 14, &["the last boat", "leaves"]),
        ("harbour, at night", 8, &["harbour", ", at", "night"]),
        ("harbour, at night", 9, &["harbour,", "at night"]),
        ("unbreakable", 5, &["unbr", "eaka", "ble"]),
        ("夜の船、ゆっくり", 8, &["夜の", "船、ゆ", "っくり"]),
        ("", 5, &["write"]),
    ];
    for (text, width, expected) in cases {
        let (buffer, _) = draw(&Editor::new(text, EditorKind::Lines), width, expected.len() as u16);
        assert_eq!(rows(&buffer), expected, "{text:?} in {width} columns");
    }
}

#[test]
fn the_cursor_stands_on_the_grapheme_it_is_before() {
    for text in ["夜a船 👨‍👩‍👧x\u{301}y 🇫🇷🇩🇪 end ﾊﾟｶﾞ", "[夜]\n\n  👋🏽 e\u{301}e\u{301} words that wrap 船船船船船船"]
    {
        for width in 3..30 {
            let mut editor = Editor::new(text, EditorKind::Lines);
            editor.fit(width, 40);
            let (buffer, _) = draw(&editor, width, 40);
            for grapheme in text.graphemes(true) {
                let at = draw(&editor, width, 40).1.unwrap();
                if grapheme != "\n" {
                    assert_eq!(buffer[at].symbol(), grapheme, "in {width} columns at {at}");
                }
                editor.apply(Edit::Move { motion: Motion::Right, select: false });
            }
            assert!(draw(&editor, width, 40).1.unwrap().x < width);
        }
    }
}

#[test]
fn the_cursor_after_a_full_row_stands_where_the_next_letter_goes() {
    let mut editor = Editor::new("", EditorKind::Lines);
    editor.fit(6, 5);
    let mut before = None;
    for c in "abcde fgh".chars() {
        let at = draw(&editor, 6, 5).1.unwrap();
        editor.apply(Edit::Insert(c));
        let (buffer, after) = draw(&editor, 6, 5);
        assert!(buffer[at].symbol() == c.to_string() || Some(at.y) < after.map(|after| after.y), "{c} at {at}");
        assert_ne!(before.replace(at), Some(at));
    }
    assert_eq!(rows(&draw(&editor, 6, 5).0)[..2], ["abcde", "fgh"]);
}

#[test]
fn tags_selection_and_matches_have_their_colours() {
    let mut editor = Editor::new("[Chorus]\nslow, night, slow\n\nend", EditorKind::Lines);
    editor.find("slow", FindStep::Here);
    let (buffer, _) = draw(&editor, 20, 4);
    assert_eq!(styled(&buffer, 0, TAG), "^^^^^^^^");
    assert_eq!(styled(&buffer, 1, FOUND), "^^^^         ^^^^".trim_start_matches(' '));
    assert_eq!(styled(&buffer, 1, TAG), "");
    editor.stop_find();
    editor.set_cursor(Spot { line: 1, column: 13 });
    for _ in 0..2 {
        editor.apply(Edit::Move { motion: Motion::Down, select: true });
    }
    let (buffer, cursor) = draw(&editor, 20, 4);
    assert_eq!(styled(&buffer, 1, FOUND), "");
    assert_eq!(styled(&buffer, 1, SELECTED), "             ^^^^^");
    assert_eq!(styled(&buffer, 2, SELECTED), "^", "a selected blank line is seen");
    assert_eq!(styled(&buffer, 3, SELECTED), "^^^");
    assert_eq!(cursor, Some(Position { x: 3, y: 3 }));
}

#[test]
fn a_style_has_no_tags() {
    let (buffer, _) = draw(&Editor::new("[Chorus]", EditorKind::Paragraph), 20, 1);
    assert_eq!(styled(&buffer, 0, TAG), "");
}

#[test]
fn the_gutter_belongs_to_the_first_row_of_a_line() {
    let mut editor = Editor::new("one two three\nfour", EditorKind::Lines);
    editor.fit(8, 4);
    let gutter = |line: usize| (line != 1).then(|| ("  18! too long".to_owned(), Style::new()));
    let mut buffer = Buffer::empty(Rect::new(0, 0, 13, 3));
    let cursor = render(&editor, buffer.area, &mut buffer, &look(&gutter, 5));
    assert_eq!(rows(&buffer), ["  18!one two", "     three", "     four"]);
    assert_eq!(cursor, Some(Position { x: 5, y: 0 }));
}

#[test]
fn an_editor_without_focus_has_no_cursor() {
    let editor = Editor::new("x", EditorKind::Lines);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 10, 1));
    let look = EditorLook { focused: false, ..look(&|_| None, 0) };
    assert_eq!(render(&editor, buffer.area, &mut buffer, &look), None);
}

#[test]
fn the_window_follows_the_cursor_and_says_what_it_hides() {
    let text = (0..30).map(|n| n.to_string()).collect::<Vec<_>>().join("\n");
    let mut editor = Editor::new(&text, EditorKind::Lines);
    editor.fit(10, 5);
    assert_eq!(editor.hidden(), Hidden { above: 0, below: 25 });
    editor.set_cursor(Spot { line: 12, column: 0 });
    assert_eq!(editor.hidden(), Hidden { above: 8, below: 17 });
    assert_eq!(rows(&draw(&editor, 10, 5).0), ["8", "9", "10", "11", "12"]);
    editor.apply(Edit::Move { motion: Motion::PageUp, select: false });
    assert_eq!(rows(&draw(&editor, 10, 5).0), ["8", "9", "10", "11", "12"]);
    editor.apply(Edit::Move { motion: Motion::Up, select: false });
    assert_eq!(rows(&draw(&editor, 10, 5).0), ["7", "8", "9", "10", "11"]);
    editor.apply(Edit::SelectAll);
    editor.apply(Edit::Backspace);
    assert_eq!(editor.hidden(), Hidden::default());
}

#[test]
fn an_area_that_the_editor_was_not_fitted_to_still_shows_the_cursor() {
    let text = (0..30).map(|n| format!("line number {n}")).collect::<Vec<_>>().join("\n");
    let mut editor = Editor::new(&text, EditorKind::Lines);
    editor.fit(40, 20);
    editor.set_cursor(Spot { line: 29, column: 14 });
    let (buffer, cursor) = draw(&editor, 9, 3);
    assert_eq!(rows(&buffer), ["line", "number", "29"]);
    assert_eq!(cursor, Some(Position { x: 2, y: 2 }));
}
