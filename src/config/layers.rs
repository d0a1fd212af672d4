//! The four layers on each other: defaults, file, environment, flags.

use std::fmt;
use std::io;
use std::path::Path;

use super::Config;
use super::file::{self, Layer};
use super::keys::Binding;
use super::problem::{Place, Problem, suggestion};
use super::slot::Slot;
use super::table::{self, Entry, SETTINGS, TABLES};

/// What is given besides the file.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The environment.
    pub variables: Vec<(String, String)>,
    /// Flags: what each is called in messages, the setting's name, and its value.
    pub flags: Vec<(String, String, String)>,
}

/// Where the value in force comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Default,
    Given(Place),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Given(place) => place.fmt(f),
        }
    }
}

/// Everything that was read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What the layers say together. Where there are problems, the defaults.
    pub config: Config,
    /// Where each value of `config` comes from, in the order of [`SETTINGS`].
    pub origins: Vec<Origin>,
    /// What is wrong with the settings; then none of them is in force.
    pub problems: Vec<Problem>,
    /// Other keys for the screen.
    pub bindings: Vec<Binding>,
    /// What is wrong with the form of the table `[keys]`.
    pub key_problems: Vec<Problem>,
}

impl Reading {
    /// Reads a file, which need not be there, and what is given besides.
    #[must_use]
    pub fn of(path: &Path, given: &Given) -> Self {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::of_text(&text, path, given),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::of_text("", path, given),
            Err(error) => {
                let mut reading = Self::of_text("", path, given);
                let what = format!("the configuration cannot be read: {error}");
                reading.add(Problem::of_file(Place::File(path.to_owned()), what));
                reading
            }
        }
    }

    /// Reads the text of a file, and what is given besides; `path` is for messages.
    #[must_use]
    pub fn of_text(text: &str, path: &Path, given: &Given) -> Self {
        let Layer { settings, bindings, problems, key_problems } = file::read(text, path);
        let mut reading = Self {
            config: Config::default(),
            origins: vec![Origin::Default; SETTINGS.len()],
            problems,
            bindings,
            key_problems,
        };
        for written in settings {
            let place = Place::Line(path.to_owned(), written.line);
            let slot = written.entry.slot(&mut reading.config);
            let outcome = slot.take(&written.value);
            reading.note(written.entry, place, &written.text, outcome);
        }
        reading.problems.sort_by(|one, other| one.place.cmp(&other.place));
        reading.key_problems.sort_by(|one, other| one.place.cmp(&other.place));
        reading.bindings.sort_by(|one, other| one.place.cmp(&other.place));
        reading.take_variables(&given.variables);
        reading.take_flags(&given.flags);
        reading.settle();
        reading
    }

    fn take_variables(&mut self, variables: &[(String, String)]) {
        for (name, value) in variables {
            if let Some(entry) = SETTINGS.iter().find(|entry| entry.variable() == *name) {
                let outcome = entry.slot(&mut self.config).take_text(value);
                self.note(entry, Place::Variable(name.clone()), &format!("`{value}`"), outcome);
            } else if TABLES.iter().any(|(table, _)| name.starts_with(&table::variables_of(table))) {
                let known: Vec<String> = SETTINGS.iter().map(Entry::variable).collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let what = format!("it sets nothing; {}", suggestion(name, &known));
                self.problems.push(Problem::of_key(Place::Variable(name.clone()), name, what));
            }
        }
    }

    fn take_flags(&mut self, flags: &[(String, String, String)]) {
        for (flag, name, value) in flags {
            let place = Place::Flag(flag.clone());
            if let Some(entry) = table::find(name) {
                let outcome = entry.slot(&mut self.config).take_text(value);
                self.note(entry, place, &format!("`{value}`"), outcome);
            } else {
                let known: Vec<String> = SETTINGS.iter().map(Entry::name).collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let what = format!("`{name}` is no setting; {}", suggestion(name, &known));
                self.problems.push(Problem::of_key(place, name, what));
            }
        }
    }

    /// Keeps what became of a value.
    fn note(&mut self, entry: &Entry, place: Place, value: &str, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => {
                let at = SETTINGS.iter().position(|other| other.name() == entry.name());
                if let Some(origin) = at.and_then(|at| self.origins.get_mut(at)) {
                    *origin = Origin::Given(place);
                }
            }
            Err(rule) => {
                // A password must not come back in a message.
                let has_password = matches!(entry.slot(&mut self.config), Slot::Address(_)) && value.contains('@');
                let value = if has_password { "an address with a name or a password" } else { value };
                self.problems.push(Problem::value(place, &entry.name(), value, &rule));
            }
        }
    }

    /// Adds a problem that whoever reads has found, before all others.
    pub fn add(&mut self, problem: Problem) {
        self.problems.insert(0, problem);
        self.settle();
    }

    /// Half of a configuration is nobody's wish: with a problem in it, the defaults are in force.
    fn settle(&mut self) {
        if !self.problems.is_empty() {
            self.config = Config::default();
            self.origins.fill(Origin::Default);
        }
    }

    /// The problems of flags, which whoever typed them can mend at once.
    pub fn flag_problems(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| matches!(problem.place, Place::Flag(_)))
    }

    /// Each setting with its value and where that comes from.
    pub fn values(&self) -> impl Iterator<Item = (&'static Entry, toml::Value, &Origin)> {
        SETTINGS.iter().zip(&self.origins).map(|(entry, origin)| (entry, entry.shown(&self.config), origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ThemeName;
    use crate::config::slot::Slot;

    fn read(text: &str) -> Reading {
        Reading::of_text(text, Path::new("config.toml"), &Given::default())
    }

    fn told(reading: &Reading) -> Vec<String> {
        reading.problems.iter().chain(&reading.key_problems).map(ToString::to_string).collect()
    }

    /// Three values of a setting, none of them its default, as they are given without quotation marks.
    fn values(entry: &Entry) -> [String; 3] {
        match entry.slot(&mut Config::default()) {
            Slot::Number { from, to, .. } => [from, from + 1, to].map(|number| number.to_string()),
            Slot::Amount(_) => ["0.5", "1.5", "2.25"].map(str::to_owned),
            Slot::Switch(is) => [!*is, *is, !*is].map(|is| is.to_string()),
            Slot::Word(choice) => {
                let others: Vec<_> = choice.words().into_iter().filter(|word| *word != choice.word()).collect();
                [0, 1, 0].map(|at| others[at].to_owned())
            }
            Slot::Address(_) => [1, 2, 3].map(|port| format!("http://127.0.0.1:{port}")),
            Slot::Path(_) => ["/a", "/b", "/c"].map(str::to_owned),
            Slot::Command(_) => ["one", "two --more", "three"].map(str::to_owned),
        }
    }

    /// A line of a file.
    fn written(entry: &Entry, value: &str) -> String {
        let bare =
            matches!(entry.slot(&mut Config::default()), Slot::Number { .. } | Slot::Amount(_) | Slot::Switch(_));
        let value = if bare { value.to_owned() } else { format!("\"{value}\"") };
        format!("[{}]\n{} = {value}\n", entry.table, entry.key)
    }

    #[test]
    fn of_each_setting_flags_come_before_the_environment_before_the_file_before_the_default() {
        for (at, entry) in SETTINGS.iter().enumerate() {
            let [in_file, in_environment, in_flag] = values(entry);
            let text = written(entry, &in_file);
            let environment = vec![(entry.variable(), in_environment.clone()), ("REFRAIN_LOG".into(), "debug".into())];
            let flags = vec![("--setting".to_owned(), entry.name(), in_flag.clone())];
            let default = Reading::of_text("", Path::new("config.toml"), &Given::default());
            assert_eq!((&default.config, &default.origins[at]), (&Config::default(), &Origin::Default));
            for (variables, flags, value, from) in [
                (Vec::new(), Vec::new(), in_file, "config.toml:2".to_owned()),
                (environment.clone(), Vec::new(), in_environment, entry.variable()),
                (environment, flags, in_flag, "--setting".to_owned()),
            ] {
                let reading = Reading::of_text(&text, Path::new("config.toml"), &Given { variables, flags });
                assert_eq!(told(&reading), Vec::<String>::new(), "{}", entry.name());
                let shown = entry.value(&reading.config);
                let shown = shown.as_str().map_or_else(|| shown.to_string(), str::to_owned);
                assert_eq!((shown, reading.origins[at].to_string()), (value, from), "{}", entry.name());
            }
        }
    }

    #[test]
    fn every_problem_is_told_at_once_with_file_line_key_and_what_is_allowed() {
        let text = "at_once = 3\n[api]\nat_onse = 3\nat_once = 0\nbase_url = \"http://example.com\"\n\n[screen]\n\
                    theme = \"pink\"\nbell = \"yes\"\n[kyes]\nx = 1\n[colours]\n[files]\nmusic_dir = \"songs\"\n\
                    [worker]\nidle_seconds = 99999999999999999999\n[player]\nvolume = 3\ncommand = [\"mpv\"]\n";
        let reading = read(text);
        let expected = [
            (1, "`at_once` stands in no table; write it below `[api]`"),
            (3, "`api.at_onse` is no setting; did you mean `at_once`?"),
            (4, "`api.at_once` is 0; it takes 1 to 64"),
            (5, "`api.base_url` is \"http://example.com\"; it takes the address of a service"),
            (8, "`screen.theme` is \"pink\"; it takes dark, light, 16 or none"),
            (9, "`screen.bell` is \"yes\"; it takes true or false"),
            (10, "`kyes` is no table; did you mean `keys`?"),
            (12, "`colours` is no table; there are api, budget, files, player, screen, worker, catalogue, keys"),
            (14, "`files.music_dir` is \"songs\"; it takes a path that begins with `/` or `~/`"),
            (16, "`worker.idle_seconds` is 99999999999999999999; it takes 1 to 86400"),
            (18, "`player.volume` is no setting; there are command"),
            (19, "`player.command` is [\"mpv\"]; it takes a command line"),
        ];
        let told = told(&reading);
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        for ((line, what), told) in expected.iter().zip(&told) {
            assert!(told.starts_with(&format!("config.toml:{line}: {what}")), "{told}\n{what}");
        }
    }

    #[test]
    fn with_a_problem_anywhere_none_of_the_settings_is_in_force() {
        let reading = read("[screen]\ntheme = \"light\"\n[api]\nat_once = 0\n");
        assert_eq!(reading.config, Config::default());
        assert!(reading.origins.iter().all(|origin| *origin == Origin::Default));
        let sound = read("[screen]\ntheme = \"light\"\n");
        assert_eq!(sound.config.screen.theme, ThemeName::Light);
    }

    #[test]
    fn other_keys_with_a_mistake_leave_the_settings_in_force() {
        let reading = read("[screen]\ntheme = \"light\"\n[keys]\nlist = 3\n[keys.queue]\npick = 7\n");
        assert_eq!(reading.config.screen.theme, ThemeName::Light);
        let told = told(&reading);
        assert_eq!(told[0], "config.toml:4: `keys.list` is 3; it takes a table of commands");
        assert!(told[1].starts_with("config.toml:6: `keys.queue.pick` is 7; it takes a key, as \"F5\""), "{told:?}");
    }

    #[test]
    fn what_is_no_toml_is_told_by_its_lines_alone() {
        for (text, line) in [
            ("[api\nat_once = 99\n", 1),
            ("[api]\nat_once = 3\nat_once = 4\n", 3),
            ("[api]\n[screen]\n[api]\n", 3),
            ("[screen]\ntheme = dark\n", 2),
        ] {
            let told = told(&read(text));
            assert_eq!(told.len(), 1, "{text}: {told:?}");
            assert!(told[0].starts_with(&format!("config.toml:{line}: `")), "{told:?}");
        }
    }

    #[test]
    fn a_variable_or_a_flag_that_sets_nothing_is_refused_with_its_name() {
        let variables = [("REFRAIN_API_AT_ONSE", "3"), ("REFRAIN_WORKER_IDLE_SECONDS", "soon"), ("REFRAIN_NEWS", "x")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let flags = vec![("--setting api.at_onse".to_owned(), "api.at_onse".to_owned(), "3".to_owned())];
        let reading = Reading::of_text("", Path::new("config.toml"), &Given { variables, flags });
        assert_eq!(
            told(&reading),
            [
                "REFRAIN_API_AT_ONSE: it sets nothing; did you mean `REFRAIN_API_AT_ONCE`?",
                "REFRAIN_WORKER_IDLE_SECONDS: `worker.idle_seconds` is `soon`; it takes 1 to 86400",
                "--setting api.at_onse: `api.at_onse` is no setting; did you mean `api.at_once`?",
            ]
        );
        assert_eq!(reading.flag_problems().count(), 1);
    }

    #[test]
    fn a_password_in_an_address_does_not_come_back_in_a_message() {
        let reading = read("[api]\nbase_url = \"https://me:swordfish@example.com\"\n");
        assert!(!told(&reading)[0].contains("swordfish"), "{:?}", told(&reading));
        let unclosed = told(&read("[api]\nbase_url = \"https://me:swordfish@example.com\n"));
        assert!(unclosed[0].starts_with("config.toml:2: `base_url`: "), "{unclosed:?}");
        assert!(!unclosed.concat().contains("swordfish"), "{unclosed:?}");
    }

    #[test]
    fn of_the_command_for_the_key_only_its_first_word_is_shown() {
        for (command, shown) in
            [("pass show aimlapi", "pass ..."), ("KEY=swordfish sh -c x", "KEY ..."), ("mine", "mine")]
        {
            let reading = read(&format!("[api]\nkey_command = \"{command}\"\n"));
            assert_eq!(reading.config.api.key_command.as_deref(), Some(command));
            let value = reading.values().find(|(entry, ..)| entry.key == "key_command").map(|(_, value, _)| value);
            assert_eq!(value, Some(toml::Value::String(shown.to_owned())));
        }
    }

    #[test]
    fn a_file_that_is_not_there_leaves_the_defaults_and_one_that_cannot_be_read_is_told_of() {
        let folder = tempfile::tempdir().unwrap();
        let absent = Reading::of(&folder.path().join("config.toml"), &Given::default());
        assert_eq!((absent.config.clone(), told(&absent)), (Config::default(), Vec::new()));
        let unreadable = Reading::of(folder.path(), &Given::default());
        assert!(told(&unreadable)[0].contains("cannot be read"), "{:?}", told(&unreadable));
    }
}
