//! A conversation with the prompt, on a terminal that can do nothing but lines.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use refrain::domain::draft::Draft;
use refrain::domain::song::SongId;
use refrain::store::Store;
use refrain::store::drafts::Saving;

use crate::terminal::{Setup, Terminal};

/// What the prompt of the example song looks like.
pub const PROMPT: &str = "Paper Boats> ";

/// A conversation: what was said since the last thing that was waited for.
pub struct Talk {
    pub terminal: Terminal,
    pub heard: usize,
    data: PathBuf,
}

impl Talk {
    /// The prompt on the sandbox, with these in its environment.
    pub fn open(data: &Path, environment: &[(&str, &str)]) -> Self {
        Self::with(data, &["--sandbox", "--plain"], environment)
    }

    /// The prompt with a key at a service, and a song that can be ordered there.
    pub fn paid(data: &Path, url: &str) -> Self {
        let key = [("AIMLAPI_API_KEY", "canary-12345678")];
        let mut talk = Self::with(data, &["--plain", "--base-url", url], &key);
        talk.exchange("model stable-audio", "the model is stable-audio");
        talk.exchange("style slow fado, one guitar", "characters for stable-audio");
        talk.exchange("set length 0:01", "length is 0:01");
        talk
    }

    pub fn with(data: &Path, flags: &[&str], environment: &[(&str, &str)]) -> Self {
        let folder = data.to_str().unwrap();
        let arguments: Vec<&str> = flags.iter().copied().chain(["--data-dir", folder]).collect();
        let environment: Vec<_> = [("TERM", "dumb")].into_iter().chain(environment.iter().copied()).collect();
        let setup = Setup { environment: &environment, ..Setup::default() };
        let terminal = Terminal::open(env!("CARGO_BIN_EXE_refrain"), &arguments, &setup);
        let mut talk = Self { terminal, heard: 0, data: data.to_owned() };
        talk.hear("\n");
        talk.hear("> ");
        talk
    }

    /// Types a line when the prompt waits for it.
    pub fn say(&mut self, line: &str) {
        self.terminal.keys(&format!("{line}\r"));
    }

    /// Waits until something new says this.
    #[track_caller]
    pub fn hear(&mut self, text: &str) {
        self.heard = self.terminal.expect_behind(self.heard, text);
    }

    /// Types a line and waits for what it is answered with, and for the next prompt.
    #[track_caller]
    pub fn exchange(&mut self, line: &str, answer: &str) {
        self.say(line);
        self.hear(&format!("{line}\r\n"));
        self.hear(answer);
        self.hear("> ");
    }

    /// Leaves; gives everything that was said, in which no byte may be more than text.
    #[track_caller]
    pub fn leave(mut self) -> String {
        self.say("quit");
        assert!(self.terminal.gone().success());
        self.said()
    }

    #[track_caller]
    pub fn said(&self) -> String {
        let said = self.terminal.transcript();
        assert!(!said.contains('\x1b'), "an escape sequence was sent: {said:?}");
        said
    }

    pub fn store(&self) -> Store {
        Store::open(&self.data).unwrap()
    }

    pub fn song(&self) -> SongId {
        self.store().last_opened().unwrap().unwrap()
    }

    pub fn draft(&self) -> Draft {
        self.store().draft(self.song()).unwrap().draft
    }
}

/// An editor that is a script; `$1` is the file.
pub fn editor(data: &Path, body: &str) -> String {
    let script = data.join("editor.sh");
    std::fs::write(&script, body).unwrap();
    format!("sh {}", script.display())
}

/// Another face writes in the song.
pub fn write_as_another(data: &Path, change: impl FnOnce(&mut Draft)) {
    let mut store = Store::open(data).unwrap();
    let song = store.last_opened().unwrap().unwrap();
    let row = store.draft(song).unwrap();
    let mut draft = row.draft.clone();
    change(&mut draft);
    let saved = store.save_draft(song, row.revision, &draft, "the screen on pts/9", Timestamp::now()).unwrap();
    assert!(matches!(saved, Saving::Won(_)));
}
