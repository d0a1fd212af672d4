//! A reference: a recording that a take should sound like, by address or by the service's id.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::catalogue::Kind;

/// The number of a reference in this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReferenceId(pub i64);

/// What a reference is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// A recording somewhere on the web.
    Url,
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

/// Why a text is no address of a recording, if it is none.
#[must_use]
pub fn address_slip(url: &str) -> Option<&'static str> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    (!is_web).then_some("an address starts with https:// or http://")
}

impl Purpose {
    /// Whether a field of this kind takes references of this purpose.
    #[must_use]
    pub fn fits(self, kind: Kind) -> bool {
        match self {
            Self::Url => kind == Kind::Url,
            Self::Voice => kind == Kind::VoiceId,
            Self::Instrumental => kind == Kind::InstrumentalId,
            Self::Song => matches!(kind, Kind::VoiceId | Kind::InstrumentalId),
        }
    }
}

/// A reference in the library.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    pub id: ReferenceId,
    pub name: String,
    pub purpose: Purpose,
    /// The address, for [`Purpose::Url`].
    pub url: Option<String>,
    pub note: String,
    pub created: Timestamp,
    /// How many takes were made with it.
    pub takes: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_named_after_its_file_or_its_host() {
        assert_eq!(name_of("https://a.example/songs/My%20Demo.mp3?x=1"), "My Demo");
        assert_eq!(name_of("https://a.example/"), "a.example");
        assert_eq!(name_of("https://a.example"), "a.example");
    }
}
