//! The sections of the lyric: go to one, move it, double it.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Position;

use super::Outcome;
use super::picker::{self, Picker, Pressed, Row, fits};
use crate::domain::lyrics::{Section, sections};
use crate::tui::editor::Spot;
use crate::tui::input::{Code, Key};
use crate::tui::state::{Focus, State};
use crate::tui::update::replace_lyrics;

/// The sections that fit, with their place in the lyric.
fn shown(lyrics: &str, picker: &Picker) -> Vec<(usize, Section)> {
    let needle = picker.needle();
    let fits = |(_, section): &(usize, Section)| fits(section.tag.as_deref().unwrap_or(""), &needle);
    sections(lyrics).into_iter().enumerate().filter(fits).collect()
}

/// What is done to a section.
#[derive(Clone, Copy)]
enum Change {
    Earlier,
    Later,
    Double,
}

/// The change that a key stands for: with Control, as letters narrow the list.
fn change_of(key: Key) -> Option<Change> {
    match (key.ctrl || key.alt, key.code) {
        (true, Code::Up | Code::Char('p')) => Some(Change::Earlier),
        (true, Code::Down | Code::Char('n')) => Some(Change::Later),
        (true, Code::Char('d')) => Some(Change::Double),
        _ => None,
    }
}

/// Does what the key stands for.
pub fn press(state: &mut State, picker: &mut Picker, key: Key, now: Timestamp) -> Outcome {
    let lyrics = state.compose.lyrics.text().to_owned();
    let shown = shown(&lyrics, picker);
    if let Some(change) = change_of(key) {
        if let Some((place, _)) = shown.get(picker.selected())
            && let Some(text) = changed(&lyrics, *place, change)
        {
            replace_lyrics(state, text, now);
            // The selection goes along with its section.
            match change {
                Change::Earlier => drop(picker.press(state, Key::plain(Code::Up), shown.len())),
                Change::Later => drop(picker.press(state, Key::plain(Code::Down), shown.len())),
                Change::Double => {}
            }
        }
        return Outcome::stay();
    }
    match picker.press(state, key, shown.len()) {
        Pressed::Taken | Pressed::Command(_) => Outcome::stay(),
        Pressed::Left => Outcome::close(),
        Pressed::Chosen(row) => {
            state.focus = Focus::Lyrics;
            state.compose.lyrics.set_cursor(Spot { line: shown[row].1.lines.start, column: 0 });
            Outcome::close()
        }
    }
}

/// The lyric with a section moved or doubled; nothing where it cannot be.
fn changed(lyrics: &str, place: usize, change: Change) -> Option<String> {
    let lines: Vec<&str> = lyrics.lines().collect();
    let mut parts: Vec<Vec<&str>> = sections(lyrics).into_iter().map(|section| lines[section.lines].to_vec()).collect();
    match change {
        Change::Earlier => parts.swap(place.checked_sub(1)?, place),
        Change::Later if place + 1 < parts.len() => parts.swap(place, place + 1),
        Change::Later => return None,
        Change::Double => parts.insert(place, parts.get(place)?.clone()),
    }
    Some(parts.concat().join("\n"))
}

/// Draws the sections.
pub fn draw(state: &State, picker: &Picker, frame: &mut Frame<'_>) -> Option<Position> {
    let lyrics = state.compose.lyrics.text();
    let lines: Vec<&str> = lyrics.lines().collect();
    let row = |(_, section): (usize, Section)| {
        let words = section.lines.clone().skip(usize::from(section.tag.is_some())).filter_map(|n| lines.get(n));
        Row {
            left: section.tag.map_or_else(|| "(no tag)".to_owned(), |tag| format!("[{tag}]")),
            text: words.copied().find(|line| !line.trim().is_empty()).unwrap_or("").to_owned(),
            right: format!("line {}", section.lines.start + 1),
        }
    };
    let rows: Vec<Row> = shown(lyrics, picker).into_iter().map(row).collect();
    let title = "Sections: Enter goes, C-Up C-Down move, C-d doubles";
    picker::draw(state, picker, title, "no section is called so", &rows, frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LYRICS: &str = "[Verse]\na\n[Chorus]\nb";

    #[test]
    fn sections_move_and_double_as_whole_blocks() {
        assert_eq!(changed(LYRICS, 1, Change::Earlier).as_deref(), Some("[Chorus]\nb\n[Verse]\na"));
        assert_eq!(changed(LYRICS, 0, Change::Later).as_deref(), Some("[Chorus]\nb\n[Verse]\na"));
        assert_eq!(changed(LYRICS, 0, Change::Double).as_deref(), Some("[Verse]\na\n[Verse]\na\n[Chorus]\nb"));
    }

    #[test]
    fn the_first_section_goes_no_earlier_and_the_last_no_later() {
        assert_eq!(changed(LYRICS, 0, Change::Earlier), None);
        assert_eq!(changed(LYRICS, 1, Change::Later), None);
    }
}
