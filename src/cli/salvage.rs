//! `salvage`: makes a file of what plays of a song that came damaged or not whole.

use anyhow::Result;
use jiff::Timestamp;

use super::exit::Exit;
use super::record::Record;
use super::{Setting, named, output, takes};
use crate::engine::salvage::{Salvaged, salvage};

/// Which song to salvage.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The take, by the id that `list` prints
    #[arg(value_name = "TAKE")]
    take: i64,
    /// Print the take as it is then as JSON, as `show --json` prints it
    #[arg(long)]
    json: bool,
}

/// Makes a file of what plays.
///
/// # Errors
/// When there is no such take, or the store or a file cannot be used.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let take = named::take(&store, arguments.take)?;
    let title = takes::title_of(&store, take.song)?;
    let outcome = salvage(&mut store, &setting.catalogue, take.id, Timestamp::now())?;
    let after = store.take(take.id)?;
    let exit = match outcome {
        Salvaged::Saved(what) => {
            let file = after.file.as_deref().unwrap_or(&after.folder);
            output::say(&format!("{}, {title}: take {} {what}; it is in `{}`", take.id.0, take.number, file.display()));
            Exit::Done
        }
        Salvaged::Not(why) => {
            output::say(&format!("error: {}, {title}: take {} is not salvaged: {why}", take.id.0, take.number));
            Exit::Failed
        }
    };
    if arguments.json {
        output::json_line(&Record::marked(&after, &title))?;
    }
    Ok(exit)
}
