//! What a catalogue must hold so that every form, check and body made from it makes sense.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::{Dialect, FieldSpec, Kind, LYRICS, ModelSpec, STYLE};
use crate::domain::recording::Rules;
use crate::domain::setting;

/// A rule of one model: nothing, or what is wrong.
type ModelRule = fn(&ModelSpec) -> Option<String>;
/// A rule of one field of a model: nothing, or what is wrong.
type FieldRule = fn(&ModelSpec, &FieldSpec) -> Option<String>;

/// The rules of a model, each with the keys that it is about.
const MODEL_RULES: [(&[&str], ModelRule); 8] = [
    (&["label", "aliases", "id"], names_are_given),
    (&["pace"], pace_is_positive),
    (&["longest"], longest_is_positive),
    (&["price"], price_is_an_amount),
    (&["fields"], field_names_are_unique),
    (&["fields"], wire_paths_do_not_collide),
    (&["dialect", "fields"], dialect_has_its_field),
    (&["one_of"], one_of_names_fields),
];

/// The rules of a field, each with the keys that it is about.
const FIELD_RULES: [(&[&str], FieldRule); 11] = [
    (&["wire"], wire_is_a_path),
    (&["kind"], texts_are_text),
    (&["min", "max", "kind"], range_fits_the_kind),
    (&["min", "max"], range_is_in_order),
    (&["choices", "kind"], choices_fit_the_kind),
    (&["choices"], number_choices_are_numbers),
    (&["default"], default_is_allowed),
    (&["brings"], companions_are_allowed),
    (&["drops", "excuses"], flag_names_fields),
    (&["follows_lyrics"], following_is_for_lengths),
    (&["recording"], recordings_are_named_by_address),
];

