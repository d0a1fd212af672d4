//! Sounds: the files beside this one, and WAV files made to order.

use std::fs::{self, File};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use refrain::audio::listen::{Heard, Listening};
use refrain::audio::unheard::Unheard;

/// Where the files are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/files")
}

/// One of the files.
pub fn bytes(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap()
}

/// An open file of these bytes.
pub fn open(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

/// Listens to the end of a file of these bytes.
pub fn hear(bytes: &[u8]) -> Result<Heard, Unheard> {
    Listening::begin(open(bytes))?.to_end(None, &mut (), &|| true)
}

/// A WAV file to be made.
#[derive(Clone, Copy)]
pub struct Wav {
    pub code: u16,
    pub rate: u32,
    pub channels: u16,
    pub bits: u16,
    pub seconds: f64,
    pub loud: f64,
}

/// One second of a quiet tone.
pub const PLAIN: Wav = Wav { code: 1, rate: 8_000, channels: 1, bits: 16, seconds: 1.0, loud: 0.5 };

impl Wav {
    /// The samples of a tone, each channel a little higher than the one before.
    pub fn samples(&self) -> Vec<f64> {
        let count = (f64::from(self.rate) * self.seconds).round() as u32;
        let at = |n: u32, channel: u16| {
            let turns = f64::from(n) * 220.0 * (1.0 + 0.5 * f64::from(channel)) / f64::from(self.rate);
            self.loud * (turns * std::f64::consts::TAU).sin()
        };
        (0..count).flat_map(|n| (0..self.channels).map(move |channel| at(n, channel))).collect()
    }

    fn content(&self) -> Vec<u8> {
        let of = |sample: f64| match (self.code, self.bits) {
            (3, 32) => (sample as f32).to_le_bytes().to_vec(),
            (3, _) => sample.to_le_bytes().to_vec(),
            (_, 8) => vec![(sample * 127.0 + 128.0) as u8],
            (_, 16) => ((sample * 32_767.0) as i16).to_le_bytes().to_vec(),
            (_, 24) => ((sample * 8_388_607.0) as i32).to_le_bytes()[..3].to_vec(),
            _ => ((sample * 2_147_483_647.0) as i32).to_le_bytes().to_vec(),
        };
        self.samples().into_iter().flat_map(of).collect()
    }

    fn layout(&self) -> Vec<u8> {
        let block = self.channels * self.bits / 8;
        let mut layout = self.code.to_le_bytes().to_vec();
        layout.extend(self.channels.to_le_bytes());
        layout.extend(self.rate.to_le_bytes());
        layout.extend((self.rate * u32::from(block)).to_le_bytes());
        layout.extend(block.to_le_bytes());
        layout.extend(self.bits.to_le_bytes());
        if self.code == 0xFFFE {
            layout.extend(22_u16.to_le_bytes());
            layout.extend(self.bits.to_le_bytes());
            layout.extend(if self.channels == 1 { 4_u32 } else { (1 << self.channels) - 1 }.to_le_bytes());
            layout.extend(b"\x01\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71");
        }
        layout
    }

    /// The file, whole, with other chunks before and behind the sound.
    pub fn bytes(&self) -> Vec<u8> {
        let content = self.content();
        self.with_sizes(None, content.len() as u32, &content)
    }

    /// The file as a program writes it that does not know the size.
    pub fn with_sizes(&self, riff: Option<u32>, data: u32, content: &[u8]) -> Vec<u8> {
        let mut rest = b"WAVE".to_vec();
        for (name, body) in [(b"fmt ", self.layout().as_slice()), (b"odd ", b"abc")] {
            rest.extend(name);
            rest.extend((body.len() as u32).to_le_bytes());
            rest.extend(body);
            rest.extend(&[0][..body.len() % 2]);
        }
        rest.extend(b"data");
        rest.extend(data.to_le_bytes());
        rest.extend(content);
        let mut bytes = b"RIFF".to_vec();
        bytes.extend(riff.unwrap_or(rest.len() as u32).to_le_bytes());
        bytes.extend(rest);
        bytes
    }

    /// The file of a program that could not go back to write how long it became.
    pub fn streamed(&self, riff: u32, data: u32) -> Vec<u8> {
        self.with_sizes(Some(riff), data, &self.content())
    }
}
