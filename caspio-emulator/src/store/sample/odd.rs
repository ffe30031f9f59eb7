//! A table whose names and values need correct quoting.

use super::{insert_rows, text, whole};
use crate::store::StoreError;
use crate::store::define::{FieldDef, TableDef};
use crate::store::schema::Table;
use caspio_schema::DataType as Type;
use rusqlite::Transaction;
use rusqlite::types::Value;

pub(super) const NAME: &str = "Odd [Names] & \"Quotes\"";

const FIELDS: [&str; 7] = [
    "Two Words",
    "It's",
    "Say \"Hi\"",
    "[Bracket]",
    "🙂 Mood",
    "Select",
    "Größe",
];

const TEXTS: [&str; 12] = [
    "",
    "O'Brien",
    "'; DROP TABLE Contacts; --",
    "say \"hi\"",
    "[x]]y]",
    "100%",
    "a_b",
    "🙂🚀👩‍👩‍👧",
    "naïve café",
    "back\\slash",
    "line\nbreak\ttab",
    "NULL",
];

pub(super) fn table() -> TableDef {
    FIELDS[..5]
        .iter()
        .fold(TableDef::new(NAME), |table, name| {
            table.field(FieldDef::new(*name, Type::Text255))
        })
        .field(FieldDef::new("Select", Type::Integer))
        .field(FieldDef::new("Größe", Type::Number))
}

pub(super) fn fill(
    transaction: &Transaction<'_>,
    table: &Table,
    random: &mut fastrand::Rng,
) -> Result<(), StoreError> {
    let rows = (0_u32..40).map(|number| {
        let mut row: Vec<_> = (0..5)
            .map(|_| match random.usize(..TEXTS.len() + 2) {
                at if at < TEXTS.len() => text(TEXTS[at]),
                _ => Value::Null,
            })
            .collect();
        row.push(match number % 6 {
            0 => Value::Null,
            _ => whole(number),
        });
        row.push(Value::Real(f64::from(number) / 3.0));
        row
    });
    insert_rows(transaction, table, &FIELDS, rows.collect::<Vec<_>>())
}
