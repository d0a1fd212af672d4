//! Sound files: what one is by its bytes, how long it is, its tags, and how it is heard.

pub mod beginning;
pub mod format;
pub mod hex;
pub mod measure;
pub mod player;
pub mod tags;
pub mod wav;
