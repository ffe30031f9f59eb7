//! Reading records: a page of JSON and, if requested, the total number of records.

use super::StoreError;
use super::row_writer::RowWriter;
use super::{Access, Store};
use crate::auth::ApiProfile;
use caspio_tsql::{Compiled, QueryParts, TsqlError, Unordered};
use rusqlite::{Connection, params_from_iter};

/// A query over one table or view, with the caller's clauses.
#[derive(Debug)]
pub(crate) struct Query<'a> {
    pub(crate) source: &'a str,
    pub(crate) parts: QueryParts<'a>,
    pub(crate) unordered: Unordered,
    /// How many records to take, and how many to skip before.
    pub(crate) window: Option<(u64, u64)>,
    pub(crate) count: bool,
    /// Whether a directory is read, with the attributes of its users in addition to their fields.
    pub(crate) users: bool,
}

/// The records of one page as a JSON array.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) json: Vec<u8>,
    pub(crate) rows: u64,
    /// The number of records of the query without its window.
    pub(crate) total: Option<u64>,
}

impl Store {
    /// Reads one page.
    pub(crate) fn page(&self, profile: &ApiProfile, query: &Query<'_>) -> Result<Page, StoreError> {
        self.read(|connection, schema| {
            let catalog = Access::new(schema, profile).with_users(query.users);
            page(connection, &catalog, query)
        })
    }

    /// Reads one page without permission checks.
    #[cfg(feature = "page")]
    pub(crate) fn page_unrestricted(&self, query: &Query<'_>) -> Result<Page, StoreError> {
        self.read(|connection, schema| page(connection, &Access::unlimited(schema), query))
    }
}

fn page(
    connection: &Connection,
    catalog: &Access<'_>,
    query: &Query<'_>,
) -> Result<Page, StoreError> {
    let compiled = caspio_tsql::compile_query(
        catalog,
        query.source,
        &query.parts,
        query.unordered,
        query.window,
    )
    .map_err(|error| refusal(catalog, query, error))?;
    let mut page = records(connection, &compiled)?;
    if query.count {
        let counting = caspio_tsql::compile_count(catalog, query.source, &query.parts)?;
        page.total = Some(count(connection, &counting)?);
    }
    Ok(page)
}

/// v3 responds with 500 to an unknown name in the select list, and with 400 to one in another
/// clause.
fn refusal(catalog: &Access<'_>, query: &Query<'_>, error: TsqlError) -> StoreError {
    if !matches!(error, TsqlError::UnknownField { .. }) {
        return error.into();
    }
    let select = QueryParts {
        select: query.parts.select,
        ..QueryParts::default()
    };
    let alone =
        caspio_tsql::compile_query(catalog, query.source, &select, Unordered::Natural, None);
    match alone {
        Err(TsqlError::UnknownField { .. }) => StoreError::SelectList(error),
        _ => error.into(),
    }
}

/// Runs a compiled query and writes its records.
pub(crate) fn records(connection: &Connection, compiled: &Compiled) -> Result<Page, StoreError> {
    let writer = RowWriter::new(&compiled.columns);
    let mut page = Page {
        json: Vec::with_capacity(16 * 1024),
        ..Page::default()
    };
    page.json.push(b'[');
    let mut statement = connection.prepare_cached(&compiled.sql)?;
    let mut rows = statement.query(params_from_iter(&compiled.params))?;
    while let Some(row) = rows.next()? {
        if page.rows > 0 {
            page.json.push(b',');
        }
        writer.write(&mut page.json, row)?;
        page.rows += 1;
    }
    page.json.push(b']');
    Ok(page)
}

fn count(connection: &Connection, compiled: &Compiled) -> Result<u64, StoreError> {
    let mut statement = connection.prepare_cached(&compiled.sql)?;
    let total: i64 = statement.query_row(params_from_iter(&compiled.params), |row| row.get(0))?;
    Ok(total.unsigned_abs())
}
