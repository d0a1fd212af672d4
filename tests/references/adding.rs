//! The questions about a recording, and what follows from the answers.

use std::path::PathBuf;

use refrain::domain::recording::{Frozen, Part, Rules, Unfit};
use refrain::domain::reference::{Purpose, ReferenceId};
use refrain::domain::service::Service;
use refrain::engine::feed::Changes;
use refrain::engine::intent::{Intent, Reply, Source, UploadOrder};
use refrain::tui::effect::{Check, Effect};
use refrain::tui::message::Message;

use super::desk::Desk;
use super::{INBOX, frozen, looked, voice, with};

/// A file was chosen.
fn chosen() -> Desk {
    let mut desk = with(Vec::new());
    desk.press("a");
    looked(&mut desk, INBOX, &["Mara dry.wav"]);
    desk.press("Enter");
    desk.effects();
    desk
}

/// The check that is under way.
fn check(desk: &mut Desk) -> Check {
    let checks = |effect| if let Effect::Check(check) = effect { Some(check) } else { None };
    desk.effects().into_iter().find_map(checks).expect("a check goes out")
}

fn upload(purpose: Purpose, part: Option<Part>, anew: bool) -> Intent {
    Intent::Upload(UploadOrder {
        name: "Mara dry".to_owned(),
        purpose,
        service: Service::vendor(),
        source: Source::File { file: PathBuf::from("/music/inbox/Mara dry.wav"), frozen: frozen() },
        part,
        force: false,
        anew,
    })
}

#[test]
fn a_voice_is_checked_and_then_uploaded_with_six_keys() {
    let mut desk = with(Vec::new());
    desk.press("a");
    looked(&mut desk, INBOX, &["Mara dry.wav"]);
    desk.press("Enter 2 Enter");
    let asked = check(&mut desk);
    assert_eq!((asked.file.to_str(), asked.rules), (Some("/music/inbox/Mara dry.wav"), Rules::UPLOAD));
    assert!(desk.picture().contains("checking ... Esc stops it"), "{}", desk.picture());
    desk.tell(Message::Checked { check: asked.check, result: Ok(frozen()) });
    desk.answer(Reply::Reference { reference: ReferenceId(7) });
    assert_eq!(desk.intents(), [upload(Purpose::Voice, None, false)]);
    assert_eq!(desk.state.overlays(), [""; 0]);
    assert_eq!(desk.notice(), "being uploaded; Enter uses it once it has arrived");
    let arrived = vec![voice(3, "Aaron"), voice(7, "Mara dry")];
    desk.tell(Message::Feed(Changes { references: arrived, ..Changes::default() }));
    assert!(desk.picture().contains(" > Mara dry"), "the new one is selected:\n{}", desk.picture());
}

#[test]
fn name_and_part_go_along_and_a_slip_in_them_is_said() {
    let mut desk = chosen();
    desk.press("3 C-u")
        .type_text("Backing")
        .press("Tab")
        .type_text("1:05")
        .press("Tab")
        .type_text("0:32")
        .press("Enter");
    let picture = desk.picture();
    assert!(picture.contains("`0:32` is not after `1:05`"), "{picture}");
    desk.press("C-u").type_text("1:45").press("Enter");
    let asked = check(&mut desk);
    assert_eq!(asked.part, Some(Part { from_ms: 65_000, to_ms: Some(105_000) }));
    desk.tell(Message::Checked { check: asked.check, result: Ok(frozen()) });
    let intents = desk.intents();
    let [Intent::Upload(order)] = intents.as_slice() else { panic!("{intents:?}") };
    assert_eq!((order.name.as_str(), order.purpose, order.part), ("Backing", Purpose::Instrumental, asked.part));
}

#[test]
fn that_a_recording_was_converted_is_said_when_its_upload_is_ordered() {
    let table = [
        (
            Some("converted from FLAC to WAV"),
            "converted from FLAC to WAV, being uploaded; Enter uses it once it has arrived",
        ),
        (None, "being uploaded; Enter uses it once it has arrived"),
    ];
    for (converted, said) in table {
        let mut desk = chosen();
        desk.press("2 Enter");
        let asked = check(&mut desk);
        let made = Frozen { converted: converted.map(str::to_owned), ..frozen() };
        desk.tell(Message::Checked { check: asked.check, result: Ok(made) });
        desk.answer(Reply::Reference { reference: ReferenceId(7) });
        assert_eq!(desk.notice(), said);
    }
}

#[test]
fn what_it_is_has_to_be_said() {
    let mut desk = chosen();
    desk.press("Enter");
    assert!(desk.picture().contains("what is it? 1 to 4 say so"), "{}", desk.picture());
    assert_eq!(desk.effects(), []);
    desk.press("x");
    assert!(desk.picture().contains("1 to 4 say what it is"), "{}", desk.picture());
    desk.press("é");
    assert!(desk.picture().contains(" > 2 a singer alone"), "a French digit counts:\n{}", desk.picture());
}