/// A rule that a catalogue breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub model: String,
    /// The field, where it is a rule of one.
    pub field: Option<String>,
    /// The keys that it may be about, the likeliest first.
    pub keys: &'static [&'static str],
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "model `{}`", self.model)?;
        if let Some(field) = &self.field {
            write!(f, ", field `{field}`")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// Every rule that a model breaks by itself.
pub(super) fn of_model(model: &ModelSpec) -> Vec<Broken> {
    let broken = |field: Option<&FieldSpec>, keys, what| Broken {
        model: model.id.clone(),
        field: field.map(|field| field.name.clone()),
        keys,
        what,
    };
    let own = MODEL_RULES.iter().filter_map(|(keys, rule)| Some(broken(None, *keys, rule(model)?)));
    let of_fields = model
        .fields
        .iter()
        .flat_map(|field| FIELD_RULES.iter().filter_map(move |(keys, rule)| Some((field, *keys, rule(model, field)?))));
    own.chain(of_fields.map(|(field, keys, what)| broken(Some(field), keys, what))).collect()
}

/// Every id, label and alias that means two models; `told` says of which of two one should be told.
pub(super) fn of_names(models: &[ModelSpec], told: impl Fn(&ModelSpec) -> bool) -> Vec<Broken> {
    let mut owners: HashMap<String, &ModelSpec> = HashMap::new();
    let mut broken = Vec::new();
    for model in models {
        for name in model.names() {
            let Some(other) = owners.insert(name.clone(), model) else { continue };
            let (mine, theirs) = if told(model) { (model, other) } else { (other, model) };
            broken.push(Broken {
                model: mine.id.clone(),
                field: None,
                keys: &["label", "aliases", "id"],
                what: format!("`{name}` is already a name of `{}`; ids, labels and aliases must differ", theirs.id),
            });
        }
    }
    broken
}

fn recordings_are_named_by_address(_: &ModelSpec, field: &FieldSpec) -> Option<String> {
    let stray = field.kind != Kind::Url && field.recording != Rules::default();
    stray.then(|| "`recording` is for fields of `kind` `url`".to_owned())
}

fn names_are_given(model: &ModelSpec) -> Option<String> {
    let empty = model.names().iter().any(|name| name.trim().is_empty());
    empty.then(|| "`id`, `label` and `aliases` must not be empty".to_owned())
}

fn pace_is_positive(model: &ModelSpec) -> Option<String> {
    (model.pace == 0).then(|| "`pace` must be at least 1 second".to_owned())
}

fn longest_is_positive(model: &ModelSpec) -> Option<String> {
    (model.longest.value == 0).then(|| "`longest` must be at least 1 second".to_owned())
}

fn price_is_an_amount(model: &ModelSpec) -> Option<String> {
    let wrong = model.price.is_some_and(|price| !price.is_finite() || price < 0.0);
    wrong.then(|| "`price` must be an amount of US dollars".to_owned())
}

fn field_names_are_unique(model: &ModelSpec) -> Option<String> {
    let mut seen = HashSet::new();
    let twice = model.fields.iter().find(|field| !seen.insert(&field.name))?;
    Some(format!("there are two fields with `name` `{}`", twice.name))
}

/// A key may not be both a value and a table of others, nor be the model's own.
fn wire_paths_do_not_collide(model: &ModelSpec) -> Option<String> {
    let collide = |a: &str, b: &str| a == b || b.strip_prefix(a).is_some_and(|rest| rest.starts_with('.'));
    let wires: Vec<&str> = std::iter::once("model").chain(model.fields.iter().map(|field| &*field.wire)).collect();
    wires.iter().enumerate().find_map(|(place, wire)| {
        let other = wires[..place].iter().find(|other| collide(other, wire) || collide(wire, other))?;
        Some(format!("`wire` `{wire}` collides with `{other}`"))
    })
}

fn dialect_has_its_field(model: &ModelSpec) -> Option<String> {
    let (style, lyrics) = (model.field(STYLE).is_some(), model.field(LYRICS).is_some());
    let (fits, need) = match model.dialect {
        Dialect::Tags => (lyrics, "`dialect` `tags` needs a field `lyrics`"),
        Dialect::Hashes => (lyrics, "`dialect` `hashes` needs a field `lyrics`"),
        Dialect::Folded => (style && !lyrics, "`dialect` `folded` needs a field `style` and none named `lyrics`"),
        Dialect::NotSent => (!lyrics, "`dialect` `not-sent` takes no field `lyrics`"),
    };
    (!fits).then(|| need.to_owned())
}

fn one_of_names_fields(model: &ModelSpec) -> Option<String> {
    if model.one_of.iter().any(Vec::is_empty) {
        return Some("`one_of` must not hold an empty set".to_owned());
    }
    let unknown = model.one_of.iter().flatten().find(|name| model.field(name).is_none())?;
    Some(format!("`one_of` names `{unknown}`, which is no field of it"))
}

/// A key of a request that begins with `$` is refrain's own word for what is put in there when it is sent.
fn wire_is_a_path(_: &ModelSpec, field: &FieldSpec) -> Option<String> {
    let wrong = field.wire.split('.').any(|key| key.trim().is_empty() || key.starts_with('$'));
    wrong.then(|| format!("`wire` `{}` must be a key, or keys joined by dots, none of them with `$` first", field.wire))
}

fn texts_are_text(_: &ModelSpec, field: &FieldSpec) -> Option<String> {
    let wrong = [STYLE, LYRICS].contains(&&*field.name) && field.kind != Kind::Text;
    wrong.then(|| "its `kind` must be `text`".to_owned())
}

fn range_fits_the_kind(_: &ModelSpec, field: &FieldSpec) -> Option<String> {
    let wrong = (field.min.is_some() || field.max.is_some()) && !field.kind.has_range();
    wrong.then(|| "`min` and `max` are for text, integers and lengths".to_owned())
}

fn range_is_in_order(_: &ModelSpec, field: &FieldSpec) -> Option<String> {
    let (min, max) = (field.min?.value, field.max?.value);
    (min > max).then(|| format!("`min` {min} is above `max` {max}"))
}

fn choices_fit_the_kind(_: &ModelSpec, field: &FieldSpec) -> Option<String> {
    match (field.kind.has_choices(), field.choices.is_empty()) {
        (true, true) => Some("its `kind` needs `choices`".to_owned()),
        (false, false) => Some("`choices` are for the kinds `choice` and `number`".to_owned()),
        _ => None,
    }
}

fn number_choices_are_numbers(_: &ModelSpec, field: &FieldSpec) -> Option<String> {
    let numbers = field.kind == Kind::Number;
    let wrong = field.choices.iter().find(|choice| numbers && choice.parse::<u64>().is_err())?;
    Some(format!("`choices` holds `{wrong}`, which is no whole number"))
}

fn default_is_allowed(_: &ModelSpec, field: &FieldSpec) -> Option<String> {
    let default = field.default.as_deref()?;
    let rule = setting::complaint(field, default)?;
    Some(format!("`default` is `{default}`, it must be {rule}"))
}

fn companions_are_allowed(model: &ModelSpec, field: &FieldSpec) -> Option<String> {
    field.brings.iter().find_map(|companion| {
        let Some(other) = model.field(&companion.field) else {
            return Some(format!("`brings` names `{}`, which is no field of its model", companion.field));
        };
        let rule = setting::complaint(other, &companion.value)?;
        Some(format!("`brings` gives `{}` the value `{}`, it must be {rule}", companion.field, companion.value))
    })
}

fn flag_names_fields(model: &ModelSpec, field: &FieldSpec) -> Option<String> {
    let mut named = field.drops.iter().chain(&field.excuses).peekable();
    if named.peek().is_some() && field.kind != Kind::Flag {
        return Some("`drops` and `excuses` are for the kind `flag`".to_owned());
    }
    let unknown = named.find(|name| model.field(name).is_none())?;
    Some(format!("`drops` or `excuses` names `{unknown}`, which is no field of its model"))
}

fn following_is_for_lengths(_: &ModelSpec, field: &FieldSpec) -> Option<String> {
    let wrong = field.follows_lyrics && !field.kind.is_length();
    wrong.then(|| "`follows_lyrics` is for the kinds `milliseconds` and `seconds`".to_owned())
}
