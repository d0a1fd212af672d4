//! A reference: a recording that a take should sound like, by address, as a file, or by the service's id.

use std::cmp::Reverse;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::catalogue::{FieldSpec, Kind, ModelSpec};
use super::draft::Draft;
use super::enclosure::Enclosure;
use super::length::to_clock;
use super::recording::{self, Encoding, Part};
use super::service::Service;
use super::wording::megabytes;

/// The number of a reference in this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReferenceId(pub i64);

/// What a reference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// A recording somewhere on the web.
    Url,
    /// A recording on this machine, sent along with each order that uses it.
    File,
    /// A singer alone, uploaded.
    Voice,
    /// Music without a singer, uploaded.
    Instrumental,
    /// A singer with music, uploaded: serves as voice and as instrumental.
    Song,
}

/// A name for the recording at an address: the last part of its path without the extension, else its host.
#[must_use]
pub fn name_of(url: &str) -> String {
    let bare = url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/');
    let last = bare.rsplit('/').next().unwrap_or(bare);
    let stem = last.rsplit_once('.').filter(|_| bare.matches('/').count() > 2).map_or(last, |(stem, _)| stem);
    stem.replace("%20", " ")
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 5] = [Self::Url, Self::File, Self::Voice, Self::Instrumental, Self::Song];

    /// The name used in the database, in `--json` and by the service.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::File => "file",
            Self::Voice => "voice",
            Self::Instrumental => "instrumental",
            Self::Song => "song",
        }
    }

    /// The purpose of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name() == name)
    }

    /// Whether a field takes references of this purpose.
    #[must_use]
    pub fn fits(self, field: &FieldSpec) -> bool {
        match field.kind {
            Kind::VoiceId => matches!(self, Self::Voice | Self::Song),
            Kind::InstrumentalId => matches!(self, Self::Instrumental | Self::Song),
            Kind::Url => self == Self::Url || (self == Self::File && field.recording.encoding.is_some()),
            _ => false,
        }
    }

    /// What it is, as a field of a model takes it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Url => "recording by its address",
            Self::File => "recording as a file",
            Self::Voice => "voice",
            Self::Instrumental => "instrumental",
            Self::Song => "voice or instrumental",
        }
    }

    /// Whether recordings are uploaded for it.
    #[must_use]
    pub fn is_uploaded(self) -> bool {
        matches!(self, Self::Voice | Self::Instrumental | Self::Song)
    }
}

/// Where an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UploadState {
    /// It has not begun, or is tried again later.
    Waiting,
    /// It is under way.
    Sending,
    /// It is over, without ids.
    Failed,
}

impl UploadState {
    /// The name used in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Failed => "failed",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Sending, Self::Failed].into_iter().find(|state| state.name() == name)
    }
}

/// An upload that has not come to its ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Upload {
    pub state: UploadState,
    /// Bytes of the recording that were sent, and that there are.
    pub sent: u64,
    pub bytes: u64,
    /// Why it waits or failed: a sentence for a person. Clean text.
    pub message: Option<String>,
    /// How often it was tried in vain.
    pub tries: u32,
    /// When it is tried next; of one under way, when it moved last.
    pub due: Option<Timestamp>,
    /// A person insists, though it breaks a rule that is hearsay.
    pub force: bool,
}

/// A reference in the library.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    pub id: ReferenceId,
    pub name: String,
    pub purpose: Purpose,
    /// The service that knows its ids; nothing for what any service takes.
    pub service: Option<Service>,
    /// The address: of the reference itself, or where an upload is fetched from.
    pub url: Option<String>,
    /// The service's id of the voice in it.
    pub voice_id: Option<String>,
    /// The service's id of the music in it.
    pub instrumental_id: Option<String>,
    /// Values that meant it before it was uploaded again.
    pub former: Vec<String>,
    pub duration_ms: Option<u64>,
    /// Length of the recording's file.
    pub bytes: Option<u64>,
    /// Fingerprint of the key that its ids belong to.
    pub key_print: Option<String>,
    /// What was uploaded: the SHA-256 of the file, and the part.
    pub content: Option<String>,
    /// The person's file, as it was named.
    pub file: Option<PathBuf>,
    /// The part of it that was taken.
    pub part: Option<Part>,
    /// The name of the frozen copy, while it is kept.
    pub recording: Option<String>,
    /// Why the service no longer takes its ids: its own sentence. Clean text.
    pub refused: Option<String>,
    /// The upload under way, if there is one.
    pub upload: Option<Upload>,
    pub note: String,
    pub created: Timestamp,
    /// How many takes were made with it.
    pub takes: u32,
}

