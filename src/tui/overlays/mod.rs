//! What lies over the panes for a moment and has the keys meanwhile.
//!
//! Each is a file with its value, `press` and `draw`; adding one is a file and a line in each table here.

pub mod adding;
pub mod choosing;
pub mod files;
pub mod find;
pub mod fitting;
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

pub use adding::Adding;
pub use choosing::Choosing;
pub use files::Files;
pub use find::Find;
pub use fitting::Fitting;
pub use line::{Ask, Prompt};
pub use models::Models;
pub use picker::Picker;
pub use sent::Sent;
pub use strip::Strip;
pub use value::ValueEntry;

use super::effect::Effect;
use super::input::Key;
use super::keymap::{Action, Context};
use super::layout;
use super::state::{Line, State};
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
    /// Which sections a model gets.
    Fitting(Fitting),
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
    /// Which reference a setting means.
    Choosing(Choosing),
    /// The files of a folder.
    Files(Files),
    /// What the recording is that is being added.
    Adding(Adding),
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
            Self::Fitting(_) => "fit",
            Self::Palette(_) => "palette",
            Self::Songs(_) => "songs",
            Self::Sections(_) => "sections",
            Self::Tags(_) => "tags",
            Self::Find(_) => "find",
            Self::Line(_) => "line",
            Self::Value(_) => "value",
            Self::Choosing(_) => "choosing",
            Self::Files(_) => "files",
            Self::Adding(_) => "adding",
            Self::Offer(_) => "offer",
            Self::Quit => "quit",
        }
    }

    /// Whether letters are typed into it, and are no commands.
    #[must_use]
    pub fn takes_text(&self) -> bool {
        !matches!(
            self,
            Self::Strip(_) | Self::Sent(_) | Self::Models(_) | Self::Fitting(_) | Self::Offer(_) | Self::Quit
        )
    }

    /// What is written in its line, and the line, where that is a field and not a way to find a row.
    pub(in crate::tui) fn field(&mut self) -> Option<(String, &mut Line)> {
        match self {
            Self::Line(prompt) => prompt.field(),
            Self::Value(entry) => Some(entry.field()),
            Self::Adding(adding) => adding.field(),
            _ => None,
        }
    }

    /// Rows that it would have at the bottom of the screen.
    #[must_use]
    pub fn bottom_rows(&self, state: &State) -> u16 {
        match self {
            Self::Strip(strip) => strip.rows(state),
            Self::Palette(_) => palette::rows(state.opening.columns),
            Self::Quit => quit::rows(state.opening.columns),
            Self::Files(files) => files::rows(files, state.opening.columns),
            Self::Adding(adding) => adding::rows(adding, state.opening.columns),
            _ => 2,
        }
    }

    /// The commands to show in the line of keys, and the context their keys are looked up in.
    #[must_use]
    pub fn keys(&self) -> (&'static [Action], &'static [Context]) {
        use Action as A;
        match self {
            Self::Strip(strip) => (strip.keys(), &[Context::Strip]),
            Self::Models(models) if models.may_tick() => {
                (&[A::Tick, A::TakeRow, A::ProposeFit, A::StripSent, A::Leave], &[Context::Table])
            }
            Self::Models(_) => (&[A::TakeRow, A::ProposeFit, A::StripSent, A::Leave], &[Context::Table]),
            Self::Fitting(_) => (&[A::LeaveOut, A::TakeRow, A::Leave], &[Context::Fit, Context::Table]),
            Self::Sent(_) => (&[A::PageUp, A::PageDown, A::Leave], &[Context::Table]),
            Self::Songs(_) => (&[A::TakeRow, A::NewSong, A::Rename, A::Leave], &[Context::Picker]),
            Self::Files(_) => (&[A::TakeRow, A::Complete, A::Leave], &[Context::Picker]),
            Self::Adding(_) => (&[A::TakeRow, A::NextPane, A::Leave], &[Context::Picker, Context::Anywhere]),
            Self::Find(_) => (&[A::Down, A::Up, A::Leave], &[Context::Picker]),
            Self::Palette(_)
            | Self::Sections(_)
            | Self::Tags(_)
            | Self::Choosing(_)
            | Self::Line(_)
            | Self::Value(_)
            | Self::Offer(_)
            | Self::Quit => (&[A::TakeRow, A::Leave], &[Context::Picker]),
        }
    }
}

