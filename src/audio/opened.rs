//! Opening a file that a person named: never anything but a file, and without waiting for anybody.

use std::fs::{self, File, FileType, OpenOptions};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

use super::unheard::Unheard;

/// Opens a file to read it. A pipe would wait for its other end, and a device may do things when it is opened:
/// they are looked at before, and again behind, as a name may change hands.
///
/// # Errors
/// When it is something else than a file, or may not be read.
pub fn open(path: &Path) -> Result<File, Unheard> {
    expect_file(fs::metadata(path)?.file_type())?;
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    expect_file(file.metadata()?.file_type())?;
    Ok(file)
}

fn expect_file(kind: FileType) -> Result<(), Unheard> {
    if kind.is_file() {
        return Ok(());
    }
    let kinds = [
        (kind.is_dir(), "a folder"),
        (kind.is_fifo(), "a pipe"),
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
        let table = [
            (folder.path(), "is a folder, not a recording"),
            (&pipe, "is a pipe, not a recording"),
            (&socket, "is a socket, not a recording"),
            (Path::new("/dev/null"), "is a device, not a recording"),
            (&folder.path().join("gone"), "cannot be read: it is not there"),
        ];
        for (path, sentence) in table {
            assert_eq!(open(path).unwrap_err().to_string(), sentence);
        }
    }
}
