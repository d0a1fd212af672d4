//! Cells as bytes, and as few of them as will do: over a slow line every one is felt.
//!
//! What the terminal is known to be set to (its colours, its cursor) is not said again, also from one
//! frame to the next; crossterm's own backend puts all of it back after each frame.

use std::io::{self, Write as _};

use crossterm::cursor::{Hide, MoveRight, MoveTo, MoveToColumn, Show};
use crossterm::style::{Attribute, SetAttribute, SetBackgroundColor, SetForegroundColor};
use crossterm::terminal::{Clear, ClearType};
use crossterm::{Command, queue};
use ratatui::buffer::Cell;
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};
use ratatui_crossterm::IntoCrossterm;
use unicode_width::UnicodeWidthStr;

use super::abilities::Charset;
use super::sheet::Ink;

/// How cells look from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

const PLAIN: Look = Look { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

/// What turns each modifier on.
const MODIFIERS: [(Modifier, Attribute); 9] = [
    (Modifier::BOLD, Attribute::Bold),
    (Modifier::DIM, Attribute::Dim),
    (Modifier::ITALIC, Attribute::Italic),
    (Modifier::UNDERLINED, Attribute::Underlined),
    (Modifier::SLOW_BLINK, Attribute::SlowBlink),
    (Modifier::RAPID_BLINK, Attribute::RapidBlink),
    (Modifier::REVERSED, Attribute::Reverse),
    (Modifier::HIDDEN, Attribute::Hidden),
    (Modifier::CROSSED_OUT, Attribute::CrossedOut),
];

/// Where the terminal's cursor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Nobody knows.
    Unknown,
    /// There, if the terminal is as sure as we are how wide the last character was.
    Likely(Position),
    There(Position),
}

/// Writes cells.
#[derive(Debug)]
pub struct Pen {
    ink: Ink,
    charset: Charset,
    look: Option<Look>,
    at: At,
}

impl Pen {
    pub fn new(ink: Ink, charset: Charset) -> Self {
        Self { ink, charset, look: None, at: At::Unknown }
    }

    /// Something else may have written to the terminal.
    pub fn forget(&mut self) {
        self.look = None;
        self.at = At::Unknown;
    }

    /// Writes one cell of a terminal that is `columns` wide.
    pub fn cell(&mut self, at: Position, cell: &Cell, columns: u16) -> io::Result<()> {
        if self.at != At::Likely(at) {
            self.go(at)?;
        }
        self.dip(Look { fg: cell.fg, bg: cell.bg, modifier: cell.modifier })?;
        let symbol = self.charset.shown(cell.symbol(), cell.symbol().width());
        self.ink.write_all(symbol.as_bytes())?;
        let next = Position { x: at.x + 1, ..at };
        self.at = match symbol.width() {
            // At the edge, terminals differ in where the cursor waits.
            _ if next.x >= columns => At::Unknown,
            1 if symbol.len() == 1 => At::There(next),
            1 => At::Likely(next),
            _ => At::Unknown,
        };
        Ok(())
    }

    /// Puts the cursor somewhere, by the shorter way.
    pub fn go(&mut self, to: Position) -> io::Result<()> {
        if self.at == At::There(to) {
            return Ok(());
        }
        let jump = ansi(&MoveTo(to.x, to.y));
        let along = match self.at {
            At::There(from) if from.y == to.y && from.x < to.x => Some(ansi(&MoveRight(to.x - from.x))),
            At::There(from) if from.y == to.y => Some(ansi(&MoveToColumn(to.x))),
            _ => None,
        };
        self.at = At::There(to);
        self.ink.write_all(along.filter(|along| along.len() < jump.len()).unwrap_or(jump).as_bytes())
    }

    /// Clears the whole terminal; in its own colours, as terminals fill with the present one.
    pub fn clear(&mut self) -> io::Result<()> {
        self.dip(PLAIN)?;
        self.at = At::Unknown;
        queue!(self.ink, Clear(ClearType::All))
    }

    pub fn show_cursor(&mut self, visible: bool) -> io::Result<()> {
        if visible { queue!(self.ink, Show) } else { queue!(self.ink, Hide) }
    }

