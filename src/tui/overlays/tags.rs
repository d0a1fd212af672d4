//! What can be put in: a section tag into the lyrics, an earlier style into the style.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Position;

use super::Outcome;
use super::picker::{self, Picker, Pressed, Row, fits};
use crate::domain::lyrics::{TAGS, sections};
use crate::tui::editor::Edit;
use crate::tui::input::Key;
use crate::tui::state::{Focus, State, Text};
use crate::tui::update::type_in;

/// The tags that fit, this lyric's own first; what was typed is a tag too.
fn tags(state: &State, picker: &Picker) -> Vec<String> {
    let needle = picker.needle();
    let own = sections(state.compose.lyrics.text()).into_iter().filter_map(|section| section.tag);
    let mut tags: Vec<String> = Vec::new();
    for tag in own.chain(TAGS.map(str::to_owned)) {
        if fits(&tag, &needle) && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    let typed = picker.text().trim();
    if !typed.is_empty() && !tags.iter().any(|tag| tag.eq_ignore_ascii_case(typed)) {
        tags.push(typed.to_owned());
    }
    tags
}

/// The styles that takes were ordered with, the newest first; those of this song before others.
fn styles(state: &State, picker: &Picker) -> Vec<String> {
    let needle = picker.needle();
    let song = state.compose.song;
    let of_song = state.queue.all().rev().filter(|take| Some(take.song) == song);
    let of_others = state.queue.all().rev().filter(|take| Some(take.song) != song);
    let mut styles: Vec<String> = Vec::new();
    for take in of_song.chain(of_others) {
        let style = &take.draft.style;
        if !style.is_empty() && fits(style, &needle) && !styles.contains(style) {
            styles.push(style.clone());
        }
    }
    styles
}

fn is_for_style(state: &State) -> bool {
    state.focus == Focus::Style
}

fn choices(state: &State, picker: &Picker) -> Vec<String> {
    if is_for_style(state) { styles(state, picker) } else { tags(state, picker) }
}

/// Does what the key stands for.
pub fn press(state: &mut State, picker: &mut Picker, key: Key, now: Timestamp) -> Outcome {
    let choices = choices(state, picker);
    match picker.press(state, key, choices.len()) {
        Pressed::Taken | Pressed::Command(_) => Outcome::stay(),
        Pressed::Left => Outcome::close(),
        Pressed::Chosen(row) if is_for_style(state) => {
            Outcome::close().with(type_in(state, Text::Style, Edit::Replace(choices[row].clone()), now))
        }
        Pressed::Chosen(row) => {
            state.focus = Focus::Lyrics;
            let tag = choices[row].trim_matches(['[', ']']);
            Outcome::close().with(type_in(state, Text::Lyrics, Edit::InsertLine(format!("[{tag}]")), now))
        }
    }
}

/// Draws the tags or styles.
pub fn draw(state: &State, picker: &Picker, frame: &mut Frame<'_>) -> Option<Position> {
    let (title, nothing) = if is_for_style(state) {
        ("Earlier styles", "no take has such a style yet")
    } else {
        ("Insert a tag", "type a tag of your own")
    };
    let rows: Vec<Row> = choices(state, picker).into_iter().map(Row::of).collect();
    picker::draw(state, picker, title, nothing, &rows, frame)
}
