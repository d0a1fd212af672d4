//! Other keys than the embedded ones: what the table `[keys]` of a configuration asks for, and why not.

use std::fmt::Write as _;

use super::{Action, Context, Keymap};
use crate::config::Problem;
use crate::config::keys::{Binding, TABLE};
use crate::config::problem::suggestion;
use crate::tui::editor::{Edit, edit_for};
use crate::tui::input::{Code, Key};

/// Keys that multiplexers and old terminals eat.
const EATEN: [&str; 5] = ["C-b", "C-]", "C-\\", "C-^", "~"];

/// Keys that arrive as others, as terminals have one byte for both.
const ALIKE: [(&str, &str); 6] =
    [("C-i", "Tab"), ("C-m", "Enter"), ("C-j", "Enter"), ("C-[", "Esc"), ("C-h", "Backspace"), ("C-_", "C-/")];

/// Commands that must keep a key where without one nobody gets on, or out.
const NEEDED: [(Context, Action); 9] = [
    (Context::Anywhere, Action::Quit),
    (Context::Anywhere, Action::Palette),
    (Context::Anywhere, Action::Back),
    (Context::Strip, Action::Leave),
    (Context::Strip, Action::Confirm),
    (Context::Table, Action::Leave),
    (Context::Table, Action::TakeRow),
    (Context::Picker, Action::Leave),
    (Context::Picker, Action::TakeRow),
];

/// Commands that open the order strip.
const OPENERS: [Action; 2] = [Action::Order, Action::OrderAgain];

/// Commands whose keys from anywhere also count over the strip and lists.
const ALWAYS: [Action; 3] = [Action::Repaint, Action::Suspend, Action::Quit];

/// Places that are panes; the others lie over them.
const PANES: [Context; 6] =
    [Context::Anywhere, Context::Typing, Context::Form, Context::List, Context::Queue, Context::References];

/// A key of the map, with the line that asks for it if one does.
struct Held<'a> {
    context: Context,
    action: Action,
    key: Key,
    binding: Option<&'a Binding>,
}

impl Keymap {
    /// This map with other keys for some commands.
    ///
    /// # Errors
    /// With everything that is wrong; then none of it may count.
    pub fn with(&self, bindings: &[Binding]) -> Result<Self, Vec<Problem>> {
        let mut map = self.clone();
        let mut problems = Vec::new();
        let mut taken: Vec<(Context, Action, &Binding)> = Vec::new();
        for binding in bindings {
            match self.understood(binding) {
                Ok((context, action, keys)) => {
                    let row = &mut map.rows[action as usize];
                    drop(if keys.is_empty() { row.keys.remove(&context) } else { row.keys.insert(context, keys) });
                    taken.push((context, action, binding));
                }
                Err(found) => problems.extend(found.into_iter().map(|what| {
                    let what = format!("`{}`: {what}", binding.name());
                    Problem::of_key(binding.place.clone(), &binding.name(), what)
                })),
            }
        }
        problems.extend(map.lost(&taken));
        problems.extend(map.clashes(&taken));
        problems.sort_by(|one, other| one.place.cmp(&other.place));
        if problems.is_empty() { Ok(map) } else { Err(problems) }
    }

