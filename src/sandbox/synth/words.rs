//! Lyrics as the band reads them: sections, lines, syllables, pauses.

/// One line to sing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The words, which also decide the tune: the same line is sung the same way every time.
    pub text: String,
    /// How many notes it needs.
    pub syllables: usize,
}

/// A part of the song.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Whether the whole band plays: choruses and the like.
    pub full: bool,
    pub lines: Vec<Line>,
}

/// Tags that call for the whole band.
const FULL: [&str; 4] = ["chorus", "hook", "drop", "solo"];

/// Reads lyrics. Bracketed tags and empty lines divide sections; `##` marks are for the service, not sung.
pub fn sections(lyrics: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut open = Section { full: false, lines: Vec::new() };
    for raw in lyrics.lines() {
        let line = raw.trim().trim_matches('#').trim();
        if let Some(tag) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let tag = tag.to_lowercase();
            let full = FULL.iter().any(|word| tag.contains(word));
            sections.push(std::mem::replace(&mut open, Section { full, lines: Vec::new() }));
        } else if line.is_empty() {
            let full = open.full;
            sections.push(std::mem::replace(&mut open, Section { full, lines: Vec::new() }));
        } else {
            open.lines.push(Line { text: line.to_owned(), syllables: syllables(line) });
        }
    }
    sections.push(open);
    sections.retain(|section| !section.lines.is_empty());
    sections
}

/// Syllables as groups of vowels, at least one a word; for scripts without Latin vowels one per two letters.
fn syllables(line: &str) -> usize {
    line.split_whitespace().map(word_syllables).sum::<usize>().max(1)
}

fn word_syllables(word: &str) -> usize {
    let letters: Vec<char> =
        word.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase).collect();
    if letters.iter().any(|letter| !letter.is_ascii()) && !letters.iter().any(char::is_ascii) {
        return letters.len().div_ceil(2);
    }
    let vowel = |letter: &char| "aeiouyäöüáéíóúàèìòùâêîôû".contains(*letter);
    let groups = letters.windows(2).filter(|pair| vowel(&pair[0]) && !vowel(&pair[1])).count();
    let ends_in_vowel = letters.last().is_some_and(|last| vowel(last) && *last != 'e');
    (groups + usize::from(ends_in_vowel)).clamp(usize::from(!letters.is_empty()), 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_empty_lines_divide_sections_and_choruses_are_full() {
        let found = sections("##[Verse 1]\nOne two three\n\nFour\n[Chorus]\nLa la la\n##");
        let shape: Vec<(bool, usize)> = found.iter().map(|section| (section.full, section.lines.len())).collect();
        assert_eq!(shape, [(false, 1), (false, 1), (true, 1)]);
    }

    #[test]
    fn syllables_follow_the_vowels() {
        for (words, expected) in [("boat", 1), ("nobody waiting", 5), ("take it slow", 3), ("の月", 1), ("!?", 1)] {
            assert_eq!(syllables(words), expected, "{words}");
        }
    }
}
