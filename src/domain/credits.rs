//! Orders that stand still because the account has no credits left: one notice for all of them, however many were on
//! their way when the first came back.

use std::collections::{BTreeMap, BTreeSet};

use super::generation::{Status, Take, TakeId, Why};
use super::service::Service;

/// The orders that a notice is about, and those that may yet come back for the same reason.
#[derive(Clone, Debug, Default)]
pub struct OutOfCredits {
    rows: BTreeMap<TakeId, Row>,
}

#[derive(Clone, Debug)]
struct Row {
    service: Service,
    /// It is another one with every request that was refused.
    tag: String,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Its answer comes in a moment.
    Sending,
    /// Its answer is the song, which takes as long as it takes. `told`: it was there when the notice was given, so that
    /// its own refusal is no news.
    Open {
        told: bool,
    },
    Held {
        told: bool,
    },
}

/// What is to be said once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub service: Service,
    /// Every order of the service that is held for it.
    pub orders: usize,
}

impl OutOfCredits {
    /// Takes in a take as it is when a face opens: what is held already is no news.
    pub fn know(&mut self, take: &Take) {
        self.see(take);
        if let Some(row) = self.rows.get_mut(&take.id).filter(|row| matches!(row.stage, Stage::Held { .. })) {
            row.stage = Stage::Held { told: true };
        }
    }

    /// Takes in a take as it is now.
    pub fn see(&mut self, take: &Take) {
        let before = self.rows.remove(&take.id);
        // Whatever was let go and comes back has another tag.
        let is_told = before.is_some_and(|before| match before.stage {
            Stage::Sending => false,
            Stage::Open { told } => told,
            Stage::Held { told } => told && before.tag == take.request_tag,
        });
        let stage = match (take.status, take.why) {
            (Status::Held, Some(Why::NoCredits)) => Stage::Held { told: is_told },
            (Status::Sending, Some(Why::Open)) => Stage::Open { told: is_told },
            (Status::Sending, _) => Stage::Sending,
            _ => return,
        };
        let row = Row { service: take.service.clone(), tag: take.request_tag.clone(), stage };
        self.rows.insert(take.id, row);
    }

    /// Forgets an order that was taken back.
    pub fn forget(&mut self, take: TakeId) {
        self.rows.remove(&take);
    }

    /// What is to be said now. While the answer to another order comes, it waits: that one is refused as well.
    pub fn notices(&mut self) -> Vec<Notice> {
        let untold = self.rows.values().filter(|row| row.stage == Stage::Held { told: false });
        let services: BTreeSet<Service> = untold.map(|row| row.service.clone()).collect();
        services.into_iter().filter_map(|service| self.notice(service)).collect()
    }

    fn notice(&mut self, service: Service) -> Option<Notice> {
        let mut rows: Vec<&mut Row> = self.rows.values_mut().filter(|row| row.service == service).collect();
        if rows.iter().any(|row| row.stage == Stage::Sending) {
            return None;
        }
        let mut orders = 0;
        for row in &mut rows {
            orders += usize::from(matches!(row.stage, Stage::Held { .. }));
            row.stage = row.stage.told();
        }
        Some(Notice { service, orders })
    }
}

impl Stage {
    fn told(self) -> Self {
        match self {
            Self::Sending => Self::Sending,
            Self::Open { .. } => Self::Open { told: true },
            Self::Held { .. } => Self::Held { told: true },
        }
    }
}

impl Notice {
    /// `out of credits: 7 orders are held; H in the queue lets them all go`; `by` is what lets them go, where anything here does.
    #[must_use]
    pub fn sentence(&self, by: Option<&str>) -> String {
        let Self { service, orders } = self;
        let (orders, them) = if *orders == 1 {
            ("1 order is held".to_owned(), "it")
        } else {
            (format!("{orders} orders are held"), "them all")
        };
        match by {
            Some(by) => format!("out of credits: {orders}; {by} lets {them} go"),
            None => format!("out of credits at {service}: {orders}"),
        }
    }
}
