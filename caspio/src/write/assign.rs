//! The columns that an update sets.

use crate::column::{Column, Settable};
use crate::expected::{Expected, Returns};
use crate::field::{FieldType, ToValue, kind};
use crate::filter::{Filter, NamedColumn};
use crate::record::{FieldInfo, Row, Source, ToRow};
use crate::value::FieldValue;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// A column of `S` with the value that it is set to, made by [`Column::to`] and [`Column::to_null`] for an update.
///
/// ```no_run
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// # use caspio::write::Assignment;
/// # async fn example(caspio: Client) -> caspio::Result<()> {
/// let moved: Assignment<Contact> = Contact::COLUMNS.city.to("Rome");
/// caspio.table::<Contact>().update(7).set(|_| moved).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "an assignment does nothing until an update takes it"]
pub struct Assignment<S> {
    pub(crate) name: Cow<'static, str>,
    pub(crate) value: FieldValue<'static>,
    /// Whether the column's field holds null.
    is_nullable: bool,
    /// Whether the column is given by its name, so that its type in the account is not known.
    is_untyped: bool,
    source: PhantomData<fn() -> S>,
}

impl<S> Assignment<S> {
    /// Sets the column in a row.
    pub(super) fn set_in(&self, row: &mut Row<'_>) {
        row.set(self.name.clone(), self.value.clone());
        if self.is_untyped {
            row.set_untyped();
        }
        if !self.is_nullable && matches!(self.value, FieldValue::Null) {
            row.refuse_null(self.name.clone());
        }
    }
}

impl<S> Clone for Assignment<S> {
    fn clone(&self) -> Self {
        Self {
            name: self.name.clone(),
            value: self.value.clone(),
            ..*self
        }
    }
}

impl<S> fmt::Debug for Assignment<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Assignment")
            .field(&self.name)
            .field(&self.value)
            .finish()
    }
}

/// Assignments, for columns that Caspio does not fill.
impl<S, U: FieldType, A> Column<S, U, A> {
    /// Sets this column to a value; an `Option`'s `None` is null, and [`Patch::Absent`](crate::Patch::Absent) leaves
    /// the column as it is. A `None` without a type does not compile: use [`to_null`](Self::to_null). A column whose
    /// field does not hold null takes no null: the write is refused before it is sent.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let update = caspio.table::<Contact>().update(7);
    /// update.set(|c| (c.email.to("a@b.c"), c.balance.to(dec!(12.50)))).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("set", "assign"))]
    pub fn to<V>(self, value: V) -> Assignment<S>
    where
        A: Settable,
        V: ToValue,
        U::Kind: kind::Accepts<V::Kind>, // `None` has no kind: use `to_null()`
    {
        Assignment {
            name: self.name().into(),
            value: value.to_value().into_owned(),
            is_nullable: U::NULLABLE,
            is_untyped: false,
            source: PhantomData,
        }
    }
}

impl<S, U, A> Column<S, U, A> {
    /// Sets this column to null.
    #[doc(alias("clear", "unset"))]
    pub fn to_null(self) -> Assignment<S>
    where
        A: Settable,
        U: Nullable,
    {
        Assignment {
            name: self.name().into(),
            value: FieldValue::Null,
            is_nullable: true,
            is_untyped: false,
            source: PhantomData,
        }
    }
}

/// Assignments to columns that are chosen at run time. Which of them can be written is known to the service only.
impl<U: FieldType> NamedColumn<U> {
    /// Sets this column to a value; see [`Column::to`].
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// use caspio::filter::column_named;
    ///
    /// # async fn example(caspio: Client, name: String) -> caspio::Result<()> {
    /// let contacts = caspio.table::<Contact>();
    /// contacts.update(7).set(|_| column_named::<String>(name).to("Rome")).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("set", "assign"))]
    pub fn to<S, V>(self, value: V) -> Assignment<S>
    where
        V: ToValue,
        U::Kind: kind::Accepts<V::Kind>, // `None` has no kind: use `to_null()`
    {
        Assignment {
            name: self.name.into(),
            value: value.to_value().into_owned(),
            is_nullable: true,
            is_untyped: true,
            source: PhantomData,
        }
    }

    /// Sets this column to null.
    #[doc(alias("clear", "unset"))]
    pub fn to_null<S>(self) -> Assignment<S> {
        Assignment {
            name: self.name.into(),
            value: FieldValue::Null,
            is_nullable: true,
            is_untyped: true,
            source: PhantomData,
        }
    }
}

/// A field type of a column that can be null: `Option`.
#[diagnostic::on_unimplemented(
    message = "this column is never null",
    label = "the column's field is `{Self}`, which does not hold null",
    note = "if the column may be null, declare its field as an `Option`"
)]
pub trait Nullable {}

impl<T: FieldType> Nullable for Option<T> {}

