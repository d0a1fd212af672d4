//! What is told of a worker's death: the one that started it hears at once that somebody killed it.

use std::fmt;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::sync::Arc;

/// Rings where a worker that was started from here was killed. One that leaves, or finds another at work, does so
/// by itself, and nothing rings.
#[derive(Clone, Default)]
pub struct Knell(Option<Arc<dyn Fn() + Send + Sync>>);

impl Knell {
    /// One that tells `hear`, from a thread of its own.
    #[must_use]
    pub fn heard_by(hear: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hear)))
    }

    /// A worker has ended.
    pub(super) fn toll(&self, status: ExitStatus) {
        if let Some(hear) = self.0.as_ref().filter(|_| status.signal().is_some()) {
            hear();
        }
    }
}

impl fmt::Debug for Knell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Knell(heard)" } else { "Knell(unheard)" })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn it_rings_for_those_that_were_killed() {
        let (tell, told) = mpsc::channel();
        let knell = Knell::heard_by(move || tell.send(()).unwrap());
        for (left, killed) in [(0, 9), (1, 15)] {
            knell.toll(ExitStatus::from_raw(left << 8));
            assert!(told.try_recv().is_err(), "it left");
            knell.toll(ExitStatus::from_raw(killed));
            assert!(told.try_recv().is_ok(), "it was killed");
        }
    }
}
