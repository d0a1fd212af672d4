//! Where a take is made: the real service behind a base URL, or the sandbox.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The vendor's own base URL, used when neither flag nor configuration names another.
pub const VENDOR_URL: &str = "https://api.aimlapi.com";

/// The word that stands for the sandbox wherever a service is written down.
const SANDBOX: &str = "sandbox";

/// A service that makes takes. Written as its base URL without a trailing slash, or `sandbox`.
///
/// Every take, fact and worker belongs to exactly one service, so that nothing ordered from one is
/// ever asked of another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Service {
    /// The pretend service inside refrain: costs nothing.
    Sandbox,
    /// A service that costs money, by its base URL.
    Paid(String),
}

impl Service {
    /// The vendor's service.
    #[must_use]
    pub fn vendor() -> Self {
        Self::Paid(VENDOR_URL.to_owned())
    }

    /// Whether what is ordered here costs nothing and counts nowhere.
    #[must_use]
    pub fn is_sandbox(&self) -> bool {
        matches!(self, Self::Sandbox)
    }
}

impl From<String> for Service {
    fn from(text: String) -> Self {
        if text == SANDBOX { Self::Sandbox } else { Self::Paid(text.trim_end_matches('/').to_owned()) }
    }
}

impl From<&str> for Service {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<Service> for String {
    fn from(service: Service) -> Self {
        service.to_string()
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sandbox => f.write_str(SANDBOX),
            Self::Paid(url) => f.write_str(url),
        }
    }
}
