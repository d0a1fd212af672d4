//! What each edit does to a text.

use crate::domain::written::is_welcome;

use super::{Applied, Edit, Editor, EditorKind, MOST_CHARACTERS, Motion, Run, Spot, graphemes, moves};

/// Said when nothing more goes in.
const FULL: &str = "the text is full: 60,000 characters";

/// Said when a paste was cut.
const CUT: &str = "only the beginning of the paste fits: a text has at most 60,000 characters";

impl Editor {
    /// Does one edit.
    pub fn apply(&mut self, edit: Edit) -> Applied {
        match edit {
            Edit::Insert(c) => self.insert(c),
            Edit::Newline => self.insert('\n'),
            Edit::Paste(text) => self.paste(&text),
            Edit::InsertLine(line) => self.insert_line(&line),
            Edit::Replace(text) => self.replace_cleaned(&text),
            Edit::Backspace => self.erase(Motion::Left),
            Edit::DeleteForward => self.erase(Motion::Right),
            Edit::KillToEnd => self.kill(self.end_to_kill()),
            Edit::KillToStart => self.kill(self.start_to_kill()),
            Edit::DeleteWordBack => self.kill(self.target(Motion::WordLeft)),
            Edit::DeleteWord => self.kill(self.word_end()),
            Edit::Move { motion, select } => self.go(motion, select),
            Edit::SelectAll => self.select_all(),
            Edit::Unselect => self.unselect(),
            Edit::Undo => self.step_back(),
            Edit::Redo => self.step_again(),
            Edit::Cut => self.cut(),
            Edit::Copy => self.copy(),
            Edit::PasteClipboard => self.paste(&self.clipboard.clone()),
        }
    }

    fn insert(&mut self, c: char) -> Applied {
        let c = if c == '\n' && self.kind == EditorKind::Paragraph { ' ' } else { c };
        if c != '\n' && !is_welcome(c, self.char_before()) {
            return Applied::default();
        }
        if self.room() == 0 {
            return Applied { note: Some(FULL), ..Applied::default() };
        }
        self.killing = false;
        let changed = self.change(Run::Typing, |editor| editor.area.insert_char(c));
        if c == '\n' {
            self.run = None;
        }
        Applied { changed, ..Applied::default() }
    }

    fn paste(&mut self, text: &str) -> Applied {
        self.rest();
        let text = self.kind.clean(text);
        let room = self.room();
        let fits = text.char_indices().nth(room).map_or(text.as_str(), |(end, _)| &text[..end]);
        let note = (fits.len() < text.len()).then_some(if room == 0 { FULL } else { CUT });
        if fits.is_empty() {
            return Applied { note, ..Applied::default() };
        }
        let changed = self.change(Run::Single, |editor| {
            editor.area.insert_str(fits);
        });
        Applied { changed, note, copied: None }
    }

    fn insert_line(&mut self, line: &str) -> Applied {
        self.area.cancel_selection();
        let cursor = self.cursor();
        let here = &self.lines()[cursor.line];
        let last = cursor.line + 1 == self.lines().len();
        let (at, text) = if here.trim().is_empty() {
            (Spot { column: 0, ..cursor }, format!("{line}\n"))
        } else if cursor.column == 0 {
            (cursor, format!("{line}\n"))
        } else {
            (self.line_end(cursor.line), if last { format!("\n{line}\n") } else { format!("\n{line}") })
        };
        let swallow = here.trim().is_empty() && !last;
        self.put_cursor(at);
        if swallow {
            // The blank line's own line end serves the tag.
            self.select_to(Spot { line: cursor.line + 1, column: 0 });
        }
        let applied = self.paste(&text);
        if applied.changed && text.starts_with('\n') && !last {
            self.set_cursor(Spot { line: cursor.line + 2, column: 0 });
        }
        applied
    }

    fn replace_cleaned(&mut self, text: &str) -> Applied {
        self.rest();
        let changed = self.replace(&self.kind.clean(text));
        Applied { changed, ..Applied::default() }
    }

    /// Deletes the selection, or else what a motion passes.
    fn erase(&mut self, motion: Motion) -> Applied {
        self.killing = false;
        let run = if self.selection().is_some() { Run::Single } else { Run::Erasing };
        let to = self.target(motion);
        let changed = self.change(run, |editor| editor.cut_out(to));
        Applied { changed, ..Applied::default() }
    }

