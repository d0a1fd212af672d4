//! Bytes with pauses between them, and the keys they are.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

use std::collections::VecDeque;
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::time::Duration;

use refrain::tui::input::{Arrival, Code, Input, Key, Reader, Source, listen};

/// Bytes, and the milliseconds of silence before them.
type Chunks<'a> = &'a [(u64, &'a [u8])];

/// A terminal that sends bytes after pauses, and then has gone.
struct Script(VecDeque<(Duration, Vec<u8>)>);

impl Source for Script {
    fn wait(&mut self, hold: Option<Duration>, bytes: &mut Vec<u8>) -> io::Result<Arrival> {
        match (self.0.front_mut(), hold) {
            (Some((pause, _)), Some(hold)) if *pause > hold => {
                *pause -= hold;
                Ok(Arrival::Quiet)
            }
            (None, Some(_)) => Ok(Arrival::Quiet),
            (None, None) => Ok(Arrival::Closed),
            (Some(_), _) => {
                bytes.extend(self.0.pop_front().unwrap().1);
                Ok(Arrival::Bytes)
            }
        }
    }
}

fn inputs(chunks: Chunks<'_>) -> Vec<Input> {
    let mut script =
        Script(chunks.iter().map(|(pause, bytes)| (Duration::from_millis(*pause), bytes.to_vec())).collect());
    let mut inputs = Vec::new();
    listen(&mut script, &mut |input| {
        inputs.push(input);
        true
    });
    assert_eq!(inputs.pop(), Some(Input::Closed), "the end of the terminal is the last thing said");
    inputs
}

/// Keys in their notation, a paste in brackets, focus as words.
fn said(chunks: Chunks<'_>) -> String {
    let word = |input| match input {
        Input::Key(key) => key.to_string(),
        Input::Paste(text) => format!("[{text}]"),
        other => format!("{other:?}"),
    };
    inputs(chunks).into_iter().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn bytes_are_the_keys_they_should_be() {
    let cases: &[(&[u8], &str)] = &[
        (b"a?A ", "a ? A Space"),
        ("é夜👍".as_bytes(), "é 夜 👍"),
        (b"\r\n", "Enter"),
        (b"\n\r", "Enter Enter"),
        (b"\r\r\n\n", "Enter Enter Enter"),
        (b"\t\x1b[Z", "Tab S-Tab"),
        (b"\x7f\x08", "Backspace Backspace"),
        (b"\x07\x1a\x11", "C-g C-z C-q"),
        (b"\x1f\x1c\x1d\x1e", "C-/ C-\\ C-] C-^"),
        (b"\x1b[47;5u\x1b[95;5u", "C-/ C-/"),
        (b"\0x", "x"),
        (b"\x1bb\x1bf\x1bB", "M-b M-f M-B"),
        (b"\x1b\x7f\x1b\r\x1b\x01", "M-Backspace M-Enter C-M-a"),
        ("\u{1b}é".as_bytes(), "M-é"),
        (b"\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F", "Up Down Right Left Home End"),
        (b"\x1bOA\x1bOB\x1bOP\x1bOS", "Up Down F1 F4"),
        (b"\x1b[[A\x1b[[E", "F1 F5"),
        (b"\x1b[1~\x1b[2~\x1b[3~\x1b[4~\x1b[5~\x1b[6~", "Home Insert Delete End PgUp PgDn"),
        (b"\x1b[15~\x1b[24~", "F5 F12"),
        (b"\x1b[1;5D\x1b[1;2C\x1b[1;6A\x1b[1;3B\x1b[3;5~", "C-Left S-Right C-S-Up M-Down C-Delete"),
        (b"\x1b[I\x1b[O", "FocusGained FocusLost"),
    ];
    for (bytes, keys) in cases {
        assert_eq!(said(&[(0, bytes)]), *keys, "{bytes:?}");
        let single: Vec<(u64, &[u8])> = bytes.chunks(1).map(|byte| (30, byte)).collect();
        assert_eq!(said(&single), *keys, "{bytes:?}, 30 ms between the bytes");
    }
}

#[test]
fn a_sequence_cut_anywhere_with_a_pause_below_the_hold_is_one_key() {
    let cases = [
        ("\x1b[D", "Left"),
        ("\x1bOD", "Left"),
        ("\x1b[1;2D", "S-Left"),
        ("\x1b[H", "Home"),
        ("\x1b[1~", "Home"),
        ("\x1b[1;5D", "C-Left"),
        ("\x1b[24~", "F12"),
        ("\x1bb", "M-b"),
        ("é", "é"),
        ("夜", "夜"),
        ("👍", "👍"),
    ];
    for (bytes, key) in cases {
        for at in 1..bytes.len() {
            let (first, rest) = bytes.as_bytes().split_at(at);
            for pause in [1, 30, 59] {
                assert_eq!(said(&[(0, first), (pause, rest)]), key, "{bytes:?} cut at {at} for {pause} ms");
            }
        }
    }
}

#[test]
fn an_escape_is_held_for_60_ms_and_no_longer() {
    let cases: &[(Chunks<'_>, &str)] = &[
        (&[(0, b"\x1b"), (30, b"[A")], "Up"),
        (&[(0, b"\x1b"), (61, b"[A")], "Esc [ A"),
        (&[(0, b"\x1b")], "Esc"),
        (&[(0, b"\x1b\x1b")], "Esc Esc"),
        (&[(0, b"\x1b\t")], "Esc Tab"),
        (&[(0, b"\x1b"), (30, b"\tx")], "Esc Tab x"),
        (&[(0, b"\x1b\x1b[Z")], "Esc S-Tab"),
        (&[(0, b"\x1b"), (30, b"\x1b[A")], "Esc Up"),
        (&[(0, b"\x1b"), (30, b"q")], "M-q"),
        (&[(0, b"\x1b"), (70, b"q")], "Esc q"),
        (&[(0, b"\x1b[")], "M-["),
        (&[(0, b"\x1bO"), (70, b"x")], "M-O x"),
        (&[(0, b"\x1b["), (50, b"1;"), (500, b"5C")], "C-Right"),
        (&[(0, b"\x1b[1;"), (1_500, b"x")], "x"),
    ];
    for (chunks, keys) in cases {
        assert_eq!(said(chunks), *keys, "{chunks:?}");
    }
}

#[test]
fn what_is_not_understood_leaves_no_letters_behind() {
    let cases: &[(&[u8], &str)] = &[
        (b"\x1b[?62;22cx", "x"),
        (b"\x1b[>0;276;0cx", "x"),
        (b"\x1b[574~x", "x"),
        (b"\x1b[ax", "x"),
        (b"\x1b[$px", "x"),
        (b"\x1b[$1\x7fx", "Backspace x"),
        (b"\x1b[12;34Rx", "x"),
        (b"\x1b[M !!x", "x"),
        (b"\x1b]11;rgb:2828/2828/2828\x1b\\x", "x"),
        (b"\x1b]11;rgb:2828/2828/2828\x07x", "x"),
        (b"\x1bP1$r0m\x1b\\x", "x"),
        (b"\x1b[1;\x1b[Ax", "Up x"),
        (b"\x1bO\x1b[Ax", "M-O Up x"),
        (b"\xe9x", "x"),
        (b"\xff\xc0\x80x", "x"),
        (b"\xc2\x9bx", "x"),
        (b"\x1b[97;9ux", "x"),
    ];
    for (bytes, keys) in cases {
        assert_eq!(said(&[(0, bytes)]), *keys, "{bytes:?}");
    }
}

#[test]
fn a_line_feed_is_an_enter_of_its_own_unless_it_comes_right_behind_a_return() {
    assert_eq!(said(&[(0, b"\r"), (30, b"\n")]), "Enter");
    assert_eq!(said(&[(0, b"\r"), (61, b"\n")]), "Enter Enter");
    assert_eq!(said(&[(0, b"\r"), (5, b"x"), (5, b"\n")]), "Enter x Enter");
}

#[test]
fn a_character_cut_in_two_waits_for_its_other_half() {
    assert_eq!(said(&[(0, b"\xe5\xa4"), (5_000, b"\x9cx")]), "夜 x");
}

#[test]
fn a_bracketed_paste_is_one_step_however_it_arrives() {
    let text = "One\r\ntwo \u{1b}[A 夜\n".repeat(500);
    let bytes = format!("x\u{1b}[200~{text}\u{1b}[201~y").into_bytes();
    let wanted = [Input::Key(Key::char('x')), Input::Paste(text), Input::Key(Key::char('y'))];
    assert_eq!(inputs(&[(0, &bytes)]), wanted);
    for size in [1, 7, 1_024] {
        let chunks: Vec<(u64, &[u8])> = bytes.chunks(size).map(|chunk| (40, chunk)).collect();
        assert_eq!(inputs(&chunks), wanted, "in chunks of {size}");
    }
}

#[test]
fn a_paste_without_an_end_is_taken_after_a_while() {
    assert_eq!(said(&[(0, b"\x1b[200~half"), (6_000, b"x")]), "[half] x");
    assert_eq!(said(&[(0, b"\x1b[200~half"), (4_000, b" more\x1b[201~x")]), "[half more] x");
}

#[test]
fn a_burst_without_brackets_is_all_keys() {
    let text = "oh night ferry ".repeat(400);
    let keys = inputs(&[(0, text.as_bytes())]);
    assert_eq!(keys.len(), text.len());
    assert!(keys.iter().zip(text.chars()).all(|(input, c)| *input == Input::Key(Key::char(c))));
}

#[test]
fn every_key_reads_back_as_it_is_written() {
    let codes = [
        Code::Char('a'),
        Code::Char('A'),
        Code::Char('-'),
        Code::Char(' '),
        Code::Char('?'),
        Code::Char('é'),
        Code::Enter,
        Code::Tab,
        Code::Backspace,
        Code::Delete,
        Code::Insert,
        Code::Esc,
        Code::Up,
        Code::Down,
        Code::Left,
        Code::Right,
        Code::Home,
        Code::End,
        Code::PageUp,
        Code::PageDown,
        Code::F(1),
        Code::F(12),
    ];
    for code in codes {
        for held in 0..8 {
            let key = Key { code, ctrl: held & 1 > 0, alt: held & 2 > 0, shift: held & 4 > 0 }.normal();
            let written = key.to_string();
            assert!(!written.is_empty() && !written.ends_with("C-") || code == Code::Char('-'));
            assert_eq!(Key::parse(&written), Ok(key), "{written}");
        }
    }
}

#[test]
fn keys_are_read_in_any_case_and_wrong_ones_are_named() {
    for (text, key) in [("space", "Space"), ("c-G", "C-g"), ("s-tab", "S-Tab"), ("f1", "F1"), ("S-a", "A"), ("-", "-")]
    {
        assert_eq!(Key::parse(text).unwrap().to_string(), key);
    }
    for wrong in ["", "C-", "F0", "F99", "Ctrl-a", "ab", "\u{1b}"] {
        let said = Key::parse(wrong).unwrap_err().to_string();
        assert!(said.contains(&format!("`{wrong}`")), "{said}");
    }
}

#[test]
fn the_reader_delivers_what_is_typed_and_says_when_the_terminal_has_gone() {
    let (terminal, mut person) = UnixStream::pair().unwrap();
    let (deliver, inputs) = mpsc::channel();
    let reader = Reader::start(OwnedFd::from(terminal), move |input| deliver.send(input).is_ok()).unwrap();
    person.write_all(b"\x1b").unwrap();
    assert_eq!(inputs.recv().unwrap(), Input::Key(Key::plain(Code::Esc)));
    person.write_all("夜".as_bytes()).unwrap();
    assert_eq!(inputs.recv().unwrap(), Input::Key(Key::char('夜')));
    drop(person);
    assert_eq!(inputs.recv().unwrap(), Input::Closed);
    assert!(inputs.recv().is_err(), "the thread has ended");
    reader.stop();
}

#[test]
fn a_stopped_reader_leaves_what_is_typed_afterwards() {
    let (terminal, mut person) = UnixStream::pair().unwrap();
    let mut rest = terminal.try_clone().unwrap();
    let (deliver, inputs) = mpsc::channel();
    let reader = Reader::start(OwnedFd::from(terminal), move |input| deliver.send(input).is_ok()).unwrap();
    reader.stop();
    person.write_all(b"later").unwrap();
    drop(person);
    let mut left = String::new();
    rest.read_to_string(&mut left).unwrap();
    assert_eq!(left, "later");
    assert!(inputs.recv().is_err(), "nothing was said: stopping is not the terminal's end");
}

#[test]
fn a_reader_ends_when_nobody_listens() {
    let (terminal, mut person) = UnixStream::pair().unwrap();
    let (deliver, inputs) = mpsc::channel();
    let _reader = Reader::start(OwnedFd::from(terminal), move |input| deliver.send(input).is_ok()).unwrap();
    drop(inputs);
    person.write_all(b"x").unwrap();
    let mut nothing = [0];
    let ended = person.read(&mut nothing);
    assert!(matches!(ended, Ok(0) | Err(_)), "the thread let go of the terminal");
}
