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

/// Password, which is written and never read.
#[derive(Clone, Copy, Debug)]
pub enum Password {}

/// A type that only the user's functions know, see `#[caspio(with = "...")]`.
#[derive(Clone, Copy, Debug)]
pub enum Opaque {}

/// Any of the kinds.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a kind of Caspio column",
    note = "use one of `caspio::field::kind`: `Text`, `Integer`, `Number`, `Currency`, `DateTime`, `YesNo`, `Guid`, `List`, `Opaque`"
)]
pub trait AnyKind {
    /// The kind as a value; none for [`Password`] and [`Opaque`].
    const KIND: Option<crate::schema::Kind>;
}

/// Kinds whose columns can be asked about: all but passwords.
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` cannot be read, tested or counted",
    label = "Caspio tells nothing of this column",
    note = "a password is set by inserts and updates, and that is all"
)]
pub trait Readable {}

/// Kinds whose values can be told equal or not: all but lists, passwords and converted types.
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` cannot be compared, sorted or grouped by",
    label = "Caspio cannot compare this column",
    note = "Caspio takes no list fields in a condition; to narrow by one, read the records and look at their `List`",
    note = "passwords are never read"
)]
pub trait Comparable {
    /// Which kind it is.
    const TAG: Tag;
    /// The kind of the values that it is compared with: itself.
    type Values;
}

/// Kinds whose values have an order.
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` has no order",
    label = "this column offers no `lt`, `gt`, `between`, `asc`, `desc`, `min` or `max`",
    note = "text, numbers and dates have an order; a Yes/No column offers `is_true()` and `is_false()`"
)]
pub trait Ordered: Comparable {}

/// Text, which can be matched with patterns.
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` is not text",
    label = "`like`, `contains`, `starts_with` and `ends_with` need a text column",
    note = "to compare a value as a whole, use `eq`, `ne` or `in_`"
)]
pub trait Textual: Ordered {}

/// Yes/No, which is a condition by itself.
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` is not Yes/No",
    label = "`is_true` and `is_false` need a Yes/No column",
    note = "for null, use `is_null()` or `is_not_null()`"
)]
pub trait Logical: Comparable {}

/// Dates, which calendar arithmetic is for.
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` is not a date",
    label = "`on`, `since`, `before_now` and `in_the_next` need a Date/Time column"
)]
pub trait Temporal: Ordered {}

/// Numbers, which can be added up.
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` is not a number",
    label = "`sum` and `avg` need a number column",
    note = "of text and dates there are `min()`, `max()` and `count()`"
)]
pub trait Numeric: Ordered {
    /// What a sum of such numbers is.
    type Sum: for<'de> super::Field<'de> + 'static;
}

#[diagnostic::do_not_recommend]
impl Numeric for Integer {
    type Sum = i64;
}

#[diagnostic::do_not_recommend]
impl Numeric for Number {
    type Sum = f64;
}

#[diagnostic::do_not_recommend]
impl Numeric for Currency {
    type Sum = crate::Decimal;
}

/// Kinds of columns that can be set to values of kind `K`.
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` cannot be set to a value of kind `{K}`",
    label = "this value does not fit the column",
    note = "what columns take: `Text` text, `Integer` whole numbers, `Number` any number, `Currency` `Decimal` as in `dec!(1.50)` or whole numbers, `DateTime` `DateTime` or `Date`, `YesNo` `bool`, `List` a `List`",
    note = "a column is set to null by `set_null(|c| c.column)`"
)]
pub trait Accepts<K> {}

impl<K> Accepts<K> for K {}

macro_rules! accepts {
    ($($column:ident: $($value:ident)*;)*) => {$($(
        #[diagnostic::do_not_recommend]
        impl Accepts<$value> for $column {}
    )*)*};
}

accepts! {
    Number: Integer Currency;
    Currency: Integer;
    Guid: Text;
    Opaque: Text Integer Number Currency DateTime YesNo Guid List;
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

macro_rules! any {
    ($($kind:ident)*) => {
        $(#[diagnostic::do_not_recommend]
        impl AnyKind for $kind {
            const KIND: Option<crate::schema::Kind> = Some(crate::schema::Kind::$kind);
        })*
    };
}

#[diagnostic::do_not_recommend]
impl AnyKind for Password {
    const KIND: Option<crate::schema::Kind> = Some(crate::schema::Kind::Password);
}

#[diagnostic::do_not_recommend]
impl AnyKind for Opaque {
    const KIND: Option<crate::schema::Kind> = None;
}

macro_rules! comparable {
    ($($kind:ident)*) => {
        $(#[diagnostic::do_not_recommend]
        impl Comparable for $kind {
            const TAG: Tag = Tag::$kind;
            type Values = Self;
        })*
    };
}

macro_rules! kinds {
    ($mark:ident: $($kind:ident)*) => {
        $(#[diagnostic::do_not_recommend]
        impl $mark for $kind {})*
    };
}

any!(Text Integer Number Currency DateTime YesNo Guid List);
comparable!(Text Integer Number Currency DateTime YesNo Guid);
kinds!(Readable: Text Integer Number Currency DateTime YesNo Guid List Opaque);
kinds!(Ordered: Text Integer Number Currency DateTime);
kinds!(Textual: Text);
kinds!(Logical: YesNo);
kinds!(Temporal: DateTime);
