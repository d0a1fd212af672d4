//! Programs that may read only what their rights allow, also where root runs the tests.

use std::path::Path;
use std::process::Command;

/// A program without root's power over files. Only root needs another program for that; where that is missing,
/// the test says so and is passed over, but not in CI.
pub fn powerless(program: &Path) -> Option<Command> {
    if !rustix::process::geteuid().is_root() {
        return Some(Command::new(program));
    }
    let without = |program: &Path| {
        let mut command = Command::new("setpriv");
        command.args(["--bounding-set=-all", "--inh-caps=-all", "--"]).arg(program);
        command
    };
    if without(Path::new("true")).output().is_ok_and(|output| output.status.success()) {
        return Some(without(program));
    }
    assert!(std::env::var_os("CI").is_none(), "root cannot give up its power here: no `setpriv`");
    eprintln!("skipped: no `setpriv`");
    None
}
