//! The only writer of standard output and standard error: data to the one, words to the other.

use std::io::{self, Write};

use serde::Serialize;

use crate::domain::untrusted::is_dangerous;

/// Writes one value as JSON on standard output.
///
/// # Errors
/// When standard output cannot be written, as after `| head`.
pub fn json(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Writes one value as JSON on a line of its own.
///
/// # Errors
/// When standard output cannot be written.
pub fn json_line(value: &impl Serialize) -> io::Result<()> {
    data(&serde_json::to_string(value)?)
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
    data(&harmless(words))
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
    let lines: Vec<_> = words.lines().map(harmless).collect();
    let _ = writeln!(io::stderr(), "{}", lines.join("\n"));
}

/// The text in one line, white space as spaces, without control, bidirectional and zero-width characters.
fn harmless(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    spaced.filter(|c| !is_dangerous(*c)).collect()
}

/// Whether standard output is a terminal, where raw sound would only do harm.
pub fn is_terminal() -> bool {
    io::IsTerminal::is_terminal(&io::stdout())
}
