//! An order whose answer is the song: sent once, held open, kept while it comes, and only then understood.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::answer_file::{self, AnswerFile};
use super::pace::next_try;
use super::room;
use super::site::Site;
use super::submit::{after_send, later};
use crate::api::{
    Answered, Body, Break, Head, Held, Keep, Outcome, SongAnswer, Unheard, Unknown, cost_of, outcome_of,
    outcome_of_song,
};
use crate::domain::generation::{Cost, Status, TakeId, Why};
use crate::domain::lateness::{BEAT, heard_until};
use crate::failpoint::Point;
use crate::store::generations::{Change, Job};
use crate::store::{Durability, StoreError, journal, trip};

/// The least time between two reports of how much has come.
const REPORTS: Duration = Duration::from_secs(1);

/// How long a song may stand still at the service while it cannot be kept, as on a disk where somebody makes room.
const LONGEST_UNKEPT: Duration = Duration::from_secs(10 * 60);

/// How long it is tried to read a song that is kept, where the disk fails: it is all that there is of it.
const LONGEST_UNREAD: Duration = Duration::from_secs(10 * 60);

/// As many tries as that is.
const MOST_READS: u32 = 22;

/// Letters of hexadecimal that make a byte of the song.
const LETTERS: u64 = 2;

/// Says each half minute that this process is at it still, for as long as something is sent: where nobody says so any
/// more, it has come to a halt.
pub(super) async fn beating<T>(site: &Site, take: TakeId, sent: impl Future<Output = T>) -> T {
    tokio::pin!(sent);
    loop {
        tokio::select! {
            sent = &mut sent => return sent,
            () = tokio::time::sleep(BEAT) => {}
        }
        let beat = Change::default().due(Some(heard_until(site.now())));
        log_untold(site.store().advance(take, &[Status::Sending], beat, Durability::Ordinary).map(drop));
    }
}

/// Sends an order and holds the connection until its song has come, or has not.
pub(super) async fn send(site: &Site, job: &Job, body: Body, file: AnswerFile) -> Outcome {
    let take = &job.take;
    let mut keeping = Keeping { site, take: take.id, file, announced: None, reported: None };
    keeping.tell(Change::default().why(Some(Why::Open)));
    let held = site.client.hold_open(body, &take.request_tag, &mut keeping).await;
    let file = keeping.file;
    match held {
        Held::Other(answer) => {
            file.discard();
            outcome_of(answer)
        }
        Held::Kept { head, broke, length } => {
            tracing::info!(take = take.id.0, length, ?broke, "the answer was kept");
            understood(site, file, &head, broke).await
        }
    }
}

/// What a kept answer means. It is on the disk before anybody asks.
async fn understood(site: &Site, file: AnswerFile, head: &Head, broke: Option<Break>) -> Outcome {
    if let Err(error) = file.finish().await {
        tracing::error!(%error, "an answer may not survive a power cut");
    }
    let said = match patiently_read(&file).await {
        Ok(said) => spoken(site, said),
        Err(error) => unreadable(&error),
    };
    let outcome = outcome_of_song(Some(head), Cost::default(), broke, &said);
    if !is_worth_keeping(&outcome, broke) {
        file.discard();
    }
    outcome
}

/// Reads an answer, and where the disk fails, again.
async fn patiently_read(file: &AnswerFile) -> io::Result<SongAnswer> {
    let unread_since = Instant::now();
    let mut attempt = 0;
    loop {
        match file.understand().await {
            Err(error) if unread_since.elapsed() < LONGEST_UNREAD => {
                tracing::warn!(%error, "an answer that is kept cannot be read yet");
                tokio::time::sleep(next_try(attempt)).await;
                attempt += 1;
            }
            read => return read,
        }
    }
}

/// What an answer says, without the key.
fn spoken(site: &Site, said: SongAnswer) -> SongAnswer {
    SongAnswer { message: said.message.map(|message| site.client.without_key(message)), ..said }
}

/// A file that cannot be read says nothing of the song.
fn unreadable(error: &io::Error) -> SongAnswer {
    SongAnswer { broken: Some(error.to_string()), ..SongAnswer::default() }
}

/// A no holds no song, and neither does what has no end. In anything else there may be one that refrain cannot
/// see.
fn is_worth_keeping(outcome: &Outcome, broke: Option<Break>) -> bool {
    match outcome {
        Outcome::Refused(_) | Outcome::NotSent(_) => false,
        Outcome::Unknown(unknown) => unknown.came.is_some() || broke != Some(Break::SongTooLong),
        Outcome::Accepted(_) | Outcome::Answered(_) => true,
    }
}

/// Goes on with an order whose sender is gone: with the song, where all of it was kept; else it may have been
/// charged. One that is still being sent by another process is left to it, and what is kept and cannot be read just
/// now is read later.
pub(super) fn take_over(site: &Site, job: &Job) -> Result<(), StoreError> {
    let path = answer_file::path(&site.answers(), &job.take.request_tag);
    if answer_file::is_being_written(&path) {
        return Ok(());
    }
    let outcome = match left_behind(site, &path, job.take.cost) {
        Ok(outcome) => outcome,
        Err(error) if job.failures < MOST_READS => return read_later(site, job, &error),
        Err(error) => of_what_is_left(job.take.cost, &unreadable(&error)),
    };
    let change = after_send(&outcome, job, site.rules.look_for, site.now());
    let is_ours = site.store().advance(job.take.id, &[Status::Sending], change, Durability::Paid)?;
    if is_ours && matches!(outcome, Outcome::Refused(_)) {
        answer_file::remove(&path);
    }
    Ok(())
}

