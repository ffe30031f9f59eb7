//! What goes in and comes out: sources and their columns, the parts of a query, compiled SQL.

use super::error::TsqlError;
use super::inline::inlined;
use rusqlite::types::Value;

/// The type of a column or of an expression, and with it the form it is stored in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Text of any length; `TEXT`.
    Text,
    /// A whole number; `INTEGER`.
    Integer,
    /// A binary floating-point number; `REAL`.
    Number,
    /// Money, exact: `INTEGER` in ten-thousandths.
    Currency,
    /// A wall clock's reading: `TEXT`, always `YYYY-MM-DDTHH:MM:SS.fff`, so that text order is
    /// time order.
    DateTime,
    /// `INTEGER`, 0 or 1. Compares with 1 and 0; there is no `true`.
    YesNo,
    /// A GUID; behaves as text.
    Guid,
    /// A list field: selectable as it is, of no use in any expression.
    List,
    /// A password: refused by name everywhere, left out by `*`.
    Password,
    /// The name of an attached file; behaves as text.
    Attachment,
}

/// One column of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnDef {
    /// The name that queries use; its case does not matter.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// The SQLite expression for it over [`Source::from_sql`], without a table's name before it.
    /// It must be safe already: it becomes part of the SQL as it stands.
    pub sql: String,
    /// Whether it may be named at all.
    pub selectable: bool,
    /// Whether `*` brings it.
    pub in_star: bool,
}

/// A table or view as SQLite sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What stands after `FROM`: a table's name or a query in parentheses.
    pub from_sql: String,
    /// Its columns in the order of `*`, `PK_ID` among them.
    pub columns: Vec<ColumnDef>,
}

/// Why a catalog does not give a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// It exists, but not for this caller.
    NotPermitted,
    /// There is no such table or view.
    Unknown,
}

/// The tables and views that a query may read. Nothing else is ever read.
pub trait Catalog {
    /// Returns a table or view by its name, without regard to case; a view also as `_v_<name>`.
    ///
    /// # Errors
    ///
    /// Tells whether the source is unknown or only out of the caller's reach.
    fn source(&self, name: &str) -> Result<Source, Denied>;
}

/// The parts of a query as the caller spelled them. An empty part counts as left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct QueryParts<'a> {
    /// The select list; `*` when left out.
    pub select: Option<&'a str>,
    /// The condition, without `WHERE`.
    pub filter: Option<&'a str>,
    /// The grouping, without `GROUP BY`.
    pub group_by: Option<&'a str>,
    /// The order, without `ORDER BY`.
    pub order_by: Option<&'a str>,
    /// Whether `group_by` may end in `HAVING ...`.
    pub allow_having: bool,
}

/// In which order rows come that the query itself leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unordered {
    /// As SQLite finds them.
    Natural,
    /// In another order for every seed, as the service gives pages of a query without a total
    /// order.
    Shuffled(u64),
}

/// One column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutColumn {
    /// The key it has in a record.
    pub name: String,
    /// How to read the value.
    pub ty: Type,
}

/// A query in SQLite's SQL.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// One `SELECT`; its parameters are numbered from `?1`.
    pub sql: String,
    /// The literals of the query.
    pub params: Vec<Value>,
    /// What each result column is.
    pub columns: Vec<OutColumn>,
}

/// A condition in SQLite's SQL, to stand after `WHERE`.
///
/// It names the source's columns bare, so it fits behind `FROM <from_sql>` with or without an
/// alias, and behind `UPDATE` and `DELETE FROM` of a plain table.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// A SQLite expression; its parameters are numbered from `?1`, so those of the statement
    /// around it have to come after.
    pub sql: String,
    /// The literals of the condition.
    pub params: Vec<Value>,
}

impl Condition {
    /// Returns the condition with its literals written into it, for SQL that must stand alone.
    #[must_use]
    pub fn inlined(&self) -> String {
        inlined(&self.sql, &self.params)
    }
}

/// A value in SQLite's SQL. It names the source's columns bare, like a [`Condition`].
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// A SQLite expression; its parameters are numbered from `?1`.
    pub sql: String,
    /// The literals of the expression.
    pub params: Vec<Value>,
    /// The type of its result.
    pub ty: Type,
}

impl Expression {
    /// Returns the expression with its literals written into it, for SQL that must stand alone.
    #[must_use]
    pub fn inlined(&self) -> String {
        inlined(&self.sql, &self.params)
    }
}

/// The result of everything that compiles.
pub(super) type Outcome<T> = std::result::Result<T, TsqlError>;
