//! A reference: a recording that a take should sound like, by address or by the service's id.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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
