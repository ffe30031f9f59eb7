//! The traits that the derives implement.

use super::{FieldInfo, ObjectKind, RowAccess};
use serde::de::MapAccess;
use std::borrow::Cow;
use std::fmt;

/// A table or a view of the account, as a Rust type.
///
/// Its columns are a constant of plain data, one public [`Column`](crate::Column) a field; a query's
/// closures receive it: `.filter(|c| c.email.is_not_null())`.
///
/// ```
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Orders")]
/// # struct Order { #[caspio(pk)] pk_id: i64, total: Decimal, status: String, placed: DateTime }
/// use caspio::record::Source;
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
/// use caspio::record::Record;
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
/// use caspio::record::Record;
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
/// # use caspio::prelude::*;
/// # #[derive(CaspioTable)] #[caspio(table = "Pets")]
/// # struct Pet { #[caspio(pk)] pk_id: i64, name: String }
/// use caspio::record::Record;
///
/// fn columns<R: Record>() -> Vec<&'static str> {
///     R::FIELDS.iter().map(|field| field.name).collect()
/// }
/// assert_eq!(columns::<Pet>(), ["PK_ID", "Name"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a Caspio record",
    note = "add `#[derive(CaspioTable)]` or `#[derive(CaspioView)]`; for a projection of one, `#[derive(CaspioRecord)]`"
)]
pub trait Record {
    /// The table or view it is read from.
    type Source: Source;
    /// This record with a lifetime for what it borrows from its page; `Self` if it borrows nothing.
    type At<'p>: Decode<'p>;
    /// The columns it requests, in the order of its fields.
    const FIELDS: &'static [FieldInfo];

    /// Returns this record's `PK_ID`, if the struct holds it.
    ///
    /// A struct without a field for it is also read by key: the query requests `PK_ID` in addition to the columns
    /// of the struct.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Pets")]
    /// # struct Pet { #[caspio(pk)] pk_id: i64, name: String }
    /// use caspio::record::Record;
    ///
    /// let pet = Pet { pk_id: 7, name: "Rex".to_owned() };
    /// assert_eq!(pet.key(), Some(Key::Id(7)));
    /// ```
    fn key(&self) -> Option<Key> {
        None
    }
}

/// A record that can be read from a row of a response.
///
/// ```
/// use caspio::RecordMap;
/// use caspio::record::{Decode, FieldInfo, Record, RowAccess};
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
    /// ```
    /// # use caspio::record::{Decode, RowAccess};
    /// # use serde::de::MapAccess;
    /// fn read<'de, R: Decode<'de>, A: MapAccess<'de>>(row: RowAccess<'_, 'de, A>) -> Result<R, A::Error> {
    ///     R::decode(row)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// A column that is missing, or whose value the field cannot hold.
    fn decode<A: MapAccess<'de>>(row: RowAccess<'_, 'de, A>) -> Result<Self, A::Error>;
}

/// A record that borrows nothing from the response.
///
/// ```
/// use caspio::record::DecodeOwned;
/// use caspio::{CaspioTable, Client};
///
/// async fn all<T: CaspioTable + DecodeOwned>(caspio: &Client) -> caspio::Result<Vec<T>> {
///     caspio.table::<T>().collect().await
/// }
/// ```
pub trait DecodeOwned: for<'de> Decode<'de> + Send + 'static {}

impl<T: for<'de> Decode<'de> + Send + 'static> DecodeOwned for T {}

/// A record's `PK_ID`: a number in a table, text in a view.
///
/// ```
/// use caspio::Key;
///
/// assert_eq!(Key::from(17_i64), Key::Id(17));
/// assert_eq!(Key::from("3,5").to_string(), "3,5");
/// ```
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(untagged)]
pub enum Key {
    /// A table's record.
    Id(i64),
    /// A view's record: the ids of its tables' records, joined by commas.
    Text(String),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

macro_rules! number_keys {
    ($($ty:ty),*) => {$(
        impl From<$ty> for Key {
            fn from(id: $ty) -> Self {
                Self::Id(id.into())
            }
        }
    )*};
}

number_keys!(i64, i32, u32);

/// Returns the number of a table's key; the error is the key of a view.
impl TryFrom<Key> for i64 {
    type Error = Key;

    fn try_from(key: Key) -> Result<Self, Key> {
        match key {
            Key::Id(id) => Ok(id),
            text => Err(text),
        }
    }
}

/// Returns the text of a view's key; the error is the key of a table.
impl TryFrom<Key> for String {
    type Error = Key;

    fn try_from(key: Key) -> Result<Self, Key> {
        match key {
            Key::Text(text) => Ok(text),
            id => Err(id),
        }
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Cow<'_, str>> for Key {
    fn from(text: Cow<'_, str>) -> Self {
        Self::Text(text.into_owned())
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A value that a record is found by: a number for a table, text for a view.
///
/// It is implemented for everything that converts into `K`, the key of a [`Handle`](crate::Handle).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key: records are found by `{K}` here",
    label = "not a key",
    note = "a table's key is a number, `i64`; a view's key is text, `String`",
    note = "to find a record by another column, use `.filter(|c| c.column.eq(value))`"
)]
pub trait IntoKey<K> {
    /// Converts the value.
    fn into_key(self) -> K;
}

#[diagnostic::do_not_recommend]
impl<T: Into<K>, K> IntoKey<K> for T {
    fn into_key(self) -> K {
        self.into()
    }
}

/// A type of a field that holds `PK_ID`: a [`Key`] can be made from it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a record's `PK_ID`",
    label = "not a key",
    note = "use `i64` in a table, `String` in a view",
    note = "or implement `Clone` for `{Self}`, and `From<{Self}>` for `caspio::Key`"
)]
pub trait AsKey {
    /// Returns the key.
    fn as_key(&self) -> Key;
}

#[diagnostic::do_not_recommend]
impl<T> AsKey for T
where
    for<'a> Key: From<&'a T>,
{
    fn as_key(&self) -> Key {
        self.into()
    }
}

impl<T: Clone + Into<Key>> From<&T> for Key {
    fn from(key: &T) -> Self {
        key.clone().into()
    }
}
