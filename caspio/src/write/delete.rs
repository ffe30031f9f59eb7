//! Deleting records.

use super::affected::{Affected, affected_of};
use super::condition::Condition;
use super::errors::{missing, with_key};
use super::update_by_key::record_of;
use crate::client::Client;
use crate::dialect::{RecordSelector, affected_by_key};
use crate::record::Key;
use crate::target::Target;
use crate::work::Work;
use caspio_core::Result;
use caspio_core::error::ErrorContext as _;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A delete of one record, by its key. Awaiting it makes one call.
///
/// It is repeated when a response is lost, because deleting twice has the same effect as deleting once.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// match caspio.table::<Contact>().delete(7).await {
///     Err(error) if error.is_not_found() => println!("there was no such record"),
///     result => result?,
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Awaiting it fails with `NotFound` if there is no such record.
///
/// # Cancel safety
///
/// Dropping the future cancels the call, which may still be executed.
#[derive(Clone, Debug)]
#[must_use = "a delete does nothing until it is awaited"]
pub struct DeleteOne {
    client: Client,
    target: Target,
    key: Key,
    work: Work<'static, Result<()>>,
}

impl DeleteOne {
    pub(super) fn new(client: Client, target: Target, key: Key) -> Self {
        Self {
            client,
            target,
            key,
            work: Work::default(),
        }
    }

    async fn run(self) -> Result<()> {
        let Self {
            client,
            target,
            key,
            ..
        } = self;
        let response = match client.send_delete(&target, &record_of(&key)).await {
            Ok(response) => response,
            // An earlier attempt, whose response was lost, deleted the record.
            Err(error) if error.is_not_found() && error.maybe_applied() => return Ok(()),
            Err(error) => return Err(with_key(error, &key)),
        };
        let counted = affected_by_key(client.dialect(), response.body()).map_err(|error| {
            let error = error.with_operation("records.delete");
            with_key(error.with_resource(target.to_string()), &key)
        })?;
        if counted == 0 && !response.maybe_repeated() {
            return Err(missing(&target, &key).with_operation("records.delete"));
        }
        Ok(())
    }
}

impl Future for DeleteOne {
    type Output = Result<()>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self {
            client,
            target,
            key,
            work,
        } = self.get_mut();
        work.poll(context, || {
            let delete = Self::new(client.clone(), target.clone(), key.clone());
            delete.run().boxed()
        })
    }
}

/// A delete of the records that meet a condition. Awaiting it makes one call, and one more if it counts first
/// or is for all records.
///
/// It is repeated when a response is lost; [`Affected::at_least`] reports that the count may be incomplete then.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let deleted = caspio.table::<Contact>().delete_where(|c| c.email.is_null()).await?;
/// println!("{} contacts deleted", deleted.records);
/// # Ok(())
/// # }
/// ```
///
/// # Cancel safety
///
/// Dropping the future cancels the call, which may still be executed.
#[derive(Clone, Debug)]
#[must_use = "a delete does nothing until it is awaited"]
pub struct Delete {
    condition: Condition,
    work: Work<'static, Result<Affected>>,
}

impl Delete {
    pub(super) fn new(condition: Condition) -> Self {
        Self {
            condition,
            work: Work::default(),
        }
    }

    /// Counts the records first, and deletes nothing if the number differs from this one. One more call.
    ///
    /// Other programs may write between the count and the delete, so this guards against a wrong condition
    /// only.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// caspio.table::<Contact>().delete_where(|c| c.email.eq("a@b.c")).expect_count(1).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn expect_count(mut self, records: u64) -> Self {
        self.condition.expect_count(records);
        self
    }

    /// Returns how many records the condition holds for, and deletes none. One call.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let delete = caspio.table::<Contact>().delete_where(|c| c.email.is_null());
    /// let count = delete.count().await?;
    /// println!("deleting {count} contacts");
    /// delete.expect_count(count).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Refused`, before the call, for a condition that the delete refuses.
    pub fn count(&self) -> BoxFuture<'static, Result<u64>> {
        let condition = self.condition.clone();
        async move { condition.checked("records.delete")?.count().await }.boxed()
    }

    async fn run(self) -> Result<Affected> {
        let condition = self.condition.checked("records.delete")?;
        let Some(filter) = condition.resolve().await? else {
            return Ok(Affected::default());
        };
        let records = RecordSelector::Filter(filter);
        let sent = condition.client.send_delete(&condition.target, &records);
        let response = sent.await.map_err(|error| condition.explain(error))?;
        affected_of(&response, &condition.target)
    }
}

impl Future for Delete {
    type Output = Result<Affected>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { condition, work } = self.get_mut();
        work.poll(context, || Self::new(condition.clone()).run().boxed())
    }
}
