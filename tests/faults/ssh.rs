//! A screen over a line that breaks: with a real ssh server, by way of a line as poor as lines are.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use refrain::domain::draft::Draft;
use refrain::domain::generation::{Status, Take};
use refrain::domain::song::SongId;
use rustix::process::Signal;

use crate::lane::Lane;
use crate::proxy::{POOR, Proxy};
use crate::row::{Row, USUAL, Wrapper};
use crate::support::orders::{self, SHORT};
use crate::support::patience::{comes_true, until, wait_for};
use crate::support::process;
use crate::support::service::{KEY, follow_at};
use crate::support::studio::Studio;
use crate::wrappers::{Shell, Sshd, is_at_hand};

const CTRL_G: &str = "\x07";
const CTRL_L: &str = "\x0c";
const CTRL_O: &str = "\x0f";

/// Songs of a second, and one that comes over its open connection long after the line is cut.
const SCENARIO: &str = "[references]\nvoices = [\"vocal-1\"]\ninstrumentals = [\"instrumental-1\"]\n[songs]\n\
                        at_most = 1.0\n[[rule]]\nendpoint = \"generate\"\nhold_ms = 20000\n";
const PACE: &str = "200";

/// Whatever was ordered is at work until another scenario begins.
const AT_WORK: &str = "[[rule]]\nendpoint = \"poll\"\nword = \"generating\"\n";

/// After how many bytes of what is drawn next the lines are cut, one each: before the first, in the middle of what ssh
/// says, in the middle of a frame, and behind one.
const CUTS: [u64; 4] = [10, 0, 700, 4_000];

/// Longer than the takes here need, and the line besides.
const LONGEST: Duration = Duration::from_secs(90);

/// Longer than what was drawn is on its way, also where the line stalls.
const ON_ITS_WAY: Duration = Duration::from_secs(5);

/// A person far away: a studio and an ssh server.
struct Far {
    studio: Studio,
    lane: Lane,
    sshd: Sshd,
    /// Where the ssh server listens.
    port: u16,
}

/// Where the person sits: a terminal, and the poor line that leads away from it.
struct Seat {
    shell: Shell,
    line: Proxy,
}

impl Far {
    fn away() -> Self {
        let (studio, lane, sshd) = (Studio::new(), Lane::at_pace(PACE, SCENARIO), Sshd::open());
        let port = sshd.port();
        Self { studio, lane, sshd, port }
    }

    /// Logs in over a line of its own, as in another room.
    fn log_in(&mut self) -> Seat {
        let line = Proxy::to(self.port, POOR);
        self.sshd.by_way_of(line.port());
        let row = Row { wrapper: Wrapper::Ssh, ..USUAL };
        Seat { shell: Shell::open(&row, self.studio.path(), Some(&self.sshd)), line }
    }

    /// Logs in and opens the screen.
    fn screen(&mut self) -> Seat {
        let mut seat = self.log_in();
        self.open_screen(&mut seat);
        seat
    }

    fn open_screen(&self, seat: &mut Seat) {
        let (program, data) = (env!("CARGO_BIN_EXE_refrain"), self.studio.path().display());
        let url = &self.lane.url;
        seat.keys(&format!("AIMLAPI_API_KEY={KEY} {program} --data-dir {data} --base-url {url}\r"));
        seat.expect("[Verse]");
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

    /// Whether so many takes are at work at the service, and besides a song comes over its open connection.
    fn is_at_work(&self, queued: usize, open: usize) -> bool {
        let takes = self.studio.store().takes(None).unwrap();
        let is_open = |take: &&Take| take.model == "music-01" && take.status == Status::Sending;
        let is_queued = |take: &&Take| take.model == SHORT && [Status::Queued, Status::Working].contains(&take.status);
        let count = |is: &dyn Fn(&&Take) -> bool| takes.iter().filter(is).count();
        (count(&is_queued), count(&is_open), takes.len()) == (queued, open, queued + open)
    }

    /// The only worker, once those have left that found it at work.
    fn worker(&self) -> u32 {
        wait_for("one worker", || match &*self.studio.workers() {
            [worker] => Some(worker.id),
            _ => None,
        })
    }
}

/// A song of that title and model.
fn write_song(studio: &Studio, title: &str, model: &str, settings: &[(&str, &str)]) -> SongId {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let draft = Draft { model: model.to_owned(), settings, ..orders::draft() };
    studio.store().new_song(title, &draft, "the test", Timestamp::now()).unwrap()
}

impl Seat {
    fn keys(&mut self, keys: &str) -> Instant {
        self.shell.terminal.keys(keys)
    }

