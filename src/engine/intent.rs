//! What a person wants done, as data: the one way in which a face changes anything.
//!
//! An intent is carried out by `engine::orders` in one transaction; what became of it is a [`Reply`].

use std::path::PathBuf;

use jiff::Timestamp;

use crate::domain::budget::{Dear, Over};
use crate::domain::draft::{Draft, Problem};
use crate::domain::generation::TakeId;
use crate::domain::once::OnceName;
use crate::domain::recording::{Frozen, Part};
use crate::domain::reference::{Purpose, ReferenceId};
use crate::domain::service::Service;
use crate::domain::song::{DraftRow, Revision, SongId};
pub use crate::store::ordering::Agreed;
pub use crate::store::uploads::Source;

/// Something a person wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Start a song; an empty title becomes `Untitled`, a taken one gets a number.
    NewSong { title: String },
    /// Give a song another title. Its files keep their folder.
    RenameSong { song: SongId, title: String },
    /// Remember the song as the one to open next time.
    OpenSong { song: SongId },
    /// Keep what was typed, if nobody wrote since `based_on`; else keep it as a version.
    SaveDraft { song: SongId, based_on: Revision, draft: Draft },
    /// Keep the draft as it is now as a version.
    KeepVersion { song: SongId },
    /// Order takes.
    Order(Order),
    /// Order takes, unless something was ordered from that service under this name.
    OrderOnce { order: Order, name: OnceName },
    /// Have the service asked for its balance, prices and usual times now.
    WantFacts { service: Service },
    /// Take back an order that has not been sent.
    Withdraw { take: TakeId },
    /// Put an unsent order aside.
    Hold { take: TakeId },
    /// Let a held order go.
    Release { take: TakeId },
    /// Let these held orders go, all or none of them.
    ReleaseAll { takes: Vec<TakeId> },
    /// Ask the service about it now, also when asking had stopped.
    AskNow { take: TakeId },
    /// Look through the service's log now for a take whose answer was lost.
    LookUp { take: TakeId },
    /// The same for every such take of a service.
    LookUpAll { service: Service },
    /// Look through the service's log for what the account ordered elsewhere since a moment.
    SeekStrays { service: Service, since: Timestamp },
    /// Make takes of what was found there, by the ids that the service gave it.
    Adopt { service: Service, ids: Vec<String> },
    /// Move a held or ordered take among the unsent ones: -1 earlier, 1 later.
    Move { take: TakeId, by: i32 },
    /// Move a held or ordered take before all other unsent ones.
    MoveFirst { take: TakeId },
    /// Put a finished take out of the queue, or back; its file stays.
    Hide { take: TakeId, hidden: bool },
    /// 1 to 5, or 0 for none.
    Rate { take: TakeId, rating: u8 },
    /// Make it the one chosen take of its song, or no longer.
    Pick { take: TakeId, pick: bool },
    /// Write a note on it.
    NoteTake { take: TakeId, note: String },
    /// It was listened to; or it was not, as the player made no sound.
    Heard { take: TakeId, heard: bool },
    /// Add an address to the library.
    AddReference { name: String, url: String },
    /// Keep a frozen recording that is sent along with orders.
    KeepRecording { name: String, file: PathBuf, part: Option<Part>, frozen: Frozen },
    /// Add ids that were made elsewhere.
    AddIds { name: String, service: Service, voice_id: Option<String>, instrumental_id: Option<String> },
    /// Upload a recording to a service.
    Upload(UploadOrder),
    /// Upload it once more: from the file, frozen anew, or from its address; one that waits for its next try is
    /// tried now. With `force` also where it breaks a rule that is hearsay.
    UploadAgain { reference: ReferenceId, frozen: Option<Frozen>, force: bool },
    /// Break off an upload, or put one aside that failed.
    StopUpload { reference: ReferenceId },
    /// Give a reference another name.
    RenameReference { reference: ReferenceId, name: String },
    /// Write a note on a reference.
    NoteReference { reference: ReferenceId, note: String },
    /// Take a reference out of the library. Takes made with it keep it.
    ForgetReference { reference: ReferenceId },
}

/// Whose worker has something to do once an intent is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needs {
    Service(Service),
    /// Those of all services with something to do; what waits for a key is told so.
    Whatever,
}

impl Intent {
    /// Whom a face makes sure to be at work once this is carried out, if anybody.
    #[must_use]
    pub fn needs(&self) -> Option<Needs> {
        match self {
            Self::Order(order) | Self::OrderOnce { order, .. } if !order.held => {
                Some(Needs::Service(order.service.clone()))
            }
            Self::WantFacts { service }
            | Self::LookUpAll { service }
            | Self::SeekStrays { service, .. }
            | Self::Adopt { service, .. } => Some(Needs::Service(service.clone())),
            Self::Release { .. }
            | Self::ReleaseAll { .. }
            | Self::AskNow { .. }
            | Self::LookUp { .. }
            | Self::Upload(_)
            | Self::UploadAgain { .. } => Some(Needs::Whatever),
            _ => None,
        }
    }
}

/// A recording to be uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadOrder {
    pub name: String,
    /// What it is: a song, a voice or an instrumental.
    pub purpose: Purpose,
    pub service: Service,
    pub source: Source,
    pub part: Option<Part>,
    /// A person insists, though it breaks a rule that is hearsay.
    pub force: bool,
    /// Upload it even where the same content is in the library.
    pub anew: bool,
}

