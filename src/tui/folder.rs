//! A folder as the list of files shows it: folders first, then what is called like a sound, then the rest.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::audio::opened::oddity;

/// How names of sound files end. The bytes decide what a file is once it is chosen.
const SOUNDS: [&str; 11] = ["mp3", "wav", "flac", "ogg", "oga", "opus", "m4a", "aac", "mp4", "aif", "aiff"];

/// What an entry is, in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    Folder,
    /// Called like a sound.
    Sound,
    /// Any other file.
    Other,
}

/// A file or a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: EntryKind,
    /// Its name, as far as it can be shown.
    pub name: String,
    /// The same in lower case, to be found by.
    pub key: String,
    /// Where it is, to the byte.
    pub path: PathBuf,
    /// The length of a file.
    pub bytes: u64,
}

/// What was in a folder when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    pub path: PathBuf,
    pub entries: Vec<Entry>,
    /// What is neither a file nor a folder, by name, and what it is: no row, and said where it is asked for.
    pub oddities: BTreeMap<String, String>,
}

/// Why a folder is not listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unlisted {
    /// There is none of that name.
    Absent,
    /// A sentence for a person.
    Unreadable(String),
}

impl Folder {
    /// Reads a folder; with `make`, one that is not there is made first. What cannot be looked at within it is
    /// left out: it went meanwhile, or is nobody's business.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub fn read(path: &Path, make: bool) -> Result<Self, Unlisted> {
        if make {
            fs::create_dir_all(path).map_err(|error| why_not(path, &error))?;
        }
        let listed = fs::read_dir(path).map_err(|error| why_not(path, &error))?;
        let (mut entries, mut oddities) = (Vec::new(), BTreeMap::new());
        for path in listed.flatten().map(|entry| entry.path()) {
            match Entry::at(path.clone()) {
                Some(entry) => entries.push(entry),
                None => oddities.extend(oddity(&path).map(|odd| (name_of(&path), odd))),
            }
        }
        entries.sort_by(|a, b| (a.kind, &a.key, &a.name).cmp(&(b.kind, &b.key, &b.name)));
        Ok(Self { path: path.to_owned(), entries, oddities })
    }
}

impl Entry {
    /// What is there, links being followed; nothing where that is neither a file nor a folder.
    fn at(path: PathBuf) -> Option<Self> {
        let about = fs::metadata(&path).ok()?;
        let name = name_of(&path);
        let kind = match () {
            () if about.is_dir() => EntryKind::Folder,
            () if !about.is_file() => return None,
            () if is_called_like_a_sound(&path) => EntryKind::Sound,
            () => EntryKind::Other,
        };
        Some(Self { kind, key: name.to_lowercase(), name, path, bytes: about.len() })
    }

    /// How near its name is to what was typed, in lower case: the name itself, with or without its ending, comes
    /// before those that begin so, and these before those that contain it.
    #[must_use]
    pub fn nearness(&self, needle: &str) -> u8 {
        match self.key.strip_prefix(needle) {
            Some(rest) if !needle.is_empty() && self.is_ending(rest) => 0,
            Some(_) => 1,
            None => 2,
        }
    }

    fn is_ending(&self, rest: &str) -> bool {
        rest.is_empty() || (self.kind != EntryKind::Folder && rest.rfind('.') == Some(0))
    }

    /// Whether it is shown only to whoever types a dot.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.name.starts_with('.')
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_called_like_a_sound(path: &Path) -> bool {
    let ends = |end: &str| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(end));
    SOUNDS.into_iter().any(ends)
}

fn why_not(path: &Path, error: &io::Error) -> Unlisted {
    let odd = oddity(path).filter(|_| error.kind() == io::ErrorKind::NotFound);
    let path = path.display();
    if let Some(odd) = odd {
        return Unlisted::Unreadable(format!("`{path}` {odd}"));
    }
    match error.kind() {
        io::ErrorKind::NotFound => Unlisted::Absent,
        io::ErrorKind::PermissionDenied => Unlisted::Unreadable(format!("you may not read the folder `{path}`")),
        io::ErrorKind::NotADirectory => Unlisted::Unreadable(format!("`{path}` is no folder")),
        _ => Unlisted::Unreadable(format!("the folder `{path}` cannot be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_come_first_then_sounds_then_the_rest_whatever_the_case() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.WAV", "a.txt", "A.mp3", ".hidden.mp3"] {
            fs::write(folder.path().join(name), "12345").unwrap();
        }
        fs::create_dir(folder.path().join("zoo")).unwrap();
        let read = Folder::read(folder.path(), false).unwrap();
        let names: Vec<(&str, EntryKind)> =
            read.entries.iter().map(|entry| (entry.name.as_str(), entry.kind)).collect();
        let (sound, other) = (EntryKind::Sound, EntryKind::Other);
        let wanted =
            [("zoo", EntryKind::Folder), (".hidden.mp3", sound), ("A.mp3", sound), ("b.WAV", sound), ("a.txt", other)];
        assert_eq!(names, wanted);
        assert_eq!(read.entries[2].bytes, 5);
    }

    #[test]
    fn a_folder_that_is_not_there_is_made_where_it_should_be_and_else_is_absent() {
        let folder = tempfile::tempdir().unwrap();
        let inbox = folder.path().join("music/inbox");
        assert_eq!(Folder::read(&inbox, false), Err(Unlisted::Absent));
        assert_eq!(Folder::read(&inbox, true).unwrap().entries, []);
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let Err(Unlisted::Unreadable(why)) = Folder::read(&file, false) else { panic!("it was read") };
        assert!(why.ends_with("is no folder"), "{why}");
    }
    #[test]
    fn what_is_neither_a_file_nor_a_folder_is_no_row_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.wav");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
        let link = folder.path().join("link.wav");
        std::os::unix::fs::symlink("gone.wav", &link).unwrap();
        let read = Folder::read(folder.path(), false).unwrap();
        assert_eq!(read.entries, []);
        let odd: Vec<(&str, &str)> = read.oddities.iter().map(|(name, odd)| (&**name, &**odd)).collect();
        let wanted = [
            ("link.wav", "is a link to `gone.wav`, which is not there"),
            ("pipe.wav", "is a named pipe, not a recording"),
        ];
        assert_eq!(odd, wanted);
        let Err(Unlisted::Unreadable(why)) = Folder::read(&link, false) else { panic!("it was read") };
        assert!(why.ends_with("link.wav` is a link to `gone.wav`, which is not there"), "{why}");
    }
}
