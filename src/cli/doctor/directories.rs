//! The folders: whether they can be written, by whom they can be read, and how much room there is.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::finding::Finding;
use crate::paths::Paths;

/// Below this there is no room for a take, and below that not for many.
const NO_ROOM: u64 = 20 * 1000 * 1000;
const LITTLE_ROOM: u64 = 500 * 1000 * 1000;

/// What a folder is for decides what it must be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// It is only read.
    Reading,
    /// Things are put into it.
    Writing,
    /// What lies in it is nobody else's business.
    Private,
}

/// What a folder is like.
#[derive(Debug)]
struct Look {
    /// The folder, or the nearest one above it that is there.
    nearest: PathBuf,
    is_there: bool,
    writable: io::Result<()>,
    /// Bytes that are free for this user.
    free: Option<u64>,
    mode: u32,
    is_own: bool,
}

/// A row for each folder.
pub fn findings(paths: &Paths) -> Vec<Finding> {
    let config = paths.config.parent().unwrap_or(Path::new("/"));
    let logs = paths.logs();
    let folders = [
        ("config folder", config, Purpose::Reading),
        ("data folder", &paths.data, Purpose::Private),
        ("log folder", &logs, Purpose::Private),
        ("music folder", &paths.music, Purpose::Writing),
    ];
    folders.into_iter().map(|(check, path, purpose)| finding(check, path, purpose, &Look::at(path))).collect()
}

impl Look {
    /// Looks at a folder, and tries to write where that can be tried without leaving anything.
    fn at(path: &Path) -> Self {
        let nearest = path.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/")).to_owned();
        let meta = fs::metadata(&nearest);
        let space = rustix::fs::statvfs(&nearest).ok();
        Self {
            is_there: path.exists(),
            writable: tempfile::tempfile_in(&nearest).map(drop),
            free: space.map(|space| space.f_bavail.saturating_mul(space.f_frsize)),
            mode: meta.as_ref().map_or(0, |meta| meta.mode() & 0o777),
            is_own: meta.is_ok_and(|meta| meta.uid() == rustix::process::geteuid().as_raw()),
            nearest,
        }
    }
}

fn finding(check: &str, path: &Path, purpose: Purpose, look: &Look) -> Finding {
    let shown = format!("`{}`", path.display());
    if let Err(error) = &look.writable {
        let nearest = look.nearest.display();
        let place = if look.is_there { shown.clone() } else { format!("{shown} is not there, and `{nearest}`") };
        let told = format!("{place} cannot be written: {error}");
        return match purpose {
            Purpose::Reading => Finding::ok(check, format!("{shown}, which is only read")),
            _ => Finding::bad(
                check,
                told,
                format!("see `ls -ld {nearest}`, or name another folder with `--data-dir DIR`"),
            ),
        };
    }
    let free = look.free.map_or_else(|| "room unknown".to_owned(), |bytes| format!("{} free", size(bytes)));
    let told = if look.is_there { format!("{shown}, {free}") } else { format!("{shown}, made when needed, {free}") };
    let is_scarce = |least| purpose != Purpose::Reading && look.free.is_some_and(|bytes| bytes < least);
    if is_scarce(NO_ROOM) {
        return Finding::bad(check, told, "make room: a take needs 3 to 50 MB");
    }
    if is_scarce(LITTLE_ROOM) {
        return Finding::look(check, told, "there is room for a few takes only");
    }
    if look.is_there && purpose == Purpose::Private && look.mode & 0o077 != 0 {
        let told = format!("{told}; others may enter it (mode {:o})", look.mode);
        return Finding::look(check, told, format!("`chmod 700 {}`", path.display()));
    }
    if look.is_there && purpose != Purpose::Reading && !look.is_own {
        return Finding::look(check, format!("{told}; it belongs to another user"), "start refrain as its owner");
    }
    Finding::ok(check, told)
}

/// `12.3 GB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "kB")];
    let unit = UNITS.iter().find(|(unit, _)| bytes >= *unit);
    unit.map_or_else(|| format!("{bytes} bytes"), |(unit, name)| format!("{:.1} {name}", bytes as f64 / *unit as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn well() -> Look {
        Look {
            nearest: PathBuf::from("/data"),
            is_there: true,
            writable: Ok(()),
            free: Some(10_000_000_000),
            mode: 0o700,
            is_own: true,
        }
    }

    #[test]
    fn each_trouble_of_a_folder_has_its_state_and_hint() {
        use Purpose::{Private, Reading, Writing};
        let denied = || Err(io::ErrorKind::PermissionDenied.into());
        let table = [
            (Private, well(), "ok", "10.0 GB free"),
            (Private, Look { is_there: false, ..well() }, "ok", "made when needed"),
            (Private, Look { mode: 0o755, ..well() }, "look", "chmod 700"),
            (Writing, Look { mode: 0o755, ..well() }, "ok", "free"),
            (Private, Look { is_own: false, ..well() }, "look", "another user"),
            (Private, Look { writable: denied(), ..well() }, "bad", "cannot be written"),
            (Private, Look { writable: denied(), is_there: false, ..well() }, "bad", "is not there, and `/data`"),
            (Reading, Look { writable: denied(), ..well() }, "ok", "only read"),
            (Writing, Look { free: Some(1_000_000), ..well() }, "bad", "1.0 MB free"),
            (Writing, Look { free: Some(100_000_000), ..well() }, "look", "a few takes"),
            (Reading, Look { free: Some(0), ..well() }, "ok", "0 bytes"),
            (Writing, Look { free: None, ..well() }, "ok", "room unknown"),
        ];
        for (purpose, look, state, words) in table {
            let rows = finding("folder", Path::new("/data"), purpose, &look).rows().join(" ");
            assert!(rows.starts_with(state) && rows.contains(words), "{purpose:?} {look:?}: {rows}");
        }
    }

    #[test]
    fn looking_leaves_nothing_behind_and_finds_what_is_above() {
        let folder = tempfile::tempdir().unwrap();
        let look = Look::at(&folder.path().join("not/there"));
        assert_eq!((look.nearest.as_path(), look.is_there, look.is_own), (folder.path(), false, true));
        assert!(look.writable.is_ok() && look.free.is_some());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        fs::write(folder.path().join("file"), "").unwrap();
        assert!(Look::at(&folder.path().join("file/below")).writable.is_err());
    }
}
