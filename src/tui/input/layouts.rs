//! Where the keys of other keyboards lie: a letter that is no Latin one still has a place, and in lists a
//! command belongs to the place.
//!
//! Only characters that Latin keyboards of the usual kind do not type as commands stand here, so a letter
//! that means itself (A and Q of AZERTY) is never touched. The signs on the digits of a French keyboard are
//! on all keyboards, and a digit is an amount to be paid or a rating: they are digits only once a letter of
//! that row has shown that the keyboard is a French one.

use super::{Code, Key};

/// Characters, and those of the American keyboard in the same places.
type Row = (&'static str, &'static str);

const LAYOUTS: [Row; 7] = [
    // Russian.
    ("йцукенгшщзхъфывапролджэячсмитьбю.", "qwertyuiop[]asdfghjkl;'zxcvbnm,./"),
    ("ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,", "QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?"),
    // What Ukrainian and Belarusian have in other places.
    ("іїєўІЇЄЎ", "s]'oS}\"O"),
    // Greek.
    (";ςερτυθιοπασδφγηξκλζχψωβνμ", "qwertyuiopasdfghjklzxcvbnm"),
    ("ΕΡΤΥΘΙΟΠΑΣΔΦΓΗΞΚΛΖΧΨΩΒΝΜ", "ERTYUIOPASDFGHJKLZXCVBNM"),
    // French: the letters in the row of digits, without Shift.
    ("éèçà", "2790"),
    // The same on Belgian keyboards.
    ("§", "6"),
];

/// The signs in the French and the Belgian row of digits.
const FRENCH_SIGNS: Row = ("&\"'(-_!", "1345688");

/// What only a French or Belgian keyboard types without Shift, by itself, and no command anywhere.
const FRENCH_PROOFS: &str = "éèçà§ù";

/// What is known of the person's keyboard by the keys pressed where letters are commands. Words that were
/// written prove nothing: an Italian types `è` as well, and has `-` for a minus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keyboard {
    french: bool,
}

impl Keyboard {
    /// The key that an American keyboard has where this character is typed, if it is another one.
    #[must_use]
    pub fn same_place(&mut self, key: Key) -> Option<Key> {
        let typed = key.typed()?;
        self.french |= FRENCH_PROOFS.contains(typed);
        let signs = self.french.then_some(FRENCH_SIGNS);
        let found = LAYOUTS.into_iter().chain(signs).find_map(|(there, here)| {
            let place = there.chars().position(|c| c == typed)?;
            here.chars().nth(place)
        })?;
        Some(Key { code: Code::Char(found), ..key })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_character_has_one_place_and_no_latin_letter_or_digit_another() {
        let mut seen = BTreeSet::new();
        for (there, here) in LAYOUTS.into_iter().chain([FRENCH_SIGNS]) {
            assert_eq!(there.chars().count(), here.chars().count(), "{there}");
            for c in there.chars() {
                assert!(seen.insert(c), "{c} stands there twice");
                assert!(!c.is_ascii_alphanumeric(), "{c} means itself");
            }
        }
    }

    #[test]
    fn control_and_alt_are_left_alone() {
        let mut keyboard = Keyboard::default();
        assert_eq!(keyboard.same_place(Key::ctrl('й')), None);
        assert_eq!(keyboard.same_place(Key::char('й')), Some(Key::char('q')));
        assert_eq!(keyboard.same_place(Key::char('q')), None);
        assert_eq!(keyboard.same_place(Key::ctrl('é')), None);
        assert_eq!(keyboard, Keyboard::default());
    }

    #[test]
    fn a_sign_is_a_digit_only_once_a_letter_has_proved_a_french_keyboard() {
        for proof in FRENCH_PROOFS.chars() {
            let mut keyboard = Keyboard::default();
            let (signs, digits) = FRENCH_SIGNS;
            assert!(signs.chars().all(|sign| sign.is_ascii() && keyboard.same_place(Key::char(sign)).is_none()));
            let _ = keyboard.same_place(Key::char(proof));
            for (sign, digit) in signs.chars().zip(digits.chars()) {
                assert_eq!(keyboard.same_place(Key::char(sign)), Some(Key::char(digit)), "{sign} after {proof}");
            }
        }
    }
}
