//! A program that can be made to panic while it has the screen: the real screen, keys, state and view, in
//! a loop of its own. refrain itself has no such key, and gets none for a test.

use std::sync::mpsc::channel;

use refrain::tui::input::{Code, Input, Key, Reader};
use refrain::tui::message::Message;
use refrain::tui::terminal::{Charset, Screen};
use refrain::tui::view;

use crate::desk::Desk;

/// Run by `endings` in terminals of its own; F12 makes it panic.
#[test]
#[ignore = "the inside of other tests"]
fn a_screen_that_panics_in_the_middle_of_a_frame() {
    let variable = |name: &str| std::env::var(name).ok();
    let charset = Charset::of_locale([None, None, variable("LANG").as_deref()]);
    let mut screen = Screen::enter(charset).unwrap();
    let size = screen.size();
    let mut desk = Desk::of_size(size.width, size.height);
    let (tell, told) = channel();
    let _reader = Reader::start(screen.keys().unwrap(), move |input| tell.send(input).is_ok()).unwrap();
    let mut ends = false;
    loop {
        screen
            .draw(|frame| {
                view::draw(&desk.state, desk.now, frame);
                assert!(!ends, "on purpose, in the middle of a frame");
            })
            .unwrap();
        while screen.is_behind() {
            screen.send().unwrap();
        }
        match told.recv().unwrap() {
            Input::Key(Key { code: Code::F(12), .. }) => ends = true,
            input => drop(desk.tell(Message::Input(input))),
        }
    }
}
