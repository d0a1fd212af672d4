//! The ways on which steps are walked, and which point stands on which.

pub mod adopt;
pub mod held_open;
pub mod queued;
pub mod upload;
pub mod words;

use std::process::Command;

use refrain::failpoint::Point;

use crate::lane::Lane;
use crate::support::service::KEY;
use crate::support::studio::Studio;

/// From a command to a file, an id or a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Journey {
    /// A take that is ordered, asked about and fetched.
    Queued,
    /// The same, which comes as raw samples.
    Raw,
    /// A take that comes over its open connection.
    HeldOpen,
    /// A recording that a service gives an id.
    Upload,
    /// Words that are written into a draft.
    Words,
    /// A take that was ordered elsewhere.
    Adopt,
    /// A take whose answer is lost behind the charge, and which is looked for.
    Lost,
}

impl Journey {
    pub const ALL: [Self; 7] =
        [Self::Queued, Self::Raw, Self::HeldOpen, Self::Upload, Self::Words, Self::Adopt, Self::Lost];

    /// Puts there what it begins with.
    pub fn prepare(self, studio: &Studio, lane: &Lane) {
        lane.follow(if self == Self::Lost { queued::LOST } else { "" });
        match self {
            Self::Queued | Self::Raw | Self::HeldOpen | Self::Lost => {}
            Self::Upload => upload::place(studio),
            Self::Words => words::place(studio),
            Self::Adopt => adopt::place(studio, lane),
        }
    }

    /// The command that begins it.
    pub fn command(self, studio: &Studio, lane: &Lane) -> Command {
        let as_written = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let arguments: Vec<String> = match self {
            Self::Queued | Self::Lost => as_written(&queued::SHORT),
            Self::Raw => as_written(&queued::RAW),
            Self::HeldOpen => as_written(&held_open::WITH_A_VOICE),
            Self::Upload => as_written(&upload::VOICE),
            Self::Words => as_written(&words::OTHER),
            Self::Adopt => adopt::arguments(studio),
        };
        let mut command = studio.refrain();
        command.env("AIMLAPI_API_KEY", KEY).args(["--base-url", &lane.url]).args(arguments);
        command.current_dir(studio.path());
        command
    }

    /// The points on it, in the order in which they are passed.
    pub fn points(self) -> &'static [Point] {
        match self {
            Self::Queued => &queued::POINTS,
            Self::Raw => &queued::RAW_POINTS,
            Self::HeldOpen => &held_open::POINTS,
            Self::Upload => &upload::POINTS,
            Self::Words => &words::POINTS,
            Self::Adopt => &adopt::POINTS,
            Self::Lost => &queued::LOOKS,
        }
    }

    /// Whether its answer is the song, which nobody can ask for again.
    pub fn is_held_open(self) -> bool {
        self == Self::HeldOpen
    }
}

#[test]
fn every_point_stands_on_a_journey() {
    for point in Point::ALL {
        let is_walked = Journey::ALL.iter().any(|journey| journey.points().contains(point));
        assert!(is_walked, "nobody walks {}", point.name());
    }
}
