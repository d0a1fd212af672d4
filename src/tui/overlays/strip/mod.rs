//! The order strip: what is ordered, what it costs, and what stands in the way. It takes the place of the
//! message and the keys, so the lyric stays readable.

mod draw;
mod flow;

use jiff::Timestamp;

pub use draw::draw;

use super::{Models, Outcome, Overlay, Sent};
use crate::domain::catalogue::ModelSpec;
use crate::domain::draft::{Draft, Grade, Problem};
use crate::domain::generation::{Status, Take, TakeId};
use crate::domain::money::Spent;
use crate::domain::song::SongId;
use crate::domain::wording::Role;
use crate::engine::intent::{Agreed, Intent, Order, OrderLine, Question};
use crate::tui::effect::Effect;
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Context};
use crate::tui::state::{Asked, State};
use crate::tui::update::{go_to_problem, save};

/// Whether an order was on the screen as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Not,
    /// Not yet, and the key that orders is the one that brought it up: held down, it repeats.
    ByConfirming,
    Drawn,
}

/// An order that is being made up.
#[derive(Clone, Debug)]
pub struct Strip {
    song: Option<SongId>,
    /// How many takes of which models; never empty.
    lines: Vec<OrderLine>,
    from: Option<TakeId>,
    /// The draft of a take that is ordered again; without it the draft on the screen counts.
    again: Option<Box<Draft>>,
    held: bool,
    shown: Shown,
    /// Whether it came up before there was anything on the screen, and no frame has shown it since.
    unseen: bool,
    /// Whether the order is on its way.
    sent: bool,
    question: Option<Question>,
    /// What was agreed to in answer to questions before that.
    agreed: Agreed,
    /// Why the last attempt came to nothing: every reason.
    refused: Vec<String>,
    problems: Vec<Problem>,
    /// What it cost when it was last looked at.
    cost: Option<Spent>,
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
            lines: vec![OrderLine { model: model.to_owned(), takes: 1 }],
            from,
            again,
            held: false,
            shown: Shown::Not,
            unseen: false,
            sent: false,
            question: None,
            agreed: Agreed::default(),
            refused: Vec::new(),
            problems: Vec::new(),
            cost: None,
        };
        strip.question = strip.doubt(state);
        strip.check(state);
        strip
    }

    fn draft<'a>(&'a self, state: &'a State) -> &'a Draft {
        self.again.as_deref().unwrap_or_else(|| state.draft())
    }

    /// The models that the catalogue has, with how many takes of each.
    fn specs<'a>(&'a self, state: &'a State) -> impl Iterator<Item = (&'a ModelSpec, u32)> {
        let spec = |line: &'a OrderLine| Some((state.opening.catalogue.find(&line.model)?, line.takes));
        self.lines.iter().filter_map(spec)
    }

    fn check(&mut self, state: &State) {
        let specs = self.specs(state).map(|(spec, _)| spec);
        let mut problems: Vec<Problem> = specs.flat_map(|spec| state.problems(self.draft(state), spec)).collect();
        problems.sort_by_key(|problem| problem.grade);
        problems.dedup();
        self.problems = problems;
        self.cost = self.cost(state);
    }

    /// Orders these takes.
    pub(in crate::tui) fn set_lines(&mut self, state: &State, lines: Vec<OrderLine>) {
        self.lines = lines;
        self.changed(state);
        self.check(state);
    }

    /// What is asked from the beginning: whoever orders after a take that may have been charged is told so.
    fn doubt(&self, state: &State) -> Option<Question> {
        let from = state.queue.get(self.from?)?;
        let in_doubt = from.status == Status::Unknown && from.service == state.opening.service;
        in_doubt.then_some(Question::MayPayTwice { number: from.number })
    }

    /// What was asked, agreed to or refused was about another order.
    fn changed(&mut self, state: &State) {
        self.question = self.doubt(state);
        self.agreed = Agreed::default();
        self.refused.clear();
        self.shown = Shown::Not;
    }

    /// The order came back with a question.
    pub(in crate::tui) fn ask(&mut self, question: Question) {
        (self.sent, self.shown) = (false, Shown::Not);
        self.refused.clear();
        self.question = Some(question);
    }

    /// The order came back undone.
    pub(in crate::tui) fn refuse(&mut self, why: Vec<String>) {
        (self.sent, self.shown, self.question) = (false, Shown::Not, None);
        self.refused = why;
    }

    /// The key that orders brought it up as it is now.
    pub(in crate::tui) fn brought_up_by_confirming(&mut self) {
        self.shown = Shown::ByConfirming;
    }

    /// Keys that were pressed before there was anything to see brought it up.
    pub(in crate::tui) fn opened_unseen(&mut self) {
        self.unseen = true;
    }

    /// It was on the screen.
    pub(in crate::tui) fn drawn(&mut self) {
        (self.shown, self.unseen) = (Shown::Drawn, false);
    }

    /// So many takes of each model.
    fn set_takes(&mut self, state: &State, takes: u32) {
        self.lines.iter_mut().for_each(|line| line.takes = takes);
        self.changed(state);
        self.check(state);
    }

    /// What it rests on may have changed: where that is the price, it has to be seen again.
    pub(in crate::tui) fn see(&mut self, state: &State) {
        let before = self.cost;
        self.check(state);
        if self.shown == Shown::Drawn && self.cost != before {
            self.shown = Shown::Not;
        }
    }

    /// What everything ordered costs, where every price is known.
    fn cost(&self, state: &State) -> Option<Spent> {
        self.lines.iter().map(|line| self.cost_of(state, line)).sum()
    }

    fn cost_of(&self, state: &State, line: &OrderLine) -> Option<Spent> {
        state.cost_of(self.draft(state), line)
    }

    /// Whether Enter counts only once this was on the screen.
    fn must_be_seen(&self, state: &State) -> bool {
        let dear = match (self.cost(state), state.opening.confirm_above_usd) {
            (None, _) => true,
            (Some(cost), Some(most)) => cost.usd > most,
            (Some(_), None) => false,
        };
        // A letter opened the strip of an order again: in text gone astray a line end may follow it.
        self.question.is_some()
            || self.again.is_some()
            || self.shown == Shown::ByConfirming
            || self.unseen
            || (dear && !state.opening.service.is_sandbox())
    }
}

