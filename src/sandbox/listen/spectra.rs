//! Sound as it passes, seen as one spectrum after the other.
//!
//! Loops count by hand here, and in [`super::ear`]: every sample comes through them, and a build without
//! optimisation, where people try the sandbox first, needs several times as long for iterators.

use std::f32::consts::TAU;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

/// A window that moves along a sound.
pub struct Spectra {
    transform: Arc<dyn RealToComplex<f32>>,
    /// Weights of the samples in the window: none at its edges.
    weights: Vec<f32>,
    /// By how many samples it moves.
    hop: usize,
    /// Samples that the window has not left behind.
    waiting: Vec<f32>,
    windowed: Vec<f32>,
    lines: Vec<Complex<f32>>,
    power: Vec<f32>,
}

impl Spectra {
    pub fn new(size: usize, hop: usize) -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(size);
        let lines = transform.make_output_vec();
        Self {
            weights: (0..size).map(|place| 0.5 - 0.5 * (TAU * place as f32 / size as f32).cos()).collect(),
            hop,
            waiting: Vec::new(),
            windowed: vec![0.0; size],
            power: vec![0.0; lines.len()],
            lines,
            transform,
        }
    }

    /// Takes more of the sound, and shows the power of each line of every spectrum that is complete.
    pub fn push(&mut self, samples: &[f32], mut show: impl FnMut(&[f32])) {
        self.waiting.extend_from_slice(samples);
        let size = self.weights.len();
        let mut start = 0;
        while start + size <= self.waiting.len() {
            self.window(start);
            // It refuses only lengths that are not its own.
            if self.transform.process(&mut self.windowed, &mut self.lines).is_ok() {
                self.measure();
                show(&self.power);
            }
            start += self.hop;
        }
        self.waiting.drain(..start);
    }

    fn window(&mut self, start: usize) {
        let mut place = 0;
        while place < self.weights.len() {
            self.windowed[place] = self.waiting[start + place] * self.weights[place];
            place += 1;
        }
    }

    fn measure(&mut self) {
        let mut place = 0;
        while place < self.lines.len() {
            let line = self.lines[place];
            self.power[place] = line.re * line.re + line.im * line.im;
            place += 1;
        }
    }
}
