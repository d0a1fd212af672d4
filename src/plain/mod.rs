//! The prompt: refrain a line at a time, for screen readers, braille displays, terminals that can do
//! nothing but lines, and connections on which every byte is felt.
//!
//! Nothing is ever drawn again: no escape sequence, no cursor, no colour, no spinner. Each fact is one
//! line with words, and lines are never broken for a screen's width. It takes the commands of the command
//! line, and some of its own for the song that is open. What others commit is one line each, told at once
//! while the line is empty, and held until Enter once something has been typed.

mod commands;
mod following;
mod guide;
mod keyboard;
mod listening;
mod ordering;
mod prompt;
mod references;
mod session;
mod signals;
mod songs;
mod spoken;
mod typed;
mod uploads;
mod writing;

pub use prompt::open;
pub use session::Opening;
