//! Ways to the sound of a take: its path, and the lines that bring it to another machine.

use std::path::Path;

use super::generation::TakeId;

/// This machine, as one on the other end of an SSH connection names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Host<'a> {
    /// The user's name; empty where it is not known.
    pub user: &'a str,
    pub name: &'a str,
    /// What starts refrain there, as `refrain --data-dir /srv/songs`.
    pub command: &'a str,
}

/// The ways to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ways {
    pub path: String,
    /// The line that fetches it.
    pub scp: String,
    /// The line that plays it.
    pub ssh: String,
}

impl Host<'_> {
    /// The ways to the file of a take.
    #[must_use]
    pub fn ways(&self, take: TakeId, file: &Path) -> Ways {
        let path = file.display().to_string();
        let login = self.login();
        let scp = format!("scp {} .", quoted(&format!("{login}:{path}")));
        let ssh = format!("ssh {login} {} cat {} | mpv -", self.command, take.0);
        Ways { path, scp, ssh }
    }

    /// The line that brings a file from the machine where it is, and where the line is typed, into a folder
    /// here. `file` is a path as that machine writes it.
    #[must_use]
    pub fn fetches_into(&self, file: &str, folder: &Path) -> String {
        let file = match file.strip_prefix("~/") {
            // In quotes the sign for a home means nothing.
            Some(rest) => format!("~/{}", quoted(rest)),
            None if file.contains('\\') => format!("\"{file}\""),
            None => quoted(file),
        };
        format!("scp {file} {}", quoted(&format!("{}:{}/", self.login(), folder.display())))
    }

    fn login(&self) -> String {
        if self.user.is_empty() { self.name.to_owned() } else { format!("{}@{}", self.user, self.name) }
    }
}

/// A word for a shell.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_a_shell_are_quoted_where_they_must_be() {
        assert_eq!(quoted("me@host:/a/b.mp3"), "me@host:/a/b.mp3");
        assert_eq!(quoted("it's here"), r"'it'\''s here'");
    }

    #[test]
    fn a_user_who_is_not_known_is_left_out() {
        let host = Host { user: "", name: "studio", command: "refrain" };
        let ways = host.ways(TakeId(17), Path::new("/music/a b.mp3"));
        assert_eq!(ways.scp, "scp 'studio:/music/a b.mp3' .");
        assert_eq!(ways.ssh, "ssh studio refrain cat 17 | mpv -");
    }

    #[test]
    fn a_file_elsewhere_is_fetched_by_its_path_there() {
        let host = Host { user: "mara", name: "studio", command: "refrain" };
        let table = [
            ("/Users/ann/x.wav", "scp /Users/ann/x.wav mara@studio:/music/inbox/"),
            ("/Users/ann/my song.wav", "scp '/Users/ann/my song.wav' mara@studio:/music/inbox/"),
            ("~/Desktop/my song.wav", "scp ~/'Desktop/my song.wav' mara@studio:/music/inbox/"),
            (r"C:\Users\ann\my song.wav", "scp \"C:\\Users\\ann\\my song.wav\" mara@studio:/music/inbox/"),
        ];
        for (file, line) in table {
            assert_eq!(host.fetches_into(file, Path::new("/music/inbox")), line);
        }
    }
}
