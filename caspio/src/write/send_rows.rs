//! Sends the rows of an insert once more.

use super::encoded_row::EncodedRow;
use crate::record::Key;
use caspio_core::Result;

/// Sends rows again.
pub(crate) trait SendRows {
    /// Sends rows once and returns the result of each, in their order.
    fn send_rows(&self, rows: &[&EncodedRow]) -> impl Future<Output = Vec<Result<Key>>> + Send;

    /// Whether a refusal has the service's error code, which shows whether the row is a duplicate.
    fn has_error_codes(&self) -> bool;
}
