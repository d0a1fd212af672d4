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

    /// The line that, on another machine, brings a file from there into a folder here.
    #[must_use]
    pub fn bring(&self, file: &str, folder: &Path) -> String {
        let there = match file.strip_prefix("~/") {
            // A shell finds the home folder only where the tilde stands by itself.
            Some(rest) => format!("~/{}", quoted(rest)),
            // Of another system, whose shells know these quotation marks alone.
            None if file.contains('\\') => format!("\"{file}\""),
            None => quoted(file),
        };
        format!("scp {there} {}", quoted(&format!("{}:{}/", self.login(), folder.display())))
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
    fn a_file_of_another_machine_is_brought_by_a_line_that_its_shell_reads() {
        let host = Host { user: "ann", name: "studio", command: "refrain" };
        let line = |file| host.bring(file, Path::new("/music/inbox"));
        assert_eq!(line("/Users/ann/My Demo.wav"), "scp '/Users/ann/My Demo.wav' ann@studio:/music/inbox/");
        assert_eq!(line("~/Desktop/x y.wav"), "scp ~/'Desktop/x y.wav' ann@studio:/music/inbox/");
        assert_eq!(line("C:\\Users\\ann\\x.wav"), "scp \"C:\\Users\\ann\\x.wav\" ann@studio:/music/inbox/");
    }

    #[test]
    fn a_user_who_is_not_known_is_left_out() {
        let host = Host { user: "", name: "studio", command: "refrain" };
        let ways = host.ways(TakeId(17), Path::new("/music/a b.mp3"));
        assert_eq!(ways.scp, "scp 'studio:/music/a b.mp3' .");
        assert_eq!(ways.ssh, "ssh studio refrain cat 17 | mpv -");
    }
}
