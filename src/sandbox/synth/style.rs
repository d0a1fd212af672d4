//! What the style prompt asks for: tempo, metre, mode, key and sound.

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
    /// Reads a prompt; what it does not say, the dice decide.
    pub fn read(prompt: &str, dice: &mut Dice) -> Self {
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
            tempo: stated_tempo(&prompt).or_else(|| find(&TEMPI, &prompt)).unwrap_or(rolled.tempo),
            beats: if waltz { 3 } else { rolled.beats },
            minor: find(&MOODS, &prompt).unwrap_or(rolled.minor),
            lead: find(&LEADS, &prompt).unwrap_or(rolled.lead),
            ..rolled
        }
    }
}

fn find<T: Copy>(table: &[(&str, T)], prompt: &str) -> Option<T> {
    table.iter().find(|(word, _)| prompt.contains(word)).map(|(_, meaning)| *meaning)
}

/// The number before `bpm`, kept to what can be played.
fn stated_tempo(prompt: &str) -> Option<f32> {
    let before = prompt.split("bpm").next().filter(|before| before.len() < prompt.len())?;
    let digits: String = before.trim_end().chars().rev().take_while(char::is_ascii_digit).collect();
    let tempo: f32 = digits.chars().rev().collect::<String>().parse().ok()?;
    Some(tempo.clamp(40.0, 220.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_steer_tempo_metre_mode_and_sound() {
        let style = Style::read("Slow waltz, piano, 84 bpm, D minor", &mut Dice::from_words(&["x"]));
        assert_eq!((style.tempo, style.beats, style.minor, style.lead), (84.0, 3, true, Lead::Keys));
        let style = Style::read("fast happy chiptune", &mut Dice::from_words(&["x"]));
        assert_eq!((style.tempo, style.beats, style.minor, style.lead), (148.0, 4, false, Lead::Chip));
    }

    #[test]
    fn what_is_not_said_differs_between_songs_but_not_between_readings() {
        let read = |seed: &str| Style::read("music", &mut Dice::from_words(&[seed]));
        assert_eq!(read("a"), read("a"));
        assert!(["b", "c", "d", "e"].iter().any(|seed| read(seed) != read("a")));
    }
}
