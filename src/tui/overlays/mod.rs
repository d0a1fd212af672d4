//! What lies over the panes for a moment and has the keys meanwhile.
//!
//! Each is a file with its value, `press` and `draw`; adding one is a file and a line in each table here.

pub mod find;
pub mod line;
pub mod models;
pub mod offer;
pub mod palette;
pub mod picker;
pub mod quit;
pub mod sections;
pub mod sent;
pub mod songs;
pub mod strip;
pub mod tags;
pub mod value;

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Position;

pub use find::Find;
pub use line::{Ask, Prompt};
pub use models::Models;
pub use picker::Picker;
pub use sent::Sent;
pub use strip::Strip;
pub use value::ValueEntry;

use super::effect::Effect;
use super::input::Key;
use super::keymap::{Action, Context};
use super::state::State;
use super::update::run;

/// What lies over the panes.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// The order strip, in place of the message and the keys.
    Strip(Strip),
    /// What would be sent.
    Sent(Sent),
    /// The table of models.
    Models(Models),
    /// Every command.
    Palette(Picker),
    Songs(Picker),
    Sections(Picker),
    /// Tags to insert, or earlier styles.
    Tags(Picker),
    Find(Find),
    /// A line to type.
    Line(Prompt),
    /// The value of a setting, typed in its row.
    Value(ValueEntry),
    /// Text pasted where letters are commands.
    Offer(String),
    /// Leaving would stop something.
    Quit,
}

/// What a key did to an overlay: whether it stays, and what follows.
#[derive(Debug, Default)]
pub struct Outcome {
    pub stays: bool,
    pub effects: Vec<Effect>,
}

impl Outcome {
    /// The overlay stays.
    pub fn stay() -> Self {
        Self { stays: true, effects: Vec::new() }
    }

    /// The overlay closes.
    pub fn close() -> Self {
        Self::default()
    }

    /// The same, with effects.
    #[must_use]
    pub fn with(mut self, effects: Vec<Effect>) -> Self {
        self.effects.extend(effects);
        self
    }
}

impl Overlay {
    /// Its name, for tests and logs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Strip(_) => "strip",
            Self::Sent(_) => "sent",
            Self::Models(_) => "models",
            Self::Palette(_) => "palette",
            Self::Songs(_) => "songs",
            Self::Sections(_) => "sections",
            Self::Tags(_) => "tags",
            Self::Find(_) => "find",
            Self::Line(_) => "line",
            Self::Value(_) => "value",
            Self::Offer(_) => "offer",
            Self::Quit => "quit",
        }
    }

    /// Whether letters are typed into it, and are no commands.
    #[must_use]
    pub fn takes_text(&self) -> bool {
        !matches!(self, Self::Strip(_) | Self::Sent(_) | Self::Models(_) | Self::Offer(_) | Self::Quit)
    }

    /// Rows that it would have at the bottom of a screen so wide.
    #[must_use]
    pub fn bottom_rows(&self, columns: u16) -> u16 {
        match self {
            Self::Strip(strip) => strip.rows(columns),
            Self::Palette(_) => palette::rows(columns),
            Self::Quit => quit::rows(columns),
            _ => 2,
        }
    }

    /// The commands to show in the line of keys, and the context their keys are looked up in.
    #[must_use]
    pub fn keys(&self) -> (&'static [Action], &'static [Context]) {
        use Action as A;
        match self {
            Self::Strip(strip) => (strip.keys(), &[Context::Strip]),
            Self::Models(models) if models.may_tick() => (&[A::Tick, A::TakeRow, A::Leave], &[Context::Table]),
            Self::Models(_) => (&[A::TakeRow, A::Leave], &[Context::Table]),
            Self::Sent(_) => (&[A::PageUp, A::PageDown, A::Leave], &[Context::Table]),
            Self::Songs(_) => (&[A::TakeRow, A::NewSong, A::Rename, A::Leave], &[Context::Picker]),
            Self::Palette(_) | Self::Sections(_) | Self::Tags(_) => (&[A::TakeRow, A::Leave], &[Context::Picker]),
            Self::Find(_) => (&[A::Down, A::Up, A::Leave], &[Context::Picker]),
            Self::Line(_) | Self::Value(_) | Self::Offer(_) | Self::Quit => {
                (&[A::TakeRow, A::Leave], &[Context::Picker])
            }
        }
    }
}

