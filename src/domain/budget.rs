//! What a person is willing to spend: on a day, and on one order without being asked.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::price::dollars;

/// The ends of spending, in US dollars; nothing where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Budget {
    /// What takes may cost from midnight to midnight. No answer gets past it.
    pub daily_usd: Option<f64>,
    /// What an order may cost without being asked about.
    pub confirm_above_usd: Option<f64>,
}

/// What some takes have cost, or will.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum {
    /// US dollars: what was charged, and of what is yet to be charged what it is expected to cost.
    pub usd: f64,
    /// Takes besides of which nobody knows what they cost.
    pub unpriced: usize,
}

impl FromIterator<Option<f64>> for Sum {
    fn from_iter<T: IntoIterator<Item = Option<f64>>>(prices: T) -> Self {
        prices.into_iter().fold(Self::default(), |sum, price| match price {
            Some(usd) => Self { usd: sum.usd + usd, ..sum },
            None => Self { unpriced: sum.unpriced + 1, ..sum },
        })
    }
}

/// What a budget says of an order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    Fine,
    /// It costs more than is ordered unasked.
    Dear(Dear),
    /// It would go past the day's end of spending.
    Over(Over),
}

/// An order that costs more than is ordered unasked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dear {
    pub usd: f64,
    pub most: f64,
}

/// An order that would go past the day's end of spending.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Over {
    pub daily_usd: f64,
    /// What is spent or under way.
    pub committed: Sum,
    /// What the order costs.
    pub order: Sum,
}

impl Budget {
    /// What is to be said of an order of that price on a day on which so much is spent or under way.
    ///
    /// What nobody knows the price of is refused once nothing is left beside the rest of the order; until then it is
    /// asked about anyhow, as every unknown price is.
    #[must_use]
    pub fn verdict(&self, committed: Sum, order: Sum) -> Verdict {
        if let Some(daily_usd) = self.daily_usd {
            let (daily, then) = (exact(daily_usd), exact(committed.usd).saturating_add(exact(order.usd)));
            if then > daily || (order.unpriced > 0 && then == daily) {
                return Verdict::Over(Over { daily_usd, committed, order });
            }
        }
        match self.confirm_above_usd {
            Some(most) if exact(order.usd) > exact(most) => Verdict::Dear(Dear { usd: order.usd, most }),
            _ => Verdict::Fine,
        }
    }
}

/// An amount that can be added up and compared: in ten-thousandths of a cent. Thirty times three cents are ninety.
fn exact(usd: f64) -> i64 {
    (usd * 1_000_000.0).round() as i64
}

impl Dear {
    /// `$0.24 is more than the $0.10 that are ordered unasked`.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("{} is more than the {} that are ordered unasked", dollars(self.usd), dollars(self.most))
    }
}

impl Over {
    /// `today's budget is $2.00: $1.93 is spent or under way, this is $0.12 more`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let this = match self.order {
            Sum { usd, unpriced: 1.. } if exact(usd) == 0 => "what this costs is not known".to_owned(),
            order => format!("this is {} more{}", dollars(order.usd), beside(order.unpriced)),
        };
        format!(
            "today's budget is {}: {} is spent or under way{}, {this}",
            dollars(self.daily_usd),
            dollars(self.committed.usd),
            beside(self.committed.unpriced)
        )
    }

    /// Whole dollars that would be enough, as far as prices are known.
    #[must_use]
    pub fn enough(&self) -> f64 {
        let unpriced = i64::from(self.order.unpriced > 0);
        let sum = exact(self.committed.usd).saturating_add(exact(self.order.usd)).saturating_add(unpriced);
        (sum as f64 / 1_000_000.0).ceil()
    }
}

/// ` beside 2 takes of unknown price`.
fn beside(unpriced: usize) -> String {
    match unpriced {
        0 => String::new(),
        1 => " beside a take of unknown price".to_owned(),
        takes => format!(" beside {takes} takes of unknown price"),
    }
}

