//! `hold`, `release`, `move`, `withdraw`, `ask`: orders that wait in line, and takes that are being made.

use std::collections::BTreeSet;

use anyhow::Result;
use jiff::Timestamp;

use super::act::{self, Served, ServedOne, Shown};
use super::bill::Bill;
use super::exit::Exit;
use super::{Setting, WRITER, bill, named, output, staff};
use crate::domain::generation::{Status, Take};
use crate::domain::service::Service;
use crate::engine::intent::{Intent, Reply};
use crate::store::Store;

/// Which orders to put aside.
#[derive(Debug, clap::Args)]
pub struct HoldArguments {
    #[command(flatten)]
    served: Served,
}

/// Which held orders to let go.
#[derive(Debug, clap::Args)]
pub struct ReleaseArguments {
    /// The takes, by the ids that `list` prints
    #[arg(value_name = "TAKE", required_unless_present = "all")]
    takes: Vec<i64>,
    /// All that are held for the service of this run, whatever why
    #[arg(long, conflicts_with = "takes")]
    all: bool,
    #[command(flatten)]
    shown: Shown,
}

/// Which order to move, and where to.
#[derive(Debug, clap::Args)]
pub struct MoveArguments {
    #[command(flatten)]
    served: ServedOne,
    /// A place sooner or later among the orders of its service that were not sent, or before them all
    #[arg(value_name = "WHERE")]
    place: Place,
}

/// Where in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Place {
    Sooner,
    Later,
    First,
}

/// Which orders to take back.
#[derive(Debug, clap::Args)]
pub struct WithdrawArguments {
    #[command(flatten)]
    served: Served,
}

/// Which takes to ask about.
#[derive(Debug, clap::Args)]
pub struct AskArguments {
    #[command(flatten)]
    served: Served,
}

/// Puts unsent orders aside.
///
/// # Errors
/// When there is no such take.
pub fn hold(setting: &Setting, arguments: &HoldArguments) -> Result<Exit> {
    let said = |take: &Take| {
        let flag = if take.service.is_sandbox() { "--sandbox " } else { "" };
        format!("is held; `refrain {flag}release {}` lets it go", take.id.0)
    };
    arguments.served.serve(setting, |take| (Intent::Hold { take: take.id }, said(take)))
}

/// Lets held orders go: those of the service of this run.
///
/// # Errors
/// When there is no such take, one is of another service, or a key is there that cannot be used.
pub fn release(setting: &Setting, arguments: &ReleaseArguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let takes = arguments.takes(setting, &store)?;
    if takes.is_empty() {
        return Ok(Exit::Done);
    }
    let exit = let_go(setting, &mut store, &takes, arguments.shown)?;
    let_work(setting, &mut store, &takes, exit)
}

/// Lets them go, all or none: what they cost together is held against the budget.
fn let_go(setting: &Setting, store: &mut Store, takes: &[Take], shown: Shown) -> Result<Exit> {
    let desk = setting.desk(WRITER.to_owned(), None);
    let all = Intent::ReleaseAll { takes: takes.iter().map(|take| take.id).collect() };
    let late = match desk.carry_out(store, all, Timestamp::now())? {
        Reply::Released { late, .. } => late,
        Reply::OverBudget(over) => {
            let refused = format!("{}: {}", stay_held(takes), bill::refused(&over));
            output::say(&format!("error: {refused}"));
            return Ok(Exit::Key);
        }
        _ => Vec::new(),
    };
    let mut exit = Exit::Done;
    for take in takes {
        let late = late.iter().find(|(id, _)| *id == take.id);
        let outcome = late.map_or_else(|| Ok("is in line again".to_owned()), |(_, why)| Err(why.clone()));
        exit = Exit::gravest([exit, act::tell(store, take, shown, outcome)?]);
    }
    Ok(exit)
}

/// `take 17 stays held`, or `takes 17 18 stay held`, by their ids.
fn stay_held(takes: &[Take]) -> String {
    let held = takes.iter().filter(|take| take.status == Status::Held);
    let ids: Vec<String> = held.map(|take| take.id.0.to_string()).collect();
    let (takes, stay) = if ids.len() == 1 { ("take", "stays") } else { ("takes", "stay") };
    format!("{takes} {} {stay} held", ids.join(" "))
}

