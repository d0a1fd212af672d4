//! A line that is slow, stalls and breaks: it stands between two programs of this machine.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::patience::until;

/// What a line is like.
#[derive(Clone, Copy)]
pub struct Line {
    /// How long a byte is on its way.
    pub one_way: Duration,
    /// Bits a second, each way.
    pub bits: u32,
    /// How often nothing moves, and for how long.
    pub stall: Option<(Duration, Duration)>,
}

/// 300 ms each way, 256 kbit/s, and every 20 s nothing for 2 s: a train, a tunnel, a hotel.
pub const POOR: Line = Line {
    one_way: Duration::from_millis(300),
    bits: 256_000,
    stall: Some((Duration::from_secs(20), Duration::from_secs(2))),
};

/// Bytes that are carried in one go.
const PIECE: usize = 1024;

/// Pieces that are under way at most; who sends more has to wait.
const UNDER_WAY: usize = 64;

/// How often it is looked whether a line that is held has been let go.
const LOOK: Duration = Duration::from_millis(5);

/// A line to a port of this machine. Cut when dropped.
pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    line: Line,
    begun: Instant,
    /// Both ends of every connection: who came, and whom it led to.
    ends: Mutex<Vec<(TcpStream, TcpStream)>>,
    /// Bytes that were brought to those who came.
    carried: AtomicU64,
    /// Bytes for them that have set out, on their way or there.
    said: AtomicU64,
    /// Bytes of theirs that have set out.
    typed: AtomicU64,
    /// Pieces that a stall held back.
    stalled: AtomicU64,
    /// At how many of them the line is cut.
    cut_at: AtomicU64,
    /// Whether the far end is left in the belief that all is well.
    is_half_open: AtomicBool,
    /// Whether what is on its way to the far end stays there.
    is_held: AtomicBool,
    is_over: AtomicBool,
}

impl Proxy {
    /// A line to that port.
    pub fn to(port: u16, line: Line) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            line,
            begun: Instant::now(),
            ends: Mutex::default(),
            carried: AtomicU64::new(0),
            said: AtomicU64::new(0),
            typed: AtomicU64::new(0),
            stalled: AtomicU64::new(0),
            cut_at: AtomicU64::new(u64::MAX),
            is_half_open: AtomicBool::new(false),
            is_held: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
        });
        let for_all = Arc::clone(&state);
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                if for_all.is_over.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(far) = TcpStream::connect(("127.0.0.1", port)) else { continue };
                for_all.join(near, far);
            }
        });
        Self { address, state }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Bytes that were brought to those who came so far.
    pub fn carried(&self) -> u64 {
        self.state.carried.load(Ordering::SeqCst)
    }

    /// Bytes for those who came that have set out, also where they are on their way still.
    pub fn said(&self) -> u64 {
        self.state.said.load(Ordering::SeqCst)
    }

    /// Bytes of those who came that have set out.
    pub fn typed(&self) -> u64 {
        self.state.typed.load(Ordering::SeqCst)
    }

    /// Pieces that came late because nothing moved just then.
    pub fn stalled(&self) -> u64 {
        self.state.stalled.load(Ordering::SeqCst)
    }

    /// Whatever is said from here on arrives at the far end when it is let go, also where nobody is here any more.
    pub fn hold(&self) {
        self.state.is_held.store(true, Ordering::SeqCst);
    }

    pub fn let_go(&self) {
        self.state.is_held.store(false, Ordering::SeqCst);
    }

    /// Cuts the line as soon as so many more bytes were brought.
    pub fn cut_after(&self, bytes: u64) {
        self.state.cut_at.store(self.carried() + bytes, Ordering::SeqCst);
    }

    /// Whether nobody is connected any more.
    pub fn is_cut(&self) -> bool {
        self.state.ends.lock().unwrap().is_empty()
    }

    /// Who came is cut off; the other end hears nothing, not even that.
    pub fn half_open(&self) {
        self.state.is_half_open.store(true, Ordering::SeqCst);
        for (near, _) in self.state.ends.lock().unwrap().iter() {
            drop(near.shutdown(Shutdown::Both));
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.is_over.store(true, Ordering::SeqCst);
        self.state.cut();
        drop(TcpStream::connect(self.address));
    }
}

