//! Reading the account's log, page by page.

use std::ops::ControlFlow;
use std::time::Duration;

use tokio::time::sleep;

use crate::api::{AskError, LogRow, LogWindow};
use crate::engine::site::Site;

/// The least time between two pages: the service allows 200 such questions a minute, and others ask, too.
const BETWEEN_PAGES: Duration = Duration::from_millis(350);

/// The most pages of one reading: 5,000 requests.
const MOST_PAGES: u32 = 50;

/// How much of a window was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Extent {
    /// All of it, or as much as its reader wanted.
    Enough,
    /// There is more than is ever read.
    Cut,
}

/// Reads the log of a window, the newest row first, until its end or until `reader` has enough. Rows that are written
/// meanwhile may make it see some twice, and none never.
///
/// # Errors
/// Any [`AskError`]: then a part may have been read.
pub(in crate::engine) async fn read(
    site: &Site,
    window: LogWindow,
    mut reader: impl FnMut(LogRow) -> ControlFlow<()>,
) -> Result<Extent, AskError> {
    for page in 0..MOST_PAGES {
        if page > 0 {
            sleep(BETWEEN_PAGES).await;
        }
        let page = site.client.logs(window, page).await?;
        let is_last = !page.has_more || page.rows.is_empty();
        if page.rows.into_iter().any(|row| reader(row).is_break()) || is_last {
            return Ok(Extent::Enough);
        }
    }
    Ok(Extent::Cut)
}
