//! `adopt`: what the account ordered elsewhere, from another machine or the service's own pages, listed and fetched.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Result;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::exit::{Exit, Failure};
use super::record::Record;
use super::watch::{self, Ended, Event, Told, Watch, Watched};
use super::{Setting, WRITER, log, output, takes};
use crate::domain::age;
use crate::domain::catalogue::Catalogue;
use crate::domain::generation::{Cost, Take, TakeId};
use crate::domain::service::Service;
use crate::domain::stray::{Prospect, Stray};
use crate::engine::intent::{Intent, Reply};
use crate::engine::orders::Desk;
use crate::store::Store;
use crate::worker::start::Posts;

/// How long the log may take: it is read page by page, and the service may ask for pauses.
const PATIENCE: Duration = Duration::from_secs(600);

/// Between two looks for a worker, as the one that was at it may have left.
const RESCUE: Duration = Duration::from_secs(10);

/// Between two looks where the bell cannot be heard.
const LOOK: Duration = Duration::from_millis(250);

/// What to look for, and what to fetch of it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Fetch only these, by the ids that `--list` prints, or by how they begin
    #[arg(value_name = "ID", conflicts_with = "list")]
    ids: Vec<String>,
    /// Look for what was ordered within this time, as 12h, 7d or 30d
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: SignedDuration,
    /// Only list what there is
    #[arg(long)]
    list: bool,
    /// Return as soon as it is written down what is fetched
    #[arg(long, conflicts_with = "list")]
    no_wait: bool,
    /// Print one JSON object for each, on a line of its own
    #[arg(long)]
    json: bool,
}

/// How far back, which is some way.
fn since(text: &str) -> Result<SignedDuration, String> {
    log::age(text)
        .ok()
        .filter(SignedDuration::is_positive)
        .ok_or_else(|| "write a time such as 12h, 7d or 30d".to_owned())
}

/// A stray as it is listed.
struct Listed {
    stray: Stray,
    prospect: Prospect,
    /// The take that it is here, as one that was adopted before may be named again.
    take: Option<TakeId>,
}

/// The object of `--json`.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    tag: Option<&'a str>,
    model: &'a str,
    created: Option<Timestamp>,
    cost: Cost,
    /// The word of the service's log.
    status: Option<&'a str>,
    /// What can be done about it: `fetch`, `lost`, `perhaps-lost`, `failed`.
    prospect: &'static str,
    /// The take that was made of it.
    take: Option<Record<'a>>,
}

/// Looks through the log of the account for what no take here is, and makes takes of it.
///
/// # Errors
/// When there is no key, the service cannot be asked, or the store cannot be used.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let (service, posts) = setting.house()?;
    let mut store = setting.store()?;
    let desk = setting.desk(WRITER.to_owned(), posts.key.as_ref());
    let since = Timestamp::now().saturating_add(-arguments.since)?;
    let strays = sought(&posts, &desk, &mut store, &service, since)?.into_iter().map(|stray| (stray, None)).collect();
    let listed = if arguments.ids.is_empty() {
        listed(strays, &setting.catalogue)
    } else {
        let adopted = store.adopted_strays(&service)?.into_iter().map(|(stray, take)| (stray, Some(take)));
        chosen(listed(strays.into_iter().chain(adopted).collect(), &setting.catalogue), &arguments.ids)?
    };
    if listed.is_empty() {
        let since = age::day_and_time(since, Timestamp::now(), &TimeZone::system());
        output::say(&format!("since {since} the log has no music that is not here"));
    }
    if !arguments.json {
        print(&listed)?;
    }
    let ids: Vec<String> = listed.iter().filter(|one| one.prospect == Prospect::Fetch).map(Listed::id).collect();
    if arguments.list || ids.is_empty() {
        return tell(&store, &service, arguments, &listed, &[]).map(|()| Exit::Done);
    }
    let takes = adopted(&desk, &mut store, &service, &ids)?;
    posts.start_apart(&service)?;
    let watched = watched(&posts, &takes, arguments.no_wait)?;
    tell(&store, &service, arguments, &listed, &watched.takes)?;
    Ok(exit(&watched, arguments.no_wait))
}

/// Has the log looked through, and brings what it has.
fn sought(posts: &Posts, desk: &Desk, store: &mut Store, service: &Service, since: Timestamp) -> Result<Vec<Stray>> {
    let (tell, rung) = mpsc::channel();
    let listener = store.bell().listen(move || {
        // Nobody waits any more: nothing to tell.
        let _ = tell.send(());
    });
    let uttered = Timestamp::now();
    desk.carry_out(store, Intent::SeekStrays { service: service.clone(), since }, uttered)?;
    let mut progress = output::Progress::new(false);
    progress.tell("looking through the account's log");
    let (begin, mut rescue) = (Instant::now(), Instant::now());
    loop {
        let search = store.search(service)?;
        if search.wish.is_none() {
            return match search.failed {
                Some(why) => Err(Failure::failed(format!("the account's log is not known: {why}"))),
                None => Ok(store.strays(service, since, uttered)?),
            };
        }
        if begin.elapsed() > PATIENCE {
            let hint = "`refrain doctor` says whether somebody is at work";
            return Err(Failure::failed(format!("the account's log is not known: no answer came yet\nhint: {hint}")));
        }
        if Instant::now() >= rescue {
            // One that finds another at work leaves.
            posts.start_apart(service)?;
            rescue = Instant::now() + RESCUE;
        }
        // Whatever woke it, or nothing: it looks again.
        let pause = rescue.saturating_duration_since(Instant::now());
        let _ = rung.recv_timeout(if listener.is_ok() { pause } else { pause.min(LOOK) });
    }
}

