//! What the strip says, and how it looks.

use ratatui::Frame;
use ratatui::layout::Position;

use super::Strip;
use super::flow::Flow;
use crate::domain::draft::{Grade, Problem};
use crate::domain::money::Spent;
use crate::domain::price::dollars;
use crate::domain::usual::Usual;
use crate::engine::intent::{OrderLine, Question};
use crate::tui::cells::{self, Sheet};
use crate::tui::keymap::{Action, Context};
use crate::tui::overlays::Overlay;
use crate::tui::state::State;
use crate::tui::theme::Part;
use crate::tui::view;

/// The row of the keys.
const KEY_ROWS: usize = 1;

/// More rows of remarks would leave too little of the lyric.
const MOST_REMARKS: usize = 6;

/// The commands in its line of keys where something is wrong.
const KEYS_WITH_PROBLEMS: &[Action] =
    &[Action::StripProblem, Action::Leave, Action::StripModels, Action::StripSent, Action::Confirm, Action::StripHold];

/// The commands in its line of keys.
const KEYS: &[Action] =
    &[Action::Confirm, Action::Leave, Action::StripModels, Action::StripSent, Action::StripHold, Action::StripProblem];

impl Strip {
    /// The commands in its line of keys.
    pub(in crate::tui::overlays) fn keys(&self) -> &'static [Action] {
        let wrong = self.problems.iter().any(|problem| problem.grade != Grade::Hint);
        if wrong { KEYS_WITH_PROBLEMS } else { KEYS }
    }

    /// Rows of the strip: the order, what stands in the way, the keys.
    pub(in crate::tui::overlays) fn rows(&self, state: &State) -> u16 {
        let columns = state.opening.columns.into();
        let order = order_rows(state, self, columns, usize::MAX).len();
        (order + self.lines(columns, MOST_REMARKS, "").len() + KEY_ROWS) as u16
    }

    /// The remarks in so many rows at most; the last one says how many more there are.
    fn lines(&self, columns: usize, rows: usize, first: &str) -> Vec<(String, Part)> {
        let remarks = self.remarks();
        let wrap = |(text, part): &(String, Part)| -> Vec<(String, Part)> {
            cells::wrap(text, columns.saturating_sub(2)).into_iter().map(|line| (line, *part)).collect()
        };
        let mut wrapped: Vec<Vec<_>> = remarks.iter().map(wrap).collect();
        let all = wrapped.len();
        while wrapped.iter().map(Vec::len).sum::<usize>() + usize::from(wrapped.len() < all) > rows.max(1)
            && wrapped.len() > 1
        {
            wrapped.pop();
        }
        let left_out = all - wrapped.len();
        let mut lines: Vec<_> = wrapped.into_iter().flatten().take(rows).collect();
        if left_out > 0 && lines.len() < rows {
            lines.push((format!("and {left_out} more; {first} goes to the first"), Part::Faint));
        }
        lines
    }

    /// What stands in the way, or should be known.
    fn remarks(&self) -> Vec<(String, Part)> {
        if let Some(question) = &self.question {
            let again = if matches!(question, Question::Above(_)) { "" } else { " again" };
            return vec![(format!("{}; Enter orders it{again}, Esc not", question.sentence()), Part::Look)];
        }
        if !self.refused.is_empty() {
            return self.refused.iter().map(|why| (why.clone(), Part::MustFix)).collect();
        }
        let worth = self.problems.iter().filter(|problem| problem.grade != Grade::Hint);
        let remark = |problem: &Problem| match problem.grade {
            Grade::MustFix => (format!("! {}", problem.sentence()), Part::MustFix),
            _ => (problem.sentence(), Part::Look),
        };
        worth.map(remark).collect()
    }

    /// `about $0.09 of $4.21`.
    fn price_words(&self, state: &State) -> String {
        if state.opening.service.is_sandbox() {
            return "nothing is charged".to_owned();
        }
        let Some(cost) = self.cost(state) else {
            let known: Spent = self.lines.iter().filter_map(|line| self.cost_of(state, line)).sum();
            let known = Some(known.usd).filter(|usd| *usd > 0.0).map(|usd| format!(" beyond {}", dollars(usd)));
            return format!("price unknown{}", known.unwrap_or_default());
        };
        match state.money.balance {
            Some((balance, _)) => format!("about {} of ${balance:.2}", dollars(cost.usd)),
            None => format!("about {}", dollars(cost.usd)),
        }
    }

    /// `music-2.0`; with several models, how many takes of each: `music-2.0 x3,`, `lyria2 x1`. What a name
    /// is too long for is cut off the name, never off the count.
    fn models_words(&self, state: &State, columns: usize) -> Vec<String> {
        let several = self.lines.len() > 1 && self.lines.iter().any(|line| line.takes > 1);
        let last = self.lines.len().saturating_sub(1);
        let model = |(n, line): (usize, &OrderLine)| {
            let count = if several { format!(" x{}", line.takes) } else { String::new() };
            let end = format!("{count}{}", if n < last { "," } else { "" });
            let label = cells::clip(state.label(&line.model), columns.saturating_sub(1 + cells::width(&end)));
            label + &end
        };
        self.lines.iter().enumerate().map(model).collect()
    }

    /// How long the slowest of the models usually needs: `1:10 yours`.
    fn time_words(&self, state: &State) -> String {
        let usual = self.specs(state).map(|(spec, _)| state.terms.usual(spec));
        usual.max_by_key(|usual| usual.seconds).map_or(String::new(), Usual::words)
    }
}

