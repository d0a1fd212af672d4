//! A service at the end of a poor line: it reads an upload slowly and never answers, and tells when it is over.
//! Of everything else it wants to hear nothing.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use refrain::domain::service::Service;

/// What it reads at a time, and how long it rests after that.
const PIECE: usize = 256 * 1024;
const REST: Duration = Duration::from_millis(40);

/// Longer than anything here takes.
const LONGEST: Duration = Duration::from_secs(30);

/// A poor line; its threads end with the connections.
pub struct PoorLine {
    url: String,
    begun: Receiver<()>,
    over: Receiver<()>,
}

impl PoorLine {
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (first, begun) = channel();
        let (last, over) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (first, last) = (first.clone(), last.clone());
                thread::spawn(move || hear(stream, &first, &last));
            }
        });
        Self { url, begun, over }
    }

    pub fn service(&self) -> Service {
        Service::from(self.url.as_str())
    }

    /// Waits until an upload has come.
    #[track_caller]
    pub fn begun(&self) {
        self.begun.recv_timeout(LONGEST).expect("an upload");
    }

    /// Waits until its connection was closed.
    #[track_caller]
    pub fn over(&self) {
        self.over.recv_timeout(LONGEST).expect("the end of an upload");
    }
}

fn hear(mut stream: TcpStream, first: &Sender<()>, last: &Sender<()>) {
    let mut piece = vec![0; PIECE];
    let read = stream.read(&mut piece).unwrap_or(0);
    if !piece[..read].starts_with(b"POST /v2/generate/audio/minimax/upload ") {
        return;
    }
    // Nobody listens any more where the test is over.
    let _ = first.send(());
    while stream.read(&mut piece).is_ok_and(|read| read > 0) {
        thread::sleep(REST);
    }
    let _ = last.send(());
}
