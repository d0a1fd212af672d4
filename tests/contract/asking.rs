//! Everything that the client can ask for, asked by the client itself.

use std::io::{Seek, Write};

use jiff::{SignedDuration, Timestamp};
use refrain::api::{Body, Client, Head, Held, Keep, LogWindow, Outcome, Recording, RecordingKind, Uploaded};
use refrain::domain::catalogue::{Catalogue, Delivery};
use refrain::domain::recording::setting;
use refrain::domain::reference::Purpose;

use crate::{bodies, recording};

/// Something that was asked, and what was wrong with the answer, if anything.
pub type Told = (String, Result<(), String>);

/// Asks everything once: an order with each body that `check` lets pass, and every question.
pub async fn everything(client: &Client) -> Vec<Told> {
    let mut told = orders(client).await;
    told.extend(uploads(client).await);
    told.extend(questions(client).await);
    told
}

async fn uploads(client: &Client) -> Vec<Told> {
    let mut told = Vec::new();
    for purpose in Purpose::ALL.into_iter().filter(|purpose| purpose.is_uploaded()) {
        for kind in [RecordingKind::Mp3, RecordingKind::Wav] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(b"as good as a recording").unwrap();
            file.rewind().unwrap();
            let recording = Recording { purpose, kind, file, length: 22 };
            let uploaded = client.upload(recording, &format!("refrain.{}:u", purpose.name()), &mut |_| {}).await;
            let taken = if matches!(uploaded, Uploaded::Taken(_)) { Ok(()) } else { Err(format!("{uploaded:?}")) };
            told.push((format!("an upload of a {} as {kind:?}", purpose.name()), taken));
        }
    }
    told
}

async fn orders(client: &Client) -> Vec<Told> {
    let mut told = Vec::new();
    for (number, (name, body)) in bodies::that_go().into_iter().enumerate() {
        let outcome = client.submit(&body, &format!("refrain.{number}:a_b-C")).await;
        let accepted = if matches!(outcome, Outcome::Accepted(_)) { Ok(()) } else { Err(format!("{outcome:?}")) };
        told.push((name, accepted));
    }
    told.extend(covers(client).await);
    told.extend(songs(client).await);
    told
}

/// Forgets what comes.
struct Forget;

impl Keep for Forget {
    fn begin(&mut self, _: &Head, _: Option<u64>) {}

    async fn keep(&mut self, _: bytes::Bytes) -> std::io::Result<()> {
        Ok(())
    }
}

/// An order whose answer is the song, with each body that may go.
async fn songs(client: &Client) -> Vec<Told> {
    let mut told = Vec::new();
    for (number, (name, body)) in bodies::that_go_to(Delivery::HeldOpen).into_iter().enumerate() {
        let held = client.hold_open(&body, &format!("refrain.song.{number}"), &mut Forget).await;
        let kept = if matches!(held, Held::Kept { broke: None, .. }) { Ok(()) } else { Err(format!("{held:?}")) };
        told.push((name, kept));
    }
    assert!(told.len() > 3, "{told:?}");
    told
}

/// An order with a file in it, as the catalogue has it travel.
async fn covers(client: &Client) -> Vec<Told> {
    let (folder, name) = recording::kept();
    let catalogue = Catalogue::embedded().unwrap();
    let takers = catalogue.models().iter().filter_map(|spec| {
        let field = spec.fields.iter().find(|field| field.recording.encoding.is_some())?;
        Some((spec, bodies::with(&field.name, &setting(&name))))
    });
    let mut told = Vec::new();
    for (number, (spec, draft)) in takers.enumerate() {
        let body = Body::read(&draft.body(spec).into(), folder.path()).unwrap();
        let outcome = client.submit(body, &format!("refrain.cover.{number}")).await;
        let accepted = if matches!(outcome, Outcome::Accepted(_)) { Ok(()) } else { Err(format!("{outcome:?}")) };
        told.push((format!("{} with a file", spec.id), accepted));
    }
    assert!(!told.is_empty(), "a model takes files");
    told
}

async fn questions(client: &Client) -> Vec<Told> {
    let mut told = Vec::new();
    let mut tell = |name: &str, answer: Result<(), String>| told.push((name.to_owned(), answer));
    for id in ["906aec79-7f5b-4b68-9d7c-0f3c5f5ff1a1:minimax/music-2.0", "906aec79", "a b&c=d#e%"] {
        tell("how a generation stands", said(client.poll(id).await));
    }
    tell("the balance", said(client.balance().await));
    for etag in [None, Some("\"0123456789abcdef\"")] {
        tell("the prices", said(client.prices(etag).await));
    }
    let now = Timestamp::now();
    for (hours, page) in [(1, 0), (24 * 7, 3)] {
        let window = LogWindow::Between { start: now - SignedDuration::from_hours(hours), end: now };
        tell("the log", said(client.logs(window, page).await));
    }
    for cursor in [None, Some("1790000000000000000.7")] {
        tell("the ledger", said(client.transactions(now - SignedDuration::from_hours(24), now, cursor).await));
    }
    tell("the log by the service's clock", said(client.logs(LogWindow::Last { hours: 24 }, 0).await));
    for aliases in [&[][..], &["music-2.0"], &["music-2.0", "google/lyria2"]] {
        tell("the pace of models", said(client.metrics(aliases).await));
    }
    told
}

fn said<T>(answer: Result<T, refrain::api::AskError>) -> Result<(), String> {
    answer.map(|_| ()).map_err(|error| format!("{:?}: {error}", error.kind))
}
