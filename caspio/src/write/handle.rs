//! The writes of one record, of a table or a view that allows them.

use super::delete::Delete;
use super::insert::{Insert, check};
use super::save::Save;
use super::update::{NothingSet, Update};
use super::update_by_key::ByKey;
use crate::handle::{Access, Handle, WriteAccess};
use crate::record::{IntoKey, Record, ToRow};
use caspio_core::Result;
use futures::FutureExt;
use futures::future::BoxFuture;

impl<R: Record, A: Access> Handle<R, A> {
    /// Inserts a record and returns its key. One call; see [`Insert`].
    ///
    /// The row is the record itself, without its key and its read-only columns, or a struct with
    /// `#[derive(CaspioInsert)]`.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, new: NewContact) -> caspio::Result<()> {
    /// let id: i64 = caspio.table::<Contact>().insert(&new).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("create", "add"))]
    pub fn insert(&self, row: &impl ToRow<Source = R::Source>) -> Insert<R, A::Key>
    where
        A: WriteAccess,
    {
        Insert::new(self.client().clone(), self.target().clone(), row.to_row())
    }

    /// Validates a row as an insert does, and sends nothing: unknown and read-only columns, values of a wrong
    /// type, texts that are too long, values that a list does not have, numbers that their field would store as others,
    /// such as 1.5 in an Integer field.
    ///
    /// Rules that only Caspio can check are not checked, such as a duplicate in a unique column. One call the first
    /// time that a client needs the table's fields, none after that.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, new: NewContact) -> caspio::Result<()> {
    /// caspio.table::<Contact>().check(&new).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Refused`: everything that Caspio would refuse in the row. `NotFound`: there is no such table.
    pub fn check(&self, row: &impl ToRow<Source = R::Source>) -> BoxFuture<'static, Result<()>>
    where
        A: WriteAccess,
    {
        let (client, target) = (self.client().clone(), self.target().clone());
        let row = row.to_row().into_owned();
        async move { check(&client, &target, row).await }.boxed()
    }

    /// Updates the record with this key. One call; see [`Update`].
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// caspio.table::<Contact>().update(7).set(|c| c.email.to("a@b.c")).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("modify", "edit"))]
    pub fn update<F>(&self, key: impl IntoKey<A::Key, F>) -> Update<R, ByKey, NothingSet>
    where
        A: WriteAccess,
    {
        let key: A::Key = key.into_key();
        Update::by_key(self.client(), self.target(), key.into())
    }

    /// Deletes the record with this key. One call; see [`Delete`].
    #[doc(alias = "remove")]
    pub fn delete<F>(&self, key: impl IntoKey<A::Key, F>) -> Delete<ByKey>
    where
        A: WriteAccess,
    {
        let key: A::Key = key.into_key();
        Delete::by_key(self.client().clone(), self.target().clone(), key.into())
    }

    /// Writes the columns that differ between a record as it was read and as it is now, and returns whether
    /// there were any. One call, or none if nothing changed; see [`Save`].
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client, contact: Contact) -> caspio::Result<()> {
    /// let now = Contact { email: None, ..contact.clone() };
    /// let changed: bool = caspio.table::<Contact>().save(&contact, &now).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn save(&self, before: &R, after: &R) -> Save<R>
    where
        R: ToRow<Source = <R as Record>::Source>,
        A: WriteAccess,
    {
        Save::new(self.client(), self.target(), before, after)
    }
}
