//! How far a query has been narrowed, for the compiler.

/// A query without a condition yet: it can be read, and neither updated nor deleted.
#[derive(Clone, Copy, Debug)]
pub enum Everything {}

/// A query with a condition, or one that was said to be for `all()` records: it can be read, updated and
/// deleted.
#[derive(Clone, Copy, Debug)]
pub enum Narrowed {}

/// A query for reading only, of a view, of a part of a table, or by
/// [`for_reading`](super::Query::for_reading).
#[derive(Clone, Copy, Debug)]
pub enum Reading {}

/// How far a query has been narrowed: [`Everything`], [`Narrowed`] or [`Reading`].
pub trait Scope: sealed::Sealed {
    /// What a further condition makes of it.
    type Narrowed: Scope;
}

impl Scope for Everything {
    type Narrowed = Narrowed;
}

impl Scope for Narrowed {
    type Narrowed = Self;
}

impl Scope for Reading {
    type Narrowed = Self;
}

/// Queries that can update and delete: those that are [`Narrowed`].
#[diagnostic::on_unimplemented(
    message = "a query for `{Self}` neither updates nor deletes",
    label = "no records were chosen to be written",
    note = "say which records, `contacts.filter(|c| c.email.is_null())`; for every record, say so: `contacts.all()`",
    note = "a view is written by `view.writable().filter(..)`; a query `for_reading()` only reads"
)]
pub trait Writes: Scope {}

impl Writes for Narrowed {}

mod sealed {
    /// Keeps `Scope` to its three types.
    pub trait Sealed {}

    impl Sealed for super::Everything {}
    impl Sealed for super::Narrowed {}
    impl Sealed for super::Reading {}
}
