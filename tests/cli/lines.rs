//! `--plain` with a pipe: each line a command, and the first one that fails is the last.

use std::io::Write;
use std::process::Stdio;

use refrain::domain::generation::{Status, TakeId};

use crate::begin;
use crate::support::studio::{Ended, Studio};

/// Runs the prompt on the sandbox with these lines.
fn lines(studio: &Studio, lines: &str) -> Ended {
    let mut command = studio.refrain();
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
    assert!(ended.out.contains("ordered take 1, id 1\n") && ended.out.contains("take 1 arrived after "), "{ended:?}");
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
        lines(&studio, "generate --model stable-audio --prompt 'slow fado' --set length=0:01 --no-wait\nlist\n");
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("Loose takes") && ended.out.contains("(sandbox)"), "{ended:?}");
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
