//! Recordings that nobody here made: those of Debian packages.

use std::fs;
use std::path::{Path, PathBuf};

use refrain::audio::glance::glance;
use refrain::domain::recording::Rules;
use refrain::engine::recordings::{Recordings, Wanted};

use crate::found::folder;
use crate::sounds::hear;

/// The end of a path, milliseconds, channels and sample rate as `soxi` has them.
const KNOWN: [(&str, u64, u16, u32); 8] = [
    ("scratch/Media/Sounds/Human/Laugh-female.wav", 1_229, 1, 11_025),
    ("scratch/Media/Sounds/Human/Scream-male2.mp3", 1_131, 1, 22_050),
    ("scratch/Media/Sounds/Vocals/Doy-doy-doy.mp3", 1_635, 1, 44_100),
    ("examples/data/house_lo.mp3", 7_269, 1, 11_025),
    ("examples/data/house_lo.ogg", 7_105, 1, 11_025),
    ("sonic-pi/samples/glitch_robot1.flac", 1_023, 2, 44_100),
    ("sonic-pi/buffers/rand-stream.wav", 10_000, 1, 44_100),
    ("sounds/alsa/Rear_Left.wav", 1_313, 1, 48_000),
];

fn recordings(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            found.extend(recordings(&path));
        } else if matches!(extension, Some("wav" | "mp3" | "flac" | "ogg")) {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_recording_of_the_packages_is_whole_and_as_long_as_a_glance_says() {
    let Some(folder) = folder() else { return };
    let all = recordings(&folder);
    assert!(all.len() >= 200, "only {} recordings below {}", all.len(), folder.display());
    for path in all {
        let shown = path.display();
        let heard = hear(&fs::read(&path).unwrap()).unwrap_or_else(|error| panic!("{shown} {error}"));
        let glanced = glance(&path).unwrap().length.unwrap_or_else(|| panic!("{shown}: no length at a glance"));
        assert!(glanced.0.abs_diff(heard.whole.0) <= 60, "{shown}: {glanced:?} and {:?}", heard.whole);
    }
}

#[test]
fn some_recordings_are_as_long_as_another_program_says_and_stay_so_when_they_are_frozen() {
    let Some(folder) = folder() else { return };
    let all = recordings(&folder);
    let data = tempfile::tempdir().unwrap();
    let frozen = Recordings::at(data.path());
    let wanted = Wanted { rules: &Rules::UPLOAD, part: None, force: true };
    for (name, ms, channels, rate) in KNOWN {
        let path = all.iter().find(|path| path.ends_with(name)).unwrap_or_else(|| panic!("no {name}"));
        let heard = hear(&fs::read(path).unwrap()).unwrap();
        assert!(heard.whole.0.abs_diff(ms) <= 60, "{name}: {:?}", heard.whole);
        assert_eq!((heard.outline.channels, heard.outline.rate), (channels, rate), "{name}");
        let made = frozen.freeze(path, &wanted, &|| true).unwrap();
        let again = hear(&fs::read(frozen.path(&made.name)).unwrap()).unwrap();
        assert_eq!((again.whole, made.duration_ms), (heard.whole, heard.whole.0), "{name}");
    }
}
