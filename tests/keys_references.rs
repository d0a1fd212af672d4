//! The references: adding recordings, using them, and what becomes of them, by keys.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

#[path = "references/adding.rs"]
mod adding;
mod desk;
#[path = "references/doubts.rs"]
mod doubts;
#[path = "references/files.rs"]
mod files;
#[path = "references/library.rs"]
mod library;
#[path = "references/made_with.rs"]
mod made_with;
#[path = "references/screens.rs"]
mod screens;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use desk::{Desk, everything, opening, start};
use refrain::domain::recording::Frozen;
use refrain::domain::reference::{Purpose, Reference, ReferenceId};
use refrain::domain::service::Service;
use refrain::engine::feed::Changes;
use refrain::tui::effect::Effect;
use refrain::tui::folder::{Entry, EntryKind, Folder, Unlisted};
use refrain::tui::message::Message;

pub const INBOX: &str = "/music/inbox";

/// A desk whose library holds these, with the references in focus.
pub fn with(references: Vec<Reference>) -> Desk {
    let mut desk = Desk::new(opening(), Changes { references, ..everything() });
    desk.press("Tab Tab");
    desk.effects();
    desk
}

/// An uploaded voice, `Mara`.
pub fn voice(id: i64, name: &str) -> Reference {
    Reference {
        service: Some(Service::vendor()),
        voice_id: Some(format!("vocal-{id}")),
        duration_ms: Some(42_000),
        file: Some(PathBuf::from(format!("/home/mara/{name}.wav"))),
        ..Reference::new(ReferenceId(id), name, Purpose::Voice, start())
    }
}

/// An uploaded song, which has both ids.
pub fn song(id: i64, name: &str) -> Reference {
    let instrumental_id = Some(format!("instrumental-{id}"));
    Reference { purpose: Purpose::Song, instrumental_id, ..voice(id, name) }
}

pub fn frozen() -> Frozen {
    Frozen {
        name: "ab12.wav".to_owned(),
        content: "ab12".to_owned(),
        bytes: 3_000_000,
        duration_ms: 42_000,
        converted: None,
    }
}

/// What a folder holds: names that end in `/` are folders.
pub fn folder(path: &str, names: &[&str]) -> Folder {
    let entry = |name: &&str| {
        let bare = name.trim_end_matches('/');
        let kind = match () {
            () if bare.len() < name.len() => EntryKind::Folder,
            () if Path::new(bare).extension().is_some_and(|end| end == "wav" || end == "mp3") => EntryKind::Sound,
            () => EntryKind::Other,
        };
        let path = Path::new(path).join(bare);
        Entry { kind, name: bare.to_owned(), key: bare.to_lowercase(), path, bytes: 3_100_000 }
    };
    Folder { path: PathBuf::from(path), entries: names.iter().map(entry).collect(), oddities: BTreeMap::new() }
}

/// Answers that a folder was read.
pub fn looked(desk: &mut Desk, path: &str, names: &[&str]) {
    let listed = Ok(folder(path, names));
    desk.tell(Message::Looked { folder: PathBuf::from(path), listed });
}

/// Answers that a folder is not there.
pub fn absent(desk: &mut Desk, path: &str) {
    desk.tell(Message::Looked { folder: PathBuf::from(path), listed: Err(Unlisted::Absent) });
}

/// The folders that were asked for since the last look.
pub fn folders_asked(desk: &mut Desk) -> Vec<String> {
    let asked = |effect| match effect {
        Effect::LookInto { folder, .. } => Some(folder.display().to_string()),
        _ => None,
    };
    desk.effects().into_iter().filter_map(asked).collect()
}
