//! What a person should know about a draft before ordering.

use serde::Serialize;

use crate::domain::catalogue::{LYRICS, ModelSpec};

/// How bad a problem is. Only [`Grade::MustFix`] stops an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// The service would refuse it.
    MustFix,
    /// Probably not what is meant.
    Look,
    /// Good to know.
    Hint,
}

/// What kind of thing a problem's value is; it decides how the sentence reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// Nothing: the field is missing.
    Nothing,
    /// A count: `412 characters`.
    Count,
    /// What was typed.
    Typed,
    /// How long it is likely to be sung: `2:30 to 3:10`.
    Time,
    /// What was typed, where others that it goes with are not set.
    Alone,
    /// What it was set to, as nobody set it.
    Given,
}

/// Something about a draft that a person should know before ordering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The field's name: `style`, `lyrics`, `length` ...
    pub field: String,
    /// What it holds, shortened; a count for long text.
    pub value: String,
    /// What kind of thing the value is.
    pub holds: Holds,
    /// The rule it breaks, with the model's name.
    pub rule: String,
    pub grade: Grade,
}

impl Problem {
    /// Whether it says only that something is missing because what was given for that field was not taken.
    #[must_use]
    pub fn follows_from(&self, field: &str, spec: &ModelSpec) -> bool {
        let together = |set: &Vec<String>| [&*self.field, field].iter().all(|name| set.iter().any(|one| one == name));
        self.holds == Holds::Nothing && (self.field == field || spec.one_of.iter().any(together))
    }

    /// One sentence without a full stop: `style has 412 characters, music-1.5 takes 300`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { field, value, rule, .. } = self;
        // The one field whose name is a plural.
        let (is, has) = if field == LYRICS { ("are", "have") } else { ("is", "has") };
        match self.holds {
            Holds::Nothing => format!("{field} {is} missing, {rule}"),
            Holds::Count => format!("{field} {has} {value}, {rule}"),
            Holds::Typed => format!("{field} {is} `{value}`, {rule}"),
            Holds::Alone => format!("{field} {is} alone, {rule}"),
            Holds::Time => format!("{field} may last {value}, {rule}"),
            Holds::Given => format!("{field} set to {value} ({rule})"),
        }
    }
}
