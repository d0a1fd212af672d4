//! `log`: what happened to takes, and what the program itself wrote down.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::Serialize;

use super::exit::{Exit, Failure};
use super::{Flags, Setting, output};
use crate::domain::generation::{Status, TakeId, Why};
use crate::domain::step::Step;
use crate::store::Store;
use crate::store::history::Wanted;

/// How many lines of the program's own log are shown.
const LINES: usize = 20;

/// How much of a log file is read for them.
const TAIL: u64 = 64 * 1024;

/// What to tell.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only of this take, by the id that `list` prints
    #[arg(value_name = "TAKE")]
    take: Option<i64>,
    /// Only what happened within this time, as 30m, 2h or 3d
    #[arg(long, value_name = "TIME", value_parser = age)]
    since: Option<SignedDuration>,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
    /// Show the program's own log instead: where its files are, and the last lines
    #[arg(long, conflicts_with_all = ["take", "since", "json"])]
    program: bool,
}

/// Tells what happened, the oldest first.
///
/// # Errors
/// When the store cannot be read, or a take is named that never was.
pub fn run(flags: &Flags, arguments: &Arguments) -> Result<Exit> {
    let setting = Setting::as_it_is(flags.clone())?;
    if arguments.program {
        return of_program(&setting.paths.logs());
    }
    let store = setting.store()?;
    let since = arguments.since.map(|age| Timestamp::now() - age);
    let steps = store.steps(Wanted { take: arguments.take.map(TakeId), since })?;
    if steps.is_empty() {
        if let Some(take) = arguments.take.filter(|take| !is_known(&store, *take)) {
            let hint = "`refrain list` prints the ids, in its first column";
            return Err(Failure::usage(format!("no take has the id {take}\nhint: {hint}")));
        }
        output::say("nothing happened");
    }
    tell(&steps, arguments.json)?;
    Ok(Exit::Done)
}

fn is_known(store: &Store, take: i64) -> bool {
    let wanted = Wanted { take: Some(TakeId(take)), ..Wanted::default() };
    store.steps(wanted).is_ok_and(|steps| !steps.is_empty())
}

fn tell(steps: &[Step], json: bool) -> Result<()> {
    let zone = TimeZone::system();
    for step in steps {
        if json {
            output::json_line(&Line::of(step))?;
        } else {
            output::line(&line(step, &zone))?;
        }
    }
    Ok(())
}

/// `2026-03-14 14:02:11    17  Night Ferry  take 3  music-2.0  sent, tag refrain-...`
fn line(step: &Step, zone: &TimeZone) -> String {
    let at = step.at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let words = step.words();
    let more = match (step.status, step.was) {
        (Some(Status::Sending), _) => format!(", tag {}", step.request_tag),
        (Some(_), Some(Status::Sending)) => step.remote_id.as_ref().map(|id| format!(", id {id}")).unwrap_or_default(),
        (Some(Status::Saved), _) => step.file.as_ref().map(|file| format!(" as {file}")).unwrap_or_default(),
        _ => String::new(),
    };
    let message = step.message.as_ref().map(|message| format!("; {message}")).unwrap_or_default();
    let pretend = if step.service.is_sandbox() { "  (sandbox)" } else { "" };
    format!(
        "{at}  {:>4}  {}  take {}  {}  {words}{more}{message}{pretend}",
        step.take.0, step.song, step.number, step.model
    )
}

/// A step as `--json` prints it.
#[derive(Serialize)]
struct Line<'a> {
    at: Timestamp,
    take: i64,
    song: &'a str,
    number: u32,
    service: String,
    model: &'a str,
    was: Option<&'static str>,
    /// `withdrawn` where the order was taken back: then there is no row with a status any more.
    status: &'static str,
    why: Option<&'static str>,
    message: Option<&'a str>,
    request_tag: &'a str,
    remote_id: Option<&'a str>,
    file: Option<&'a str>,
}

impl<'a> Line<'a> {
    fn of(step: &'a Step) -> Self {
        Self {
            at: step.at,
            take: step.take.0,
            song: &step.song,
            number: step.number,
            service: step.service.to_string(),
            model: &step.model,
            was: step.was.map(Status::name),
            status: step.status.map_or("withdrawn", Status::name),
            why: step.why.map(Why::name),
            message: step.message.as_deref(),
            request_tag: &step.request_tag,
            remote_id: step.remote_id.as_deref(),
            file: step.file.as_deref(),
        }
    }
}

/// Shows where the program's log is, and the end of it.
fn of_program(folder: &Path) -> Result<Exit> {
    let files = log_files(folder);
    for file in &files {
        output::data(&file.display().to_string())?;
    }
    let Some(newest) = files.iter().rev().find(|file| file.extension().is_some_and(|it| it == "log")) else {
        output::say(&format!("no log yet; it would be in `{}`", folder.display()));
        return Ok(Exit::Done);
    };
    let text = end_of(newest).with_context(|| format!("`{}`", newest.display()))?;
    let lines: Vec<_> = text.lines().collect();
    for line in lines.iter().skip(lines.len().saturating_sub(LINES)) {
        output::line(line)?;
    }
    Ok(Exit::Done)
}

/// The files of the log, the oldest first: their names are dates. What a worker said before its log was
/// open lies among them.
fn log_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_filled = |path: &PathBuf| path.metadata().is_ok_and(|meta| meta.is_file() && meta.len() > 0);
    let mut files: Vec<_> = entries.map(|entry| entry.path()).filter(is_filled).collect();
    files.sort();
    files
}

/// The last part of a file.
fn end_of(file: &Path) -> std::io::Result<String> {
    let mut opened = fs::File::open(file)?;
    let length = opened.metadata()?.len();
    opened.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    opened.take(TAIL).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// `30m`, `2h`, `3d`, as jiff reads them; a day has 24 hours.
pub(super) fn age(text: &str) -> Result<SignedDuration, String> {
    let span: Result<Span, _> = text.parse();
    let time = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()));
    let age = time.map_err(|_| "write a time such as 30m, 2h or 3d".to_owned())?.abs();
    // Nothing is older than the program.
    Ok(age.min(SignedDuration::from_hours(24 * 365 * 100)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_a_number_and_a_unit() {
        assert_eq!(age("2h"), Ok(SignedDuration::from_hours(2)));
        assert_eq!(age("3d"), Ok(SignedDuration::from_hours(72)));
        assert_eq!(age("1h 30m"), Ok(SignedDuration::from_mins(90)));
        for wrong in ["", "soon", "5", "2 fortnights"] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn of_a_long_log_only_the_end_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("refrain.2026-03-14.log");
        fs::write(&file, "first line\n".to_owned() + &"x".repeat(TAIL as usize) + "\nlast line\n").unwrap();
        let end = end_of(&file).unwrap();
        assert!(end.ends_with("last line\n") && !end.contains("first"), "{} bytes", end.len());
        fs::write(folder.path().join("worker.stderr"), "").unwrap();
        assert_eq!(log_files(folder.path()), [file], "an empty file says nothing");
    }
}
