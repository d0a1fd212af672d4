//! Style and lyrics: the texts, their counters, and what is wrong with them.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::{head, look_of, with_hidden};
use crate::domain::catalogue::{LYRICS, STYLE};
use crate::domain::draft::{Grade, Holds, Measure, Problem};
use crate::domain::length::to_clock;
use crate::tui::cells::{self, Sheet};
use crate::tui::editor::{Editor, EditorLook, render};
use crate::tui::keymap::Action;
use crate::tui::layout::Areas;
use crate::tui::overlays::models::{longest, measure};
use crate::tui::state::{Compose, Focus, State};
use crate::tui::theme::Part;

/// Columns of the gutter: two digits, a sign, and a space on each side.
const GUTTER: u16 = 5;
/// Narrower panes have a gutter of one space.
const GUTTER_FROM: u16 = 50;
/// A pane of so many rows has a row for the sentence of its gravest problem.
const PROBLEM_FROM: u16 = 5;

/// The parts of a text's pane below its heading.
struct Body {
    text: Rect,
    /// The row of the problem's sentence, if there is one and room for it.
    problem: Option<Rect>,
    gutter: u16,
}

fn body(compose: &Compose, field: &str, area: Rect) -> Body {
    let mut text = Rect { y: area.y + area.height.min(1), height: area.height.saturating_sub(1), ..area };
    let mut problem = None;
    if problem_of(compose, field).is_some() && area.height >= PROBLEM_FROM {
        text.height -= 1;
        problem = Some(Rect { y: text.bottom(), height: 1, ..area });
    }
    Body { text, problem, gutter: if area.width >= GUTTER_FROM { GUTTER } else { 1 } }
}

/// The problem to say in full: not a hint, and not that nothing was written yet, which the order says.
fn problem_of<'a>(compose: &'a Compose, field: &str) -> Option<&'a Problem> {
    compose.facts().problem_of(field).filter(|problem| problem.grade != Grade::Hint && problem.holds != Holds::Nothing)
}

/// Tells the editors how much room they have.
pub(in crate::tui) fn fit(compose: &mut Compose, areas: &Areas) {
    for (field, area) in [(STYLE, areas.style), (LYRICS, areas.lyrics)] {
        if area.area() == 0 {
            continue;
        }
        let body = body(compose, field, area);
        let (width, height) = (body.text.width.saturating_sub(body.gutter).max(1), body.text.height.max(1));
        let editor = if field == STYLE { &mut compose.style } else { &mut compose.lyrics };
        editor.fit(width, height);
    }
}

/// Draws the style.
pub(super) fn draw_style(state: &State, _: Timestamp, area: Rect, frame: &mut Frame<'_>) -> Option<Position> {
    let right = counters(state, STYLE, state.compose.facts().style);
    let hint = "genre, mood, instruments, voice, tempo";
    draw_text(state, Focus::Style, ("Style", &right, hint), &state.compose.style, area, frame)
}

/// Draws the lyrics.
pub(super) fn draw_lyrics(state: &State, _: Timestamp, area: Rect, frame: &mut Frame<'_>) -> Option<Position> {
    let facts = state.compose.facts();
    let mut parts = vec![counters(state, LYRICS, facts.lyrics)];
    if let Some(sings) = facts.sings {
        let (least, most) = (to_clock(sings.least.into()), to_clock(sings.most.into()));
        parts.insert(1, format!("sings {least} to {most}"));
    }
    parts.retain(|part| !part.is_empty());
    let hint = format!("the words; {} inserts a tag such as [Verse]", state.opening.keymap.how(Action::Insert));
    draw_text(state, Focus::Lyrics, ("Lyrics", &parts.join("   "), &hint), &state.compose.lyrics, area, frame)
}

/// `812/3000   1 to fix`, in words for what is missing as well as for what is too much.
fn counters(state: &State, field: &str, counted: Option<Measure>) -> String {
    let mut parts = vec![counted.map_or_else(|| "not sent".to_owned(), measure)];
    for (grade, word) in [(Grade::MustFix, "to fix"), (Grade::Look, "to look at")] {
        let count = state.compose.facts().count(field, grade);
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    parts.join("   ")
}

fn draw_text(
    state: &State,
    focus: Focus,
    (title, right, hint): (&str, &str, &str),
    editor: &Editor,
    area: Rect,
    frame: &mut Frame<'_>,
) -> Option<Position> {
    let theme = &state.opening.theme;
    let field = if focus == Focus::Style { STYLE } else { LYRICS };
    let body = body(&state.compose, field, area);
    let hidden = editor.hidden();
    let title = with_hidden(title, hidden.above, hidden.below);
    let mut sheet = Sheet::new(frame.buffer_mut(), area);
    let columns = sheet.columns();
    sheet.text(0, 0, &cells::heading(&title, right, columns), head(state, focus));
    if let (Some(row), Some(problem)) = (body.problem, problem_of(&state.compose, field)) {
        let line = format!(" ! {}", problem.sentence());
        let look = look_of(theme, problem.grade);
        sheet.text(usize::from(row.y - area.y), 0, &line, look);
    }
    let gutter = |line: usize| gutter_of(state, focus, line);
    let look = EditorLook {
        text: theme.look(Part::Text),
        tag: theme.look(Part::Tag),
        selection: theme.look(Part::Selection),
        found: theme.look(Part::Look),
        gutter_width: body.gutter,
        gutter: &gutter,
        hint: Some((hint, theme.look(Part::Faint))),
        focused: state.focus == focus,
    };
    render(editor, body.text, frame.buffer_mut(), &look)
}

/// How many syllables a line of the lyrics has.
fn gutter_of(state: &State, focus: Focus, line: usize) -> Option<(String, Style)> {
    let count = state.compose.facts().syllables.get(line).copied().flatten()?;
    (focus == Focus::Lyrics).then(|| (format!("{count:>3}"), state.opening.theme.look(Part::Faint)))
}

/// Draws one line in place of model and style, where there is no room for them.
pub(super) fn draw_summary(state: &State, _: Timestamp, area: Rect, frame: &mut Frame<'_>) -> Option<Position> {
    let theme = &state.opening.theme;
    let mut sheet = Sheet::new(frame.buffer_mut(), area);
    let model = match state.spec() {
        Some(spec) => {
            let price = state.price(spec, state.draft());
            let price = price.map_or(String::new(), |price| format!("  {}", price.words()));
            format!(" {}{price}  {}   ", spec.label, longest(spec.longest))
        }
        None => format!(" {} (not in the catalogue)   ", state.draft().model),
    };
    let counter = state.compose.facts().style.map_or_else(|| "not used".to_owned(), measure);
    let style = format!("Style {counter}: {}", state.compose.style.text());
    let look = match problem_of(&state.compose, STYLE) {
        Some(problem) => look_of(theme, problem.grade),
        None => theme.look(Part::Faint),
    };
    let style = cells::clip(&style, sheet.columns().saturating_sub(cells::width(&model)));
    sheet.spans(0, 0, &[(&model, theme.look(Part::Text)), (&style, look)]);
    None
}
