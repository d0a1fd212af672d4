//! `adopt`: what the account ordered elsewhere, from another machine or the service's own pages, listed and fetched.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use super::exit::{Exit, Failure};
use super::{Setting, WRITER, log};
use crate::engine::intent::{Intent, Reply};

/// What to look for, and what to fetch of it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Fetch only these, by the ids that `--list` prints
    #[arg(value_name = "ID", conflicts_with = "list")]
    ids: Vec<String>,
    /// Look for what was ordered within this time, as 12h, 7d or 30d
    #[arg(long, value_name = "TIME", value_parser = log::age)]
    since: SignedDuration,
    /// Only list what there is
    #[arg(long)]
    list: bool,
    /// Print one JSON object for each, on a line of its own
    #[arg(long)]
    json: bool,
}

/// Looks through the log of the account for what no take here is, and makes takes of it.
///
/// # Errors
/// When there is no key, the service cannot be asked, or the store cannot be used.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let (service, posts) = setting.house()?;
    let mut store = setting.store()?;
    let (desk, now) = (setting.desk(WRITER.to_owned(), posts.key.as_ref()), Timestamp::now());
    let seek = Intent::SeekStrays { service, since: now - arguments.since };
    match desk.carry_out(&mut store, seek, now)? {
        Reply::TooLate(why) => Err(Failure::failed(why)),
        _ => Err(Failure::failed("nothing was fetched: the store answered something else")),
    }
}
