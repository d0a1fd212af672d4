//! Trying a key: the one question that is asked for a person who waits, not for a take.

use crate::api::{ApiKey, Client, Limits};
use crate::domain::service::Service;

/// What is left on the account of a key, as `$4.21`.
///
/// # Errors
/// A sentence that says why the service gave no balance.
pub fn balance(service: &Service, key: ApiKey) -> Result<String, String> {
    let client = Client::new(&service.to_string(), Some(key), Limits::default()).map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no question could be asked: {error}"))?;
    let balance = runtime.block_on(client.balance()).map_err(|error| error.sentence)?;
    if balance.currency.eq_ignore_ascii_case("usd") {
        Ok(format!("${:.2}", balance.amount))
    } else {
        Ok(format!("{:.2} {}", balance.amount, balance.currency))
    }
}
