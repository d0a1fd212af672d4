//! Keys as bad lines and plain terminals send them: cut in pieces, without brackets, with other line ends.

use std::path::Path;
use std::time::Duration;

use refrain::domain::draft::Draft;
use refrain::store::Store;

use crate::endings::{Ending, Trouble, ending_after};
use crate::terminal::{Setup, Terminal};
use crate::wrappers::folder;

const CTRL_A: &str = "\x01";
const CTRL_E: &str = "\x05";
const CTRL_G: &str = "\x07";

/// Longer than a lone Esc is held back: what waits for its rest has to wait by what it is, not by the hold.
const PAUSE: Duration = Duration::from_millis(100);

fn draft(data: &Path) -> Draft {
    let store = Store::open(data).unwrap();
    store.draft(store.last_opened().unwrap().unwrap()).unwrap().draft
}

fn takes(data: &Path) -> usize {
    Store::open(data).unwrap().takes(None).unwrap().len()
}

/// Sends bytes in two pieces with a pause between them that a network makes.
fn split(terminal: &mut Terminal, bytes: &str, at: usize) {
    terminal.bytes_as_keys(&bytes.as_bytes()[..at]);
    std::thread::park_timeout(PAUSE);
    terminal.bytes_as_keys(&bytes.as_bytes()[at..]);
}

#[test]
fn a_sequence_cut_with_a_pause_is_one_key_and_leaves_no_letters() {
    let data = folder();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("[Verse 1]");
    terminal.keys("one two ");
    terminal.expect("one two [Verse 1]");
    terminal.keys(CTRL_E);
    let end = {
        let line = "one two [Verse 1]".len() as u16;
        terminal.until("the line's end", |screen| screen.cursor_position().1 >= line);
        terminal.screen().cursor_position().1
    };
    let start = end - "one two [Verse 1]".len() as u16;
    // Each is cut where what came can be no key of its own; every other cut is a matter of milliseconds, which
    // the decoder's own test counts.
    for (bytes, at) in [("\x1b[1;2D", 3), ("\x1b[1;2D", 5), ("\x1b[1~", 3), ("\x1b[1;5D", 4)] {
        // From the end of the line, where the key as a whole leads to.
        terminal.keys(bytes);
        terminal.until("a move", |screen| screen.cursor_position().1 < end);
        let column = terminal.screen().cursor_position().1;
        terminal.keys(CTRL_E);
        terminal.until("the line's end", |screen| screen.cursor_position().1 == end);
        split(&mut terminal, bytes, at);
        let what = format!("column {column} after {bytes:?} cut at {at}");
        terminal.until(&what, |screen| screen.cursor_position().1 == column);
        terminal.keys(CTRL_E);
        terminal.until("the line's end", |screen| screen.cursor_position().1 == end);
    }
    for (letter, at) in [("é", 1), ("夜", 1), ("夜", 2)] {
        split(&mut terminal, letter, at);
    }
    terminal.keys(CTRL_A);
    terminal.until("the line's start", |screen| screen.cursor_position().1 == start);
    terminal.until("the words in the store", |_| draft(data.path()).lyrics.contains('夜'));
    let lyrics = draft(data.path()).lyrics;
    let line = lyrics.lines().next().unwrap();
    assert_eq!(line.replace(['é', '夜'], ""), "one two [Verse 1]");
    assert_eq!(line.chars().filter(|c| !c.is_ascii()).collect::<String>(), "é夜夜");
}

#[test]
fn more_characters_than_a_line_of_a_terminal_holds_typed_at_once_all_arrive_in_order_and_are_only_text() {
    let data = folder();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("[Verse 1]");
    let line = "q j k: the rain came down? on all the roofs / of town";
    let ends = ["\r", "\n", "\r\n"];
    let pasted = (0..26).map(|n| [&n.to_string(), line, ends[n % 3]].concat()).collect::<String>();
    // Where readers of keys are known to stop until the next key: 1,024.
    assert!(pasted.len() > 1_300);
    terminal.keys(&pasted);
    let wanted = (0..26).map(|n| [&n.to_string(), line, "\n"].concat()).collect::<String>();
    terminal.until("all of it in the store", |_| draft(data.path()).lyrics.starts_with(&wanted));
    assert_eq!(takes(data.path()), 0);
}

#[test]
fn a_paste_without_brackets_into_a_list_is_refused_in_words_and_orders_nothing() {
    let data = folder();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("[Verse 1]");
    let before = draft(data.path());
    terminal.keys("\t");
    terminal.expect("Space play");
    for pasted in ["harbour at night\rthe last boat\ro\r\r", "ордер паром в ночи\rещё строка\r"]
    {
        terminal.keys(pasted);
        terminal.expect("letters are commands here");
        // The rule holds until there is a pause.
        std::thread::park_timeout(Duration::from_millis(400));
        terminal.keys("\x1b[B");
    }
    terminal.keys("\x03");
    terminal.keys("and then ");
    terminal.expect("and then [Verse 1]");
    assert_eq!(takes(data.path()), 0);
    terminal.until("the words in the store", |_| draft(data.path()).lyrics.starts_with("and then "));
    let lyrics = format!("and then {}", before.lyrics);
    assert_eq!(draft(data.path()), Draft { lyrics, ..before });
}

#[test]
fn a_line_feed_is_enter_also_where_it_orders_and_0x08_is_backspace() {
    let data = folder();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("[Verse 1]");
    terminal.keys("wrong\x08\x08\x08\x08\x08right\n");
    terminal.until("the words in the store", |_| draft(data.path()).lyrics.starts_with("right\n[Verse 1]"));
    terminal.keys(CTRL_G);
    terminal.expect("Enter order");
    terminal.keys("\n");
    terminal.expect("this song 1");
    assert_eq!(takes(data.path()), 1);
}

#[test]
fn where_the_locale_has_no_utf8_letters_are_kept_and_shown_as_signs() {
    let data = folder();
    let mut terminal = Terminal::refrain(data.path(), &Setup { environment: &[("LANG", "C")], ..Setup::default() });
    terminal.expect("letters beyond ASCII are kept and shown as `?`");
    terminal.keys("café 夜 паром ");
    terminal.expect("caf? ?? ????? [Verse 1]");
    terminal.until("the letters in the store", |_| draft(data.path()).lyrics.starts_with("café 夜 паром "));
    terminal.keys("\x11");
    assert!(terminal.gone().success());
    let sent = terminal.everything();
    assert!(sent.is_ascii(), "bytes that the terminal cannot show were sent");
}

#[test]
fn after_keys_of_bad_lines_the_terminal_is_as_before_however_it_ends() {
    let troubles: [(Trouble, Ending); 5] = [
        (|terminal| split(terminal, "\x1b[1;2D", 5), Ending::Quit),
        // The rest of the key never comes.
        (|terminal| terminal.bytes_as_keys(b"\x1b[1;"), Ending::Terminated),
        (pasted, Ending::SuspendedAndQuit),
        (pasted, Ending::Quit),
        (line_fed, Ending::Quit),
    ];
    for (trouble, ending) in troubles {
        ending_after(trouble, ending);
    }
}

fn pasted(terminal: &mut Terminal) {
    terminal.paste("pasted\rin two lines ");
    terminal.expect("in two lines");
}

fn line_fed(terminal: &mut Terminal) {
    terminal.keys("fed\nand on ");
    terminal.expect("and on");
}
