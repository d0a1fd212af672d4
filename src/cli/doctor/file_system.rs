//! The file system of the data directory: whose it is, whether it stays, and whether changes are heard.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::finding::Finding;
use crate::cli::Setting;
use crate::store::bell::Bell;
use crate::store::journal::is_remote;

/// How long a change may take to be heard.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where a file system keeps what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// On this machine.
    Local,
    /// On another one.
    Remote,
    /// In memory: gone after a restart.
    Memory,
    /// In the layers of a container: gone with it.
    Layers,
}

/// File systems whose kind is not local, by the names that mounts have.
const KINDS: [(&str, Kind); 19] = [
    ("nfs", Kind::Remote),
    ("nfs4", Kind::Remote),
    ("cifs", Kind::Remote),
    ("smb3", Kind::Remote),
    ("smbfs", Kind::Remote),
    ("9p", Kind::Remote),
    ("ceph", Kind::Remote),
    ("afs", Kind::Remote),
    ("lustre", Kind::Remote),
    ("glusterfs", Kind::Remote),
    ("fuse.glusterfs", Kind::Remote),
    ("fuse.sshfs", Kind::Remote),
    ("fuse.rclone", Kind::Remote),
    ("fuse.s3fs", Kind::Remote),
    ("davfs", Kind::Remote),
    ("tmpfs", Kind::Memory),
    ("ramfs", Kind::Memory),
    ("overlay", Kind::Layers),
    ("aufs", Kind::Layers),
];

/// What the data directory lies on, and whether its changes are heard.
pub fn findings(setting: &Setting, root: &Path) -> Vec<Finding> {
    let data = &setting.paths.data;
    let nearest = data.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    let nearest = nearest.canonicalize().unwrap_or_else(|_| nearest.to_owned());
    let mounts = fs::read_to_string(root.join("proc/self/mountinfo")).unwrap_or_default();
    let name = mount_of(&nearest, &mounts);
    let was_named = setting.flags.data_dir.is_some();
    vec![kept(name.as_deref(), is_remote(&nearest), was_named), heard(data)]
}

/// Where what is written stays. `is_remote` is what the store goes by.
fn kept(name: Option<&str>, is_remote: bool, was_named: bool) -> Finding {
    const CHECK: &str = "file system";
    let kind = KINDS.iter().find(|(known, _)| Some(*known) == name).map_or(Kind::Local, |(_, kind)| *kind);
    let shown = name.map_or_else(|| "unknown".to_owned(), |name| format!("`{name}`"));
    let away = format!("{shown}, on another machine: the database does without its write-ahead log there");
    match kind {
        _ if is_remote => Finding::look(
            CHECK,
            away,
            "slower, and one machine at a time; `--data-dir DIR` names a folder of this machine",
        ),
        Kind::Remote => {
            Finding::look(CHECK, format!("{shown}, on another machine"), "a folder of this machine is quicker")
        }
        Kind::Memory if was_named => Finding::look(
            CHECK,
            format!("{shown}, in memory: gone after a restart"),
            "name a folder on a disk to keep it",
        ),
        Kind::Memory => Finding::bad(
            CHECK,
            format!("{shown}, in memory: takes that were paid for are gone after a restart"),
            "`--data-dir DIR` names a folder on a disk",
        ),
        Kind::Layers => Finding::look(
            CHECK,
            format!("{shown}, a container's own: gone when the container is removed"),
            "put the data directory on a volume",
        ),
        Kind::Local => Finding::ok(CHECK, shown),
    }
}

/// The type of the file system that holds `path`, from the text of `/proc/self/mountinfo`.
fn mount_of(path: &Path, mounts: &str) -> Option<String> {
    let mut best: Option<(PathBuf, &str)> = None;
    for line in mounts.lines() {
        let Some((mount, after)) = line.split_once(" - ") else { continue };
        let (Some(point), Some(kind)) = (mount.split(' ').nth(4), after.split(' ').next()) else { continue };
        let point = PathBuf::from(unescaped(point));
        // Of two on one place, the later one lies on top.
        let is_nearer = best.as_ref().is_none_or(|(known, _)| point.starts_with(known));
        if path.starts_with(&point) && is_nearer {
            best = Some((point, kind));
        }
    }
    best.map(|(_, kind)| kind.to_owned())
}

