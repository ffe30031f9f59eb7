//! The state of one translation: scopes, parameters and the limits on the result.

use super::error::Outcome;
use super::error::TsqlError;
use super::interface::Catalog;
use super::scope::Scopes;
use super::typed::{Predicate, Typed};
use rusqlite::types::Value;
use std::collections::HashMap;
use std::fmt;

/// SQLite's limit on parameters.
const MAX_PARAMS: usize = 30_000;
/// The most subqueries and derived tables in one query.
const MAX_SUBQUERIES: usize = 32;
/// SQLite limits expressions to a height of 1,000; one level here makes up to four there.
const MAX_HEIGHT: usize = 220;
/// Operands that appear more than once in the result could make it grow without limit.
const MAX_SQL: usize = 1 << 20;

/// How the columns of the outermost source are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// With an alias before them.
    Qualified,
    /// Without an alias; inner sources then get names that cannot hide them.
    Bare,
}

/// Translates the clauses of one query.
pub(super) struct Translator<'c> {
    pub(super) catalog: &'c dyn Catalog,
    pub(super) scopes: Scopes,
    pub(super) params: Params,
    pub(super) naming: Naming,
    /// Whether failed conversions return NULL, as inside `TRY_CAST`.
    pub(super) lenient: bool,
    aliases: usize,
    subqueries: usize,
}

impl fmt::Debug for Translator<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Translator")
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

impl<'c> Translator<'c> {
    pub(super) fn new(catalog: &'c dyn Catalog, naming: Naming) -> Self {
        Self {
            catalog,
            scopes: Scopes::default(),
            params: Params::default(),
            naming,
            lenient: false,
            aliases: 0,
            subqueries: 0,
        }
    }

    /// Returns a fresh name for a source or a column of the result.
    pub(super) fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("s{}", self.aliases)
    }

    pub(super) fn enter_subquery(&mut self) -> Outcome<()> {
        self.subqueries += 1;
        if self.subqueries > MAX_SUBQUERIES {
            Err(TsqlError::TooLong {
                part: "the number of subqueries",
            })
        } else {
            Ok(())
        }
    }

    pub(super) fn bounded(&self, typed: Typed) -> Outcome<Typed> {
        within(typed.height, typed.sql.len())?;
        Ok(typed)
    }

    pub(super) fn bounded_predicate(&self, predicate: Predicate) -> Outcome<Predicate> {
        within(predicate.height, predicate.sql.len())?;
        Ok(predicate)
    }
}

fn within(height: usize, length: usize) -> Outcome<()> {
    if height > MAX_HEIGHT {
        return Err(TsqlError::TooLong { part: "nesting" });
    }
    if length > MAX_SQL {
        return Err(TsqlError::TooLong { part: "a clause" });
    }
    Ok(())
}

/// The literals so far. Equal literals share a number, so that equal expressions have equal SQL.
#[derive(Debug, Default)]
pub(super) struct Params {
    values: Vec<Value>,
    numbers: HashMap<Key, usize>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Integer(i64),
    Real(u64),
    Text(String),
    Blob(Vec<u8>),
}

impl Params {
    /// Adds a value and returns its parameter.
    pub(super) fn add(&mut self, value: Value) -> Outcome<String> {
        let key = match &value {
            Value::Integer(number) => Key::Integer(*number),
            Value::Real(number) => Key::Real(number.to_bits()),
            Value::Text(text) => Key::Text(text.clone()),
            Value::Blob(bytes) => Key::Blob(bytes.clone()),
            Value::Null => return Ok("NULL".to_owned()),
        };
        if let Some(number) = self.numbers.get(&key) {
            return Ok(format!("?{number}"));
        }
        if self.values.len() >= MAX_PARAMS {
            return Err(TsqlError::TooLong {
                part: "the number of literals",
            });
        }
        self.values.push(value);
        self.numbers.insert(key, self.values.len());
        Ok(format!("?{}", self.values.len()))
    }

    /// Returns all values; `sql` uses some of them, and their numbers match.
    pub(super) fn into_values(self) -> Vec<Value> {
        self.values
    }
}
