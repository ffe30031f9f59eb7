//! Sending rows: many in a call through v4, or one by one.

use super::report::hinting;
use crate::client::Client;
use crate::dialect::{self, Returning, RowResult, inserted_key};
use crate::record::Key;
use crate::target::Target;
use crate::write::canonical::Identity;
use crate::write::reconcile::Resolve;
use crate::write::send::{Body, operation};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::{StreamExt, stream};
use std::sync::OnceLock;
use tokio::sync::Semaphore;

/// A row as it is sent.
pub(crate) struct Sending {
    pub(crate) body: Body,
    /// Its value in the column that tells rows apart, and the same as T-SQL.
    pub(crate) mark: Option<(Identity, String)>,
}

/// What sends the rows of one insert of many.
pub(crate) struct Sender {
    /// The client that sends: of v4, or the program's own.
    pub(crate) client: Client,
    pub(crate) target: Target,
    /// Whether many rows go in a call.
    pub(crate) bulk: bool,
    pub(crate) concurrency: usize,
    pub(crate) resolve: Option<Resolve>,
    /// How many chunks may be under way; one more is made ready meanwhile.
    turns: Semaphore,
    /// How many rows may be under way one by one, over all chunks.
    permits: Semaphore,
    /// An answer after which no other call can succeed.
    stop: OnceLock<Error>,
}

impl Sender {
    pub(crate) fn new(
        client: Client,
        target: Target,
        bulk: bool,
        concurrency: usize,
        resolve: Option<Resolve>,
    ) -> Self {
        Self {
            client,
            target,
            bulk,
            concurrency,
            resolve,
            turns: Semaphore::new(concurrency),
            permits: Semaphore::new(concurrency),
            stop: OnceLock::new(),
        }
    }

    /// Sends rows, and looks for those whose answer was lost where it was said how.
    pub(crate) async fn insert(&self, rows: &[Sending]) -> Vec<Result<Key>> {
        let _turn = self.turns.acquire().await;
        let all: Vec<&Sending> = rows.iter().collect();
        let results = self.send(&all).await;
        match &self.resolve {
            Some(resolve) => resolve.settle(self, rows, results).await,
            None => results,
        }
    }

    /// Sends rows once. Each has its result, in their order.
    pub(crate) async fn send(&self, rows: &[&Sending]) -> Vec<Result<Key>> {
        if let Some(error) = self.stop.get() {
            return vec![Err(not_sent(error)); rows.len()];
        }
        match self.bulk {
            true => self.in_one_call(rows).await,
            false => self.one_by_one(rows).await,
        }
    }

    async fn in_one_call(&self, rows: &[&Sending]) -> Vec<Result<Key>> {
        let fates = self.bulk_call(rows).await;
        match fates {
            Ok(fates) => fates.into_iter().map(|fate| self.told(fate)).collect(),
            Err(error) => {
                self.note(&error);
                let error = error.with_operation("records.insert_many");
                let each = rows.iter().map(|row| Err(row.body.tell(error.clone())));
                each.collect()
            }
        }
    }

    async fn bulk_call(&self, rows: &[&Sending]) -> Result<Vec<RowResult>> {
        let records = self.client.records_url(&self.target).await?;
        let operation = operation("records.insert_many", &self.target);
        let request = dialect::insert_bulk(records, array(rows), operation);
        let response = self.client.send(request).await?;
        dialect::parse_bulk_results(response.body(), rows.len())
            .map_err(|error| error.with_resource(self.target.to_string()))
    }

    fn told(&self, fate: RowResult) -> Result<Key> {
        let (status, message) = match fate {
            RowResult::Inserted(key) => return Ok(key),
            RowResult::Rejected { status, message } => (status, message),
        };
        let kind = match status {
            Some(403) => ErrorKind::Permission,
            Some(409) => ErrorKind::Conflict,
            Some(500..) => ErrorKind::Server,
            _ => ErrorKind::Invalid,
        };
        let error = Error::new(kind, format!("the service refused the record: {message}"))
            .with_operation("records.insert_many")
            .with_resource(self.target.to_string())
            .with_service_message(message)
            .with_retryable(false);
        Err(match status {
            Some(status) => error.with_status(status),
            None => error,
        })
    }

    async fn one_by_one(&self, rows: &[&Sending]) -> Vec<Result<Key>> {
        let calls: Vec<_> = rows.iter().map(|row| self.single(row)).collect();
        stream::iter(calls)
            .buffered(self.concurrency)
            .collect()
            .await
    }

    async fn single(&self, row: &Sending) -> Result<Key> {
        let _permit = self.permits.acquire().await;
        if let Some(error) = self.stop.get() {
            return Err(not_sent(error));
        }
        let body = &row.body;
        let sent = self
            .client
            .send_insert(&self.target, body, Returning::Nothing);
        let response = sent.await.inspect_err(|error| self.note(error))?;
        inserted_key(&response).map_err(|error| {
            let error = error.with_operation("records.insert");
            body.tell(error.with_resource(self.target.to_string()))
        })
    }

    fn note(&self, error: &Error) {
        let for_all = matches!(
            error.kind(),
            ErrorKind::Config
                | ErrorKind::Auth
                | ErrorKind::Permission
                | ErrorKind::NotFound
                | ErrorKind::Quota
        );
        if for_all && !error.maybe_applied() {
            let _ = self.stop.set(error.clone());
        }
    }
}

/// An earlier call's refusal, which would be this one's as well.
fn not_sent(error: &Error) -> Error {
    hinting(
        error.clone(),
        "this row was not sent, since an earlier one was refused so",
    )
}

fn array(rows: &[&Sending]) -> String {
    let length: usize = rows.iter().map(|row| row.body.json.len() + 1).sum();
    let mut json = String::with_capacity(length + 2);
    json.push('[');
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        json.push_str(&row.body.json);
    }
    json.push(']');
    json
}
