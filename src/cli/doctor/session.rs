//! What becomes of running takes when the person leaves.

use super::finding::Finding;
use crate::worker::session::Session;

/// Whether the worker would be ended, and by what.
pub fn finding(session: &Session) -> Finding {
    const CHECK: &str = "leaving";
    let Some(peril) = session.peril() else { return Finding::ok(CHECK, safe(session)) };
    let when = peril.ending.when();
    let told = format!("once you leave, running takes stop {when}: {}", peril.cause);
    Finding::look(CHECK, told, peril.cure)
}

/// Why the takes go on.
fn safe(session: &Session) -> String {
    let told = "running takes go on without refrain";
    let decided = || session.decided_in.as_ref().map_or(String::new(), |file| format!(" in `{}`", file.display()));
    match (session.container, session.killed_at_logout) {
        (Some(sign), _) => format!("{told} as long as the container runs (it is one by {sign})"),
        (None, Some(false)) => format!("{told}; logging out ends nothing (`KillUserProcesses=no`{})", decided()),
        _ if session.lingers => format!("{told}; your services linger"),
        _ => format!("{told}; nothing here is known to end them"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_the_takes_is_said_with_its_cure() {
        let scope = "/user.slice/user-1.slice/session-1.scope".to_owned();
        let killed = Session { process: 9, group: scope, killed_at_logout: Some(true), ..Session::default() };
        let rows = finding(&killed).rows().join(" ");
        assert!(rows.starts_with("look") && rows.contains("when you log out"), "{rows}");
        assert!(rows.contains("enable-linger") && rows.contains("systemd-run --user --scope tmux"), "{rows}");
        let spared = Session { killed_at_logout: Some(false), decided_in: Some("/etc/x".into()), ..killed };
        let rows = finding(&spared).rows().join(" ");
        assert!(rows.starts_with("ok") && rows.contains("in `/etc/x`"), "{rows}");
        let main = Session { process: 1, ..Session::default() };
        assert!(finding(&main).found.contains("stop until refrain runs again"));
    }
}
