//! The compiler's message for a query that is used to write.

use super::query::Query;
use crate::record::Record;

/// A query that writes. There is none.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a query only reads",
    label = "a query neither updates nor deletes",
    note = "write by a condition: `contacts.delete_where(|c| c.email.is_null())`, `contacts.update_where(..)`; by a key: `contacts.delete(7)`, `contacts.update(7)`",
    note = "to write every record: `contacts.delete_all()`, `contacts.update_all()`",
    note = "a view is written through `view.writable()`"
)]
pub trait Writes {}

impl<R: Record> Query<R> {
    #[doc(hidden)]
    pub fn update(self)
    where
        Self: Writes,
    {
    }

    #[doc(hidden)]
    pub fn delete(self)
    where
        Self: Writes,
    {
    }
}
