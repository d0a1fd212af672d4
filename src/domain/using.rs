//! References in a draft: which fields of a model one fits, and the draft with it or without it.

use super::catalogue::{Catalogue, FieldSpec, Kind, ModelSpec};
use super::draft::Draft;
use super::reference::Reference;

/// The fields of a model that a reference fits, each with the value that means it there: a song with its
/// singer and its music fits two, a recording the first that takes one.
#[must_use]
pub fn fields<'a>(reference: &Reference, spec: &'a ModelSpec) -> Vec<(&'a FieldSpec, String)> {
    let kinds = [Kind::VoiceId, Kind::InstrumentalId, Kind::Url];
    let first = |kind: Kind| {
        let mut fields = spec.fields.iter().filter(move |field| field.kind == kind);
        fields.find_map(|field| Some((field, reference.value_for(field)?)))
    };
    kinds.into_iter().filter_map(first).collect()
}

/// The fields of the model that are set to the reference, be it by an id that it had before.
#[must_use]
pub fn used_in<'a>(draft: &Draft, spec: &'a ModelSpec, reference: &Reference) -> Vec<&'a FieldSpec> {
    let is_used = |field: &&FieldSpec| draft.setting(&field.name).is_some_and(|value| reference.is_meant_by(value));
    spec.fields.iter().filter(|field| field.kind.is_reference()).filter(is_used).collect()
}

/// The draft with the reference in every field that it fits; nothing where it fits none.
#[must_use]
pub fn with(draft: &Draft, spec: &ModelSpec, reference: &Reference) -> Option<Draft> {
    let fitting = fields(reference, spec);
    let mut draft = draft.clone();
    for (field, value) in &fitting {
        draft.settings.insert(field.name.clone(), value.clone());
    }
    (!fitting.is_empty()).then_some(draft)
}

/// The draft without the reference; nothing where it does not use it.
#[must_use]
pub fn without(draft: &Draft, spec: &ModelSpec, reference: &Reference) -> Option<Draft> {
    let used = used_in(draft, spec, reference);
    let mut draft = draft.clone();
    for field in &used {
        draft.settings.remove(&field.name);
    }
    (!used.is_empty()).then_some(draft)
}

/// The name of a field that takes references in few letters: `voice` of `voice-id`.
#[must_use]
pub fn short(field: &str) -> &str {
    field.strip_suffix("-id").unwrap_or(field)
}

/// The models, by their short names, of which a field is so.
#[must_use]
pub fn models_with(catalogue: &Catalogue, is: impl Fn(&FieldSpec) -> bool) -> Vec<String> {
    let has = |spec: &&ModelSpec| spec.fields.iter().any(&is);
    catalogue.models().iter().filter(has).map(|spec| spec.label.clone()).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::reference::{Purpose, ReferenceId};

    fn reference(purpose: Purpose) -> Reference {
        Reference::new(ReferenceId(1), "Mara", purpose, Timestamp::UNIX_EPOCH)
    }

    fn song() -> Reference {
        let (voice_id, instrumental_id) = (Some("vocal-1".to_owned()), Some("instrumental-1".to_owned()));
        Reference { voice_id, instrumental_id, ..reference(Purpose::Song) }
    }

    #[test]
    fn a_song_is_used_as_singer_and_as_music_and_taken_out_of_both() {
        let catalogue = Catalogue::embedded().unwrap();
        let spec = catalogue.find("music-01").unwrap();
        let draft = Draft { model: spec.id.clone(), ..Draft::default() };
        let with = with(&draft, spec, &song()).unwrap();
        assert_eq!(with.setting("voice-id"), Some("vocal-1"));
        assert_eq!(with.setting("instrumental-id"), Some("instrumental-1"));
        assert_eq!(used_in(&with, spec, &song()).len(), 2);
        assert_eq!(without(&with, spec, &song()).unwrap(), draft);
        assert_eq!(without(&draft, spec, &song()), None);
    }

    #[test]
    fn what_was_set_by_an_earlier_id_is_taken_out_too() {
        let catalogue = Catalogue::embedded().unwrap();
        let spec = catalogue.find("music-01").unwrap();
        let settings = [("voice-id".to_owned(), "vocal-0".to_owned())].into();
        let draft = Draft { settings, ..Draft::default() };
        let again = Reference { former: vec!["vocal-0".to_owned()], ..song() };
        assert_eq!(without(&draft, spec, &again).unwrap().setting("voice-id"), None);
    }

    #[test]
    fn who_takes_a_reference_is_read_from_the_catalogue() {
        let catalogue = Catalogue::embedded().unwrap();
        let lyria = catalogue.find("lyria2").unwrap();
        assert!(fields(&song(), lyria).is_empty() && with(&Draft::default(), lyria, &song()).is_none());
        assert_eq!(models_with(&catalogue, |field| field.kind == Kind::VoiceId), ["music-01"]);
        let file = Reference { recording: Some("ab.mp3".to_owned()), ..reference(Purpose::File) };
        assert_eq!(models_with(&catalogue, |field| file.value_for(field).is_some()), ["music-cover"]);
        let address = Reference { url: Some("https://a.example/x.mp3".to_owned()), ..reference(Purpose::Url) };
        assert_eq!(
            models_with(&catalogue, |field| address.value_for(field).is_some()),
            ["music-cover", "minimax-music"]
        );
    }
}
