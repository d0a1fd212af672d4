//! Every rule that a draft may break with a model.

use super::body::{self, Origin, Sent};
use super::{Draft, Grade, Holds, Known, Problem, recordings};
use crate::domain::catalogue::{Dialect, FieldSpec, Firmness, LYRICS, ModelSpec, STYLE};
use crate::domain::fit;
use crate::domain::length::to_clock;
use crate::domain::lyrics::utf16_length;
use crate::domain::setting::{self, Broken, Value};
use crate::domain::untrusted::Untrusted;

/// Characters of a typed value that a problem repeats.
const SHOWN: usize = 40;

/// A draft with a model, what would be sent, and what is known besides.
pub(super) struct Order<'a> {
    pub draft: &'a Draft,
    pub spec: &'a ModelSpec,
    pub known: Known<'a>,
    sent: &'a [Sent<'a>],
}

/// A rule: every problem that breaks it.
type Rule = fn(&Order<'_>) -> Vec<Problem>;

const RULES: [Rule; 9] = [
    missing,
    misread,
    recordings::problems,
    past_a_limit,
    none_of_several,
    alone,
    longer_than_a_song,
    not_sung,
    set_by_refrain,
];

/// Every problem, the gravest first, those of one grade in the order of the rules and the form.
pub(super) fn problems(draft: &Draft, spec: &ModelSpec, known: Known<'_>) -> Vec<Problem> {
    let rendering = fit::render(draft, spec);
    let sent = body::sent(draft, spec, &rendering);
    let order = Order { draft, spec, known, sent: &sent };
    let mut problems: Vec<Problem> = RULES.iter().flat_map(|rule| rule(&order)).collect();
    problems.sort_by_key(|problem| problem.grade);
    problems
}

impl Order<'_> {
    /// The model's name followed by what it does.
    pub fn rule(&self, does: &str) -> String {
        format!("{} {does}", self.spec.label)
    }

    /// Whether there are words for this model.
    fn has_words(&self) -> bool {
        !fit::kept(self.draft, self.spec).trim().is_empty()
    }

    fn is_sent(&self, field: &str) -> bool {
        self.sent.iter().any(|sent| sent.field.name == field)
    }

    /// What was typed for a field that is neither style nor lyrics.
    fn typed(&self, field: &FieldSpec) -> Option<&str> {
        self.draft.setting(&field.name).filter(|_| ![STYLE, LYRICS].contains(&&*field.name))
    }
}

/// Fields that the service insists on, or that make no sense to leave out.
fn missing(order: &Order<'_>) -> Vec<Problem> {
    let absent = |field: &&FieldSpec| {
        let unset = !order.is_sent(&field.name) && order.typed(field).is_none();
        unset && !order.draft.is_excused(order.spec, &field.name)
    };
    let problem = |field: &FieldSpec| {
        let (grade, does) = match (field.required, field.expected) {
            (true, _) if field.name == LYRICS => (Grade::MustFix, "needs them"),
            (true, _) => (Grade::MustFix, "needs it"),
            (false, true) => (Grade::Look, "does little without"),
            (false, false) => return None,
        };
        Some(Problem {
            field: field.name.clone(),
            value: String::new(),
            holds: Holds::Nothing,
            rule: order.rule(does),
            grade,
        })
    };
    order.spec.fields.iter().filter(absent).filter_map(problem).collect()
}

/// Values that are not of their field's kind. What should be a reference is looked at by itself.
fn misread(order: &Order<'_>) -> Vec<Problem> {
    let fields = order.spec.settings().filter(|field| !field.kind.is_reference());
    let settings = fields.filter_map(|field| Some((field, order.typed(field)?)));
    let wrong = settings.filter(|(field, typed)| setting::read(field, typed).is_none());
    wrong.map(|(field, typed)| misfit(order, field, typed, Grade::MustFix, "takes")).collect()
}

/// Texts and numbers past a limit.
fn past_a_limit(order: &Order<'_>) -> Vec<Problem> {
    let problem = |sent: &Sent<'_>| {
        let broken = setting::limit_broken(sent.field, &sent.value)?;
        let (grade, takes) = match broken.firmness() {
            Firmness::Hard => (Grade::MustFix, "takes"),
            Firmness::Soft => (Grade::Look, "is said to take"),
        };
        Some(match &sent.value {
            Value::Text(text) => wrong_length(order, sent.field, text, broken, grade, takes),
            _ => misfit(order, sent.field, order.typed(sent.field).unwrap_or_default(), grade, takes),
        })
    };
    order.sent.iter().filter_map(problem).collect()
}

/// A typed value that the field does not take.
pub(super) fn misfit(order: &Order<'_>, field: &FieldSpec, typed: &str, grade: Grade, takes: &str) -> Problem {
    Problem {
        field: field.name.clone(),
        value: shortened(typed),
        holds: Holds::Typed,
        rule: order.rule(&format!("{takes} {}", setting::takes(field))),
        grade,
    }
}

