//! The person's own editor at work, with one field of the screen in it.
//!
//! It has the terminal meanwhile, and the screen's loop goes on without drawing.

use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use super::errand::Errand;
use crate::editor::{Lent, Loan, Workbench};

/// How long an editor that was asked to end may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// An editor at work.
#[derive(Debug)]
pub struct Outside {
    pub errand: Errand,
    loan: Loan,
    child: io::Result<Child>,
}

impl Outside {
    /// Opens the editor on the text. The terminal must have been given back. An editor that could not be
    /// started has ended already.
    ///
    /// # Errors
    /// With a sentence, when there is no editor or the file cannot be written.
    pub fn open(workbench: &Workbench, errand: &Errand) -> Result<Self, String> {
        let loan = workbench.lend(&errand.name, &errand.text, errand.most)?;
        let child = Command::from(loan.command()).spawn();
        Ok(Self { errand: errand.clone(), loan, child })
    }

    /// Waits until the editor has ended.
    ///
    /// # Errors
    /// When it was not started or cannot be waited for.
    pub async fn ended(&mut self) -> io::Result<ExitStatus> {
        match &mut self.child {
            Ok(child) => child.wait().await,
            Err(error) => Err(error.raw_os_error().map_or(error.kind().into(), io::Error::from_raw_os_error)),
        }
    }

    /// The errand with what the editor made of its text, or with a sentence that says why there is nothing
    /// to take, and where the words are if it wrote any.
    pub fn come_back(self, ended: &io::Result<ExitStatus>) -> (Errand, Result<String, String>) {
        let Self { errand, loan, .. } = self;
        let result = match loan.end(ended) {
            Lent::Changed(text) => Ok(text),
            Lent::Unchanged => Ok(errand.text.clone()),
            Lent::Failed { sentence, kept_at } => {
                let kept = kept_at.map_or_else(String::new, |file| format!("; {}", words_kept(&file)));
                Err(format!("{sentence}; the {} as before{kept}", stays(&errand.name)))
            }
        };
        (errand, result)
    }

    /// Asks the editor to end, and waits a moment for it. Where the words are that it wrote, if it wrote
    /// any.
    pub async fn dismiss(mut self) -> Option<String> {
        if let Ok(child) = &mut self.child {
            if let Some(id) = child.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
                // It may have ended by itself.
                let _ = kill_process(id, Signal::TERM);
            }
            let _ = tokio::time::timeout(PATIENCE, child.wait()).await;
        }
        self.loan.abandon().map(|file| words_kept(&file))
    }
}

fn words_kept(file: &Path) -> String {
    format!("what was written is kept in {}", file.display())
}

/// `lyrics stay`, `style stays`.
fn stays(name: &str) -> String {
    format!("{name} {}", if name == "lyrics" { "stay" } else { "stays" })
}