    fn dip(&mut self, look: Look) -> io::Result<()> {
        let known = self.look.replace(look).filter(|before| look.modifier.contains(before.modifier));
        if known.is_none() {
            queue!(self.ink, SetAttribute(Attribute::Reset))?;
        }
        let before = known.unwrap_or(PLAIN);
        for (modifier, attribute) in MODIFIERS {
            if (look.modifier - before.modifier).contains(modifier) {
                queue!(self.ink, SetAttribute(attribute))?;
            }
        }
        if look.fg != before.fg {
            queue!(self.ink, SetForegroundColor(look.fg.into_crossterm()))?;
        }
        if look.bg != before.bg {
            queue!(self.ink, SetBackgroundColor(look.bg.into_crossterm()))?;
        }
        Ok(())
    }
}

/// The bytes of a command.
fn ansi(command: &impl Command) -> String {
    let mut out = String::new();
    let written = command.write_ansi(&mut out);
    debug_assert!(written.is_ok(), "a string takes what is written to it");
    out
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    /// Writes cells in a row and tells the bytes.
    fn written(cells: &[(u16, &str, Style)]) -> String {
        let ink = Ink::default();
        let mut pen = Pen::new(ink.clone(), Charset::Utf8);
        for (x, symbol, style) in cells {
            let mut cell = Cell::default();
            cell.set_symbol(symbol).set_style(*style);
            pen.cell(Position::new(*x, 3), &cell, 80).unwrap();
        }
        String::from_utf8(ink.take()).unwrap().replace('\x1b', "^")
    }

    #[test]
    fn neighbours_that_look_alike_need_nothing_between_them() {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        assert_eq!(written(&[(0, "a", bold), (1, "b", bold), (2, "c", Style::new())]), "^[4;1H^[0m^[1mab^[0mc");
    }

    #[test]
    fn only_what_changes_is_said_and_moves_are_short() {
        let plain = Style::new();
        assert_eq!(written(&[(0, "a", plain), (3, "b", plain), (1, "c", plain)]), "^[4;1H^[0ma^[2Cb^[2Gc");
        let bold = plain.add_modifier(Modifier::BOLD);
        assert_eq!(written(&[(0, "a", plain), (1, "b", bold)]), "^[4;1H^[0ma^[1mb");
    }

    #[test]
    fn a_terminal_without_the_letter_gets_signs_in_its_columns() {
        let ink = Ink::default();
        let mut pen = Pen::new(ink.clone(), Charset::Ascii);
        for (x, symbol) in [(0, "é"), (1, "a"), (2, "夜"), (4, "b")] {
            let mut cell = Cell::default();
            cell.set_symbol(symbol);
            pen.cell(Position::new(x, 3), &cell, 80).unwrap();
        }
        assert_eq!(String::from_utf8(ink.take()).unwrap().replace('\x1b', "^"), "^[4;1H^[0m?a??^[4;5Hb");
    }

    #[test]
    fn a_colour_is_taken_back_when_the_text_is_plain_again() {
        let plain = Style::new();
        assert_eq!(
            written(&[(0, "a", plain.fg(Color::Rgb(1, 2, 3))), (1, "b", plain)]),
            "^[4;1H^[0m^[38;2;1;2;3ma^[39mb"
        );
    }

    #[test]
    fn after_a_character_of_doubtful_width_the_cursor_is_placed_anew() {
        let plain = Style::new();
        assert_eq!(written(&[(0, "日", plain), (2, "b", plain)]), "^[4;1H^[0m日^[4;3Hb");
        assert_eq!(written(&[(79, "a", plain), (0, "b", plain)]), "^[4;80H^[0ma^[4;1Hb");
        let ink = Ink::default();
        let mut pen = Pen::new(ink.clone(), Charset::Utf8);
        let mut cell = Cell::default();
        cell.set_symbol("ü");
        pen.cell(Position::new(0, 0), &cell, 80).unwrap();
        ink.take();
        pen.go(Position::new(1, 0)).unwrap();
        assert_eq!(ink.take(), b"\x1b[1;2H");
    }
}
