//! The writes of a table, and of a view that allows them.

use super::changes::Changes;
use super::delete::{Delete, DeleteOne};
use super::insert::{Insert, check};
use super::save::{differences, same_key};
use super::update::{Update, UpdateOne};
use crate::column::Column;
use crate::filter::{Filter, RawValues};
use crate::read::{Everything, Narrowed, Query, Table, View, Writes};
use crate::record::{Key, Record, Source, ToRow};
use caspio_core::Result;

/// A view whose records may be written, made by [`View::writable`].
///
/// Caspio allows it where the view has a single table, or one of its tables is marked as editable in it.
/// Elsewhere the service refuses the write.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioView)] #[caspio(view = "Active")]
/// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let active = caspio.view::<Active>().writable();
/// active.update("7").set(|a| a.email.to("a@b.c")).execute().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct WritableView<R>(View<R>);

impl<R> Clone for WritableView<R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<R: Record> View<R> {
    /// The same view, for writing; which views allow it is decided in Caspio. Makes no call.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioView)] #[caspio(view = "Active")]
    /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// caspio.view::<Active>().writable().delete("7").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn writable(&self) -> WritableView<R> {
        WritableView(self.clone())
    }
}

impl<R: Record> WritableView<R> {
    /// The view itself, for reading.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioView)] #[caspio(view = "Active")]
    /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let active = caspio.view::<Active>().writable();
    /// let record = active.view().get("7").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn view(&self) -> &View<R> {
        &self.0
    }

    /// A query for the records to be written for which the condition holds.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioView)] #[caspio(view = "Active")]
    /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// caspio.view::<Active>().writable().filter(|a| a.email.is_null()).delete().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn filter<F>(&self, condition: F) -> Query<R, Narrowed>
    where
        F: FnOnce(<R::Source as Source>::Columns) -> Filter<R::Source>,
    {
        self.0.filter(condition).scoped()
    }

    /// A query for the records to be written for which a finished condition holds.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioView)] #[caspio(view = "Active")]
    /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let unreachable: Filter<Active> = Active::COLUMNS.email.is_null();
    /// caspio.view::<Active>().writable().filter_by(unreachable).delete().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn filter_by(&self, filter: Filter<R::Source>) -> Query<R, Narrowed> {
        self.0.filter_by(filter).scoped()
    }

    /// A query for the records to be written, by a T-SQL condition of your own, whose text is trusted.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioView)] #[caspio(view = "Active")]
    /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// caspio.view::<Active>().writable().filter_raw("LEN(Email) < ?", (5,)).delete().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn filter_raw(&self, text: &str, values: impl RawValues) -> Query<R, Narrowed> {
        self.0.filter_raw(text, values).scoped()
    }

    pub(super) fn client(&self) -> &crate::Client {
        self.0.client()
    }

    pub(super) fn target(&self) -> &crate::target::Target {
        self.0.target()
    }
}

