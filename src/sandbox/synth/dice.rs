//! Chance that is the same every time: a song's seed decides it.

use sha2::{Digest, Sha256};

/// A stream of choices from a seed. The generator is `SplitMix64`, which needs no state but one number and
/// is far more even than music needs.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same way for the same words.
    pub fn from_words(words: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for word in words {
            hash.update((word.len() as u64).to_le_bytes());
            hash.update(word.as_bytes());
        }
        let digest = hash.finalize();
        Self(digest.iter().take(8).fold(0, |seed, byte| (seed << 8) | u64::from(*byte)))
    }

    /// Other dice for one line of the song, the same for the same line.
    pub fn for_line(&self, line: &str) -> Self {
        Self::from_words(&[&self.0.to_string(), line])
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to but not including `sides`, which must not be 0.
    pub fn roll(&mut self, sides: usize) -> usize {
        ((u128::from(self.next()) * sides as u128) >> 64) as usize
    }

    /// One of these, or nothing when there are none.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        from.get(self.roll(from.len().max(1))).copied()
    }

    /// A number from -1 to 1: noise.
    pub fn swing(&mut self) -> f32 {
        (self.next() >> 40) as f32 / 8_388_608.0 - 1.0
    }
}
