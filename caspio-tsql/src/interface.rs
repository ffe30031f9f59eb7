//! Input and output types: sources and their columns, the parts of a query, compiled SQL.

use super::error::Denied;
use super::inline::inlined;
use rusqlite::types::Value;

/// The type of a column or of an expression, which determines how it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Text of any length; `TEXT`.
    Text,
    /// A whole number of 32 bits, `int`; `INTEGER`.
    Integer,
    /// A whole number of 64 bits, `bigint`, of an expression; `INTEGER`.
    BigInt,
    /// A binary floating-point number; `REAL`.
    Number,
    /// An exact decimal of an expression: `BLOB`, which [`decimal_text`](crate::decimal_text) reads.
    Decimal {
        /// How many digits it has.
        precision: u8,
        /// How many of them are behind the point.
        scale: u8,
    },
    /// Money, exact: `INTEGER` in ten-thousandths.
    Currency,
    /// Wall-clock time: `TEXT`, always `YYYY-MM-DDTHH:MM:SS.fff`, so that text order is time order.
    DateTime,
    /// Wall-clock time to the minute, `smalldatetime`, of an expression; stored as [`DateTime`](Self::DateTime) is.
    SmallDateTime,
    /// A day without a time, `date`, of an expression; stored as its midnight.
    Date,
    /// A time of day with this many digits of a second's fraction, `time(n)`, of an expression; stored as the time on
    /// the first of 1900.
    Time(u8),
    /// `INTEGER`, 0 or 1. Comparable with 1 and 0; there is no literal `true`.
    YesNo,
    /// A GUID; behaves as text with an order of its own.
    Guid,
    /// A list field: it can be selected, but not used in expressions.
    List,
    /// A password: refused wherever it is named, not included in `*`.
    Password,
    /// The name of an attached file; behaves as text.
    Attachment,
}

/// One column of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnDef {
    /// The name in queries, which is case-insensitive.
    pub name: String,
    /// The type of the column.
    pub ty: Type,
    /// The SQLite expression for the column over [`Source::from_sql`], without a table name. It
    /// must be safe: it becomes part of the SQL unchanged.
    pub sql: String,
    /// Whether queries may name it.
    pub selectable: bool,
    /// Whether `*` includes it.
    pub in_star: bool,
}

/// A table or view in SQLite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The SQL after `FROM`: the name of a table, or a query in parentheses.
    pub from_sql: String,
    /// The columns in the order of `*`, including `PK_ID`.
    pub columns: Vec<ColumnDef>,
}

/// The tables and views that a query may read. Nothing else is ever read.
pub trait Catalog {
    /// Returns a table or view by its name, ignoring case; a view also as `_v_<name>`.
    ///
    /// # Errors
    ///
    /// Returns whether the source is unknown or only not permitted.
    fn source(&self, name: &str) -> Result<Source, Denied>;
}

/// The clauses of a query as the caller wrote them. An empty clause counts as absent.
#[derive(Clone, Copy, Debug, Default)]
pub struct QueryParts<'a> {
    /// The select list; default: `*`.
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

/// The order of rows that a query leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unordered {
    /// SQLite's own order.
    Natural,
    /// A different order for every seed, as the service returns pages of a query without a total
    /// order.
    Shuffled(u64),
}

/// One column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutColumn {
    /// The key in a record.
    pub name: String,
    /// The type of the value.
    pub ty: Type,
}

/// A query in SQLite's SQL.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// One `SELECT`; its parameters are numbered from `?1`.
    pub sql: String,
    /// The literals of the query.
    pub params: Vec<Value>,
    /// The columns of the result.
    pub columns: Vec<OutColumn>,
}

/// A condition in SQLite's SQL, for use after `WHERE`.
///
/// It uses the source's columns without a table name, so it fits `FROM <from_sql>` with or without
/// an alias, and `UPDATE` and `DELETE FROM` of a plain table.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// A SQLite expression; its parameters are numbered from `?1`, so those of the surrounding
    /// statement must come after.
    pub sql: String,
    /// The literals of the condition.
    pub params: Vec<Value>,
}

impl Condition {
    /// Returns the condition with its literals inlined, for self-contained SQL.
    #[must_use]
    pub fn inlined(&self) -> String {
        inlined(&self.sql, &self.params)
    }
}

/// A value in SQLite's SQL. It uses the source's columns without a table name, like a
/// [`Condition`].
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
    /// Returns the expression with its literals inlined, for self-contained SQL.
    #[must_use]
    pub fn inlined(&self) -> String {
        inlined(&self.sql, &self.params)
    }
}
