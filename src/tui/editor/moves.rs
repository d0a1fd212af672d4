//! Where a motion leads, from the cursor; nothing is moved for good here.

use tui_textarea::{CursorMove, TextArea};

use super::{Editor, Motion, Spot, graphemes, sections};

impl Editor {
    /// The place that a motion leads to from the cursor.
    pub(super) fn target(&self, motion: Motion) -> Spot {
        let from = self.cursor();
        match motion {
            Motion::Left => self.left_of(from),
            Motion::Right => self.right_of(from),
            Motion::Up => self.rows_away(-1),
            Motion::Down => self.rows_away(1),
            Motion::PageUp => self.rows_away(1 - self.page()),
            Motion::PageDown => self.rows_away(self.page() - 1),
            Motion::LineStart => Spot { column: 0, ..from },
            Motion::LineEnd => self.line_end(from.line),
            Motion::WordLeft => self.word(from, CursorMove::WordBack),
            Motion::WordRight => self.word(from, CursorMove::WordForward),
            Motion::SectionUp => {
                let line = sections::previous(self.lines(), from.line, from.column == 0).unwrap_or(0);
                Spot { line, column: 0 }
            }
            Motion::SectionDown => match sections::next(self.lines(), from.line) {
                Some(line) => Spot { line, column: 0 },
                None => self.text_end(),
            },
            Motion::TextStart => Spot::default(),
            Motion::TextEnd => self.text_end(),
        }
    }

    pub(super) fn left_of(&self, from: Spot) -> Spot {
        match graphemes::before(&self.lines()[from.line], from.column) {
            Some(column) => Spot { column, ..from },
            None if from.line > 0 => self.line_end(from.line - 1),
            None => from,
        }
    }

    pub(super) fn right_of(&self, from: Spot) -> Spot {
        match graphemes::after(&self.lines()[from.line], from.column) {
            Some(column) => Spot { column, ..from },
            None if from.line + 1 < self.lines().len() => Spot { line: from.line + 1, column: 0 },
            None => from,
        }
    }

    /// The end of the word at or after the cursor, for deleting it without the space behind it.
    pub(super) fn word_end(&self) -> Spot {
        let from = self.cursor();
        let mut to = self.word(from, CursorMove::WordForward);
        let mut end = self.without_space(from, to);
        if end == from {
            to = self.word(to, CursorMove::WordForward);
            end = self.without_space(from, to);
        }
        if end == from { to } else { end }
    }

    /// `to`, moved back over white space but not beyond `from` or the line's start.
    fn without_space(&self, from: Spot, to: Spot) -> Spot {
        if to.line != from.line {
            return to;
        }
        let line = &self.lines()[to.line];
        let before = &line[..graphemes::byte_at(line, to.column)];
        let column = graphemes::columns(before.trim_end());
        Spot { column: graphemes::at_or_after(line, column.max(from.column)), ..to }
    }

    pub(super) fn line_end(&self, line: usize) -> Spot {
        Spot { line, column: graphemes::columns(&self.lines()[line]) }
    }

    fn text_end(&self) -> Spot {
        self.line_end(self.lines().len() - 1)
    }

    /// Words are the text area's; it finds them by code points, so its answer is moved to the nearest place
    /// between graphemes, away from the cursor.
    fn word(&self, from: Spot, by: CursorMove) -> Spot {
        let mut scout: TextArea<'_> = [self.lines()[from.line].as_str()].into();
        jump(&mut scout, Spot { line: 0, column: from.column });
        scout.move_cursor(by);
        let column = scout.cursor().1;
        let line = &self.lines()[from.line];
        match by {
            CursorMove::WordBack if from.column == 0 => self.left_of(from),
            CursorMove::WordBack => Spot { column: graphemes::at_or_before(line, column), ..from },
            _ if from == self.line_end(from.line) => self.right_of(from),
            _ => Spot { column: graphemes::at_or_after(line, column), ..from },
        }
    }

    /// Rows of the window, at least 2 so that a page is never no move at all.
    fn page(&self) -> isize {
        self.height.max(2) as isize
    }

    /// The place some rows up or down, in the column where the vertical movement began. Beyond the first
    /// and the last row it is the start and the end of the text.
    fn rows_away(&self, by: isize) -> Spot {
        let (row, cell) = self.rows.cell(self.lines(), self.cursor());
        let wanted = row as isize + by;
        if row == 0 && by < 0 {
            Spot::default()
        } else if row + 1 == self.rows.len() && by > 0 {
            self.text_end()
        } else {
            let wanted = wanted.clamp(0, self.rows.len() as isize - 1) as usize;
            self.rows.spot(self.lines(), wanted, self.goal.unwrap_or(cell))
        }
    }
}

/// Puts the text area's cursor at a place.
///
/// The text area takes 16 bits for each half of an address; [`MOST_CHARACTERS`](super::MOST_CHARACTERS)
/// keeps what is written here within them.
pub(super) fn jump(area: &mut TextArea<'_>, spot: Spot) {
    let half = |value: usize| u16::try_from(value).unwrap_or(u16::MAX);
    area.move_cursor(CursorMove::Jump(half(spot.line), half(spot.column)));
}