macro_rules! write_handle {
    ($handle:ident, $key:ty) => {
        impl<R: Record> $handle<R> {
            /// Inserts a record. Awaiting it makes one call and gives the new record's key; see [`Insert`].
            ///
            /// The row is the record itself, whose key and read-only columns are left out, or a struct with
            /// `#[derive(CaspioInsert)]`.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
            /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
            /// # #[derive(CaspioInsert)] #[caspio(table = Contact)]
            /// # struct NewContact { email: String }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # #[derive(CaspioInsert)] #[caspio(view = Active)]
            /// # struct NewActive { email: String }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// let new = NewContact { email: "a@b.c".to_owned() };
            /// let id: i64 = caspio.table::<Contact>().insert(&new).await?;
            ///
            /// let new = NewActive { email: "d@b.c".to_owned() };
            /// let key: String = caspio.view::<Active>().writable().insert(&new).await?;
            /// # Ok(())
            /// # }
            /// ```
            pub fn insert(&self, row: &impl ToRow<Source = R::Source>) -> Insert<R, $key> {
                Insert::new(self.client().clone(), self.target().clone(), row.to_row())
            }

            /// Inserts a record once: after a lost answer, the record is looked for by the value of a column
            /// that no two records share; see [`Insert::unique_by`].
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
            /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
            /// # #[derive(CaspioInsert)] #[caspio(table = Contact)]
            /// # struct NewContact { email: String }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # #[derive(CaspioInsert)] #[caspio(view = Active)]
            /// # struct NewActive { email: String }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// let new = NewContact { email: "a@b.c".to_owned() };
            /// caspio.table::<Contact>().insert_unique_by(|c| c.email, &new).await?;
            ///
            /// let new = NewActive { email: "d@b.c".to_owned() };
            /// caspio.view::<Active>().writable().insert_unique_by(|a| a.email, &new).await?;
            /// # Ok(())
            /// # }
            /// ```
            pub fn insert_unique_by<U, A>(
                &self,
                column: impl FnOnce(<R::Source as Source>::Columns) -> Column<R::Source, U, A>,
                row: &impl ToRow<Source = R::Source>,
            ) -> Insert<R, $key> {
                self.insert(row).unique_by(column)
            }

            /// Checks a row as an insert would before sending it, and sends nothing: unknown and read-only
            /// columns, values of a wrong type, texts that are too long, values that a list does not have.
            ///
            /// What only Caspio knows is not found, such as a value that another record of a unique column
            /// has. The first time a client needs the table's fields they are asked for, which takes one
            /// call; after that it takes none.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
            /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
            /// # #[derive(CaspioInsert)] #[caspio(table = Contact)]
            /// # struct NewContact { email: String }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # #[derive(CaspioInsert)] #[caspio(view = Active)]
            /// # struct NewActive { email: String }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// let new = NewContact { email: "a@b.c".to_owned() };
            /// caspio.table::<Contact>().check(&new).await?;
            ///
            /// let new = NewActive { email: "d@b.c".to_owned() };
            /// caspio.view::<Active>().writable().check(&new).await?;
            /// # Ok(())
            /// # }
            /// ```
            ///
            /// # Errors
            ///
            /// `Refused`: all that Caspio would refuse in the row. `NotFound`: there is no such table.
            pub async fn check(&self, row: &impl ToRow<Source = R::Source>) -> Result<()> {
                check(self.client(), self.target(), row.to_row()).await
            }

            /// Updates the record with this key; see [`UpdateOne`].
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
            /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// caspio.table::<Contact>().update(7).set(|c| c.email.to("a@b.c")).execute().await?;
            /// caspio.view::<Active>().writable().update("7").set(|a| a.email.to("a@b.c")).execute().await?;
            /// # Ok(())
            /// # }
            /// ```
            pub fn update(&self, key: impl Into<$key>) -> UpdateOne<R> {
                let key: $key = key.into();
                UpdateOne::new(self.client().clone(), self.target().clone(), Key::from(key))
            }

            /// Deletes the record with this key. Awaiting it makes one call; see [`DeleteOne`].
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
            /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
            /// # #[derive(CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # async fn example(caspio: Client) -> caspio::Result<()> {
            /// caspio.table::<Contact>().delete(7).await?;
            /// caspio.view::<Active>().writable().delete("8").await?;
            /// # Ok(())
            /// # }
            /// ```
            pub fn delete(&self, key: impl Into<$key>) -> DeleteOne {
                let key: $key = key.into();
                DeleteOne::new(self.client().clone(), self.target().clone(), Key::from(key))
            }

            /// Writes what differs between a record as it was read and as it is now, and says whether
            /// anything did. One call, or none when nothing changed.
            ///
            /// Values are compared as Caspio keeps them: numbers as numbers, dates as dates.
            ///
            /// ```no_run
            /// # use caspio::prelude::*;
            /// # #[derive(Clone, CaspioTable)] #[caspio(table = "Contacts")]
            /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
            /// # #[derive(Clone, CaspioView)] #[caspio(view = "Active")]
            /// # struct Active { #[caspio(pk)] pk_id: String, email: Option<String> }
            /// # async fn example(caspio: Client, contact: Contact, active: Active) -> caspio::Result<()> {
            /// let now = Contact { email: None, ..contact.clone() };
            /// let changed: bool = caspio.table::<Contact>().save(&contact, &now).await?;
            ///
            /// let now = Active { email: None, ..active.clone() };
            /// let changed: bool = caspio.view::<Active>().writable().save(&active, &now).await?;
            /// # Ok(())
            /// # }
            /// ```
            ///
            /// # Errors
            ///
            /// `Refused`: the two are not the same record, or do not know their key. `NotFound`: there is no
            /// such record any more.
            pub async fn save(&self, before: &R, after: &R) -> Result<bool>
            where
                R: ToRow<Source = <R as Record>::Source>,
            {
                let key = same_key(before.key(), after.key())
                    .map_err(|error| error.with_object(self.target().to_string()))?;
                let changes: Changes = differences(before, after);
                if changes.is_empty() {
                    return Ok(false);
                }
                UpdateOne::<R>::new(self.client().clone(), self.target().clone(), key)
                    .with(changes)
                    .execute()
                    .await?;
                Ok(true)
            }
        }
    };
}

write_handle!(Table, i64);
write_handle!(WritableView, String);

impl<R: Record> Table<R> {
    /// All records, said in words: to update or delete every one of them.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Drafts")]
    /// # struct Draft { #[caspio(pk)] pk_id: i64, title: String }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let gone = caspio.table::<Draft>().all().delete().await?;
    /// println!("{} drafts deleted", gone.records);
    /// # Ok(())
    /// # }
    /// ```
    pub fn all(&self) -> Query<R, Narrowed> {
        let mut query: Query<R, Everything> = self.query();
        query.plan_mut().all = true;
        query.scoped()
    }
}

/// Writing, for queries that say which records.
impl<R: Record, S> Query<R, S> {
    /// Updates the records for which the condition holds; see [`Update`].
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, email: Option<String>, city: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let unknown = caspio.table::<Contact>().filter(|c| c.city.is_null());
    /// unknown.update().set(|c| c.city.to("Rome")).execute().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn update(self) -> Update<R>
    where
        S: Writes,
    {
        Update::of(self.scoped())
    }

    /// Deletes the records for which the condition holds. Awaiting it makes one call; see [`Delete`].
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
    pub fn delete(self) -> Delete<R>
    where
        S: Writes,
    {
        Delete::of(self.scoped())
    }
}
