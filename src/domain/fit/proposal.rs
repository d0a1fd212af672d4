//! Which sections to leave out so that a lyric fits a model.

use std::collections::BTreeSet;

use super::{kept, sung};
use crate::domain::catalogue::{Dialect, LYRICS, ModelSpec, STYLE};
use crate::domain::draft::Draft;
use crate::domain::lyrics::{LineKind, Section, line_kind, sections};

/// What could be left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Sections left out, by their place in the lyric, in order.
    pub left_out: Vec<usize>,
    /// Whether the rest fits.
    pub fits: bool,
}

/// What a section is worth to a song; of equals the later goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    /// The same words were there before.
    Repeated,
    /// Neither verse nor chorus.
    Aside,
    /// A verse or a chorus with words of its own.
    Further,
    /// The first verse or the first chorus.
    Core,
}

/// The sections to leave out so that the lyric keeps the model's limit and its longest song, and as much
/// of it stays as can. One section with words always stays.
#[must_use]
pub fn propose(draft: &Draft, spec: &ModelSpec) -> Proposal {
    let mut left_out = BTreeSet::new();
    let order = first_to_go(&draft.lyrics);
    for place in &order {
        if fits_without(draft, spec, &left_out) {
            break;
        }
        left_out.insert(*place);
    }
    let fits = fits_without(draft, spec, &left_out);
    // A long section may have made room for short ones that went before it.
    for place in order.iter().rev().filter(|_| fits) {
        if left_out.remove(place) && !fits_without(draft, spec, &left_out) {
            left_out.insert(*place);
        }
    }
    Proposal { left_out: left_out.into_iter().collect(), fits }
}

/// The draft with these sections left out for the model, and the fit otherwise as it is.
#[must_use]
pub fn without(draft: &Draft, spec: &ModelSpec, left_out: &[usize]) -> Draft {
    let mut draft = draft.clone();
    left_out.clone_into(&mut draft.fits.entry(spec.id.clone()).or_default().left_out);
    draft
}

/// Whether what is sent of the words keeps the limit, and can be sung in the longest song.
#[must_use]
pub fn words_fit(draft: &Draft, spec: &ModelSpec) -> bool {
    let field = if spec.dialect == Dialect::Folded { STYLE } else { LYRICS };
    let short = draft.measure(spec, field).is_none_or(|measure| measure.most.is_none_or(|most| measure.used <= most));
    short && sung(draft, spec).is_none_or(|time| u64::from(time.middle()) <= spec.longest.value)
}

fn fits_without(draft: &Draft, spec: &ModelSpec, left_out: &BTreeSet<usize>) -> bool {
    let left_out: Vec<usize> = left_out.iter().copied().collect();
    let draft = without(draft, spec, &left_out);
    words_fit(&draft, spec) && !kept(&draft, spec).trim().is_empty()
}

/// The sections in the order in which they should go, without the one that stays.
fn first_to_go(lyrics: &str) -> Vec<usize> {
    let lines: Vec<&str> = lyrics.lines().collect();
    let all = sections(lyrics);
    let words: Vec<String> = all.iter().map(|section| words_of(section, &lines)).collect();
    let kinds: Vec<String> = all.iter().map(kind).collect();
    let worth = |place: usize| {
        let (words_here, kind) = (&words[place], &kinds[place]);
        if !words_here.is_empty() && words[..place].contains(words_here) {
            return Worth::Repeated;
        }
        match kind.as_str() {
            "verse" | "chorus" | "" if !kinds[..place].contains(kind) => Worth::Core,
            "verse" | "chorus" | "" => Worth::Further,
            _ => Worth::Aside,
        }
    };
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|place| (worth(*place), std::cmp::Reverse(*place)));
    let stays = order.iter().rposition(|place| !words[*place].is_empty());
    if let Some(stays) = stays {
        order.remove(stays);
    }
    order
}

/// `verse` for `[Verse 2: whispered]`; nothing for what has no tag.
fn kind(section: &Section) -> String {
    let tag = section.tag.as_deref().unwrap_or_default().to_lowercase();
    tag.chars().take_while(|c| c.is_alphabetic() || *c == '-').collect()
}

