//! Anything that can happen to a screen: keys, texts, sizes, rows in every state, answers to what was asked.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::Index;
use refrain::domain::budget::{Dear, Over, Sum};
use refrain::domain::draft::{Draft, Grade, Holds, Problem};
use refrain::domain::generation::{Cost, Status, Take, TakeId, Why};
use refrain::domain::price::{Per, Quote, Rate};
use refrain::domain::recording::{Frozen, Part, Unfit};
use refrain::domain::reference::{Purpose, Reference, ReferenceId, Upload, UploadState};
use refrain::domain::service::Service;
use refrain::domain::song::{Revision, Song, SongId};
use refrain::domain::terms::{Listed, Pace};
use refrain::domain::wording::Ticks;
use refrain::engine::feed::{Changes, Said};
use refrain::engine::intent::{Question, Reply};
use refrain::tui::errand::{Errand, Field};
use refrain::tui::folder::{Entry, EntryKind, Folder, Unlisted};
use refrain::tui::input::Input;
use refrain::tui::message::{Glimpse, Message, Playing, Sound};
use refrain::tui::state::{Opening, Plays};

use crate::desk::{self, LYRICS, MODEL, start};

/// Text as unkind as it comes: wide, combining, joined, right to left, empty, long.
pub const UNKIND: &str =
    "日本語 e\u{301}\u{301} 👨‍👩‍👧‍👦 \u{202e}שלום\u{200b} ﷽ \u{0}\u{7}\u{1b}[31m\t x\u{fe0f} \u{1f1e9}\u{1f1ea}";

const TEXTS: [&str; 5] = ["", "x", "Night Ferry", LYRICS, UNKIND];
const MODELS: [&str; 6] =
    [MODEL, "minimax/music-1.5", "minimax/music-01", "minimax/music-cover", "google/lyria2", "gone/model"];
const AMOUNTS: [f64; 6] = [0.03, 0.0, 63_000.0, 1e-9, -4.21, 1e300];
const COUNTS: [u64; 5] = [0, 1, 171_000, 3_000_000, i64::MAX.unsigned_abs()];
const FOLDERS: [&str; 3] = ["/music/inbox", "/home/mara", "/"];

/// Something that happens to a screen.
#[derive(Clone, Debug)]
pub enum Happening {
    /// A key that means something somewhere.
    Bound(Index),
    Typed(char),
    Told(Box<Message>),
    /// What became of something that the screen had wanted, or of nothing it knows.
    Replied {
        to: Index,
        reply: Result<Reply, String>,
    },
    /// So many milliseconds go by.
    Waited(i64),
}

/// In how many ways a screen is opened.
pub const WAYS: usize = 4;

/// A screen of that size, opened in one of the ways.
pub fn opened(way: usize, columns: u16, rows: u16) -> Opening {
    let opening = Opening { columns, rows, ..desk::opening() };
    let unkind = || Some(UNKIND.repeat(3));
    match way {
        0 => opening,
        1 => Opening { service: Service::Sandbox, in_process: true, ticks: Ticks::Off, key_print: unkind(), ..opening },
        2 => Opening { no_orders: unkind(), warning: unkind(), notice: unkind(), player_found: false, ..opening },
        _ => Opening {
            confirm_above_usd: Some(0.0),
            last_left: Some(start()),
            song: Some(SongId(3)),
            plays: Plays::Files,
            ticks: Ticks::Minute,
            host: UNKIND.to_owned(),
            home: None,
            ..opening
        },
    }
}

/// Anything that can happen.
pub fn any_happening() -> impl Strategy<Value = Happening> {
    let told = any_message().prop_map(|message| Happening::Told(Box::new(message)));
    let replied = (any::<Index>(), any::<[u8; 8]>());
    let replied = replied.prop_map(|(to, dice)| Happening::Replied { to, reply: reply(&mut Dice::new(&dice)) });
    let waited = prop_oneof![0_i64..400, 0_i64..3 * 24 * 60 * 60 * 1000];
    prop_oneof![
        8 => any::<Index>().prop_map(Happening::Bound),
        3 => prop_oneof![any::<char>(), prop::char::range(' ', '~')].prop_map(Happening::Typed),
        6 => told,
        3 => replied,
        1 => waited.prop_map(Happening::Waited),
    ]
}

