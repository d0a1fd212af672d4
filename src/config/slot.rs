//! The place of one setting in a [`Config`](super::Config): what it takes, and how it is written.

use std::path::PathBuf;

use directories::BaseDirs;
use toml::Value;

use super::choice::Choice;
use crate::api::ServiceUrl;

/// The place of a setting, by the kind of its value.
#[derive(Debug)]
pub enum Slot<'a> {
    /// A whole number between two others.
    Number { value: &'a mut u32, from: u32, to: u32 },
    /// US dollars; empty text means that none are named.
    Amount(&'a mut Option<f64>),
    /// Yes or no.
    Switch(&'a mut bool),
    /// One of a few words.
    Word(&'a mut dyn Choice),
    /// The base address of a service.
    Address(&'a mut String),
    /// A file or a folder; empty text means that none is named.
    Path(&'a mut Option<PathBuf>),
    /// A command line; empty text means that there is none.
    Command(&'a mut Option<String>),
}

impl Slot<'_> {
    /// What it takes, for messages.
    #[must_use]
    pub fn rule(&self) -> String {
        match self {
            Self::Number { from, to, .. } => format!("{from} to {to}"),
            Self::Amount(_) => "an amount of US dollars as 2.5, or nothing".to_owned(),
            Self::Switch(_) => "true or false".to_owned(),
            Self::Word(choice) => either(&choice.words()),
            Self::Address(_) => "the address of a service, `https` or `http` on this machine".to_owned(),
            Self::Path(_) => "a path that begins with `/` or `~/`, or nothing".to_owned(),
            Self::Command(_) => "a command line, or nothing".to_owned(),
        }
    }

    /// The value as TOML.
    #[must_use]
    pub fn value(&self) -> Value {
        match self {
            Self::Number { value, .. } => Value::Integer((**value).into()),
            Self::Amount(usd) => usd.map_or_else(|| Value::String(String::new()), Value::Float),
            Self::Switch(value) => Value::Boolean(**value),
            Self::Word(choice) => Value::String(choice.word().to_owned()),
            Self::Address(text) => Value::String((**text).clone()),
            Self::Path(path) => Value::String(path.as_ref().map_or(String::new(), |path| path.display().to_string())),
            Self::Command(text) => Value::String(text.as_deref().unwrap_or_default().to_owned()),
        }
    }

    /// Takes a value from a file; otherwise says the rule that it breaks.
    ///
    /// # Errors
    /// When it is of another kind or breaks a rule; then the value stays.
    pub fn take(self, value: &Value) -> Result<(), String> {
        let rule = self.rule();
        match (self, value) {
            (Self::Number { value, from, to }, Value::Integer(number)) => {
                let number = u32::try_from(*number).ok().filter(|number| (from..=to).contains(number));
                *value = number.ok_or(rule)?;
            }
            (Self::Amount(usd), Value::Integer(number)) => *usd = Some(amount(*number as f64).ok_or(rule)?),
            (Self::Amount(usd), Value::Float(number)) => *usd = Some(amount(*number).ok_or(rule)?),
            (Self::Amount(usd), Value::String(text)) if text.trim().is_empty() => *usd = None,
            (Self::Switch(value), Value::Boolean(is)) => *value = *is,
            (Self::Word(choice), Value::String(word)) => choice.choose(word).then_some(()).ok_or(rule)?,
            (Self::Address(text), Value::String(address)) => {
                ServiceUrl::new(address).map_err(|error| format!("{rule}: {error}"))?;
                text.clone_from(address);
            }
            (Self::Path(path), Value::String(text)) if text.is_empty() => *path = None,
            (Self::Path(path), Value::String(text)) => *path = Some(from_root(text).ok_or(rule)?),
            (Self::Command(command), Value::String(text)) => {
                *command = Some(text.clone()).filter(|text| !text.trim().is_empty());
            }
            _ => return Err(rule),
        }
        Ok(())
    }

    /// Takes a value from a variable or a flag, where there are no quotation marks.
    ///
    /// # Errors
    /// As [`Slot::take`].
    pub fn take_text(self, text: &str) -> Result<(), String> {
        let value = match &self {
            Self::Number { .. } => text.trim().parse().map(Value::Integer),
            Self::Amount(_) => return self.take_amount(text.trim()),
            Self::Switch(_) => return self.take_switch(text.trim()),
            _ => Ok(Value::String(text.to_owned())),
        };
        self.take(&value.unwrap_or_else(|_| Value::String(text.to_owned())))
    }

    fn take_amount(self, text: &str) -> Result<(), String> {
        let value = text.parse().map(Value::Float);
        self.take(&value.unwrap_or_else(|_| Value::String(text.to_owned())))
    }

    fn take_switch(self, text: &str) -> Result<(), String> {
        let value = text.parse().map(Value::Boolean);
        self.take(&value.unwrap_or_else(|_| Value::String(text.to_owned())))
    }
}

/// `dark, light, 16 or none`.
fn either(words: &[&str]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        words => words.join(""),
    }
}

/// An amount that may be spent; nothing where it is none. A cent more than a million is a slip of the pen.
fn amount(usd: f64) -> Option<f64> {
    const MOST: f64 = 1_000_000.0;
    (0.0..=MOST).contains(&usd).then_some(usd)
}

/// A path with `~` as the home directory; nothing where it is relative, as it would be another one
/// wherever refrain is started.
fn from_root(text: &str) -> Option<PathBuf> {
    let path = PathBuf::from(text);
    let below_home = path.strip_prefix("~").ok();
    let expanded = below_home.and_then(|rest| Some(BaseDirs::new()?.home_dir().join(rest)));
    Some(expanded.unwrap_or(path)).filter(|path| path.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Result<Option<PathBuf>, String> {
        let mut path = None;
        Slot::Path(&mut path).take_text(text).map(|()| path)
    }

    #[test]
    fn a_path_below_the_home_is_filled_in_and_a_relative_one_is_refused() {
        let home = BaseDirs::new().unwrap().home_dir().to_owned();
        assert_eq!(path("~/Music/refrain").unwrap(), Some(home.join("Music/refrain")));
        assert_eq!(path("~").unwrap(), Some(home));
        assert_eq!(path("/srv/~/songs").unwrap(), Some(PathBuf::from("/srv/~/songs")));
        assert_eq!(path("").unwrap(), None);
        for relative in ["songs", "./songs", "~me/songs"] {
            assert!(path(relative).unwrap_err().contains("`~/`"), "{relative}");
        }
    }

    #[test]
    fn text_is_read_as_the_kind_of_its_slot() {
        let (mut number, mut switch) = (4, true);
        Slot::Number { value: &mut number, from: 1, to: 64 }.take_text(" 7 ").unwrap();
        Slot::Switch(&mut switch).take_text("false").unwrap();
        assert_eq!((number, switch), (7, false));
        for wrong in ["0", "65", "-1", "seven", "", "99999999999"] {
            let slot = Slot::Number { value: &mut number, from: 1, to: 64 };
            assert_eq!(slot.take_text(wrong).unwrap_err(), "1 to 64", "{wrong}");
        }
        assert!(Slot::Switch(&mut switch).take_text("yes").is_err());
    }

    #[test]
    fn an_amount_is_read_with_and_without_a_point_and_nothing_is_none() {
        let mut usd = None;
        for (text, expected) in
            [("2.5", Some(2.5)), (" 3 ", Some(3.0)), ("0", Some(0.0)), ("", None), ("1e3", Some(1000.0))]
        {
            Slot::Amount(&mut usd).take_text(text).unwrap();
            assert_eq!(usd, expected, "`{text}`");
        }
        Slot::Amount(&mut usd).take(&Value::Integer(2)).unwrap();
        for wrong in ["-1", "$2", "2,50", "NaN", "inf", "1e9", "two"] {
            let error = Slot::Amount(&mut usd).take_text(wrong).unwrap_err();
            assert_eq!(error, "an amount of US dollars as 2.5, or nothing", "{wrong}");
        }
        assert_eq!(usd, Some(2.0), "it stays");
    }

    #[test]
    fn an_empty_command_is_none() {
        let mut command = Some("mpv".to_owned());
        Slot::Command(&mut command).take_text(" ").unwrap();
        assert_eq!(command, None);
    }

    #[test]
    fn words_are_listed_as_people_say_them() {
        assert_eq!(either(&["dark", "light", "16", "none"]), "dark, light, 16 or none");
        assert_eq!((either(&["one"]), either(&[])), ("one".to_owned(), String::new()));
    }
}