    /// What a line asks for, or everything that is wrong with it by itself.
    fn understood(&self, binding: &Binding) -> Result<(Context, Action, Vec<Key>), Vec<String>> {
        let context = Context::ALL.into_iter().find(|context| context.name() == binding.context);
        let action = Action::ALL.iter().copied().find(|action| action.name() == binding.action);
        let (Some(context), Some(action)) = (context, action) else {
            let names: Vec<&str> = Context::ALL.iter().map(|context| context.name()).collect();
            let actions: Vec<&str> = Action::ALL.iter().map(|action| action.name()).collect();
            let no_place = context
                .is_none()
                .then(|| format!("`{}` is no place; {}", binding.context, suggestion(&binding.context, &names)));
            let no_command = action
                .is_none()
                .then(|| format!("`{}` is no command; {}", binding.action, suggestion(&binding.action, &actions)));
            return Err(no_place.into_iter().chain(no_command).collect());
        };
        if !self.works(context, action) {
            let own: Vec<&str> = self.row(action).keys.keys().map(|context| context.name()).collect();
            return Err(vec![format!("`{}` does nothing there; it works in {}", action.name(), own.join(", "))]);
        }
        let mut keys = Vec::new();
        let mut wrong = Vec::new();
        for text in &binding.keys {
            let key = Key::parse(text).map_err(|error| error.to_string());
            match key.and_then(|key| complaint(context, action, key).map_or(Ok(key), Err)) {
                Ok(key) if !keys.contains(&key) => keys.push(key),
                Ok(_) => wrong.push(format!("`{text}` is there twice")),
                Err(what) => wrong.push(what),
            }
        }
        if wrong.is_empty() { Ok((context, action, keys)) } else { Err(wrong) }
    }

    /// Whether a command does something in a place: what lies over the panes knows only its own.
    fn works(&self, context: Context, action: Action) -> bool {
        let own = &self.row(action).keys;
        let in_panes = own.is_empty() || own.keys().any(|own| PANES.contains(own));
        own.contains_key(&context) || (in_panes && PANES.contains(&context))
    }

    /// Needed commands that have lost their last key.
    fn lost(&self, taken: &[(Context, Action, &Binding)]) -> Vec<Problem> {
        let lost = |(context, action, binding): &(Context, Action, &Binding)| {
            let is_lost = NEEDED.contains(&(*context, *action)) && !self.row(*action).keys.contains_key(context);
            let what = format!("`{}`: it needs a key there, or nobody gets on", binding.name());
            is_lost.then(|| Problem::of_key(binding.place.clone(), &binding.name(), what))
        };
        taken.iter().filter_map(lost).collect()
    }

    /// Keys that would mean two things where they are pressed, as far as a line asked for one of them.
    fn clashes(&self, taken: &[(Context, Action, &Binding)]) -> Vec<Problem> {
        let asked = |context, action| taken.iter().find(|it| (it.0, it.1) == (context, action)).map(|it| it.2);
        let held: Vec<Held<'_>> = self
            .rows
            .iter()
            .flat_map(|row| {
                row.keys.iter().flat_map(move |(context, keys)| keys.iter().map(move |key| (row, *context, *key)))
            })
            .map(|(row, context, key)| Held { context, action: row.action, key, binding: asked(context, row.action) })
            .collect();
        let mut problems = Vec::new();
        for (at, one) in held.iter().enumerate() {
            for other in &held[at + 1..] {
                // Told where it was asked for; of two lines, in the later one.
                let blamed = [one, other].into_iter().filter(|held| held.binding.is_some());
                let blamed = blamed.max_by_key(|held| held.binding.map(|binding| &binding.place));
                let Some((blamed, binding)) = blamed.and_then(|held| Some((held, held.binding?))) else { continue };
                let against = if std::ptr::eq(blamed, one) { other } else { one };
                if let Some(why) = clash(blamed, against) {
                    let what = format!("`{}`: `{}` {why}", binding.name(), blamed.key);
                    problems.push(Problem::of_key(binding.place.clone(), &binding.name(), what));
                }
            }
        }
        problems
    }

    /// Every place, command and key as the table `[keys]`, each line commented out.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = String::new();
        for context in Context::ALL {
            let _ = write!(text, "# {}\n[{TABLE}.{}]\n", context.about(), context.name());
            for row in self.rows.iter().filter(|row| self.works(context, row.action)) {
                let keys: Vec<String> = row.keys.get(&context).into_iter().flatten().map(ToString::to_string).collect();
                if keys.is_empty() {
                    continue;
                }
                let keys = toml::Value::from(keys);
                let _ = writeln!(text, "# {} = {keys}  # {}", row.action.name(), row.words);
            }
            text.push('\n');
        }
        text
    }
}