fn any_message() -> impl Strategy<Value = Message> {
    let kind = prop_oneof![Just(UNKIND.to_owned()), any::<String>(), "[ -~\r\n\t]{0,200}"];
    let fed = (any::<[u8; 48]>(), any::<[u8; 48]>());
    prop_oneof![
        3 => fed.prop_map(|(first, second)| Message::Feed(changes(&mut Dice::new(&first), &mut Dice::new(&second)))),
        2 => (1_u16..200, 1_u16..60).prop_map(|(columns, rows)| Message::Resized { columns, rows }),
        1 => kind.prop_map(|text| Message::Input(Input::Paste(text))),
        2 => any::<[u8; 16]>().prop_map(|dice| other_message(&mut Dice::new(&dice))),
    ]
}

/// Bytes that decide: each picks a row of a table. All of them 0 is the plainest of everything.
struct Dice<'a>(std::iter::Cycle<std::slice::Iter<'a, u8>>);

impl<'a> Dice<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self(bytes.iter().cycle())
    }

    fn number(&mut self, below: usize) -> usize {
        self.0.next().map_or(0, |byte| usize::from(*byte) % below)
    }

    fn of<T: Clone>(&mut self, table: &[T]) -> T {
        table[self.number(table.len())].clone()
    }

    fn perhaps<T>(&mut self, of: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let given = self.number(2) == 1;
        given.then(|| of(self))
    }

    fn yes(&mut self) -> bool {
        self.number(2) == 1
    }

    fn text(&mut self) -> String {
        let text = self.of(&TEXTS);
        text.repeat(self.of(&[1, 1, 1, 5]))
    }

    fn id(&mut self) -> i64 {
        1 + self.number(12) as i64
    }

    /// Mostly about now; now and then by a clock that had lost its time.
    fn moment(&mut self) -> Timestamp {
        const SECONDS: [i64; 6] = [0, -41, -3_600, -90_000, 5, 90_000];
        match self.number(12) {
            0 => Timestamp::UNIX_EPOCH,
            1 => "9999-12-30T21:00:00Z".parse().unwrap(),
            _ => start() + SignedDuration::from_secs(self.of(&SECONDS)),
        }
    }

    fn service(&mut self) -> Service {
        self.of(&[Service::vendor(), Service::Sandbox, Service::Paid("http://127.0.0.1:9".to_owned())])
    }
}

fn draft(dice: &mut Dice<'_>) -> Draft {
    let settings = ["length", "voice-id", "seed", "reference", "hums"].map(|name| (name.to_owned(), dice.text()));
    Draft {
        model: dice.of(&MODELS).to_owned(),
        style: dice.text(),
        lyrics: dice.text(),
        settings: settings.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
        ..Draft::default()
    }
}

fn take(dice: &mut Dice<'_>) -> Take {
    let usual = desk::take(1, Status::Working);
    Take {
        id: TakeId(dice.id()),
        song: SongId(1 + dice.number(3) as i64),
        number: 1 + dice.number(12) as u32,
        status: dice.of(&Status::ALL),
        why: dice.perhaps(|dice| dice.of(&Why::ALL)),
        message: dice.perhaps(Dice::text),
        service: dice.service(),
        model: dice.of(&MODELS).to_owned(),
        draft: draft(dice),
        place: dice.of(&AMOUNTS),
        from: dice.perhaps(|dice| TakeId(dice.id())),
        created: dice.moment(),
        sent: dice.perhaps(Dice::moment),
        finished: dice.perhaps(Dice::moment),
        due: dice.perhaps(Dice::moment),
        price: dice.perhaps(|dice| dice.of(&AMOUNTS)),
        file: dice.perhaps(|dice| PathBuf::from("/music").join(dice.text())),
        duration_ms: dice.perhaps(|dice| dice.of(&COUNTS)),
        received: dice.of(&COUNTS),
        expected: dice.perhaps(|dice| dice.of(&COUNTS)),
        cost: Cost { credits: dice.perhaps(|dice| dice.of(&AMOUNTS)), usd: dice.perhaps(|dice| dice.of(&AMOUNTS)) },
        heard: dice.yes(),
        rating: dice.number(6) as u8,
        pick: dice.yes(),
        note: dice.text(),
        hidden: dice.yes(),
        ..usual
    }
}

