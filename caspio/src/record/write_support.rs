//! What the derives' code for writing calls, and what it asks of columns and fields.

use super::{CaspioTable, CaspioView, FieldInfo, Row, Source};
use crate::column::{Column, Insertable};
use crate::field::{FieldType, FieldValue, Password, kind};

/// The columns of a table that a record is inserted into.
#[must_use]
pub const fn table<S: CaspioTable>() -> S::Columns {
    <S as Source>::COLUMNS
}

/// The columns of a view that a record is inserted into.
#[must_use]
pub const fn view<S: CaspioView>() -> S::Columns {
    <S as Source>::COLUMNS
}

/// A column that is set to values of a type.
#[must_use]
pub const fn set<T, S, U, A: Insertable>(column: Column<S, U, A>) -> &'static str
where
    T: FieldType,
    U: FieldType<Kind: kind::Accepts<T::Kind>>,
{
    column.name()
}

/// A column that is set to values of a type that is not looked at.
#[must_use]
pub const fn set_any<S, U, A: Insertable>(column: Column<S, U, A>) -> &'static str {
    column.name()
}

/// Those of a record's columns that are written, and its passwords after them: `N` together.
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

/// The values of the columns, in the same order.
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
    /// What stands in the field of a record that was read.
    fn unread() -> Self;
}

impl Unread for Password {
    fn unread() -> Self {
        Self::unread()
    }
}
