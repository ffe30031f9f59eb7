//! Deleting records.

use super::affected::{Affected, affected_of};
use super::condition::Condition;
use super::errors::{missing, with_key};
use super::update::UpdateTarget;
use super::update_by_condition::ByCondition;
use super::update_by_key::{ByKey, record_of};
use crate::client::Client;
use crate::dialect::{RecordSelector, affected_by_key};
use crate::record::Key;
use crate::target::Target;
use crate::work::Work;
use caspio_core::Result;
use caspio_core::error::ErrorContext as _;
use futures::FutureExt;
use futures::future::BoxFuture;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// A delete of one record or of all records that meet a condition.
    ///
    /// It is repeated when a response is lost, because deleting twice has the same effect as deleting once. A condition
    /// in T-SQL that has a subquery or is random (`NEWID`, `RAND`) may hold for other records then, so a delete by it
    /// is not repeated: the error is [`maybe_applied`](crate::Error::maybe_applied).
    ///
    /// - The delete of one record, [`Table::delete`](crate::Table::delete), makes one call.
    /// - The delete by a condition, [`Table::delete_where`](crate::Table::delete_where), makes one call, and one more
    ///   if it counts first or is for all records. It returns how many records it [affected](super::Affected);
    ///   [`Affected::at_least`] reports that a repeated call may have counted fewer.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// match contacts.delete(7).await {
    ///     Err(error) if error.is_not_found() => println!("there was no such record"),
    ///     result => result?,
    /// }
    ///
    /// let deleted = contacts.delete_where(|c| c.email.is_null()).await?;
    /// println!("{} contacts deleted", deleted.records);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Awaiting it fails with `NotFound` if there is no such record, and with `Refused` if the condition holds for
    /// every record.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels the call, which may still be executed.
    #[derive(Clone, Debug)]
    #[must_use = "a delete does nothing until it is awaited"]
    pub struct Delete<T: DeleteTarget> {
        target: T,
        #[pin]
        work: Work<'static, Result<T::Output>>,
    }
}

/// The records that a [`Delete`] is for: [`ByKey`] or [`ByCondition`].
pub trait DeleteTarget: UpdateTarget {
    /// Makes the delete.
    #[doc(hidden)]
    fn delete(self) -> BoxFuture<'static, Result<Self::Output>>;
}

impl<T: DeleteTarget> Delete<T> {
    fn new(target: T) -> Self {
        Self {
            target,
            work: Work::default(),
        }
    }
}

impl<T: DeleteTarget> Future for Delete<T> {
    type Output = Result<T::Output>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.work.poll(context, || this.target.clone().delete())
    }
}

impl Delete<ByKey> {
    pub(super) fn by_key(client: Client, target: Target, key: Key) -> Self {
        Self::new(ByKey {
            client,
            target,
            key,
        })
    }
}

impl DeleteTarget for ByKey {
    fn delete(self) -> BoxFuture<'static, Result<()>> {
        delete_one(self).boxed()
    }
}

async fn delete_one(record: ByKey) -> Result<()> {
    let ByKey {
        client,
        target,
        key,
    } = record;
    let response = match client.send_delete(&target, &record_of(&key)).await {
        Ok(response) => response,
        // An earlier attempt, whose response was lost, deleted the record.
        Err(error) if error.is_not_found() && error.maybe_applied() => return Ok(()),
        Err(error) => return Err(with_key(error, &key)),
    };
    let counted = affected_by_key(client.dialect(), &response).map_err(|error| {
        let error = error.with_operation("records.delete");
        with_key(error.with_resource(target.to_string()), &key)
    })?;
    if counted == 0 && !response.maybe_repeated() {
        return Err(missing(&target, &key).with_operation("records.delete"));
    }
    Ok(())
}

impl Delete<ByCondition> {
    pub(super) fn by_condition(condition: Condition) -> Self {
        Self::new(ByCondition(condition))
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
        self.target.0.expect_count(records);
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
        let condition = self.target.0.clone();
        async move { condition.checked("records.delete")?.count().await }.boxed()
    }
}

impl DeleteTarget for ByCondition {
    fn delete(self) -> BoxFuture<'static, Result<Affected>> {
        delete_matching(self.0).boxed()
    }
}

async fn delete_matching(condition: Condition) -> Result<Affected> {
    let condition = condition.checked("records.delete")?;
    let Some(filter) = condition.resolve().await? else {
        return Ok(Affected::default());
    };
    let records = RecordSelector::Filter(filter);
    let sent = condition.client.send_delete(&condition.target, &records);
    let response = sent.await.map_err(|error| condition.explain(error))?;
    affected_of(&response, &condition.target)
}
