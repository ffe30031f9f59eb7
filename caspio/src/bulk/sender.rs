//! Sends rows: many in a call through v4, or one by one.

use super::stop::StopSignal;
use crate::client::Client;
use crate::concurrency::Concurrency;
use crate::dialect::{self, Returning, RowResult, inserted_key, key_unknown};
use crate::record::Key;
use crate::target::Target;
use crate::write::encoded_row::EncodedRow;
use crate::write::errors::{no_result, with_more_hint};
use crate::write::key_set::KeySet;
use crate::write::reconcile::Reconciler;
use crate::write::send_rows::SendRows;
use caspio_core::__private::refused_row;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::{StreamExt, stream};
use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};
use tokio::sync::Semaphore;

/// The name of the call in errors and in the meter.
pub(super) const INSERT_MANY: &str = "records.insert_many";

/// Sends the rows of one insert of many records.
pub(super) struct Sender {
    /// The client that sends: one that speaks v4, or the program's own.
    client: Client,
    target: Target,
    /// Whether many rows go in a call.
    bulk: bool,
    concurrency: Concurrency,
    reconciler: Option<Reconciler>,
    /// The keys of all calls: one that comes again is that of another response.
    keys: Mutex<KeySet>,
    /// How many batches may be in progress. One by one, the rows of a batch share the calls, so there is one
    /// batch at a time.
    batch_slots: Semaphore,
    /// An error after which no other call can succeed.
    failed: OnceLock<Error>,
    stop: StopSignal,
}

impl Sender {
    pub(super) fn new(
        client: Client,
        target: Target,
        bulk: bool,
        concurrency: Concurrency,
        reconciler: Option<Reconciler>,
    ) -> Self {
        Self {
            client,
            target,
            bulk,
            concurrency,
            reconciler,
            keys: Mutex::default(),
            batch_slots: Semaphore::new(if bulk { concurrency.most() } else { 1 }),
            failed: OnceLock::new(),
            stop: StopSignal::new(),
        }
    }

    pub(super) fn stop_by(mut self, signal: &StopSignal) -> Self {
        self.stop = signal.clone();
        self
    }

    /// Sends rows, and resolves those whose response was lost, if configured.
    pub(super) async fn insert(&self, rows: &[EncodedRow]) -> Vec<Result<Key>> {
        let _slot = self.batch_slots.acquire().await;
        let all: Vec<&EncodedRow> = rows.iter().collect();
        let Some(reconciler) = &self.reconciler else {
            return self.send_rows(&all).await;
        };
        reconciler.claims.open(rows);
        let results = self.send_rows(&all).await;
        let results = reconciler.resolve(self, rows, results).await;
        reconciler.claims.close(rows, &results);
        results
    }

    /// Sends rows in one call. If the service refuses it because of fields that only some rows have, the others are
    /// sent without these.
    async fn in_one_call(&self, rows: &[&EncodedRow]) -> Vec<Result<Key>> {
        let mut results: Vec<Option<Result<Key>>> = rows.iter().map(|_| None).collect();
        let mut open: Vec<usize> = (0..rows.len()).collect();
        while !open.is_empty() {
            let sent: Vec<&EncodedRow> = open.iter().map(|at| rows[*at]).collect();
            let (refused, error) = match self.bulk_call(&sent).await {
                Ok(each) => {
                    for (at, result) in open.iter().zip(each) {
                        results[*at] = Some(self.key(rows[*at], result));
                    }
                    break;
                }
                Err(error) => (with_named_fields(rows, &open, &error), error),
            };
            self.note(&error);
            let error = error.with_operation(INSERT_MANY);
            for at in &refused {
                results[*at] = Some(Err(rows[*at].attach_sent(error.clone())));
            }
            open.retain(|at| !refused.contains(at));
        }
        let results = results.into_iter();
        results
            .map(|result| result.unwrap_or_else(|| Err(no_result())))
            .collect()
    }

    async fn bulk_call(&self, rows: &[&EncodedRow]) -> Result<Vec<RowResult>> {
        let records = self.client.records_url(&self.target, INSERT_MANY).await?;
        let operation = self.target.operation(INSERT_MANY);
        let request = dialect::insert_bulk(records, array(rows), operation);
        let request = rows
            .iter()
            .fold(request, |request, row| row.hide_secrets(request));
        let response = self.client.send(request).await?;
        dialect::parse_bulk_results(response.body(), rows.len())
            .map_err(|error| error.with_resource(self.target.to_string()))
    }

