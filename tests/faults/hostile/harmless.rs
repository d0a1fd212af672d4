//! What may come out of refrain, whatever came in.

use refrain::domain::untrusted::is_dangerous;

/// Letters and digits in a row at most: an id of a service may have 512.
const LONGEST_WORD: usize = 600;

/// Sequences without parameters worth a look: moving, colours, and clearing.
const MOVES: &str = "CGHJKmr";

/// The title of the window is put aside, and taken back in the end.
const TITLES: [&str; 2] = ["22;2t", "23;2t"];

/// How no line of ours begins: that is what a text pretends which brings a line end of its own.
pub const FOREIGN_LINE: &str = "error: all is lost";

/// What is wrong with words on a pipe or in a file: each line is a line of ours, and none is without end.
pub fn harm_in_words(text: &str) -> Option<String> {
    if text.lines().any(|line| line.trim_start().starts_with(FOREIGN_LINE)) {
        return Some(format!("a line that begins with {FOREIGN_LINE:?}"));
    }
    let dangerous = text.char_indices().find(|(_, c)| *c != '\n' && is_dangerous(*c));
    let excerpt = |at: usize| text[at..].chars().take(60).collect::<String>();
    if let Some((at, c)) = dangerous {
        return Some(format!("{c:?} before {:?}", excerpt(at)));
    }
    let long = text.split(|c: char| !c.is_alphanumeric()).find(|word| word.len() > LONGEST_WORD);
    long.map(|word| format!("a word of {} letters: {:?}", word.len(), word.chars().take(60).collect::<String>()))
}

/// What is wrong with bytes for a terminal: sequences that are none of ours, controls outside of sequences, letters
/// that hide or turn others around.
pub fn harm_on_a_terminal(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut rest = &*text;
    while let Some(c) = rest.chars().next() {
        let behind = &rest[c.len_utf8()..];
        rest = match c {
            '\u{1b}' => match behind_sequence(behind) {
                Ok(behind) => behind,
                Err(sequence) => return Some(format!("a sequence that is not ours: {sequence:?}")),
            },
            '\r' | '\n' => behind,
            c if is_dangerous(c) => {
                return Some(format!("{c:?} before {:?}", behind.chars().take(60).collect::<String>()));
            }
            _ => behind,
        };
    }
    None
}

/// What follows a sequence of ours; the beginning of one that is none.
fn behind_sequence(text: &str) -> Result<&str, String> {
    let foreign = || text.chars().take(40).collect::<String>();
    if let Some(title) = text.strip_prefix("]2;") {
        let (title, behind) = title.split_once('\u{7}').ok_or_else(foreign)?;
        return if harm_in_words(title).is_none() && title.chars().count() < 120 { Ok(behind) } else { Err(foreign()) };
    }
    for whole in ["\\", ">", "=", "(B", "7", "8"] {
        if let Some(behind) = text.strip_prefix(whole) {
            return Ok(behind);
        }
    }
    let parameters = text.strip_prefix('[').ok_or_else(foreign)?;
    if let Some(behind) = TITLES.iter().find_map(|title| parameters.strip_prefix(title)) {
        return Ok(behind);
    }
    let end = parameters.find(|c: char| !c.is_ascii_digit() && !";?:".contains(c)).ok_or_else(foreign)?;
    let last = parameters[end..].chars().next().ok_or_else(foreign)?;
    let is_mode = "hl".contains(last) && (parameters.starts_with('?') || parameters.starts_with('4'));
    if is_mode || MOVES.contains(last) { Ok(&parameters[end + 1..]) } else { Err(foreign()) }
}

/// What is wrong with the cells of a screen, whatever brought it there.
pub fn harm_on_a_screen(screen: &vt100::Screen) -> Option<String> {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let in_cell =
        |(row, column)| screen.cell(row, column).is_some_and(|cell| cell.contents().chars().any(is_dangerous));
    if let Some((row, column)) = places.into_iter().find(|place| in_cell(*place)) {
        return Some(format!("what hides in row {row}, column {column}"));
    }
    let is_foreign = |row: &String| row.trim_start().starts_with(FOREIGN_LINE);
    screen.rows(0, columns).find(is_foreign).map(|row| format!("a row {row:?}"))
}

#[test]
fn what_harms_is_seen_and_what_is_ours_passes() {
    let ours = "\u{1b}[22;2t\u{1b}[?1049h\u{1b}[2J\u{1b}]2;Night Ferry\u{7}\u{1b}[3;1H\u{1b}[0;1mé\u{1b}\\\r\n";
    assert_eq!(harm_on_a_terminal(ours.as_bytes()), None);
    for harm in [
        "\u{1b}]0;owned\u{7}",
        "\u{1b}]52;c;cm0=\u{7}",
        "\u{1b}]8;;http://a\u{7}",
        "\u{1b}[6n",
        "\u{1b}c",
        "a\u{202e}b",
        "\u{9b}1m",
        "a\u{200b}",
        "\u{1b}[21t",
        "\u{1b}[22;0t",
        "rings\u{7}",
        "back\u{8}",
        "shifted\u{f}",
    ] {
        assert!(harm_on_a_terminal(harm.as_bytes()).is_some(), "{harm:?}");
        assert!(harm_in_words(harm).is_some(), "{harm:?}");
    }
    assert_eq!(harm_in_words("one line\nand another"), None);
    assert!(harm_in_words("a\rb").is_some() && harm_in_words(&"x".repeat(1000)).is_some());
    assert!(harm_in_words("a\nerror: all is lost ../").is_some(), "a line that is none of ours");
    assert_eq!(harm_in_words("it said: error: all is lost"), None);
}

#[test]
fn what_hides_in_a_cell_or_takes_a_row_is_seen() {
    let shown = |bytes: &str| {
        let mut parser = vt100::Parser::default();
        parser.process(bytes.as_bytes());
        harm_on_a_screen(parser.screen())
    };
    assert_eq!(shown("a line of ours, and e\u{301}"), None);
    assert_eq!(shown("it said: error: all is lost"), None);
    assert!(shown("ours\r\n error: all is lost").is_some());
    assert!(shown("a\u{200b}b").is_some());
    assert!(shown("a\u{202e}b").is_some());
}
