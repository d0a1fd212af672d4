//! A screen over a line that breaks: with a real ssh server, by way of a line as poor as lines are.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use refrain::domain::draft::Draft;
use refrain::domain::generation::Status;
use refrain::domain::song::SongId;
use rustix::process::Signal;

use crate::lane::Lane;
use crate::proxy::{POOR, Proxy};
use crate::row::{Row, USUAL, Wrapper};
use crate::support::orders::{self, SHORT};
use crate::support::patience::{comes_true, until};
use crate::support::process;
use crate::support::service::KEY;
use crate::support::studio::Studio;
use crate::wrappers::{Shell, Sshd, is_at_hand};

const CTRL_G: &str = "\x07";
const CTRL_O: &str = "\x0f";

/// Songs that take a few seconds each: long enough to be under way when the line is cut.
const SCENARIO: &str =
    "[references]\nvoices = [\"vocal-1\"]\ninstrumentals = [\"instrumental-1\"]\n[songs]\nat_most = 1.0\n";
const PACE: &str = "2";

/// Longer than the takes here need, and the line besides.
const LONGEST: Duration = Duration::from_secs(90);

/// A person far away: a studio, an ssh server, and a poor line to it.
struct Far {
    studio: Studio,
    lane: Lane,
    sshd: Sshd,
    line: Proxy,
}

impl Far {
    fn away() -> Self {
        let (studio, lane) = (Studio::new(), Lane::at_pace(PACE, SCENARIO));
        let mut sshd = Sshd::open();
        let poor = Proxy::to(sshd.port(), POOR);
        sshd.by_way_of(poor.port());
        Self { studio, lane, sshd, line: poor }
    }

    /// The line is another one, as in another room. The old one stays as it is while it is held.
    fn on_another_line(&mut self) -> Proxy {
        let line = Proxy::to(self.line.leads_to(), POOR);
        self.sshd.by_way_of(line.port());
        std::mem::replace(&mut self.line, line)
    }

    /// Logs in and opens the screen.
    fn screen(&self) -> Shell {
        let row = Row { wrapper: Wrapper::Ssh, ..USUAL };
        let mut shell = Shell::open(&row, self.studio.path(), Some(&self.sshd));
        let (program, data) = (env!("CARGO_BIN_EXE_refrain"), self.studio.path().display());
        shell
            .terminal
            .keys(&format!("AIMLAPI_API_KEY={KEY} {program} --data-dir {data} --base-url {}\r", self.lane.url));
        shell.terminal.expect("[Verse]");
        shell
    }

    fn screens(&self) -> Vec<process::Process> {
        let url = format!("--base-url {}", self.lane.url);
        let all = process::naming(&url).into_iter();
        all.filter(|process| process.command.contains("--data-dir") && !process.command.contains("worker")).collect()
    }

    fn lyrics(&self, song: SongId) -> String {
        self.studio.store().draft(song).unwrap().draft.lyrics
    }

    fn statuses(&self) -> Vec<Status> {
        self.studio.store().takes(None).unwrap().iter().map(|take| take.status).collect()
    }
}

/// A song of that title and model.
fn write_song(studio: &Studio, title: &str, model: &str, settings: &[(&str, &str)]) -> SongId {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let draft = Draft { model: model.to_owned(), settings, ..orders::draft() };
    studio.store().new_song(title, &draft, "the test", Timestamp::now()).unwrap()
}

/// Orders so many takes of the song on the screen.
fn order(shell: &mut Shell, takes: &str, button: &str) {
    shell.terminal.keys(CTRL_G);
    shell.terminal.expect("Enter order");
    if takes != "1" {
        shell.terminal.keys(takes);
        shell.terminal.expect(button);
    }
    shell.terminal.keys("\r");
}

