//! What time it is, as something that can be handed in.

use std::sync::Arc;

use jiff::Timestamp;

/// Tells the time. Handed to whatever needs it, so that tests can set it.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that several parts share.
pub type SharedClock = Arc<dyn Clock>;