/// A path with the kernel's `\040` and the like as the characters that they stand for.
fn unescaped(text: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(text.to_owned(), |text, (code, character)| text.replace(code, character))
}

/// Tries whether a change is heard, with a bell that hangs in a folder of its own.
fn heard(data: &Path) -> Finding {
    const CHECK: &str = "watching";
    let hint =
        "refrain looks every 250 ms while takes run and every 2 s else; `fs.inotify.max_user_watches` may be used up";
    if !data.exists() {
        return Finding::ok(CHECK, "not tried, as the data folder is not there yet");
    }
    match try_to_hear(data) {
        Ok(Some(after)) => {
            Finding::ok(CHECK, format!("a change is heard after {:.1} ms", after.as_secs_f64() * 1000.0))
        }
        Ok(None) => Finding::look(CHECK, "changes are not heard here, so refrain looks at intervals", hint),
        Err(error) => Finding::look(CHECK, format!("changes cannot be heard: {error}"), hint),
    }
}

fn try_to_hear(data: &Path) -> Result<Option<Duration>, String> {
    let folder = tempfile::Builder::new().prefix("doctor-").tempdir_in(data).map_err(|error| error.to_string())?;
    let bell = Bell::hang(folder.path()).map_err(|error| error.to_string())?;
    let (tell, told) = mpsc::channel();
    let heard = move || {
        // Nobody listens any more once it was heard.
        let _ = tell.send(());
    };
    let listener = bell.listen(heard).map_err(|error| error.to_string())?;
    let rung = Instant::now();
    bell.ring();
    let heard = told.recv_timeout(PATIENCE).is_ok();
    let after = rung.elapsed();
    drop(listener);
    Ok(heard.then_some(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:30 / /home rw,relatime - nfs4 server:/home rw
31 22 0:31 / /home/mara/My\\040Music rw - fuse.sshfs host: rw
32 22 0:32 / /tmp rw - tmpfs tmpfs rw
33 22 0:33 / /tmp rw - ext4 /dev/sdb1 rw
nonsense
";

    #[test]
    fn a_path_lies_on_the_nearest_mount_and_on_the_last_of_two() {
        let table = [
            ("/etc", Some("ext4")),
            ("/home/mara", Some("nfs4")),
            ("/homely", Some("ext4")),
            ("/home/mara/My Music/refrain", Some("fuse.sshfs")),
            ("/tmp/x", Some("ext4")),
        ];
        for (path, expected) in table {
            assert_eq!(mount_of(Path::new(path), MOUNTS).as_deref(), expected, "{path}");
        }
        assert_eq!(mount_of(Path::new("/etc"), ""), None);
    }

    #[test]
    fn what_does_not_stay_and_what_lies_elsewhere_is_told() {
        let table = [
            (Some("ext4"), false, false, "ok"),
            (None, false, false, "ok"),
            (Some("nfs4"), true, false, "look"),
            (Some("fuse.unheard-of"), true, false, "look"),
            (Some("9p"), false, false, "look"),
            (Some("overlay"), false, false, "look"),
            (Some("tmpfs"), false, true, "look"),
            (Some("tmpfs"), false, false, "bad"),
        ];
        for (name, is_remote, was_named, state) in table {
            let rows = kept(name, is_remote, was_named).rows().join(" ");
            assert!(rows.starts_with(state), "{name:?}: {rows}");
        }
    }

    #[test]
    fn a_change_is_heard_and_the_trial_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let row = heard(folder.path()).rows().join(" ");
        assert!(row.starts_with("ok") && row.contains("heard after"), "{row}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(heard(&folder.path().join("gone")).found.contains("not tried"));
    }
}
