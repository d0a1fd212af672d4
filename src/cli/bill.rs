//! What a command would pay for, for a face that asks before each order.

use anyhow::Result;

use super::{Call, Command, Flags, Setting, song};
use crate::domain::budget::Over;
use crate::domain::catalogue::ModelSpec;
use crate::domain::draft::Draft;

/// What is paid for once somebody agrees.
pub struct Bill {
    /// `order 2 takes each of music-2.0 and lyria2`.
    pub what: String,
    /// US dollars, where every price is known.
    pub cost: Option<f64>,
    /// What there is to know besides before somebody agrees.
    pub warning: Option<String>,
}

impl Bill {
    /// The bill of a command; none where it sends nothing.
    ///
    /// # Errors
    /// When it names what is not there, or the store cannot be read.
    pub fn of(flags: &Flags, call: &Call) -> Result<Option<Self>> {
        let setting = || Setting::new(flags.clone());
        let Call::Command(command) = call else { return Ok(None) };
        match &**command {
            Command::Generate(arguments) => arguments.bill(&setting()?),
            Command::Again(arguments) => arguments.bill(&setting()?),
            Command::Release(arguments) => arguments.bill(&setting()?),
            Command::Song(song::Command::Order(arguments)) => arguments.bill(&setting()?),
            _ => Ok(None),
        }
    }

    /// The bill of so many takes of each of these models.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn order(setting: &Setting, takes: u32, models: &[&ModelSpec], draft: &Draft) -> Result<Self> {
        let terms = setting.store()?.terms(&setting.service())?;
        let prices = models.iter().map(|spec| terms.price(spec, draft).map(|price| price.usd));
        let cost = prices.sum::<Option<f64>>().map(|sum| sum * f64::from(takes));
        let labels: Vec<&str> = models.iter().map(|spec| spec.label.as_str()).collect();
        Ok(Self { what: order(takes, &labels), cost, warning: None })
    }
}

/// Why today's budget has no room, and what makes some for once.
pub fn refused(over: &Over) -> String {
    format!("{}\nhint: `-c budget.daily_usd={}` allows it once", over.sentence(), over.enough())
}

/// `order 2 takes each of music-2.0 and lyria2`.
pub fn order(takes: u32, labels: &[&str]) -> String {
    let each = if labels.len() > 1 { " each" } else { "" };
    let count = if takes == 1 { "1 take".to_owned() } else { format!("{takes} takes") };
    format!("order {count}{each} of {}", labels.join(" and "))
}
