//! Updating the record with a key.

use super::Purpose;
use super::changes::Changes;
use super::encode::RowEncoder;
use super::errors::{before_call, missing, with_key};
use super::lists::{are_only_lists, may_set_only_lists};
use super::reconcile::LOOKUP_DELAYS;
use super::returning::Returning;
use super::send::returned;
use super::update::{ColumnsSet, NothingSet, SetsColumns, Update, UpdateTarget};
use crate::client::Client;
use crate::dialect::{self, RecordSelector, affected, affected_by_key};
use crate::read::key_is;
use crate::record::{DecodeOwned, Key, ObjectKind, Record};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Response, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The one record that an [`Update`] or a [`Delete`](super::Delete) is for.
#[derive(Clone, Debug)]
pub struct ByKey {
    pub(super) client: Client,
    pub(super) target: Target,
    pub(super) key: Key,
}

impl<R: Record> Update<R, ByKey, NothingSet> {
    pub(super) fn by_key(client: &Client, target: &Target, key: Key) -> Self {
        Self::new(ByKey {
            client: client.clone(),
            target: target.clone(),
            key,
        })
    }

    /// The update of a record by changes that are known already.
    pub(super) fn with(self, changes: Changes) -> Update<R, ByKey, ColumnsSet> {
        self.changed(|all| *all = changes)
    }
}

impl<R: Record, S> Update<R, ByKey, S> {
    /// Returns the record as it is after the update, in the same call.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let update = caspio.table::<Contact>().update(7).set(|c| c.city.to("Rome"));
    /// let contact: Contact = update.returning().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn returning(self) -> Returning<Self, R>
    where
        S: SetsColumns,
    {
        Returning::new(self)
    }
}

impl ByKey {
    async fn update_returning<R: DecodeOwned>(self, changes: Changes) -> Result<R> {
        let response = self.send(changes, dialect::Returning::Records).await?;
        let dialect = self.client.dialect();
        let record = returned::<R>(dialect, response.body(), &self.target, "records.update")?;
        record.ok_or_else(|| not_returned(&self.target, &self.key))
    }

    async fn send(&self, changes: Changes, returning: dialect::Returning) -> Result<Response> {
        let refused = |error| with_key(before_call(error, "records.update"), &self.key);
        let row = changes.into_row_of(&self.target).map_err(refused)?;
        let dialect = self.client.dialect();
        let mut encoder = RowEncoder::new(&self.client, &self.target, dialect, Purpose::Update);
        let set = row.clone();
        let row = encoder.encode(row).await.map_err(refused)?;
        let only_lists = are_only_lists(&set, &self.client, &self.target);
        let record = record_of(&self.key);
        let sent = self
            .client
            .send_update(&self.target, &record, &row, returning);
        let response = sent.await.map_err(|error| {
            let error = with_key(error, &self.key);
            match only_lists && returning == dialect::Returning::Records {
                true => uncertain_lists(error),
                false => error,
            }
        })?;
        let counted = match returning {
            dialect::Returning::Records => Ok(affected(response.body()).unwrap_or(1)),
            dialect::Returning::Nothing => affected_by_key(dialect, &response),
        };
        let counted = counted.map_err(|error| {
            let error = error.with_operation("records.update");
            with_key(error.with_resource(self.target.to_string()), &self.key)
        })?;
        if counted > 0 {
            return Ok(response);
        }
        let lists_only = may_set_only_lists(&set, &self.client, &self.target).await;
        if lists_only && self.exists().await? {
            return Ok(response);
        }
        let repeated = response.maybe_repeated();
        let error = missing_after(&self.target, &self.key, repeated);
        let maybe_applied = error.maybe_applied() || lists_only;
        let error = error.with_maybe_applied(maybe_applied);
        Err(error.with_operation("records.update"))
    }

    /// Whether the record exists: v2 was seen to report no record for an update of list columns alone,
    /// although it worked. One to three calls, within 2.5 seconds, because a read may not see a new record yet.
    async fn exists(&self) -> Result<bool> {
        let condition = key_is(&self.key).to_sql();
        for delay in LOOKUP_DELAYS {
            tokio::time::sleep(delay).await;
            let key = self.client.first_key(&self.target, &condition).await;
            let key = key.map_err(|error| with_key(error, &self.key).with_maybe_applied(true))?;
            if key.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// v2 was seen to respond with 500 to an update of list columns alone that returns the record, although it worked.
fn uncertain_lists(error: Error) -> Error {
    if error.status() != Some(500) {
        return error;
    }
    error.with_maybe_applied(true).with_hint(
        "v2 responds like this to an update of lists alone, although it works; update without `returning`, and read the record",
    )
}

/// The error for a record that was updated, but that the response leaves out.
fn not_returned(target: &Target, key: &Key) -> Error {
    let message = "the record was updated, but it is not in the response";
    let error = Error::new(ErrorKind::Incomplete, message)
        .with_operation("records.update")
        .with_resource(target.to_string())
        .with_maybe_applied(true)
        .with_hint("a view does not show a record that its condition leaves out");
    with_key(error, key)
}

/// The error for a key without a record after an update. Where an earlier attempt may have been applied, it may have
/// moved the record out of a view.
pub(crate) fn missing_after(target: &Target, key: &Key, maybe_updated: bool) -> Error {
    let error = missing(target, key);
    if !maybe_updated || target.kind == ObjectKind::Table {
        return error;
    }
    error
        .with_maybe_applied(true)
        .with_hint("the update may have moved the record out of the view; read it in the table")
}

/// Selects one record by its key.
pub(crate) fn record_of(key: &Key) -> RecordSelector {
    RecordSelector::Key {
        condition: key_is(key).to_sql(),
        key: key.clone(),
    }
}

impl UpdateTarget for ByKey {
    type Output = ();

    fn run(self, changes: Changes) -> BoxFuture<'static, Result<()>> {
        async move {
            let sent = self.send(changes, dialect::Returning::Nothing);
            sent.await.map(drop)
        }
        .boxed()
    }
}

impl<R: DecodeOwned + 'static, S: SetsColumns + 'static> Future
    for Returning<Update<R, ByKey, S>, R>
{
    type Output = Result<R>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let write = this.write;
        this.work.poll(context, || {
            let (record, changes) = write.take();
            record.update_returning(changes).boxed()
        })
    }
}
