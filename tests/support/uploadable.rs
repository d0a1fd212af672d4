//! Recordings to upload, and whether what was made with them plays.
//!
//! They are those of Debian packages, which nobody here made, where `REFRAIN_RECORDINGS` names their folder: a singer
//! whose few seconds are repeated as WAV, a band as MP3 and drums as FLAC. Elsewhere tones stand for them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use refrain::audio::decode::Block;
use refrain::audio::listen::{Heard, Listening, Sink};

use serde_json::Value;

use super::{found, sounds};

/// No song is longer, as they are all decoded here.
pub const SHORT_SONGS: &str = "[songs]\nat_most = 3.0\n";

/// A recording on the web, which nobody fetches.
pub const ADDRESS: &str = "https://recordings.example/harbour.mp3";

const SINGER: &str = "Vocals/Oooo-badada.mp3";
const BAND: &str = "Music Loops/Medieval2.mp3";
const DRUMS: &str = "samples/loop_tabla.flac";

/// What is uploaded, each a file with another sound.
pub struct Found {
    pub song: PathBuf,
    pub voice: PathBuf,
    pub instrumental: PathBuf,
}

/// Puts the files into a folder: `demo`, `mara` and `band`, with the ending of what they are.
pub fn place(folder: &Path) -> Found {
    fs::create_dir_all(folder).unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let file = folder.join(name);
        fs::write(&file, bytes).unwrap();
        file
    };
    let Some(packages) = found::folder() else {
        return Found {
            song: put("demo.wav", &sounds::wav(11.0)),
            voice: put("mara.wav", &sounds::wav(12.0)),
            instrumental: put("band.wav", &sounds::wav(13.0)),
        };
    };
    let bytes = |end: &str| fs::read(below(&packages, end).unwrap_or_else(|| panic!("no `{end}`"))).unwrap();
    Found {
        song: put("demo.flac", &bytes(DRUMS)),
        voice: put("mara.wav", &twice(&below(&packages, SINGER).unwrap())),
        instrumental: put("band.mp3", &bytes(BAND)),
    }
}

fn below(folder: &Path, end: &str) -> Option<PathBuf> {
    let mut paths = fs::read_dir(folder).ok()?.map(|entry| entry.unwrap().path());
    paths.find_map(|path| if path.is_dir() { below(&path, end) } else { path.ends_with(end).then_some(path) })
}

/// Samples of one channel, and how many make a second.
#[derive(Default)]
struct Samples {
    bytes: Vec<u8>,
    rate: u32,
}

impl Sink for Samples {
    fn take(&mut self, block: Block<'_>) -> io::Result<()> {
        self.rate = block.rate;
        let samples = block.samples.iter().step_by(block.channels);
        self.bytes.extend(samples.flat_map(|sample| ((sample * f32::from(i16::MAX)) as i16).to_le_bytes()));
        Ok(())
    }
}

/// A recording, twice in a row as WAV.
fn twice(file: &Path) -> Vec<u8> {
    let mut samples = Samples::default();
    Listening::begin(File::open(file).unwrap()).unwrap().to_end(None, &mut samples, &|| true).unwrap();
    sounds::in_wav(samples.rate, &samples.bytes.repeat(2))
}

/// Hears a file to its end, in which there must be something to hear.
#[track_caller]
pub fn plays(file: &Path) -> Heard {
    let shown = file.display();
    let listening = Listening::begin(File::open(file).unwrap()).unwrap_or_else(|error| panic!("{shown} {error}"));
    let heard = listening.to_end(None, &mut (), &|| true).unwrap_or_else(|error| panic!("{shown} {error}"));
    assert!(heard.whole.0 >= 1_000 && heard.peak > -40.0, "{shown}: {heard:?}");
    heard
}

/// The references of an order in the service's book: voice, instrumental, and address or what was in place of one.
pub fn referring(line: &Value) -> [&Value; 3] {
    ["refer_voice", "refer_instrumental", "reference_audio_url"].map(|key| &line["request"][key])
}

/// Whether an order had a file with it, of which the book keeps a hash.
pub fn had_a_file(line: &Value) -> bool {
    line["request"]["reference_audio_url"].as_str().is_some_and(|sent| sent.starts_with("sha256:"))
}
