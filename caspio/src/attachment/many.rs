//! The files in one field of many records.

use super::field_ref::{FieldRef, INFO};
use super::handle::DELETE;
use super::info::AttachmentInfo;
use crate::column::IntoColumn;
use crate::dialect::affected_if_reported;
use crate::filter::{ColumnFn, Expr, guard};
use crate::read::Query;
use crate::record::{FieldInfo, Record, Source};
use caspio_core::Result;
use caspio_core::error::ErrorContext as _;

/// The files in one attachment field of all records that meet a query's condition.
///
/// Created by [`Query::attachments`], from a query with a condition and nothing else: an order, a limit, groups, a position
/// or a budget are refused when one of these methods is called. The compiler cannot refuse them, because a query has one
/// type, so that it can be restricted in an `if`.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, city: String, photo: Option<String> }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let contacts = caspio.table::<Contact>();
/// let photos = contacts.filter(|c| c.city.eq("Lima")).attachments(|c| c.photo);
/// for photo in photos.info().await? {
///     println!("{}: {}", photo.key, photo.full_name());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is done to attachments until one of these methods is called"]
pub struct Attachments {
    found: Result<(FieldRef, Option<Expr>)>,
    /// The fields of the struct that the query reads.
    fields: &'static [FieldInfo],
}

impl Attachments {
    /// Returns the names, sizes and dates of the files. Records without a file are left out. One call.
    ///
    /// # Errors
    ///
    /// `Incomplete`: the service returned fewer files than there are.
    pub async fn info(self) -> Result<Vec<AttachmentInfo>> {
        let (field, condition) = self.found(INFO)?;
        let condition = condition.as_ref().map(Expr::to_sql);
        field.infos(&condition.unwrap_or_default()).await
    }

    /// Deletes the files and returns their number, if the service reports it. One call.
    ///
    /// If the call is repeated after a lost response, the files that the first call
    /// deleted are not counted.
    ///
    /// # Errors
    ///
    /// `Refused`, before anything is sent: the query has no condition, or one that plainly holds for every
    /// record; see [`delete_where`](crate::Table::delete_where).
    pub async fn delete(self) -> Result<Option<u64>> {
        let fields = self.fields;
        let (field, condition) = self.found(DELETE)?;
        let is_restricted =
            |condition: &Expr| guard::refusal(condition, field.target.kind, fields).is_none();
        let Some(condition) = condition.filter(is_restricted) else {
            field.check_version(DELETE)?;
            let message = "a query without a condition, or with one that always holds, would delete all files";
            let error = field.refused(DELETE, message);
            return Err(error.with_hint("select the records with `filter`"));
        };
        let condition = condition.to_sql();
        let deleted = async {
            let request = field.request(DELETE, |dialect, field, operation| {
                dialect.delete_attachments(field, &condition, operation)
            });
            let response = field.client.send(request.await?).await?;
            affected_if_reported(response.body())
        };
        deleted
            .await
            .map_err(|error| field.with_context(DELETE, error))
    }

    fn found(self, operation: &'static str) -> Result<(FieldRef, Option<Expr>)> {
        self.found.map_err(|error| error.with_operation(operation))
    }
}

impl<R: Record> Query<R> {
    /// Returns the files in an attachment field of the records that meet this query's condition. Makes no call.
    ///
    /// The field is given as `|c| c.photo`, or by its name as `|_| "Photo"`.
    pub fn attachments<F>(self, column: F) -> Attachments
    where
        F: ColumnFn<R::Source>,
    {
        let column = column(<R::Source as Source>::COLUMNS);
        let field = column.into_name().into_owned();
        let found = self.into_condition().map(|(client, target, condition)| {
            let field = FieldRef {
                client,
                target,
                field,
            };
            (field, condition)
        });
        Attachments {
            found,
            fields: R::FIELDS,
        }
    }
}
