//! Sending an order: claim, send once, and what each outcome makes of the row.

use std::io;
use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::answer_file::AnswerFile;
use super::orders::new_tag;
use super::pace::{next_poll, next_try, with_jitter};
use super::reason;
use super::reconcile;
use super::refusing::{after_refusal, line_after};
use super::room::{self, Lack, Room};
use super::site::Site;
use super::{held_open, refused, spoiled};
use crate::api::{
    Answered, Body, Came, Flaw, Generation, NotSent, NotSentKind, Outcome, Refusal, RefusalKind, RemoteState, Song,
    Unknown, Unsound,
};
use crate::domain::enclosure::Enclosure;
use crate::domain::generation::{Status, Why};
use crate::domain::recording;
use crate::domain::reference::Reference;
use crate::failpoint::{self, Point};
use crate::store::generations::{Change, Job};
use crate::store::{Durability, StoreError};

/// How long an order may wait, by why it waits, and why it is held then: nothing is bought later than the
/// person meant. The last row serves every other reason.
const PATIENCE: [(Option<Why>, SignedDuration, Why); 3] = [
    (Some(Why::NoNetwork), SignedDuration::from_mins(15), Why::NoNetwork),
    (Some(Why::Busy), SignedDuration::from_mins(30), Why::Busy),
    (None, SignedDuration::from_mins(10), Why::TooOld),
];

/// How long an order waits for the songs before it to show how much room they need, or for another process that is at
/// it.
const LITTLE: Duration = Duration::from_secs(5);

/// Sends one order: everything local that could fail first, then the claim, then the network, once.
pub(super) async fn submit(site: &Site, job: &Job) -> Result<(), StoreError> {
    let take = &job.take;
    let now = site.now();
    if now > meant_until(job) {
        let held = Change::to(Status::Held).why(Some(patience(job).1)).due(None);
        site.store().advance(take.id, &[Status::Ordered], held, Durability::Paid)?;
        return Ok(());
    }
    let body = match body(site, &take.request).await {
        Ok(body) => body,
        Err(unsound) => {
            let sentence = not_there(&unsound, &site.store().references()?);
            return hold(site, job, Why::Recording, sentence);
        }
    };
    let way = match way(site, job) {
        Ok(Some(way)) => way,
        // Another process is at it.
        Ok(None) | Err(Hindrance::NotYet) => return wait_a_little(site, job),
        Err(Hindrance::Store(error)) => return Err(error),
        Err(Hindrance::Here(why, sentence)) => return hold(site, job, why, sentence),
    };
    if !site.store().claim(take.id, &take.request_tag, now)? {
        return Ok(());
    }
    // By its lock others see that somebody knows what became of the order, until all do.
    let _held = match &way {
        Way::Queued => None,
        Way::HeldOpen(file) => Some(file.hold()),
    };
    let sent = async {
        match way {
            Way::Queued => site.client.submit(body, &take.request_tag).await,
            Way::HeldOpen(file) => held_open::send(site, job, body, file).await,
        }
    };
    let mut outcome = held_open::beating(site, take.id, sent).await;
    let verdict = verdict(&outcome);
    reason::explain_outcome(&mut outcome, job, site);
    let remote_id = remote_id(&outcome).unwrap_or_default();
    tracing::info!(take = take.id.0, tag = %take.request_tag, outcome = name(&outcome), remote_id, "sent");
    let change = after_send(&outcome, job, site.rules.look_for, site.now());
    // `Unknown` too: another process may have called the row lost while this one still held the answer.
    site.insist(take.id, &[Status::Sending, Status::Unknown], &change, line_after(&outcome)).await;
    mark_references(site, job, &verdict)
}

/// Leaves an order in line, and looks at it again in a moment.
fn wait_a_little(site: &Site, job: &Job) -> Result<(), StoreError> {
    let later = Change::default().due(Some(later(site.now(), LITTLE)));
    site.store().advance(job.take.id, &[Status::Ordered], later, Durability::Ordinary).map(drop)
}

