//! Whether a recording is what is asked for.

use super::copying::megabytes;
use super::{Refusal, Wanted};
use crate::audio::length::Length;
use crate::audio::listen::Heard;
use crate::domain::catalogue::{Firmness, Limit};
use crate::domain::recording::Rules;

/// The loudest sample of what counts as silence, in decibels below full scale.
const SILENCE: f32 = -60.0;

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
    Rule {
        limit: |rules| rules.longest,
        measures: Measures::Length,
        is_broken: |is, limit| is > limit,
        says: "it may last at most",
    },
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
        let limit = move |rule: &Rule| (rule.limit)(wanted.rules).filter(|limit| limit.firmness == firmness);
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

impl Rule {
    /// What follows the file's name where the rule is broken.
    fn slip(&self, limit: u64, heard: &Heard, bytes: u64) -> Option<String> {
        let says = self.says;
        match self.measures {
            Measures::Length => {
                let limit = limit.saturating_mul(1000);
                let which = if heard.length == heard.whole { "" } else { " in the chosen part" };
                let sentence = || format!("lasts {}{which}; {says} {}", heard.length.exact(), Length(limit));
                (self.is_broken)(heard.length.0, limit).then(sentence)
            }
            Measures::Bytes => {
                let sentence = || format!("has {} as it would be sent; {says} {}", megabytes(bytes), megabytes(limit));
                (self.is_broken)(bytes, limit).then(sentence)
            }
        }
    }
}
