//! The picture at the top of the README: the real screen, drawn as SVG.
//!
//! `cargo test --test pty picture -- --ignored` writes `docs/screen.svg` anew.

use std::fmt::Write as _;

use crate::terminal::{Setup, Terminal};

const CELL: (u16, u16) = (9, 18);
const BACKGROUND: &str = "#14161b";
const FOREGROUND: &str = "#d7dae0";
/// xterm's first sixteen colours, softened for a dark page.
const COLOURS: [&str; 16] = [
    "#14161b", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#abb2bf", "#5c6370", "#e88990",
    "#b0d494", "#efd09a", "#84c1f3", "#d594e6", "#7cc6d0", "#ffffff",
];

fn colour(colour: vt100::Color, default: &str) -> String {
    match colour {
        vt100::Color::Default => default.to_owned(),
        vt100::Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        vt100::Color::Idx(index @ 0..=15) => COLOURS[usize::from(index)].to_owned(),
        vt100::Color::Idx(index @ 16..=231) => {
            let level = |part: u8| if part == 0 { 0 } else { 55 + 40 * part };
            let index = index - 16;
            format!("#{:02x}{:02x}{:02x}", level(index / 36), level(index / 6 % 6), level(index % 6))
        }
        vt100::Color::Idx(index) => {
            let grey = 8 + 10 * (index - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn svg(screen: &vt100::Screen) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let (width, height) = (columns * CELL.0 + 20, rows * CELL.1 + 20);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace, \
         'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"15\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n"
    );
    for row in 0..rows {
        for column in 0..columns {
            let Some(cell) = screen.cell(row, column) else { continue };
            let (mut front, mut back) = (colour(cell.fgcolor(), FOREGROUND), colour(cell.bgcolor(), BACKGROUND));
            if cell.inverse() {
                std::mem::swap(&mut front, &mut back);
            }
            let (x, y) = (10 + column * CELL.0, 10 + row * CELL.1);
            if back != BACKGROUND {
                writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" fill=\"{back}\"/>", CELL.0, CELL.1)
                    .unwrap();
            }
            let text = cell.contents();
            if !text.trim().is_empty() {
                let weight = if cell.bold() { " font-weight=\"bold\"" } else { "" };
                let opacity = if cell.dim() { " opacity=\"0.65\"" } else { "" };
                let baseline = y + 14;
                let text = escaped(text);
                writeln!(out, "<text x=\"{x}\" y=\"{baseline}\" fill=\"{front}\"{weight}{opacity}>{text}</text>")
                    .unwrap();
            }
        }
    }
    out.push_str("</svg>\n");
    out
}

#[test]
#[ignore = "writes docs/screen.svg"]
fn the_real_screen_as_a_picture() {
    let data = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("Paper Boats");
    terminal.keys("\x07");
    terminal.expect("Enter order");
    terminal.keys("2");
    terminal.keys("\r");
    terminal.expect("2 new to hear");
    terminal.keys("\t4p");
    terminal.expect("4 pick");
    // Back to the lyrics, and another ending for the first line.
    terminal.keys("\x03\x1b[B\x05 again");
    terminal.expect("beside the door again");
    terminal.keys("\x07");
    terminal.expect("Enter order");
    terminal.keys("3");
    terminal.keys("\r");
    terminal.expect("3 working");
    terminal.until("a running clock", |screen| screen.contents().contains("working 0:03"));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/docs");
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(format!("{folder}/screen.svg"), svg(&terminal.screen())).unwrap();
}