/// Puts an order aside of which something on this machine is amiss: nothing was sent.
fn hold(site: &Site, job: &Job, why: Why, sentence: String) -> Result<(), StoreError> {
    let held = Change::to(Status::Held).why(Some(why)).message(Some(sentence)).due(None);
    site.store().advance(job.take.id, &[Status::Ordered], held, Durability::Paid).map(drop)
}

/// What an outcome says of the references that an order was made with.
enum Verdict {
    /// The service sang with them.
    Taken,
    /// It said no to the request, in these words.
    Refused(String),
    /// Nothing: the trouble was the service's own, or nobody knows.
    None,
}

fn verdict(outcome: &Outcome) -> Verdict {
    match outcome {
        Outcome::Answered(_) => Verdict::Taken,
        Outcome::Refused(Refusal { kind: RefusalKind::Invalid | RefusalKind::NotFound, message, .. }) => {
            Verdict::Refused(message.clone())
        }
        _ => Verdict::None,
    }
}

/// How an order goes out.
enum Way {
    /// The answer says that it was taken; the song is asked for.
    Queued,
    /// The answer is the song, and is kept in this file.
    HeldOpen(AnswerFile),
}

/// Why an order is not sent.
enum Hindrance {
    /// Something on this machine, in words for a person.
    Here(Why, String),
    /// Other songs under way need the room that there is.
    NotYet,
    Store(StoreError),
}

impl Hindrance {
    /// A folder that cannot be written, be it for want of room.
    fn at(folder: &Path, error: &io::Error) -> Self {
        let why = if room::is_full(error.kind()) { Why::DiskFull } else { Why::Folder };
        Self::Here(why, format!("`{}` cannot be written: {error}", folder.display()))
    }
}

/// How this order goes out, once it is known that what comes back can be kept; nothing where another process is at
/// it.
fn way(site: &Site, job: &Job) -> Result<Option<Way>, Hindrance> {
    let take = &job.take;
    let at_folder = |error| Hindrance::at(&take.folder, &error);
    super::deliver::try_folder(&take.folder).map_err(at_folder)?;
    match room::before_paying(site, job).map_err(Hindrance::Store)? {
        Room::Enough => {}
        Room::Spoken => return Err(Hindrance::NotYet),
        Room::Lacking(Lack::Short(lack)) => return Err(Hindrance::Here(Why::DiskFull, lack.before_paying())),
        Room::Lacking(Lack::Folder(error)) => return Err(at_folder(error)),
    }
    failpoint::pass(Point::TakeChecked).map_err(at_folder)?;
    if !site.is_held_open(&take.model) {
        return Ok(Some(Way::Queued));
    }
    let answers = site.answers();
    let file = AnswerFile::open(&answers, &take.request_tag).map_err(|error| Hindrance::at(&answers, &error))?;
    Ok(file.map(Way::HeldOpen))
}

/// Marks the references that the service did not take, as far as it says which; those that it sang with are fine.
fn mark_references(site: &Site, job: &Job, verdict: &Verdict) -> Result<(), StoreError> {
    let Some(spec) = site.catalogue.find(&job.take.model) else { return Ok(()) };
    let (mut store, request) = (site.store(), &job.take.request);
    match verdict {
        Verdict::None => Ok(()),
        Verdict::Taken => {
            refused::sent(spec, request).into_iter().try_for_each(|id| store.welcome_reference(&site.service, id))
        }
        Verdict::Refused(sentence) => refused::ids(sentence, spec, request)
            .into_iter()
            .try_for_each(|id| store.refuse_reference(&site.service, id, sentence).map(drop)),
    }
}

