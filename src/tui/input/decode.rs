//! Bytes from a terminal made into keys and pastes.
//!
//! This file only finds where one key's bytes end; what they mean is termina's table. Termina's parser
//! could find the ends too, but waits for ever on Alt-O, reads Esc followed by an arrow as letters, and
//! drops the letter after a broken one.

use std::time::Duration;

use termina::event::{KeyCode, KeyEvent, KeyEventKind, Modifiers};
use termina::{Event, Parser};

use super::{Code, Input, Key};

const ESC: u8 = 0x1b;
const BELL: u8 = 0x07;
const PASTE_START: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

/// How long Esc may be the start of something longer. Terminals send a key's bytes at once, but a network
/// may cut between them; a person does not notice this delay.
pub const ESCAPE_HOLD: Duration = Duration::from_millis(60);

/// How long the rest of a sequence that can be no key of its own may take.
const SEQUENCE_HOLD: Duration = Duration::from_secs(1);

/// How long a paste may pause before what came of it is taken.
const PASTE_HOLD: Duration = Duration::from_secs(5);

/// Collects bytes until they are keys.
#[derive(Debug, Default)]
pub struct Decoder {
    bytes: Vec<u8>,
    /// How far the end of a paste has been looked for.
    searched: usize,
    /// Whether the last byte was a carriage return: a line feed right behind it is the same line end.
    returned: bool,
}

/// What stands at the start of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// So many bytes that are one key, or nothing known.
    Whole(usize),
    /// A paste of so many bytes, its marks included.
    Paste(usize),
    /// The start of a character: the rest cannot be anything else, however late.
    PartOfCharacter,
    /// May be a key as it stands, or go on.
    PartOrKey,
    PartOfSequence,
    PartOfPaste,
}

impl Decoder {
    /// Takes in bytes and hands out everything that is complete.
    pub fn feed(&mut self, bytes: &[u8], mut deliver: impl FnMut(Input)) {
        self.bytes.extend_from_slice(bytes);
        let mut done = 0;
        while done < self.bytes.len() {
            let rest = &self.bytes[done..];
            match unit(rest, self.searched) {
                Unit::Whole(length) => {
                    let unit = &rest[..length];
                    // A terminal in newline mode sends both for one Enter, as do some pastes.
                    let doubled = std::mem::replace(&mut self.returned, unit == b"\r") && unit == b"\n";
                    meaning(unit).into_iter().filter(|_| !doubled).for_each(&mut deliver);
                    done += length;
                }
                Unit::Paste(length) => {
                    deliver(paste_of(&rest[PASTE_START.len()..length - PASTE_END.len()]));
                    done += length;
                    self.searched = 0;
                }
                Unit::PartOfPaste => {
                    self.searched = rest.len();
                    break;
                }
                Unit::PartOfCharacter | Unit::PartOrKey | Unit::PartOfSequence => break,
            }
        }
        self.bytes.drain(..done);
    }

    /// How long to wait for more before [`Decoder::give_up`]; for ever when nothing is held back.
    pub fn hold(&self) -> Option<Duration> {
        if self.bytes.is_empty() {
            return self.returned.then_some(ESCAPE_HOLD);
        }
        match unit(&self.bytes, self.searched) {
            Unit::PartOrKey => Some(ESCAPE_HOLD),
            Unit::PartOfSequence => Some(SEQUENCE_HOLD),
            Unit::PartOfPaste => Some(PASTE_HOLD),
            Unit::PartOfCharacter | Unit::Whole(_) | Unit::Paste(_) => None,
        }
    }

    /// Nothing more came: what is held back is taken for what it can be alone.
    pub fn give_up(&mut self, mut deliver: impl FnMut(Input)) {
        let held = std::mem::take(&mut self.bytes);
        (self.searched, self.returned) = (0, false);
        if let Some(pasted) = held.strip_prefix(PASTE_START) {
            deliver(paste_of(pasted));
        } else if held.len() <= 2 {
            meaning(&held).into_iter().for_each(deliver);
        }
    }
}

/// Finds the end of what `bytes` (at least one) start with; a paste's end is not before `searched`.
fn unit(bytes: &[u8], searched: usize) -> Unit {
    match *bytes {
        [ESC] | [ESC, b'[' | b'O' | b']' | b'P'] => Unit::PartOrKey,
        // A second Esc begins something new. So does Tab, which no terminal sends with Alt: GNU screen holds an
        // Esc back for longer than a hand needs from it to Tab, and sends both at once.
        [ESC, ESC | b'\t', ..] => Unit::Whole(1),
        [ESC, b'[', ..] if bytes.starts_with(PASTE_START) => paste(bytes, searched),
        [ESC, b'[', ..] => control_sequence(bytes),
        [ESC, b'O', third, ..] => Unit::Whole(if third.is_ascii_graphic() { 3 } else { 2 }),
        [ESC, b']' | b'P', ..] => control_string(bytes),
        [ESC, ..] => match character(&bytes[1..]) {
            Unit::Whole(length) => Unit::Whole(1 + length),
            part => part,
        },
        _ => character(bytes),
    }
}

