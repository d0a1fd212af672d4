//! What the pretend service sells: the table `models.toml`, and how a request becomes a song.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ledger::Generation;
use super::manner::Manner;
use super::newcomer::Newcomer;
use super::synth::{Commission, Container, Format, Length, Players};
use super::validate::SETTING_NUMBERS;

/// The price list's unit: credits to the US dollar.
pub const CREDITS_PER_USD: f64 = 2_000_000.0;

/// No song is longer, in seconds, whatever a model that checks nothing is asked for.
const LONGEST: f32 = 600.0;

/// Every model, in the order of the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Models {
    model: Vec<Model>,
}

/// One model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    pub id: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub name: String,
    pub developer: String,
    /// What stands behind the colon of a generation's id.
    pub tail: String,
    /// Usual time at the real pace.
    pub seconds: f64,
    /// Price of a generation.
    pub credits: u64,
    /// How its songs come.
    #[serde(default)]
    pub delivery: Delivery,
    /// Whether a model of which nothing is known is made as this one.
    #[serde(default)]
    pub stand_in: bool,
    /// The model of the table that a newcomer is made as.
    #[serde(skip)]
    pub like: Option<String>,
    /// For how many generations the price list states the price.
    #[serde(default = "one")]
    pub priced_per: u64,
    /// How the request becomes a song.
    pub song: Song,
    /// Words longer than this are accepted, and break on the way.
    pub breaks_over: Option<usize>,
    #[serde(rename = "field", default)]
    pub fields: Vec<Field>,
    /// Whether it takes keys that are no fields.
    #[serde(skip)]
    pub open: bool,
}

fn one() -> u64 {
    1
}

/// How a model's songs come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// One asks until it is done, then fetches a file.
    #[default]
    Queued,
    /// The request stays open until it is done.
    HeldOpen,
}

/// Which keys of the request say what about the song.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Song {
    style: Option<String>,
    words: Option<String>,
    /// The keys of references: to a voice, and to what it sings to.
    pub voice: Option<String>,
    pub backing: Option<String>,
    /// The key of a recording to go by: its address, or the recording itself.
    pub reference: Option<String>,
    /// The longest song in seconds, where the words decide.
    longest: Option<f32>,
    /// The key of a length in milliseconds.
    milliseconds: Option<String>,
    /// The key of a length in seconds.
    seconds: Option<String>,
    /// The length in seconds where no key is given.
    length: Option<f32>,
    container: Option<Container>,
    sample_rate: Option<u32>,
}

/// One field of a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub key: String,
    pub kind: Kind,
    #[serde(default)]
    pub required: bool,
    /// Least length of a text, or least number; of a recording its seconds.
    pub min: Option<u64>,
    /// Greatest length of a text, or greatest number.
    pub max: Option<u64>,
    /// What `audio-setting` calls the sample rate.
    #[serde(default)]
    pub rates: Vec<String>,
    /// Whether `audio-setting` needs a format.
    #[serde(default)]
    pub format_required: bool,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Text,
    Integer,
    Boolean,
    Url,
    UrlOrBase64,
    AudioSetting,
}

impl Models {
    /// Reads the embedded table.
    ///
    /// # Errors
    /// When it is malformed; a test holds that it is not.
    pub fn embedded() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("models.toml"))
    }

    /// This table with those that it is told of.
    #[must_use]
    pub fn with(&self, newcomers: &[Newcomer]) -> Self {
        let mut all = self.clone();
        for newcomer in newcomers {
            let model = newcomer.as_model(&all);
            all.model.extend(model);
        }
        all
    }

    pub fn all(&self) -> &[Model] {
        &self.model
    }

    /// The model that stands in for one of which nothing is known.
    pub fn stand_in(&self, delivery: Delivery) -> Option<&Model> {
        self.model.iter().find(|model| model.stand_in && model.delivery == delivery)
    }

    /// The model that made a generation, also where the sandbox is told of it no more.
    pub fn maker_of(&self, generation: &Generation) -> Option<&Model> {
        self.find(&generation.model).or_else(|| self.find(generation.like.as_deref()?))
    }

    /// The model of that id or alias.
    pub fn find(&self, name: &str) -> Option<&Model> {
        self.model.iter().find(|model| model.answers_to(name))
    }
}

