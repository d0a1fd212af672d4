//! The text of a draft as flags give it: in the flag itself, in a file, or on standard input.

use std::io::Read;
use std::{fs, io};

use anyhow::{Context, Result};

use super::exit::Failure;
use super::referring::Referring;
use crate::domain::catalogue::{LYRICS, ModelSpec, STYLE};
use crate::domain::draft::{Draft, Problem};

/// What flags say of a draft.
#[derive(Debug, Default, clap::Args)]
pub struct Given {
    /// What the music should be like; @FILE reads a file, @- standard input
    #[arg(long, visible_alias = "style", value_name = "TEXT|@FILE|@-", allow_hyphen_values = true)]
    prompt: Option<String>,
    /// The words, with section tags; rendered for each model as it takes them
    #[arg(long, value_name = "TEXT|@FILE|@-", allow_hyphen_values = true)]
    lyrics: Option<String>,
    /// Another field of the model, as `--set length=2:50`; `--set length=` leaves it to the service
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    settings: Vec<String>,
    #[command(flatten)]
    pub referring: Referring,
}

/// A flag that says what a model has not, or nothing at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The field that it was to fill; what the flag names, where the model has no such field.
    pub field: String,
    pub sentence: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Slip {
    /// A slip in a flag for that field; a hint stands in the last line of the sentence.
    pub fn new(field: &str, told: &str) -> Self {
        let (sentence, hint) = told.split_once("\nhint: ").map_or((told, None), |(said, hint)| (said, Some(hint)));
        Self { field: field.to_owned(), sentence: sentence.to_owned(), hint: hint.map(str::to_owned) }
    }

    /// The sentence, and the hint in a line of its own.
    pub fn told(&self) -> String {
        let hint = self.hint.as_ref().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
        format!("{}{hint}", self.sentence)
    }
}

/// What is wrong with a draft besides the flags: a field is not called missing because of a slip in its flag.
pub fn besides(slips: &[Slip], problems: Vec<Problem>, spec: &ModelSpec) -> Vec<Problem> {
    let follows = |problem: &Problem| slips.iter().any(|slip| problem.follows_from(&slip.field, spec));
    problems.into_iter().filter(|problem| !follows(problem)).collect()
}

/// The texts, read from wherever they are. A text that was not given is none.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    pub style: Option<String>,
    pub lyrics: Option<String>,
}

impl Given {
    /// Whether no flag says anything.
    pub fn is_empty(&self) -> bool {
        let texts = [&self.prompt, &self.lyrics];
        texts.iter().all(|text| text.is_none()) && self.settings.is_empty() && self.referring.is_empty()
    }

    /// Reads the texts.
    ///
    /// # Errors
    /// When a file cannot be read, or both are to come from standard input.
    pub fn read(&self) -> Result<Texts> {
        if [&self.prompt, &self.lyrics].iter().all(|text| text.as_deref() == Some("@-")) {
            return Err(Failure::usage("`--prompt @-` and `--lyrics @-` cannot both read standard input"));
        }
        let read = |field, text: &Option<String>| text.as_deref().map(|text| text_of(field, text)).transpose();
        Ok(Texts { style: read(STYLE, &self.prompt)?, lyrics: read(LYRICS, &self.lyrics)? })
    }

    /// Puts what was given into a draft for that model; what was not given stays. References are put in by
    /// [`Shelf`](super::referring::Shelf), which knows the library.
    pub fn put_into(&self, draft: &mut Draft, texts: &Texts, spec: &ModelSpec) -> Vec<Slip> {
        let mut slips = Vec::new();
        for (text, given) in [(&mut draft.style, &texts.style), (&mut draft.lyrics, &texts.lyrics)] {
            if let Some(given) = given {
                text.clone_from(given);
            }
        }
        for setting in &self.settings {
            match setting.split_once('=').map(|(field, value)| (field, field_named(spec, field), value)) {
                None => {
                    let told = format!("`--set {setting}` names no value\nhint: write `--set FIELD=VALUE`");
                    slips.push(Slip::new("set", &told));
                }
                Some((field, Err(sentence), _)) => slips.push(Slip::new(field, &sentence)),
                Some((_, Ok(field), value)) => drop(draft.settings.insert(field, value.to_owned())),
            }
        }
        slips
    }
}

/// The field of that name, be it refrain's or the service's.
fn field_named(spec: &ModelSpec, name: &str) -> Result<String, String> {
    let known = || spec.settings().map(|field| field.name.clone()).collect::<Vec<_>>().join(", ");
    let unknown = || format!("{} has no field `{name}`, it has {}", spec.label, known());
    spec.setting_named(name).map(|field| field.name.clone()).ok_or_else(unknown)
}

/// The text itself, or what a file or standard input holds.
fn text_of(field: &str, text: &str) -> Result<String> {
    match text.strip_prefix('@') {
        None => Ok(text.to_owned()),
        Some("-") => standard_input(field),
        Some(file) => fs::read_to_string(file)
            .map(without_last_newline)
            .map_err(|error| Failure::usage(format!("cannot read the {field} from `{file}`: {error}"))),
    }
}

/// All of standard input.
///
/// # Errors
/// When it cannot be read or is no text.
pub fn standard_input(what: &str) -> Result<String> {
    let mut read = String::new();
    io::stdin().read_to_string(&mut read).with_context(|| format!("the {what} from standard input"))?;
    Ok(without_last_newline(read))
}

/// The text itself, or standard input where it is `-`.
///
/// # Errors
/// When standard input cannot be read or is no text.
pub fn text_or_input(what: &str, text: &str) -> Result<String> {
    if text == "-" { standard_input(what) } else { Ok(text.to_owned()) }
}

fn without_last_newline(mut text: String) -> String {
    text.truncate(text.trim_end_matches(['\n', '\r']).len());
    text
}