/// What is sent, with its recordings opened and found to be what was ordered with.
async fn body(site: &Site, request: &Value) -> Result<Body, Unsound> {
    let Some(Enclosure { name, .. }) = Enclosure::all_in(request).into_iter().next() else {
        return Ok(Body::from(request));
    };
    let (request, recordings) = (request.clone(), site.recordings());
    let reading = tokio::task::spawn_blocking(move || Body::read(&request, &recordings));
    reading.await.unwrap_or_else(|error| Err(Unsound { name, flaw: Flaw::Unreadable(error.into()) }))
}

/// Why a recording cannot be sent, and what brings it back.
fn not_there(unsound: &Unsound, library: &[Reference]) -> String {
    let setting = recording::setting(&unsound.name);
    let reference = library.iter().find(|reference| reference.is_meant_by(&setting));
    let (what, again) = match reference {
        Some(Reference { name, file: Some(file), .. }) => {
            (format!("`{name}`"), format!("add `{}` again", file.display()))
        }
        Some(Reference { name, .. }) => (format!("`{name}`"), "add its file again".to_owned()),
        None => (format!("`{}`", unsound.name), "add its file to the references again".to_owned()),
    };
    let flaw = match &unsound.flaw {
        Flaw::Gone => "is gone from refrain's data".to_owned(),
        Flaw::Changed => "is not what it was when it was ordered".to_owned(),
        Flaw::Unreadable(error) => format!("cannot be read: {error}"),
    };
    format!("the recording of {what} {flaw}; nothing was sent: {again}")
}

/// Until when an order may be sent without the person saying again that it is meant.
pub(super) fn meant_until(job: &Job) -> Timestamp {
    job.meant.saturating_add(patience(job).0).unwrap_or(job.meant)
}

fn patience(job: &Job) -> (SignedDuration, Why) {
    let [.., any] = PATIENCE;
    let (_, patience, why) = PATIENCE.into_iter().find(|(why, ..)| *why == job.take.why).unwrap_or(any);
    (patience, why)
}

fn remote_id(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Accepted(accepted) => Some(&accepted.generation.remote_id),
        Outcome::Answered(answered) => answered.inference_id.as_deref(),
        Outcome::Unknown(unknown) => unknown.inference_id.as_deref(),
        Outcome::NotSent(_) | Outcome::Refused(_) => None,
    }
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::NotSent(_) => "not sent",
        Outcome::Refused(_) => "refused",
        Outcome::Accepted(_) => "accepted",
        Outcome::Answered(_) => "answered",
        Outcome::Unknown(_) => "unknown",
    }
}

/// What an outcome makes of the row; one that nobody knows is looked for so long at least.
#[must_use]
pub fn after_send(outcome: &Outcome, job: &Job, look_for: SignedDuration, now: Timestamp) -> Change {
    match outcome {
        Outcome::Accepted(accepted) => {
            after_answer(&accepted.generation, job, now).remote_id(accepted.generation.remote_id.clone())
        }
        Outcome::Refused(refusal) => after_refusal(refusal, job, now),
        Outcome::NotSent(not_sent) => after_not_sent(not_sent, job, now),
        Outcome::Answered(answered) => after_song(answered, now),
        Outcome::Unknown(unknown) => after_unknown(unknown, job, reconcile::lost(job, look_for, now)),
    }
}

