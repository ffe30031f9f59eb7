//! Writes records as JSON directly from SQLite's values.

use super::date;
use crate::json;
use caspio_tsql::{OutColumn, Type, decimal_text};
use rusqlite::Row;
use rusqlite::types::ValueRef;

/// The columns of a result, with their keys already in JSON.
#[derive(Debug)]
pub(crate) struct RowWriter {
    columns: Vec<(Vec<u8>, Type)>,
}

impl RowWriter {
    pub(crate) fn new(columns: &[OutColumn]) -> Self {
        let columns = columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let mut key = vec![if at == 0 { b'{' } else { b',' }];
                json::string(&mut key, &column.name);
                key.push(b':');
                (key, column.ty)
            })
            .collect();
        Self { columns }
    }

    /// Appends one record as a JSON object.
    pub(crate) fn write(&self, out: &mut Vec<u8>, row: &Row<'_>) -> rusqlite::Result<()> {
        if self.columns.is_empty() {
            out.push(b'{');
        }
        for (at, (key, ty)) in self.columns.iter().enumerate() {
            out.extend_from_slice(key);
            write_value(out, *ty, row.get_ref(at)?);
        }
        out.push(b'}');
        Ok(())
    }
}

/// Appends one value; its type decides how the stored form is read.
fn write_value(out: &mut Vec<u8>, ty: Type, value: ValueRef<'_>) {
    match (ty, value) {
        (_, ValueRef::Null) => out.extend_from_slice(b"null"),
        (Type::YesNo, ValueRef::Integer(yes)) => {
            out.extend_from_slice(if yes == 0 { b"false" } else { b"true" });
        }
        (Type::Currency, ValueRef::Integer(amount)) => json::currency(out, amount),
        (Type::Decimal { scale, .. }, ValueRef::Blob(bytes)) => {
            json::decimal(out, &decimal_text(bytes, scale));
        }
        (_, ValueRef::Integer(number)) => json::integer(out, number),
        (_, ValueRef::Real(number)) => json::number(out, number),
        // The column's expression has written the object already.
        (Type::List, ValueRef::Text(object)) => out.extend_from_slice(object),
        (Type::DateTime | Type::SmallDateTime | Type::Date, ValueRef::Text(text)) => {
            json::string(out, date::to_json(&String::from_utf8_lossy(text)));
        }
        // It is inferred that a time of day has no date.
        (Type::Time(_), ValueRef::Text(text)) => {
            let text = String::from_utf8_lossy(text);
            let clock = text.split_once('T').map_or(&*text, |(_, clock)| clock);
            json::string(out, date::to_json(clock));
        }
        (_, ValueRef::Text(text) | ValueRef::Blob(text)) => {
            json::string(out, &String::from_utf8_lossy(text));
        }
    }
}
