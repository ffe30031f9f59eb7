//! Sends rows one by one.

use super::encoded_row::EncodedRow;
use super::send_rows::SendRows;
use crate::client::Client;
use crate::dialect::{Returning, inserted_key};
use crate::record::Key;
use crate::target::Target;
use caspio_core::Result;
use caspio_core::error::ErrorContext as _;

/// Sends single rows.
pub(super) struct SingleSender<'c> {
    pub(super) client: &'c Client,
    pub(super) target: &'c Target,
}

impl SingleSender<'_> {
    /// Sends a row and returns the key of its record.
    pub(super) async fn send(&self, row: &EncodedRow) -> Result<Key> {
        let sent = self
            .client
            .send_insert(self.target, row, Returning::Nothing);
        inserted_key(&sent.await?).map_err(|error| {
            let error = error.with_operation("records.insert");
            row.attach_sent(error.with_resource(self.target.to_string()))
        })
    }
}

impl SendRows for SingleSender<'_> {
    async fn send_rows(&self, rows: &[&EncodedRow]) -> Vec<Result<Key>> {
        let mut results = Vec::with_capacity(rows.len());
        for row in rows {
            results.push(self.send(row).await);
        }
        results
    }

    fn has_error_codes(&self) -> bool {
        true
    }
}
