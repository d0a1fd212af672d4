//! A file of JSON lines that only grows.
//!
//! A line is written by one call and ends with its newline, so a killed process leaves either the whole
//! line or none; a tail that a full disk has cut off is removed when the file is opened again.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The file, and all that stands in it.
#[derive(Debug)]
pub struct Lines<T> {
    file: File,
    length: u64,
    all: Vec<T>,
}

impl<T: Serialize + DeserializeOwned> Lines<T> {
    /// Opens a file, or begins it.
    ///
    /// # Errors
    /// When it cannot be read or written, or holds a whole line that is none of ours.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let text = std::fs::read(path)?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let all = text[..whole]
            .split_inclusive(|byte| *byte == b'\n')
            .map(serde_json::from_slice)
            .collect::<Result<_, _>>()
            .map_err(|error| {
                io::Error::other(format!("`{}` holds a line that cannot be read: {error}", path.display()))
            })?;
        file.set_len(whole as u64)?;
        Ok(Self { file, length: whole as u64, all })
    }

    /// Adds a line; it is in the file before this returns.
    ///
    /// # Errors
    /// When it cannot be written; the file is then as it was.
    pub fn push(&mut self, item: T) -> io::Result<&T> {
        let mut line = serde_json::to_vec(&item)?;
        line.push(b'\n');
        if let Err(error) = self.file.write_all(&line) {
            self.file.set_len(self.length)?;
            return Err(error);
        }
        self.length += line.len() as u64;
        self.all.push(item);
        Ok(&self.all[self.all.len() - 1])
    }

    /// Every line, the oldest first.
    pub fn all(&self) -> &[T] {
        &self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_last_line_is_removed_and_the_rest_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        let mut lines = Lines::<u32>::open(&path).unwrap();
        lines.push(1).unwrap();
        lines.push(22).unwrap();
        drop(lines);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"33").unwrap();
        let mut lines = Lines::<u32>::open(&path).unwrap();
        assert_eq!(lines.all(), [1, 22]);
        lines.push(4).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "1\n22\n4\n");
    }
}
