//! `--plain` with a pipe: each line a command, and the first one that fails is the last.

use std::io::Write;
use std::process::Stdio;

use refrain::domain::generation::{Status, TakeId};
use refrain::domain::service::Service;
use refrain::engine::feed::Topic;

use crate::support::patience::until;
use crate::support::service::Pretend;
use crate::support::studio::{Ended, Studio};
use crate::{at, begin};

/// Runs the prompt on the sandbox with these lines.
pub fn lines(studio: &Studio, lines: &str) -> Ended {
    lines_with_editor(studio, "false", lines)
}

/// The same with an editor.
fn lines_with_editor(studio: &Studio, editor: &str, lines: &str) -> Ended {
    let mut command = studio.refrain();
    command.env("VISUAL", "").env("EDITOR", editor);
    let mut child = begin(command.args(["--sandbox", "--plain"]).stdin(Stdio::piped()));
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    Ended::of(child.wait_with_output().unwrap())
}

#[test]
fn a_script_writes_a_song_and_orders_it() {
    let studio = Studio::new();
    let text = "new Harbour Light\nmodel music-2.0\nstyle slow waltz, upright piano\n\
        lyrics write\n[Verse]\nThe lamp goes round\nquit\n.\norder\nyes\nwait 1\nlist";
    let ended = lines(&studio, text);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
    assert!(ended.out.starts_with("the song is Harbour Light"), "no prompt and no greeting: {}", ended.out);
    assert!(
        ended.out.contains("? yes or no:\nordered take 1, id 1\n") && ended.out.contains("take 1 arrived after "),
        "{ended:?}"
    );
    let take = studio.take(TakeId(1));
    assert_eq!(take.status, Status::Saved);
    assert_eq!(take.draft.lyrics, "[Verse]\nThe lamp goes round\nquit", "what is written is no command");
}

#[test]
fn the_first_line_that_fails_is_the_last_and_its_code_is_the_end() {
    let studio = Studio::new();
    for (wrong, code) in
        [("open Nowhere", 2), ("lisst", 2), ("list \"", 2), ("show 9", 2), ("play 9", 2), ("say hm", 2)]
    {
        let ended = lines(&studio, &format!("{wrong}\nstyle must not be written\norder\nyes\n"));
        assert_eq!(ended.code, code, "{wrong}: {ended:?}");
        assert!(ended.err.ends_with("the lines behind this one were not carried out\n"), "{wrong}: {}", ended.err);
    }
    let store = studio.store();
    assert!(store.takes(None).unwrap().is_empty());
    let draft = store.draft(store.last_opened().unwrap().unwrap()).unwrap().draft;
    assert!(!draft.style.contains("must not"));
}

#[test]
fn an_order_that_nobody_agrees_to_before_the_end_is_none() {
    let studio = Studio::new();
    for text in ["order", "order\n", "order 3\n\n", "order\nno\n"] {
        let ended = lines(&studio, text);
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(ended.out.contains("nothing was ordered"), "{text:?}: {ended:?}");
    }
    assert!(studio.store().takes(None).unwrap().is_empty());
}

#[test]
fn the_flags_of_the_run_are_not_taken_at_the_prompt_and_commands_share_them() {
    let studio = Studio::new();
    for line in ["list --data-dir /tmp", "--sandbox list", "list --base-url https://example.org"] {
        let ended = lines(&studio, line);
        assert_eq!(ended.code, 2, "{line}: {ended:?}");
    }
    let ended =
        lines(&studio, "generate --model stable-audio --prompt 'slow fado' --set length=0:01 --no-wait\nyes\nlist\n");
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("Loose takes") && ended.out.contains("(sandbox)"), "{ended:?}");
}

