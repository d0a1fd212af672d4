//! All that the pretend service knows, and what it keeps on disk between two runs.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::SandboxError;
use super::answer::Refusal;
use super::ledger::{Ending, Generation, Ledger, Refused};
use super::manner::Manner;
use super::models::{CREDITS_PER_USD, Model, Models};
use super::pace::Speed;
use super::passes::Passes;
use super::recordings::Recordings;
use super::references::References;
use super::rule::{Endpoint, Rule};
use super::scenario::{Scenario, Script};
use super::visits::Visits;

/// Texts of a request that are longer are encoded recordings: only their hash is kept.
const LONGEST_KEPT_TEXT: usize = 16 * 1024;

/// The world of one sandbox. Its folder is locked: two servers on one folder would each know half.
#[derive(Debug)]
pub struct World {
    pub speed: Speed,
    pub recordings: Recordings,
    pub visits: Visits,
    pub passes: Passes,
    /// When the folder was begun: the day of the first deposit.
    pub born: Timestamp,
    /// Where it keeps everything.
    pub folder: PathBuf,
    ledger: Mutex<Ledger>,
    references: Mutex<References>,
    script: Mutex<Script>,
    table: Models,
    /// The table with the models that the scenario tells of.
    models: Mutex<Arc<Models>>,
    _lock: File,
}

/// What `world.json` holds.
#[derive(Serialize, Deserialize)]
struct Birth {
    born: Timestamp,
}

impl World {
    /// Opens a world, or begins one.
    ///
    /// # Errors
    /// When the folder cannot be written, is served by another process, or holds what is not ours.
    pub fn open(folder: &Path, speed: Speed, scenario: Scenario) -> Result<Self, SandboxError> {
        let broken = |source: io::Error| SandboxError::Folder { folder: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(broken)?;
        let lock = File::create(folder.join("lock")).map_err(broken)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(SandboxError::Taken(folder.to_owned())),
            Err(TryLockError::Error(error)) => return Err(broken(error)),
        }
        let table = Models::embedded()?;
        Ok(Self {
            models: Mutex::new(Arc::new(table.with(&scenario.model))),
            table,
            speed,
            folder: folder.to_owned(),
            recordings: Recordings::open(&folder.join("audio")).map_err(broken)?,
            visits: Visits::default(),
            passes: Passes::default(),
            born: birth(&folder.join("world.json")).map_err(broken)?,
            ledger: Mutex::new(Ledger::open(folder).map_err(broken)?),
            references: Mutex::new(References::open(folder).map_err(broken)?),
            script: Mutex::new(Script::new(scenario)),
            _lock: lock,
        })
    }

    /// The books. Nothing may wait while it holds them.
    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the present scenario says.
    pub fn scenario(&self) -> Scenario {
        self.script().scenario().clone()
    }

    /// Begins another scenario; requests are counted anew.
    pub fn follow(&self, scenario: Scenario) {
        *self.models.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(self.table.with(&scenario.model));
        *self.script() = Script::new(scenario);
    }

    /// What is sold at present.
    pub fn models(&self) -> Arc<Models> {
        Arc::clone(&self.models.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts a request, and finds what is to go wrong with it.
    pub fn next_rule(&self, endpoint: Endpoint) -> Option<Rule> {
        self.script().next(endpoint)
    }

    /// The book of uploads. Nothing may wait while it is held.
    pub fn references(&self) -> MutexGuard<'_, References> {
        self.references.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Credits before the first charge.
    pub fn deposit(&self) -> i64 {
        (self.scenario().account.start_usd * CREDITS_PER_USD).round() as i64
    }

    /// Credits that are left.
    pub fn credits(&self, now: Timestamp) -> i64 {
        self.deposit() - self.ledger().spent_credits(now) as i64
    }

    /// Accepts and charges a checked request, if the account allows it.
    ///
    /// # Errors
    /// 403 without credits, 429 with too many at once, 500 when the ledger cannot be written.
    pub fn accept(&self, model: &Model, request: Value, order: Order) -> Result<Generation, Refusal> {
        let (now, deposit) = (Timestamp::now(), self.deposit());
        // Looked at and charged under one lock: of two orders for the last credits one is refused.
        let mut ledger = self.ledger();
        if deposit - (ledger.spent_credits(now) as i64) < model.credits as i64 {
            return Err(Refusal::new(403, "You have run out of credits. Top up the balance, then try again."));
        }
        if order.at_most.is_some_and(|most| ledger.running(now) >= most) {
            return Err(Refusal::new(429, "Too many generations at once.").retry_after(1));
        }
        let ending = if model.breaks(&request) { Ending::Error } else { order.ending.unwrap_or(Ending::Completed) };
        let seconds = if order.at_once { 0.0 } else { model.seconds * unevenness(&order.id) };
        let lasts = SignedDuration::try_from(self.speed.shortened(seconds)).unwrap_or(SignedDuration::ZERO);
        let generation = Generation {
            inference_id: format!("{}:{}", order.id, model.tail),
            client_request_id: order.client_request_id,
            model: model.id.clone(),
            like: model.like.clone(),
            delivery: model.delivery,
            at_most: order.songs_at_most,
            usd: model.usd(),
            credits: model.credits,
            when: now,
            ends: now + lasts,
            ending,
            request: shortened(request),
            manner: order.manner,
        };
        ledger
            .accept(generation)
            .cloned()
            .map_err(|error| Refusal::new(500, &format!("the ledger cannot be written: {error}")))
    }

    /// Notes that a request to generate was refused. A book that cannot be written is no reason to fail the answer.
    pub fn refuse(&self, order: &Order, model: &str) {
        let refused = Refused {
            inference_id: order.id.to_string(),
            client_request_id: order.client_request_id.clone(),
            model: model.to_owned(),
            when: Timestamp::now(),
        };
        self.ledger().refuse(refused).unwrap_or_default();
    }
}

/// What comes with a request to generate besides its body.
#[derive(Clone, Debug)]
pub struct Order {
    pub id: Uuid,
    pub client_request_id: Option<String>,
    /// How it is to end, if the scenario says so.
    pub ending: Option<Ending>,
    /// Whether it is over at once.
    pub at_once: bool,
    /// How many may run.
    pub at_most: Option<usize>,
    /// The longest that its song may be, in seconds.
    pub songs_at_most: Option<f32>,
    /// How its song is to sound.
    pub manner: Option<Manner>,
}

/// No two generations need quite the same time: from 0.9 to 1.1.
fn unevenness(id: &Uuid) -> f64 {
    0.9 + 0.2 * f64::from(id.as_bytes()[15]) / 255.0
}

/// The request with encoded recordings replaced by their hash.
fn shortened(mut request: Value) -> Value {
    for value in request.as_object_mut().into_iter().flat_map(|object| object.values_mut()) {
        if let Some(long) = value.as_str().filter(|text| text.len() > LONGEST_KEPT_TEXT) {
            let hash = Sha256::digest(long.as_bytes());
            *value = Value::String(format!("sha256:{}", hex(&hash)));
        }
    }
    request
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// When the world was begun; now, if it begins now.
fn birth(path: &PathBuf) -> io::Result<Timestamp> {
    match fs::read(path) {
        Ok(text) => Ok(serde_json::from_slice::<Birth>(&text)?.born),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let born = Timestamp::now();
            let folder = path.parent().unwrap_or(Path::new("."));
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            serde_json::to_writer(&mut file, &Birth { born })?;
            file.persist(path)?;
            Ok(born)
        }
        Err(error) => Err(error),
    }
}
