//! The records of one table or view, as the page shows them.

use crate::app::App;
use crate::http::Refusal;
use crate::store::StoreError;
use crate::store::list;
use crate::store::read::Query;
use caspio_tsql::{QueryParts, Type, Unordered};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// How many records are shown on a page.
const SIZE: u64 = 25;

/// A field that the page shows.
#[derive(Debug)]
pub(super) struct Column<'a> {
    pub(super) name: &'a str,
    pub(super) ty: Type,
}

/// One page of records.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) cells: Vec<Vec<Option<String>>>,
    pub(super) total: u64,
    pub(super) first: u64,
    pub(super) pages: u64,
}

/// Reads page `number`, from 1, of the records that contain `search`.
pub(super) fn read(
    app: &App,
    source: &str,
    columns: &[Column<'_>],
    search: &str,
    page: u64,
) -> Result<Rows, Refusal> {
    let filter = condition(columns, search);
    let first = page.saturating_sub(1).saturating_mul(SIZE);
    let read = app.store.page_unrestricted(&Query {
        source,
        parts: QueryParts {
            filter: filter.as_deref(),
            order_by: Some("PK_ID"),
            ..QueryParts::default()
        },
        unordered: Unordered::Natural,
        window: Some((SIZE, first.min(i64::MAX as u64))),
        count: true,
        users: false,
    })?;
    let records: Vec<HashMap<String, &RawValue>> =
        serde_json::from_slice(&read.json).map_err(|_| Refusal::internal())?;
    let total = read.total.unwrap_or_default();
    Ok(Rows {
        cells: records
            .iter()
            .map(|record| {
                let cell = |column: &Column<'_>| record.get(column.name).and_then(|raw| shown(raw));
                columns.iter().map(cell).collect()
            })
            .collect(),
        total,
        first,
        pages: total.div_ceil(SIZE).max(1),
    })
}

/// Reads the values of one record of a table, by the names of its fields.
pub(super) fn one(
    app: &App,
    table: &str,
    key: i64,
) -> Result<Option<HashMap<String, Box<RawValue>>>, StoreError> {
    let filter = format!("PK_ID = {key}");
    let read = app.store.page_unrestricted(&Query {
        source: table,
        parts: QueryParts {
            filter: Some(&filter),
            ..QueryParts::default()
        },
        unordered: Unordered::Natural,
        window: None,
        count: false,
        users: false,
    })?;
    let records: Result<Vec<_>, _> = serde_json::from_slice(&read.json);
    records
        .map(|mut records| records.pop())
        .map_err(|_| StoreError::Internal)
}

/// Returns a T-SQL condition that any column can meet: text that contains the words, or an equal
/// number.
fn condition(columns: &[Column<'_>], search: &str) -> Option<String> {
    if search.is_empty() {
        return None;
    }
    let pattern = search
        .replace('[', "[[]")
        .replace('%', "[%]")
        .replace('_', "[_]")
        .replace('\'', "''");
    let number = search.parse::<i32>().ok();
    let parts: Vec<_> = columns
        .iter()
        .filter_map(|column| {
            let name = column.name.replace(']', "]]");
            match (column.ty, number) {
                (Type::Text | Type::Guid | Type::Attachment, _) => {
                    Some(format!("[{name}] LIKE N'%{pattern}%'"))
                }
                (Type::Integer | Type::Number | Type::Currency, Some(number)) => {
                    Some(format!("[{name}] = {number}"))
                }
                _ => None,
            }
        })
        .collect();
    if parts.is_empty() {
        Some("1 = 0".into())
    } else {
        Some(parts.join(" OR "))
    }
}

/// Returns a value in readable form; `None` for null.
fn shown(raw: &RawValue) -> Option<String> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'"') => serde_json::from_str(text).ok(),
        Some(b'{') => {
            let chosen: Map<String, Value> = serde_json::from_str(text).ok()?;
            let values: Vec<_> = chosen.values().map(list::label).collect();
            Some(values.join(", "))
        }
        Some(b't') => Some("yes".into()),
        Some(b'f') => Some("no".into()),
        Some(b'n') | None => None,
        Some(_) => Some(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_text_is_quoted() {
        let columns = [
            Column {
                name: "Odd ] name",
                ty: Type::Text,
            },
            Column {
                name: "Age",
                ty: Type::Integer,
            },
        ];

        assert_eq!(condition(&columns, ""), None);
        assert_eq!(
            condition(&columns, "O'Brien 100%").as_deref(),
            Some("[Odd ]] name] LIKE N'%O''Brien 100[%]%'")
        );
        assert_eq!(
            condition(&columns, "7").as_deref(),
            Some("[Odd ]] name] LIKE N'%7%' OR [Age] = 7")
        );
        assert_eq!(condition(&columns[1..], "x").as_deref(), Some("1 = 0"));
    }
}