/// Does what the key stands for. The key that opens the strip closes it and never pays.
pub fn press(state: &mut State, strip: &mut Strip, key: Key, now: Timestamp) -> Outcome {
    if let Some(takes) = key.typed().and_then(|c| c.to_digit(10)).filter(|takes| *takes > 0) {
        strip.set_takes(state, takes);
        return Outcome::stay();
    }
    match state.opening.keymap.action(&[Context::Strip], key) {
        Some(Action::Leave) => Outcome::close(),
        Some(Action::Confirm) => confirm(state, strip, now),
        Some(Action::StripHold) => {
            strip.held = !strip.held;
            strip.changed(state);
            Outcome::stay()
        }
        Some(Action::StripModels) => {
            let models = Models::to_tick(state, strip.again.as_deref(), &strip.lines);
            state.overlays.push(Overlay::Models(models));
            Outcome::stay()
        }
        Some(Action::StripSent) => {
            let models: Vec<String> = strip.lines.iter().map(|line| line.model.clone()).collect();
            let sent = Sent::new(state, strip.draft(state), &models);
            state.overlays.push(Overlay::Sent(sent));
            Outcome::stay()
        }
        Some(Action::StripProblem) => to_problem(state, strip, now),
        _ => Outcome::stay(),
    }
}

/// To what stands in the way: in the draft where one model is ordered; in the table, where each model tells
/// its own and the ticks stay, where it is one of several.
fn to_problem(state: &mut State, strip: &Strip, now: Timestamp) -> Outcome {
    let [line] = strip.lines.as_slice() else {
        let draft = strip.draft(state);
        let gravest = strip.specs(state).min_by_key(|(spec, _)| {
            let grade = state.problems(draft, spec).iter().map(|problem| problem.grade).min();
            (grade.is_none(), grade)
        });
        let model = gravest.map(|(spec, _)| spec.id.clone()).unwrap_or_default();
        let models = Models::to_tick(state, strip.again.as_deref(), &strip.lines).on(&model);
        state.overlays.push(Overlay::Models(models));
        return Outcome::stay();
    };
    if strip.again.is_none() {
        crate::tui::update::choose_model(state, &line.model, now);
    }
    state.settle();
    go_to_problem(state, now);
    Outcome::close()
}

/// The reasons, the first one after what they are reasons for.
pub(in crate::tui) fn led_by(lead: &str, mut reasons: Vec<String>) -> Vec<String> {
    if let Some(first) = reasons.first_mut() {
        first.insert_str(0, lead);
    }
    reasons
}

/// Enter: orders, unless a problem must be fixed, or the price has to be seen first.
fn confirm(state: &mut State, strip: &mut Strip, now: Timestamp) -> Outcome {
    if strip.sent {
        return Outcome::stay();
    }
    let Some(song) = strip.song else {
        let songs = state.opening.keymap.how(Action::Songs);
        strip.refuse(vec![format!("cannot be ordered: there is no song yet; {songs} starts one")]);
        return Outcome::stay();
    };
    if let Some(why) = state.opening.no_orders.as_ref().filter(|_| !state.opening.service.is_sandbox()) {
        strip.refuse(vec![format!("cannot be ordered: {why}")]);
        return Outcome::stay();
    }
    strip.check(state);
    let grave = strip.problems.iter().filter(|problem| problem.grade == Grade::MustFix);
    let grave: Vec<String> = grave.map(Problem::sentence).collect();
    if !grave.is_empty() {
        strip.refuse(led_by("cannot be ordered: ", grave));
        return Outcome::stay();
    }
    if let Some(unknown) =
        strip.lines.iter().map(|line| &line.model).find(|model| state.opening.catalogue.find(model).is_none())
    {
        let stopped = format!("cannot be ordered: {unknown} is not in the catalogue; m chooses another");
        strip.refuse(vec![stopped]);
        return Outcome::stay();
    }
    if strip.must_be_seen(state) && strip.shown != Shown::Drawn {
        return Outcome::stay();
    }
    let answered = strip.question.as_ref().map_or(strip.agreed, |question| question.agreed(strip.agreed));
    strip.agreed = Agreed { to_the_price: strip.shown == Shown::Drawn, ..answered };
    let order = Order {
        song,
        service: state.opening.service.clone(),
        draft: strip.draft(state).clone(),
        lines: strip.lines.clone(),
        from: strip.from,
        held: strip.held,
        agreed: strip.agreed,
        folder: None,
    };
    strip.sent = true;
    strip.refused.clear();
    let mut effects: Vec<Effect> = save(state);
    effects.push(state.carry(Intent::Order(order), Asked::Order { held: strip.held }));
    state.say("ordering", Role::Waiting, now);
    Outcome::stay().with(effects)
}
