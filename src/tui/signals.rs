//! The signals that mean something to the screen.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// One stream for each.
pub struct Signals {
    pub resize: Signal,
    pub resume: Signal,
    pub terminate: Signal,
    pub interrupt: Signal,
    pub hang_up: Signal,
}

impl Signals {
    /// Listens from now on, instead of what the signals would do by themselves.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self {
            resize: signal(SignalKind::window_change())?,
            resume: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }
}
