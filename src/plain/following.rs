//! What others commit, turned into lines to be told.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::Result;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::spoken;
use crate::domain::credits::OutOfCredits;
use crate::domain::generation::{Take, TakeId};
use crate::domain::lateness::{Awaited, Row, Vigil, awaited_with_uploads};
use crate::domain::news;
use crate::domain::reference::{Reference, ReferenceId};
use crate::domain::service::Service;
use crate::domain::song::{DraftRow, SongId};
use crate::domain::uploading;
use crate::engine::feed::{Changes, Feed};
use crate::store::bell::Listener;

/// How often to look where the bell cannot be heard.
const LOOK: SignedDuration = SignedDuration::from_secs(1);

/// When events are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// At once while the line is empty, else after Enter.
    AtOnce,
    /// After Enter.
    Later,
    Never,
}

/// Events that were not told yet, and what is known of the world besides the open song.
pub struct Following {
    feed: Feed,
    listener: Option<Listener>,
    /// What is remembered of each take, to see that it moved on.
    takes: BTreeMap<TakeId, Row>,
    /// References with an upload that is not over.
    uploads: BTreeMap<ReferenceId, Reference>,
    /// Orders that stand still as no credits are left.
    out_of_credits: OutOfCredits,
    songs: BTreeMap<SongId, String>,
    /// The newest rows that others wrote.
    drafts: BTreeMap<SongId, DraftRow>,
    untold: VecDeque<String>,
    last: Option<String>,
    pub manner: Manner,
    /// US dollars left, and when the service said so.
    pub balance: Option<(f64, Timestamp)>,
    service: Service,
    /// Whether workers may be started for the sandbox alone.
    sandbox_only: bool,
    zone: TimeZone,
    /// Starts workers in place of those that are late.
    vigil: Vigil,
    /// The moment that a worker missed, as told last.
    stuck_at: Option<Timestamp>,
}