/// Does what a key stands for in the overlay, which has been taken off the stack.
pub(super) fn press(state: &mut State, mut overlay: Overlay, key: Key, now: Timestamp) -> Vec<Effect> {
    let anywhere = state.opening.keymap.action(&[Context::Anywhere], key);
    if let Some(action @ (Action::Repaint | Action::Suspend | Action::Quit)) = anywhere {
        state.overlays.push(overlay);
        return run(state, action, now);
    }
    let depth = state.overlays.len();
    let outcome = match &mut overlay {
        Overlay::Strip(strip) => strip::press(state, strip, key, now),
        Overlay::Sent(sent) => sent::press(state, sent, key),
        Overlay::Models(models) => models::press(state, models, key, now),
        Overlay::Palette(picker) => palette::press(state, picker, key, now),
        Overlay::Songs(picker) => songs::press(state, picker, key, now),
        Overlay::Sections(picker) => sections::press(state, picker, key, now),
        Overlay::Tags(picker) => tags::press(state, picker, key, now),
        Overlay::Find(find) => find::press(state, find, key),
        Overlay::Line(prompt) => line::press(state, prompt, key, now),
        Overlay::Value(entry) => value::press(state, entry, key, now),
        Overlay::Offer(text) => offer::press(state, text, key, now),
        Overlay::Quit => quit::press(state, key),
    };
    if outcome.stays {
        // What it opened lies above it.
        state.overlays.insert(depth, overlay);
    }
    outcome.effects
}

/// Puts pasted text into the line of the overlay, if it has one.
pub(super) fn paste(state: &mut State, mut overlay: Overlay, text: &str, now: Timestamp) -> Vec<Effect> {
    match &mut overlay {
        Overlay::Palette(picker) | Overlay::Songs(picker) | Overlay::Sections(picker) | Overlay::Tags(picker) => {
            picker.paste(text);
        }
        Overlay::Find(find) => find.paste(state, text),
        Overlay::Line(prompt) => line::paste(state, prompt, text),
        Overlay::Value(entry) => entry.line.paste(text),
        Overlay::Strip(_) | Overlay::Sent(_) | Overlay::Models(_) | Overlay::Offer(_) | Overlay::Quit => {
            state.say("text cannot be pasted here", crate::domain::wording::Role::Quiet, now);
        }
    }
    state.overlays.push(overlay);
    Vec::new()
}

/// A frame was drawn with the overlays as they are.
pub(super) fn drawn(state: &mut State) {
    if let Some(Overlay::Strip(strip)) = state.overlays.last_mut() {
        strip.drawn();
    }
}

/// Draws every overlay, the last one on top; tells where the cursor belongs.
pub(super) fn draw(state: &State, frame: &mut Frame<'_>) -> Option<Position> {
    let mut cursor = None;
    for overlay in &state.overlays {
        cursor = match overlay {
            Overlay::Strip(strip) => strip::draw(state, strip, frame),
            Overlay::Sent(sent) => sent::draw(state, sent, frame),
            Overlay::Models(models) => models::draw(state, models, frame),
            Overlay::Palette(picker) => palette::draw(state, picker, frame),
            Overlay::Songs(picker) => songs::draw(state, picker, frame),
            Overlay::Sections(picker) => sections::draw(state, picker, frame),
            Overlay::Tags(picker) => tags::draw(state, picker, frame),
            Overlay::Find(find) => find::draw(state, find, frame),
            Overlay::Line(prompt) => line::draw(state, prompt, frame),
            Overlay::Value(entry) => value::draw(state, entry, frame),
            Overlay::Offer(text) => offer::draw(state, text, frame),
            Overlay::Quit => quit::draw(state, frame),
        };
    }
    cursor
}
