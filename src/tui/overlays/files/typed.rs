//! What the one line of the list of files means: letters that narrow it, a path, an address, an id.

use std::path::{Component, Path, PathBuf};

use crate::domain::address;
use crate::domain::ids::IdOf;

/// What the line means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A folder, and what its rows are narrowed by.
    Within { folder: PathBuf, rest: String },
    /// A recording on the web.
    Address(String),
    /// A path as another system writes it.
    Elsewhere(String),
}

/// Ids of the service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    pub voice: Option<String>,
    pub instrumental: Option<String>,
}

impl Typed {
    /// Reads the line, in a folder and with a home.
    #[must_use]
    pub fn read(line: &str, here: &Path, home: Option<&Path>) -> Self {
        let line = bare(line);
        if address::is_meant(&line) {
            return Self::Address(line);
        }
        if is_of_another_system(&line) {
            return Self::Elsewhere(line);
        }
        let line = match (line.strip_prefix('~'), home) {
            (Some(""), Some(home)) => format!("{}/", home.display()),
            (Some(rest), Some(home)) if rest.starts_with('/') => format!("{}{rest}", home.display()),
            _ => line,
        };
        let (folder, rest) = match line.rsplit_once('/') {
            _ if line == ".." => (line.as_str(), ""),
            Some((_, "..")) => (line.as_str(), ""),
            Some(("", rest)) => ("/", rest),
            Some((folder, rest)) => (folder, rest),
            None => ("", line.as_str()),
        };
        Self::Within { folder: without_dots(&here.join(folder)), rest: rest.to_owned() }
    }
}

impl Ids {
    /// The ids in the line, if it holds nothing else.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let mut ids = Self::default();
        for word in line.split_whitespace() {
            let place = match IdOf::seen_in(word).filter(|_| word.chars().all(is_of_an_id))? {
                IdOf::Voice => &mut ids.voice,
                IdOf::Instrumental => &mut ids.instrumental,
            };
            *place = Some(word.to_owned());
        }
        (ids != Self::default()).then_some(ids)
    }

    /// A name for them, until a person gives one.
    #[must_use]
    pub fn name(&self) -> String {
        let first = self.voice.as_ref().or(self.instrumental.as_ref());
        first.map(|id| id.chars().take(24).collect()).unwrap_or_default()
    }
}

/// Whether a character may be in an id; names of files have others, too.
fn is_of_an_id(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// Whether a text that was pasted is a path or an address, and no letters to narrow the list by.
#[must_use]
pub fn is_whole(text: &str) -> bool {
    let text = bare(text);
    let begins = ["/", "~", "../", "./"].iter().any(|sign| text.starts_with(sign));
    begins || address::is_meant(&text) || is_of_another_system(&text) || Ids::read(&text).is_some()
}

fn is_of_another_system(line: &str) -> bool {
    let drive = line
        .as_bytes()
        .get(..3)
        .is_some_and(|head| head[0].is_ascii_alphabetic() && head[1] == b':' && (head[2] == b'\\' || head[2] == b'/'));
    drive || line.starts_with("\\\\")
}

/// The line as file managers and terminals write a path, made bare: without quotes, `file://`, and the
/// backslashes of a shell.
fn bare(line: &str) -> String {
    let line = line.trim();
    let quoted = |quote: char| line.strip_prefix(quote).map(|rest| rest.strip_suffix(quote).unwrap_or(rest));
    if let Some(inner) = quoted('\'') {
        return inner.replace(r"'\''", "'");
    }
    if let Some(inner) = quoted('"') {
        return inner.to_owned();
    }
    if let Some(path) = line.strip_prefix("file://") {
        // What stands before the path is a host: this one, as a file manager means it.
        let path = path.find('/').map_or(path, |start| &path[start..]);
        return decoded(path);
    }
    if is_of_another_system(line) { line.to_owned() } else { unescaped(line) }
}

/// A text in which `%20` is a space again.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let code = behind.get(..2).filter(|_| first == b'%').and_then(|pair| std::str::from_utf8(pair).ok());
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            bytes.push(byte);
            rest = &behind[2..];
        } else {
            bytes.push(first);
            rest = behind;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A text in which `\ ` is a space again.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        out.push(if c == '\\' { characters.next().unwrap_or(c) } else { c });
    }
    out
}

/// The path without `.` and `..`, as a shell goes.
fn without_dots(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(line: &str) -> (String, String) {
        match Typed::read(line, Path::new("/music/inbox"), Some(Path::new("/home/mara"))) {
            Typed::Within { folder, rest } => (folder.display().to_string(), rest),
            other => panic!("{line} is {other:?}"),
        }
    }

    #[test]
    fn letters_narrow_the_folder_and_a_path_leads_into_another() {
        let table = [
            ("dry", "/music/inbox", "dry"),
            ("", "/music/inbox", ""),
            ("old/ma", "/music/inbox/old", "ma"),
            ("/srv/x/ma", "/srv/x", "ma"),
            ("/", "/", ""),
            ("/srv", "/", "srv"),
            ("..", "/music", ""),
            ("../", "/music", ""),
            ("../../srv/a.wav", "/srv", "a.wav"),
            ("./a", "/music/inbox", "a"),
            ("~", "/home/mara", ""),
            ("~/Desktop/x.wav", "/home/mara/Desktop", "x.wav"),
            ("~bob/x", "/music/inbox/~bob", "x"),
        ];
        for (line, folder, rest) in table {
            assert_eq!(within(line), (folder.to_owned(), rest.to_owned()), "{line}");
        }
    }

    #[test]
    fn a_path_from_a_file_manager_or_a_terminal_is_understood() {
        let table = [
            ("'/srv/my song.wav'", "my song.wav"),
            ("'/srv/my song.wav' ", "my song.wav"),
            (r"'/srv/it'\''s.wav'", "it's.wav"),
            ("\"/srv/my song.wav\"", "my song.wav"),
            (r"/srv/my\ song\ \(1\).wav ", "my song (1).wav"),
            ("file:///srv/my%20song%C3%A9.wav", "my songé.wav"),
            ("file://studio/srv/100%.wav", "100%.wav"),
        ];
        for (line, rest) in table {
            assert_eq!(within(line), ("/srv".to_owned(), rest.to_owned()), "{line}");
            assert!(is_whole(line), "{line}");
        }
        assert!(!is_whole("dry") && !is_whole("my song"));
    }

    #[test]
    fn addresses_paths_of_other_systems_and_ids_are_told_apart() {
        let read = |line: &str| Typed::read(line, Path::new("/"), None);
        assert_eq!(read(" https://a.example/x.mp3 "), Typed::Address("https://a.example/x.mp3".to_owned()));
        for path in [r"C:\Users\ann\x.wav", "d:/x.wav", r"\\server\x.wav"] {
            assert_eq!(read(path), Typed::Elsewhere(path.to_owned()));
        }
        let ids = |voice: Option<&str>, instrumental: Option<&str>| {
            Some(Ids { voice: voice.map(str::to_owned), instrumental: instrumental.map(str::to_owned) })
        };
        assert_eq!(Ids::read("vocal-2025-6X"), ids(Some("vocal-2025-6X"), None));
        assert_eq!(Ids::read(" instrumental-9 vocal-1 "), ids(Some("vocal-1"), Some("instrumental-9")));
        for no in ["", "vocal-", "vocal-take.wav", "vocal-1 x", "dry"] {
            assert_eq!(Ids::read(no), None, "{no}");
        }
    }
}
