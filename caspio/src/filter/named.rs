//! Columns that are chosen at run time.

use super::{Aggregate, ColumnsByName};
use crate::Column;
use crate::column::IntoColumn;
use crate::expected::Expected;
use crate::field::{FieldType, kind};
use caspio_schema::Kind;
use std::borrow::Cow;
use std::marker::PhantomData;

/// A column by a name that is known only at run time, with values of type `U`; made by [`column_named`] and
/// [`ColumnsByName::column`].
#[derive(Clone, Debug)]
pub struct NamedColumn<U> {
    pub(crate) name: String,
    values: PhantomData<fn() -> U>,
}

/// Returns a column by its name, for conditions, orders, groups, aggregates and assignments. `U` is the Rust type of
/// its values.
///
/// It is for a table or view that has a struct, whose columns are otherwise the fields of the closure's argument. Where
/// records are maps, the argument has a method for it: [`c.column::<f64>(&name)`](ColumnsByName::column).
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// use caspio::filter::column_named;
///
/// # async fn example(caspio: Client, name: String) -> caspio::Result<()> {
/// let orders = caspio.table::<Order>().filter(|o| o.status.eq("Open"));
/// let total: Option<f64> = orders.sum(|_| column_named::<f64>(&name)).await?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn column_named<U: FieldType>(name: impl Into<String>) -> NamedColumn<U> {
    NamedColumn {
        name: name.into(),
        values: PhantomData,
    }
}

impl ColumnsByName {
    /// Returns a column by its name, for conditions, orders, groups, aggregates and assignments. `U` is the Rust type
    /// of its values, an `Option` or not. The name is quoted, so it may come from a user of the program; the service
    /// responds with an error if there is no such column.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// use caspio::filter::ColumnsByName;
    ///
    /// fn of_city(c: ColumnsByName, city: &str) -> Filter<RecordMap> {
    ///     c.column::<String>("City").eq(city) & c.column::<i32>("Age").ge(18)
    /// }
    ///
    /// # fn example(caspio: Client) {
    /// let adults = caspio.table_named("Contacts").filter(|c| of_city(c, "Rome"));
    /// # }
    /// ```
    #[must_use]
    pub fn column<U: FieldType>(self, name: &str) -> NamedColumn<U> {
        column_named(name)
    }
}

/// Aggregates over groups, for [`having`](crate::Query::having).
impl<U: FieldType> NamedColumn<U> {
    /// Returns the number of records of a group whose value is not null.
    #[must_use]
    pub fn count<S>(self) -> Aggregate<S, kind::Integer>
    where
        U::Kind: kind::Readable,
    {
        Aggregate::new("COUNT", self.name, false)
    }

    /// Returns the sum over a group.
    #[must_use]
    pub fn sum<S>(self) -> Aggregate<S, U::Kind>
    where
        U::Kind: kind::Numeric,
    {
        Aggregate::new("SUM", self.name, is_integer::<U>())
    }

    /// Returns the average over a group. As in T-SQL, that of whole numbers is a whole number.
    #[must_use]
    pub fn avg<S>(self) -> Aggregate<S, U::Kind>
    where
        U::Kind: kind::Numeric,
    {
        Aggregate::new("AVG", self.name, is_integer::<U>())
    }

    /// Returns the smallest value of a group.
    #[must_use]
    pub fn min<S>(self) -> Aggregate<S, U::Kind>
    where
        U::Kind: kind::Ordered,
    {
        Aggregate::new("MIN", self.name, false)
    }

    /// Returns the greatest value of a group.
    #[must_use]
    pub fn max<S>(self) -> Aggregate<S, U::Kind>
    where
        U::Kind: kind::Ordered,
    {
        Aggregate::new("MAX", self.name, false)
    }
}

/// Whether a column of this type is of kind Integer.
pub(crate) fn is_integer<U: FieldType<Kind: kind::Comparable>>() -> bool {
    <U::Kind as kind::Comparable>::KIND == Kind::Integer
}

/// A column with the Rust type of its values: `c.total`, or [`column_named::<f64>(name)`](column_named).
#[diagnostic::on_unimplemented(
    message = "the type of the values of `{Self}` is not known",
    label = "not a column with a type",
    note = "return a column of the closure's argument, `|c| c.total`, or a name with its type, `|_| column_named::<f64>(\"Total\")`; of a map, `|c| c.column::<f64>(\"Total\")`"
)]
pub trait TypedColumn {
    /// The Rust type of its values.
    type Field: FieldType;
}

impl<S, U: FieldType, A> TypedColumn for Column<S, U, A> {
    type Field = U;
}

impl<U: FieldType> TypedColumn for NamedColumn<U> {
    type Field = U;
}

impl<S, U> Expected<Column<S, ()>> for NamedColumn<U> {
    type Type = Self;
}

impl<S, U> IntoColumn<S> for NamedColumn<U> {
    fn into_name(self) -> Cow<'static, str> {
        Cow::Owned(self.name)
    }
}
