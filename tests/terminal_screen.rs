//! What the screen sends to a terminal, and how it leaves one.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

#[path = "terminal/paper.rs"]
mod paper;
#[path = "terminal/real.rs"]
mod real;

use paper::{emulate, page, paint_all, screen};
use ratatui::layout::Size;
use ratatui::style::Style;

#[test]
fn a_frame_in_which_nothing_changed_is_no_bytes() {
    let (mut screen, paper) = screen(80, 24);
    screen.draw(|frame| page(frame, "a")).unwrap();
    paper.take();
    screen.draw(|frame| page(frame, "a")).unwrap();
    screen.draw(|frame| page(frame, "a")).unwrap();
    assert_eq!(paper.take(), Vec::<Vec<u8>>::new());
}

#[test]
fn a_typed_letter_is_one_small_write() {
    let (mut screen, paper) = screen(80, 24);
    screen.draw(|frame| page(frame, "a")).unwrap();
    paper.take();
    screen.draw(|frame| page(frame, "ab")).unwrap();
    let writes = paper.take();
    assert_eq!(writes.len(), 1);
    println!("{} bytes: {:?}", writes[0].len(), String::from_utf8_lossy(&writes[0]));
    assert!(writes[0].len() < 50, "{} bytes", writes[0].len());
    assert!(!writes[0].starts_with(b"\x1b[?2026h"));
}

#[test]
fn a_moved_cursor_is_a_few_bytes() {
    let (mut screen, paper) = screen(80, 24);
    screen.draw(|frame| page(frame, "ab")).unwrap();
    paper.take();
    screen
        .draw(|frame| {
            page(frame, "ab");
            frame.set_cursor_position((1, 0));
        })
        .unwrap();
    assert_eq!(paper.take(), [b"\x1b[2G"]);
}

#[test]
fn a_large_frame_is_one_synchronized_write() {
    let (mut screen, paper) = screen(80, 24);
    paper.take();
    screen.draw(|frame| page(frame, "night ferry")).unwrap();
    let writes = paper.take();
    assert_eq!(writes.len(), 1);
    assert!(writes[0].starts_with(b"\x1b[?2026h") && writes[0].ends_with(b"\x1b[?2026l"));
    let emulator = emulate(&writes, 80, 24);
    assert!(emulator.screen().contents().starts_with("night ferry\nThe last boat"));
    assert_eq!(emulator.screen().cursor_position(), (0, 11));
}

#[test]
fn bell_title_and_copied_text_go_out_with_the_frame() {
    let (mut screen, paper) = screen(80, 24);
    screen.draw(|frame| page(frame, "a")).unwrap();
    paper.take();
    screen.ring();
    screen.title("Night\u{1b}]0; Ferry\u{7}\n");
    assert!(screen.copy("夜 a"));
    screen.draw(|frame| page(frame, "ab")).unwrap();
    let writes = paper.take();
    assert_eq!(writes.len(), 1);
    let sent = String::from_utf8(writes[0].clone()).unwrap();
    assert!(sent.ends_with("\u{7}\u{1b}]2;Night]0; Ferry\u{7}\u{1b}]52;c;5aScIGE=\u{7}"), "{sent:?}");
    screen.draw(|frame| page(frame, "ab")).unwrap();
    assert!(paper.take().is_empty(), "once");
}

#[test]
fn what_no_terminal_takes_is_not_offered_to_its_clipboard() {
    let (mut screen, paper) = screen(80, 24);
    screen.draw(|frame| page(frame, "a")).unwrap();
    paper.take();
    assert!(!screen.copy(&"x".repeat(80_000)));
    screen.draw(|frame| page(frame, "a")).unwrap();
    assert!(paper.take().is_empty());
}

#[test]
fn a_terminal_that_takes_nothing_is_not_waited_for_and_gets_the_frame_whole_later() {
    let (mut screen, paper) = screen(80, 24);
    let mut sent = paper.take();
    paper.0.lock().unwrap().room = Some(100);
    screen.draw(|frame| page(frame, "night")).unwrap();
    assert!(screen.is_behind());
    screen.send().unwrap();
    assert!(screen.is_behind(), "it still takes nothing");
    paper.0.lock().unwrap().room = None;
    screen.send().unwrap();
    assert!(!screen.is_behind());
    screen.draw(|frame| page(frame, "night ferry")).unwrap();
    sent.extend(paper.take());
    assert!(emulate(&sent, 80, 24).screen().contents().starts_with("night ferry\nThe last boat"));
}

#[test]
fn a_frame_cut_in_the_middle_spoils_nothing_of_the_terminal_that_is_given_back() {
    let frame = |room: usize| {
        let (mut screen, paper) = screen(20, 4);
        screen.copy("a copied line");
        paper.0.lock().unwrap().room = Some(room);
        screen.draw(|frame| paint_all(frame, Style::new().bold().red())).unwrap();
        let whole = !screen.is_behind();
        paper.0.lock().unwrap().room = None;
        screen.leave();
        (whole, paper.take())
    };
    let cuts = (0..).map(frame).take_while(|(whole, _)| !whole);
    let mut count = 0;
    for (_, writes) in cuts {
        let mut after = emulate(&writes, 20, 4);
        after.process(b"said by the shell");
        let screen = after.screen();
        assert!(!screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor() && !screen.bold());
        assert_eq!(screen.contents().trim_end(), "said by the shell", "cut after {count} bytes");
        count += 1;
    }
    assert!(count > 50, "every place of the frame was tried, also within the copied text: {count}");
}

