//! The notes of a song, before any sound: bars of accompaniment, and a melody over them.

use super::Players;
use super::dice::Dice;
use super::style::Style;
use super::words::{self, Line, Section};

/// What plays a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    Melody,
    Chord,
    Bass,
    Kick,
    Brush,
}

/// A sound that can be made once and used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tone {
    pub part: Part,
    /// MIDI number: 60 is middle C. Drums ignore it.
    pub pitch: u8,
    /// Length in steps.
    pub steps: u8,
}

/// A tone at its place. A step is an eighth note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    pub step: usize,
    pub tone: Tone,
    /// Loudness, where 1 is full scale.
    pub level: f32,
    /// From -1, left, to 1, right.
    pub pan: f32,
}

/// A chord and how much of the band plays it: what makes one bar of accompaniment differ from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bar {
    /// Scale degree of the root, 0 for the tonic.
    pub degree: u8,
    pub full: bool,
}

/// A song on paper.
#[derive(Clone, Debug)]
pub struct Score {
    pub steps_per_bar: usize,
    pub bars: Vec<Bar>,
    pub melody: Vec<Stroke>,
    /// Whether the accompaniment is left out.
    unaccompanied: bool,
    scale: Scale,
}

/// How long a song is to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Length {
    /// As long as the words need, at most so many seconds.
    Words { at_most: f32 },
    /// Exactly so many seconds.
    Seconds(f32),
}

/// Chord progressions as scale degrees; each is four bars. They sound right in major and in minor.
const PROGRESSIONS: [[u8; 4]; 6] = [[0, 4, 5, 3], [0, 5, 3, 4], [0, 3, 0, 4], [5, 3, 0, 4], [0, 2, 3, 4], [0, 3, 5, 4]];

#[derive(Clone, Copy, Debug)]
struct Scale {
    key: u8,
    minor: bool,
}

impl Scale {
    /// The pitch of a degree counted from the tonic in the octave that begins at `base`.
    fn pitch(self, base: u8, degree: i32) -> u8 {
        const MAJOR: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];
        const MINOR: [i32; 7] = [0, 2, 3, 5, 7, 8, 10];
        let steps = if self.minor { MINOR } else { MAJOR };
        let within = steps[degree.rem_euclid(7) as usize];
        (i32::from(base) + i32::from(self.key) + within + 12 * degree.div_euclid(7)).clamp(24, 96) as u8
    }
}

impl Score {
    /// Writes a song.
    pub fn compose(style: &Style, lyrics: &str, length: Length, dice: &mut Dice) -> Self {
        let verse = dice.pick(&PROGRESSIONS).unwrap_or(PROGRESSIONS[0]);
        let chorus = dice.pick(&PROGRESSIONS).unwrap_or(PROGRESSIONS[1]);
        let mut score = Self {
            steps_per_bar: style.beats * 2,
            bars: Vec::new(),
            melody: Vec::new(),
            unaccompanied: false,
            scale: Scale { key: style.key, minor: style.minor },
        };
        let bar_seconds = 60.0 / style.tempo * style.beats as f32;
        let sections = Some(words::sections(lyrics)).filter(|found| !found.is_empty()).unwrap_or_else(hummed);
        let wanted = match length {
            Length::Seconds(seconds) => seconds,
            Length::Words { .. } => 0.0,
        };
        score.rest(verse, 2, false);
        loop {
            for section in &sections {
                let progression = if section.full { chorus } else { verse };
                score.sing(section, progression, dice);
            }
            score.rest(verse, 2, false);
            if score.bars.len() as f32 * bar_seconds >= wanted {
                break;
            }
        }
        score
    }

    /// The part of it that these players play.
    #[must_use]
    pub fn played_by(mut self, players: Players) -> Self {
        match players {
            Players::Everybody => {}
            Players::Voice => {
                self.unaccompanied = true;
                self.begin_with_the_tune();
            }
            Players::Band => self.melody.clear(),
        }
        self
    }

    /// Leaves out what comes before the tune: without a band that is silence.
    fn begin_with_the_tune(&mut self) {
        let before = self.melody.first().map_or(0, |first| first.step / self.steps_per_bar);
        self.bars.drain(..before);
        for stroke in &mut self.melody {
            stroke.step -= before * self.steps_per_bar;
        }
    }

    /// Bars without a tune.
    fn rest(&mut self, chords: [u8; 4], bars: usize, full: bool) {
        self.bars.extend((0..bars).map(|bar| Bar { degree: chords[bar % 4], full }));
    }

