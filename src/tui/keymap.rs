//! The keys: one table from the embedded `keymap.toml`, read by the screen, the palette and the tests.

mod overriding;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::input::Key;

/// Names each command once: as a Rust name and as its name in `keymap.toml`.
macro_rules! actions {
    ($($variant:ident = $name:literal,)*) => {
        /// A command of the screen. What it does is said in `keymap.toml`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "each is described in keymap.toml")]
        pub enum Action { $($variant,)* }

        impl Action {
            /// Every command, in the order of the palette.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name in `keymap.toml`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

actions! {
    Order = "order", Songs = "songs", KeepVersion = "keep_version", Palette = "palette", NextPane = "next_pane",
    PreviousPane = "previous_pane", Back = "back", Find = "find", Sections = "sections", Insert = "insert",
    Undo = "undo", Redo = "redo",
    Rename = "rename", NewSong = "new_song", Repaint = "repaint", Suspend = "suspend", Quit = "quit",
    EditOutside = "edit_outside", Restart = "restart", RefreshFacts = "refresh_facts", Play = "play",
    NextNew = "next_new", Rate1 = "rate_1", Rate2 = "rate_2", Rate3 = "rate_3",
    Rate4 = "rate_4", Rate5 = "rate_5", Rate0 = "rate_0", Pick = "pick", Note = "note", Copy = "copy",
    UseText = "use_text", OrderAgain = "order_again", AskNow = "ask_now", Hold = "hold", ReleaseAll = "release_all", MoveLater = "move_later",
    MoveEarlier = "move_earlier", Withdraw = "withdraw", Open = "open", Filter = "filter", Mark = "mark",
    Scope = "scope", UseReference = "use_reference", AddReference = "add_reference",
    EditReference = "edit_reference", MadeWith = "made_with", UploadAgain = "upload_again", Forget = "forget", Change = "change", ValueBefore = "value_before",
    ValueAfter = "value_after", Unset = "unset", Up = "up", Down = "down", PageUp = "page_up",
    PageDown = "page_down", First = "first", Last = "last", TakeRow = "take_row", Complete = "complete", Leave = "leave",
    StripModels = "strip_models", StripSent = "strip_sent", StripHold = "strip_hold",
    StripProblem = "strip_problem", Confirm = "confirm", Tick = "tick", ProposeFit = "propose_fit", LeaveOut = "leave_out",
}

/// Where a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Context {
    /// Wherever no nearer context has the key.
    Anywhere,
    /// Style and lyrics.
    Typing,
    /// The model and its settings.
    Form,
    /// Queue and references.
    List,
    /// The queue.
    Queue,
    /// The references.
    References,
    /// The order strip.
    Strip,
    /// The table of models.
    Table,
    /// The sections that a model gets.
    Fit,
    /// A list with a filter line.
    Picker,
}

impl Context {
    /// Every place.
    pub const ALL: [Self; 10] = [
        Self::Anywhere,
        Self::Typing,
        Self::Form,
        Self::List,
        Self::Queue,
        Self::References,
        Self::Strip,
        Self::Table,
        Self::Fit,
        Self::Picker,
    ];

    /// Its name in `keymap.toml` and in a configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Anywhere => "anywhere",
            Self::Typing => "typing",
            Self::Form => "form",
            Self::List => "list",
            Self::Queue => "queue",
            Self::References => "references",
            Self::Strip => "strip",
            Self::Table => "table",
            Self::Fit => "fit",
            Self::Picker => "picker",
        }
    }

    /// Where it is, within a sentence.
    #[must_use]
    pub fn whereabouts(self) -> &'static str {
        match self {
            Self::Anywhere => "anywhere",
            Self::Typing => "while typing",
            Self::Form => "in the model's settings",
            Self::List => "in lists",
            Self::Queue => "in the queue",
            Self::References => "in the references",
            Self::Strip => "in the order strip",
            Self::Table => "in the table of models",
            Self::Fit => "while fitting",
            Self::Picker => "while choosing",
        }
    }

    /// What it is, for whoever gives it other keys.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Anywhere => "Wherever no nearer place has the key.",
            Self::Typing => "Style and lyrics.",
            Self::Form => "The model and its settings.",
            Self::List => "Queue and references.",
            Self::Queue => "The queue.",
            Self::References => "The references.",
            Self::Strip => "The order strip.",
            Self::Table => "The table of models, and what is sent.",
            Self::Fit => "Fitting the lyric to one model; the keys of the table of models work there, too.",
            Self::Picker => "Lists with a line to type, and lines by themselves.",
        }
    }

    /// Its word in the palette.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Anywhere => "anywhere",
            Self::Typing => "typing",
            Self::Form => "model, settings",
            Self::List => "lists",
            Self::Queue => "queue",
            Self::References => "references",
            Self::Strip => "order",
            Self::Table => "models",
            Self::Fit => "fit",
            Self::Picker => "choosing",
        }
    }
}

/// One command with its words and keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub action: Action,
    /// For the line of keys.
    pub short: String,
    /// For the palette.
    pub words: String,
    /// Keys by context, the first of each being the one that is shown.
    pub keys: BTreeMap<Context, Vec<Key>>,
}

/// A row as the file has it.
#[derive(Deserialize)]
struct Written {
    short: String,
    words: String,
    #[serde(flatten)]
    keys: BTreeMap<Context, Vec<String>>,
}

/// Every command with its keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Keymap {
    rows: Vec<Row>,
}

