//! The references that are there: how they stand, where they are used, and what can be done with them.

use std::path::PathBuf;

use refrain::domain::draft::Draft;
use refrain::domain::generation::Take;
use refrain::domain::recording::Unfit;
use refrain::domain::reference::{Purpose, Reference, ReferenceId, Upload, UploadState};
use refrain::domain::service::Service;
use refrain::engine::feed::Changes;
use refrain::engine::intent::{Intent, Reply};
use refrain::tui::effect::Effect;
use refrain::tui::message::{Message, Playing, Sound};
use refrain::tui::state::{Focus, Opening, Plays};

use super::desk::{Desk, SONG, draft, everything, opening, row, saved, start};
use super::{frozen, song, voice, with};

fn uploading(state: UploadState, message: Option<&str>) -> Reference {
    let upload = Upload {
        state,
        sent: 1_240_000,
        bytes: 3_000_000,
        message: message.map(str::to_owned),
        tries: 0,
        due: None,
        force: false,
    };
    Reference { voice_id: None, upload: Some(upload), ..voice(1, "Mara") }
}

/// A desk with a draft for that model, the references in focus.
fn writing_for(model: &str, references: Vec<Reference>) -> Desk {
    let drafts = vec![row(SONG, 1, Draft { model: model.to_owned(), ..draft() })];
    let mut desk =
        Desk::new(Opening { columns: 120, rows: 40, ..opening() }, Changes { drafts, references, ..everything() });
    desk.press("Tab Tab");
    desk.effects();
    desk
}

fn setting(desk: &Desk, field: &str) -> Option<String> {
    desk.state.draft().setting(field).map(str::to_owned)
}

#[test]
fn a_voice_is_used_in_the_field_that_fits_and_replaces_another() {
    let mut desk = writing_for("music-01", vec![voice(1, "Ann"), voice(2, "Mara")]);
    desk.press("Enter");
    assert_eq!(desk.notice(), "Ann is used as voice");
    assert_eq!(setting(&desk, "voice-id").as_deref(), Some("vocal-1"));
    desk.press("Down Enter");
    assert_eq!(desk.notice(), "Mara is used as voice instead of Ann");
    assert!(desk.picture().contains("used: voice"), "{}", desk.picture());
    desk.press("Enter");
    assert_eq!((desk.notice(), setting(&desk, "voice-id")), ("Mara is not used any more", None));
}

#[test]
fn a_worker_is_awaited_for_an_upload_also_where_no_take_is_live() {
    let waiting = |service: &Service, due| {
        let row = uploading(UploadState::Waiting, None);
        let upload = row.upload.clone().map(|upload| Upload { due: Some(due), ..upload });
        Reference { service: Some(service.clone()), upload, ..row }
    };
    let service = opening().service;
    let with = |references| Desk::new(opening(), Changes { references, takes: Vec::new(), ..everything() });
    assert!(with(vec![voice(1, "Mara")]).state.awaited().is_empty());
    let desk = with(vec![waiting(&service, start())]);
    assert_eq!(desk.state.awaited().get(&service).map(|awaited| awaited.next), Some(start()));
    let changes = Changes { references: vec![waiting(&service, start())], takes: Vec::new(), ..everything() };
    let barred = Desk::new(Opening { no_orders: Some("no key".to_owned()), ..opening() }, changes);
    assert_eq!(barred.state.awaited().contains_key(&service), service.is_sandbox());
}

#[test]
fn a_song_is_used_as_voice_and_as_instrumental() {
    let mut desk = writing_for("music-01", vec![song(1, "Harbour")]);
    desk.press("Enter");
    assert_eq!(desk.notice(), "Harbour is used as voice and instrumental");
    let both = [setting(&desk, "voice-id"), setting(&desk, "instrumental-id")];
    assert_eq!(both, [Some("vocal-1".to_owned()), Some("instrumental-1".to_owned())]);
    assert!(desk.picture().contains("used: both"), "{}", desk.picture());
    desk.press("Enter");
    assert_eq!([setting(&desk, "voice-id"), setting(&desk, "instrumental-id")], [None, None]);
}

