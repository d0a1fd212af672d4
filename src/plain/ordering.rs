//! `order`: says in one line what is ordered and what it costs, and asks.

use anyhow::Result;
use jiff::Timestamp;

use super::session::Session;
use super::writing::say;
use crate::cli::bill::{self, Bill};
use crate::cli::{self, output};
use crate::domain::catalogue::ModelSpec;
use crate::domain::draft::{Grade, Problem};
use crate::domain::generation::TakeId;
use crate::domain::price::dollars;
use crate::engine::intent::{Agreed, Intent, Order, OrderLine, Reply};

/// Takes of each model at most, as on the screen.
const MOST: u32 = 9;

/// What a line asks for.
struct Wish {
    takes: u32,
    models: Vec<ModelSpec>,
}

/// Orders takes of the open song.
pub fn order(session: &mut Session, what: &str) -> Result<()> {
    if let Some(why) = session.no_orders.as_ref().filter(|_| !session.service.is_sandbox()) {
        return Err(cli::usage(format!("nothing was ordered: {why}")));
    }
    let wish = Wish::read(session, what)?;
    let stop = stopped_by(session, &wish)?;
    if !stop.is_empty() {
        let sentences: Vec<String> = stop.iter().map(|problem| format!("- {}", problem.sentence())).collect();
        return Err(cli::usage(format!("this cannot be ordered, nothing was sent:\n{}", sentences.join("\n"))));
    }
    if !session.agrees(&wish.question(session))? {
        return not_ordered();
    }
    let mut order = wish.order(session);
    loop {
        match session.carry_out(Intent::Order(order.clone()), Timestamp::now())? {
            Reply::Ordered { takes } => return ordered(session, &takes),
            Reply::Asks(question) => {
                if !session.agrees(&format!("{}; order it", question.sentence()))? {
                    return not_ordered();
                }
                order.agreed = question.agreed(order.agreed);
            }
            Reply::OverBudget(over) => return Err(cli::over_budget(&over)),
            Reply::Problems { model, problems } => {
                let why = problems.first().map_or(model, Problem::sentence);
                return Err(cli::failed(format!("nothing was ordered: {why}")));
            }
            _ => return Err(cli::failed("nothing was ordered: the store answered something else")),
        }
    }
}

/// Asks before a command of the command line pays for something; it says where nothing comes of it.
pub fn agreed(session: &mut Session, bill: &Bill) -> Result<bool> {
    let agreed = session.agrees(&question(session, bill))?;
    if !agreed {
        not_ordered()?;
    }
    Ok(agreed)
}

/// What is to be paid for, for how much, and how much there is.
fn question(session: &Session, bill: &Bill) -> String {
    let Bill { what, cost, warning } = bill;
    let what = warning.iter().map(|warning| format!("{warning}; ")).chain([what.clone()]).collect::<String>();
    if session.service.is_sandbox() {
        return format!("{what} on the sandbox, where nothing is charged");
    }
    let price = match cost {
        Some(cost) => format!("for about {}", dollars(*cost)),
        None => "at a price that is not known".to_owned(),
    };
    let balance = session.following.balance;
    let of = balance
        .map(|(usd, _)| if cost.is_some() { format!(" of ${usd:.2}") } else { format!(", with ${usd:.2} left") });
    format!("{what} {price}{}, not to be stopped once sent", of.unwrap_or_default())
}

fn not_ordered() -> Result<()> {
    Ok(output::line("nothing was ordered")?)
}

/// What must be mended first; what should only be looked at is said.
fn stopped_by(session: &Session, wish: &Wish) -> Result<Vec<Problem>> {
    let mut stop = Vec::new();
    for spec in &wish.models {
        let problems = session.problems(spec)?;
        problems.iter().filter(|problem| problem.grade == Grade::Look).try_for_each(say)?;
        stop.extend(problems.into_iter().filter(|problem| problem.grade == Grade::MustFix));
    }
    Ok(stop)
}

fn ordered(session: &mut Session, ids: &[TakeId]) -> Result<()> {
    let takes: Vec<_> = ids.iter().filter_map(|id| session.store.take(*id).ok()).collect();
    let numbers: Vec<String> = takes.iter().map(|take| take.number.to_string()).collect();
    let ids: Vec<String> = takes.iter().map(|take| take.id.0.to_string()).collect();
    let (takes, id) = if ids.len() == 1 { ("take", "id") } else { ("takes", "ids") };
    output::line(&format!("ordered {takes} {}, {id} {}", numbers.join(" and "), ids.join(" and ")))?;
    let service = session.service.clone();
    session.start_worker(&service);
    Ok(())
}

impl Wish {
    /// `3 --model music-2.0 --model lyria2`; one take of the song's model where nothing is said.
    fn read(session: &Session, what: &str) -> Result<Self> {
        let mut wish = Self { takes: 1, models: Vec::new() };
        let mut words = what.split_whitespace();
        while let Some(word) = words.next() {
            let named = if word == "--model" { words.next() } else { word.strip_prefix("--model=") };
            match (named, word.parse()) {
                (Some(name), _) => wish.add(model(session, name)?),
                (None, Ok(takes)) if (1..=MOST).contains(&takes) => wish.takes = takes,
                (None, Ok(_)) => {
                    return Err(cli::usage(format!("`{word}` takes are not ordered at once, 1 to {MOST} are")));
                }
                (None, Err(_)) => {
                    return Err(cli::usage(format!(
                        "`order {what}` is not known\nhint: `order 3`, or `order 2 --model NAME`"
                    )));
                }
            }
        }
        if wish.models.is_empty() {
            wish.models.push(session.spec()?.clone());
        }
        Ok(wish)
    }

    /// A model that is named twice is ordered from once.
    fn add(&mut self, spec: ModelSpec) {
        if self.models.iter().all(|other| other.id != spec.id) {
            self.models.push(spec);
        }
    }

    /// US dollars for everything, where every price is known.
    fn cost(&self, session: &Session) -> Option<f64> {
        let terms = session.store.terms(&session.service).ok()?;
        let prices = self.models.iter().map(|spec| terms.price(spec, session.draft()).map(|price| price.usd));
        prices.sum::<Option<f64>>().map(|sum| sum * f64::from(self.takes))
    }

    /// `order 3 takes of music-2.0 for about $0.09 of $4.21, not to be stopped once sent`.
    fn question(&self, session: &Session) -> String {
        let labels: Vec<&str> = self.models.iter().map(|spec| spec.label.as_str()).collect();
        question(session, &Bill { what: bill::order(self.takes, &labels), cost: self.cost(session), warning: None })
    }

    fn order(&self, session: &Session) -> Order {
        let line = |spec: &ModelSpec| OrderLine { model: spec.id.clone(), takes: self.takes };
        Order {
            song: session.song.id,
            service: session.service.clone(),
            draft: session.draft().clone(),
            lines: self.models.iter().map(line).collect(),
            from: None,
            held: false,
            // The price was asked about already, whatever it is.
            agreed: Agreed { to_the_price: true, ..Agreed::default() },
            folder: None,
        }
    }
}

fn model(session: &Session, name: &str) -> Result<ModelSpec> {
    let known = || session.catalogue.models().iter().map(|spec| spec.label.as_str()).collect::<Vec<_>>().join(", ");
    let unknown = || cli::usage(format!("there is no model `{name}`\nhint: {}", known()));
    session.catalogue.find(name).cloned().ok_or_else(unknown)
}