    /// Deletes into the clipboard; kills in a row are collected in the order of the text.
    fn kill(&mut self, to: Spot) -> Applied {
        let collects = self.killing;
        let before = self.cursor();
        let killed = self.text_between(self.selection().unwrap_or((before.min(to), before.max(to))));
        let changed = self.change(Run::Single, |editor| editor.cut_out(to));
        if changed {
            match (collects, to < before) {
                (false, _) => self.clipboard = killed,
                (true, true) => self.clipboard.insert_str(0, &killed),
                (true, false) => self.clipboard.push_str(&killed),
            }
        }
        self.killing = changed;
        Applied { changed, ..Applied::default() }
    }

    /// The line's end; from there, the start of the next line, so that killing goes on.
    fn end_to_kill(&self) -> Spot {
        let end = self.line_end(self.cursor().line);
        if self.cursor() == end { self.right_of(end) } else { end }
    }

    fn start_to_kill(&self) -> Spot {
        let start = self.target(Motion::LineStart);
        if self.cursor() == start { self.left_of(start) } else { start }
    }

    fn go(&mut self, motion: Motion, select: bool) -> Applied {
        let vertical = matches!(motion, Motion::Up | Motion::Down | Motion::PageUp | Motion::PageDown);
        let goal = vertical.then(|| self.goal.unwrap_or_else(|| self.rows.cell(self.lines(), self.cursor()).1));
        let to = match (self.selection(), motion) {
            (Some((start, _)), Motion::Left) if !select => start,
            (Some((_, end)), Motion::Right) if !select => end,
            _ => self.target(motion),
        };
        if select {
            self.select_to(to);
        } else {
            self.area.cancel_selection();
            self.put_cursor(to);
        }
        self.rest();
        self.goal = goal;
        Applied::default()
    }

    fn select_all(&mut self) -> Applied {
        self.area.cancel_selection();
        self.put_cursor(Spot::default());
        self.select_to(self.target(Motion::TextEnd));
        self.rest();
        Applied::default()
    }

    fn unselect(&mut self) -> Applied {
        self.area.cancel_selection();
        self.rest();
        Applied::default()
    }

    fn step_back(&mut self) -> Applied {
        let mut text = self.text.clone();
        let spot = self.history.undo(&mut text);
        self.after_step(text, spot, "nothing to undo")
    }

    fn step_again(&mut self) -> Applied {
        let mut text = self.text.clone();
        let spot = self.history.redo(&mut text);
        self.after_step(text, spot, "nothing to redo")
    }

    fn after_step(&mut self, text: String, spot: Option<Spot>, nothing: &'static str) -> Applied {
        self.rest();
        let Some(spot) = spot else { return Applied { note: Some(nothing), ..Applied::default() } };
        self.load(text);
        self.put_cursor(spot);
        Applied { changed: true, ..Applied::default() }
    }

    fn cut(&mut self) -> Applied {
        let copied = self.copy().copied;
        let cursor = self.cursor();
        let changed = copied.is_some() && self.change(Run::Single, |editor| editor.cut_out(cursor));
        Applied { changed, copied, note: None }
    }

    fn copy(&mut self) -> Applied {
        self.rest();
        let copied = self.selection().map(|ends| self.text_between(ends));
        if let Some(text) = &copied {
            self.clipboard.clone_from(text);
        }
        Applied { copied, ..Applied::default() }
    }

    /// Lets `edit` at the text area and takes over what came of it.
    fn change(&mut self, run: Run, edit: impl FnOnce(&mut Self)) -> bool {
        let before = self.cursor();
        let from = self.selection().map_or(before, |(start, _)| start);
        edit(self);
        let changed = self.settle(run, before, from);
        self.area.cancel_selection();
        changed
    }

    /// Takes the selection out of the text area, or else what lies between the cursor and `to`.
    fn cut_out(&mut self, to: Spot) {
        if self.selection().is_none() {
            self.area.cancel_selection();
            self.area.start_selection();
            moves::jump(&mut self.area, to);
        }
        self.area.cut();
    }

    /// Moves the cursor, the selection growing or shrinking with it.
    fn select_to(&mut self, to: Spot) {
        if !self.area.is_selecting() {
            self.area.start_selection();
        }
        self.put_cursor(to);
    }

    fn text_between(&self, (from, to): (Spot, Spot)) -> String {
        self.text[self.byte(from)..self.byte(to)].to_owned()
    }

    fn char_before(&self) -> Option<char> {
        let cursor = self.cursor();
        let line = &self.lines()[cursor.line];
        line[..graphemes::byte_at(line, cursor.column)].chars().next_back()
    }

    /// How many characters may still be put in; what is selected makes room.
    fn room(&self) -> usize {
        let selected = self.selection().map_or(0, |ends| self.text_between(ends).chars().count());
        (MOST_CHARACTERS + selected).saturating_sub(self.text.chars().count())
    }
}
