//! The T-SQL that Caspio accepts, translated to SQL for SQLite.
//!
//! A caller's text is parsed, checked node by node against the permitted elements (anything unknown
//! is refused), typed, and written again as SQLite's SQL. No part of the text gets into that SQL:
//! names become columns of the sources that a [`Catalog`] returns, literals become parameters.
//!
//! | step | where |
//! |---|---|
//! | bounds, parsing, nothing left behind | `parse` |
//! | names to columns | `scope` |
//! | nodes to typed SQL | `value`, `predicate`, `quantified`, `operator`, `decimal`, `cast`, `aggregate`, `window` |
//! | functions | `call`, `odbc`, `signature`, `builders`, `dates`, `numeric`; `builtin` names those that are not known |
//! | whole queries, subqueries | `select`, `subquery`, `combined`, `from`, `order`, `shuffle`, `compile` |
//! | the functions that the SQL calls | `runtime` |
//!
//! The clauses are limited in length, nesting and number of subqueries, so translating takes
//! milliseconds. Running is not limited by that: use [`limit_runtime`] for queries from untrusted
//! callers.
//!
//! Known differences from SQL Server: `smallint` and `tinyint` are computed as `int`, and `datetime2` is `datetime`.
//! T-SQL that SQL Server has and this crate does not know is [`TsqlError::NotEmulated`], if the parser reads it.
//!
//! ```
//! use caspio_tsql::{
//!     Catalog, ColumnDef, Denied, QueryParts, Source, Type, Unordered, compile_query, install,
//! };
//! use rusqlite::{Connection, params_from_iter};
//!
//! struct Pets;
//!
//! impl Catalog for Pets {
//!     fn source(&self, name: &str) -> Result<Source, Denied> {
//!         if !name.eq_ignore_ascii_case("Pets") {
//!             return Err(Denied::Unknown);
//!         }
//!         let name = ColumnDef {
//!             name: "Name".into(),
//!             ty: Type::Text,
//!             sql: "c1".into(),
//!             selectable: true,
//!             in_star: true,
//!         };
//!         Ok(Source { from_sql: "t_1".into(), columns: vec![name] })
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sqlite = Connection::open_in_memory()?;
//! install(&sqlite)?;
//! sqlite.execute_batch("CREATE TABLE t_1 (c1 TEXT); INSERT INTO t_1 VALUES ('Rex'), ('Tom')")?;
//!
//! let parts = QueryParts { filter: Some("LEN(Name) = 3 AND Name LIKE 'r%'"), ..Default::default() };
//! let query = compile_query(&Pets, "Pets", &parts, Unordered::Natural, None)?;
//!
//! let found: String = sqlite.query_row(&query.sql, params_from_iter(&query.params), |row| row.get(0))?;
//! assert_eq!(found, "Rex");
//! # Ok(())
//! # }
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

mod aggregate;
mod arguments;
mod builders;
mod builtin;
mod call;
mod cast;
mod combined;
mod compile;
mod constant;
mod convert;
mod dates;
mod decimal;
mod error;
mod from;
mod inline;
mod interface;
mod numeric;
mod odbc;
mod operator;
mod order;
mod parse;
mod predicate;
mod quantified;
mod runtime;
mod scope;
mod select;
mod select_clauses;
mod shuffle;
mod signature;
mod subquery;
mod tautology;
mod translator;
mod typed;
mod value;
mod window;

#[cfg(test)]
mod tests;

pub use compile::{
    compile_condition, compile_count, compile_expression, compile_formula, compile_query,
};
pub use error::{Denied, TsqlError};
pub use interface::{
    Catalog, ColumnDef, Compiled, Condition, Expression, OutColumn, QueryParts, Source, Type,
    Unordered,
};
pub use runtime::{
    Limited, RuntimeLimit, decimal_text, install, install_with_clock, limit_runtime, now,
    stored_date,
};
pub use tautology::is_tautology;

/// The collation that [`install`] registers. With a column or index that is declared with it,
/// comparisons of text need no conversion.
pub const COLLATION: &str = "tsql";
/// The collation of GUIDs, whose order is not that of their texts.
const GUID_COLLATION: &str = "tsql_guid";
