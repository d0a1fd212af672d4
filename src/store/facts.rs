//! What the worker found out about a service: what it said, when, and why it did not say more.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::values::{millis, moment, to_json};
use super::{Durability, Store, StoreError};
use crate::domain::service::Service;
use crate::domain::terms::{Listed, Pace, Terms};
use crate::domain::usual::{RECENT, span_between};

/// What a service is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// What is left on the account.
    Balance,
    /// Its models and what they cost.
    Prices,
    /// How long its models take.
    Paces,
}

impl Topic {
    /// Every topic, the most wanted first.
    pub const ALL: [Self; 3] = [Self::Balance, Self::Prices, Self::Paces];

    /// The name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Balance => "balance",
            Self::Prices => "prices",
            Self::Paces => "paces",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Balance => "balance",
            Self::Prices => "prices",
            Self::Paces => "usual times",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }
}

/// What a service said on a topic.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// US dollars left on the account.
    Balance(f64),
    Prices(Vec<Listed>),
    Paces(Vec<Pace>),
}

/// A balance as it stands in the database.
#[derive(Serialize, Deserialize)]
struct WrittenBalance {
    usd: f64,
}

impl Said {
    /// The topic that this is about.
    #[must_use]
    pub fn topic(&self) -> Topic {
        match self {
            Self::Balance(_) => Topic::Balance,
            Self::Prices(_) => Topic::Prices,
            Self::Paces(_) => Topic::Paces,
        }
    }

    fn written(&self) -> Result<String, StoreError> {
        match self {
            Self::Balance(usd) => to_json(&WrittenBalance { usd: *usd }),
            Self::Prices(listed) => to_json(listed),
            Self::Paces(paces) => to_json(paces),
        }
    }

    /// What was written; nothing for a form that another refrain wrote, as if it had never been said.
    fn read(topic: Topic, text: &str) -> Option<Self> {
        match topic {
            Topic::Balance => serde_json::from_str(text).ok().map(|WrittenBalance { usd }| Self::Balance(usd)),
            Topic::Prices => serde_json::from_str(text).ok().map(Self::Prices),
            Topic::Paces => serde_json::from_str(text).ok().map(Self::Paces),
        }
    }
}

/// Everything kept of one topic of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    pub service: Service,
    pub topic: Topic,
    /// What the service said last, and when it said so or that nothing had changed.
    pub said: Option<(Said, Timestamp)>,
    /// What to ask `nothing new since?` with.
    pub etag: Option<String>,
    /// When it was last asked, whatever came of it.
    pub asked: Option<Timestamp>,
    /// Why the last question went unanswered.
    pub failed: Option<String>,
    /// Since when a person wants to know; nothing once the service was asked.
    pub wanted: Option<Timestamp>,
}

impl Fact {
    /// A topic of which nothing is known.
    #[must_use]
    pub fn nothing(service: &Service, topic: Topic) -> Self {
        Self { service: service.clone(), topic, said: None, etag: None, asked: None, failed: None, wanted: None }
    }

    /// US dollars left, where this is about them, and when the service said so.
    #[must_use]
    pub fn balance(&self) -> Option<(f64, Timestamp)> {
        match self.said {
            Some((Said::Balance(usd), at)) => Some((usd, at)),
            _ => None,
        }
    }
}

pub(super) const COLUMNS: &str = "service, topic, said, at, etag, asked, failed, wanted";

/// The fact in a row; nothing for a topic that only a newer refrain knows.
pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Option<Fact>> {
    let Some(topic) = Topic::named(&row.get::<_, String>("topic")?) else { return Ok(None) };
    let when = |name: &str| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(name)?.map(moment));
    let said = row.get::<_, Option<String>>("said")?.and_then(|text| Said::read(topic, &text));
    Ok(Some(Fact {
        service: Service::from(row.get::<_, String>("service")?),
        topic,
        said: said.zip(when("at")?),
        etag: row.get("etag")?,
        asked: when("asked")?,
        failed: row.get("failed")?,
        wanted: when("wanted")?,
    }))
}

