//! Fields that are written in the person's own editor.

use jiff::Timestamp;

use super::compose;
use crate::domain::wording::Role;
use crate::tui::editor::{Edit, MOST_CHARACTERS};
use crate::tui::effect::Effect;
use crate::tui::errand::{Errand, Field};
use crate::tui::overlays::{Ask, Overlay, Prompt, ValueEntry};
use crate::tui::panes;
use crate::tui::state::{Focus, Line, State, Text};

/// Gives the field that has the keys to the editor. In lists that is the field one would want to write:
/// the note of the take or the reference, the value of the setting.
pub(super) fn lend(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.overlays.is_empty() {
        open_field(state);
    }
    let song = state.compose.song;
    let whole = |field, name: &str, text: &str| Errand {
        field,
        name: name.to_owned(),
        text: text.to_owned(),
        most: MOST_CHARACTERS,
        song,
    };
    let errand = match (state.overlays.last_mut(), state.focus.text()) {
        (Some(overlay), _) => overlay.field().map(|(name, line)| Errand {
            field: Field::Line,
            name,
            text: line.text().to_owned(),
            most: Line::LONGEST,
            song,
        }),
        (None, Some(Text::Style)) => Some(whole(Field::Style, "style", state.compose.style.text())),
        (None, Some(Text::Lyrics)) => Some(whole(Field::Lyrics, "lyrics", state.compose.lyrics.text())),
        (None, None) => None,
    };
    let Some(errand) = errand else {
        state.say("nothing here is written in an editor; Esc goes to the lyrics", Role::Quiet, now);
        return Vec::new();
    };
    let mut effects = compose::save(state);
    effects.push(Effect::EditOutside(errand));
    effects
}

/// Opens the line to write in a list, if there is one.
fn open_field(state: &mut State) {
    let opened = match state.focus {
        Focus::Model => {
            let field = panes::model::selected(state).map(|field| field.name.clone());
            field.map(|field| Overlay::Value(ValueEntry::new(state, &field)))
        }
        Focus::Queue => {
            state.queue.selected().map(|take| Overlay::Line(Prompt::new(Ask::TakeNote(take.id), &take.note)))
        }
        Focus::References => state
            .library
            .selected()
            .map(|reference| Overlay::Line(Prompt::new(Ask::ReferenceNote(reference.id), &reference.note))),
        Focus::Style | Focus::Lyrics => None,
    };
    state.overlays.extend(opened);
}

/// Puts what came back into its field, as one step that can be undone.
pub(super) fn take_in(
    state: &mut State,
    errand: &Errand,
    result: Result<String, String>,
    now: Timestamp,
) -> Vec<Effect> {
    let text = match result {
        Ok(text) if text == errand.text => {
            state.say("nothing was changed in the editor", Role::Quiet, now);
            return Vec::new();
        }
        Ok(text) => text,
        Err(why) => {
            state.say(why, Role::Bad, now);
            return Vec::new();
        }
    };
    let same_song = state.compose.song == errand.song;
    match errand.field {
        Field::Style if same_song => replace(state, Text::Style, errand, text, now),
        Field::Lyrics if same_song => replace(state, Text::Lyrics, errand, text, now),
        Field::Line if fill_line(state, &text) => {
            state.say("Enter keeps it, Esc does not", Role::Quiet, now);
            Vec::new()
        }
        _ => {
            state.compose.style.set_clipboard(&text);
            state.compose.lyrics.set_clipboard(&text);
            state.say("the field was closed meanwhile; C-y in a text pastes what was written", Role::Attention, now);
            Vec::new()
        }
    }
}

fn fill_line(state: &mut State, text: &str) -> bool {
    let Some((_, line)) = state.overlays.last_mut().and_then(Overlay::field) else { return false };
    *line = Line::new(text.trim());
    true
}

fn replace(state: &mut State, field: Text, errand: &Errand, text: String, now: Timestamp) -> Vec<Effect> {
    let here = match field {
        Text::Style => state.compose.style.text(),
        Text::Lyrics => state.compose.lyrics.text(),
    };
    let said = if here == errand.text {
        format!("the {} came back from the editor; C-/ takes that back", errand.name)
    } else {
        format!("the {} had been changed elsewhere meanwhile: C-/ brings those words back", errand.name)
    };
    let effects = compose::type_in(state, field, Edit::Replace(text), now);
    state.say(said, Role::Quiet, now);
    effects
}
