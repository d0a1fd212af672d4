//! Bytes from the terminal.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use refrain::tui::input::{Arrival, Input, Key, Source, listen};

/// Longer than anything is held back.
const LONG: Duration = Duration::from_secs(10);

/// Bytes up to this many are cut at every place; more of them at so many.
const CUTS: usize = 64;

/// Whatever comes from a terminal, however it is cut, is the same keys and pastes, and every key has a name.
pub fn input(data: &[u8]) {
    let whole = heard([(Duration::ZERO, data)]);
    for cut in (0..data.len()).step_by(data.len() / CUTS + 1) {
        let (first, rest) = data.split_at(cut);
        assert_eq!(heard([(Duration::ZERO, first), (Duration::ZERO, rest)]), whole, "cut at {cut}");
    }
    let single = || data.chunks(1).map(|byte| (Duration::ZERO, byte));
    assert_eq!(heard(single()), whole, "byte by byte");
    whole.iter().for_each(assert_named);
    // A hand that rests after each byte presses other keys, and they are keys.
    heard(single().map(|(_, byte)| (LONG, byte))).iter().for_each(assert_named);
}

fn assert_named(input: &Input) {
    if let Input::Key(key) = input {
        assert_eq!(Key::parse(&key.to_string()), Ok(*key), "it reads back as it is written");
    }
}

/// A terminal that sends bytes after pauses, and then has gone.
struct Script<'a>(VecDeque<(Duration, &'a [u8])>);

impl Source for Script<'_> {
    fn wait(&mut self, hold: Option<Duration>, bytes: &mut Vec<u8>) -> io::Result<Arrival> {
        match (self.0.front_mut(), hold) {
            (None, None) => return Ok(Arrival::Closed),
            (None, Some(_)) => return Ok(Arrival::Quiet),
            (Some((pause, _)), Some(hold)) if *pause > hold => {
                *pause -= hold;
                return Ok(Arrival::Quiet);
            }
            (Some(_), _) => {}
        }
        bytes.extend(self.0.pop_front().into_iter().flat_map(|(_, bytes)| bytes));
        Ok(Arrival::Bytes)
    }
}

fn heard<'a>(chunks: impl IntoIterator<Item = (Duration, &'a [u8])>) -> Vec<Input> {
    let mut inputs = Vec::new();
    listen(&mut Script(chunks.into_iter().collect()), &mut |input| {
        inputs.push(input);
        true
    });
    assert_eq!(inputs.pop(), Some(Input::Closed), "the end of the terminal is the last thing said");
    assert!(!inputs.contains(&Input::Closed), "it is said once");
    inputs
}
