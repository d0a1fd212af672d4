//! Plays a score: grain after grain of both channels.

use std::collections::HashMap;

use super::score::{Bar, Score, Tone};
use super::tape::{GRAIN, Tape, Track, mix};
use super::voices::Voices;

/// Seconds in which a song fades at its end.
const FADE: f32 = 2.0;

/// A band that has rehearsed a score: every tone and every bar of accompaniment is on tape once.
pub struct Band {
    tape: Tape,
    tones: HashMap<Tone, Track>,
    bars: HashMap<Bar, [Track; 2]>,
    /// What begins when, in order.
    cues: Vec<Cue>,
    /// Grains until the end.
    grains: usize,
    fade_grains: usize,
}

struct Cue {
    grain: usize,
    sound: Sound,
}

#[derive(Clone, Copy)]
enum Sound {
    Bar(Bar),
    Tone(Tone, f32),
}

/// Both channels of a grain.
pub struct Stereo {
    pub left: Vec<f32>,
    pub right: Vec<f32>,
}

/// Grains in a step.
pub fn grains_per_step(tempo: f32, rate: u32) -> f32 {
    30.0 / tempo * rate as f32 / GRAIN as f32
}

/// The grain in which a step begins: every tone begins with one.
pub fn grain_at(step: usize, grains_per_step: f32) -> usize {
    (step as f32 * grains_per_step).round() as usize
}

impl Band {
    /// Rehearses. `grains` is where the song ends, `step` the number of grains in a step.
    pub fn rehearse(score: &Score, voices: &Voices, tape: Tape, rate: u32, step: f32, grains: usize) -> Self {
        let mut band = Self {
            tape,
            tones: HashMap::new(),
            bars: HashMap::new(),
            cues: Vec::new(),
            grains,
            fade_grains: ((FADE * rate as f32) as usize / GRAIN).min(grains / 4).max(1),
        };
        for (number, bar) in score.bars.iter().enumerate() {
            let grain = grain_at(number * score.steps_per_bar, step);
            if grain < grains {
                band.learn_bar(score, *bar, voices, step);
                band.cues.push(Cue { grain, sound: Sound::Bar(*bar) });
            }
        }
        for stroke in &score.melody {
            let grain = grain_at(stroke.step, step);
            if grain < grains {
                band.learn_tone(stroke.tone, voices);
                band.cues.push(Cue { grain, sound: Sound::Tone(stroke.tone, stroke.level) });
            }
        }
        band.cues.sort_by_key(|cue| cue.grain);
        band
    }

    fn learn_tone(&mut self, tone: Tone, voices: &Voices) {
        let tape = &self.tape;
        self.tones.entry(tone).or_insert_with(|| tape.record(&voices.play(tone)));
    }

    fn learn_bar(&mut self, score: &Score, bar: Bar, voices: &Voices, step: f32) {
        if self.bars.contains_key(&bar) {
            return;
        }
        let width = self.tape.width();
        let mut channels = [Track::default(), Track::default()];
        for stroke in score.accompaniment(bar) {
            self.learn_tone(stroke.tone, voices);
            let tone = &self.tones[&stroke.tone];
            for (channel, side) in channels.iter_mut().zip([-1.0, 1.0]) {
                let level = stroke.level * (1.0 + side * stroke.pan);
                channel.add(tone, grain_at(stroke.step, step), width, level);
            }
        }
        self.bars.insert(bar, channels);
    }

    /// Plays from the first grain to the last, as much louder as `gain` says.
    ///
    /// # Errors
    /// What `hear` returns.
    pub fn play<E>(&self, gain: f32, mut hear: impl FnMut(&Stereo) -> Result<(), E>) -> Result<(), E> {
        let width = self.tape.width();
        let mut cues = self.cues.iter().peekable();
        let mut sounding: Vec<&Cue> = Vec::new();
        let mut stereo = Stereo { left: vec![0.0; width], right: vec![0.0; width] };
        for grain in 0..self.grains {
            while let Some(cue) = cues.next_if(|cue| cue.grain <= grain) {
                sounding.push(cue);
            }
            stereo.left.fill(0.0);
            stereo.right.fill(0.0);
            let fade = ((self.grains - grain) as f32 / self.fade_grains as f32).min(1.0);
            sounding.retain(|cue| self.sound(cue, grain - cue.grain, gain * fade, &mut stereo));
            hear(&stereo)?;
        }
        Ok(())
    }

    /// Adds a grain of a sound; says whether there is more of it.
    fn sound(&self, cue: &Cue, grain: usize, fade: f32, stereo: &mut Stereo) -> bool {
        let width = self.tape.width();
        let (left, right, level) = match &cue.sound {
            Sound::Bar(bar) => (&self.bars[bar][0], &self.bars[bar][1], fade),
            Sound::Tone(tone, level) => (&self.tones[tone], &self.tones[tone], level * fade),
        };
        let (Some(left), Some(right)) = (left.grain(grain, width), right.grain(grain, width)) else {
            return false;
        };
        mix(&mut stereo.left, left, level);
        mix(&mut stereo.right, right, level);
        true
    }
}
