//! The chunks of a WAV file on the disk: made to say no more than there is, and added to.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Where a chunk lies.
struct Chunk {
    name: [u8; 4],
    /// The place of its first byte, behind name and length.
    start: u64,
    /// The length that it states.
    length: u64,
}

/// The chunk whose name stands at `at`; nothing at the end of the file.
fn chunk_at(file: &File, at: u64) -> io::Result<Option<Chunk>> {
    let mut head = [0; 8];
    match file.read_exact_at(&mut head, at) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let [a, b, c, d, length @ ..] = head;
    Ok(Some(Chunk { name: [a, b, c, d], start: at + 8, length: u32::from_le_bytes(length).into() }))
}

/// Makes the header of a file that was cut short state the samples that are there.
///
/// # Errors
/// When the file cannot be read or written.
pub fn mend(file: &File) -> io::Result<()> {
    /// The first chunk lies behind `RIFF`, a length and `WAVE`.
    const FIRST: u64 = 12;
    let mut end = file.metadata()?.len();
    let (mut at, mut block) = (FIRST, 1);
    while let Some(chunk) = chunk_at(file, at)? {
        if &chunk.name == b"fmt " {
            let mut align = [0; 2];
            file.read_exact_at(&mut align, chunk.start + 12)?;
            block = u64::from(u16::from_le_bytes(align)).max(1);
        }
        if &chunk.name == b"data" && chunk.start + chunk.length > end {
            let whole = (end - chunk.start) / block * block;
            end = chunk.start + whole;
            file.write_all_at(&stated(whole)?, chunk.start - 4)?;
            file.set_len(end)?;
        }
        at = chunk.start + chunk.length.next_multiple_of(2);
    }
    file.write_all_at(&stated(end - 8)?, 4)
}

fn stated(length: u64) -> io::Result<[u8; 4]> {
    let length = u32::try_from(length);
    length.map(u32::to_le_bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "too long for a WAV file"))
}

/// Adds a chunk at the end of a file, and says so in its header.
///
/// # Errors
/// When the file cannot be read or written, or becomes too long for a WAV file (4 GB).
pub fn add_chunk(file: &File, name: [u8; 4], content: &[u8]) -> io::Result<()> {
    let start = file.metadata()?.len().next_multiple_of(2);
    let mut chunk = name.to_vec();
    chunk.extend(stated(content.len() as u64)?);
    chunk.extend(content);
    if content.len() % 2 == 1 {
        chunk.push(0);
    }
    let end = start + chunk.len() as u64;
    let riff = stated(end - 8)?;
    file.write_all_at(&chunk, start)?;
    file.write_all_at(&riff, 4)
}

/// Whether a file has a chunk of one of these names.
///
/// # Errors
/// When the file cannot be read.
pub fn has_chunk(file: &File, names: &[[u8; 4]]) -> io::Result<bool> {
    let mut at = 12;
    while let Some(chunk) = chunk_at(file, at)? {
        if names.contains(&chunk.name) {
            return Ok(true);
        }
        at = chunk.start + chunk.length.next_multiple_of(2);
    }
    Ok(false)
}