#[test]
fn every_command_that_pays_asks_first_and_what_sends_nothing_does_not() {
    let studio = Studio::new();
    let generate = "generate --model stable-audio --prompt fado --set length=0:01";
    let ended = lines(&studio, &format!("{generate} --hold\n{generate} --dry-run\n"));
    assert!(ended.code == 0 && !ended.out.contains("yes or no"), "{ended:?}");
    let song = "song order 'Paper Boats' --model music-2.0 --model lyria2 --takes 2";
    for (line, asked) in [
        (generate, "order 1 take of stable-audio on the sandbox"),
        ("again 1 --takes 3", "order 3 takes of stable-audio on the sandbox"),
        (song, "order 2 takes each of music-2.0 and lyria2 on the sandbox"),
        ("release 1", "send 1 held take of stable-audio on the sandbox"),
        ("release --all", "send 1 held take of stable-audio on the sandbox"),
    ] {
        for answer in ["no\n", ""] {
            let ended = lines(&studio, &format!("{line}\n{answer}"));
            assert!(ended.code == 0 && ended.out.contains(asked), "{line}: {ended:?}");
            assert!(ended.out.ends_with("nothing was ordered\n"), "{line}: {ended:?}");
        }
    }
    let takes = studio.store().takes(None).unwrap();
    assert!(takes.len() == 1 && takes[0].status == Status::Held, "{takes:?}");
    let sent = lines(&studio, "release --all\nyes\nwait 1\n");
    assert_eq!((sent.code, studio.take(TakeId(1)).status), (0, Status::Saved), "{sent:?}");
}

#[test]
fn what_stands_behind_a_line_is_left_for_the_command_that_reads_it() {
    let studio = Studio::new();
    let text = "generate --model stable-audio --set length=0:01 --dry-run --prompt @-\nslow fado, one guitar\n";
    let ended = lines(&studio, text);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("\"slow fado, one guitar\""), "{ended:?}");
}

#[test]
fn a_wrong_value_is_answered_with_the_field_the_value_and_the_rule() {
    let studio = Studio::new();
    let said = |line: &str| lines(&studio, &format!("model stable-audio\n{line}\n")).err;
    assert!(
        said("set length soon").starts_with("error: length is `soon`, stable-audio takes "),
        "{}",
        said("set length soon")
    );
    assert!(said("set colour red").contains("has no field `colour`\nhint: it has "));
    assert!(said("line 99").contains("there is no line 99, the lyrics have 26 lines"));
    assert!(said("order 10").contains("`10` takes are not ordered at once, 1 to 9 are"));
    assert!(said("events sometimes").contains("on, later or off, not `sometimes`"));
}

#[test]
fn what_a_model_needs_and_has_not_is_a_problem_that_the_prompt_says() {
    let out = lines(&Studio::new(), "model music-01\nproblems\n").out;
    assert!(out.contains(" to look at; problems says which\n"), "{out}");
    assert!(out.contains("must be mended: voice-id is missing, music-01 needs voice-id or instrumental-id\n"), "{out}");
}

#[test]
fn what_a_failing_editor_wrote_is_kept_and_the_song_is_as_before() {
    let studio = Studio::new();
    let script = studio.path().join("editor.sh");
    std::fs::write(&script, "echo half of a verse > \"$1\"; exit 3").unwrap();
    let before = lines(&studio, "lyrics\n").out;
    let ended = lines_with_editor(&studio, &format!("sh {}", script.display()), "lyrics edit\n");
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.err.contains("failed with status 3; the lyrics are as before"), "{}", ended.err);
    let kept = ended.err.split("is kept in `").nth(1).unwrap().split('`').next().unwrap();
    assert_eq!(std::fs::read_to_string(kept).unwrap(), "half of a verse\n");
    assert_eq!(lines(&studio, "lyrics\n").out, before);
}

#[test]
fn words_that_cannot_be_saved_are_put_aside_and_named() {
    let studio = Studio::new();
    lines(&studio, "lyrics\n");
    let full = "CREATE TRIGGER full BEFORE UPDATE ON drafts BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    rusqlite::Connection::open(studio.path().join("refrain.db")).unwrap().execute_batch(full).unwrap();
    let script = studio.path().join("editor.sh");
    std::fs::write(&script, "echo a whole verse > \"$1\"").unwrap();
    let editor = format!("sh {}", script.display());
    for line in ["lyrics edit", "style edit", "lyrics write\na whole verse\n."] {
        let ended = lines_with_editor(&studio, &editor, &format!("{line}\n"));
        assert_eq!(ended.code, 1, "{line}: {ended:?}");
        assert!(ended.err.contains("the disk is full"), "{line}: {}", ended.err);
        let kept = ended.err.rsplit("is kept in `").next().unwrap().split('`').next().unwrap();
        assert_eq!(std::fs::read_to_string(kept).unwrap(), "a whole verse\n", "{line}");
    }
}