fn read_later(site: &Site, job: &Job, error: &io::Error) -> Result<(), StoreError> {
    tracing::warn!(%error, take = job.take.id.0, "an answer that was kept cannot be read yet");
    let message = format!("its answer is kept and cannot be read yet: {error}");
    let due = Some(later(site.now(), next_try(job.failures)));
    let change = Change::default().message(Some(message)).due(due).failures(job.failures + 1);
    site.store().advance(job.take.id, &[Status::Sending], change, Durability::Ordinary).map(drop)
}

/// What there is of an answer that was lost.
pub(super) enum LeftBehind {
    /// All of it.
    Whole(Answered),
    Part,
    Nothing,
    /// There is something, which cannot be read just now.
    Unread,
    /// Another process may still be writing it.
    AtIt,
}

/// What there is of the answer of a take whose answer was lost. What came of a song that broke off was looked at, and
/// does not grow.
pub(super) fn left_behind_by(site: &Site, job: &Job) -> LeftBehind {
    let path = answer_file::path(&site.answers(), &job.take.request_tag);
    if answer_file::is_being_written(&path) {
        return LeftBehind::AtIt;
    }
    if !answer_file::is_there(&path) {
        return LeftBehind::Nothing;
    }
    if job.take.why == Some(Why::Spoiled) {
        return LeftBehind::Part;
    }
    match left_behind(site, &path, job.take.cost) {
        Ok(Outcome::Answered(answered)) => LeftBehind::Whole(answered),
        Ok(Outcome::Unknown(Unknown { came: Some(_), .. })) => LeftBehind::Part,
        Ok(_) => LeftBehind::Nothing,
        Err(error) => {
            tracing::warn!(%error, take = job.take.id.0, "an answer that is kept cannot be read yet");
            LeftBehind::Unread
        }
    }
}

/// What the answer means that a process left behind, if it left one. An empty file stays where it is: on a file
/// system without locks, its writer may be at it still.
fn left_behind(site: &Site, path: &Path, cost: Cost) -> io::Result<Outcome> {
    if !answer_file::is_there(path) {
        return Ok(Outcome::Unknown(ended_meanwhile()));
    }
    let said = answer_file::read(path, &mut Unheard)?;
    Ok(of_what_is_left(cost, &spoken(site, said)))
}

/// What an answer means whose sender is gone.
fn of_what_is_left(cost: Cost, said: &SongAnswer) -> Outcome {
    match outcome_of_song(None, cost, None, said) {
        Outcome::Unknown(unknown) if said.broken.is_some() => {
            Outcome::Unknown(Unknown { what: ended_meanwhile().what, ..unknown })
        }
        outcome => outcome,
    }
}

fn ended_meanwhile() -> Unknown {
    Unknown {
        what: "refrain was ended while the request was on its way".to_owned(),
        status: None,
        service_request: None,
        inference_id: None,
        came: None,
    }
}

/// Whether the sender of an order is at it still, be it another process.
pub(super) fn is_at_it(site: &Site, job: &Job) -> bool {
    answer_file::is_being_written(&answer_file::path(&site.answers(), &job.take.request_tag))
}

/// Whether the sender of an order is gone, and left its answer behind; nothing of it need be there. On a file system of
/// another machine a lock may be seen there alone.
pub(super) fn is_abandoned(site: &Site, job: &Job) -> bool {
    let answers = site.answers();
    answer_file::is_abandoned(&answer_file::path(&answers, &job.take.request_tag)) && !journal::is_remote(&answers)
}

/// Keeps an answer while it comes, and says how much of it has.
struct Keeping<'a> {
    site: &'a Site,
    take: TakeId,
    file: AnswerFile,
    /// Bytes of the whole answer, as its headers say.
    announced: Option<u64>,
    reported: Option<Instant>,
}

impl Keep for Keeping<'_> {
    /// What it costs and what the service calls it is in the row before the song has come.
    fn begin(&mut self, head: &Head, announced: Option<u64>) {
        self.announced = announced;
        let change = Change::default().cost(cost_of(head)).service_request(head.service_request());
        self.tell(match head.inference_id() {
            Some(id) => change.remote_id(id),
            None => change,
        });
        log_untold(trip(Point::TakeAnswerBegun));
    }

    /// A disk that is full, or fails in any other way, stops the song where it is made: it is taken on when it can
    /// be kept. It comes once, so no such trouble is a reason to give it up at once.
    async fn keep(&mut self, piece: Bytes) -> io::Result<()> {
        let unkept_since = Instant::now();
        for attempt in 0.. {
            match self.file.write(&piece).await {
                Ok(()) => break,
                Err(error) if unkept_since.elapsed() >= LONGEST_UNKEPT => return Err(error),
                Err(error) => {
                    tracing::warn!(%error, take = self.take.0, "a piece of the song is not kept yet");
                    self.reported = None;
                    if room::is_full(error.kind()) {
                        self.tell(Change::default().why(Some(Why::DiskFull)));
                    }
                    tokio::time::sleep(next_try(attempt)).await;
                }
            }
        }
        self.report();
        Ok(())
    }
}

impl Keeping<'_> {
    fn report(&mut self) {
        if self.reported.is_some_and(|at| at.elapsed() < REPORTS) {
            return;
        }
        self.reported = Some(Instant::now());
        let expected = self.announced.map(|announced| announced / LETTERS);
        let received = self.file.length() / LETTERS;
        self.tell(Change::default().why(Some(Why::Open)).received(received).expected(expected));
    }

    /// That something cannot be said is no reason to break off.
    fn tell(&self, change: Change) {
        let told = self.site.store().advance(self.take, &[Status::Sending], change, Durability::Ordinary);
        log_untold(told.map(drop));
    }
}

fn log_untold(told: Result<(), StoreError>) {
    if let Err(error) = told {
        tracing::warn!(%error, "how far a song is was not written down");
    }
}
