//! The ways on which steps are walked, and which point stands on which.

pub mod adopt;
pub mod held_open;
pub mod queued;
pub mod screen;
pub mod upload;
pub mod words;

use std::process::Command;

use refrain::domain::draft::Draft;
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
    /// The same, asked about more than once, and fetched in many pieces.
    Slow,
    /// The same, with a recording that goes along, so that the request has many blocks.
    Cover,
    /// A take that comes over its open connection.
    HeldOpen,
    /// The same, in many pieces.
    Pieces,
    /// A take whose answer is lost behind the charge, and which is looked for.
    Lost,
    /// A take that is written and ordered on the screen.
    Screen,
    /// A recording that a service gives an id.
    Upload,
    /// Words that are written into a draft.
    Words,
    /// Words that come too late for a draft.
    Losing,
    /// A take that was ordered elsewhere.
    Adopt,
}

impl Journey {
    pub const ALL: [Self; 12] = [
        Self::Queued,
        Self::Raw,
        Self::Slow,
        Self::Cover,
        Self::HeldOpen,
        Self::Pieces,
        Self::Lost,
        Self::Screen,
        Self::Upload,
        Self::Words,
        Self::Losing,
        Self::Adopt,
    ];

    /// Puts there what it begins with.
    pub fn prepare(self, studio: &Studio, lane: &Lane) {
        lane.follow(match self {
            Self::Slow => queued::SLOWLY,
            Self::Pieces => held_open::SLOWLY,
            Self::Lost => queued::LOST,
            _ => "",
        });
        match self {
            Self::Upload => upload::place(studio),
            Self::Cover => queued::place(studio),
            Self::Screen => screen::place(studio),
            Self::Words => words::place(studio),
            Self::Losing => words::place_two(studio),
            Self::Adopt => adopt::place(studio, lane),
            Self::Queued | Self::Raw | Self::Slow | Self::HeldOpen | Self::Pieces | Self::Lost => {}
        }
    }

    /// The command that begins it.
    pub fn command(self, studio: &Studio, lane: &Lane) -> Command {
        let as_written = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let arguments: Vec<String> = match self {
            Self::Queued | Self::Slow | Self::Lost => as_written(&queued::SHORT),
            Self::Raw => as_written(&queued::RAW),
            Self::Cover => as_written(&queued::COVER),
            Self::HeldOpen | Self::Pieces => as_written(&held_open::WITH_A_VOICE),
            Self::Screen => Vec::new(),
            Self::Upload => as_written(&upload::VOICE),
            Self::Words => as_written(&words::OTHER),
            Self::Losing => as_written(&words::TOO_LATE),
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
            Self::Slow => &queued::SLOW_POINTS,
            Self::Cover => &queued::COVER_POINTS,
            Self::HeldOpen => &held_open::POINTS,
            Self::Pieces => &held_open::PIECES,
            Self::Lost => &queued::LOOKS,
            Self::Screen => &screen::POINTS,
            Self::Upload => &upload::POINTS,
            Self::Words => &words::POINTS,
            Self::Losing => &words::LOST_POINTS,
            Self::Adopt => &adopt::POINTS,
        }
    }

    /// At which pass it is broken there: where something is half done.
    pub fn pass(self, point: Point) -> u32 {
        match (self, point) {
            (Self::Slow, Point::TakeAsked) => 2,
            (Self::Slow, Point::TakePiece) | (Self::Pieces, Point::AnswerPiece) => 3,
            _ => 1,
        }
    }

    /// What is ordered, as it was written.
    pub fn words(self) -> Draft {
        match self {
            Self::Queued | Self::Slow | Self::Lost | Self::Upload | Self::Adopt => queued::short(),
            Self::Raw => queued::raw(),
            Self::Cover => queued::cover(),
            Self::HeldOpen | Self::Pieces => held_open::with_a_voice(),
            Self::Screen => screen::written(),
            Self::Words | Self::Losing => words::after(),
        }
    }

    /// Whether its answer is the song, which nobody can ask for again.
    pub fn is_held_open(self) -> bool {
        matches!(self, Self::HeldOpen | Self::Pieces)
    }

    /// Whether it writes and orders nothing.
    pub fn is_of_words(self) -> bool {
        matches!(self, Self::Words | Self::Losing)
    }
}

#[test]
fn every_point_stands_on_a_journey() {
    for point in Point::ALL {
        let is_walked = Journey::ALL.iter().any(|journey| journey.points().contains(point));
        assert!(is_walked, "nobody walks {}", point.name());
    }
}