/// A control sequence as ECMA-48 has it: parameters, intermediates, one final byte. The Linux console's
/// `[[A` and the oldest mouse report, three bytes after `[M`, do not keep to that.
fn control_sequence(bytes: &[u8]) -> Unit {
    let length = match bytes[2] {
        b'[' => 4,
        b'M' => 6,
        _ => match bytes[2..].iter().position(|byte| !(0x20..0x40).contains(byte)) {
            Some(end) if (0x40..0x7f).contains(&bytes[2 + end]) => 2 + end + 1,
            // Cut off, as by another Esc: that byte begins something new.
            Some(end) => return Unit::Whole(2 + end),
            None => return Unit::PartOfSequence,
        },
    };
    if bytes.len() < length { Unit::PartOfSequence } else { Unit::Whole(length) }
}

/// A late answer to a question that some program before asked the terminal: up to BEL or Esc `\`.
fn control_string(bytes: &[u8]) -> Unit {
    let end = (2..bytes.len()).find_map(|at| match bytes[at..] {
        [BELL, ..] => Some(at + 1),
        [ESC, b'\\', ..] => Some(at + 2),
        _ => None,
    });
    end.map_or(Unit::PartOfSequence, Unit::Whole)
}

fn paste(bytes: &[u8], searched: usize) -> Unit {
    let from = searched.saturating_sub(PASTE_END.len()).max(PASTE_START.len());
    let end = bytes[from..].windows(PASTE_END.len()).position(|window| window == PASTE_END);
    end.map_or(Unit::PartOfPaste, |at| Unit::Paste(from + at + PASTE_END.len()))
}

/// One character in UTF-8; a byte that can be none is a unit of its own, so that nothing after it is lost.
fn character(bytes: &[u8]) -> Unit {
    let length = match bytes[0] {
        0x00..=0x7f => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Unit::Whole(1),
    };
    let continued = bytes[1..].iter().take(length - 1).take_while(|byte| (0x80..0xc0).contains(*byte)).count();
    if 1 + continued == length {
        Unit::Whole(length)
    } else if 1 + continued == bytes.len() {
        Unit::PartOfCharacter
    } else {
        Unit::Whole(1)
    }
}

fn paste_of(bytes: &[u8]) -> Input {
    Input::Paste(String::from_utf8_lossy(bytes).into_owned())
}

/// What one unit of bytes means, if it means something here.
fn meaning(unit: &[u8]) -> Option<Input> {
    if let [ESC, letter @ (b'[' | b'O' | b']' | b'P')] = *unit {
        return Some(Input::Key(Key { alt: true, ..Key::char(char::from(letter)) }));
    }
    // A new parser each time: what one did not understand must not stay in the way of the next key.
    let mut parser = Parser::default();
    parser.parse(unit, false);
    match parser.pop()? {
        // After an error the parser takes the rest of a sequence for letters.
        Event::Key(KeyEvent { code: KeyCode::Char(_), .. }) if unit.starts_with(b"\x1b[") && !unit.ends_with(b"u") => {
            None
        }
        Event::Key(event) if event.kind == KeyEventKind::Release => None,
        Event::Key(event) => key(event.code, event.modifiers).map(Input::Key),
        Event::FocusIn => Some(Input::FocusGained),
        Event::FocusOut => Some(Input::FocusLost),
        _ => None,
    }
}

/// A key in this program's terms; nothing for keys that mean nothing here.
fn key(code: KeyCode, held: Modifiers) -> Option<Key> {
    if held.intersects(Modifiers::SUPER | Modifiers::HYPER) {
        return None;
    }
    let key = Key {
        code: Code::Esc,
        ctrl: held.contains(Modifiers::CONTROL),
        alt: held.intersects(Modifiers::ALT | Modifiers::META),
        shift: held.contains(Modifiers::SHIFT),
    };
    if let KeyCode::Char(c) = code {
        return character_key(c, key);
    }
    let code = match code {
        KeyCode::Enter => Code::Enter,
        KeyCode::Tab | KeyCode::BackTab => Code::Tab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Insert => Code::Insert,
        KeyCode::Escape => Code::Esc,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::Function(number) => Code::F(number),
        _ => return None,
    };
    Some(Key { code, ..key })
}

/// A character key. Control bytes that several keys send stand for one of them: 0x0a is Enter (some
/// keypads send it), 0x08 Backspace, and 0x1c to 0x1f, which termina calls Ctrl-4 to Ctrl-7, are Ctrl
/// with `\`, `]`, `^` and `/`.
fn character_key(c: char, held: Key) -> Option<Key> {
    let (code, ctrl) = match (held.ctrl, c) {
        // Ctrl-Space, which terminals also send for Ctrl-@ and Ctrl-2.
        (true, ' ') => return None,
        (true, 'j') => (Code::Enter, false),
        (true, 'h') => (Code::Backspace, false),
        (true, '4') => (Code::Char('\\'), true),
        (true, '5') => (Code::Char(']'), true),
        (true, '6') => (Code::Char('^'), true),
        (true, '7' | '_') => (Code::Char('/'), true),
        (_, c) if c.is_control() => return None,
        (ctrl, c) => (Code::Char(c), ctrl),
    };
    Some(Key { code, ctrl, ..held }.normal())
}
