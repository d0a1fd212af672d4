//! A panic gives the terminal back first. Alone in its file, as the hook belongs to the whole process.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

use std::fs::OpenOptions;
use std::os::fd::OwnedFd;
use std::panic;
use std::sync::{Arc, Mutex};

use portable_pty::{PtySize, native_pty_system};
use refrain::audio::apart::THREAD;
use refrain::tui::terminal::{Charset, Device, Screen};

#[test]
fn a_panic_in_any_thread_gives_the_terminal_back_before_it_says_anything() {
    let pair = native_pty_system().openpty(PtySize::default()).unwrap();
    let path = pair.master.tty_name().unwrap();
    let open = || OwnedFd::from(OpenOptions::new().read(true).write(true).open(&path).unwrap());
    let tty = open();
    let modes = move || format!("{:?}", rustix::termios::tcgetattr(&tty).unwrap());
    let before = modes();
    let seen = Arc::new(Mutex::new(String::new()));

    let note = Arc::clone(&seen);
    let tests_own = panic::take_hook();
    panic::set_hook(Box::new(move |_| *note.lock().unwrap() = modes()));
    let mut screen = Screen::over(Device::over(open(), open()), Charset::Utf8).unwrap();
    screen.give_back_on_panic();
    let decoder = std::thread::Builder::new().name(THREAD.to_owned()).spawn(|| panic!("a broken recording"));
    assert!(decoder.unwrap().join().is_err());
    assert_eq!(*seen.lock().unwrap(), "", "a decoder that gives up ends nothing");
    let thread = std::thread::spawn(|| panic!("on purpose"));
    assert!(thread.join().is_err());
    panic::set_hook(tests_own);

    assert_eq!(*seen.lock().unwrap(), before, "cooked by the time the panic is reported");
    assert!(screen.draw(|_| ()).is_err(), "the screen has ended");
}
