//! The families of Caspio types, as marker types.
//!
//! [`FieldType::Kind`](super::FieldType::Kind) names one of them, and with it says which
//! comparisons a column of that type offers.

/// Text of any length, and what reads as text: Random ID, Prefixed Autonumber, File.
#[derive(Clone, Copy, Debug)]
pub enum Text {}

/// Whole numbers: Integer, Autonumber, `PK_ID` of a table.
#[derive(Clone, Copy, Debug)]
pub enum Integer {}

/// Numbers with a fraction, inexact: Number.
#[derive(Clone, Copy, Debug)]
pub enum Number {}

/// Exact decimals: Currency.
#[derive(Clone, Copy, Debug)]
pub enum Currency {}

/// Date/Time and Timestamp, wall-clock time without a zone.
#[derive(Clone, Copy, Debug)]
pub enum DateTime {}

/// Yes/No.
#[derive(Clone, Copy, Debug)]
pub enum YesNo {}

/// GUID.
#[derive(Clone, Copy, Debug)]
pub enum Guid {}

/// The three list types. Caspio cannot compare them.
#[derive(Clone, Copy, Debug)]
pub enum List {}

/// A type that only the user's functions know, see `#[caspio(with = "...")]`.
#[derive(Clone, Copy, Debug)]
pub enum Opaque {}

/// Kinds whose values can be told equal or not: all but lists and converted types.
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` cannot be compared",
    label = "Caspio cannot compare this column",
    note = "list fields are not usable in `where`; a column read by `with` has no kind that is known"
)]
pub trait Comparable {
    /// Which kind it is.
    const TAG: Tag;
}

/// Kinds whose values have an order.
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` has no order",
    label = "this column offers no `lt`, `gt`, `between`, `asc` or `desc`"
)]
pub trait Ordered: Comparable {}

/// Text, which can be matched with patterns.
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` is not text",
    label = "`like`, `contains`, `starts_with` and `ends_with` need a text column"
)]
pub trait Textual: Ordered {}

/// Numbers, which can be added up.
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` is not a number",
    label = "`sum` and `avg` need a number column"
)]
pub trait Numeric: Ordered {
    /// What a sum of such numbers is.
    type Sum: for<'de> super::Field<'de> + 'static;
}

impl Numeric for Integer {
    type Sum = i64;
}

impl Numeric for Number {
    type Sum = f64;
}

impl Numeric for Currency {
    type Sum = crate::Decimal;
}

/// A comparable kind as a value, for what is decided at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tag {
    /// [`Text`]
    Text,
    /// [`Integer`]
    Integer,
    /// [`Number`]
    Number,
    /// [`Currency`]
    Currency,
    /// [`DateTime`]
    DateTime,
    /// [`YesNo`]
    YesNo,
    /// [`Guid`]
    Guid,
}

macro_rules! comparable {
    ($($kind:ident)*) => {
        $(impl Comparable for $kind {
            const TAG: Tag = Tag::$kind;
        })*
    };
}

macro_rules! kinds {
    ($mark:ident: $($kind:ident)*) => {
        $(impl $mark for $kind {})*
    };
}

comparable!(Text Integer Number Currency DateTime YesNo Guid);
kinds!(Ordered: Text Integer Number Currency DateTime);
kinds!(Textual: Text);
