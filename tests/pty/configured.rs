//! A configuration as far as the terminal: one that is broken, the themes, and a clock that stands still.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use crate::service::Service;
use crate::terminal::{Setup, Terminal};

const CTRL_G: &str = "\x07";
const ESC: &str = "\x1b";

#[test]
fn a_broken_configuration_locks_nobody_out_and_orders_and_asks_nothing() {
    let service = Service::open();
    let data = tempfile::tempdir().unwrap();
    let text = format!("[api]\nbase_url = \"{}\"\nat_once = 0\n", service.url);
    fs::write(data.path().join("config.toml"), text).unwrap();
    let setup = Setup { environment: &[("AIMLAPI_API_KEY", "a-key-that-stays-here")], ..Setup::default() };
    let arguments = ["--data-dir", data.path().to_str().unwrap()];
    let mut terminal = Terminal::open(env!("CARGO_BIN_EXE_refrain"), &arguments, &setup);
    terminal.expect("config.toml:3: `api.at_once` is 0; it takes 1 to 64");
    terminal.keys("\x1b[Zslow waltz for nobody\t[Verse]\rOne line to sing\r");
    terminal.expect("One line to sing");
    terminal.keys(CTRL_G);
    terminal.expect("Enter order");
    terminal.keys("\r");
    terminal.expect("cannot be ordered: the configuration has problems");
    terminal.keys(ESC);
    terminal.expect("`api.at_once` is 0");
    terminal.keys(ESC);
    terminal.expect_gone("`api.at_once` is 0");
    terminal.keys("\x11");
    assert!(terminal.ended().success());
    // Where no worker ever took its seat, nobody was told the key or asked anything.
    assert!(!data.path().join("worker").exists(), "a worker was started");
    let store = refrain::store::Store::open(data.path()).unwrap();
    assert_eq!(store.takes(None).unwrap().len(), 0);
    let song = store.last_opened().unwrap().unwrap();
    assert!(store.draft(song).unwrap().draft.lyrics.contains("One line to sing"), "writing went on");
}

#[test]
fn the_prompt_orders_nothing_with_a_broken_configuration_either() {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("config.toml"), "[api]\nat_once = 0\n").unwrap();
    let setup = Setup { environment: &[("AIMLAPI_API_KEY", "a-key-that-stays-here")], ..Setup::default() };
    let arguments = ["--plain", "--data-dir", data.path().to_str().unwrap()];
    let mut terminal = Terminal::open(env!("CARGO_BIN_EXE_refrain"), &arguments, &setup);
    terminal.expect("config.toml:2: `api.at_once` is 0; it takes 1 to 64");
    terminal.keys("order 1\r");
    terminal.expect("nothing was ordered: the configuration has problems");
    assert!(!data.path().join("worker").exists(), "a worker was started");
}

#[test]
fn a_broken_catalogue_or_key_map_is_told_and_the_screen_works_with_its_own() {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("catalogue.toml"), "[[models]]\nid = \"google/lyria2\"\npace = 0\n").unwrap();
    fs::write(data.path().join("config.toml"), "[keys.anywhere]\norder = \"C-b\"\nsongs = \"F7\"\n").unwrap();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("config.toml:2: `keys.anywhere.order`: `C-b` never arrives");
    terminal.expect("`refrain config check` lists them");
    terminal.expect("C-o songs");
    terminal.keys(CTRL_G);
    terminal.expect("Enter order");
    terminal.keys("\r");
    terminal.expect("1 new to hear");
}

#[test]
fn a_broken_catalogue_or_key_map_keeps_no_paid_order_from_being_sent() {
    let service = Service::open();
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("catalogue.toml"), "[[models]]\nid = \"google/lyria2\"\npace = 0\n").unwrap();
    let text = format!("[api]\nbase_url = \"{}\"\n[keys.anywhere]\norder = \"C-b\"\n", service.url);
    fs::write(data.path().join("config.toml"), text).unwrap();
    let setup = Setup { environment: &[("AIMLAPI_API_KEY", "a-key-for-this-test")], ..Setup::default() };
    let arguments = ["--data-dir", data.path().to_str().unwrap()];
    let mut terminal = Terminal::open(env!("CARGO_BIN_EXE_refrain"), &arguments, &setup);
    terminal.expect("config.toml:4: `keys.anywhere.order`: `C-b` never arrives");
    terminal.keys("\x1b[Zslow waltz for nobody\t[Verse]\rOne line to sing\r");
    terminal.expect("One line to sing");
    terminal.keys(CTRL_G);
    terminal.expect("Enter order");
    terminal.keys("\r");
    service.order();
}

