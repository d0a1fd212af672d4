//! An answer of the service, written down.

use refrain::api::{Answer, Break, Head};

/// Every way in which an answer ends early.
pub const BREAKS: [Break; 4] = [Break::TimedOut, Break::BrokeOff, Break::TooLong, Break::GaveOut];

/// An answer written down: its status, a header a line, an empty line, its body.
pub struct Message<'a> {
    pub head: Head,
    pub body: &'a [u8],
}

impl<'a> Message<'a> {
    /// Any bytes are one: what is missing is 200, no header, no body.
    pub fn read(data: &'a [u8]) -> Self {
        let end = data.windows(2).position(|pair| pair == b"\n\n");
        let (head, body) = end.map_or((data, &[][..]), |end| (&data[..end], &data[end + 2..]));
        let head = String::from_utf8_lossy(head);
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.trim().parse().ok());
        let headers: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(": ")).collect();
        let arrived = "2026-08-01T12:00:00Z".parse().unwrap();
        Self { head: Head::new(status.unwrap_or(200), &headers, arrived), body }
    }

    /// It came whole.
    pub fn whole(&self) -> Answer {
        Answer::Whole { head: self.head.clone(), body: self.body.to_vec().into() }
    }

    /// It came no further than its headers.
    pub fn cut(&self, broke: Break) -> Answer {
        Answer::Cut { head: self.head.clone(), broke }
    }
}