#[test]
fn what_is_wrong_with_the_recording_is_said_and_nothing_typed_is_lost() {
    let mut desk = chosen();
    desk.press("2 C-u").type_text("Mara").press("Enter");
    let asked = check(&mut desk);
    let silent = Unfit { sentence: "`Mara dry.wav` is silent".to_owned(), may_force: false };
    desk.tell(Message::Checked { check: asked.check, result: Err(silent) });
    assert!(desk.picture().contains("`Mara dry.wav` is silent"), "{}", desk.picture());
    assert_eq!(desk.intents(), []);
    desk.press("Enter");
    let again = check(&mut desk);
    assert!(!again.force, "a rule that is sure is never overruled");
    let short = Unfit { sentence: "it lasts 9.0 s, longer than 10 s is wanted".to_owned(), may_force: true };
    desk.tell(Message::Checked { check: again.check, result: Err(short.clone()) });
    assert!(desk.picture().contains("Enter takes it all the same"), "{}", desk.picture());
    desk.press("Enter");
    let insisted = check(&mut desk);
    assert!(insisted.force);
    desk.tell(Message::Checked { check: insisted.check, result: Err(short) });
    desk.type_text("!").press("Enter");
    assert!(!check(&mut desk).force, "what was changed is held against every rule again");
}

#[test]
fn a_check_can_be_stopped_and_its_late_answer_changes_nothing() {
    let mut desk = chosen();
    desk.press("2 Enter");
    let asked = check(&mut desk);
    desk.press("x Esc");
    assert_eq!(desk.effects(), [Effect::StopChecking { check: asked.check }]);
    assert!(desk.picture().contains("stopped; nothing was sent"), "{}", desk.picture());
    desk.tell(Message::Checked { check: asked.check, result: Ok(frozen()) });
    assert_eq!(desk.effects(), []);
    desk.press("Esc");
    assert_eq!(desk.state.overlays(), ["files"], "the list is where it was");
}

#[test]
fn while_a_recording_is_checked_or_sent_nothing_typed_or_pasted_loses_it() {
    let mut desk = chosen();
    desk.press("2 Enter").paste("of the choir").press("x Tab");
    let asked = check(&mut desk);
    assert!(desk.picture().contains("checking ... Esc stops it"), "{}", desk.picture());
    desk.tell(Message::Checked { check: asked.check, result: Ok(frozen()) });
    desk.paste("of the choir").press("x ! Enter");
    desk.answer(Reply::Reference { reference: ReferenceId(7) });
    assert_eq!(desk.intents(), [upload(Purpose::Voice, None, false)]);
    assert_eq!(desk.state.overlays(), [""; 0]);
}

#[test]
fn questions_that_were_left_while_it_was_sent_do_not_come_back() {
    let mut desk = chosen();
    desk.press("2 Enter");
    let asked = check(&mut desk);
    desk.tell(Message::Checked { check: asked.check, result: Ok(frozen()) });
    desk.press("Esc");
    assert_eq!(desk.state.overlays(), ["files"]);
    desk.answer(Reply::Reference { reference: ReferenceId(7) });
    assert_eq!(desk.notice(), "it is in the library");
}

#[test]
fn a_known_address_is_fetched_and_uploaded_anew_where_a_person_wants_that() {
    let url = "https://a.example/Low%20Tide.mp3".to_owned();
    let mut desk = with(vec![voice(1, "Mara")]);
    desk.paste(&url).press("Enter 1 Enter");
    desk.answer(Reply::KnownReference { reference: ReferenceId(1) });
    assert!(desk.picture().contains("Enter uses it, ! uploads"), "{}", desk.picture());
    desk.effects();
    desk.press("!");
    let intents = desk.intents();
    let [Intent::Upload(order)] = intents.as_slice() else { panic!("{intents:?}") };
    assert_eq!((&order.source, order.purpose, order.anew), (&Source::Url(url), Purpose::Song, true));
}

#[test]
fn the_same_recording_is_offered_from_the_library() {
    let mut desk = with(vec![voice(1, "Mara")]);
    desk.press("a");
    looked(&mut desk, "/home/mara", &["Mara dry.wav"]);
    for (key, used) in [("Enter", true), ("!", false)] {
        desk.press("Enter 2 Enter");
        let asked = check(&mut desk);
        desk.tell(Message::Checked { check: asked.check, result: Ok(frozen()) });
        desk.answer(Reply::KnownReference { reference: ReferenceId(1) });
        desk.effects();
        assert!(desk.picture().contains("`Mara` is in the library already"), "{}", desk.picture());
        if used {
            desk.press(key);
            assert_eq!(desk.notice(), "music-2.0 takes no voice; music-01 does: Enter on the model chooses it");
            assert_eq!(desk.intents(), []);
            desk.press("a");
            looked(&mut desk, "/home/mara", &["Mara dry.wav"]);
        } else {
            desk.press(key);
            let intents = desk.intents();
            assert!(matches!(intents.as_slice(), [Intent::Upload(UploadOrder { anew: true, .. })]), "{intents:?}");
        }
    }
}

