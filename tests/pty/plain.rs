//! The prompt: refrain a line at a time, on a terminal that can do nothing but lines.

use refrain::domain::generation::{Status, TakeId};
use refrain::domain::song::SongId;

use crate::service::Service;
use crate::talk::{PROMPT, Talk, editor, write_as_another};
use crate::terminal::{Setup, Terminal};

#[test]
fn a_song_is_written_ordered_and_heard_of_a_line_at_a_time_and_nothing_is_ever_drawn() {
    let data = tempfile::tempdir().unwrap();
    let command = editor(data.path(), "printf '[Verse]\\nThe lamp goes round the harbour wall\\n' > \"$1\"");
    let mut talk = Talk::open(data.path(), &[("EDITOR", &command)]);
    talk.exchange("new Harbour Light", "the song is Harbour Light, with music-2.0: 0 takes");
    talk.exchange("style slow waltz, don't rush, 84 bpm", "30 of 2000 characters for music-2.0");
    talk.exchange("lyrics edit", "changed: Verse and 1 more line");
    talk.exchange("add And counts the boats, and counts them all", "3: And counts the boats");
    talk.exchange("problems", "nothing; music-2.0 takes this song as it is");
    talk.say("order 2");
    talk.hear("order 2 takes of music-2.0 on the sandbox, where nothing is charged? yes or no: ");
    talk.say("yes");
    talk.hear("ordered takes 1 and 2, ids 1 and 2\r\n");
    // Nobody presses a key meanwhile.
    talk.hear("arrived after ");
    talk.hear("arrived after ");
    talk.hear("Harbour Light> ");
    talk.say("rate 1 4");
    talk.hear("> ");
    talk.exchange("takes", "take 2, id 2, music-2.0: new, ");
    assert_eq!(talk.store().take(TakeId(1)).unwrap().rating, 4);
    assert!(talk.said().contains(", rated 4\r\n"));
    talk.exchange("list", "Harbour Light  take 1  minimax/music-2.0  new, ");
    assert!(talk.said().contains("  id  song  take  model  state\r\n"));
    talk.exchange("say again", "arrived after ");
    talk.exchange("open paper", "the song is Paper Boats");
    assert_eq!(talk.store().draft(SongId(2)).unwrap().draft.lyrics.lines().count(), 3);
    let said = talk.leave();
    for number in ["take 1 arrived after ", "take 2 arrived after "] {
        assert!(said.lines().any(|line| line.starts_with(number) && line.contains(" long, id ")), "{said}");
    }
}

#[test]
fn what_is_said_first_is_short_and_names_the_song_and_the_way_on() {
    let data = tempfile::tempdir().unwrap();
    let talk = Talk::with(data.path(), &[], &[("ACCESSIBLE", "1")]);
    let said = talk.leave();
    let greeting: Vec<&str> = said.lines().take_while(|line| !line.starts_with(PROMPT)).collect();
    assert!(greeting.len() <= 4, "{greeting:#?}");
    assert!(greeting[0].contains("help lists the commands"), "{greeting:#?}");
    assert!(greeting[1].contains("no key found, so this is the sandbox"), "{greeting:#?}");
    assert!(greeting[2].contains("Paper Boats, with music-2.0: 0 takes"), "{greeting:#?}");
}

#[test]
fn what_arrives_never_arrives_in_the_middle_of_what_is_being_typed() {
    let data = tempfile::tempdir().unwrap();
    let mut talk = Talk::open(data.path(), &[]);
    talk.exchange("model stable-audio", "the model is stable-audio");
    talk.say("order");
    talk.hear("yes or no: ");
    talk.say("y");
    talk.hear(PROMPT);
    talk.terminal.keys("ta");
    talk.hear("ta");
    let begin = talk.heard - "ta".len();
    let store = talk.store();
    let is_saved = || store.takes(None).unwrap().iter().all(|take| take.status == Status::Saved);
    talk.terminal.until("the take saved", |_| is_saved());
    talk.terminal.keys("x\x7fke\x1b[As");
    talk.hear("kes");
    talk.terminal.keys("\r");
    talk.hear("take 1, id 1, stable-audio: new, ");
    talk.hear("take 1 arrived after ");
    let typed = &talk.terminal.transcript()[begin..];
    assert!(typed.starts_with("tax\u{8} \u{8}kes\r\ntake 1, id 1"), "something came in between: {typed:?}");
    talk.leave();
}

#[test]
fn events_wait_or_are_left_out_where_a_person_wants_that() {
    let data = tempfile::tempdir().unwrap();
    let mut talk = Talk::open(data.path(), &[]);
    talk.exchange("events later", "events are told after Enter");
    write_as_another(data.path(), |draft| draft.style = "fado".to_owned());
    talk.exchange("here", "the song is Paper Boats");
    talk.exchange("style", "fado");
    assert!(talk.said().contains("the screen on pts/9 wrote; the song has its text now: style "));
    talk.exchange("quiet", "events are not told");
    write_as_another(data.path(), |draft| draft.style = "samba".to_owned());
    talk.exchange("here", "the song is Paper Boats");
    talk.exchange("style", "samba");
    assert_eq!(talk.leave().matches("wrote;").count(), 1);
}

