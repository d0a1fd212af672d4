//! Pieces of text that follow one another and go on in the next row, none of them broken.

use crate::tui::cells;
use crate::tui::theme::Part;

/// Rows that fill up from the left.
#[derive(Debug)]
pub struct Flow {
    /// Each row's texts, one after the other.
    pub rows: Vec<Vec<(String, Part)>>,
    columns: usize,
    most: usize,
}

impl Flow {
    /// No piece yet, on at most so many rows.
    pub fn new(columns: usize, most: usize) -> Self {
        Self { rows: vec![Vec::new()], columns, most }
    }

    /// Columns that are free in the last row.
    pub fn room(&self) -> usize {
        let row = self.rows.last().into_iter().flatten();
        self.columns.saturating_sub(row.map(|(text, _)| cells::width(text)).sum())
    }

    /// A piece after a gap, in the next row where this one has no room for it and there may be another.
    pub fn put(&mut self, gap: usize, text: &str, part: Part) {
        let full = self.room() < gap + cells::width(text);
        if full && self.rows.len() < self.most {
            self.rows.push(Vec::new());
            self.add(1, text, part);
        } else {
            self.add(gap, text, part);
        }
    }

    /// A piece after a gap in the last row, whether or not it has room.
    pub fn add(&mut self, gap: usize, text: &str, part: Part) {
        let text = " ".repeat(gap) + text;
        let Some(row) = self.rows.last_mut() else { return };
        match row.last_mut() {
            // As one text it is cut off where the row ends, and says so.
            Some((before, same)) if *same == part => before.push_str(&text),
            _ => row.push((text, part)),
        }
    }
}
