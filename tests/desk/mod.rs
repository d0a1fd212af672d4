//! A screen with a song on it, driven by keys as people write them down.
#![allow(dead_code, reason = "each test file uses its part of it")]

use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use refrain::domain::catalogue::Catalogue;
use refrain::domain::draft::Draft;
use refrain::domain::generation::{Cost, Ordered, Status, Take, TakeId, Why};
use refrain::domain::reference::{Purpose, Reference, ReferenceId};
use refrain::domain::service::Service;
use refrain::domain::song::{DraftRow, Revision, Song, SongId};
use refrain::domain::usual::Usual;
use refrain::domain::wording::Ticks;
use refrain::engine::feed::{Changes, Fact, Said};
use refrain::engine::intent::{Intent, Reply};
use refrain::tui::effect::Effect;
use refrain::tui::input::{Input, Key};
use refrain::tui::keymap::Keymap;
use refrain::tui::message::Message;
use refrain::tui::state::{Opening, Plays, State};
use refrain::tui::theme::Theme;
use refrain::tui::update::update;
use refrain::tui::view;

pub const SONG: SongId = SongId(1);
pub const MODEL: &str = "minimax/music-2.0";
pub const STYLE: &str = "slow waltz, brushed drums, upright piano, tired male voice close to the microphone, \
                         harbour at night, 84 bpm, no strings";
pub const LYRICS: &str = "[Verse 1]\nThe last boat leaves at ten to nine\nYou hold your coat, I hold the line\n\
                          A paper cup, a borrowed light\n\n[Chorus]\nOh, night ferry, take it slow\n\
                          There is nobody waiting on the other side for me, you know\nOh, night ferry, do not go\n\n\
                          [Verse 2]\nThe harbour counts its lamps again\nThe radio is low with rain";

/// 2026-03-14 14:02:00 UTC.
pub fn start() -> Timestamp {
    "2026-03-14T14:02:00Z".parse().unwrap()
}

/// A state, the present moment, and every effect so far.
pub struct Desk {
    pub state: State,
    pub now: Timestamp,
    pub effects: Vec<Effect>,
}

pub fn opening() -> Opening {
    Opening {
        catalogue: Arc::new(Catalogue::embedded().unwrap()),
        keymap: Arc::new(Keymap::embedded().unwrap()),
        theme: Theme::named("dark").unwrap(),
        service: Service::vendor(),
        key_print: None,
        song: None,
        columns: 80,
        rows: 24,
        zone: TimeZone::UTC,
        user: "mara".to_owned(),
        command: "refrain".to_owned(),
        host: "studio".to_owned(),
        player_found: true,
        plays: Plays::FilesAndAddresses,
        inbox: PathBuf::from("/music/inbox"),
        recordings: PathBuf::from("/data/recordings"),
        home: Some(PathBuf::from("/home/mara")),
        in_process: false,
        peril: None,
        bell: true,
        confirm_above_usd: None,
        last_left: None,
        notice: None,
        ticks: Ticks::Second,
        warning: None,
        no_orders: None,
    }
}

pub fn draft() -> Draft {
    Draft { model: MODEL.to_owned(), style: STYLE.to_owned(), lyrics: LYRICS.to_owned(), ..Draft::default() }
}

pub fn song(id: i64, title: &str) -> Song {
    Song {
        id: SongId(id),
        title: title.to_owned(),
        created: start(),
        touched: start() + SignedDuration::from_secs(-id),
    }
}

pub fn row(song: SongId, revision: i64, draft: Draft) -> DraftRow {
    DraftRow { song, revision: Revision(revision), draft, saved: start(), writer: "the screen on pts/3".to_owned() }
}

pub fn take(number: u32, status: Status) -> Take {
    let sent = start() - SignedDuration::from_secs(41);
    Take {
        id: TakeId(i64::from(number)),
        song: SONG,
        number,
        service: Service::vendor(),
        model: MODEL.to_owned(),
        status,
        why: None,
        message: None,
        request_tag: format!("tag-{number}"),
        remote_id: None,
        service_request: None,
        draft: draft(),
        made_with: Vec::new(),
        request: serde_json::json!({}),
        place: f64::from(number),
        from: None,
        folder: PathBuf::from("/music"),
        key_print: None,
        created: sent,
        sent: Some(sent),
        made: None,
        finished: None,
        due: None,
        usual: Usual::of_catalogue(70),
        price: None,
        file: None,
        duration_ms: None,
        received: 0,
        expected: None,
        cost: Cost::default(),
        heard: false,
        rating: 0,
        pick: false,
        note: String::new(),
        hidden: false,
        looked: None,
        looks: 0,
        sought: None,
        ordered: Ordered::Here,
    }
}

pub fn saved(number: u32, duration_ms: u64) -> Take {
    Take {
        file: Some(PathBuf::from(format!("/music/Night Ferry/Night Ferry - take {number:03} (music-2.0).mp3"))),
        duration_ms: Some(duration_ms),
        cost: Cost { credits: None, usd: Some(0.03) },
        finished: Some(start() + SignedDuration::from_secs(27)),
        ..take(number, Status::Saved)
    }
}

