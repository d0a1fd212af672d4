//! `song write`, `song use`: writing into a draft. A write names the revision it is based on, and loses to
//! one that came first; then it is kept as a version, and nothing is overwritten.

use anyhow::Result;
use jiff::Timestamp;

use super::super::exit::{Exit, Failure};
use super::super::given::Given;
use super::super::referring::Shelf;
use super::super::{Setting, WRITER, named, output};
use super::carry;
use crate::domain::draft::Draft;
use crate::domain::song::{DraftRow, Revision, Song};
use crate::domain::written;
use crate::engine::intent::{Intent, Reply};
use crate::store::Store;

/// What to write into which draft.
#[derive(Debug, clap::Args)]
pub struct WriteArguments {
    /// The song's title, whatever the case
    #[arg(value_name = "SONG")]
    song: String,
    /// Choose this model, by id or short name; no text changes
    #[arg(long, value_name = "ID")]
    model: Option<String>,
    #[command(flatten)]
    given: Given,
    /// Write only if this is still the draft's revision, as `song show --json` printed it
    #[arg(long, value_name = "N")]
    revision: Option<i64>,
    /// Print one JSON object, as `song show --json` prints it
    #[arg(long)]
    json: bool,
}

/// Whose text to put into which draft.
#[derive(Debug, clap::Args)]
pub struct UseArguments {
    /// The take, by the id that `list` prints
    #[arg(value_name = "TAKE")]
    take: i64,
    /// Into this song instead of the take's own
    #[arg(long, value_name = "SONG")]
    song: Option<String>,
    /// Write only if this is still the draft's revision, as `song show --json` printed it
    #[arg(long, value_name = "N")]
    revision: Option<i64>,
    /// Print one JSON object, as `song show --json` prints it
    #[arg(long)]
    json: bool,
}

/// Writes what flags say into a draft.
///
/// # Errors
/// When there is no such song or field, nothing is given, or another write came first.
pub fn write(setting: &Setting, arguments: &WriteArguments) -> Result<Exit> {
    if arguments.given.is_empty() && arguments.model.is_none() {
        return Err(Failure::usage("nothing to write\nhint: `--lyrics @words.txt`, `--style`, `--set`, `--model`"));
    }
    let mut store = setting.store()?;
    let song = named::song(&store, &arguments.song)?;
    let row = store.draft(song.id)?;
    let mut draft = row.draft.clone();
    if let Some(name) = &arguments.model {
        draft.model.clone_from(&named::model(&setting.catalogue, name)?.id);
    }
    let spec = named::model(&setting.catalogue, &draft.model)?;
    let texts = arguments.given.read()?;
    let mut slips = arguments.given.put_into(&mut draft, &texts, spec);
    let mut shelf = Shelf::open(setting)?;
    slips.extend(shelf.put_into(&mut draft, &arguments.given.referring, spec)?);
    if !slips.is_empty() {
        let sentences: Vec<&str> = slips.iter().map(|slip| slip.sentence.as_str()).collect();
        let hints = slips.iter().filter_map(|slip| slip.hint.as_ref()).map(|hint| format!("\nhint: {hint}"));
        let hints: String = hints.collect();
        return Err(Failure::usage(format!("nothing was written: {}{hints}", sentences.join("; "))));
    }
    shelf.keep()?;
    Writing { song, row, based_on: arguments.revision, json: arguments.json }.save(setting, &mut store, draft)
}

/// Puts the style and the lyrics of a take into a draft.
///
/// # Errors
/// When there is no such take or song, or another write came first.
pub fn use_text(setting: &Setting, arguments: &UseArguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let take = named::take(&store, arguments.take)?;
    let song = match &arguments.song {
        Some(title) => named::song(&store, title)?,
        None => super::by_id(&store, take.song)?,
    };
    let row = store.draft(song.id)?;
    let Draft { style, lyrics, .. } = take.draft;
    let draft = Draft { style, lyrics, ..row.draft.clone() };
    Writing { song, row, based_on: arguments.revision, json: arguments.json }.save(setting, &mut store, draft)
}

/// A write to a draft.
pub struct Writing {
    pub song: Song,
    /// The draft that it changes.
    pub row: DraftRow,
    /// The revision that a person named, where it is not the row's.
    pub based_on: Option<i64>,
    /// Print the song as it is then.
    pub json: bool,
}

impl Writing {
    /// Keeps what is there as a version and writes the draft, if nobody wrote since.
    ///
    /// # Errors
    /// When another write came first.
    pub fn save(self, setting: &Setting, store: &mut Store, draft: Draft) -> Result<Exit> {
        let Self { song, row, based_on, json } = self;
        let draft = as_typed(draft);
        let based_on = based_on.map_or(row.revision, Revision);
        if draft == row.draft {
            output::say(&format!("{} says so already", song.title));
        } else {
            if based_on == row.revision {
                carry(setting, store, Intent::KeepVersion { song: song.id })?;
            }
            let intent = Intent::SaveDraft { song: song.id, based_on, draft };
            match setting.desk(WRITER.to_owned(), None).carry_out(store, intent, Timestamp::now())? {
                Reply::Saved { revision, .. } => {
                    output::say(&format!("{} is written; it is revision {}", song.title, revision.0));
                }
                Reply::Lost { current } => return Err(lost(&song, based_on, &current)),
                reply => return Err(super::not_done(reply)),
            }
        }
        if json {
            output::json(&super::object(store, &song)?)?;
        }
        Ok(Exit::Done)
    }
}

/// The draft with its texts as the screen would hold them: a file may bring line ends of another system,
/// tabs and what cannot be seen.
fn as_typed(draft: Draft) -> Draft {
    Draft { style: written::paragraph(&draft.style), lyrics: written::lines(&draft.lyrics), ..draft }
}

fn lost(song: &Song, based_on: Revision, current: &DraftRow) -> anyhow::Error {
    let DraftRow { writer, revision, .. } = current;
    Failure::failed(format!(
        "{writer} wrote first: {} is at revision {}, not {}; what you gave is kept as a version\nhint: `refrain song show --json` has the draft as it is now",
        song.title, revision.0, based_on.0
    ))
}
