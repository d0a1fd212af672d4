//! The answer that holds a song: read as a stream, since the song in it may be larger than the memory that
//! refrain allows itself.
//!
//! Keys come in any order, may come twice (the last counts) and may be ones that nobody knows. What can be
//! read is read also where the answer breaks off or stops being JSON.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::rc::Rc;

use serde_json::{Map, Value};
use struson::reader::{
    JsonReader, JsonStreamReader, JsonSyntaxError, ReaderError, ReaderSettings, SyntaxErrorKind, ValueType,
};

use super::super::address::SignedUrl;
use super::lenient;

/// A text that is read into memory is cut there.
const LONGEST_TEXT: u64 = 8 * 1024;

/// The end of a key's name or of a number is not looked for beyond that: either is held in memory.
const LONGEST_TOKEN: u64 = 64 * 1024;

/// Values deeper within each other than this are no answer.
const DEEPEST: u32 = 1000;

/// Letters of the song that are handed on at once.
const PIECE: usize = 64 * 1024;

/// Letters that are asked for at once.
const STEP: usize = 4 * 1024;

/// Where the song is.
const AUDIO: &str = "data.audio";

/// What else is worth knowing.
const FACTS: [&str; 7] = [
    "data.status",
    "extra_info.audio_size",
    "extra_info.audio_length",
    "extra_info.audio_sample_rate",
    "extra_info.music_channel",
    "base_resp.status_code",
    "base_resp.status_msg",
];

/// The longest message that is shown.
const LONGEST_MESSAGE: usize = 400;

/// `data.status` of a song that is done.
const DONE: u64 = 2;

/// Who takes the letters of the song as they are read.
pub trait Letters {
    /// A song begins; what was handed on before was not the last one.
    ///
    /// # Errors
    /// When it cannot be kept; then reading ends.
    fn begin(&mut self) -> io::Result<()>;

    /// Some of its letters, escapes undone.
    ///
    /// # Errors
    /// When they cannot be kept; then reading ends.
    fn take(&mut self, letters: &[u8]) -> io::Result<()>;
}

/// Takes no letters: for who wants to know only what the answer says.
#[derive(Clone, Copy, Debug)]
pub struct Unheard;

impl Letters for Unheard {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn take(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}

/// What an answer says of its song.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SongAnswer {
    /// `data.audio`.
    pub audio: Option<Audio>,
    /// `data.status`.
    pub status: Option<u64>,
    /// `base_resp.status_code`.
    pub code: Option<i64>,
    /// `base_resp.status_msg`, clean.
    pub message: Option<String>,
    /// `extra_info`.
    pub about: About,
    /// Why it could not be read to its end, if it could not.
    pub broken: Option<String>,
}

/// How the song is in the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audio {
    /// Itself, in so many letters.
    Letters(u64),
    /// As the address of a file.
    Address(SignedUrl),
}

/// What the answer says of the sound file.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct About {
    /// Bytes.
    pub size: Option<u64>,
    /// Milliseconds, as far as is known.
    pub length: Option<u64>,
    pub sample_rate: Option<u64>,
    pub channels: Option<u64>,
}

impl SongAnswer {
    /// Reads an answer; the letters of the song go to `letters`.
    ///
    /// # Errors
    /// When the letters cannot be kept, or the input itself fails, as a file on a bad disk. Whatever is wrong with
    /// the answer is told in it.
    pub fn read(input: impl Read, letters: &mut dyn Letters) -> io::Result<Self> {
        let budget = Rc::new(Cell::new(u64::MAX));
        // A number that is too large to be meant is no reason to lose the song beside it.
        let settings = ReaderSettings {
            max_nesting_depth: Some(DEEPEST),
            track_path: false,
            restrict_number_values: false,
            ..Default::default()
        };
        let failure = Rc::new(RefCell::new(None));
        let input = Rationed { input, budget: Rc::clone(&budget), failure: Rc::clone(&failure) };
        let json = JsonStreamReader::new_custom(input, settings);
        let mut reading = Reading { json, budget, letters, audio: None, facts: Map::new() };
        let read = reading.document();
        let Reading { json, audio, facts, .. } = reading;
        let read = read.and_then(|()| Ok(json.consume_trailing_whitespace()?));
        if let Some(error) = failure.take() {
            return Err(error);
        }
        match read {
            Ok(()) => Ok(Self::of(&facts, audio, None)),
            Err(Stop::Broken(what)) => Ok(Self::of(&facts, audio, Some(what))),
            Err(Stop::Unkept(error)) => Err(error),
        }
    }

