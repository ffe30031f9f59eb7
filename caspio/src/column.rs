//! Typed columns.

use std::fmt;
use std::marker::PhantomData;

/// Marks a column that can be set by inserts and updates.
#[derive(Clone, Copy, Debug)]
pub enum Writable {}

/// Marks a column that Caspio fills: the key, and what is declared `#[caspio(read_only)]`.
#[derive(Clone, Copy, Debug)]
pub enum ReadOnly {}

/// Marks a column that an insert can set and an update cannot: a password, which has an operation of its
/// own for that.
#[derive(Clone, Copy, Debug)]
pub enum InsertOnly {}

/// Columns that an insert can set: those marked [`Writable`] or [`InsertOnly`].
#[diagnostic::on_unimplemented(
    message = "this column is read-only, it cannot be inserted",
    label = "Caspio fills this column itself",
    note = "keys, and columns marked `#[caspio(read_only)]`, are left out of inserts and updates"
)]
pub trait Insertable {}

impl Insertable for Writable {}
impl Insertable for InsertOnly {}

/// Columns that an update can set: those marked [`Writable`].
#[diagnostic::on_unimplemented(
    message = "this column cannot be set by an update",
    label = "this column is marked `{Self}`",
    note = "keys, and columns marked `#[caspio(read_only)]`, are filled by Caspio; a password is set by `set_password`"
)]
pub trait Settable {}

impl Settable for Writable {}

/// One column of a table or view: `S` is the struct it belongs to, `U` the Rust type of its field,
/// `A` whether it can be set.
///
/// A column is its name and nothing else; the types exist for the compiler only. Columns come from
/// the derive, as the fields of [`Source::COLUMNS`](crate::record::Source::COLUMNS), and are handed
/// to a query's closures.
///
/// ```
/// use caspio::prelude::*;
///
/// #[derive(CaspioTable)]
/// #[caspio(table = "Contacts")]
/// struct Contact {
///     email: Option<String>,
/// }
///
/// assert_eq!(Contact::COLUMNS.email.name(), "Email");
/// assert_eq!(Contact::COLUMNS.email.eq("a@b.c").to_sql(), "Email = N'a@b.c'");
/// ```
pub struct Column<S, U, A = Writable> {
    name: &'static str,
    types: Types<S, U, A>,
}

/// Types that a column only names, so that it is `Send`, `Sync` and `Copy` whatever they are.
type Types<S, U, A> = PhantomData<fn() -> (S, U, A)>;

impl<S, U, A> Column<S, U, A> {
    /// The column of that name. The derive calls it; by hand, the name must be Caspio's.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            types: PhantomData,
        }
    }

    /// The column's name in Caspio.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl<S, U, A> Clone for Column<S, U, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, U, A> Copy for Column<S, U, A> {}

impl<S, U, A> fmt::Debug for Column<S, U, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Column").field(&self.name).finish()
    }
}
