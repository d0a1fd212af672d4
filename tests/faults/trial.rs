//! One trial: a journey is begun, broken once, gone on with as a person would, and then held against the truths.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use refrain::failpoint::{Deed, FIRED, Fault, Point, VARIABLE};
use refrain::store::drafts::Version;

use crate::aftermath::{aftermath, end, under_way};
use crate::journeys::{Journey, screen};
use crate::lane::{Books, Lane};
use crate::support::patience::comes_true;
use crate::support::process;
use crate::support::studio::{Ended, Studio, files_below};

/// How long it may take to the fault, and from a restart until everything is settled.
pub const LONGEST: Duration = Duration::from_secs(30);

/// How long a process that was told to leave may take: it finishes what may cost money.
pub const LEAVING: Duration = Duration::from_secs(20);

/// How long a process goes on by itself after a step that failed, before it is told to leave.
const GOING_ON: Duration = Duration::from_secs(3);

/// Where the song itself is under way: whoever dies in between takes it along. Once its last byte is kept it is not.
const ON_THE_LINE: [Point; 3] = [Point::TakeRequestLast, Point::TakeAnswerBegun, Point::AnswerPiece];

/// Steps that the command or the screen makes itself; all others are the worker's.
const FRONTS: [Point; 12] = [
    Point::OrderRow,
    Point::OrderWritten,
    Point::RecordingCopied,
    Point::RecordingNamed,
    Point::UploadRow,
    Point::DraftWrite,
    Point::DraftWritten,
    Point::DraftRung,
    Point::VersionWrite,
    Point::VersionLost,
    Point::AdoptRow,
    Point::AdoptWritten,
];

/// Steps that come to nothing where they fail; behind all others, what was written stands.
const NOT_WRITTEN: [Point; 3] = [Point::OrderRow, Point::DraftWrite, Point::VersionWrite];

/// Every model is asked about as often as can be.
const IMPATIENT: &str =
    "[[models]]\nid = \"stable-audio\"\npace = 1\n[[models]]\nid = \"minimax/music-2.0\"\npace = 1\n";

/// A journey that breaks at one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    pub journey: Journey,
    pub fault: Fault,
}

/// What was done to a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Harm {
    /// A process died of it.
    pub is_deadly: bool,
    /// It died while a song came that nobody can ask for again.
    pub is_on_the_line: bool,
}

/// What there is when it is over.
pub struct Scene<'a> {
    pub journey: Journey,
    pub harm: Harm,
    pub studio: &'a Studio,
    /// What the service saw of it.
    pub books: Books,
    /// What the command said that began it.
    pub front: Ended,
    /// Takes or references that there were when every process was over.
    pub stood: usize,
    /// Versions that there were then.
    pub kept: Vec<Version>,
}

impl Trial {
    /// What of the promises was broken.
    pub fn violations(self, lane: &Lane) -> Vec<String> {
        let studio = impatient();
        self.journey.prepare(&studio, lane);
        let before = lane.books();
        let (process, front) = self.begin(&studio, lane);
        if let Err(sentence) = self.breaks(&studio, lane, process) {
            return vec![format!("{sentence}; the command said {front:?}")];
        }
        let is_noted = self.is_gone_on_with() && part_is_noted(&studio);
        let is_told = self.harm().is_deadly || front.out == screen::TOLD;
        let mut violations = aftermath(self.journey, self.harm(), &studio, front, &before, lane);
        if is_noted && !lane.books().since(&before).was_gone_on_with() {
            violations.push("what had come of the song was fetched once more".to_owned());
        }
        if self.journey == Journey::Screen && NOT_WRITTEN.contains(&self.fault.point) && !is_told {
            violations.push("(d) the screen did not say that something was not written".to_owned());
        }
        violations
    }

    /// Runs what begins the journey: brings its process and how it ended. It and the worker that it starts inherit
    /// the fault.
    fn begin(self, studio: &Studio, lane: &Lane) -> (u32, Ended) {
        let Fault { point, deed, pass } = self.fault;
        let mut command = self.journey.command(studio, lane);
        command.env(VARIABLE, format!("{}={}#{pass}", point.name(), deed.name())).env(FIRED, fired(studio));
        if self.journey == Journey::Screen {
            return screen::begin(studio, &command);
        }
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        (child.id(), Ended::of(child.wait_with_output().unwrap()))
    }

    /// Waits until it has broken, in the process that makes this step, and every process is over.
    fn breaks(self, studio: &Studio, lane: &Lane, front: u32) -> Result<(), String> {
        let file = fired(studio);
        if !comes_true(LONGEST, || file.exists()) {
            end(studio)?;
            return Err("the point was never reached".to_owned());
        }
        let text = fs::read_to_string(&file).unwrap();
        let (_, process) = text.trim_end().split_once(' ').unwrap();
        let process: u32 = process.parse().unwrap();
        if self.harm().is_deadly {
            if !comes_true(LEAVING, || process::is_over(process)) {
                return Err(format!("process {process} lives on"));
            }
        } else {
            let _ = comes_true(GOING_ON, || under_way(studio, lane).is_empty());
        }
        end(studio)?;
        let is_fronts = FRONTS.contains(&self.fault.point);
        if is_fronts == (process == front) {
            return Ok(());
        }
        Err(format!("process {process} broke, and {front} was the command"))
    }

    fn harm(self) -> Harm {
        let is_deadly = matches!(self.fault.deed, Deed::Abort | Deed::Kill);
        let is_on_the_line = self.journey.is_held_open() && ON_THE_LINE.contains(&self.fault.point);
        Harm { is_deadly, is_on_the_line: is_deadly && is_on_the_line }
    }

    /// Whether it broke where a part of the song was on the disk.
    fn is_gone_on_with(self) -> bool {
        self.harm().is_deadly && (self.journey, self.fault.point) == (Journey::Slow, Point::TakePiece)
    }
}

/// A place to work in where nobody waits for long.
pub fn impatient() -> Studio {
    let studio = Studio::new();
    fs::write(studio.path().join("catalogue.toml"), IMPATIENT).unwrap();
    studio
}

/// Whether a mark says how much of a song is on the disk: a process may die before the first is written.
fn part_is_noted(studio: &Studio) -> bool {
    let files = files_below(&studio.paths().music).into_iter();
    let marks = files.filter(|file| file.extension().is_some_and(|extension| extension == "mark"));
    let noted = |mark: PathBuf| fs::read_to_string(mark).ok()?.lines().next()?.parse::<u64>().ok();
    marks.filter_map(noted).any(|bytes| bytes > 0)
}

fn fired(studio: &Studio) -> PathBuf {
    studio.path().join("fired")
}
