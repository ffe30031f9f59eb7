//! Functions that generated code calls to write records, with their checks of columns and fields.

use super::{CaspioTable, CaspioView, FieldInfo, Row, Source};
use crate::column::{Column, Insertable};
use crate::field::{FieldType, FieldValue, Password, kind};

/// Returns the columns of the table that a record is inserted into.
#[must_use]
pub const fn table<S: CaspioTable>() -> S::Columns {
    <S as Source>::COLUMNS
}

/// Returns the columns of the view that a record is inserted into.
#[must_use]
pub const fn view<S: CaspioView>() -> S::Columns {
    <S as Source>::COLUMNS
}

/// Checks that a column can be set to values of a type.
#[must_use]
pub const fn set<T, S, U, A: Insertable>(column: Column<S, U, A>) -> &'static str
where
    T: FieldType,
    U: FieldType<Kind: kind::Accepts<T::Kind>>,
{
    column.name()
}

/// Checks that a column can be set, whatever the type of the value.
#[must_use]
pub const fn set_any<S, U, A: Insertable>(column: Column<S, U, A>) -> &'static str {
    column.name()
}

/// Returns the written columns of a record followed by its passwords, `N` in total.
#[must_use]
pub const fn writes<const N: usize>(read: &[FieldInfo], passwords: &[FieldInfo]) -> [FieldInfo; N] {
    let mut writes = [FieldInfo::new("", ""); N];
    let mut count = 0;
    let mut index = 0;
    while index < read.len() {
        if !read[index].read_only {
            writes[count] = read[index];
            count += 1;
        }
        index += 1;
    }
    index = 0;
    while index < passwords.len() {
        writes[count] = passwords[index];
        count += 1;
        index += 1;
    }
    writes
}

/// Creates a row from columns and their values, in the same order.
#[must_use]
pub fn row<'a>(columns: &'static [FieldInfo], values: &mut [FieldValue<'a>]) -> Row<'a> {
    let mut row = Row::with_capacity(columns.len());
    for (column, value) in columns.iter().zip(values) {
        row.push(column.name, std::mem::replace(value, FieldValue::Absent));
    }
    row
}

/// A field for a password.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a password",
    label = "a field marked `password` is a `caspio::Password`",
    note = "a column whose values are read is not marked `password`"
)]
pub trait Unread {
    /// Returns the value of the field in a record that was read.
    fn unread() -> Self;
}

impl Unread for Password {
    fn unread() -> Self {
        Self::unread()
    }
}
