//! What every command of a take shares: the takes are found, the intent is carried out for each, and it is
//! said what became of it.

use anyhow::Result;
use jiff::Timestamp;

use super::exit::Exit;
use super::record::Record;
use super::{Setting, WRITER, named, output, takes};
use crate::domain::generation::Take;
use crate::engine::intent::{Intent, Reply};
use crate::store::{Store, StoreError};

/// The takes that a command serves.
#[derive(Debug, clap::Args)]
pub struct Served {
    /// The takes, by the ids that `list` prints
    #[arg(required = true, value_name = "TAKE")]
    takes: Vec<i64>,
    #[command(flatten)]
    shown: Shown,
}

/// The one take that a command serves.
#[derive(Debug, clap::Args)]
pub struct ServedOne {
    /// The take, by the id that `list` prints
    #[arg(value_name = "TAKE")]
    take: i64,
    #[command(flatten)]
    shown: Shown,
}

/// What is printed when it is done.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct Shown {
    /// Print each take as it is then, one JSON object a line, as `show --json` prints it
    #[arg(long)]
    json: bool,
}

/// What is to be done to a take, and what is said when it is done: `is rated 4`.
pub type Deed = (Intent, String);

impl Served {
    /// Carries a deed out for each take; every take is found before anything is done to one.
    ///
    /// # Errors
    /// When a take is not there or the store cannot be written.
    pub fn serve(&self, setting: &Setting, deed: impl Fn(&Take) -> Deed) -> Result<Exit> {
        let mut store = setting.store()?;
        let takes = named::takes(&store, &self.takes)?;
        serve(setting, &mut store, &takes, self.shown, deed)
    }

    /// The takes themselves.
    ///
    /// # Errors
    /// When one is not there.
    pub fn find(&self, store: &Store) -> Result<Vec<Take>> {
        named::takes(store, &self.takes)
    }

    /// What is printed when it is done.
    pub fn shown(&self) -> Shown {
        self.shown
    }
}

impl ServedOne {
    /// Carries a deed out for the take.
    ///
    /// # Errors
    /// When the take is not there or the store cannot be written.
    pub fn serve(&self, setting: &Setting, deed: impl Fn(&Take) -> Deed) -> Result<Exit> {
        let mut store = setting.store()?;
        let take = named::take(&store, self.take)?;
        serve(setting, &mut store, &[take], self.shown, deed)
    }
}

/// Carries a deed out for each take, also where one of them does not allow it.
///
/// # Errors
/// When the store cannot be written.
pub fn serve(
    setting: &Setting,
    store: &mut Store,
    takes: &[Take],
    shown: Shown,
    deed: impl Fn(&Take) -> Deed,
) -> Result<Exit> {
    let desk = setting.desk(WRITER.to_owned(), None);
    let mut exit = Exit::Done;
    for take in takes {
        let (intent, said) = deed(take);
        let outcome = match desk.carry_out(store, intent, Timestamp::now())? {
            Reply::TooLate(why) => Err(why),
            _ => Ok(said),
        };
        exit = Exit::gravest([exit, tell(store, take, shown, outcome)?]);
    }
    Ok(exit)
}

/// Says what was done to a take, or why nothing was; prints it where that is wanted.
///
/// # Errors
/// When the store cannot be read.
pub fn tell(store: &Store, take: &Take, shown: Shown, outcome: Result<String, String>) -> Result<Exit> {
    let title = takes::title_of(store, take.song)?;
    let exit = match outcome {
        Ok(said) => {
            output::say(&format!("{}, {title}: take {} {said}", take.id.0, take.number));
            Exit::Done
        }
        // The sentence names the take by its number in the song; the id is what was typed.
        Err(why) => {
            output::say(&format!("error: {}, {title}: {why}", take.id.0));
            Exit::Failed
        }
    };
    if shown.json {
        print(store, take, &title)?;
    }
    Ok(exit)
}

/// Prints takes as they are now, if that is wanted.
///
/// # Errors
/// When the store cannot be read.
pub fn print_all(store: &Store, shown: Shown, takes: &[Take]) -> Result<()> {
    let shown = takes.iter().filter(|_| shown.json);
    shown.into_iter().try_for_each(|take| print(store, take, &takes::title_of(store, take.song)?))
}

/// Prints a take as it is now, or as it was if its order was taken back.
fn print(store: &Store, before: &Take, title: &str) -> Result<()> {
    match store.take(before.id) {
        Ok(take) => output::json_line(&Record::marked(&take, title))?,
        Err(StoreError::Missing { .. }) => output::json_line(&Record::withdrawn(before, title))?,
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
