//! How one draft differs from another, in one line: `Verse 1 line 3, style +"brushed"`.

use super::Draft;
use crate::domain::lyrics::{LineKind, line_kind, sections};
use crate::domain::{recording, using};

/// Words of the style that are shown at most.
const WORDS_SHOWN: usize = 4;

/// How `after` differs from `before` in its words and settings; nothing where it does not. `called` says what the
/// reference in a field of `after` is called, where that is known.
pub(super) fn in_short<'a>(before: &Draft, after: &Draft, called: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let mut parts = Vec::new();
    parts.extend(in_lyrics(&before.lyrics, &after.lyrics));
    parts.extend(in_style(&before.style, &after.style));
    let names = before.settings.keys().chain(after.settings.keys().filter(|name| !before.settings.contains_key(*name)));
    for name in names.filter(|name| before.setting(name) != after.setting(name)) {
        parts.push(match (after.setting(name), called(name)) {
            (Some(_), Some(called)) => format!("{} {called}", using::short(name)),
            (Some(value), None) if recording::named_in(value).is_some() => format!("another {name}"),
            (value, _) => format!("{name} {}", value.unwrap_or("not set")),
        });
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What two lists have that is not at the start and the end of both.
fn middle<'a, T: PartialEq>(before: &'a [T], after: &'a [T]) -> (usize, &'a [T], &'a [T]) {
    let start = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let (before, after) = (&before[start..], &after[start..]);
    let end = before.iter().rev().zip(after.iter().rev()).take_while(|(a, b)| a == b).count();
    (start, &before[..before.len() - end], &after[..after.len() - end])
}

/// `Verse 1 line 3`, `Chorus line 1 and 4 more lines`, `2 lines left out`.
fn in_lyrics(before: &str, after: &str) -> Option<String> {
    let lines: Vec<&str> = after.lines().collect();
    let (start, old, new) = middle_of_lines(before, after);
    if new == 0 {
        let lines = if old == 1 { "1 line".to_owned() } else { format!("{old} lines") };
        return (old > 0).then(|| format!("{lines} left out"));
    }
    let section = sections(after).into_iter().rev().find(|section| section.lines.start <= start)?;
    let sung = lines[section.lines.start..=start].iter().filter(|line| line_kind(line) == LineKind::Words).count();
    let place = match section.tag {
        Some(tag) if sung == 0 => tag,
        Some(tag) => format!("{tag} line {sung}"),
        None => format!("line {}", start + 1),
    };
    Some(match new {
        1 => place,
        2 => format!("{place} and 1 more line"),
        more => format!("{place} and {} more lines", more - 1),
    })
}

/// Where the lines begin to differ, and how many do.
fn middle_of_lines(before: &str, after: &str) -> (usize, usize, usize) {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let (start, old, new) = middle(&before, &after);
    (start, old.len(), new.len())
}

/// `style +"brushed"`, `style -"brushed"`, `style "brushed" for "rock"`.
fn in_style(before: &str, after: &str) -> Option<String> {
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.split_whitespace().collect(), after.split_whitespace().collect());
    let (_, old, new) = middle(&before, &after);
    match (old, new) {
        ([], []) => None,
        ([], new) => Some(format!("style +{}", quoted(new))),
        (old, []) => Some(format!("style -{}", quoted(old))),
        (old, new) => Some(format!("style {} for {}", quoted(new), quoted(old))),
    }
}

fn quoted(words: &[&str]) -> String {
    let shown = words[..words.len().min(WORDS_SHOWN)].join(" ");
    let more = if words.len() > WORDS_SHOWN { " ..." } else { "" };
    format!("\"{}{more}\"", shown.trim_matches([',', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LYRICS: &str = "[Verse 1]\none\ntwo\n\n[Chorus]\nthree\nfour";

    fn unknown(_: &str) -> Option<&'static str> {
        None
    }

    fn draft(style: &str, lyrics: &str) -> Draft {
        Draft { style: style.to_owned(), lyrics: lyrics.to_owned(), ..Draft::default() }
    }

    #[test]
    fn a_difference_is_said_in_one_line() {
        let before = draft("slow waltz, piano", LYRICS);
        let table = [
            ("slow waltz, piano", LYRICS.to_owned(), None),
            ("slow brushed waltz, piano", LYRICS.to_owned(), Some("style +\"brushed\"")),
            ("slow waltz", LYRICS.to_owned(), Some("style \"waltz\" for \"waltz, piano\"")),
            ("waltz, piano", LYRICS.to_owned(), Some("style -\"slow\"")),
            ("slow waltz, piano", LYRICS.replace("two", "2"), Some("Verse 1 line 2")),
            ("slow waltz, piano", LYRICS.replace("two\n", ""), Some("1 line left out")),
            ("slow waltz, piano", LYRICS.replace("three\nfour", "3\n4\n5"), Some("Chorus line 1 and 2 more lines")),
            ("slow waltz, piano", LYRICS.replace("[Chorus]", "[Hook]"), Some("Hook")),
            (
                "a b c d e f",
                LYRICS.replace("one", "1"),
                Some("Verse 1 line 1, style \"a b c d ...\" for \"slow waltz, piano\""),
            ),
            ("slow waltz, piano", "x".to_owned(), Some("line 1")),
        ];
        for (style, lyrics, said) in table {
            assert_eq!(in_short(&before, &draft(style, &lyrics), unknown).as_deref(), said, "{style:?} {lyrics:?}");
        }
    }

    #[test]
    fn settings_that_changed_are_named() {
        let before = Draft { settings: [("length".to_owned(), "2:50".to_owned())].into(), ..draft("a", "b") };
        let after = Draft { settings: [("format".to_owned(), "wav".to_owned())].into(), ..draft("a", "b") };
        assert_eq!(in_short(&before, &after, unknown).as_deref(), Some("length not set, format wav"));
        let file = ("reference".to_owned(), recording::setting("ab12.mp3"));
        let after = Draft { settings: [file].into(), ..before.clone() };
        assert_eq!(in_short(&before, &after, unknown).as_deref(), Some("length not set, another reference"));
        let named = |field: &str| (field == "reference").then_some("Harbour demo");
        assert_eq!(in_short(&before, &after, named).as_deref(), Some("length not set, reference Harbour demo"));
        assert_eq!(in_short(&after, &before, named).as_deref(), Some("reference not set, length 2:50"));
    }
}
