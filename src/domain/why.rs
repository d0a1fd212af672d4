//! Why a take is where it is.

use serde::{Deserialize, Serialize};

/// Why a take is in its status, where the status alone does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// `held`: a person put it aside.
    Person,
    /// `held`: the service said that the credits are used up.
    NoCredits,
    /// `held`: it was not sent within ten minutes of the order.
    TooOld,
    /// `ordered`: the service cannot be reached; tried again for 15 minutes. `held`: that time is over.
    NoNetwork,
    /// `ordered`: the service asked to wait. `held`: it asked too often.
    Busy,
    /// `ordered` and later, `unknown`: no key for its service is at hand.
    NeedsKey,
    /// `ordered` and later, `unknown`: the service does not take the key (401, 403).
    KeyRefused,
    /// `held`: the service does not let this key order it (403); nothing else of the key is amiss.
    Forbidden,
    /// `held`, `ready`: its folder cannot be written.
    Folder,
    /// `held`: a recording that goes along with it is not there any more, or was changed.
    Recording,
    /// `held`: there is no room for the song. `sending`, `ready`: the disk is full.
    DiskFull,
    /// `failed`: the service refused the request; nothing was charged.
    Refused,
    /// `failed`: the service tried and gave up; not charged.
    Broke,
    /// `failed`: charged, and the audio cannot be had again.
    AudioLost,
    /// `queued`, `working`, `ready`: the last attempt to ask or fetch failed; it is tried again.
    Retrying,
    /// `queued`, `working`: the service says a status that refrain does not know.
    Strange,
    /// `sending`: the connection is held open until the song has come over it.
    Open,
    /// `failed`, `unknown`: the song came damaged or not whole; its bytes are kept. `saved`: what plays of it.
    Spoiled,
    /// `unknown`: the service's log is being looked through for it, and was not yet read to its end.
    Looking,
    /// `unknown`: the service's log does not have it, or not yet.
    NoTrace,
    /// `queued`, `working`: its answer was lost, and the service's log has it.
    Found,
}

impl Why {
    /// Every reason.
    pub const ALL: [Self; 21] = [
        Self::Person,
        Self::NoCredits,
        Self::TooOld,
        Self::NoNetwork,
        Self::Busy,
        Self::NeedsKey,
        Self::KeyRefused,
        Self::Forbidden,
        Self::Folder,
        Self::Recording,
        Self::DiskFull,
        Self::Refused,
        Self::Broke,
        Self::AudioLost,
        Self::Retrying,
        Self::Strange,
        Self::Open,
        Self::Spoiled,
        Self::Looking,
        Self::NoTrace,
        Self::Found,
    ];

    /// The name used in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::NoCredits => "no-credits",
            Self::TooOld => "too-old",
            Self::NoNetwork => "no-network",
            Self::Busy => "busy",
            Self::NeedsKey => "needs-key",
            Self::KeyRefused => "key-refused",
            Self::Forbidden => "forbidden",
            Self::Folder => "folder",
            Self::Recording => "recording",
            Self::DiskFull => "disk-full",
            Self::Refused => "refused",
            Self::Broke => "broke",
            Self::AudioLost => "audio-lost",
            Self::Retrying => "retrying",
            Self::Strange => "strange",
            Self::Open => "open",
            Self::Spoiled => "spoiled",
            Self::Looking => "looking",
            Self::NoTrace => "no-trace",
            Self::Found => "found",
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.name() == name)
    }
}
