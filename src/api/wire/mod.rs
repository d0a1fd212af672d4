//! The shapes on the wire, read with lenience: absent and null fields, numbers as text, new words.
//!
//! Nothing here fails for a field that is not needed; only an answer that is no answer at all is
//! `None`.

pub mod billing;
pub mod generation;
pub mod lenient;
pub mod log;
pub mod metrics;
pub mod prices;
pub mod song;
pub mod transactions;
pub mod upload;
pub(super) mod vendor_error;
