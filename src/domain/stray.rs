//! A stray: a generation that the account ordered and that no take of this store is, as on a laptop that was lost or
//! on the service's own pages. The service's log knows it.

use std::collections::HashSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::catalogue::Delivery;
use super::generation::Cost;
use super::price::dollars;

/// What the log says of a generation.
#[derive(Clone, Debug, PartialEq)]
pub struct Stray {
    /// The service's id of it, in the form that its log has.
    pub inference_id: String,
    /// The tag that was sent along, by whatever program.
    pub tag: Option<String>,
    /// The model, as the service calls it.
    pub model: String,
    /// When it was ordered.
    pub created: Option<Timestamp>,
    pub cost: Cost,
    /// The log's word for how it ended, clean.
    pub status: Option<String>,
}

/// What can be done about a stray.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prospect {
    /// The service can be asked for it.
    Fetch,
    /// Its song came over a connection that is closed.
    Lost,
    /// The same, if it was made at all: the log does not say.
    PerhapsLost,
    /// The log says that it failed, and names no cost.
    Failed,
}

impl Prospect {
    /// Its name in `--json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Lost => "lost",
            Self::PerhapsLost => "perhaps-lost",
            Self::Failed => "failed",
        }
    }

    /// What people read.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Fetch => "can be fetched",
            Self::Lost => "charged, its audio cannot be had again",
            Self::PerhapsLost => "perhaps charged, its audio cannot be had again",
            Self::Failed => "failed, not charged",
        }
    }
}

/// The log's words for what was made, and for what was not.
pub const SUCCEEDED: &str = "succeeded";
pub const FAILED: &str = "failed";

/// A tag of that many characters is as long as the service keeps one.
const LONGEST_TAG: usize = 128;

impl Stray {
    /// What can be done about it, by how its model delivers. The log is hearsay: what failed and cost something all the
    /// same is asked for.
    #[must_use]
    pub fn prospect(&self, delivery: Delivery) -> Prospect {
        let status = self.status.as_deref();
        let was_charged = self.cost.completed().usd.is_some_and(|usd| usd > 0.0);
        match delivery {
            _ if status == Some(FAILED) && !was_charged => Prospect::Failed,
            Delivery::Queued => Prospect::Fetch,
            Delivery::HeldOpen if was_charged || status == Some(SUCCEEDED) => Prospect::Lost,
            Delivery::HeldOpen => Prospect::PerhapsLost,
        }
    }

    /// What it cost, in words: `$0.03`.
    #[must_use]
    pub fn price(&self) -> String {
        self.cost.completed().usd.map_or_else(|| "cost unknown".to_owned(), dollars)
    }

    /// The tags that a take of it may bear, the best first: the one that was sent along, where that can begin the name
    /// of a file and is no beginning of another; then such as are made of its id.
    pub fn tags(&self) -> impl Iterator<Item = String> {
        let is_plain = |tag: &&String| tag.len() <= LONGEST_TAG && tag.chars().all(is_of_a_name);
        let sent = self.tag.iter().filter(is_plain).cloned();
        let id: String = head(&self.inference_id).chars().filter(|c| is_of_a_name(*c)).take(LONGEST_TAG / 2).collect();
        let made = (1..).map(move |n| if n == 1 { format!("adopted-{id}") } else { format!("adopted-{id}_{n}") });
        sent.chain(made)
    }
}

/// Whether a character of a tag may stand in the name of a temporary file, in which a dot ends the tag.
fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// The id without what stands behind its colon, which names the model.
fn head(id: &str) -> &str {
    id.split_once(':').map_or(id, |(head, _)| head)
}

/// By what the takes of a store are known at the service.
#[derive(Clone, Debug, Default)]
pub struct Own {
    /// Every id, and of those that begin with a UUID that alone: two of one UUID are one generation.
    ids: HashSet<String>,
    /// Every id without what stands behind its colon.
    heads: HashSet<String>,
    /// Every tag that was ever sent from here. It is this store's alone.
    tags: HashSet<String>,
}

impl Own {
    /// An id that a take has.
    pub fn add_id(&mut self, id: &str) {
        self.ids.extend([id.to_owned(), alone(id).to_owned()]);
        self.heads.insert(head(id).to_owned());
    }

