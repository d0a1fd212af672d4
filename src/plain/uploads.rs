//! `upload`: what a recording is, in plain words, and its upload once more or no more.

use anyhow::Result;
use jiff::Timestamp;

use super::references::called;
use super::session::Session;

use crate::cli::upload::Checked;
use crate::cli::words;
use crate::cli::{self, Setting, output, reference};
use crate::domain::reference::{Purpose, ReferenceId};
use crate::domain::uploading;
use crate::engine::intent::{Intent, Reply};

/// What a recording may be, in the order in which it is asked.
const ASKED: [Purpose; 3] = [Purpose::Song, Purpose::Voice, Purpose::Instrumental];

/// Takes a recording that breaks a rule of hearsay, or is another now.
const FORCE: &str = "--force";

/// Uploads a recording, or begins or ends the upload of one that is known.
pub fn upload(session: &mut Session, what: &str) -> Result<()> {
    match what.split_once(char::is_whitespace).unwrap_or((what, "")) {
        ("again", words) if !words.trim().is_empty() => return again(session, words.trim()),
        ("stop", name) if !name.is_empty() => return stop(session, name.trim()),
        _ => {}
    }
    let mut words = shell_words::split(what)
        .map_err(|_| cli::usage("a quotation mark has no partner\nhint: put the text in \"quotation marks\""))?;
    if words.is_empty() {
        return Err(cli::usage("an upload needs a recording\nhint: `upload FILE`, or `upload ADDRESS`"));
    }
    words.insert(0, "upload".to_owned());
    if !words.iter().any(|word| word == "--purpose" || word.starts_with("--purpose=")) {
        let Some(purpose) = ask(session)? else { return Ok(output::line("nothing was uploaded")?) };
        words.push(format!("--purpose={}", purpose.name()));
    }
    let arguments = words::upload(&words)?;
    let setting = Setting::new(session.flags.clone())?;
    let Checked { order, wished, converted } = arguments.check(&setting, &session.service)?;
    converted.map_or(Ok(()), |converted| output::line(&converted))?;
    match session.carry_out(Intent::Upload(order), Timestamp::now())? {
        Reply::KnownReference { reference } => {
            let known = session.store.reference(reference)?;
            let called = reference::known_as(&setting, &mut session.store, &known, wished)?.replace('`', "");
            Ok(output::line(&format!(
                "the same recording is in the library{called}, reference {}; nothing was uploaded, --anew uploads it again",
                known.id.0
            ))?)
        }
        reply => begun(session, &reply),
    }
}

/// What it is, as far as somebody says so.
fn ask(session: &mut Session) -> Result<Option<Purpose>> {
    let choices: Vec<String> = ASKED
        .iter()
        .enumerate()
        .map(|(place, purpose)| format!("{} {}", place + 1, uploading::plainly(*purpose)))
        .collect();
    let question = format!("what is it? {}; 1, 2 or 3: ", choices.join("; "));
    let answer = session.ask(&question)?.unwrap_or_default().trim().to_lowercase();
    if answer.is_empty() {
        return Ok(None);
    }
    let by_number = answer.parse().ok().and_then(|number: usize| ASKED.get(number.checked_sub(1)?).copied());
    let by_name =
        || ASKED.into_iter().find(|purpose| [purpose.name(), uploading::plainly(*purpose)].contains(&&*answer));
    let unknown =
        || cli::usage(format!("`{answer}` is none of them, so nothing was uploaded\nhint: a number is enough"));
    by_number.or_else(by_name).map(Some).ok_or_else(unknown)
}

/// The name of a reference, and whether `--force` stands before it, after it or within it. A name is typed
/// without quotation marks, so what is left of it is as it was typed.
fn insisted(words: &str) -> (String, bool) {
    let (own, flags): (Vec<&str>, Vec<&str>) = words.split(char::is_whitespace).partition(|word| *word != FORCE);
    (own.join(" ").trim().to_owned(), !flags.is_empty())
}

fn again(session: &mut Session, words: &str) -> Result<()> {
    let (name, force) = insisted(words);
    let reference = called(session, &name)?;
    if !reference.belongs_to(&session.service) {
        let own = reference.service.as_ref().map(ToString::to_string).unwrap_or_default();
        return Err(cli::usage(format!(
            "{} is of {own}, and takes are ordered from {} here",
            reference.name, session.service
        )));
    }
    let setting = Setting::new(session.flags.clone())?;
    let way = format!("`upload again {} {FORCE}`", reference.id.0);
    let frozen = reference::frozen_anew(&setting, &reference, force, &way)?;
    let intent = Intent::UploadAgain { reference: reference.id, frozen, force };
    let reply = session.carry_out(intent, Timestamp::now())?;
    begun(session, &reply)
}

fn stop(session: &mut Session, name: &str) -> Result<()> {
    let reference = called(session, name)?;
    session.carry_out(Intent::StopUpload { reference: reference.id }, Timestamp::now())?;
    Ok(output::line(&reference::stopped(&reference).replace('`', ""))?)
}

fn begun(session: &mut Session, reply: &Reply) -> Result<()> {
    let Reply::Reference { reference } = reply else {
        return Err(cli::failed("the store answered something else; nothing was uploaded"));
    };
    tell_begun(session, *reference)?;
    let service = session.service.clone();
    session.start_worker(&service);
    Ok(())
}

/// `Mara is being uploaded, reference 3: a singer alone, singing, 0:42 long; references says how far it is`.
fn tell_begun(session: &Session, id: ReferenceId) -> Result<()> {
    let reference = session.store.reference(id)?;
    let long = uploading::length(&reference).map(|long| format!(", {long} long")).unwrap_or_default();
    let what = uploading::plainly(reference.purpose);
    let name = &reference.name;
    Ok(output::line(&format!(
        "{name} is being uploaded, reference {}: {what}{long}; references says how far it is",
        id.0
    ))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn force_may_stand_anywhere_and_the_name_keeps_its_spaces() {
        let table = [
            ("Mara", "Mara", false),
            ("Mara --force", "Mara", true),
            ("--force 3", "3", true),
            ("Mara --force in the  kitchen", "Mara in the  kitchen", true),
            ("Mara  --forced", "Mara  --forced", false),
            ("--force", "", true),
        ];
        for (typed, name, force) in table {
            assert_eq!(insisted(typed), (name.to_owned(), force), "{typed}");
        }
    }
}
