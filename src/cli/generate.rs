//! `generate`: orders takes from the command line.

use std::io::Read;
use std::path::PathBuf;
use std::{fs, io};

use anyhow::{Context, Result};
use jiff::Timestamp;

use super::exit::{Exit, Failure};
use super::record::Record;
use super::watch::{self, Ended};
use super::{Setting, facts, output};
use crate::domain::catalogue::{Kind, LYRICS, ModelSpec, STYLE};
use crate::domain::draft::{Draft, Grade, Problem};
use crate::domain::generation::{Status, Take, TakeId};
use crate::domain::service::Service;
use crate::domain::song::SongId;
use crate::engine::intent::{Intent, Order, OrderLine, Question, Reply};
use crate::engine::orders::{Desk, must_fix};
use crate::store::Store;

/// The song that takes go to where no `--song` is named.
const LOOSE: &str = "Loose takes";

/// What to order.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Arguments {
    /// The model, by id or by its short name (`refrain models` lists them)
    #[arg(long, value_name = "ID")]
    model: String,
    /// What the music should be like; @FILE reads a file, @- standard input
    #[arg(long, value_name = "TEXT|@FILE|@-", allow_hyphen_values = true)]
    prompt: Option<String>,
    /// The words, with section tags; rendered for each model as it takes them
    #[arg(long, value_name = "TEXT|@FILE|@-", allow_hyphen_values = true)]
    lyrics: Option<String>,
    /// Another field of the model, as `--set length=2:50`
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    settings: Vec<String>,
    /// The address of a recording to go by
    #[arg(long, value_name = "URL")]
    reference: Option<String>,
    /// The song that the take belongs to; made where there is none of that title
    #[arg(long, value_name = "TITLE", default_value = LOOSE)]
    song: String,
    /// Put the file into this folder instead of the song's own
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Return when the file is saved
    #[arg(long, conflicts_with = "no_wait")]
    wait: bool,
    /// Return as soon as the order is written down
    #[arg(long)]
    no_wait: bool,
    /// Order also where nobody knows what it costs
    #[arg(long)]
    yes: bool,
    /// Show what would be sent, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Orders one take and waits as long as asked.
///
/// # Errors
/// When the draft breaks a rule of the model, or there is no key, or the store cannot be used.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let spec = setting.catalogue.find(&arguments.model).ok_or_else(|| unknown_model(setting, &arguments.model))?;
    let (draft, slips) = draft(arguments, spec)?;
    check(&draft, spec, slips)?;
    if arguments.dry_run {
        output::json(&draft.body(spec))?;
        return Ok(Exit::Done);
    }
    let (service, posts) = setting.house()?;
    let desk = setting.desk("the command line".to_owned(), posts.key.as_ref());
    let mut store = setting.store()?;
    facts::agree_to_price(&posts, &mut store, &service, spec, &draft, arguments.yes)?;
    let song = song(&mut store, &desk, &arguments.song, &draft)?;
    let take = order(&mut store, &desk, arguments, draft, song, &service)?;
    posts.start_apart(&service).context("the order is written down, but no worker could be started to send it")?;
    let reached: fn(&Take) -> bool = match (arguments.wait, arguments.no_wait) {
        (_, true) => |_| true,
        (true, _) => |take| !take.status.is_live(),
        (false, false) => |take| !matches!(take.status, Status::Ordered | Status::Sending),
    };
    let (ended, takes) = watch::until(&posts, &[take], None, reached)?;
    let take = takes.first().ok_or_else(|| Failure::failed(format!("order {} was taken back", take.0)))?;
    tell(&store, take, ended, arguments)?;
    Ok(exit(take, ended, arguments.wait))
}

fn unknown_model(setting: &Setting, name: &str) -> anyhow::Error {
    let labels: Vec<_> = setting.catalogue.models().iter().map(|spec| spec.label.as_str()).collect();
    Failure::usage(format!("there is no model `{name}`\nhint: {}", labels.join(", ")))
}

/// The draft that the flags describe, and a sentence for each flag that says what the model has not.
fn draft(arguments: &Arguments, spec: &ModelSpec) -> Result<(Draft, Vec<String>)> {
    if [&arguments.prompt, &arguments.lyrics].iter().all(|text| text.as_deref() == Some("@-")) {
        return Err(Failure::usage("`--prompt @-` and `--lyrics @-` cannot both read standard input"));
    }
    let mut slips = Vec::new();
    let mut draft = Draft { model: spec.id.clone(), ..Draft::default() };
    draft.style = text_of(STYLE, arguments.prompt.as_deref())?;
    draft.lyrics = text_of(LYRICS, arguments.lyrics.as_deref())?;
    for setting in &arguments.settings {
        match setting.split_once('=').map(|(field, value)| (field_named(spec, field), value)) {
            None => slips.push(format!("`--set {setting}` names no value; write `--set FIELD=VALUE`")),
            Some((Err(slip), _)) => slips.push(slip),
            Some((Ok(field), value)) => drop(draft.settings.insert(field, value.to_owned())),
        }
    }
    if let Some(url) = &arguments.reference {
        match spec.settings().find(|field| field.kind == Kind::Url) {
            Some(field) => drop(draft.settings.insert(field.name.clone(), url.clone())),
            None => slips.push(format!("{} takes no reference by address", spec.label)),
        }
    }
    Ok((draft, slips))
}

