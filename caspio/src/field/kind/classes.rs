//! Classes of kinds: which operations the columns of a kind offer.

use super::{Currency, DateTime, Guid, Integer, List, Number, Opaque, Password, Text, YesNo};
use crate::field::Field;

/// Any of the kinds.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a kind of Caspio column",
    note = "use one of `caspio::field::kind`: `Text`, `Integer`, `Number`, `Currency`, `DateTime`, `YesNo`, `Guid`, `List`, `Opaque`"
)]
pub trait AnyKind {
    /// The kind as a value; none for [`Password`] and [`Opaque`].
    const KIND: Option<caspio_schema::Kind>;
}

/// Kinds whose columns can be read: all but passwords.
///
/// ```
/// # mod setup { include!("../../doc_setup.rs"); } use setup::*;
/// use caspio::field::{FieldType, kind};
///
/// fn filled<S, U: FieldType<Kind: kind::Readable>, A>(column: Column<S, U, A>) -> Filter<S> {
///     column.is_not_null()
/// }
///
/// assert_eq!(filled(Contact::COLUMNS.city).to_sql(), "City IS NOT NULL");
/// ```
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` cannot be read, tested or counted",
    label = "Caspio never returns this column",
    note = "a password can only be written, by inserts and `set_password`"
)]
pub trait Readable {}

/// Kinds whose values can be compared: all but lists, passwords and converted types.
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` cannot be compared, sorted or grouped by",
    label = "Caspio cannot compare this column",
    note = "Caspio does not accept list fields in a condition; read the records and compare their `List`s",
    note = "passwords are never read"
)]
pub trait Comparable {
    /// The kind as a value.
    const KIND: caspio_schema::Kind;
    /// The kind of the values that it is compared with: itself.
    type Values;
}

/// Kinds of columns that records are sorted by: text, numbers, dates and Yes/No.
///
/// ```
/// # mod setup { include!("../../doc_setup.rs"); } use setup::*;
/// use caspio::field::{FieldType, kind};
/// use caspio::filter::Order;
///
/// fn backwards<S, U: FieldType<Kind: kind::Sortable>, A>(column: Column<S, U, A>) -> Order<S> {
///     column.desc()
/// }
///
/// assert_eq!(format!("{:?}", backwards(Contact::COLUMNS.age)), "Order(\"Age DESC\")");
/// ```
#[diagnostic::on_unimplemented(
    message = "records cannot be sorted by a column of kind `{Self}`",
    label = "this column offers no `asc` or `desc`",
    note = "sort by columns of text, numbers, dates or Yes/No"
)]
pub trait Sortable: Comparable {}

/// Kinds whose values have an order: text, numbers and dates.
///
/// ```
/// # mod setup { include!("../../doc_setup.rs"); } use setup::*;
/// use caspio::field::{FieldType, kind};
/// use caspio::filter::Aggregate;
///
/// fn greatest<S, U: FieldType<Kind: kind::Ordered>, A>(column: Column<S, U, A>) -> Aggregate<S, U::Kind> {
///     column.max()
/// }
///
/// assert_eq!(greatest(Contact::COLUMNS.age).gt(7).to_sql(), "MAX(Age) > 7");
/// ```
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` has no order",
    label = "this column offers no `lt`, `gt`, `between`, `min` or `max`",
    note = "text, numbers and dates have an order; a Yes/No column offers `is_true()` and `is_false()`"
)]
pub trait Ordered: Sortable {}

/// Text, which can be matched with patterns.
///
/// ```
/// # mod setup { include!("../../doc_setup.rs"); } use setup::*;
/// use caspio::field::{FieldType, kind};
///
/// fn mentions<S, U: FieldType<Kind: kind::Textual>, A>(column: Column<S, U, A>, word: &str) -> Filter<S> {
///     column.contains(word)
/// }
///
/// assert_eq!(mentions(Contact::COLUMNS.city, "New").to_sql(), "City LIKE N'%New%'");
/// ```
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` is not text",
    label = "`like`, `contains`, `starts_with` and `ends_with` need a text column",
    note = "to compare a value as a whole, use `eq`, `ne` or `in_`"
)]
pub trait Textual: Ordered {}

/// Yes/No.
///
/// ```
/// # mod setup { include!("../../doc_setup.rs"); } use setup::*;
/// use caspio::field::{FieldType, kind};
///
/// fn is_set<S, U: FieldType<Kind: kind::Logical>, A>(column: Column<S, U, A>) -> Filter<S> {
///     column.is_true()
/// }
///
/// assert_eq!(is_set(Contact::COLUMNS.active).to_sql(), "Active = 1");
/// ```
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` is not Yes/No",
    label = "`is_true` and `is_false` need a Yes/No column",
    note = "for null, use `is_null()` or `is_not_null()`"
)]
pub trait Logical: Comparable {}

/// Dates, which support calendar arithmetic.
///
/// ```
/// # mod setup { include!("../../doc_setup.rs"); } use setup::*;
/// use caspio::field::{FieldType, kind};
///
/// fn past<S, U: FieldType<Kind: kind::Temporal>, A>(column: Column<S, U, A>) -> Filter<S> {
///     column.before_now()
/// }
///
/// assert_eq!(past(Contact::COLUMNS.joined).to_sql(), "Joined < GETDATE()");
/// ```
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` is not a date",
    label = "`on`, `since`, `before_now` and `in_the_next` need a Date/Time column"
)]
pub trait Temporal: Ordered {}

/// Numbers, which can be summed.
///
/// ```no_run
/// # mod setup { include!("../../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let orders = caspio.table::<Order>();
/// let quantity: Option<i64> = orders.query().sum(|o| o.quantity).await?;
/// let total: Option<Decimal> = orders.query().sum(|o| o.total).await?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "a column of kind `{Self}` is not a number",
    label = "`sum` and `avg` need a number column",
    note = "of text and dates there are `min()`, `max()` and `count()`"
)]
pub trait Numeric: Ordered {
    /// The type of a sum, and of an average.
    type Sum: for<'de> Field<'de> + 'static;
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

macro_rules! any {
    ($($kind:ident)*) => {
        $(#[diagnostic::do_not_recommend]
        impl AnyKind for $kind {
            const KIND: Option<caspio_schema::Kind> = Some(caspio_schema::Kind::$kind);
        })*
    };
}

#[diagnostic::do_not_recommend]
impl AnyKind for Password {
    const KIND: Option<caspio_schema::Kind> = Some(caspio_schema::Kind::Password);
}

#[diagnostic::do_not_recommend]
impl AnyKind for Opaque {
    const KIND: Option<caspio_schema::Kind> = None;
}

macro_rules! comparable {
    ($($kind:ident)*) => {
        $(#[diagnostic::do_not_recommend]
        impl Comparable for $kind {
            const KIND: caspio_schema::Kind = caspio_schema::Kind::$kind;
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
kinds!(Sortable: Text Integer Number Currency DateTime YesNo);
kinds!(Ordered: Text Integer Number Currency DateTime);
kinds!(Textual: Text);
kinds!(Logical: YesNo);
kinds!(Temporal: DateTime);
