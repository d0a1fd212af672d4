//! The README's tables are made from the program's own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

use std::fmt::Write as _;
use std::path::Path;

use refrain::domain::wording::{Role, WORDINGS};
use refrain::tui::keymap::{Context, Keymap};

const CONTEXTS: [Context; 10] = [
    Context::Anywhere,
    Context::Typing,
    Context::Form,
    Context::List,
    Context::Queue,
    Context::References,
    Context::Strip,
    Context::Table,
    Context::Fit,
    Context::Picker,
];

fn keys() -> String {
    let keymap = Keymap::embedded().unwrap();
    let mut out = String::from("| where | key | what it does |\n|---|---|---|\n");
    for context in CONTEXTS {
        for row in keymap.rows() {
            let Some(keys) = row.keys.get(&context).filter(|keys| !keys.is_empty()) else { continue };
            let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`").replace('|', "\\|")).collect();
            writeln!(out, "| {} | {} | {} |", context.word(), keys.join(" "), row.words).unwrap();
        }
    }
    out
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Waiting => "waits by itself",
        Role::Running => "goes by itself",
        Role::Arrived => "to hear",
        Role::Quiet => "done",
        Role::Attention => "wants you",
        Role::Bad => "over",
    }
}

fn statuses() -> String {
    let mut out = String::from("| on the screen | in `--json` | | meaning |\n|---|---|---|---|\n");
    for row in WORDINGS {
        let word = row.word.replace(['{', '}'], "");
        let status = match row.why {
            Some(why) => format!("{}, {}", row.status.name(), why.name()),
            None => row.status.name().to_owned(),
        };
        writeln!(out, "| {word} | {status} | {} | {} |", role(row.role), row.meaning).unwrap();
    }
    out
}

/// The README with what stands between the marks of `name` replaced by `table`.
fn with_table(readme: &str, name: &str, table: &str) -> String {
    let start = readme.find(&format!("<!-- {name}:")).expect("the opening mark");
    let start = start + readme[start..].find("-->\n").expect("the mark's end") + 4;
    let end = readme.find(&format!("<!-- /{name} -->")).expect("the closing mark");
    format!("{}{table}{}", &readme[..start], &readme[end..])
}

#[test]
fn keys_and_statuses_of_the_readme_are_those_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let made = with_table(&with_table(&readme, "keys", &keys()), "statuses", &statuses());
    if std::env::var_os("REFRAIN_WRITE_README").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap() == made,
        "the tables of the README are old; `REFRAIN_WRITE_README=1 cargo test --test readme` writes them anew"
    );
}
