//! The ids that the service gives: what one is an id of is seen by its beginning.

/// What an id is one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdOf {
    Voice,
    Instrumental,
}

impl IdOf {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Voice, Self::Instrumental];

    /// How the service's ids of it begin.
    #[must_use]
    pub fn beginning(self) -> &'static str {
        match self {
            Self::Voice => "vocal-",
            Self::Instrumental => "instrumental-",
        }
    }

    /// What an id is one of, as far as its beginning tells.
    #[must_use]
    pub fn seen_in(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| id.strip_prefix(of.beginning()).is_some_and(|rest| !rest.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_id_is_of_is_seen_by_its_beginning_where_something_follows_it() {
        let table = [
            ("vocal-2025-6X", Some(IdOf::Voice)),
            ("instrumental-9", Some(IdOf::Instrumental)),
            ("vocal-", None),
            ("4711", None),
            ("a vocal-1", None),
        ];
        for (id, of) in table {
            assert_eq!(IdOf::seen_in(id), of, "{id}");
        }
    }
}
