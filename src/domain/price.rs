//! What a take costs: how a service says it, and what that comes to for a draft.

use serde::{Deserialize, Serialize};

/// What an amount is for one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    Take,
    /// A second of the song.
    Second,
}

/// An amount for one of something.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// US dollars.
    pub usd: f64,
    pub per: Per,
}

/// The price of a model as its service says it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// The service's word: `fixed`, `variants`, `variable`, or one that is not known yet. Clean.
    pub kind: String,
    /// One rate for each variant; none where one of them cannot be read as the price of a take.
    pub rates: Vec<Rate>,
}

/// What a take of a draft costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    pub usd: f64,
    /// Whether the real one may differ: it was reckoned from a length, or is the highest of several.
    pub about: bool,
    pub from: PriceFrom,
}

/// Who says what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PriceFrom {
    Service,
    Catalogue,
}

impl PriceFrom {
    /// Its name in `--json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Catalogue => "catalogue",
        }
    }
}

impl Quote {
    /// Whether the price depends on how long the song is.
    #[must_use]
    pub fn needs_length(&self) -> bool {
        self.rates.iter().any(|rate| rate.per == Per::Second)
    }

    /// What a take costs whose song lasts so many seconds, as far as that is known beforehand: of several
    /// rates the highest counts, as nobody should pay more than was said.
    #[must_use]
    pub fn price(&self, length: Option<u64>) -> Option<Price> {
        let of_take = |rate: &Rate| match rate.per {
            Per::Take => Some(rate.usd),
            Per::Second => length.map(|seconds| rate.usd * seconds as f64),
        };
        let amounts: Vec<f64> = self.rates.iter().map(of_take).collect::<Option<_>>()?;
        let usd = amounts.iter().copied().reduce(f64::max).filter(|usd| usd.is_finite())?;
        let about = self.rates.len() > 1 || self.needs_length();
        Some(Price { usd, about, from: PriceFrom::Service })
    }
}

impl Price {
    /// `$0.03`, or `about $0.03` where the real one may differ.
    #[must_use]
    pub fn words(&self) -> String {
        // What is only reckoned is not known to a fraction of a cent.
        if self.about && self.usd >= 0.01 { format!("about ${:.2}", self.usd) } else { self.exact_words() }
    }

    fn exact_words(&self) -> String {
        format!("{}{}", if self.about { "about " } else { "" }, dollars(self.usd))
    }
}

/// `$0.03`, `$0.035`, `$0.0315`; fractions of a cent are shown where there are some, to a hundredth of one.
#[must_use]
pub fn dollars(usd: f64) -> String {
    let exact = format!("${usd:.4}");
    let cents = exact.len() - 2;
    let (whole, fraction) = exact.split_at(cents);
    format!("{whole}{}", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote(rates: &[(f64, Per)]) -> Quote {
        let rates = rates.iter().map(|&(usd, per)| Rate { usd, per }).collect();
        Quote { kind: "any".to_owned(), rates }
    }

    #[test]
    fn a_price_is_exact_for_a_take_reckoned_from_a_length_or_unknown() {
        let table = [
            (vec![(0.03, Per::Take)], None, Some((0.03, false))),
            (vec![(0.002, Per::Second)], Some(100), Some((0.2, true))),
            (vec![(0.002, Per::Second)], None, None),
            (vec![(0.03, Per::Take), (0.05, Per::Take)], None, Some((0.05, true))),
            (vec![(0.03, Per::Take), (0.001, Per::Second)], Some(47), Some((0.047, true))),
            (vec![(0.03, Per::Take), (0.001, Per::Second)], None, None),
            (vec![], Some(30), None),
            (vec![(1e308, Per::Second)], Some(300), None),
        ];
        for (rates, length, expected) in table {
            let price = quote(&rates).price(length);
            assert_eq!(price.map(|price| (price.usd, price.about)), expected, "{rates:?}");
        }
    }

    #[test]
    fn dollars_show_fractions_of_a_cent_only_where_there_are_some() {
        assert_eq!(dollars(0.03), "$0.03");
        assert_eq!(dollars(0.0315), "$0.0315");
        assert_eq!(dollars(0.035), "$0.035");
        assert_eq!(dollars(1.2), "$1.20");
        let price = |usd, about| Price { usd, about, from: PriceFrom::Service }.words();
        assert_eq!(price(0.0315, false), "$0.0315");
        assert_eq!(price(0.1249, true), "about $0.12");
        assert_eq!(price(0.0049, true), "about $0.0049");
    }
}
