//! Drafts: what is sent of them, and what is said about them, model by model.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod bodies;
mod fits;
mod recordings;
mod said;

use proptest::prelude::*;
use refrain::domain::catalogue::{Catalogue, ModelSpec};
use refrain::domain::draft::Draft;
use refrain::domain::fit::{Fit, kept};
use serde_json::Value;

/// Field names with what was typed.
type Settings = &'static [(&'static str, &'static str)];

const STYLE_TEXT: &str = "slow waltz, upright piano";
const LYRICS_TEXT: &str = "[Verse]\nThe last boat leaves\nat ten to nine\n\n[Chorus]\nOh, night ferry\n";

fn draft(settings: &[(&str, &str)]) -> Draft {
    Draft {
        style: STYLE_TEXT.to_owned(),
        lyrics: LYRICS_TEXT.to_owned(),
        settings: settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ..Draft::default()
    }
}

fn written(style: &str, lyrics: &str, settings: &[(&str, &str)]) -> Draft {
    Draft { style: style.to_owned(), lyrics: lyrics.to_owned(), ..draft(settings) }
}

fn fitted(spec: &ModelSpec, left_out: &[usize], style: Option<&str>) -> Draft {
    let fit = Fit { left_out: left_out.to_vec(), style: style.map(str::to_owned) };
    Draft { fits: [(spec.id.clone(), fit)].into(), ..draft(&[]) }
}

fn model(label: &str) -> ModelSpec {
    Catalogue::embedded().unwrap().find(label).unwrap().clone()
}

#[test]
fn a_draft_reads_back_from_json_also_where_fields_are_new_or_gone() {
    let draft = fitted(&model("music-1.5"), &[1], Some("x"));
    let text = serde_json::to_string(&draft).unwrap();
    assert_eq!(serde_json::from_str::<Draft>(&text).unwrap(), draft);
    assert_eq!(serde_json::from_str::<Draft>(r#"{"colour": 1}"#).unwrap(), Draft::default());
}

proptest! {
    #[test]
    fn any_draft_can_be_checked_and_turned_into_a_body(
        style in any::<String>(),
        lyrics in any::<String>(),
        values in prop::collection::vec(any::<String>(), 15),
        left_out in prop::collection::vec(0..5_usize, 0..3),
    ) {
        for spec in Catalogue::embedded().unwrap().models() {
            let names = spec.fields.iter().map(|field| field.name.clone());
            let fit = Fit { left_out: left_out.clone(), style: None };
            let draft = Draft {
                style: style.clone(),
                lyrics: lyrics.clone(),
                settings: names.zip(values.clone()).collect(),
                fits: [(spec.id.clone(), fit)].into(),
                ..Draft::default()
            };
            for problem in draft.check(spec) {
                prop_assert!(!problem.sentence().contains('\n'));
            }
            prop_assert!(!Value::Object(draft.body(spec)).to_string().contains(":null"));
        }
    }

    #[test]
    fn a_fit_only_ever_takes_lines_away(lyrics in "([a\\[\\]VC ]{0,5}\n){0,12}", left_out in prop::collection::vec(0..6_usize, 0..4)) {
        let spec = model("music-2.0");
        let draft = Draft { lyrics: lyrics.clone(), ..fitted(&spec, &left_out, None) };
        let kept = kept(&draft, &spec);
        let mut all = lyrics.lines().map(str::trim_end);
        prop_assert!(kept.is_empty() || kept.split('\n').all(|line| all.any(|other| other == line)));
    }
}
