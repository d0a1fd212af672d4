//! Style and lyrics as a person brings them from elsewhere, made fit to be kept and shown.

use super::untrusted::is_dangerous;

/// A tab in a lyric is only ever an accident of copying; it becomes this many spaces.
const TAB: &str = "    ";

/// Lyrics: line ends become `\n`, tabs become spaces, and what cannot be seen goes.
#[must_use]
pub fn lines(text: &str) -> String {
    clean(text, |out| out.push('\n'))
}

/// A style: one paragraph. As [`lines`], but line ends become a space, several in a row one.
#[must_use]
pub fn paragraph(text: &str) -> String {
    clean(text, |out| {
        if !out.ends_with(' ') {
            out.push(' ');
        }
    })
}

fn clean(text: &str, end_line: fn(&mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => continue,
            '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => end_line(&mut out),
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
#[must_use]
pub fn is_welcome(c: char, before: Option<char>) -> bool {
    match c {
        '\u{200C}' | '\u{200D}' => true,
        '\u{E0020}'..='\u{E007F}' => matches!(before, Some('\u{1F3F4}' | '\u{E0020}'..='\u{E007F}')),
        _ => !is_dangerous(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_cursors_or_hides_goes_and_every_line_end_is_one() {
        let messy = "one\r\ntwo\rthree\u{2028}four\u{1b}[31m\u{202E}five\u{200B}\tsix";
        assert_eq!(lines(messy), "one\ntwo\nthree\nfour[31mfive    six");
        assert_eq!(paragraph("one\r\n\r\ntwo \nthree"), "one two three");
    }
}
