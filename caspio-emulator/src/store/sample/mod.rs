//! The sample account: the same records for the same seed, in every run.

mod contacts;
mod objects;
mod odd;
mod orders;
mod words;

use super::schema::Table;
use super::{Store, ddl};
use crate::error::EmulatorError;
use crate::store::StoreError;
use rusqlite::Transaction;
use rusqlite::types::Value;

/// The number of contacts.
pub(crate) const CONTACTS: u32 = 200;
/// The number of products.
pub(crate) const PRODUCTS: u32 = 50;

/// Fills an empty store.
pub(crate) fn load(store: &Store, seed: u64, orders: u32) -> Result<(), EmulatorError> {
    let mut random = fastrand::Rng::with_seed(seed ^ 0x5A3D_1E00);
    tables(store)
        .and_then(|()| {
            store.write(|transaction, schema| {
                let find = |name| schema.table(name).ok_or(StoreError::TableNotFound);
                orders::fill_cities(transaction, find("City")?)?;
                orders::fill_products(transaction, find("Products")?, &mut random)?;
                contacts::fill(transaction, find("Contacts")?, &mut random)?;
                orders::fill(transaction, find("Orders")?, &mut random, orders)?;
                odd::fill(transaction, find(odd::NAME)?, &mut random)
            })
        })
        .and_then(|()| objects::fill(store))
        .map_err(|refusal| {
            EmulatorError::refused(format!("cannot load the sample data: {refusal}"))
        })
}

fn tables(store: &Store) -> Result<(), StoreError> {
    store.alter(|transaction, schema| {
        for table in [
            contacts::table(),
            orders::city_table(),
            orders::product_table(),
            orders::table(),
            odd::table(),
        ] {
            ddl::create_table(transaction, schema, table)?;
        }
        for view in [orders::details_view(), contacts::active_view()] {
            ddl::create_view(schema, view)?;
        }
        Ok(())
    })
}

/// Inserts rows of stored values into the named fields with one prepared statement.
fn insert_rows(
    transaction: &Transaction<'_>,
    table: &Table,
    fields: &[&str],
    rows: impl IntoIterator<Item = Vec<Value>>,
) -> Result<(), StoreError> {
    let columns: Vec<_> = fields
        .iter()
        .filter_map(|name| table.field(name))
        .map(|field| field.column())
        .collect();
    let mut statement = transaction.prepare(&format!(
        "INSERT INTO {} ({}) VALUES ({})",
        table.physical(),
        columns.join(", "),
        vec!["?"; columns.len()].join(", ")
    ))?;
    for row in rows {
        statement.execute(rusqlite::params_from_iter(row))?;
    }
    Ok(())
}

/// Sets the counter of a numbered field to the last number of the sample.
fn count_to(
    transaction: &Transaction<'_>,
    table: &Table,
    field: &str,
    last: u32,
) -> Result<(), StoreError> {
    if let Some(field) = table.field(field) {
        transaction.execute(
            "INSERT INTO counter (table_id, field_id, last) VALUES (?1, ?2, ?3)",
            rusqlite::params![table.id, field.id, last],
        )?;
    }
    Ok(())
}

/// Returns a date in the years 2018 to 2025, in the stored form; one in ten has a fraction.
fn some_date(random: &mut fastrand::Rng) -> String {
    let fraction = match random.u32(..10) {
        0 => random.u32(1..1_000),
        _ => 0,
    };
    // Milliseconds end in 0, 3 or 7.
    let fraction = fraction / 10 * 10 + [0, 3, 7][fraction as usize % 3];
    format!(
        "{}-{:02}-{:02}T{:02}:{:02}:{:02}.{fraction:03}",
        random.u32(2018..2026),
        random.u32(1..13),
        random.u32(1..29),
        random.u32(..24),
        random.u32(..60),
        random.u32(..60)
    )
}

fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}

fn whole(value: impl Into<i64>) -> Value {
    Value::Integer(value.into())
}
