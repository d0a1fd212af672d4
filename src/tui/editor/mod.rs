//! The text editor: a lyric or a style being written.
//!
//! The text itself, the cursor, the selection and words are those of `tui_textarea`. Around it stand what
//! it lacks: whole graphemes, rows wrapped at words that are known before anything is drawn, undo in
//! coarse steps, cleaned pastes, and painting with colours within a line.

mod apply;
mod edit;
mod find;
mod graphemes;
mod keys;
mod moves;
mod paint;
mod rows;
mod sections;
mod undo;

use tui_textarea::TextArea;

pub use edit::{Applied, Edit, EditorKind, Hidden, Motion, Place, Spot};
pub use find::{FindStep, Found};
pub use keys::edit_for;
pub use paint::{EditorLook, render};

use find::Needle;
use rows::Rows;
use undo::{Change, History, Run};

/// Characters that an editor takes at most; few enough for the 16-bit addresses of the text area.
pub use crate::domain::draft::MOST_CHARACTERS;

/// The window before anybody has said how large it is.
const USUAL_WINDOW: (u16, u16) = (80, 24);

/// A text being written: no clock, channel or file in it.
#[derive(Clone, Debug)]
pub struct Editor {
    kind: EditorKind,
    area: TextArea<'static>,
    /// The lines of `area`, joined.
    text: String,
    rows: Rows,
    width: u16,
    height: u16,
    top: usize,
    /// The cell that vertical movement keeps to, while it lasts.
    goal: Option<usize>,
    history: History,
    /// What kind of edit came last, if the next may continue it.
    run: Option<Run>,
    /// Whether the last edit was a kill: the next one adds to the clipboard.
    killing: bool,
    clipboard: String,
    needle: Option<Needle>,
}

impl Editor {
    /// An editor over `text`, the cursor at its start. The text is cleaned like a paste, but never cut.
    #[must_use]
    pub fn new(text: &str, kind: EditorKind) -> Self {
        let text = kind.clean(text);
        let area = area_over(&text);
        let (width, height) = USUAL_WINDOW;
        let rows = Rows::wrap(area.lines(), width);
        Self {
            kind,
            area,
            text,
            rows,
            width,
            height,
            top: 0,
            goal: None,
            history: History::default(),
            run: None,
            killing: false,
            clipboard: String::new(),
            needle: None,
        }
    }

