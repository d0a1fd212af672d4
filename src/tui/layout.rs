//! Where everything stands, for every size of the terminal.

use ratatui::layout::Rect;

use super::state::Focus;

/// The smallest screen that is of use.
pub const LEAST: (u16, u16) = (40, 12);
/// From here on compose and queue stand side by side.
const WIDE: (u16, u16) = (110, 30);
/// From this many rows on, more than the focused pane is shown in one column.
const TALL_ENOUGH_FOR_TWO: u16 = 20;

/// The place of each part; one without room is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Areas {
    /// Title, money, counts.
    pub top: Rect,
    /// The line under it, where there are two columns.
    pub rule: Rect,
    /// The line between the columns.
    pub divider: Rect,
    /// The line over the bottom, where there are two columns.
    pub floor: Rect,
    pub model: Rect,
    /// One line in place of the panes above the lyrics.
    pub summary: Rect,
    pub style: Rect,
    pub lyrics: Rect,
    pub queue: Rect,
    pub take: Rect,
    pub references: Rect,
    /// Message and keys, or the order strip.
    pub bottom: Rect,
}

/// What the layout depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub columns: u16,
    pub rows: u16,
    pub focus: Focus,
    /// Rows of the model pane with every setting.
    pub form_rows: u16,
    /// Rows at the bottom.
    pub bottom_rows: u16,
    /// Whether the selected take is open.
    pub take_open: bool,
}

/// Whether the screen is too small for anything but saying so.
#[must_use]
pub fn is_too_small(columns: u16, rows: u16) -> bool {
    columns < LEAST.0 || rows < LEAST.1
}

/// Whether compose and queue stand side by side.
#[must_use]
pub fn is_wide(columns: u16, rows: u16) -> bool {
    columns >= WIDE.0 && rows >= WIDE.1
}

/// The places of all parts.
#[must_use]
pub fn areas(wanted: &Wanted) -> Areas {
    let Wanted { columns, rows, .. } = *wanted;
    if is_too_small(columns, rows) {
        return Areas::default();
    }
    let bottom_rows = wanted.bottom_rows.clamp(2, rows / 2);
    let base = Areas {
        top: Rect::new(0, 0, columns, 1),
        bottom: Rect::new(0, rows - bottom_rows, columns, bottom_rows),
        ..Areas::default()
    };
    let middle = Rect::new(0, 1, columns, rows - 1 - bottom_rows);
    if is_wide(columns, rows) {
        side_by_side(wanted, base, middle)
    } else if rows >= TALL_ENOUGH_FOR_TWO {
        two_at_a_time(wanted, base, middle)
    } else {
        one_at_a_time(wanted, base, middle)
    }
}

/// Cuts `rows` off the top of `area`.
fn cut(area: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    let piece = Rect { height: rows, ..*area };
    area.y += rows;
    area.height -= rows;
    piece
}

fn side_by_side(wanted: &Wanted, base: Areas, mut middle: Rect) -> Areas {
    let rule = cut(&mut middle, 1);
    middle.height -= 1;
    let floor = Rect { y: middle.bottom(), height: 1, ..middle };
    let left_columns = middle.width * 59 / 100 + 1;
    let mut left = Rect { width: left_columns - 1, ..middle };
    let divider = Rect { x: left_columns - 1, width: 1, ..middle };
    let mut right = Rect { x: left_columns, width: middle.width - left_columns, ..middle };
    let form_rows = if wanted.focus == Focus::Model { wanted.form_rows } else { 1 };
    let model = cut(&mut left, form_rows.min(middle.height / 2));
    let style = cut(&mut left, if wanted.focus == Focus::Style { 9 } else { 6 });
    let (queue_share, take_share) = if wanted.take_open { (30, 50) } else { (45, 30) };
    let queue = cut(&mut right, middle.height * queue_share / 100);
    let take = cut(&mut right, middle.height * take_share / 100);
    Areas { rule, floor, divider, model, style, lyrics: left, queue, take, references: right, ..base }
}

