//! The table of models and what stands in it: prices, how many takes, which sections, what is sent.

use refrain::domain::draft::Draft;
use refrain::domain::price::{Per, Quote, Rate};
use refrain::domain::service::Service;
use refrain::domain::terms::Listed;
use refrain::engine::feed::{Changes, Fact, Said};
use refrain::engine::intent::Intent;
use refrain::tui::message::Message;
use refrain::tui::state::Opening;

use crate::desk::{Desk, MODEL, SONG, draft, everything, opening, row, said, saved};
use crate::{order, sandbox};

/// The service's list of models, with a price for two of them.
fn listing() -> Said {
    let model = |id: &str, rates: &[(f64, Per)]| Listed {
        id: id.to_owned(),
        quote: Some(Quote {
            kind: "fixed".to_owned(),
            rates: rates.iter().map(|&(usd, per)| Rate { usd, per }).collect(),
        }),
        ..Listed::default()
    };
    let retired = Listed { retired: true, ..model("google/lyria2", &[(0.06, Per::Take)]) };
    let priced = [
        model(MODEL, &[(0.03, Per::Take)]),
        model("minimax/music-1.5", &[]),
        model("elevenlabs/eleven_music", &[(0.001, Per::Second)]),
        retired,
    ];
    Said::Prices(priced.to_vec())
}

fn listed() -> Desk {
    let mut desk = Desk::usual();
    desk.tell(Message::Feed(Changes { facts: vec![said(listing())], ..Changes::default() }));
    desk.effects();
    desk
}

#[test]
fn the_services_own_price_is_shown_added_up_and_needs_no_second_look() {
    let mut desk = listed();
    assert!(desk.press("C-g 3").picture().contains("about $0.09 of $4.21"), "{}", desk.picture());
    desk.press("Enter");
    assert!(order(&mut desk).is_some());
}

/// Five models, each with another count, on a screen of that size; with a price for each of them, or as the
/// vendor's catalogue has it.
fn five_models(columns: u16, rows: u16, priced: bool) -> Desk {
    let mut desk = Desk::of_size(columns, rows);
    if priced {
        let price = |id: &str| Listed {
            id: id.to_owned(),
            quote: Some(Quote { kind: "fixed".to_owned(), rates: vec![Rate { usd: 0.0315, per: Per::Take }] }),
            ..Listed::default()
        };
        let ids = [MODEL, "minimax/music-2.6", "minimax/music-1.5", "elevenlabs/eleven_music", "google/lyria2"];
        let facts = vec![said(Said::Prices(ids.map(price).to_vec()))];
        desk.tell(Message::Feed(Changes { facts, ..Changes::default() }));
    }
    desk.press("C-g m 2 3 Down Down 4 5 Enter").effects();
    desk
}

#[test]
fn every_count_and_the_whole_price_of_five_models_can_be_read_on_every_screen() {
    for (columns, rows) in [(120, 40), (80, 24), (40, 24), (40, 12)] {
        for (priced, price) in [(true, "about $0.4725 of $4.21"), (false, "price unknown")] {
            let picture = five_models(columns, rows, priced).draw();
            let first = picture.lines().find(|line| line.starts_with(" Order 15 takes  ")).unwrap();
            let whole = format!(" Order 15 takes  {price}");
            assert!(
                first.strip_prefix(&whole).is_some_and(|rest| rest.is_empty() || rest.starts_with("  ")),
                "{picture}"
            );
            for model in ["music-2.0 x1,", "music-2.6 x2,", "music-1.5 x3,", "eleven_music x4,", "lyria2 x5"] {
                assert!(picture.contains(model), "{model} at {columns}x{rows}: {picture}");
            }
        }
    }
}

#[test]
fn a_total_beside_an_unknown_price_has_a_row_where_the_first_is_too_short() {
    let mut desk = Desk::of_size(40, 12);
    desk.tell(Message::Feed(Changes { facts: vec![said(listing())], ..Changes::default() }));
    let picture = desk.press("C-g m Down Space Enter 9").draw();
    assert!(picture.contains("\n Order 18 takes"), "{picture}");
    assert!(picture.contains("price unknown beyond $0.27\n"), "{picture}");
    assert!(picture.contains("music-2.0 x9, music-1.5 x9"), "{picture}");
}

#[test]
fn the_name_of_a_model_is_cut_off_before_its_price_is() {
    let model = "example/a-model-with-a-name-that-no-narrow-screen-has-room-for";
    let draft = Draft { model: model.to_owned(), ..draft() };
    let changes = Changes { drafts: vec![row(SONG, 1, draft)], ..everything() };
    let picture = Desk::new(Opening { columns: 40, rows: 12, ..opening() }, changes).press("C-g").draw();
    assert!(picture.contains(" Order 1 take  price unknown\n example/a-model-with-a-name-that-no-na>\n"), "{picture}");
}

#[test]
fn a_screen_too_small_for_the_strip_has_not_shown_it() {
    let mut desk = Desk::usual();
    desk.press("C-g").tell(Message::Resized { columns: 20, rows: 5 });
    desk.draw();
    desk.press("Enter");
    assert_eq!(order(&mut desk), None);
}