/// Does what a key stands for in the overlay, which has been taken off the stack.
pub(super) fn press(state: &mut State, mut overlay: Overlay, key: Key, now: Timestamp) -> Vec<Effect> {
    let keymap = &state.opening.keymap;
    let action = keymap.action(overlay.keys().1, key).or_else(|| keymap.action(&[Context::Anywhere], key));
    if let Some(action @ (Action::Repaint | Action::Suspend | Action::Quit | Action::EditOutside)) = action {
        state.overlays.push(overlay);
        return run(state, action, now);
    }
    let depth = state.overlays.len();
    let outcome = match &mut overlay {
        Overlay::Strip(strip) => strip::press(state, strip, key, now),
        Overlay::Sent(sent) => sent::press(state, sent, key),
        Overlay::Models(models) => models::press(state, models, key, now),
        Overlay::Fitting(fitting) => fitting::press(state, fitting, key, now),
        Overlay::Palette(picker) => palette::press(state, picker, key, now),
        Overlay::Songs(picker) => songs::press(state, picker, key, now),
        Overlay::Sections(picker) => sections::press(state, picker, key, now),
        Overlay::Tags(picker) => tags::press(state, picker, key, now),
        Overlay::Find(find) => find::press(state, find, key),
        Overlay::Line(prompt) => line::press(state, prompt, key, now),
        Overlay::Value(entry) => value::press(state, entry, key, now),
        Overlay::Choosing(choosing) => choosing::press(state, choosing, key, now),
        Overlay::Files(files) => files::press(state, files, key, now),
        Overlay::Adding(adding) => adding::press(state, adding, key, now),
        Overlay::Offer(text) => offer::press(state, text, key, now),
        Overlay::Quit => quit::press(state, key),
    };
    let was_strip = matches!(overlay, Overlay::Strip(_));
    if outcome.stays {
        // What it opened lies above it.
        state.overlays.insert(depth.min(state.overlays.len()), overlay);
    }
    if !was_strip {
        warn_of_repeats(state, key);
    }
    outcome.effects
}

/// Where the key that orders brought up the strip, its repeats order nothing before a frame was drawn.
pub(super) fn warn_of_repeats(state: &mut State, key: Key) {
    let confirms = state.opening.keymap.action(&[Context::Strip], key) == Some(Action::Confirm);
    if let Some(Overlay::Strip(strip)) = state.overlays.last_mut().filter(|_| confirms) {
        strip.brought_up_by_confirming();
    }
}

/// Where keys that were pressed before there was anything to see have opened the strip, it has to be seen.
pub(super) fn open_unseen(state: &mut State) {
    for overlay in &mut state.overlays {
        if let Overlay::Strip(strip) = overlay {
            strip.opened_unseen();
        }
    }
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
        Overlay::Choosing(choosing) => choosing.picker.paste(text),
        Overlay::Files(files) => files::paste(state, files, text),
        Overlay::Adding(adding) => adding.paste(text),
        Overlay::Strip(_)
        | Overlay::Sent(_)
        | Overlay::Models(_)
        | Overlay::Fitting(_)
        | Overlay::Offer(_)
        | Overlay::Quit => {
            state.say("text cannot be pasted here", crate::domain::wording::Role::Quiet, now);
        }
    }
    state.overlays.push(overlay);
    Vec::new()
}

/// A frame was drawn with the overlays and the message as they are; a screen too small for them shows none.
pub(super) fn drawn(state: &mut State) {
    if layout::is_too_small(state.opening.columns, state.opening.rows) {
        return;
    }
    if let Some(Overlay::Strip(strip)) = state.overlays.last_mut() {
        strip.drawn();
    }
    if !state.overlays.is_empty() {
        return;
    }
    let notice = state.notice().map(str::to_owned);
    if let Some(release) = &mut state.queue.release {
        release.seen = notice.as_ref() == Some(&release.asked);
    }
    if let Some(end) = &mut state.end {
        end.seen |= notice.as_ref() == Some(&end.asked);
    }
}

/// What the models cost, how long they take, or what they would get has changed, or a reference: what is shown of it is
/// made anew, and an order that rests on it has to be seen again.
pub(super) fn see_terms(state: &mut State) {
    let mut overlays = std::mem::take(&mut state.overlays);
    for overlay in &mut overlays {
        match overlay {
            Overlay::Models(models) => models.see(state),
            Overlay::Strip(strip) => strip.see(state),
            _ => {}
        }
    }
    state.overlays = overlays;
}

/// Draws every overlay, the last one on top; tells where the cursor belongs.
pub(super) fn draw(state: &State, now: Timestamp, frame: &mut Frame<'_>) -> Option<Position> {
    let mut cursor = None;
    for overlay in &state.overlays {
        cursor = match overlay {
            Overlay::Strip(strip) => strip::draw(state, strip, frame),
            Overlay::Sent(sent) => sent::draw(state, sent, frame),
            Overlay::Models(models) => models::draw(state, models, now, frame),
            Overlay::Fitting(fitting) => fitting::draw(state, fitting, frame),
            Overlay::Palette(picker) => palette::draw(state, picker, frame),
            Overlay::Songs(picker) => songs::draw(state, picker, frame),
            Overlay::Sections(picker) => sections::draw(state, picker, frame),
            Overlay::Tags(picker) => tags::draw(state, picker, frame),
            Overlay::Find(find) => find::draw(state, find, frame),
            Overlay::Line(prompt) => line::draw(state, prompt, frame),
            Overlay::Value(entry) => value::draw(state, entry, frame),
            Overlay::Choosing(choosing) => choosing::draw(state, choosing, frame),
            Overlay::Files(files) => files::draw(state, files, frame),
            Overlay::Adding(adding) => adding::draw(state, adding, frame),
            Overlay::Offer(text) => offer::draw(state, text, frame),
            Overlay::Quit => quit::draw(state, frame),
        };
    }
    cursor
}
