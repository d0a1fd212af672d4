//! Examples for the help of commands, and where the rest of the program's words stand.
//!
//! A table, so that a test can hold each line against the parser: an example that does not run is worse
//! than none.

use clap::{Command, CommandFactory};

use super::Cli;

/// What stands below the options of `refrain --help`.
const OF_ALL: &str = "\
Key:
  AIMLAPI_API_KEY, AIMLAPI_KEY or AIML_API_KEY; else what `api.key_command`
  prints; else what `refrain login` kept.

Configuration:
  `--config FILE`; else with `--data-dir DIR` DIR/config.toml; else
  refrain/config.toml in the user's configuration folder.

Exit codes:
  0 done, 1 failed, 2 usage, configuration or a draft with problems,
  3 outcome unknown, 4 key, credits or budget, 5 still running,
  130 interrupted";

/// The lines for a command, by its words.
const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "refrain --sandbox                    the screen, where nothing is charged",
            "refrain login                        keep a key",
            "refrain generate --model music-2.0 --prompt \"slow waltz\" --lyrics @words.txt",
            "refrain wait                         until nothing is under way",
            "ssh studio refrain cat 17 | mpv -    hear a take where the loudspeakers are",
            "refrain doctor                       what is amiss here, and what mends it",
        ],
    ),
    (
        "generate",
        &[
            "refrain generate --model lyria2 --prompt \"rain on a tin roof\" --wait",
            "refrain generate --model music-2.0 --prompt @style.txt --lyrics @words.txt \\",
            "    --song \"Night Ferry\" --takes 3 --json",
            "refrain generate --model music-cover --reference demo.wav --prompt \"slow fado\"",
            "refrain generate --model eleven_music --prompt \"slow fado\" --set length=0:30",
            "refrain generate --model lyria2 --prompt \"rain\" --once monday-1 --no-wait",
            "refrain --sandbox generate --model lyria2 --prompt \"rain\" --dry-run",
        ],
    ),
    (
        "list",
        &[
            "refrain list --new                          what has arrived and was not heard",
            "refrain list --song \"Night Ferry\" --json",
        ],
    ),
    ("show", &["refrain show 17", "refrain show 17 --json"]),
    ("again", &["refrain again 17 --takes 2 --wait"]),
    (
        "check",
        &[
            "refrain check \"Night Ferry\" --all-models     where could this song go?",
            "refrain check @words.txt --model music-2.0",
        ],
    ),
    (
        "wait",
        &["refrain wait                                until nothing is under way", "refrain wait 17 18 --timeout 10m"],
    ),
    ("watch", &["refrain watch --until-idle --json"]),
    ("rate", &["refrain rate 17 18 4"]),
    ("note", &["refrain note 17 \"the second verse drags\""]),
    ("release", &["refrain release --all"]),
    (
        "reconcile",
        &[
            "refrain reconcile                           every take whose answer was lost",
            "refrain reconcile 17 --wait",
        ],
    ),
    ("adopt", &["refrain adopt --since 7d --list             what there is", "refrain adopt --since 7d"]),
    ("salvage", &["refrain salvage 17            half a minute is better than nothing"]),
    ("path", &["refrain path 17 --scp                       a line to run on your laptop"]),
    ("play", &["refrain play 17"]),
    ("cat", &["refrain cat 17 > ferry.mp3", "ssh studio refrain cat 17 | mpv -"]),
    (
        "song write",
        &[
            "refrain song write \"Night Ferry\" --lyrics @words.txt",
            "refrain song write \"Night Ferry\" --model music-2.0 --set length=",
        ],
    ),
    ("song order", &["refrain song order \"Night Ferry\" --model music-2.0 --model lyria2 --takes 2"]),
    (
        "upload",
        &[
            "refrain upload mara.wav --purpose voice --name Mara",
            "refrain upload demo.mp3 --purpose song --from 0:32 --to 1:05",
            "refrain upload https://example.org/band.mp3 --purpose instrumental --json",
        ],
    ),
    ("reference list", &["refrain reference list voice            those with this word"]),
    (
        "reference add",
        &[
            "refrain reference add https://example.org/demo.mp3 --name \"Harbour demo\"",
            "refrain reference add --id vocal-2025082518145625-6XW9wCOF --name Mara",
        ],
    ),
    ("reference keep", &["refrain reference keep demo.wav --from 0:32 --to 1:05"]),
    ("reference use", &["refrain reference use Mara \"Night Ferry\""]),
    ("reference again", &["refrain reference again Mara"]),
    (
        "sandbox",
        &[
            "refrain --data-dir /tmp/pretend sandbox --port 8080",
            "AIMLAPI_API_KEY=pretend-key refrain --base-url http://127.0.0.1:8080 \\",
            "    generate --model lyria2 --prompt \"rain on a tin roof\" --wait",
        ],
    ),
    ("login", &["refrain login", "pass show aimlapi | refrain login            the first line is the key"]),
    (
        "doctor",
        &["refrain doctor                              exit code 1 where something is bad", "refrain doctor --json"],
    ),
    (
        "log",
        &[
            "refrain log --since 2h",
            "refrain log 17 --json                       every step of one take",
            "refrain log --program                       what the program itself wrote down",
        ],
    ),
    (
        "completions",
        &[
            "refrain completions bash > ~/.local/share/bash-completion/completions/refrain",
            "refrain completions zsh > ~/.zfunc/_refrain     with ~/.zfunc in $fpath",
            "refrain completions fish > ~/.config/fish/completions/refrain.fish",
        ],
    ),
    ("man", &["refrain man > ~/.local/share/man/man1/refrain.1", "refrain man --all ~/.local/share/man/man1"]),
];

