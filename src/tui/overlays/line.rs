//! One line to type: a title, a note, an address, a filter.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Position;

use super::{Outcome, Overlay};
use crate::domain::generation::TakeId;
use crate::domain::reference::ReferenceId;
use crate::domain::song::SongId;
use crate::domain::wording::Role;
use crate::engine::intent::Intent;
use crate::tui::cells::{self, Sheet};
use crate::tui::effect::Effect;
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Context};
use crate::tui::state::{Asked, Focus, Line, State};
use crate::tui::theme::Part;
use crate::tui::update::new_song;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    NewSong,
    RenameSong(SongId),
    TakeNote(TakeId),
    /// The name of what the service knows by these ids.
    NameForIds {
        voice: Option<String>,
        instrumental: Option<String>,
    },
    ReferenceName(ReferenceId),
    ReferenceNote(ReferenceId),
    /// What the list is narrowed by, while it is typed.
    Filter,
}

/// A question with the line for its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    ask: Ask,
    line: Line,
}

impl Prompt {
    /// A question with what stands in its line at first.
    #[must_use]
    pub fn new(ask: Ask, text: &str) -> Self {
        Self { ask, line: Line::new(text) }
    }

    /// A word for what is typed, and its line; a filter is no field.
    pub(super) fn field(&mut self) -> Option<(String, &mut Line)> {
        let name = match self.ask {
            Ask::NewSong | Ask::RenameSong(_) => "title",
            Ask::TakeNote(_) | Ask::ReferenceNote(_) => "note",
            Ask::NameForIds { .. } | Ask::ReferenceName(_) => "name",
            Ask::Filter => return None,
        };
        Some((name.to_owned(), &mut self.line))
    }

    fn label(&self) -> &'static str {
        match self.ask {
            Ask::NewSong => "Title of the new song",
            Ask::RenameSong(_) => "Title",
            Ask::TakeNote(_) | Ask::ReferenceNote(_) => "Note",
            Ask::NameForIds { .. } | Ask::ReferenceName(_) => "Name",
            Ask::Filter => "Show only",
        }
    }
}

/// Does what the key stands for.
pub fn press(state: &mut State, prompt: &mut Prompt, key: Key, now: Timestamp) -> Outcome {
    match state.opening.keymap.action(&[Context::Picker], key) {
        Some(Action::TakeRow) => return take(state, prompt, now),
        Some(Action::Leave) => {
            if prompt.ask == Ask::Filter {
                filter(state, "");
            }
            return Outcome::close();
        }
        _ => {}
    }
    if prompt.line.key(key) && prompt.ask == Ask::Filter {
        filter(state, prompt.line.text());
    }
    Outcome::stay()
}

/// Puts pasted text into the line.
pub fn paste(state: &mut State, prompt: &mut Prompt, text: &str) {
    prompt.line.paste(text);
    if prompt.ask == Ask::Filter {
        filter(state, prompt.line.text());
    }
}

fn filter(state: &mut State, text: &str) {
    if state.focus == Focus::References {
        state.library.filter(text);
    } else {
        state.queue.set_filter(text);
        state.queue.refresh(state.compose.song, false);
    }
}

/// Enter: what was typed is taken.
fn take(state: &mut State, prompt: &Prompt, now: Timestamp) -> Outcome {
    let text = prompt.line.text().trim().to_owned();
    let effects: Vec<Effect> = match prompt.ask.clone() {
        Ask::Filter => Vec::new(),
        Ask::NewSong => new_song(state, &text),
        Ask::RenameSong(_) | Ask::ReferenceName(_) if text.is_empty() => {
            state.say("a name cannot be empty; Esc keeps the one it has", Role::Attention, now);
            return Outcome::stay();
        }
        Ask::NameForIds { .. } if text.is_empty() => {
            state.say("it needs a name", Role::Attention, now);
            return Outcome::stay();
        }
        Ask::RenameSong(song) => {
            vec![state.carry_and_say(Intent::RenameSong { song, title: text.clone() }, format!("called {text} now"))]
        }
        Ask::TakeNote(take) => vec![state.carry_and_say(Intent::NoteTake { take, note: text }, "noted")],
        Ask::NameForIds { voice, instrumental } => {
            let service = state.opening.service.clone();
            let intent = Intent::AddIds { name: text, service, voice_id: voice, instrumental_id: instrumental };
            vec![state.carry(intent, Asked::Reference)]
        }
        Ask::ReferenceName(reference) => {
            let note = state.library.get(reference).map_or("", |reference| &reference.note).to_owned();
            state.overlays.push(Overlay::Line(Prompt::new(Ask::ReferenceNote(reference), &note)));
            vec![state.carry_and_say(Intent::RenameReference { reference, name: text }, "renamed")]
        }
        Ask::ReferenceNote(reference) => {
            vec![state.carry_and_say(Intent::NoteReference { reference, note: text }, "noted")]
        }
    };
    Outcome::close().with(effects)
}

/// Draws the line.
pub fn draw(state: &State, prompt: &Prompt, frame: &mut Frame<'_>) -> Option<Position> {
    draw_line(state, prompt.label(), &prompt.line, "", frame)
}

/// Draws a line to type in the row of messages; a message that came while it is open stands at its right.
pub(super) fn draw_line(
    state: &State,
    label: &str,
    line: &Line,
    right: &str,
    frame: &mut Frame<'_>,
) -> Option<Position> {
    let theme = &state.opening.theme;
    let bottom = state.areas().bottom;
    let mut sheet = Sheet::new(frame.buffer_mut(), ratatui::layout::Rect { height: bottom.height.min(1), ..bottom });
    sheet.clear();
    let label = format!(" {label}: ");
    let said = if right.is_empty() { state.notice().unwrap_or("") } else { right };
    let at = cells::width(&label);
    // What was typed comes first; the message has what is left, and a third at least.
    let left = sheet.columns().saturating_sub(at + cells::width(line.text()) + 4);
    let said = cells::clip(said, left.max(sheet.columns() / 3));
    let room = sheet.columns().saturating_sub(at + cells::width(&said) + 2);
    let (shown, cursor) = line.shown(room);
    sheet.text(0, 0, &label, theme.look(Part::HeadFocused));
    sheet.text(0, at, &shown, theme.look(Part::Text));
    let right_at = sheet.columns().saturating_sub(cells::width(&said) + 1);
    sheet.text(0, right_at, &said, theme.look(Part::Look));
    let area = sheet.area();
    let x = area.x + (at + cursor) as u16;
    (area.height > 0 && x < area.right()).then(|| Position::new(x, area.y))
}
