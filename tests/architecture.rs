//! The shape of the program: which module may know which, where a library may be used, and how long
//! things may get. What is allowed stands in tables; an entry that is no longer needed is refused too.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Who may import whom within the crate:
/// `domain <- api, store, audio <- engine <- worker <- tui, cli <- plain`, and the small modules at the side.
const DIRECTION: [(&str, &[&str]); 22] = [
    ("domain", &[]),
    ("clock", &[]),
    ("cores", &[]),
    ("failpoint", &[]),
    ("process", &[]),
    ("config", &["domain", "api"]),
    ("editor", &[]),
    ("log", &["paths"]),
    ("paths", &["domain"]),
    ("models", &["domain", "config", "paths"]),
    ("sandbox", &[]),
    ("audio", &["domain"]),
    ("api", &["domain", "failpoint"]),
    ("store", &["domain", "paths", "process", "failpoint"]),
    ("engine", &["domain", "clock", "paths", "failpoint", "api", "store", "audio"]),
    (
        "worker",
        &[
            "domain", "clock", "config", "paths", "process", "models", "log", "api", "store", "audio", "engine",
            "sandbox",
        ],
    ),
    ("tui", &["domain", "clock", "config", "editor", "paths", "log", "store", "audio", "engine", "worker"]),
    (
        "cli",
        &[
            "domain", "clock", "config", "editor", "paths", "models", "log", "api", "store", "audio", "engine",
            "worker", "sandbox", "tui",
        ],
    ),
    ("plain", &["domain", "editor", "api", "store", "audio", "engine", "worker", "cli"]),
    ("lib", &[]),
    (
        "front",
        &[
            "domain", "clock", "config", "editor", "paths", "log", "api", "store", "audio", "engine", "worker", "cli",
            "plain", "tui",
        ],
    ),
    ("main", &["cli", "cores", "front"]),
];

/// The faces' half of the engine: it may know the store, never the service.
const FACES_HALF: [&str; 6] = [
    "engine/orders.rs",
    "engine/library.rs",
    "engine/feed.rs",
    "engine/intent.rs",
    "engine/standing.rs",
    "engine/adoption.rs",
];

/// The other half (and decoding, which takes its time; `engine/recordings` does that for both halves, and may
/// know nothing but `audio` and `domain`), which only the worker sets in motion.
const WORKERS_HALF: [&str; 16] = [
    "api",
    "submit",
    "refusing",
    "reason",
    "poll",
    "deliver",
    "driver",
    "site",
    "account",
    "audio",
    "facts",
    "costs",
    "uploads",
    "room",
    "strays",
    "reconcile",
];

/// Where a library may be used, as the beginnings of paths below `src`.
const LIBRARIES: [(&str, &[&str]); 19] = [
    ("ratatui", &["tui/"]),
    ("crossterm", &["tui/"]),
    ("termina", &["tui/"]),
    ("tui_textarea", &["tui/"]),
    ("reqwest", &["api/"]),
    ("rustls", &["api/"]),
    ("rusqlite", &["store/"]),
    ("notify", &["store/"]),
    ("axum", &["sandbox/"]),
    ("hyper", &["sandbox/"]),
    ("symphonia", &["audio/", "sandbox/listen/"]),
    ("ebur128", &["sandbox/listen/"]),
    ("realfft", &["sandbox/listen/"]),
    ("lofty", &["audio/"]),
    ("clap", &["main.rs", "cli/"]),
    ("clap_complete", &["cli/"]),
    ("clap_mangen", &["cli/"]),
    ("rpassword", &["cli/"]),
    ("process_wrap", &["worker/"]),
];

/// Who may write to standard output and error, besides the screen: the commands, by one file, and the
/// opener of the screen, which says a line when the screen is gone.
const SPEAKERS: [&str; 2] = ["cli/output.rs", "front.rs"];

/// The longest file and function that need no reason.
const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 60;

/// Longer files, each with its reason.
const LONG_FILES: [(&str, &str); 0] = [];

/// Longer functions, each with its reason.
const LONG_FUNCTIONS: [(&str, &str); 0] = [];

