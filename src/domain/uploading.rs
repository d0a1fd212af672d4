//! Uploads in words: what a recording is, where its upload is, and what is told when one ends.

use std::ffi::OsStr;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::length::to_clock;
use super::recording::Frozen;
use super::reference::{Purpose, Reference, ReferenceId, UploadState};
use super::standing::standing_of;
use super::wording::hour;

/// Why an upload waits that no key is there for.
pub const NEEDS_KEY: &str = "needs the key: `refrain login`";

/// Whether its upload waits for a key.
#[must_use]
pub fn needs_key(reference: &Reference) -> bool {
    reference.upload.as_ref().is_some_and(|upload| upload.message.as_deref() == Some(NEEDS_KEY))
}

/// How what breaks a rule of hearsay is uploaded all the same: the end of what is said of its failure.
#[must_use]
pub fn insist(id: ReferenceId) -> String {
    format!("; r, or `refrain reference again {} --force`, takes it all the same", id.0)
}

/// Whether its upload failed by a rule that is hearsay, and said so: then a person may insist.
#[must_use]
pub fn may_insist(reference: &Reference) -> bool {
    let failed = reference.upload.as_ref().filter(|upload| upload.state == UploadState::Failed);
    let message = failed.and_then(|upload| upload.message.as_deref());
    message.is_some_and(|message| message.ends_with(&insist(reference.id)))
}

/// What a reference is, in plain words: `a singer with music`.
#[must_use]
pub fn plainly(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Url => "a recording by address",
        Purpose::File => "a recording that goes along with orders",
        Purpose::Voice => "a singer alone, singing",
        Purpose::Instrumental => "music only",
        Purpose::Song => "a singer with music",
    }
}

/// How long it is: `0:42`.
#[must_use]
pub fn length(reference: &Reference) -> Option<String> {
    reference.duration_ms.map(|ms| to_clock((ms + 500) / 1000))
}

/// Where its upload is and when it is tried again, or that the service no longer takes it; nothing where there
/// is nothing to say. The screen says the same, and its keys.
#[must_use]
pub fn state(reference: &Reference, zone: &TimeZone) -> Option<String> {
    let Some(upload) = &reference.upload else {
        return reference.refused.as_ref().map(|sentence| format!("not taken any more: {sentence}"));
    };
    let words = standing_of(reference, false, None).words(reference);
    let waits = upload.state == UploadState::Waiting && upload.tries > 0;
    let again = upload.due.filter(|_| waits).map(|due| format!(", again {}", hour(due, zone)));
    Some(words + &again.unwrap_or_default())
}

/// What is to be told of a reference that had an upload under way a moment ago; nothing while it goes on.
#[must_use]
pub fn news(before: &Reference, now: &Reference) -> Option<String> {
    if !is_live(before) {
        return None;
    }
    let name = &now.name;
    match &now.upload {
        None if now.values().all(|value| before.is_meant_by(&value)) => None,
        None => {
            let long = length(now).map(|long| format!(", {long} long")).unwrap_or_default();
            Some(format!("{name} is uploaded, {}{long}", plainly(now.purpose)))
        }
        Some(upload) if upload.state == UploadState::Failed => {
            Some(format!("the upload of {name} failed: {}", upload.message.as_deref().unwrap_or("no reason given")))
        }
        Some(_) => None,
    }
}

/// Whether a recording is not the one that the reference was uploaded from.
#[must_use]
pub fn is_another(frozen: &Frozen, reference: &Reference) -> bool {
    reference.content.as_ref().is_some_and(|content| *content != frozen.content)
}

/// Whether what was frozen of it is not the file as it was, but WAV that was made of it. While the copy is kept
/// its name tells; later the part does, or the kind of the file: a service takes MP3 and WAV alone.
#[must_use]
pub fn is_converted(reference: &Reference) -> bool {
    if let (Some(recording), Some(content)) = (&reference.recording, &reference.content) {
        return recording.split('.').next() != Some(content);
    }
    let goes_as_it_is = |kind: &OsStr| ["mp3", "wav"].iter().any(|taken| kind.eq_ignore_ascii_case(taken));
    let kind = reference.file.as_deref().and_then(Path::extension);
    reference.purpose.is_uploaded() && (reference.part.is_some() || kind.is_some_and(|kind| !goes_as_it_is(kind)))
}

/// Whether an upload of it waits or is under way.
#[must_use]
pub fn is_live(reference: &Reference) -> bool {
    reference.upload.as_ref().is_some_and(|upload| upload.state != UploadState::Failed)
}

