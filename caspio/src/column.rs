//! Typed columns.

use std::fmt;
use std::marker::PhantomData;

/// One column of a table or view: `S` is the struct it belongs to, `U` the Rust type of its field.
///
/// A column is its name and nothing else; the types exist for the compiler only. Columns come from
/// the derive, as the fields of [`Source::COLUMNS`](crate::record::Source::COLUMNS), and are handed
/// to a query's closures.
pub struct Column<S, U> {
    name: &'static str,
    types: PhantomData<fn() -> (S, U)>,
}

impl<S, U> Column<S, U> {
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

impl<S, U> Clone for Column<S, U> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, U> Copy for Column<S, U> {}

impl<S, U> fmt::Debug for Column<S, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Column").field(&self.name).finish()
    }
}