/// A text that is too short or too long, by the count that the limit is held against.
fn wrong_length(
    order: &Order<'_>,
    field: &FieldSpec,
    text: &str,
    broken: Broken,
    grade: Grade,
    takes: &str,
) -> Problem {
    let (count, does) = match broken {
        Broken::Least(min) => (text.chars().count() as u64, format!("{takes} at least {}", min.value)),
        Broken::Most(max) => (utf16_length(text), format!("{takes} {}", max.value)),
    };
    let folded = field.name == STYLE && order.spec.dialect == Dialect::Folded && order.has_words();
    let value = if folded { format!("{} with the lyrics", characters(count)) } else { characters(count) };
    Problem { field: field.name.clone(), value, holds: Holds::Count, rule: order.rule(&does), grade }
}

/// Sets of fields of which none is set.
fn none_of_several(order: &Order<'_>) -> Vec<Problem> {
    let unset = |name: &String| order.draft.setting(name).is_none() && !order.is_sent(name);
    let bare = order.spec.one_of.iter().filter(|set| set.iter().all(unset));
    bare.filter_map(|set| {
        let rule = order.rule(&format!("needs {}", setting::listed(set)));
        let field = set.first()?.clone();
        Some(Problem { field, value: String::new(), holds: Holds::Nothing, rule, grade: Grade::MustFix })
    })
    .collect()
}

/// A field without the others of its set, where something else comes of that.
fn alone(order: &Order<'_>) -> Vec<Problem> {
    let is_alone = |field: &str| {
        let sets = order.spec.one_of.iter().filter(|set| set.iter().any(|name| name == field));
        order.is_sent(field) && !sets.flatten().any(|name| name != field && order.is_sent(name))
    };
    let alone = order.spec.alone.iter().filter(|alone| is_alone(&alone.field));
    alone
        .map(|alone| Problem {
            field: alone.field.clone(),
            value: shortened(order.draft.setting(&alone.field).unwrap_or_default()),
            holds: Holds::Alone,
            rule: order.rule(&alone.says),
            grade: Grade::Look,
        })
        .collect()
}

/// Lyrics that are more likely than not to last longer than the longest song of the model.
fn longer_than_a_song(order: &Order<'_>) -> Vec<Problem> {
    let longest = order.spec.longest.value;
    let Some(time) = fit::sung(order.draft, order.spec).filter(|time| u64::from(time.middle()) > longest) else {
        return Vec::new();
    };
    let makes = if order.spec.longest.firmness == Firmness::Hard { "makes" } else { "is said to make" };
    vec![Problem {
        field: LYRICS.to_owned(),
        value: format!("{} to {}", to_clock(time.least.into()), to_clock(time.most.into())),
        holds: Holds::Time,
        rule: order.rule(&format!("{makes} at most {}", to_clock(longest))),
        grade: Grade::Look,
    }]
}

/// Words or a style that the model does not use.
fn not_sung(order: &Order<'_>) -> Vec<Problem> {
    let (draft, spec) = (order.draft, order.spec);
    let unused = |field: &str, text: &str, rule: String| Problem {
        field: field.to_owned(),
        value: characters(utf16_length(text.trim())),
        holds: Holds::Count,
        rule,
        grade: Grade::Hint,
    };
    let mut problems = Vec::new();
    if order.has_words() {
        let silencer = draft.silencer(spec, LYRICS);
        let why = silencer.map(|flag| order.rule(&format!("does not get them while {} is yes", flag.name)));
        let why = why.or((spec.dialect == Dialect::NotSent).then(|| order.rule("does not sing them")));
        problems.extend(why.map(|why| unused(LYRICS, &draft.lyrics, why)));
    }
    if spec.field(STYLE).is_none() && !draft.style.trim().is_empty() {
        problems.push(unused(STYLE, &draft.style, order.rule("does not use it")));
    }
    problems
}

/// What is sent though nobody set it.
fn set_by_refrain(order: &Order<'_>) -> Vec<Problem> {
    let problem = |sent: &Sent<'_>| {
        let rule = match (sent.origin, &sent.field.default) {
            (Origin::Person, _) => return None,
            (Origin::Lyrics, Some(default)) => format!("left alone it would be {default}"),
            (Origin::Lyrics, None) => "to fit the lyrics".to_owned(),
            (Origin::Companion(by), _) => format!("{by} needs it"),
        };
        let value = match &sent.value {
            Value::Text(text) => text.clone(),
            Value::Recording(enclosure) => enclosure.name.clone(),
            Value::Whole(number) => setting::shown(sent.field.kind, *number),
            Value::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        };
        Some(Problem { field: sent.field.name.clone(), value, holds: Holds::Given, rule, grade: Grade::Hint })
    };
    order.sent.iter().filter_map(problem).collect()
}

fn characters(count: u64) -> String {
    if count == 1 { "1 character".to_owned() } else { format!("{count} characters") }
}

/// The start of a typed value, in one line.
pub(super) fn shortened(typed: &str) -> String {
    Untrusted::new(typed).clean(SHOWN)
}