#[test]
fn a_price_by_the_second_is_reckoned_from_the_length_and_said_to_be_about() {
    let mut desk = listed();
    let draft = Draft { settings: [("length".to_owned(), "2:00".to_owned())].into(), ..draft() };
    desk.tell(Message::Feed(Changes { drafts: vec![row(SONG, 9, draft)], ..Changes::default() }));
    desk.press("C-g m");
    let table = desk.picture();
    let row = table.lines().find(|line| line.contains("eleven_music")).unwrap();
    assert!(row.contains("about $0.12"), "{table}");
}

#[test]
fn prices_that_are_not_fresh_are_shown_with_their_age() {
    let mut desk = listed();
    assert!(!desk.press("C-g m").picture().contains("prices told"), "{}", desk.picture());
    desk.wait(26 * 3_600_000);
    assert!(desk.picture().contains("prices told on 14 Mar   1 take, $0.03 -"), "{}", desk.picture());
}

#[test]
fn what_is_ticked_so_far_is_counted_and_summed_beside_the_title() {
    let mut desk = listed();
    let title = |desk: &mut Desk, keys: &str| {
        let table = desk.press(keys).picture();
        table.lines().find(|line| line.contains("1-9 how many")).unwrap().to_owned()
    };
    assert!(title(&mut desk, "C-g m").contains(" 1 take, $0.03   1-9 how many"));
    assert!(title(&mut desk, "Up 4").contains(" 4 takes, $0.12   1-9 how many"));
    assert!(title(&mut desk, "Space").contains(" 5 takes, price unknown   1-9 how many"));
    let mut desk = sandbox();
    assert!(title(&mut desk, "C-g m Space").contains(" 2 takes   1-9 how many"));
}

#[test]
fn a_digit_right_behind_space_says_how_many_of_what_was_ticked() {
    let takes = |keys: &str| {
        let mut desk = sandbox();
        desk.press("C-g m").press(keys).press("Enter").draw();
        desk.press("Enter");
        let lines = order(&mut desk).unwrap().lines;
        lines.iter().map(|line| line.takes).collect::<Vec<_>>()
    };
    assert_eq!(takes("Space 3"), [1, 3]);
    assert_eq!(takes("Space 3 Space 2"), [1, 3, 2]);
    assert_eq!(takes("Space 3 2"), [1, 3, 2], "a second digit is for the selected row, as ever");
    assert_eq!(takes("Space Up Down 2"), [1, 1, 2], "whoever moves means the selected row");
    assert_eq!(takes("Space Up Space 2"), [1, 2], "what was unticked is not what a digit is for");
}

#[test]
fn one_unknown_price_among_several_makes_the_total_unknown_and_has_to_be_seen() {
    let mut desk = listed();
    desk.press("C-g m Down Space Enter Enter");
    assert_eq!(order(&mut desk), None, "the price of music-1.5 is said in no amount");
    assert!(desk.draw().contains("price unknown beyond $0.03"), "{}", desk.picture());
    desk.press("Enter");
    assert_eq!(order(&mut desk).unwrap().lines.len(), 2);
}

#[test]
fn a_price_that_goes_while_the_strip_is_open_has_to_be_seen() {
    let mut desk = listed();
    desk.press("C-g").draw();
    let Said::Prices(mut gone) = listing() else { panic!() };
    gone[0].quote = Some(Quote { kind: "variable".to_owned(), rates: Vec::new() });
    desk.tell(Message::Feed(Changes { facts: vec![said(Said::Prices(gone))], ..Changes::default() }));
    desk.press("Enter");
    assert_eq!(order(&mut desk), None);
    assert!(desk.draw().contains("price unknown"));
}

#[test]
fn a_take_that_moves_on_while_the_strip_is_open_takes_no_look_back() {
    let mut desk = Desk::usual();
    desk.press("C-g").draw();
    desk.tell(Message::Feed(Changes { takes: vec![saved(8, 90_000)], ..Changes::default() }));
    desk.press("Enter");
    assert!(order(&mut desk).is_some(), "the unknown price was seen, and nothing of it changed");
}

#[test]
fn the_table_says_what_the_service_no_longer_lists_and_it_can_be_ordered_all_the_same() {
    let mut desk = Desk::of_size(160, 40);
    desk.tell(Message::Feed(Changes { facts: vec![said(listing())], ..Changes::default() }));
    let table = desk.press("C-g m").picture();
    let row = |label: &str| table.lines().find(|line| line[4..].starts_with(label)).unwrap();
    assert!(!row("music-2.0").contains("list"), "{table}");
    assert!(row("music-2.6").contains("ready; not in the service's list today"), "{table}");
    assert!(row("lyria2").contains("ready; retired, says the service's list"), "{table}");
    desk.press("Space Enter").draw();
    desk.press("Enter");
    assert_eq!(order(&mut desk).unwrap().lines[1].model, "minimax/music-2.6");
}

