//! In which order files and the database reach the disk, as `strace` sees it.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use refrain::domain::generation::{Status, Take};
use refrain::failpoint::{FIRED, VARIABLE};

use crate::journeys::Journey;
use crate::lane::Lane;
use crate::support::patience::until;
use crate::support::rows::each;
use crate::support::studio::Studio;
use crate::trial::impatient;

/// The calls that write something or bring it to the disk, give it a name or take one, and what comes before a claim
/// and behind it.
const CALLS: &str = "write,writev,pwrite64,ftruncate,sendto,sendmsg,fsync,fdatasync,?rename,renameat,renameat2,?link,\
                     linkat,?unlink,unlinkat,?mkdir,mkdirat,fallocate";

/// What changes a file that is open.
const CHANGES: [&str; 4] = ["write(", "writev(", "pwrite64(", "ftruncate("];

/// As soon as the song is saved, the worker dies: what reached the disk by then did so for that.
const SAVED: &str = "take.saved.stored=kill";

/// A take with all that was done for it, or nothing where `strace` is missing, but not in a submission.
fn traced(journey: Journey, studio: &Studio, lane: &Lane) -> Option<(Take, Calls)> {
    if Command::new("strace").arg("-V").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "there is no `strace`");
        eprintln!("skipped: no `strace`");
        return None;
    }
    let command = journey.command(studio, lane);
    let (seen, fired) = (studio.path().join("strace.out"), studio.path().join("fired"));
    let mut traced = Command::new("strace");
    traced.args(["-f", "-y", "-qq", "-s", "300", "-e", &format!("trace={CALLS}"), "-o"]).arg(&seen);
    traced.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => traced.env(name, value),
            None => traced.env_remove(name),
        };
    }
    traced.env(VARIABLE, SAVED).env(FIRED, &fired);
    // It follows the worker too, and ends with it.
    let output = traced.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    until("the worker has left", || studio.workers().is_empty());
    assert!(fired.exists(), "the worker died of it");
    let take = studio.store().takes(None).unwrap().remove(0);
    assert_eq!(take.status, Status::Saved, "{:?}", take.message);
    Some((take, Calls::of(&fs::read_to_string(seen).unwrap())))
}

/// What was called, in the order in which it was done.
struct Calls(Vec<String>);

impl Calls {
    /// Each call stands where it ended, also where others came between.
    fn of(text: &str) -> Self {
        let mut begun: HashMap<&str, &str> = HashMap::new();
        let mut calls = Vec::new();
        for line in text.lines() {
            let (process, call) = line.split_once(' ').unwrap();
            let call = call.trim_start();
            if let Some(beginning) = call.strip_suffix(" <unfinished ...>") {
                begun.insert(process, beginning);
            } else if let Some((_, rest)) = call.split_once(" resumed>").filter(|_| call.starts_with("<...")) {
                calls.push(format!("{}{rest}", begun.remove(process).unwrap()));
            } else {
                calls.push(call.to_owned());
            }
        }
        Self(calls)
    }

    /// The place of the first call from `from` on that has all of these.
    fn place(&self, from: usize, parts: &[&str]) -> usize {
        let has_all = |call: &String| parts.iter().all(|part| call.contains(part));
        let place = self.0[from..].iter().position(has_all);
        from + place.unwrap_or_else(|| panic!("no {parts:?} behind {from} of\n{}", self.numbered()))
    }

    /// How many have all of these.
    fn count(&self, parts: &[&str]) -> usize {
        self.0.iter().filter(|call| parts.iter().all(|part| call.contains(part))).count()
    }

    /// Each of these stands behind the one before it; brings the place of the last.
    fn in_order(&self, from: usize, steps: &[&[&str]]) -> usize {
        steps.iter().fold(from, |place, parts| self.place(place, parts) + 1)
    }

    /// That what gets a name at this place is on the disk, and nothing was written to it since.
    #[track_caller]
    fn is_flushed(&self, named: usize) {
        let part = self.0[named].split('"').nth(1).unwrap();
        let part = format!("<{part}>");
        let of_it = |call: &String| call.contains(&part);
        let flushed = |call: &String| call.contains("sync(") && call.contains(") = 0") && of_it(call);
        let Some(flushed) = self.0[..named].iter().rposition(flushed) else {
            panic!("nobody flushed {part}:\n{}", self.numbered());
        };
        let changes = |call: &String| CHANGES.iter().any(|change| call.starts_with(change));
        let later = self.0[flushed..named].iter().find(|call| changes(call) && of_it(call));
        assert_eq!(later, None, "{part} was flushed at {flushed}");
    }

    fn numbered(&self) -> String {
        let lines: Vec<_> = self.0.iter().enumerate().map(|(place, call)| format!("{place} {call}")).collect();
        lines.join("\n")
    }
}