#[test]
fn an_editor_that_changes_nothing_is_no_change() {
    let studio = Studio::new();
    let ended = lines_with_editor(&studio, "true", "style edit\nundo\n");
    assert!(ended.out.contains("the style came back from true unchanged"), "{ended:?}");
    assert!(ended.err.contains("there is nothing to take back"), "{ended:?}");
}

#[test]
fn changes_are_taken_back_one_by_one() {
    let studio = Studio::new();
    let text = "style fado\nstyle samba\nmodel lyria2\nundo\nundo\nstyle\nundo\nmodel\n";
    let out = lines(&studio, text).out;
    for part in [
        "taken back: the model",
        "taken back: style \"fado\" for \"samba\"",
        "fado\n4 of 2000",
        "the model is music-2.0",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
}

#[test]
fn songs_are_opened_by_a_part_of_their_title_that_is_theirs_alone() {
    let studio = Studio::new();
    let begin = "new Night Ferry\nnew Night Train\n";
    assert!(lines(&studio, &format!("{begin}open ferry\nhere\n")).out.contains("the song is Night Ferry"));
    let several = lines(&studio, "open night");
    for part in ["error: `night` may be Night ", "Night Ferry", "Night Train", "hint: say more of the title"] {
        assert!(several.err.contains(part), "{part}: {several:?}");
    }
    let listed = lines(&studio, "open");
    assert!(listed.out.contains("Paper Boats: 0 takes\n") && listed.out.contains(", open here\n"), "{listed:?}");
}

#[test]
fn a_key_can_be_given_at_the_prompt_that_opened_on_the_sandbox_for_want_of_one() {
    let studio = Studio::new();
    let mut child = begin(studio.refrain().env("ACCESSIBLE", "1").stdin(Stdio::piped()));
    child.stdin.take().unwrap().write_all(b"login --untried\ncanary-12345678\n").unwrap();
    let ended = Ended::of(child.wait_with_output().unwrap());
    assert_eq!(ended.code, 0, "{ended:?}");
    for part in ["note: no key found, so this is the sandbox", "for you alone", "quit and open it again"] {
        assert!(ended.err.contains(part), "{part}: {}", ended.err);
    }
    assert!(!ended.out.contains("canary") && !ended.err.contains("canary"), "{ended:?}");
    assert!(studio.path().join("key").is_file());
}

#[test]
fn an_order_says_what_it_costs_and_what_is_left() {
    let (studio, service) = (Studio::new(), Pretend::quick("[account]\nstart_usd = 4.21\n"));
    let mut child = begin(at(&studio, &service).arg("--plain").stdin(Stdio::piped()));
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(b"model music-2.0\nstyle slow waltz, upright piano\nadd [Verse]\nadd The lamp goes round\n")
        .unwrap();
    let (store, url) = (studio.store(), Service::from(service.url.as_str()));
    until("the service has said its prices and the balance", || {
        let said = |topic| store.fact(&url, topic).unwrap().said.is_some();
        said(Topic::Balance) && said(Topic::Prices)
    });
    pipe.write_all(b"generate --model music-2.0 --prompt waltz --takes 4\nno\norder 3\nno\norder 2 --model music-2.0 --model lyria2 --model music-2.0\nno\n").unwrap();
    drop(pipe);
    let ended = Ended::of(child.wait_with_output().unwrap());
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("order 4 takes of music-2.0 for about $0.12 of $4.21, "), "{ended:?}");
    assert!(ended.out.contains("order 3 takes of music-2.0 for about $0.09 of $4.21, "), "{ended:?}");
    assert!(ended.out.contains("order 2 takes each of music-2.0 and lyria2 for about $0."), "{ended:?}");
    assert!(service.tags().is_empty());
}