impl Reference {
    /// An empty one, to be filled in.
    #[must_use]
    pub fn new(id: ReferenceId, name: &str, purpose: Purpose, created: Timestamp) -> Self {
        Self {
            id,
            name: name.to_owned(),
            purpose,
            service: None,
            url: None,
            voice_id: None,
            instrumental_id: None,
            former: Vec::new(),
            duration_ms: None,
            bytes: None,
            key_print: None,
            content: None,
            file: None,
            part: None,
            recording: None,
            refused: None,
            upload: None,
            note: String::new(),
            created,
            takes: 0,
        }
    }

    /// What a field of a model is set to in order to use it; nothing where the field takes none such.
    #[must_use]
    pub fn value_for(&self, field: &FieldSpec) -> Option<String> {
        match field.kind {
            Kind::VoiceId => self.voice_id.clone(),
            Kind::InstrumentalId => self.instrumental_id.clone(),
            Kind::Url if self.purpose == Purpose::Url => self.url.clone(),
            Kind::Url if field.recording.encoding.is_some() => self.enclosed(),
            _ => None,
        }
    }

    /// Every value of a setting that means it, or meant it once.
    pub fn values(&self) -> impl Iterator<Item = String> {
        let address = self.url.clone().filter(|_| self.purpose == Purpose::Url);
        let now = [address, self.voice_id.clone(), self.instrumental_id.clone(), self.enclosed()];
        now.into_iter().flatten().chain(self.former.iter().cloned())
    }

    /// The value that means its frozen copy, where that goes along with orders. A copy that waits to be uploaded
    /// goes when it was, so no draft may hold it.
    fn enclosed(&self) -> Option<String> {
        self.recording.as_deref().filter(|_| self.purpose == Purpose::File).map(recording::setting)
    }

    /// Whether a setting of that value means it.
    #[must_use]
    pub fn is_meant_by(&self, value: &str) -> bool {
        self.values().any(|own| own == value.trim())
    }

    /// How well a setting of that value means it, the best last; nothing where it does not. Two may have one id, as
    /// where a recording was known from another: then one that belongs to the service counts before any other, one
    /// that the service takes before one that had that id once, and that before one that is refused.
    #[must_use]
    pub fn claim(&self, value: &str, service: Option<&Service>) -> Option<Claim> {
        let is_former = self.former.iter().any(|former| former == value.trim());
        let hold = match (is_former, &self.refused) {
            (true, _) => Hold::Former,
            (false, Some(_)) => Hold::Refused,
            (false, None) => Hold::Taken,
        };
        let belongs = service.is_some_and(|service| self.belongs_to(service));
        self.is_meant_by(value).then_some(Claim(belongs, hold, Reverse(self.id)))
    }

    /// Whether all these words are in what is known of it, whatever the case.
    #[must_use]
    pub fn mentions(&self, words: &[impl AsRef<str>]) -> bool {
        let file = self.file.as_ref().map(|file| file.to_string_lossy());
        let sure = [self.name.as_str(), self.purpose.name(), self.note.as_str()];
        let perhaps = [self.url.as_deref(), self.voice_id.as_deref(), self.instrumental_id.as_deref(), file.as_deref()];
        let all = sure.into_iter().chain(perhaps.into_iter().flatten()).collect::<Vec<_>>().join("\n").to_lowercase();
        words.iter().all(|word| all.contains(&word.as_ref().to_lowercase()))
    }

    /// Whether it can be used with a service: its ids are known there.
    #[must_use]
    pub fn belongs_to(&self, service: &Service) -> bool {
        self.service.as_ref().is_none_or(|own| own == service)
    }
}

/// How well a value means a reference: whether it belongs to the service, how it holds the value, and of the
/// same the one that was added first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim(bool, Hold, Reverse<ReferenceId>);

/// How a reference holds an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hold {
    /// It has it, and the service no longer takes it.
    Refused,
    /// It had it before it was uploaded again.
    Former,
    Taken,
}

