//! The bytes of an upload: a frozen copy, or what is at an address, frozen as it comes.
//!
//! What is sent is never the person's own file, which may change meanwhile, but the copy that was looked at.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

use super::Trace;
use super::outcome::{Step, again};
use super::pulse::Pulse;
use super::sending::key_print;
use crate::api::{FetchError, FetchKind, Recording, RecordingKind, SignedUrl};
use crate::audio::format::{Format, MAGIC_LENGTH, Sniffed};
use crate::domain::address;
use crate::domain::recording::{Frozen, Rules, Unfit};
use crate::domain::reference::Reference;
use crate::domain::uploading::insist;
use crate::engine::recordings::{Recordings, Wanted, temporary};
use crate::engine::site::Site;
use crate::paths;
use crate::store::StoreError;
use crate::store::uploads::UploadJob;

/// Why nothing is sent.
#[derive(Debug)]
pub(super) enum Halt {
    /// This becomes of it.
    Step(Step),
    /// Nobody wants it any more.
    Unwanted,
    /// The same recording is in the library, and the ids with it.
    Known,
    Store(StoreError),
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn failed(sentence: String) -> Halt {
    Halt::Step(Step::Failed(sentence))
}

/// Opens the recording of an upload; one that is at an address is fetched and frozen first.
pub(super) async fn open(site: &Site, job: &UploadJob, trace: &Trace) -> Result<Recording, Halt> {
    let reference = &job.reference;
    let kept = reference.recording.as_ref().filter(|name| is_whole(site, reference, name));
    let (name, asked) = match (kept, &reference.url, &reference.file) {
        (Some(name), ..) => (name.clone(), written(job)),
        // What is frozen just now is this upload's own.
        (None, Some(url), _) => (fetch(site, job, url).await?, SystemTime::now()),
        (None, None, Some(file)) => (freeze_again(site, reference, file).await?, SystemTime::now()),
        (None, None, None) => return Err(gone(site, reference, "no file of it is known; `refrain upload` takes one")),
    };
    trace.recording.replace(Some((name.clone(), asked)));
    // What is at an address is known only now that it has been fetched.
    if reference.url.is_some() && site.store().finish_as_known(reference.id, key_print(site).as_deref())? {
        return Err(Halt::Known);
    }
    recording(&site.recordings().join(&name), reference)
        .map_err(|error| failed(format!("the recording of `{}` cannot be read: {error}", reference.name)))?
        .ok_or_else(|| failed(format!("the recording of `{}` is neither MP3 nor WAV", reference.name)))
}

/// When the row was written that this upload stands in, at the latest: a row knows milliseconds, a file less.
fn written(job: &UploadJob) -> SystemTime {
    SystemTime::from(job.since) + Duration::from_millis(1)
}

/// Whether the frozen copy is there, as long as it was.
fn is_whole(site: &Site, reference: &Reference, name: &str) -> bool {
    let expected = reference.upload.as_ref().map(|upload| upload.bytes);
    let found = fs::metadata(site.recordings().join(name)).map(|meta| meta.len());
    found.is_ok_and(|found| Some(found) == expected)
}

fn recording(path: &Path, reference: &Reference) -> io::Result<Option<Recording>> {
    let mut file = File::open(path)?;
    let mut head = Vec::with_capacity(MAGIC_LENGTH);
    file.by_ref().take(MAGIC_LENGTH as u64).read_to_end(&mut head)?;
    file.rewind()?;
    let kind = match Format::of(&head) {
        Sniffed::Sound(Format::Mp3) => RecordingKind::Mp3,
        Sniffed::Sound(Format::Wav) => RecordingKind::Wav,
        _ => return Ok(None),
    };
    let length = file.metadata()?.len();
    Ok(Some(Recording { purpose: reference.purpose, kind, file, length }))
}

/// Freezes the person's file once more where the copy is gone; only if it is the same file still.
async fn freeze_again(site: &Site, reference: &Reference, file: &Path) -> Result<String, Halt> {
    match freeze(site, reference, file).await? {
        Ok(frozen) if Some(&frozen.content) == reference.content.as_ref() => keep(site, reference, file, frozen).await,
        Ok(_) => {
            let insist = insist(reference.id);
            let why = format!("`{}` is not the recording any more that was to be uploaded{insist}", file.display());
            Err(gone(site, reference, &why))
        }
        Err(unfit) => Err(gone(site, reference, &told(&unfit, file, &file.to_string_lossy(), reference))),
    }
}

/// Ends an upload without a copy. Its row names none from then on, so that another try reads the file again, or
/// fetches it.
fn gone(site: &Site, reference: &Reference, why: &str) -> Halt {
    if let Err(error) = site.store().lose_recording(reference.id) {
        return error.into();
    }
    failed(format!("the copy of `{}` is gone from `{}`, and {why}", reference.name, site.recordings().display()))
}

async fn fetch(site: &Site, job: &UploadJob, url: &str) -> Result<String, Halt> {
    let unwritable = |error: io::Error| {
        let sentence = format!("`{}` cannot be written: {error}", site.recordings().display());
        Halt::Step(again(&sentence, None, job, site.now()))
    };
    let part = part_file(&site.recordings()).map_err(unwritable)?;
    let mut sink = tokio::fs::File::from_std(part.reopen().map_err(unwritable)?);
    let (pulse, address) = (Pulse::default(), SignedUrl::new(url));
    let mut progress = |_| pulse.beat();
    let fetching = site.client.download(&address, &mut sink, &mut progress);
    let fetched = pulse.told(site, job.reference.id, fetching).await.ok_or(Halt::Unwanted)?;
    fetched.map_err(|error| Halt::Step(after_fetch(&error, job, site)))?;
    match freeze(site, &job.reference, part.path()).await? {
        Ok(frozen) => keep(site, &job.reference, part.path(), frozen).await,
        Err(unfit) => Err(failed(told(&unfit, part.path(), &job.reference.name, &job.reference))),
    }
}

/// Why a file is not taken, and how it is all the same where a person may insist. What a file is called here may
/// mean nothing to anybody: it is told under a name that does.
fn told(unfit: &Unfit, file: &Path, name: &str, reference: &Reference) -> String {
    let own = file.file_name().unwrap_or_default().to_string_lossy();
    let insist = if unfit.may_force { insist(reference.id) } else { String::new() };
    unfit.sentence.replace(&format!("`{own}`"), &format!("`{name}`")) + &insist
}

/// A file to fetch into, gone when dropped. By its name it is known for what it is where a worker was killed.
fn part_file(folder: &Path) -> io::Result<NamedTempFile> {
    paths::make_private(folder)?;
    temporary(folder)
}

/// What a recording that did not come makes of its upload: some failures pass.
fn after_fetch(error: &FetchError, job: &UploadJob, site: &Site) -> Step {
    match error.kind {
        FetchKind::Expired => Step::Failed(not_there(error.status, &job.reference)),
        FetchKind::TooLarge { .. } | FetchKind::Forbidden | FetchKind::Redirects => {
            Step::Failed(error.sentence.clone())
        }
        FetchKind::Network
        | FetchKind::Stalled
        | FetchKind::Server
        | FetchKind::Short { .. }
        | FetchKind::Excess { .. }
        | FetchKind::Sink(_) => again(&error.sentence, error.retry_after, job, site.now()),
    }
}

/// That an address holds nothing to upload, and whose it is. No more of it is said than the host: whoever holds
/// the whole of a signed one may fetch the file.
fn not_there(status: Option<u16>, reference: &Reference) -> String {
    let host = reference.url.as_deref().and_then(address::host).unwrap_or_default();
    let any_more = if reference.content.is_some() { " any more" } else { "" };
    match status {
        Some(403) => format!("`{host}` does not let that address be read{any_more} (403)"),
        Some(410) => format!("what was at that address is gone, says `{host}` (410)"),
        status => {
            let status = status.map(|status| format!(" ({status})")).unwrap_or_default();
            format!("there is nothing at that address{any_more}, says `{host}`{status}")
        }
    }
}

/// Writes down which copy is sent, and sees to it that it is there.
///
/// The same recording has one copy, whoever froze it: where another upload of it ended before this one's was
/// written down, the copy has gone with that one as nobody's. From when it is written down it stays.
async fn keep(site: &Site, reference: &Reference, file: &Path, frozen: Frozen) -> Result<String, Halt> {
    if !site.store().fetched_for_upload(reference.id, &frozen)? {
        return Err(Halt::Unwanted);
    }
    if site.recordings().join(&frozen.name).exists() {
        return Ok(frozen.name);
    }
    match freeze(site, reference, file).await? {
        Ok(again) if again.name == frozen.name => Ok(again.name),
        Ok(_) => Err(gone(site, reference, "what it was made from changes meanwhile; upload it again")),
        Err(unfit) => {
            let name = reference.file.as_ref().map_or(reference.name.clone().into(), |file| file.to_string_lossy());
            Err(gone(site, reference, &told(&unfit, file, &name, reference)))
        }
    }
}

/// Freezes a file away from the thread that drives takes. Reading a long recording to its end takes a while:
/// where the upload is dropped meanwhile, so is that.
async fn freeze(site: &Site, reference: &Reference, file: &Path) -> Result<Result<Frozen, Unfit>, Halt> {
    let (folder, file, part) = (site.recordings(), file.to_owned(), reference.part);
    let force = reference.upload.as_ref().is_some_and(|upload| upload.force);
    let leash = Leash(Arc::new(AtomicBool::new(true)));
    let held = Arc::clone(&leash.0);
    let pulse = Pulse::default();
    let beating = pulse.clone();
    let freezing = tokio::task::spawn_blocking(move || {
        let wanted = Wanted { rules: &Rules::UPLOAD, part, force };
        let still_wanted = || {
            beating.beat();
            held.load(Ordering::Relaxed)
        };
        Recordings::at(folder).freeze(&file, &wanted, &still_wanted)
    });
    let frozen = pulse.told(site, reference.id, freezing).await.ok_or(Halt::Unwanted)?;
    let broken = |error| Unfit { sentence: format!("it was not read: {error}"), may_force: false };
    Ok(frozen.unwrap_or_else(|error| Err(broken(error))))
}

/// Lets go of what is being frozen when it is dropped.
struct Leash(Arc<AtomicBool>);

impl Drop for Leash {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::reference::{Purpose, ReferenceId};

    #[test]
    fn what_is_not_at_an_address_is_said_with_its_host_and_whether_it_was_there_before() {
        let new = Reference {
            url: Some("https://a.example/x.mp3?key=canary".to_owned()),
            ..Reference::new(ReferenceId(1), "Mara", Purpose::Voice, Timestamp::UNIX_EPOCH)
        };
        let known = Reference { content: Some("ab12".to_owned()), ..new.clone() };
        let table = [
            (Some(404), &new, "there is nothing at that address, says `a.example` (404)"),
            (Some(404), &known, "there is nothing at that address any more, says `a.example` (404)"),
            (Some(403), &new, "`a.example` does not let that address be read (403)"),
            (Some(403), &known, "`a.example` does not let that address be read any more (403)"),
            (Some(410), &new, "what was at that address is gone, says `a.example` (410)"),
            (None, &new, "there is nothing at that address, says `a.example`"),
        ];
        for (status, reference, said) in table {
            assert_eq!(not_there(status, reference), said);
        }
    }
}
