//! Why a file did not come.

use std::time::Duration;
use std::{fmt, io};

/// A file that did not come whole. The address is never repeated: whoever holds it may fetch the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchError {
    pub kind: FetchKind,
    /// What happened, for a person. Clean text.
    pub sentence: String,
    /// The status that the host answered with, where that is why.
    pub status: Option<u16>,
    /// How long the host asks to be left alone.
    pub retry_after: Option<Duration>,
}

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchKind {
    /// The host was not reached, or the connection broke.
    Network,
    /// No byte came for as long as [`super::super::Limits::stall`], or next to none for longer.
    Stalled,
    /// 403, 404, 410: the address is not valid any more; asking the service gives a fresh one.
    Expired,
    /// The host has trouble, or answers with something that is no file.
    Server,
    /// More than [`super::super::Limits::most_bytes`].
    TooLarge { most: u64 },
    /// The connection ended before the announced length.
    Short { got: u64, expected: u64 },
    /// More came than was announced: one of the two is of another file.
    Excess { expected: u64 },
    /// An address that refrain does not fetch from: not `https`, or inside this machine or its network.
    Forbidden,
    /// More than five redirects.
    Redirects,
    /// What came could not be written.
    Sink(io::ErrorKind),
}

impl FetchKind {
    fn sentence(self) -> String {
        match self {
            Self::Network => "the host of the file was not reached; check the network".to_owned(),
            Self::Stalled => "the download stopped moving".to_owned(),
            Self::Expired => "the address of the file is not valid any more".to_owned(),
            Self::Server => "the host of the file has trouble".to_owned(),
            Self::TooLarge { most } => {
                let most = most / 1_000_000;
                format!("the file is larger than the {most} MB of `files.largest_mb`; raise it, then `refrain restart`")
            }
            Self::Short { got, expected } => format!("only {got} of {expected} bytes of the file came"),
            Self::Excess { expected } => format!("more than the {expected} bytes that were announced of the file came"),
            Self::Forbidden => "the file is at an address that refrain does not fetch from".to_owned(),
            Self::Redirects => "the host of the file sends from one place to the next without end".to_owned(),
            Self::Sink(kind) => format!("the file could not be written: {kind}"),
        }
    }
}

impl FetchError {
    pub(super) fn network(sentence: &str) -> Self {
        let sentence = sentence
            .replace("the service's name", "the name of the file's host")
            .replace("the service's address", "the address of the file's host")
            .replace("the service's answer", "the answer of the file's host")
            .replace("the service", "the file's host");
        Self { sentence, ..FetchKind::Network.into() }
    }

    /// What came could not be written.
    #[must_use]
    pub fn sink(error: &io::Error) -> Self {
        FetchKind::Sink(error.kind()).into()
    }
}

impl From<FetchKind> for FetchError {
    fn from(kind: FetchKind) -> Self {
        Self { kind, sentence: kind.sentence(), status: None, retry_after: None }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for FetchError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_the_service_is_said_of_the_host_of_the_file() {
        let table = [
            ("the service's name was not found", "the name of the file's host was not found"),
            ("nothing answers at the service's address", "nothing answers at the address of the file's host"),
            (
                "the connection broke before the service's answer was read",
                "the connection broke before the answer of the file's host was read",
            ),
            ("the service cannot be reached", "the file's host cannot be reached"),
        ];
        for (service, host) in table {
            assert_eq!(FetchError::network(service).sentence, host);
        }
    }
}
