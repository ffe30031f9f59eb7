//! Traits that the derives implement, or a program by hand: records without a derive, field types of your
//! own, and the traits behind columns and conditions.
//!
//! | for | see |
//! |---|---|
//! | a record without a derive | [`Source`], [`Record`], [`Decode`], [`RowAccess`], [`ToRow`], [`Row`], [`FieldInfo`] |
//! | the kinds of columns, for a [`FieldType`](crate::field::FieldType) | [`kind`] |
//! | code that is generic over records | [`Record`], [`DecodeOwned`], [`AsKey`], [`IntoKey`], [`Access`], [`WriteAccess`] |
//! | which columns can be written, and how they are given | [`IntoColumn`], [`TypedColumn`], [`PasswordColumn`], [`Assignments`], [`Nullable`], [`SetsColumns`], [`UpdateTarget`], [`Settable`], [`Insertable`], [`ReadOnly`], [`InsertOnly`], [`Writable`] |
//! | values in conditions and orders | [`ToLiteral`], [`IntoSpan`], [`Literal`], [`BindValue`], [`BindValues`], [`IntoFilter`], [`IntoCondition`], [`IntoGroupCondition`], [`IntoOrder`], [`GroupColumns`] |
//! | records as maps | [`MapValue`], [`SourceOfMaps`] |
//! | what `BlockingRuntime::iter` reads | `IntoStream` |
//! | records of rows that may have been inserted already | [`RowLookup`] |
//! | closures that are given the columns | [`FilterFn`], [`ConditionFn`], [`OrderFn`], [`GroupFn`], [`HavingFn`], [`ColumnFn`], [`AssignFn`], [`Expected`], [`Returns`] |

#[cfg(feature = "blocking")]
pub use crate::blocking::IntoStream;
pub use crate::bulk::IntoRow;
pub use crate::column::{InsertOnly, Insertable, IntoColumn, ReadOnly, Settable, Writable};
pub use crate::expected::{Expected, Returns};
pub use crate::field::kind;
pub use crate::filter::literal::{Literal, ToLiteral};
pub use crate::filter::{
    BindValue, BindValues, ColumnFn, ConditionFn, FilterFn, GroupColumns, GroupFn, HavingFn,
    IntoCondition, IntoFilter, IntoGroupCondition, IntoOrder, IntoSpan, OrderFn, TypedColumn,
};
pub use crate::handle::{Access, TableAccess, ViewAccess, WritableViewAccess, WriteAccess};
pub use crate::password::PasswordColumn;
pub use crate::record::{
    AsKey, Decode, DecodeOwned, FieldInfo, IntoKey, MapValue, ObjectKind, Origin, Record, Row,
    RowAccess, Source, SourceOfMaps, ToRow,
};
pub use crate::schema::VerifySet;
pub use crate::write::{
    AssignFn, Assignments, FoundRow, Nullable, RowLookup, SetsColumns, UpdateTarget,
};
