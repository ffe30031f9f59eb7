//! Rows as structs.

use super::case::Row;
use super::values::{COLUMNS, PASSWORDS, Type, date, is_kept};
use caspio::prelude::*;
use caspio::{CaspioInsert, Password};
use serde_json::{Value, json};

/// A record of a case's table, whose key column is text.
#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Typed")]
pub(super) struct Typed {
    #[caspio(pk)]
    pub(super) pk_id: i64,
    #[caspio(rename = "K")]
    k: Option<String>,
    #[caspio(rename = "T")]
    t: Option<String>,
    #[caspio(rename = "N")]
    n: Option<f64>,
    #[caspio(rename = "I")]
    i: Option<i32>,
    #[caspio(rename = "C")]
    c: Option<Decimal>,
    #[caspio(rename = "D")]
    d: Option<DateTime>,
    #[caspio(rename = "Y")]
    y: bool,
    #[caspio(rename = "L")]
    l: List<String>,
}

/// A new record.
#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = Secretive)]
pub(super) struct NewTyped {
    k: Option<String>,
    t: Option<String>,
    n: Option<f64>,
    i: Option<i32>,
    c: Option<Decimal>,
    d: Option<DateTime>,
    y: bool,
    l: List<String>,
    p: Password,
}

/// The columns of a new record, of which the password cannot be read.
#[derive(Debug, CaspioTable)]
#[caspio(table = "Typed")]
#[allow(dead_code, reason = "only its columns are used")]
pub(super) struct Secretive {
    #[caspio(pk)]
    pk_id: i64,
    #[caspio(rename = "K")]
    k: Option<String>,
    #[caspio(rename = "T")]
    t: Option<String>,
    #[caspio(rename = "N")]
    n: Option<f64>,
    #[caspio(rename = "I")]
    i: Option<i32>,
    #[caspio(rename = "C")]
    c: Option<Decimal>,
    #[caspio(rename = "D")]
    d: Option<DateTime>,
    #[caspio(rename = "Y")]
    y: bool,
    #[caspio(rename = "L")]
    l: List<String>,
    #[caspio(rename = "P", password)]
    p: Password,
}

/// The row as a struct sends it: with all columns, without dates that are none.
pub(super) fn complete(row: Row) -> Row {
    let columns = std::iter::once(("K", Type::Text)).chain(COLUMNS);
    let columns = columns.map(|(name, ty)| {
        let given = row.iter().find(|(column, _)| column == name);
        let value = given.map_or(&Value::Null, |(_, value)| value);
        let value = match (ty, value) {
            (Type::Password, Value::Null) => json!(PASSWORDS[1]),
            (Type::YesNo, Value::Null) => json!(false),
            (Type::List, Value::Null) => json!([]),
            (ty, value) if !is_kept(ty, value) => Value::Null,
            (_, value) => value.clone(),
        };
        (name.to_owned(), value)
    });
    columns.collect()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn amount(value: &Value) -> Option<Decimal> {
    value
        .is_number()
        .then(|| value.to_string().parse().expect("an amount"))
}

fn moment(value: &Value) -> Option<DateTime> {
    let at = date(value.as_str()?)?;
    Some(at.parse().expect("a date"))
}

fn whole(value: &Value) -> Option<i32> {
    value.as_i64()?.try_into().ok()
}

fn list(value: &Value) -> List<String> {
    let values = value.as_array().into_iter().flatten();
    values.filter_map(text).collect()
}

impl NewTyped {
    /// A row with all columns as a struct.
    pub(super) fn of(row: &Row) -> Self {
        let value = |name: &str| {
            let found = row.iter().find(|(column, _)| column == name);
            found.map_or(&Value::Null, |(_, value)| value)
        };
        Self {
            k: text(value("K")),
            t: text(value("T")),
            n: value("N").as_f64(),
            i: whole(value("I")),
            c: amount(value("C")),
            d: moment(value("D")),
            y: value("Y").as_bool().unwrap_or_default(),
            l: list(value("L")),
            p: Password::new(text(value("P")).unwrap_or_default()),
        }
    }
}

impl Typed {
    /// The record with the columns of a row.
    pub(super) fn with(&self, row: &Row) -> Self {
        let mut changed = self.clone();
        for (name, value) in row {
            match name.as_str() {
                "K" => changed.k = text(value),
                "T" => changed.t = text(value),
                "N" => changed.n = value.as_f64(),
                "I" => changed.i = whole(value),
                "C" => changed.c = amount(value),
                "D" => changed.d = moment(value),
                "Y" => changed.y = value.as_bool().unwrap_or_default(),
                "L" => changed.l = list(value),
                _ => {}
            }
        }
        changed
    }
}

/// The row without values that a struct cannot hold.
pub(super) fn without_strange_values(row: &Row) -> Row {
    let is_held = |name: &str, value: &Value| {
        let column = COLUMNS.iter().find(|(column, _)| *column == name);
        column.is_none_or(|(_, ty)| is_kept(*ty, value))
    };
    let columns = row.iter().filter(|(name, value)| is_held(name, value));
    columns.cloned().collect()
}