/// What can be done about each; of a model that the catalogue has lost meanwhile, nothing.
fn listed(strays: Vec<(Stray, Option<TakeId>)>, catalogue: &Catalogue) -> Vec<Listed> {
    let with_prospect = |(stray, take): (Stray, _)| {
        let prospect = stray.prospect(catalogue.find(&stray.model)?.delivery);
        Some(Listed { stray, prospect, take })
    };
    strays.into_iter().filter_map(with_prospect).collect()
}

/// Those that a person named.
fn chosen(listed: Vec<Listed>, ids: &[String]) -> Result<Vec<Listed>> {
    for id in ids {
        match listed.iter().filter(|one| one.is_named(id)).count() {
            1 => {}
            0 => {
                let hint = "`--list` prints the ids; what was ordered from here is not among them";
                return Err(Failure::usage(format!("no id begins with `{id}`\nhint: {hint}")));
            }
            several => return Err(Failure::usage(format!("{several} ids begin with `{id}`\nhint: write more of it"))),
        }
    }
    let is_named = |one: &Listed| ids.iter().any(|id| one.is_named(id));
    let chosen: Vec<Listed> = listed.into_iter().filter(is_named).collect();
    match chosen.iter().find(|one| one.prospect != Prospect::Fetch) {
        Some(one) => Err(Failure::failed(format!("{} cannot be fetched: {}", one.id(), one.prospect.words()))),
        None => Ok(chosen),
    }
}

impl Listed {
    fn id(&self) -> String {
        self.stray.inference_id.clone()
    }

    fn is_named(&self, id: &str) -> bool {
        !id.is_empty() && self.stray.inference_id.starts_with(id)
    }

    fn line<'a>(&'a self, take: Option<Record<'a>>) -> Line<'a> {
        let Stray { inference_id, tag, model, created, cost, status } = &self.stray;
        Line {
            id: inference_id,
            tag: tag.as_deref(),
            model,
            created: *created,
            cost: *cost,
            status: status.as_deref(),
            prospect: self.prospect.name(),
            take,
        }
    }
}

/// A row for each: `  1  today 14:02  minimax/music-2.0  $0.03  can be fetched  906aec79-...:music-2.0`.
fn print(listed: &[Listed]) -> Result<()> {
    let (now, zone) = (Timestamp::now(), TimeZone::system());
    for (number, Listed { stray, prospect, take }) in (1..).zip(listed) {
        let when = stray.created.map_or_else(|| "some day".to_owned(), |at| age::day_and_time(at, now, &zone));
        let words = take.map_or_else(|| prospect.words().to_owned(), |take| format!("is take {} here", take.0));
        let (model, price, id) = (&stray.model, stray.price(), &stray.inference_id);
        output::line(&format!("{number:>3}  {when}  {model}  {price}  {words}  {id}"))?;
    }
    Ok(())
}

fn adopted(desk: &Desk, store: &mut Store, service: &Service, ids: &[String]) -> Result<Vec<TakeId>> {
    let adopt = Intent::Adopt { service: service.clone(), ids: ids.to_vec() };
    match desk.carry_out(store, adopt, Timestamp::now())? {
        Reply::Ordered { takes } => Ok(takes),
        Reply::TooLate(why) => Err(Failure::failed(why)),
        _ => Err(Failure::failed("nothing was fetched: the store answered something else")),
    }
}

/// Watches the takes until nothing is to be done for them.
fn watched(posts: &Posts, takes: &[TakeId], no_wait: bool) -> Result<Watched> {
    let watch = Watch { posts, takes: Some(takes), timeout: None, stranded: [].into() };
    let mut told = Told::default();
    let tell = |_: &Store, event: Event<'_>| {
        if let Event::Became(take) = event
            && let Some(news) = watch::news(take).filter(|news| told.is_new(take.id, news))
        {
            output::say(&news);
        }
        Ok(())
    };
    let watched = watch.run(tell, |takes| no_wait || takes.iter().all(|take| !take.is_awaited()))?;
    if watched.ended == Ended::Interrupted {
        let ids: Vec<String> = takes.iter().map(|take| take.0.to_string()).collect();
        output::say(&format!("the waiting ended, what was adopted is fetched: `refrain wait {}`", ids.join(" ")));
    }
    Ok(watched)
}

/// Prints what became of them: for a person the rows of the takes, for a script an object for each stray.
fn tell(store: &Store, service: &Service, arguments: &Arguments, listed: &[Listed], takes: &[Take]) -> Result<()> {
    if !arguments.json {
        return takes::print_rows(store, takes.iter());
    }
    for one in listed {
        let made = store.stray(service, &one.stray.inference_id)?.and_then(|(_, take)| take);
        let take = takes.iter().find(|take| Some(take.id) == made);
        let title = take.map(|take| takes::title_of(store, take.song)).transpose()?.unwrap_or_default();
        output::json_line(&one.line(take.map(|take| Record::marked(take, &title))))?;
    }
    Ok(())
}

fn exit(watched: &Watched, no_wait: bool) -> Exit {
    if watched.ended == Ended::Interrupted {
        return Exit::Interrupted;
    }
    let stranded = (!watched.stranded.is_empty()).then_some(Exit::Key);
    let of = |take: &Take| match Exit::of(take) {
        Exit::StillRunning if no_wait => Exit::Done,
        exit => exit,
    };
    Exit::gravest(watched.takes.iter().map(of).chain(stranded))
}
