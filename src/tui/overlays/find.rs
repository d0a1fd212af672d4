//! Looking for a text in the lyrics or the style.

use ratatui::Frame;
use ratatui::layout::Position;

use super::{Outcome, line};
use crate::tui::editor::{Editor, FindStep, Found};
use crate::tui::input::{Code, Key};
use crate::tui::keymap::{Action, Context};
use crate::tui::state::{Focus, Line, State, Text};

/// What is looked for, and where the search stands.
#[derive(Clone, Debug)]
pub struct Find {
    line: Line,
    text: Text,
    found: Option<Found>,
}

impl Find {
    /// A search in that text.
    #[must_use]
    pub fn new(text: Text) -> Self {
        Self { line: Line::default(), text, found: None }
    }

    fn editor<'a>(&self, state: &'a mut State) -> &'a mut Editor {
        match self.text {
            Text::Style => &mut state.compose.style,
            Text::Lyrics => &mut state.compose.lyrics,
        }
    }

    fn look(&mut self, state: &mut State, step: FindStep) {
        let editor = self.editor(state);
        self.found = if self.line.text().is_empty() { None } else { editor.find(self.line.text(), step) };
        if self.found.is_none() {
            editor.stop_find();
        }
    }

    /// Puts pasted text into the line.
    pub fn paste(&mut self, state: &mut State, text: &str) {
        self.line.paste(text);
        self.look(state, FindStep::Here);
    }
}

/// Does what the key stands for: the cursor of the text follows while typing.
pub fn press(state: &mut State, find: &mut Find, key: Key) -> Outcome {
    let again = state.opening.keymap.action(&[Context::Typing], key) == Some(Action::Find);
    match state.opening.keymap.action(&[Context::Picker], key) {
        Some(Action::Leave) => {
            find.editor(state).stop_find();
            return Outcome::close();
        }
        Some(Action::TakeRow | Action::Down) => find.look(state, FindStep::Next),
        Some(Action::Up) => find.look(state, FindStep::Previous),
        _ if again => find.look(state, FindStep::Next),
        _ if key.code == Code::Tab => {}
        _ => {
            let before = find.line.text().to_owned();
            if find.line.key(key) && find.line.text() != before {
                find.look(state, FindStep::Here);
            }
        }
    }
    state.focus = if find.text == Text::Style { Focus::Style } else { Focus::Lyrics };
    Outcome::stay()
}

/// Draws the line.
pub fn draw(state: &State, find: &Find, frame: &mut Frame<'_>) -> Option<Position> {
    let stands = match find.found {
        Some(found) => format!("{} of {}", found.nth, found.count),
        None if find.line.text().is_empty() => String::new(),
        None => "not found".to_owned(),
    };
    line::draw_line(state, "Find", &find.line, &stands, frame)
}
