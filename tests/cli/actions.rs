//! What the screen can do, the commands can do: each row of the table is run by the built binary, and what
//! it did is looked for in the store.

use std::collections::BTreeMap;
use std::fs;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use jiff::Timestamp;
use refrain::cli::Cli;
use refrain::cli::actions::{HEADLESS, Headless};
use refrain::domain::draft::Draft;
use refrain::domain::generation::{Status, Take, TakeId};
use refrain::domain::reference::{Purpose, ReferenceId};
use refrain::domain::service::Service;
use refrain::domain::song::SongId;
use refrain::store::Durability;
use refrain::store::generations::Change;
use refrain::tui::keymap::Action;

use crate::support::orders;
use crate::support::patience::wait_for;
use crate::support::recordings;
use crate::support::rows;
use crate::support::studio::{Ended, Studio};

const ONE: TakeId = TakeId(1);
const SONG: SongId = SongId(1);

#[test]
fn every_command_of_the_screen_is_in_the_table_once_and_its_command_line_is_one() {
    let named: Vec<Action> = HEADLESS.iter().map(|(action, _)| *action).collect();
    for action in Action::ALL {
        let rows = named.iter().filter(|other| *other == action).count();
        assert_eq!(rows, 1, "`{}` stands {rows} times in the table", action.name());
    }
    for (action, headless) in HEADLESS {
        match headless {
            Headless::None(reason) => assert!(reason.split(' ').count() > 4, "{}: {reason}", action.name()),
            Headless::Command(words) => {
                let parsed = Cli::try_parse_from(["refrain"].iter().chain(*words));
                let is_help = matches!(&parsed, Err(error) if error.kind() == ErrorKind::DisplayHelp);
                assert!(is_help || parsed.is_ok_and(|cli| cli.command.is_some()), "{}: {words:?}", action.name());
            }
        }
    }
}

/// Sets the stage before a command.
type Set = fn(&Studio);
/// What must hold after it.
type Holds = fn(&Studio, &Ended) -> bool;

struct Scene {
    set: Set,
    holds: Holds,
}

#[test]
fn every_command_of_the_table_does_what_the_key_does() {
    let commands = HEADLESS.iter().filter_map(|(action, headless)| match headless {
        Headless::Command(words) => Some((*action, *words)),
        Headless::None(_) => None,
    });
    rows::each(commands, |(action, words)| {
        let Scene { set, holds } = scene(action);
        let studio = stage();
        set(&studio);
        let ended = Ended::of(studio.refrain().arg("--sandbox").args(words).output().unwrap());
        assert_eq!(ended.code, 0, "{words:?}: {ended:?}");
        assert!(holds(&studio, &ended), "{words:?} did not do it: {} {}", ended.out, ended.err);
    });
}

/// A studio with the song `Night Ferry`, three held takes of it, and the reference `Mara`.
fn stage() -> Studio {
    let studio = Studio::new();
    studio.configure("[worker]\nidle_seconds = 1\n[player]\ncommand = \"true\"\n");
    let mut store = studio.store();
    let draft = Draft { model: orders::SHORT.to_owned(), ..orders::draft() };
    let song = store.new_song("Night Ferry", &draft, "the test", Timestamp::now()).unwrap();
    assert_eq!(song, SONG);
    let order = orders::order(song, &Service::Sandbox, orders::SHORT, 3);
    orders::place(&studio, refrain::engine::intent::Order { held: true, ..order }, Timestamp::now());
    store.add_reference("Mara", "https://example.org/mara.mp3", Timestamp::now()).unwrap();
    studio
}

/// Makes the first take be so.
fn become_so(studio: &Studio, change: Change) {
    assert!(studio.store().advance(ONE, &Status::ALL, change, Durability::Ordinary).unwrap());
}

fn saved(studio: &Studio) {
    let file = studio.path().join("one.mp3");
    fs::write(&file, "sound").unwrap();
    become_so(studio, Change::to(Status::Saved).file(Some(file)));
}

fn nothing(_: &Studio) {}

fn one(studio: &Studio) -> Take {
    studio.take(ONE)
}

fn draft(studio: &Studio) -> Draft {
    studio.store().draft(SONG).unwrap().draft
}

/// The takes that were not there before, the first one first.
fn ordered(studio: &Studio) -> Vec<Take> {
    let mut takes = studio.store().takes(None).unwrap();
    takes.retain(|take| take.id > TakeId(3));
    takes.reverse();
    takes
}

/// The unsent takes in the order in which they are sent.
fn line(studio: &Studio) -> Vec<i64> {
    let mut takes = studio.store().takes(None).unwrap();
    takes.sort_by(|a, b| a.place.total_cmp(&b.place));
    takes.iter().map(|take| take.id.0).collect()
}

