//! The body of a request to generate, with the recording that it may hold.
//!
//! A recording of 50 MB is 67 MB of text in the request. That text is held once: it is decoded from where it came
//! in, piece by piece into a file without a name, and what is kept of the request has a hash in its place.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use axum::body::{Body as Sent, Bytes};
use axum::http::{HeaderMap, header};
use base64::engine::general_purpose::STANDARD;
use base64::read::DecoderReader;
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::answer::Refusal;
use super::models::Models;
use super::validate::SHORTEST_ENCODED;
use super::world::hex;

/// A cover's recording may be 50 MB, and a third more as text.
const LARGEST: usize = 80 * 1024 * 1024;
const LARGEST_RECORDING: u64 = 50 * 1024 * 1024;

/// Bytes decoded in one go.
const PIECE: usize = 64 * 1024;

/// A request's body.
#[derive(Debug)]
pub struct Body {
    pub value: Value,
    pub recording: Option<Recording>,
}

/// A recording that a request holds itself.
#[derive(Debug)]
pub struct Recording {
    /// Where in the request it stands.
    pub key: String,
    /// Its bytes; nothing if they are too many.
    pub file: Option<File>,
}

/// A member of the body as it stands there: a text without escapes is not copied.
#[derive(Deserialize)]
#[serde(untagged)]
enum Member<'a> {
    Text(#[serde(borrow)] &'a str),
    Other(Value),
}

impl Member<'_> {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Other(value) => value.as_str(),
        }
    }
}

/// Takes in a body, in one piece of memory.
pub async fn receive(headers: &HeaderMap, body: Sent) -> Result<Bytes, Refusal> {
    let too_large = || Refusal::new(413, "The body is larger than 80 MB.");
    let promised = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let promised: usize = promised.unwrap_or_default();
    if promised > LARGEST {
        return Err(too_large());
    }
    let (mut whole, mut pieces) = (Vec::with_capacity(promised), body.into_data_stream());
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| Refusal::new(400, &format!("The body did not come whole: {error}")))?;
        if whole.len() + piece.len() > LARGEST {
            return Err(too_large());
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole.into())
}

impl Body {
    /// Reads a body; a recording goes to a file of that folder. Takes a while where there is one.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn read(bytes: &[u8], models: &Models, folder: &Path) -> Result<Self, Refusal> {
        let Ok(members) = serde_json::from_slice::<BTreeMap<Cow<'_, str>, Member<'_>>>(bytes) else {
            let value = serde_json::from_slice(bytes)
                .map_err(|error| Refusal::new(400, &format!("The body is not JSON: {}", io::Error::from(error))))?;
            return Ok(Self { value, recording: None });
        };
        let model = members.get("model").and_then(Member::text).and_then(|name| models.find(name));
        let place = model.and_then(|model| model.song.reference.as_deref());
        let found = place.and_then(|place| unpacked(members.get(place)?.text()?, folder));
        let (digest, file) = found.map_or((None, None), |(digest, file)| (Some(digest), file));
        let enclosed = place.filter(|_| digest.is_some());
        let value = members.into_iter().map(|(key, member)| {
            let value = match (&digest, member) {
                (Some(digest), _) if enclosed == Some(&*key) => digest.as_str().into(),
                (_, Member::Text(text)) => text.into(),
                (_, Member::Other(value)) => value,
            };
            (key.into_owned(), value)
        });
        let value = Value::Object(value.collect());
        Ok(Self { value, recording: enclosed.map(|key| Recording { key: key.to_owned(), file }) })
    }
}

/// Decodes a recording, bare or as a `data:` address, into a file; with it comes what is said in its place.
/// Nothing if the text is none, or no file can be had.
fn unpacked(text: &str, folder: &Path) -> Option<(String, Option<File>)> {
    let letters = match text.strip_prefix("data:") {
        Some(data) => data.split_once(";base64,")?.1,
        None => text,
    };
    if letters.len() < SHORTEST_ENCODED {
        return None;
    }
    let (mut decoder, mut hash) = (DecoderReader::new(letters.as_bytes(), &STANDARD), Sha256::new());
    let (mut file, mut size) = (tempfile::tempfile_in(folder).ok()?, 0);
    let mut piece = vec![0; PIECE];
    loop {
        let read = decoder.read(&mut piece).ok()?;
        if read == 0 {
            break;
        }
        size += read as u64;
        hash.update(&piece[..read]);
        if size <= LARGEST_RECORDING {
            file.write_all(&piece[..read]).ok()?;
        }
    }
    file.rewind().ok()?;
    Some((format!("sha256:{}", hex(&hash.finalize())), (size <= LARGEST_RECORDING).then_some(file)))
}