/// Every colour that is on the screen, once.
fn colours(config: &str, environment: &[(&str, &str)]) -> BTreeSet<String> {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("config.toml"), config).unwrap();
    let environment: Vec<_> = environment.iter().copied().chain([("COLORTERM", "truecolor")]).collect();
    let setup = Setup { environment: &environment, ..Setup::default() };
    let terminal = Terminal::refrain(data.path(), &setup);
    // What is drawn last.
    terminal.expect("C-p all keys");
    let screen = terminal.screen();
    let (rows, columns) = screen.size();
    let places = (0..rows.get()).flat_map(|row| (0..columns.get()).map(move |column| (row, column)));
    let cells = places.filter_map(|(row, column)| screen.cell(row, column));
    let colours = cells.flat_map(|cell| [cell.fgcolor(), cell.bgcolor()]);
    colours.filter(|colour| *colour != vt100::Color::Default).map(|colour| format!("{colour:?}")).collect()
}

#[test]
fn the_theme_is_that_of_the_configuration_and_no_color_comes_before_it() {
    let sixteen = colours("[screen]\ntheme = \"16\"\n", &[]);
    let is_own = |colour: &String| (0..16).any(|n| *colour == format!("{:?}", vt100::Color::Idx(n)));
    assert!(!sixteen.is_empty() && sixteen.iter().all(is_own), "{sixteen:?}");
    let [dark, light] = ["dark", "light"].map(|name| colours(&format!("[screen]\ntheme = \"{name}\"\n"), &[]));
    for exact in [&dark, &light] {
        assert!(!exact.is_empty() && exact.iter().all(|colour| colour.starts_with("Rgb(")), "{exact:?}");
    }
    assert_ne!(dark, light);
    assert_eq!(colours("", &[]), dark, "the default");
    assert_eq!(colours("[screen]\ntheme = \"none\"\n", &[]), BTreeSet::new());
    assert_eq!(colours("[screen]\ntheme = \"light\"\n", &[("NO_COLOR", "1")]), BTreeSet::new());
    assert_eq!(colours("[screen]\ntheme = \"light\"\n", &[("NO_COLOR", "")]), light, "an empty variable is none");
}

#[test]
fn with_the_clock_off_a_running_take_sends_no_byte_between_events() {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("config.toml"), "[screen]\nclock = \"off\"\n").unwrap();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("Paper Boats");
    terminal.keys(CTRL_G);
    terminal.expect("Enter order");
    terminal.keys("\r");
    terminal.expect("working, sent ");
    // The message about the order is the last that comes; from then on the take needs some seconds.
    let (mut bytes, mut since) = (terminal.bytes(), Instant::now());
    while since.elapsed() < Duration::from_secs(3) {
        std::thread::park_timeout(Duration::from_millis(20));
        assert!(terminal.screen().contents().contains("working, sent "), "it never was quiet for three seconds");
        if terminal.bytes() != bytes {
            (bytes, since) = (terminal.bytes(), Instant::now());
        }
    }
    terminal.expect("1 new to hear");
}

/// A screen on the sandbox with an order on its way, and the file of all bytes that come out of it.
fn ordering(config: &str) -> (tempfile::TempDir, Terminal) {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("config.toml"), config).unwrap();
    let command = format!("{} --sandbox --data-dir {}", env!("CARGO_BIN_EXE_refrain"), data.path().display());
    let bytes = data.path().join("bytes");
    let mut terminal = Terminal::open("script", &["-qfc", &command, bytes.to_str().unwrap()], &Setup::default());
    terminal.expect("Paper Boats");
    terminal.keys(CTRL_G);
    terminal.expect("Enter order");
    terminal.keys("\r");
    (data, terminal)
}

#[test]
fn the_bell_rings_when_a_take_arrives_unless_the_configuration_says_otherwise() {
    let bells = |data: &tempfile::TempDir| {
        let bytes = fs::read(data.path().join("bytes")).unwrap();
        let bytes = String::from_utf8_lossy(&bytes);
        // A title may end with the same byte: what stands before the first escape for one counts, and what
        // stands behind each.
        let parts = bytes.split("\x1b]").enumerate();
        let parts = parts.map(|(n, part)| if n == 0 { part } else { part.split_once('\x07').map_or("", |it| it.1) });
        parts.map(|part| part.matches('\x07').count()).sum::<usize>()
    };
    let (loud, silent) = (ordering(""), ordering("[screen]\nbell = false\n"));
    for (_, terminal) in [&loud, &silent] {
        terminal.expect("1 new to hear");
    }
    assert_eq!((bells(&loud.0), bells(&silent.0)), (1, 0));
}
