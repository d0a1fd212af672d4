//! Whether a worker is late: one rule for everyone who looks at takes and uploads.
//!
//! A row says when its worker acts next. That moment is over while the step itself is under way, which
//! only the worker sees. So there are two questions. Is it late? Then another is started: if the first
//! has died, that helps, and else it finds the first at work and leaves. Is it stuck? Then no step could
//! still be under way, and a person is told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::generation::{Status, Take, Why};
use super::reference::{Reference, UploadState};
use super::service::Service;
use super::uploading;

/// How often a worker says that it is sending still, and until when that holds: a row that is `sending` beyond it lost
/// the process that sent it, or that process came to a halt.
pub const BEAT: Duration = Duration::from_secs(30);
const HEARD: SignedDuration = SignedDuration::from_secs(60);

/// Until when it holds that something is being sent, as said now.
#[must_use]
pub fn heard_until(now: Timestamp) -> Timestamp {
    now.saturating_add(HEARD).unwrap_or(now)
}

/// How long after its moment something is late.
const LATE: SignedDuration = SignedDuration::from_secs(10);

/// How long a step can be under way, by the limits of the client: for an answer that is held open until
/// the song is made, where an older worker does not say that it is there; for a question, and until a file begins to
/// come.
const LONGEST_SENDING: SignedDuration = SignedDuration::from_hours(1);
const LONGEST_QUESTION: SignedDuration = SignedDuration::from_secs(30);
/// How long looking for what was lost can be under way: the log has many pages, each of which is a question.
const LONGEST_LOOK: SignedDuration = SignedDuration::from_mins(10);
const LONGEST_BEGINNING: SignedDuration = SignedDuration::from_secs(60);

/// How long an upload under way may stand still before its worker is late: as long as the client waits for a byte
/// to leave.
const LONGEST_STILL: SignedDuration = SignedDuration::from_secs(120);

/// When the worker of a service is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// When it acts next.
    pub next: Timestamp,
    /// When a step that it took in time would be over; none where that cannot be said.
    over: Option<Timestamp>,
}

/// What is looked at of a take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub service: Service,
    pub status: Status,
    why: Option<Why>,
    due: Option<Timestamp>,
    sent: Option<Timestamp>,
    /// Whether a part of its file has come.
    has_begun: bool,
}

impl From<&Take> for Row {
    fn from(take: &Take) -> Self {
        let &Take { status, why, due, sent, received, .. } = take;
        Self { service: take.service.clone(), status, why, due, sent, has_begun: received > 0 }
    }
}

impl Row {
    /// As [`Take::is_awaited`].
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.status.is_live() || self.is_sought()
    }

    fn is_sought(&self) -> bool {
        self.status == Status::Unknown && self.due.is_some()
    }

    fn is_in_flight(&self) -> bool {
        self.status.is_live() && self.status != Status::Ordered
    }

    fn awaited(&self) -> Option<Awaited> {
        // Without its key nobody can act.
        if !self.is_awaited() || self.why == Some(Why::NeedsKey) {
            return None;
        }
        let (next, longest) = match self.status {
            Status::Sending if self.due.is_some() => (self.due, Some(SignedDuration::ZERO)),
            Status::Sending => (self.sent, Some(LONGEST_SENDING)),
            Status::Queued | Status::Working => (self.due, Some(LONGEST_QUESTION)),
            Status::Unknown => (self.due, Some(LONGEST_LOOK)),
            // A file takes as long as it takes.
            Status::Ready if self.has_begun => (self.due, None),
            Status::Ready => (self.due, Some(LONGEST_BEGINNING)),
            _ => (self.due, Some(SignedDuration::ZERO)),
        };
        let next = next?;
        Some(Awaited { next, over: longest.map(|longest| next + longest) })
    }
}

/// When each service's worker is awaited; one that has nothing to do is left out.
fn awaited(rows: impl IntoIterator<Item = Row>) -> BTreeMap<Service, Awaited> {
    let rows: Vec<Row> = rows.into_iter().collect();
    let busy: BTreeSet<&Service> = rows.iter().filter(|row| row.is_in_flight()).map(|row| &row.service).collect();
    // An order may have to wait for its turn while others are at the service.
    let has_turn = |row: &&Row| row.status != Status::Ordered || !busy.contains(&row.service);
    let mut all = BTreeMap::new();
    for row in rows.iter().filter(has_turn) {
        add(&mut all, &row.service, row.awaited());
    }
    all
}