fn scene(action: Action) -> Scene {
    let (set, holds): (Set, Holds) = match action {
        Action::Order | Action::Confirm => (nothing, |studio, ended| {
            let takes = ordered(studio);
            takes.len() == 1 && takes[0].song == SONG && ended.out == "4\n"
        }),
        Action::StripModels => (nothing, |studio, _| {
            ordered(studio).iter().map(|take| take.model.as_str()).eq(["minimax/music-2.0", "google/lyria2"])
        }),
        Action::StripSent => {
            (nothing, |studio, ended| ordered(studio).is_empty() && ended.json()["model"] == "stable-audio")
        }
        Action::StripHold => (nothing, |studio, _| ordered(studio)[0].status == Status::Held),
        Action::StripProblem => (nothing, |_, ended| ended.out.contains("hint") && ended.out.contains("stable-audio")),
        Action::OrderAgain => (saved, |studio, _| {
            let again = &ordered(studio)[0];
            (again.from, &again.request) == (Some(ONE), &one(studio).request)
        }),
        Action::Songs => (
            |studio| {
                studio.store().new_song("Other", &Draft::default(), "the test", Timestamp::now()).unwrap();
            },
            |studio, _| studio.store().last_opened().unwrap() == Some(SONG),
        ),
        Action::KeepVersion => {
            (nothing, |studio, _| studio.store().versions(SONG).unwrap().iter().any(|version| version.origin == "kept"))
        }
        Action::Palette => (nothing, |_, ended| ended.out.contains("Usage") && ended.out.contains("generate")),
        Action::Rename => (nothing, |studio, _| studio.store().songs().unwrap()[0].title == "Last Boat"),
        Action::NewSong => (nothing, |studio, ended| {
            ended.out == "Last Boat\n" && studio.store().song_titled("Last Boat").unwrap().is_some()
        }),
        Action::Change => {
            (nothing, |studio, _| draft(studio).model == "google/lyria2" && draft(studio).lyrics == orders::LYRICS)
        }
        Action::Unset => (nothing, |studio, _| draft(studio).setting("length").is_none()),
        Action::UseText => (
            |studio| {
                let row = studio.store().draft(SONG).unwrap();
                let other = Draft { lyrics: "other words".to_owned(), ..row.draft };
                studio.store().save_draft(SONG, row.revision, &other, "the test", Timestamp::now()).unwrap();
            },
            |studio, _| {
                let versions = studio.store().versions(SONG).unwrap();
                draft(studio).lyrics == orders::LYRICS && versions[0].draft.lyrics == "other words"
            },
        ),
        Action::RefreshFacts => (nothing, |studio, ended| {
            let fact = studio.store().fact(&Service::Sandbox, refrain::store::facts::Topic::Balance).unwrap();
            ended.out.starts_with("$5.00 left") && fact.wanted.is_none() && fact.said.is_some()
        }),
        Action::Restart => (
            |studio| become_so(studio, Change::to(Status::Working).due(Some(Timestamp::now()))),
            |studio, ended| {
                wait_for("a worker is there", || studio.workers().pop());
                ended.err.contains("another worker took over for sandbox")
            },
        ),
        _ => return of_a_take(action).unwrap_or_else(|| of_the_library(action)),
    };
    Scene { set, holds }
}

fn of_a_take(action: Action) -> Option<Scene> {
    let (set, holds): (Set, Holds) = match action {
        Action::Play => (saved, |studio, _| one(studio).heard),
        Action::Copy => (saved, |studio, ended| ended.out == format!("{}\n", studio.path().join("one.mp3").display())),
        Action::Open => (saved, |_, ended| ended.out.contains("request tag") && ended.out.contains("slow fado")),
        Action::NextNew => (saved, |_, ended| ended.out.lines().count() == 1 && ended.out.starts_with("   1  ")),
        Action::Filter => (
            |studio| become_so(studio, Change::default().note("a slow Waltz".to_owned())),
            |_, ended| ended.out.lines().count() == 1 && ended.out.starts_with("   1  "),
        ),
        Action::Scope => (nothing, |_, ended| ended.out.lines().count() == 3),
        Action::Rate1 => (nothing, |studio, _| one(studio).rating == 1),
        Action::Rate2 => (nothing, |studio, _| one(studio).rating == 2),
        Action::Rate3 => (nothing, |studio, _| one(studio).rating == 3),
        Action::Rate4 => (nothing, |studio, _| one(studio).rating == 4),
        Action::Rate5 => (nothing, |studio, _| one(studio).rating == 5),
        Action::Rate0 => (|studio| become_so(studio, Change::default().rating(3)), |studio, _| one(studio).rating == 0),
        Action::Pick => (nothing, |studio, _| one(studio).pick),
        Action::Note => (nothing, |studio, _| one(studio).note == "the second chorus is it"),
        Action::AskNow => (
            |studio| become_so(studio, Change::to(Status::Unwatched).remote_id("gen-1".to_owned())),
            |studio, _| one(studio).status == Status::Working,
        ),
        Action::Hold => {
            (|studio| become_so(studio, Change::to(Status::Ordered)), |studio, _| one(studio).status == Status::Held)
        }
        Action::ReleaseAll => {
            (nothing, |studio, _| studio.store().takes(None).unwrap().iter().all(|take| take.status != Status::Held))
        }
        Action::MoveLater => (nothing, |studio, _| line(studio) == [2, 1, 3]),
        Action::MoveEarlier => {
            (|studio| assert!(studio.store().move_unsent(ONE, 1).unwrap()), |studio, _| line(studio) == [1, 2, 3])
        }
        Action::Withdraw => (nothing, |studio, _| line(studio) == [2, 3]),
        _ => return None,
    };
    Some(Scene { set, holds })
}