/// The takes of the picture in the design: two at work, one being fetched, one new, and older ones.
pub fn takes() -> Vec<Take> {
    vec![
        Take { hidden: true, ..saved(1, 90_000) },
        Take { heard: true, ..saved(2, 171_000) },
        Take { why: Some(Why::NoCredits), ..take(3, Status::Held) },
        Take {
            why: Some(Why::Broke),
            message: Some("Downstream service error.".to_owned()),
            service_request: Some("req-77".to_owned()),
            ..take(4, Status::Failed)
        },
        Take { heard: true, rating: 4, pick: true, from: Some(TakeId(2)), ..saved(5, 168_000) },
        saved(6, 171_000),
        Take { received: 1_900_000, expected: Some(3_000_000), ..take(7, Status::Ready) },
        take(8, Status::Working),
        take(9, Status::Working),
    ]
}

pub fn references() -> Vec<Reference> {
    let one = |id: i64, name: &str, takes: u32| Reference {
        url: Some(format!("https://a.example/{id}.mp3")),
        takes,
        ..Reference::new(ReferenceId(id), name, Purpose::Url, start())
    };
    vec![one(1, "Mara, dry", 9), one(2, "Harbour demo", 1)]
}

/// What the vendor's service said just now.
pub fn said(said: Said) -> Fact {
    let nothing = Fact::nothing(&Service::vendor(), said.topic());
    Fact { said: Some((said, start())), asked: Some(start()), ..nothing }
}

pub fn everything() -> Changes {
    Changes {
        songs: vec![song(1, "Night Ferry"), song(2, "Salt"), song(3, "Winter Coat")],
        drafts: vec![row(SONG, 1, draft()), row(SongId(2), 1, Draft::default())],
        takes: takes(),
        references: references(),
        facts: vec![said(Said::Balance(4.21))],
        ..Changes::default()
    }
}

impl Desk {
    pub fn new(opening: Opening, changes: Changes) -> Self {
        let mut desk = Self { state: State::new(opening), now: start(), effects: Vec::new() };
        desk.tell(Message::Feed(changes));
        desk
    }

    /// The song of the design on a screen of that size.
    pub fn of_size(columns: u16, rows: u16) -> Self {
        let mut desk = Self::new(Opening { columns, rows, ..opening() }, everything());
        desk.effects.clear();
        desk
    }

    pub fn usual() -> Self {
        Self::of_size(80, 24)
    }

    pub fn tell(&mut self, message: Message) -> &mut Self {
        self.effects.extend(update(&mut self.state, message, self.now));
        self
    }

    /// Presses keys, a tenth of a second apart.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            self.wait(100);
            self.tell(Message::Input(Input::Key(Key::parse(key).unwrap())));
        }
        self
    }

    /// Types a text, every letter a key.
    pub fn type_text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.tell(Message::Input(Input::Key(if c == '\n' { Key::parse("Enter").unwrap() } else { Key::char(c) })));
        }
        self
    }

    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.tell(Message::Input(Input::Paste(text.to_owned())))
    }

    pub fn wait(&mut self, ms: i64) -> &mut Self {
        self.now += SignedDuration::from_millis(ms);
        self
    }

    /// Draws as the runtime does.
    pub fn draw(&mut self) -> String {
        let picture = self.picture();
        self.tell(Message::Drawn);
        picture
    }

    /// The cells of the screen with their colours, and where the cursor is.
    pub fn frame(&self) -> (Buffer, Position) {
        let (columns, rows) = self.state.size();
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| view::draw(&self.state, self.now, frame)).unwrap();
        let cursor = terminal.get_cursor_position().unwrap();
        (terminal.backend().buffer().clone(), cursor)
    }

    /// What is on the screen, and where the cursor is.
    pub fn picture(&self) -> String {
        let (columns, rows) = self.state.size();
        let (buffer, cursor) = self.frame();
        let mut lines: Vec<String> = Vec::new();
        for y in 0..rows {
            let mut line = String::new();
            let mut skip = 0;
            for x in 0..columns {
                let symbol = buffer[(x, y)].symbol();
                if skip == 0 {
                    line.push_str(symbol);
                    skip = refrain::tui::cells::width(symbol).saturating_sub(1);
                } else {
                    skip -= 1;
                }
            }
            lines.push(line.trim_end().to_owned());
        }
        format!("{}\ncursor {},{}", lines.join("\n"), cursor.x, cursor.y)
    }

    /// The effects since the last look.
    pub fn effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The intents that went out since the last look.
    pub fn intents(&mut self) -> Vec<Intent> {
        let carried = |effect| match effect {
            Effect::Carry { intent, .. } => Some(intent),
            _ => None,
        };
        self.effects().into_iter().filter_map(carried).collect()
    }

    /// Answers the newest intent that went out.
    pub fn answer(&mut self, reply: Reply) -> &mut Self {
        let ticket = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Carry { ticket, .. } => Some(*ticket),
            _ => None,
        });
        let ticket = ticket.expect("an intent is out");
        self.tell(Message::Replied { ticket, reply: Ok(reply) })
    }

    pub fn notice(&self) -> &str {
        self.state.notice().unwrap_or("")
    }
}