#[test]
fn a_terminal_that_knows_only_ascii_gets_only_ascii() {
    let data = tempfile::tempdir().unwrap();
    let mut talk = Talk::open(data.path(), &[("LANG", "C")]);
    write_as_another(data.path(), |draft| draft.style = "naïve Wałzer 夜".to_owned());
    talk.hear("the screen on pts/9 wrote");
    talk.exchange("style", "na?ve Wa?zer ?");
    talk.terminal.keys("line 2 süß\r");
    talk.hear("line 2 s??\r\n2: s??\r\n");
    assert_eq!(talk.draft().lyrics.lines().nth(1), Some("süß"), "what was typed is kept as it was");
    assert!(talk.said().is_ascii(), "{:?}", talk.said());
    talk.leave();
}

#[test]
fn a_race_that_is_lost_becomes_a_version_and_is_told() {
    let data = tempfile::tempdir().unwrap();
    let flag = data.path().join("go");
    let body = format!("until [ -e {0} ]; do sleep 0.02; done; printf 'mine\\n' > \"$1\"", flag.display());
    let command = editor(data.path(), &body);
    let mut talk = Talk::open(data.path(), &[("EDITOR", &command)]);
    talk.say("lyrics edit");
    let editing = data.path().join("edits");
    talk.terminal.until("the editor at work", |_| editing.exists());
    write_as_another(data.path(), |draft| draft.lyrics = "theirs".to_owned());
    std::fs::write(&flag, "").unwrap();
    talk.hear("error: the screen on pts/9 wrote first, so the song has its text; what you wrote is kept as a version");
    talk.hear(PROMPT);
    talk.exchange("lyrics", "1: theirs");
    assert_eq!(talk.draft().lyrics, "theirs");
    let versions = talk.store().versions(talk.song()).unwrap();
    let kept = versions.iter().find(|version| version.draft.lyrics == "mine").unwrap();
    assert!(kept.origin.starts_with("from the prompt on pts/"), "{}", kept.origin);
    talk.leave();
}

#[test]
fn the_screen_and_the_prompt_on_one_song_follow_each_other() {
    let data = tempfile::tempdir().unwrap();
    let screen = Terminal::refrain(data.path(), &Setup::default());
    screen.expect("[Verse 1]");
    let mut talk = Talk::open(data.path(), &[]);
    talk.exchange("line 2 Followed live", "2: Followed live");
    screen.expect("Followed live");
    talk.exchange("model stable-audio", "the model is stable-audio");
    talk.say("order");
    talk.hear("yes or no: ");
    talk.say("yes");
    screen.expect("this song 1");
    talk.hear("take 1 arrived after ");
    screen.expect("1 new to hear");
    talk.leave();
}

#[test]
fn an_unknown_price_is_said_and_enter_alone_orders_nothing() {
    let (data, service) = (tempfile::tempdir().unwrap(), Service::open());
    let mut talk = Talk::paid(data.path(), &service.url);
    for answer in ["", "no", "3", "Y e s"] {
        talk.say("order 3");
        talk.hear(
            "order 3 takes of stable-audio at a price that is not known, not to be stopped once sent? yes or no: ",
        );
        talk.say(answer);
        talk.hear("nothing was ordered");
        talk.hear("Untitled> ");
    }
    assert!(talk.store().takes(None).unwrap().is_empty());
    talk.say("order");
    talk.hear("yes or no: ");
    talk.say("yes");
    service.order();
    talk.hear("take 1: refused, not charged: Not today, id 1");
    talk.leave();
}

#[test]
fn lines_that_come_faster_than_they_are_read_are_carried_out_in_their_order() {
    let data = tempfile::tempdir().unwrap();
    let mut talk = Talk::open(data.path(), &[]);
    let verse: Vec<String> = (1..=40).map(|number| format!("line {number} of the rain on the roofs\r")).collect();
    let verse = verse.concat();
    talk.terminal.keys(&format!("style fado\rstyle samba\rundo\rlyrics write\r{verse}.\rline 40\r"));
    talk.hear("taken back: style \"fado\" for \"samba\"");
    talk.hear("40 lines, ");
    talk.hear("40: line 40 of the rain on the roofs");
    let draft = talk.draft();
    assert_eq!((draft.style.as_str(), draft.lyrics.lines().count()), ("fado", 40));
    assert!(draft.lyrics.starts_with("line 1 of the rain on the roofs\nline 2 of"), "{}", draft.lyrics);
    talk.leave();
}