impl Model {
    pub fn answers_to(&self, name: &str) -> bool {
        self.id == name || self.aliases.iter().any(|alias| alias == name)
    }

    /// Price of a generation in US dollars.
    pub fn usd(&self) -> f64 {
        self.credits as f64 / CREDITS_PER_USD
    }

    /// Whether the words are too long for the model itself, which says so only after it has accepted them.
    pub fn breaks(&self, request: &Value) -> bool {
        let words = self.song.words.as_deref().and_then(|key| request[key].as_str()).unwrap_or_default();
        self.breaks_over.is_some_and(|most| words.encode_utf16().count() > most)
    }

    /// The technical side of what a request orders.
    pub fn format(&self, request: &Value) -> Format {
        let setting = &request["audio_setting"];
        // Where nothing was checked, a number that no file can have is passed over.
        let number = |keys: &[&str]| {
            let stated = SETTING_NUMBERS.iter().filter(|(key, _)| keys.contains(key));
            let mut stated = stated.filter_map(|(key, known)| setting[*key].as_u64().filter(|n| known.contains(n)));
            stated.next().map(|number| number as u32)
        };
        let container = serde_json::from_value(setting["format"].clone()).ok().or(self.song.container);
        Format {
            container: container.unwrap_or(Container::Mp3),
            sample_rate: number(&["audio_sample_rate", "sample_rate"]).or(self.song.sample_rate).unwrap_or(44_100),
            bit_rate: number(&["bitrate"]).unwrap_or(if self.song.words.is_some() { 256_000 } else { 128_000 }),
        }
    }

    /// A voice without a backing is hummed alone, a backing without a voice is left without one.
    fn players(&self, request: &Value) -> Players {
        let given = |key: &Option<String>| key.as_deref().is_some_and(|key| request[key].is_string());
        match (given(&self.song.voice), given(&self.song.backing)) {
            (true, false) => Players::Voice,
            (false, true) => Players::Band,
            (true, true) | (false, false) => Players::Everybody,
        }
    }

    /// Whether a field takes a recording of so many seconds.
    pub fn takes(&self, key: &str, seconds: f64) -> bool {
        let field = self.fields.iter().find(|field| field.key == key);
        field.is_none_or(|field| {
            let within = |bound: Option<u64>, fits: fn(f64, f64) -> bool| bound.is_none_or(|n| fits(seconds, n as f64));
            within(field.min, |seconds, least| seconds >= least) && within(field.max, |seconds, most| seconds <= most)
        })
    }

    /// The song that a request orders, in the manner of what it refers to. `seed` is the whole request as text.
    pub fn commission<'a>(&self, request: &'a Value, seed: &'a str, manner: Manner) -> Commission<'a> {
        let text = |key: &Option<String>| key.as_deref().and_then(|key| request[key].as_str()).unwrap_or_default();
        let number = |key: &Option<String>| key.as_deref().and_then(|key| request[key].as_f64());
        let stated = number(&self.song.milliseconds).map(|ms| ms / 1_000.0).or_else(|| number(&self.song.seconds));
        let length = match (self.song.longest, stated) {
            (Some(at_most), _) => Length::Words { at_most },
            (None, Some(seconds)) => Length::Seconds((seconds as f32).clamp(0.0, LONGEST)),
            (None, None) => Length::Seconds(self.song.length.unwrap_or(30.0)),
        };
        let instrumental = request["is_instrumental"].as_bool() == Some(true);
        Commission {
            seed,
            style: text(&self.song.style),
            lyrics: if instrumental { "" } else { text(&self.song.words) },
            length,
            players: self.players(request),
            manner,
            format: self.format(request),
        }
    }
}
