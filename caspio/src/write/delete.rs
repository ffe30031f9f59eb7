//! Deleting records.

use super::Affected;
use super::condition::Condition;
use super::update::{missing, named, which};
use crate::client::Client;
use crate::dialect::{RecordSelector, affected};
use crate::record::Key;
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::fmt;
use std::future::IntoFuture;

/// A delete of one record, by its key. Awaiting it makes one call.
///
/// It is repeated when an answer is lost, since deleting twice is as good as once. Awaiting it fails with
/// `NotFound` when there is no such record.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// match caspio.table::<Contact>().delete(7).await {
///     Err(error) if error.is_not_found() => println!("it was gone already"),
///     result => result?,
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a delete does nothing until it is awaited"]
pub struct DeleteOne {
    client: Client,
    target: Target,
    key: Key,
}

impl DeleteOne {
    pub(super) fn new(client: Client, target: Target, key: Key) -> Self {
        Self {
            client,
            target,
            key,
        }
    }

    async fn run(self) -> Result<()> {
        let Self {
            client,
            target,
            key,
        } = self;
        let response = match client.send_delete(&target, &which(&key)).await {
            Ok(response) => response,
            // Gone, by an attempt whose answer was lost.
            Err(error) if error.is_not_found() && error.maybe_applied() => return Ok(()),
            Err(error) => return Err(named(error, &key)),
        };
        let none = matches!(affected(response.body()), Ok(0));
        match none && !response.maybe_repeated() {
            true => Err(missing(&target, &key).with_operation("records.delete")),
            false => Ok(()),
        }
    }
}

impl IntoFuture for DeleteOne {
    type Output = Result<()>;
    type IntoFuture = BoxFuture<'static, Result<()>>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}

/// A delete of the records for which a condition holds. Awaiting it makes one call, or two where it has to
/// count first or is for all records.
///
/// It is repeated when an answer is lost; [`Affected::at_least`] says when that may have hidden some of the
/// count.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let gone = caspio.table::<Contact>().delete_where(|c| c.email.is_null()).await?;
/// println!("{} contacts deleted", gone.records);
/// # Ok(())
/// # }
/// ```
#[must_use = "a delete does nothing until it is awaited"]
pub struct Delete {
    condition: Condition,
    expected: Option<u64>,
}

impl Delete {
    pub(super) fn of(condition: Condition) -> Self {
        Self {
            condition,
            expected: None,
        }
    }

    /// Counts the records first, and deletes none when there are not so many. One call more.
    ///
    /// Between the count and the delete others may write, so this guards against a wrong condition, not
    /// against other programs.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// caspio.table::<Contact>().delete_where(|c| c.email.eq("a@b.c")).expect(1).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn expect(mut self, records: u64) -> Self {
        self.expected = Some(records);
        self
    }

    async fn run(self) -> Result<Affected> {
        let Self {
            condition,
            expected,
        } = self;
        if let Some(expected) = expected {
            let found = condition.count().await?;
            if found != expected {
                return Err(unexpected(&condition.target, expected, found));
            }
        }
        let Some(filter) = condition.resolve().await? else {
            return Ok(Affected::default());
        };
        let Condition { client, target, .. } = condition;
        let response = client
            .send_delete(&target, &RecordSelector::Filter(filter))
            .await?;
        Ok(Affected {
            records: affected(response.body())
                .map_err(|error| error.with_resource(target.to_string()))?,
            at_least: response.maybe_repeated(),
        })
    }
}

fn unexpected(target: &Target, expected: u64, found: u64) -> Error {
    Error::new(
        ErrorKind::Refused,
        format!("expected to delete {expected} records, but the condition holds for {found}"),
    )
    .with_operation("records.delete")
    .with_resource(target.to_string())
}

impl IntoFuture for Delete {
    type Output = Result<Affected>;
    type IntoFuture = BoxFuture<'static, Result<Affected>>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}

impl fmt::Debug for Delete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delete")
            .field("condition", &self.condition)
            .field("expected", &self.expected)
            .finish()
    }
}
