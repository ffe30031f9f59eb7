//! Writes by condition, on a table or through a view.

use super::Access;
use super::StoreError;
use super::access::view_source;
use super::read::{Page, records};
use super::schema::{Schema, Table, View};
use caspio_tsql::{Catalog as _, Compiled, OutColumn, QueryParts, Source, Unordered};
use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params_from_iter};

/// The target of a write: a table, or the table behind a view.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'s> {
    Table(&'s Table),
    View(&'s View, &'s Table),
}

impl<'s> Target<'s> {
    /// A view can be written if it has one table, or one that is marked editable.
    pub(crate) fn of_view(schema: &'s Schema, view: &'s View) -> Option<Self> {
        let part = view.parts.get(view.editable_part()?)?;
        Some(Self::View(view, schema.table_by_id(part.table)?))
    }

    pub(crate) fn table(self) -> &'s Table {
        match self {
            Self::Table(table) | Self::View(_, table) => table,
        }
    }

    /// Returns the name in a query.
    fn source(self) -> String {
        match self {
            Self::Table(table) => table.name.clone(),
            Self::View(view, _) => view_source(&view.name),
        }
    }

    /// Returns the name by which a query selects the key of the written table.
    fn key(self) -> String {
        match self {
            Self::View(view, table) if view.parts.len() > 1 => format!("_PK_ID_{}", table.name),
            _ => "PK_ID".into(),
        }
    }
}

/// Returns the keys of the written table's records that meet a condition.
pub(crate) fn matching(
    connection: &Connection,
    access: &Access<'_>,
    target: Target<'_>,
    filter: &str,
) -> Result<Vec<i64>, StoreError> {
    let mut keys: Vec<i64> = visible_keys(connection, access, target, filter)?
        .into_iter()
        .map(|(_, key)| key)
        .collect();
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

/// Returns the keys that the target shows for the records that meet a condition, each with the key
/// of the record in its table.
pub(crate) fn visible_keys(
    connection: &Connection,
    access: &Access<'_>,
    target: Target<'_>,
    filter: &str,
) -> Result<Vec<(String, i64)>, StoreError> {
    let select = match target.key().as_str() {
        "PK_ID" => "[PK_ID]".to_owned(),
        key => format!("[PK_ID],[{key}]"),
    };
    let parts = QueryParts {
        select: Some(&select),
        filter: Some(filter),
        group_by: None,
        order_by: None,
        allow_having: false,
    };
    let compiled =
        caspio_tsql::compile_query(access, &target.source(), &parts, Unordered::Natural, None)?;
    let last = compiled.columns.len().saturating_sub(1);
    let mut statement = connection.prepare_cached(&compiled.sql)?;
    let mut rows = statement.query(params_from_iter(&compiled.params))?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        // The key of a view is a text even if it has one table.
        let name = text(row.get(0)?);
        if let Ok(key) = text(row.get(last)?).parse() {
            keys.push((name, key));
        }
    }
    Ok(keys)
}

fn text(key: Value) -> String {
    match key {
        Value::Integer(key) => key.to_string(),
        Value::Text(key) => key,
        _ => String::new(),
    }
}

/// Reads the records with these keys as the target shows them. A record that the filter of a view
/// excludes is left out.
pub(crate) fn read_back(
    connection: &Connection,
    access: &Access<'_>,
    target: Target<'_>,
    keys: &[i64],
) -> Result<Page, StoreError> {
    let source = access
        .source(&target.source())
        .map_err(|_| StoreError::ObjectNotFound)?;
    records(connection, &by_keys(&source, &target.key(), keys))
}

fn by_keys(source: &Source, key: &str, keys: &[i64]) -> Compiled {
    let shown: Vec<_> = source
        .columns
        .iter()
        .filter(|column| column.in_star)
        .collect();
    let key = source
        .columns
        .iter()
        .find(|column| column.name == key)
        .map_or("pk", |column| column.sql.as_str());
    let select: Vec<_> = shown.iter().map(|column| column.sql.as_str()).collect();
    let list: Vec<_> = keys.iter().map(i64::to_string).collect();
    Compiled {
        sql: format!(
            "SELECT {} FROM {} WHERE CAST({key} AS INTEGER) IN ({}) ORDER BY {key}",
            select.join(", "),
            source.from_sql,
            list.join(", ")
        ),
        params: Vec::new(),
        columns: shown
            .iter()
            .map(|column| OutColumn {
                name: column.name.clone(),
                ty: column.ty,
            })
            .collect(),
    }
}

/// Sets one column of the records with these keys.
pub(crate) fn set_column(
    transaction: &Transaction<'_>,
    table: &Table,
    column: &str,
    keys: &[i64],
    value: &Value,
) -> Result<(), StoreError> {
    let sql = format!("UPDATE {} SET {column} = ? WHERE pk = ?", table.physical());
    let mut statement = transaction.prepare_cached(&sql)?;
    for key in keys {
        statement.execute(rusqlite::params![value, key])?;
    }
    Ok(())
}
