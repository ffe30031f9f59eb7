//! Functions on numbers and money.

use rusqlite::{
    Connection, Result,
    functions::Context,
    types::{Value, ValueRef},
};
use rust_decimal::{Decimal, RoundingStrategy};

use super::{failed, real, strict};
use crate::tsql::{TsqlError, convert};

pub(super) fn install(connection: &Connection) -> Result<()> {
    strict(connection, "tsql_divisor", 1, divisor)?;
    strict(connection, "tsql_modulo", 2, |context| {
        let by = real(context, 1)?;
        match by == 0.0 {
            true => Err(by_zero()),
            false => Ok(real(context, 0)? % by),
        }
    })?;
    strict(connection, "tsql_floor", 1, |context| {
        Ok(real(context, 0)?.floor())
    })?;
    strict(connection, "tsql_ceiling", 1, |context| {
        Ok(real(context, 0)?.ceil())
    })?;
    strict(connection, "tsql_sign", 1, |context| {
        let number = real(context, 0)?;
        Ok(i64::from(number > 0.0) - i64::from(number < 0.0))
    })?;
    strict(connection, "tsql_sqrt", 1, |context| {
        finite(real(context, 0)?.sqrt())
    })?;
    strict(connection, "tsql_power", 2, |context| {
        finite(real(context, 0)?.powf(real(context, 1)?))
    })?;
    strict(connection, "tsql_round", 3, |context| {
        finite(rounded(
            real(context, 0)?,
            context.get(1)?,
            context.get::<i64>(2)? != 0,
        ))
    })?;
    install_whole(connection)
}

/// What works on integers and on ten-thousandths.
fn install_whole(connection: &Connection) -> Result<()> {
    strict(connection, "tsql_round_int", 3, |context| {
        let digits: i64 = context.get(1)?;
        whole_rounded(context, digits.min(0))
    })?;
    strict(connection, "tsql_round_money", 3, |context| {
        let digits: i64 = context.get(1)?;
        whole_rounded(context, digits.saturating_sub(4).min(0))
    })?;
    strict(connection, "tsql_money_floor", 1, |context| {
        let amount: i64 = context.get(0)?;
        money(i128::from(amount.div_euclid(10_000)) * 10_000)
    })?;
    strict(connection, "tsql_money_ceiling", 1, |context| {
        let amount: i64 = context.get(0)?;
        money(-(-i128::from(amount)).div_euclid(10_000) * 10_000)
    })?;
    strict(connection, "tsql_money_multiply", 2, |context| {
        let (left, right): (i64, i64) = (context.get(0)?, context.get(1)?);
        money(nearest(i128::from(left) * i128::from(right), 10_000))
    })?;
    strict(connection, "tsql_money_divide", 2, |context| {
        let (left, right): (i64, i64) = (context.get(0)?, context.get(1)?);
        match right {
            0 => Err(by_zero()),
            _ => money(i128::from(left) * 10_000 / i128::from(right)),
        }
    })
}

/// Lets a number through unless it is zero.
fn divisor(context: &Context<'_>) -> Result<Value> {
    match context.get_raw(0) {
        ValueRef::Integer(0) => Err(by_zero()),
        ValueRef::Real(0.0) => Err(by_zero()),
        ValueRef::Integer(number) => Ok(Value::Integer(number)),
        ValueRef::Real(number) => Ok(Value::Real(number)),
        _ => Err(failed(TsqlError::ty("A number was expected."))),
    }
}

fn by_zero() -> rusqlite::Error {
    failed(TsqlError::ty("Divide by zero error encountered."))
}

fn finite(number: f64) -> Result<f64> {
    match number.is_finite() {
        true => Ok(number),
        false => Err(failed(TsqlError::ty(
            "An invalid floating point operation occurred.",
        ))),
    }
}

fn money(amount: i128) -> Result<i64> {
    i64::try_from(amount).map_err(|_| failed(convert::overflow("money")))
}

/// Rounds by decimal digits, not by binary ones: 1.005 to two places is 1.01.
fn rounded(number: f64, digits: i64, cut: bool) -> f64 {
    let places = u32::try_from(digits.clamp(0, 28)).unwrap_or_default();
    let decimal = number.to_string().parse::<Decimal>();
    if let (Ok(decimal), 0..) = (decimal, digits) {
        let strategy = match cut {
            true => RoundingStrategy::ToZero,
            false => RoundingStrategy::MidpointAwayFromZero,
        };
        let rounded = decimal.round_dp_with_strategy(places, strategy);
        return rounded.to_string().parse().unwrap_or(number);
    }
    if digits >= 0 {
        return number;
    }
    let unit = 10_f64.powi(i32::try_from(digits.max(-400)).unwrap_or_default().abs());
    let shifted = number / unit;
    let shifted = if cut {
        shifted.trunc()
    } else {
        shifted.round()
    };
    if shifted == 0.0 { 0.0 } else { shifted * unit }
}

/// Rounds the argument to so many digits before its last one; `digits` is not positive.
fn whole_rounded(context: &Context<'_>, digits: i64) -> Result<i64> {
    let number: i64 = context.get(0)?;
    let cut = context.get::<i64>(2)? != 0;
    if digits <= -19 {
        return Ok(0);
    }
    let power = u32::try_from(-digits).unwrap_or_default();
    let unit = 10_i128.pow(power);
    let number = i128::from(number);
    let result = match cut {
        true => number / unit * unit,
        false => nearest(number, unit) * unit,
    };
    i64::try_from(result).map_err(|_| failed(convert::overflow("int")))
}

/// Divides and rounds halves away from zero.
fn nearest(number: i128, unit: i128) -> i128 {
    let half = if number < 0 { -unit / 2 } else { unit / 2 };
    (number + half) / unit
}
