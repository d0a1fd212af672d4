//! The files of a folder, to choose a recording from: letters narrow the list, a path leads elsewhere, and an
//! address or an id is taken as it is.
//!
//! What is on a disk comes in messages. A folder that never answers holds up nothing but its own rows.

mod choose;
mod complete;
mod draw;
mod typed;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

pub use draw::{draw, rows};
pub(in crate::tui) use draw::{length, size};
use typed::Typed;
pub use typed::is_whole;

use super::picker::{Picker, Pressed};
use super::{Outcome, Overlay};
use crate::domain::wording::Role;
use crate::tui::effect::Effect;
use crate::tui::folder::{Entry, EntryKind, Folder, Unlisted};
use crate::tui::input::{Code, Key};
use crate::tui::keymap::{Action, Context};
use crate::tui::message::Glimpse;
use crate::tui::state::State;

/// What is said below the list.
type Saying = (String, Role);

/// The files to choose from.
#[derive(Clone, Debug)]
pub struct Files {
    picker: Picker,
    /// The folder that letters narrow.
    here: PathBuf,
    /// The folder that was read last, and what came of it.
    listed: Option<(PathBuf, Result<Arc<Folder>, Unlisted>)>,
    /// The folder that is being read.
    asked: Option<PathBuf>,
    /// The entries that are shown, by their place in the folder.
    shown: Vec<usize>,
    /// How long the files last that came into view; nothing where that is being looked for.
    glimpses: BTreeMap<PathBuf, Option<Glimpse>>,
    /// The folder that was left upwards: its row is selected above.
    left: Option<PathBuf>,
    said: Option<Saying>,
}

impl Files {
    /// The files of that folder.
    #[must_use]
    pub fn of(folder: PathBuf) -> Self {
        Self {
            picker: Picker::default(),
            here: folder,
            listed: None,
            asked: None,
            shown: Vec::new(),
            glimpses: BTreeMap::new(),
            left: None,
            said: None,
        }
    }

    /// Opens where the last file came from, or else in the inbox.
    #[must_use]
    pub fn open(state: &State) -> Self {
        let last = state.library.last_file().and_then(Path::parent).map(Path::to_owned);
        Self::of(last.unwrap_or_else(|| state.opening.inbox.clone()))
    }

    fn typed(&self, state: &State) -> Typed {
        Typed::read(self.picker.text(), &self.here, state.opening.home.as_deref())
    }

    /// The folder whose rows are wanted.
    fn wanted(&self, state: &State) -> PathBuf {
        match self.typed(state) {
            Typed::Within { folder, .. } => folder,
            Typed::Address(_) | Typed::Elsewhere(_) => self.here.clone(),
        }
    }

    /// What is known of the folder whose rows are wanted.
    fn listing(&self, state: &State) -> Option<&Result<Arc<Folder>, Unlisted>> {
        let wanted = self.wanted(state);
        self.listed.as_ref().filter(|(path, _)| *path == wanted).map(|(_, listed)| listed)
    }

    fn entry(&self, row: usize) -> Option<&Entry> {
        let (_, listed) = self.listed.as_ref()?;
        listed.as_ref().ok()?.entries.get(*self.shown.get(row)?)
    }

    /// Makes the rows anew after the line or the folder changed.
    fn refresh(&mut self, state: &State) {
        self.shown.clear();
        let Typed::Within { rest, .. } = self.typed(state) else { return };
        let Some(Ok(folder)) = self.listing(state).cloned() else { return };
        let needle = rest.to_lowercase();
        let fits = |entry: &Entry| {
            let wanted = entry.kind != EntryKind::Other || !needle.is_empty();
            wanted && (!entry.is_hidden() || needle.starts_with('.')) && entry.key.contains(&needle)
        };
        self.shown = (0..folder.entries.len()).filter(|&n| fits(&folder.entries[n])).collect();
        self.shown.sort_by_key(|&n| folder.entries[n].nearness(&needle));
        if let Some(row) = self.shown.iter().position(|&n| folder.entries[n].name == rest) {
            self.picker.select(row);
        }
    }

    /// Goes into a folder; the line is empty then.
    fn enter(&mut self, state: &State, folder: PathBuf) {
        self.here = folder;
        self.picker.set_text("");
        self.refresh(state);
    }

    fn go_up(&mut self, state: &State) {
        if let Some(above) = self.here.parent().map(Path::to_owned) {
            self.left = Some(std::mem::replace(&mut self.here, above));
            self.refresh(state);
        }
    }

