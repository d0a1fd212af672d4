//! The order strip: what is ordered, what it costs, and what stands in the way. It takes the place of the
//! message and the keys, so the lyric stays readable.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Position;

use super::models::price;
use super::{Models, Outcome, Overlay, Sent};
use crate::domain::draft::{Draft, Grade, Problem};
use crate::domain::generation::{Take, TakeId};
use crate::domain::song::SongId;
use crate::domain::wording::Role;
use crate::engine::intent::{Intent, Order, OrderLine, Question};
use crate::tui::cells::Sheet;
use crate::tui::effect::Effect;
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Context};
use crate::tui::state::{Asked, State};
use crate::tui::theme::Part;
use crate::tui::update::{go_to_problem, save};
use crate::tui::view;

/// At most so many problems are shown under the order.
const PROBLEMS_SHOWN: usize = 2;

/// The commands in its line of keys.
pub(super) const KEYS: &[Action] =
    &[Action::StripModels, Action::StripSent, Action::StripHold, Action::StripProblem, Action::Confirm, Action::Leave];

/// An order that is being made up.
#[derive(Clone, Debug)]
pub struct Strip {
    song: Option<SongId>,
    takes: u32,
    /// Catalogue ids.
    models: Vec<String>,
    from: Option<TakeId>,
    /// The draft of a take that is ordered again; without it the draft on the screen counts.
    again: Option<Box<Draft>>,
    held: bool,
    /// Whether it was on the screen as it is now.
    drawn: bool,
    /// Whether the order is on its way.
    sent: bool,
    question: Option<Question>,
    /// Why the last attempt came to nothing.
    refused: Option<String>,
    problems: Vec<Problem>,
}

impl Strip {
    /// One take of the draft on the screen, with its model.
    #[must_use]
    pub fn of_draft(state: &State) -> Self {
        Self::new(state, state.compose.song, &state.draft().model, state.compose.from, None)
    }

    /// A take again, as it was.
    #[must_use]
    pub fn of_take(state: &State, take: &Take) -> Self {
        Self::new(state, Some(take.song), &take.model, Some(take.id), Some(Box::new(take.draft.clone())))
    }

    fn new(state: &State, song: Option<SongId>, model: &str, from: Option<TakeId>, again: Option<Box<Draft>>) -> Self {
        let mut strip = Self {
            song,
            takes: 1,
            models: vec![model.to_owned()],
            from,
            again,
            held: false,
            drawn: false,
            sent: false,
            question: None,
            refused: None,
            problems: Vec::new(),
        };
        strip.check(state);
        strip
    }

    fn draft<'a>(&'a self, state: &'a State) -> &'a Draft {
        self.again.as_deref().unwrap_or_else(|| state.draft())
    }

    fn check(&mut self, state: &State) {
        let specs = self.models.iter().filter_map(|model| state.opening.catalogue.find(model));
        let mut problems: Vec<Problem> = specs.flat_map(|spec| self.draft(state).check(spec)).collect();
        problems.sort_by_key(|problem| problem.grade);
        problems.dedup();
        self.problems = problems;
    }

    /// Orders from these models.
    pub(super) fn set_models(&mut self, state: &State, models: Vec<String>) {
        self.models = models;
        self.changed();
        self.check(state);
    }

    /// What was asked or refused was about another order.
    fn changed(&mut self) {
        self.question = None;
        self.refused = None;
        self.drawn = false;
    }

    /// The order came back with a question.
    pub(in crate::tui) fn ask(&mut self, question: Question) {
        (self.sent, self.drawn, self.refused) = (false, false, None);
        self.question = Some(question);
    }

    /// The order came back undone.
    pub(in crate::tui) fn refuse(&mut self, why: String) {
        (self.sent, self.drawn, self.question) = (false, false, None);
        self.refused = Some(why);
    }

    /// It was on the screen.
    pub(super) fn drawn(&mut self) {
        self.drawn = true;
    }

    /// Rows of the strip: the order, what stands in the way, the keys.
    pub(super) fn rows(&self) -> u16 {
        2 + self.remarks().len() as u16
    }

    /// What stands in the way, or should be known.
    fn remarks(&self) -> Vec<(String, Part)> {
        if let Some(Question::SameAgain { seconds }) = self.question {
            let text = format!("the same request was ordered {seconds} s ago; Enter orders it again, Esc not");
            return vec![(text, Part::Look)];
        }
        if let Some(why) = &self.refused {
            return vec![(why.clone(), Part::MustFix)];
        }
        let part = |problem: &Problem| if problem.grade == Grade::MustFix { Part::MustFix } else { Part::Look };
        let worth = self.problems.iter().filter(|problem| problem.grade != Grade::Hint);
        worth.take(PROBLEMS_SHOWN).map(|problem| (problem.sentence(), part(problem))).collect()
    }

    /// US dollars for everything ordered, where every price is known.
    fn cost(&self, state: &State) -> Option<f64> {
        let prices = self.models.iter().map(|model| state.opening.catalogue.find(model).and_then(|spec| spec.price));
        prices.sum::<Option<f64>>().map(|sum| sum * f64::from(self.takes))
    }