impl State {
    fn join(self: &Arc<Self>, near: TcpStream, far: TcpStream) {
        for end in [&near, &far] {
            end.set_nodelay(true).unwrap();
        }
        let copy = |end: &TcpStream| end.try_clone().unwrap();
        self.ends.lock().unwrap().push((copy(&near), copy(&far)));
        self.carry(copy(&near), copy(&far), false);
        self.carry(far, near, true);
    }

    /// Carries what one end says to the other, late and slowly.
    fn carry(self: &Arc<Self>, from: TcpStream, to: TcpStream, is_homewards: bool) {
        let (put, get) = sync_channel(UNDER_WAY);
        let (reading, writing) = (Arc::clone(self), Arc::clone(self));
        thread::spawn(move || reading.take_in(from, &put, is_homewards));
        thread::spawn(move || writing.bring(&get, to, is_homewards));
    }

    fn take_in(&self, mut from: TcpStream, put: &SyncSender<(Instant, Vec<u8>)>, is_homewards: bool) {
        let set_out = if is_homewards { &self.said } else { &self.typed };
        let (mut piece, mut free) = ([0; PIECE], Instant::now());
        while let Ok(length) = from.read(&mut piece) {
            set_out.fetch_add(length as u64, Ordering::SeqCst);
            if self.is_half_open.load(Ordering::SeqCst) {
                return;
            }
            // Bytes leave one behind the other.
            let takes = Duration::from_secs_f64(length as f64 * 8.0 / f64::from(self.line.bits));
            free = free.max(Instant::now()) + takes;
            let at = self.after_stall(free + self.line.one_way);
            if put.send((at, piece[..length].to_vec())).is_err() || length == 0 {
                return;
            }
        }
    }

    /// The moment itself, or the end of the stall that it falls into.
    fn after_stall(&self, at: Instant) -> Instant {
        let Some((every, lasts)) = self.line.stall else { return at };
        let since = at.duration_since(self.begun);
        let into = Duration::from_nanos((since.as_nanos() % every.as_nanos()).try_into().unwrap());
        // It stalls at the end of each round.
        if into + lasts < every {
            return at;
        }
        self.stalled.fetch_add(1, Ordering::SeqCst);
        at + every.saturating_sub(into)
    }

    fn bring(&self, get: &Receiver<(Instant, Vec<u8>)>, mut to: TcpStream, is_homewards: bool) {
        while let Ok((at, mut piece)) = get.recv() {
            thread::sleep(at.saturating_duration_since(Instant::now()));
            // What was on its way to the far end when the near one went arrives there all the same.
            while !is_homewards && self.is_held.load(Ordering::SeqCst) && !self.is_over.load(Ordering::SeqCst) {
                thread::sleep(LOOK);
            }
            if is_homewards && self.is_half_open.load(Ordering::SeqCst) {
                return;
            }
            if piece.is_empty() {
                drop(to.shutdown(Shutdown::Write));
                return;
            }
            let left = self.cut_at.load(Ordering::SeqCst).saturating_sub(self.carried.load(Ordering::SeqCst));
            let is_last = is_homewards && piece.len() as u64 >= left;
            if is_last {
                piece.truncate(left.try_into().unwrap());
            }
            if to.write_all(&piece).is_err() {
                return;
            }
            if is_homewards {
                self.carried.fetch_add(piece.len() as u64, Ordering::SeqCst);
            }
            if is_last {
                self.cut();
            }
        }
    }

    /// Both ends see that it is over.
    fn cut(&self) {
        for (near, far) in self.ends.lock().unwrap().drain(..) {
            for end in [near, far] {
                drop(end.shutdown(Shutdown::Both));
            }
        }
    }
}

