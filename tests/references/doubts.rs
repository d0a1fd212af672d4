//! What is asked before it is done: the question stands until it is answered or another key is pressed.

use refrain::domain::reference::{Reference, ReferenceId};
use refrain::engine::feed::Changes;
use refrain::engine::intent::{Intent, Reply};
use refrain::tui::effect::Effect;
use refrain::tui::message::Message;

use super::desk::{Desk, saved};
use super::{frozen, voice, with};

const FORGET: Intent = Intent::ForgetReference { reference: ReferenceId(1) };

/// Longer than a key takes to repeat.
const READ: i64 = 700;

fn two() -> Desk {
    with(vec![Reference { takes: 3, ..voice(1, "Mara") }, voice(2, "Zoe")])
}

/// A desk that asks whether Mara goes.
fn asked() -> Desk {
    let mut desk = two();
    desk.press("d");
    assert!(desk.notice().starts_with("d again takes Mara out of the library"), "{}", desk.notice());
    desk
}

#[test]
fn a_reference_is_forgotten_when_its_key_is_pressed_again_and_not_before() {
    let mut desk = asked();
    let kept = "takes made with it keep it; your file stays where it is";
    assert_eq!(desk.notice(), format!("d again takes Mara out of the library; {kept}"));
    assert_eq!(desk.intents(), []);
    desk.wait(READ).press("d").answer(Reply::Done);
    assert_eq!(desk.intents(), [FORGET]);
    assert_eq!(desk.notice(), format!("Mara is out of the library; {kept}"));
}

#[test]
fn a_question_stands_however_long_it_is_read_and_whatever_arrives_meanwhile() {
    let mut desk = asked();
    desk.wait(3_600_000);
    assert!(desk.picture().contains("d again takes Mara out"), "{}", desk.picture());
    desk.tell(Message::Feed(Changes { takes: vec![saved(8, 60_000)], ..Changes::default() }));
    assert!(desk.notice().contains("take 8"), "{}", desk.notice());
    desk.press("d");
    assert_eq!(desk.intents(), [FORGET]);
}

#[test]
fn any_other_key_takes_a_question_back() {
    for keys in ["Down d Up", "Down Up", "e Esc", "z", "Tab S-Tab", "C-g Esc", "C-p Esc z", "C-l", "r d"] {
        let mut desk = asked();
        desk.wait(READ).press(keys);
        desk.effects();
        desk.wait(READ).press("d");
        assert_eq!(desk.intents(), [], "{keys}: it is asked anew");
        assert!(desk.notice().starts_with("d again takes Mara out"), "{keys}: {}", desk.notice());
    }
    let mut desk = asked();
    desk.press("z").wait(5_000).press("z");
    assert!(!desk.notice().contains("again"), "what is asked no more fades: {}", desk.notice());
}

#[test]
fn a_key_that_is_held_down_answers_nothing() {
    for (delay, gap) in [(250, 33), (500, 100), (660, 40), (0, 0), (400, 399)] {
        let mut desk = two();
        desk.press("d").wait(delay - 100);
        for _ in 0..40 {
            desk.press("d").wait(gap - 100);
        }
        assert_eq!(desk.intents(), [], "after {delay} ms every {gap} ms");
    }
    let mut desk = asked();
    desk.press("d d");
    assert!(desk.notice().starts_with("d again takes Mara out"), "it is asked on: {}", desk.notice());
    desk.wait(READ).press("d");
    assert_eq!(desk.intents(), [FORGET]);
}

#[test]
fn the_palette_gives_the_answer_too() {
    let mut desk = asked();
    desk.wait(READ).press("C-p").type_text("reference out of the library").press("Enter");
    assert_eq!(desk.intents(), [FORGET], "{}", desk.notice());
    let mut desk = asked();
    desk.wait(READ).press("C-p").type_text("repaint").press("Enter d");
    assert_eq!(desk.intents(), [], "another command is no answer");
}

#[test]
fn a_file_that_is_another_now_is_uploaded_again_only_when_that_is_wanted() {
    let mut desk = with(vec![Reference { content: Some("cd34".to_owned()), ..voice(1, "Mara") }]);
    let read_again = |desk: &mut Desk| {
        desk.press("r");
        let effects = desk.effects();
        let [Effect::Check(check)] = effects.as_slice() else { panic!("{effects:?}") };
        desk.tell(Message::Checked { check: check.check, result: Ok(frozen()) });
    };
    read_again(&mut desk);
    assert_eq!(desk.intents(), []);
    let asked = "r uploads /home/mara/Mara.wav all the same; it is not what was uploaded as Mara";
    assert_eq!(desk.notice(), asked);
    desk.press("r");
    assert_eq!((desk.intents(), desk.notice()), (vec![], asked), "nobody can have read that");
    desk.wait(READ).press("d");
    assert_eq!(desk.intents(), [], "that is another question");
    read_again(&mut desk);
    desk.wait(READ).press("r");
    let again = Intent::UploadAgain { reference: ReferenceId(1), frozen: Some(frozen()), force: true };
    assert_eq!(desk.intents(), [again]);
}