/// The same where uploads are known as well. They go beside takes and a few at a time: one that waits has its
/// turn at the latest when none is under way. Where a take is, a worker that was told to leave may be waiting for
/// it, and begins nothing: then one that waits is late, and no sign of a worker that came to a halt.
pub fn awaited_with_uploads<'a>(
    rows: impl IntoIterator<Item = Row>,
    references: impl IntoIterator<Item = &'a Reference>,
) -> BTreeMap<Service, Awaited> {
    let rows: Vec<Row> = rows.into_iter().collect();
    let in_flight: BTreeSet<Service> =
        rows.iter().filter(|row| row.is_in_flight()).map(|row| row.service.clone()).collect();
    let mut all = awaited(rows);
    let uploads: Vec<_> = references.into_iter().filter(|reference| uploading::is_live(reference)).collect();
    let is_sending = |reference: &Reference| is_at(reference, UploadState::Sending);
    let busy: BTreeSet<_> =
        uploads.iter().filter(|upload| is_sending(upload)).map(|upload| upload.service.as_ref()).collect();
    for upload in uploads.iter().filter(|upload| is_sending(upload) || !busy.contains(&upload.service.as_ref())) {
        if let Some(service) = &upload.service {
            let own = awaited_for_upload(upload);
            let over = |own: Awaited| own.over.filter(|_| !in_flight.contains(service));
            add(&mut all, service, own.map(|own| Awaited { over: over(own), ..own }));
        }
    }
    all
}

fn is_at(reference: &Reference, state: UploadState) -> bool {
    reference.upload.as_ref().is_some_and(|upload| upload.state == state)
}

fn awaited_for_upload(reference: &Reference) -> Option<Awaited> {
    let upload = reference.upload.as_ref()?;
    match upload.state {
        // How long a recording takes on a slow line, nobody knows.
        UploadState::Sending => Some(Awaited { next: upload.due? + LONGEST_STILL, over: None }),
        UploadState::Waiting if !uploading::needs_key(reference) => {
            let next = upload.due?;
            Some(Awaited { next, over: Some(next) })
        }
        UploadState::Waiting | UploadState::Failed => None,
    }
}

/// What is awaited of a service is what is awaited first.
fn add(all: &mut BTreeMap<Service, Awaited>, service: &Service, one: Option<Awaited>) {
    let Some(one) = one else { return };
    let earliest = |known: &mut Awaited| {
        known.next = known.next.min(one.next);
        known.over = known.over.into_iter().chain(one.over).min();
    };
    all.entry(service.clone()).and_modify(earliest).or_insert(one);
}

impl Awaited {
    /// Whether another worker should be started, in case the last has died.
    #[must_use]
    pub fn is_late(self, now: Timestamp) -> bool {
        now > self.next + LATE
    }

    /// Whether a worker that is at work has come to a halt.
    #[must_use]
    pub fn is_stuck(self, now: Timestamp) -> bool {
        self.over.is_some_and(|over| now > over + LATE)
    }
}

/// Looks after workers that are late, each time after as long a while.
#[derive(Clone, Copy, Debug)]
pub struct Vigil {
    acted: Timestamp,
}

impl Vigil {
    /// One that begins with workers just started.
    #[must_use]
    pub fn begin(now: Timestamp) -> Self {
        Self { acted: now }
    }

    /// When to act if nothing happens until then; never where nobody is awaited.
    #[must_use]
    pub fn next(self, awaited: &BTreeMap<Service, Awaited>) -> Option<Timestamp> {
        let next = awaited.values().map(|awaited| awaited.next).min()?;
        // A moment later than late is.
        Some(next.max(self.acted) + LATE + SignedDuration::from_millis(1))
    }

