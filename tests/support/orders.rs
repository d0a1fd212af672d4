//! Songs and orders to put into a store.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use refrain::domain::budget::Budget;
use refrain::domain::catalogue::Catalogue;
use refrain::domain::draft::Draft;
use refrain::domain::generation::TakeId;
use refrain::domain::service::Service;
use refrain::domain::song::SongId;
use refrain::engine::intent::{Agreed, Intent, Order, OrderLine, Reply};
use refrain::engine::orders::Desk;
use refrain::store::Store;

use super::studio::Studio;

/// A quick and quiet model: no words, few seconds.
pub const SHORT: &str = "stable-audio";

/// Words that every model takes.
pub const LYRICS: &str = "[Verse]\nThe ferry leaves at night\nand the harbour keeps its lights\n";

/// A draft that every queued model takes.
pub fn draft() -> Draft {
    let settings = [("length".to_owned(), "0:01".to_owned())].into();
    Draft {
        style: "slow fado, one guitar, close voice".to_owned(),
        lyrics: LYRICS.to_owned(),
        settings,
        ..Draft::default()
    }
}

/// A desk that puts music below the studio.
pub fn desk(studio: &Studio) -> Desk {
    desk_for(studio.paths().music)
}

pub fn desk_for(music: PathBuf) -> Desk {
    Desk {
        catalogue: Arc::new(impatient()),
        music,
        writer: "the test".to_owned(),
        key_print: None,
        budget: Budget::default(),
        zone: TimeZone::UTC,
    }
}

/// The catalogue, with models that are expected to need one second: so they are asked about every second.
fn impatient() -> Catalogue {
    let text = include_str!("../../src/domain/catalogue.toml");
    let lines = text.lines().map(|line| if line.starts_with("pace = ") { "pace = 1" } else { line });
    Catalogue::parse(&lines.collect::<Vec<_>>().join("\n"), "impatient").unwrap()
}

/// A song of that title.
pub fn song(store: &mut Store, title: &str) -> SongId {
    store.new_song(title, &draft(), "the test", Timestamp::now()).unwrap()
}

/// So many takes of one model.
pub fn order(song: SongId, service: &Service, model: &str, takes: u32) -> Order {
    Order {
        song,
        service: service.clone(),
        draft: draft(),
        lines: vec![OrderLine { model: model.to_owned(), takes }],
        from: None,
        held: false,
        agreed: Agreed::TO_ALL,
        folder: None,
    }
}

/// Writes an order as if a person had given it at that time.
#[track_caller]
pub fn place(studio: &Studio, order: Order, now: Timestamp) -> Vec<TakeId> {
    match desk(studio).carry_out(&mut studio.store(), Intent::Order(order), now).unwrap() {
        Reply::Ordered { takes } => takes,
        reply => panic!("not ordered: {reply:?}"),
    }
}

/// One take of the short model, ordered now for a new song.
#[track_caller]
pub fn one(studio: &Studio, service: &Service) -> TakeId {
    let song = song(&mut studio.store(), "Night Ferry");
    place(studio, order(song, service, SHORT, 1), Timestamp::now())[0]
}
