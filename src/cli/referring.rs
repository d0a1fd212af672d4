//! The references of an order as flags name them: by name, by the service's id, by address, or as a file.

use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;

use super::exit::{Exit, Failure};
use super::given::Slip;
use super::named::{called, fitting, nearest, told_apart};
use super::recording::{self, Place};
use super::reference::{not_done, unusable};
use super::{Setting, WRITER, output};
use crate::domain::catalogue::{FieldSpec, Kind, ModelSpec};
use crate::domain::draft::Draft;
use crate::domain::ids::IdOf;
use crate::domain::recording::Frozen;
use crate::domain::reference::{Purpose, Reference, ReferenceId};
use crate::domain::setting::listed;
use crate::domain::{uploading, using};
use crate::engine::intent::{Intent, Reply};
use crate::engine::recordings::Wanted;

/// The flags.
#[derive(Debug, Default, clap::Args)]
pub struct Referring {
    /// The singer: a reference of the library, or an id of a voice as the service knows it
    #[arg(long, value_name = "ID|NAME")]
    voice: Option<String>,
    /// The backing: a reference of the library, or an id of an instrumental as the service knows it
    #[arg(long, value_name = "ID|NAME")]
    instrumental: Option<String>,
    /// A recording to go by: an address, a file for models that take one, or a reference of the library
    #[arg(long, value_name = "URL|FILE|NAME")]
    reference: Option<String>,
}

/// A kind of field that a flag fills.
struct Flag {
    name: &'static str,
    kind: Kind,
    /// What it takes, in a sentence.
    what: &'static str,
    /// The ids that it takes.
    ids: Option<IdOf>,
}

const FLAGS: [Flag; 3] = [
    Flag { name: "voice", kind: Kind::VoiceId, what: "a voice", ids: Some(IdOf::Voice) },
    Flag { name: "instrumental", kind: Kind::InstrumentalId, what: "an instrumental", ids: Some(IdOf::Instrumental) },
    Flag { name: "reference", kind: Kind::Url, what: "a recording", ids: None },
];

impl Referring {
    /// Whether no flag is given.
    pub fn is_empty(&self) -> bool {
        self.given().next().is_none()
    }

    fn given(&self) -> impl Iterator<Item = (&'static Flag, &str)> {
        let values = [&self.voice, &self.instrumental, &self.reference];
        FLAGS.iter().zip(values).filter_map(|(flag, value)| Some((flag, value.as_deref()?.trim())))
    }
}

/// The library as an order uses it, with the files that the order brings along.
pub struct Shelf<'a> {
    setting: &'a Setting,
    library: Vec<Reference>,
    /// Frozen, and not in the library yet.
    brought: Vec<Intent>,
}