/// What the service's word about a generation makes of the row, be it to an order or to a question.
#[must_use]
pub fn after_answer(generation: &Generation, job: &Job, now: Timestamp) -> Change {
    let change = match (&generation.state, &generation.audio) {
        (RemoteState::Failed, _) => {
            let sentence = generation.error.clone().unwrap_or_else(|| reason::NONE_GIVEN.to_owned());
            // A request that failed is not charged, unless this answer or the log says what it cost.
            let is_in_the_books = job.take.why == Some(Why::Found) && job.take.cost.is_some();
            let is_charged = generation.cost.is_some() || is_in_the_books;
            let why = if is_charged { Why::AudioLost } else { Why::Broke };
            Change::to(Status::Failed).why(Some(why)).message(Some(sentence)).due(None).finished(Some(now))
        }
        (RemoteState::Done, Some(audio)) => Change::to(Status::Ready)
            .made(now)
            .audio_url(Some(audio.url.reveal().to_owned()))
            .expected(audio.file_size)
            .received(0)
            .due(Some(now)),
        (RemoteState::Done, None) => {
            let sentence = "it is done, but the service does not say where the file is".to_owned();
            Change::to(Status::Working)
                .why(Some(Why::Strange))
                .message(Some(sentence))
                .due(Some(next_question(job, now)))
        }
        (RemoteState::Queued, _) => Change::to(Status::Queued).due(Some(next_question(job, now))),
        (RemoteState::Working, _) => Change::to(Status::Working).due(Some(next_question(job, now))),
        (RemoteState::Strange(word), _) => {
            let sentence = if word.is_empty() { "no status".to_owned() } else { format!("`{word}`") };
            Change::to(Status::Working)
                .why(Some(Why::Strange))
                .message(Some(sentence))
                .due(Some(next_question(job, now)))
        }
    };
    change.failures(0).service_request(generation.service_request.clone()).cost(generation.cost)
}

/// When to ask next, counted from now.
fn next_question(job: &Job, now: Timestamp) -> Timestamp {
    let pace = Duration::from_secs(u64::from(job.take.usual.seconds));
    let age = now.duration_since(job.take.sent.unwrap_or(now)).unsigned_abs();
    let seed = job.take.id.0.unsigned_abs() ^ now.as_millisecond().unsigned_abs();
    later(now, with_jitter(next_poll(pace, age, 0, None), seed))
}

/// `now` and a while.
pub(super) fn later(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(now)
}

fn after_not_sent(not_sent: &NotSent, job: &Job, now: Timestamp) -> Change {
    if not_sent.kind == NotSentKind::Unsendable {
        // Trying again would not help.
        let failed = Change::to(Status::Failed).message(Some(not_sent.sentence.clone()));
        return failed.due(None).sent(None).finished(Some(now));
    }
    let again = Change::default().unsent(new_tag()).finished(None).why(Some(Why::NoNetwork));
    let again = again.message(Some(not_sent.sentence.clone())).failures(job.failures + 1);
    let due = later(now, next_try(job.failures));
    let [(_, network_patience, _), ..] = PATIENCE;
    if due.duration_since(job.meant) > network_patience {
        return again.status(Status::Held).due(None);
    }
    again.status(Status::Ordered).due(Some(due))
}

/// A song that came in the answer is fetched from there; one whose address came, from that.
pub(super) fn after_song(answered: &Answered, now: Timestamp) -> Change {
    let ready = Change::to(Status::Ready).made(now).received(0).due(Some(now));
    let change = match &answered.song {
        Song::Kept(bytes) => ready.audio_url(None).expected(Some(*bytes)),
        Song::At(url) => ready.audio_url(Some(url.reveal().to_owned())).expected(None),
        Song::Missing => {
            let sentence = "the service says that the song is done, and sends none".to_owned();
            Change::to(Status::Failed).why(Some(Why::AudioLost)).message(Some(sentence)).due(None).finished(Some(now))
        }
    };
    with_remote_id(change.failures(0).cost(answered.cost), answered.inference_id.as_ref())
}

fn after_unknown(unknown: &Unknown, job: &Job, lost: Change) -> Change {
    let change = match unknown.came {
        None => lost.message(Some(unknown.what.clone())),
        Some(came) => {
            let came = Came { of: came.of.or(job.take.expected), ..came };
            let sentence = spoiled::sentence(&unknown.what, came, job.take.id);
            lost.why(Some(Why::Spoiled)).message(Some(sentence))
        }
    };
    let change = match &unknown.service_request {
        Some(request) => change.service_request(Some(request.clone())),
        None => change,
    };
    with_remote_id(change, unknown.inference_id.as_ref())
}

fn with_remote_id(change: Change, id: Option<&String>) -> Change {
    match id {
        Some(id) => change.remote_id(id.clone()),
        None => change,
    }
}
