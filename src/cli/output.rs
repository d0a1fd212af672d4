//! The only writer of standard output and standard error: data to the one, words to the other.

use std::io::{self, Write};

use serde::Serialize;

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

/// Writes a line of data on standard output.
///
/// # Errors
/// When standard output cannot be written.
pub fn line(text: &str) -> io::Result<()> {
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
    let _ = writeln!(io::stderr(), "{words}");
}

/// Whether standard output is a terminal, where raw sound would only do harm.
pub fn is_terminal() -> bool {
    io::IsTerminal::is_terminal(&io::stdout())
}
