//! The audio files: made when they are first needed, kept on disk, the same for the same request.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::ledger::Generation;
use super::models::Model;
use super::synth;
use super::world::hex;

/// The folder of recordings.
#[derive(Debug)]
pub struct Recordings {
    folder: PathBuf,
    /// What is being made.
    at_work: Arc<Mutex<HashSet<PathBuf>>>,
    /// One song at a time: the machine has other things to do.
    studio: Arc<Semaphore>,
}

impl Recordings {
    /// Opens the folder, or makes it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), at_work: Arc::default(), studio: Arc::new(Semaphore::new(1)) })
    }

    /// Where the recording of a generation is or will be. Its name is a hash of the request.
    pub fn path(&self, model: &Model, generation: &Generation) -> PathBuf {
        let mut hash = Sha256::new();
        hash.update(generation.model.as_bytes());
        hash.update(generation.request.to_string().as_bytes());
        if let Some(at_most) = generation.at_most {
            hash.update(at_most.to_le_bytes());
        }
        if let Some(manner) = generation.manner {
            hash.update(format!("{manner:?}"));
        }
        let name = &hex(&hash.finalize())[..32];
        self.folder.join(name).with_extension(model.format(&generation.request).container.extension())
    }

    /// The size of a finished recording.
    pub fn size(&self, model: &Model, generation: &Generation) -> Option<u64> {
        fs::metadata(self.path(model, generation)).ok().map(|file| file.len())
    }

    /// Begins to make a recording, unless it is made or being made. Returns at once.
    pub fn begin(&self, model: &Model, generation: &Generation) {
        let path = self.path(model, generation);
        let at_work = Arc::clone(&self.at_work);
        if at_work.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone()) {
            let making = self.make(model, generation);
            tokio::spawn(async move {
                making.await;
                at_work.lock().unwrap_or_else(PoisonError::into_inner).remove(&path);
            });
        }
    }

    /// Makes a recording, unless it is made.
    pub fn make(&self, model: &Model, generation: &Generation) -> impl Future<Output = ()> + Send + 'static {
        let path = self.path(model, generation);
        let studio = Arc::clone(&self.studio);
        let (model, generation) = (model.clone(), generation.clone());
        async move {
            let _turn = studio.acquire_owned().await;
            if path.exists() {
                return;
            }
            let made = tokio::task::spawn_blocking(move || record(&path, &model, &generation)).await;
            // What failed, as on a full disk, is tried again when the client asks again.
            if let Ok(Err(error)) = made {
                tracing::warn!("the sandbox cannot write a recording: {error}");
            }
        }
    }
}

/// Writes a recording: a temporary file until it is whole.
fn record(path: &Path, model: &Model, generation: &Generation) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let file = tempfile::NamedTempFile::new_in(folder)?;
    // The format is no part of the seed: the same song in another format is the same song.
    let request = &generation.request;
    let mut words = request.clone();
    words.as_object_mut().map(|object| object.remove("audio_setting"));
    let seed = format!("{} {words}", generation.model);
    let manner = generation.manner.unwrap_or_default();
    let longest = generation.at_most.unwrap_or(f32::INFINITY);
    synth::record(&model.commission(request, &seed, manner).at_most(longest), BufWriter::new(file.as_file()))?;
    file.persist(path).map(|_: File| ()).map_err(io::Error::from)
}
