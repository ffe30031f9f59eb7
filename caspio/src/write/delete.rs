//! Deleting records.

use super::Affected;
use super::condition::Condition;
use super::update::{missing, named, which};
use crate::client::Client;
use crate::read::{Narrowed, Query};
use crate::record::{Key, Record};
use crate::target::Target;
use crate::wire::writes::{Which, affected};
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
/// count first or is for `all()` records.
///
/// It is repeated when an answer is lost; [`Affected::at_least`] says when that may have hidden some of the
/// count.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let gone = caspio.table::<Contact>().filter(|c| c.email.is_null()).delete().await?;
/// println!("{} contacts deleted", gone.records);
/// # Ok(())
/// # }
/// ```
#[must_use = "a delete does nothing until it is awaited"]
pub struct Delete<R> {
    query: Query<R, Narrowed>,
    expected: Option<u64>,
}

impl<R: Record> Delete<R> {
    pub(super) fn of(query: Query<R, Narrowed>) -> Self {
        Self {
            query,
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
    /// caspio.table::<Contact>().filter(|c| c.email.eq("a@b.c")).delete().expect(1).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn expect(mut self, records: u64) -> Self {
        self.expected = Some(records);
        self
    }

    async fn run(self) -> Result<Affected>
    where
        R: 'static,
    {
        if let Some(expected) = self.expected {
            let found = self.query.clone().count().await?;
            if found != expected {
                return Err(unexpected(&self.query, expected, found));
            }
        }
        let Condition {
            client,
            target,
            filter,
        } = Condition::of(self.query).await?;
        let Some(filter) = filter else {
            return Ok(Affected::default());
        };
        let response = client.send_delete(&target, &Which::Filter(filter)).await?;
        Ok(Affected {
            records: affected(response.body())
                .map_err(|error| error.with_object(target.to_string()))?,
            at_least: response.maybe_repeated(),
        })
    }
}

fn unexpected<R: Record>(query: &Query<R, Narrowed>, expected: u64, found: u64) -> Error {
    Error::new(
        ErrorKind::Refused,
        format!("expected to delete {expected} records, but the condition holds for {found}"),
    )
    .with_operation("records.delete")
    .with_object(query.target().to_string())
}

impl<R: Record + 'static> IntoFuture for Delete<R> {
    type Output = Result<Affected>;
    type IntoFuture = BoxFuture<'static, Result<Affected>>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}

impl<R> fmt::Debug for Delete<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delete")
            .field("query", &self.query)
            .field("expected", &self.expected)
            .finish()
    }
}
