//! What a translation starts from and what it yields.

use std::fmt;

use rusqlite::types::Value;

/// The type of a column or of an expression, by the form in which SQLite stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A float.
    Number,
    /// An amount of money as an integer in ten-thousandths.
    Currency,
    /// `YYYY-MM-DDTHH:MM:SS.fff` as text.
    DateTime,
    /// 0 or 1.
    YesNo,
    /// A GUID as text.
    Guid,
    /// A list: may be shown and asked for null, nothing else.
    List,
    /// A password: may not be named at all.
    Password,
    /// An attachment's file name.
    Attachment,
}

impl Type {
    /// Whether the stored form is text that compares as text.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Guid | Self::Attachment)
    }

    /// Whether arithmetic takes it.
    pub(crate) fn is_numeric(self) -> bool {
        matches!(
            self,
            Self::Integer | Self::Number | Self::Currency | Self::YesNo
        )
    }

    /// SQL Server's name of the type.
    pub(crate) fn sql_server_name(self) -> &'static str {
        match self {
            Self::Text | Self::Attachment | Self::List | Self::Password => "nvarchar",
            Self::Integer => "int",
            Self::Number => "float",
            Self::Currency => "money",
            Self::DateTime => "datetime",
            Self::YesNo => "bit",
            Self::Guid => "uniqueidentifier",
        }
    }
}

/// One column of a source.
#[derive(Debug, Clone)]
pub struct ColumnDef {
    /// The field's name, as queries spell it in any case.
    pub name: String,
    /// The field's type.
    pub ty: Type,
    /// The SQLite column behind it.
    pub sql: String,
    /// Whether a query may name it.
    pub selectable: bool,
    /// Whether `*` brings it.
    pub in_star: bool,
}

/// A table or view that queries may read.
#[derive(Debug, Clone)]
pub struct Source {
    /// What stands behind SQLite's `FROM`: a table or a subquery in parentheses.
    pub from_sql: String,
    /// The columns in the order of `*`.
    pub columns: Vec<ColumnDef>,
}

/// Why a catalog does not hand out a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// It exists and the caller may not read it.
    NotPermitted,
    /// There is no such table or view.
    Unknown,
}

/// Finds the tables and views that a query names.
pub trait Catalog {
    /// Returns the source with this name, in any case.
    fn source(&self, name: &str) -> Result<Source, Denied>;
}

/// The clauses of a query, each without its keyword. A blank clause counts as absent.
#[derive(Debug, Clone, Copy, Default)]
pub struct QueryParts<'a> {
    /// The select list.
    pub select: Option<&'a str>,
    /// The condition of `WHERE`.
    pub filter: Option<&'a str>,
    /// The grouping, with `HAVING` behind it where that is allowed.
    pub group_by: Option<&'a str>,
    /// The order.
    pub order_by: Option<&'a str>,
    /// Whether `group_by` may carry `HAVING`.
    pub allow_having: bool,
}

/// In which order rows come that the query leaves unordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unordered {
    /// As SQLite finds them.
    Natural,
    /// In an order that depends on the seed.
    Shuffled(u64),
}

/// One column of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutColumn {
    /// The key in the records.
    pub name: String,
    /// The type of its values.
    pub ty: Type,
}

/// A query ready for SQLite.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The statement.
    pub sql: String,
    /// The values of its numbered parameters.
    pub params: Vec<Value>,
    /// What the statement's columns are.
    pub columns: Vec<OutColumn>,
}

/// A condition ready to stand behind SQLite's `WHERE`, over the unaliased columns of its source.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The condition.
    pub sql: String,
    /// The values of its numbered parameters.
    pub params: Vec<Value>,
    pub(super) inlined: String,
}

impl Condition {
    /// Returns the condition with its literals in it, for SQL that must stand alone.
    #[must_use]
    pub fn inlined(&self) -> String {
        self.inlined.clone()
    }
}

/// A value over the unaliased columns of its source.
#[derive(Debug, Clone)]
pub struct Expression {
    /// The expression.
    pub sql: String,
    /// The values of its numbered parameters.
    pub params: Vec<Value>,
    /// The type of its values.
    pub ty: Type,
    pub(super) inlined: String,
}

impl Expression {
    /// Returns the expression with its literals in it, for SQL that must stand alone.
    #[must_use]
    pub fn inlined(&self) -> String {
        self.inlined.clone()
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sql_server_name())
    }
}
