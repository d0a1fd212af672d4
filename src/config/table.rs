//! Every setting: the one table from which the file is read and checked, the variables are named, and
//! `refrain config` and the example are written.

use super::Config;
use super::slot::Slot;

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its table in the file.
    pub table: &'static str,
    /// Its key in the table.
    pub key: &'static str,
    /// What it does, for the example: lines of at most a hundred characters.
    pub about: &'static str,
    /// Its place in a configuration.
    slot: fn(&mut Config) -> Slot<'_>,
}

/// The tables of the file, with a word on each.
pub const TABLES: &[(&str, &str)] = &[
    ("api", "The service."),
    ("budget", "What may be spent, in US dollars."),
    ("files", "Where songs go."),
    ("player", "How takes are played."),
    ("screen", "How the screen looks and sounds."),
    ("worker", "The process in the background that sends, asks and fetches."),
    ("catalogue", "The models."),
];

/// Every setting, in the order of the example.
pub const SETTINGS: &[Entry] = &[
    Entry {
        table: "api",
        key: "base_url",
        about: "The base URL of the service. Plain http is for this machine only.",
        slot: |config| Slot::Address(&mut config.api.base_url),
    },
    Entry {
        table: "api",
        key: "key_command",
        about: "A command whose first line of output is the key, as \"pass show aimlapi\"; used where no\n\
                environment variable has one. Empty: there is none.",
        slot: |config| Slot::Command(&mut config.api.key_command),
    },
    Entry {
        table: "api",
        key: "at_once",
        about: "How many takes the service may be making at once; the rest wait in line.",
        slot: |config| Slot::Number { value: &mut config.api.at_once, from: 1, to: 64 },
    },
    Entry {
        table: "api",
        key: "give_up_minutes",
        about: "Minutes after which asking about a take stops; `r` on it asks again.",
        // At most a week.
        slot: |config| Slot::Number { value: &mut config.api.give_up_minutes, from: 5, to: 10_080 },
    },
    Entry {
        table: "api",
        key: "look_minutes",
        about: "Minutes for which an order whose answer was lost is looked for in the account's log, at least; longer\n\
                where such takes need long. 0: once.",
        slot: |config| Slot::Number { value: &mut config.api.look_minutes, from: 0, to: 1_440 },
    },
    Entry {
        table: "api",
        key: "largest_answer_mb",
        about: "The longest answer with a song in it that is taken, in MB: ten minutes of WAV are 212.",
        slot: |config| Slot::Number { value: &mut config.api.largest_answer_mb, from: 16, to: 4_000 },
    },
    Entry {
        table: "api",
        key: "largest_json_mb",
        about: "The longest other answer that is taken, in MB; it is read into memory.",
        slot: |config| Slot::Number { value: &mut config.api.largest_json_mb, from: 1, to: 256 },
    },
    Entry {
        table: "budget",
        key: "daily_usd",
        about: "What takes may cost from midnight to midnight here. An order that would go past it is refused, whatever\n\
                is said. Takes that failed do not count, those under way do. Empty: there is no such end.",
        slot: |config| Slot::Amount(&mut config.budget.daily_usd),
    },
    Entry {
        table: "budget",
        key: "confirm_above_usd",
        about: "What an order may cost without being asked about: a dearer one is ordered once its price was seen, in\n\
                commands with `--yes`. Empty: only unknown prices are asked about.",
        slot: |config| Slot::Amount(&mut config.budget.confirm_above_usd),
    },
    Entry {
        table: "files",
        key: "music_dir",
        about: "The folder that holds a folder for each song; `~/` is your home. Empty: your music folder, below\n\
                `refrain`; with --data-dir, `music` in that.",
        slot: |config| Slot::Path(&mut config.files.music_dir),
    },
    Entry {
        table: "files",
        key: "inbox",
        about: "The folder in which recordings are looked for that were copied here from another machine. Empty:\n\
                `inbox` in the folder above.",
        slot: |config| Slot::Path(&mut config.files.inbox),
    },
    Entry {
        table: "files",
        key: "largest_mb",
        about: "The largest file that is fetched, in MB: five minutes of WAV are 53.",
        slot: |config| Slot::Number { value: &mut config.files.largest_mb, from: 1, to: 2_000 },
    },
    Entry {
        table: "player",
        key: "command",
        about: "A command that plays the file whose path is put behind it, as \"mpv --no-video\". Empty: the first of\n\
                these that is found: mpv, ffplay, play, afplay.",
        slot: |config| Slot::Command(&mut config.player.command),
    },
    Entry {
        table: "screen",
        key: "bell",
        about: "Ring the terminal's bell when a take arrives, and when no credits are left.",
        slot: |config| Slot::Switch(&mut config.screen.bell),
    },
    Entry {
        table: "screen",
        key: "theme",
        about: "For a dark or a light background; in the terminal's own 16 colours, which is also taken where it has\n\
                no more; or none: bold, underline and reverse only. NO_COLOR in the environment means none.",
        slot: |config| Slot::Word(&mut config.screen.theme),
    },
    Entry {
        table: "screen",
        key: "clock",
        about: "How often the clock of a running take is drawn anew: each second, each minute, or not at all, which\n\
                screen readers need. Without a running clock a take says when it was sent.",
        slot: |config| Slot::Word(&mut config.screen.clock),
    },
    Entry {
        table: "worker",
        key: "idle_seconds",
        about: "Seconds without anything to do after which it leaves.",
        slot: |config| Slot::Number { value: &mut config.worker.idle_seconds, from: 1, to: 86_400 },
    },
    Entry {
        table: "catalogue",
        key: "file",
        about: "A file that adds models or corrects those that refrain knows; `refrain config example --catalogue`\n\
                shows its form. Empty: `catalogue.toml` beside this file, if it is there.",
        slot: |config| Slot::Path(&mut config.catalogue.file),
    },
];

