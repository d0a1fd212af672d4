//! The example: every setting with what it takes and its default, as a file to copy.

use super::Config;
use super::table::{SETTINGS, TABLES};

const HEAD: &str = "\
# refrain's configuration. Copy it to where `refrain config path` says, uncomment and change what you like.
# Every value here is the default; an unknown key is refused, so that a slip of the pen is noticed, and
# `refrain config check` says everything that is wrong at once. Each setting can also be given by a variable
# of the environment (REFRAIN_API_AT_ONCE=2) or by a flag (-c api.at_once=2), which come before this file.
";

const KEYS: &str = "\
# Other keys for the commands of the screen: a table for each place, in it the command's keys. What stands here
# takes the place of the command's own keys there; [] takes them away. `refrain config example --keys` lists
# every place, command and key. Never bound, as terminals and multiplexers eat them: C-b C-] C-\\ C-^ and ~.
[keys.anywhere]
# order = \"C-g\"
# palette = [\"C-p\", \"F1\"]
";

/// The text of `config.example.toml`.
#[must_use]
pub fn text() -> String {
    let mut lines: Vec<String> = vec![HEAD.to_owned()];
    for (table, about) in TABLES {
        lines.push(format!("# {about}\n[{table}]"));
        for entry in SETTINGS.iter().filter(|entry| entry.table == *table) {
            lines.extend(entry.about.lines().map(|line| format!("# {line}")));
            lines.push(format!("# Takes {}.", entry.rule()));
            lines.push(format!("# {} = {}\n", entry.key, entry.value(&Config::default())));
        }
    }
    lines.push(KEYS.to_owned());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Given, Origin, Reading};
    use crate::tui::keymap::Keymap;

    const SHIPPED: &str = include_str!("../../config.example.toml");

    /// Every line of a key without its comment sign, and every other line as it is.
    fn uncommented(text: &str) -> String {
        let is_key = |line: &str| {
            let key = line.split_once(" = ").map(|(key, _)| key);
            key.is_some_and(|key| key.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        };
        let lines = text.lines().map(|line| line.strip_prefix("# ").filter(|rest| is_key(rest)).unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn read(text: &str) -> Reading {
        let reading = Reading::of_text(text, Path::new("config.example.toml"), &Given::default());
        assert_eq!((&reading.problems, &reading.key_problems), (&Vec::new(), &Vec::new()));
        reading
    }

    #[test]
    fn the_shipped_example_is_made_from_the_table() {
        // `cargo run -- config example > config.example.toml` writes it anew.
        assert_eq!(text(), SHIPPED);
    }

    #[test]
    fn the_example_parses_as_shipped_and_changes_nothing() {
        let reading = read(SHIPPED);
        assert_eq!((reading.config, reading.bindings), (Config::default(), Vec::new()));
    }

    #[test]
    fn with_every_key_uncommented_the_example_equals_the_defaults() {
        let reading = read(&uncommented(SHIPPED));
        assert!(
            reading.origins.iter().all(|origin| *origin != Origin::Default),
            "each is given: {:?}",
            reading.origins
        );
        assert_eq!(reading.config, Config::default());
        let keys = Keymap::embedded().unwrap();
        assert!(reading.bindings.len() >= 2, "{:?}", reading.bindings);
        assert_eq!(keys.with(&reading.bindings).unwrap(), keys);
    }

    #[test]
    fn no_line_is_too_long_to_be_read() {
        assert!(SHIPPED.lines().all(|line| line.chars().count() <= 112), "{SHIPPED}");
    }
}
