//! Points at which a test makes this program fail: each stands behind one step of a take, an upload or a draft, so
//! that a test can walk them all and look what a fault there leaves behind.
//!
//! A step passes its point with [`pass`], which fails as the step itself might have. That is all there is in the
//! program that people use: without the feature `failpoints`, which no release build takes, [`pass`] is nothing, and
//! a point has no name.

#[cfg(all(feature = "failpoints", not(debug_assertions)))]
compile_error!("the feature `failpoints` lets the environment break the program; it is for test builds alone");

#[cfg(feature = "failpoints")]
mod armed;

#[cfg(feature = "failpoints")]
pub use armed::{Deed, FIRED, Fault, VARIABLE, pass};

/// Fails where a test wants it: never, in this build.
///
/// # Errors
/// None, in this build.
#[cfg(not(feature = "failpoints"))]
#[inline]
pub const fn pass(_: Point) -> std::io::Result<()> {
    Ok(())
}

/// Declares every point, so that there is none that a walk over `Point::ALL` forgets.
macro_rules! points {
    ($($(#[doc = $doc:literal])+ $point:ident = $name:literal,)+) => {
        /// A point, named after what has just been done when it is passed.
        #[derive(Clone, Copy, PartialEq, Eq)]
        #[cfg_attr(feature = "failpoints", derive(Debug, Hash, PartialOrd, Ord))]
        pub enum Point {
            $($(#[doc = $doc])+ $point,)+
        }

        #[cfg(feature = "failpoints")]
        impl Point {
            /// Every point, in the order of a take's life.
            pub const ALL: &'static [Self] = &[$(Self::$point),+];

            /// What the environment calls it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$point => $name,)+
                }
            }

            /// The point of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|point| point.name() == name)
            }
        }
    };
}

points! {
    /// The rows of an order are written, and not yet committed.
    OrderRow = "order.row",
    /// The rows of an order are committed.
    OrderWritten = "order.written",
    /// The rows of takes that were ordered elsewhere are written, and not yet committed.
    AdoptRow = "adopt.row",
    /// The rows of takes that were ordered elsewhere are committed.
    AdoptWritten = "adopt.written",
    /// What could fail on this machine has been tried; the order is about to be claimed.
    TakeChecked = "take.checked",
    /// The file for a held-open answer is open, with room for it set aside.
    AnswerOpened = "answer.opened",
    /// The claim is written, and not yet committed.
    TakeClaim = "take.claim",
    /// The claim is committed.
    TakeClaimed = "take.claimed",
    /// A connection for an order or an upload stands; no byte of the request has left.
    Connected = "connected",
    /// The first block of an order's body is about to leave.
    TakeRequestBegun = "take.request.begun",
    /// The last block of an order's body is about to leave: for a body without a recording, the first one too.
    TakeRequestLast = "take.request.last",
    /// Status and headers of the answer to an order have come.
    TakeAnswerBegun = "take.answer.begun",
    /// The answer to an order has come whole.
    TakeAnswerWhole = "take.answer.whole",
    /// A piece of a held-open answer is about to be kept.
    AnswerPiece = "answer.piece",
    /// A held-open answer has been written whole, and is not flushed yet.
    AnswerKept = "answer.kept",
    /// A held-open answer is on the disk.
    AnswerFlushed = "answer.flushed",
    /// A held-open answer is about to be read, to know what it says.
    AnswerRead = "answer.read",
    /// What became of an order is written, and not yet committed: with it the service's id.
    TakeRemoteId = "take.remote-id",
    /// What became of an order is committed.
    TakeRemoteIdStored = "take.remote-id.stored",
    /// The service has told how a take stands; that is not written down yet.
    TakeAsked = "take.asked",
    /// A take is ready, and fetching it begins.
    TakeReady = "take.ready",
    /// The temporary file of a take is made.
    TakePart = "take.part",
    /// A piece of a file that is fetched has been written.
    TakePiece = "take.piece",
    /// A file has been fetched whole.
    TakeFetched = "take.fetched",
    /// The song in a held-open answer is decoded.
    AnswerDecoded = "answer.decoded",
    /// Tags are written.
    TakeTagged = "take.tagged",
    /// The files of a take are on the disk, under temporary names.
    TakeFlushed = "take.flushed",
    /// The name of the file stands in the row, and is not given yet.
    TakePlanned = "take.planned",
    /// The samples as they came have their name; the file that is played has not.
    TakeRawRenamed = "take.raw-renamed",
    /// The file has its name; its folder is not flushed yet.
    TakeRenamed = "take.renamed",
    /// The name of the file survives a power cut.
    TakeFolderSynced = "take.folder-synced",
    /// The sidecar is written, and has no name yet.
    TakeSidecar = "take.sidecar",
    /// The sidecar has its name.
    TakeSidecarRenamed = "take.sidecar.renamed",
    /// That a take is saved is written, and not yet committed.
    TakeSaved = "take.saved",
    /// That a take is saved is committed.
    TakeSavedStored = "take.saved.stored",
    /// The answer whose song is saved is removed.
    AnswerRemoved = "answer.removed",
    /// A person's recording is copied, and has a temporary name.
    RecordingCopied = "recording.copied",
    /// The frozen copy of a recording has its name.
    RecordingNamed = "recording.named",
    /// The row of an upload is written, and not yet committed.
    UploadRow = "upload.row",
    /// That an upload is begun is committed.
    UploadBegun = "upload.begun",
    /// The first piece of an upload is about to leave.
    UploadRequestBegun = "upload.request.begun",
    /// The last piece of an upload has been handed to the connection.
    UploadLeft = "upload.left",
    /// The answer to an upload has come.
    UploadAnswer = "upload.answer",
    /// The ids of an upload are written, and not yet committed.
    UploadIds = "upload.ids",
    /// The ids of an upload are committed.
    UploadIdsStored = "upload.ids.stored",
    /// The account's log has been read for what was lost; nothing of it is written down.
    LookAsked = "look.asked",
    /// What became of an answer that was lost is written, and not yet committed.
    LookFound = "look.found",
    /// What became of an answer that was lost is committed.
    LookStored = "look.stored",
    /// A draft is written, and not yet committed.
    DraftWrite = "draft.write",
    /// A draft is committed; nobody has been told.
    DraftWritten = "draft.written",
    /// A draft is committed, and the bell has rung.
    DraftRung = "draft.rung",
    /// A version is written, and not yet committed.
    VersionWrite = "version.write",
}
