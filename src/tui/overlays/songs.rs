//! The songs: type to narrow, Enter opens.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Position;

use super::picker::{self, Picker, Pressed, Row, fits};
use super::{Ask, Outcome, Overlay, Prompt};
use crate::domain::song::{Song, SongId};
use crate::tui::input::Key;
use crate::tui::keymap::Action;
use crate::tui::state::State;
use crate::tui::update::{new_song, open_song};

/// The songs that fit, the one touched last first.
fn songs<'a>(state: &'a State, picker: &Picker) -> Vec<&'a Song> {
    let needle = picker.needle();
    let mut songs: Vec<&Song> = state.songs.values().filter(|song| fits(&song.title, &needle)).collect();
    songs.sort_by_key(|song| std::cmp::Reverse((song.touched, song.id)));
    songs
}

/// Does what the key stands for.
pub fn press(state: &mut State, picker: &mut Picker, key: Key, now: Timestamp) -> Outcome {
    let ids: Vec<SongId> = songs(state, picker).iter().map(|song| song.id).collect();
    match picker.press(state, key, ids.len()) {
        Pressed::Left => Outcome::close(),
        Pressed::Chosen(row) => Outcome::close().with(open_song(state, ids[row], now)),
        Pressed::Command(Action::NewSong) if picker.text().is_empty() => {
            state.overlays.push(Overlay::Line(Prompt::new(Ask::NewSong, "")));
            Outcome::close()
        }
        Pressed::Command(Action::NewSong) => Outcome::close().with(new_song(state, picker.text())),
        Pressed::Command(Action::Rename) => {
            if let Some(song) = ids.get(picker.selected()).and_then(|id| state.songs.get(id)) {
                let prompt = Prompt::new(Ask::RenameSong(song.id), &song.title);
                state.overlays.push(Overlay::Line(prompt));
            }
            Outcome::close()
        }
        Pressed::Taken | Pressed::Command(_) => Outcome::stay(),
    }
}

/// Draws the songs.
pub fn draw(state: &State, picker: &Picker, frame: &mut Frame<'_>) -> Option<Position> {
    let row = |song: &Song| {
        let takes = state.queue.all().filter(|take| take.song == song.id && !take.hidden).count();
        let open = if state.compose.song == Some(song.id) { "open   " } else { "" };
        let day = state.day(song.touched);
        Row { text: song.title.clone(), right: format!("{open}{takes} takes   {day}"), ..Row::default() }
    };
    let rows: Vec<Row> = songs(state, picker).into_iter().map(row).collect();
    let none = format!("no song is called so; {} starts one", state.opening.keymap.how(Action::NewSong));
    picker::draw(state, picker, "Songs", &none, &rows, frame)
}