    fn sing(&mut self, section: &Section, chords: [u8; 4], dice: &Dice) {
        let first = self.bars.len();
        for line in &section.lines {
            let bars = (line.syllables + 2).div_ceil(self.steps_per_bar).max(1);
            let start = self.bars.len();
            self.bars
                .extend((start..start + bars).map(|bar| Bar { degree: chords[(bar - first) % 4], full: section.full }));
            self.tune(line, start, bars, dice.for_line(&line.text));
        }
        let odd = (self.bars.len() - first) % 2;
        self.rest(chords, 1 + odd, section.full);
    }

    /// The notes of a line: a walk along the scale that comes to rest on the chord at every bar's first beat.
    fn tune(&mut self, line: &Line, first_bar: usize, bars: usize, mut dice: Dice) {
        let room = bars * self.steps_per_bar;
        let pace = ((room - 1) / line.syllables).clamp(1, 3);
        let mut step = first_bar * self.steps_per_bar;
        let mut degree = dice.roll(5) as i32;
        for syllable in 0..line.syllables {
            let chord = i32::from(self.bars[step / self.steps_per_bar].degree);
            degree = (degree + [-2, -1, -1, 1, 1, 2, 0][dice.roll(7)]).clamp(-3, 8);
            if step.is_multiple_of(self.steps_per_bar) {
                degree = nearest_chord_tone(degree, chord);
            }
            let last = syllable + 1 == line.syllables;
            let steps = if last { pace + 1 } else { pace };
            let tone = Tone { part: Part::Melody, pitch: self.scale.pitch(60, degree), steps: steps as u8 };
            self.melody.push(Stroke { step, tone, level: 0.20, pan: 0.0 });
            step += pace;
        }
    }

    /// The accompaniment of a bar.
    pub fn accompaniment(&self, bar: Bar) -> Vec<Stroke> {
        let mut strokes = Vec::new();
        if self.unaccompanied {
            return strokes;
        }
        let root = i32::from(bar.degree);
        let mut add = |step, part, pitch, steps: usize, level, pan| {
            strokes.push(Stroke { step, tone: Tone { part, pitch, steps: steps as u8 }, level, pan });
        };
        let waltz = self.steps_per_bar == 6;
        add(0, Part::Bass, self.scale.pitch(36, root), if waltz { 5 } else { 3 }, 0.19, 0.0);
        if !waltz {
            add(4, Part::Bass, self.scale.pitch(36, root + if bar.full { 4 } else { 0 }), 3, 0.15, 0.0);
        }
        let strums: &[(usize, usize)] = match (waltz, bar.full) {
            (true, _) => &[(2, 2), (4, 2)],
            (false, false) => &[(0, 8)],
            (false, true) => &[(0, 3), (3, 3), (6, 2)],
        };
        for (step, steps) in strums {
            for (third, pan) in [(0, -0.6), (2, 0.0), (4, 0.6)] {
                add(*step, Part::Chord, self.scale.pitch(48, root + third), *steps, 0.055, pan);
            }
        }
        if bar.full {
            add(0, Part::Kick, 0, 1, 0.22, 0.0);
            for beat in (2..self.steps_per_bar).step_by(if waltz { 2 } else { 4 }) {
                add(beat, Part::Brush, 0, 1, 0.07, 0.2);
            }
        }
        strokes
    }
}

/// The tone of a chord (root, third, fifth in any octave) that is nearest to a degree.
fn nearest_chord_tone(degree: i32, root: i32) -> i32 {
    (degree - 3..=degree + 3)
        .filter(|candidate| [0, 2, 4].contains(&(candidate - root).rem_euclid(7)))
        .min_by_key(|candidate| (candidate - degree).abs())
        .unwrap_or(degree)
}

/// What is played where there are no words: two verses, a chorus, each with a tune of its own.
fn hummed() -> Vec<Section> {
    let line = |text: &str, syllables| Line { text: text.to_owned(), syllables };
    let verse = |name: &str| Section {
        full: false,
        lines: vec![line(name, 7), line("answer", 6), line(name, 7), line("close", 4)],
    };
    let chorus =
        Section { full: true, lines: vec![line("lift", 5), line("turn", 7), line("lift", 5), line("home", 4)] };
    vec![verse("first"), chorus.clone(), verse("second"), chorus]
}
