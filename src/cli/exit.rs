//! Exit codes, and the errors that carry one.

use std::fmt;

use crate::domain::generation::{Status, Take, Why};

/// How a command ended, as scripts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    Failed = 1,
    /// Wrong usage or configuration, or a draft with problems.
    Usage = 2,
    /// Perhaps charged: the answer was lost.
    Unknown = 3,
    /// The key is missing or refused, or the credits or the day's budget are used up.
    Key = 4,
    StillRunning = 5,
    /// Ctrl-C, as shells say it: 128 + SIGINT.
    Interrupted = 130,
}

impl Exit {
    /// How a command ends that asked for this take and waits no longer.
    pub fn of(take: &Take) -> Self {
        match (take.status, take.why) {
            (Status::Saved, _) => Self::Done,
            (Status::Failed, _) => Self::Failed,
            (Status::Unknown, _) => Self::Unknown,
            (_, Some(Why::NoCredits | Why::NeedsKey | Why::KeyRefused | Why::Forbidden)) => Self::Key,
            // It did not go out and nobody tries again: that is no waiting, unless a person wanted it.
            (Status::Held, Some(why)) if why != Why::Person => Self::Failed,
            _ => Self::StillRunning,
        }
    }

    /// The exit that a script should see of several: what may have cost money in vain comes first.
    pub fn gravest(exits: impl IntoIterator<Item = Self>) -> Self {
        const GRAVITY: [Exit; 6] =
            [Exit::Unknown, Exit::Key, Exit::Failed, Exit::Usage, Exit::StillRunning, Exit::Done];
        let place = |exit: &Self| GRAVITY.iter().position(|other| other == exit);
        exits.into_iter().min_by_key(place).unwrap_or(Self::Done)
    }
}

/// An error with the exit code that belongs to it.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    pub sentence: String,
}

impl Failure {
    /// Wrong usage, configuration or draft.
    pub fn usage(sentence: impl Into<String>) -> anyhow::Error {
        Self { exit: Exit::Usage, sentence: sentence.into() }.into()
    }

    /// Something about the key.
    pub fn key(sentence: impl Into<String>) -> anyhow::Error {
        Self { exit: Exit::Key, sentence: sentence.into() }.into()
    }

    /// It was tried and did not work.
    pub fn failed(sentence: impl Into<String>) -> anyhow::Error {
        Self { exit: Exit::Failed, sentence: sentence.into() }.into()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_ends_the_one_that_may_have_cost_money_in_vain_is_told() {
        assert_eq!(Exit::gravest([Exit::Done, Exit::Failed, Exit::Unknown]), Exit::Unknown);
        assert_eq!(Exit::gravest([Exit::Done, Exit::StillRunning]), Exit::StillRunning);
        assert_eq!(Exit::gravest([]), Exit::Done);
    }
}