fn reference(dice: &mut Dice<'_>) -> Reference {
    let upload = |dice: &mut Dice<'_>| Upload {
        state: dice.of(&[UploadState::Waiting, UploadState::Sending, UploadState::Failed]),
        sent: dice.of(&COUNTS),
        bytes: dice.of(&COUNTS),
        message: dice.perhaps(Dice::text),
        tries: dice.number(9) as u32,
        due: dice.perhaps(Dice::moment),
        force: dice.yes(),
    };
    Reference {
        service: dice.perhaps(Dice::service),
        url: dice.perhaps(Dice::text),
        voice_id: dice.perhaps(Dice::text),
        instrumental_id: dice.perhaps(Dice::text),
        duration_ms: dice.perhaps(|dice| dice.of(&COUNTS)),
        bytes: dice.perhaps(|dice| dice.of(&COUNTS)),
        file: dice.perhaps(|dice| PathBuf::from(dice.text())),
        part: dice.perhaps(|dice| Part { from_ms: dice.of(&COUNTS), to_ms: dice.perhaps(|dice| dice.of(&COUNTS)) }),
        refused: dice.perhaps(Dice::text),
        upload: dice.perhaps(upload),
        note: dice.text(),
        takes: dice.number(99) as u32,
        ..Reference::new(ReferenceId(dice.id()), &dice.text(), dice.of(&Purpose::ALL), dice.moment())
    }
}

fn said(dice: &mut Dice<'_>) -> Said {
    let quote = Quote { kind: "fixed".to_owned(), rates: vec![Rate { usd: dice.of(&AMOUNTS), per: Per::Second }] };
    match dice.number(3) {
        0 => Said::Balance(dice.of(&AMOUNTS)),
        1 => Said::Prices(vec![Listed {
            id: dice.of(&MODELS).to_owned(),
            quote: dice.perhaps(|_| quote),
            retired: dice.yes(),
            aliases: Vec::new(),
        }]),
        _ => Said::Paces(vec![Pace {
            alias: dice.of(&MODELS).to_owned(),
            p50_ms: dice.of(&AMOUNTS).abs(),
            p90_ms: dice.perhaps(|dice| dice.of(&AMOUNTS).abs()),
        }]),
    }
}

fn changes(dice: &mut Dice<'_>, more: &mut Dice<'_>) -> Changes {
    let song =
        |dice: &mut Dice<'_>| Song { touched: dice.moment(), ..desk::song(1 + dice.number(3) as i64, &dice.text()) };
    let drafted = |dice: &mut Dice<'_>| desk::row(SongId(1 + dice.number(3) as i64), dice.id(), draft(dice));
    Changes {
        takes: (0..dice.number(4)).map(|_| take(more)).collect(),
        songs: dice.perhaps(song).into_iter().collect(),
        drafts: dice.perhaps(drafted).into_iter().collect(),
        references: dice.perhaps(reference).into_iter().collect(),
        facts: dice.perhaps(said).map(desk::said).into_iter().collect(),
        gone_songs: dice.perhaps(|dice| SongId(dice.id())).filter(|_| more.number(4) == 1).into_iter().collect(),
        gone_takes: dice.perhaps(|dice| TakeId(dice.id())).into_iter().collect(),
        gone_references: dice.perhaps(|dice| ReferenceId(dice.id())).into_iter().collect(),
    }
}

/// Any of the replies, or a sentence instead of one.
fn reply(dice: &mut Dice<'_>) -> Result<Reply, String> {
    let mut replies = vec![Reply::Done];
    while let Some(next) = replies.last().and_then(|last| reply_after(last, dice)) {
        replies.push(next);
    }
    let chosen = dice.number(replies.len() + 1);
    if chosen == replies.len() { Err(dice.text()) } else { Ok(replies.swap_remove(chosen)) }
}

/// One reply leads to the next, so that none is forgotten: what is new has to have a place here.
fn reply_after(last: &Reply, dice: &mut Dice<'_>) -> Option<Reply> {
    let song = SongId(1 + dice.number(4) as i64);
    Some(match last {
        Reply::Done => Reply::Song { song },
        Reply::Song { .. } => Reply::Saved { song, revision: Revision(dice.id()) },
        Reply::Saved { .. } => Reply::Lost { current: Box::new(desk::row(song, dice.id(), draft(dice))) },
        Reply::Lost { .. } => Reply::Ordered { takes: vec![TakeId(dice.id()), TakeId(dice.id())] },
        Reply::Ordered { .. } => Reply::OrderedBefore { takes: vec![TakeId(dice.id())], same: dice.yes() },
        Reply::OrderedBefore { .. } => Reply::Reference { reference: ReferenceId(dice.id()) },
        Reply::Reference { .. } => Reply::KnownReference { reference: ReferenceId(dice.id()) },
        Reply::KnownReference { .. } => Reply::Asks(Question::SameAgain { seconds: dice.of(&COUNTS) }),
        Reply::Asks(question) => question_after(question, dice).map_or_else(|| over(dice), Reply::Asks),
        Reply::OverBudget(_) => {
            let late = vec![(TakeId(dice.id()), dice.text())];
            Reply::Released { takes: vec![TakeId(dice.id())], late }
        }
        Reply::Released { .. } => Reply::Problems { model: dice.of(&MODELS).to_owned(), problems: vec![problem(dice)] },
        Reply::Problems { .. } => Reply::TooLate(dice.text()),
        Reply::TooLate(_) => return None,
    })
}

