//! Keys of records: the key, what converts into one, and which fields hold one.

use super::{ObjectKind, PK_ID};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind};
use std::borrow::Cow;
use std::fmt;

/// A record's `PK_ID`: a number in a table, text in a view.
///
/// ```
/// use caspio::Key;
///
/// assert_eq!(Key::from(17_i64), Key::Id(17));
/// assert_eq!(Key::from("3,5").to_string(), "3,5");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(untagged)]
pub enum Key {
    /// A table's record.
    Id(i64),
    /// A view's record: the ids of its tables' records, joined by commas.
    Text(String),
}

/// Returns the error with the key of the record that it is about, as [`Error::key`] returns it.
pub(crate) fn with_key(error: Error, key: &Key) -> Error {
    error.with_key(format!("{PK_ID} {key}"))
}

impl Key {
    /// Returns the key of a response in the form that the keys of a table or view have: a number or a text.
    ///
    /// # Errors
    ///
    /// The key itself, if it has no such form.
    // The service documents one form for each kind, but responses of bulk writes have a table's keys as text.
    pub(crate) fn in_form_of(self, kind: ObjectKind) -> Result<Self, Self> {
        match (kind, self) {
            (ObjectKind::View, Self::Id(id)) => Ok(Self::Text(id.to_string())),
            (ObjectKind::Table, Self::Text(text)) => match text.parse::<i64>() {
                Ok(id) if id.to_string() == text => Ok(Self::Id(id)),
                _ => Err(Self::Text(text)),
            },
            (_, key) => Ok(key),
        }
    }
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

number_keys!(i64, i32, i16, i8, u32, u16, u8);

/// Returns the number of a table's key; that of a view is an error of kind `Refused`.
///
/// ```
/// use caspio::Key;
///
/// # fn example() -> caspio::Result<()> {
/// assert_eq!(i64::try_from(Key::from(17_i64))?, 17);
/// assert!(i64::try_from(Key::from("3,5")).is_err());
/// # Ok(())
/// # }
/// # example().unwrap();
/// ```
impl TryFrom<Key> for i64 {
    type Error = Error;

    fn try_from(key: Key) -> Result<Self, Error> {
        match key {
            Key::Id(id) => Ok(id),
            Key::Text(text) => Err(of_other_form(format!(
                "the key \"{text}\" is a text, which is the key of a view's record"
            ))),
        }
    }
}

/// Returns the text of a view's key; that of a table is an error of kind `Refused`.
impl TryFrom<Key> for String {
    type Error = Error;

    fn try_from(key: Key) -> Result<Self, Error> {
        match key {
            Key::Text(text) => Ok(text),
            Key::Id(id) => Err(of_other_form(format!(
                "the key {id} is a number, which is the key of a table's record"
            ))),
        }
    }
}

fn of_other_form(message: String) -> Error {
    Error::new(ErrorKind::Refused, message)
        .with_hint("a record is found by its key in the table or view that it was read from")
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
/// It is implemented for everything that converts into a [`Key`] and into `K`, the key of a [`Handle`](crate::Handle):
/// for a table `i64` and integers of up to 32 bits, for a view texts, for both your own types with these two
/// conversions, such as newtypes that derive `CaspioValue`; and for references to keys. `bool` and `char`, which
/// convert into numbers and texts as well, are not keys. `Form` distinguishes values from references; the compiler
/// infers it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a key: the keys here are `{K}`",
    label = "not a key",
    note = "a table's key is a number, `i64`; a view's key is text, `String`",
    note = "a key that is parsed or converted needs its type: `text.parse::<i64>()?`, `i64::try_from(number)?`, also that of a `Key`: `i64::try_from(key)?`",
    note = "records are found by other columns with `.filter(|c| c.column.eq(value))`, and written with `.update_where(|c| ..)` and `.delete_where(|c| ..)`"
)]
pub trait IntoKey<K, Form = ByValue> {
    /// Converts the value.
    fn into_key(self) -> K;
}

#[diagnostic::do_not_recommend]
impl<T: Into<K> + Into<Key>, K> IntoKey<K> for T {
    fn into_key(self) -> K {
        self.into()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Copy + Into<i64> + Into<Key>> IntoKey<i64, ByReference> for &T {
    fn into_key(self) -> i64 {
        (*self).into()
    }
}

macro_rules! references {
    ($($ty:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntoKey<String, ByReference> for &$ty {
            fn into_key(self) -> String {
                self.to_string()
            }
        }
    )*};
}

references!(&str, &String, Cow<'_, str>);

/// The form of a key that is passed by value.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum ByValue {}

/// The form of a key that is passed by reference.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum ByReference {}

/// A type of a field that holds `PK_ID`: a [`Key`] can be made from it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a record's `PK_ID`",
    label = "not a key",
    note = "use `i64` in a table, `String` in a view",
    note = "or derive `Clone` and `caspio::CaspioValue` for a struct with one of these in it, or implement `Clone` for `{Self}`, and `From<{Self}>` for `caspio::Key`"
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_the_other_form_is_taken_where_it_is_unambiguous() {
        let text = |text: &str| Key::from(text);
        for (kind, key, expected) in [
            (ObjectKind::Table, text("7"), Ok(Key::Id(7))),
            (ObjectKind::Table, text("-7"), Ok(Key::Id(-7))),
            (ObjectKind::Table, Key::Id(7), Ok(Key::Id(7))),
            (ObjectKind::View, Key::Id(7), Ok(text("7"))),
            (ObjectKind::View, text("12,7"), Ok(text("12,7"))),
            (ObjectKind::Table, text("007"), Err(text("007"))),
            (ObjectKind::Table, text("12,7"), Err(text("12,7"))),
            (ObjectKind::Table, text(""), Err(text(""))),
        ] {
            assert_eq!(key.in_form_of(kind), expected);
        }
    }
}