/// When the day began at a place.
#[must_use]
pub fn midnight(now: Timestamp, zone: &TimeZone) -> Timestamp {
    // A day that cannot be reckoned lies at the very end of time: nothing was spent since.
    now.to_zoned(zone.clone()).start_of_day().map_or(now, |began| began.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(daily_usd: Option<f64>, confirm_above_usd: Option<f64>) -> Budget {
        Budget { daily_usd, confirm_above_usd }
    }

    fn spent(usd: f64) -> Sum {
        Sum { usd, unpriced: 0 }
    }

    #[test]
    fn what_a_budget_says_of_an_order_is_a_table() {
        const FINE: &str = "fine";
        let table = [
            (of(None, None), spent(9.0), Some(9.0), FINE),
            (of(None, None), spent(9.0), None, FINE),
            (of(Some(2.0), None), spent(1.97), Some(0.03), FINE),
            (of(Some(2.0), None), spent(1.98), Some(0.03), "over"),
            // To the last cent, though neither sum is exact in binary.
            (of(Some(0.9), None), spent(0.03 * 29.0), Some(0.03), FINE),
            (of(Some(0.3), None), spent(0.1 + 0.2), Some(0.0), FINE),
            (of(Some(0.3), None), spent(0.1 + 0.2), Some(0.0001), "over"),
            (of(Some(0.0), None), spent(0.0), Some(0.01), "over"),
            (of(Some(0.0), None), spent(0.0), None, "over"),
            (of(Some(2.0), None), spent(1.99), None, FINE),
            (of(Some(2.0), None), spent(2.0), None, "over"),
            (of(None, Some(0.1)), spent(0.0), Some(0.1), FINE),
            (of(None, Some(0.1)), spent(0.0), Some(0.11), "dear"),
            (of(None, Some(0.1)), spent(0.0), None, FINE),
            // What no answer gets past is not asked about first.
            (of(Some(2.0), Some(0.1)), spent(1.95), Some(0.12), "over"),
            (of(Some(2.0), Some(0.1)), spent(1.0), Some(0.12), "dear"),
        ];
        for (budget, committed, usd, expected) in table {
            let said = match budget.verdict(committed, Sum::from_iter([usd])) {
                Verdict::Fine => FINE,
                Verdict::Dear(_) => "dear",
                Verdict::Over(_) => "over",
            };
            assert_eq!(said, expected, "{budget:?} {committed:?} {usd:?}");
        }
    }

    #[test]
    fn one_price_that_nobody_knows_does_not_hide_the_others() {
        let order = Sum::from_iter([Some(1.0), Some(1.0), None]);
        assert_eq!(order, Sum { usd: 2.0, unpriced: 1 });
        let table =
            [(of(Some(2.5), None), 1.0, "over"), (of(Some(3.0), None), 1.0, "over"), (of(Some(3.1), None), 1.0, "")];
        for (budget, usd, said) in table {
            let is_over = matches!(budget.verdict(spent(usd), order), Verdict::Over(_));
            assert_eq!(is_over, said == "over", "{budget:?}");
        }
        let dear = of(None, Some(1.5)).verdict(spent(0.0), order);
        assert_eq!(dear, Verdict::Dear(Dear { usd: 2.0, most: 1.5 }));
    }

    #[test]
    fn a_refusal_says_what_there_is_what_is_gone_and_what_would_be_enough() {
        let over =
            |committed, order: [Option<f64>; 1]| Over { daily_usd: 2.0, committed, order: order.into_iter().collect() };
        let both = Over { daily_usd: 2.0, committed: spent(1.5), order: Sum::from_iter([Some(0.5), None]) };
        let sentence =
            "today's budget is $2.00: $1.50 is spent or under way, this is $0.50 more beside a take of unknown price";
        assert_eq!((both.sentence().as_str(), both.enough()), (sentence, 3.0));
        let table = [
            (
                over(spent(1.93), [Some(0.12)]),
                "today's budget is $2.00: $1.93 is spent or under way, this is $0.12 more",
                3.0,
            ),
            (
                over(Sum { usd: 1.93, unpriced: 2 }, [Some(0.0315)]),
                "today's budget is $2.00: $1.93 is spent or under way beside 2 takes of unknown price, this is $0.0315 more",
                2.0,
            ),
            (
                over(Sum { usd: 2.0, unpriced: 1 }, [None]),
                "today's budget is $2.00: $2.00 is spent or under way beside a take of unknown price, what this costs is \
                 not known",
                3.0,
            ),
        ];
        for (over, sentence, enough) in table {
            assert_eq!((over.sentence().as_str(), over.enough()), (sentence, enough));
        }
        let dear = Dear { usd: 0.24, most: 0.1 };
        assert_eq!(dear.sentence(), "$0.24 is more than the $0.10 that are ordered unasked");
    }

    #[test]
    fn the_day_begins_at_midnight_where_the_person_is_also_where_clocks_are_changed() {
        let began = |now: &str, zone: &str| midnight(now.parse().unwrap(), &TimeZone::get(zone).unwrap()).to_string();
        assert_eq!(began("2026-03-14T12:30:00Z", "UTC"), "2026-03-14T00:00:00Z");
        assert_eq!(began("2026-03-14T12:30:00Z", "Pacific/Auckland"), "2026-03-14T11:00:00Z");
        assert_eq!(began("2026-03-14T10:30:00Z", "Pacific/Auckland"), "2026-03-13T11:00:00Z");
        assert_eq!(began("2026-03-29T12:00:00Z", "Europe/Lisbon"), "2026-03-29T00:00:00Z", "a day of 23 hours");
        assert_eq!(began("2026-10-25T12:00:00Z", "Europe/Berlin"), "2026-10-24T22:00:00Z", "a day of 25 hours");
        // Midnight itself was skipped there that day.
        assert_eq!(began("2018-11-04T12:00:00Z", "America/Sao_Paulo"), "2018-11-04T03:00:00Z");
    }
}
