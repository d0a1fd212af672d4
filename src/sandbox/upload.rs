//! `POST /v2/generate/audio/minimax/upload`: recordings to be referred to. Each goes to a file without a name as it
//! comes, is listened to, and forgotten: only what was heard is kept.

use std::fs::File;
use std::io;
use std::path::Path;

use axum::Json;
use axum::RequestExt;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

use super::answer::{Refusal, client_request_id};
use super::base_resp::{self, INVALID};
use super::listen::{Heard, listen};
use super::references::{Purpose, Reference};
use super::routes::{Key, Service};

/// A recording is longer than this, in seconds, and at most so long.
const SHORTEST: f64 = 10.0;
const LONGEST: f64 = 600.0;

/// The forms of files that are taken, as the decoder calls them.
const FORMS: [&str; 2] = ["mp3", "wave"];

/// No file may have more bytes...
const LARGEST: usize = 200 * 1024 * 1024;
/// ...and no body more than that and the edges of its parts.
pub const LARGEST_BODY: usize = LARGEST + 64 * 1024;

/// An upload: what it is for, and the file.
struct Form {
    purpose: Purpose,
    file: File,
}

/// Takes a recording, listens to it and gives it its ids.
pub async fn take(State(service): State<Service>, mut request: Request) -> Response {
    let tag = client_request_id(request.headers());
    if let Err(refusal) = request.extract_parts_with_state::<Key, _>(&service).await {
        return refusal.into_response();
    }
    if promised(request.headers()) > LARGEST_BODY {
        return too_large().into_response();
    }
    let form = match read(request, &service.world.folder).await {
        Ok(form) => form,
        Err(refusal) => return refusal.into_response(),
    };
    let heard = tokio::task::spawn_blocking(move || listen(form.file)).await.unwrap_or_default();
    let heard = match suitable(heard) {
        Ok(heard) => heard,
        Err(fault) => return base_resp::no(INVALID, &fault),
    };
    match service.world.references().keep(Reference::new(form.purpose, heard, tag)) {
        Ok(reference) => Json(ids(reference)).into_response(),
        Err(error) => Refusal::new(500, &format!("the upload cannot be kept: {error}")).into_response(),
    }
}

/// The answer: only the ids that there are.
fn ids(reference: &Reference) -> serde_json::Value {
    let mut answer = json!({});
    for (name, id) in [("voice_id", &reference.voice_id), ("instrumental_id", &reference.instrumental_id)] {
        if let Some(id) = id {
            answer[name] = json!(id);
        }
    }
    base_resp::yes(answer)
}

/// Whether it is a recording that can be referred to; what is wrong with it otherwise.
fn suitable(heard: Option<Heard>) -> Result<Heard, String> {
    let heard = heard.ok_or("invalid params, the file is no recording")?;
    if !FORMS.contains(&heard.form.as_str()) {
        return Err(format!("invalid params, the file is {}, only wav and mp3 are taken", heard.form));
    }
    let seconds = heard.seconds;
    if seconds <= SHORTEST {
        return Err(format!("invalid params, the audio must be longer than {SHORTEST} s, received {seconds:.1} s"));
    }
    if seconds > LONGEST {
        return Err(format!("invalid params, the audio must be at most {LONGEST} s, received {seconds:.1} s"));
    }
    Ok(heard)
}

fn promised(headers: &HeaderMap) -> usize {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    length.unwrap_or_default()
}

fn too_large() -> Refusal {
    Refusal::new(413, "The file is larger than 200 MB.")
}

fn broken(error: &MultipartError) -> Refusal {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Refusal::new(400, &format!("The form cannot be read: {}", error.body_text()))
}

async fn read(request: Request, folder: &Path) -> Result<Form, Refusal> {
    let mut parts: Multipart =
        request.extract().await.map_err(|error| Refusal::new(400, &format!("The body is no form: {error}")))?;
    let (mut purpose, mut file, mut faults) = (None, None, Vec::new());
    while let Some(part) = parts.next_field().await.map_err(|error| broken(&error))? {
        match part.name() {
            Some("purpose") => purpose = Some(part.text().await.map_err(|error| broken(&error))?),
            Some("file") => file = Some(written(part, folder).await?),
            other => faults.push(format!("Unrecognized part of the form: '{}'", other.unwrap_or_default())),
        }
    }
    let purpose = purpose_of(purpose.as_deref()).map_err(|fault| faults.push(fault)).ok();
    if file.is_none() {
        faults.push("file: Required".to_owned());
    }
    match (purpose, file) {
        (Some(purpose), Some(file)) if faults.is_empty() => Ok(Form { purpose, file }),
        _ => Err(Refusal::new(400, &faults.join("; "))),
    }
}

/// A part of the form as a file, ready to be read.
async fn written(mut part: Field<'_>, folder: &Path) -> Result<File, Refusal> {
    let unwritable = |error: io::Error| Refusal::new(500, &format!("the upload cannot be kept: {error}"));
    let mut file = tokio::fs::File::from_std(tempfile::tempfile_in(folder).map_err(unwritable)?);
    while let Some(piece) = part.chunk().await.map_err(|error| broken(&error))? {
        file.write_all(&piece).await.map_err(unwritable)?;
    }
    file.rewind().await.map_err(unwritable)?;
    Ok(file.into_std().await)
}

fn purpose_of(word: Option<&str>) -> Result<Purpose, String> {
    let word = word.ok_or("purpose: Required")?;
    let found = Purpose::WORDS.iter().find(|(known, _)| *known == word);
    found.map(|(_, purpose)| *purpose).ok_or_else(|| {
        let known: Vec<String> = Purpose::WORDS.iter().map(|(known, _)| format!("'{known}'")).collect();
        format!("purpose: Invalid enum value. Expected {}, received '{word}'", known.join(" | "))
    })
}
