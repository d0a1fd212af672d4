//! Where frames are written before they are sent: a backend that never touches the terminal.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use super::abilities::Charset;
use super::pen::Pen;

/// Bytes that wait to be sent; shared between the backend, which writes, and the screen, which sends.
#[derive(Clone, Debug, Default)]
pub struct Ink(Rc<RefCell<Vec<u8>>>);

impl Ink {
    /// All that was written since the last time.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.borrow_mut())
    }
}

impl Write for Ink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A backend that remembers what the terminal already knows, so that a frame in which nothing changed is
/// no bytes at all, and that answers questions itself instead of asking over the wire.
#[derive(Debug)]
pub struct Sheet {
    pen: Pen,
    size: Size,
    /// Where the cursor was put last.
    cursor: Position,
    /// Whether it is visible, if that is certain.
    visible: Option<bool>,
}

impl Sheet {
    pub fn new(ink: Ink, size: Size, charset: Charset) -> Self {
        Self { pen: Pen::new(ink, charset), size, cursor: Position::default(), visible: None }
    }

    pub fn resize(&mut self, size: Size) {
        self.size = size;
    }

    /// Something else may have written to the terminal.
    pub fn forget(&mut self) {
        self.pen.forget();
        self.visible = None;
    }
}

impl Backend for Sheet {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            self.pen.cell(Position { x, y }, cell, self.size.width)?;
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.visible.replace(false) == Some(false) { Ok(()) } else { self.pen.show_cursor(false) }
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.visible.replace(true) == Some(true) { Ok(()) } else { self.pen.show_cursor(true) }
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.cursor = position.into();
        self.pen.go(self.cursor)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    /// Frames fill the whole terminal, so whatever part is to be cleared, all of it is painted next.
    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        self.pen.clear()
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
