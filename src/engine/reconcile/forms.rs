//! The forms that an id of the service has: its log may say it without the model that stands behind it elsewhere.

/// The other forms under which the service may know a generation, the likeliest first: with the last part of the model's
/// name behind it, with the whole name, and with none.
#[must_use]
pub(in crate::engine) fn other_forms(id: &str, model: &str) -> Vec<String> {
    let bare = id.split(':').next().unwrap_or(id);
    let tail = model.rsplit('/').next().unwrap_or(model);
    let mut forms = Vec::new();
    for form in [format!("{bare}:{tail}"), format!("{bare}:{model}"), bare.to_owned()] {
        if form != id && !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_tried_with_and_without_its_model() {
        let table: [(&str, &str, &[&str]); 4] = [
            ("906a", "minimax/music-2.0", &["906a:music-2.0", "906a:minimax/music-2.0"]),
            ("906a", "lyria2", &["906a:lyria2"]),
            ("906a:lyria2", "lyria2", &["906a"]),
            ("906a:music", "minimax/music-2.0", &["906a:music-2.0", "906a:minimax/music-2.0", "906a"]),
        ];
        for (id, model, expected) in table {
            assert_eq!(other_forms(id, model), expected, "{id} {model}");
        }
    }
}