    fn say(&mut self, text: impl Into<String>, role: Role) {
        self.said = Some((text.into(), role));
    }

    /// What the disk is asked for: the folder that is wanted, and how long the files in view last.
    fn wants(&mut self, state: &State) -> Vec<Effect> {
        let mut effects = Vec::new();
        let wanted = self.wanted(state);
        if self.listing(state).is_none() && self.asked.as_ref() != Some(&wanted) {
            effects.push(look_into(state, &wanted));
            self.asked = Some(wanted);
        }
        let visible = self.picker.visible(state, self.shown.len());
        let sounds = visible.filter_map(|row| self.entry(row)).filter(|entry| entry.kind == EntryKind::Sound);
        let unknown = sounds.filter(|entry| !self.glimpses.contains_key(&entry.path));
        let files: Vec<PathBuf> = unknown.map(|entry| entry.path.clone()).collect();
        if !files.is_empty() {
            self.glimpses.extend(files.iter().map(|file| (file.clone(), None)));
            effects.push(Effect::Glance { files });
        }
        effects
    }
}

/// Has a folder read; the inbox is made where it is not there.
fn look_into(state: &State, folder: &Path) -> Effect {
    Effect::LookInto { folder: folder.to_owned(), make: *folder == state.opening.inbox }
}

/// Does what the key stands for.
pub fn press(state: &mut State, files: &mut Files, key: Key, now: Timestamp) -> Outcome {
    files.said = None;
    let action = state.opening.keymap.action(&[Context::Picker], key);
    if action == Some(Action::Complete) {
        files.complete(state);
        return Outcome::stay();
    }
    if key == Key::plain(Code::Backspace) && files.picker.text().is_empty() {
        files.go_up(state);
        return Outcome::stay();
    }
    if action == Some(Action::TakeRow) && files.shown.is_empty() {
        return Outcome::stay().with(choose::typed(state, files, now));
    }
    let before = files.picker.text().to_owned();
    match files.picker.press(state, key, files.shown.len()) {
        Pressed::Left => return Outcome::close(),
        Pressed::Chosen(row) => choose::row(state, files, row),
        Pressed::Taken if files.picker.text() != before => files.refresh(state),
        Pressed::Taken | Pressed::Command(_) => {}
    }
    Outcome::stay()
}

/// Takes in pasted text: what is a whole path or address stands in place of the line.
pub fn paste(state: &State, files: &mut Files, text: &str) {
    files.said = None;
    if is_whole(text) {
        files.picker.set_text(text.trim());
    } else {
        files.picker.paste(text);
    }
    files.refresh(state);
}

/// What the open list wants to know of the disk.
pub fn wants(state: &mut State) -> Vec<Effect> {
    let Some(Overlay::Files(mut files)) = state.overlays.pop_if(|top| matches!(top, Overlay::Files(_))) else {
        return Vec::new();
    };
    let effects = files.wants(state);
    state.overlays.push(Overlay::Files(files));
    effects
}

/// A folder was read, if anybody still waits for it.
pub fn see_folder(state: &mut State, path: &Path, listed: Result<Folder, Unlisted>) {
    with_files(state, |state, files| {
        if files.asked.as_deref() != Some(path) {
            return;
        }
        files.asked = None;
        files.listed = Some((path.to_owned(), listed.map(Arc::new)));
        files.refresh(state);
        if let Some(left) = files.left.take_if(|left| left.parent() == Some(path)) {
            let rows = 0..files.shown.len();
            if let Some(row) = rows.into_iter().find(|&row| files.entry(row).is_some_and(|entry| entry.path == left)) {
                files.picker.select(row);
            }
        }
    });
}

/// How long a file lasts is known.
pub fn see_glimpse(state: &mut State, file: &Path, glimpse: Glimpse) {
    with_files(state, |_, files| {
        if let Some(known) = files.glimpses.get_mut(file) {
            *known = Some(glimpse);
        }
    });
}

/// Lets the open list look at the state, wherever it lies.
fn with_files(state: &mut State, look: impl FnOnce(&State, &mut Files)) {
    let mut overlays = std::mem::take(&mut state.overlays);
    let files = overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::Files(files) => Some(files),
        _ => None,
    });
    if let Some(files) = files {
        look(state, files);
    }
    state.overlays = overlays;
}
