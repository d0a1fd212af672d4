//! One notice for all that stands still for want of credits, and nothing said twice.

use refrain::domain::credits::OutOfCredits;
use refrain::domain::generation::{Status, Take, TakeId, Why};
use refrain::domain::service::Service;
use refrain::engine::feed::Changes;
use refrain::tui::effect::Effect;
use refrain::tui::message::Message;
use refrain::tui::state::Opening;

use crate::desk::{Desk, everything, opening, take};

/// Where an order is, with the tag of its next request.
#[derive(Clone, Copy, Debug)]
enum At {
    InLine,
    Sending,
    Open,
    Held(&'static str),
    Made,
}

fn row(number: u32, at: At) -> Take {
    let of = |status, why, tag: &str| Take { why, request_tag: tag.to_owned(), ..take(number, status) };
    match at {
        At::InLine => of(Status::Ordered, None, "a"),
        At::Sending => of(Status::Sending, None, "a"),
        At::Open => of(Status::Sending, Some(Why::Open), "a"),
        At::Held(tag) => of(Status::Held, Some(Why::NoCredits), tag),
        At::Made => of(Status::Queued, None, "a"),
    }
}

/// What is said after each look, which brings some rows.
fn told(looks: &[&[(u32, At)]]) -> Vec<Option<usize>> {
    let mut dry = OutOfCredits::default();
    let look = |rows: &&[(u32, At)]| {
        rows.iter().for_each(|(number, at)| dry.see(&row(*number, *at)));
        dry.notices().first().map(|notice| notice.orders)
    };
    looks.iter().map(look).collect()
}

#[test]
fn what_is_held_for_want_of_credits_is_said_once_when_no_answer_is_awaited_any_more() {
    use At::{Held, InLine, Made, Open, Sending};
    type Looks<'a> = &'a [&'a [(u32, At)]];
    let cases: [(&str, Looks<'_>, &[Option<usize>]); 8] = [
        ("all at once", &[&[(1, Held("b")), (2, Held("a")), (3, Held("a"))], &[(1, Held("b"))]], &[Some(3), None]),
        (
            "others are on their way",
            &[&[(1, Sending), (2, Sending), (3, InLine)], &[(1, Held("b")), (3, Held("a"))], &[(2, Held("b"))]],
            &[None, None, Some(3)],
        ),
        (
            "one of those is taken all the same",
            &[&[(1, Sending), (2, Sending)], &[(1, Held("b"))], &[(2, Made)]],
            &[None, None, Some(1)],
        ),
        (
            "a song that is being made is not waited for, and its own refusal is no news",
            &[&[(1, Sending), (2, Open)], &[(1, Held("b"))], &[(2, Held("b"))], &[(1, Held("b"))]],
            &[None, Some(1), None, None],
        ),
        (
            "let go and refused again",
            &[&[(1, Held("b"))], &[(1, InLine)], &[(1, Sending)], &[(1, Held("c"))]],
            &[Some(1), None, None, Some(1)],
        ),
        ("the same between two looks", &[&[(1, Held("b"))], &[(1, Held("c"))]], &[Some(1), Some(1)]),
        ("a later order", &[&[(1, Held("b"))], &[(2, Sending)], &[(2, Held("b"))]], &[Some(1), None, Some(2)]),
        ("nothing of the kind", &[&[(1, InLine), (2, Sending)], &[(2, Made)]], &[None, None]),
    ];
    for (what, looks, expected) in cases {
        assert_eq!(told(looks), expected, "{what}");
    }
}

#[test]
fn each_service_has_a_notice_of_its_own_and_what_is_known_or_gone_has_none() {
    let mut dry = OutOfCredits::default();
    dry.know(&row(1, At::Held("a")));
    assert_eq!(dry.notices(), []);
    let elsewhere = Take { service: Service::from("https://other.example"), ..row(2, At::Held("a")) };
    dry.see(&elsewhere);
    dry.see(&row(3, At::Held("a")));
    dry.see(&row(4, At::Held("a")));
    dry.forget(TakeId(4));
    let notices = dry.notices();
    let said: Vec<String> = notices.iter().map(|notice| notice.sentence(None)).collect();
    let vendor = Service::vendor();
    assert_eq!(
        said,
        [
            format!("out of credits at {vendor}: 2 orders are held"),
            "out of credits at https://other.example: 1 order is held".to_owned()
        ]
    );
    assert_eq!(notices[1].sentence(Some("H")), "out of credits: 1 order is held; H lets it go");
}

const NOTICE: &str = "out of credits: 3 orders are held; H in the queue lets them all go";

fn fed(desk: &mut Desk, takes: Vec<Take>) {
    desk.tell(Message::Feed(Changes { takes, ..Changes::default() }));
}

fn rings(desk: &mut Desk) -> usize {
    desk.effects().iter().filter(|effect| matches!(effect, Effect::Bell)).count()
}

#[test]
fn the_screen_says_it_once_with_its_key_and_rings_once() {
    let mut desk = Desk::new(opening(), Changes { takes: vec![], ..everything() });
    fed(&mut desk, vec![row(1, At::InLine), row(2, At::InLine), row(3, At::InLine)]);
    desk.effects();
    fed(&mut desk, vec![row(1, At::Held("b")), row(2, At::Held("a")), row(3, At::Held("a"))]);
    assert_eq!((rings(&mut desk), desk.notice()), (1, NOTICE));
    fed(&mut desk, vec![take(4, Status::Working)]);
    assert_eq!((rings(&mut desk), desk.notice()), (0, NOTICE));
    let quiet = Opening { bell: false, ..opening() };
    let mut desk = Desk::new(quiet, Changes { takes: vec![row(1, At::Held("b"))], ..everything() });
    assert_eq!(rings(&mut desk), 0);
    assert!(!desk.notice().contains("credits"), "what was so before is no news");
}

#[test]
fn another_reason_to_hold_an_order_is_said_in_the_words_of_the_service() {
    let mut desk = Desk::new(opening(), Changes { takes: vec![row(1, At::Sending)], ..everything() });
    let message = Some("This key type may not use the model.".to_owned());
    fed(&mut desk, vec![Take { why: Some(Why::Forbidden), message, ..take(1, Status::Held) }]);
    assert_eq!(desk.notice(), "take 1: held, not allowed: This key type may not use the model.");
}
