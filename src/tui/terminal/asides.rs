//! What goes to the terminal besides cells: the bell, the window's title, text for the clipboard.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Charset;
use crate::domain::untrusted::Untrusted;

const BELL: u8 = 0x07;

/// Characters of a window title at most.
const LONGEST_TITLE: usize = 100;

/// Bytes of text offered to the clipboard at most: in Base64 they stay below the 100,000 that terminals
/// commonly take in one sequence.
const LONGEST_COPY: usize = 74_000;

/// What goes out after the next frame; of each the last, as more would not be noticed. So it stays small
/// while a stalled terminal takes nothing.
#[derive(Debug, Default)]
pub struct Asides {
    bell: bool,
    title: Option<String>,
    copied: Option<String>,
}

impl Asides {
    pub fn ring(&mut self) {
        self.bell = true;
    }

    /// Names the window; controls in `title` are left out.
    pub fn title(&mut self, title: &str) {
        self.title = Some(Untrusted::new(title).clean(LONGEST_TITLE));
    }

    /// Offers text to the clipboard; whether it is short enough for that.
    pub fn copy(&mut self, text: &str) -> bool {
        let fits = text.len() <= LONGEST_COPY;
        if fits {
            self.copied = Some(text.to_owned());
        }
        fits
    }

    /// The bytes of all that waits, once.
    pub fn take(&mut self, charset: Charset) -> Vec<u8> {
        let Self { bell, title, copied } = std::mem::take(self);
        let mut bytes = Vec::new();
        bytes.extend(bell.then_some(BELL));
        if let Some(title) = title {
            let shown: String =
                title.chars().map(|c| charset.shown(c.encode_utf8(&mut [0; 4]), 1).into_owned()).collect();
            bytes.extend_from_slice(format!("\x1b]2;{shown}\x07").as_bytes());
        }
        if let Some(copied) = copied {
            bytes.extend_from_slice(format!("\x1b]52;c;{}\x07", STANDARD.encode(copied)).as_bytes());
        }
        bytes
    }
}
