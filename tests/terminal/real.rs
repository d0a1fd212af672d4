//! The same at a real terminal of the kernel's.

use std::fs::OpenOptions;
use std::io::Read as _;
use std::os::fd::OwnedFd;

use portable_pty::{MasterPty, PtySize, native_pty_system};
use ratatui::layout::Size;
use ratatui::style::Style;
use refrain::tui::terminal::{Charset, Device, Screen};
use rustix::event::{PollFd, PollFlags, poll};

use crate::paper::{emulator, page};

/// A real terminal: the kernel's end and ours.
fn pty() -> (Box<dyn MasterPty + Send>, Device, OwnedFd) {
    let size = PtySize { rows: 30, cols: 100, ..PtySize::default() };
    let pair = native_pty_system().openpty(size).unwrap();
    let path = pair.master.tty_name().unwrap();
    let open = || OwnedFd::from(OpenOptions::new().read(true).write(true).open(&path).unwrap());
    let output = open();
    // As a shell may have left it: the kernel then refuses what it has no room for.
    rustix::io::ioctl_fionbio(&output, true).unwrap();
    (pair.master, Device::over(open(), output), open())
}

#[test]
fn a_real_terminal_gets_its_modes_back_exactly() {
    let (master, device, tty) = pty();
    let modes = || format!("{:?}", rustix::termios::tcgetattr(&tty).unwrap());
    let before = modes();
    let mut screen = Screen::over(device, Charset::Utf8).unwrap();
    assert_eq!(screen.size(), Size { width: 100, height: 30 });
    assert_ne!(modes(), before);
    screen.lend(|| assert_eq!(modes(), before)).unwrap();
    screen.leave();
    assert_eq!(modes(), before);
    drop((master, screen));
}

#[test]
fn more_than_a_terminal_takes_at_once_arrives_whole() {
    let (master, device, tty) = pty();
    let mut reader = master.try_clone_reader().unwrap();
    let reading = std::thread::spawn(move || {
        let mut emulator = emulator(100, 30);
        let mut bytes = [0; 512];
        let mut longest = String::new();
        while let Ok(count @ 1..) = reader.read(&mut bytes) {
            emulator.process(&bytes[..count]);
            if emulator.screen().alternate_screen() {
                longest = emulator.screen().contents();
            }
        }
        longest
    });
    let outlet = device.outlet().unwrap();
    let mut screen = Screen::over(device, Charset::Utf8).unwrap();
    let catch_up = |screen: &mut Screen| {
        while screen.is_behind() {
            let mut ends = [PollFd::new(&outlet, PollFlags::OUT)];
            poll(&mut ends, None).unwrap();
            screen.send().unwrap();
        }
    };
    for round in 0..200 {
        let letter = char::from(b'a' + round % 26).to_string();
        screen
            .draw(|frame| {
                for row in frame.area().rows() {
                    frame.buffer_mut().set_string(0, row.y, letter.repeat(100), Style::new());
                }
            })
            .unwrap();
        catch_up(&mut screen);
    }
    screen.draw(|frame| page(frame, "end")).unwrap();
    catch_up(&mut screen);
    drop((screen, outlet, tty, master));
    let shown = reading.join().unwrap();
    let rows: Vec<&str> = shown.lines().map(str::trim_end).collect();
    assert_eq!(rows[..2], ["end", "The last boat leaves at ten to nine"]);
}
