//! The chunks of which WAV and AIFF files are made: four letters, a size, and so many bytes.

use std::io;

use super::super::window::Window;

/// Where the first chunk stands: behind the name of the whole, its size and its kind.
const FIRST: u64 = 12;

/// More chunks than any file has; a broken one could name chunks of no length for ever.
const MOST: usize = 4_096;

/// A chunk, as its header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    pub name: [u8; 4],
    /// Where its content begins.
    pub at: u64,
    pub size: u32,
}

impl Chunk {
    /// The first `N` bytes of its content, if the chunk and the file have so many.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn head<const N: usize>(&self, window: &Window) -> io::Result<Option<[u8; N]>> {
        if (self.size as usize) < N { Ok(None) } else { window.exactly(self.at) }
    }
}

/// The chunks from the first to the one that is `last`, which may be cut short, or to the end of the file.
///
/// # Errors
/// When the file cannot be read.
pub fn until(window: &Window, size_of: fn([u8; 4]) -> u32, last: [u8; 4]) -> io::Result<Vec<Chunk>> {
    let mut chunks = Vec::new();
    let mut at = FIRST;
    while chunks.len() < MOST {
        let Some([a, b, c, d, size @ ..]) = window.exactly::<8>(at)? else { break };
        let chunk = Chunk { name: [a, b, c, d], at: at + 8, size: size_of(size) };
        chunks.push(chunk);
        if chunk.name == last {
            break;
        }
        // A chunk of an odd size is followed by a byte of nothing.
        at = chunk.at + u64::from(chunk.size) + u64::from(chunk.size & 1);
    }
    Ok(chunks)
}
