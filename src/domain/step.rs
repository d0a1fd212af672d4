//! A step in the life of a take, as the log tells it.

use jiff::Timestamp;

use super::generation::{Status, TakeId, Why};
use super::service::Service;

/// Something that happened to a take.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Counts every step of every take.
    pub id: i64,
    pub take: TakeId,
    /// The song's title now.
    pub song: String,
    /// The take's number within the song.
    pub number: u32,
    pub service: Service,
    /// Catalogue id.
    pub model: String,
    pub at: Timestamp,
    /// The status before; none where the take was ordered.
    pub was: Option<Status>,
    /// The status after; none where the order was taken back.
    pub status: Option<Status>,
    pub why: Option<Why>,
    /// One sentence for a person. Clean text.
    pub message: Option<String>,
    pub request_tag: String,
    pub remote_id: Option<String>,
    /// The file, once it has a name.
    pub file: Option<String>,
}

/// Where a take was before a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Anywhere,
    /// It was not yet.
    Nowhere,
    In(Status),
}

/// The words for a step: the status before, the status after, the reason where it matters. The first row
/// that fits counts.
const WORDS: &[(Before, Status, Option<Why>, &str)] = &[
    (Before::Nowhere, Status::Ordered, None, "ordered"),
    (Before::Nowhere, Status::Held, None, "ordered, and put aside"),
    (Before::Anywhere, Status::Ordered, Some(Why::NoNetwork), "not sent: the service cannot be reached; tried again"),
    (Before::Anywhere, Status::Ordered, Some(Why::Busy), "not taken: the service is busy; tried again"),
    (Before::Anywhere, Status::Ordered, Some(Why::NeedsKey), "waits for the key"),
    (Before::In(Status::Held), Status::Ordered, None, "let go"),
    (Before::Anywhere, Status::Ordered, None, "in line again"),
    (Before::Anywhere, Status::Held, Some(Why::NoCredits), "held: no credits are left"),
    (Before::Anywhere, Status::Held, Some(Why::TooOld), "held: it waited too long"),
    (Before::Anywhere, Status::Held, Some(Why::NoNetwork), "held: the service could not be reached"),
    (Before::Anywhere, Status::Held, Some(Why::Busy), "held: the service stays busy"),
    (Before::Anywhere, Status::Held, Some(Why::KeyRefused), "held: the key was refused"),
    (Before::Anywhere, Status::Held, Some(Why::Forbidden), "held: the key may not order it"),
    (Before::Anywhere, Status::Held, Some(Why::DiskFull), "held: there is no room for the song"),
    (Before::Anywhere, Status::Held, Some(Why::Folder), "held: its folder cannot be written"),
    (Before::Anywhere, Status::Held, Some(Why::Recording), "held: its recording is gone or was changed"),
    (Before::Anywhere, Status::Held, None, "put aside"),
    (Before::In(Status::Sending), Status::Sending, Some(Why::Open), "the connection is held open for the song"),
    (Before::In(Status::Sending), Status::Sending, Some(Why::DiskFull), "the disk is full; the song waits to come"),
    (Before::Anywhere, Status::Sending, None, "sent"),
    (Before::Anywhere, Status::Unknown, Some(Why::Spoiled), "a part of the song came: perhaps charged"),
    (Before::Anywhere, Status::Unknown, Some(Why::NeedsKey), "looking for it waits for the key"),
    (Before::Anywhere, Status::Unknown, Some(Why::KeyRefused), "the key was refused; looked for again"),
    (Before::Anywhere, Status::Unknown, Some(Why::NoTrace), "no trace of it so far: perhaps charged"),
    (
        Before::In(Status::Sending),
        Status::Unknown,
        Some(Why::Looking),
        "the answer was lost: perhaps charged; looked for",
    ),
    (Before::Anywhere, Status::Unknown, Some(Why::Looking), "looked for again"),
    (Before::Anywhere, Status::Unknown, None, "the answer was lost: perhaps charged"),
    (Before::Anywhere, Status::Queued, Some(Why::NeedsKey), "waits for the key"),
    (Before::Anywhere, Status::Queued, Some(Why::KeyRefused), "the key was refused; asked again"),
    (Before::Anywhere, Status::Queued, Some(Why::Retrying), "no answer; asked again"),
    (Before::Anywhere, Status::Queued, Some(Why::Found), "found in the service's log: it was accepted"),
    (Before::In(Status::Sending), Status::Queued, None, "accepted; in the service's line"),
    (Before::Anywhere, Status::Queued, None, "in the service's line"),
    (Before::Anywhere, Status::Working, Some(Why::NeedsKey), "waits for the key"),
    (Before::Anywhere, Status::Working, Some(Why::KeyRefused), "the key was refused; asked again"),
    (Before::Anywhere, Status::Working, Some(Why::Retrying), "no answer; asked again"),
    (Before::Anywhere, Status::Working, Some(Why::Strange), "the service says something unknown"),
    (Before::Nowhere, Status::Working, Some(Why::Found), "adopted: ordered elsewhere, found in the service's log"),
    (Before::Anywhere, Status::Working, Some(Why::Found), "found in the service's log: it was accepted"),
    (Before::In(Status::Sending), Status::Working, None, "accepted; being made"),
    (Before::In(Status::Ready), Status::Working, None, "the file is not where it was said to be; asked again"),
    (Before::In(Status::Unwatched), Status::Working, None, "asked again"),
    (Before::Anywhere, Status::Working, None, "being made"),
    (Before::Anywhere, Status::Ready, Some(Why::Retrying), "fetching broke off; tried again"),
    (Before::Anywhere, Status::Ready, Some(Why::DiskFull), "fetched in vain: the disk is full"),
    (Before::Anywhere, Status::Ready, Some(Why::Folder), "fetched in vain: the folder cannot be written"),
    (Before::In(Status::Sending), Status::Ready, None, "accepted and made at once; being fetched"),
    (Before::In(Status::Unwatched), Status::Ready, None, "asked again; being fetched"),
    (Before::Anywhere, Status::Ready, None, "made; being fetched"),
    (Before::Anywhere, Status::Saved, Some(Why::Spoiled), "salvaged: what plays of it is saved"),
    (Before::Anywhere, Status::Saved, None, "saved"),
    (
        Before::In(Status::Unknown),
        Status::Failed,
        Some(Why::AudioLost),
        "found in the service's log: charged, audio lost",
    ),
    (
        Before::In(Status::Unknown),
        Status::Failed,
        Some(Why::Spoiled),
        "found in the service's log: charged, and the song came damaged",
    ),
    (Before::In(Status::Unknown), Status::Failed, Some(Why::Broke), "found in the service's log: failed, not charged"),
    (Before::Anywhere, Status::Failed, Some(Why::Refused), "refused, not charged"),
    (Before::Anywhere, Status::Failed, Some(Why::AudioLost), "charged, audio lost"),
    (Before::Anywhere, Status::Failed, Some(Why::Spoiled), "charged, and the song came damaged"),
    (Before::Anywhere, Status::Failed, None, "failed, not charged"),
    (Before::Anywhere, Status::Unwatched, None, "no result for too long; asking stopped"),
];

