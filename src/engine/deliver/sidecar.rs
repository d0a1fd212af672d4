//! The sidecar: a `.json` beside the sound file with all that is needed to order it again.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use jiff::Timestamp;
use serde_json::json;

use super::place::{new_part, raw_beside, remove_parts, sync_folder};
use super::sound::Sound;
use crate::audio::tags::Tags;
use crate::failpoint::{self, Point};
use crate::store::generations::Job;

/// Writes the sidecar of `file`: whole or not at all.
pub(super) fn write(job: &Job, file: &Path, sound: &Sound, now: Timestamp) -> io::Result<()> {
    let take = &job.take;
    let layout = sound.layout.map(|layout| {
        json!({
            "file": name_of(&raw_beside(file)), "sample_rate": layout.sample_rate, "channels": layout.channels, "bits": layout.bits,
            "note": "came as raw samples without a header; channels and bits are taken on trust",
        })
    });
    let record = json!({
        "refrain": env!("CARGO_PKG_VERSION"),
        "id": take.id,
        "song": job.song_title,
        "take": take.number,
        "service": take.service,
        "model": take.model,
        "remote_id": take.remote_id,
        "request_tag": take.request_tag,
        // Of one that was ordered elsewhere the words are not known.
        "adopted": take.is_adopted(),
        "draft": take.draft,
        "request": take.request,
        // The request has only what stands for them.
        "references": take.made_with,
        "cost": { "credits": take.cost.credits, "usd": take.cost.usd },
        "created": take.created,
        "sent": take.sent,
        "finished": now,
        "file": name_of(file),
        "duration_ms": sound.duration_ms,
        "raw": layout,
    });
    let folder = file.parent().unwrap_or(Path::new("."));
    // The song has its name by now: a temporary file of this take is what a crash left.
    remove_parts(folder, &take.request_tag)?;
    let mut part = new_part(folder, &take.request_tag)?;
    serde_json::to_writer_pretty(&mut part, &record)?;
    part.write_all(b"\n")?;
    part.as_file().sync_all()?;
    failpoint::pass(Point::TakeSidecar)?;
    {
        use std::os::unix::fs::PermissionsExt;
        part.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    if is_foreign(file, &take.request_tag) {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    part.persist(file.with_extension("json")).map_err(|error| error.error)?;
    failpoint::pass(Point::TakeSidecarRenamed)?;
    sync_folder(folder)
}

/// Whether the sidecar beside `file` is another take's, or nothing of refrain's at all.
pub(super) fn is_foreign(file: &Path, tag: &str) -> bool {
    let text = match fs::read_to_string(file.with_extension("json")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return false,
        text => text.unwrap_or_default(),
    };
    let record: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    record.get("request_tag").and_then(serde_json::Value::as_str) != Some(tag)
}

fn name_of(file: &Path) -> Option<std::borrow::Cow<'_, str>> {
    file.file_name().map(std::ffi::OsStr::to_string_lossy)
}

/// What a player shows of the file.
pub(super) fn tags(job: &Job, label: &str) -> Tags {
    let take = &job.take;
    Tags {
        title: format!("{} - take {:03}", job.song_title, take.number),
        album: job.song_title.clone(),
        track: take.number,
        artist: label.to_owned(),
        lyrics: take.draft.lyrics.clone(),
        comment: take.draft.style.clone(),
    }
}
