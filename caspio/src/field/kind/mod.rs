//! The kinds of columns, as marker types.
//!
//! [`FieldType::Kind`](super::FieldType::Kind) names one of them, and with it says which
//! comparisons a column of that type offers.

mod accepts;
mod classes;

pub use accepts::Accepts;
pub use classes::{AnyKind, Comparable, Logical, Numeric, Ordered, Readable, Temporal, Textual};

/// Text of any length, and what reads as text: Random ID, Prefixed Autonumber, File.
///
/// ```
/// # use caspio::field::{FieldType, kind};
/// struct Sku(String);
///
/// impl FieldType for Sku {
///     type Kind = kind::Text;
///     type Value = Self;
///     const EXPECTED: &'static str = "a stock number";
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Text {}

/// Whole numbers: Integer, Autonumber, `PK_ID` of a table.
///
/// ```
/// # use caspio::field::{FieldType, kind};
/// struct Quantity(u32);
///
/// impl FieldType for Quantity {
///     type Kind = kind::Integer;
///     type Value = Self;
///     const EXPECTED: &'static str = "a quantity";
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Integer {}

/// Numbers with a fraction, inexact: Number.
///
/// ```
/// # use caspio::field::{FieldType, kind};
/// struct Celsius(f64);
///
/// impl FieldType for Celsius {
///     type Kind = kind::Number;
///     type Value = Self;
///     const EXPECTED: &'static str = "a temperature";
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Number {}

/// Exact decimals: Currency.
///
/// ```
/// # use caspio::field::{FieldType, kind};
/// struct Price(caspio::Decimal);
///
/// impl FieldType for Price {
///     type Kind = kind::Currency;
///     type Value = Self;
///     const EXPECTED: &'static str = "a price";
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Currency {}

/// Date/Time and Timestamp, wall-clock time without a zone.
///
/// ```
/// # use caspio::field::{FieldType, kind};
/// struct Deadline(caspio::DateTime);
///
/// impl FieldType for Deadline {
///     type Kind = kind::DateTime;
///     type Value = Self;
///     const EXPECTED: &'static str = "a deadline";
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub enum DateTime {}

/// Yes/No.
///
/// ```
/// # use caspio::field::{FieldType, kind};
/// struct Consent(bool);
///
/// impl FieldType for Consent {
///     type Kind = kind::YesNo;
///     type Value = Self;
///     const EXPECTED: &'static str = "yes or no";
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub enum YesNo {}

/// GUID.
///
/// ```
/// # use caspio::field::{FieldType, kind};
/// struct Token(String);
///
/// impl FieldType for Token {
///     type Kind = kind::Guid;
///     type Value = Self;
///     const EXPECTED: &'static str = "a token";
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Guid {}

/// The three list types. Caspio cannot compare them.
///
/// ```
/// # use caspio::field::{FieldType, kind};
/// struct Tags(Vec<String>);
///
/// impl FieldType for Tags {
///     type Kind = kind::List;
///     type Value = Self;
///     const EXPECTED: &'static str = "tags";
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub enum List {}

/// Password, which is written and never read.
///
/// ```
/// use caspio::field::{FieldType, Password, kind};
///
/// fn is_never_read<T: FieldType<Kind = kind::Password>>() {}
///
/// is_never_read::<Password>();
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Password {}

/// A type that functions of the program convert, see `#[caspio(with = "...")]`.
///
/// ```
/// # use caspio::field::{FieldType, kind};
/// struct Raw(caspio::field::Any);
///
/// impl FieldType for Raw {
///     type Kind = kind::Opaque;
///     type Value = Self;
///     const EXPECTED: &'static str = "anything";
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Opaque {}