/// The field of that name, be it refrain's or the service's.
fn field_named(spec: &ModelSpec, name: &str) -> Result<String, String> {
    let last = |wire: &str| wire.rsplit('.').next().unwrap_or(wire).to_owned();
    let found = spec.settings().find(|field| field.name == name || field.wire == name || last(&field.wire) == name);
    let known = || spec.settings().map(|field| field.name.clone()).collect::<Vec<_>>().join(", ");
    let unknown = || format!("{} has no field `{name}`, it has {}", spec.label, known());
    found.map(|field| field.name.clone()).ok_or_else(unknown)
}

/// The text itself, or what a file or standard input holds.
fn text_of(field: &str, text: Option<&str>) -> Result<String> {
    match text {
        None => Ok(String::new()),
        Some("@-") => {
            let mut read = String::new();
            io::stdin().read_to_string(&mut read).with_context(|| format!("{field} from standard input"))?;
            Ok(without_last_newline(read))
        }
        Some(text) => match text.strip_prefix('@') {
            None => Ok(text.to_owned()),
            Some(file) => fs::read_to_string(file)
                .map(without_last_newline)
                .map_err(|error| Failure::usage(format!("cannot read the {field} from `{file}`: {error}"))),
        },
    }
}

fn without_last_newline(mut text: String) -> String {
    text.truncate(text.trim_end_matches(['\n', '\r']).len());
    text
}

/// Says every problem at once; only what must be fixed stops the order.
fn check(draft: &Draft, spec: &ModelSpec, slips: Vec<String>) -> Result<()> {
    for problem in draft.check(spec).iter().filter(|problem| problem.grade != Grade::MustFix) {
        output::say(&format!("note: {}", problem.sentence()));
    }
    let problems = must_fix(draft, spec);
    let sentences = slips.into_iter().chain(problems.iter().map(Problem::sentence));
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

fn song(store: &mut Store, desk: &Desk, title: &str, draft: &Draft) -> Result<SongId> {
    match store.song_titled(title)? {
        Some(song) => Ok(song.id),
        None => Ok(store.new_song(title, draft, &desk.writer, Timestamp::now())?),
    }
}

fn order(
    store: &mut Store,
    desk: &Desk,
    arguments: &Arguments,
    draft: Draft,
    song: SongId,
    service: &Service,
) -> Result<TakeId> {
    let order = Order {
        song,
        service: service.clone(),
        lines: vec![OrderLine { model: draft.model.clone(), takes: 1 }],
        draft,
        from: None,
        held: false,
        // Whoever writes the same command twice means it twice.
        confirmed: true,
        folder: arguments.out.as_deref().map(std::path::absolute).transpose()?,
    };
    match desk.carry_out(store, Intent::Order(order), Timestamp::now())? {
        Reply::Ordered { takes } if !takes.is_empty() => Ok(takes[0]),
        reply => Err(Failure::failed(format!("nothing was ordered: {}", why_not(reply)))),
    }
}

/// What a person should hear of an order that was not written.
fn why_not(reply: Reply) -> String {
    match reply {
        Reply::TooLate(sentence) => sentence,
        Reply::Problems { model, problems } => problems.first().map_or(model, Problem::sentence),
        Reply::Asks(Question::SameAgain { seconds }) => format!("the same request was ordered {seconds} s ago"),
        _ => "it names no take".to_owned(),
    }
}

fn tell(store: &Store, take: &Take, ended: Ended, arguments: &Arguments) -> Result<()> {
    if ended == Ended::Interrupted {
        output::say(&format!("the waiting ended, the take goes on: `refrain wait {}`", take.id.0));
    } else if let Some(words) = super::watch::news(take) {
        output::say(&words);
    }
    if arguments.json {
        let title = super::takes::title_of(store, take.song)?;
        output::json(&Record::of(take, &title))?;
    } else if let (Status::Saved, Some(file)) = (take.status, &take.file) {
        output::data(&file.display().to_string())?;
    } else {
        output::line(&take.id.0.to_string())?;
    }
    Ok(())
}

fn exit(take: &Take, ended: Ended, waited: bool) -> Exit {
    match (ended, Exit::of(take)) {
        (Ended::Interrupted, _) => Exit::Interrupted,
        // Without `--wait`, being accepted (or written down) is all that was asked for.
        (_, Exit::StillRunning) if !waited && take.status != Status::Held => Exit::Done,
        (_, exit) => exit,
    }
}
