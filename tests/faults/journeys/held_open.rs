//! A take whose answer is the song: the connection stays open until it has come, and nobody can ask for it again.

use refrain::domain::draft::Draft;
use refrain::failpoint::Point;

use super::queued::{LYRICS, STYLE, draft};

/// A second of a song with a voice that the service knows.
pub const WITH_A_VOICE: [&str; 10] = [
    "generate",
    "--no-wait",
    "--model",
    "music-01",
    "--prompt",
    STYLE,
    "--lyrics",
    LYRICS,
    "--set",
    "voice-id=vocal-1",
];

/// What is written for it.
pub fn with_a_voice() -> Draft {
    draft("music-01", LYRICS, &[("voice-id", "vocal-1")])
}

/// It comes slowly.
pub const SLOWLY: &str = "[[rule]]\nendpoint = \"generate\"\nfirst = 1\nbytes_per_second = 30000\n";

/// Where some of it is kept.
pub const PIECES: [Point; 1] = [Point::AnswerPiece];

/// Every step of it. Its request is one block: its last is its first.
pub const POINTS: [Point; 29] = [
    Point::OrderRow,
    Point::OrderWritten,
    Point::TakeChecked,
    Point::AnswerOpened,
    Point::TakeClaim,
    Point::TakeClaimed,
    Point::Connected,
    Point::TakeRequestBegun,
    Point::TakeAnswerBegun,
    Point::AnswerPiece,
    Point::TakeAnswerWhole,
    Point::AnswerKept,
    Point::AnswerFlushed,
    Point::AnswerRead,
    Point::TakeRemoteId,
    Point::TakeRemoteIdStored,
    Point::TakeReady,
    Point::TakePart,
    Point::AnswerDecoded,
    Point::TakeTagged,
    Point::TakeFlushed,
    Point::TakePlanned,
    Point::TakeRenamed,
    Point::TakeFolderSynced,
    Point::TakeSidecar,
    Point::TakeSidecarRenamed,
    Point::TakeSaved,
    Point::TakeSavedStored,
    Point::AnswerRemoved,
];
