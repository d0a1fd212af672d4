//! Uploads by words: at the prompt, and by a command on a terminal.

use std::path::{Path, PathBuf};

use crate::line::PoorLine;
use crate::sounds::wav;
use crate::talk::Talk;
use crate::terminal::{Setup, Terminal};

const CTRL_C: &str = "\x03";

/// A tone of so many seconds in the folder.
fn sung(data: &Path, name: &str, seconds: f64) -> PathBuf {
    let file = data.join(name);
    std::fs::write(&file, wav(seconds)).unwrap();
    file
}

#[test]
fn a_voice_is_uploaded_used_and_forgotten_in_sentences_at_the_prompt() {
    let data = tempfile::tempdir().unwrap();
    let file = sung(data.path(), "Mara, dry.wav", 12.0);
    let mut talk = Talk::open(data.path(), &[]);
    talk.exchange("references", "no references yet; upload FILE brings one");
    talk.say(&format!("upload '{}' --name Mara", file.display()));
    talk.hear("what is it? 1 a singer with music; 2 a singer alone, singing; 3 music only; 1, 2 or 3: ");
    talk.say("2");
    talk.hear(
        "Mara is being uploaded, reference 1: a singer alone, singing, 0:12 long; references says how far it is\r\n",
    );
    // Nobody presses a key meanwhile.
    talk.hear("Mara is uploaded, a singer alone, singing, 0:12 long, reference 1\r\n");
    talk.hear("> ");
    talk.exchange("references", "reference 1, Mara: a singer alone, singing, 0:12 long, 0 takes made with it\r\n");
    talk.exchange("use mara", "music-2.0 takes no reference of this kind, `Mara` is of the kind voice");
    talk.exchange("model music-01", "the model is music-01");
    talk.exchange("use mara", "Mara is used now, as voice-id\r\n");
    let id = talk.store().references().unwrap()[0].voice_id.clone().unwrap();
    assert_eq!(talk.draft().setting("voice-id"), Some(id.as_str()));
    talk.exchange("references MARA", "0:12 long, used here, 0 takes");
    talk.exchange("references zzz", "no reference has these words");
    talk.exchange("stop using Mara", "Mara is not used any more");
    talk.exchange("stop using Mara", "the song does not use Mara");
    talk.exchange("set voice-id Mara", &format!("voice-id is {id}"));
    talk.exchange("undo", "taken back: ");
    talk.exchange("takes with Mara", "no take was made with Mara yet");
    talk.exchange(
        &format!("upload '{}' --purpose voice", file.display()),
        "in the library as Mara, reference 1; nothing was uploaded",
    );
    talk.exchange("upload stop Mara", "there is no upload under way for it");
    talk.exchange("forget Mara", "Mara is out of the library; takes made with it keep it, and its file stays");
    talk.exchange("use Mara", "there is no reference `Mara`");
    assert!(file.exists());
    let said = talk.said();
    assert!(said.contains("hint: music-01 does; `model NAME` chooses another model\r\n"), "{said}");
    assert!(!said.contains("`refrain "), "a hint names what the prompt takes: {said}");
    talk.leave();
}

#[test]
fn what_is_not_fit_is_said_at_the_prompt_and_no_answer_uploads_nothing() {
    let data = tempfile::tempdir().unwrap();
    let short = sung(data.path(), "short.wav", 4.0);
    let mut talk = Talk::open(data.path(), &[]);
    talk.say(&format!("upload {}", short.display()));
    talk.hear("1, 2 or 3: ");
    talk.say("");
    talk.hear("nothing was uploaded\r\n");
    talk.hear("> ");
    talk.exchange(
        &format!("upload {} --purpose song", short.display()),
        "`short.wav` lasts 4 s; it must last longer than 10 s",
    );
    talk.exchange("upload /Users/ann/x.wav --purpose song", "run there: scp /Users/ann/x.wav ");
    talk.exchange("upload", "an upload needs a recording");
    talk.exchange("upload x.wav --purpose noise", "invalid value 'noise'");
    assert!(talk.store().references().unwrap().is_empty());
    talk.leave();
}

#[test]
fn on_a_terminal_one_line_tells_how_far_an_upload_is_and_goes_away() {
    let (data, line) = (tempfile::tempdir().unwrap(), PoorLine::open());
    let file = sung(data.path(), "Mara.wav", 300.0);
    let folder = data.path().to_str().unwrap();
    let url = line.service().to_string();
    let arguments = ["--data-dir", folder, "--base-url", &url, "upload", file.to_str().unwrap(), "--purpose", "voice"];
    let setup = Setup { environment: &[("AIMLAPI_API_KEY", "canary-12345678")], ..Setup::default() };
    let mut terminal = Terminal::open(env!("CARGO_BIN_EXE_refrain"), &arguments, &setup);
    terminal.expect_behind(0, "\rsending ");
    line.begun();
    terminal.keys(CTRL_C);
    terminal.expect_behind(0, "the waiting ended, the upload goes on");
    assert_eq!(terminal.gone().exit_code(), 130);
    let said = terminal.transcript();
    assert!(!said.contains("\n\rsending") && !said.contains("MB\r\n"), "it is one line, told over: {said:?}");
}
