//! One table for the tests of the translator, with rows.

#![allow(dead_code, reason = "each test uses its part")]

use caspio_tsql::{
    Catalog, ColumnDef, Denied, QueryParts, Source, Type, Unordered, compile_query, decimal_text,
    install,
};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

/// One record as plain values.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) a: Option<i64>,
    pub(crate) b: Option<i64>,
    /// In quarters.
    pub(crate) n: Option<i64>,
    pub(crate) s: Option<String>,
    pub(crate) t: Option<String>,
    /// In ten-thousandths.
    pub(crate) m: Option<i64>,
    pub(crate) flag: bool,
    /// In days since the beginning of 1970.
    pub(crate) d: Option<i64>,
}

/// The table `T`, and a table `Hidden` that may not be read.
pub(crate) struct OneTable;

impl Catalog for OneTable {
    fn source(&self, name: &str) -> Result<Source, Denied> {
        let column = |(at, (name, ty)): (usize, (&str, Type))| ColumnDef {
            name: name.to_owned(),
            ty,
            sql: format!("c{at}"),
            selectable: ty != Type::Password,
            in_star: ty != Type::Password,
        };
        let columns = [
            ("PK_ID", Type::Integer),
            ("A", Type::Integer),
            ("B", Type::Integer),
            ("N", Type::Number),
            ("S", Type::Text),
            ("T", Type::Text),
            ("M", Type::Currency),
            ("Flag", Type::YesNo),
            ("D", Type::DateTime),
            ("Pass", Type::Password),
            ("Tags", Type::List),
        ];
        match name.to_lowercase().as_str() {
            "t" | "u" => Ok(Source {
                from_sql: "t_1".to_owned(),
                columns: columns.into_iter().enumerate().map(column).collect(),
            }),
            "hidden" => Err(Denied::NotPermitted),
            _ => Err(Denied::Unknown),
        }
    }
}

pub(crate) fn database(rows: &[Row]) -> Connection {
    let connection = Connection::open_in_memory().expect("the test database");
    install(&connection).expect("the test database");
    connection
        .execute_batch(
            "CREATE TABLE t_1 (c0 INTEGER PRIMARY KEY, c1 INTEGER, c2 INTEGER, c3 REAL, c4 TEXT,
                               c5 TEXT, c6 INTEGER, c7 INTEGER, c8 TEXT, c9 TEXT, c10 TEXT);
             CREATE TABLE secret (x TEXT); INSERT INTO secret VALUES ('the secret');",
        )
        .expect("the test database");
    for row in rows {
        connection
            .execute(
                "INSERT INTO t_1 (c1, c2, c3, c4, c5, c6, c7, c8) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    row.a,
                    row.b,
                    row.n.map(|quarters| quarters as f64 / 4.0),
                    row.s,
                    row.t,
                    row.m,
                    row.flag,
                    row.d.map(|days| format!("{}T00:00:00.000", date(days))),
                ],
            )
            .expect("the test database");
    }
    connection
}

/// Returns `YYYY-MM-DD` for a number of days since the beginning of 1970.
pub(crate) fn date(days: i64) -> String {
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// The proleptic Gregorian calendar, counted in eras of 400 years.
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Converts a decimal to a float, which holds those of these tests exactly.
fn as_float(ty: Type, value: Value) -> Value {
    match (ty, value) {
        (Type::Decimal { scale, .. }, Value::Blob(bytes)) => {
            Value::Real(decimal_text(&bytes, scale).parse().expect("a number"))
        }
        (_, value) => value,
    }
}

/// Runs a query in the order of the key, and returns the first column of every row.
pub(crate) fn first_column(
    connection: &Connection,
    select: &str,
    filter: Option<&str>,
) -> Result<Vec<Value>, String> {
    let parts = QueryParts {
        select: Some(select),
        filter,
        order_by: Some("PK_ID"),
        ..QueryParts::default()
    };
    let compiled = compile_query(&OneTable, "T", &parts, Unordered::Natural, None)
        .map_err(|error| error.to_string())?;
    let mut statement = connection
        .prepare(&compiled.sql)
        .map_err(|error| error.to_string())?;
    let ty = compiled.columns[0].ty;
    let rows = statement.query_map(params_from_iter(&compiled.params), |row| {
        row.get(0).map(|value| as_float(ty, value))
    });
    rows.and_then(Iterator::collect)
        .map_err(|error| error.to_string())
}
