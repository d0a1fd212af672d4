//! `upload`: a recording on its way to a service, which gives it ids that songs are sung with.

use std::path::PathBuf;

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::json;

use super::exit::{Exit, Failure};
use super::recording::{self, Cut, FORCE, Place};
use super::sending::{Ended, Sending};
use super::{Setting, WRITER, output, reference};
use crate::domain::address;
use crate::domain::recording::Rules;
use crate::domain::reference::{Purpose, Reference, ReferenceId, name_of};
use crate::domain::service::Service;
use crate::domain::uploading;
use crate::engine::intent::{Intent, Reply, Source, UploadOrder};
use crate::engine::recordings::Wanted;
use crate::store::Store;
use crate::worker::start::Posts;

/// What is checked, for the help.
const CHECKED: &str = "\
The recording is read to its end before anything is sent: longer than 10 s, at most 10 minutes, not silent, \
not cut short. What is neither MP3 nor WAV is converted to WAV, and so is a part. \
With --json the one object has voice_id, instrumental_id, name, purpose and duration in seconds.";

/// What to upload.
#[derive(Debug, clap::Args)]
#[command(after_help = CHECKED)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Arguments {
    /// The recording: a file here, or an address from which it is fetched first
    #[arg(value_name = "FILE|URL")]
    source: PathBuf,
    /// What it is
    #[arg(long, value_enum)]
    purpose: What,
    /// Its name in the library; the file's, where none is given
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    cut: Cut,
    /// Upload it also where it is longer or shorter than the service is said to take
    #[arg(long)]
    force: bool,
    /// Upload it also where the same recording is in the library for the same purpose
    #[arg(long)]
    anew: bool,
    /// Return as soon as it is checked and written down
    #[arg(long)]
    no_wait: bool,
    /// Print one JSON object, as an item of `reference list --json`
    #[arg(long)]
    json: bool,
}

/// What a recording is, as it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum What {
    /// A singer with music: serves as voice and as instrumental
    Song,
    /// A singer alone, singing; speech does not work
    Voice,
    /// Music only
    Instrumental,
}

impl What {
    fn purpose(self) -> Purpose {
        match self {
            Self::Song => Purpose::Song,
            Self::Voice => Purpose::Voice,
            Self::Instrumental => Purpose::Instrumental,
        }
    }
}

/// An upload that is checked and frozen, and not written down yet.
pub struct Checked {
    pub order: UploadOrder,
    /// The name that was asked for; another recording of the same content gets it.
    pub wished: Option<String>,
    /// What was done to the recording, as a sentence.
    pub converted: Option<String>,
}

impl Arguments {
    /// Checks the recording and freezes it, where it is on this machine.
    ///
    /// # Errors
    /// When the name or the part is none, or the recording is not fit.
    pub fn check(&self, setting: &Setting, service: &Service) -> Result<Checked> {
        let part = self.cut.part()?;
        let given = reference::given_name(self.name.as_deref())?;
        let wanted = Wanted { rules: &Rules::UPLOAD, part, force: self.force };
        let (source, name, converted) =
            match Place::of(&self.source).map_err(|slip| recording::no_address(&self.source, slip))? {
                Place::Web(url) => {
                    address::may_be_fetched(&url).map_err(|slip| recording::no_address(&self.source, slip))?;
                    let name = name_of(&url);
                    (Source::Url(url), name, None)
                }
                Place::File(file) => {
                    let frozen = recording::freeze(setting, &file, &wanted, &recording::insist(FORCE))?;
                    let (name, converted) = (recording::name_of(&file), frozen.converted.clone());
                    (Source::File { file: recording::absolute(&file)?, frozen }, name, converted)
                }
            };
        let (purpose, service) = (self.purpose.purpose(), service.clone());
        let name = given.clone().unwrap_or(name);
        let (force, anew) = (self.force, self.anew);
        Ok(Checked {
            order: UploadOrder { name, purpose, service, source, part, force, anew },
            wished: given,
            converted,
        })
    }
}

