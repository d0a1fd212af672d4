//! `check`: what is wrong with a draft, for one model, several or all.

use std::fs;

use anyhow::Result;
use serde_json::json;

use super::exit::{Exit, Failure};
use super::given::{self, Given, Slip};
use super::referring::Shelf;
use super::{Setting, named, output};
use crate::domain::catalogue::{LYRICS, ModelSpec, STYLE};
use crate::domain::draft::{Draft, Grade, Known, Problem};
use crate::engine::orders::problems;

/// What to check, and for which models.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Grades: must-fix stops an order, look is probably not what is meant, hint is good to know.
The exit code is 2 where something must be fixed for a model that was checked.")]
pub struct Arguments {
    /// The song whose draft is checked, or a file: lyrics, or what `song show --json` prints
    #[arg(value_name = "SONG|@FILE|@-")]
    what: Option<String>,
    #[command(flatten)]
    given: Given,
    /// For this model, by id or short name; may be given several times
    #[arg(long = "model", value_name = "ID")]
    models: Vec<String>,
    /// For every model, as where a text has no model of its own
    #[arg(long, conflicts_with = "models")]
    all_models: bool,
    /// Print one JSON array with an object for each model
    #[arg(long)]
    json: bool,
}

/// Something to tell of a draft.
struct Finding {
    grade: Grade,
    field: String,
    /// What the field holds; nothing where the flag itself is wrong.
    value: Option<String>,
    sentence: String,
    hint: Option<String>,
}

/// Tells the problems of a draft, the gravest first.
///
/// # Errors
/// When there is nothing to check, or no song, file or model of that name.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let draft = draft(setting, arguments)?;
    let texts = arguments.given.read()?;
    let (service, key_print) = (setting.service(), setting.key_print());
    let mut exit = Exit::Done;
    let mut told = Vec::new();
    let mut shelf = Shelf::open(setting)?;
    for spec in models(setting, arguments, &draft)? {
        let mut draft = Draft { model: spec.id.clone(), ..draft.clone() };
        let mut slips = arguments.given.put_into(&mut draft, &texts, spec);
        slips.extend(shelf.put_into(&mut draft, &arguments.given.referring, spec)?);
        let known = Known { library: Some(shelf.library()), service: Some(&service), key_print: key_print.as_deref() };
        let findings = findings(&draft, spec, known, slips);
        if findings.iter().any(|finding| finding.grade == Grade::MustFix) {
            exit = Exit::Usage;
        }
        told.push((spec, findings));
    }
    if arguments.json {
        output::json(&told.iter().map(|(spec, findings)| object(spec, findings)).collect::<Vec<_>>())?;
    } else {
        for (spec, findings) in &told {
            print(spec, findings)?;
        }
    }
    Ok(exit)
}

/// The draft before flags are put into it.
fn draft(setting: &Setting, arguments: &Arguments) -> Result<Draft> {
    match arguments.what.as_deref() {
        None if arguments.given.is_empty() => {
            Err(Failure::usage("nothing to check\nhint: name a song, or give a text: `--lyrics @words.txt`"))
        }
        None => Ok(Draft::default()),
        Some("@-") => read(&given::standard_input("draft")?, "standard input"),
        Some(what) => {
            let Some(file) = what.strip_prefix('@') else {
                let store = setting.store()?;
                return Ok(store.draft(named::song(&store, what)?.id)?.draft);
            };
            let text = fs::read_to_string(file)
                .map_err(|error| Failure::usage(format!("cannot read the draft from `{file}`: {error}")))?;
            read(&text, file)
        }
    }
}

/// A draft out of a file: the JSON of a song, of a sidecar or of a draft; any other text is lyrics.
fn read(text: &str, file: &str) -> Result<Draft> {
    if !text.trim_start().starts_with('{') {
        return Ok(Draft { lyrics: text.trim_end_matches(['\n', '\r']).to_owned(), ..Draft::default() });
    }
    let wrong = |error| Failure::usage(format!("`{file}` begins like JSON and is no draft: {error}"));
    let mut value: serde_json::Value = serde_json::from_str(text).map_err(wrong)?;
    let inner = value.get_mut("draft").map(serde_json::Value::take);
    serde_json::from_value(inner.unwrap_or(value)).map_err(wrong)
}

/// The models that were named, or the draft's own, or every one.
fn models<'a>(setting: &'a Setting, arguments: &Arguments, draft: &Draft) -> Result<Vec<&'a ModelSpec>> {
    let catalogue = &setting.catalogue;
    match arguments.models.as_slice() {
        [] if arguments.all_models || draft.model.is_empty() => Ok(catalogue.models().iter().collect()),
        [] => Ok(vec![named::model(catalogue, &draft.model)?]),
        names => names.iter().map(|name| named::model(catalogue, name)).collect(),
    }
}

fn findings(draft: &Draft, spec: &ModelSpec, known: Known<'_>, slips: Vec<Slip>) -> Vec<Finding> {
    let problems = given::besides(&slips, problems(draft, spec, known), spec);
    let slips = slips.into_iter().map(|slip| Finding {
        grade: Grade::MustFix,
        field: slip.field,
        value: None,
        sentence: slip.sentence,
        hint: slip.hint,
    });
    let of_draft = |problem: Problem| Finding {
        grade: problem.grade,
        sentence: problem.sentence(),
        field: problem.field,
        value: Some(problem.value),
        hint: None,
    };
    let mut findings: Vec<Finding> = slips.chain(problems.into_iter().map(of_draft)).collect();
    findings.sort_by_key(|finding| finding.grade);
    findings
}

/// Where in a draft a field is, as in the JSON of `song show`.
fn place(field: &str) -> String {
    match field {
        STYLE | LYRICS | "model" => field.to_owned(),
        setting => format!("settings.{setting}"),
    }
}

fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::MustFix => "must fix",
        Grade::Look => "look",
        Grade::Hint => "hint",
    }
}

fn object(spec: &ModelSpec, findings: &[Finding]) -> serde_json::Value {
    json!({
        "model": spec.id,
        "name": spec.label,
        "can_be_ordered": findings.iter().all(|finding| finding.grade != Grade::MustFix),
        "problems": findings.iter().map(|finding| json!({
            "grade": finding.grade,
            "field": finding.field,
            "place": place(&finding.field),
            "value": finding.value,
            "sentence": finding.sentence,
            "hint": finding.hint,
        })).collect::<Vec<_>>(),
    })
}

fn print(spec: &ModelSpec, findings: &[Finding]) -> Result<()> {
    if findings.is_empty() {
        output::line(&format!("{}  nothing to say", spec.label))?;
    }
    for finding in findings {
        output::line(&format!("{}  {:<8}  {}", spec.label, grade(finding.grade), finding.sentence))?;
        finding.hint.as_ref().map_or(Ok(()), |hint| output::line(&format!("hint: {hint}")))?;
    }
    Ok(())
}