/// Why a command cannot have a key in a place, whatever else has it.
fn complaint(context: Context, action: Action, key: Key) -> Option<String> {
    let named = |name: &&str| Key::parse(name) == Ok(key);
    if EATEN.iter().any(&named) {
        return Some(format!("`{key}` never arrives, as terminals and multiplexers eat it"));
    }
    if let Some((_, other)) = ALIKE.iter().find(|(name, _)| named(name)) {
        return Some(format!("`{key}` arrives as `{other}`, as terminals have one byte for both; write `{other}`"));
    }
    let plain = !key.ctrl && !key.alt && !key.shift;
    match context {
        Context::Anywhere | Context::Typing | Context::Picker if key.typed().is_some() => {
            Some(format!("`{key}` is text where one types"))
        }
        Context::Typing if plain && matches!(key.code, Code::Enter | Code::Backspace | Code::Delete) => {
            Some(format!("`{key}` edits the text"))
        }
        Context::Picker if plain && key.code == Code::Backspace => Some(format!("`{key}` edits the line")),
        // While typing, an edit comes before what works anywhere; these two only where there is a selection.
        Context::Anywhere if edit_for(key).is_some_and(|edit| !matches!(edit, Edit::Copy | Edit::Unselect)) => {
            Some(format!("`{key}` edits the text while typing"))
        }
        Context::Strip | Context::Table if matches!(key.typed(), Some('1'..='9')) => {
            Some(format!("`{key}` says there how many takes to order"))
        }
        Context::Strip if action == Action::Confirm && key.typed().is_some() => {
            Some(format!("`{key}` is a letter, and text gone astray must not order anything"))
        }
        _ => None,
    }
}

/// Why two uses of one key cannot be, from the side of the first.
fn clash(one: &Held<'_>, other: &Held<'_>) -> Option<String> {
    if one.key != other.key || one.action == other.action {
        return None;
    }
    let both = [one, other];
    if both.iter().any(|held| held.action == Action::Confirm) && both.iter().any(|held| OPENERS.contains(&held.action))
    {
        return Some(format!("is `{}` too, and the key that opens an order must not pay for it", other.action.name()));
    }
    let meet = meets(one.context, other.context)
        || both.iter().any(|held| held.context == Context::Anywhere && ALWAYS.contains(&held.action));
    meet.then(|| format!("is `{}` {} already", other.action.name(), other.context.whereabouts()))
}

