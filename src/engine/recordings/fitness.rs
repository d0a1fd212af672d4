//! Whether a recording is what is asked for.

use super::converting::asked_ms;
use super::copying::megabytes;
use super::{Refusal, Wanted};
use crate::audio::forms::Outline;
use crate::audio::length::Length;
use crate::audio::listen::Heard;
use crate::domain::catalogue::{Firmness, Limit};
use crate::domain::recording::Rules;

/// The loudest sample of what counts as silence, in decibels below full scale.
const SILENCE: f32 = -60.0;

/// By how much the length in a header may be off, in milliseconds.
const IMPRECISE_MS: u64 = 1_000;

/// A rule: its limit, whether a number is against it, and what one says of the limit.
struct Rule {
    limit: fn(&Rules) -> Option<Limit>,
    measures: Measures,
    is_broken: fn(u64, u64) -> bool,
    says: &'static str,
}

/// What a rule looks at.
#[derive(Clone, Copy)]
enum Measures {
    /// Milliseconds; the limit is in seconds.
    Length,
    Bytes,
}

/// How long it may be.
const LONGEST: Rule = Rule {
    limit: |rules| rules.longest,
    measures: Measures::Length,
    is_broken: |is, limit| is > limit,
    says: "it may last at most",
};

const RULES: [Rule; 4] = [
    Rule {
        limit: |rules| rules.longer_than,
        measures: Measures::Length,
        is_broken: |is, limit| is <= limit,
        says: "it must last longer than",
    },
    Rule {
        limit: |rules| rules.shortest,
        measures: Measures::Length,
        is_broken: |is, limit| is < limit,
        says: "it must last at least",
    },
    LONGEST,
    Rule {
        limit: |rules| rules.most_bytes,
        measures: Measures::Bytes,
        is_broken: |is, limit| is > limit,
        says: "it may have at most",
    },
];

/// Holds a recording against the rules; those that nobody may break come first.
pub(super) fn judge(heard: &Heard, bytes: u64, wanted: &Wanted<'_>) -> Result<(), Refusal> {
    if heard.peak < SILENCE {
        let sentence = format!("is silent: its loudest moment is at {:.0} dB; hint: record it louder", heard.peak);
        return Err(Refusal::Rule { sentence, may_force: false });
    }
    let broken = |firmness: Firmness| {
        let limit = move |rule: &Rule| rule.limit(wanted.rules).filter(|limit| limit.firmness == firmness);
        RULES.iter().find_map(|rule| limit(rule).and_then(|limit| rule.slip(limit.value, heard, bytes)))
    };
    if let Some(sentence) = broken(Firmness::Hard) {
        return Err(Refusal::Rule { sentence, may_force: false });
    }
    match broken(Firmness::Soft).filter(|_| !wanted.force) {
        Some(sentence) => Err(Refusal::Rule { sentence, may_force: true }),
        None => Ok(()),
    }
}

/// Refuses what the header says is far too long, before all of it is read and converted. What is near the limit
/// is heard to its end first, as some headers are a moment off.
pub(super) fn expect_length(outline: &Outline, wanted: &Wanted<'_>) -> Result<(), Refusal> {
    let broken = LONGEST.limit(wanted.rules).filter(|limit| limit.firmness == Firmness::Hard || !wanted.force);
    let (Some(limit), Some(asked)) = (broken, asked_ms(outline, wanted.part)) else { return Ok(()) };
    let longest = Length(limit.value.saturating_mul(1000));
    if asked <= longest.0.saturating_add(IMPRECISE_MS) {
        return Ok(());
    }
    let is_part = outline.length() != Some(Length(asked));
    let sentence = lasts(Length(asked), is_part, LONGEST.says, longest);
    Err(Refusal::Rule { sentence, may_force: limit.firmness == Firmness::Soft })
}

fn lasts(length: Length, is_part: bool, says: &str, limit: Length) -> String {
    let which = if is_part { " in the chosen part" } else { "" };
    format!("lasts {}{which}; {says} {limit}", length.exact())
}

impl Rule {
    fn limit(&self, rules: &Rules) -> Option<Limit> {
        (self.limit)(rules)
    }

    /// What follows the file's name where the rule is broken.
    fn slip(&self, limit: u64, heard: &Heard, bytes: u64) -> Option<String> {
        let says = self.says;
        match self.measures {
            Measures::Length => {
                let limit = Length(limit.saturating_mul(1000));
                let sentence = || lasts(heard.length, heard.length != heard.whole, says, limit);
                (self.is_broken)(heard.length.0, limit.0).then(sentence)
            }
            Measures::Bytes => {
                let sentence = || format!("has {} as it would be sent; {says} {}", megabytes(bytes), megabytes(limit));
                (self.is_broken)(bytes, limit).then(sentence)
            }
        }
    }
}