/// An order: one draft, one or more models, so many takes of each.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub song: SongId,
    pub service: Service,
    /// The draft as the person saw it when confirming.
    pub draft: Draft,
    /// What to order; never empty.
    pub lines: Vec<OrderLine>,
    /// The take this one varies, if any.
    pub from: Option<TakeId>,
    /// Written as `held` instead of `ordered`.
    pub held: bool,
    /// What the person has agreed to, so that no [`Question`] is raised about it.
    pub agreed: Agreed,
    /// Where the files go instead of the song's folder.
    pub folder: Option<PathBuf>,
}

/// So many takes of one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// Catalogue id.
    pub model: String,
    /// 1 or more.
    pub takes: u32,
}

/// What became of an intent.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// Done; the change arrives through the feed.
    Done,
    /// A song was made, renamed or opened.
    Song { song: SongId },
    /// The draft is on disk as this revision.
    Saved { song: SongId, revision: Revision },
    /// Somebody else wrote first: the text became a version, and this is the draft now.
    Lost { current: Box<DraftRow> },
    /// The takes are rows now, in this order.
    Ordered { takes: Vec<TakeId> },
    /// Nothing was written: these were ordered under the order's name.
    OrderedBefore {
        takes: Vec<TakeId>,
        /// Whether they are so many of the same requests.
        same: bool,
    },
    /// A reference was added, or has an id more.
    Reference { reference: ReferenceId },
    /// Nothing was written: the same content, or the same ids, are in the library as this reference.
    KnownReference { reference: ReferenceId },
    /// Nothing was written: the person has to answer first, then order again having agreed.
    Asks(Question),
    /// These held orders were let go; those were held no more, for which there is a sentence each.
    Released { takes: Vec<TakeId>, late: Vec<(TakeId, String)> },
    /// Nothing was written: it would go past what may be spent today, and no answer gets past that.
    OverBudget(Over),
    /// Nothing was written: the draft breaks rules of these models.
    Problems { model: String, problems: Vec<Problem> },
    /// Nothing was written, because the thing is not in a state that allows it.
    /// One sentence: what, why, what to do next.
    TooLate(String),
}

impl Reply {
    /// Whether what was wanted is written down now.
    #[must_use]
    pub fn is_done(&self) -> bool {
        match self {
            Self::Done | Self::Song { .. } | Self::Saved { .. } | Self::Ordered { .. } | Self::Reference { .. } => true,
            Self::Released { takes, .. } => !takes.is_empty(),
            Self::Lost { .. }
            | Self::OrderedBefore { .. }
            | Self::KnownReference { .. }
            | Self::Asks(_)
            | Self::OverBudget(_)
            | Self::Problems { .. }
            | Self::TooLate(_) => false,
        }
    }
}

/// What an order may ask back.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// The very same request was ordered so many seconds ago.
    SameAgain { seconds: u64 },
    /// The take of that number, which this order is made after, may have been charged: its answer was lost.
    MayPayTwice { number: u32 },
    /// It costs more than is ordered unasked.
    Above(Dear),
}

impl Question {
    /// What there is to know before it is answered.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::SameAgain { seconds } => format!("the same request was ordered {seconds} s ago"),
            Self::MayPayTwice { number } => {
                format!("take {number} may have been charged, its answer was lost: ordering it again may pay twice")
            }
            Self::Above(dear) => dear.sentence(),
        }
    }

    /// What was agreed to before, and to what this asks besides.
    #[must_use]
    pub fn agreed(&self, before: Agreed) -> Agreed {
        match self {
            Self::SameAgain { .. } => Agreed { to_the_same: true, ..before },
            Self::MayPayTwice { .. } => Agreed { to_pay_twice: true, ..before },
            Self::Above(_) => Agreed { to_the_price: true, ..before },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_agrees_to_every_question_is_asked_nothing_more() {
        let questions = [
            Question::SameAgain { seconds: 12 },
            Question::MayPayTwice { number: 7 },
            Question::Above(Dear { usd: 0.24, most: 0.1 }),
        ];
        let agreed = questions.iter().fold(Agreed::default(), |agreed, question| question.agreed(agreed));
        assert_eq!(agreed, Agreed::TO_ALL);
        for question in &questions {
            assert_ne!(question.agreed(Agreed::default()), Agreed::TO_ALL, "one answer is not all: {question:?}");
        }
    }

    #[test]
    fn whoever_has_something_uploaded_makes_sure_that_somebody_is_at_work() {
        let reference = ReferenceId(1);
        let upload = UploadOrder {
            name: "Mara".to_owned(),
            purpose: Purpose::Voice,
            service: Service::vendor(),
            source: Source::Url("https://a.example/1.mp3".to_owned()),
            part: None,
            force: false,
            anew: false,
        };
        // Where the key is missing, the row says so: that is done for all that is live.
        assert_eq!(Intent::Upload(upload).needs(), Some(Needs::Whatever));
        assert_eq!(Intent::UploadAgain { reference, frozen: None, force: false }.needs(), Some(Needs::Whatever));
        assert_eq!(Intent::StopUpload { reference }.needs(), None, "whoever is at work sees it");
        assert!(Reply::Reference { reference }.is_done() && !Reply::KnownReference { reference }.is_done());
    }
}
