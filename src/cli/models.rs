//! `models`: the catalogue, with what each model costs and needs, for people and scripts.

use anyhow::Result;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use super::exit::Exit;
use super::{Setting, output};
use crate::domain::age;
use crate::domain::catalogue::{Delivery, ModelSpec, Voice};
use crate::domain::draft::Draft;
use crate::domain::length::to_clock;
use crate::domain::price::{Price, PriceFrom};
use crate::domain::service::Service;
use crate::domain::terms::{Standing, Terms};
use crate::domain::usual::UsualFrom;

/// How to print them.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// Lists every model with its fields, and what is known of its price and its time without asking.
///
/// # Errors
/// When the store cannot be read or standard output cannot be written.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let models = setting.catalogue.models();
    let shelf = Shelf::of(setting)?;
    if arguments.json {
        output::json(&models.iter().map(|spec| shelf.object(spec)).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    for spec in models {
        let longest = to_clock(spec.longest.value);
        let (price, usual) = (shelf.price_words(spec), shelf.usual_words(spec));
        output::line(&format!("{}  {}  to {longest}  {price}  {usual}", spec.id, voice(spec)))?;
        output::line(&format!("    {}", spec.about))?;
        if let Some(note) = shelf.terms.standing(spec).note() {
            output::line(&format!("    {note}"))?;
        }
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

/// What is known of the models of one service.
struct Shelf {
    service: Service,
    terms: Terms,
}

impl Shelf {
    fn of(setting: &Setting) -> Result<Self> {
        let service = setting.service();
        // Looking at the catalogue makes no database.
        let terms =
            if setting.paths.database().exists() { setting.store()?.terms(&service)? } else { Terms::of(&service) };
        Ok(Self { service, terms })
    }

    /// The price of a take with every setting left to the service, and when its service last said it.
    fn price(&self, spec: &ModelSpec) -> Option<(Price, Option<Timestamp>)> {
        let draft = Draft { model: spec.id.clone(), ..Draft::default() };
        let price = self.terms.price(spec, &draft)?;
        let said = self.terms.listed.as_ref().map(|(_, at)| *at).filter(|_| price.from == PriceFrom::Service);
        Some((price, said))
    }

    fn price_words(&self, spec: &ModelSpec) -> String {
        if self.service.is_sandbox() {
            return "free".to_owned();
        }
        let Some((price, said)) = self.price(spec) else { return "price unknown".to_owned() };
        let age = said.and_then(|at| age::told(at, Timestamp::now(), &TimeZone::system()));
        let from = match (price.from, age) {
            (PriceFrom::Catalogue, _) => "from the catalogue".to_owned(),
            (PriceFrom::Service, None) => "from the service".to_owned(),
            (PriceFrom::Service, Some(age)) => format!("from the service {age}"),
        };
        format!("{} ({from})", price.words())
    }

    fn usual_words(&self, spec: &ModelSpec) -> String {
        let usual = self.terms.usual(spec);
        format!("about {} ({})", to_clock(usual.seconds.into()), usual.from.words())
    }

    fn object(&self, spec: &ModelSpec) -> serde_json::Value {
        let usual = self.terms.usual(spec);
        let price = self.price(spec);
        let measured = self.terms.paces.as_ref().map(|(_, at)| *at).filter(|_| usual.from == UsualFrom::Service);
        json!({
            "id": spec.id,
            "name": spec.label,
            "aliases": spec.aliases,
            "sings_your_words": spec.voice == Voice::YourWords,
            "delivery": if spec.delivery == Delivery::Queued { "queued" } else { "held-open" },
            "listed": match self.terms.standing(spec) {
                Standing::Offered => "offered",
                Standing::Missing => "missing",
                Standing::Retired => "retired",
            },
            "longest_seconds": spec.longest.value,
            "usual_seconds": usual.seconds,
            "late_after_seconds": usual.late_after,
            "usual_from": usual.from.name(),
            "usual_at": measured,
            "price_usd": price.map(|(price, _)| price.usd),
            "price_about": price.map(|(price, _)| price.about),
            "price_from": price.map(|(price, _)| price.from.name()),
            "price_at": price.and_then(|(_, at)| at),
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
}
