//! `models`: the catalogue, for people and scripts.

use anyhow::Result;
use serde_json::json;

use super::exit::Exit;
use super::{Setting, output};
use crate::domain::catalogue::{Delivery, ModelSpec, Voice};
use crate::domain::length::to_clock;

/// How to print them.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// Lists every model with its fields.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let models = setting.catalogue.models();
    if arguments.json {
        output::json(&models.iter().map(object).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    for spec in models {
        let price = spec.price.map_or_else(|| "price unknown".to_owned(), |usd| format!("${usd}"));
        let (longest, pace) = (to_clock(spec.longest.value), to_clock(spec.pace.into()));
        output::line(&format!("{}  {}  to {longest}  {price}  about {pace}", spec.id, voice(spec)))?;
        output::line(&format!("    {}", spec.about))?;
        for field in &spec.fields {
            let required = if field.required { ", required" } else { "" };
            output::line(&format!("    {:<16}{}{required}", field.name, field.help))?;
        }
    }
    Ok(Exit::Done)
}

fn voice(spec: &ModelSpec) -> &'static str {
    match spec.voice {
        Voice::YourWords => "sings your words",
        Voice::NoSinging => "no singing",
    }
}

fn object(spec: &ModelSpec) -> serde_json::Value {
    json!({
        "id": spec.id,
        "name": spec.label,
        "aliases": spec.aliases,
        "sings_your_words": spec.voice == Voice::YourWords,
        "delivery": if spec.delivery == Delivery::Queued { "queued" } else { "held-open" },
        "longest_seconds": spec.longest.value,
        "usual_seconds": spec.pace,
        "price_usd": spec.price,
        "fields": spec.fields.iter().map(|field| json!({
            "name": field.name,
            "wire": field.wire,
            "required": field.required,
            "choices": field.choices,
            "default": field.default,
            "help": field.help,
        })).collect::<Vec<_>>(),
    })
}
