//! Enter: a folder is entered, a file chosen; what is typed and no row is an address, ids, or not here.

use std::path::Path;

use jiff::Timestamp;

use super::typed::{Ids, Typed};
use super::{Files, look_into};
use crate::domain::address;
use crate::domain::way::Host;
use crate::domain::wording::Role;
use crate::tui::effect::Effect;
use crate::tui::folder::{EntryKind, Unlisted};
use crate::tui::overlays::{Adding, Ask, Overlay, Prompt};
use crate::tui::state::{Opening, State};

/// The row of that number.
pub(super) fn row(state: &mut State, files: &mut Files, row: usize) {
    let Some(entry) = files.entry(row).cloned() else { return };
    if entry.kind == EntryKind::Folder {
        return files.enter(state, entry.path);
    }
    let glimpse = files.glimpses.get(&entry.path).copied().flatten();
    state.overlays.push(Overlay::Adding(Adding::of_file(&entry, glimpse)));
}

/// The line, where no row fits it.
pub(super) fn typed(state: &mut State, files: &mut Files, _: Timestamp) -> Vec<Effect> {
    let line = files.picker.text().trim().to_owned();
    if let Some(ids) = Ids::read(&line) {
        let name = ids.name();
        let ask = Ask::NameForIds { voice: ids.voice, instrumental: ids.instrumental };
        state.overlays.push(Overlay::Line(Prompt::new(ask, &name)));
        return Vec::new();
    }
    let (folder, rest) = match files.typed(state) {
        Typed::Address(url) => {
            match address::read(&url) {
                Err(slip) => files.say(slip.to_string(), Role::Attention),
                Ok(_) => state.overlays.push(Overlay::Adding(Adding::of_address(&url))),
            }
            return Vec::new();
        }
        Typed::Elsewhere(path) => return fetch(state, files, &path),
        Typed::Within { folder, rest } => (folder, rest),
    };
    match files.listing(state) {
        None => files.say(format!("`{}` is still being read", folder.display()), Role::Quiet),
        Some(Err(Unlisted::Unreadable(why))) => {
            let why = why.clone();
            files.say(why, Role::Attention);
        }
        Some(Err(Unlisted::Absent)) if line.is_empty() => {
            let text = format!("the folder `{}` is gone; Backspace goes up", folder.display());
            files.say(text, Role::Attention);
        }
        Some(Err(Unlisted::Absent)) => return fetch(state, files, &line),
        Some(Ok(_)) if rest.is_empty() => files.say("there is no sound in this folder", Role::Quiet),
        Some(Ok(listed)) if listed.oddities.contains_key(&rest) => {
            let odd = format!("`{rest}` {}", listed.oddities[&rest]);
            files.say(odd, Role::Attention);
        }
        Some(Ok(_)) if line.contains('/') => return fetch(state, files, &line),
        Some(Ok(_)) => files.say(format!("nothing in this folder is called `{rest}`"), Role::Attention),
    }
    // It may have come, or gone, since the folder was read.
    files.asked = Some(folder.clone());
    vec![look_into(state, &folder)]
}

/// A path that is not on this machine: the line that brings it here, for the clipboard as well. The inbox is
/// made, so that the line works.
fn fetch(state: &State, files: &mut Files, path: &str) -> Vec<Effect> {
    let Opening { user, host, command, inbox, .. } = &state.opening;
    let line = Host { user, name: host, command }.fetches_into(path, inbox);
    let here = Path::new(path).file_name().map_or(path.into(), |name| name.to_string_lossy());
    let said = format!("`{here}` is not on this machine; where it is, run the line that was copied: {line}");
    files.say(said, Role::Attention);
    let folder = files.wanted(state);
    files.asked = Some(folder.clone());
    let mut effects = vec![Effect::Copy(line), look_into(state, &folder)];
    if folder != *inbox {
        effects.insert(1, look_into(state, inbox));
    }
    effects
}
