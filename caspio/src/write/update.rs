//! Updating records.

use super::changes::Changes;
use super::condition::Condition;
use super::prepare::Rules;
use super::send::{Body, returned};
use super::{Affected, Assignment, Purpose};
use crate::client::Client;
use crate::column::{Column, Settable};
use crate::dialect::{RecordSelector, Returning, affected};
use crate::field::FieldType;
use crate::record::{DecodeOwned, Key, Record, RecordMap, Source, ToRow};
use crate::target::Target;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Response, Result};
use std::fmt;
use std::marker::PhantomData;

type Columns<R> = <<R as Record>::Source as Source>::Columns;

/// An update of one record, by its key.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// caspio.table::<Contact>().update(7).set(|c| c.city.to("Rome")).execute().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "an update does nothing until `execute`"]
pub struct UpdateOne<R> {
    client: Client,
    target: Target,
    key: Key,
    changes: Changes,
    record: PhantomData<fn() -> R>,
}

/// An update of the records for which a condition holds.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let unknown = caspio.table::<Contact>().update_where(|c| c.city.is_null());
/// let changed = unknown.set(|c| c.city.to("Rome")).execute().await?;
/// println!("{} contacts changed", changed.records);
/// # Ok(())
/// # }
/// ```
#[must_use = "an update does nothing until `execute`"]
pub struct Update<R> {
    condition: Condition,
    changes: Changes,
    record: PhantomData<fn() -> R>,
}

macro_rules! setters {
    ($update:ident) => {
        impl<R: Record> $update<R> {
            /// Sets a column: `.set(|c| c.email.to("a@b.c"))`.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
            /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// let contacts = caspio.table::<Contact>();
            /// contacts.update(7).set(|c| c.city.to("Rome")).execute().await?;
            /// contacts.update_where(|c| c.city.is_null()).set(|c| c.city.to("Rome")).execute().await?;
            /// # Ok(())
            /// # }
            /// ```
            pub fn set<F>(mut self, assign: F) -> Self
            where
                F: FnOnce(Columns<R>) -> Assignment<R::Source>,
            {
                self.changes.set(assign(<R::Source as Source>::COLUMNS));
                self
            }

            /// Sets a column that may be null to null: `.set_null(|c| c.email)`.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
            /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// let contacts = caspio.table::<Contact>();
            /// contacts.update(7).set_null(|c| c.city).execute().await?;
            /// contacts.update_where(|c| c.city.eq("")).set_null(|c| c.city).execute().await?;
            /// # Ok(())
            /// # }
            /// ```
            pub fn set_null<F, T, A>(self, column: F) -> Self
            where
                F: FnOnce(Columns<R>) -> Column<R::Source, Option<T>, A>,
                T: FieldType,
                A: Settable,
            {
                self.set(|columns| column(columns).to_null())
            }

            /// Sets every column that the row has: those of a struct with `#[derive(CaspioInsert)]`, say,
            /// whose [`Patch`](crate::Patch) fields leave out what is to stay.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # use caspio::Patch;
            /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
            /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
            /// # #[derive(CaspioInsert)] #[caspio(table = Contact)]
            /// # struct Changes { email: Patch<String>, city: Patch<String> }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// let contacts = caspio.table::<Contact>();
            /// let changes = Changes { email: Patch::Absent, city: "Rome".into() };
            /// contacts.update(7).set_row(&changes).execute().await?;
            /// contacts.update_where(|c| c.city.is_null()).set_row(&changes).execute().await?;
            /// # Ok(())
            /// # }
            /// ```
            pub fn set_row(mut self, row: &impl ToRow<Source = R::Source>) -> Self {
                self.changes.set_all(row.to_row());
                self
            }
        }

        impl $update<RecordMap> {
            /// Sets a column by its name.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// let contacts = caspio.table_named("Contacts");
            /// contacts.update(7).set_value("City", "Rome").execute().await?;
            /// contacts.update_where_raw("City IS NULL", ()).set_value("City", "Rome").execute().await?;
            /// # Ok(())
            /// # }
            /// ```
            pub fn set_value(mut self, column: &str, value: impl Into<serde_json::Value>) -> Self {
                let value: serde_json::Value = value.into();
                let value = crate::field::FieldValue::from(&value).into_owned();
                self.changes.put(column.to_owned().into(), value);
                self
            }
        }
    };
}

setters!(UpdateOne);
setters!(Update);

impl<R: Record> UpdateOne<R> {
    pub(super) fn new(client: Client, target: Target, key: Key) -> Self {
        Self {
            client,
            target,
            key,
            changes: Changes::default(),
            record: PhantomData,
        }
    }

    pub(super) fn with(mut self, changes: Changes) -> Self {
        self.changes = changes;
        self
    }