    fn key(&self, encoded: &EncodedRow, row: RowResult) -> Result<Key> {
        let error = match row {
            RowResult::Inserted(key) if self.is_new(&key) => return Ok(key),
            RowResult::Inserted(_) => encoded.attach_sent(key_repeated()),
            RowResult::KeyUnknown(status) => encoded.attach_sent(key_unknown(status)),
            RowResult::Rejected { status, reason } => {
                let error = refused_row(status, reason.as_ref(), encoded.secrets());
                encoded.attach_sent(error)
            }
        };
        Err(error
            .with_operation(INSERT_MANY)
            .with_resource(self.target.to_string()))
    }

    async fn one_by_one(&self, rows: &[&EncodedRow]) -> Vec<Result<Key>> {
        let calls: Vec<_> = rows.iter().map(|row| self.single(row)).collect();
        let calls = stream::iter(calls);
        self.concurrency
            .in_order(&self.client, calls)
            .collect()
            .await
    }

    async fn single(&self, row: &EncodedRow) -> Result<Key> {
        self.check()?;
        let sent = self
            .client
            .send_insert(&self.target, row, Returning::Nothing);
        let response = sent.await.inspect_err(|error| self.note(error))?;
        let key = inserted_key(&response).and_then(|key| match self.is_new(&key) {
            true => Ok(key),
            false => Err(key_repeated()),
        });
        key.map_err(|error| {
            let error = error.with_operation("records.insert");
            row.attach_sent(error.with_resource(self.target.to_string()))
        })
    }

    /// Whether no response of this insert had the key before.
    fn is_new(&self, key: &Key) -> bool {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(key)
    }

    /// Stops sending after an error that every other row would get as well.
    fn note(&self, error: &Error) {
        let for_all = matches!(
            error.kind(),
            ErrorKind::Config
                | ErrorKind::Auth
                | ErrorKind::Permission
                | ErrorKind::NotFound
                | ErrorKind::Quota
                | ErrorKind::Budget
        );
        if for_all && !error.maybe_applied() {
            let _ = self.failed.set(error.clone());
        }
    }

    /// # Errors
    ///
    /// Nothing is sent any more.
    fn check(&self) -> Result<()> {
        self.stop.check()?;
        match self.failed.get() {
            Some(error) => Err(not_sent(error)),
            None => Ok(()),
        }
    }
}

impl SendRows for Sender {
    async fn send_rows(&self, rows: &[&EncodedRow]) -> Vec<Result<Key>> {
        if let Err(error) = self.check() {
            return vec![Err(error); rows.len()];
        }
        if self.bulk {
            self.in_one_call(rows).await
        } else {
            self.one_by_one(rows).await
        }
    }

    /// In a call of many rows, each refused row has a status and a message; a duplicate has the status 400 as well.
    fn has_error_codes(&self) -> bool {
        !self.bulk
    }
}

/// The rows for which the service refused a call: those with the fields that it names, or all.
fn with_named_fields(rows: &[&EncodedRow], open: &[usize], error: &Error) -> BTreeSet<usize> {
    let fields = error
        .field()
        .filter(|_| error.kind() == ErrorKind::Invalid && !error.maybe_applied());
    let fields: Vec<&str> = fields
        .into_iter()
        .flat_map(|fields| fields.split(", "))
        .collect();
    let has_one = |at: &&usize| fields.iter().any(|field| rows[**at].has_column(field));
    let named: BTreeSet<usize> = open.iter().filter(has_one).copied().collect();
    if named.is_empty() {
        return open.iter().copied().collect();
    }
    named
}

/// The error of a row whose response has the key of another row. It may be the response to another call, so that it
/// shows nothing about the row: its status is left out.
fn key_repeated() -> Error {
    let message = "the response has a PK_ID that another row of this insert has, so it may be that of another call";
    Error::new(ErrorKind::Protocol, message)
        .with_maybe_applied(true)
        .with_hint("look the record up by its values before you insert the row again, or insert with `unique_by`")
}

/// The error of a row that is not sent because an earlier call failed for a reason that holds for all.
fn not_sent(error: &Error) -> Error {
    with_more_hint(
        error.clone(),
        "this row was not sent, because an earlier one failed with this error",
    )
}

/// The rows as a JSON array.
fn array(rows: &[&EncodedRow]) -> String {
    let length: usize = rows.iter().map(|row| row.json.len() + 1).sum();
    let mut json = String::with_capacity(length + 2);
    json.push('[');
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        json.push_str(&row.json);
    }
    json.push(']');
    json
}