/// Whether the keys of two places are looked up for the same press.
fn meets(one: Context, other: Context) -> bool {
    let lists = [Context::Queue, Context::References];
    let near = |one: Context, other: Context| match one {
        Context::Anywhere => PANES.contains(&other),
        Context::List => lists.contains(&other),
        _ => false,
    };
    one == other || near(one, other) || near(other, one)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Given, Reading};

    fn bindings(text: &str) -> Vec<Binding> {
        let reading = Reading::of_text(text, Path::new("config.toml"), &Given::default());
        assert_eq!((reading.problems, reading.key_problems), (Vec::new(), Vec::new()), "{text}");
        reading.bindings
    }

    fn problems(text: &str) -> Vec<String> {
        let problems = Keymap::embedded().unwrap().with(&bindings(text)).unwrap_err();
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_whole_map_written_down_and_read_again_is_the_same() {
        let map = Keymap::embedded().unwrap();
        let text = map.table().replace("\n# ", "\n");
        let text: Vec<&str> = text.lines().filter(|line| line.starts_with('[') || line.contains(" = ")).collect();
        let bindings = bindings(&text.join("\n"));
        assert!(bindings.len() > 80, "{}", bindings.len());
        assert_eq!(map.with(&bindings).unwrap(), map);
    }

    #[test]
    fn other_keys_take_the_place_of_those_of_the_same_place_alone() {
        let map = Keymap::embedded().unwrap();
        let other = map.with(&bindings("[keys.anywhere]\norder = \"F5\"\n[keys.queue]\npick = []\n")).unwrap();
        let key = |name| Key::parse(name).unwrap();
        let queue = [Context::Queue, Context::List, Context::Anywhere];
        assert_eq!(other.action(&queue, key("F5")), Some(Action::Order));
        assert_eq!(other.action(&queue, key("C-g")), None);
        assert_eq!(other.action(&queue, key("p")), None);
        assert_eq!(other.action(&[Context::Strip], key("C-g")), Some(Action::Leave));
        assert_eq!(other.shown_key(Action::Order, &queue), Some("F5".to_owned()));
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_line_its_key_and_the_reason() {
        let table = [
            ("[keys.anywere]\norder = \"F5\"", "`anywere` is no place; did you mean `anywhere`?"),
            ("[keys.anywhere]\nordre = \"F5\"", "`ordre` is no command; did you mean `order`?"),
            ("[keys.anywhere]\norder = \"F99\"", "no key is called `F99`"),
            ("[keys.anywhere]\norder = \"C-b\"", "`C-b` never arrives"),
            ("[keys.queue]\npick = \"~\"", "`~` never arrives"),
            ("[keys.anywhere]\norder = \"C-i\"", "`C-i` arrives as `Tab`"),
            ("[keys.anywhere]\norder = \"x\"", "`x` is text where one types"),
            ("[keys.typing]\nfind = \"Space\"", "`Space` is text where one types"),
            ("[keys.typing]\nfind = \"Enter\"", "`Enter` edits the text"),
            ("[keys.anywhere]\norder = \"C-k\"", "`C-k` edits the text while typing"),
            ("[keys.picker]\nleave = \"q\"", "`q` is text where one types"),
            ("[keys.strip]\nstrip_hold = \"3\"", "`3` says there how many"),
            ("[keys.strip]\nconfirm = \"y\"", "`y` is a letter, and text gone astray"),
            ("[keys.strip]\nconfirm = \"F5\"\n[keys.anywhere]\norder = \"F5\"", "must not pay for it"),
            ("[keys.strip]\nsongs = \"F5\"", "`songs` does nothing there; it works in anywhere"),
            ("[keys.queue]\nconfirm = \"F5\"", "`confirm` does nothing there; it works in strip"),
            ("[keys.anywhere]\norder = [\"F5\", \"F5\"]", "`F5` is there twice"),
            ("[keys.anywhere]\nquit = []", "`keys.anywhere.quit`: it needs a key there"),
            ("[keys.strip]\nleave = []", "`keys.strip.leave`: it needs a key there"),
            ("[keys.anywhere]\norder = \"C-o\"", "`keys.anywhere.order`: `C-o` is `songs` anywhere already"),
            ("[keys.anywhere]\norder = \"C-f\"", "`C-f` is `find` while typing already"),
            ("[keys.queue]\npick = \"j\"", "`j` is `down` in lists already"),
            ("[keys.queue]\npick = \"C-o\"", "`C-o` is `songs` anywhere already"),
            ("[keys.picker]\nup = \"C-q\"", "`C-q` is `quit` anywhere already"),
        ];
        for (text, what) in table {
            let found = problems(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            let line = if text.contains("[keys.strip]\nconfirm = \"F5\"") { 4 } else { 2 };
            assert!(
                found[0].starts_with(&format!("config.toml:{line}: ")) && found[0].contains(what),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn two_commands_may_change_their_keys() {
        let text = "[keys.anywhere]\norder = \"C-o\"\nsongs = \"C-g\"\n";
        let map = Keymap::embedded().unwrap().with(&bindings(text)).unwrap();
        assert_eq!(map.action(&[Context::Anywhere], Key::ctrl('o')), Some(Action::Order));
        assert_eq!(map.action(&[Context::Anywhere], Key::ctrl('g')), Some(Action::Songs));
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let found = problems("[keys.anywhere]\norder = [\"x\", \"C-b\"]\n[keys.list]\nup = \"/\"\nnonsense = \"F2\"\n");
        assert_eq!(found.len(), 4, "{found:#?}");
    }
}
