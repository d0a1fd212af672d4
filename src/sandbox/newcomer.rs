//! Models that the sandbox is told of: somebody's own, of which it knows nothing but the name.

use serde::{Deserialize, Serialize};

use super::models::{Delivery, Model, Models};

/// A model that is sold besides those of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Newcomer {
    pub id: String,
    /// The model of the table that it sounds, costs and takes as long as; absent: the table's stand-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub like: Option<String>,
    /// How it delivers; absent: as the one it is like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    #[serde(default)]
    pub rules: Rules,
}

/// What is refused of a newcomer's requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rules {
    /// What the model refuses that it is like.
    #[default]
    Like,
    /// Nothing: only whoever added it knows its fields.
    None,
}

impl Newcomer {
    /// One of which nothing is known but its name and how it delivers.
    pub fn unknown(id: impl Into<String>, delivery: Delivery) -> Self {
        Self { id: id.into(), like: None, delivery: Some(delivery), rules: Rules::None }
    }

    /// What makes no sense about it, if anything.
    pub fn contradiction(&self, table: &Models) -> Option<String> {
        let Some(like) = &self.like else {
            return self.id.trim().is_empty().then(|| "`id` is empty".to_owned());
        };
        let Some(model) = table.find(like) else {
            let known: Vec<String> = table.all().iter().map(|model| format!("`{}`", model.id)).collect();
            return Some(format!("`like` = `{like}` is none of {}", known.join(", ")));
        };
        let differs = self.delivery.is_some_and(|delivery| delivery != model.delivery);
        differs.then(|| format!("`delivery` is not that of `{like}`"))
    }

    /// The model of the table that it is made as.
    fn original<'a>(&self, table: &'a Models) -> Option<&'a Model> {
        let named = self.like.as_deref().and_then(|like| table.find(like));
        named.or_else(|| table.stand_in(self.delivery.unwrap_or(Delivery::Queued)))
    }

    /// It as a model, unless the table sells that name anyway.
    pub fn as_model(&self, table: &Models) -> Option<Model> {
        if table.find(&self.id).is_some() {
            return None;
        }
        let original = self.original(table)?;
        let tail = self.id.rsplit('/').next().unwrap_or(&self.id).to_owned();
        Some(Model {
            id: self.id.clone(),
            aliases: Vec::new(),
            name: self.id.clone(),
            developer: "Somebody".to_owned(),
            tail,
            fields: if self.rules == Rules::Like { original.fields.clone() } else { Vec::new() },
            open: self.rules == Rules::None,
            breaks_over: original.breaks_over.filter(|_| self.rules == Rules::Like),
            stand_in: false,
            like: Some(original.id.clone()),
            ..original.clone()
        })
    }
}
