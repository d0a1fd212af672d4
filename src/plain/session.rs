//! What a session at the prompt works with: the open song, the store, and the hand at the keyboard.

use std::env;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::following::Following;
use super::keyboard::{Keyboard, Woken};
use super::listening::Listening;
use crate::api::ApiKey;
use crate::cli::{self, Flags, Setting, output};
use crate::domain::catalogue::{Catalogue, ModelSpec};
use crate::domain::draft::{Draft, Known, Problem};
use crate::domain::service::Service;
use crate::domain::song::{DraftRow, Song, SongId};
use crate::editor::Workbench;
use crate::engine::intent::{Intent, Reply};
use crate::engine::orders::{self, Desk};
use crate::store::{Store, StoreError};
use crate::worker::session;
use crate::worker::start::{Posts, Working};

/// What the prompt is opened with.
pub struct Opening {
    pub setting: Setting,
    pub store: Store,
    /// Where takes are ordered.
    pub service: Service,
    pub key: Option<ApiKey>,
    /// `pts/3`.
    pub terminal: String,
    /// Something to say at once.
    pub notice: Option<String>,
}

/// How the session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// By a word or the end of the input.
    Asked,
    /// By a signal: nobody may be there any more.
    Told,
}

/// A session.
pub struct Session {
    pub catalogue: Arc<Catalogue>,
    pub store: Store,
    pub service: Service,
    /// The flags with which commands of the command line are run.
    pub flags: Flags,
    /// The flags with which refrain was started.
    pub flags_of_start: Flags,
    pub player_command: Option<String>,
    pub workbench: Workbench,
    pub song: Song,
    /// The text of the open song as the person knows it.
    pub row: DraftRow,
    /// The texts before each change that was made here, the newest last.
    pub undo: Vec<Draft>,
    pub keyboard: Keyboard,
    pub following: Following,
    pub listening: Listening,
    pub zone: TimeZone,
    pub leaving: Option<Leaving>,
    pub terminal: String,
    desk: Desk,
    posts: Posts,
    /// Whether the work is done by this process, so that leaving stops it.
    inside: bool,
    /// Why nothing can be ordered where it costs money, if so.
    pub no_orders: Option<String>,
}

impl Session {
    /// Opens the song that was open last, and makes sure that somebody works.
    ///
    /// # Errors
    /// When the store cannot be read, or the keyboard cannot be used.
    pub fn begin(opening: Opening) -> Result<Self> {
        let Opening { setting, store, service, key, terminal, .. } = opening;
        let keyboard = Keyboard::open()?;
        let desk = setting.desk(format!("the prompt on {terminal}"), key.as_ref());
        let posts = setting.posts(key);
        let sandbox_only = posts.sandbox_only.is_some();
        let following = Following::open(&setting.paths.data, service.clone(), sandbox_only, keyboard.wire()?)?;
        let id = store.last_opened()?.ok_or_else(|| cli::failed("there is no song to open"))?;
        let (song, row) = (song_of(&store, id)?, store.draft(id)?);
        // Without a key the prompt works on the sandbox, and so do the commands given at it.
        let flags = Flags { sandbox: service.is_sandbox(), in_lines: true, ..setting.flags.clone() };
        let no_orders = setting.refuses_orders().map(str::to_owned);
        let mut session = Self {
            catalogue: Arc::clone(&setting.catalogue),
            store,
            service,
            flags,
            flags_of_start: setting.flags,
            player_command: setting.config.player.command.clone(),
            workbench: Workbench::of(&setting.paths.data, |name| env::var_os(name)),
            song,
            row,
            undo: Vec::new(),
            keyboard,
            following,
            listening: Listening::default(),
            zone: TimeZone::system(),
            leaving: None,
            terminal,
            desk,
            posts,
            inside: false,
            no_orders,
        };
        let service = session.service.clone();
        if session.posts.sandbox_only.is_none() || session.posts.serves(&service) {
            session.start_worker(&service);
        }
        session.start_workers();
        Ok(session)
    }

    /// What is being written.
    pub fn draft(&self) -> &Draft {
        &self.row.draft
    }

    /// What is wrong with the draft for a model, and what should be known of it.
    ///
    /// # Errors
    /// When the references cannot be read.
    pub fn problems(&self, spec: &ModelSpec) -> Result<Vec<Problem>> {
        let library = self.store.references()?;
        let key_print = self.desk.key_print.as_deref();
        let known = Known { library: Some(&library), service: Some(&self.service), key_print };
        Ok(orders::problems(self.draft(), spec, known))
    }

    /// The model of the draft.
    ///
    /// # Errors
    /// When the catalogue has no such model.
    pub fn spec(&self) -> Result<&ModelSpec> {
        let model = &self.row.draft.model;
        let unknown = || {
            cli::usage(format!(
                "there is no model `{model}`\nhint: `model NAME` chooses one of those that `models` lists"
            ))
        };
        self.catalogue.find(model).ok_or_else(unknown)
    }

    /// Carries out an intent.
    ///
    /// # Errors
    /// When the store cannot be used, or the intent comes too late.
    pub fn carry_out(&mut self, intent: Intent, now: Timestamp) -> Result<Reply> {
        match self.desk.carry_out(&mut self.store, intent, now)? {
            Reply::TooLate(why) => Err(cli::failed(why)),
            reply => Ok(reply),
        }
    }

