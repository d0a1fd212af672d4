//! Style and lyrics: read aloud, changed by the line, or lent to the person's own editor.

use std::fs;

use anyhow::Result;

use super::save;
use crate::cli::{self, output};
use crate::domain::catalogue::{LYRICS, STYLE};
use crate::domain::draft::{Draft, MOST_CHARACTERS};
use crate::domain::fit;
use crate::domain::length::to_clock;
use crate::domain::written;
use crate::editor::{Lent, NoEditor};
use crate::plain::session::{Leaving, Session};
use crate::plain::songs::counted;

/// What ends `lyrics write`.
const DONE: &str = ".";

const NOT_ENDED: &str = "the lyrics were not ended, so they stay as they were";

/// Reads or changes the style.
pub fn style(session: &mut Session, text: &str) -> Result<()> {
    match text {
        "" => {
            let style = session.draft().style.clone();
            output::line(if style.trim().is_empty() { "no style yet" } else { &style })?;
            say_measure(session, STYLE)
        }
        "edit" => {
            let Some(text) = edited(session, STYLE)? else { return Ok(()) };
            set_or_keep(session, STYLE, &text, set_style)
        }
        text => set_style(session, text),
    }
}

fn set_style(session: &mut Session, text: &str) -> Result<()> {
    let style = written::paragraph(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let draft = Draft { style, ..session.draft().clone() };
    if save(session, draft)? {
        say_measure(session, STYLE)?;
    }
    Ok(())
}

/// Reads or changes the lyrics.
pub fn lyrics(session: &mut Session, what: &str) -> Result<()> {
    match what.split_once(char::is_whitespace).unwrap_or((what, "")) {
        ("", _) => read(session),
        ("edit", "") => match edited(session, LYRICS)? {
            Some(text) => set_or_keep(session, LYRICS, &text, set_lyrics),
            None => Ok(()),
        },
        ("write", "") => write(session),
        ("from", file) if !file.trim().is_empty() => {
            let file = file.trim();
            let text = fs::read_to_string(file)
                .map_err(|error| cli::usage(format!("cannot read the lyrics from `{file}`: {error}")))?;
            set_lyrics(session, &text)
        }
        _ => Err(cli::usage(format!(
            "`lyrics {what}` is not known\nhint: lyrics alone reads them; lyrics edit, lyrics write, lyrics from FILE and line NUMBER TEXT change them"
        ))),
    }
}

fn read(session: &Session) -> Result<()> {
    for (number, line) in (1..).zip(session.draft().lyrics.lines()) {
        output::line(&numbered(number, line))?;
    }
    say_measure(session, LYRICS)
}

/// Takes lines until a lone full stop, as for a text that is pasted.
fn write(session: &mut Session) -> Result<()> {
    // Taken for all lines at once, as those of a paste come faster than they are read; and before anything is
    // said, so that what is seen of a line was read.
    session.keyboard.take()?;
    let mut lines = Vec::new();
    let ended = ask_for_lines(session).and_then(|()| until_done(session, &mut lines));
    session.keyboard.give_back();
    let text = lines.join("\n");
    match ended? {
        Ended::Done => set_or_keep(session, LYRICS, &text, set_lyrics),
        Ended::Left => Err(cli::failed(NOT_ENDED)),
        // Nobody gave these lines up: the connection broke, or the machine goes down.
        Ended::Told => Err(put_aside(session, LYRICS, &text, &cli::failed(NOT_ENDED))),
    }
}

fn ask_for_lines(session: &Session) -> Result<()> {
    if session.keyboard.is_of_a_person() {
        output::line("write the lyrics; a line with only a full stop ends them, C-c leaves them as they were")?;
    }
    Ok(())
}

/// How writing ended.
enum Ended {
    Done,
    /// By Ctrl-C, or the end of the input.
    Left,
    /// By a signal that told refrain to leave.
    Told,
}

fn until_done(session: &mut Session, lines: &mut Vec<String>) -> Result<Ended> {
    loop {
        match session.answer_to("")? {
            Some(line) if line.trim() == DONE => return Ok(Ended::Done),
            Some(line) => lines.push(line),
            None => return Ok(if session.leaving == Some(Leaving::Told) { Ended::Told } else { Ended::Left }),
        }
    }
}

/// Puts words into the song that are nowhere else. Where that fails they are put aside, and the error says
/// where.
fn set_or_keep(
    session: &mut Session,
    field: &str,
    text: &str,
    set: fn(&mut Session, &str) -> Result<()>,
) -> Result<()> {
    let revision = session.row.revision;
    match set(session, text) {
        // A race that was lost has brought another revision, and kept these words as a version.
        Err(error) if session.row.revision == revision => Err(put_aside(session, field, text, &error)),
        set => set,
    }
}

fn put_aside(session: &Session, field: &str, text: &str, error: &anyhow::Error) -> anyhow::Error {
    if text.trim().is_empty() {
        return cli::failed(format!("{error:#}"));
    }
    cli::failed(format!("{error:#}\nhint: {}", session.workbench.keep(field, text)))
}

fn set_lyrics(session: &mut Session, text: &str) -> Result<()> {
    let before = session.draft().clone();
    let lyrics = written::lines(text).trim_end_matches('\n').to_owned();
    let draft = Draft { lyrics, ..before.clone() };
    if save(session, draft)? {
        if let Some(what) = session.draft().difference(&before) {
            output::line(&format!("changed: {what}"))?;
        }
        say_measure(session, LYRICS)?;
    }
    Ok(())
}

/// Reads a line, or replaces it.
pub fn line(session: &mut Session, what: &str) -> Result<()> {
    let (number, text) = number_and_text(what)?;
    let mut lines = lines_of(session.draft());
    let place = place_of(number, lines.len())?;
    if text.is_empty() {
        return Ok(output::line(&numbered(number, &lines[place]))?);
    }
    text.clone_into(&mut lines[place]);
    set_lines(session, &lines, number)
}

/// Puts a line before another.
pub fn insert(session: &mut Session, what: &str) -> Result<()> {
    let (number, text) = number_and_text(what)?;
    let mut lines = lines_of(session.draft());
    let place = place_of(number, lines.len() + 1)?;
    lines.insert(place, text.to_owned());
    set_lines(session, &lines, number)
}

/// Puts a line at the end.
pub fn add(session: &mut Session, text: &str) -> Result<()> {
    let mut lines = lines_of(session.draft());
    lines.push(text.to_owned());
    let number = lines.len();
    set_lines(session, &lines, number)
}

/// Takes a line out.
pub fn remove(session: &mut Session, what: &str) -> Result<()> {
    let (number, text) = number_and_text(what)?;
    if !text.is_empty() {
        return Err(cli::usage(format!("`remove {what}` names more than a line\nhint: `remove {number}`")));
    }
    let mut lines = lines_of(session.draft());
    let gone = lines.remove(place_of(number, lines.len())?);
    if save(session, Draft { lyrics: lines.join("\n"), ..session.draft().clone() })? {
        output::line(&format!("removed {}", numbered(number, &gone)))?;
    }
    Ok(())
}

fn set_lines(session: &mut Session, lines: &[String], told: usize) -> Result<()> {
    let draft = Draft { lyrics: written::lines(&lines.join("\n")), ..session.draft().clone() };
    if save(session, draft)? {
        output::line(&numbered(told, &lines[told - 1]))?;
    }
    Ok(())
}

fn lines_of(draft: &Draft) -> Vec<String> {
    draft.lyrics.lines().map(str::to_owned).collect()
}

/// `3: The last boat leaves at ten to nine`.
fn numbered(number: usize, line: &str) -> String {
    format!("{number}: {}", if line.trim().is_empty() { "empty line" } else { line })
}

fn number_and_text(what: &str) -> Result<(usize, &str)> {
    let (number, text) = what.split_once(char::is_whitespace).unwrap_or((what, ""));
    let read = number
        .parse()
        .map_err(|_| cli::usage(format!("`{number}` is no number of a line\nhint: `lyrics` says them")))?;
    Ok((read, text.trim()))
}

fn place_of(number: usize, lines: usize) -> Result<usize> {
    match number.checked_sub(1).filter(|place| *place < lines) {
        Some(place) => Ok(place),
        None => Err(cli::usage(format!("there is no line {number}, the lyrics have {}", counted(lines, "line")))),
    }
}

/// The text of a field as it comes back from the person's editor, if it was changed there.
fn edited(session: &mut Session, field: &str) -> Result<Option<String>> {
    let text = if field == STYLE { session.draft().style.clone() } else { session.draft().lyrics.clone() };
    let is = if field == STYLE { "is" } else { "are" };
    let editor = session.workbench.editor.clone();
    let editor = editor.map_err(|none| cli::failed(format!("{none}\nhint: {}", NoEditor::HINT)))?;
    let loan = session.workbench.lend(field, &text, MOST_CHARACTERS).map_err(cli::failed)?;
    let ended = loan.command().status();
    match loan.end(&ended) {
        Lent::Changed(text) => Ok(Some(text)),
        Lent::Unchanged => {
            output::line(&format!("the {field} came back from {} unchanged", editor.name()))?;
            Ok(None)
        }
        Lent::Failed { sentence, kept_at } => {
            let hint = kept_at.map(|file| format!("\nhint: what it wrote is kept in `{}`", file.display()));
            Err(cli::failed(format!("{sentence}; the {field} {is} as before{}", hint.unwrap_or_default())))
        }
    }
}

/// `12 lines, 812 of 3000 characters, sings 2:30 to 3:10`.
fn say_measure(session: &Session, field: &str) -> Result<()> {
    let draft = session.draft();
    let Ok(spec) = session.spec() else { return Ok(()) };
    let measure = draft.measure(spec, field).map(|measure| match measure.most {
        Some(most) => format!("{} of {most} characters for {}", measure.used, spec.label),
        None => format!("{} characters for {}", measure.used, spec.label),
    });
    let measure = measure.unwrap_or_else(|| format!("not sent to {}", spec.label));
    let (lines, sung) = if field == LYRICS {
        let sung = fit::sung(draft, spec);
        let sung =
            sung.map(|time| format!(", sings {} to {}", to_clock(time.least.into()), to_clock(time.most.into())));
        (format!("{}, ", counted(draft.lyrics.lines().count(), "line")), sung)
    } else {
        (String::new(), None)
    };
    Ok(output::line(&format!("{lines}{measure}{}", sung.unwrap_or_default()))?)
}
