//! A take whose answer says that it was taken: it is asked about until it is made, then fetched.

use refrain::domain::draft::Draft;
use refrain::failpoint::Point;

use crate::support::recordings::{file, melody};
use crate::support::studio::Studio;

/// What every song here is like.
pub const STYLE: &str = "slow fado, one guitar";

/// The words of those that have some.
pub const LYRICS: &str = "[Verse]\nThe ferry leaves at night";

/// A second of music without words.
pub const SHORT: [&str; 8] =
    ["generate", "--no-wait", "--model", "stable-audio", "--prompt", STYLE, "--set", "length=0:01"];

/// A song as raw samples, which are wrapped to be played.
pub const RAW: [&str; 12] = [
    "generate",
    "--no-wait",
    "--model",
    "music-2.0",
    "--prompt",
    STYLE,
    "--lyrics",
    LYRICS,
    "--set",
    "format=pcm",
    "--set",
    "sample-rate=16000",
];

/// The person's recording.
const FILE: &str = "mara.wav";

/// Another version of a recording, which goes along with the order.
pub const COVER: [&str; 8] =
    ["generate", "--no-wait", "--model", "music-cover", "--prompt", STYLE, "--reference", FILE];

/// Puts the recording there.
pub fn place(studio: &Studio) {
    file(studio, FILE, &melody(11));
}

/// What is written for each of them.
pub fn short() -> Draft {
    draft("stable-audio", "", &[("length", "0:01")])
}

pub fn raw() -> Draft {
    draft("minimax/music-2.0", LYRICS, &[("format", "pcm"), ("sample-rate", "16000")])
}

pub fn cover() -> Draft {
    draft("minimax/music-cover", "", &[])
}

/// A draft of that model.
pub fn draft(model: &str, lyrics: &str, settings: &[(&str, &str)]) -> Draft {
    Draft {
        model: model.to_owned(),
        style: STYLE.to_owned(),
        lyrics: lyrics.to_owned(),
        settings: settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ..Draft::default()
    }
}

/// Every step of it. Its request is one block: its last is its first, which [`COVER_POINTS`] tell apart.
pub const POINTS: [Point; 25] = [
    Point::OrderRow,
    Point::OrderWritten,
    Point::TakeChecked,
    Point::TakeClaim,
    Point::TakeClaimed,
    Point::Connected,
    Point::TakeRequestBegun,
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

/// Where a request has many blocks.
pub const COVER_POINTS: [Point; 2] = [Point::TakeRequestBegun, Point::TakeRequestLast];

/// Asked about, a word comes that nobody knows; then the song comes slowly.
pub const SLOWLY: &str = "[[rule]]\nendpoint = \"poll\"\nfirst = 1\nword = \"tuning_up\"\n\
                          [[rule]]\nendpoint = \"file\"\nfirst = 1\nbytes_per_second = 15000\n";

/// Where it is asked about once more, and fetched piece by piece.
pub const SLOW_POINTS: [Point; 4] = [Point::TakeAsked, Point::TakeMark, Point::TakePiece, Point::TakeNoted];

/// An order whose answer is lost behind the charge.
pub const LOST: &str = "[[rule]]\nendpoint = \"submit\"\nfirst = 1\nanswer = \"drop\"\nwhen = \"after\"\n";

/// Where it is looked for.
pub const LOOKS: [Point; 3] = [Point::LookAsked, Point::LookFound, Point::LookStored];