/// A key map that breaks a rule.
#[derive(Debug, thiserror::Error)]
pub enum KeymapError {
    /// The file is not TOML, or not of this shape.
    #[error("the key map cannot be read: {0}")]
    Shape(#[from] toml::de::Error),
    /// A command is missing or unknown.
    #[error("the key map has no row, or a row too many, for `{0}`")]
    Command(String),
    /// A key that is none.
    #[error("the key map gives `{action}` the key `{key}`, which is none")]
    Key { action: String, key: String },
    /// A key with two meanings.
    #[error("the key map gives `{key}` to `{first}` and to `{second}`")]
    Twice { key: String, first: String, second: String },
}

impl Keymap {
    /// The embedded key map.
    ///
    /// # Errors
    /// When the embedded file breaks its own rules; a test holds that it does not.
    pub fn embedded() -> Result<Self, KeymapError> {
        Self::read(include_str!("keymap.toml"))
    }

    /// Reads a key map.
    ///
    /// # Errors
    /// When the text is no key map, a command is missing, or a key would mean two things in one context.
    pub fn read(text: &str) -> Result<Self, KeymapError> {
        let mut written: BTreeMap<String, Written> = toml::from_str(text)?;
        let mut rows = Vec::with_capacity(Action::ALL.len());
        for &action in Action::ALL {
            let row = written.remove(action.name()).ok_or_else(|| KeymapError::Command(action.name().to_owned()))?;
            rows.push(Row { action, keys: read_keys(action, &row.keys)?, short: row.short, words: row.words });
        }
        if let Some(name) = written.into_keys().next() {
            return Err(KeymapError::Command(name));
        }
        let map = Self { rows };
        map.refuse_doubles()?;
        Ok(map)
    }

    fn refuse_doubles(&self) -> Result<(), KeymapError> {
        let mut seen: BTreeMap<(Context, String), Action> = BTreeMap::new();
        for row in &self.rows {
            for (&context, keys) in &row.keys {
                for key in keys {
                    if let Some(first) = seen.insert((context, key.to_string()), row.action) {
                        return Err(KeymapError::Twice {
                            key: key.to_string(),
                            first: first.name().to_owned(),
                            second: row.action.name().to_owned(),
                        });
                    }
                }
            }
        }
        Ok(())
    }

    /// Every row, in the order of the palette.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of a command.
    #[must_use]
    pub fn row(&self, action: Action) -> &Row {
        &self.rows[action as usize]
    }

    /// The command of a key; nearer contexts come first.
    #[must_use]
    pub fn action(&self, contexts: &[Context], key: Key) -> Option<Action> {
        contexts.iter().find_map(|context| {
            let has_key = |row: &&Row| row.keys.get(context).is_some_and(|keys| keys.contains(&key));
            self.rows.iter().find(has_key).map(|row| row.action)
        })
    }

    /// How a command is given, for a sentence: its key, or the palette and its name where it has none.
    #[must_use]
    pub fn how(&self, action: Action) -> String {
        let first = |action: Action| self.row(action).keys.values().flatten().next().map(ToString::to_string);
        let palette = || first(Action::Palette).unwrap_or_default();
        first(action).unwrap_or_else(|| format!("{} {}", palette(), action.name()))
    }

    /// The same for a sentence that is read wherever one is: a key that works in one place says where, as `R in the
    /// queue`.
    #[must_use]
    pub fn how_from_anywhere(&self, action: Action) -> String {
        let bound = self.row(action).keys.iter().find(|(_, keys)| !keys.is_empty());
        let place = bound.map(|(context, _)| *context).filter(|context| *context != Context::Anywhere);
        let place = place.map_or_else(String::new, |context| format!(" {}", context.whereabouts()));
        format!("{}{place}", self.how(action))
    }

    /// The key to show for a command in these contexts.
    #[must_use]
    pub fn shown_key(&self, action: Action, contexts: &[Context]) -> Option<String> {
        let keys = &self.row(action).keys;
        let key = contexts.iter().find_map(|context| keys.get(context).and_then(|keys| keys.first()));
        key.map(ToString::to_string)
    }
}

fn read_keys(
    action: Action,
    keys: &BTreeMap<Context, Vec<String>>,
) -> Result<BTreeMap<Context, Vec<Key>>, KeymapError> {
    let wrong = |key: &str| KeymapError::Key { action: action.name().to_owned(), key: key.to_owned() };
    keys.iter()
        .map(|(&context, keys)| {
            let keys: Result<Vec<Key>, _> = keys.iter().map(|key| Key::parse(key).map_err(|_| wrong(key))).collect();
            keys.map(|keys| (context, keys))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_map_has_every_command_once_and_no_key_twice() {
        let map = Keymap::embedded().unwrap();
        assert_eq!(map.rows().len(), Action::ALL.len());
        for &action in Action::ALL {
            assert_eq!(map.row(action).action, action);
        }
    }

    #[test]
    fn keys_that_multiplexers_eat_are_never_bound() {
        let map = Keymap::embedded().unwrap();
        let bound: Vec<String> =
            map.rows().iter().flat_map(|row| row.keys.values().flatten()).map(ToString::to_string).collect();
        for eaten in ["C-b", "C-]", "C-\\", "C-^", "~"] {
            assert!(!bound.iter().any(|key| key == eaten), "{eaten} is bound");
        }
    }

    #[test]
    fn a_key_with_two_meanings_is_refused() {
        let text = include_str!("keymap.toml").replace("[\"C-o\"]", "[\"C-g\"]");
        assert!(matches!(Keymap::read(&text), Err(KeymapError::Twice { .. })));
    }

    #[test]
    fn the_nearer_context_wins() {
        let map = Keymap::embedded().unwrap();
        let esc = Key::parse("Esc").unwrap();
        assert_eq!(map.action(&[Context::Strip, Context::Anywhere], esc), Some(Action::Leave));
        assert_eq!(map.action(&[Context::Queue, Context::List, Context::Anywhere], esc), Some(Action::Back));
    }
}