    fn of(facts: &Map<String, Value>, audio: Option<Audio>, broken: Option<String>) -> Self {
        let amount = |path: &str| facts.get(path).and_then(lenient::amount);
        let whole = |path: &str| amount(path).map(|number| number as u64);
        Self {
            audio,
            status: whole("data.status"),
            code: facts.get("base_resp.status_code").and_then(lenient::number).map(|number| number as i64),
            message: facts.get("base_resp.status_msg").and_then(|text| lenient::text(text, LONGEST_MESSAGE)),
            about: About {
                size: whole("extra_info.audio_size"),
                length: whole("extra_info.audio_length"),
                sample_rate: whole("extra_info.audio_sample_rate"),
                channels: whole("extra_info.music_channel"),
            },
            broken,
        }
    }

    /// Whether it says that the song is done: by its status, or where it gives none, by there being one.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.status.map_or(self.audio.is_some(), |status| status == DONE)
    }

    /// Bytes of the song in it, by its letters.
    #[must_use]
    pub fn came(&self) -> u64 {
        match self.audio {
            Some(Audio::Letters(letters)) => letters / 2,
            _ => 0,
        }
    }
}

/// Why reading ended early.
enum Stop {
    /// The answer is not what it should be, or not whole.
    Broken(String),
    /// Who takes the letters cannot.
    Unkept(io::Error),
}

impl Stop {
    /// A text that cannot be read to its end.
    fn in_text(error: &io::Error) -> Self {
        let within = error.get_ref().and_then(|inner| inner.downcast_ref::<JsonSyntaxError>());
        Self::Broken(within.map_or_else(|| error.to_string(), |error| in_words(error.kind).to_owned()))
    }
}

impl From<ReaderError> for Stop {
    fn from(error: ReaderError) -> Self {
        Self::Broken(match error {
            ReaderError::IoError { error, .. } => error.to_string(),
            ReaderError::SyntaxError(error) => in_words(error.kind).to_owned(),
            ReaderError::MaxNestingDepthExceeded { .. } => "its values lie too deep within each other".to_owned(),
            _ => "it is not of the form that was expected".to_owned(),
        })
    }
}

/// The one thing about the form that a person may want to know: whether it is merely not whole.
fn in_words(kind: SyntaxErrorKind) -> &'static str {
    if kind == SyntaxErrorKind::IncompleteDocument { "it breaks off" } else { "it is no JSON" }
}

/// Lets through only so many bytes where a budget is set, and remembers how the input failed, if it did: whoever
/// reads JSON wraps that up until it looks like a fault of the answer.
struct Rationed<R> {
    input: R,
    budget: Rc<Cell<u64>>,
    failure: Rc<RefCell<Option<io::Error>>>,
}

impl<R: Read> Read for Rationed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.budget.get();
        if left == 0 && !buffer.is_empty() {
            return Err(io::Error::other("a name or a number in it has no end"));
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.input.read(&mut buffer[..most]).map_err(|error| {
            let told = io::Error::new(error.kind(), error.to_string());
            if error.kind() != io::ErrorKind::Interrupted {
                self.failure.replace(Some(error));
            }
            told
        })?;
        self.budget.set(left.saturating_sub(read as u64));
        Ok(read)
    }
}

/// An answer that is being read.
struct Reading<'a, R: Read> {
    json: JsonStreamReader<Rationed<R>>,
    budget: Rc<Cell<u64>>,
    letters: &'a mut dyn Letters,
    audio: Option<Audio>,
    /// What else is worth knowing, by its path in the answer.
    facts: Map<String, Value>,
}