    /// Whether Enter counts only once this was on the screen.
    fn must_be_seen(&self, state: &State) -> bool {
        let dear = match (self.cost(state), state.opening.confirm_above_usd) {
            (None, _) => true,
            (Some(cost), Some(most)) => cost > most,
            (Some(_), None) => false,
        };
        self.question.is_some() || (dear && !state.opening.service.is_sandbox())
    }

    /// `about $0.09 of $4.21`.
    fn price_words(&self, state: &State) -> String {
        if state.opening.service.is_sandbox() {
            return "nothing is charged".to_owned();
        }
        let Some(cost) = self.cost(state) else { return "price unknown".to_owned() };
        match state.money.balance {
            Some((balance, _)) => format!("about {} of ${balance:.2}", price(Some(cost))),
            None => format!("about {}", price(Some(cost))),
        }
    }
}

/// Does what the key stands for. The key that opens the strip closes it and never pays.
pub fn press(state: &mut State, strip: &mut Strip, key: Key, now: Timestamp) -> Outcome {
    if let Some(digit @ '1'..='9') = key.typed() {
        strip.takes = u32::from(digit) - u32::from('0');
        strip.changed();
        return Outcome::stay();
    }
    match state.opening.keymap.action(&[Context::Strip], key) {
        Some(Action::Leave) => Outcome::close(),
        Some(Action::Confirm) => confirm(state, strip, now),
        Some(Action::StripHold) => {
            strip.held = !strip.held;
            strip.changed();
            Outcome::stay()
        }
        Some(Action::StripModels) => {
            let models = Models::to_tick(state, strip.draft(state), &strip.models);
            state.overlays.push(Overlay::Models(models));
            Outcome::stay()
        }
        Some(Action::StripSent) => {
            let sent = Sent::new(state, strip.draft(state), &strip.models);
            state.overlays.push(Overlay::Sent(sent));
            Outcome::stay()
        }
        Some(Action::StripProblem) => {
            if let Some(model) = strip.models.first().filter(|_| strip.again.is_none()) {
                let model = model.clone();
                crate::tui::update::choose_model(state, &model, now);
            }
            state.settle();
            go_to_problem(state, now);
            Outcome::close()
        }
        _ => Outcome::stay(),
    }
}

/// Enter: orders, unless a problem must be fixed, or the price has to be seen first.
fn confirm(state: &mut State, strip: &mut Strip, now: Timestamp) -> Outcome {
    let Some(song) = strip.song.filter(|_| !strip.sent) else { return Outcome::stay() };
    strip.check(state);
    if let Some(problem) = strip.problems.first().filter(|problem| problem.grade == Grade::MustFix) {
        let stopped = format!("cannot be ordered: {}", problem.sentence());
        strip.refuse(stopped);
        return Outcome::stay();
    }
    if strip.must_be_seen(state) && !strip.drawn {
        return Outcome::stay();
    }
    let lines = strip.models.iter().map(|model| OrderLine { model: model.clone(), takes: strip.takes }).collect();
    let order = Order {
        song,
        service: state.opening.service.clone(),
        draft: strip.draft(state).clone(),
        lines,
        from: strip.from,
        held: strip.held,
        confirmed: strip.question.is_some(),
        folder: None,
    };
    strip.sent = true;
    strip.refused = None;
    let mut effects: Vec<Effect> = save(state);
    effects.push(state.carry(Intent::Order(order), Asked::Order));
    state.say("ordering", Role::Waiting, now);
    Outcome::stay().with(effects)
}

/// Draws the strip over the bottom.
pub fn draw(state: &State, strip: &Strip, frame: &mut Frame<'_>) -> Option<Position> {
    let theme = &state.opening.theme;
    let mut sheet = Sheet::new(frame.buffer_mut(), state.areas().bottom);
    sheet.clear();
    let all = strip.takes as usize * strip.models.len();
    let verb = if strip.held { "Hold" } else { "Order" };
    let takes = if all == 1 { "1 take".to_owned() } else { format!("{all} takes") };
    let models: Vec<&str> = strip.models.iter().map(|model| state.label(model)).collect();
    let after = match (strip.sent, strip.held) {
        (true, _) => "on its way",
        (_, true) => "h lets it go",
        _ => "cannot be stopped once sent",
    };
    let again = if strip.again.is_some() { "as it was  " } else { "" };
    let price = strip.price_words(state);
    let price_look = if strip.must_be_seen(state) { Part::Look } else { Part::Text };
    let order = format!(" {verb} {takes}  ");
    let models = format!("{}  {again}", models.join(", "));
    sheet.spans(
        0,
        0,
        &[
            (&order, theme.look(Part::HeadFocused)),
            (&models, theme.look(Part::Text)),
            (&price, theme.look(price_look)),
            ("  ", theme.look(Part::Text)),
            (after, theme.look(Part::Faint)),
        ],
    );
    for (n, (text, part)) in strip.remarks().iter().enumerate() {
        sheet.text(n + 1, 1, text, theme.look(*part));
    }
    let last = sheet.rows().saturating_sub(1);
    sheet.text(last, 1, "1-9", theme.look(Part::Key));
    sheet.text(last, 5, "how many", theme.look(Part::Text));
    view::draw_keys(state, &mut sheet, last, 16, KEYS, &[Context::Strip]);
    let area = sheet.area();
    (area.area() > 0).then(|| Position::new(area.x, area.y))
}
