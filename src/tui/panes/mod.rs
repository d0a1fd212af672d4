//! The panes: plain functions that draw a part of the state.

pub mod compose;
pub mod model;
pub mod queue;
pub mod references;
pub mod take;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use jiff::Timestamp;

use super::layout::Areas;
use super::state::{Focus, State};
use super::theme::{Part, Theme};
use crate::domain::draft::Grade;
use crate::domain::wording::Role;

/// A pane: where it stands, and what draws it and tells where the cursor belongs while it has the keys.
type Pane = (fn(&Areas) -> Rect, fn(&State, Timestamp, Rect, &mut Frame<'_>) -> Option<Position>);

/// Every pane.
const PANES: [Pane; 7] = [
    (|areas| areas.model, model::draw),
    (|areas| areas.summary, compose::draw_summary),
    (|areas| areas.style, compose::draw_style),
    (|areas| areas.lyrics, compose::draw_lyrics),
    (|areas| areas.queue, queue::draw),
    (|areas| areas.take, take::draw),
    (|areas| areas.references, references::draw),
];

/// Draws every pane that has room; tells where the cursor belongs.
pub(super) fn draw(state: &State, now: Timestamp, areas: &Areas, frame: &mut Frame<'_>) -> Option<Position> {
    let shown = PANES.iter().map(|(area, draw)| (area(areas), draw)).filter(|(area, _)| area.area() > 0);
    shown.filter_map(|(area, draw)| draw(state, now, area, frame)).last()
}

/// The look of a pane's title.
fn head(state: &State, focus: Focus) -> ratatui::style::Style {
    let part = if state.focus == focus { Part::HeadFocused } else { Part::Head };
    state.opening.theme.look(part)
}

/// The title of a pane, and how many lines it hides.
fn with_hidden(title: &str, above: usize, below: usize) -> String {
    match (above, below) {
        (0, 0) => title.to_owned(),
        (above, 0) => format!("{title} ({above} above)"),
        (0, below) => format!("{title} ({below} below)"),
        (above, below) => format!("{title} ({above} above, {below} below)"),
    }
}

/// What a problem feels like.
pub(super) fn role_of(grade: Grade) -> Role {
    match grade {
        Grade::MustFix => Role::Bad,
        Grade::Look => Role::Attention,
        Grade::Hint => Role::Quiet,
    }
}

/// The look of a problem.
fn look_of(theme: &Theme, grade: Grade) -> ratatui::style::Style {
    theme.look(match grade {
        Grade::MustFix => Part::MustFix,
        Grade::Look => Part::Look,
        Grade::Hint => Part::Faint,
    })
}
