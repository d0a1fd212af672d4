//! On what terms a service makes takes now: what each model costs, how long it needs, whether it is listed.
//!
//! Better knowledge goes before worse: one's own takes, then the service's word, then the catalogue.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::catalogue::ModelSpec;
use super::draft::Draft;
use super::price::{Price, PriceFrom, Quote};
use super::service::Service;
use super::usual::{SANDBOX_HURRY, Usual};

/// A model as a service lists it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    pub id: String,
    /// Other names that mean the same model.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Whether the service calls it retired.
    #[serde(default)]
    pub retired: bool,
    /// What it costs, where the service says so in any form.
    #[serde(default)]
    pub quote: Option<Quote>,
}

/// How long a model took in the last minutes, as its service measured it, in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    /// One of the model's names, clean.
    pub alias: String,
    pub p50_ms: f64,
    #[serde(default)]
    pub p90_ms: Option<f64>,
}

/// Whether a model is in the service's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is, or nobody knows.
    Offered,
    /// The list does not have it.
    Missing,
    /// The list calls it retired.
    Retired,
}

/// Everything known of what a service asks and how it performs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    /// Whether this is the embedded sandbox, which is quicker than the catalogue says.
    pub hurried: bool,
    /// The service's list of models, and when it was last known to be so.
    pub listed: Option<(Vec<Listed>, Timestamp)>,
    /// What the service measured, and when it said so.
    pub paces: Option<(Vec<Pace>, Timestamp)>,
    /// How long one's own newest takes of each model needed, in milliseconds, by catalogue id.
    pub spans: BTreeMap<String, Vec<u64>>,
}

impl Terms {
    /// The terms of a service of which nothing is known yet.
    #[must_use]
    pub fn of(service: &Service) -> Self {
        Self { hurried: service.is_sandbox(), ..Self::default() }
    }

    /// How long takes of the model usually need.
    #[must_use]
    pub fn usual(&self, spec: &ModelSpec) -> Usual {
        let yours = self.spans.get(&spec.id).and_then(|spans| Usual::yours(spans));
        yours.or_else(|| self.measured(spec)).unwrap_or_else(|| {
            let hurry = if self.hurried { SANDBOX_HURRY } else { 1 };
            Usual::of_catalogue(spec.pace.div_ceil(hurry))
        })
    }

    fn measured(&self, spec: &ModelSpec) -> Option<Usual> {
        let (paces, _) = self.paces.as_ref()?;
        let pace = paces.iter().find(|pace| spec.is_called(&pace.alias))?;
        Some(Usual::of_service(pace.p50_ms, pace.p90_ms))
    }

    /// What a take of the draft costs from the model: as the service says, else as the catalogue does. A
    /// service that says it in a way that cannot be read as an amount leaves it unknown: it may have
    /// changed since the catalogue was written.
    #[must_use]
    pub fn price(&self, spec: &ModelSpec, draft: &Draft) -> Option<Price> {
        match self.listing(spec).and_then(|listed| listed.quote.as_ref()) {
            Some(quote) => quote.price(if quote.needs_length() { draft.length(spec) } else { None }),
            None => spec.price.map(|usd| Price { usd, about: false, from: PriceFrom::Catalogue }),
        }
    }

    /// The model as the service lists it.
    #[must_use]
    pub fn listing(&self, spec: &ModelSpec) -> Option<&Listed> {
        let (listed, _) = self.listed.as_ref()?;
        listed.iter().find(|listed| [&listed.id].into_iter().chain(&listed.aliases).any(|name| spec.is_called(name)))
    }

    /// Whether the service lists the model.
    #[must_use]
    pub fn standing(&self, spec: &ModelSpec) -> Standing {
        match (self.listing(spec), &self.listed) {
            (Some(listed), _) if listed.retired => Standing::Retired,
            // A list without a single model says nothing of any.
            (None, Some((listed, _))) if !listed.is_empty() => Standing::Missing,
            _ => Standing::Offered,
        }
    }
}

impl Standing {
    /// What a person should know of it, if anything.
    #[must_use]
    pub fn note(self) -> Option<&'static str> {
        match self {
            Self::Offered => None,
            Self::Missing => Some("not in the service's list today"),
            Self::Retired => Some("retired, says the service's list"),
        }
    }
}
