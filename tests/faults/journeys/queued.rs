//! A take whose answer says that it was taken: it is asked about until it is made, then fetched.

use refrain::failpoint::Point;

/// A second of music without words.
pub const SHORT: [&str; 8] =
    ["generate", "--no-wait", "--model", "stable-audio", "--prompt", "slow fado, one guitar", "--set", "length=0:01"];

/// A song as raw samples, which are wrapped to be played.
pub const RAW: [&str; 12] = [
    "generate",
    "--no-wait",
    "--model",
    "music-2.0",
    "--prompt",
    "slow fado, one guitar",
    "--lyrics",
    "[Verse]\nThe ferry leaves at night",
    "--set",
    "format=pcm",
    "--set",
    "sample-rate=16000",
];

/// Every step of it.
pub const POINTS: [Point; 26] = [
    Point::OrderRow,
    Point::OrderWritten,
    Point::TakeChecked,
    Point::TakeClaim,
    Point::TakeClaimed,
    Point::Connected,
    Point::TakeRequestBegun,
    Point::TakeRequestLast,
    Point::TakeAnswerBegun,
    Point::TakeAnswerWhole,
    Point::TakeRemoteId,
    Point::TakeRemoteIdStored,
    Point::TakeAsked,
    Point::TakeReady,
    Point::TakePart,
    Point::TakePiece,
    Point::TakeFetched,
    Point::TakeTagged,
    Point::TakeFlushed,
    Point::TakePlanned,
    Point::TakeRenamed,
    Point::TakeFolderSynced,
    Point::TakeSidecar,
    Point::TakeSidecarRenamed,
    Point::TakeSaved,
    Point::TakeSavedStored,
];

/// Where raw samples go another way, and the steps around it.
pub const RAW_POINTS: [Point; 8] = [
    Point::TakeFetched,
    Point::TakeTagged,
    Point::TakeFlushed,
    Point::TakePlanned,
    Point::TakeRawRenamed,
    Point::TakeRenamed,
    Point::TakeFolderSynced,
    Point::TakeSidecar,
];

/// An order whose answer is lost behind the charge.
pub const LOST: &str = "[[rule]]\nendpoint = \"submit\"\nfirst = 1\nanswer = \"drop\"\nwhen = \"after\"\n";

/// Where it is looked for.
pub const LOOKS: [Point; 3] = [Point::LookAsked, Point::LookFound, Point::LookStored];
