//! Tables of T-SQL beside what it must yield over two small tables.

#![allow(clippy::unwrap_used)]

mod conditions;
mod expressions;
mod properties;
mod queries;
mod safety;

use rusqlite::{Connection, params_from_iter, types::Value};

use super::*;

/// A catalog of two tables, a view of both and a table that is out of reach.
struct Shop;

fn column(name: &str, ty: Type, sql: &str) -> ColumnDef {
    ColumnDef {
        name: name.into(),
        ty,
        sql: sql.into(),
        selectable: ty != Type::Password,
        in_star: ty != Type::Password,
    }
}

fn items() -> Source {
    Source {
        from_sql: "t1".into(),
        columns: vec![
            column("PK_ID", Type::Integer, "pk"),
            column("Name", Type::Text, "c1"),
            column("Qty", Type::Integer, "c2"),
            column("Weight", Type::Number, "c3"),
            column("Price", Type::Currency, "c4"),
            column("Added On", Type::DateTime, "c5"),
            column("Active", Type::YesNo, "c6"),
            column("Tags", Type::List, "c7"),
            column("Secret", Type::Password, "c8"),
        ],
    }
}

fn notes() -> Source {
    Source {
        from_sql: "t2".into(),
        columns: vec![
            column("PK_ID", Type::Integer, "pk"),
            column("Item", Type::Integer, "c1"),
            column("Odd]Name", Type::Text, "c2"),
        ],
    }
}

fn view() -> Source {
    let hidden = ColumnDef {
        in_star: false,
        ..column("_PK_ID_Items", Type::Integer, "pk0")
    };
    Source {
        from_sql: "(SELECT CAST(p0.pk AS TEXT) || ',' || p1.pk AS pk, p0.pk AS pk0, \
                   p0.c1 AS v0 FROM t1 AS p0 JOIN t2 AS p1 ON p0.pk = p1.c1)"
            .into(),
        columns: vec![
            column("PK_ID", Type::Text, "pk"),
            hidden,
            column("Name", Type::Text, "v0"),
        ],
    }
}

impl Catalog for Shop {
    fn source(&self, name: &str) -> Result<Source, Denied> {
        match name.to_lowercase().as_str() {
            "items" => Ok(items()),
            "notes" => Ok(notes()),
            "both" | "_v_both" => Ok(view()),
            "vault" => Err(Denied::NotPermitted),
            _ => Err(Denied::Unknown),
        }
    }
}

fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    install(&connection).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE t1 (pk INTEGER PRIMARY KEY, c1 TEXT COLLATE NOCASE, c2 INTEGER, \
             c3 REAL, c4 INTEGER, c5 TEXT, c6 INTEGER, c7 TEXT, c8 TEXT);
             INSERT INTO t1 VALUES
             (1, 'Anvil', 5, 2.5, 123400, '2024-01-31T08:30:00.000', 1, '[1]', 'x'),
             (2, 'bolt ', 10, 0.5, 5000, '2024-02-29T00:00:00.000', 0, NULL, 'x'),
             (3, 'Éclair', NULL, NULL, NULL, NULL, NULL, NULL, 'x'),
             (4, 'BOLT', 3, 1.25, 1, '2023-12-31T23:59:59.997', 1, '[]', 'x'),
             (5, NULL, -4, -1.5, -25000, '2024-06-15T12:00:00.500', 0, NULL, 'x');
             CREATE TABLE t2 (pk INTEGER PRIMARY KEY, c1 INTEGER, c2 TEXT);
             INSERT INTO t2 VALUES (1, 1, 'heavy'), (2, 1, '100%'), (3, 4, 'a_b'), (4, 9, '7');",
        )
        .unwrap();
    connection
}

fn parts<'a>(
    select: &'a str,
    filter: &'a str,
    group_by: &'a str,
    order_by: &'a str,
) -> QueryParts<'a> {
    QueryParts {
        select: Some(select),
        filter: Some(filter),
        group_by: Some(group_by),
        order_by: Some(order_by),
        allow_having: true,
    }
}

fn run(connection: &Connection, compiled: &Compiled) -> rusqlite::Result<Vec<Vec<Value>>> {
    let mut statement = connection.prepare(&compiled.sql)?;
    let columns = statement.column_count();
    let rows = statement.query_map(params_from_iter(&compiled.params), |row| {
        (0..columns).map(|at| row.get(at)).collect()
    })?;
    rows.collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "-".into(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Text(text) => text.clone(),
        Value::Blob(_) => "blob".into(),
    }
}

/// Runs a query over `Items` and writes its rows as `a,b;c,d`, or what went wrong.
fn answer(connection: &Connection, parts: &QueryParts<'_>) -> String {
    let compiled = match compile_query(&Shop, "Items", parts, Unordered::Natural, None) {
        Ok(compiled) => compiled,
        Err(error) => return format!("! {error}"),
    };
    match run(connection, &compiled) {
        Ok(rows) => {
            let rows: Vec<String> = rows
                .iter()
                .map(|row| row.iter().map(shown).collect::<Vec<_>>().join(","))
                .collect();
            rows.join(";")
        }
        Err(error) => match TsqlError::of_execution(&error) {
            Some(error) => format!("? {error}"),
            None => format!("?? {error}"),
        },
    }
}

/// The keys that a condition finds.
fn found(connection: &Connection, filter: &str) -> String {
    answer(connection, &parts("PK_ID", filter, "", "PK_ID")).replace(';', " ")
}

/// The value of an expression on the first record.
fn value(connection: &Connection, expression: &str) -> String {
    answer(connection, &parts(expression, "PK_ID = 1", "", ""))
}

fn check(table: &[(&str, &str)], ask: impl Fn(&str) -> String) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(given, expected)| {
            let got = ask(given);
            (got != *expected).then(|| format!("{given}\n  wants {expected}\n  got   {got}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