fn question_after(last: &Question, dice: &mut Dice<'_>) -> Option<Question> {
    match last {
        Question::SameAgain { .. } => Some(Question::MayPayTwice { number: dice.number(99) as u32 }),
        Question::MayPayTwice { .. } => Some(Question::Above(dear(dice))),
        Question::Above(_) => None,
    }
}

fn dear(dice: &mut Dice<'_>) -> Dear {
    Dear { usd: dice.of(&AMOUNTS), most: dice.of(&AMOUNTS) }
}

fn over(dice: &mut Dice<'_>) -> Reply {
    let committed = Sum { usd: dice.of(&AMOUNTS), unpriced: dice.number(9) };
    Reply::OverBudget(Over {
        daily_usd: dice.of(&AMOUNTS),
        committed,
        order: [dice.perhaps(|dice| dice.of(&AMOUNTS))].into_iter().collect(),
    })
}

fn problem(dice: &mut Dice<'_>) -> Problem {
    Problem {
        field: dice.of(&["style", "lyrics", "length", "no-such-field"]).to_owned(),
        value: dice.text(),
        holds: dice.of(&[Holds::Nothing, Holds::Count, Holds::Typed, Holds::Time, Holds::Alone, Holds::Given]),
        rule: dice.text(),
        grade: dice.of(&[Grade::MustFix, Grade::Look, Grade::Hint]),
    }
}

fn other_message(dice: &mut Dice<'_>) -> Message {
    let sound = if dice.yes() { Sound::Take(TakeId(dice.id())) } else { Sound::Reference(ReferenceId(dice.id())) };
    let frozen = Frozen {
        name: "ab12.mp3".to_owned(),
        content: dice.text(),
        bytes: dice.of(&COUNTS),
        duration_ms: dice.of(&COUNTS),
        converted: dice.perhaps(Dice::text),
    };
    let errand = Errand {
        field: dice.of(&[Field::Style, Field::Lyrics, Field::Line]),
        name: dice.text(),
        text: dice.text(),
        most: 300,
        song: dice.perhaps(|dice| SongId(dice.id())),
    };
    let folder = PathBuf::from(dice.of(&FOLDERS));
    let check = dice.number(4) as u64;
    let unfit = Unfit { sentence: dice.text(), may_force: dice.yes() };
    match dice.number(18) {
        0 => Message::Pause,
        1 => Message::Tick,
        2 => Message::Unread(dice.text()),
        3 => Message::WorkerLate { due: dice.moment() },
        4 => Message::WorksInside,
        5 => Message::Note(dice.text()),
        6 => Message::Played(Playing::Started { sound }),
        7 => Message::Played(Playing::Ended { sound }),
        8 => Message::Played(Playing::Failed { sound, text: dice.text() }),
        9 => Message::Edited { errand, result: Ok(dice.text()) },
        10 => Message::Edited { errand, result: Err(dice.text()) },
        11 => Message::Looked { listed: Ok(listed(&folder, dice)), folder },
        12 => {
            Message::Looked { folder, listed: Err(dice.of(&[Unlisted::Absent, Unlisted::Unreadable(UNKIND.into())])) }
        }
        13 => Message::Glimpsed { file: folder.join("x"), glimpse: glimpse(dice) },
        14 => Message::Checked { check, result: Ok(frozen) },
        15 => Message::Checked { check, result: Err(unfit) },
        16 => Message::Terminated,
        _ => Message::Input(dice.of(&[Input::FocusGained, Input::FocusLost])),
    }
}

fn glimpse(dice: &mut Dice<'_>) -> Glimpse {
    let lasts = Glimpse::Lasts { ms: dice.of(&COUNTS), about: dice.yes() };
    dice.of(&[Glimpse::Unsure, Glimpse::Unheard, lasts])
}

fn listed(path: &std::path::Path, dice: &mut Dice<'_>) -> Folder {
    let entry = |dice: &mut Dice<'_>| {
        let name = dice.text();
        let kind = dice.of(&[EntryKind::Folder, EntryKind::Sound, EntryKind::Other]);
        Entry { kind, key: name.to_lowercase(), path: path.join(&name), name, bytes: dice.of(&COUNTS) }
    };
    let entries = (0..dice.number(6)).map(|_| entry(dice)).collect();
    Folder { path: path.to_owned(), entries, oddities: [("pipe.wav".to_owned(), dice.text())].into() }
}
