//! What an expression translates to: SQL with a type, or a literal that still may become
//! another type exactly.

use rusqlite::types::Value;

use super::{TsqlError, Type, pool::Pool};

/// A literal as it was written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Null,
    /// The digits of a number, with its sign.
    Number(String),
    Text(String),
}

/// A translated expression.
#[derive(Debug, Clone)]
pub(super) struct Term {
    pub(super) sql: String,
    pub(super) ty: Type,
    pub(super) literal: Option<Literal>,
}

impl Term {
    /// An expression in SQL.
    pub(super) fn new(sql: impl Into<String>, ty: Type) -> Self {
        Self {
            sql: sql.into(),
            ty,
            literal: None,
        }
    }

    /// A literal `NULL`.
    pub(super) fn null() -> Self {
        Self {
            literal: Some(Literal::Null),
            ..Self::new("NULL", Type::Text)
        }
    }

    /// A literal number; its digits decide whether it is whole.
    pub(super) fn number(digits: &str, pool: &mut Pool) -> Result<Self, TsqlError> {
        let (value, ty) = match digits.parse::<i64>() {
            Ok(whole) => (Value::Integer(whole), Type::Integer),
            Err(_) => {
                let number = digits.parse::<f64>().map_err(|_| TsqlError::Syntax)?;
                (Value::Real(number), Type::Number)
            }
        };
        Ok(Self {
            literal: Some(Literal::Number(digits.to_owned())),
            ..Self::new(pool.add(value)?, ty)
        })
    }

    /// A literal text.
    pub(super) fn text(text: &str, pool: &mut Pool) -> Result<Self, TsqlError> {
        Ok(Self {
            literal: Some(Literal::Text(text.to_owned())),
            ..Self::new(pool.add(Value::Text(text.to_owned()))?, Type::Text)
        })
    }

    /// A value that is no longer a literal of its own.
    pub(super) fn value(value: Value, ty: Type, pool: &mut Pool) -> Result<Self, TsqlError> {
        Ok(Self::new(pool.add(value)?, ty))
    }

    /// Whether it is the literal `NULL`, which goes with every type.
    pub(super) fn is_null(&self) -> bool {
        self.literal == Some(Literal::Null)
    }

    /// The SQL with the collation that texts compare by.
    pub(super) fn collated(&self) -> String {
        match self.ty.is_text() && !self.is_null() {
            true => format!("{} COLLATE CASPIO", self.sql),
            false => self.sql.clone(),
        }
    }

    /// Refuses what neither compares nor sorts nor goes into a function.
    pub(super) fn usable(self) -> Result<Self, TsqlError> {
        match self.ty {
            Type::List | Type::Password => Err(TsqlError::NotAllowed),
            _ => Ok(self),
        }
    }
}