#[test]
fn a_file_for_covers_stays_here_and_is_held_against_the_rules_of_covers() {
    let mut desk = chosen();
    desk.press("4 Enter");
    let asked = check(&mut desk);
    assert_eq!(asked.rules.most_bytes.map(|limit| limit.value), Some(50_000_000));
    desk.tell(Message::Checked { check: asked.check, result: Ok(frozen()) });
    let intents = desk.intents();
    assert!(matches!(intents.as_slice(), [Intent::KeepRecording { .. }]), "{intents:?}");
}

#[test]
fn what_is_pasted_or_typed_while_the_answer_is_awaited_changes_nothing() {
    let mut desk = chosen();
    desk.press("2 Tab Enter");
    let asked = check(&mut desk);
    let before = desk.picture();
    desk.paste("another name").press("x Tab Enter");
    assert_eq!(desk.picture(), before);
    desk.tell(Message::Checked { check: asked.check, result: Ok(frozen()) });
    desk.paste("another name").press("x Enter");
    desk.answer(Reply::KnownReference { reference: ReferenceId(1) });
    assert!(desk.picture().contains("is in the library already"), "{}", desk.picture());
}

#[test]
fn what_is_kept_or_known_already_is_offered_and_cannot_be_uploaded_anew() {
    let known = Reply::KnownReference { reference: ReferenceId(1) };
    let mut desk = chosen();
    desk.press("4 Enter");
    let asked = check(&mut desk);
    desk.tell(Message::Checked { check: asked.check, result: Ok(frozen()) });
    desk.answer(known.clone());
    desk.effects();
    let picture = desk.picture();
    assert!(picture.contains("the same recording; Enter uses it") && !picture.contains("anew"), "{picture}");
    desk.press("!");
    assert_eq!(desk.effects(), []);
    let mut desk = with(vec![voice(1, "Mara")]);
    desk.press("a");
    looked(&mut desk, INBOX, &[]);
    desk.paste("vocal-1").press("Enter Enter");
    desk.answer(known);
    assert!(matches!(desk.intents().as_slice(), [Intent::AddIds { .. }]));
    assert_eq!(desk.notice(), "`Mara` is in the library already; Enter uses it");
}

#[test]
fn an_address_stays_one_or_is_fetched_and_uploaded() {
    let url = "https://a.example/Low%20Tide.mp3".to_owned();
    let mut desk = with(Vec::new());
    desk.press("a");
    for (slip, rule) in
        [("ftp://x", "only addresses that start with https:// or http://"), ("http:///x", "names a host")]
    {
        desk.press("C-u").type_text(slip).press("Enter");
        assert!(desk.picture().contains(rule), "{}", desk.picture());
        assert_eq!(desk.state.overlays(), ["files"], "{slip}");
    }
    desk.press("C-u").paste(&url).press("Enter Enter");
    assert_eq!(desk.intents(), [Intent::AddReference { name: "Low Tide".to_owned(), url: url.clone() }]);
    let mut desk = with(Vec::new());
    desk.paste(&url).press("Enter 1 Enter");
    let intents = desk.intents();
    let [Intent::Upload(order)] = intents.as_slice() else { panic!("{intents:?}") };
    assert_eq!((&order.source, order.purpose), (&Source::Url(url), Purpose::Song));
}

#[test]
fn ids_made_elsewhere_are_added_by_hand() {
    let mut desk = with(Vec::new());
    desk.press("a");
    looked(&mut desk, INBOX, &[]);
    desk.paste("vocal-2025-6X instrumental-9").press("Enter C-u").type_text("Ann").press("Enter");
    let ids = Intent::AddIds {
        name: "Ann".to_owned(),
        service: Service::vendor(),
        voice_id: Some("vocal-2025-6X".to_owned()),
        instrumental_id: Some("instrumental-9".to_owned()),
    };
    assert_eq!(desk.intents(), [ids]);
}

#[test]
fn a_store_that_refuses_leaves_the_questions_as_they_are() {
    let mut desk = chosen();
    desk.press("2 Enter");
    let asked = check(&mut desk);
    desk.tell(Message::Checked { check: asked.check, result: Ok(frozen()) });
    desk.answer(Reply::TooLate("the library is full".to_owned()));
    assert_eq!(desk.state.overlays(), ["files", "adding"]);
    assert!(desk.picture().contains("the library is full"), "{}", desk.picture());
}