/// Uploads a recording and waits for its ids.
///
/// # Errors
/// When there is no key, the recording is not fit, or the store cannot be used.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let (service, posts) = setting.house()?;
    let Checked { order, wished, converted } = arguments.check(setting, &service)?;
    let mut store = setting.store()?;
    let desk = setting.desk(WRITER.to_owned(), posts.key.as_ref());
    let (reference, known) = match desk.carry_out(&mut store, Intent::Upload(order), Timestamp::now())? {
        Reply::Reference { reference } => (reference, false),
        Reply::KnownReference { reference } => (reference, true),
        reply => return Err(reference::not_done(reply)),
    };
    if known {
        let known = store.reference(reference)?;
        let called = reference::known_as(setting, &mut store, &known, wished)?;
        output::say(&format!(
            "the same recording is in the library{called}; nothing was uploaded\nhint: `--anew` uploads it again"
        ));
    } else if let Some(converted) = &converted {
        output::say(converted);
    }
    let told = Told { converted: (!known).then_some(converted).flatten(), known, json: arguments.json };
    follow(setting, &posts, &store, reference, &told, arguments.no_wait)
}

/// What is printed of an upload besides the reference.
pub struct Told {
    pub converted: Option<String>,
    pub known: bool,
    pub json: bool,
}

/// Has an upload that is written down carried out, and waits for it if wanted.
///
/// # Errors
/// When no worker can be started, or the store cannot be read.
pub fn follow(
    setting: &Setting,
    posts: &Posts,
    store: &Store,
    id: ReferenceId,
    told: &Told,
    no_wait: bool,
) -> Result<Exit> {
    let reference = store.reference(id)?;
    if reference.upload.is_none() {
        return told.print(&reference, Exit::Done);
    }
    let service = reference.service.clone().unwrap_or_else(|| setting.service());
    posts.start_apart(&service).context("the upload is written down, but no worker could be started to send it")?;
    if no_wait {
        return told.print(&reference, Exit::Done);
    }
    let in_lines = setting.flags.in_lines;
    let sending = Sending { posts, service: &service, reference: id, tells: !told.json, in_lines };
    match sending.wait(store)? {
        Ended::Uploaded(reference) => {
            let what = uploading::plainly(reference.purpose);
            let long = uploading::length(&reference).map(|long| format!(", {long} long")).unwrap_or_default();
            told.say(&format!("`{}` is in the library: {what}{long}", reference.name));
            told.print(&reference, Exit::Done)
        }
        Ended::Failed(reference) => {
            let message = reference.upload.as_ref().and_then(|upload| upload.message.as_deref());
            let (name, id) = (&reference.name, id.0);
            output::say(&format!(
                "error: the upload of `{name}` failed: {}\nhint: `refrain reference again {id}` tries it again, \
                 `refrain reference forget {id}` lets it go",
                message.unwrap_or("no reason given")
            ));
            told.print(&reference, Exit::Failed)
        }
        Ended::Interrupted(reference) => {
            let id = id.0;
            output::say(&format!(
                "the waiting ended, the upload goes on: `refrain reference list` says how far, \
                 `refrain reference stop {id}` breaks it off"
            ));
            told.print(&reference, Exit::Interrupted)
        }
        Ended::Gone => Err(Failure::failed("the upload was broken off, and nothing of it is in the library")),
    }
}

impl Told {
    /// Says something that a script need not read.
    fn say(&self, words: &str) {
        if !self.json {
            output::say(words);
        }
    }

    fn print(&self, reference: &Reference, exit: Exit) -> Result<Exit> {
        if self.json {
            let mut object = reference::object(reference);
            object["converted"] = json!(self.converted);
            object["known"] = json!(self.known);
            output::json(&object)?;
        } else {
            output::line(&reference.id.0.to_string())?;
        }
        Ok(exit)
    }
}
