//! The writes of one record, of a table or a view that allows them.

use super::changes::Changes;
use super::delete::DeleteOne;
use super::insert::{Insert, check};
use super::save::{differences, same_key};
use super::update::UpdateOne;
use crate::column::Column;
use crate::handle::{Handle, WriteAccess};
use crate::record::{Record, Source, ToRow};
use caspio_core::Result;
use caspio_core::error::ErrorContext as _;

impl<R: Record, A: WriteAccess> Handle<R, A> {
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
    pub fn insert(&self, row: &impl ToRow<Source = R::Source>) -> Insert<R, A::Key> {
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
    pub fn insert_unique_by<U, C>(
        &self,
        column: impl FnOnce(<R::Source as Source>::Columns) -> Column<R::Source, U, C>,
        row: &impl ToRow<Source = R::Source>,
    ) -> Insert<R, A::Key> {
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
    pub fn update(&self, key: impl Into<A::Key>) -> UpdateOne<R> {
        let key: A::Key = key.into();
        UpdateOne::new(self.client().clone(), self.target().clone(), key.into())
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
    pub fn delete(&self, key: impl Into<A::Key>) -> DeleteOne {
        let key: A::Key = key.into();
        DeleteOne::new(self.client().clone(), self.target().clone(), key.into())
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
            .map_err(|error| error.with_resource(self.target().to_string()))?;
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
