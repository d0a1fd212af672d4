//! Ordering: what `generate`, `again` and `song order` share, from the flags to the exit code.

use std::path::PathBuf;

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::bill::Bill;
use super::exit::{Exit, Failure};
use super::given::{self, Slip};
use super::record::Record;
use super::watch::{self, Ended, Event, Told, Watch, Watched};
use super::{Setting, WRITER, facts, output, takes};
use crate::domain::catalogue::ModelSpec;
use crate::domain::draft::{Draft, Grade, Known, Problem};
use crate::domain::enclosure::Enclosure;
use crate::domain::generation::{Status, Take, TakeId};
use crate::domain::once::OnceName;
use crate::domain::reference;
use crate::domain::song::SongId;
use crate::domain::wording::words;
use crate::engine::intent::{Agreed, Intent, Order, OrderLine, Reply};
use crate::engine::orders::{self, Desk};
use crate::store::Store;

/// How an order is given and how long it is waited for.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Terms {
    /// How many takes of each model
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=50))]
    takes: u32,
    /// Order only if nothing was ordered under this name before, and else give the takes of then
    ///
    /// Of several commands with one name, also at the same time, one orders. The takes of then are given
    /// whatever became of them, also where they failed or it is not known whether they were charged: their
    /// state is said, and another name orders again. An order that was taken back leaves its name free.
    /// A name has 1 to 100 visible characters and counts for one service.
    #[arg(long, value_name = "NAME")]
    once: Option<OnceName>,
    /// Write the order down, but do not send it yet: `refrain release` lets it go
    #[arg(long, conflicts_with = "wait")]
    hold: bool,
    /// Put the file into this folder instead of the song's own
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Return when the file is saved
    #[arg(long, conflicts_with = "no_wait")]
    wait: bool,
    /// Return as soon as the order is written down
    #[arg(long)]
    no_wait: bool,
    /// Order without being asked: also where nobody knows what it costs, where it costs more than
    /// `budget.confirm_above_usd`, and where the take before it may have been charged
    #[arg(long)]
    yes: bool,
    /// Show what would be sent, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object for each take, on a line of its own
    #[arg(long)]
    json: bool,
}

/// What is to be ordered.
pub struct Wish<'a> {
    pub draft: Draft,
    /// One or more.
    pub models: Vec<&'a ModelSpec>,
    /// The take it is made after.
    pub from: Option<TakeId>,
}

/// What there is after an order.
struct Placed {
    takes: Vec<TakeId>,
    /// With a name: whether they were there before.
    once: Option<&'static str>,
}

/// Orders what is wished for the song that `song` brings, and waits as long as asked. The song is asked
/// for only once nothing stands in the way of an order.
///
/// # Errors
/// When the draft breaks a rule of a model, or there is no key, or the store cannot be used.
pub fn place(
    setting: &Setting,
    terms: &Terms,
    wish: &Wish<'_>,
    song: impl FnOnce(&mut Store, &Desk) -> Result<SongId>,
) -> Result<Exit> {
    for spec in &wish.models {
        check(setting, &wish.draft, spec, &[])?;
    }
    if terms.dry_run {
        return show(setting, wish);
    }
    let (service, posts) = setting.house()?;
    let desk = setting.desk(WRITER.to_owned(), posts.key.as_ref());
    let mut store = setting.store()?;
    let yes = terms.yes || setting.flags.agreed;
    let before = terms.once.as_ref().map(|name| store.song_ordered_once(&service, name)).transpose()?;
    if before.flatten().is_none() {
        for spec in &wish.models {
            facts::agree_to_price(&posts, &mut store, &service, spec, &wish.draft, yes)?;
        }
    }
    let order = Order {
        // Where nothing will be ordered, no song is started for it.
        song: before.flatten().map_or_else(|| song(&mut store, &desk), Ok)?,
        service: service.clone(),
        lines: wish.models.iter().map(|spec| OrderLine { model: spec.id.clone(), takes: terms.takes }).collect(),
        draft: wish.draft.clone(),
        from: wish.from,
        held: terms.hold,
        // Whoever writes the same command twice means it twice, unless it has a name.
        agreed: if yes { Agreed::TO_ALL } else { Agreed { to_the_same: true, ..Agreed::default() } },
        folder: terms.out.as_deref().map(std::path::absolute).transpose()?,
    };
    let placed = write(&mut store, &desk, order, terms.once.as_ref())?;
    if !terms.hold {
        posts.start_apart(&service).context("the order is written down, but no worker could be started to send it")?;
    }
    let mut told = Told::default();
    let watch = Watch { posts: &posts, takes: Some(&placed.takes), timeout: None, stranded: [].into() };
    let tell = |_: &Store, event: Event<'_>| {
        if let Event::Is(take) | Event::Became(take) = event
            && let Some(news) = watch::news(take).filter(|news| !terms.is_met_by(take) && told.is_new(take.id, news))
        {
            output::say(&news);
        }
        Ok(())
    };
    let watched = watch.run(tell, |takes| takes.iter().all(|take| terms.is_met_by(take)))?;
    tell_all(&store, terms, &placed, &watched)?;
    Ok(terms.exit(&watched))
}

