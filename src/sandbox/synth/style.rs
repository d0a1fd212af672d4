//! What the style prompt asks for: tempo, metre, mode, key and sound.

use super::super::manner::Manner;
use super::super::tonality::Tonality;
use super::dice::Dice;

/// How a song is to sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// Beats a minute.
    pub tempo: f32,
    /// Beats a bar: 3 or 4.
    pub beats: usize,
    /// Whether the scale is minor.
    pub minor: bool,
    /// Pitch class of the key, 0 for C.
    pub key: u8,
    /// The sound of the melody.
    pub lead: Lead,
}

/// The sound of the melody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead {
    /// Struck and dying away, as a piano.
    Keys,
    /// Plucked and bright, as a guitar.
    Strings,
    /// Blown or sung: it stays.
    Voice,
    /// Square, as a game of 1985.
    Chip,
}

/// What can be played, in beats a minute.
const SLOWEST: f32 = 40.0;
const FASTEST: f32 = 220.0;

/// Words about speed, the first found decides: word, beats a minute.
const TEMPI: [(&str, f32); 12] = [
    ("very slow", 58.0),
    ("slow", 72.0),
    ("ballad", 70.0),
    ("lullaby", 66.0),
    ("ambient", 64.0),
    ("downtempo", 84.0),
    ("upbeat", 124.0),
    ("fast", 148.0),
    ("punk", 168.0),
    ("dance", 124.0),
    ("techno", 130.0),
    ("disco", 118.0),
];

/// Words about mood: word, whether it is minor.
const MOODS: [(&str, bool); 12] = [
    ("minor", true),
    ("major", false),
    ("sad", true),
    ("dark", true),
    ("melancholy", true),
    ("tired", true),
    ("lonely", true),
    ("happy", false),
    ("bright", false),
    ("cheerful", false),
    ("sunny", false),
    ("joyful", false),
];

/// Words about sound: word, lead.
const LEADS: [(&str, Lead); 12] = [
    ("8-bit", Lead::Chip),
    ("chiptune", Lead::Chip),
    ("synth", Lead::Chip),
    ("guitar", Lead::Strings),
    ("harp", Lead::Strings),
    ("folk", Lead::Strings),
    ("banjo", Lead::Strings),
    ("piano", Lead::Keys),
    ("bell", Lead::Keys),
    ("voice", Lead::Voice),
    ("choir", Lead::Voice),
    ("flute", Lead::Voice),
];

impl Style {
    /// Reads a prompt; what it does not say is as the song's references have it, and then as the dice decide.
    pub fn read(prompt: &str, manner: Manner, dice: &mut Dice) -> Self {
        let tonic = stated_tonic(prompt).or(manner.key.map(|key| key.tonic));
        let prompt = prompt.to_lowercase();
        let rolled = Self {
            tempo: 80.0 + 4.0 * dice.roll(11) as f32,
            beats: 4,
            minor: dice.roll(2) == 0,
            key: dice.roll(12) as u8,
            lead: dice.pick(&[Lead::Keys, Lead::Strings, Lead::Voice]).unwrap_or(Lead::Keys),
        };
        let waltz = ["waltz", "3/4", "6/8"].iter().any(|word| prompt.contains(word));
        Self {
            tempo: stated_tempo(&prompt)
                .or_else(|| find(&TEMPI, &prompt))
                .or(manner.tempo.map(|tempo| tempo as f32))
                .map_or(rolled.tempo, |tempo| tempo.clamp(SLOWEST, FASTEST)),
            beats: if waltz { 3 } else { rolled.beats },
            minor: find(&MOODS, &prompt).or(manner.key.map(|key| key.minor)).unwrap_or(rolled.minor),
            key: tonic.unwrap_or(rolled.key),
            lead: find(&LEADS, &prompt).unwrap_or(rolled.lead),
        }
    }
}

fn find<T: Copy>(table: &[(&str, T)], prompt: &str) -> Option<T> {
    table.iter().find(|(word, _)| prompt.contains(word)).map(|(_, meaning)| *meaning)
}

/// The number before `bpm`.
fn stated_tempo(prompt: &str) -> Option<f32> {
    let before = prompt.split("bpm").next().filter(|before| before.len() < prompt.len())?;
    let digits: String = before.trim_end().chars().rev().take_while(char::is_ascii_digit).collect();
    let tempo: f32 = digits.chars().rev().collect::<String>().parse().ok()?;
    Some(tempo)
}

/// The tonic of a key that is named, as in `D minor`. Only capital letters: `a minor` may be an article.
fn stated_tonic(prompt: &str) -> Option<u8> {
    let words: Vec<&str> = prompt.split(|letter: char| letter.is_whitespace() || ",.;".contains(letter)).collect();
    let named = |pair: &[&str]| format!("{} {}", pair[0], pair[1].to_lowercase()).parse::<Tonality>().ok();
    words.windows(2).find_map(named).map(|key| key.tonic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_steer_tempo_metre_mode_and_sound() {
        let style = Style::read("Slow waltz, piano, 84 bpm, D minor", Manner::default(), &mut Dice::from_words(&["x"]));
        assert_eq!((style.tempo, style.beats, style.minor, style.lead), (84.0, 3, true, Lead::Keys));
        let style = Style::read("fast happy chiptune", Manner::default(), &mut Dice::from_words(&["x"]));
        assert_eq!((style.tempo, style.beats, style.minor, style.lead), (148.0, 4, false, Lead::Chip));
    }

    #[test]
    fn what_is_not_said_differs_between_songs_but_not_between_readings() {
        let read = |seed: &str| Style::read("music", Manner::default(), &mut Dice::from_words(&[seed]));
        assert_eq!(read("a"), read("a"));
        assert!(["b", "c", "d", "e"].iter().any(|seed| read(seed) != read("a")));
    }

    #[test]
    fn what_the_prompt_does_not_say_is_as_the_references_have_it() {
        let key = |name: &str| Some(name.parse::<Tonality>().unwrap());
        let manner = Manner { tempo: Some(97.5), key: key("D minor"), loudness: None };
        for (prompt, tempo, tonic, minor) in [
            ("a song", 97.5, 2, true),
            ("84 bpm", 84.0, 2, true),
            ("happy", 97.5, 2, false),
            ("in F# major", 97.5, 6, false),
            ("with a minor change", 97.5, 2, true),
        ] {
            let style = Style::read(prompt, manner, &mut Dice::from_words(&["x"]));
            assert_eq!((style.tempo, style.key, style.minor), (tempo, tonic, minor), "{prompt}");
        }
        let wild = Manner { tempo: Some(900.0), ..manner };
        let style = Style::read("", wild, &mut Dice::from_words(&["x"]));
        assert_eq!((style.tempo, style.minor), (220.0, true));
    }
}