impl Step {
    /// What happened, in words.
    #[must_use]
    pub fn words(&self) -> &'static str {
        let Some(status) = self.status else { return "taken back" };
        if status == Status::Ready && self.file.is_some() && self.why.is_none() {
            return "fetched whole and tagged; it gets its name";
        }
        let was = |before: Before| match before {
            Before::Anywhere => true,
            Before::Nowhere => self.was.is_none(),
            Before::In(status) => self.was == Some(status),
        };
        let mut rows = WORDS.iter();
        let row = rows
            .find(|(before, after, why, _)| *after == status && was(*before) && (why.is_none() || *why == self.why));
        row.map_or_else(|| status.name(), |(.., words)| *words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(was: Option<Status>, status: Option<Status>, why: Option<Why>) -> Step {
        Step {
            id: 1,
            take: TakeId(1),
            song: String::new(),
            number: 1,
            service: Service::Sandbox,
            model: String::new(),
            at: Timestamp::UNIX_EPOCH,
            was,
            status,
            why,
            message: None,
            request_tag: String::new(),
            remote_id: None,
            file: None,
        }
    }

    #[test]
    fn every_status_has_words_whatever_was_before_and_whyever() {
        let befores = Status::ALL.into_iter().map(Some).chain([None]);
        for (was, status) in befores.flat_map(|was| Status::ALL.into_iter().map(move |status| (was, status))) {
            for why in Why::ALL.into_iter().map(Some).chain([None]) {
                let words = step(was, Some(status), why).words();
                let is_word = words != status.name() || ["ordered", "saved"].contains(&words);
                assert!(is_word, "{was:?} {status:?} {why:?}");
            }
        }
    }

    #[test]
    fn a_step_is_told_by_where_it_came_from_and_why() {
        let table = [
            (None, Some(Status::Ordered), None, "ordered"),
            (None, Some(Status::Held), Some(Why::Person), "ordered, and put aside"),
            (Some(Status::Held), Some(Status::Ordered), None, "let go"),
            (
                Some(Status::Sending),
                Some(Status::Ordered),
                Some(Why::Busy),
                "not taken: the service is busy; tried again",
            ),
            (Some(Status::Sending), Some(Status::Queued), None, "accepted; in the service's line"),
            (Some(Status::Ready), Some(Status::Working), None, "the file is not where it was said to be; asked again"),
            (Some(Status::Held), None, None, "taken back"),
        ];
        for (was, status, why, words) in table {
            assert_eq!(step(was, status, why).words(), words);
        }
        let named = Step { file: Some("/m/x.mp3".to_owned()), ..step(Some(Status::Ready), Some(Status::Ready), None) };
        assert_eq!(named.words(), "fetched whole and tagged; it gets its name");
    }
}