/// Whether an upload should have gone on by now: it waits, its time has come, and nobody begins it.
#[must_use]
pub fn is_due(reference: &Reference, now: Timestamp) -> bool {
    let waiting = reference.upload.as_ref().filter(|upload| upload.state == UploadState::Waiting);
    waiting.is_some_and(|upload| upload.due.is_none_or(|due| due <= now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::recording::Part;
    use crate::domain::reference::Upload;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn mara() -> Reference {
        Reference { duration_ms: Some(41_600), ..Reference::new(ReferenceId(3), "Mara", Purpose::Voice, NOW) }
    }

    fn uploading(state: UploadState, message: Option<&str>, tries: u32) -> Reference {
        let message = message.map(str::to_owned);
        let upload = Upload { state, sent: 1_234_567, bytes: 3_000_000, message, tries, due: Some(NOW), force: false };
        Reference { upload: Some(upload), ..mara() }
    }

    #[test]
    fn each_state_of_an_upload_has_its_words() {
        use UploadState::{Failed, Sending, Waiting};
        let said = |reference: &Reference| state(reference, &TimeZone::UTC).unwrap_or_default();
        assert_eq!(said(&mara()), "");
        assert_eq!(
            said(&Reference { refused: Some("voice not found".to_owned()), ..mara() }),
            "not taken any more: voice not found"
        );
        assert_eq!(said(&uploading(Sending, None, 0)), "sending 1.2 of 3.0 MB");
        assert_eq!(said(&uploading(Failed, Some("not sung"), 0)), "failed: not sung");
        assert_eq!(said(&uploading(Waiting, None, 0)), "waiting");
        assert_eq!(said(&uploading(Waiting, Some("busy"), 2)), "waiting, busy, again 00:00");
    }

    #[test]
    fn only_the_end_of_an_upload_is_news() {
        use UploadState::{Failed, Sending, Waiting};
        let under_way = uploading(Sending, None, 0);
        let there = Reference { voice_id: Some("vocal-1".to_owned()), ..mara() };
        assert_eq!(news(&under_way, &there).unwrap(), "Mara is uploaded, a singer alone, singing, 0:42 long");
        assert_eq!(
            news(&under_way, &uploading(Failed, Some("not sung"), 0)).unwrap(),
            "the upload of Mara failed: not sung"
        );
        assert_eq!(news(&under_way, &uploading(Waiting, Some("busy"), 1)), None);
        assert_eq!(news(&there, &there), None);
        let again = Reference { upload: under_way.upload.clone(), ..there.clone() };
        assert_eq!(news(&again, &there), None, "it was broken off and keeps its ids");
        assert_eq!(length(&mara()).unwrap(), "0:42");
    }

    #[test]
    fn what_was_made_of_a_file_is_told_from_the_file_as_it_is() {
        let of = |recording: Option<&str>, content: &str, file: &str| Reference {
            recording: recording.map(str::to_owned),
            content: Some(content.to_owned()),
            file: Some(file.into()),
            ..mara()
        };
        let part = Some(Part { from_ms: 32_000, to_ms: None });
        let table = [
            (of(Some("aa.wav"), "aa", "/x.wav"), false),
            (of(Some("bb.wav"), "aa", "/24 bits.wav"), true),
            (of(Some("aa.flac"), "aa", "/x.flac"), false),
            (of(None, "aa", "/x.MP3"), false),
            (of(None, "aa", "/x.flac"), true),
            (of(None, "aa", "/x"), false),
            (Reference { part, ..of(None, "aa@32000-", "/x.mp3") }, true),
            (Reference { purpose: Purpose::File, ..of(Some("aa.flac"), "aa", "/x.flac") }, false),
            (mara(), false),
        ];
        for (reference, converted) in table {
            assert_eq!(is_converted(&reference), converted, "{reference:?}");
        }
    }

    #[test]
    fn a_person_may_insist_where_a_failure_has_said_so() {
        use UploadState::{Failed, Waiting};
        let (short, insist) = ("`Mara` lasts 4.0 s", insist(ReferenceId(3)));
        let table = [
            (uploading(Failed, Some(&format!("{short}{insist}")), 0), true),
            (uploading(Failed, Some(short), 0), false),
            (uploading(Failed, None, 0), false),
            (uploading(Waiting, Some(&format!("{short}{insist}")), 1), false),
            (mara(), false),
        ];
        for (reference, may) in table {
            assert_eq!(may_insist(&reference), may, "{reference:?}");
        }
        assert_eq!(insist, "; r, or `refrain reference again 3 --force`, takes it all the same");
    }

    #[test]
    fn an_upload_is_due_when_its_time_has_come() {
        let waiting = uploading(UploadState::Waiting, None, 0);
        assert!(is_due(&waiting, NOW));
        assert!(!is_due(&waiting, NOW - jiff::SignedDuration::from_secs(1)));
        assert!(!is_due(&uploading(UploadState::Sending, None, 0), NOW) && !is_due(&mara(), NOW));
    }
}