/// A lyric of which music-01 takes a part.
fn long_lyric() -> String {
    let verse = "The last boat leaves at ten to nine and nobody is on it\n".repeat(4);
    let chorus = "Oh, night ferry, take it slow\n".repeat(3);
    format!(
        "[Verse 1]\n{verse}\n[Chorus]\n{chorus}\n[Verse 2]\n{verse}of mine\n\n[Chorus]\n{chorus}\n[Bridge]\n{verse}by now\n"
    )
}

/// The table with music-01 selected, over a draft that is too long for it.
fn at_music_01() -> Desk {
    let lyrics = long_lyric();
    let mut desk = Desk::new(
        Opening { columns: 120, rows: 40, ..opening() },
        Changes { drafts: vec![row(SONG, 1, Draft { lyrics, ..draft() })], ..everything() },
    );
    desk.press("C-g m Down Down Down").effects();
    desk
}

#[test]
fn a_fit_is_proposed_shown_taken_and_taken_back() {
    let mut desk = at_music_01();
    let too_long = |desk: &Desk| {
        let picture = desk.picture();
        picture.lines().find(|line| line.starts_with(">   music-01")).unwrap().contains("too long: f chooses sections")
    };
    assert!(too_long(&desk), "{}", desk.picture());
    let fit = desk.press("f").picture();
    assert!(fit.contains("---- Fit music-01 ---") && fit.contains("this fits music-01"), "{fit}");
    let stays: Vec<&str> =
        fit.lines().filter(|line| line.contains(" left out  ") || line.contains(" stays  ")).collect();
    assert!(stays[0].contains("[Verse 1]") && stays[0].contains(" stays "), "{fit}");
    assert!(stays[3].contains("[Chorus]") && stays[3].contains(" left out "), "what repeats goes first: {fit}");
    desk.press("Enter");
    let left_out = desk.state.draft().fits["music-01"].left_out.clone();
    assert!(left_out.contains(&3), "{left_out:?}");
    assert_eq!(desk.state.draft().lyrics, long_lyric(), "no text changes");
    assert!(!too_long(&desk), "{}", desk.picture());
    desk.press("C-/");
    assert!(desk.state.draft().fits.is_empty());
    assert!(too_long(&desk), "{}", desk.picture());
}

#[test]
fn sections_are_left_out_and_put_back_by_hand() {
    let mut desk = at_music_01();
    desk.press("f Home Space");
    assert!(desk.picture().contains("> [Verse 1]              left out"), "{}", desk.picture());
    desk.press("Esc");
    assert!(desk.state.draft().fits.is_empty(), "left without Enter");
    desk.press("f Home Space Space Enter Esc Esc");
    assert!(!desk.state.draft().fits["music-01"].left_out.contains(&0));
}

#[test]
fn a_choice_of_sections_is_undone_in_its_turn() {
    let mut desk = at_music_01();
    desk.press("f Enter Esc Esc");
    desk.type_text("x");
    desk.press("C-/");
    assert!(!desk.state.draft().lyrics.starts_with('x'), "first what was typed since");
    assert_eq!(desk.state.draft().fits.len(), 1);
    desk.press("C-/");
    assert!(desk.state.draft().fits.is_empty(), "then the choice: {}", desk.notice());
}

#[test]
fn a_style_that_is_too_long_is_its_writers_to_shorten() {
    let style = "warm analogue strings ".repeat(20);
    let changes = Changes { drafts: vec![row(SONG, 1, Draft { style, ..draft() })], ..everything() };
    let mut desk = Desk::new(Opening { columns: 120, rows: 40, ..opening() }, changes);
    desk.press("C-g m Down f");
    assert!(
        desk.picture().contains("style has 439 characters, music-1.5 takes 300: a shorter one is yours to write"),
        "{}",
        desk.picture()
    );
}

#[test]
fn what_is_sent_to_the_selected_model_is_shown_from_the_table_and_back() {
    let mut desk = sandbox();
    desk.press("C-g m Down v");
    let shown = desk.picture();
    assert!(shown.contains("minimax/music-1.5") && !shown.contains("minimax/music-2.0"), "{shown}");
    assert_eq!(desk.state.overlays(), ["strip", "models", "sent"]);
    desk.press("v");
    assert_eq!(desk.state.overlays(), ["strip", "models"]);
}

#[test]
fn fresh_facts_are_asked_for_by_name() {
    let mut desk = Desk::usual();
    desk.press("C-p").type_text("refresh facts").press("Enter");
    assert_eq!(desk.intents(), [Intent::WantFacts { service: Service::vendor() }]);
    let wanted = Fact { wanted: Some(desk.now), ..said(Said::Balance(4.21)) };
    desk.tell(Message::Feed(Changes { facts: vec![wanted.clone()], ..Changes::default() }));
    let failed = Fact { wanted: None, failed: Some("the service has trouble".to_owned()), ..wanted };
    desk.tell(Message::Feed(Changes { facts: vec![failed], ..Changes::default() }));
    assert_eq!(desk.notice(), "the balance could not be asked: the service has trouble");
    assert!(desk.picture().contains("$4.21 left"), "what it said before stays");
}
