//! The model and its fields.

use std::collections::BTreeSet;

use anyhow::Result;

use super::save;
use crate::cli::{self, named, output};
use crate::domain::catalogue::FieldSpec;
use crate::domain::draft::{Draft, Grade, Problem};
use crate::domain::setting;
use crate::plain::session::Session;
use crate::plain::spoken;

/// Says the model, or chooses another; no text changes.
pub fn model(session: &mut Session, name: &str) -> Result<()> {
    if !name.is_empty() {
        let id = cli::model(&session.catalogue, name)?.id.clone();
        let draft = Draft { model: id, ..session.draft().clone() };
        if !save(session, draft)? {
            return Ok(());
        }
    }
    let spec = session.spec()?;
    output::line(&format!("the model is {}: {}", spec.label, spec.about))?;
    let grave = session.problems(spec)?.into_iter().filter(|problem| problem.grade != Grade::Hint).count();
    if grave > 0 {
        output::line(&format!("{grave} to look at; problems says which"))?;
    }
    Ok(())
}

/// Lists the fields of the model, or sets one.
pub fn set(session: &mut Session, what: &str) -> Result<()> {
    if what.is_empty() {
        return list(session);
    }
    let (name, value) = what.split_once(char::is_whitespace).unwrap_or((what, ""));
    let field = field_named(session, name)?;
    let value = value.trim();
    if value.is_empty() {
        return Ok(output::line(&told(session.draft(), &field))?);
    }
    let meant = reference_called(session, &field, value)?;
    let value = meant.as_deref().unwrap_or(value);
    if setting::read(&field, value).is_none() {
        let label = &session.spec()?.label;
        return Err(cli::usage(format!("{name} is `{value}`, {label} takes {}", setting::takes(&field))));
    }
    change(session, &field, Some(value))
}

/// What the reference of that name or number is set as, where the field takes it.
fn reference_called(session: &Session, field: &FieldSpec, name: &str) -> Result<Option<String>> {
    if !field.kind.is_reference() {
        return Ok(None);
    }
    let library = session.store.references()?;
    let called = named::called(&library, &session.service, name);
    let fitting = named::fitting(&called, &session.service, field, name);
    let values: BTreeSet<String> = fitting.iter().filter_map(|known| known.value_for(field)).collect();
    if values.len() > 1 {
        return Err(cli::usage(format!(
            "several references are called `{name}`\nhint: name one by its number: {}",
            named::told_apart(&fitting)
        )));
    }
    Ok(values.into_iter().next())
}

/// Leaves a field to the service.
pub fn unset(session: &mut Session, name: &str) -> Result<()> {
    let field = field_named(session, name)?;
    change(session, &field, None)
}

fn change(session: &mut Session, field: &FieldSpec, value: Option<&str>) -> Result<()> {
    let mut draft = session.draft().clone();
    match value {
        Some(value) => drop(draft.settings.insert(field.name.clone(), value.to_owned())),
        None => drop(draft.settings.remove(&field.name)),
    }
    if !save(session, draft)? {
        return Ok(());
    }
    output::line(&told(session.draft(), field))?;
    let problems = session.problems(session.spec()?)?;
    problems.iter().filter(|problem| problem.field == field.name).try_for_each(say)
}

fn list(session: &Session) -> Result<()> {
    for field in session.spec()?.settings() {
        output::line(&told(session.draft(), field))?;
    }
    Ok(())
}

/// `length is 2:50; 0:10 to 5:00`, `format is left to the service, which takes mp3; mp3 or wav`.
fn told(draft: &Draft, field: &FieldSpec) -> String {
    let value = match (draft.setting(&field.name), &field.default) {
        (Some(typed), _) => typed.to_owned(),
        (None, Some(default)) => format!("left to the service, which takes {default}"),
        (None, None) => "not set".to_owned(),
    };
    format!("{} is {value}; it may be {}; {}", field.name, setting::takes(field), field.help)
}

/// The field of that name, be it refrain's or the service's.
fn field_named(session: &Session, name: &str) -> Result<FieldSpec> {
    let spec = session.spec()?;
    let known = || spec.settings().map(|field| field.name.clone()).collect::<Vec<_>>().join(", ");
    let unknown = || cli::usage(format!("{} has no field `{name}`\nhint: it has {}", spec.label, known()));
    spec.setting_named(name).cloned().ok_or_else(unknown)
}

/// Says what the model would not take, or not take well.
pub fn problems(session: &mut Session, _: &str) -> Result<()> {
    let spec = session.spec()?;
    let problems = session.problems(spec)?;
    if problems.is_empty() {
        return Ok(output::line(&format!("nothing; {} takes this song as it is", spec.label))?);
    }
    problems.iter().try_for_each(say)
}

/// `must be mended: style has 412 characters, music-1.5 takes 300`.
pub fn say(problem: &Problem) -> Result<()> {
    let grade = match problem.grade {
        Grade::MustFix => "must be mended",
        Grade::Look => "look at this",
        Grade::Hint => "good to know",
    };
    Ok(output::line(&format!("{grade}: {}", spoken::here(&problem.sentence())))?)
}