    /// A tag that a take was sent with.
    pub fn add_tag(&mut self, tag: String) {
        self.tags.insert(tag);
    }

    /// Whether a take is what the log says this of, in whatever form either has its id.
    #[must_use]
    pub fn has(&self, stray: &Stray) -> bool {
        let id = stray.inference_id.as_str();
        let is_known = [id, alone(id), head(id)].iter().any(|form| self.ids.contains(*form));
        is_known || self.heads.contains(id) || stray.tag.as_ref().is_some_and(|tag| self.tags.contains(tag))
    }
}

/// The UUID that an id begins with, else the id.
fn alone(id: &str) -> &str {
    Some(head(id)).filter(|head| Uuid::try_parse(head).is_ok()).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "906aec79-1cb2-4f6e-9fd4-3a0f3c5d7e21";

    fn stray(id: &str, tag: Option<&str>) -> Stray {
        Stray {
            inference_id: id.to_owned(),
            tag: tag.map(str::to_owned),
            model: "music-2.0".to_owned(),
            created: None,
            cost: Cost::default(),
            status: Some("succeeded".to_owned()),
        }
    }

    #[test]
    fn an_id_is_known_again_with_and_without_what_stands_behind_its_colon() {
        let full = format!("{UUID}:music-2.0");
        let named = format!("{UUID}:minimax/music-2.0");
        let table = [
            (full.as_str(), full.as_str(), true),
            (&full, UUID, true),
            (UUID, &full, true),
            (&full, &named, true),
            (&full, "906aec79-1cb2-4f6e-9fd4-3a0f3c5d7e22:music-2.0", false),
            ("gen", "gen:1", true),
            ("gen:1", "gen", true),
            ("gen:1", "gen:1", true),
            // Where what comes first is no UUID, it may be the same for all.
            ("gen:1", "gen:2", false),
        ];
        for (own, logged, expected) in table {
            let mut known = Own::default();
            known.add_id(own);
            assert_eq!(known.has(&stray(logged, None)), expected, "{own} and {logged}");
        }
        let mut known = Own::default();
        known.add_tag("refrain-1".to_owned());
        assert!(known.has(&stray(UUID, Some("refrain-1"))) && !known.has(&stray(UUID, Some("refrain-2"))));
    }

    #[test]
    fn what_can_be_done_follows_from_the_delivery_and_from_what_it_cost() {
        let of = |status: Option<&str>, usd| Stray {
            status: status.map(str::to_owned),
            cost: Cost { usd, credits: None },
            ..stray(UUID, None)
        };
        let table = [
            (of(Some("succeeded"), Some(0.03)), Prospect::Fetch, Prospect::Lost),
            (of(Some("failed"), Some(0.0)), Prospect::Failed, Prospect::Failed),
            (of(Some("failed"), None), Prospect::Failed, Prospect::Failed),
            (of(Some("failed"), Some(0.03)), Prospect::Fetch, Prospect::Lost),
            (of(Some("tuning up"), None), Prospect::Fetch, Prospect::PerhapsLost),
            (of(None, None), Prospect::Fetch, Prospect::PerhapsLost),
        ];
        for (stray, queued, held_open) in table {
            assert_eq!(stray.prospect(Delivery::Queued), queued, "{stray:?}");
            assert_eq!(stray.prospect(Delivery::HeldOpen), held_open, "{stray:?}");
        }
    }

    #[test]
    fn a_tag_that_could_lead_elsewhere_is_none_for_a_file() {
        let first = |id: &str, tag| stray(id, tag).tags().next().unwrap();
        assert_eq!(first(UUID, Some("refrain-0193")), "refrain-0193");
        let made = format!("adopted-{UUID}");
        let long = "x".repeat(129);
        for tag in [None, Some("../../etc/passwd"), Some("a.b"), Some("a:b"), Some(long.as_str())] {
            assert_eq!(first(&format!("{UUID}:minimax/music-2.0"), tag), made, "{tag:?}");
        }
        assert_eq!(first("../../x:y", None), "adopted-x");
        let several: Vec<_> = stray(UUID, None).tags().take(2).collect();
        assert_eq!(several, [made.clone(), format!("{made}_2")]);
    }
}
