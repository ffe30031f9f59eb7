//! The columns of a table or view that is named at run time.

use super::Source;
use std::ops::Index;

/// The columns of a table or view whose records are [maps](crate::RecordMap), for the closures of queries and writes:
/// [`column`](Self::column) returns one by its name. `c.city` and `c["City"]` do not compile, because neither gives the
/// type of the column's values.
///
/// ```no_run
/// # use caspio::prelude::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let contacts = caspio.table_named("Contacts");
/// let in_rome = contacts.filter(|c| c.column::<String>("City").eq("Rome"));
/// let oldest = in_rome.order_by(|c| c.column::<i32>("Age").desc()).limit(10).collect().await?;
///
/// contacts.update(7).set(|c| c.column::<String>("City").to("Rome")).await?;
/// contacts.delete_where(|c| c.column::<DateTime>("Joined").is_null()).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ColumnsByName(pub(super) ());

/// A table or view whose records are maps, so that its columns are chosen by their names.
#[diagnostic::on_unimplemented(
    message = "the columns of `{Self}` are chosen by a struct, not by their names",
    label = "not a table or view whose records are maps",
    note = "declare the columns as a struct with `#[derive(CaspioRecord)] #[caspio(of = {Self})]`, and read it by `.select::<TheStruct>()`",
    note = "the records of `caspio.table_named(\"Contacts\")` are maps"
)]
pub trait SourceOfMaps: Source {}

/// Does not compile: an index gives no type for the values. The bound's message names [`ColumnsByName::column`].
#[doc(hidden)]
impl<N: TypedName> Index<N> for ColumnsByName {
    type Output = N::Column;

    fn index(&self, name: N) -> &N::Column {
        name.column()
    }
}

/// A name with the type of its column's values: no type has it.
#[diagnostic::on_unimplemented(
    message = "a column that is given by its name needs the type of its values",
    label = "a name without a type",
    note = "write `c.column::<String>(\"City\")`, with the Rust type of the column's values"
)]
pub trait TypedName {
    /// The column.
    type Column: ?Sized;

    /// Returns the column.
    fn column<'c>(self) -> &'c Self::Column;
}
