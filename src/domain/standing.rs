//! The words for how a reference stands: one table for the faces and the help.

use super::reference::{Reference, UploadState};
use super::wording::{Role, megabytes};

/// What a row of the table is for. The first that holds counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// Its file is being read, before anything is sent.
    Checking,
    Sending,
    /// All of it has left, and its ids have not come.
    Sent,
    /// It waits, and it is known for what.
    WaitingFor,
    Waiting,
    Failed,
    Refused,
    /// Its ids belong to another key than the one at hand.
    OfAnotherKey,
    /// It can be used.
    Ready,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub case: Case,
    /// The word, with `{sent}` `{bytes}` `{message}` filled in; empty where there is nothing to say.
    pub word: &'static str,
    pub role: Role,
    /// For the help: what it means and what can be done.
    pub meaning: &'static str,
}

const fn row(case: Case, word: &'static str, role: Role, meaning: &'static str) -> Standing {
    Standing { case, word, role, meaning }
}

/// Every case with its words.
pub const STANDINGS: &[Standing] = &[
    row(Case::Checking, "checking", Role::Running, "its file is read to the end before a byte is sent; d stops that"),
    row(Case::Sending, "sending {sent} of {bytes}", Role::Running, "being uploaded; d stops it"),
    row(
        Case::Sent,
        "sent, waiting for the answer",
        Role::Running,
        "all of it was handed to the network; the service looks at it, or the line still carries it; d stops it",
    ),
    row(
        Case::WaitingFor,
        "waiting, {message}",
        Role::Attention,
        "it is uploaded as soon as that is over; r tries it now, d stops it",
    ),
    row(Case::Waiting, "waiting", Role::Waiting, "uploaded next; d stops it"),
    row(Case::Failed, "failed: {message}", Role::Bad, "it was not taken; r uploads it again, d puts it aside"),
    row(
        Case::Refused,
        "not taken any more",
        Role::Attention,
        "the service no longer knows its ids; r uploads it again, its file has to be there still",
    ),
    row(
        Case::OfAnotherKey,
        "of another key",
        Role::Attention,
        "it was uploaded with another key, and the service may not know it with this one; r uploads it again",
    ),
    row(Case::Ready, "", Role::Quiet, "it can be used"),
];

/// The row of the table for a reference: whether its file is being read, and the key at hand.
#[must_use]
pub fn standing_of(reference: &Reference, checking: bool, key_print: Option<&str>) -> &'static Standing {
    let case = match &reference.upload {
        _ if checking => Case::Checking,
        Some(upload) => match (upload.state, &upload.message) {
            (UploadState::Sending, _) if upload.bytes > 0 && upload.sent >= upload.bytes => Case::Sent,
            (UploadState::Sending, _) => Case::Sending,
            (UploadState::Waiting, Some(_)) => Case::WaitingFor,
            (UploadState::Waiting, None) => Case::Waiting,
            (UploadState::Failed, _) => Case::Failed,
        },
        None if reference.refused.is_some() => Case::Refused,
        None if is_of_another(reference.key_print.as_deref(), key_print) => Case::OfAnotherKey,
        None => Case::Ready,
    };
    STANDINGS.iter().find(|standing| standing.case == case).unwrap_or(&STANDINGS[STANDINGS.len() - 1])
}

fn is_of_another(own: Option<&str>, at_hand: Option<&str>) -> bool {
    own.zip(at_hand).is_some_and(|(own, at_hand)| own != at_hand)
}

impl Standing {
    /// The word for a reference.
    #[must_use]
    pub fn words(&self, reference: &Reference) -> String {
        if !self.word.contains('{') {
            return self.word.to_owned();
        }
        let upload = reference.upload.as_ref();
        let message = upload.and_then(|upload| upload.message.as_deref()).unwrap_or("no reason given");
        // More is said behind it.
        let message = message.trim_end_matches('.');
        let (sent, bytes) = upload.map_or((0, 0), |upload| (upload.sent, upload.bytes));
        let word = if bytes == 0 { self.word.replace("{sent} of {bytes}", "") } else { self.word.to_owned() };
        word.trim_end()
            .replace("{sent}", &megabytes(sent))
            .replace("{bytes}", &format!("{} MB", megabytes(bytes)))
            .replace("{message}", message)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::reference::{Purpose, ReferenceId, Upload};

    fn reference() -> Reference {
        Reference::new(ReferenceId(1), "Mara", Purpose::Voice, Timestamp::UNIX_EPOCH)
    }

    fn uploading(state: UploadState, message: Option<&str>) -> Reference {
        let upload = Upload {
            state,
            sent: 1_240_000,
            bytes: 3_000_000,
            message: message.map(str::to_owned),
            tries: 0,
            due: None,
            force: false,
        };
        Reference { upload: Some(upload), ..reference() }
    }

    #[test]
    fn every_case_has_its_words() {
        let said =
            |reference: &Reference, checking: bool| standing_of(reference, checking, Some("this key")).words(reference);
        let ready = Reference { key_print: Some("this key".to_owned()), ..reference() };
        let other = Reference { key_print: Some("that key".to_owned()), ..reference() };
        let table = [
            (uploading(UploadState::Sending, None), false, "sending 1.2 of 3.0 MB"),
            (uploading(UploadState::Waiting, None), false, "waiting"),
            (uploading(UploadState::Waiting, Some("needs the key")), false, "waiting, needs the key"),
            (uploading(UploadState::Failed, Some("too short")), false, "failed: too short"),
            (uploading(UploadState::Failed, Some("It is silent.")), false, "failed: It is silent"),
            (uploading(UploadState::Failed, None), true, "checking"),
            (Reference { refused: Some("gone".to_owned()), ..ready.clone() }, false, "not taken any more"),
            (other, false, "of another key"),
            (ready, false, ""),
            (reference(), false, ""),
        ];
        for (reference, checking, words) in table {
            assert_eq!(said(&reference, checking), words);
        }
    }

    #[test]
    fn what_has_left_whole_waits_for_its_answer() {
        let mut whole = uploading(UploadState::Sending, None);
        whole.upload.as_mut().unwrap().sent = 3_000_000;
        assert_eq!(standing_of(&whole, false, None).words(&whole), "sent, waiting for the answer");
        whole.upload.as_mut().unwrap().state = UploadState::Waiting;
        assert_eq!(standing_of(&whole, false, None).words(&whole), "waiting");
    }

    #[test]
    fn a_length_that_is_not_known_yet_is_left_out() {
        let mut fetching = uploading(UploadState::Sending, None);
        fetching.upload.as_mut().unwrap().bytes = 0;
        assert_eq!(standing_of(&fetching, false, None).words(&fetching), "sending");
    }
}
