//! The traits that the derives implement.

use super::{FieldInfo, Key, ObjectKind, RowAccess};
use serde::de::MapAccess;

/// A table or a view of the account, as a Rust type.
///
/// Its columns are a constant of plain data, one public [`Column`](crate::Column) per field; a query's closures
/// receive it: `.filter(|c| c.email.is_not_null())`.
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// use caspio::advanced::Source;
///
/// assert_eq!(<Order as Source>::NAME, "Orders");
/// assert_eq!(<Order as Source>::COLUMNS.total.name(), "Total");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not bound to a Caspio table or view",
    note = "add `#[derive(CaspioTable)]` with `#[caspio(table = \"...\")]`, or `#[derive(CaspioView)]` with `#[caspio(view = \"...\")]`"
)]
pub trait Source: 'static {
    /// Table or view.
    const KIND: ObjectKind;
    /// Its name in Caspio.
    const NAME: &'static str;
    /// The struct of typed columns.
    type Columns: Copy + 'static;
    /// The typed columns.
    const COLUMNS: Self::Columns;
    /// The columns of passwords, which cannot be read.
    const PASSWORDS: &'static [&'static str] = &[];
    /// The columns that every insert needs, if a schema was known when this was compiled.
    const REQUIRED: &'static [&'static str] = &[];
}

/// A table of the account.
///
/// ```
/// use caspio::advanced::Record;
/// use caspio::{CaspioTable, Client, Table};
///
/// fn open<T: CaspioTable + Record>(caspio: &Client) -> Table<T> {
///     caspio.table()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a Caspio table",
    label = "this type has no `#[derive(CaspioTable)]`",
    note = "a view is read with `client.view::<{Self}>()`",
    note = "a projection of a table is read with `client.table::<...>().query().select::<{Self}>()`"
)]
pub trait CaspioTable: Source {}

/// A view of the account.
///
/// ```
/// use caspio::advanced::Record;
/// use caspio::{CaspioView, Client, View};
///
/// fn open<V: CaspioView + Record>(caspio: &Client) -> View<V> {
///     caspio.view()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a Caspio view",
    label = "this type has no `#[derive(CaspioView)]`",
    note = "a table is read with `client.table::<{Self}>()`",
    note = "a projection of a view is read with `client.view::<...>().query().select::<{Self}>()`"
)]
pub trait CaspioView: Source {}

/// A struct that a query can return: a record of a table or view, or a projection of one.
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// use caspio::advanced::Record;
///
/// fn columns<R: Record>() -> Vec<&'static str> {
///     R::FIELDS.iter().map(|field| field.name).collect()
/// }
/// assert_eq!(columns::<Member>(), ["PK_ID", "Email"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a Caspio record",
    note = "add `#[derive(CaspioTable)]` or `#[derive(CaspioView)]`; for a projection of one, `#[derive(CaspioRecord)]`"
)]
pub trait Record {
    /// The table or view it is read from.
    type Source: Source;
    /// This record with the lifetime of the page that it borrows from; `Self` if it borrows nothing.
    type At<'p>: Decode<'p>;
    /// The columns it requests, in the order of its fields.
    const FIELDS: &'static [FieldInfo];

    /// Returns this record's `PK_ID`, if the struct holds it.
    ///
    /// A struct without a field for it is also read by key: the query requests `PK_ID` in addition to the columns
    /// of the struct.
    fn key(&self) -> Option<Key> {
        None
    }
}

/// A record that can be read from a row of a response.
///
/// ```
/// use caspio::RecordMap;
/// use caspio::advanced::{Decode, FieldInfo, Record, RowAccess};
/// use serde::de::MapAccess;
///
/// struct Name(String);
///
/// impl Record for Name {
///     type Source = RecordMap;
///     type At<'p> = Self;
///     const FIELDS: &'static [FieldInfo] = &[FieldInfo::new("Name", "name").of::<String>("String")];
/// }
///
/// impl<'de> Decode<'de> for Name {
///     fn decode<A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<Self, A::Error> {
///         let mut name: Option<String> = None;
///         while row.next_field()?.is_some() {
///             row.read(&mut name)?;
///         }
///         Ok(Self(row.require(name, 0)?))
///     }
/// }
/// ```
pub trait Decode<'de>: Record + Sized {
    /// Reads all columns of the row.
    ///
    /// # Errors
    ///
    /// A column that is missing, or whose value the field cannot hold.
    fn decode<A: MapAccess<'de>>(row: RowAccess<'_, 'de, A>) -> Result<Self, A::Error>;
}

/// A record that borrows nothing from the response.
///
/// A struct that borrows, such as from `name: &'a str`, is decoded page by page: see [`Pages`](crate::read::Pages). It
/// cannot be collected or awaited.
///
/// ```
/// use caspio::advanced::DecodeOwned;
/// use caspio::{CaspioTable, Client};
///
/// async fn all<T: CaspioTable + DecodeOwned>(caspio: &Client) -> caspio::Result<Vec<T>> {
///     caspio.table::<T>().collect().await
/// }
/// ```
pub trait DecodeOwned: for<'de> Decode<'de> + Send + 'static {}

impl<T: for<'de> Decode<'de> + Send + 'static> DecodeOwned for T {}