/// Draws the strip over the bottom.
pub fn draw(state: &State, strip: &Strip, frame: &mut Frame<'_>) -> Option<Position> {
    let theme = &state.opening.theme;
    let mut sheet = Sheet::new(frame.buffer_mut(), state.areas().bottom);
    sheet.clear();
    let rows = sheet.rows().saturating_sub(KEY_ROWS);
    let first = state.opening.keymap.how(Action::StripProblem);
    // Where not everything has room, a row of what stands in the way stays.
    let kept = strip.lines(sheet.columns(), 1, &first).len();
    let order = order_rows(state, strip, sheet.columns(), rows.saturating_sub(kept));
    for (row, spans) in order.iter().enumerate() {
        let spans: Vec<_> = spans.iter().map(|(text, part)| (text.as_str(), theme.look(*part))).collect();
        sheet.spans(row, 0, &spans);
    }
    let rows = rows.saturating_sub(order.len());
    for (n, (text, part)) in strip.lines(sheet.columns(), rows, &first).iter().enumerate() {
        sheet.text(order.len() + n, 1, text, theme.look(*part));
    }
    if matches!(state.overlays.last(), Some(Overlay::Strip(_))) {
        let last = sheet.rows().saturating_sub(1);
        sheet.text(last, 1, "1-9", theme.look(Part::Key));
        sheet.text(last, 5, "how many", theme.look(Part::Text));
        view::draw_keys(state, &mut sheet, last, 16, strip.keys(), &[Context::Strip]);
    } else {
        // What lies over the strip has the keys, and their line.
        view::draw_keys_of_top(state, &mut sheet);
    }
    let area = sheet.area();
    (area.area() > 0).then(|| Position::new(area.x, area.y))
}

/// ` Order 3 takes  about $0.09 of $4.21  music-2.0  cannot be stopped once sent`: what is paid comes first
/// and whole; models that have no room beside it stand below.
fn order_rows(state: &State, strip: &Strip, columns: usize, most: usize) -> Vec<Vec<(String, Part)>> {
    let all: u32 = strip.lines.iter().map(|line| line.takes).sum();
    let verb = if strip.held { "Hold" } else { "Order" };
    let takes = if all == 1 { "1 take".to_owned() } else { format!("{all} takes") };
    let mut flow = Flow::new(columns, most);
    flow.put(1, &format!("{verb} {takes}"), Part::HeadFocused);
    let price_part = if strip.cost(state).is_none() { Part::Look } else { Part::Text };
    flow.put(2, &strip.price_words(state), price_part);
    if strip.again.is_some() {
        flow.put(2, "as it was", Part::Text);
    }
    for (n, model) in strip.models_words(state, columns).iter().enumerate() {
        flow.put(if n == 0 { 2 } else { 1 }, model, Part::Text);
    }
    let held = format!("{} lets it go", state.opening.keymap.how(Action::Hold));
    let after = match (strip.sent, strip.held) {
        (true, _) => "on its way",
        (_, true) => held.as_str(),
        _ => "cannot be stopped once sent",
    };
    // The time is good to know; that it cannot be stopped must be known.
    let time = strip.time_words(state);
    if !time.is_empty() && flow.room() >= cells::width(&time) + cells::width(after) + 4 {
        flow.add(2, &time, Part::Text);
    }
    // A `>` next to a model would look as if its name went on.
    if flow.room() > 3 {
        flow.add(2, after, Part::Faint);
    }
    flow.rows
}
