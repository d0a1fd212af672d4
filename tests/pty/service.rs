//! A service that refuses every order and writes down when each arrived.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// The answer to an order, and to everything else.
const REFUSAL: &str = r#"{"message":"Not today","path":"/","requestId":"r-1","statusCode":400,"timestamp":"now"}"#;

pub struct Service {
    pub url: String,
    orders: Receiver<Instant>,
}

impl Service {
    /// Listens on a free port of this machine.
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, orders) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let tell = tell.clone();
                let tell = move |at| tell.send(at).unwrap_or_default();
                std::thread::spawn(move || answer(stream, &tell));
            }
        });
        Self { url, orders }
    }

    /// When the next order arrived.
    pub fn order(&self) -> Instant {
        self.orders.recv_timeout(Duration::from_secs(30)).expect("an order")
    }
}

fn answer(mut stream: TcpStream, tell: &dyn Fn(Instant)) {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut piece) {
        if request.is_empty() && piece.starts_with(b"POST") {
            tell(Instant::now());
        }
        request.extend_from_slice(&piece[..length]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let announced = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        if body.len() >= announced.unwrap_or(0) {
            let head = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\n";
            let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{REFUSAL}", REFUSAL.len());
            return;
        }
    }
}
