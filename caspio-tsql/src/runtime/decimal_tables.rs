//! The functions of exact decimals by their names. A decimal has its scale as the argument behind it; the last argument
//! is the precision of the result.

use super::function_tables::{Arguments, Body, int, real, string};
use super::{date, decimal, scalar};
use rusqlite::types::Value;

/// Returns a decimal that fits the precision in the last argument.
fn fitting(arguments: &Arguments<'_>, digits: i128) -> date::Failable<Value> {
    let precision = arguments.scale(arguments.context.len() - 1);
    decimal::fitting(digits, precision).map(blob)
}

fn blob(digits: i128) -> Value {
    Value::Blob(decimal::stored(digits))
}

/// Both operands at the scale of the result: left, its scale, right, its scale, the result's scale.
fn aligned(a: &Arguments<'_>) -> date::Failable<(i128, i128)> {
    let left = decimal::rescale(a.decimal(0), a.scale(1), a.scale(4))?;
    Ok((
        left,
        decimal::rescale(a.decimal(2), a.scale(3), a.scale(4))?,
    ))
}

/// Conversions. Each also exists as `ts_try_...`, which returns NULL on failure.
pub(super) const CONVERSIONS: &[(&str, i32, Body)] = &[
    // The whole number, its scale, the scale of the result.
    ("dec_whole", 4, |a| {
        fitting(
            a,
            decimal::rescale(a.int(0).into(), a.scale(1), a.scale(2))?,
        )
    }),
    ("dec_of_float", 3, |a| {
        fitting(a, decimal::of_float(a.real(0), a.scale(1))?)
    }),
    ("dec_of_text", 3, |a| {
        fitting(a, decimal::of_text(a.text(0), a.scale(1))?)
    }),
    ("dec_rescale", 4, |a| {
        fitting(a, decimal::rescale(a.decimal(0), a.scale(1), a.scale(2))?)
    }),
    ("dec_float", 2, |a| {
        real(Ok(decimal::to_float(a.decimal(0), a.scale(1))))
    }),
    ("dec_int", 2, |a| {
        int(decimal::to_whole(a.decimal(0), a.scale(1)))
    }),
    ("dec_money", 2, |a| {
        let amount = decimal::rescale(a.decimal(0), a.scale(1), 4)?;
        let failed =
            |_| "Arithmetic overflow error converting numeric to data type money.".to_owned();
        int(i64::try_from(amount).map_err(failed))
    }),
    ("dec_text", 2, |a| {
        string(decimal::text(a.decimal(0), a.scale(1)))
    }),
    ("dec_bit", 1, |a| int(Ok(i64::from(a.decimal(0) != 0)))),
];

pub(super) const ARITHMETIC: &[(&str, i32, Body)] = &[
    ("dec_add", 6, |a| {
        let (left, right) = aligned(a)?;
        fitting(a, left.saturating_add(right))
    }),
    ("dec_sub", 6, |a| {
        let (left, right) = aligned(a)?;
        fitting(a, left.saturating_sub(right))
    }),
    ("dec_mul", 6, |a| {
        let dropped = (a.scale(1) + a.scale(3)).saturating_sub(a.scale(4));
        fitting(a, decimal::multiply(a.decimal(0), a.decimal(2), dropped)?)
    }),
    ("dec_div", 6, |a| {
        let added = (a.scale(4) + a.scale(3)).saturating_sub(a.scale(1));
        fitting(a, decimal::divide(a.decimal(0), a.decimal(2), added)?)
    }),
    ("dec_mod", 6, |a| {
        let (left, right) = aligned(a)?;
        fitting(a, decimal::modulo(left, right)?)
    }),
    ("dec_neg", 1, |a| Ok(blob(-a.decimal(0)))),
    ("dec_abs", 1, |a| Ok(blob(a.decimal(0).abs()))),
    ("dec_sign", 2, |a| {
        Ok(blob(decimal::rescale(
            a.decimal(0).signum(),
            0,
            a.scale(1),
        )?))
    }),
    ("dec_floor", 2, |a| {
        Ok(blob(decimal::floor(a.decimal(0), a.scale(1))))
    }),
    ("dec_ceiling", 2, |a| {
        Ok(blob(-decimal::floor(-a.decimal(0), a.scale(1))))
    }),
    // The number, its scale, the places, whether the rest is cut.
    ("dec_round", 5, |a| {
        fitting(
            a,
            decimal::round(a.decimal(0), a.scale(1), a.int(2), a.int(3) != 0),
        )
    }),
    // All digits as an integer, for SQLite's own sum, which is exact.
    ("dec_digits", 1, |a| {
        int(i64::try_from(a.decimal(0)).map_err(|_| scalar::OVERFLOW.to_owned()))
    }),
    // The sum of all digits, the number of records, the digits to add.
    ("dec_average", 3, |a| {
        Ok(blob(decimal::divide(
            a.int(0).into(),
            a.int(1).into(),
            a.scale(2),
        )?))
    }),
];