impl Following {
    /// Follows the store from here on; a byte on `wire` says that there is something to see.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open(folder: &Path, service: Service, sandbox_only: bool, wire: UnixStream) -> Result<Self> {
        let feed = Feed::open(folder)?;
        // A full wire wakes as well as one more byte would.
        let listener = feed.bell().listen(move || drop((&wire).write(b"!")));
        if let Err(error) = &listener {
            tracing::warn!(%error, "the bell cannot be heard; looking at intervals");
        }
        let mut following = Self {
            feed,
            listener: listener.ok(),
            takes: BTreeMap::new(),
            uploads: BTreeMap::new(),
            out_of_credits: OutOfCredits::default(),
            songs: BTreeMap::new(),
            drafts: BTreeMap::new(),
            untold: VecDeque::new(),
            last: None,
            manner: Manner::AtOnce,
            balance: None,
            service,
            sandbox_only,
            zone: TimeZone::system(),
            vigil: Vigil::begin(Timestamp::now()),
            stuck_at: None,
        };
        following.look(SongId(0))?;
        following.untold.clear();
        following.drafts.clear();
        Ok(following)
    }

    /// Takes in what was committed since the last look; lines about it wait to be told.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn look(&mut self, open: SongId) -> Result<()> {
        let changes = self.feed.look()?;
        if !changes.is_empty() {
            self.take_in(changes, open, Timestamp::now());
        }
        Ok(())
    }

    fn take_in(&mut self, changes: Changes, open: SongId, now: Timestamp) {
        self.songs.extend(changes.songs.into_iter().map(|song| (song.id, song.title)));
        self.drafts.extend(changes.drafts.into_iter().map(|row| (row.song, row)));
        for fact in changes.facts.into_iter().filter(|fact| fact.service == self.service) {
            self.balance = fact.balance().or(self.balance);
        }
        for take in changes.takes {
            self.take_take(&take, open, now);
        }
        for reference in changes.references {
            self.take_reference(reference);
        }
        for gone in changes.gone_references {
            self.uploads.remove(&gone);
        }
        for gone in changes.gone_takes {
            self.takes.remove(&gone);
            self.out_of_credits.forget(gone);
        }
        for notice in self.out_of_credits.notices() {
            let by = (notice.service == self.service).then_some("release --all");
            self.untold.push_back(notice.sentence(by));
        }
    }

    fn take_take(&mut self, take: &Take, open: SongId, now: Timestamp) {
        let before = self.takes.insert(take.id, Row::from(take));
        self.out_of_credits.see(take);
        if let Some(words) = news::of(take, before.map(|row| row.status), now, &self.zone) {
            let id = take.id.0;
            let of = if take.song == open { None } else { self.songs.get(&take.song) };
            let of = of.map(|title| format!(", of {title}")).unwrap_or_default();
            self.untold.push_back(format!("{}{of}, id {id}", words.text));
        }
    }

    /// The end of an upload is told; how far it is, only when asked.
    fn take_reference(&mut self, reference: Reference) {
        if let Some(before) = self.uploads.get(&reference.id)
            && let Some(news) = uploading::news(before, &reference)
        {
            self.untold.push_back(format!("{}, reference {}", spoken::here(&news), reference.id.0));
        }
        if uploading::is_live(&reference) {
            self.uploads.insert(reference.id, reference);
        } else {
            self.uploads.remove(&reference.id);
        }
    }

    /// Uploads that are not over.
    pub fn uploads(&self) -> usize {
        self.uploads.len()
    }

    /// The newest text of a song that another face wrote, if there is one to be followed.
    pub fn draft_of(&mut self, song: SongId) -> Option<DraftRow> {
        self.drafts.remove(&song)
    }

    /// Something of this face's own to be told with the events.
    pub fn add(&mut self, line: String) {
        self.untold.push_back(line);
    }

    /// What a song is called now.
    pub fn title(&self, song: SongId) -> Option<&str> {
        self.songs.get(&song).map(String::as_str)
    }

    /// Whether there is something to tell; `known` is the text of the open song as the person knows it.
    pub fn has_news(&self, known: &DraftRow) -> bool {
        let is_newer = |row: &DraftRow| row.revision > known.revision;
        self.manner != Manner::Never && (!self.untold.is_empty() || self.drafts.get(&known.song).is_some_and(is_newer))
    }

    /// The lines that were not told yet; they count as told from here on.
    pub fn tell(&mut self) -> Vec<String> {
        let lines: Vec<String> = self.untold.drain(..).collect();
        if let Some(last) = lines.last() {
            self.last = Some(last.clone());
        }
        if self.manner == Manner::Never { Vec::new() } else { lines }
    }

    /// The last event.
    pub fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// Takes that are not over, or are looked for.
    pub fn awaited_takes(&self) -> usize {
        self.takes.values().filter(|row| row.is_awaited()).count()
    }

    /// When to look without having been woken, if ever.
    pub fn next_look(&self) -> Option<Timestamp> {
        let look = self.listener.is_none().then(|| Timestamp::now() + LOOK);
        look.into_iter().chain(self.vigil.next(&self.awaited())).min()
    }

    /// When workers are awaited, as far as one may be started for them.
    fn awaited(&self) -> BTreeMap<Service, Awaited> {
        let minded = |service: &Service| !self.sandbox_only || service.is_sandbox();
        let takes = self.takes.values().filter(|row| row.is_awaited() && minded(&row.service));
        let uploads = self.uploads.values().filter(|reference| reference.service.as_ref().is_some_and(minded));
        awaited_with_uploads(takes.cloned(), uploads)
    }

    /// Whether a worker is late, so that another should be started; asked again, only after as long a while.
    /// Where a worker has come to a halt, that is told.
    pub fn is_overdue(&mut self) -> bool {
        let (now, awaited) = (Timestamp::now(), self.awaited());
        let is_due = self.vigil.is_due(&awaited, now);
        let stuck = awaited.values().find(|awaited| is_due && awaited.is_stuck(now));
        if let Some(stuck) = stuck.filter(|stuck| self.stuck_at.replace(stuck.next) != Some(stuck.next)) {
            let at = stuck.next.to_zoned(self.zone.clone()).strftime("%H:%M");
            self.add(format!("the worker should have acted at {at}; restart starts another"));
        }
        is_due
    }
}