/// The reference that a setting of that value means: the one with the best claim to it.
#[must_use]
pub fn meant_by<'a>(value: &str, library: &'a [Reference], service: Option<&Service>) -> Option<&'a Reference> {
    let claims = library.iter().filter_map(|reference| Some((reference.claim(value, service)?, reference)));
    claims.max_by_key(|(claim, _)| *claim).map(|(_, reference)| reference)
}

/// The draft with the ids that references have now, where it holds those from before they were uploaded again.
#[must_use]
pub fn brought_up_to_date(draft: &Draft, spec: &ModelSpec, library: &[Reference], service: Option<&Service>) -> Draft {
    let mut draft = draft.clone();
    for field in &spec.fields {
        let Some(typed) = draft.setting(&field.name) else { continue };
        let meant = meant_by(typed, library, service);
        let outdated = meant.filter(|reference| reference.former.iter().any(|former| former == typed));
        if let Some(value) = outdated.and_then(|reference| reference.value_for(field)) {
            draft.settings.insert(field.name.clone(), value);
        }
    }
    draft
}

/// What goes along with a request, for a person: `Mara demo, 0:42, 3.2 MB, sent in Base64`.
#[must_use]
pub fn in_words(enclosure: &Enclosure, library: &[Reference]) -> String {
    let meant = recording::setting(&enclosure.name);
    let reference = library.iter().find(|reference| reference.is_meant_by(&meant));
    let name = reference.map_or(&enclosure.name, |reference| &reference.name);
    let length = reference.and_then(|reference| reference.duration_ms).map(|ms| to_clock((ms + 500) / 1000));
    let size = reference.and_then(|reference| reference.bytes).map(|bytes| format!("{} MB", megabytes(bytes)));
    let travels = match enclosure.encoding {
        Encoding::Base64 => "sent in Base64",
        Encoding::DataUri => "sent in Base64 as a data: address",
    };
    let parts = [Some(name.clone()), length, size, Some(travels.to_owned())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What a person calls the value of a setting that means a reference; the value itself where none is meant.
#[must_use]
pub fn name_for<'a>(value: &'a str, library: &'a [Reference]) -> &'a str {
    library.iter().find(|reference| reference.is_meant_by(value)).map_or(value, |reference| &reference.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_found_by_all_words_of_name_purpose_note_ids_address_and_file() {
        let mara = Reference {
            voice_id: Some("vocal-2025-6X".to_owned()),
            file: Some("/home/ann/Dry Take.wav".into()),
            note: "close microphone".to_owned(),
            ..Reference::new(ReferenceId(1), "Mara", Purpose::Voice, Timestamp::UNIX_EPOCH)
        };
        assert!(mara.mentions(&["6x", "MARA", "voice", "dry", "close"]));
        assert!(!mara.mentions(&["mara", "band"]));
    }

    #[test]
    fn of_two_with_one_id_that_is_meant_which_the_service_takes_or_which_has_a_newer_one() {
        let here = Service::Paid("https://api.example".to_owned());
        let voice = |id, name: &str| Reference {
            voice_id: Some("vocal-1".to_owned()),
            service: Some(here.clone()),
            ..Reference::new(ReferenceId(id), name, Purpose::Voice, Timestamp::UNIX_EPOCH)
        };
        let first = voice(1, "first");
        let refused = Reference { refused: Some("no such voice".to_owned()), ..voice(2, "refused") };
        let newer =
            Reference { voice_id: Some("vocal-2".to_owned()), former: vec!["vocal-1".to_owned()], ..voice(3, "newer") };
        let elsewhere = Reference { service: Some(Service::Sandbox), ..voice(4, "elsewhere") };
        let rows: [(&[&Reference], &str); 5] = [
            (&[&first, &refused, &newer, &elsewhere], "first"),
            (&[&refused, &newer], "newer"),
            (&[&elsewhere, &refused], "refused"),
            (&[&voice(5, "second"), &first], "first"),
            (&[&elsewhere], "elsewhere"),
        ];
        for (library, meant) in rows {
            let library: Vec<Reference> = library.iter().copied().cloned().collect();
            assert_eq!(meant_by(" vocal-1", &library, Some(&here)).unwrap().name, meant);
        }
    }

    #[test]
    fn a_reference_is_named_after_its_file_or_its_host() {
        assert_eq!(name_of("https://a.example/songs/My%20Demo.mp3?x=1"), "My Demo");
        assert_eq!(name_of("https://a.example/"), "a.example");
        assert_eq!(name_of("https://a.example"), "a.example");
    }
}
