//! Tab: completes as a shell does.

use super::Files;
use super::typed::Typed;
use crate::tui::folder::{Entry, EntryKind};
use crate::tui::state::State;

impl Files {
    /// Types what all rows that begin so have in common. A single folder is entered; where there is nothing to
    /// add, nothing happens.
    pub(super) fn complete(&mut self, state: &State) {
        let Typed::Within { rest, .. } = self.typed(state) else { return };
        let rows = || (0..self.shown.len()).filter_map(|row| self.entry(row));
        let needle = rest.to_lowercase();
        let mut candidates: Vec<&Entry> = rows().filter(|entry| entry.key.starts_with(&needle)).collect();
        if candidates.is_empty() {
            candidates = rows().collect();
        }
        match candidates.as_slice() {
            [] => {}
            [only] if only.kind == EntryKind::Folder => {
                let folder = only.path.clone();
                self.enter(state, folder);
            }
            [first, others @ ..] => {
                let common = common_beginning(&first.name, others.iter().map(|entry| entry.name.as_str())).to_owned();
                // Of a line that ends in a space, the space may belong to the name.
                let stands = self.picker.text().ends_with(&common);
                let adds = common.chars().count() > rest.chars().count();
                if !stands && (adds || others.is_empty()) {
                    self.set_rest(state, &rest, &common);
                }
            }
        }
    }

    /// Puts another text in place of what narrows the folder.
    fn set_rest(&mut self, state: &State, rest: &str, new: &str) {
        let line = self.picker.text().trim_end();
        let kept = line.strip_suffix(rest).unwrap_or_default();
        // A line that was quoted or escaped means its path; it stands there plainly from now on.
        let line = if kept.is_empty() && line != rest {
            format!("{}/{new}", self.wanted(state).display())
        } else {
            format!("{kept}{new}")
        };
        self.picker.set_text(&line);
        self.refresh(state);
    }
}

/// The longest beginning of all names, whatever the case; in the letters of the first.
fn common_beginning<'a>(first: &'a str, others: impl Iterator<Item = &'a str>) -> &'a str {
    let same = |a: char, b: char| a.to_lowercase().eq(b.to_lowercase());
    let common = |first: &'a str, other: &str| {
        let pairs = first.char_indices().zip(other.chars());
        let end = pairs.take_while(|((_, a), b)| same(*a, *b)).last().map_or(0, |((at, c), _)| at + c.len_utf8());
        &first[..end]
    };
    others.fold(first, common)
}

#[cfg(test)]
mod tests {
    use super::common_beginning;

    #[test]
    fn names_have_their_longest_beginning_in_common_whatever_the_case() {
        assert_eq!(common_beginning("Mara dry.wav", ["mara wet.wav"].into_iter()), "Mara ");
        assert_eq!(common_beginning("Éa", ["éb"].into_iter()), "É");
        assert_eq!(common_beginning("one", [].into_iter()), "one");
        assert_eq!(common_beginning("one", ["two"].into_iter()), "");
    }
}