#[test]
fn a_bell_for_every_take_of_a_night_is_one_bell_in_the_morning() {
    let (mut screen, paper) = screen(80, 24);
    screen.draw(|frame| page(frame, "a")).unwrap();
    paper.take();
    for _ in 0..1_000 {
        screen.ring();
        screen.copy("the same line");
    }
    screen.draw(|frame| page(frame, "a")).unwrap();
    assert_eq!(paper.take().concat(), b"\x07\x1b]52;c;dGhlIHNhbWUgbGluZQ==\x07");
}

#[test]
fn what_a_guest_left_behind_is_put_right_before_the_next_frame() {
    let (mut screen, paper) = screen(80, 24);
    screen.draw(|frame| page(frame, "a")).unwrap();
    let mut writes = paper.take();
    screen.leave();
    writes.extend(paper.take());
    // An editor that was killed: its own screen, arrow keys, mouse, half a screen to scroll in.
    writes.push(b"\x1b[?1049h\x1b[?1h\x1b[?1002h\x1b[?1006h\x1b[5;10r\x1b[4h\x1b[12;40Hhalf a li".to_vec());
    screen.take_back().unwrap();
    screen.draw(|frame| page(frame, "b")).unwrap();
    writes.extend(paper.take());
    let inside = emulate(&writes, 80, 24);
    assert!(inside.screen().contents().starts_with("b\nThe last boat"));
    assert!(!inside.screen().application_cursor());
    assert_eq!(inside.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    screen.leave();
    writes.extend(paper.take());
    assert!(!emulate(&writes, 80, 24).screen().alternate_screen());
}

#[test]
fn leaving_puts_everything_back_once() {
    let (mut screen, paper) = screen(80, 24);
    screen.draw(|frame| paint_all(frame, Style::new().bold().red())).unwrap();
    let mut writes = paper.take();
    let inside = emulate(&writes, 80, 24);
    assert!(inside.screen().alternate_screen() && inside.screen().bracketed_paste());
    assert!(inside.screen().hide_cursor() && paper.is_raw());
    screen.leave();
    writes.extend(paper.take());
    let outside = emulate(&writes, 80, 24);
    assert!(!outside.screen().alternate_screen() && !outside.screen().bracketed_paste());
    assert!(!outside.screen().hide_cursor() && !outside.screen().bold() && !paper.is_raw());
    assert!(screen.draw(|frame| page(frame, "a")).is_err());
    screen.leave();
    drop(screen);
    assert!(paper.take().is_empty(), "given back already");
}

#[test]
fn a_dropped_screen_has_been_left() {
    let (screen, paper) = screen(80, 24);
    drop(screen);
    assert!(!paper.is_raw());
    assert!(paper.take().last().unwrap().ends_with(b"\x1b[?1049l\x1b[23;2t"));
}

#[test]
fn a_terminal_that_has_gone_is_left_alone() {
    let (mut screen, paper) = screen(80, 24);
    paper.take();
    screen.abandon();
    assert!(screen.draw(|frame| page(frame, "a")).is_err());
    drop(screen);
    assert!(paper.take().is_empty() && paper.is_raw());
}

#[test]
fn a_dead_terminal_is_an_error_and_never_a_panic() {
    let (mut screen, paper) = screen(80, 24);
    paper.0.lock().unwrap().gone = true;
    assert!(screen.draw(|frame| page(frame, "a")).is_err());
    screen.ring();
    assert!(screen.draw(|frame| page(frame, "b")).is_err());
    assert!(screen.lend(|| ()).is_err());
    drop(screen);
}

#[test]
fn a_lent_terminal_is_whole_meanwhile_and_painted_anew() {
    let (mut screen, paper) = screen(80, 24);
    screen.draw(|frame| page(frame, "a")).unwrap();
    let inside = {
        let paper = paper.clone();
        screen.lend(move || paper.is_raw()).unwrap()
    };
    assert!(!inside && paper.is_raw());
    paper.take();
    screen.draw(|frame| page(frame, "a")).unwrap();
    let shown = emulate(&paper.take(), 80, 24);
    assert!(shown.screen().contents().starts_with("a\nThe last boat"));
    assert_eq!(shown.screen().cursor_position(), (0, 1));
}

#[test]
fn a_storm_of_sizes_ends_in_the_last_one_and_asks_the_terminal_nothing() {
    let (mut screen, paper) = screen(80, 24);
    let mut sent = Vec::new();
    for n in 0..200_u16 {
        let size = Size { width: n * 7 % 130, height: n * 5 % 45 };
        paper.0.lock().unwrap().size = size;
        screen.resize().unwrap();
        if n % 3 == 0 {
            screen.draw(|frame| paint_all(frame, Style::new().bold())).unwrap();
        }
        assert_eq!(screen.size(), size);
    }
    paper.0.lock().unwrap().size = Size { width: 40, height: 10 };
    assert!(screen.resize().unwrap());
    assert!(!screen.resize().unwrap());
    sent.extend(paper.take());
    screen.draw(|frame| page(frame, "a")).unwrap();
    let last = paper.take();
    assert_eq!(last.len(), 1);
    assert!(emulate(&last, 40, 10).screen().contents().starts_with("a\nThe last boat"));
    sent.extend(last);
    let sent = sent.concat();
    for question in [&b"\x1b[6n"[..], b"\x1b[c", b"\x1b[?u", b"\x1b]11;?"] {
        assert!(!sent.windows(question.len()).any(|bytes| bytes == question));
    }
}