/// Shows what would be sent.
fn show(setting: &Setting, wish: &Wish<'_>) -> Result<Exit> {
    let (library, service) = (setting.library()?, setting.service());
    let known = Known { library: Some(&library), service: Some(&service), key_print: None };
    for spec in &wish.models {
        let request = orders::request(&wish.draft, spec, known);
        for enclosure in Enclosure::all_in(&request) {
            output::say(&format!("note: {}", reference::in_words(&enclosure, &library)));
        }
        output::json(&request)?;
    }
    Ok(Exit::Done)
}

impl Terms {
    /// What is paid for on these terms, where anything is sent.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn bill(&self, setting: &Setting, models: &[&ModelSpec], draft: &Draft) -> Result<Option<Bill>> {
        let sends = !self.hold && !self.dry_run;
        sends.then(|| Bill::order(setting, self.takes, models, draft)).transpose()
    }

    /// Whether nothing is to be written.
    pub fn is_dry(&self) -> bool {
        self.dry_run
    }

    /// Whether a take is as far as it was to be waited for.
    fn is_met_by(&self, take: &Take) -> bool {
        match (self.wait, self.no_wait) {
            (_, true) => true,
            (true, _) => !take.is_awaited(),
            (false, false) => !matches!(take.status, Status::Ordered | Status::Sending),
        }
    }

    fn exit(&self, watched: &Watched) -> Exit {
        if watched.ended == Ended::Interrupted {
            return Exit::Interrupted;
        }
        let of = |take: &Take| match Exit::of(take) {
            // Without `--wait`, being accepted (or written down) is all that was asked for.
            Exit::StillRunning if !self.wait && (take.status != Status::Held || self.hold) => Exit::Done,
            exit => exit,
        };
        let stranded = (!watched.stranded.is_empty()).then_some(Exit::Key);
        Exit::gravest(watched.takes.iter().map(of).chain(stranded))
    }
}

/// Says every problem at once; only what must be fixed stops the order.
///
/// # Errors
/// When there is something that must be fixed.
pub fn check(setting: &Setting, draft: &Draft, spec: &ModelSpec, slips: &[Slip]) -> Result<()> {
    let (library, service, key_print) = (setting.library()?, setting.service(), setting.key_print());
    let known = Known { library: Some(&library), service: Some(&service), key_print: key_print.as_deref() };
    let problems = given::besides(slips, orders::problems(draft, spec, known), spec);
    let (problems, notes): (Vec<_>, Vec<_>) = problems.into_iter().partition(|problem| problem.grade == Grade::MustFix);
    for problem in notes {
        output::say(&format!("note: {}", problem.sentence()));
    }
    let sentences = slips.iter().map(Slip::told).chain(problems.iter().map(Problem::sentence));
    let sentences: Vec<_> = sentences.map(|sentence| format!("- {sentence}")).collect();
    if sentences.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{} cannot be ordered like this, nothing was sent:\n{}",
        spec.label,
        sentences.join("\n")
    )))
}

