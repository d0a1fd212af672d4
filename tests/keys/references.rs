//! What the strip, the form and the request show of references before anything is ordered.

use refrain::domain::draft::Draft;
use refrain::domain::recording::setting;
use refrain::domain::reference::{Purpose, Reference, ReferenceId};
use refrain::domain::service::Service;
use refrain::engine::feed::Changes;
use refrain::tui::message::Message;
use refrain::tui::state::Opening;

use super::order;
use crate::desk::{Desk, SONG, draft, everything, opening, row, start};

const FILE: &str = "ab12.mp3";

fn demo() -> Reference {
    Reference {
        recording: Some(FILE.to_owned()),
        duration_ms: Some(42_000),
        bytes: Some(3_200_000),
        ..Reference::new(ReferenceId(7), "Mara demo", Purpose::File, start())
    }
}

/// A cover of that reference, on a wide screen in the sandbox.
fn cover_of(value: &str, library: Vec<Reference>) -> Desk {
    let settings = [("reference".to_owned(), value.to_owned())].into();
    let draft = Draft { model: "minimax/music-cover".to_owned(), settings, ..draft() };
    let changes = Changes { drafts: vec![row(SONG, 1, draft)], references: library, ..everything() };
    let opening = Opening { columns: 200, rows: 50, service: Service::Sandbox, ..opening() };
    let mut desk = Desk::new(opening, changes);
    desk.effects();
    desk
}

fn changed(desk: &mut Desk, reference: Reference) {
    desk.tell(Message::Feed(Changes { references: vec![reference], ..Changes::default() }));
}

#[test]
fn a_file_is_called_by_its_name_in_the_form_and_told_in_full_where_the_request_is_shown() {
    let mut desk = cover_of(&setting(FILE), vec![demo()]);
    assert!(desk.picture().contains("reference Mara demo"), "{}", desk.picture());
    let form = desk.press("S-Tab S-Tab").picture();
    assert!(form.lines().any(|line| line.contains("reference ") && line.contains("Mara demo")), "{form}");
    let request = desk.press("C-g v").picture();
    assert!(request.contains("\"reference_audio_url\": \"Mara demo, 0:42, 3.2 MB, sent in Base64\""), "{request}");
    assert!(!request.contains("$recording"), "{request}");
}

#[test]
fn a_local_path_stops_the_order_and_says_where_files_are_added() {
    let mut desk = cover_of("~/demo.wav", Vec::new());
    let strip = desk.press("C-g").draw();
    assert!(strip.contains("reference is `~/demo.wav`, a file of this machine, to be added first"), "{strip}");
    desk.press("Enter");
    assert_eq!(order(&mut desk), None);
}

#[test]
fn what_becomes_of_a_reference_is_said_beside_the_field_and_in_the_open_strip_at_once() {
    let mut desk = cover_of(&setting(FILE), vec![demo()]);
    desk.press("S-Tab S-Tab");
    assert!(!desk.picture().contains("Mara demo`"), "{}", desk.picture());
    changed(&mut desk, Reference { duration_ms: Some(4_000), ..demo() });
    let said = "0:04 long, music-cover is said to take at least 0:06";
    assert!(desk.picture().contains(&format!("! {said}")), "{}", desk.picture());
    desk.press("C-g");
    assert!(desk.draw().contains(&format!("reference is `Mara demo`, {said}")), "{}", desk.picture());
    changed(&mut desk, Reference { bytes: Some(60_000_000), ..demo() });
    let too_large = "60.0 MB, music-cover takes at most 50.0 MB";
    let told = desk.draw().lines().filter(|line| line.contains(too_large)).count();
    assert_eq!(told, 2, "in the form and in the strip: {}", desk.picture());
    desk.press("Enter");
    assert_eq!(order(&mut desk), None);
}

#[test]
fn an_id_from_before_a_new_upload_is_shown_as_it_will_be_sent() {
    let voice = Reference {
        voice_id: Some("vocal-2".to_owned()),
        former: vec!["vocal-1".to_owned()],
        service: Some(Service::Sandbox),
        ..Reference::new(ReferenceId(8), "Mara", Purpose::Voice, start())
    };
    let changes =
        Changes { drafts: vec![row(SONG, 1, super::for_music_01())], references: vec![voice], ..everything() };
    let mut desk = Desk::new(Opening { columns: 200, rows: 50, service: Service::Sandbox, ..opening() }, changes);
    let request = desk.press("C-g v").picture();
    assert!(request.contains("\"refer_voice\": \"vocal-2\""), "{request}");
    assert!(!request.contains("vocal-1"), "{request}");
}