    #[track_caller]
    fn expect(&self, text: &str) -> Instant {
        self.shell.terminal.expect(text)
    }

    fn shows(&self, text: &str) -> bool {
        self.shell.terminal.screen().contents().contains(text)
    }

    /// How long each of these letters takes from the key to the screen, the quickest first.
    fn took(&mut self, letters: &[&str]) -> Vec<Duration> {
        let mut typed = String::new();
        let mut took: Vec<_> = letters
            .iter()
            .map(|letter| {
                typed.push_str(letter);
                assert!(!self.shows(&typed), "{typed} is there already");
                let pressed = self.keys(letter);
                self.expect(&typed).duration_since(pressed)
            })
            .collect();
        took.sort();
        took
    }

    /// Orders so many takes of the song on the screen.
    fn order(&mut self, takes: &str, button: &str) {
        self.keys(CTRL_G);
        self.expect("Enter order");
        if takes != "1" {
            self.keys(takes);
            self.expect(button);
        }
        self.keys("\r");
    }

    /// Goes to another song by its title.
    fn go_to(&mut self, far: &Far, title: &str, song: SongId) {
        self.keys(CTRL_O);
        self.expect("Songs");
        self.keys(title);
        self.keys("\r");
        until("the other song is open", || far.studio.store().last_opened().unwrap() == Some(song));
        self.shell.terminal.expect_gone("Songs");
    }

    /// Writes until a stall of the line has held something up.
    fn write_through_a_stall(&mut self) {
        for word in 1.. {
            if self.line.stalled() > 0 {
                return;
            }
            self.keys(&format!("w{word} "));
            self.expect(&format!("w{word}"));
        }
    }

    /// Has the screen drawn again and again, until its line is cut in the middle of that.
    fn is_cut_after(&mut self, bytes: u64) {
        self.line.cut_after(bytes);
        while !self.line.is_cut() {
            let carried = self.line.carried();
            self.keys(CTRL_L);
            until("something is drawn", || self.line.carried() > carried || self.line.is_cut());
        }
    }

