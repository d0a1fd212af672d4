//! `help`: every command with one line, or one of them with all there is to say.

use anyhow::Result;

use super::commands::{OWN, Own, find, others, unknown};
use super::session::Session;
use crate::cli::{self, output, words};

/// Lists the commands, or explains one.
pub fn help(session: &mut Session, name: &str) -> Result<()> {
    if name.is_empty() {
        return list();
    }
    if let Some(own) = find(name) {
        return Ok(output::line(&row(own))?);
    }
    if others().iter().all(|about| about.name != name) {
        return Err(cli::usage(unknown(name)));
    }
    // What the command line says of it, which is no failure.
    let _ = words::run_words(&session.flags, &[name.to_owned(), "-h".to_owned()]);
    Ok(())
}

fn list() -> Result<()> {
    output::line("for the open song:")?;
    for own in OWN {
        output::line(&row(own))?;
    }
    output::line("as on the command line, without refrain before them; help COMMAND says more:")?;
    for about in others() {
        output::line(&format!("{}: {}", about.name, about.about))?;
    }
    Ok(())
}

/// `open SONG: open another song`.
fn row(own: &Own) -> String {
    let gap = if own.takes.is_empty() { "" } else { " " };
    format!("{}{gap}{}: {}", own.name, own.takes, own.about)
}
