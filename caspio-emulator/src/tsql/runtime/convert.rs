//! Conversions of whatever a column holds; each also in a form that yields null for an error.

use rusqlite::{
    Connection, Result,
    functions::Context,
    types::{ToSql, ValueRef},
};

use super::{failed, real, strict};
use crate::tsql::{TsqlError, convert, datetime};

pub(super) fn install(connection: &Connection) -> Result<()> {
    both(connection, "int", |value| match value {
        ValueRef::Integer(number) => Ok(number),
        ValueRef::Real(number) => Ok(number as i64),
        other => convert::integer(text(other)?),
    })?;
    both(connection, "float", |value| match value {
        ValueRef::Integer(number) => Ok(number as f64),
        ValueRef::Real(number) => Ok(number),
        other => convert::float(text(other)?),
    })?;
    both(connection, "money", |value| match value {
        ValueRef::Integer(number) => number
            .checked_mul(10_000)
            .ok_or_else(|| convert::overflow("money")),
        ValueRef::Real(number) => convert::money_of_float(number),
        other => convert::money(text(other)?),
    })?;
    both(connection, "bit", |value| match value {
        ValueRef::Integer(number) => Ok(i64::from(number != 0)),
        ValueRef::Real(number) => Ok(i64::from(number != 0.0)),
        other => convert::bit(text(other)?),
    })?;
    both(connection, "datetime", |value| {
        datetime::stored(text(value)?).ok_or_else(convert::bad_date)
    })?;
    strict(connection, "tsql_float_text", 1, |context| {
        Ok(float_text(real(context, 0)?))
    })?;
    strict(connection, "tsql_money_text", 2, money_text)
}

/// Registers a conversion as `tsql_<name>` and, forgiving, as `tsql_try_<name>`.
fn both<T: ToSql + 'static>(
    connection: &Connection,
    name: &str,
    function: fn(ValueRef<'_>) -> Result<T, TsqlError>,
) -> Result<()> {
    strict(connection, &format!("tsql_{name}"), 1, move |context| {
        function(context.get_raw(0)).map_err(failed)
    })?;
    strict(connection, &format!("tsql_try_{name}"), 1, move |context| {
        Ok(function(context.get_raw(0)).ok())
    })
}

fn text(value: ValueRef<'_>) -> Result<&str, TsqlError> {
    value
        .as_str()
        .map_err(|_| TsqlError::ty("A text was expected."))
}

/// Six significant digits, as SQL Server writes floats.
fn float_text(number: f64) -> String {
    let magnitude = number.abs();
    if number == 0.0 || !number.is_finite() {
        return "0".to_owned();
    }
    let exponent = magnitude.log10().floor() as i32;
    if !(-5..6).contains(&exponent) {
        let text = format!("{number:.5e}");
        let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
        let power: i32 = power.parse().unwrap_or_default();
        let sign = if power < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:03}", trimmed(digits), power.abs());
    }
    let places = usize::try_from(5 - exponent).unwrap_or_default();
    trimmed(&format!("{number:.places$}")).to_owned()
}

fn trimmed(digits: &str) -> &str {
    match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.'),
        false => digits,
    }
}

/// Two places, with thousands separators in style 1; four places in style 2.
fn money_text(context: &Context<'_>) -> Result<String> {
    let amount: i64 = context.get(0)?;
    let style: i64 = context.get(1)?;
    let sign = if amount < 0 { "-" } else { "" };
    let amount = amount.unsigned_abs();
    if style == 2 {
        return Ok(format!("{sign}{}.{:04}", amount / 10_000, amount % 10_000));
    }
    let cents = amount.saturating_add(50) / 100;
    let whole = (cents / 100).to_string();
    let whole = match style {
        1 => grouped(&whole),
        _ => whole,
    };
    Ok(format!("{sign}{whole}.{:02}", cents % 100))
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
