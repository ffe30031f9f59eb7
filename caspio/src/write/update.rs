//! Updating records.

use super::Purpose;
use super::affected::{Affected, affected_of};
use super::assign::Assignments;
use super::changes::Changes;
use super::condition::Condition;
use super::encode::RowEncoder;
use super::errors::{missing, with_key};
use super::returning::Returning;
use super::send::returned;
use crate::client::Client;
use crate::dialect::{self, RecordSelector, affected};
use crate::record::{DecodeOwned, Key, Record, RecordMap, Row, Source, ToRow};
use crate::target::Target;
use crate::value::FieldValue;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, Response, Result};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;

/// An update, which sets columns of one record or of all records that meet a condition.
///
/// `set`, `set_row` and `set_value` add columns; a column that is set twice gets the later value. With at least
/// one column it can be awaited.
///
/// - The update of one record, [`Table::update`](crate::Table::update), makes one call. It is repeated when a
///   response is lost, because setting a value twice has the same effect as once. With
///   [`returning`](Self::returning) it returns the record.
/// - The update by a condition, [`Table::update_where`](crate::Table::update_where), makes one call and returns
///   how many records it [affected](Affected). It is not repeated when the response is lost: the condition may
///   be about a column that is set, and then match other records the second time.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let contacts = caspio.table::<Contact>();
/// contacts.update(7).set(|c| (c.city.to("Rome"), c.email.to_null())).await?;
///
/// let updated = contacts.update_where(|c| c.city.eq("Roma")).set(|c| c.city.to("Rome")).await?;
/// println!("{} contacts updated", updated.records);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Awaiting it fails with `NotFound` if there is no such record, and with `Refused` if a value cannot be stored,
/// if the row of `set_row` has no column, or if the condition holds for every record.
#[must_use = "an update does nothing until it is awaited"]
pub struct Update<R, T, S = NothingSet> {
    target: T,
    changes: Changes,
    types: PhantomData<fn() -> (R, S)>,
}

/// The one record that an [`Update`] is for.
#[derive(Debug)]
pub struct ByKey {
    client: Client,
    target: Target,
    key: Key,
}

/// The condition of an [`Update`].
#[derive(Debug)]
pub struct ByCondition(Condition);

/// An [`Update`] without columns, which cannot be awaited.
#[derive(Clone, Copy, Debug)]
pub enum NothingSet {}

/// An [`Update`] that sets columns.
#[derive(Clone, Copy, Debug)]
pub enum ColumnsSet {}

/// An [`Update`] that can be awaited.
#[diagnostic::on_unimplemented(
    message = "this update sets nothing",
    label = "nothing to update",
    note = "set columns first: `.set(|c| c.column.to(value))`, several as a tuple: `.set(|c| (c.one.to(1), c.two.to_null()))`"
)]
pub trait SetsColumns: sealed::Sealed {}

impl SetsColumns for ColumnsSet {}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::ColumnsSet {}
}

type Columns<R> = <<R as Record>::Source as Source>::Columns;

impl<R: Record, T, S> Update<R, T, S> {
    fn new(target: T) -> Self {
        Self {
            target,
            changes: Changes::default(),
            types: PhantomData,
        }
    }

    fn changed(mut self, change: impl FnOnce(&mut Changes)) -> Update<R, T, ColumnsSet> {
        change(&mut self.changes);
        Update {
            target: self.target,
            changes: self.changes,
            types: PhantomData,
        }
    }

    /// Sets columns: one, a tuple of up to twelve, or a `Vec`.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// contacts.update(7).set(|c| c.city.to("Rome")).await?;
    /// contacts.update(8).set(|c| (c.city.to("Rome"), c.email.to_null())).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn set<F, A>(self, assign: F) -> Update<R, T, ColumnsSet>
    where
        F: FnOnce(Columns<R>) -> A,
        A: Assignments<R::Source>,
    {
        let assignments = assign(<R::Source as Source>::COLUMNS);
        self.changed(|changes| assignments.each(&mut |assignment| changes.set(assignment)))
    }

    /// Sets every column that the row has, such as a struct with `#[derive(CaspioInsert)]`, whose
    /// [`Patch`](crate::Patch) fields can leave columns out.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # use caspio::Patch;
    /// # #[derive(CaspioInsert)] #[caspio(table = Contact)]
    /// # struct Changes { email: Patch<String>, city: Patch<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let changes = Changes { email: Patch::Absent, city: "Rome".into() };
    /// caspio.table::<Contact>().update(7).set_row(&changes).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_row(self, row: &impl ToRow<Source = R::Source>) -> Update<R, T, ColumnsSet> {
        self.changed(|changes| changes.set_all(row.to_row()))
    }
}

impl<T, S> Update<RecordMap, T, S> {
    /// Sets a column by its name.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let contacts = caspio.table_named("Contacts");
    /// contacts.update(7).set_value("City", "Rome").set_value("Age", 40).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_value(
        self,
        column: &str,
        value: impl Into<serde_json::Value>,
    ) -> Update<RecordMap, T, ColumnsSet> {
        let value: serde_json::Value = value.into();
        let value = FieldValue::from(&value).into_owned();
        self.changed(|changes| changes.put(column.to_owned().into(), value))
    }
}