impl<R: Read> Reading<'_, R> {
    fn document(&mut self) -> Result<(), Stop> {
        self.members("", &mut |reading, path| match path {
            "data" => reading.members("data.", &mut Self::member_of_data),
            "extra_info" => reading.members("extra_info.", &mut Self::fact),
            "base_resp" => reading.members("base_resp.", &mut Self::fact),
            _ => Ok(reading.json.skip_value()?),
        })
    }

    fn member_of_data(&mut self, path: &str) -> Result<(), Stop> {
        if path != AUDIO {
            return self.fact(path);
        }
        self.audio = None;
        if self.json.peek()? == ValueType::String { self.audio() } else { Ok(self.json.skip_value()?) }
    }

    /// Does something about each member of an object, by its path; any other value is skipped.
    fn members(&mut self, within: &str, each: &mut dyn FnMut(&mut Self, &str) -> Result<(), Stop>) -> Result<(), Stop> {
        if self.json.peek()? != ValueType::Object {
            return Ok(self.json.skip_value()?);
        }
        self.json.begin_object()?;
        while self.json.has_next()? {
            self.budget.set(LONGEST_TOKEN);
            let path = format!("{within}{}", self.json.next_name()?);
            self.budget.set(u64::MAX);
            each(self, &path)?;
        }
        Ok(self.json.end_object()?)
    }

    /// Keeps a number or a text that is worth knowing.
    fn fact(&mut self, path: &str) -> Result<(), Stop> {
        let value = match self.json.peek()? {
            _ if !FACTS.contains(&path) => return Ok(self.json.skip_value()?),
            ValueType::Number => {
                self.budget.set(LONGEST_TOKEN);
                let number = serde_json::from_str(self.json.next_number_as_str()?).unwrap_or_default();
                self.budget.set(u64::MAX);
                number
            }
            ValueType::String => Value::String(self.text()?),
            _ => return Ok(self.json.skip_value()?),
        };
        self.facts.insert(path.to_owned(), value);
        Ok(())
    }

    /// The beginning of a text; the rest of it is read and forgotten.
    fn text(&mut self) -> Result<String, Stop> {
        let mut text = self.json.next_string_reader()?;
        let mut beginning = Vec::new();
        text.by_ref().take(LONGEST_TEXT).read_to_end(&mut beginning).map_err(|error| Stop::in_text(&error))?;
        io::copy(&mut text, &mut io::sink()).map_err(|error| Stop::in_text(&error))?;
        Ok(String::from_utf8_lossy(&beginning).into_owned())
    }

    /// The song: its letters, or the address of a file.
    fn audio(&mut self) -> Result<(), Stop> {
        let mut text = self.json.next_string_reader()?;
        let mut piece = vec![0; PIECE];
        let (mut filled, mut ended) = fill(&mut text, &mut piece);
        if is_address(&piece[..filled]) {
            // One that fills a piece has more behind it, and is none.
            let address = String::from_utf8_lossy(&piece[..filled]).into_owned();
            ended?;
            io::copy(&mut text, &mut io::sink()).map_err(|error| Stop::in_text(&error))?;
            self.audio = SignedUrl::in_answer(&address).map(Audio::Address);
            return Ok(());
        }
        self.letters.begin().map_err(Stop::Unkept)?;
        let mut letters = 0;
        while filled > 0 {
            letters += filled as u64;
            self.audio = Some(Audio::Letters(letters));
            self.letters.take(&piece[..filled]).map_err(Stop::Unkept)?;
            ended?;
            (filled, ended) = fill(&mut text, &mut piece);
        }
        ended
    }
}

/// Reads until the piece is full or the text is over, in steps. Where it breaks, what was read of the last step
/// counts all the same.
fn fill(text: &mut impl Read, piece: &mut [u8]) -> (usize, Result<(), Stop>) {
    let mut filled = 0;
    while filled < piece.len() {
        let end = piece.len().min(filled + STEP);
        let step = &mut piece[filled..end];
        // Nobody tells how far it came when it broke; no letter of a song is a zero.
        step.fill(0);
        match text.read(step) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) => {
                filled += step.iter().take_while(|letter| **letter != 0).count();
                return (filled, Err(Stop::in_text(&error)));
            }
        }
    }
    (filled, Ok(()))
}

fn is_address(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    [&b"http://"[..], b"https://"].iter().any(|start| text.starts_with(start))
}
