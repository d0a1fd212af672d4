//! How many syllables a line has, as far as its spelling tells.
//!
//! An estimate by rules of thumb, without dictionaries: groups of vowels in Latin and Greek script (with the
//! silent endings of English), vowels in Cyrillic, characters in Chinese, Japanese and Korean, and half the
//! letters in scripts that write few vowels. Good for comparing lines and for guessing a length.

/// Vowels of Latin script with their accents, and of Greek. Vietnamese has a block of its own.
const VOWELS: &str = "aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿāăąēĕėęěĩīĭįıōŏőœũūŭůűųŷơưǎǐǒǔ\
    αεηιουωάέήίόύώϊϋΐΰ";

/// Vowels of Cyrillic script: each is a syllable of its own.
const CYRILLIC_VOWELS: &str = "аеёиоуыэюяіїєѣў";

/// Small kana, which join the sound before them.
const SMALL_KANA: &str = "ぁぃぅぇぉゃゅょゎァィゥェォャュョヮ";

/// How many syllables the words of a line have: 0 for a line without words.
#[must_use]
pub fn syllables(line: &str) -> u32 {
    let letters = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '\u{2019}' | '\u{301}' | '\u{308}' | '\u{30FC}');
    line.split(|c| !letters(c)).filter(|word| word.contains(char::is_alphanumeric)).map(of_word).sum()
}

/// Syllables of one word, at least one.
fn of_word(word: &str) -> u32 {
    let word = word.to_lowercase();
    let mut count = 0;
    let mut others: u32 = 0;
    let mut after_vowel = false;
    for c in word.chars() {
        let vowel = is_vowel(c);
        count += u32::from(vowel && !after_vowel);
        after_vowel = vowel;
        if is_syllable(c) {
            count += 1;
        } else if c.is_alphabetic() && !is_spelled_out(c) {
            others += 1;
        }
    }
    let silent = u32::from(count > 1 && word.is_ascii() && ends_silently(&word));
    (count - silent + others.div_ceil(2)).max(1)
}

/// A vowel that forms one syllable with the vowels beside it.
fn is_vowel(c: char) -> bool {
    VOWELS.contains(c) || ('\u{1EA0}'..='\u{1EF9}').contains(&c)
}

/// A character that is a syllable by itself.
fn is_syllable(c: char) -> bool {
    let kana = ('\u{3041}'..='\u{30FF}').contains(&c) && !SMALL_KANA.contains(c);
    let han = matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}');
    let hangul = ('\u{AC00}'..='\u{D7A3}').contains(&c);
    kana || han || hangul || c.is_numeric() || CYRILLIC_VOWELS.contains(c)
}

/// A letter of a script whose vowels are counted above.
fn is_spelled_out(c: char) -> bool {
    let latin = c < '\u{0250}' || ('\u{1E00}'..='\u{1EFF}').contains(&c);
    let greek_or_cyrillic = ('\u{0370}'..='\u{052F}').contains(&c) || ('\u{1F00}'..='\u{1FFF}').contains(&c);
    latin || greek_or_cyrillic || ('\u{3041}'..='\u{30FF}').contains(&c)
}

/// Whether the last group of vowels of an English word is not heard: `slow tide`, `leaves`, `borrowed`, but
/// `table`, `kisses` and `waited`.
fn ends_silently(word: &str) -> bool {
    let heard_before = |stem: &str, endings: &[&str]| endings.iter().any(|ending| stem.ends_with(ending));
    let after_vowel = |stem: &str| stem.ends_with(is_vowel);
    if let Some(stem) = word.strip_suffix('e') {
        let syllabic_l = stem.strip_suffix('l').is_some_and(|stem| !after_vowel(stem));
        !after_vowel(stem) && !syllabic_l
    } else if let Some(stem) = word.strip_suffix("es") {
        let syllabic_l = stem.strip_suffix('l').is_some_and(|stem| !after_vowel(stem));
        !after_vowel(stem) && !syllabic_l && !heard_before(stem, &["s", "x", "z", "ch", "sh", "c", "g"])
    } else if let Some(stem) = word.strip_suffix("ed") {
        !after_vowel(stem) && !heard_before(stem, &["t", "d"])
    } else {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_the_syllables_that_one_hears() {
        let table = [
            ("The last boat leaves at ten to nine", 8),
            ("You hold your coat, I hold the line", 8),
            ("A paper cup, a borrowed light", 8),
            ("Oh, night ferry, take it slow", 7),
            ("There is nobody waiting on the other side for me, you know, oh no", 18),
            ("the kisses waited on the table", 9),
            ("don't you", 2),
            ("Über die Brücke geh'n", 6),
            ("ça va, mon été", 5),
            ("моя любовь", 4),
            ("夜のフェリー", 5),
            ("안녕 바다", 4),
            ("أهلا", 2),
            ("la la la", 3),
            ("hmm", 1),
            ("(ooh)", 1),
            ("...", 0),
            ("", 0),
        ];
        for (line, count) in table {
            assert_eq!(syllables(line), count, "{line}");
        }
    }
}