/// What is sung of a section, whatever its spacing and its commas.
fn words_of(section: &Section, lines: &[&str]) -> String {
    let sung = lines[section.lines.clone()].iter().filter(|line| line_kind(line) == LineKind::Words);
    let words = sung.flat_map(|line| line.split(|c: char| !c.is_alphanumeric())).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalogue::Catalogue;

    const SONG: &str = "[Verse 1]\nThe last boat leaves at ten to nine\n[Chorus]\nOh night ferry take it slow\n\
                        [Verse 2]\nThe harbour counts its lamps again\n[Chorus]\nOh night ferry, take it slow\n\
                        [Bridge]\nAnd the water does not care\n[Chorus]\nOh night ferry take it slow\n";

    /// A model that takes so many characters of lyrics.
    fn taking(most: u64) -> ModelSpec {
        let catalogue = Catalogue::embedded().unwrap();
        let mut spec = catalogue.find("music-2.0").unwrap().clone();
        let lyrics = spec.fields.iter_mut().find(|field| field.name == LYRICS).unwrap();
        lyrics.max = lyrics.max.map(|limit| crate::domain::catalogue::Limit { value: most, ..limit });
        spec
    }

    fn draft(lyrics: &str) -> Draft {
        Draft { style: "slow waltz, piano".to_owned(), lyrics: lyrics.to_owned(), ..Draft::default() }
    }

    #[test]
    fn what_repeats_goes_first_then_asides_then_later_verses() {
        assert_eq!(first_to_go(SONG), [5, 3, 4, 2, 1]);
        let table: [(u64, &[usize], bool); 6] = [
            (3000, &[], true),
            (210, &[5], true),
            (170, &[3, 5], true),
            (130, &[3, 4, 5], true),
            (90, &[2, 3, 4, 5], true),
            (10, &[1, 2, 3, 4, 5], false),
        ];
        for (most, left_out, fits) in table {
            assert_eq!(propose(&draft(SONG), &taking(most)), Proposal { left_out: left_out.to_vec(), fits }, "{most}");
        }
    }

    #[test]
    fn what_is_proposed_fits_and_every_section_left_out_had_to_go() {
        for spec in Catalogue::embedded().unwrap().models() {
            for times in [1, 3, 9, 30] {
                let draft = draft(&SONG.repeat(times));
                let Proposal { left_out, fits } = propose(&draft, spec);
                let fitted = without(&draft, spec, &left_out);
                assert_eq!(words_fit(&fitted, spec), fits, "{} {times}", spec.id);
                assert!(fits, "{}: the sections are short, so a part of them fits", spec.id);
                for place in &left_out {
                    let more: Vec<usize> = left_out.iter().copied().filter(|other| other != place).collect();
                    assert!(!words_fit(&without(&draft, spec, &more), spec), "{} {times}: {place}", spec.id);
                }
            }
        }
    }

    #[test]
    fn a_long_section_that_goes_makes_room_for_the_short_ones() {
        let long = "word ".repeat(60);
        let lyrics = format!("[Verse]\nOne line\n[Bridge]\nshort\n[Verse 2]\n{long}\n[Outro]\nbye\n");
        assert_eq!(propose(&draft(&lyrics), &taking(100)), Proposal { left_out: vec![2], fits: true });
    }

    #[test]
    fn one_section_is_never_left_out() {
        let lyrics = "word ".repeat(100);
        assert_eq!(propose(&draft(&lyrics), &taking(100)), Proposal { left_out: Vec::new(), fits: false });
        assert_eq!(propose(&draft(""), &taking(100)).left_out, [0_usize; 0]);
    }

    #[test]
    fn an_own_style_stays_in_the_fit() {
        let spec = taking(200);
        let mut draft = draft(SONG);
        draft.fits.entry(spec.id.clone()).or_default().style = Some("short".to_owned());
        let fitted = without(&draft, &spec, &[5]);
        assert_eq!(fitted.fits[&spec.id].style.as_deref(), Some("short"));
    }
}