#[test]
fn where_none_fits_the_models_are_named_that_would_take_it() {
    let file = Reference { recording: Some("ab12.wav".to_owned()), ..voice(3, "Demo") };
    let file = Reference { purpose: Purpose::File, voice_id: None, ..file };
    let mut desk = with(vec![file]);
    desk.press("Enter");
    let notice = desk.notice().to_owned();
    assert_eq!(notice, "music-2.0 takes no recording as a file; music-cover does: Enter on the model chooses it");
}

#[test]
fn a_recording_is_used_by_its_frozen_copy() {
    let file = Reference { recording: Some("ab12.wav".to_owned()), service: None, ..voice(3, "Demo") };
    let file = Reference { purpose: Purpose::File, voice_id: None, ..file };
    let mut desk = writing_for("minimax/music-cover", vec![file]);
    desk.press("Enter");
    assert_eq!(setting(&desk, "reference").as_deref(), Some("recording:ab12.wav"));
    desk.press("Tab");
    assert!(desk.picture().contains("Demo"), "the model's row says its name:\n{}", desk.picture());
}

#[test]
fn what_has_no_ids_yet_or_none_any_more_says_so_instead_of_being_used() {
    let table = [
        (uploading(UploadState::Sending, None), "Mara is not uploaded yet (sending 1.2 of 3.0 MB)"),
        (uploading(UploadState::Failed, Some("too short")), "Mara is not uploaded yet (failed: too short)"),
        (
            Reference { refused: Some("invalid params".to_owned()), ..voice(1, "Mara") },
            "the service does not take Mara any more; r uploads it again",
        ),
    ];
    for (reference, said) in table {
        let mut desk = writing_for("music-01", vec![reference]);
        desk.press("Enter");
        assert_eq!((desk.notice(), setting(&desk, "voice-id")), (said, None));
    }
}

#[test]
fn each_row_says_in_words_how_it_stands() {
    let refused = Reference { refused: Some("invalid params".to_owned()), ..voice(1, "Mara") };
    let table = [
        (uploading(UploadState::Sending, None), "sending 1.2 of 3.0 MB"),
        (uploading(UploadState::Waiting, Some("needs the key")), "waiting, needs the key"),
        (uploading(UploadState::Failed, Some("too short")), "failed: too short"),
        (refused, "not taken any more"),
        (voice(1, "Mara"), "0:42   0 takes"),
    ];
    for (reference, words) in table {
        let desk = with(vec![reference]);
        assert!(desk.picture().contains(words), "`{words}` is missing:\n{}", desk.picture());
    }
}

#[test]
fn the_note_is_told_before_all_else_and_the_ids_come_last() {
    let desk = with(vec![Reference { note: "sung dry".to_owned(), ..voice(1, "Mara") }]);
    let words: String = desk.picture().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("sung dry; voice; Mara.wav; "), "{words}");
    assert!(words.contains("; in /home/mara; vocal-1 "), "{words}");
}

#[test]
fn an_upload_that_failed_does_not_repeat_an_older_refusal() {
    let failed = uploading(UploadState::Failed, Some("The sandbox follows its scenario."));
    let desk = with(vec![Reference { refused: Some("an older refusal".to_owned()), ..failed }]);
    let words: String = desk.picture().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("failed: The sandbox follows its scenario; it was not taken; r uploads"), "{words}");
    assert!(!words.contains("an older refusal"), "{words}");
}

#[test]
fn the_list_says_how_many_it_hides_above_and_below() {
    let mut desk = with((1..=60).map(|n| voice(n, &format!("Voice {n:02}"))).collect());
    assert!(desk.picture().contains("---- References (") && desk.picture().contains(" below) "), "{}", desk.picture());
    desk.press("End");
    assert!(desk.picture().contains(" above) "), "{}", desk.picture());
}