#[test]
fn five_takes_and_an_open_song_survive_a_line_that_is_cut() {
    if !is_at_hand(Wrapper::Ssh) {
        return;
    }
    let mut far = Far::away();
    let queued = write_song(&far.studio, "Five at once", SHORT, &[("length", "0:01")]);
    let known = [("voice-id", "vocal-1"), ("instrumental-id", "instrumental-1")];
    let open = write_song(&far.studio, "Held open", "music-01", &known);
    far.studio.store().open_song(open, Timestamp::now()).unwrap();
    let mut shell = far.screen();
    order(&mut shell, "1", "");
    let is_open = || {
        let takes = far.studio.store().takes(None).unwrap();
        takes.iter().any(|take| take.model == "music-01" && take.status == Status::Sending)
    };
    until("the song is on its way", is_open);
    shell.terminal.keys(CTRL_O);
    shell.terminal.expect("Songs");
    shell.terminal.keys("Five");
    shell.terminal.keys("\r");
    until("the other song is open", || far.studio.store().last_opened().unwrap() == Some(queued));
    shell.terminal.expect("Five at once");
    order(&mut shell, "5", "Order 5 takes");
    until("five are ordered", || far.statuses().len() == 6);
    shell.terminal.keys("last words ");
    shell.terminal.expect("last words");
    assert!(is_open(), "the song is still on its way: {:?}", far.statuses());
    let under_way = far.statuses().iter().filter(|status| status.is_live()).count();
    assert!(under_way > 2, "too late to cut anything: {:?}", far.statuses());
    // In the middle of what the screen draws next.
    far.line.cut_after(10);
    shell.terminal.keys("x");
    until("the line is cut", || far.line.is_cut());
    until("the screen has left", || far.screens().is_empty());
    assert!(far.lyrics(queued).contains("last words"), "{}", far.lyrics(queued));

    drop(far.on_another_line());
    let again = far.screen();
    again.terminal.expect("last words");
    assert!(comes_true(LONGEST, || far.statuses() == [Status::Saved; 6]), "{:?}", far.statuses());
    let books = far.lane.books();
    assert_eq!(books.ledger.len(), 6, "each was paid for once");
    let paid = books.requests.iter().filter(|visit| visit["method"] == "POST").count();
    assert_eq!(paid, 6, "and each was ordered once");
    again.terminal.expect("new");
}

#[test]
fn a_half_open_screen_changes_nothing() {
    if !is_at_hand(Wrapper::Ssh) {
        return;
    }
    let mut far = Far::away();
    let song = write_song(&far.studio, "Night Ferry", SHORT, &[("length", "0:01")]);
    far.studio.store().open_song(song, Timestamp::now()).unwrap();
    let mut old = far.screen();
    // The old screen stands before an order that only needs a key.
    old.terminal.keys("old words ");
    old.terminal.expect("old words");
    until("they are saved", || far.lyrics(song).contains("old words"));
    old.terminal.keys(CTRL_G);
    old.terminal.expect("Enter order");
    let old_screen = far.screens();
    assert_eq!(old_screen.len(), 1, "{old_screen:?}");
    far.line.half_open();
    assert!(!process::is_over(old_screen[0].id), "nobody has told it");

    // The old line stays as it is: nobody hears of it.
    let _old_line = far.on_another_line();
    let mut new = far.screen();
    new.terminal.expect("old words");
    new.terminal.keys("new words ");
    new.terminal.expect("new words");
    until("they are saved", || far.lyrics(song).contains("new words"));
    let draft = far.lyrics(song);
    process::send(old_screen[0].id, Signal::HUP);
    until("the old screen has left", || process::is_over(old_screen[0].id));
    assert_eq!(far.lyrics(song), draft, "what the new screen wrote stands");
    assert_eq!(far.statuses(), [] as [Status; 0], "nothing was ordered");
    new.terminal.keys("and more ");
    new.terminal.expect("and more");
    until("they are saved", || far.lyrics(song).contains("and more"));
}

#[test]
fn every_key_answers_within_a_round_trip_on_a_slow_line() {
    if !is_at_hand(Wrapper::Ssh) {
        return;
    }
    let far = Far::away();
    let song = write_song(&far.studio, "Night Ferry", SHORT, &[("length", "0:01")]);
    far.studio.store().open_song(song, Timestamp::now()).unwrap();
    let mut shell = far.screen();
    let mut typed = String::new();
    let mut took: Vec<Duration> = ["q", "z", "x", "j", "v", "k", "w"]
        .iter()
        .map(|key| {
            typed.push_str(key);
            let pressed: Instant = shell.terminal.keys(key);
            shell.terminal.expect(&typed).duration_since(pressed)
        })
        .collect();
    took.sort();
    let median = took[took.len() / 2];
    println!("from key to screen: {took:?}");
    assert!(median >= POOR.one_way * 2, "the line is no slow one: {took:?}");
    assert!(median < Duration::from_millis(900), "{took:?}");
}
