//! The calls that write records.

use super::encoded_row::EncodedRow;
use crate::client::Client;
use crate::decode::{decode_page, keys};
use crate::dialect::{Dialect, ListParams, RecordSelector, Returning, Window};
use crate::filter::may_hold_for_others_later;
use crate::record::{DecodeOwned, Key, PK_ID};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Idempotency, Request, Response, Result, Url};

impl Client {
    /// One call that inserts a record.
    pub(crate) async fn send_insert(
        &self,
        target: &Target,
        row: &EncodedRow,
        returning: Returning,
    ) -> Result<Response> {
        let url = self.records_url(target, "records.insert").await?;
        let operation = target.operation("records.insert");
        let json = row.json.clone().into();
        let request = self.dialect().insert(url, json, returning, operation);
        self.send_row(request, row, returning).await
    }

    /// One call that sets columns of some records.
    pub(crate) async fn send_update(
        &self,
        target: &Target,
        records: &RecordSelector,
        row: &EncodedRow,
        returning: Returning,
    ) -> Result<Response> {
        let url = self.records_url(target, "records.update").await?;
        let operation = target.operation("records.update");
        let json = row.json.clone();
        let request = self
            .dialect()
            .update(url, records, json, returning, operation);
        self.send_row(request, row, returning).await
    }

    async fn send_row(
        &self,
        request: Request,
        row: &EncodedRow,
        returning: Returning,
    ) -> Result<Response> {
        let request = row.hide_secrets(request);
        self.send(request).await.map_err(|error| {
            let error = match returning {
                Returning::Records => maybe_after_write(error),
                Returning::Nothing => error,
            };
            row.explain(self, error)
        })
    }

    /// One call that deletes some records.
    pub(crate) async fn send_delete(
        &self,
        target: &Target,
        records: &RecordSelector,
    ) -> Result<Response> {
        let url = self.records_url(target, "records.delete").await?;
        let operation = target.operation("records.delete");
        let mut request = self.dialect().delete(url, records, operation);
        if let RecordSelector::Filter(condition) = records
            && may_hold_for_others_later(condition)
        {
            request = request.idempotency(Idempotency::NotIdempotent);
        }
        self.send(request).await
    }

    /// The key of the first record for which a condition holds. One call.
    pub(crate) async fn first_key(&self, target: &Target, condition: &str) -> Result<Option<Key>> {
        let params = ListParams {
            select: PK_ID.to_owned(),
            filter: condition.to_owned(),
            order_by: PK_ID.to_owned(),
            window: Window::First(1),
            ..ListParams::default()
        };
        let body = self.list(target.clone(), params).await?;
        let keys = keys(&body, self.dialect(), target)?;
        Ok(keys.into_iter().next())
    }

    /// The URL of a table's or view's records, for an operation. One call if v4's id of it is not known yet.
    pub(crate) async fn records_url(
        &self,
        target: &Target,
        operation: &'static str,
    ) -> Result<Url> {
        Ok(self.object_url(target, operation).await?.records())
    }
}

/// The error of a write that returns records: SQL Server may refuse to read them, after they were written.
fn maybe_after_write(error: Error) -> Error {
    let is_sql = error.kind() == ErrorKind::Invalid && error.code() == Some("SqlServerError");
    match is_sql && error.status() == Some(500) {
        true => error.with_maybe_applied(true),
        false => error,
    }
}

/// The first record that a write returned.
pub(crate) fn returned<R: DecodeOwned>(
    dialect: &dyn Dialect,
    body: &[u8],
    target: &Target,
    operation: &'static str,
) -> Result<Option<R>> {
    let body = dialect.returned_records(body);
    let page = decode_page::<R>(&body, dialect, target, 1);
    let page = page.map_err(|error| error.with_operation(operation).with_maybe_applied(true))?;
    Ok(page.records.into_iter().next())
}