/// Says everything back, and tells how its connection ended.
fn echo() -> (u16, Receiver<Result<(), ErrorKind>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (tell, told) = sync_channel(1);
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut piece = [0; 4096];
        let end = loop {
            match stream.read(&mut piece) {
                Ok(0) => break Ok(()),
                Ok(length) => drop(stream.write_all(&piece[..length])),
                Err(error) => break Err(error.kind()),
            }
        };
        tell.send(end).unwrap_or_default();
    });
    (port, told)
}

const QUICK: Line = Line { one_way: Duration::from_millis(100), bits: 80_000_000, stall: None };

fn connected(proxy: &Proxy) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

#[test]
fn a_line_brings_everything_in_order_and_late() {
    let (port, _told) = echo();
    let proxy = Proxy::to(port, QUICK);
    let mut stream = connected(&proxy);
    let said: Vec<u8> = (0..20_000_u32).map(|place| (place % 251) as u8).collect();
    let begun = Instant::now();
    stream.write_all(&said).unwrap();
    let mut heard = vec![0; said.len()];
    stream.read_exact(&mut heard).unwrap();
    assert_eq!(heard, said);
    assert!(begun.elapsed() >= QUICK.one_way * 2, "{:?}", begun.elapsed());
    until("all of it is counted", || proxy.carried() == 20_000);
}

#[test]
fn a_narrow_line_takes_its_time_and_one_that_stalls_does_not_move() {
    let table = [
        // 8,000 bytes at 64 kbit/s.
        (Line { bits: 64_000, ..QUICK }, Duration::from_secs(1), false),
        // Whatever is said in the first second comes when the stall is over.
        (
            Line { stall: Some((Duration::from_secs(1), Duration::from_millis(999))), ..QUICK },
            Duration::from_millis(900),
            true,
        ),
    ];
    for (line, least, stalls) in table {
        let (port, _told) = echo();
        let proxy = Proxy::to(port, line);
        let mut stream = connected(&proxy);
        let begun = Instant::now();
        stream.write_all(&[7; 8_000]).unwrap();
        stream.read_exact(&mut [0; 8_000]).unwrap();
        assert!(begun.elapsed() >= least, "{:?}", begun.elapsed());
        assert_eq!(proxy.stalled() > 0, stalls, "it says whether it stalled");
    }
}

#[test]
fn a_line_is_cut_at_the_byte_that_was_said_and_both_ends_see_it() {
    let (port, told) = echo();
    let proxy = Proxy::to(port, QUICK);
    let mut stream = connected(&proxy);
    proxy.cut_after(1_500);
    stream.write_all(&[7; 4_000]).unwrap();
    let mut heard = Vec::new();
    drop(stream.read_to_end(&mut heard));
    assert_eq!((heard.len(), proxy.carried()), (1_500, 1_500));
    assert!(proxy.is_cut());
    told.recv_timeout(Duration::from_secs(30)).unwrap().ok();
}

#[test]
fn a_line_that_is_half_open_is_over_for_one_end_alone() {
    let (port, told) = echo();
    let proxy = Proxy::to(port, QUICK);
    let mut stream = connected(&proxy);
    stream.write_all(b"hello").unwrap();
    stream.read_exact(&mut [0; 5]).unwrap();
    proxy.half_open();
    assert_eq!(stream.read(&mut [0; 1]).unwrap_or_default(), 0, "it is over here");
    assert!(told.recv_timeout(Duration::from_millis(500)).is_err(), "and nobody has told the other end");
    drop(proxy);
    told.recv_timeout(Duration::from_secs(30)).unwrap().ok();
}

#[test]
fn what_is_held_arrives_when_it_is_let_go_though_nobody_is_here_any_more() {
    let (port, told) = echo();
    let proxy = Proxy::to(port, QUICK);
    let mut stream = connected(&proxy);
    proxy.hold();
    stream.write_all(b"late").unwrap();
    until("it has set out", || proxy.typed() == 4);
    proxy.half_open();
    assert_eq!(proxy.said(), 0, "nobody has heard it yet");
    proxy.let_go();
    until("it is answered", || proxy.said() == 4);
    assert_eq!(proxy.carried(), 0, "to nobody");
    drop(proxy);
    told.recv_timeout(Duration::from_secs(30)).unwrap().ok();
}
