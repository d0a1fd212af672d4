//! What a person does at the terminal: keys, pastes, looking away.

mod decode;
mod key;
mod layouts;
mod reader;

pub use key::{Code, Key, UnknownKey};
pub use layouts::Keyboard;
pub use reader::{Arrival, Reader, Source, listen};

/// Something that came in from the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Key(Key),
    /// A bracketed paste, whole and as it came: line ends and controls are the receiver's to clean.
    Paste(String),
    /// The terminal's window has the person's attention again.
    FocusGained,
    FocusLost,
    /// The terminal has gone: end of file, hang-up, or an error that will not pass. Nothing follows it.
    Closed,
}