    /// Whether it is time to act, which counts as done from here on.
    pub fn is_due(&mut self, awaited: &BTreeMap<Service, Awaited>, now: Timestamp) -> bool {
        let is_due = self.next(awaited).is_some_and(|at| at <= now);
        if is_due {
            self.acted = now;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::{Purpose, ReferenceId, Upload};

    /// Seconds since the beginning of time.
    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn row(status: Status, due: Option<i64>) -> Row {
        Row { service: Service::Sandbox, status, why: None, due: due.map(at), sent: None, has_begun: false }
    }

    /// From when on a worker is late, and stuck, in seconds.
    type Told = Option<(i64, Option<i64>)>;

    /// The same of the sandbox's.
    fn told(rows: &[Row]) -> Told {
        from(awaited(rows.iter().cloned()).remove(&Service::Sandbox)?)
    }

    fn from(awaited: Awaited) -> Told {
        let first = |holds: &dyn Fn(Timestamp) -> bool| (0..10_000).find(|second| holds(at(*second)));
        Some((first(&|now| awaited.is_late(now))?, first(&|now| awaited.is_stuck(now))))
    }

    #[test]
    fn a_worker_is_late_ten_seconds_after_its_moment_and_stuck_when_no_step_could_be_under_way() {
        use Status::{Failed, Held, Ordered, Queued, Ready, Saved, Sending, Unknown, Unwatched, Working};
        let sent = |seconds| Row { sent: Some(at(seconds)), ..row(Sending, None) };
        let said = |seconds| Row { due: Some(heard_until(at(seconds))), ..sent(seconds) };
        let begun = Row { has_begun: true, ..row(Ready, Some(100)) };
        let keyless = Row { why: Some(Why::NeedsKey), ..row(Queued, Some(100)) };
        let elsewhere = Row { service: Service::vendor(), ..row(Working, Some(500)) };
        let over = [Held, Saved, Failed, Unwatched].map(|status| row(status, Some(100)));
        let cases: [(&str, Vec<Row>, Told); 21] = [
            ("nothing", vec![], None),
            ("what is over", over.to_vec(), None),
            ("an answer that was lost for good", vec![row(Unknown, None)], None),
            ("one that is looked for", vec![row(Unknown, Some(100))], Some((111, Some(711)))),
            (
                "an order beside one that is looked for",
                vec![row(Unknown, Some(500)), row(Ordered, Some(100))],
                Some((111, Some(111))),
            ),
            (
                "one that is looked for beside a take at work",
                vec![row(Unknown, Some(100)), row(Working, Some(500))],
                Some((111, Some(541))),
            ),
            ("an order", vec![row(Ordered, Some(100))], Some((111, Some(111)))),
            (
                "an order in line behind one at work",
                vec![row(Ordered, Some(100)), row(Working, Some(500))],
                Some((511, Some(541))),
            ),
            (
                "an order in line behind one being sent",
                vec![row(Ordered, Some(100)), said(105)],
                Some((176, Some(176))),
            ),
            (
                "an order in line behind one being sent by an older worker",
                vec![row(Ordered, Some(100)), sent(105)],
                Some((116, Some(3_716))),
            ),
            ("an order, and another service at work", vec![row(Ordered, Some(100)), elsewhere], Some((111, Some(111)))),
            ("two orders", vec![row(Ordered, Some(300)), row(Ordered, Some(200))], Some((211, Some(211)))),
            ("one being sent, which is said at 100", vec![said(100)], Some((171, Some(171)))),
            ("the same, and a question", vec![said(100), row(Queued, Some(150))], Some((161, Some(171)))),
            ("one being sent by an older worker", vec![sent(100)], Some((111, Some(3_711)))),
            ("a question", vec![row(Queued, Some(100))], Some((111, Some(141)))),
            (
                "the earlier of two questions",
                vec![row(Working, Some(300)), row(Queued, Some(100))],
                Some((111, Some(141))),
            ),
            ("a file that has not begun to come", vec![row(Ready, Some(100))], Some((111, Some(171)))),
            ("a file that comes", vec![begun.clone()], Some((111, None))),
            ("a file that comes, and a question", vec![begun, row(Queued, Some(200))], Some((111, Some(241)))),
            ("without its key", vec![keyless], None),
        ];
        for (what, rows, expected) in cases {
            assert_eq!(told(&rows), expected, "{what}");
        }
    }

    fn upload(state: UploadState, due: i64, message: Option<&str>) -> Reference {
        let message = message.map(str::to_owned);
        let upload = Upload { state, sent: 0, bytes: 9, message, tries: 0, due: Some(at(due)), force: false };
        let blank = Reference::new(ReferenceId(1), "Mara", Purpose::Voice, at(0));
        Reference { service: Some(Service::Sandbox), upload: Some(upload), ..blank }
    }

    #[test]
    fn a_worker_is_late_with_an_upload_that_is_due_or_stands_still() {
        use UploadState::{Failed, Sending, Waiting};
        let no_upload = Reference { upload: None, ..upload(Failed, 100, None) };
        let cases: [(&str, Vec<Reference>, Told); 8] = [
            ("none", vec![no_upload], None),
            ("one that failed", vec![upload(Failed, 100, Some("not sung"))], None),
            ("one that waits", vec![upload(Waiting, 100, None)], Some((111, Some(111)))),
            ("one that is tried again", vec![upload(Waiting, 200, Some("busy"))], Some((211, Some(211)))),
            ("one without its key", vec![upload(Waiting, 100, Some(uploading::NEEDS_KEY))], None),
            ("one that moved at 100", vec![upload(Sending, 100, None)], Some((231, None))),
            (
                "one behind another under way",
                vec![upload(Waiting, 100, None), upload(Sending, 300, None)],
                Some((431, None)),
            ),
            (
                "the earlier of two",
                vec![upload(Waiting, 300, None), upload(Waiting, 200, None)],
                Some((211, Some(211))),
            ),
        ];
        for (what, references, expected) in cases {
            let awaited = awaited_with_uploads([], &references).remove(&Service::Sandbox);
            assert_eq!(awaited.and_then(from), expected, "{what}");
        }
        let beside = |row| from(awaited_with_uploads([row], &[upload(Waiting, 100, None)])[&Service::Sandbox]);
        let at_work = row(Status::Working, Some(500));
        assert_eq!(beside(at_work.clone()), Some((111, Some(541))), "the take may be all that is waited for");
        let elsewhere = Row { service: Service::vendor(), ..at_work };
        assert_eq!(beside(elsewhere), Some((111, Some(111))));
        assert_eq!(beside(row(Status::Ordered, Some(100))), Some((111, Some(111))), "a worker begins both");
    }

    /// Every status in which a worker acts, at the moment at which it acted last; how long after that it is told
    /// that it has come to a halt. Poll gaps, waits for a turn and the like come on top: they are in `due`.
    #[test]
    fn a_worker_that_hangs_is_told_of_within_eighty_seconds_in_every_state() {
        const TOLD: i64 = 80;
        let sent = |due: Timestamp| Row { due: Some(due), sent: Some(at(0)), ..row(Status::Sending, None) };
        let states = [
            ("sending, and said so just before", sent(heard_until(at(0)))),
            ("asked about", row(Status::Queued, Some(0))),
            ("asked about, at work", row(Status::Working, Some(0))),
            ("a file that has not begun to come", row(Status::Ready, Some(0))),
            ("an order that is about to go", row(Status::Ordered, Some(0))),
        ];
        for (state, row) in states {
            let mut vigil = Vigil::begin(at(0));
            let late = awaited([row]);
            let told = (0..200).find(|second| {
                vigil.is_due(&late, at(*second)) && late.values().any(|awaited| awaited.is_stuck(at(*second)))
            });
            assert!(told.is_some_and(|second| second <= TOLD), "{state}: {told:?}");
        }
    }

    #[test]
    fn a_vigil_acts_when_a_worker_is_late_and_again_only_after_as_long_a_while() {
        let late = awaited([row(Status::Queued, Some(100))]);
        let mut vigil = Vigil::begin(at(50));
        assert_eq!(vigil.next(&BTreeMap::new()), None, "where nobody is awaited, nothing wakes it");
        assert!(!vigil.is_due(&BTreeMap::new(), at(9_000)));
        let acts: Vec<i64> = (0..140).filter(|second| vigil.is_due(&late, at(*second))).collect();
        assert_eq!(acts, [111, 122, 133]);
        assert_eq!(Vigil::begin(at(105)).next(&late), Some(at(115) + SignedDuration::from_millis(1)));
    }
}
