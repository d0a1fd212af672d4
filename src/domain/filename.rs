//! Names of files and folders that every file system takes.

use unicode_segmentation::UnicodeSegmentation;

use super::untrusted::is_dangerous;

/// Bytes of the longest name that [`safe`] makes: file systems take 255, and a take's name holds two such
/// names and a few words, a temporary file's a suffix more.
const MOST_BYTES: usize = 80;

/// Characters of the longest extension kept.
const MOST_EXTENSION: usize = 8;

/// The name of what has no name left.
const NAMELESS: &str = "untitled";

/// Names that Windows keeps for devices, with or without an extension. `COM` and `LPT` with a digit, plain
/// or superscript, are reserved too.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// A title as the name of a folder or file: no separators, controls or names that Windows reserves, no
/// dot or space at its ends, no dash at its start, at most 80 bytes, never empty.
///
/// Two titles may give one name, also one that differs in case only: who creates the file looks for that.
#[must_use]
pub fn safe(title: &str) -> String {
    let clean = cleaned(title);
    let name = cut(clean.trim_start_matches(['-', '.', ' ', '~']), MOST_BYTES);
    match name {
        "" => NAMELESS.to_owned(),
        device if is_device(device) => format!("_{}", cut(device, MOST_BYTES - 1)),
        name => name.to_owned(),
    }
}

/// `Night Ferry - take 007 (music-2.0).mp3`: the name of a take's file.
#[must_use]
pub fn of_take(song: &str, take: u32, model_label: &str, extension: &str) -> String {
    let stem = format!("{} - take {take:03} ({})", safe(song), safe(model_label));
    let plain = extension.chars().filter(char::is_ascii_alphanumeric).take(MOST_EXTENSION);
    let extension = plain.collect::<String>().to_ascii_lowercase();
    if extension.is_empty() { stem } else { format!("{stem}.{extension}") }
}

/// Without what a file system or a terminal takes amiss; runs of white space become one space.
fn cleaned(title: &str) -> String {
    let replaced: String = title
        .chars()
        .filter_map(|c| match c {
            c if c.is_whitespace() => Some(' '),
            c if is_dangerous(c) => None,
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => Some('-'),
            c => Some(c),
        })
        .collect();
    replaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The longest start of whole graphemes within `most` bytes, without dots and spaces at its end. Of a
/// grapheme that alone is longer, as many characters as fit.
fn cut(name: &str, most: usize) -> &str {
    let fitting = |ends: &mut dyn Iterator<Item = usize>| ends.take_while(|end| *end <= most).last().unwrap_or(0);
    let mut graphemes = name.grapheme_indices(true).map(|(start, grapheme)| start + grapheme.len());
    let mut chars = name.char_indices().map(|(start, c)| start + c.len_utf8());
    let end = match fitting(&mut graphemes) {
        0 => fitting(&mut chars),
        end => end,
    };
    name[..end].trim_end_matches(['.', ' '])
}

/// Whether Windows takes the name for a device, whatever its extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let port = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    let numbered = port.is_some_and(|rest| {
        let mut chars = rest.chars();
        let digit = chars.next().is_some_and(|c| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³'));
        digit && chars.next().is_none()
    });
    numbered || DEVICES.contains(&stem.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn titles_become_names_that_every_file_system_takes() {
        let table = [
            ("Night Ferry", "Night Ferry"),
            ("AC/DC: live?", "AC-DC- live-"),
            ("..\\..\\etc/passwd", "etc-passwd"),
            ("  two\t\n spaces  ", "two spaces"),
            ("...hidden", "hidden"),
            ("--force", "force"),
            ("the end...", "the end"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("com1", "_com1"),
            ("LPT\u{b2}.a.b", "_LPT\u{b2}.a.b"),
            ("console", "console"),
            ("com10", "com10"),
            ("a\u{202e}3pm.exe", "a3pm.exe"),
            ("夜のフェリー", "夜のフェリー"),
            ("", NAMELESS),
            (" . . ", NAMELESS),
            ("\u{200b}", NAMELESS),
        ];
        for (title, name) in table {
            assert_eq!(safe(title), name, "{title:?}");
        }
    }

    #[test]
    fn a_long_title_is_cut_between_graphemes() {
        let family = "👨‍👩‍👧‍👦";
        let name = safe(&"é".repeat(60));
        assert_eq!(name, "é".repeat(40));
        assert!(safe(&format!("{}{family}", "a".repeat(79))).ends_with('a'));
        assert_eq!(safe(&format!("{} b", "a".repeat(79))).len(), 79);
    }

    #[test]
    fn a_grapheme_longer_than_a_name_is_cut_between_characters() {
        let name = safe(&format!("a{}", "\u{301}".repeat(100)));
        assert_eq!(name.len(), 79);
    }

    #[test]
    fn the_name_of_a_take_says_song_number_and_model() {
        assert_eq!(of_take("Night Ferry", 7, "music-2.0", "mp3"), "Night Ferry - take 007 (music-2.0).mp3");
        assert_eq!(of_take("a/b", 1234, "x/y", ".WAV"), "a-b - take 1234 (x-y).wav");
        assert_eq!(of_take("", 1, "m", "../"), "untitled - take 001 (m)");
    }

    fn check_name(name: &str, most: usize) -> Result<(), TestCaseError> {
        prop_assert!(!name.is_empty() && name.len() <= most, "{name:?}");
        prop_assert!(!name.starts_with(['-', '.', ' ', '~']), "{name:?}");
        prop_assert!(!name.ends_with(['.', ' ']), "{name:?}");
        prop_assert!(!name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']), "{name:?}");
        prop_assert!(!name.contains(is_dangerous), "{name:?}");
        prop_assert!(!is_device(name), "{name:?}");
        Ok(())
    }

    proptest! {
        #[test]
        fn any_title_becomes_a_safe_name(title in any::<String>()) {
            check_name(&safe(&title), MOST_BYTES)?;
        }

        #[test]
        fn titles_made_of_trouble_become_safe_names(title in r"(con|NUL|com|[0-9¹./\\: ~\-\u{202e}\u{301}é👨‍👩‍👧]){0,60}") {
            check_name(&safe(&title), MOST_BYTES)?;
        }

        #[test]
        fn a_safe_name_stays_as_it_is(title in any::<String>()) {
            let name = safe(&title);
            prop_assert_eq!(safe(&name), name);
        }

        #[test]
        fn any_take_gets_a_safe_name(song in any::<String>(), take in any::<u32>(), label in any::<String>(), extension in any::<String>()) {
            check_name(&of_take(&song, take, &label, &extension), 255)?;
        }
    }
}
