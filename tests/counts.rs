//! How many keys the things done all day take. A screen that needs more is a worse screen.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod desk;

use desk::{Desk, MODEL, everything, opening, saved};
use refrain::domain::generation::{Take, TakeId};
use refrain::domain::service::Service;
use refrain::engine::feed::Changes;
use refrain::engine::intent::{Intent, Order};
use refrain::tui::effect::Effect;
use refrain::tui::state::{Focus, Opening};

/// Presses keys and holds them to their number; the screen is drawn after each, as in life.
fn press(desk: &mut Desk, keys: &str, most: usize) {
    assert_eq!(keys.split_whitespace().count(), most, "{keys}");
    for key in keys.split_whitespace() {
        desk.press(key).draw();
    }
}

fn orders(desk: &mut Desk) -> Vec<Order> {
    let order = |intent| match intent {
        Intent::Order(order) => Some(order),
        _ => None,
    };
    desk.intents().into_iter().filter_map(order).collect()
}

/// The paid service, where every price is asked about, and the sandbox: counts are the same.
fn desks() -> [Desk; 2] {
    [Service::vendor(), Service::Sandbox].map(|service| {
        let mut desk = Desk::new(Opening { service, ..opening() }, everything());
        desk.effects();
        desk
    })
}

#[test]
fn a_changed_line_is_ordered_with_two_keys_after_the_typing() {
    for mut desk in desks() {
        desk.type_text("x");
        press(&mut desk, "C-g Enter", 2);
        let [order] = &orders(&mut desk)[..] else { panic!("no order") };
        assert!(order.draft.lyrics.starts_with('x'));
        assert_eq!((order.lines.len(), order.lines[0].takes), (1, 1));
    }
}

#[test]
fn eight_takes_are_three_keys() {
    for mut desk in desks() {
        press(&mut desk, "C-g 8 Enter", 3);
        let [order] = &orders(&mut desk)[..] else { panic!("no order") };
        assert_eq!((order.lines.len(), order.lines[0].takes), (1, 8));
    }
}

#[test]
fn one_song_goes_to_three_models_with_six_keys() {
    for mut desk in desks() {
        press(&mut desk, "C-g m Space Space Enter Enter", 6);
        let [order] = &orders(&mut desk)[..] else { panic!("no order") };
        let models: Vec<&str> = order.lines.iter().map(|line| line.model.as_str()).collect();
        assert_eq!(models, [MODEL, "minimax/music-2.6", "minimax/music-1.5"]);
    }
}

/// A screen just opened on a song with one new take.
fn just_opened() -> Desk {
    let takes =
        vec![Take { heard: true, ..saved(1, 90_000) }, saved(2, 90_000), Take { heard: true, ..saved(3, 1_000) }];
    let mut desk = Desk::new(opening(), Changes { takes, ..everything() });
    desk.effects();
    desk
}

#[test]
fn the_first_sound_after_starting_takes_at_most_four_keys() {
    let mut desk = just_opened();
    // The first of the four is Enter after `refrain` in the shell.
    press(&mut desk, "Tab n Space", 3);
    assert_eq!(desk.state.focus(), Focus::Queue);
    assert_eq!(desk.effects(), [Effect::Play { take: TakeId(2) }]);
}