#[test]
fn references_of_another_service_are_not_shown_and_those_of_another_key_are_marked() {
    let elsewhere = Reference { service: Some(Service::Sandbox), ..voice(1, "Elsewhere") };
    let other = Reference { key_print: Some("that".to_owned()), ..voice(2, "Other") };
    let own = Reference { key_print: Some("this".to_owned()), ..voice(3, "Own") };
    let references = vec![elsewhere, other, own];
    let opening = Opening { key_print: Some("this".to_owned()), ..opening() };
    let mut desk = Desk::new(opening, Changes { references, ..everything() });
    let picture = desk.press("Tab Tab").picture();
    assert!(!picture.contains("Elsewhere"), "{picture}");
    assert_eq!(picture.matches("of another key").count(), 2, "in its row, and below the list:\n{picture}");
}

#[test]
fn a_reference_is_uploaded_again_from_its_file_which_is_read_again() {
    let refused = Reference { refused: Some("gone".to_owned()), ..voice(1, "Mara") };
    let mut desk = with(vec![refused]);
    desk.press("r");
    let effects = desk.effects();
    let [Effect::Check(check)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(check.file, PathBuf::from("/home/mara/Mara.wav"));
    assert!(desk.picture().contains("checking"), "{}", desk.picture());
    desk.tell(Message::Checked { check: check.check, result: Ok(frozen()) });
    let again = Intent::UploadAgain { reference: ReferenceId(1), frozen: Some(frozen()), force: false };
    assert_eq!(desk.intents(), [again]);
    desk.press("r");
    let effects = desk.effects();
    let [Effect::Check(check)] = effects.as_slice() else { panic!("{effects:?}") };
    let gone = Unfit { sentence: "there is no file `/home/mara/Mara.wav`".to_owned(), may_force: false };
    desk.tell(Message::Checked { check: check.check, result: Err(gone) });
    assert_eq!(desk.notice(), "Mara cannot be uploaded again: there is no file `/home/mara/Mara.wav`");
    desk.press("r d");
    assert!(matches!(desk.effects().as_slice(), [Effect::Check(_), Effect::StopChecking { .. }]));
}

#[test]
fn what_failed_is_uploaded_again_from_what_is_still_frozen_of_it() {
    let failed = Reference { recording: Some("ab12.wav".to_owned()), ..uploading(UploadState::Failed, None) };
    let mut desk = with(vec![failed]);
    desk.press("r");
    assert_eq!(desk.intents(), [Intent::UploadAgain { reference: ReferenceId(1), frozen: None, force: false }]);
    let mut desk = with(vec![Reference { file: None, ..voice(1, "Ann") }]);
    desk.press("r");
    assert!(desk.notice().starts_with("Ann was not uploaded from here"), "{}", desk.notice());
}

#[test]
fn the_key_insists_only_where_the_failure_says_that_one_may() {
    let hearsay = "`Mara` lasts 4.0 s; r, or `refrain reference again 1 --force`, takes it all the same";
    for (message, force) in [(hearsay, true), ("`Mara` is silent", false)] {
        let failed = uploading(UploadState::Failed, Some(message));
        let url = Some("https://a.example/1.mp3".to_owned());
        let mut desk = with(vec![Reference { file: None, recording: None, url, ..failed }]);
        desk.press("r");
        assert_eq!(desk.intents(), [Intent::UploadAgain { reference: ReferenceId(1), frozen: None, force }]);
    }
}

#[test]
fn what_waits_for_its_next_try_is_tried_now_and_what_is_sent_is_not_sent_twice() {
    let mut desk = with(vec![uploading(UploadState::Waiting, Some("the service is busy"))]);
    desk.press("r").answer(Reply::Reference { reference: ReferenceId(1) });
    assert_eq!(desk.intents(), [Intent::UploadAgain { reference: ReferenceId(1), frozen: None, force: false }]);
    assert_eq!(desk.notice(), "trying it now");
    let mut desk = with(vec![uploading(UploadState::Sending, None)]);
    desk.press("r");
    assert_eq!((desk.intents(), desk.notice()), (vec![], "Mara is being uploaded already"));
}

#[test]
fn that_a_recording_was_converted_stands_in_the_details_of_its_row() {
    for (file, converted) in [("/home/mara/Mara.flac", true), ("/home/mara/Mara.wav", false)] {
        let desk = with(vec![Reference { file: Some(file.into()), ..voice(1, "Mara") }]);
        assert_eq!(desk.picture().contains("converted to WAV"), converted, "{}", desk.picture());
    }
}

#[test]
fn the_line_of_keys_says_what_a_key_does_for_the_selected_reference_and_that_first() {
    let refused = Reference { refused: Some("gone".to_owned()), ..voice(1, "Mara") };
    let table = [
        (uploading(UploadState::Sending, None), " d stop   Enter use   a add"),
        (uploading(UploadState::Waiting, Some("busy")), " r try now   d stop   Enter use"),
        (uploading(UploadState::Failed, Some("silent")), " r upload again   d put aside   Enter use"),
        (refused, " r upload again   Enter use   a add"),
        (voice(1, "Mara"), " Enter use   a add   Space play   e name, note   w its takes"),
    ];
    for (reference, keys) in table {
        let desk = with(vec![reference]);
        let picture = desk.picture();
        assert!(picture.lines().any(|line| line.starts_with(keys)), "{keys}:\n{picture}");
    }
}

#[test]
fn an_upload_is_stopped_with_one_key_and_what_has_no_ids_goes_with_it() {
    let mut desk = with(vec![uploading(UploadState::Sending, None)]);
    desk.press("d").answer(Reply::Done);
    assert_eq!(desk.intents(), [Intent::StopUpload { reference: ReferenceId(1) }]);
    let gone = "and Mara is out of the library; your file stays where it is";
    assert_eq!(desk.notice(), format!("the upload of Mara is stopped, {gone}"));
    let again = |reference: Reference| Reference { voice_id: Some("vocal-1".to_owned()), ..reference };
    let failed = || uploading(UploadState::Failed, Some("too short"));
    let table = [
        (failed(), format!("the upload of Mara is put aside, {gone}")),
        (again(failed()), "the upload of Mara is put aside; it keeps the ids that it had".to_owned()),
        (
            again(uploading(UploadState::Waiting, None)),
            "the upload of Mara is stopped; it keeps the ids that it had".to_owned(),
        ),
    ];
    for (reference, said) in table {
        let mut desk = with(vec![reference]);
        desk.press("d").answer(Reply::Done);
        assert_eq!(desk.notice(), said);
    }
}

#[test]
fn the_end_of_an_upload_is_said_when_it_comes() {
    let table = [
        (voice(1, "Mara"), "Mara is uploaded, a singer alone, singing, 0:42 long"),
        (uploading(UploadState::Failed, Some("it is silent")), "the upload of Mara failed: it is silent"),
    ];
    for (ended, said) in table {
        let mut desk = with(vec![uploading(UploadState::Sending, None)]);
        let tell = |desk: &mut Desk, reference: &Reference| {
            desk.tell(Message::Feed(Changes { references: vec![reference.clone()], ..Changes::default() }));
        };
        tell(&mut desk, &uploading(UploadState::Waiting, Some("busy")));
        assert_ne!(desk.notice(), said, "it goes on");
        tell(&mut desk, &ended);
        assert_eq!(desk.notice(), said);
        desk.press("Tab");
        let notice = desk.notice().to_owned();
        tell(&mut desk, &Reference { note: "dry".to_owned(), ..ended });
        assert_eq!(desk.notice(), notice, "it is said once");
    }
}

#[test]
fn space_plays_a_reference_from_where_it_is_and_stops_it() {
    let frozen = Reference { recording: Some("ab12.wav".to_owned()), ..voice(1, "Mara") };
    let url = Reference {
        url: Some("https://a.example/x.mp3".to_owned()),
        ..Reference::new(ReferenceId(1), "X", Purpose::Url, start())
    };
    let table = [
        (frozen, "/data/recordings/ab12.wav"),
        (voice(1, "Mara"), "/home/mara/Mara.wav"),
        (url.clone(), "https://a.example/x.mp3"),
    ];
    let reference = ReferenceId(1);
    for (heard, whence) in table {
        let mut desk = with(vec![heard]);
        desk.press("Space");
        assert_eq!(desk.effects(), [Effect::Listen { reference, whence: PathBuf::from(whence) }]);
        desk.tell(Message::Played(Playing::Started { sound: Sound::Reference(reference) }));
        assert!(desk.picture().contains("playing"), "{}", desk.picture());
        desk.press("Space");
        assert_eq!(desk.effects(), [Effect::StopPlaying]);
    }
    let opening = Opening { plays: Plays::Files, ..opening() };
    let mut desk = Desk::new(opening, Changes { references: vec![url], ..everything() });
    desk.press("Tab Tab Space");
    assert_eq!(desk.notice(), "the player of this machine takes no addresses; it is https://a.example/x.mp3");
}

#[test]
fn the_takes_made_with_it_are_shown_and_esc_shows_the_others_again() {
    let with_mara = |number: u32, value: &str| Take {
        request: serde_json::json!({ "model": "music-01", "refer_voice": value }),
        ..saved(number, 60_000)
    };
    let mara = Reference { former: vec!["vocal-old".to_owned()], ..voice(1, "Mara") };
    let takes = vec![with_mara(1, "vocal-1"), with_mara(2, "vocal-old"), with_mara(3, "vocal-9")];
    let mut desk = Desk::new(opening(), Changes { takes, references: vec![mara], ..everything() });
    desk.press("Tab Tab w");
    assert_eq!(desk.state.focus(), Focus::Queue);
    let picture = desk.picture();
    assert!(picture.contains("made with Mara"), "{picture}");
    let shown = |desk: &Desk| [1, 2, 3].map(|number| desk.picture().contains(&format!(" {number}    music-2.0")));
    assert_eq!(shown(&desk), [true, true, false], "{picture}");
    desk.press("Esc");
    assert_eq!(shown(&desk), [true, true, true], "{}", desk.picture());
    assert_eq!(desk.state.focus(), Focus::Queue);
}

#[test]
fn enter_on_a_field_of_the_model_offers_the_references_that_fit_it() {
    let mut desk = writing_for(
        "music-01",
        vec![voice(1, "Ann"), voice(2, "Mara"), Reference { voice_id: None, ..song(3, "Band") }],
    );
    desk.press("S-Tab S-Tab S-Tab S-Tab").press("Down Enter");
    assert_eq!(desk.state.overlays(), ["choosing"], "{}", desk.picture());
    let picture = desk.picture();
    let (_, offered) = picture.split_once("Use as voice-id").unwrap();
    assert!(offered.contains("Ann") && !offered.contains("Band"), "it has no voice:\n{picture}");
    desk.type_text("mar").press("Enter");
    assert_eq!(setting(&desk, "voice-id").as_deref(), Some("vocal-2"));
    assert!(desk.picture().contains("Mara"), "{}", desk.picture());
    desk.press("Enter").type_text("vocal-77").press("Enter");
    assert_eq!(setting(&desk, "voice-id").as_deref(), Some("vocal-77"), "an id can be typed all the same");
}

#[test]
fn two_thousand_references_cost_no_time() {
    let many: Vec<Reference> = (1..=2_000).map(|id| voice(id, &format!("Voice {id:04}"))).collect();
    let mut desk = writing_for("music-01", many);
    let started = std::time::Instant::now();
    for _ in 0..20 {
        desk.press("Down");
        desk.picture();
    }
    let took = started.elapsed();
    assert!(took.as_millis() < 2_000, "20 keys took {took:?} in a debug build");
    desk.press("End Enter");
    assert_eq!(setting(&desk, "voice-id").as_deref(), Some("vocal-2000"));
}

#[test]
fn commands_of_the_references_work_on_a_russian_keyboard() {
    let mut desk = with(vec![voice(1, "Mara")]);
    desk.press("в").wait(700).press("в").answer(Reply::Done);
    assert_eq!(desk.intents(), [Intent::ForgetReference { reference: ReferenceId(1) }]);
    desk.press("ф");
    assert_eq!(desk.state.overlays(), ["files"]);
}
