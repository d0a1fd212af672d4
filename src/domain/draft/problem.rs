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

    /// What is said of it in the row of its field, where the name, the value and the model stand already.
    #[must_use]
    pub fn beside(&self, model: &str) -> String {
        let rule = self.rule.strip_prefix(model).and_then(|rule| rule.strip_prefix(' ')).unwrap_or(&self.rule);
        match self.holds {
            Holds::Nothing => format!("missing, {rule}"),
            Holds::Count => format!("{}, {rule}", self.value),
            Holds::Typed | Holds::Alone => rule.to_owned(),
            Holds::Time | Holds::Given => self.sentence(),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beside_its_field_a_problem_repeats_neither_field_nor_value_nor_model() {
        let problem = |holds, value: &str, rule: &str| Problem {
            field: "voice-id".to_owned(),
            value: value.to_owned(),
            holds,
            rule: rule.to_owned(),
            grade: Grade::Look,
        };
        let table = [
            (Holds::Nothing, "", "music-01 needs it", "missing, needs it"),
            (Holds::Typed, "x y", "music-01 takes an id", "takes an id"),
            (
                Holds::Typed,
                "x.mp3",
                "a file of this machine, music-01 takes an id",
                "a file of this machine, music-01 takes an id",
            ),
            (Holds::Alone, "vocal-1", "music-01 only hums", "only hums"),
            (Holds::Count, "3 characters", "music-01 takes 2", "3 characters, takes 2"),
            (Holds::Given, "mp3", "bitrate needs it", "voice-id set to mp3 (bitrate needs it)"),
            (Holds::Nothing, "", "music-01.5 needs it", "missing, music-01.5 needs it"),
        ];
        for (holds, value, rule, said) in table {
            assert_eq!(problem(holds, value, rule).beside("music-01"), said);
        }
    }
}
