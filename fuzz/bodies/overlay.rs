//! A file of the user's over the catalogue.

use std::collections::BTreeMap;
use std::hint::black_box;

use refrain::domain::catalogue::overlay::{Mistake, lay};
use refrain::domain::catalogue::{Catalogue, LYRICS, ModelSpec, STYLE};
use refrain::domain::draft::Draft;
use refrain::domain::fit;

/// What is typed into every setting, besides its default and its choices.
const TYPED: [&str; 6] = ["", "yes", "3:59", "18446744073709551615", "-1", "https://a.example/1.mp3"];

/// A file is either taken, and then songs can be written for each of its models, or refused with a line that it has
/// for each mistake.
pub fn overlay(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match lay(text) {
        Ok(catalogue) => assert_usable(&catalogue),
        Err(mistakes) => assert_told(text, &mistakes),
    }
}

fn assert_told(text: &str, mistakes: &[Mistake]) {
    assert!(!mistakes.is_empty(), "refused, and nobody knows why");
    let lines = 1..=text.split('\n').count();
    for mistake in mistakes {
        assert!(lines.contains(&mistake.line), "line {} of {lines:?}: {mistake}", mistake.line);
        assert!(!mistake.rule.is_empty(), "{mistake:?}");
    }
    assert!(mistakes.is_sorted_by_key(|mistake| mistake.line), "in the order of the file");
}

fn assert_usable(catalogue: &Catalogue) {
    for spec in catalogue.models() {
        for name in [&spec.id, &spec.label].into_iter().chain(&spec.aliases) {
            assert_eq!(catalogue.find(name).map(|found| &found.id), Some(&spec.id), "{name:?} means one model");
        }
        for typed in TYPED {
            assert_writable(spec, typed);
        }
    }
}

fn assert_writable(spec: &ModelSpec, typed: &str) {
    let setting = |field: &str| (field.to_owned(), typed.to_owned());
    let draft = Draft {
        model: spec.id.clone(),
        style: "slow waltz".to_owned(),
        lyrics: "[Verse]\nThe last boat leaves\n\n[Chorus]\nOh, night ferry\n".to_owned(),
        settings: spec.settings().map(|field| setting(&field.name)).collect::<BTreeMap<_, _>>(),
        ..Draft::default()
    };
    for problem in draft.check(spec) {
        assert!(!problem.sentence().is_empty());
    }
    let body = draft.body(spec);
    assert_eq!(body.get("model").and_then(|model| model.as_str()), Some(spec.id.as_str()));
    for field in [STYLE, LYRICS] {
        assert_eq!(draft.measure(spec, field).is_some(), spec.field(field).is_some(), "what it takes is counted");
    }
    black_box((draft.length(spec), fit::propose(&draft, spec)));
}
