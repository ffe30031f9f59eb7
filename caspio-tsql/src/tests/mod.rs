//! The supported language as a specification: T-SQL in, rows out.

mod dates;
mod decimals;
mod functions;
mod order;
mod queries;
mod rare_functions;
mod refusals;
mod values;

use super::*;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};

/// Two tables that may be read, one that may not, and a view.
pub(super) struct Sample;

pub(super) fn column(name: &str, ty: Type, sql: &str) -> ColumnDef {
    ColumnDef {
        name: name.to_owned(),
        ty,
        sql: sql.to_owned(),
        selectable: ty != Type::Password,
        in_star: ty != Type::Password,
    }
}

impl Catalog for Sample {
    fn source(&self, name: &str) -> Result<Source, Denied> {
        match name.to_lowercase().as_str() {
            "people" => Ok(Source {
                from_sql: "t_1".to_owned(),
                columns: vec![
                    column("PK_ID", Type::Integer, "pk"),
                    column("Name", Type::Text, "c1"),
                    column("Age", Type::Integer, "c2"),
                    column("Score", Type::Number, "c3"),
                    column("Balance", Type::Currency, "c4"),
                    column("Born", Type::DateTime, "c5"),
                    column("Active", Type::YesNo, "c6"),
                    column("Secret", Type::Password, "c7"),
                    column("Tags", Type::List, "c8"),
                ],
            }),
            "orders" => Ok(Source {
                from_sql: "t_2".to_owned(),
                columns: vec![
                    column("PK_ID", Type::Integer, "pk"),
                    column("Person_ID", Type::Integer, "c1"),
                    column("Total", Type::Currency, "c2"),
                    column("Order Note", Type::Text, "\"c3\""),
                ],
            }),
            "adults" | "_v_adults" => Ok(Source {
                from_sql: "(SELECT CAST(pk AS TEXT) AS pk, c1, c2 FROM t_1 WHERE c2 >= 18)"
                    .to_owned(),
                columns: vec![
                    column("PK_ID", Type::Text, "pk"),
                    column("Name", Type::Text, "c1"),
                    column("Next_Age", Type::Integer, "c2 + 1"),
                ],
            }),
            "hidden" => Err(Denied::NotPermitted),
            _ => Err(Denied::Unknown),
        }
    }
}

pub(super) fn database() -> Connection {
    let connection = Connection::open_in_memory().expect("a database");
    install_with_clock(&connection, || {
        jiff::civil::datetime(2024, 2, 29, 12, 30, 0, 0)
    })
    .expect("functions");
    connection
        .execute_batch(
            "CREATE TABLE t_1 (pk INTEGER PRIMARY KEY, c1 TEXT, c2 INTEGER, c3 REAL, c4 INTEGER,
                               c5 TEXT, c6 INTEGER, c7 TEXT, c8 TEXT);
             INSERT INTO t_1 VALUES
               (1, 'Anna', 34, 1.5, 125000, '1990-05-04T00:00:00.000', 1, 'x', '[1]'),
               (2, 'bob', 17, 2.25, -5000, '2007-01-24T20:30:51.607', 0, 'y', '[2]'),
               (3, 'BOB ', 40, NULL, 0, NULL, 1, 'z', NULL),
               (4, 'Élodie', NULL, -3.0, 999999, '1984-02-29T08:00:00.000', 0, NULL, '[]'),
               (5, NULL, 34, 0.0, NULL, '1990-05-04T18:00:00.000', 1, NULL, NULL);
             CREATE TABLE t_2 (pk INTEGER PRIMARY KEY, c1 INTEGER, c2 INTEGER, c3 TEXT);
             INSERT INTO t_2 VALUES
               (1, 1, 100000, 'first'), (2, 1, 55000, 'second'), (3, 2, 10000, NULL),
               (4, 9, 70000, '50% off');",
        )
        .expect("rows");
    connection
}

/// Runs a compiled query; a row is its values joined by `|`, rows by `; `.
pub(super) fn run(compiled: &Compiled) -> Result<String, TsqlError> {
    let connection = database();
    let failed = |error: rusqlite::Error| {
        TsqlError::of_execution(&error)
            .unwrap_or_else(|| panic!("SQLite said {error} to {}", compiled.sql))
    };
    let mut statement = connection.prepare(&compiled.sql).map_err(failed)?;
    let mut rows = statement
        .query(params_from_iter(&compiled.params))
        .map_err(failed)?;
    let mut out = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let values: Vec<_> = compiled
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| shown(column.ty, row.get_ref(at).expect("a value")))
            .collect();
        out.push(values.join("|"));
    }
    Ok(out.join("; "))
}

fn shown(ty: Type, value: ValueRef<'_>) -> String {
    match (ty, value) {
        (_, ValueRef::Null) => "NULL".to_owned(),
        (Type::Currency, ValueRef::Integer(amount)) => format!("${}", amount as f64 / 10_000.0),
        (_, ValueRef::Integer(number)) => number.to_string(),
        (_, ValueRef::Real(number)) => format!("{number:?}"),
        (_, ValueRef::Text(text)) => String::from_utf8_lossy(text).into_owned(),
        (Type::Decimal { scale, .. }, ValueRef::Blob(bytes)) => decimal_text(bytes, scale),
        (_, ValueRef::Blob(_)) => "blob".to_owned(),
    }
}

pub(super) fn query(parts: &QueryParts<'_>) -> Result<String, TsqlError> {
    run(&compile_query(
        &Sample,
        "People",
        parts,
        Unordered::Natural,
        None,
    )?)
}

/// Returns the keys of the people that meet a condition.
pub(super) fn matching(filter: &str) -> Result<String, TsqlError> {
    query(&QueryParts {
        select: Some("PK_ID"),
        filter: Some(filter),
        order_by: Some("PK_ID"),
        ..QueryParts::default()
    })
}

/// Returns the value of an expression that uses no record.
pub(super) fn value(expr: &str) -> Result<String, TsqlError> {
    query(&QueryParts {
        select: Some(expr),
        filter: Some("PK_ID = 1"),
        ..QueryParts::default()
    })
}

/// Checks a table of expressions and their values; an error is written `error: text`.
pub(super) fn check(run: fn(&str) -> Result<String, TsqlError>, table: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (text, expected) in table {
        let found = run(text).unwrap_or_else(|error| format!("error: {error}"));
        if found != *expected {
            wrong.push(format!("{text}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
