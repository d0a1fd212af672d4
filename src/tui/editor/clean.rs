//! Text from outside, made fit for the editor.

use crate::domain::untrusted::is_dangerous;

use super::EditorKind;

/// A tab in a lyric is only ever an accident of copying; it becomes this many spaces.
const TAB: &str = "    ";

/// Line ends become `\n` (a space in a paragraph), tabs become spaces, and what cannot be seen goes.
pub fn clean(text: &str, kind: EditorKind) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => continue,
            '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => end_line(&mut out, kind),
            '\t' => out.push_str(TAB),
            _ if is_welcome(c, before) => out.push(c),
            _ => continue,
        }
        before = Some(c);
    }
    out
}

/// Whether a character may stand in a text: one that can be seen, or that joins others into one.
///
/// Joiners make families of emoji and shape Persian words. Tag characters spell the flags of England,
/// Scotland and Wales after a black flag, and hide text anywhere else.
pub fn is_welcome(c: char, before: Option<char>) -> bool {
    match c {
        '\u{200C}' | '\u{200D}' => true,
        '\u{E0020}'..='\u{E007F}' => matches!(before, Some('\u{1F3F4}' | '\u{E0020}'..='\u{E007F}')),
        _ => !is_dangerous(c),
    }
}

/// Several line ends in a row are one space in a paragraph.
fn end_line(out: &mut String, kind: EditorKind) {
    match kind {
        EditorKind::Lines => out.push('\n'),
        EditorKind::Paragraph if out.ends_with(' ') => {}
        EditorKind::Paragraph => out.push(' '),
    }
}
