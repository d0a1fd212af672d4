//! Text that was typed or pasted where letters are commands.

use std::collections::VecDeque;

use jiff::Timestamp;

/// So many letters ...
const LETTERS: usize = 6;
/// ... within so many milliseconds are text, not commands.
const WITHIN_MS: i64 = 300;

/// The last characters pressed where letters are commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letters {
    last: VecDeque<(Timestamp, char)>,
    astray: bool,
}

impl Letters {
    /// Notes a key that no text contains, such as an arrow: what came before it was no text.
    pub fn interrupt(&mut self) {
        *self = Self::default();
    }

    /// Notes a character, a line end being one too. Tells whether it is part of text gone astray; it
    /// stays so until there is a pause.
    ///
    /// A key held down is no text: it repeats one character.
    pub fn is_astray(&mut self, letter: char, now: Timestamp) -> bool {
        let recent = |at: Timestamp| now.as_millisecond() - at.as_millisecond() <= WITHIN_MS;
        if self.last.back().is_some_and(|(at, _)| !recent(*at)) {
            self.last.clear();
            self.astray = false;
        }
        self.last.push_back((now, letter));
        if self.last.len() > LETTERS {
            self.last.pop_front();
        }
        let burst = self.last.len() == LETTERS && self.last.front().is_some_and(|(at, _)| recent(*at));
        let held_down = self.last.iter().all(|(_, other)| *other == letter);
        self.astray |= burst && !held_down;
        self.astray
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_700_000_000_000 + ms).unwrap()
    }

    #[test]
    fn six_letters_in_a_moment_are_astray_until_there_is_a_pause() {
        let mut letters = Letters::default();
        let seen: Vec<bool> = "harbour".chars().map(|c| letters.is_astray(c, at(0))).collect();
        assert_eq!(seen, [false, false, false, false, false, true, true]);
        assert!(!letters.is_astray('j', at(1_000)));
    }

    #[test]
    fn letters_between_arrows_are_commands_however_fast_they_come() {
        let mut letters = Letters::default();
        for _ in 0..20 {
            assert!(!letters.is_astray('m', at(0)));
            letters.interrupt();
        }
    }

    #[test]
    fn a_key_held_down_and_slow_fingers_are_commands() {
        let mut letters = Letters::default();
        assert!((0..60).all(|n| !letters.is_astray('j', at(n * 30))));
        let mut letters = Letters::default();
        assert!("jkjkjkjkjkjk".chars().zip(0..).all(|(c, n)| !letters.is_astray(c, at(n * 100))));
    }
}
