//! The files in one field of many records.

use super::field_ref::{FieldRef, INFO};
use super::handle::DELETE;
use super::info::AttachmentInfo;
use crate::column::Column;
use crate::dialect::affected_if_reported;
use crate::read::Query;
use crate::record::{Record, Source};
use caspio_core::Result;
use caspio_core::error::ErrorContext as _;

/// The files in one attachment field of all records that a query finds.
///
/// Made by [`Query::attachments`]. Only the query's condition counts: one with an order, a limit or
/// groups is refused.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, city: String, photo: Option<String> }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let contacts = caspio.table::<Contact>();
/// let photos = contacts.filter(|c| c.city.eq("Lima")).attachments(|c| c.photo);
/// println!("{} photos", photos.info().await?.len());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is done to attachments until one of these methods is called"]
pub struct Attachments {
    found: Result<(FieldRef, String)>,
}

impl Attachments {
    /// What is known of the files; records without one are left out. One call.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, city: String, photo: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let photos = caspio.table::<Contact>().query().attachments(|c| c.photo);
    /// for photo in photos.info().await? {
    ///     println!("{}: {}", photo.key, photo.full_name());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Incomplete`: the service told of fewer files than there are.
    pub async fn info(self) -> Result<Vec<AttachmentInfo>> {
        let (field, condition) = self.found(INFO)?;
        field.infos(&condition).await
    }

    /// Deletes the files and tells how many, where the service says so. One call.
    ///
    /// When the answer to a first call was lost and it was made again, files that the first one
    /// deleted are not counted.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, city: String, photo: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let photos = contacts.filter(|c| c.city.eq("Lima")).attachments(|c| c.photo);
    /// if let Some(count) = photos.delete().await? {
    ///     println!("{count} photos deleted");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// `Refused` before anything is sent: the query has no condition.
    pub async fn delete(self) -> Result<Option<u64>> {
        let (field, condition) = self.found(DELETE)?;
        if condition.is_empty() {
            field.check_version(DELETE)?;
            let error = field.refused(DELETE, "a query without a condition would delete all files");
            return Err(error.with_hint("say which records by `filter`"));
        }
        let deleted = async {
            let request = field.request(DELETE, |dialect, field, operation| {
                dialect.delete_attachments(field, &condition, operation)
            });
            let answer = field.client.send(request.await?).await?;
            affected_if_reported(answer.body())
        };
        deleted.await.map_err(|error| field.locate(DELETE, error))
    }

    fn found(self, operation: &'static str) -> Result<(FieldRef, String)> {
        self.found.map_err(|error| error.with_operation(operation))
    }
}

impl<R: Record> Query<R> {
    /// The files in an attachment field of the records that this query finds. Makes no call.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { city: String, photo: Option<String> }
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// for photo in contacts.filter(|c| c.city.eq("Lima")).attachments(|c| c.photo).info().await? {
    ///     println!("{}: {}", photo.key, photo.full_name());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn attachments<F, U, A>(self, column: F) -> Attachments
    where
        F: FnOnce(<R::Source as Source>::Columns) -> Column<R::Source, U, A>,
    {
        let column = column(<R::Source as Source>::COLUMNS);
        self.attachments_named(column.name())
    }

    /// As [`attachments`](Self::attachments), for a field whose name is known only at run time.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let photos = caspio.table_named("Contacts").query().attachments_named("Photo");
    /// println!("{} photos", photos.info().await?.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn attachments_named(self, field: impl Into<String>) -> Attachments {
        let field = field.into();
        let found = self.into_condition().map(|(client, target, condition)| {
            let field = FieldRef {
                client,
                target,
                field,
            };
            (field, condition)
        });
        Attachments { found }
    }
}
