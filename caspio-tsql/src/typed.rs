//! An expression during translation: its SQL, its type, and the literal it came from.

use super::error::{TsqlError, type_error};
use super::interface::Type;
use rust_decimal::Decimal;

/// A translated value.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) sql: String,
    pub(super) ty: Type,
    pub(super) literal: Option<Literal>,
    pub(super) height: usize,
}

/// One column of a select list.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) name: Option<String>,
    /// Whether the name was given by `AS`.
    pub(super) aliased: bool,
    pub(super) value: Typed,
}

/// A translated condition.
#[derive(Clone, Debug)]
pub(super) struct Predicate {
    pub(super) sql: String,
    pub(super) height: usize,
}

/// The value of a literal before it has a type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Null,
    Text(String),
    Integer(i64),
    /// Exact, as `1.5` is in T-SQL.
    Decimal(Decimal),
    /// With an exponent, or beyond the range of a decimal.
    Float(f64),
    /// Ten-thousandths, as `$1.5` is.
    Money(i64),
}

/// How a type behaves in expressions. The order is SQL Server's precedence: of two operands the one
/// of lower precedence is converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Null,
    Text,
    YesNo,
    Integer,
    Currency,
    Decimal,
    Number,
    Time,
    Date,
    DateTime,
}

impl Typed {
    pub(super) fn new(sql: String, ty: Type, height: usize) -> Self {
        Self {
            sql,
            ty,
            literal: None,
            height,
        }
    }

    /// A call of a SQL function.
    pub(super) fn call(name: &str, arguments: &[&Typed], ty: Type) -> Self {
        let list: Vec<_> = arguments.iter().map(|typed| typed.sql.as_str()).collect();
        let sql = format!("{name}({})", list.join(", "));
        Self::new(sql, ty, above(arguments))
    }

    pub(super) fn kind(&self) -> Kind {
        match (&self.literal, self.ty) {
            (Some(Literal::Null), _) => Kind::Null,
            (_, Type::Integer | Type::BigInt) => Kind::Integer,
            (_, Type::Number) => Kind::Number,
            (_, Type::Currency) => Kind::Currency,
            (_, Type::Decimal { .. }) => Kind::Decimal,
            (_, Type::Time(_)) => Kind::Time,
            (_, Type::Date) => Kind::Date,
            (_, Type::DateTime | Type::SmallDateTime) => Kind::DateTime,
            (_, Type::YesNo) => Kind::YesNo,
            // Lists and passwords are refused before their kind is needed.
            _ => Kind::Text,
        }
    }

    /// Returns the SQL with SQL Server's collation for comparing and sorting.
    pub(super) fn collated(&self) -> String {
        collated(&self.sql, self.kind(), self.ty)
    }

    /// Returns the SQL for a comparison with others, as values of one kind.
    pub(super) fn compared(&self, others: &[Self], kind: Kind) -> String {
        let is_guid = others.iter().any(|other| other.ty == Type::Guid);
        let ty = if is_guid { Type::Guid } else { self.ty };
        collated(&self.sql, kind, ty)
    }
}

pub(super) fn collated(sql: &str, kind: Kind, ty: Type) -> String {
    match (kind, ty) {
        (Kind::Text, Type::Guid) => format!("{sql} COLLATE {}", super::GUID_COLLATION),
        (Kind::Text, _) => format!("{sql} COLLATE {}", super::COLLATION),
        _ => sql.to_owned(),
    }
}

/// Returns the height of a node over these.
pub(super) fn above(children: &[&Typed]) -> usize {
    1 + children.iter().map(|typed| typed.height).max().unwrap_or(0)
}

impl Kind {
    pub(super) fn ty(self) -> Type {
        match self {
            Self::Text => Type::Text,
            Self::YesNo => Type::YesNo,
            // The type that SQL Server gives to a bare NULL.
            Self::Null | Self::Integer => Type::Integer,
            Self::Currency => Type::Currency,
            Self::Decimal => Type::Decimal {
                precision: 38,
                scale: 18,
            },
            Self::Number => Type::Number,
            Self::Time => Type::Time(7),
            Self::Date => Type::Date,
            Self::DateTime => Type::DateTime,
        }
    }

    /// Returns SQL Server's name of the kind, for messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Text => "nvarchar",
            Self::YesNo => "bit",
            Self::Integer => "int",
            Self::Currency => "money",
            Self::Decimal => "numeric",
            Self::Number => "float",
            Self::Time => "time",
            Self::Date => "date",
            Self::DateTime => "datetime",
        }
    }
}

impl Type {
    /// Returns the type of a value that is one of two: of `CASE`, `COALESCE` and similar.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Time(left), Self::Time(right)) => Self::Time(left.max(right)),
            (Self::Integer | Self::BigInt, Self::Integer | Self::BigInt) => Self::BigInt,
            (Self::DateTime | Self::SmallDateTime, Self::DateTime | Self::SmallDateTime) => {
                Self::DateTime
            }
            _ => self,
        }
    }
}

/// Returns the kind that all of these are converted to.
pub(super) fn common<'a>(all: impl IntoIterator<Item = &'a Typed>) -> Kind {
    all.into_iter().map(Typed::kind).max().unwrap_or(Kind::Null)
}

/// SQL Server's text for an explicit conversion that does not exist.
pub(super) fn no_conversion(from: Kind, to: &str) -> TsqlError {
    type_error(format!(
        "Explicit conversion from data type {} to {to} is not allowed.",
        from.name()
    ))
}
