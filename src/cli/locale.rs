//! What the environment says of the characters that a terminal knows.

/// The variables that say it, the first one that says something counts.
const VARIABLES: [&str; 3] = ["LC_ALL", "LC_CTYPE", "LANG"];

/// Whether characters beyond ASCII may be shown. Where nothing is said, the locale is `C`, which has none.
pub fn is_unicode(variable: impl Fn(&str) -> Option<String>) -> bool {
    let said = VARIABLES.into_iter().filter_map(variable).find(|said| !said.is_empty());
    said.is_some_and(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_that_counts_most_decides() {
        let said = |all: &'static str, lang: &'static str| {
            is_unicode(|name| match name {
                "LC_ALL" => Some(all.to_owned()),
                "LANG" => Some(lang.to_owned()),
                _ => None,
            })
        };
        assert!(said("", "de_DE.UTF-8"));
        assert!(said("C.utf8", "C"));
        assert!(!said("C", "de_DE.UTF-8"));
        assert!(!said("", "de_DE.ISO-8859-1"));
        assert!(!is_unicode(|_| None));
    }
}