impl<'a> Shelf<'a> {
    /// The library as it is now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(setting: &'a Setting) -> Result<Self> {
        Ok(Self { setting, library: setting.library()?, brought: Vec::new() })
    }

    /// The library, with what was brought along.
    pub fn library(&self) -> &[Reference] {
        &self.library
    }

    /// Puts what the flags name into a draft for that model; what does not fit is said.
    ///
    /// # Errors
    /// When it was interrupted, or a file cannot be frozen for want of a place.
    pub fn put_into(&mut self, draft: &mut Draft, flags: &Referring, spec: &ModelSpec) -> Result<Vec<Slip>> {
        let mut slips = Vec::new();
        for (flag, value) in flags.given() {
            match self.resolve(flag, value, spec)? {
                Ok((field, value)) => drop(draft.settings.insert(field, value)),
                Err(why) => {
                    let field = spec.fields.iter().find(|field| field.kind == flag.kind);
                    let field = field.map_or(flag.name, |field| &field.name);
                    slips.push(Slip::new(field, &format!("`--{} {value}`: {why}", flag.name)));
                }
            }
        }
        Ok(slips)
    }

    /// Keeps the files that were brought along, so that they are there as long as they are needed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep(self) -> Result<()> {
        if self.brought.is_empty() {
            return Ok(());
        }
        let mut store = self.setting.store()?;
        let desk = self.setting.desk(WRITER.to_owned(), None);
        for intent in self.brought {
            match desk.carry_out(&mut store, intent, Timestamp::now())? {
                Reply::Reference { reference } | Reply::KnownReference { reference } => {
                    let Reference { id, name, .. } = store.reference(reference)?;
                    output::say(&format!("the recording is in the library as `{name}`, reference {}", id.0));
                }
                reply => return Err(not_done(reply)),
            }
        }
        Ok(())
    }

    /// The field and its value; else why there is none.
    fn resolve(&mut self, flag: &Flag, value: &str, spec: &ModelSpec) -> Result<Result<(String, String), String>> {
        let Some(field) = spec.fields.iter().find(|field| field.kind == flag.kind) else {
            return Ok(Err(format!(
                "{} takes no {}; {}",
                spec.label,
                flag.name,
                self.who(|field| field.kind == flag.kind)
            )));
        };
        let found = if flag.kind == Kind::Url {
            self.recording(field, value, spec)?
        } else {
            self.by_name(field, flag, value).unwrap_or_else(|| self.by_id(flag, value))
        };
        Ok(found.map(|value| (field.name.clone(), value)))
    }

    /// The value of the reference that is called so; nothing where none is.
    fn by_name(&self, field: &FieldSpec, flag: &Flag, name: &str) -> Option<Result<String, String>> {
        let service = self.setting.service();
        let called = called(&self.library, &service, name);
        let first = *called.first()?;
        let why_not = |known: &Reference| unusable(&service, known);
        Some(match fitting(&called, &service, field, name).as_slice() {
            [known] => why_not(known).map_or_else(|| known.value_for(field).ok_or_else(|| unfit(known, flag)), Err),
            [] => Err(why_not(first).unwrap_or_else(|| unfit(first, flag))),
            several => Err(format!(
                "{} references are called so\nhint: name one by its number: {}",
                several.len(),
                told_apart(several)
            )),
        })
    }

    /// An id as the service knows it, be it in the library or not.
    fn by_id(&self, flag: &Flag, value: &str) -> Result<String, String> {
        let is_one_word = !value.contains(char::is_whitespace);
        let seen = IdOf::seen_in(value);
        if is_one_word && seen.is_some() && flag.ids == seen {
            return Ok(value.to_owned());
        }
        if let Some(other) = FLAGS.iter().find(|other| seen.is_some() && other.ids == seen && other.ids != flag.ids) {
            return Err(format!("that is an id of {}, and this takes {}", other.what, flag.what));
        }
        let begins = flag.ids.map(IdOf::beginning).unwrap_or_default();
        Err(format!(
            "no reference is called so, and it is no id of {}, which begins with `{begins}`\nhint: {}",
            flag.what,
            self.near(value)
        ))
    }

    /// An address, a recording of the library, or a file that goes along.
    fn recording(&mut self, field: &FieldSpec, value: &str, spec: &ModelSpec) -> Result<Result<String, String>> {
        let file = match Place::of(Path::new(value)) {
            Ok(Place::File(file)) => file,
            Ok(Place::Web(url)) => return Ok(Ok(url)),
            Err(slip) => return Ok(Err(slip.to_string())),
        };
        let is_path = value.contains(['/', '\\']);
        if !is_path && let Some(found) = self.by_name(field, &FLAGS[2], value) {
            return Ok(found);
        }
        if !is_path && !value.contains('.') && !file.exists() {
            return Ok(Err(format!("no reference and no file is called so\nhint: {}", self.near(value))));
        }
        if field.recording.encoding.is_none() {
            let who = self.who(|field| field.recording.encoding.is_some());
            return Ok(Err(format!("that is a file, and {} takes addresses only; {who}", spec.label)));
        }
        let wanted = Wanted { rules: &field.recording, part: None, force: false };
        match recording::freeze(self.setting, &file, &wanted, INSIST) {
            Ok(frozen) => {
                let setting = frozen.setting();
                if let Some(converted) = &frozen.converted {
                    output::say(converted);
                }
                self.bring(&file, frozen)?;
                Ok(Ok(setting))
            }
            Err(error) if error.downcast_ref::<Failure>().is_some_and(|failure| failure.exit == Exit::Usage) => {
                Ok(Err(error.to_string()))
            }
            Err(error) => Err(error),
        }
    }

    /// Puts a frozen file on the shelf, if it is not there.
    fn bring(&mut self, file: &Path, frozen: Frozen) -> Result<()> {
        if self.library.iter().any(|known| known.is_meant_by(&frozen.setting())) {
            return Ok(());
        }
        let (name, file) = (recording::name_of(file), recording::absolute(file)?);
        self.library.push(Reference {
            recording: Some(frozen.name.clone()),
            duration_ms: Some(frozen.duration_ms),
            file: Some(file.clone()),
            ..Reference::new(NOT_KEPT, &name, Purpose::File, Timestamp::now())
        });
        self.brought.push(Intent::KeepRecording { name, file, part: None, frozen });
        Ok(())
    }

    /// Which models have such a field, to follow a semicolon.
    fn who(&self, is: impl Fn(&FieldSpec) -> bool) -> String {
        match using::models_with(&self.setting.catalogue, is).as_slice() {
            [] => "no model does".to_owned(),
            [one] => format!("{one} does"),
            several => format!("{} do", listed(several)),
        }
    }

    /// What may have been meant, as a hint.
    fn near(&self, value: &str) -> String {
        match nearest(value, self.library.iter().map(|known| known.name.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`refrain reference list` shows those there are".to_owned(),
        }
    }
}

/// That a reference is nothing that the flag takes.
fn unfit(known: &Reference, flag: &Flag) -> String {
    format!("`{}` is {}, and this takes {}", known.name, uploading::plainly(known.purpose), flag.what)
}

/// The number of a file on the shelf that is not in the library yet: no row has it.
const NOT_KEPT: ReferenceId = ReferenceId(0);

/// How a recording is taken that breaks a rule of hearsay.
const INSIST: &str = "`refrain reference keep FILE --force` keeps it all the same, and `--reference NAME` uses it then";
