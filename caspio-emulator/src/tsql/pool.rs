//! The literals of a query: kept apart from its text until the text is final.

use std::{collections::HashMap, fmt::Write as _};

use rusqlite::types::Value;

use super::TsqlError;

/// Marks the place of a literal in unfinished SQL. No identifier or inlined text contains it.
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';
/// SQLite takes 32,766 parameters.
const MAX_LITERALS: usize = 32_000;

/// The literals met so far. Equal literals share a place, so equal expressions have equal text.
#[derive(Debug, Default)]
pub(super) struct Pool {
    values: Vec<Value>,
    places: HashMap<(u8, Vec<u8>), usize>,
}

impl Pool {
    /// Adds a literal and returns what stands for it.
    pub(super) fn add(&mut self, value: Value) -> Result<String, TsqlError> {
        let next = self.values.len();
        let place = *self.places.entry(key(&value)).or_insert(next);
        if place == next {
            if next >= MAX_LITERALS {
                return Err(TsqlError::TooLong);
            }
            self.values.push(value);
        }
        Ok(format!("{OPEN}{place}{CLOSE}"))
    }

    /// Finishes a text with numbered parameters.
    pub(super) fn bind(&self, text: &str) -> (String, Vec<Value>) {
        let mut numbers: HashMap<usize, usize> = HashMap::new();
        let mut params = Vec::new();
        let sql = self.finish(text, |sql, place, value| {
            let number = *numbers.entry(place).or_insert_with(|| {
                params.push(value.clone());
                params.len()
            });
            let _ = write!(sql, "?{number}");
        });
        (sql, params)
    }

    /// Finishes a text with the literals in it, each in SQLite's own spelling.
    pub(super) fn inline(&self, text: &str) -> String {
        self.finish(text, |sql, _, value| write_value(sql, value))
    }

    fn finish(&self, text: &str, mut write: impl FnMut(&mut String, usize, &Value)) -> String {
        let mut sql = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, marked)) = rest.split_once(OPEN) {
            sql.push_str(before);
            let Some((place, after)) = marked.split_once(CLOSE) else {
                break;
            };
            let place = place.parse().unwrap_or(usize::MAX);
            if let Some(value) = self.values.get(place) {
                write(&mut sql, place, value);
            }
            rest = after;
        }
        sql.push_str(rest);
        sql
    }
}

fn key(value: &Value) -> (u8, Vec<u8>) {
    match value {
        Value::Null => (0, Vec::new()),
        Value::Integer(number) => (1, number.to_le_bytes().to_vec()),
        Value::Real(number) => (2, number.to_bits().to_le_bytes().to_vec()),
        Value::Text(text) => (3, text.as_bytes().to_vec()),
        Value::Blob(bytes) => (4, bytes.clone()),
    }
}

fn write_value(sql: &mut String, value: &Value) {
    let _ = match value {
        Value::Null => write!(sql, "NULL"),
        Value::Integer(number) => write!(sql, "{number}"),
        // 9e999 is how SQLite spells infinity; the exponent keeps whole floats floats.
        Value::Real(number) if number.is_finite() => write!(sql, "{number:e}"),
        Value::Real(number) => write!(sql, "{}9e999", if *number < 0.0 { "-" } else { "" }),
        Value::Text(text) if text.chars().any(char::is_control) => {
            sql.push_str("CAST(");
            write_bytes(sql, text.as_bytes());
            write!(sql, " AS TEXT)")
        }
        Value::Text(text) => write!(sql, "'{}'", text.replace('\'', "''")),
        Value::Blob(bytes) => {
            write_bytes(sql, bytes);
            Ok(())
        }
    };
}

fn write_bytes(sql: &mut String, bytes: &[u8]) {
    sql.push_str("x'");
    for byte in bytes {
        let _ = write!(sql, "{byte:02x}");
    }
    sql.push('\'');
}