fn write(store: &mut Store, desk: &Desk, order: Order, once: Option<&OnceName>) -> Result<Placed> {
    let reply = answering(store, desk, order, once)?;
    let Some(name) = once else {
        return match reply {
            Reply::Ordered { takes } if !takes.is_empty() => Ok(Placed { takes, once: None }),
            reply => Err(not_ordered(reply)),
        };
    };
    match reply {
        Reply::Ordered { takes } if !takes.is_empty() => Ok(Placed { takes, once: Some("new") }),
        Reply::OrderedBefore { takes, same } => {
            output::say(&format!("`{name}` was ordered before; nothing was ordered now"));
            if !same {
                output::say(
                    "note: another request or number of takes was ordered then\nhint: another name orders this",
                );
            }
            Ok(Placed { takes, once: Some("existing") })
        }
        reply => Err(not_ordered(reply)),
    }
}

/// Orders; what is asked about it is put to the person, where one is at the terminal.
fn answering(store: &mut Store, desk: &Desk, mut order: Order, once: Option<&OnceName>) -> Result<Reply> {
    loop {
        let intent = match once {
            None => Intent::Order(order.clone()),
            Some(name) => Intent::OrderOnce { order: order.clone(), name: name.clone() },
        };
        match desk.carry_out(store, intent, Timestamp::now())? {
            Reply::Asks(question) => {
                if !facts::agrees(&format!("{}; order it? y/n", question.sentence()))? {
                    return Ok(Reply::Asks(question));
                }
                order.agreed = question.agreed(order.agreed);
            }
            reply => return Ok(reply),
        }
    }
}

/// What a person should hear of an order that was not written.
fn not_ordered(reply: Reply) -> anyhow::Error {
    let why = match reply {
        Reply::TooLate(sentence) => sentence,
        Reply::Problems { model, problems } => problems.first().map_or(model, Problem::sentence),
        Reply::Asks(question) => {
            let sentence = question.sentence();
            return Failure::usage(format!("nothing was ordered: {sentence}\nhint: `--yes` orders it all the same"));
        }
        Reply::OverBudget(over) => return super::over_budget(&over),
        _ => "it names no take".to_owned(),
    };
    Failure::failed(format!("nothing was ordered: {why}"))
}

fn tell_all(store: &Store, terms: &Terms, placed: &Placed, watched: &Watched) -> Result<()> {
    for gone in placed.takes.iter().filter(|id| watched.takes.iter().all(|take| take.id != **id)) {
        output::say(&format!("order {} was taken back", gone.0));
    }
    if watched.takes.is_empty() {
        return Err(Failure::failed("no take is left of the order"));
    }
    if watched.ended == Ended::Interrupted {
        let ids: Vec<String> = watched.takes.iter().map(|take| take.id.0.to_string()).collect();
        let goes = if ids.len() == 1 { "the take goes" } else { "the takes go" };
        output::say(&format!("the waiting ended, {goes} on: `refrain wait {}`", ids.join(" ")));
    }
    for take in &watched.takes {
        match watch::news(take) {
            Some(news) if watched.ended != Ended::Interrupted => output::say(&news),
            _ if placed.once == Some("existing") => {
                let words = words(take, Timestamp::now(), &jiff::tz::TimeZone::system()).text;
                output::say(&format!("take {}: {words}", take.id.0));
            }
            _ => {}
        }
        if terms.json {
            let title = takes::title_of(store, take.song)?;
            output::json_line(&Record { once: placed.once, ..Record::of(take, &title) })?;
        } else if let (Status::Saved, Some(file)) = (take.status, &take.file) {
            output::data(&file.display().to_string())?;
        } else {
            output::line(&take.id.0.to_string())?;
        }
    }
    Ok(())
}
