//! Text that somebody else wrote: cleaned before any person or file sees it.

use std::fmt;

/// Text from a server, a file name or a tag that has not been cleaned yet.
///
/// It has no `Display`, so it cannot reach a screen, a log line or a command by accident; the one way
/// out is [`Untrusted::clean`].
#[derive(Clone, PartialEq, Eq)]
pub struct Untrusted(String);

impl Untrusted {
    /// Marks `text` as foreign.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text in one line of at most `most` characters, without control, bidirectional and
    /// zero-width characters; runs of white space become one space.
    #[must_use]
    pub fn clean(&self, most: usize) -> String {
        let mut out = String::new();
        let mut gap = false;
        let mut count = 0;
        for c in self.0.chars() {
            if c.is_whitespace() {
                gap = !out.is_empty();
            } else if !is_dangerous(c) {
                if gap {
                    out.push(' ');
                    count += 1;
                    gap = false;
                }
                if count >= most {
                    out.push_str("...");
                    break;
                }
                out.push(c);
                count += 1;
            }
        }
        out
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Untrusted({:?})", self.clean(200))
    }
}

/// Whether a character could move a cursor, reorder a line or hide in one.
///
/// Controls (Unicode Cc), the bidirectional marks and isolates, zero-width characters, the soft hyphen,
/// interlinear annotations, tag characters, and the byte-order mark.
#[must_use]
pub fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_bidi_and_zero_width_characters_do_not_survive() {
        let hostile = Untrusted::new("a\u{1b}[2Jb\u{202E}c\u{200B}d\r\n\te\u{7}");
        assert_eq!(hostile.clean(100), "a[2Jbcd e");
    }

    #[test]
    fn long_text_is_cut_with_three_dots() {
        assert_eq!(Untrusted::new("abcdef").clean(3), "abc...");
        assert_eq!(Untrusted::new("abc").clean(3), "abc");
    }
}