    /// Makes the update. One call; it is repeated when an answer is lost, since setting a value twice is as
    /// good as once.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// caspio.table::<Contact>().update(7).set(|c| c.city.to("Rome")).execute().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such record. `Refused`: nothing is set, or a value cannot be held.
    pub async fn execute(self) -> Result<()> {
        self.send(Returning::Nothing).await.map(drop)
    }

    /// Makes the update and gives the record as it is now. One call.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let update = caspio.table::<Contact>().update(7).set(|c| c.city.to("Rome"));
    /// let contact: Contact = update.returning().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`execute`](Self::execute), and what [`Query::collect`] reports of a record that does not fit.
    pub async fn returning(self) -> Result<R>
    where
        R: DecodeOwned,
    {
        let (dialect, target, key) = (self.client.dialect(), self.target.clone(), self.key.clone());
        let response = self.send(Returning::Records).await?;
        let record = returned::<R>(dialect, response.body(), &target)?;
        record.ok_or_else(|| missing(&target, &key))
    }

    async fn send(self, returning: Returning) -> Result<Response> {
        let Self {
            client,
            target,
            key,
            changes,
            ..
        } = self;
        let row = changes
            .into_row()
            .map_err(|error| error.with_resource(target.to_string()))?;
        let only_lists = row
            .iter()
            .all(|(_, value)| matches!(value, crate::field::FieldValue::List(_)));
        let mut rules = Rules::new(&client, &target, client.dialect(), Purpose::Update);
        let body = Body::of(&rules.prepare(row).await?)?;
        let which = which(&key);
        let response = client
            .send_update(&target, &which, &body, returning)
            .await
            .map_err(|error| named(error, &key))?;
        let counted = affected(response.body());
        // v4 may answer an update by key with the record itself, and does answer a missing one with 404.
        let none = matches!(counted, Ok(0));
        if !none || only_lists && exists(&client, &target, &which).await? {
            return Ok(response);
        }
        Err(missing(&target, &key))
    }
}

/// One record, by its key.
pub(crate) fn which(key: &Key) -> RecordSelector {
    RecordSelector::Key {
        condition: crate::read::key_is(key).to_sql(),
        key: key.clone(),
    }
}

/// An update of list fields alone was seen to report no record although it worked, on v2.
async fn exists(client: &Client, target: &Target, which: &RecordSelector) -> Result<bool> {
    let RecordSelector::Key { condition, .. } = which else {
        return Ok(false);
    };
    Ok(client.first_key(target, condition).await?.is_some())
}

pub(crate) fn missing(target: &Target, key: &Key) -> Error {
    Error::new(ErrorKind::NotFound, "there is no such record")
        .with_resource(target.to_string())
        .with_key(format!("PK_ID {key}"))
}

/// The error with the key of the record that it is about.
pub(crate) fn named(error: Error, key: &Key) -> Error {
    error.with_key(format!("PK_ID {key}"))
}

impl<R: Record> Update<R> {
    pub(super) fn of(condition: Condition) -> Self {
        Self {
            condition,
            changes: Changes::default(),
            record: PhantomData,
        }
    }

    /// Makes the update. One call, which is not repeated when its answer is lost.
    ///
    /// A condition on a column that is set as well may hold for other records the second time, so such a
    /// repetition is left to the program.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let unknown = caspio.table::<Contact>().update_where(|c| c.city.is_null());
    /// let changed = unknown.set(|c| c.city.to("Rome")).execute().await?;
    /// println!("{} contacts changed", changed.records);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Refused`: nothing is set, a value cannot be held, or the condition holds for every record.
    pub async fn execute(self) -> Result<Affected> {
        let filter = self.condition.resolve().await?;
        let Condition { client, target, .. } = self.condition;
        let row = self
            .changes
            .into_row()
            .map_err(|error| error.with_resource(target.to_string()))?;
        let Some(filter) = filter else {
            return Ok(Affected::default());
        };
        let mut rules = Rules::new(&client, &target, client.dialect(), Purpose::Update);
        let body = Body::of(&rules.prepare(row).await?)?;
        let response = client
            .send_update(
                &target,
                &RecordSelector::Filter(filter),
                &body,
                Returning::Nothing,
            )
            .await?;
        Ok(Affected {
            records: affected(response.body())
                .map_err(|error| error.with_resource(target.to_string()))?,
            at_least: response.maybe_repeated(),
        })
    }
}

impl<R> fmt::Debug for UpdateOne<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateOne")
            .field("target", &self.target)
            .field("key", &self.key)
            .field("changes", &self.changes)
            .finish_non_exhaustive()
    }
}

impl<R> fmt::Debug for Update<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Update")
            .field("condition", &self.condition)
            .field("changes", &self.changes)
            .finish_non_exhaustive()
    }
}