impl<R: Record> Update<R, ByKey> {
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

impl<R: Record, S: SetsColumns> Update<R, ByKey, S> {
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
    pub fn returning(self) -> Returning<Self> {
        Returning(self)
    }

    pub(super) async fn run(self) -> Result<()> {
        let sent = self.target.send(self.changes, dialect::Returning::Nothing);
        sent.await.map(drop)
    }

    async fn run_returning(self) -> Result<R>
    where
        R: DecodeOwned,
    {
        let Self {
            target, changes, ..
        } = self;
        let response = target.send(changes, dialect::Returning::Records).await?;
        let dialect = target.client.dialect();
        let record = returned::<R>(dialect, response.body(), &target.target)?;
        record.ok_or_else(|| missing(&target.target, &target.key))
    }
}

impl ByKey {
    async fn send(&self, changes: Changes, returning: dialect::Returning) -> Result<Response> {
        let row = row(changes, &self.target)?;
        let only_lists = row
            .iter()
            .all(|(_, value)| matches!(value, FieldValue::List(_)));
        let dialect = self.client.dialect();
        let mut encoder = RowEncoder::new(&self.client, &self.target, dialect, Purpose::Update);
        let row = encoder.encode(row).await?;
        let record = record_of(&self.key);
        let sent = self
            .client
            .send_update(&self.target, &record, &row, returning);
        let response = sent.await.map_err(|error| with_key(error, &self.key))?;
        // v4 may respond to an update by key with the record itself; for a missing record it responds with 404.
        let none = matches!(affected(response.body()), Ok(0));
        if !none || only_lists && self.exists().await? {
            return Ok(response);
        }
        Err(missing(&self.target, &self.key))
    }

    /// Whether the record exists: v2 was seen to report no record for an update of list columns alone,
    /// although it worked.
    async fn exists(&self) -> Result<bool> {
        let condition = crate::read::key_is(&self.key).to_sql();
        let key = self.client.first_key(&self.target, &condition).await?;
        Ok(key.is_some())
    }
}

/// Selects one record by its key.
pub(crate) fn record_of(key: &Key) -> RecordSelector {
    RecordSelector::Key {
        condition: crate::read::key_is(key).to_sql(),
        key: key.clone(),
    }
}

/// The columns as a row.
///
/// # Errors
///
/// `Refused`: there are none, because the row of `set_row` left all of them out.
fn row(changes: Changes, target: &Target) -> Result<Row<'static>> {
    changes
        .into_row()
        .map_err(|error: Error| error.with_resource(target.to_string()))
}

impl<R: Record> Update<R, ByCondition> {
    pub(super) fn by_condition(condition: Condition) -> Self {
        Self::new(ByCondition(condition))
    }
}

impl<R: Record, S> Update<R, ByCondition, S> {
    /// Counts the records first, and updates none if there are not exactly this many. One more call.
    ///
    /// Other programs may write between the count and the update, so this guards against a wrong condition
    /// only.
    pub fn expect_count(mut self, records: u64) -> Self {
        self.target.0.expect_count(records);
        self
    }
}

impl<R, S> Update<R, ByCondition, S> {
    async fn run(self) -> Result<Affected> {
        let condition = self.target.0;
        let row = row(self.changes, &condition.target)?;
        let Some(filter) = condition.resolve("records.update").await? else {
            return Ok(Affected::default());
        };
        let Condition { client, target, .. } = condition;
        let dialect = client.dialect();
        let mut encoder = RowEncoder::new(&client, &target, dialect, Purpose::Update);
        let row = encoder.encode(row).await?;
        let records = RecordSelector::Filter(filter);
        let sent = client.send_update(&target, &records, &row, dialect::Returning::Nothing);
        affected_of(&sent.await?, &target)
    }
}

impl<R: Record + 'static, S: SetsColumns + 'static> IntoFuture for Update<R, ByKey, S> {
    type Output = Result<()>;
    type IntoFuture = BoxFuture<'static, Result<()>>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}

impl<R: DecodeOwned + 'static, S: SetsColumns + 'static> IntoFuture
    for Returning<Update<R, ByKey, S>>
{
    type Output = Result<R>;
    type IntoFuture = BoxFuture<'static, Result<R>>;

    fn into_future(self) -> Self::IntoFuture {
        self.0.run_returning().boxed()
    }
}

impl<R: 'static, S: SetsColumns + 'static> IntoFuture for Update<R, ByCondition, S> {
    type Output = Result<Affected>;
    type IntoFuture = BoxFuture<'static, Result<Affected>>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}

impl<R, T: fmt::Debug, S> fmt::Debug for Update<R, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Update")
            .field("target", &self.target)
            .field("changes", &self.changes)
            .finish_non_exhaustive()
    }
}