/// A file below `src`.
struct Source {
    /// Below `src`, as `store/mod.rs`.
    path: String,
    lines: Vec<String>,
    /// What is compiled into the program, without comments: tests stand at the end of a file.
    code: String,
}

impl Source {
    /// The module directly below the crate that it belongs to.
    fn module(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap()
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    assert!(paths.len() > 100, "the sources were found");
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            Source { path, lines: text.lines().map(str::to_owned).collect(), code: code_of(&text) }
        })
        .collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn code_of(text: &str) -> String {
    let program = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let lines = program.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| line.split(" // ").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// The words behind each `prefix`, as `store` of `crate::store::Store`; also of `crate::{api, store}`.
fn named_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (place, _) in code.match_indices(prefix) {
        let is_start = !code[..place].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let rest = &code[place + prefix.len()..];
        match rest.strip_prefix('{') {
            _ if !is_start => {}
            None => drop(found.insert(word(rest))),
            Some(group) => found.extend(top_level(group).iter().map(|part| word(part.trim()))),
        }
    }
    found
}

/// The parts of a group of imports, without those of groups within it.
fn top_level(group: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => parts.push(String::new()),
            c => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                parts.last_mut().unwrap().push(c);
            }
        }
    }
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect()
}

#[test]
fn a_group_of_imports_is_read_as_single_ones() {
    let code = "use crate::{api::{self, Client}, store};\nuse crate::domain::song; let x = subcrate::no;";
    let found: Vec<_> = named_after(code, "crate::").into_iter().collect();
    assert_eq!(found, ["api", "domain", "store"]);
}

