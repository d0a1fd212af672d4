//! Whoever answers for the service cannot send a request elsewhere: with it would go the key, the words, a recording.

use std::fs::File;
use std::io;

use bytes::Bytes;
use refrain::api::{
    AskError, Client, Head, Held, Keep, Limits, LogWindow, Outcome, Recording, RecordingKind, Uploaded, outcome_of,
};
use refrain::domain::reference::Purpose;
use serde_json::json;

use crate::server::{End, Reply, Server, answer};

const TAG: &str = "tag-1";

/// Everything that the service is asked.
#[derive(Clone, Copy, Debug)]
enum Call {
    Submit,
    HoldOpen,
    Upload,
    Poll,
    Logs,
    Ledger,
    Balance,
    Prices,
    Metrics,
}

const CALLS: [Call; 9] = [
    Call::Submit,
    Call::HoldOpen,
    Call::Upload,
    Call::Poll,
    Call::Logs,
    Call::Ledger,
    Call::Balance,
    Call::Prices,
    Call::Metrics,
];

/// A song that nobody should be keeping.
struct Unwanted;

impl Keep for Unwanted {
    fn begin(&mut self, head: &Head, _: Option<u64>) {
        panic!("a redirect was taken for a song: {head:?}");
    }

    async fn keep(&mut self, piece: Bytes) -> io::Result<()> {
        panic!("a redirect was taken for a song: {piece:?}");
    }
}

impl Call {
    /// What a person is told about it.
    async fn sentence(self, client: &Client) -> String {
        let body = json!({"model": "m"});
        let now = jiff::Timestamp::UNIX_EPOCH;
        match self {
            Self::Submit => unknown(client.submit(&body, TAG).await),
            Self::HoldOpen => match client.hold_open(&body, TAG, &mut Unwanted).await {
                Held::Other(answer) => unknown(outcome_of(answer)),
                kept @ Held::Kept { .. } => panic!("{kept:?}"),
            },
            Self::Upload => match client.upload(recording(), TAG, &mut |_| {}).await {
                Uploaded::Refused { sentence, .. } => sentence,
                other => panic!("{other:?}"),
            },
            Self::Poll => unanswered(client.poll("a").await),
            Self::Logs => unanswered(client.logs(LogWindow::Between { start: now, end: now }, 0).await),
            Self::Ledger => unanswered(client.transactions(now, now, None).await),
            Self::Balance => unanswered(client.balance().await),
            Self::Prices => unanswered(client.prices(None).await),
            Self::Metrics => unanswered(client.metrics(&["a"]).await),
        }
    }
}

fn unknown(outcome: Outcome) -> String {
    match outcome {
        Outcome::Unknown(unknown) => unknown.what,
        other => panic!("{other:?}"),
    }
}

fn unanswered<T: std::fmt::Debug>(answer: Result<T, AskError>) -> String {
    answer.unwrap_err().sentence
}

fn recording() -> Recording {
    let file = File::open(file!()).unwrap();
    Recording { purpose: Purpose::Voice, kind: RecordingKind::Mp3, file, length: 100 }
}

#[tokio::test]
async fn no_redirect_of_the_service_is_followed_whatever_it_was_asked_and_wherever_it_leads() {
    let elsewhere = Server::saying(answer(200, &[], r#"{"id":"a","status":"completed"}"#), End::Stay).await;
    for status in [301, 302, 303, 307, 308] {
        for target in [elsewhere.url(), "/v1/moved".to_owned()] {
            let server = Server::start(move |request| {
                let is_moved = request.contains("/v1/moved");
                let bytes = if is_moved { Vec::new() } else { answer(status, &[("location", &target)], "") };
                Reply { bytes, end: End::Stay }
            })
            .await;
            let client = server.client(Limits::default());
            for (place, call) in CALLS.into_iter().enumerate() {
                let sentence = call.sentence(&client).await;
                assert!(sentence.contains("which is not followed"), "{status} {call:?}: {sentence}");
                assert_eq!(server.requests().len(), place + 1, "{status} {call:?}: asked once");
            }
        }
    }
    assert_eq!(elsewhere.connections().await, 0);
}