    /// Types words until the screen has some that are not saved, and stops it there; says which.
    fn stops_with_unsaved_words(&mut self, far: &Far, song: SongId, screen: u32) -> String {
        for attempt in 1..20 {
            let words = format!("unsaved{attempt} ");
            let said = self.line.said();
            self.keys(&words);
            until("it has drawn something", || self.line.said() > said);
            process::send(screen, Signal::STOP);
            if comes_true(ON_ITS_WAY, || self.shows(&words)) && !far.lyrics(song).contains(&words) {
                return words;
            }
            process::send(screen, Signal::CONT);
            self.expect(&words);
            until("they are saved", || far.lyrics(song).contains(&words));
        }
        panic!("whatever is typed is saved at once");
    }
}

#[test]
fn five_takes_and_an_open_song_survive_lines_that_are_cut() {
    if !is_at_hand(Wrapper::Ssh) {
        return;
    }
    let mut far = Far::away();
    // All of them at once, and one worker from the first order to the last song.
    far.studio.configure("[worker]\nidle_seconds = 600\n[api]\nat_once = 6\n");
    follow_at(&far.lane.url, &[SCENARIO, AT_WORK].concat());
    let known = [("voice-id", "vocal-1"), ("instrumental-id", "instrumental-1")];
    let open = write_song(&far.studio, "Held open", "music-01", &known);
    let queued = write_song(&far.studio, "Five at once", SHORT, &[("length", "0:01")]);
    far.studio.store().open_song(queued, Timestamp::now()).unwrap();
    let mut seats: Vec<_> = CUTS.iter().map(|_| far.screen()).collect();
    seats[0].order("5", "Order 5 takes");
    until("five are at work", || far.is_at_work(5, 0));
    let worker = far.worker();
    seats[0].go_to(&far, "Held open", open);
    seats[0].write_through_a_stall();
    seats[0].order("1", "");
    until("the song is on its way", || far.is_at_work(5, 1));
    seats[0].keys("last words ");
    seats[0].expect("last words");
    for (seat, bytes) in seats.iter_mut().zip(CUTS) {
        seat.is_cut_after(bytes);
        assert!(far.is_at_work(5, 1), "too late to cut anything: {:?}", far.statuses());
    }
    until("the screens have left", || far.screens().is_empty());
    assert!(far.lyrics(open).contains("last words"), "{}", far.lyrics(open));
    assert!(far.is_at_work(5, 1), "{:?}", far.statuses());
    assert_eq!(far.worker(), worker, "nobody has told it");

    let mut again = far.screen();
    again.expect("last words");
    follow_at(&far.lane.url, SCENARIO);
    assert!(comes_true(LONGEST, || far.statuses() == [Status::Saved; 6]), "{:?}", far.statuses());
    assert_eq!(far.worker(), worker, "the one that began it has ended it");
    let books = far.lane.books();
    assert_eq!(books.ledger.len(), 6, "each was paid for once");
    let paid = books.requests.iter().filter(|visit| visit["method"] == "POST").count();
    assert_eq!(paid, 6, "and each was ordered once");
    again.keys("\ts");
    let all_are_there = |screen: &vt100::Screen| screen.contents().matches("new, 0:01 ").count() == 6;
    again.shell.terminal.until("six songs on the screen", all_are_there);
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
    let screens = far.screens();
    assert_eq!(screens.len(), 1, "{screens:?}");
    let unsaved = old.stops_with_unsaved_words(&far, song, screens[0].id);
    old.line.half_open();

    let mut new = far.screen();
    new.keys("new words ");
    new.expect("new words");
    until("they are saved", || far.lyrics(song).contains("new words"));
    let draft = far.lyrics(song);
    assert!(!draft.contains(&unsaved), "{draft}");
    // The old screen hears that its terminal is gone, and finds that others have written.
    process::send(screens[0].id, Signal::HUP);
    process::send(screens[0].id, Signal::CONT);
    until("the old screen has left", || process::is_over(screens[0].id));
    assert_eq!(far.lyrics(song), draft, "what the new screen wrote stands");
    let versions = far.studio.store().versions(song).unwrap();
    let kept = versions.iter().find(|version| version.draft.lyrics.contains(&unsaved));
    let kept = kept.unwrap_or_else(|| panic!("{unsaved:?} is lost: {versions:#?}"));
    assert!(kept.origin.starts_with("from "), "it says where it was written: {kept:?}");
    assert!(!kept.draft.lyrics.contains("new words"), "{kept:?}");
    new.keys("and more ");
    new.expect("and more");
    until("they are saved", || far.lyrics(song).contains("and more"));
}

/// Somebody has pressed it, and cannot know whether it arrived. It counts once, and whoever logs in again sees so.
#[test]
fn an_enter_that_arrives_late_orders_once_and_the_next_screen_shows_it() {
    if !is_at_hand(Wrapper::Ssh) {
        return;
    }
    let mut far = Far::away();
    let song = write_song(&far.studio, "Night Ferry", SHORT, &[("length", "0:01")]);
    far.studio.store().open_song(song, Timestamp::now()).unwrap();
    let mut old = far.screen();
    old.keys(CTRL_G);
    old.expect("Enter order");
    let typed = old.line.typed();
    old.line.hold();
    old.keys("\r");
    until("it is on its way", || old.line.typed() > typed);
    old.line.half_open();

    let mut new = far.screen();
    new.keys("new words ");
    new.expect("new words");
    until("they are saved", || far.lyrics(song).contains("new words"));
    assert_eq!(far.statuses(), [] as [Status; 0], "it has not arrived yet");
    let draft = far.lyrics(song);
    old.line.let_go();
    new.expect("new, 0:01");
    let takes = far.studio.store().takes(None).unwrap();
    let [take] = &*takes else { panic!("{takes:#?}") };
    assert_eq!(take.status, Status::Saved);
    assert_eq!(far.lane.books().ledger.len(), 1, "it was paid for once");
    // The old screen follows the new one, so that is what stood in it.
    assert_eq!(take.draft.lyrics, draft, "what is ordered is one screen's text, and no mixture");
    assert_eq!(far.lyrics(song), draft, "and writing goes on from there");
}

#[test]
fn every_key_answers_within_a_round_trip_on_a_slow_line() {
    if !is_at_hand(Wrapper::Ssh) {
        return;
    }
    let mut far = Far::away();
    let song = write_song(&far.studio, "Night Ferry", SHORT, &[("length", "0:01")]);
    far.studio.store().open_song(song, Timestamp::now()).unwrap();
    let mut seat = far.log_in();
    // The shell says back what is typed, over the same line, at the same time of day.
    let shell = seat.took(&["Q", "z", "x", "j", "v", "k", "w"]);
    seat.keys("\x15");
    far.open_screen(&mut seat);
    let screen = seat.took(&["Z", "q", "x", "j", "v", "k", "w"]);
    println!("from key to screen: {screen:?}, and in a shell: {shell:?}");
    let [screen, shell] = [screen, shell].map(|took| took[took.len() / 2]);
    assert!(screen >= POOR.one_way * 2, "the line is no slow one: {screen:?}");
    assert!(screen < shell + POOR.one_way, "{screen:?}, and in a shell {shell:?}");
}
