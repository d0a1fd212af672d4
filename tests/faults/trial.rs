//! One trial: a journey is begun, broken once, gone on with as a person would, and then held against the truths.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use refrain::failpoint::{Deed, FIRED, Fault, Point, VARIABLE};

use crate::aftermath::{aftermath, end, under_way};
use crate::journeys::Journey;
use crate::lane::{Books, Lane};
use crate::support::patience::comes_true;
use crate::support::process;
use crate::support::studio::{Ended, Studio};

/// How long it may take to the fault, and from a restart until everything is settled.
pub const LONGEST: Duration = Duration::from_secs(30);

/// How long a process that was told to leave may take: it finishes what may cost money.
pub const LEAVING: Duration = Duration::from_secs(20);

/// How long a process goes on by itself after a step that failed, before it is told to leave.
const GOING_ON: Duration = Duration::from_secs(3);

/// Where the song itself is under way: whoever dies in between takes it along. Once its last byte is kept it is not.
const ON_THE_LINE: [Point; 3] = [Point::TakeRequestLast, Point::TakeAnswerBegun, Point::AnswerPiece];

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
    /// Takes and references that there were when every process was over.
    pub stood: usize,
}

impl Trial {
    /// What of the promises was broken.
    pub fn violations(self, lane: &Lane) -> Vec<String> {
        let studio = impatient();
        self.journey.prepare(&studio, lane);
        let before = lane.books();
        let front = self.begin(&studio, lane);
        if let Err(sentence) = self.breaks(&studio, lane) {
            return vec![format!("{sentence}; the command said {front:?}")];
        }
        aftermath(self.journey, self.harm(), &studio, front, before, lane)
    }

    /// Runs the command that begins the journey. It and the worker that it starts inherit the fault.
    fn begin(self, studio: &Studio, lane: &Lane) -> Ended {
        let Fault { point, deed, pass } = self.fault;
        let mut command = self.journey.command(studio, lane);
        command.env(VARIABLE, format!("{}={}#{pass}", point.name(), deed.name())).env(FIRED, fired(studio));
        Ended::of(command.output().unwrap())
    }

    /// Waits until it has broken and every process is over.
    fn breaks(self, studio: &Studio, lane: &Lane) -> Result<(), String> {
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
        end(studio)
    }

    fn harm(self) -> Harm {
        let is_deadly = matches!(self.fault.deed, Deed::Abort | Deed::Kill);
        let is_on_the_line = self.journey.is_held_open() && ON_THE_LINE.contains(&self.fault.point);
        Harm { is_deadly, is_on_the_line: is_deadly && is_on_the_line }
    }
}

/// A place to work in where nobody waits for long.
pub fn impatient() -> Studio {
    let studio = Studio::new();
    fs::write(studio.path().join("catalogue.toml"), IMPATIENT).unwrap();
    studio
}

fn fired(studio: &Studio) -> PathBuf {
    studio.path().join("fired")
}
