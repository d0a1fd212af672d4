//! Sound files: what one is by its bytes, whether it is whole, how long and how loud it is, its samples, its
//! tags, and how it is heard.
//!
//! [`glance`] reads a header, [`measure`] counts what is there, [`listen`] decodes it all.

pub mod apart;
pub mod decode;
pub mod format;
pub mod forms;
pub mod glance;
pub mod length;
pub mod listen;
mod lookalike;
pub mod measure;
mod meter;
pub mod opened;
pub mod player;
pub mod tags;
mod trailer;
pub mod unheard;
pub mod wav;
pub mod window;