#[test]
fn every_module_imports_only_from_the_layers_below_it() {
    let allowed: BTreeMap<_, _> = DIRECTION.into_iter().collect();
    let modules: BTreeSet<&str> = allowed.keys().copied().collect();
    let mut wrong = Vec::new();
    for source in sources() {
        let own = source.module();
        let allowed = allowed.get(own).unwrap_or_else(|| panic!("{} has no row in DIRECTION", source.path));
        let mut named = named_after(&source.code, "crate::");
        named.extend(named_after(&source.code, "refrain::"));
        for other in named.iter().map(String::as_str).filter(|other| modules.contains(other)) {
            if other != own && !allowed.contains(&other) {
                wrong.push(format!("{} imports {other}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_faces_half_of_the_engine_never_touches_the_service() {
    let mut wrong = Vec::new();
    let sources = sources();
    for source in sources.iter().filter(|source| source.path.starts_with("engine/recordings/")) {
        let named = named_after(&source.code, "crate::");
        let beyond = named.iter().filter(|name| !matches!(name.as_str(), "audio" | "domain" | "paths" | "failpoint"));
        wrong.extend(beyond.map(|name| format!("{} imports {name}", source.path)));
    }
    for source in sources.iter().filter(|source| FACES_HALF.contains(&source.path.as_str())) {
        for prefix in ["crate::", "super::", "crate::engine::"] {
            for name in named_after(&source.code, prefix) {
                if WORKERS_HALF.contains(&name.as_str()) {
                    wrong.push(format!("{} imports {prefix}{name}", source.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_library_is_used_in_its_own_place_alone() {
    let sources = sources();
    let mut wrong = Vec::new();
    for (library, places) in LIBRARIES {
        let users = sources.iter().filter(|source| uses(&source.code, library));
        let paths: Vec<&str> = users.map(|source| source.path.as_str()).collect();
        assert!(!paths.is_empty(), "{library} is used nowhere: take it out of the table");
        let outside = paths.iter().filter(|path| !places.iter().any(|place| path.starts_with(place)));
        wrong.extend(outside.map(|path| format!("{path} uses {library}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn uses(code: &str, library: &str) -> bool {
    let path = format!("{library}::");
    code.match_indices(&path)
        .any(|(place, _)| !code[..place].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
}

#[test]
fn sql_stands_in_the_store_alone() {
    let words = ["SELECT ", "INSERT INTO ", "UPDATE takes", "DELETE FROM ", "PRAGMA "];
    for source in sources().iter().filter(|source| source.module() != "store") {
        let found: Vec<_> = words.iter().filter(|word| source.code.contains(**word)).collect();
        assert!(found.is_empty(), "{}: {found:?}", source.path);
    }
}

#[test]
fn few_write_to_standard_output() {
    let words = ["println!", "print!(", "eprintln!", "eprint!(", "io::stdout()", "io::stderr()"];
    let speakers = sources();
    let speakers = speakers.iter().filter(|source| words.iter().any(|word| source.code.contains(word)));
    let outside: Vec<_> = speakers
        .filter(|source| !SPEAKERS.contains(&source.path.as_str()) && source.module() != "tui")
        .map(|it| &it.path)
        .collect();
    assert!(outside.is_empty(), "{outside:?}");
}

#[test]
fn nothing_is_unwrapped_outside_of_tests() {
    let mut wrong = Vec::new();
    for source in sources() {
        for word in [
            ".unwrap()",
            ".expect(",
            ".unwrap_err()",
            ".expect_err(",
            "unreachable!",
            "todo!",
            "unimplemented!",
            "panic!(",
        ] {
            if source.code.contains(word) {
                wrong.push(format!("{}: {word}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_stay_short_or_have_a_reason() {
    let long = sources().into_iter().filter(|source| source.lines.len() > LONGEST_FILE).map(|source| source.path);
    assert_exactly(&long.collect(), &LONG_FILES);
}

#[test]
fn functions_stay_short_or_have_a_reason() {
    let mut long = BTreeSet::new();
    for source in sources() {
        for (name, length) in functions(&source.lines) {
            if length > LONGEST_FUNCTION {
                long.insert(format!("{}: {name}", source.path));
            }
        }
    }
    assert_exactly(&long, &LONG_FUNCTIONS);
}

fn assert_exactly(found: &BTreeSet<String>, allowed: &[(&str, &str)]) {
    let listed: BTreeSet<String> = allowed.iter().map(|(name, _)| (*name).to_owned()).collect();
    let without_reason: Vec<_> = found.difference(&listed).collect();
    let no_longer: Vec<_> = listed.difference(found).collect();
    assert!(without_reason.is_empty(), "too long, and without a reason: {without_reason:#?}");
    assert!(no_longer.is_empty(), "not too long any more, so take it out of the table: {no_longer:#?}");
    assert!(allowed.iter().all(|(_, reason)| reason.len() > 20), "each needs a reason that says something");
}

/// Each function with its lines, from its first to its closing brace. The sources are formatted, so a
/// function ends at the brace that stands where it began.
fn functions(lines: &[String]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let rest = &lines[place..];
        let head = rest.iter().position(|line| line.ends_with(['{', ';', '}'])).unwrap();
        let end = format!("{}}}", " ".repeat(line.len() - line.trim_start().len()));
        let last = if rest[head].ends_with('{') { rest.iter().position(|line| *line == end).unwrap() } else { head };
        found.push((name, last + 1));
    }
    found
}

fn function_name(line: &str) -> Option<String> {
    let mut words = line.split_whitespace().peekable();
    while words
        .next_if(|word| word.starts_with("pub") || matches!(*word, "const" | "async" | "unsafe" | "in"))
        .is_some()
    {}
    let name = (words.next()? == "fn").then(|| words.next())??;
    Some(name.split(['(', '<']).next()?.to_owned())
}

#[test]
fn the_length_of_a_function_is_counted_from_its_name_to_its_brace() {
    let text = "pub(super) async fn one(a: u8) -> u8 {\n    let f = |x| {\n        x\n    };\n    f(a);\n    2\n}\n    fn two() {}\n";
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    assert_eq!(functions(&lines), [("one".to_owned(), 7), ("two".to_owned(), 1)]);
}

#[test]
fn a_file_is_named_after_the_noun_it_owns() {
    let vague = ["manager", "handler", "helper", "helpers", "util", "utils", "common", "misc"];
    for source in sources() {
        let words = source.path.split(['/', '.', '_']);
        assert!(words.clone().all(|word| !vague.contains(&word)), "{}", source.path);
    }
}
