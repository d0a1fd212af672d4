//! `config`: what can be set, where it is read from, what is in force and what is wrong.

use anyhow::Result;
use serde_json::{Value, json};

use super::exit::Exit;
use super::findings::Findings;
use super::output;
use super::setting::Flags;
use crate::config::{Origin, Place, Problem, example};
use crate::domain::catalogue::overlay;

/// Which of them.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Write a configuration with every setting, what it takes and its default
    Example(ExampleArguments),
    /// Say where configuration, catalogue, data and songs are
    Path(Form),
    /// Say everything that is wrong with file, environment, keys and catalogue
    Check(Form),
    /// Say every setting with its value, and where that comes from
    Show(Form),
}

#[derive(Debug, clap::Args)]
struct ExampleArguments {
    /// A file that adds and corrects models
    #[arg(long, conflicts_with = "keys")]
    catalogue: bool,
    /// Every command of the screen with its keys, as the table `[keys]`
    #[arg(long)]
    keys: bool,
}

#[derive(Debug, clap::Args)]
struct Form {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs one of them. None needs a configuration without fault.
///
/// # Errors
/// When there is no home directory, or standard output cannot be written.
pub fn run(flags: &Flags, arguments: &Arguments) -> Result<Exit> {
    match &arguments.action {
        Action::Example(ExampleArguments { catalogue: true, .. }) => output::data(overlay::EXAMPLE.trim_end())?,
        Action::Example(ExampleArguments { keys: true, .. }) => {
            output::data(Findings::of(flags)?.keymap.table().trim_end())?;
        }
        Action::Example(_) => output::data(example::text().trim_end())?,
        Action::Path(form) => path(&Findings::of(flags)?, form)?,
        Action::Check(form) => return check(&Findings::of(flags)?, form),
        Action::Show(form) => show(&Findings::of(flags)?, form)?,
    }
    Ok(Exit::Done)
}

fn path(findings: &Findings, form: &Form) -> Result<()> {
    let paths = &findings.paths;
    let overlay = findings.models.file.clone().unwrap_or_else(|| paths.catalogue());
    let music = findings.reading.config.files.music_dir.clone().unwrap_or_else(|| paths.music.clone());
    let rows = [
        ("config", paths.config.clone()),
        ("catalogue", overlay),
        ("data", paths.data.clone()),
        ("songs", music),
        ("log", paths.logs()),
    ];
    if form.json {
        let object: serde_json::Map<String, Value> = rows
            .iter()
            .map(|(name, path)| ((*name).to_owned(), json!({ "path": path, "exists": path.exists() })))
            .collect();
        return Ok(output::json(&object)?);
    }
    for (name, path) in rows {
        let absent = if path.exists() { "" } else { "  (not there)" };
        output::line(&format!("{name:<10} {}{absent}", path.display()))?;
    }
    Ok(())
}

fn check(findings: &Findings, form: &Form) -> Result<Exit> {
    let problems: Vec<&Problem> = findings.problems().collect();
    let exit = if problems.is_empty() { Exit::Done } else { Exit::Usage };
    if form.json {
        let problems: Vec<Value> = problems.iter().map(|problem| object(problem)).collect();
        output::json(&json!({ "ok": problems.is_empty(), "problems": problems }))?;
        return Ok(exit);
    }
    for problem in &problems {
        output::line(&problem.to_string())?;
    }
    if problems.is_empty() {
        for line in in_force(findings) {
            output::line(&line)?;
        }
    } else {
        let number = if problems.len() == 1 { "1 problem".to_owned() } else { format!("{} problems", problems.len()) };
        output::say(&format!("{number}\nhint: `refrain config example` shows every setting with what it takes"));
    }
    Ok(exit)
}

/// That all is well, and everything that is other than refrain comes with.
fn in_force(findings: &Findings) -> Vec<String> {
    let given = findings.reading.values().filter(|(_, _, origin)| **origin != Origin::Default);
    let settings = given.map(|(entry, value, origin)| format!("{} = {value}  ({origin})", entry.name()));
    let keys = findings.reading.bindings.iter().map(|binding| {
        let keys = if binding.keys.is_empty() { "no key".to_owned() } else { binding.keys.join(" ") };
        format!("{}: {keys}  ({})", binding.name(), binding.place)
    });
    let catalogue = findings.models.file.iter().map(|file| format!("catalogue: {}", file.display()));
    ["all is well".to_owned()].into_iter().chain(settings).chain(keys).chain(catalogue).collect()
}

fn object(problem: &Problem) -> Value {
    let (file, line, variable, flag) = match &problem.place {
        Place::Line(file, line) => (Some(file), Some(line), None, None),
        Place::File(file) => (Some(file), None, None, None),
        Place::Variable(name) => (None, None, Some(name), None),
        Place::Flag(flag) => (None, None, None, Some(flag)),
    };
    json!({
        "file": file,
        "line": line,
        "variable": variable,
        "flag": flag,
        "key": (!problem.key.is_empty()).then_some(&problem.key),
        "message": problem.what,
    })
}

fn show(findings: &Findings, form: &Form) -> Result<()> {
    let values = findings.reading.values();
    if form.json {
        let rows: Vec<Value> = values
            .map(|(entry, value, origin)| {
                json!({
                    "key": entry.name(),
                    "value": value,
                    "from": origin.to_string(),
                    "takes": entry.rule(),
                    "variable": entry.variable(),
                })
            })
            .collect();
        return Ok(output::json(&rows)?);
    }
    if !findings.reading.problems.is_empty() {
        output::say("the configuration has problems, so the defaults are in force\nhint: `refrain config check`");
    }
    for (entry, value, origin) in values {
        output::line(&format!("{} = {value}  ({origin})", entry.name()))?;
    }
    Ok(())
}
