//! Where the keys of other keyboards lie: a letter that is no Latin one still has a place, and in lists a
//! command belongs to the place.
//!
//! Only characters that Latin keyboards of the usual kind do not type as commands stand here, so a letter
//! that means itself (A and Q of AZERTY) is never touched.

use super::{Code, Key};

/// Characters, and those of the American keyboard in the same places.
const LAYOUTS: [(&str, &str); 7] = [
    // Russian.
    ("йцукенгшщзхъфывапролджэячсмитьбю.", "qwertyuiop[]asdfghjkl;'zxcvbnm,./"),
    ("ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,", "QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?"),
    // What Ukrainian and Belarusian have in other places.
    ("іїєўІЇЄЎ", "s]'oS}\"O"),
    // Greek.
    (";ςερτυθιοπασδφγηξκλζχψωβνμ", "qwertyuiopasdfghjklzxcvbnm"),
    ("ΕΡΤΥΘΙΟΠΑΣΔΦΓΗΞΚΛΖΧΨΩΒΝΜ", "ERTYUIOPASDFGHJKLZXCVBNM"),
    // French: the row of digits without Shift.
    ("&é\"'(-è_çà", "1234567890"),
    // The same on Belgian keyboards.
    ("§!", "68"),
];

/// The key that an American keyboard has where this character is typed, if it is another one.
#[must_use]
pub fn same_place(key: Key) -> Option<Key> {
    let typed = key.typed()?;
    let found = LAYOUTS.iter().find_map(|(there, here)| {
        let place = there.chars().position(|c| c == typed)?;
        here.chars().nth(place)
    })?;
    Some(Key { code: Code::Char(found), ..key })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_character_has_one_place_and_no_latin_letter_or_digit_another() {
        let mut seen = BTreeSet::new();
        for (there, here) in LAYOUTS {
            assert_eq!(there.chars().count(), here.chars().count(), "{there}");
            for c in there.chars() {
                assert!(seen.insert(c), "{c} stands there twice");
                assert!(!c.is_ascii_alphanumeric(), "{c} means itself");
            }
        }
    }

    #[test]
    fn control_and_alt_are_left_alone() {
        assert_eq!(same_place(Key::ctrl('й')), None);
        assert_eq!(same_place(Key::char('й')), Some(Key::char('q')));
        assert_eq!(same_place(Key::char('q')), None);
    }
}
