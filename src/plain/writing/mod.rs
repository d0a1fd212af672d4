//! Writing: every change is saved at once, on the text that the person knows.

mod fields;
mod texts;

pub use fields::{model, problems, say, set, unset};
pub use texts::{add, insert, line, lyrics, remove, style};

use anyhow::Result;
use jiff::Timestamp;

use super::session::Session;
use crate::cli::{self, output};
use crate::domain::draft::Draft;
use crate::engine::intent::{Intent, Reply};

/// Changes that can be taken back.
const MOST_UNDO: usize = 100;

/// Saves the draft of the open song; says whether it is the draft now. Where another face wrote first, the
/// text becomes a version.
pub fn save(session: &mut Session, draft: Draft) -> Result<bool> {
    let before = session.row.draft.clone();
    let won = put(session, draft)?;
    if won {
        session.undo.push(before);
        let oldest = session.undo.len().saturating_sub(MOST_UNDO);
        session.undo.drain(..oldest);
    }
    Ok(won)
}

fn put(session: &mut Session, draft: Draft) -> Result<bool> {
    if draft == session.row.draft {
        output::line("nothing was changed")?;
        return Ok(false);
    }
    let now = Timestamp::now();
    let intent = Intent::SaveDraft { song: session.song.id, based_on: session.row.revision, draft: draft.clone() };
    match session.carry_out(intent, now)? {
        Reply::Saved { revision, .. } => {
            session.row.revision = revision;
            session.row.draft = draft;
            Ok(true)
        }
        Reply::Lost { current } => {
            let writer = current.writer.clone();
            session.row = *current;
            session.undo.clear();
            Err(cli::failed(format!(
                "{writer} wrote first, so the song has its text; what you wrote is kept as a version"
            )))
        }
        _ => Err(cli::failed("the store answered something else; nothing was saved")),
    }
}

/// Takes back the last change that was made here.
pub fn undo(session: &mut Session, _: &str) -> Result<()> {
    let Some(before) = session.undo.pop() else {
        return Err(cli::failed(
            "there is nothing to take back\nhint: only changes made here since the song was opened, and not written over, can be",
        ));
    };
    let after = session.row.draft.clone();
    if put(session, before)? {
        let what = session.draft().difference(&after).unwrap_or_else(|| "the model".to_owned());
        output::line(&format!("taken back: {what}"))?;
    }
    Ok(())
}

/// Keeps the draft as a version.
pub fn keep(session: &mut Session, _: &str) -> Result<()> {
    let song = session.song.id;
    session.carry_out(Intent::KeepVersion { song }, Timestamp::now())?;
    Ok(output::line("kept as a version")?)
}
