//! (being written)

pub mod editor;
pub mod input;
pub mod terminal;
