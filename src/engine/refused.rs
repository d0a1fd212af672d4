//! References that a service no longer takes: which of them its sentence is about.

use serde_json::Value;

use crate::domain::catalogue::{FieldSpec, Kind, ModelSpec};

/// What a service may call the thing that an id of that kind stands for.
const WORDS: [(Kind, &str); 2] = [(Kind::VoiceId, "voice"), (Kind::InstrumentalId, "instrumental")];

/// What is said of an id that is not taken.
const NEGATIONS: [&str; 11] =
    ["no ", "not ", "n't ", "invalid", "unknown", "expired", "missing", "deleted", "wrong", "illegal", "unsupported"];

/// The ids in a request that a refusal is about: those that it repeats, else those whose field or kind it names
/// in a sentence that denies something.
#[must_use]
pub fn ids<'a>(sentence: &str, spec: &ModelSpec, request: &'a Value) -> Vec<&'a str> {
    let sentence = sentence.to_lowercase();
    let sent: Vec<(&FieldSpec, &str)> = fields_sent(spec, request).collect();
    let is_repeated = |id: &str| sentence.contains(&id.to_lowercase());
    let repeated: Vec<&str> = sent.iter().map(|(_, id)| *id).filter(|id| is_repeated(id)).collect();
    if !repeated.is_empty() {
        return repeated;
    }
    if !NEGATIONS.iter().any(|negation| sentence.contains(negation)) {
        return Vec::new();
    }
    let names = |field: &FieldSpec| {
        let word = word_for(field).unwrap_or_default();
        [field.wire.to_lowercase(), format!("{word}_id"), format!("{word} ")].iter().any(|name| sentence.contains(name))
            || sentence.trim_end_matches(['.', '!']).ends_with(word)
    };
    sent.into_iter().filter(|(field, _)| names(field)).map(|(_, id)| id).collect()
}

/// All the ids of references in a request.
#[must_use]
pub fn sent<'a>(spec: &ModelSpec, request: &'a Value) -> Vec<&'a str> {
    fields_sent(spec, request).map(|(_, id)| id).collect()
}

fn fields_sent<'s, 'a>(spec: &'s ModelSpec, request: &'a Value) -> impl Iterator<Item = (&'s FieldSpec, &'a str)> {
    let fields = spec.fields.iter().filter(|field| word_for(field).is_some());
    fields.filter_map(|field| Some((field, request.get(&field.wire)?.as_str()?)))
}

fn word_for(field: &FieldSpec) -> Option<&'static str> {
    WORDS.iter().find(|(kind, _)| *kind == field.kind).map(|(_, word)| *word)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::catalogue::Catalogue;

    #[test]
    fn a_sentence_is_about_the_ids_that_it_names() {
        let catalogue = Catalogue::embedded().unwrap();
        let spec = catalogue.find("music-01").unwrap();
        let request = json!({ "model": "music-01", "refer_voice": "vocal-1", "refer_instrumental": "instr-1" });
        let table: [(&str, &[&str]); 12] = [
            ("there is no voice 'vocal-1'", &["vocal-1"]),
            ("there is no instrumental 'Instr-1'", &["instr-1"]),
            ("invalid params, VOCAL-1 and instr-1", &["vocal-1", "instr-1"]),
            ("voice_id not found", &["vocal-1"]),
            ("Invalid refer_instrumental", &["instr-1"]),
            ("the voice has expired", &["vocal-1"]),
            ("there is no such voice.", &["vocal-1"]),
            ("neither voice nor instrumental could not be found", &["vocal-1", "instr-1"]),
            ("the lyrics are too long", &[]),
            ("insufficient balance", &[]),
            ("Downstream service error.", &[]),
            ("choose another voice", &[]),
        ];
        for (sentence, expected) in table {
            assert_eq!(ids(sentence, spec, &request), expected, "{sentence}");
        }
        assert!(
            ids("there is no voice", spec, &json!({ "refer_instrumental": "instr-1" })).is_empty(),
            "none was sent"
        );
    }
}
