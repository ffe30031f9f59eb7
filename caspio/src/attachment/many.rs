//! The attachments of many records, which one call describes or deletes.

use super::field_ref::{FieldRef, INFO};
use super::handle::DELETE;
use super::info::AttachmentInfo;
use crate::column::IntoColumn;
use crate::dialect::{affected_if_reported, confirmed};
use crate::filter::{
    BindValues, ColumnFn, Expr, FilterFn, IntoFilter, guard, may_hold_for_others_later,
};
use crate::handle::{Access, Handle, TableAccess, WriteAccess};
use crate::read::Query;
use crate::record::{Record, Source};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Idempotency, Result};
use std::fmt;
use std::marker::PhantomData;

/// The files in one attachment field of many records: of all, or of those that meet a condition.
///
/// Created by [`Handle::attachments`]. The files of a view are deleted through
/// [`View::writable`](crate::View::writable), as its records are.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
/// # struct Contact { #[caspio(pk)] pk_id: i64, city: String, #[caspio(read_only)] photo: Option<String> }
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let contacts = caspio.table::<Contact>();
/// let photos = contacts.attachments(|c| c.photo).filter(|c| c.city.eq("Lima"));
/// for photo in photos.info().await? {
///     println!("{}: {}", photo.key, photo.full_name());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is done to attachments until one of these methods is called"]
pub struct Attachments<R, A = TableAccess> {
    field: String,
    /// Only its condition is used.
    records: Query<R>,
    access: PhantomData<fn() -> A>,
}

impl<R: Record, A: Access> Attachments<R, A> {
    /// Restricts the files to those of the records that meet a condition, as [`Query::filter`] does.
    pub fn filter<F>(mut self, condition: F) -> Self
    where
        F: FilterFn<R::Source>,
    {
        self.records = self.records.filter(condition);
        self
    }

    /// Restricts the files to those of the records that meet a finished condition, which may be an `Option`.
    pub fn filter_by(mut self, filter: impl IntoFilter<R::Source>) -> Self {
        self.records = self.records.filter_by(filter);
        self
    }

    /// Restricts the files to those of the records that meet a condition in T-SQL, as [`Query::filter_raw`] does.
    pub fn filter_raw(mut self, text: &str, values: impl BindValues) -> Self {
        self.records = self.records.filter_raw(text, values);
        self
    }

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
    /// If the call is repeated after a lost response, files that the first call deleted are not counted. It is not
    /// repeated where the condition has a subquery or is random: then it may hold for other records.
    ///
    /// # Errors
    ///
    /// `Refused`, before anything is sent: there is no condition, or one that obviously holds for every record; see
    /// [`delete_where`](crate::Table::delete_where).
    pub async fn delete(self) -> Result<Option<u64>>
    where
        A: WriteAccess,
    {
        let (field, condition) = self.found(DELETE)?;
        let refused = |message| {
            field.check_version(DELETE)?;
            let error = field.refused(DELETE, message);
            Err(error.with_hint("select the records with `filter`"))
        };
        let Some(condition) = condition else {
            return refused("without a condition, all files would be deleted");
        };
        if let Some(message) = guard::refusal(&condition, field.target.kind, R::FIELDS) {
            return refused(message);
        }
        let condition = condition.to_sql();
        let deleted = async {
            let request = field.request(DELETE, |dialect, field, operation| {
                let request = dialect.delete_attachments(field, &condition, operation);
                match may_hold_for_others_later(&condition) {
                    true => request.idempotency(Idempotency::NotIdempotent),
                    false => request,
                }
            });
            let response = field.client.send(request.await?).await?;
            let counted = affected_if_reported(response.body())?;
            if counted.is_none() {
                confirmed(&response)?;
            }
            Ok(counted)
        };
        deleted
            .await
            .map_err(|error| field.with_context(DELETE, error))
    }

    fn found(self, operation: &'static str) -> Result<(FieldRef, Option<Expr>)> {
        let found = self.records.into_condition();
        let (client, target, condition) = found.map_err(|error| error.with_operation(operation))?;
        let field = FieldRef {
            client,
            target,
            field: self.field,
        };
        Ok((field, condition))
    }
}

impl<R: Record, A: Access> Handle<R, A> {
    /// Returns the files in an attachment field of all records; [`filter`](Attachments::filter) restricts them. Makes
    /// no call.
    ///
    /// The field is given as `|c| c.photo`, or by its name as `|_| "Photo"`.
    pub fn attachments<F>(&self, column: F) -> Attachments<R, A>
    where
        F: ColumnFn<R::Source>,
    {
        let column = column(<R::Source as Source>::COLUMNS);
        Attachments {
            field: column.into_name().into_owned(),
            records: self.query(),
            access: PhantomData,
        }
    }
}

impl<R, A> fmt::Debug for Attachments<R, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachments")
            .field("field", &self.field)
            .finish_non_exhaustive()
    }
}
