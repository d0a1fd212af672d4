//! A disk that is really full: a small one of memory, which only this test and what it starts can see.
//!
//! Mounting one needs a name space of one's own. Where that may not be made, the tests say so and are passed over,
//! but not in CI.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use refrain::domain::draft::Draft;
use refrain::domain::generation::{Status, Take, Why};
use refrain::domain::service::Service;
use refrain::engine::intent::Order;
use refrain::store::history::Wanted;
use rustix::fs::{FallocateFlags, fallocate, statvfs};
use rustix::io::Errno;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::lane::Lane;
use crate::support::orders;
use crate::support::patience::{comes_true, until};
use crate::support::process::PREFIX;
use crate::support::service::KEY;
use crate::support::studio::{Studio, files_below};
use crate::support::worker;
use crate::terminal::{Setup, Terminal};

/// Where the disk is, for the test that runs on it.
const DISK: &str = "REFRAIN_TEST_DISK";

/// How large it is: so that there is room for a song before it is bought, and little more.
const SIZE: &str = "160m";

/// Runs the test of that name in a process of its own, which has a disk of its own.
fn on_a_small_disk(name: &str, test: impl FnOnce(&Path)) {
    if let Some(disk) = std::env::var_os(DISK) {
        return test(Path::new(&disk));
    }
    let disk = tempfile::Builder::new().prefix(PREFIX).tempdir().unwrap();
    let Some(mut unshare) = unshare(&disk) else { return };
    let mount = format!("mount -t tmpfs -o size={SIZE} tmpfs \"$1\" && exec \"$2\" --exact \"$3\" --nocapture");
    unshare.args(["sh", "-c", &mount, "sh"]).arg(disk.path()).arg(std::env::current_exe().unwrap());
    let output = unshare.arg(format!("room::{name}")).env(DISK, disk.path()).output().unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// What runs a program where it may mount a disk.
fn unshare(disk: &TempDir) -> Option<Command> {
    let flags = if rustix::process::geteuid().is_root() { "-m" } else { "-rm" };
    let mut tried = Command::new("unshare");
    tried.args([flags, "mount", "-t", "tmpfs", "tmpfs"]).arg(disk.path());
    if tried.output().is_ok_and(|output| output.status.success()) {
        let mut command = Command::new("unshare");
        command.arg(flags);
        return Some(command);
    }
    assert!(std::env::var_os("CI").is_none(), "no disk can be mounted here");
    eprintln!("skipped: no disk can be mounted here");
    None
}

/// Somebody else's file, which takes all the room there is.
struct Hog(PathBuf);

impl Hog {
    /// Takes everything but so many bytes, once: what is given back behind it is not its own. What a song takes at the
    /// same time is not there to be taken.
    fn leaving(disk: &Path, bytes: u64) -> Self {
        let path = disk.join("somebody-elses");
        let file = File::create(&path).unwrap();
        loop {
            let more = free(disk).saturating_sub(bytes);
            if more == 0 {
                return Self(path);
            }
            match fallocate(&file, FallocateFlags::empty(), 0, more) {
                Ok(()) => return Self(path),
                Err(Errno::NOSPC) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn goes(self) {
        fs::remove_file(&self.0).unwrap();
    }
}

fn free(disk: &Path) -> u64 {
    let disk = statvfs(disk).unwrap();
    disk.f_bavail * disk.f_frsize
}

/// An uncompressed song of so many seconds; the first that is fetched comes slowly.
fn scenario(seconds: u32) -> String {
    format!(
        "[songs]\nat_most = {seconds}.0\n[references]\nvoices = [\"vocal-1\"]\n\
         [[rule]]\nendpoint = \"submit\"\nat_once = true\n\
         [[rule]]\nendpoint = \"file\"\nnth = 1\nbytes_per_second = 400000\n"
    )
}

fn uncompressed(studio: &Studio, service: &Service) -> Order {
    let song = orders::song(&mut studio.store(), "Night Ferry");
    let mut order = orders::order(song, service, "music-2.0", 1);
    let settings = [("format", "wav"), ("sample-rate", "44100")];
    order.draft.settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    order
}

fn visits(lane: &Lane, endpoint: &str) -> Vec<Value> {
    let visits = lane.books().requests.into_iter();
    visits.filter(|visit| visit["endpoint"] == endpoint).map(|visit| visit["status"].clone()).collect()
}

/// That a take is a whole file, paid for once, and that nothing lies beside it.
fn is_whole(studio: &Studio, lane: &Lane, take: &Take) {
    assert_eq!(take.status, Status::Saved, "{:?}", take.message);
    assert_eq!(lane.books().ledger.len(), 1, "paid once");
    let files = files_below(&studio.paths().music);
    assert_eq!(files.len(), 2, "the song and its sidecar: {files:?}");
}

/// That a take has every sample of what the service has, in order, however often it was gone on with.
fn is_as_served(lane: &Lane, take: &Take) {
    let path = format!("/v2/generate/audio?generation_id={}", take.remote_id.as_ref().unwrap());
    let answer: Value =
        serde_json::from_slice(&fetched(&format!("{}{path}", lane.url), &format!("authorization: Bearer {KEY}\r\n")))
            .unwrap();
    let served = fetched(answer["audio_file"]["url"].as_str().unwrap(), "");
    let kept = fs::read(take.file.as_ref().unwrap()).unwrap();
    assert!(samples(&served).len() > 1_000_000, "there is something to compare");
    assert!(samples(&served) == samples(&kept), "it is another song");
}

/// What a sandbox answers to a question with these headers.
fn fetched(url: &str, headers: &str) -> Vec<u8> {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\n{headers}connection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
    assert!(
        answer.starts_with(b"HTTP/1.1 200"),
        "{path}: {:?}",
        String::from_utf8_lossy(&answer[..answer.len().min(999)])
    );
    answer.split_off(end)
}

/// The samples of an uncompressed song, without what stands around them.
fn samples(wav: &[u8]) -> &[u8] {
    let mut rest = &wav[12..];
    loop {
        let length = u32::from_le_bytes(rest[4..8].try_into().unwrap()) as usize;
        if rest.starts_with(b"data") {
            return &rest[8..8 + length];
        }
        rest = &rest[8 + length + length % 2..];
    }
}

#[test]
fn samples_are_found_behind_whatever_stands_before_them() {
    let tagged = [b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0data\x04\0\0\0" as &[u8], &[1, 2, 3, 4], b"id3 "].concat();
    assert_eq!(samples(&tagged), [1, 2, 3, 4]);
}

#[test]
fn a_disk_that_fills_up_while_a_song_comes_pauses_says_so_and_goes_on() {
    on_a_small_disk("a_disk_that_fills_up_while_a_song_comes_pauses_says_so_and_goes_on", |disk| {
        let (lane, studio) = (Lane::at_pace("5000", &scenario(20)), Studio::within(disk));
        let order = uncompressed(&studio, &lane.service());
        let take = orders::place(&studio, order, jiff::Timestamp::now())[0];
        let mut worker = worker::process(&studio, &lane.service());
        // More of it than is given back of a full disk.
        studio.when(take, "some of it has come", |take| take.received > 1_500_000);
        let hog = Hog::leaving(disk, 0);
        let full = studio.when(take, "the disk is full", |take| take.why == Some(Why::DiskFull));
        assert_eq!(full.status, Status::Ready, "the song waits at the service");
        let message = full.message.unwrap();
        assert!(message.contains("is full:") && message.contains("MB more are needed"), "{message}");
        assert_eq!(visits(&lane, "file").len(), 1, "nobody is asked for what there is no room for");
        hog.goes();
        let saved = studio.when(take, "the song on disk", |take| take.status == Status::Saved);
        is_whole(&studio, &lane, &saved);
        assert_eq!(visits(&lane, "file")[1..], [json!(206)], "what had come did not come again");
        is_as_served(&lane, &saved);
        until("the worker has left", || worker.try_wait().unwrap().is_some());
    });
}

#[test]
fn nothing_is_bought_where_there_is_no_room_for_it() {
    on_a_small_disk("nothing_is_bought_where_there_is_no_room_for_it", |disk| {
        let (lane, studio) = (Lane::at_pace("5000", &scenario(1)), Studio::within(disk));
        drop(studio.store());
        let hog = Hog::leaving(disk, 60_000_000);
        let take = orders::one(&studio, &lane.service());
        let mut worker = worker::process(&studio, &lane.service());
        let held = studio.when(take, "it is put aside", |take| take.status == Status::Held);
        assert_eq!(held.why, Some(Why::DiskFull));
        assert!(held.message.unwrap().contains("are wanted before a song is bought"));
        assert_eq!(visits(&lane, "submit"), [] as [Value; 0]);
        hog.goes();
        let release = refrain::engine::intent::Intent::Release { take };
        orders::desk(&studio).carry_out(&mut studio.store(), release, jiff::Timestamp::now()).unwrap();
        until("the worker has left", || worker.try_wait().unwrap().is_some());
        worker::work(&studio, &lane.service());
        is_whole(&studio, &lane, &studio.take(take));
    });
}

#[test]
fn an_order_waits_in_line_for_the_room_that_songs_under_way_may_need() {
    on_a_small_disk("an_order_waits_in_line_for_the_room_that_songs_under_way_may_need", |disk| {
        let (lane, studio) = (Lane::at_pace("5000", &scenario(1)), Studio::within(disk));
        let song = orders::song(&mut studio.store(), "Night Ferry");
        // Room for one beside what is spare, and not for two.
        let _hog = Hog::leaving(disk, 115_000_000);
        let order = orders::order(song, &lane.service(), orders::SHORT, 2);
        let takes = orders::place(&studio, order, jiff::Timestamp::now());
        worker::work(&studio, &lane.service());
        let steps = studio.store().steps(Wanted { take: None, since: None }).unwrap();
        assert!(steps.iter().all(|step| step.status != Some(Status::Held)), "nobody had to let it go");
        let at = |status| steps.iter().position(|step| step.status == Some(status)).unwrap();
        let last_sent = steps.iter().rposition(|step| step.status == Some(Status::Sending)).unwrap();
        assert!(at(Status::Saved) < last_sent, "the second was sent when the first had come");
        for take in takes {
            assert_eq!(studio.take(take).status, Status::Saved);
        }
    });
}

#[test]
fn a_disk_that_fills_up_while_a_song_comes_over_its_open_connection_loses_nothing_of_it() {
    on_a_small_disk("a_disk_that_fills_up_while_a_song_comes_over_its_open_connection_loses_nothing_of_it", |disk| {
        // Larger than the room that is set aside for an answer.
        let large = "[references]\nvoices = [\"vocal-1\"]\n[songs]\nat_most = 2.0\n\
                     [[rule]]\nendpoint = \"generate\"\nsong_bytes = 15000000\nbytes_per_second = 5000000\n";
        let (lane, studio) = (Lane::at_pace("5000", large), Studio::within(disk));
        let song = orders::song(&mut studio.store(), "Night Ferry");
        let mut order = orders::order(song, &lane.service(), "music-01", 1);
        order.draft.settings = [("voice-id".to_owned(), "vocal-1".to_owned())].into();
        let take = orders::place(&studio, order, jiff::Timestamp::now())[0];
        let mut worker = worker::process(&studio, &lane.service());
        studio.when(take, "some of it has come", |take| take.received > 1_000_000);
        let hog = Hog::leaving(disk, 0);
        until("there is no room at all", || free(disk) == 0);
        let answers = refrain::paths::answers(studio.path());
        let length = || files_below(&answers)[0].metadata().unwrap().len();
        // It stands still where the disk ends, and the connection stays open.
        until_still(&length);
        assert_eq!(free(disk), 0, "the song waits for room");
        assert_eq!(studio.take(take).status, Status::Sending);
        hog.goes();
        let saved = studio.when(take, "the song on disk", |take| take.status == Status::Saved);
        is_whole(&studio, &lane, &saved);
        assert_eq!(visits(&lane, "generate").len(), 1, "it was ordered once");
        until("the worker has left", || worker.try_wait().unwrap().is_some());
    });
}

/// Waits until a length has stayed the same for two seconds.
fn until_still(length: &dyn Fn() -> u64) {
    let (mut last, mut since) = (length(), Instant::now());
    let still = comes_true(Duration::from_secs(60), || {
        let now = length();
        if now != last {
            (last, since) = (now, Instant::now());
        }
        since.elapsed() > Duration::from_secs(2)
    });
    assert!(still, "it never stood still, at last at {last}");
}

#[test]
fn words_that_a_full_disk_does_not_take_are_told_and_those_that_were_saved_stay() {
    on_a_small_disk("words_that_a_full_disk_does_not_take_are_told_and_those_that_were_saved_stay", |disk| {
        let studio = Studio::within(disk);
        let mut store = studio.store();
        let draft = Draft { model: orders::SHORT.to_owned(), ..orders::draft() };
        let song = store.new_song("Night Ferry", &draft, "the test", jiff::Timestamp::now()).unwrap();
        let hog = Hog::leaving(disk, 0);
        let words = "rain on the harbour ".repeat(5_000);
        let write = ["song", "write", "Night Ferry", "--lyrics", &words];
        let told = studio.run(write);
        assert_ne!(told.code, 0, "{told:?}");
        assert!(told.err.contains("full"), "{told:?}");
        assert_eq!(store.draft(song).unwrap().draft.lyrics, orders::LYRICS);
        hog.goes();
        let told = studio.run(write);
        assert_eq!(told.code, 0, "{told:?}");
        assert_eq!(store.draft(song).unwrap().draft.lyrics.trim_end(), words.trim_end());
    });
}

#[test]
fn words_on_a_screen_that_a_full_disk_does_not_take_stay_there_until_there_is_room() {
    on_a_small_disk("words_on_a_screen_that_a_full_disk_does_not_take_stay_there_until_there_is_room", |disk| {
        let studio = Studio::within(disk);
        let song = orders::song(&mut studio.store(), "Night Ferry");
        studio.store().open_song(song, jiff::Timestamp::now()).unwrap();
        let mut screen = Terminal::refrain(studio.path(), &Setup::default());
        screen.expect("[Verse]");
        let hog = Hog::leaving(disk, 0);
        let words = "rain on the harbour ".repeat(1_500);
        screen.paste(&words);
        screen.expect("not saved");
        assert_eq!(studio.store().draft(song).unwrap().draft.lyrics, orders::LYRICS);
        hog.goes();
        let is_saved = || studio.store().draft(song).unwrap().draft.lyrics.contains(words.trim_end());
        until("there is room, and they are saved", is_saved);
        screen.expect_gone("not saved");
    });
}
