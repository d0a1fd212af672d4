//! The ways on which steps are walked, and which point stands on which.

pub mod held_open;
pub mod queued;

use std::process::Command;

use refrain::failpoint::Point;

use crate::lane::Lane;
use crate::support::service::KEY;
use crate::support::studio::Studio;

/// From a command to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Journey {
    /// A take that is ordered, asked about and fetched.
    Queued,
    /// The same, which comes as raw samples.
    Raw,
    /// A take that comes over its open connection.
    HeldOpen,
}

impl Journey {
    pub const ALL: [Self; 3] = [Self::Queued, Self::Raw, Self::HeldOpen];

    /// The command that begins it.
    pub fn command(self, studio: &Studio, lane: &Lane) -> Command {
        let arguments: &[&str] = match self {
            Self::Queued => &queued::SHORT,
            Self::Raw => &queued::RAW,
            Self::HeldOpen => &held_open::WITH_A_VOICE,
        };
        let mut command = studio.refrain();
        command.env("AIMLAPI_API_KEY", KEY).args(["--base-url", &lane.url]).args(arguments);
        command
    }

    /// The points on it, in the order in which they are passed.
    pub fn points(self) -> &'static [Point] {
        match self {
            Self::Queued => &queued::POINTS,
            Self::Raw => &queued::RAW_POINTS,
            Self::HeldOpen => &held_open::POINTS,
        }
    }

    /// Whether its answer is the song, which nobody can ask for again.
    pub fn is_held_open(self) -> bool {
        self == Self::HeldOpen
    }
}

/// Points that no journey here passes yet.
pub const ELSEWHERE: [Point; 13] = [
    Point::RecordingCopied,
    Point::RecordingNamed,
    Point::UploadRow,
    Point::UploadBegun,
    Point::UploadRequestBegun,
    Point::UploadLeft,
    Point::UploadAnswer,
    Point::UploadIds,
    Point::UploadIdsStored,
    Point::DraftWrite,
    Point::DraftWritten,
    Point::DraftRung,
    Point::VersionWrite,
];

#[test]
fn every_point_stands_on_a_journey() {
    let walked = |point: &Point| Journey::ALL.iter().any(|journey| journey.points().contains(point));
    for point in Point::ALL {
        assert_ne!(walked(point), ELSEWHERE.contains(point), "{}", point.name());
    }
}
