//! How long a sound file is and whether it is whole, found by reading it to its end without decoding it.

use std::path::Path;

use super::apart::apart;
use super::decode::{Next, Packets};
use super::format::Format;
use super::forms;
use super::length::Length;
use super::listen::missing;
use super::opened::open;
use super::unheard::Unheard;
use super::window::Window;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Length in milliseconds, from the packets that are there.
    pub duration_ms: u64,
}

/// Measures a file. Reads all of it, in bounded memory; not for a thread that must answer.
///
/// # Errors
/// When the file is no sound, or shorter than its header says.
pub fn measure(path: &Path, format: Format) -> Result<Measured, Unheard> {
    let mut window = Window::open(open(path)?)?;
    let form = forms::read(format, &window)?;
    let outline = form.outline();
    form.whole(&mut window, &|| true)?;
    let found = apart(|| found(window, format))?;
    if found.0 == 0 {
        return Err(Unheard::NoSound);
    }
    match missing(&outline, found) {
        Some(loss) => Err(loss.into()),
        None => Ok(Measured { duration_ms: found.0 }),
    }
}

/// The length of the packets that are really there.
fn found(window: Window, format: Format) -> Result<Length, Unheard> {
    let mut packets = Packets::open(window, format)?;
    let mut nanoseconds: i128 = 0;
    loop {
        match packets.advance()? {
            Next::Packet(packet) => nanoseconds += packets.nanoseconds(&packet),
            Next::Anew => {}
            Next::End => return Ok(Length(u64::try_from(nanoseconds / 1_000_000).unwrap_or(0))),
        }
    }
}