/// Paths as they stand in the calls.
struct Paths {
    database: String,
    /// The folder of the song, flushed.
    folder: String,
    /// How temporary files of the take begin.
    part: String,
}

impl Paths {
    fn of(studio: &Studio, take: &Take) -> Self {
        Self {
            database: format!("<{}/refrain.db-wal>", studio.path().display()),
            folder: format!("<{}>", take.folder.display()),
            part: format!("{}/.{}.", take.folder.display(), take.request_tag),
        }
    }
}

fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.display())
}

#[test]
fn a_song_is_on_the_disk_before_it_has_its_name_and_has_its_name_before_the_row_says_so() {
    let lane = Lane::open();
    each([Journey::Queued, Journey::Raw, Journey::HeldOpen], |journey| {
        let studio = impatient();
        let Some((take, calls)) = traced(journey, &studio, &lane) else { return };
        let Paths { database, folder, part } = Paths::of(&studio, &take);
        let file = take.file.clone().unwrap();
        let [song, sidecar, raw] = [file.clone(), file.with_extension("json"), file.with_extension("pcm")];
        let [song, sidecar, raw] = [quoted(&song), quoted(&sidecar), quoted(&raw)];
        let named = |name: &str| calls.count(&["RENAME_NOREPLACE", name]);
        assert_eq!((named(&song), named(&raw)), (1, usize::from(journey == Journey::Raw)), "nothing is replaced");
        let (flushed, stored) = (["sync(", &part], ["sync(", &database]);
        let place = match journey {
            // The song is on the disk before anybody knows that it is one.
            Journey::HeldOpen => {
                let answers = refrain::paths::answers(studio.path());
                let answer = answers.join(format!("{}.json", take.request_tag));
                let answer_flushed = format!("<{}>", answer.display());
                // It stays until the row says that the song is saved.
                assert!(answer.exists());
                assert_eq!(calls.count(&["unlink", &quoted(&answer)]), 0);
                let folder_flushed = format!("<{}>", answers.display());
                calls.in_order(0, &[&["sync(", &answer_flushed], &["sync(", &folder_flushed], &stored])
            }
            _ => 0,
        };
        // Samples and what is played are two files, and the second has its name last.
        let place = if journey == Journey::Raw {
            let named = calls.in_order(place, &[&flushed, &flushed, &stored, &["rename", &raw]]);
            calls.is_flushed(named - 1);
            named
        } else {
            calls.in_order(place, &[&flushed, &stored])
        };
        let named = calls.place(place, &["RENAME_NOREPLACE", &part, &song]);
        calls.is_flushed(named);
        let sidecar_named = calls.in_order(named, &[&["sync(", &folder], &flushed, &["rename", &part, &sidecar]]);
        calls.is_flushed(sidecar_named - 1);
        calls.in_order(sidecar_named, &[&["sync(", &folder], &stored]);
    });
}

#[test]
fn a_claim_is_on_the_disk_before_a_byte_of_the_order_leaves() {
    let lane = Lane::open();
    each([Journey::Queued, Journey::HeldOpen], |journey| {
        let studio = impatient();
        let Some((take, calls)) = traced(journey, &studio, &lane) else { return };
        let Paths { database, .. } = Paths::of(&studio, &take);
        // The last that is tried on this machine: of a song, that there is room for its answer; else its folder.
        let tried = match journey {
            Journey::HeldOpen => calls.place(0, &["fallocate(", &take.request_tag, ") = 0"]),
            _ => calls.place(0, &["mkdir", &quoted(&take.folder), ") = 0"]),
        };
        let claimed = calls.place(tried, &["sync(", &database, ") = 0"]);
        let left = calls.place(0, &["POST /v2/generate/audio", &take.request_tag]);
        assert!(claimed < left, "{claimed} {left}:\n{}", calls.numbered());
        assert_eq!(calls.count(&["POST /v2/generate/audio"]), 1);
    });
}

#[test]
fn a_folder_that_is_made_for_a_song_is_on_the_disk_with_those_above_it_before_the_order_is_claimed() {
    let (lane, studio) = (Lane::open(), impatient());
    let Some((take, calls)) = traced(Journey::Queued, &studio, &lane) else { return };
    let Paths { database, .. } = Paths::of(&studio, &take);
    let made = calls.place(0, &["mkdir", &quoted(&take.folder), ") = 0"]);
    let claimed = calls.place(made, &["sync(", &database]);
    for folder in [studio.path(), &studio.paths().music] {
        let flushed = calls.place(made, &["sync(", &format!("<{}>", folder.display())]);
        assert!(flushed < claimed, "{}:\n{}", folder.display(), calls.numbered());
    }
}
