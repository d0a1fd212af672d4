//! `generate` and `again`: orders takes of a text that flags give, or of an earlier take.

use anyhow::Result;
use jiff::Timestamp;

use super::bill::Bill;
use super::exit::Exit;
use super::given::{Given, Texts};
use super::order::{self, Terms, Wish};
use super::referring::Shelf;
use super::{Setting, named, staff};
use crate::domain::draft::{Draft, Known};
use crate::domain::generation::Status;
use crate::domain::song::LOOSE;
use crate::engine::intent::Question;
use crate::engine::orders::must_fix;

/// What to order.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The model, by id or by its short name (`refrain models` lists them)
    #[arg(long, value_name = "ID")]
    model: String,
    #[command(flatten)]
    given: Given,
    /// The song that the take belongs to; made where there is none of that title
    #[arg(long, value_name = "TITLE", default_value = LOOSE)]
    song: String,
    #[command(flatten)]
    terms: Terms,
}

/// Which take to order again.
#[derive(Debug, clap::Args)]
pub struct AgainArguments {
    /// The take, by the id that `list` prints
    #[arg(value_name = "TAKE")]
    take: i64,
    #[command(flatten)]
    terms: Terms,
}

impl Arguments {
    /// What is paid for. The texts are not read yet: no price depends on them.
    ///
    /// # Errors
    /// When there is no such model, or the store cannot be read.
    pub fn bill(&self, setting: &Setting) -> Result<Option<Bill>> {
        let spec = named::model(&setting.catalogue, &self.model)?;
        let mut draft = Draft { model: spec.id.clone(), ..Draft::default() };
        // What is wrong with a flag is said by the command itself, which orders nothing then.
        let _ = self.given.put_into(&mut draft, &Texts::default(), spec);
        self.terms.bill(setting, &[spec], &draft)
    }
}

impl AgainArguments {
    /// What is paid for.
    ///
    /// # Errors
    /// When there is no such take or model, or the store cannot be read.
    pub fn bill(&self, setting: &Setting) -> Result<Option<Bill>> {
        let take = named::take(&setting.store()?, self.take)?;
        let spec = named::model(&setting.catalogue, &take.model)?;
        let bill = self.terms.bill(setting, &[spec], &take.draft)?;
        let twice = (take.status == Status::Unknown).then(|| Question::MayPayTwice { number: take.number }.sentence());
        Ok(bill.map(|bill| Bill { warning: twice, ..bill }))
    }
}

/// Orders takes of what flags say.
///
/// # Errors
/// When the draft breaks a rule of the model, or there is no key, or the store cannot be used.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let spec = named::model(&setting.catalogue, &arguments.model)?;
    let texts = arguments.given.read()?;
    let mut draft = Draft { model: spec.id.clone(), ..Draft::default() };
    let mut slips = arguments.given.put_into(&mut draft, &texts, spec);
    let mut shelf = Shelf::open(setting)?;
    slips.extend(shelf.put_into(&mut draft, &arguments.given.referring, spec)?);
    if !slips.is_empty() {
        order::check(setting, &draft, spec, &slips)?;
    }
    let service = setting.service();
    let known = Known { library: Some(shelf.library()), service: Some(&service), key_print: None };
    if !arguments.terms.is_dry() && must_fix(&draft, spec, known).is_empty() {
        shelf.keep()?;
    }
    let wish = Wish { draft, models: vec![spec], from: None };
    order::place(setting, &arguments.terms, &wish, |store, desk| {
        Ok(store.song_for(&arguments.song, &wish.draft, &desk.writer, Timestamp::now())?)
    })
}

/// Orders a take again as it was: its frozen draft, its model, its song.
///
/// # Errors
/// When there is no such take, its model is no more or takes it no more, or there is no key.
pub fn again(setting: &Setting, arguments: &AgainArguments) -> Result<Exit> {
    let take = named::take(&setting.store()?, arguments.take)?;
    let spec = named::model(&setting.catalogue, &take.model)?;
    staff::refuse_others(setting, std::slice::from_ref(&take), "order from")?;
    let wish = Wish { draft: take.draft.clone(), models: vec![spec], from: Some(take.id) };
    order::place(setting, &arguments.terms, &wish, |_, _| Ok(take.song))
}
