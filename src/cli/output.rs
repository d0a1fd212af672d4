//! The only writer of standard output and standard error: data to the one, words to the other.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use crate::domain::untrusted::is_dangerous;
use crate::tui::terminal::Charset;

/// Writes one value as JSON on standard output.
///
/// # Errors
/// When standard output cannot be written, as after `| head`.
pub fn json(value: &impl Serialize) -> io::Result<()> {
    data(&escaped(&serde_json::to_string_pretty(value)?))
}

/// Writes one value as JSON on a line of its own.
///
/// # Errors
/// When standard output cannot be written.
pub fn json_line(value: &impl Serialize) -> io::Result<()> {
    data(&escaped(&serde_json::to_string(value)?))
}

/// The same JSON with what could move a cursor or turn the text around as `\u` escapes: nothing is lost,
/// and a terminal is safe.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        // Between values stand line ends and nothing else that is dangerous.
        if c == '\n' || !is_dangerous(c) {
            out.push(c);
        } else {
            out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}

/// Writes a text of many lines: as it is for another program, harmless for a terminal.
///
/// # Errors
/// When standard output cannot be written.
pub fn text(text: &str) -> io::Result<()> {
    if is_terminal() { text.lines().try_for_each(line) } else { data(text) }
}

/// Writes a line for a person on standard output, without what could move the cursor or turn the text
/// around: titles and prompts may come from anywhere.
///
/// # Errors
/// When standard output cannot be written.
pub fn line(words: &str) -> io::Result<()> {
    data(&for_the_stream(words, io::stdout().is_terminal()))
}

/// Writes a line of data as it is, as a path or an address for another program.
///
/// # Errors
/// When standard output cannot be written.
pub fn data(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Writes raw bytes on standard output.
///
/// # Errors
/// When standard output cannot be written.
pub fn bytes(mut from: impl io::Read) -> io::Result<()> {
    let mut out = io::stdout().lock();
    io::copy(&mut from, &mut out)?;
    out.flush()
}

/// Says something to a person. That nobody listens is no error.
pub fn say(words: &str) {
    let is_terminal = io::stderr().is_terminal();
    let lines: Vec<_> = words.lines().map(|line| for_the_stream(line, is_terminal)).collect();
    let _ = writeln!(io::stderr(), "{}", lines.join("\n"));
}

/// What is under way, on standard error: one line that is told over where a terminal shows it, nothing
/// elsewhere.
#[derive(Debug)]
pub struct Progress {
    told_over: bool,
    /// How many characters stand in the line.
    stands: usize,
}

impl Progress {
    /// Nothing is told yet; nothing will be where lines are read one after another.
    #[must_use]
    pub fn new(in_lines: bool) -> Self {
        Self { told_over: !in_lines && io::stderr().is_terminal(), stands: 0 }
    }

    /// Whether the line is told over.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        self.told_over
    }

    /// Tells it over.
    pub fn tell(&mut self, words: &str) {
        if self.told_over {
            let words = for_the_stream(words, true);
            let long = words.chars().count();
            let _ = write!(io::stderr(), "\r{words}{}", " ".repeat(self.stands.saturating_sub(long)));
            self.stands = long;
        }
    }

    /// Takes the line away, so that something else can be said.
    pub fn clear(&mut self) {
        if self.stands > 0 {
            let _ = write!(io::stderr(), "\r{}\r", " ".repeat(self.stands));
            self.stands = 0;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Writes a part of a line on standard output, as a question whose answer is typed behind it.
///
/// # Errors
/// When standard output cannot be written.
pub fn part(text: &str) -> io::Result<()> {
    write_now(&shown(text))
}

/// Writes what a key does on a terminal that leaves that to the program: text that is [`shown`], line
/// ends, and Backspace.
///
/// # Errors
/// When standard output cannot be written.
pub fn echo(text: &str) -> io::Result<()> {
    write_now(text)
}

fn write_now(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// A text as this terminal can show it: in one line, harmless, and with `?` for each character that it is
/// said not to know.
pub fn shown(text: &str) -> String {
    for_the_stream(text, true)
}

fn for_the_stream(text: &str, is_terminal: bool) -> String {
    let harmless = harmless(text);
    if !is_terminal || Charset::of_environment() == Charset::Utf8 {
        return harmless;
    }
    harmless.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
}

/// The text in one line, white space as spaces, without control, bidirectional and zero-width characters.
fn harmless(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    spaced.filter(|c| !is_dangerous(*c)).collect()
}

/// Whether standard output is a terminal, where raw sound would only do harm.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Columns and rows of the terminal that standard output is; nothing where it is none.
pub fn size() -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    Some((size.ws_col, size.ws_row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_harmless_for_a_terminal_and_says_the_same() {
        let text = "a\u{1b}[2J\u{9b}31m\u{202e}b\u{7f}\u{e0041}\nø";
        let json = escaped(&serde_json::to_string_pretty(&[text]).unwrap());
        assert!(!json.contains(|c| c != '\n' && is_dangerous(c)), "{json}");
        assert_eq!(serde_json::from_str::<[String; 1]>(&json).unwrap(), [text]);
    }
}