impl Entry {
    /// Its full name, as `api.at_once`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.{}", self.table, self.key)
    }

    /// The variable of the environment that sets it, as `REFRAIN_API_AT_ONCE`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("{}{}", variables_of(self.table), self.key.to_uppercase())
    }

    /// Its place in a configuration.
    pub fn slot<'a>(&self, config: &'a mut Config) -> Slot<'a> {
        (self.slot)(config)
    }

    /// Its value in a configuration.
    #[must_use]
    pub fn value(&self, config: &Config) -> toml::Value {
        self.slot(&mut config.clone()).value()
    }

    /// The same for whoever looks at the configuration. Of the command for the key only the first word: some
    /// write the key itself into it, as `echo KEY`, and what is shown gets pasted into reports.
    #[must_use]
    pub fn shown(&self, config: &Config) -> toml::Value {
        let value = self.value(config);
        let command = value.as_str().filter(|_| self.name() == "api.key_command").map(str::trim);
        match command.and_then(|text| text.split_once(|c: char| c.is_whitespace() || c == '=')) {
            Some((first, _)) => toml::Value::String(format!("{first} ...")),
            None => value,
        }
    }

    /// What it takes.
    #[must_use]
    pub fn rule(&self) -> String {
        self.slot(&mut Config::default()).rule()
    }
}

/// How the variables of a table begin, as `REFRAIN_API_`.
#[must_use]
pub fn variables_of(table: &str) -> String {
    format!("REFRAIN_{}_", table.to_uppercase())
}

/// The setting of that full name, as `api.at_once`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Entry> {
    let (table, key) = name.split_once('.')?;
    SETTINGS.iter().find(|entry| entry.table == table && entry.key == key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_setting_has_a_name_and_a_place_of_its_own_in_a_known_table() {
        let names: BTreeSet<_> = SETTINGS.iter().map(Entry::name).collect();
        assert_eq!(names.len(), SETTINGS.len());
        let mut config = Config::default();
        let places: BTreeSet<_> =
            SETTINGS.iter().map(|entry| format!("{:p}", address(entry.slot(&mut config)))).collect();
        assert_eq!(places.len(), SETTINGS.len(), "two settings share a place");
        for entry in SETTINGS {
            assert!(TABLES.iter().any(|(table, _)| *table == entry.table), "{}", entry.name());
            assert_eq!(find(&entry.name()).map(Entry::name), Some(entry.name()));
        }
    }

    fn address(slot: Slot<'_>) -> *const () {
        match slot {
            Slot::Number { value, .. } => std::ptr::from_ref(value).cast(),
            Slot::Amount(value) => std::ptr::from_ref(value).cast(),
            Slot::Switch(value) => std::ptr::from_ref(value).cast(),
            Slot::Word(value) => std::ptr::from_ref(value).cast(),
            Slot::Address(value) => std::ptr::from_ref(value).cast(),
            Slot::Path(value) => std::ptr::from_ref(value).cast(),
            Slot::Command(value) => std::ptr::from_ref(value).cast(),
        }
    }

    #[test]
    fn every_default_is_a_value_that_may_be_written() {
        for entry in SETTINGS {
            let default = entry.value(&Config::default());
            let mut config = Config::default();
            assert_eq!(entry.slot(&mut config).take(&default), Ok(()), "{}", entry.name());
            assert_eq!(config, Config::default(), "{}", entry.name());
        }
    }
}
