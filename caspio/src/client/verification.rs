//! Records that a new client verifies before it is handed out.

use super::Client;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, Result};
use futures::future::BoxFuture;

/// Verifies one set of records and returns an error for each that does not fit.
pub(crate) type Verification = fn(&Client) -> BoxFuture<'_, Result<Vec<Error>>>;

/// Runs all verifications and returns one error that names every record that does not fit.
pub(super) async fn verify_all(client: &Client, all: &[Verification]) -> Result<()> {
    let mut mismatches = Vec::new();
    for verify in all {
        mismatches.extend(verify(client).await?);
    }
    let mut mismatches = mismatches.into_iter();
    let Some(first) = mismatches.next() else {
        return Ok(());
    };
    let others: Vec<_> = mismatches.map(|error| error.to_string()).collect();
    if others.is_empty() {
        return Err(first);
    }
    let hint = first.hint().map(|hint| format!("{hint}; "));
    let hint = format!(
        "{}in addition, {}",
        hint.unwrap_or_default(),
        others.join("; ")
    );
    Err(first.with_hint(hint))
}
