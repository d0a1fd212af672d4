//! Every status with its words.

use super::{Role, Status, When, Why, Wording};

const fn row(status: Status, why: Option<Why>, word: &'static str, role: Role, meaning: &'static str) -> Wording {
    Wording { status, why, when: When::Always, word, role, meaning }
}

/// The row for a take that is late, whatever else is to be said of its status.
const fn late(status: Status) -> Wording {
    let meaning = "it takes longer than such takes usually do; it is asked about all the same";
    Wording { when: When::Late, ..row(status, None, "late {elapsed}, usually {usual}", Role::Attention, meaning) }
}

/// The row for a take of which only the service's log can tell what became of it, while somebody looks.
const fn sought(why: Why, word: &'static str, meaning: &'static str) -> Wording {
    Wording { when: When::Sought, ..row(Status::Unknown, Some(why), word, Role::Attention, meaning) }
}

/// Every status with its words. The first row that fits counts.
pub const WORDINGS: &[Wording] = &[
    row(
        Status::Ordered,
        Some(Why::NoNetwork),
        "held, no network",
        Role::Attention,
        "the service cannot be reached; nothing was sent, it is tried again for 15 minutes",
    ),
    row(
        Status::Ordered,
        Some(Why::Busy),
        "held, service busy, again {until}",
        Role::Waiting,
        "the service asked to wait; nothing was charged, it goes by itself",
    ),
    row(
        Status::Ordered,
        Some(Why::NeedsKey),
        "held, needs the key",
        Role::Attention,
        "no key for the service is at hand: `refrain login`",
    ),
    row(Status::Ordered, None, "in line", Role::Waiting, "written down, not sent yet; d takes it back for free"),
    row(
        Status::Held,
        Some(Why::NoCredits),
        "held, no credits",
        Role::Attention,
        "the account has no credits left; add some, then h lets it go",
    ),
    row(
        Status::Held,
        Some(Why::TooOld),
        "held, too old",
        Role::Attention,
        "it waited over ten minutes, so nothing was bought; h lets it go",
    ),
    row(
        Status::Held,
        Some(Why::NoNetwork),
        "held, no network",
        Role::Attention,
        "the service could not be reached for 15 minutes; nothing was sent, h lets it go",
    ),
    row(
        Status::Held,
        Some(Why::Busy),
        "held, service busy",
        Role::Attention,
        "the service refused it five times as too busy; nothing was charged, h lets it go",
    ),
    row(
        Status::Held,
        Some(Why::KeyRefused),
        "held, key refused",
        Role::Attention,
        "the service does not take the key; `refrain login`, then h lets it go",
    ),
    row(
        Status::Held,
        Some(Why::Forbidden),
        "held, not allowed: {message}",
        Role::Attention,
        "the service does not let this key order it; nothing was charged, h lets it go when that is mended",
    ),
    row(
        Status::Held,
        Some(Why::DiskFull),
        "held, disk full",
        Role::Attention,
        "there is no room for the song, so nothing was bought; make room, then h lets it go",
    ),
    row(
        Status::Held,
        Some(Why::Folder),
        "held, no folder",
        Role::Attention,
        "its folder cannot be written, so nothing was bought; mend that, then h lets it go",
    ),
    row(
        Status::Held,
        Some(Why::Recording),
        "held, no recording",
        Role::Attention,
        "the recording that goes along is gone or was changed, so nothing was bought; add it again, then h lets it go",
    ),
    row(Status::Held, None, "held", Role::Attention, "put aside by you; h lets it go, d takes it back"),
    row(
        Status::Sending,
        Some(Why::DiskFull),
        "coming, disk full",
        Role::Attention,
        "the song is coming and there is no room for it; make room within ten minutes, it goes on by itself",
    ),
    Wording {
        when: When::Coming,
        ..row(
            Status::Sending,
            Some(Why::Open),
            "fetching {received} of {expected}",
            Role::Running,
            "it is made and coming over the open connection",
        )
    },
    Wording {
        when: When::Late,
        ..row(
            Status::Sending,
            Some(Why::Open),
            "late {elapsed}, usually {usual}",
            Role::Attention,
            "it takes longer than such takes usually do; the connection stays open all the same",
        )
    },
    row(
        Status::Sending,
        Some(Why::Open),
        "working {elapsed} of {usual}",
        Role::Running,
        "being made; the connection stays open until the song has come",
    ),
    row(
        Status::Sending,
        None,
        "sending",
        Role::Running,
        "the request is on its way; from here on it cannot be stopped",
    ),
    sought(
        Why::Spoiled,
        "part came, looking until {sought}",
        "the connection broke while the song came; what came is kept, and the account's log is asked what was charged",
    ),
    row(
        Status::Unknown,
        Some(Why::Spoiled),
        "part came, perhaps charged",
        Role::Attention,
        "the connection broke while the song came; what came is kept, `refrain salvage` makes it playable",
    ),
    row(
        Status::Unknown,
        Some(Why::NeedsKey),
        "unsure, looking needs the key",
        Role::Attention,
        "its answer was lost, and the account's log is read with the key only: `refrain login`",
    ),
    row(
        Status::Unknown,
        Some(Why::KeyRefused),
        "unsure, looking needs the key",
        Role::Attention,
        "its answer was lost, and the account's log is kept from this key: `refrain login`",
    ),
    sought(
        Why::NoTrace,
        "no trace so far, looking until {sought}",
        "the account's log does not have it yet; rows come late, so nobody can say that it was not charged",
    ),
    row(
        Status::Unknown,
        Some(Why::NoTrace),
        "no trace so far, perhaps charged",
        Role::Bad,
        "looked for again at each start for a day; r looks now, o orders it again and may pay twice",
    ),
    Wording {
        when: When::Sought,
        ..row(
            Status::Unknown,
            None,
            "unsure, perhaps charged, looking until {sought}",
            Role::Attention,
            "the answer was lost after the request had left; it is looked for, and not sent again by itself",
        )
    },
    row(
        Status::Unknown,
        None,
        "unsure, perhaps charged",
        Role::Bad,
        "the answer was lost after the request had left; it is not sent again by itself",
    ),
    row(
        Status::Queued,
        Some(Why::NeedsKey),
        "waits for the key",
        Role::Attention,
        "the service has it, but asking needs the key: `refrain login`",
    ),
    row(
        Status::Queued,
        Some(Why::KeyRefused),
        "key refused, {elapsed}",
        Role::Attention,
        "the service has it, but does not take the key now; it is asked again",
    ),
    row(
        Status::Queued,
        Some(Why::Retrying),
        "queued {elapsed}, no answer",
        Role::Attention,
        "the service has it; the last question went unanswered and is asked again",
    ),
    row(
        Status::Queued,
        Some(Why::Found),
        "accepted, being fetched",
        Role::Running,
        "its answer was lost, and the account's log has it; nothing is paid a second time",
    ),
    late(Status::Queued),
    row(Status::Queued, None, "queued {elapsed} of {usual}", Role::Running, "the service has it in its own line"),
    row(
        Status::Working,
        Some(Why::NeedsKey),
        "waits for the key",
        Role::Attention,
        "the service makes it, but asking needs the key: `refrain login`",
    ),
    row(
        Status::Working,
        Some(Why::KeyRefused),
        "key refused, {elapsed}",
        Role::Attention,
        "the service makes it, but does not take the key now; it is asked again",
    ),
    row(
        Status::Working,
        Some(Why::Retrying),
        "working {elapsed}, no answer",
        Role::Attention,
        "the service makes it; the last question went unanswered and is asked again",
    ),
    row(
        Status::Working,
        Some(Why::Strange),
        "working {elapsed}, {message}",
        Role::Running,
        "the service says something refrain does not know; it is asked again",
    ),
    Wording {
        when: When::Adopted,
        ..row(
            Status::Working,
            Some(Why::Found),
            "adopted, being fetched",
            Role::Running,
            "it was ordered elsewhere, and the account's log has it; nothing is paid a second time",
        )
    },
    row(
        Status::Working,
        Some(Why::Found),
        "accepted, being fetched",
        Role::Running,
        "its answer was lost, and the account's log has it; nothing is paid a second time",
    ),
    late(Status::Working),
    row(Status::Working, None, "working {elapsed} of {usual}", Role::Running, "being made"),
    row(
        Status::Ready,
        Some(Why::DiskFull),
        "made, disk full",
        Role::Attention,
        "it is made and safe at the service; make room, it is fetched again",
    ),
    row(
        Status::Ready,
        Some(Why::Folder),
        "made, no folder",
        Role::Attention,
        "it is made and safe at the service; its folder cannot be written",
    ),
    row(
        Status::Ready,
        Some(Why::Retrying),
        "made, fetching again",
        Role::Running,
        "it is made; fetching broke off and is tried again",
    ),
    row(Status::Ready, None, "fetching {received} of {expected}", Role::Running, "it is made and being fetched"),
    Wording {
        when: When::Unheard,
        ..row(Status::Saved, None, "new, {length}", Role::Arrived, "on disk, and not heard yet")
    },
    row(Status::Saved, None, "{length}", Role::Quiet, "on disk, and heard"),
    row(
        Status::Failed,
        Some(Why::Refused),
        "refused, not charged: {message}",
        Role::Bad,
        "the service refused the request; nothing was charged",
    ),
    row(
        Status::Failed,
        Some(Why::AudioLost),
        "charged, audio lost",
        Role::Bad,
        "the service made it, and the audio cannot be had again",
    ),
    row(
        Status::Failed,
        Some(Why::Spoiled),
        "charged, song damaged",
        Role::Attention,
        "the song came damaged; every byte of it is kept, `refrain salvage` makes playable what plays",
    ),
    row(
        Status::Failed,
        None,
        "failed, not charged",
        Role::Bad,
        "the service tried and gave up; failed requests are not charged",
    ),
    row(
        Status::Unwatched,
        None,
        "stopped asking, r asks again",
        Role::Attention,
        "no result after the give-up age; the service may still have it",
    ),
];
