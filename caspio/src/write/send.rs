//! The calls of writes.

use super::body::{Secrets, object};
use super::validate::four_byte_texts;
use crate::client::Client;
use crate::decode::{decode_page, keys};
use crate::dialect::{Dialect, ListParams, RecordSelector, Returning, Window};
use crate::field::FieldValue;
use crate::record::{DecodeOwned, Key, PK_ID, Row};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::secrecy::SecretString;
use caspio_core::{Error, Operation, Request, Response, Result};
use std::sync::atomic::Ordering;

/// A row as JSON, for Caspio and for people.
pub(crate) struct Body {
    pub(crate) json: String,
    hidden: Option<String>,
    secrets: Vec<SecretString>,
    /// Whether there is a text with a character of four bytes.
    four_bytes: bool,
}

impl Body {
    pub(crate) fn of(row: &Row<'_>) -> Result<Self> {
        let json = object(row, Secrets::Shown)?;
        let secrets: Vec<SecretString> =
            row.iter().filter_map(|(_, value)| secret(value)).collect();
        let hidden = match secrets.is_empty() {
            true => None,
            false => Some(object(row, Secrets::Hidden)?),
        };
        Ok(Self {
            json,
            hidden,
            secrets,
            four_bytes: !four_byte_texts(row).is_empty(),
        })
    }

    /// Keeps the row's passwords out of errors and logs, should an answer echo them.
    fn keep_secrets(&self, request: Request) -> Request {
        let secrets = self.secrets.iter().cloned();
        secrets.fold(request, Request::secret)
    }

    /// Adds what was sent to an error that leaves its fate open, and what a misleading one may mean.
    pub(crate) fn explain(&self, client: &Client, error: Error) -> Error {
        if self.four_bytes && error.code() == Some("AlterReadOnlyData") {
            client.refuses_four_bytes().store(true, Ordering::Relaxed);
            return error.with_hint(
                "the service answers so also where it refuses characters of four bytes, such as emoji",
            );
        }
        self.tell(error)
    }

    /// Adds what was sent to an error that leaves its fate open.
    pub(crate) fn tell(&self, error: Error) -> Error {
        match error.maybe_applied() {
            true => error.with_sent(self.hidden.as_ref().unwrap_or(&self.json)),
            false => error,
        }
    }
}

fn secret(value: &FieldValue<'_>) -> Option<SecretString> {
    match value {
        FieldValue::Secret(password) => Some(password.clone()),
        _ => None,
    }
}

impl Client {
    /// One call that inserts a record.
    pub(crate) async fn send_insert(
        &self,
        target: &Target,
        body: &Body,
        returning: Returning,
    ) -> Result<Response> {
        let records = self.records_url(target).await?;
        let operation = operation("records.insert", target);
        let json = body.json.clone().into();
        let request = self.dialect().insert(records, json, returning, operation);
        self.send_row(request, body).await
    }

    /// One call that sets columns of some records.
    pub(crate) async fn send_update(
        &self,
        target: &Target,
        which: &RecordSelector,
        body: &Body,
        returning: Returning,
    ) -> Result<Response> {
        let records = self.records_url(target).await?;
        let operation = operation("records.update", target);
        let json = body.json.clone();
        let request = self
            .dialect()
            .update(records, which, json, returning, operation);
        self.send_row(request, body).await
    }

    async fn send_row(&self, request: Request, body: &Body) -> Result<Response> {
        let request = body.keep_secrets(request);
        self.send(request)
            .await
            .map_err(|error| body.explain(self, error))
    }

    /// One call that deletes some records.
    pub(crate) async fn send_delete(
        &self,
        target: &Target,
        which: &RecordSelector,
    ) -> Result<Response> {
        let records = self.records_url(target).await?;
        let operation = operation("records.delete", target);
        let request = self.dialect().delete(records, which, operation);
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

    /// The address of a table's or view's records. A call where v4's id of it is not known yet.
    pub(crate) async fn records_url(&self, target: &Target) -> Result<caspio_core::Url> {
        Ok(self.object_url(target).await?.records())
    }
}

pub(crate) fn operation(name: &'static str, target: &Target) -> Operation {
    Operation::new(name).on(target.to_string())
}

/// The first record that a write answered with.
pub(crate) fn returned<R: DecodeOwned>(
    dialect: &dyn Dialect,
    body: &[u8],
    target: &Target,
) -> Result<Option<R>> {
    let body = dialect.returned_records(body);
    let records = decode_page::<R>(&body, dialect, target, 1)?.records;
    Ok(records.into_iter().next())
}