fn two_at_a_time(wanted: &Wanted, base: Areas, mut middle: Rect) -> Areas {
    let mut areas = base;
    let total = middle.height;
    match wanted.focus {
        Focus::Queue => {
            let queue_share = if wanted.take_open { 40 } else { 60 };
            areas.queue = cut(&mut middle, total * queue_share / 100);
            areas.take = middle;
        }
        Focus::References => {
            areas.references = cut(&mut middle, total / 2);
            areas.lyrics = middle;
        }
        Focus::Model | Focus::Style | Focus::Lyrics => {
            if wanted.focus == Focus::Model {
                areas.model = cut(&mut middle, wanted.form_rows.min(total / 2));
            } else {
                areas.summary = cut(&mut middle, 1);
            }
            if wanted.focus == Focus::Style {
                areas.style = cut(&mut middle, total * 2 / 5);
            }
            let queue_rows = (total / 5).max(3);
            let lyrics_rows = middle.height - queue_rows;
            areas.lyrics = cut(&mut middle, lyrics_rows);
            areas.queue = middle;
        }
    }
    areas
}

fn one_at_a_time(wanted: &Wanted, base: Areas, mut middle: Rect) -> Areas {
    let mut areas = base;
    match wanted.focus {
        Focus::Queue if wanted.take_open => areas.take = middle,
        Focus::Queue => areas.queue = middle,
        Focus::References => areas.references = middle,
        Focus::Model => areas.model = middle,
        Focus::Style => {
            areas.summary = cut(&mut middle, 1);
            areas.style = middle;
        }
        Focus::Lyrics => {
            areas.summary = cut(&mut middle, 1);
            areas.lyrics = middle;
        }
    }
    areas
}

/// Where a list that was called up stands: over the lower part of the panes, above the bottom.
#[must_use]
pub fn drawer(areas: &Areas, columns: u16, rows: u16, wanted_rows: usize) -> Rect {
    let floor = areas.bottom.y.min(rows);
    let room = floor.saturating_sub(areas.top.bottom());
    let most = if room <= TALL_ENOUGH_FOR_TWO { room } else { room * 3 / 4 };
    let height = (wanted_rows as u16).min(most);
    Rect { x: 0, y: floor - height, width: columns, height }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(areas: &Areas) -> [Rect; 12] {
        let a = areas;
        [
            a.top,
            a.rule,
            a.divider,
            a.floor,
            a.model,
            a.summary,
            a.style,
            a.lyrics,
            a.queue,
            a.take,
            a.references,
            a.bottom,
        ]
    }

    #[test]
    fn parts_stay_on_the_screen_and_never_overlap() {
        for columns in (1..300).step_by(7) {
            for rows in 1..80 {
                for focus in Focus::ORDER {
                    let wanted = Wanted { columns, rows, focus, form_rows: 9, bottom_rows: 2, take_open: false };
                    let parts = all(&areas(&wanted));
                    let screen = Rect::new(0, 0, columns, rows);
                    for (n, part) in parts.iter().enumerate() {
                        assert_eq!(part.intersection(screen).area(), part.area(), "{part:?} leaves {columns}x{rows}");
                        for other in &parts[n + 1..] {
                            assert!(!part.intersects(*other), "{part:?} meets {other:?} at {columns}x{rows} {focus:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_focused_pane_always_has_room() {
        for (columns, rows) in [(40, 12), (60, 15), (80, 24), (120, 40), (300, 80)] {
            for focus in Focus::ORDER {
                let wanted = Wanted { columns, rows, focus, form_rows: 5, bottom_rows: 2, take_open: false };
                let areas = areas(&wanted);
                let area = match focus {
                    Focus::Model => areas.model,
                    Focus::Style => areas.style,
                    Focus::Lyrics => areas.lyrics,
                    Focus::Queue => areas.queue,
                    Focus::References => areas.references,
                };
                assert!(area.height >= 4, "{focus:?} has {area:?} at {columns}x{rows}");
            }
        }
    }
}
