//! Field types: which Rust types a column can be read into, and how.
//!
//! | Caspio | Rust |
//! |---|---|
//! | Text (255), Text (64000), Random ID, Prefixed Autonumber, File, Attachment | `String`, `Box<str>`, `Cow<str>`, `&str` |
//! | Integer, Autonumber | `i8` to `i64`, `u8` to `u64` |
//! | Number | `f64`, `f32`, the integers (a fraction is an error), `Decimal` |
//! | Currency | `Decimal`, exact: the value never passes through `f64` |
//! | Date/Time, Timestamp | [`DateTime`](crate::DateTime), [`Date`](crate::Date); `chrono::NaiveDateTime`, `chrono::NaiveDate` (feature `chrono`); `time::PrimitiveDateTime`, `time::Date` (feature `time`) |
//! | Yes/No | `bool` |
//! | GUID | `uuid::Uuid` (feature `uuid`), `String` |
//! | List | [`List`] of `String`, a number or a date |
//! | Password | [`Password`], written only |
//! | any | [`Any`], which is `serde_json::Value` |
//!
//! A Number is a float. A write of a whole number or `Decimal` with more digits than a float keeps is refused, and so
//! is a float for Currency that has more than four decimal places or may be a rounded amount of more than 15 digits.
//! Untyped rows are checked in the same way, and so are their fractions for an Integer, which would store the whole
//! part, and their texts of numbers and of dates with a zone; the first of these reads the fields, one call per client.
//! Where the fields are known, an amount beyond Currency's range, up to 922337203685477.5807 (SQL Server's `money`), is
//! refused, too. On v2, which does not return the fields of views, untyped rows and a `Decimal` of up to four places
//! cannot be checked for a view.
//!
//! A Date/Time has years from 1753 to 9999 and, as SQL Server's `datetime`, steps of 1/300 s (inferred, facts
//! `first-year`, `steps-of-a-second` and `last-moment-of-a-day` of `caspio-conform`): `.001` is stored as `.000` and
//! `.999` as the next second. The last millisecond of a day is sent as `23:59:59.997`, so that it stays on its day, and
//! a condition that a column equals it compares with `.997` as well. A text for a Date/Time in another notation, such
//! as with a decimal comma or with the month first, is sent as ISO 8601 where the fields are known.
//!
//! For a column that may be null, use an `Option` of one of these. A column that a write may omit is a [`Patch`].
//!
//! # Types of your own
//!
//! [`#[derive(CaspioValue)]`](derive@crate::CaspioValue) makes a struct with one field a type for the columns of that
//! field's type, and an enum a type for words. For other types implement [`FieldType`], [`Field`] to be read and
//! [`ToValue`] to be written.

pub(crate) mod any_number;
mod blank;
#[cfg(feature = "chrono")]
pub(crate) mod chrono_dates;
mod dates;
mod decimal;
mod json;
mod list;
mod numbers;
mod optional;
mod password;
mod patch;
#[cfg(feature = "serde")]
mod serde_impls;
mod text;
#[cfg(feature = "time")]
pub(crate) mod time_dates;
mod to_value;
#[cfg(feature = "uuid")]
mod uuid;
pub(crate) mod words;

#[doc(hidden)]
pub mod kind;

#[doc(hidden)]
pub use crate::value::CanonicalKey;
pub use crate::value::FieldValue;
pub(crate) use decimal::{exact, spelled};
pub(crate) use json::is_amount;
pub use list::List;
pub use password::Password;
pub use patch::Patch;
pub use to_value::ToValue;
pub(crate) use to_value::same_digits;
pub use words::Words;

/// The source that a value is read from: serde's trait, for types that are written or generated without serde.
pub use serde::de::Deserializer;
/// Any value of any column, as JSON: for types that the SDK does not know.
pub use serde_json::Value as Any;

/// A Rust type for the values of a column.
///
/// ```
/// use caspio::field::{FieldType, kind};
///
/// struct Sku(String);
///
/// impl FieldType for Sku {
///     type Kind = kind::Text;
///     type Value = Self;
///     const EXPECTED: &'static str = "a stock number";
/// }
///
/// assert_eq!(<Option<Sku> as FieldType>::EXPECTED, "a stock number");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold a Caspio column",
    label = "not a field type",
    note = "use a string, a number (`i64` for a `usize`), `bool`, `Decimal`, `DateTime`, `Date`, `Uuid`, `List<T>` or an `Option` of one of these",
    note = "or derive `caspio::CaspioValue` for a type of your own, or name functions with `#[caspio(with = \"module\")]`"
)]
pub trait FieldType {
    /// The kind of column it holds, which decides which comparisons a column offers.
    type Kind: kind::AnyKind;
    /// The type of a value that is not null: `Self`, and for an `Option` the type in it.
    type Value;
    /// The values it holds, for error messages: `a whole number`.
    const EXPECTED: &'static str;
    /// Whether it holds null.
    const NULLABLE: bool = false;
}

/// A field type that is read from the JSON of a response.
///
/// ```
/// use caspio::field::{Field, FieldType, kind};
/// use serde::de::{Deserializer, Error};
///
/// enum Status { Open, Closed }
///
/// impl FieldType for Status {
///     type Kind = kind::Text;
///     type Value = Self;
///     const EXPECTED: &'static str = "`Open` or `Closed`";
/// }
///
/// impl<'de> Field<'de> for Status {
///     fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
///         match String::read(value)?.as_str() {
///             "Open" => Ok(Self::Open),
///             "Closed" => Ok(Self::Closed),
///             other => Err(D::Error::custom(format!("unknown status {other:?}"))),
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a Caspio column",
    label = "not a field type that can be read",
    note = "use a string, a number (`i64` for a `usize`), `bool`, `Decimal`, `DateTime`, `Date`, `Uuid`, `List<T>` or an `Option` of one of these",
    note = "or derive `caspio::CaspioValue` for a type of your own, or name functions with `#[caspio(with = \"module\")]`",
    note = "a `Password` is written and never read: a table marks its field with `#[caspio(password)]`"
)]
pub trait Field<'de>: FieldType + Sized {
    /// Reads the value.
    ///
    /// # Errors
    ///
    /// The value does not fit the type; the message is shown after the name of the column.
    fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error>;

    /// Reads the value of a column that may be null: `None` for null.
    ///
    /// An `Option` in a record is read by it. For numbers it is `None` for an empty text as well, which Caspio has been
    /// seen to send for a blank Number.
    ///
    /// # Errors
    ///
    /// The value is not null and does not fit the type.
    fn read_nullable<D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
        optional::read(value)
    }

    /// Returns the value for a column that the response does not contain; `None` makes that an error.
    #[must_use]
    fn absent() -> Option<Self> {
        None
    }
}