impl Store {
    /// What is known of a topic.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn fact(&self, service: &Service, topic: Topic) -> Result<Fact, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM topics WHERE service = ?1 AND topic = ?2");
        let found = self.connection.query_row(&sql, params![service.to_string(), topic.name()], from_row);
        Ok(found.optional()?.flatten().unwrap_or_else(|| Fact::nothing(service, topic)))
    }

    /// Keeps what a service said in place of what it said before.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_fact(
        &mut self,
        service: &Service,
        said: &Said,
        etag: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let written = said.written()?;
        self.write(Durability::Ordinary, |tx, rev| {
            tx.execute(
                "INSERT INTO topics (service, topic, said, at, etag, asked, rev) VALUES (?1, ?2, ?3, ?4, ?5, ?4, ?6)
                 ON CONFLICT DO UPDATE SET said = ?3, at = ?4, etag = ?5, asked = ?4, failed = NULL, wanted = NULL,
                                        rev = ?6",
                params![service.to_string(), said.topic().name(), written, millis(now), etag, rev],
            )?;
            Ok(())
        })
    }

    /// What a service said before is still so.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn confirm_fact(&mut self, service: &Service, topic: Topic, now: Timestamp) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            let sql = "UPDATE topics SET at = ?3, asked = ?3, failed = NULL, wanted = NULL, rev = ?4
                       WHERE service = ?1 AND topic = ?2";
            tx.execute(sql, params![service.to_string(), topic.name(), millis(now), rev])?;
            Ok(())
        })
    }

    /// A service was asked and did not answer; what it said before stays.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn miss_fact(&mut self, service: &Service, topic: Topic, why: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            tx.execute(
                "INSERT INTO topics (service, topic, asked, failed, rev) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET asked = ?3, failed = ?4, wanted = NULL, rev = ?5",
                params![service.to_string(), topic.name(), millis(now), why, rev],
            )?;
            Ok(())
        })
    }

    /// A person wants to know: the worker asks about every topic.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn want_facts(&mut self, service: &Service, now: Timestamp) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            for topic in Topic::ALL {
                tx.execute(
                    "INSERT INTO topics (service, topic, wanted, rev) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET wanted = ?3, rev = ?4",
                    params![service.to_string(), topic.name(), millis(now), rev],
                )?;
            }
            Ok(())
        })
    }

    /// Everything known of what a service asks and how it performs.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn terms(&self, service: &Service) -> Result<Terms, StoreError> {
        let mut terms = Terms { spans: self.spans(service)?, ..Terms::of(service) };
        if let Some((Said::Prices(listed), at)) = self.fact(service, Topic::Prices)?.said {
            terms.listed = Some((listed, at));
        }
        if let Some((Said::Paces(paces), at)) = self.fact(service, Topic::Paces)?.said {
            terms.paces = Some((paces, at));
        }
        Ok(terms)
    }

    /// How long the newest takes of each model needed. Of one that was ordered elsewhere nobody saw when it was made.
    fn spans(&self, service: &Service) -> Result<BTreeMap<String, Vec<u64>>, StoreError> {
        let sql = "SELECT model, sent, coalesce(made, finished) AS made FROM (
                     SELECT model, sent, made, finished, row_number() OVER (PARTITION BY model ORDER BY sent DESC) AS n
                     FROM takes WHERE service = ?1 AND status = 'saved' AND sent IS NOT NULL AND adopted = 0
                   ) WHERE n <= ?2 AND coalesce(made, finished) IS NOT NULL";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params![service.to_string(), RECENT as i64], |row| {
            Ok((row.get::<_, String>(0)?, moment(row.get(1)?), moment(row.get(2)?)))
        })?;
        let mut spans: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for row in rows {
            let (model, sent, made) = row?;
            spans.entry(model).or_default().extend(span_between(sent, made));
        }
        Ok(spans)
    }
}