fn of_the_library(action: Action) -> Scene {
    let (set, holds): (Set, Holds) = match action {
        Action::UseReference => (
            |studio| {
                let row = studio.store().draft(SONG).unwrap();
                let other = Draft { model: "minimax-music".to_owned(), ..row.draft };
                studio.store().save_draft(SONG, row.revision, &other, "the test", Timestamp::now()).unwrap();
            },
            |studio, _| draft(studio).setting("reference") == Some("https://example.org/mara.mp3"),
        ),
        Action::AddReference => (
            |studio| studio.store().forget_reference(ReferenceId(1)).unwrap(),
            |studio, ended| studio.store().references().unwrap()[0].name == "mara" && ended.out == "2\n",
        ),
        Action::EditReference => (nothing, |studio, _| studio.store().references().unwrap()[0].name == "Mara, dry"),
        Action::MadeWith => (
            |studio| {
                let mut draft = orders::draft();
                draft.settings.insert("reference".to_owned(), "https://example.org/mara.mp3".to_owned());
                let order = orders::order(SONG, &Service::Sandbox, "minimax-music", 1);
                let order = refrain::engine::intent::Order { held: true, draft, ..order };
                orders::place(studio, order, Timestamp::now());
            },
            |_, ended| ended.out.lines().count() == 1 && ended.out.starts_with("   4  "),
        ),
        Action::UploadAgain => (
            |studio| {
                studio.store().forget_reference(ReferenceId(1)).unwrap();
                let id = recordings::one(studio, &Service::Sandbox, Purpose::Voice);
                assert!(studio.store().fail_upload(id, "the line broke").unwrap());
            },
            |studio, _| studio.store().references().unwrap()[0].voice_id.is_some(),
        ),
        Action::Forget => (nothing, |studio, _| studio.store().references().unwrap().is_empty()),
        action => panic!("`{}` has a command and nobody tries it", action.name()),
    };
    Scene { set, holds }
}

/// Commands that print no facts as JSON, each with the reason.
const WITHOUT_JSON: [(&str, &str); 15] = [
    ("play", "it is heard"),
    ("cat", "it writes the file itself"),
    ("sandbox", "it serves; its one line is the address"),
    ("login", "it keeps a key and says so"),
    ("restart", "it acts; `wait --json` tells of the takes"),
    ("song open", "it acts; the screen shows it"),
    ("song keep", "it acts; `song show --json` tells of the song"),
    ("reference rename", "it acts; `reference list --json` tells of it"),
    ("reference note", "it acts; `reference list --json` tells of it"),
    ("reference play", "it is heard"),
    ("reference stop", "it acts; `reference list --json` tells of it"),
    ("reference forget", "it acts; `reference list --json` tells of it"),
    // What other programs read has a form of its own.
    ("completions", "it prints a script for a shell"),
    ("man", "it prints a page for `man`"),
    ("config example", "it prints a file to copy"),
];

#[test]
fn every_command_that_prints_facts_prints_them_as_json_too() {
    let mut leaves = BTreeMap::new();
    collect(&Cli::command(), "", &mut leaves);
    assert!(leaves.len() > 30, "the commands were found: {leaves:?}");
    for (path, has_json) in leaves {
        let excused = WITHOUT_JSON.iter().any(|(name, _)| *name == path);
        assert!(has_json != excused, "`{path}`: --json is {has_json}, and it is excused: {excused}");
    }
}

/// The visible commands that have none below them, and whether they take `--json`.
fn collect(command: &clap::Command, path: &str, leaves: &mut BTreeMap<String, bool>) {
    let below: Vec<_> = command.get_subcommands().filter(|command| !command.is_hide_set()).collect();
    if below.is_empty() {
        leaves.insert(path.to_owned(), command.get_arguments().any(|argument| argument.get_id() == "json"));
    }
    for command in below {
        collect(command, format!("{path} {}", command.get_name()).trim_start(), leaves);
    }
}
