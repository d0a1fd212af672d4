//! A server without manners: it says scripted bytes and ends as scripted, and it counts.

use std::collections::HashSet;
use std::sync::Arc;

use refrain::api::{ApiKey, Client, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The key of these tests; long enough to be taken for a secret.
pub const KEY: &str = "test-key-0123456789";

/// What the server does once it has read a request.
#[derive(Clone)]
pub struct Reply {
    pub bytes: Vec<u8>,
    pub end: End,
}

/// How a connection goes on after the scripted bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The next request is awaited.
    Stay,
    /// It is closed in an orderly way.
    Close,
    /// It is reset: what the other side has not read yet may be lost.
    Reset,
    /// Nothing more is said; it stays open until the other side leaves.
    Silence,
}

/// A running server on loopback.
pub struct Server {
    port: u16,
    seen: watch::Receiver<Seen>,
    task: tokio::task::JoinHandle<()>,
}

/// What has arrived so far.
#[derive(Clone, Default)]
struct Seen {
    /// Ports of those who connected, in order.
    peers: Vec<u16>,
    /// Whole requests, as text.
    requests: Vec<String>,
}

impl Server {
    /// Reads each request and does what `script` says to its text.
    pub async fn start(script: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::with(Some(Arc::new(script))).await
    }

    /// Answers every request with the same.
    pub async fn saying(bytes: impl Into<Vec<u8>>, end: End) -> Self {
        let reply = Reply { bytes: bytes.into(), end };
        Self::start(move |_| reply.clone()).await
    }

    /// Resets every connection at once, without reading.
    pub async fn hanging_up() -> Self {
        Self::with(None).await
    }

    async fn with(script: Option<Arc<Script>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, seen) = watch::channel(Seen::default());
        let tell = Arc::new(tell);
        let task = tokio::spawn(async move {
            loop {
                let (stream, peer) = listener.accept().await.unwrap();
                tell.send_modify(|seen| seen.peers.push(peer.port()));
                match &script {
                    Some(script) => drop(tokio::spawn(converse(stream, Arc::clone(script), Arc::clone(&tell)))),
                    None => stream.set_zero_linger().unwrap(),
                }
            }
        });
        Self { port, seen, task }
    }

    /// The base address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// A client for this server, with the key of these tests.
    pub fn client(&self, limits: Limits) -> Client {
        Client::new(&self.url(), Some(ApiKey::new(KEY).unwrap()), limits).unwrap()
    }

    /// The requests that were read whole so far.
    pub fn requests(&self) -> Vec<String> {
        self.seen.borrow().requests.clone()
    }

    /// How many connections were made until now. Those still waiting to be accepted count as well: one of
    /// our own is queued behind them and waited for.
    pub async fn connections(&self) -> usize {
        let marker = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let own = marker.local_addr().unwrap().port();
        let mut seen = self.seen.clone();
        let seen = seen.wait_for(|seen| seen.peers.contains(&own)).await.unwrap();
        seen.peers.iter().take_while(|peer| **peer != own).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Script = dyn Fn(&str) -> Reply + Send + Sync;

async fn converse(mut stream: TcpStream, script: Arc<Script>, tell: Arc<watch::Sender<Seen>>) {
    while let Some(request) = read_request(&mut stream).await {
        let reply = script(&request);
        tell.send_modify(|seen| seen.requests.push(request));
        if stream.write_all(&reply.bytes).await.is_err() {
            return;
        }
        match reply.end {
            End::Stay => {}
            End::Close => return,
            End::Reset => return stream.set_zero_linger().unwrap(),
            End::Silence => {
                let _ = stream.read(&mut [0]).await;
                return;
            }
        }
    }
}

/// One request: its head, and as much body as it announces.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            if body.len() >= length.parse().unwrap() {
                return Some(text);
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// An answer with a status, headers and a body of the right length.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut lines = vec![format!("HTTP/1.1 {status} Whatever"), format!("content-length: {}", body.len())];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    format!("{}\r\n\r\n{body}", lines.join("\r\n")).into_bytes()
}

/// The names of the headers of a request.
pub fn header_names(request: &str) -> HashSet<String> {
    let head = request.split("\r\n\r\n").next().unwrap_or_default();
    head.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0.to_ascii_lowercase())).collect()
}
