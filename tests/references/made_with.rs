//! A take says who sang: its references, as they were called when it was ordered, and what the service was sent.

use refrain::domain::catalogue::Catalogue;
use refrain::domain::draft::Draft;
use refrain::domain::generation::{Take, TakeId};
use refrain::domain::made_with::{self, MadeWith};
use refrain::domain::reference::Reference;
use refrain::engine::feed::Changes;
use refrain::tui::message::Message;
use refrain::tui::state::Opening;

use super::desk::{Desk, draft, everything, opening, saved};
use super::voice;

/// Names, and what stands beside each.
type Pairs = &'static [(&'static str, &'static str)];

fn drafted(model: &str, settings: &[(&str, &str)]) -> Draft {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Draft { model: model.to_owned(), settings, ..draft() }
}

/// A take that was ordered so while that was the library.
fn ordered(number: u32, model: &str, settings: &[(&str, &str)], library: &[Reference]) -> Take {
    let catalogue = Catalogue::embedded().unwrap();
    let spec = catalogue.find(model).unwrap();
    let draft = drafted(&spec.id, settings);
    let known = |used: MadeWith| match library.iter().find(|reference| reference.is_meant_by(&used.value)) {
        Some(reference) => used.known_as(reference),
        None => used,
    };
    let made_with = draft.references_sent(spec).into_iter().map(known).collect();
    Take { model: spec.id.clone(), request: draft.body(spec).into(), made_with, draft, ..saved(number, 60_000) }
}

/// A screen on which these takes are the newest, and the first of them is selected.
fn on(takes: Vec<Take>, columns: u16, rows: u16) -> Desk {
    let newest = takes[0].number;
    let changes = Changes { takes, references: Vec::new(), ..everything() };
    let mut desk = Desk::new(Opening { columns, rows, ..opening() }, changes);
    desk.press("Tab g");
    assert_eq!(desk.state.selected_take().map(|take| take.number), Some(newest));
    desk
}

#[test]
fn settings_are_told_as_the_service_was_sent_them() {
    let catalogue = Catalogue::embedded().unwrap();
    let library = [voice(1, "Mara")];
    let table: [(&str, Pairs, Pairs); 7] = [
        ("stable-audio", &[("length", "20"), ("voice-id", "vocal-1")], &[("length", "0:20")]),
        ("music-2.0", &[("sample-rate", "44100")], &[("sample-rate", "44100")]),
        ("music-01", &[("voice-id", "vocal-1"), ("format", "WAV")], &[("voice", "Mara (vocal-1)"), ("format", "wav")]),
        (
            "music-01",
            &[("voice-id", "vocal-1"), ("bitrate", "64000")],
            &[("voice", "Mara (vocal-1)"), ("format", "mp3"), ("bitrate", "64000")],
        ),
        ("music-01", &[("instrumental-id", "instrumental-7")], &[("instrumental", "instrumental-7")]),
        // Nobody typed it: it follows the words.
        ("eleven_music", &[], &[("length", "0:49")]),
        ("music-2.0", &[("voice-id", "vocal-1"), ("reference", "https://a.example/1.mp3")], &[]),
    ];
    for (model, settings, expected) in table {
        let take = ordered(10, model, settings, &library);
        let told = made_with::rows(&take, catalogue.find(model));
        let told: Vec<_> = told.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(told, expected, "{model} with {settings:?}");
    }
}

#[test]
fn what_only_the_draft_remembers_is_told_where_the_model_is_gone_or_the_take_is_old() {
    let settings = [("reference", "https://a.example/1.mp3"), ("length", " 2:50 "), ("format", " ")];
    let old = Take { made_with: Vec::new(), ..ordered(10, "minimax-music", &settings, &[]) };
    let catalogue = Catalogue::embedded().unwrap();
    let named = |rows: Vec<(String, String)>| rows.into_iter().map(|(name, text)| format!("{name}={text}"));
    let told: Vec<_> = named(made_with::rows(&old, catalogue.find("minimax-music"))).collect();
    assert_eq!(told, ["reference=https://a.example/1.mp3"]);
    let told: Vec<_> = named(made_with::rows(&old, None)).collect();
    assert_eq!(told, ["length=2:50", "reference=https://a.example/1.mp3"]);
}

#[test]
fn a_take_names_its_references_in_its_pane_whatever_becomes_of_the_library() {
    let settings = [("voice-id", "vocal-1"), ("instrumental-id", "instrumental-7"), ("format", "wav")];
    let take = ordered(10, "music-01", &settings, &[voice(1, "Mara, dry")]);
    let mut desk = on(vec![take], 120, 40);
    let pane = desk.draw();
    assert!(pane.contains(" voice: Mara, dry; instrumental: instrumental-7"), "{pane}");
    let opened = desk.press("Enter").draw();
    assert!(opened.contains(" voice: Mara, dry (vocal-1)") && opened.contains(" format: wav"), "{opened}");
    assert!(opened.contains(" instrumental: instrumental-7"), "{opened}");
    assert_eq!(opened.matches("vocal-1").count(), 1, "each is told once:\n{opened}");
    desk.press("Esc").tell(Message::Feed(Changes { references: vec![voice(1, "Ann")], ..Changes::default() }));
    assert!(desk.press("Tab S-Tab").draw().contains(" voice: Mara, dry;"), "{}", desk.picture());
}

#[test]
fn names_that_are_too_long_for_the_pane_are_cut_where_it_is_closed_and_whole_where_it_is_open() {
    let name = "Mara in the kitchen, close to the old ribbon microphone, door open";
    let take = ordered(10, "music-01", &[("voice-id", "vocal-1")], &[voice(1, name)]);
    let mut desk = on(vec![take.clone()], 120, 40);
    let pane = desk.draw();
    let cut = pane.lines().find(|line| line.contains(" voice: Mara in the kitchen")).unwrap();
    assert!(cut.ends_with('>'), "{pane}");
    assert!(!pane.contains("door open"), "one line is enough:\n{pane}");
    for (columns, rows) in [(120, 40), (60, 15)] {
        let opened = on(vec![take.clone()], columns, rows).press("Enter").draw();
        assert!(opened.contains("door open") && opened.contains("(vocal-1)"), "at {columns}x{rows}:\n{opened}");
    }
}

#[test]
fn what_a_take_came_from_tells_another_voice_by_its_name_and_the_filter_finds_it() {
    let library = [voice(1, "Ann"), voice(2, "Mara")];
    let first = ordered(10, "music-01", &[("voice-id", "vocal-1")], &library);
    let second = ordered(11, "music-01", &[("voice-id", "vocal-2")], &library);
    let mut desk = on(vec![Take { from: Some(TakeId(10)), ..second }, first], 120, 40);
    assert!(desk.draw().contains(" from take 10: voice Mara"), "{}", desk.picture());
    desk.press("/").type_text("ann").press("Enter");
    assert_eq!(desk.state.selected_take().map(|take| take.number), Some(10), "{}", desk.picture());
}
