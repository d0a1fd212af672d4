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
