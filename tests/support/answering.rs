//! A service that answers every order with the same bytes, whatever they are, and goes on as told.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use refrain::domain::service::Service;

/// What is said to everything but an order.
const NOT_HERE: &str = r#"{"message":"not here","path":"/","requestId":"r-1","statusCode":404,"timestamp":"now"}"#;

/// What an order is answered with.
#[derive(Clone)]
pub struct Script {
    /// Sent at once.
    pub begin: Vec<u8>,
    /// Sent when the test says so; then the connection closes. Without it, it closes at once.
    pub rest: Option<Vec<u8>>,
}

/// The running service. Its threads end with the connections.
pub struct Answering {
    url: String,
    orders: Arc<Mutex<Vec<String>>>,
    go: Sender<()>,
}

impl Answering {
    pub fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (go, told) = channel();
        let (orders, told) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(told)));
        let seen = Arc::clone(&orders);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (script, seen, told) = (script.clone(), Arc::clone(&seen), Arc::clone(&told));
                std::thread::spawn(move || converse(stream, &script, &seen, &told));
            }
        });
        Self { url, orders, go }
    }

    /// Answers with a status, headers and a body; the connection closes after it.
    pub fn saying(status: u16, headers: &str, body: &[u8]) -> Self {
        Self::start(Script { begin: answer(status, headers, body), rest: None })
    }

    pub fn service(&self) -> Service {
        Service::from(self.url.as_str())
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The orders that came, head and body.
    pub fn orders(&self) -> Vec<String> {
        self.orders.lock().unwrap().clone()
    }

    /// Lets one connection go on.
    pub fn go_on(&self) {
        self.go.send(()).unwrap();
    }
}

/// An answer with the length of its body.
pub fn answer(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} Whatever\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn converse(mut stream: TcpStream, script: &Script, seen: &Mutex<Vec<String>>, told: &Mutex<Receiver<()>>) {
    let Some(request) = read_request(&mut stream) else { return };
    if !request.starts_with("POST ") {
        let _ = stream.write_all(&answer(404, "connection: close\r\n", NOT_HERE.as_bytes()));
        return;
    }
    seen.lock().unwrap().push(request);
    // Whoever asked may be gone by now: that is what some tests are about.
    let begun = stream.write_all(&script.begin).and_then(|()| stream.flush());
    if let (Ok(()), Some(rest)) = (begun, &script.rest)
        && told.lock().unwrap().recv().is_ok()
    {
        let _ = stream.write_all(rest);
    }
}

fn read_request(stream: &mut TcpStream) -> Option<String> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            if body.len() >= length.parse().unwrap() {
                return Some(text);
            }
        }
        match stream.read(&mut piece) {
            Ok(length @ 1..) => bytes.extend_from_slice(&piece[..length]),
            _ => return None,
        }
    }
}