    /// How many steps can be taken back.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.history.steps()
    }

    /// What is typed next is a step of its own.
    pub fn begin_step(&mut self) {
        self.rest();
    }

    /// The text as it stands; kept ready, so asking costs nothing.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Tells the editor how many columns (without the gutter) and rows it is shown in. Rows are wrapped,
    /// Up and Down move, and the window scrolls by this, so that what a key does never depends on whether
    /// something was drawn before. Costs nothing when nothing changed.
    pub fn fit(&mut self, width: u16, height: u16) {
        if (width, height) == (self.width, self.height) {
            return;
        }
        if width != self.width {
            self.rows = Rows::wrap(self.area.lines(), width);
            self.goal = None;
        }
        (self.width, self.height) = (width, height);
        self.scroll_to_cursor();
    }

    /// Where the cursor is.
    #[must_use]
    pub fn cursor(&self) -> Spot {
        let cursor = self.area.cursor();
        Spot { line: cursor.0, column: cursor.1 }
    }

    /// Moves the cursor, to the nearest place there is; gives up the selection.
    pub fn set_cursor(&mut self, spot: Spot) {
        self.area.cancel_selection();
        self.put_cursor(spot);
        self.rest();
    }

    /// The first and the last end of the selection, if something is selected.
    #[must_use]
    pub fn selection(&self) -> Option<(Spot, Spot)> {
        let (from, to) = self.area.selection_range()?;
        let spot = |(line, column)| Spot { line, column };
        (from != to).then_some((spot(from), spot(to)))
    }

    /// Where the person is, to come back to with [`Editor::restore`].
    #[must_use]
    pub fn place(&self) -> Place {
        Place { cursor: self.cursor(), top: self.top }
    }

    /// Goes back to a place, or as near as the text allows.
    pub fn restore(&mut self, place: Place) {
        self.top = place.top;
        self.set_cursor(place.cursor);
    }

    /// Takes over what was written elsewhere (another screen on the same song): the cursor stays at the
    /// words it was at, and in its row of the window. Can be undone like an edit, as nothing may be lost.
    pub fn follow(&mut self, text: &str) {
        self.replace(&self.kind.clean(text));
        self.rest();
    }

    /// What `PasteClipboard` pastes: the last thing cut, copied or killed.
    #[must_use]
    pub fn clipboard(&self) -> &str {
        &self.clipboard
    }

    /// Hands over the clipboard of another editor.
    pub fn set_clipboard(&mut self, text: &str) {
        self.clipboard = self.kind.clean(text);
    }

    /// How many rows of the text lie outside the window.
    #[must_use]
    pub fn hidden(&self) -> Hidden {
        let below = self.rows.len().saturating_sub(self.top + usize::from(self.height));
        Hidden { above: self.top, below }
    }

    fn lines(&self) -> &[String] {
        self.area.lines()
    }

    /// The byte of the text at which a place is.
    fn byte(&self, spot: Spot) -> usize {
        let above: usize = self.lines()[..spot.line].iter().map(|line| line.len() + 1).sum();
        above + graphemes::byte_at(&self.lines()[spot.line], spot.column)
    }

    /// The place in the text at which a byte is.
    fn spot_at(&self, byte: usize) -> Spot {
        let mut left = byte;
        for (line, text) in self.lines().iter().enumerate() {
            if left <= text.len() {
                return Spot { line, column: graphemes::column_at(text, left) };
            }
            left -= text.len() + 1;
        }
        self.line_end(self.lines().len() - 1)
    }

    /// Puts the cursor between graphemes, as near to a place as can be, keeping the selection's other end.
    fn put_cursor(&mut self, spot: Spot) {
        let line = spot.line.min(self.lines().len() - 1);
        let column = graphemes::at_or_after(&self.lines()[line], spot.column);
        moves::jump(&mut self.area, Spot { line, column });
        self.scroll_to_cursor();
    }

    /// The next edit begins a step of its own.
    fn rest(&mut self) {
        self.run = None;
        self.killing = false;
        self.goal = None;
    }

    /// Takes over what an edit made of the text area; whether the text is another one now.
    fn settle(&mut self, run: Run, before: Spot, from: Spot) -> bool {
        // Nothing before both places was touched, so the byte is the same in the old text.
        let latest = self.byte(from.min(self.cursor()));
        let old = std::mem::replace(&mut self.text, self.area.lines().join("\n"));
        let Some(change) = Change::between(&old, &self.text, latest) else { return false };
        self.rows = Rows::wrap(self.area.lines(), self.width);
        self.put_cursor(self.cursor());
        let joins = run != Run::Single && self.run == Some(run);
        self.history.record(change, before, self.cursor(), joins);
        self.run = Some(run);
        self.goal = None;
        true
    }

    /// Puts another text into the text area, the cursor at the words it was at.
    fn replace(&mut self, text: &str) -> bool {
        let Some(change) = Change::between(&self.text, text, usize::MAX) else { return false };
        let before = self.cursor();
        let in_window = self.rows.cell(self.lines(), before).0.saturating_sub(self.top);
        let mut byte = change.carry(self.byte(before));
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        self.load(text.to_owned());
        self.put_cursor(self.spot_at(byte));
        self.top = self.rows.cell(self.lines(), self.cursor()).0.saturating_sub(in_window);
        self.scroll_to_cursor();
        self.history.record(change, before, self.cursor(), false);
        true
    }

    fn load(&mut self, text: String) {
        self.area = area_over(&text);
        self.rows = Rows::wrap(self.area.lines(), self.width);
        self.text = text;
    }

    fn scroll_to_cursor(&mut self) {
        let (row, _) = self.rows.cell(self.area.lines(), self.cursor());
        self.top = window_top(self.top, row, usize::from(self.height), self.rows.len());
    }
}

/// The first row to show so that `row` is seen, moving as little as possible and wasting no rows at the end.
fn window_top(top: usize, row: usize, height: usize, rows: usize) -> usize {
    let height = height.max(1);
    top.clamp((row + 1).saturating_sub(height), row).min(rows.saturating_sub(height))
}

/// A text area whose own undo is off: it takes back single characters.
fn area_over(text: &str) -> TextArea<'static> {
    let mut area = TextArea::new(text.split('\n').map(str::to_owned).collect());
    area.set_max_histories(0);
    area
}
