//! Pages that begin with the last record of the page before, which proves that nothing is between them.
//!
//! The condition for the next page has the values of the last record. If the service shows another value than
//! it compares, the condition loses or repeats records: null and an empty text may be shown alike, and a float
//! may be shown with fewer digits than it has. So the condition includes the last record. If that comes first,
//! the condition is right. It is then removed from the page.

use super::budget::Calls;
use super::cursor::{Cursor, Value};
use super::page_call::response_without_first;
use super::plan::Plan;
use super::row_cursor::{cursors, key_of};
use crate::client::Client;
use crate::decode::{RawRow, split_rows};
use crate::dialect::ListParams;
use bytes::Bytes;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::value::RawValue;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The call for the page after a record, and those that it takes to prove the page right.
pub(super) struct Overlap {
    pub(super) client: Client,
    pub(super) plan: Arc<Plan>,
    /// The last record of the page before.
    pub(super) record: Cursor,
    /// How many records to request, with that record.
    pub(super) size: u16,
    pub(super) calls: Calls,
    /// Whether the service was seen to show null and an empty text alike.
    pub(super) shown_alike: Arc<AtomicBool>,
}

/// The page after a record.
enum Page {
    /// It began with the record, which was removed.
    Proven(Bytes),
    Unproven(Bytes),
}

impl Overlap {
    /// Starts the call for the page after the record. It stays the only one, if the record is still there and its
    /// values are shown as they are compared.
    ///
    /// # Errors
    ///
    /// `Incomplete`: the read may make no more calls.
    pub(super) fn start(self) -> Result<BoxFuture<'static, Result<Bytes>>> {
        let (first, second) = match self.with_blanks_exchanged() {
            Some(other) if self.shown_alike.load(Ordering::Relaxed) => {
                (other, Some(self.record.clone()))
            }
            other => (self.record.clone(), other),
        };
        let call = self.call(self.plan.params_from(&first, self.size))?;
        Ok(async move { self.proven(call.await?, second).await }.boxed())
    }

    async fn proven(self, body: Bytes, second: Option<Cursor>) -> Result<Bytes> {
        let page = match self.page(body)? {
            Page::Proven(page) => return Ok(page),
            Page::Unproven(page) => page,
        };
        let Some(key) = self
            .record
            .key
            .as_ref()
            .filter(|_| !self.record.values.is_empty())
        else {
            // A view's record was deleted.
            return Ok(page);
        };
        if let Some(second) = second {
            let body = self
                .call(self.plan.params_from(&second, self.size))?
                .await?;
            if let Page::Proven(page) = self.page(body)? {
                let alike = second != self.record;
                self.shown_alike.store(alike, Ordering::Relaxed);
                return Ok(page);
            }
        }
        let body = self.call(self.plan.params_of_record(key))?.await?;
        let found = cursors(&body, self.client.dialect(), &self.plan)?;
        match found.into_iter().next() {
            // It has the values of the cursor, and the condition with these values did not find it.
            Some(found) if found == self.record || found.key != self.record.key => {
                Err(self.not_found())
            }
            // It was deleted or changed since.
            _ => Ok(page),
        }
    }

    fn page(&self, body: Bytes) -> Result<Page> {
        let (rows, total) = split_rows(&body, self.client.dialect(), &self.plan.target)?;
        if !rows.first().is_some_and(|row| self.is_record(row)) {
            return Ok(Page::Unproven(body));
        }
        if rows.get(1).is_some_and(|row| self.is_record(row)) {
            return Err(self.repeated());
        }
        let dialect = self.client.dialect();
        Ok(Page::Proven(response_without_first(&rows, total, dialect)))
    }

    fn is_record(&self, row: &RawValue) -> bool {
        let key = RawRow::read(row).and_then(|row| key_of(&row, &self.plan));
        key.is_some() && key == self.record.key
    }

    /// Returns the cursor with null for an empty text and the reverse; `None` if it has neither.
    fn with_blanks_exchanged(&self) -> Option<Cursor> {
        let mut exchanged = self.record.clone();
        let terms = self.plan.terms();
        for (value, term) in exchanged.values.iter_mut().zip(&terms) {
            match value {
                None if term.kind == caspio_schema::Kind::Text => {
                    *value = Some(Value::Text(String::new()));
                }
                Some(Value::Text(text)) if text.is_empty() => *value = None,
                _ => {}
            }
        }
        (exchanged != self.record).then_some(exchanged)
    }

    fn call(&self, params: ListParams) -> Result<BoxFuture<'static, Result<Bytes>>> {
        self.calls.list(&self.client, &self.plan, params)
    }

    fn not_found(&self) -> Error {
        let terms = self.plan.terms();
        let columns: Vec<&str> = terms.iter().map(|term| term.name.as_str()).collect();
        let message = format!(
            "the last record of the page before is not found by its value in {}",
            columns.join(" and ")
        );
        self.error(message)
            .with_hint("the service shows another value than it compares; sort by other columns, or by the key")
    }

    fn repeated(&self) -> Error {
        self.error(
            "several records have the same PK_ID, which the pages of a read end with".to_owned(),
        )
        .with_hint("read them in one page, with a condition, or read the tables of the view")
    }

    fn error(&self, message: String) -> Error {
        let error = Error::new(ErrorKind::Protocol, message)
            .with_operation("records.list")
            .with_resource(self.plan.target.to_string());
        match &self.record.key {
            Some(key) => error.with_key(key.to_string()),
            None => error,
        }
    }
}
