//! A terminal that remembers each write, and is understood by a terminal emulator.

use std::io;
use std::sync::{Arc, Mutex};

use ratatui::Frame;
use ratatui::layout::{Position, Size};
use ratatui::style::Style;
use refrain::tui::terminal::{Charset, Screen, Tty};

/// What the screen writes on.
#[derive(Clone, Default)]
pub struct Paper(pub Arc<Mutex<Sheet>>);

#[derive(Default)]
pub struct Sheet {
    writes: Vec<Vec<u8>>,
    raw: bool,
    pub size: Size,
    pub gone: bool,
    /// How many bytes it still takes; without it, all.
    pub room: Option<usize>,
}

impl Paper {
    fn new(width: u16, height: u16) -> Self {
        let paper = Self::default();
        paper.0.lock().unwrap().size = Size { width, height };
        paper
    }

    pub fn take(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.0.lock().unwrap().writes)
    }

    pub fn is_raw(&self) -> bool {
        self.0.lock().unwrap().raw
    }
}

impl Tty for Paper {
    fn raw(&self) -> io::Result<()> {
        self.0.lock().unwrap().raw = true;
        Ok(())
    }

    fn cooked(&self) {
        self.0.lock().unwrap().raw = false;
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut sheet = self.0.lock().unwrap();
        if sheet.gone {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let taken = bytes.len().min(sheet.room.unwrap_or(bytes.len()));
        sheet.room = sheet.room.map(|room| room - taken);
        sheet.writes.push(bytes[..taken].to_vec());
        Ok(taken)
    }

    fn farewell(&self, bytes: &[u8]) {
        drop(self.write(bytes));
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.0.lock().unwrap().size)
    }
}

pub fn screen(width: u16, height: u16) -> (Screen<Paper>, Paper) {
    let paper = Paper::new(width, height);
    (Screen::over(paper.clone(), Charset::Utf8).unwrap(), paper)
}

/// A page of text with a cursor behind the first `typed` letters of a line.
pub fn page(frame: &mut Frame<'_>, typed: &str) {
    let area = frame.area();
    for row in area.rows().skip(1) {
        frame.buffer_mut().set_string(0, row.y, "The last boat leaves at ten to nine", Style::new());
    }
    frame.buffer_mut().set_string(0, 0, typed, Style::new());
    frame.set_cursor_position(Position { x: typed.len() as u16, y: 0 });
}

pub fn paint_all(frame: &mut Frame<'_>, style: Style) {
    let area = frame.area();
    frame.buffer_mut().set_style(area, style);
}

pub fn emulator(width: u16, height: u16) -> vt100::Parser {
    vt100::Parser::new(height.try_into().unwrap(), width.try_into().unwrap(), 0)
}

pub fn emulate(writes: &[Vec<u8>], width: u16, height: u16) -> vt100::Parser {
    let mut emulator = emulator(width, height);
    for bytes in writes {
        emulator.process(bytes);
    }
    emulator
}
