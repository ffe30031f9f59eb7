//! The order of records.

use super::NamedColumn;
use crate::Column;
use crate::column::IntoColumn;
use crate::field::FieldType;
use crate::field::kind;
use caspio_schema::Kind;
use std::fmt;
use std::marker::PhantomData;

/// One term of an order: a column and its direction.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// use caspio::filter::Order;
///
/// fn sorted(by_age: bool) -> Order<Contact> {
///     let c = Contact::COLUMNS;
///     if by_age { c.age.desc() } else { c.city.asc() }
/// }
///
/// let contacts = caspio.table::<Contact>().order_by(|_| sorted(true)).collect().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "an order does nothing until a query takes it"]
pub struct Order<S> {
    pub(crate) term: OrderTerm,
    source: PhantomData<fn() -> S>,
}

/// One term of an order without its type.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderTerm {
    pub(crate) name: String,
    pub(crate) descending: bool,
    pub(crate) kind: Kind,
    /// Whether the name is that of an aggregate, `COUNT(Age)`, until the field of the struct is known that holds it.
    pub(crate) is_aggregate: bool,
}

impl<S> Order<S> {
    fn new(name: &str, descending: bool, kind: Kind) -> Self {
        Self {
            term: OrderTerm {
                name: name.to_owned(),
                descending,
                kind,
                is_aggregate: false,
            },
            source: PhantomData,
        }
    }

    /// Sorts by an aggregate of groups.
    pub(super) fn by_aggregate(name: &str, descending: bool, kind: Kind) -> Self {
        let mut order = Self::new(name, descending, kind);
        order.term.is_aggregate = true;
        order
    }

    /// Sorts the smallest values of a column first, after nulls, and No before Yes: a column that is chosen at run
    /// time, by its name. `U` is the Rust type of its values. The same as
    /// [`column_named::<U>(name).asc()`](NamedColumn::asc), also for a name that a projection gives to an expression.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// use caspio::filter::Order;
    ///
    /// # async fn example(caspio: Client, name: String) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let sorted = contacts.order_by(|_| Order::asc::<i32>(name)).collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn asc<U: FieldType<Kind: kind::Sortable>>(column: impl IntoColumn<S>) -> Self {
        Self::new(
            &column.into_name(),
            false,
            <U::Kind as kind::Comparable>::KIND,
        )
    }

    /// Sorts the greatest values of a column first, and nulls last; see [`asc`](Self::asc).
    pub fn desc<U: FieldType<Kind: kind::Sortable>>(column: impl IntoColumn<S>) -> Self {
        Self::new(
            &column.into_name(),
            true,
            <U::Kind as kind::Comparable>::KIND,
        )
    }
}

impl<S, U: FieldType, A> Column<S, U, A> {
    /// Returns the order in which the smallest values come first, after nulls; No comes before Yes.
    #[doc(alias("ascending", "ASC"))]
    pub fn asc(self) -> Order<S>
    where
        U::Kind: kind::Sortable,
    {
        Order::new(self.name(), false, <U::Kind as kind::Comparable>::KIND)
    }

    /// Returns the order in which the greatest values come first, and nulls last; Yes comes before No.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let latest_first = caspio.table::<Contact>().order_by(|c| c.joined.desc()).collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("descending", "DESC"))]
    pub fn desc(self) -> Order<S>
    where
        U::Kind: kind::Sortable,
    {
        Order::new(self.name(), true, <U::Kind as kind::Comparable>::KIND)
    }
}

/// Orders by columns that are chosen at run time.
impl<U: FieldType> NamedColumn<U> {
    /// Returns the order in which the smallest values come first, after nulls; No comes before Yes.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// use caspio::filter::column_named;
    ///
    /// # async fn example(caspio: Client, name: String) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// let sorted = contacts.order_by(|_| column_named::<i32>(name).asc()).collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("ascending", "ASC"))]
    pub fn asc<S>(self) -> Order<S>
    where
        U::Kind: kind::Sortable,
    {
        Order::new(&self.name, false, <U::Kind as kind::Comparable>::KIND)
    }

    /// Returns the order in which the greatest values come first, and nulls last; Yes comes before No.
    #[doc(alias("descending", "DESC"))]
    pub fn desc<S>(self) -> Order<S>
    where
        U::Kind: kind::Sortable,
    {
        Order::new(&self.name, true, <U::Kind as kind::Comparable>::KIND)
    }
}

impl<S> Clone for Order<S> {
    fn clone(&self) -> Self {
        Self {
            term: self.term.clone(),
            source: PhantomData,
        }
    }
}

impl<S> fmt::Debug for Order<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Order").field(&self.term.to_sql()).finish()
    }
}

/// An order for `order_by`: one term, or several in a tuple of up to eight, an array or a vector.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let contacts = caspio.table::<Contact>();
/// let one = contacts.order_by(|c| c.age.desc()).collect().await?;
/// let several = contacts.order_by(|c| (c.city.asc(), c.age.desc())).collect().await?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an order of the records of `{S}`",
    label = "expected an order",
    note = "a term is a column with its direction, `c.age.asc()` or `c.age.desc()`; several go in a tuple of up to eight, `(c.age.asc(), c.city.desc())`, or in a vector",
    note = "a column that is chosen at run time is given by its name and type, `column_named::<i32>(name).asc()`, in a map `c.column::<i32>(name).asc()`",
    note = "all columns are those of `{S}`, which the closure receives"
)]
pub trait IntoOrder<S> {
    /// Returns the terms, the most significant first.
    fn into_order(self) -> Vec<Order<S>>;
}

impl<S> IntoOrder<S> for Order<S> {
    fn into_order(self) -> Vec<Order<S>> {
        vec![self]
    }
}

impl<S> IntoOrder<S> for Vec<Order<S>> {
    fn into_order(self) -> Vec<Order<S>> {
        self
    }
}

impl<S, const N: usize> IntoOrder<S> for [Order<S>; N] {
    fn into_order(self) -> Vec<Order<S>> {
        self.into()
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S, $($name: IntoOrder<S>),+> IntoOrder<S> for ($($name,)+) {
            #[allow(non_snake_case, reason = "the macro names bindings after their types")]
            fn into_order(self) -> Vec<Order<S>> {
                let ($($name,)+) = self;
                [$($name.into_order()),+].concat()
            }
        }
    )*};
}

tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }
