//! A server that keeps every request as it came, and answers as it is told, or passes it on to where the truth is
//! told.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What is answered instead of the truth.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub begin: Vec<u8>,
    /// What follows again and again, until nobody reads any more.
    pub without_end: Option<Vec<u8>>,
}

/// What a request is answered with, by its head; nothing is the truth.
type Script = dyn Fn(&str) -> Option<Said> + Send + Sync;

/// Where the truth is told.
pub enum Truth {
    /// At a port of this machine; files, which have a server of their own there, are said to be at this address.
    At { port: u16, files: String },
    /// At the port of this machine with which the path begins.
    InPath,
    /// Nowhere: what the script has no answer for is not here.
    Nowhere,
}

/// A running server; its threads end with their connections.
pub struct Recorder {
    pub url: String,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Recorder {
    pub fn start(truth: Truth, script: impl Fn(&str) -> Option<Said> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let desk = Arc::new(Desk { truth, script: Box::new(script), seen: Arc::clone(&seen) });
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let desk = Arc::clone(&desk);
                // Whoever asked may be gone by now.
                std::thread::spawn(move || drop(desk.serve(stream)));
            }
        });
        Self { url, seen }
    }

    /// Every request so far, head and body.
    pub fn requests(&self) -> Vec<Vec<u8>> {
        self.seen.lock().unwrap().clone()
    }
}

struct Desk {
    truth: Truth,
    script: Box<Script>,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Desk {
    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        let Some((head, body)) = read_request(&mut stream)? else { return Ok(()) };
        self.seen.lock().unwrap().push([head.as_bytes(), &body].concat());
        let Some(said) = (self.script)(&head) else { return stream.write_all(&self.truth(&head, &body)?) };
        stream.write_all(&said.begin)?;
        while let Some(more) = &said.without_end {
            stream.write_all(more)?;
        }
        Ok(())
    }

    fn truth(&self, head: &str, body: &[u8]) -> io::Result<Vec<u8>> {
        match &self.truth {
            Truth::At { port, files } => Ok(with_files_at(files, ask(*port, head, body)?)),
            Truth::InPath => {
                let (method, rest) = head.split_once(" /").unwrap();
                let (port, rest) = rest.split_once('/').unwrap();
                ask(port.parse().unwrap(), &format!("{method} /{rest}"), body)
            }
            Truth::Nowhere => Ok(answer(404, "", r#"{"message":"not here","statusCode":404}"#)),
        }
    }
}

/// An answer with the length of its body, after which the connection closes.
pub fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}")
        .into_bytes()
}

/// The whole answer of another server.
fn ask(port: u16, head: &str, body: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let (first, rest) = head.split_once("\r\n").unwrap();
    write!(stream, "{first}\r\nconnection: close\r\n{rest}")?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

/// An answer in which files are where the path says on which port they are.
fn with_files_at(files: &str, answered: Vec<u8>) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(&answered) else { return answered };
    let Some((head, body)) = text.split_once("\r\n\r\n").filter(|(_, body)| body.contains("/generations/")) else {
        return answered;
    };
    let body = body.replace("http://127.0.0.1:", &format!("{files}/"));
    let kept: Vec<_> = head.lines().filter(|line| !line.to_lowercase().starts_with("content-length")).collect();
    format!("{}\r\ncontent-length: {}\r\n\r\n{body}", kept.join("\r\n"), body.len()).into_bytes()
}

/// The head of a request, with the empty line behind it, and as much body as it announces.
fn read_request(stream: &mut TcpStream) -> io::Result<Option<(String, Vec<u8>)>> {
    let (mut bytes, mut piece) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        if let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end + 4]).into_owned();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            if bytes.len() >= end + 4 + length.parse::<usize>().unwrap() {
                return Ok(Some((head, bytes.split_off(end + 4))));
            }
        }
        match stream.read(&mut piece)? {
            0 => return Ok(None),
            length => bytes.extend_from_slice(&piece[..length]),
        }
    }
}