impl ReleaseArguments {
    /// What is paid for: the held ones that this would send.
    ///
    /// # Errors
    /// When there is no such take, or the store cannot be read.
    pub fn bill(&self, setting: &Setting) -> Result<Option<Bill>> {
        let (store, service) = (setting.store()?, setting.service());
        let mut takes = if self.all { held(&store)? } else { named::takes(&store, &self.takes)? };
        takes.retain(|take| take.status == Status::Held && take.service == service);
        let models: BTreeSet<&str> = takes.iter().map(|take| take.model.as_str()).collect();
        let models: Vec<&str> = models.into_iter().collect();
        let count = if takes.len() == 1 { "1 held take".to_owned() } else { format!("{} held takes", takes.len()) };
        let bill = Bill {
            what: format!("send {count} of {}", models.join(" and ")),
            cost: takes.iter().map(|take| take.price).sum(),
            warning: None,
        };
        Ok((!takes.is_empty()).then_some(bill))
    }

    /// The takes that are meant; says which held ones are not, as they are of another service.
    fn takes(&self, setting: &Setting, store: &Store) -> Result<Vec<Take>> {
        if !self.all {
            let takes = named::takes(store, &self.takes)?;
            staff::refuse_others(setting, &takes, "send to")?;
            return Ok(takes);
        }
        let held = held(store)?;
        if held.is_empty() {
            output::say("no order is held");
        }
        let service = setting.service();
        let (takes, others): (Vec<_>, Vec<_>) = held.into_iter().partition(|take| take.service == service);
        let elsewhere: BTreeSet<&Service> = others.iter().map(|take| &take.service).collect();
        for other in elsewhere {
            let ids: Vec<String> =
                others.iter().filter(|take| take.service == *other).map(|take| take.id.0.to_string()).collect();
            let (orders, are, them) = if ids.len() == 1 { ("order", "is", "it") } else { ("orders", "are", "them") };
            let way = staff::way_to(setting, other);
            let (count, ids) = (ids.len(), ids.join(" "));
            output::say(&format!("{count} {orders} of {other} {are} left held; {way}, `release {ids}` lets {them} go"));
        }
        Ok(takes)
    }
}

fn held(store: &Store) -> Result<Vec<Take>> {
    let mut takes = store.takes(None)?;
    takes.retain(|take| take.status == Status::Held);
    // In the order in which they came.
    takes.reverse();
    Ok(takes)
}

/// Moves an unsent order in line.
///
/// # Errors
/// When there is no such take.
pub fn shift(setting: &Setting, arguments: &MoveArguments) -> Result<Exit> {
    arguments.served.serve(setting, |take| {
        let take = take.id;
        match arguments.place {
            Place::Sooner => (Intent::Move { take, by: -1 }, "is sent sooner".to_owned()),
            Place::Later => (Intent::Move { take, by: 1 }, "is sent later".to_owned()),
            Place::First => (Intent::MoveFirst { take }, "is sent next".to_owned()),
        }
    })
}

/// Takes back orders that were not sent.
///
/// # Errors
/// When there is no such take.
pub fn withdraw(setting: &Setting, arguments: &WithdrawArguments) -> Result<Exit> {
    arguments.served.serve(setting, |take| (Intent::Withdraw { take: take.id }, "is taken back".to_owned()))
}

/// Has the service asked about takes now, also where asking had stopped.
///
/// # Errors
/// When there is no such take, or a key is there that cannot be used.
pub fn ask(setting: &Setting, arguments: &AskArguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let takes = arguments.served.find(&store)?;
    let deed = |take: &Take| match take.status {
        Status::Unknown => (Intent::LookUp { take: take.id }, "is being looked for".to_owned()),
        _ => (Intent::AskNow { take: take.id }, "is being asked about".to_owned()),
    };
    let exit = act::serve(setting, &mut store, &takes, arguments.served.shown(), deed)?;
    let_work(setting, &mut store, &takes, exit)
}

/// Makes sure that somebody works on what has just become live.
fn let_work(setting: &Setting, store: &mut Store, takes: &[Take], exit: Exit) -> Result<Exit> {
    let ids: Vec<i64> = takes.iter().map(|take| take.id.0).collect();
    let takes = named::takes(store, &ids)?;
    let posts = staff::posts(setting, &takes)?;
    let stranded = staff::start(&posts, store, &takes)?;
    Ok(if stranded.is_empty() { exit } else { Exit::Key })
}