    /// Opens a song.
    ///
    /// # Errors
    /// When there is no such song.
    pub fn open(&mut self, id: SongId) -> Result<()> {
        self.carry_out(Intent::OpenSong { song: id }, Timestamp::now())?;
        (self.song, self.row) = (song_of(&self.store, id)?, self.store.draft(id)?);
        self.undo.clear();
        Ok(())
    }

    /// Takes over what another face wrote in the open song, and has it told. Until then what is written
    /// here is written on the text that the person knows, and loses against the other.
    pub fn follow(&mut self) {
        if let Some(title) = self.following.title(self.song.id).filter(|title| *title != self.song.title) {
            self.song.title = title.to_owned();
            self.following.add(format!("the song is called {} now", self.song.title));
        }
        let newer = self.following.draft_of(self.song.id).filter(|row| row.revision > self.row.revision);
        let Some(row) = newer else { return };
        if row.draft != self.row.draft {
            let changed = row.draft.difference(&self.row.draft).map(|what| format!(": {what}")).unwrap_or_default();
            self.following.add(format!("{} wrote; the song has its text now{changed}", row.writer));
            self.undo.clear();
        }
        self.row = row;
    }

    /// Makes sure that somebody works for a service; says it where nobody can be started.
    pub fn start_worker(&mut self, service: &Service) {
        let started = self.posts.start(service);
        self.tell_of(started);
    }

    /// The same for all services with something to do.
    pub fn start_workers(&mut self) {
        let started = self.posts.start_live(&mut self.store);
        self.tell_of(started);
    }

    fn tell_of(&mut self, started: Result<Working>) {
        match started {
            Ok(Working::Apart) => {}
            Ok(Working::Inside) if self.inside => {}
            Ok(Working::Inside) => {
                self.inside = true;
                output::say("note: no worker can be started here, so takes wait while refrain is not open");
            }
            Err(error) => output::say(&format!("note: no worker could be started: {error:#}")),
        }
    }

    /// Asks something, while events wait. No answer where the person turns away from it.
    ///
    /// # Errors
    /// When the keyboard cannot be used.
    pub fn ask(&mut self, question: &str) -> Result<Option<String>> {
        self.keyboard.take()?;
        let answer = self.answer_to(question);
        self.keyboard.give_back();
        answer
    }

    /// The answer, while the keyboard is taken.
    ///
    /// # Errors
    /// When the keyboard cannot be used.
    pub fn answer_to(&mut self, question: &str) -> Result<Option<String>> {
        if self.keyboard.is_of_a_person() {
            output::part(question)?;
        } else if !question.is_empty() {
            output::line(question.trim_end())?;
        }
        Ok(loop {
            match self.keyboard.next(None)? {
                Woken::Line(line) => break Some(line),
                Woken::Rung | Woken::Due => {}
                Woken::Back => output::part(&format!("{question}{}", self.keyboard.begun()))?,
                Woken::Interrupted | Woken::End => {
                    self.keyboard.end_line()?;
                    break None;
                }
                Woken::Terminated => {
                    self.leaving = Some(Leaving::Told);
                    break None;
                }
            }
        })
    }

    /// Asks something that only `yes` or `y` agrees to.
    ///
    /// # Errors
    /// When the keyboard cannot be used.
    pub fn agrees(&mut self, question: &str) -> Result<bool> {
        let answer = self.ask(&format!("{question}? yes or no: "))?.unwrap_or_default();
        Ok(["yes", "y"].contains(&answer.trim().to_lowercase().as_str()))
    }

    /// Leaves, with a question where that stops something.
    ///
    /// # Errors
    /// When the keyboard or the store cannot be used.
    pub fn leave(&mut self) -> Result<()> {
        self.following.look(self.song.id)?;
        let live = self.following.awaited_takes();
        let takes = if live == 1 { "1 take".to_owned() } else { format!("{live} takes") };
        let stopped = if live > 0 { self.what_stops_takes() } else { None };
        if let Some(stopped) = stopped {
            if !self.agrees(&format!("{takes} will not move {stopped}: leave"))? {
                return Ok(());
            }
        } else if live > 0 {
            let goes = if live == 1 { "goes" } else { "go" };
            output::line(&format!("{takes} {goes} on without the prompt; `refrain list` says how far"))?;
        }
        let uploads = self.following.uploads();
        if uploads > 0 {
            let (what, goes) =
                if uploads == 1 { ("1 upload".to_owned(), "goes") } else { (format!("{uploads} uploads"), "go") };
            output::line(&format!("{what} {goes} on without the prompt; `refrain reference list` says how far"))?;
        }
        self.leaving.get_or_insert(Leaving::Asked);
        Ok(())
    }

    /// Until when takes do not move once this is left, and why; nothing where a worker goes on with them.
    fn what_stops_takes(&self) -> Option<String> {
        let inside = || "until refrain runs again, as no worker can be started here".to_owned();
        if self.inside { Some(inside()) } else { peril() }
    }
}

/// What would end a worker soon after this program, and when.
fn peril() -> Option<String> {
    let peril = session::Session::of_this_process(Path::new("/"), |name| env::var(name).ok()).peril()?;
    peril.ending.is_near().then(|| format!("{}, as {}", peril.ending.when(), peril.cause))
}

fn song_of(store: &Store, id: SongId) -> Result<Song> {
    let song = store.songs()?.into_iter().find(|song| song.id == id);
    Ok(song.ok_or(StoreError::Missing { kind: "song", id: id.0 })?)
}
