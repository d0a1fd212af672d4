//! `POST /v2/generate/audio/minimax/upload`: recordings to be referred to.

use axum::Json;
use axum::RequestExt;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::json;

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

/// An upload: what it is for, and the file.
struct Form {
    purpose: Purpose,
    file: Bytes,
}

/// Takes a recording, listens to it and gives it its ids.
pub async fn take(State(service): State<Service>, mut request: Request) -> Response {
    let tag = client_request_id(request.headers());
    if let Err(refusal) = request.extract_parts_with_state::<Key, _>(&service).await {
        return refusal.into_response();
    }
    let form = match read(request).await {
        Ok(form) => form,
        Err(refusal) => return refusal.into_response(),
    };
    let heard = tokio::task::spawn_blocking(move || listen(form.file.to_vec())).await.unwrap_or_default();
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

async fn read(request: Request) -> Result<Form, Refusal> {
    let broken = |error: MultipartError| {
        let status = if error.status() == StatusCode::PAYLOAD_TOO_LARGE { 413 } else { 400 };
        Refusal::new(status, &format!("The form cannot be read: {}", error.body_text()))
    };
    let mut parts: Multipart =
        request.extract().await.map_err(|error| Refusal::new(400, &format!("The body is no form: {error}")))?;
    let (mut purpose, mut file, mut faults) = (None, None, Vec::new());
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        match part.name() {
            Some("purpose") => purpose = Some(part.text().await.map_err(broken)?),
            Some("file") => file = Some(part.bytes().await.map_err(broken)?),
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

fn purpose_of(word: Option<&str>) -> Result<Purpose, String> {
    let word = word.ok_or("purpose: Required")?;
    let found = Purpose::WORDS.iter().find(|(known, _)| *known == word);
    found.map(|(_, purpose)| *purpose).ok_or_else(|| {
        let known: Vec<String> = Purpose::WORDS.iter().map(|(known, _)| format!("'{known}'")).collect();
        format!("purpose: Invalid enum value. Expected {}, received '{word}'", known.join(" | "))
    })
}
