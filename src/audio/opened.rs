//! Opening a file that a person named: never anything but a file, and without waiting for anybody.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

use super::unheard::Unheard::{self, DeadLink};

/// Opens a file to read it. A pipe would wait for its other end, and a device may do things when it is opened:
/// they are looked at before, and again behind, as a name may change hands.
///
/// # Errors
/// When it is something else than a file, or may not be read.
pub fn open(path: &Path) -> Result<File, Unheard> {
    expect_file_at(path)?;
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    expect_file(file.metadata()?.file_type())?;
    Ok(file)
}

/// Why what is at a path is no recording, as far as that is seen without opening it: `is a named pipe, not a
/// recording`. Nothing where a file is there, or nothing at all.
#[must_use]
pub fn oddity(path: &Path) -> Option<String> {
    match expect_file_at(path) {
        Ok(()) | Err(Unheard::Unreadable(_)) => None,
        Err(odd) => Some(odd.to_string()),
    }
}

fn expect_file_at(path: &Path) -> Result<(), Unheard> {
    match fs::metadata(path) {
        Ok(about) => expect_file(about.file_type()),
        // That name is there, so what it leads to is missing.
        Err(error) if error.kind() == ErrorKind::NotFound => Err(fs::read_link(path).map_or(error.into(), DeadLink)),
        Err(error) => Err(error.into()),
    }
}

fn expect_file(kind: FileType) -> Result<(), Unheard> {
    if kind.is_file() {
        return Ok(());
    }
    let kinds = [
        (kind.is_dir(), "a folder"),
        (kind.is_fifo(), "a named pipe"),
        (kind.is_socket(), "a socket"),
        (kind.is_char_device() || kind.is_block_device(), "a device"),
    ];
    let found = kinds.iter().find(|(is, _)| *is).map_or("something else", |(_, name)| name);
    Err(Unheard::NotAFile(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_is_opened_and_everything_else_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
        let socket = folder.path().join("socket");
        let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("/gone/away.wav", &link).unwrap();
        let table = [
            (folder.path(), "is a folder, not a recording"),
            (&pipe, "is a named pipe, not a recording"),
            (&socket, "is a socket, not a recording"),
            (Path::new("/dev/null"), "is a device, not a recording"),
            (&link, "is a link to `/gone/away.wav`, which is not there"),
            (&folder.path().join("gone"), "cannot be read: it is not there"),
        ];
        for (path, sentence) in table {
            assert_eq!(open(path).unwrap_err().to_string(), sentence);
            let is_there = !path.ends_with("gone");
            assert_eq!(oddity(path), is_there.then(|| sentence.to_owned()));
        }
        let file = folder.path().join("a.wav");
        fs::write(&file, "").unwrap();
        assert!(open(&file).is_ok() && oddity(&file).is_none());
    }
}
