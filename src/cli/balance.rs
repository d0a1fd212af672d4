//! `balance`: what is left on the account, and what was spent.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::Serialize;

use super::exit::{Exit, Failure};
use super::{Setting, facts, output};
use crate::domain::catalogue::Catalogue;
use crate::domain::generation::{Status, Take};
use crate::domain::money::{Spent, charged, left};
use crate::domain::price::dollars;
use crate::domain::service::Service;
use crate::engine::feed::{Fact, Topic};

/// How to print it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What was spent since a moment.
#[derive(Debug, Serialize)]
struct Spending<'a> {
    usd: f64,
    /// Whether a part is only what was expected.
    about: bool,
    takes: usize,
    /// Takes of which nobody knows whether they were charged.
    perhaps_charged: usize,
    models: Vec<OfModel<'a>>,
}

#[derive(Debug, Serialize)]
struct OfModel<'a> {
    model: &'a str,
    usd: f64,
    about: bool,
    takes: usize,
}

/// The object of `--json`.
#[derive(Debug, Serialize)]
struct Account<'a> {
    service: String,
    /// Whether the money is that of the sandbox.
    pretend: bool,
    balance_usd: Option<f64>,
    /// When the service said so.
    at: Option<Timestamp>,
    /// Why it could not be asked just now.
    could_not_be_asked: Option<&'a str>,
    today: Spending<'a>,
    month: Spending<'a>,
}

/// Asks for the balance and prints it with what was spent today and this month.
///
/// # Errors
/// When there is no key, nothing is known of the balance, or the store cannot be used.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let (service, posts) = setting.house()?;
    let mut store = setting.store()?;
    let mut fact = facts::fresh(&posts, &mut store, &service, Topic::Balance)?;
    if fact.wanted.is_some() && fact.failed.is_none() {
        fact.failed = Some("no answer came yet".to_owned());
    }
    let now = Zoned::now();
    let month = now.first_of_month()?.start_of_day()?.timestamp();
    let takes = store.takes_sent_since(&service, month)?;
    let of_today = takes.iter().filter(|take| moment(take) >= now.start_of_day().map_or(month, |day| day.timestamp()));
    let (today, month) = (spending(&setting.catalogue, of_today), spending(&setting.catalogue, takes.iter()));
    if arguments.json {
        output::json(&account(&service, &fact, today, month))?;
    } else {
        tell(&service, &fact, &today, &month)?;
    }
    if fact.said.is_none() {
        let why = fact.failed.unwrap_or_else(|| "the service did not say".to_owned());
        return Err(Failure::failed(format!("the balance is not known: {why}")));
    }
    Ok(Exit::Done)
}

fn account<'a>(service: &Service, fact: &'a Fact, today: Spending<'a>, month: Spending<'a>) -> Account<'a> {
    Account {
        service: service.to_string(),
        pretend: service.is_sandbox(),
        balance_usd: fact.balance().map(|(usd, _)| usd),
        at: fact.balance().map(|(_, at)| at),
        could_not_be_asked: fact.failed.as_deref(),
        today,
        month,
    }
}

fn tell(service: &Service, fact: &Fact, today: &Spending<'_>, month: &Spending<'_>) -> Result<()> {
    let pretend = if service.is_sandbox() { ", pretend money of the sandbox" } else { "" };
    if let Some((usd, at)) = fact.balance() {
        if let Some(why) = &fact.failed {
            output::say(&format!("the balance could not be asked: {why}"));
        }
        output::line(&format!("{}{pretend}", left(usd, at, Timestamp::now(), &TimeZone::system())))?;
    }
    for (spending, when) in [(today, "today"), (month, "this month")] {
        output::line(&spending.words(when))?;
    }
    Ok(())
}

/// When a take's money went.
fn moment(take: &Take) -> Timestamp {
    take.sent.unwrap_or(take.created)
}

fn spending<'a>(catalogue: &'a Catalogue, takes: impl Iterator<Item = &'a Take>) -> Spending<'a> {
    let mut models: BTreeMap<&str, (Spent, usize)> = BTreeMap::new();
    let mut perhaps_charged = 0;
    for take in takes {
        match charged(take) {
            Some(spent) => {
                let label = catalogue.find(&take.model).map_or(take.model.as_str(), |spec| spec.label.as_str());
                let (sum, count) = models.entry(label).or_default();
                (*sum, *count) = ([*sum, spent].into_iter().sum(), *count + 1);
            }
            None => perhaps_charged += usize::from(take.status == Status::Unknown),
        }
    }
    let all: Spent = models.values().map(|(spent, _)| *spent).sum();
    let model = |(model, (spent, takes)): (_, (Spent, _))| OfModel { model, usd: spent.usd, about: spent.about, takes };
    let mut models: Vec<OfModel<'a>> = models.into_iter().map(model).collect();
    models.sort_by(|a, b| b.usd.total_cmp(&a.usd));
    let takes = models.iter().map(|model| model.takes).sum();
    Spending { usd: all.usd, about: all.about, takes, perhaps_charged, models }
}

impl Spending<'_> {
    /// `$0.38 today, 11 takes: music-2.0 $0.32, lyria2 $0.06; 1 perhaps charged`.
    fn words(&self, when: &str) -> String {
        let spent = Spent { usd: self.usd, about: self.about };
        let takes = if self.takes == 1 { "1 take".to_owned() } else { format!("{} takes", self.takes) };
        let models: Vec<String> =
            self.models.iter().map(|model| format!("{} {}", model.model, dollars(model.usd))).collect();
        let models = if models.is_empty() { String::new() } else { format!(", {takes}: {}", models.join(", ")) };
        let unsure = Some(self.perhaps_charged).filter(|unsure| *unsure > 0);
        let unsure = unsure.map_or(String::new(), |unsure| format!("; {unsure} perhaps charged"));
        format!("{} {when}{models}{unsure}", spent.words())
    }
}
