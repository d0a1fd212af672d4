//! The loop: a line, what it does, what happened meanwhile.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use jiff::Timestamp;

use super::commands;
use super::following::Manner;
use super::keyboard::Woken;
use super::session::{Leaving, Opening, Session};
use super::songs::summary;
use crate::cli::output;
use crate::domain::news;
use crate::domain::untrusted::Untrusted;

/// Characters of a title in the prompt.
const TITLE_SHOWN: usize = 40;

/// What Ctrl-C ends a script with, as shells say it.
const INTERRUPTED: u8 = 130;

/// What came instead of, or as, a line.
enum Next {
    Line(String),
    End,
    Interrupted,
    Terminated,
}

/// Opens the prompt and says how it ended. Where a pipe gives the lines, the first one that fails is the
/// last: what follows was written for what it would have done, and may cost money.
///
/// # Errors
/// When the store cannot be used, or standard input or output is gone.
pub fn open(opening: Opening) -> Result<ExitCode> {
    let notice = opening.notice.clone();
    let mut session = Session::begin(opening)?;
    let left_over = session.workbench.left_over();
    if session.keyboard.is_of_a_person() {
        greet(&session, notice.as_deref(), left_over.as_deref())?;
    } else {
        notice.into_iter().chain(left_over).for_each(|note| output::say(&format!("note: {note}")));
    }
    let ended = live(&mut session);
    session.keyboard.give_back();
    if let Err(error) = session.store.screen_left(&session.terminal, Timestamp::now()) {
        tracing::warn!(%error, "when the prompt was left is not kept");
    }
    ended
}

/// At most four lines: what this is, where takes are ordered, the song, and what happened meanwhile. A
/// fifth is rare and worth it: words that an editor held when another refrain went.
fn greet(session: &Session, notice: Option<&str>, left_over: Option<&str>) -> Result<()> {
    output::line("refrain, a line at a time; help lists the commands, quit leaves")?;
    let place = if session.service.is_sandbox() {
        "nothing is charged here, this is the sandbox".to_owned()
    } else {
        format!("takes are ordered from {} and cost money; each order asks first", session.service)
    };
    output::line(notice.unwrap_or(&place))?;
    output::line(&summary(session)?)?;
    if let Some(left) = session.store.last_left()?
        && let Some(news) = news::since(left, session.store.takes(None)?.iter())
    {
        output::line(&news)?;
    }
    Ok(left_over.map_or(Ok(()), output::line)?)
}

fn live(session: &mut Session) -> Result<ExitCode> {
    let is_of_a_person = session.keyboard.is_of_a_person();
    while session.leaving.is_none() {
        session.following.look(session.song.id)?;
        tell(session)?;
        let line = match next(session)? {
            Next::Line(line) => line,
            Next::End => {
                session.leave()?;
                // Nobody is there to ask again.
                session.leaving.get_or_insert(Leaving::Asked);
                break;
            }
            Next::Interrupted if is_of_a_person => continue,
            Next::Interrupted => return Ok(ExitCode::from(INTERRUPTED)),
            Next::Terminated => break,
        };
        if line.trim().is_empty() {
            continue;
        }
        let ended = commands::run(session, &line);
        if ended != ExitCode::SUCCESS && !is_of_a_person {
            output::say("the lines behind this one were not carried out");
            return Ok(ended);
        }
    }
    session.following.look(session.song.id)?;
    if session.leaving == Some(Leaving::Asked) {
        tell(session)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Waits for a line. Events are told meanwhile, as long as none has been begun.
fn next(session: &mut Session) -> Result<Next> {
    session.keyboard.take()?;
    prompt(session)?;
    let next = loop {
        match session.keyboard.next(deadline(session))? {
            Woken::Line(line) => break Next::Line(line),
            Woken::End => {
                session.keyboard.end_line()?;
                break Next::End;
            }
            Woken::Interrupted => {
                session.keyboard.end_line()?;
                break Next::Interrupted;
            }
            Woken::Terminated => break Next::Terminated,
            Woken::Back => prompt(session)?,
            Woken::Rung | Woken::Due => look(session)?,
        }
    };
    session.keyboard.give_back();
    Ok(next)
}

/// `Night Ferry> `, and what was typed behind it, where a person reads it.
fn prompt(session: &Session) -> Result<()> {
    if session.keyboard.is_of_a_person() {
        let title = Untrusted::new(session.song.title.as_str()).clean(TITLE_SHOWN);
        output::part(&format!("{title}> {}", session.keyboard.begun()))?;
    }
    Ok(())
}

fn deadline(session: &Session) -> Option<Instant> {
    let at = session.following.next_look()?;
    let left = Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or(Duration::ZERO);
    Some(Instant::now() + left)
}

fn look(session: &mut Session) -> Result<()> {
    if session.following.is_overdue() {
        session.start_workers();
    }
    session.following.look(session.song.id)?;
    let may_tell = session.following.manner == Manner::AtOnce && !session.keyboard.is_begun();
    if may_tell && session.following.has_news(&session.row) {
        session.keyboard.end_line()?;
        tell(session)?;
        prompt(session)?;
    }
    Ok(())
}

/// Tells what was not told yet.
fn tell(session: &mut Session) -> Result<()> {
    session.follow();
    for line in session.following.tell() {
        output::line(&line)?;
    }
    Ok(())
}
