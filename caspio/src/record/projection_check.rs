//! Compile-time checks of a projection against the columns of its table.
//!
//! The functions return the name of their column; the checks are their bounds.

use super::PK_ID;
use super::{FieldInfo, Source};
use crate::column::Column;
use crate::field::{FieldType, kind};

/// A type that can hold the values of a column of type `U`.
///
/// Whether a column may be null is not checked: a query may exclude its nulls.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold the values of a column of type `{U}`",
    label = "the column holds `{U}`",
    note = "use `{U}`, another type for the same kind of column, or an `Option` of one"
)]
pub trait Holds<U> {}

#[diagnostic::do_not_recommend]
impl<T, U> Holds<U> for T
where
    T: FieldType<Kind: Takes<U::Kind>>,
    U: FieldType,
{
}

/// Stands for a type that is not checked.
#[derive(Debug)]
pub struct Unchecked;

#[diagnostic::do_not_recommend]
impl<U> Holds<U> for Unchecked {}

/// A kind whose types take the values of another kind.
pub trait Takes<K> {}

macro_rules! takes {
    ($($column:ident: $($value:ident)*;)*) => {$($(
        impl Takes<kind::$value> for kind::$column {}
    )*)*};
}

takes! {
    Text: Text Guid;
    Integer: Integer;
    Number: Number Integer;
    Currency: Currency Number Integer;
    DateTime: DateTime;
    YesNo: YesNo;
    Guid: Guid;
    List: List;
    Opaque: Opaque;
}

/// Every type accepts a password, so that [`column`] can report in its own message that passwords are never read.
impl<T> Takes<kind::Password> for T {}

/// Selects a column unchanged.
#[must_use]
#[track_caller]
pub const fn column<T: Holds<U>, S: Source, U, A>(column: Column<S, U, A>) -> &'static str {
    let name = readable(column);
    assert!(
        !name.eq_ignore_ascii_case(PK_ID),
        "this column is the record's key: mark the field with `#[caspio(pk)]`"
    );
    name
}

/// Returns the name of a column that can be read.
#[track_caller]
const fn readable<S: Source, U, A>(column: Column<S, U, A>) -> &'static str {
    assert!(
        !is_in(column.name(), S::PASSWORDS),
        "this column holds passwords, which are never read: leave the field out"
    );
    column.name()
}

const fn is_in(name: &str, names: &[&str]) -> bool {
    let mut index = 0;
    while index < names.len() {
        if names[index].eq_ignore_ascii_case(name) {
            return true;
        }
        index += 1;
    }
    false
}

/// Checks that a projection uses no name twice.
#[track_caller]
pub const fn distinct(fields: &[FieldInfo]) {
    let mut index = 0;
    while index < fields.len() {
        let mut before = 0;
        while before < index {
            assert!(
                !fields[before].name.eq_ignore_ascii_case(fields[index].name),
                "two fields have one name: give what is computed another by `rename`"
            );
            before += 1;
        }
        index += 1;
    }
}

/// Counts records.
#[must_use]
pub const fn records<T: Holds<i64>>() -> &'static str {
    ""
}

/// Counts the values that are not null.
#[must_use]
#[track_caller]
pub const fn count<T: Holds<i64>, S: Source, U, A>(column: Column<S, U, A>) -> &'static str {
    readable(column)
}

/// Sums numbers.
#[must_use]
pub const fn sum<T, S, U, A>(column: Column<S, U, A>) -> &'static str
where
    U: FieldType<Kind: kind::Numeric>,
    T: Holds<<U::Kind as kind::Numeric>::Sum>,
{
    column.name()
}

/// Averages numbers.
#[must_use]
pub const fn avg<T, S, U, A>(column: Column<S, U, A>) -> &'static str
where
    U: FieldType<Kind: kind::Numeric>,
    T: Holds<U>,
{
    column.name()
}

/// Selects the minimum or maximum.
#[must_use]
pub const fn extreme<T, S, U, A>(column: Column<S, U, A>) -> &'static str
where
    U: FieldType<Kind: kind::Ordered>,
    T: Holds<U>,
{
    column.name()
}
