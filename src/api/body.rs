//! The body of a paid request: text, and in the midst of it recordings that are read while they are sent.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt;

use crate::domain::enclosure::Enclosure;
use crate::domain::recording::{Encoding, content_type};
use crate::failpoint::{self, Point};

/// Bytes of a recording that are read at a time: whole groups of three, so only the last block is padded.
const BLOCK: usize = 48 * 1024;

/// A body that can be sent, once. Every recording in it was opened, read to its end, and found to be what its
/// name says: a file that is removed from then on is sent all the same.
#[derive(Debug)]
pub struct Body {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Text(Bytes),
    Recording { file: File, bytes: u64 },
}

/// A recording that cannot be sent.
#[derive(Debug)]
pub struct Unsound {
    /// Its name in the folder of recordings.
    pub name: String,
    pub flaw: Flaw,
}

/// What keeps a recording from being sent.
#[derive(Debug)]
pub enum Flaw {
    /// There is no such file.
    Gone,
    /// It is not what was frozen.
    Changed,
    /// It cannot be read.
    Unreadable(io::Error),
}

/// A recording that gave out while it was sent.
#[derive(Debug, thiserror::Error)]
#[error("a recording could not be read to its end")]
pub(super) struct GaveOut(#[source] io::Error);

impl From<&Value> for Body {
    /// A body of text alone.
    fn from(request: &Value) -> Self {
        Self { parts: vec![Part::Text(request.to_string().into())] }
    }
}

impl Body {
    /// The body of a request, with the recordings that it names from their folder. Reads each of them to its
    /// end: not for a task that others wait for.
    ///
    /// # Errors
    /// When a recording is not there, or not what it was when it was frozen.
    pub fn read(request: &Value, recordings: &Path) -> Result<Self, Unsound> {
        let mut writing = Writing { recordings, text: String::new(), parts: Vec::new() };
        writing.value(request)?;
        writing.end_text();
        Ok(Self { parts: writing.parts })
    }

    /// Bytes on the wire.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.parts.iter().map(Part::length).sum()
    }

    /// The bytes, a block at a time.
    pub(super) fn into_blocks(self) -> impl Stream<Item = Result<Bytes, GaveOut>> + Send + 'static {
        let sending = Sending { left: self.length(), parts: self.parts.into_iter(), open: None, begun: false };
        stream::try_unfold(sending, |mut sending| async move {
            let block = sending.next_passed().await.map_err(GaveOut)?;
            Ok(block.map(|block| (block, sending)))
        })
    }
}

impl Part {
    fn length(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Recording { bytes, .. } => bytes.div_ceil(3) * 4,
        }
    }
}

/// JSON being written, cut where recordings go.
struct Writing<'a> {
    recordings: &'a Path,
    text: String,
    parts: Vec<Part>,
}

impl Writing<'_> {
    fn value(&mut self, value: &Value) -> Result<(), Unsound> {
        if let Some(enclosure) = Enclosure::in_place_of(value) {
            return self.recording(&enclosure);
        }
        match value {
            Value::Array(items) => {
                self.text.push('[');
                for (place, item) in items.iter().enumerate() {
                    self.text.push_str(if place > 0 { "," } else { "" });
                    self.value(item)?;
                }
                self.text.push(']');
            }
            Value::Object(members) => {
                self.text.push('{');
                for (place, (key, member)) in members.iter().enumerate() {
                    self.text.push_str(if place > 0 { "," } else { "" });
                    self.text.push_str(&Value::from(key.as_str()).to_string());
                    self.text.push(':');
                    self.value(member)?;
                }
                self.text.push('}');
            }
            plain => self.text.push_str(&plain.to_string()),
        }
        Ok(())
    }

    /// The letters of Base64 and what stands before them need no escapes in JSON.
    fn recording(&mut self, enclosure: &Enclosure) -> Result<(), Unsound> {
        let Enclosure { name, encoding } = enclosure;
        let unsound = |flaw| Unsound { name: name.clone(), flaw };
        let (file, bytes) = checked(&self.recordings.join(name), name).map_err(unsound)?;
        self.text.push('"');
        if *encoding == Encoding::DataUri {
            self.text.extend(["data:", content_type(name), ";base64,"]);
        }
        self.end_text();
        self.parts.push(Part::Recording { file, bytes });
        self.text.push('"');
        Ok(())
    }

    fn end_text(&mut self) {
        self.parts.push(Part::Text(std::mem::take(&mut self.text).into()));
    }
}

/// The file at its beginning, and its length, if its bytes are those that its name is the hash of.
fn checked(path: &Path, name: &str) -> Result<(File, u64), Flaw> {
    let flaw = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Flaw::Gone,
        _ => Flaw::Unreadable(error),
    };
    let mut file = File::open(path).map_err(flaw)?;
    let mut hash = Sha256::new();
    let mut bytes = 0;
    let mut block = vec![0; BLOCK];
    loop {
        match file.read(&mut block).map_err(flaw)? {
            0 => break,
            read => {
                hash.update(&block[..read]);
                bytes += read as u64;
            }
        }
    }
    let digest = format!("{:x}", Bytes::copy_from_slice(&hash.finalize()));
    if name.split_once('.').map(|(own, _)| own) != Some(&digest) {
        return Err(Flaw::Changed);
    }
    file.rewind().map_err(flaw)?;
    Ok((file, bytes))
}

/// A body on its way.
struct Sending {
    parts: std::vec::IntoIter<Part>,
    /// The recording that is being read, and how much of it is still to come.
    open: Option<(tokio::fs::File, u64)>,
    /// Whether its first block has been asked for.
    begun: bool,
    /// Bytes that are still to come.
    left: u64,
}

impl Sending {
    /// The next block, past the points at which a test breaks the request.
    async fn next_passed(&mut self) -> io::Result<Option<Bytes>> {
        if !std::mem::replace(&mut self.begun, true) {
            failpoint::pass(Point::TakeRequestBegun)?;
        }
        let block = self.next().await?;
        self.left -= block.as_ref().map_or(0, |block| block.len() as u64);
        if self.left == 0 {
            failpoint::pass(Point::TakeRequestLast)?;
        }
        Ok(block)
    }

    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            if let Some((file, left)) = self.open.as_mut().filter(|(_, left)| *left > 0) {
                let length = usize::try_from(*left).map_or(BLOCK, |left| left.min(BLOCK));
                let mut block = vec![0; length];
                file.read_exact(&mut block).await?;
                *left -= length as u64;
                return Ok(Some(STANDARD.encode(block).into()));
            }
            match self.parts.next() {
                None => return Ok(None),
                Some(Part::Text(text)) => return Ok(Some(text)),
                Some(Part::Recording { file, bytes }) => self.open = Some((tokio::fs::File::from_std(file), bytes)),
            }
        }
    }
}
