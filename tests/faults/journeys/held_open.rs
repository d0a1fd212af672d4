//! A take whose answer is the song: the connection stays open until it has come, and nobody can ask for it again.

use refrain::failpoint::Point;

/// A second of a song with a voice that the service knows.
pub const WITH_A_VOICE: [&str; 10] = [
    "generate",
    "--no-wait",
    "--model",
    "music-01",
    "--prompt",
    "slow fado, one guitar",
    "--lyrics",
    "[Verse]\nThe ferry leaves at night",
    "--set",
    "voice-id=vocal-1",
];

/// Every step of it.
pub const POINTS: [Point; 30] = [
    Point::OrderRow,
    Point::OrderWritten,
    Point::TakeChecked,
    Point::AnswerOpened,
    Point::TakeClaim,
    Point::TakeClaimed,
    Point::Connected,
    Point::TakeRequestBegun,
    Point::TakeRequestLast,
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
