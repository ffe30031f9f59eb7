//! T-SQL as Caspio takes it, translated into SQLite.
//!
//! A clause is parsed into a syntax tree, and the tree is translated against the sources that a
//! [`Catalog`] hands out. Only what is known is let through; everything else is refused.
//! Literals become parameters and names become columns of the catalog, so nothing of the
//! caller's text reaches SQLite. Every expression has a [`Type`], because types decide how SQL
//! Server compares and converts, and SQLite would do it otherwise.
//!
//! The statements use functions and a collation of their own: [`install`] gives them to a
//! connection.

mod arith;
mod case;
mod catalog;
mod coerce;
mod collation;
mod compare;
mod condition;
mod convert;
mod datepart;
mod datestyle;
mod datetime;
mod error;
mod expr;
mod functions;
mod like;
mod limit;
mod order;
mod parse;
mod pool;
mod predicate;
mod query;
mod runtime;
mod scope;
mod select;
mod subquery;
mod tautology;
mod term;
mod translator;

use self::term::Term;
pub use self::{
    catalog::{
        Catalog, ColumnDef, Compiled, Condition, Denied, Expression, OutColumn, QueryParts, Source,
        Type, Unordered,
    },
    condition::{compile_condition, compile_expression, compile_formula},
    error::TsqlError,
    limit::limit_runtime,
    query::{compile_count, compile_query},
    runtime::install,
    tautology::is_tautology,
};

#[cfg(test)]
mod tests;
