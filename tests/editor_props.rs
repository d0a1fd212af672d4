//! What holds whatever is done to an editor.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use refrain::tui::editor::{Edit, Editor, EditorKind, EditorLook, FindStep, Motion, Spot, render};
use unicode_segmentation::UnicodeSegmentation as _;

/// Pieces of text that give editors trouble.
const PIECES: [&str; 20] = [
    "a",
    " ",
    "word",
    "\n",
    "\n\n",
    "[Chorus]",
    "夜",
    "の船",
    "👨‍👩‍👧",
    "🇫🇷",
    "🇩",
    "e\u{301}",
    "\u{301}",
    "\u{200D}",
    "ﾊﾟ",
    "\u{1b}[31m",
    "\r\n",
    "\t",
    "、",
    "  \u{3000}",
];

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..25).prop_map(|pieces| pieces.concat())
}

fn motion() -> impl Strategy<Value = Motion> {
    use Motion::*;
    proptest::sample::select(vec![
        Left,
        Right,
        Up,
        Down,
        PageUp,
        PageDown,
        LineStart,
        LineEnd,
        WordLeft,
        WordRight,
        SectionUp,
        SectionDown,
        TextStart,
        TextEnd,
    ])
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => proptest::sample::select(vec!['a', ' ', '夜', '\u{301}', '\u{200D}', '🇫', '👩', '[']).prop_map(Edit::Insert),
        2 => text().prop_map(Edit::Paste),
        1 => text().prop_map(Edit::Replace),
        6 => (motion(), any::<bool>()).prop_map(|(motion, select)| Edit::Move { motion, select }),
        6 => proptest::sample::select(vec![
            Edit::Newline, Edit::Backspace, Edit::DeleteForward, Edit::KillToEnd, Edit::KillToStart,
            Edit::DeleteWordBack, Edit::DeleteWord, Edit::SelectAll, Edit::Unselect, Edit::Cut, Edit::Copy,
            Edit::PasteClipboard, Edit::InsertLine("[Bridge]".into()),
        ]),
        2 => proptest::sample::select(vec![Edit::Undo, Edit::Redo]),
    ]
}

fn kind() -> impl Strategy<Value = EditorKind> {
    proptest::sample::select(vec![EditorKind::Lines, EditorKind::Paragraph])
}

fn between_graphemes(text: &str, spot: Spot) -> bool {
    let line = text.split('\n').nth(spot.line).unwrap();
    let mut column = 0;
    let mut places = vec![0];
    for grapheme in line.graphemes(true) {
        column += grapheme.chars().count();
        places.push(column);
    }
    places.contains(&spot.column)
}

fn draw(editor: &Editor, width: u16, height: u16, gutter_width: u16) {
    let area = Rect::new(3, 2, width, height);
    let mut buffer = Buffer::empty(Rect::new(0, 0, width + 6, height + 4));
    let look = EditorLook {
        text: Style::new(),
        tag: Style::new(),
        selection: Style::new(),
        found: Style::new(),
        gutter_width,
        gutter: &|line| Some((format!("夜{line}"), Style::new())),
        hint: Some(("夜夜", Style::new())),
        focused: true,
    };
    let cursor = render(editor, area, &mut buffer, &look);
    assert!(cursor.is_none_or(|cursor| area.contains(cursor)), "{cursor:?} in {area}");
    let blank = ratatui::buffer::Cell::default();
    for position in buffer.area.positions().filter(|position| !area.contains(*position)) {
        assert_eq!(buffer[position], blank, "drawn outside at {position}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn edits_keep_the_text_whole_and_the_cursor_between_graphemes(
        start in text(), kind in kind(), edits in proptest::collection::vec(edit(), 0..40),
        (width, height) in (0_u16..40, 0_u16..12),
    ) {
        let mut editor = Editor::new(&start, kind);
        editor.fit(width, height);
        for edit in edits {
            let before = editor.text().to_owned();
            let applied = editor.apply(edit.clone());
            prop_assert_eq!(applied.changed, before != editor.text(), "{:?}", edit);
            prop_assert!(!editor.text().chars().any(|c| c.is_control() && c != '\n'));
            prop_assert!(kind == EditorKind::Lines || !editor.text().contains('\n'));
            prop_assert!(between_graphemes(editor.text(), editor.cursor()), "{:?} left {:?} in {:?}", edit, editor.cursor(), editor.text());
            draw(&editor, width, height, 0);
        }
    }

    #[test]
    fn undoing_everything_returns_to_the_start_and_redoing_to_the_end(
        start in text(), edits in proptest::collection::vec(edit(), 0..40),
    ) {
        let mut editor = Editor::new(&start, EditorKind::Lines);
        let first = editor.text().to_owned();
        let edits = edits.into_iter().filter(|edit| !matches!(edit, Edit::Undo | Edit::Redo));
        edits.for_each(|edit| drop(editor.apply(edit)));
        let last = editor.text().to_owned();
        while editor.apply(Edit::Undo).changed {}
        prop_assert_eq!(editor.text(), first);
        while editor.apply(Edit::Redo).changed {}
        prop_assert_eq!(editor.text(), last);
    }

    #[test]
    fn any_text_is_drawn_at_any_size(
        text in text(), width in 0_u16..=120, height in 0_u16..=40, gutter in 0_u16..8, line in 0_usize..30,
    ) {
        let mut editor = Editor::new(&text, EditorKind::Lines);
        editor.set_cursor(Spot { line, column: line * 2 });
        draw(&editor, width, height, gutter);
        editor.fit(width, height);
        editor.find("e", FindStep::Next);
        editor.apply(Edit::Move { motion: Motion::PageDown, select: true });
        draw(&editor, width, height, gutter);
    }

    #[test]
    fn every_text_written_elsewhere_can_be_followed(texts in proptest::collection::vec(text(), 1..8)) {
        let mut editor = Editor::new(&texts[0], EditorKind::Lines);
        editor.fit(12, 4);
        for text in &texts {
            editor.follow(text);
            prop_assert!(between_graphemes(editor.text(), editor.cursor()));
            editor.apply(Edit::Move { motion: Motion::Down, select: false });
        }
    }
}
