//! What a take was ordered with besides its words: its references, as they were called then, and its settings.
//! One rendering for every face.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::catalogue::{FieldSpec, ModelSpec};
use super::generation::Take;
use super::recording::{self, Part};
use super::reference::{Purpose, Reference, ReferenceId};
use super::{setting, using};

/// A reference that a take was ordered with, as it was known at that moment: renaming it in the library, or
/// forgetting it, changes nothing here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MadeWith {
    /// The field of the draft: `voice-id`.
    pub field: String,
    /// What the field was set to: an id of the service, an address, or a frozen recording.
    pub value: String,
    /// Its number in the library; this and all that follows only where the library knew it.
    pub id: Option<ReferenceId>,
    pub name: Option<String>,
    pub purpose: Option<Purpose>,
    /// The person's file, as it was named.
    pub file: Option<PathBuf>,
    /// The part of it that was taken.
    pub part: Option<Part>,
    /// The SHA-256 of the person's file, and the part.
    pub content: Option<String>,
    pub duration_ms: Option<u64>,
}

impl MadeWith {
    /// A field that was set to a value which nobody has looked up yet.
    #[must_use]
    pub fn of(field: &str, value: &str) -> Self {
        Self {
            field: field.to_owned(),
            value: value.to_owned(),
            id: None,
            name: None,
            purpose: None,
            file: None,
            part: None,
            content: None,
            duration_ms: None,
        }
    }

    /// The same with what the library knows of it.
    #[must_use]
    pub fn known_as(self, reference: &Reference) -> Self {
        Self {
            id: Some(reference.id),
            name: Some(reference.name.clone()),
            purpose: Some(reference.purpose),
            file: reference.file.clone(),
            part: reference.part,
            content: reference.content.clone(),
            duration_ms: reference.duration_ms,
            ..self
        }
    }

    /// What it was used as: `voice`.
    #[must_use]
    pub fn label(&self) -> &str {
        using::short(&self.field)
    }

    /// What it was called; what stands for it where nobody had given it a name.
    #[must_use]
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.value)
    }

    /// `Mara, dry (vocal-1)`, `Mara, 0:32 to 1:05 of mara.wav (vocal-1)`, `Harbour demo (demo.wav)`.
    #[must_use]
    pub fn words(&self) -> String {
        let Some(name) = &self.name else { return self.value.clone() };
        let file = self.file.as_ref().and_then(|file| file.file_name()).map(|file| file.to_string_lossy());
        let part = self.part.map(|part| match &file {
            Some(file) => format!(", {part} of {file}"),
            None => format!(", {part}"),
        });
        // What stands for a frozen recording is its hash, which tells a person nothing.
        let stands_for = match recording::named_in(&self.value) {
            Some(_) => file.filter(|_| part.is_none()).map(std::borrow::Cow::into_owned),
            None => Some(self.value.clone()),
        };
        let stands_for = stands_for.map(|what| format!(" ({what})")).unwrap_or_default();
        format!("{name}{}{stands_for}", part.unwrap_or_default())
    }
}

/// Everything that a take was ordered with besides its words, a name and a text each: its references, then its
/// settings.
#[must_use]
pub fn rows(take: &Take, spec: Option<&ModelSpec>) -> Vec<(String, String)> {
    let references = take.made_with.iter().map(|it| (it.label().to_owned(), it.words()));
    references.chain(settings(take, spec)).collect()
}

/// The references in short, for one line: `voice: Mara, dry; instrumental: Harbour`.
#[must_use]
pub fn in_short(references: &[MadeWith]) -> Option<String> {
    let each: Vec<String> = references.iter().map(|it| format!("{}: {}", it.label(), it.called())).collect();
    (!each.is_empty()).then(|| each.join("; "))
}

/// The settings that the service was sent, by the names and in the words of the form. A draft also holds what is
/// for other models, and lengths that nobody typed: so they are read from the request. Where the catalogue has lost
/// the model, they are those of the draft.
#[must_use]
pub fn settings(take: &Take, spec: Option<&ModelSpec>) -> Vec<(String, String)> {
    let is_told = |name: &str| take.made_with.iter().any(|it| it.field == name);
    let Some(spec) = spec else {
        let names = take.draft.settings.keys().filter(|name| !is_told(name));
        return names.filter_map(|name| Some((name.clone(), take.draft.setting(name)?.to_owned()))).collect();
    };
    let fields = spec.settings().filter(|field| !is_told(&field.name));
    fields.filter_map(|field| Some((field.name.clone(), sent(field, &take.request)?))).collect()
}

/// What a request has in the place of a field, as people would type it.
fn sent(field: &FieldSpec, request: &Json) -> Option<String> {
    match field.wire.split('.').try_fold(request, |within, key| within.get(key))? {
        Json::String(text) => Some(text.clone()),
        Json::Bool(flag) => Some(if *flag { "yes" } else { "no" }.to_owned()),
        Json::Number(number) => {
            Some(number.as_u64().map_or_else(|| number.to_string(), |whole| setting::shown(field.kind, whole)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn mara() -> Reference {
        Reference::new(ReferenceId(3), "Mara, dry", Purpose::Voice, Timestamp::UNIX_EPOCH)
    }

    fn kept() -> Reference {
        Reference {
            file: Some("/home/ann/demo.wav".into()),
            ..Reference::new(ReferenceId(4), "Harbour demo", Purpose::File, Timestamp::UNIX_EPOCH)
        }
    }

    #[test]
    fn a_reference_is_told_by_its_name_its_part_and_what_stands_for_it() {
        let part = Some(Part { from_ms: 32_000, to_ms: Some(65_000) });
        let to_the_end = Some(Part { from_ms: 32_000, to_ms: None });
        let file = Some(PathBuf::from("/home/ann/mara.wav"));
        let frozen = recording::setting("ab12.wav");
        let table = [
            ("vocal-1", Some(mara()), "Mara, dry (vocal-1)"),
            ("vocal-1", None, "vocal-1"),
            (
                "vocal-1",
                Some(Reference { part, file: file.clone(), ..mara() }),
                "Mara, dry, 0:32 to 1:05 of mara.wav (vocal-1)",
            ),
            (
                "vocal-1",
                Some(Reference { part: to_the_end, file, ..mara() }),
                "Mara, dry, 0:32 to the end of mara.wav (vocal-1)",
            ),
            ("vocal-1", Some(Reference { part, ..mara() }), "Mara, dry, 0:32 to 1:05 (vocal-1)"),
            (&frozen, Some(kept()), "Harbour demo (demo.wav)"),
            (&frozen, Some(Reference { part, ..kept() }), "Harbour demo, 0:32 to 1:05 of demo.wav"),
            (&frozen, Some(Reference { file: None, ..kept() }), "Harbour demo"),
            (&frozen, None, "recording:ab12.wav"),
        ];
        for (value, reference, words) in table {
            let bare = MadeWith::of("voice-id", value);
            let told = reference.map_or(bare.clone(), |reference| bare.known_as(&reference));
            assert_eq!((told.label(), told.words().as_str()), ("voice", words));
        }
    }

    #[test]
    fn several_are_told_in_one_line_by_what_they_were_used_as() {
        let voice = MadeWith::of("voice-id", "vocal-1").known_as(&mara());
        let music = MadeWith::of("instrumental-id", "instrumental-7");
        assert_eq!(in_short(&[]), None);
        assert_eq!(in_short(&[voice, music]).as_deref(), Some("voice: Mara, dry; instrumental: instrumental-7"));
    }
}