/// The command line with its examples: what is parsed, and what help, manual and completions are made of.
#[must_use]
pub fn command() -> Command {
    with_examples(Cli::command().after_help(OF_ALL), "")
}

/// A command and those below it, each with its examples before what else stands behind its options.
fn with_examples(command: Command, words: &str) -> Command {
    let found =
        EXAMPLES.iter().find(|(of, _)| *of == words).map(|(_, lines)| format!("Examples:\n  {}", lines.join("\n  ")));
    let rest = command.get_after_help().map(ToString::to_string);
    let after: Vec<String> = found.into_iter().chain(rest).collect();
    let command = if after.is_empty() { command } else { command.after_help(after.join("\n\n")) };
    command.mut_subcommands(|below| {
        let words = format!("{words} {}", below.get_name()).trim_start().to_owned();
        with_examples(below, &words)
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn every_example_belongs_to_a_command() {
        for (words, _) in EXAMPLES {
            let mut command = command();
            for word in words.split_whitespace() {
                command = command.find_subcommand(word).unwrap_or_else(|| panic!("there is no `{words}`")).clone();
            }
        }
    }

    /// The words of a line as a shell reads them, without what another program or a person reads.
    fn words(line: &str) -> Vec<String> {
        let told = line.find("    ").map_or(line, |end| &line[..end]);
        let ours = told.find("refrain").map_or(told, |begin| &told[begin..]);
        let ours = ours.split(['|', '>']).next().unwrap_or(ours);
        let mut words = Vec::new();
        for (place, part) in ours.split('"').enumerate() {
            if place % 2 == 1 {
                words.push(part.to_owned());
            } else {
                words.extend(part.split_whitespace().map(str::to_owned));
            }
        }
        words
    }

    #[test]
    fn every_example_is_understood() {
        for (of, lines) in EXAMPLES {
            let text = lines.join("\n").replace("\\\n    ", "");
            for line in text.lines() {
                let words = words(line);
                assert_eq!(words[0], "refrain", "{line}");
                let parsed = Cli::try_parse_from(&words);
                assert!(parsed.is_ok(), "{line}: {parsed:?}");
            }
            let is_of = |line: &str| words(line).join(" ").contains(of);
            assert!(text.lines().any(is_of), "no example of `{of}` is one of it");
        }
    }

    #[test]
    fn what_stands_behind_the_options_fits_a_narrow_terminal() {
        let examples = EXAMPLES.iter().flat_map(|(_, lines)| lines.iter().map(|line| line.len() + 2));
        let longest = examples.chain(OF_ALL.lines().map(str::len)).max();
        assert!(longest.is_some_and(|longest| longest <= 80), "{longest:?}");
    }
}
