//! tmp
pub mod synth;
