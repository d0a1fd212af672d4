//! A glance at a file: what its header says, for lists of files. Nothing is decoded and little is read, so it
//! does not know whether the file is whole.

use std::path::Path;

use super::format::Format;
use super::forms;
use super::length::Length;
use super::opened::open;
use super::unheard::Unheard;
use super::window::Window;

/// What a glance tells of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance {
    pub format: Format,
    /// Bytes with all tags.
    pub bytes: u64,
    /// Absent where only reading it all would tell.
    pub length: Option<Length>,
    /// Whether the length is an estimate.
    pub about: bool,
    pub channels: u16,
    /// Samples a second.
    pub rate: u32,
}

/// Looks at a file's header.
///
/// # Errors
/// When it is no file, no sound, or of a kind that cannot be decoded.
pub fn glance(path: &Path) -> Result<Glance, Unheard> {
    let file = open(path)?;
    let bytes = file.metadata()?.len();
    let window = Window::open(file)?;
    let format = forms::sniff(&window)?;
    let outline = forms::read(format, &window)?.outline();
    let (rate, channels) = (outline.rate, outline.channels);
    Ok(Glance { format, bytes, length: outline.length(), about: outline.about, channels, rate })
}
