//! The prompt's own commands, and whose turn it is when a line comes.

use std::process::ExitCode;

use anyhow::Result;

use super::session::Session;
use super::{guide, listening, ordering, references, songs, spoken, uploads, writing};
use crate::cli::words::{self, About};
use crate::cli::{self, Flags, output};

/// A command of the prompt.
pub struct Own {
    pub name: &'static str,
    /// What may stand behind its name.
    pub takes: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    run: fn(&mut Session, &str) -> Result<()>,
}

const fn own(name: &'static str, takes: &'static str, about: &'static str, run: Run) -> Own {
    Own { name, takes, about, run }
}

/// Runs a command with the rest of its line.
type Run = fn(&mut Session, &str) -> Result<()>;

/// Every command of the prompt, as `help` lists them.
pub const OWN: &[Own] = &[
    own("here", "", "say the song, the model, the takes and the money", songs::here),
    own("open", "[SONG]", "open another song; alone, list the songs", songs::open),
    own("new", "TITLE", "start a song and open it", songs::new),
    own("title", "TITLE", "give the song another title", songs::title),
    own("style", "[TEXT | edit]", "read the style, replace it, or edit it in your editor", writing::style),
    own("lyrics", "[edit | write | from FILE]", "read the lyrics with line numbers, or change them", writing::lyrics),
    own("line", "NUMBER [TEXT]", "read a line of the lyrics, or replace it", writing::line),
    own("insert", "NUMBER TEXT", "put a line before that line of the lyrics", writing::insert),
    own("add", "[TEXT]", "put a line at the end of the lyrics", writing::add),
    own("remove", "NUMBER", "take a line out of the lyrics", writing::remove),
    own("model", "[NAME]", "say the model, or choose another", writing::model),
    own("set", "[FIELD VALUE]", "set a field of the model; alone, list the fields", writing::set),
    own("unset", "FIELD", "leave a field to the service", writing::unset),
    own("undo", "", "take back your last change to the song's text", writing::undo),
    own("keep", "", "keep the song's text as it is now as a version", writing::keep),
    own("problems", "", "say what the model would not take", writing::problems),
    own("order", "[HOW MANY] [--model NAME]...", "order takes; says the price and asks first", ordering::order),
    own(
        "takes",
        "[with NAME]",
        "list the takes of this song, or those made with a reference, the newest first",
        songs::takes,
    ),
    own("play", "[ID]", "play a take while you go on; alone, the newest not heard yet", listening::play),
    own("stop", "[using NAME]", "stop playing, or stop using a reference in the song", listening::stop),
    own(
        "upload",
        "FILE | ADDRESS | again NAME | stop NAME",
        "upload a recording to sing with; asks what it is, unless --purpose song, voice or instrumental says so; \
         --from 0:32 and --to 1:05 take a part, --name NAME names it",
        uploads::upload,
    ),
    own("references", "[WORD]...", "list the library, or what has these words in it", references::references),
    own("use", "NAME", "use a reference in the song, wherever its model takes it", references::use_it),
    own("forget", "NAME", "take a reference out of the library; its file stays", references::forget),
    own("say", "[again]", "say the last event again", songs::say_again),
    own("events", "[on | later | off]", "tell events at once, only after Enter, or not at all", songs::events),
    own("quiet", "", "tell no events until `events on`", songs::quiet),
    own("help", "[COMMAND]", "list the commands, or explain one", guide::help),
    own("quit", "", "leave; what was ordered goes on", quit),
];

/// Other words for some of them.
const SYNONYMS: [(&str, &str); 3] = [("exit", "quit"), ("bye", "quit"), ("?", "help")];

/// Commands about how refrain was started. Without a key the prompt works on the sandbox; these are asked
/// because of that.
const ABOUT_THE_START: [&str; 2] = ["doctor", "login"];

/// Names at least this much alike are taken for a slip of the fingers.
const ALIKE: f64 = 0.7;

/// The prompt's own command of that name.
pub fn find(name: &str) -> Option<&'static Own> {
    let name = SYNONYMS.iter().find(|(synonym, _)| *synonym == name).map_or(name, |(_, meant)| meant);
    OWN.iter().find(|own| own.name == name)
}

/// The commands of the command line that the prompt has no other meaning for.
pub fn others() -> Vec<About> {
    words::all().into_iter().filter(|about| find(&about.name).is_none()).collect()
}

/// Carries out one line. What commands of the command line say names them with the program's name before them,
/// and is taken like that as well.
pub fn run(session: &mut Session, line: &str) -> ExitCode {
    let line = line.trim();
    let line = line.strip_prefix("refrain ").map_or(line, str::trim_start);
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let ended = match find(name) {
        Some(own) => (own.run)(session, rest.trim()).map(|()| ExitCode::SUCCESS),
        None => run_other(session, name, line),
    };
    ended.unwrap_or_else(|error| ExitCode::from(cli::tell_as(&error, spoken::here) as u8))
}

fn run_other(session: &mut Session, name: &str, line: &str) -> Result<ExitCode> {
    if others().iter().all(|about| about.name != name) {
        return Err(cli::usage(unknown(name)));
    }
    let words = shell_words::split(line)
        .map_err(|_| cli::usage("a quotation mark has no partner\nhint: put the text in \"quotation marks\""))?;
    // Whatever pays is asked about first, as `order` is.
    let bill = words::bill(&session.flags, &words)?;
    if let Some(bill) = &bill
        && !ordering::agreed(session, bill)?
    {
        return Ok(ExitCode::SUCCESS);
    }
    let flags = if ABOUT_THE_START.contains(&name) { &session.flags_of_start } else { &session.flags };
    // What was agreed to is not asked about once more.
    let ended = words::run_words(&Flags { agreed: bill.is_some(), ..flags.clone() }, &words);
    if name == "login" && ended == ExitCode::SUCCESS {
        output::say("this prompt goes on as it was opened; quit and open it again to order with the key");
    }
    Ok(ended)
}

/// What is said of a word that is no command.
pub fn unknown(name: &str) -> String {
    let others = others();
    let names = OWN.iter().map(|own| own.name).chain(others.iter().map(|about| about.name.as_str()));
    let likeness = |other: &str| strsim::jaro_winkler(&name.to_lowercase(), other);
    let alike = names.map(|other| (likeness(other), other)).filter(|(likeness, _)| *likeness >= ALIKE);
    match alike.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((_, near)) => format!("there is no command `{name}`\nhint: did you mean `{near}`?"),
        None => format!("there is no command `{name}`\nhint: `help` lists them"),
    }
}

fn quit(session: &mut Session, _: &str) -> Result<()> {
    session.leave()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_slip_of_the_fingers_finds_what_was_meant() {
        assert!(unknown("lisst").ends_with("did you mean `list`?"));
        assert!(unknown("lirycs").ends_with("did you mean `lyrics`?"));
        assert!(unknown("Open").ends_with("did you mean `open`?"));
        assert!(unknown("zzzz").ends_with("`help` lists them"));
    }

    #[test]
    fn every_command_has_one_name_and_says_what_it_does() {
        let names: BTreeSet<_> = OWN.iter().map(|own| own.name).collect();
        assert_eq!(names.len(), OWN.len());
        assert!(OWN.iter().all(|own| !own.about.is_empty() && !own.about.contains('\n')));
        assert!(SYNONYMS.iter().all(|(_, meant)| names.contains(meant)));
        assert!(others().iter().any(|about| about.name == "list" && !about.about.is_empty()));
    }
}
