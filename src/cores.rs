//! No core dump: what a process leaves on the disk when it crashes is all that it had in memory, the key included.

use rustix::process::{Resource, Rlimit, setrlimit};

/// How many bytes of a core may be written: none of any program has so few. Where the machine hands cores to another
/// program instead of writing them, Linux takes no notice of 0, and gives that program nothing at 1.
const TOO_FEW: u64 = 1;

/// Forbids this process to leave a core behind, for good; also those that it starts, an editor or a player, which is
/// no harm.
pub fn forbid() {
    // Where somebody has allowed none at all, one byte would be more.
    for most in [TOO_FEW, 0] {
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        if setrlimit(Resource::Core, limit).is_ok() {
            return;
        }
    }
}