/// What an update sets: an [`Assignment`], a tuple of up to twelve, an array or a `Vec`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not set columns of `{S}`",
    label = "not an assignment to a column of this table",
    note = "set a column with `c.column.to(value)` or `c.column.to_null()`, several as a tuple: `(c.one.to(1), c.two.to_null())`"
)]
pub trait Assignments<S>: Expected<Assignment<S>, Type = Self> {
    /// Hands over each assignment.
    #[doc(hidden)]
    fn each(self, take: &mut dyn FnMut(Assignment<S>));
}

/// A closure that returns what an update sets: `|c| c.city.to("Rome")`.
///
/// Implemented for all closures and functions that return [`Assignments`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a closure that sets columns of `{S}`",
    label = "not a closure with one argument, the columns",
    note = "columns are set by a closure, `|c| c.city.to(\"Rome\")`; a row is given to `set_row`"
)]
pub trait AssignFn<S: Source>: FnOnce(S::Columns) -> Self::Assigned {
    /// The assignments that it returns.
    type Assigned: Assignments<S>;
}

impl<S: Source, F, A> AssignFn<S> for F
where
    F: FnOnce(S::Columns) -> A + Returns<S::Columns, <A as Expected<Assignment<S>>>::Type>,
    A: Assignments<S>,
{
    type Assigned = A;
}

impl<S, T> Expected<Assignment<S>> for Assignment<T> {
    type Type = Assignment<S>;
}

impl<S, T> Expected<Assignment<S>> for Vec<Assignment<T>> {
    type Type = Vec<Assignment<S>>;
}

impl<S, T, const N: usize> Expected<Assignment<S>> for [Assignment<T>; N] {
    type Type = [Assignment<S>; N];
}

/// `c.age.eq(30)`.
impl<S, T> Expected<Assignment<S>> for Filter<T> {
    type Type = Assignment<S>;
}

impl<S> Assignments<S> for Assignment<S> {
    fn each(self, take: &mut dyn FnMut(Assignment<S>)) {
        take(self);
    }
}

impl<S> Assignments<S> for Vec<Assignment<S>> {
    fn each(self, take: &mut dyn FnMut(Assignment<S>)) {
        self.into_iter().for_each(take);
    }
}

impl<S, const N: usize> Assignments<S> for [Assignment<S>; N] {
    fn each(self, take: &mut dyn FnMut(Assignment<S>)) {
        self.into_iter().for_each(take);
    }
}

/// One column with its value: `(7, Contact::COLUMNS.active.to(false))` for an update of many.
impl<S: Source> ToRow for Assignment<S> {
    type Source = S;
    const WRITES: &'static [FieldInfo] = &[];

    fn to_row(&self) -> Row<'_> {
        row_of(std::slice::from_ref(self))
    }
}

/// Several columns with their values; a column that is set twice gets the later value.
impl<S: Source> ToRow for Vec<Assignment<S>> {
    type Source = S;
    const WRITES: &'static [FieldInfo] = &[];

    fn to_row(&self) -> Row<'_> {
        row_of(self)
    }
}

/// Several columns with their values; a column that is set twice gets the later value.
impl<S: Source, const N: usize> ToRow for [Assignment<S>; N] {
    type Source = S;
    const WRITES: &'static [FieldInfo] = &[];

    fn to_row(&self) -> Row<'_> {
        row_of(self)
    }
}

/// Returns one member for each column: JSON with a member twice has no defined meaning.
fn row_of<S>(assignments: &[Assignment<S>]) -> Row<'_> {
    let mut row = Row::with_capacity(assignments.len());
    for assignment in assignments {
        assignment.set_in(&mut row);
    }
    row
}

/// The type of each assignment in a tuple that is a row.
macro_rules! assignment {
    ($name:ident) => { Assignment<S> };
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<S, $($name: Expected<Assignment<S>>),*> Expected<Assignment<S>> for ($($name,)*) {
            type Type = ($($name::Type,)*);
        }

        #[diagnostic::do_not_recommend]
        impl<S, $($name: Assignments<S>),*> Assignments<S> for ($($name,)*) {
            #[allow(non_snake_case, reason = "the names of the types")]
            fn each(self, take: &mut dyn FnMut(Assignment<S>)) {
                let ($($name,)*) = self;
                $($name.each(take);)*
            }
        }

        /// Several columns with their values; a column that is set twice gets the later value.
        #[diagnostic::do_not_recommend]
        impl<S: Source> ToRow for ($(assignment!($name),)*) {
            type Source = S;
            const WRITES: &'static [FieldInfo] = &[];

            #[allow(non_snake_case, reason = "the names of the types")]
            fn to_row(&self) -> Row<'_> {
                let ($($name,)*) = self;
                let mut row = Row::default();
                $($name.set_in(&mut row);)*
                row
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);
