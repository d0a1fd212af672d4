//! What the account's log says of a take whose answer was lost: the decision, as a pure table.
//!
//! | how it is delivered | the log's word | verdict |
//! |---|---|---|
//! | asked for | failed, and it cost nothing | it failed, and was not charged |
//! | asked for | anything else, with an id | it was accepted: asking for it decides the rest |
//! | asked for | anything else, without an id | nothing that helps, yet |
//! | in the answer | succeeded, or failed and cost something | charged: nobody can ask for its song again |
//! | in the answer | failed, and it cost nothing | it failed, and was not charged |
//! | in the answer | any other word | nothing that helps, yet |
//! | | nothing | no trace |
//!
//! Of several rows with one tag the one that says most in favour of a charge counts: what failed at first may have gone
//! well behind it, and what is once called free is not paid attention to again.

use crate::api::{LogRow, LogStatus};
use crate::domain::catalogue::Delivery;
use crate::domain::generation::Cost;

/// What became of a take whose answer was lost.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    /// The service has it under this id.
    Accepted { id: String, cost: Cost },
    /// It was made and paid for, and its song went with the answer.
    Charged { id: Option<String>, cost: Cost },
    /// It failed, which costs nothing.
    Failed,
    /// The log has it, and does not say enough.
    Unclear,
    /// The log does not have it.
    NoTrace,
}

/// What the rows with the tag of a take say of it; `known` is the id that stood in the headers of the answer, where
/// those came.
pub(super) fn judge(rows: &[LogRow], delivery: Delivery, known: Option<&str>) -> Verdict {
    let Some(row) = rows.iter().max_by_key(|row| weight(row)) else { return Verdict::NoTrace };
    let (id, cost) = (row.inference_id.as_deref().or(known).map(str::to_owned), row.cost);
    if is_free(row) {
        return Verdict::Failed;
    }
    match (delivery, &row.status) {
        (Delivery::Queued, _) => id.map_or(Verdict::Unclear, |id| Verdict::Accepted { id, cost }),
        (Delivery::HeldOpen, LogStatus::Succeeded | LogStatus::Failed) => Verdict::Charged { id, cost },
        (Delivery::HeldOpen, LogStatus::Strange(_)) => Verdict::Unclear,
    }
}

fn weight(row: &LogRow) -> u8 {
    match row.status {
        LogStatus::Succeeded => 3,
        LogStatus::Failed if !is_free(row) => 2,
        LogStatus::Strange(_) => 1,
        LogStatus::Failed => 0,
    }
}

/// Whether it failed without costing anything. Where it says that it failed and what it cost, nobody believes the
/// first.
fn is_free(row: &LogRow) -> bool {
    row.status == LogStatus::Failed && !row.cost.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use LogStatus::{Failed, Succeeded};

    const NOTHING: Cost = Cost { credits: None, usd: None };
    const ZERO: Cost = Cost { credits: Some(0.0), usd: Some(0.0) };
    const SOME: Cost = Cost { credits: Some(63_000.0), usd: None };

    fn row(status: LogStatus, cost: Cost, id: Option<&str>) -> LogRow {
        let inference_id = id.map(str::to_owned);
        LogRow { created: None, status, model: None, cost, inference_id, tag: None, service_request: None }
    }

    fn strange() -> LogStatus {
        LogStatus::Strange("pending".to_owned())
    }

    fn accepted(id: &str, cost: Cost) -> Verdict {
        Verdict::Accepted { id: id.to_owned(), cost }
    }

    fn charged(id: Option<&str>, cost: Cost) -> Verdict {
        Verdict::Charged { id: id.map(str::to_owned), cost }
    }

    #[test]
    fn what_each_word_of_the_log_makes_of_a_take() {
        use Delivery::{HeldOpen, Queued};
        let table = [
            (Queued, row(Succeeded, SOME, Some("inf-1")), accepted("inf-1", SOME)),
            (Queued, row(Succeeded, NOTHING, None), Verdict::Unclear),
            (Queued, row(strange(), NOTHING, Some("inf-1")), accepted("inf-1", NOTHING)),
            (Queued, row(Failed, SOME, Some("inf-1")), accepted("inf-1", SOME)),
            (Queued, row(Failed, SOME, None), Verdict::Unclear),
            (Queued, row(Failed, ZERO, Some("inf-1")), Verdict::Failed),
            (Queued, row(Failed, NOTHING, None), Verdict::Failed),
            (HeldOpen, row(Succeeded, SOME, Some("inf-1")), charged(Some("inf-1"), SOME)),
            (HeldOpen, row(Succeeded, NOTHING, None), charged(None, NOTHING)),
            (HeldOpen, row(Failed, SOME, Some("inf-1")), charged(Some("inf-1"), SOME)),
            (HeldOpen, row(Failed, ZERO, Some("inf-1")), Verdict::Failed),
            (HeldOpen, row(strange(), SOME, Some("inf-1")), Verdict::Unclear),
        ];
        for (delivery, row, expected) in table {
            assert_eq!(judge(std::slice::from_ref(&row), delivery, None), expected, "{delivery:?} {row:?}");
        }
        assert_eq!(judge(&[], Queued, Some("inf-1")), Verdict::NoTrace);
    }

    #[test]
    fn the_id_of_the_headers_serves_where_the_log_says_none() {
        let row = row(Succeeded, SOME, None);
        assert_eq!(judge(&[row], Delivery::Queued, Some("inf-1")), accepted("inf-1", SOME));
    }

    #[test]
    fn of_several_rows_the_one_that_speaks_for_a_charge_counts() {
        let free = || row(Failed, ZERO, Some("inf-1"));
        let paid = || row(Succeeded, SOME, Some("inf-2"));
        for rows in [[free(), paid()], [paid(), free()]] {
            assert_eq!(judge(&rows, Delivery::Queued, None), accepted("inf-2", SOME));
        }
        let rows = [free(), row(strange(), NOTHING, None)];
        assert_eq!(judge(&rows, Delivery::HeldOpen, None), Verdict::Unclear, "the second try may still run");
    }
}
