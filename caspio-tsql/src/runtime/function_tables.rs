//! The scalar functions by their names, with what each does.

use super::collation::{capital, fold};
use super::date::{self, Failable};
use super::date_part::{Part, end_of_month};
use super::{date_style, date_text, number, scalar, text};
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};

/// A function that is never called with NULL.
pub(super) type Body = fn(&Arguments<'_>) -> Failable<Value>;

/// The arguments of a call, none of which is NULL.
pub(super) struct Arguments<'a> {
    pub(super) context: &'a Context<'a>,
}

impl Arguments<'_> {
    pub(super) fn int(&self, at: usize) -> i64 {
        match self.context.get_raw(at) {
            ValueRef::Integer(number) => number,
            ValueRef::Real(number) => number as i64,
            _ => 0,
        }
    }

    pub(super) fn real(&self, at: usize) -> f64 {
        match self.context.get_raw(at) {
            ValueRef::Integer(number) => number as f64,
            ValueRef::Real(number) => number,
            _ => 0.0,
        }
    }

    pub(super) fn text(&self, at: usize) -> &str {
        match self.context.get_raw(at) {
            ValueRef::Text(text) => std::str::from_utf8(text).unwrap_or(""),
            _ => "",
        }
    }

    pub(super) fn decimal(&self, at: usize) -> i128 {
        match self.context.get_raw(at) {
            ValueRef::Blob(bytes) => super::decimal::from_stored(bytes).unwrap_or(0),
            _ => 0,
        }
    }

    pub(super) fn scale(&self, at: usize) -> u32 {
        u32::try_from(self.int(at)).unwrap_or(0)
    }

    pub(super) fn date(&self, at: usize) -> Failable<jiff::civil::DateTime> {
        let text = self.text(at);
        date::from_stored(text).map_or_else(|| date_text::parse(text), Ok)
    }

    fn part(&self) -> Failable<Part> {
        Part::named(self.text(0)).ok_or_else(|| "invalid datepart".to_owned())
    }

    /// Returns 4 for money and 0 for integers, from the function's last argument.
    pub(super) fn has(&self, at: usize) -> bool {
        at < self.context.len()
    }
}

pub(super) fn int(number: Failable<i64>) -> Failable<Value> {
    number.map(Value::Integer)
}

pub(super) fn real(number: Failable<f64>) -> Failable<Value> {
    number.map(Value::Real)
}

pub(super) fn string(text: impl Into<String>) -> Failable<Value> {
    Ok(Value::Text(text.into()))
}

pub(super) fn stored(date: Failable<jiff::civil::DateTime>) -> Failable<Value> {
    date.map(|date| Value::Text(date::stored_date(date)))
}

/// Conversions. Each also exists as `ts_try_...`, which returns NULL on failure.
pub(super) const CONVERSIONS: &[(&str, i32, Body)] = &[
    ("text_int", 1, |a| int(scalar::text_int(a.text(0)))),
    ("text_bit", 1, |a| int(scalar::text_bit(a.text(0)))),
    ("text_float", 1, |a| real(scalar::text_float(a.text(0)))),
    ("text_money", 1, |a| int(scalar::text_money(a.text(0)))),
    ("text_date", 1, |a| stored(date_text::parse(a.text(0)))),
    ("text_date_style", 2, |a| {
        stored(date_style::read(a.text(0), a.int(1)))
    }),
    ("bit", 1, |a| int(Ok(i64::from(a.int(0) != 0)))),
    ("int_money", 1, |a| int(scalar::int_money(a.int(0)))),
    ("float_money", 1, |a| int(scalar::float_money(a.real(0)))),
    ("float_int", 1, |a| int(scalar::float_int(a.real(0)))),
    ("money_int", 1, |a| int(Ok(scalar::money_int(a.int(0))))),
    ("number_date", 1, |a| stored(date::from_days(a.real(0)))),
    ("date_number", 1, |a| real(a.date(0).map(date::to_days))),
    ("date_int", 1, |a| {
        int(a.date(0).map(|date| date::to_days(date).round() as i64))
    }),
    ("float_text", 1, |a| string(scalar::float_text(a.real(0)))),
    ("money_text", 1, |a| string(scalar::money_text(a.int(0), 0))),
    ("money_text_style", 2, |a| {
        string(scalar::money_text(a.int(0), a.int(1)))
    }),
    ("date_text", 1, |a| {
        string(date_style::write(a.date(0)?, 0)?)
    }),
    ("date_text_style", 2, |a| {
        string(date_style::write(a.date(0)?, a.int(1))?)
    }),
    ("date_only", 1, |a| {
        stored(a.date(0).map(|date| date.date().at(0, 0, 0, 0)))
    }),
    ("time_only", 1, |a| {
        stored(a.date(0).map(|time| date::EPOCH.to_datetime(time.time())))
    }),
    ("minute_only", 1, |a| {
        stored(a.date(0).and_then(date::to_minute))
    }),
    ("text_day", 1, |a| string(scalar::text_day(a.text(0))?)),
    ("text_clock", 1, |a| string(scalar::text_clock(a.text(0))?)),
    ("clock_digits", 2, |a| {
        stored(date::to_digits(a.date(0)?, a.int(1)))
    }),
    ("day_text_style", 2, |a| {
        string(date_style::write_day(a.date(0)?, a.int(1))?)
    }),
    ("clock_text_style", 2, |a| {
        string(date_style::write_clock(a.date(0)?, a.int(1))?)
    }),
    ("truncate", 2, |a| {
        string(text::truncate(a.text(0), a.int(1)))
    }),
    ("range", 4, |a| {
        int(number::in_range(a.int(0), a.int(1), a.int(2), a.text(3)))
    }),
];

pub(super) const ARITHMETIC: &[(&str, i32, Body)] = &[
    ("iadd", 2, |a| int(whole(a.int(0).checked_add(a.int(1))))),
    ("isub", 2, |a| int(whole(a.int(0).checked_sub(a.int(1))))),
    ("imul", 2, |a| int(whole(a.int(0).checked_mul(a.int(1))))),
    ("idiv", 2, |a| {
        int(whole(Some(scalar::divide(a.int(0), a.int(1))?)))
    }),
    ("imod", 2, |a| int(scalar::modulo(a.int(0), a.int(1)))),
    ("ineg", 1, |a| int(whole(a.int(0).checked_neg()))),
    ("add", 2, |a| int(checked(a.int(0).checked_add(a.int(1))))),
    ("sub", 2, |a| int(checked(a.int(0).checked_sub(a.int(1))))),
    ("mul", 2, |a| int(checked(a.int(0).checked_mul(a.int(1))))),
    ("div", 2, |a| int(scalar::divide(a.int(0), a.int(1)))),
    ("mod", 2, |a| int(scalar::modulo(a.int(0), a.int(1)))),
    ("neg", 1, |a| int(checked(a.int(0).checked_neg()))),
    ("money_mul", 2, |a| {
        int(scalar::money_multiply(a.int(0), a.int(1)))
    }),
    ("money_div", 2, |a| {
        int(scalar::money_divide(a.int(0), a.int(1)))
    }),
    ("fadd", 2, |a| real(number::finite(a.real(0) + a.real(1)))),
    ("fsub", 2, |a| real(number::finite(a.real(0) - a.real(1)))),
    ("fmul", 2, |a| real(number::finite(a.real(0) * a.real(1)))),
    ("fdiv", 2, |a| match a.real(1) {
        0.0 => Err(scalar::BY_ZERO.to_owned()),
        divisor => real(number::finite(a.real(0) / divisor)),
    }),
    ("fmod", 2, |a| match a.real(1) {
        0.0 => Err(scalar::BY_ZERO.to_owned()),
        divisor => real(number::finite(a.real(0) % divisor)),
    }),
    ("date_plus", 2, |a| {
        let sum = date::milliseconds(a.date(0)?) + date::milliseconds(a.date(1)?);
        stored(date::from_milliseconds(sum))
    }),
    ("date_minus", 2, |a| {
        let difference = date::milliseconds(a.date(0)?) - date::milliseconds(a.date(1)?);
        stored(date::from_milliseconds(difference))
    }),
];

pub(super) const TEXTS: &[(&str, i32, Body)] = &[
    ("len", 1, |a| int(Ok(text::length(a.text(0))))),
    ("left", 2, |a| string(text::left(a.text(0), a.int(1))?)),
    ("right", 2, |a| string(text::right(a.text(0), a.int(1))?)),
    ("substring", 3, |a| {
        string(text::substring(a.text(0), a.int(1), a.int(2))?)
    }),
    ("charindex", -1, |a| {
        let start = if a.has(2) { a.int(2) } else { 1 };
        int(Ok(text::index_of(a.text(0), a.text(1), start)))
    }),
    ("replace", 3, |a| {
        string(text::replace(a.text(0), a.text(1), a.text(2))?)
    }),
    ("upper", 1, |a| {
        string(a.text(0).chars().map(capital).collect::<String>())
    }),
    ("lower", 1, |a| {
        string(a.text(0).chars().map(fold).collect::<String>())
    }),
    ("ltrim", 1, |a| string(a.text(0).trim_start_matches(' '))),
    ("rtrim", 1, |a| string(a.text(0).trim_end_matches(' '))),
    ("trim", 1, |a| string(a.text(0).trim_matches(' '))),
    ("reverse", 1, |a| {
        string(a.text(0).chars().rev().collect::<String>())
    }),
    ("replicate", 2, |a| {
        Ok(text::repeat(a.text(0), a.int(1)).map_or(Value::Null, Value::Text))
    }),
    ("stuff", 4, |a| {
        let stuffed = text::stuff(a.text(0), a.int(1), a.int(2), a.text(3));
        Ok(stuffed.map_or(Value::Null, Value::Text))
    }),
];

pub(super) const NUMBERS: &[(&str, i32, Body)] = &[
    ("abs", 1, |a| int(checked(a.int(0).checked_abs()))),
    ("fabs", 1, |a| real(Ok(a.real(0).abs()))),
    ("round", 4, |a| {
        int(number::round_whole(
            a.int(0),
            a.int(1),
            a.int(2) != 0,
            a.int(3),
        ))
    }),
    ("fround", 3, |a| {
        real(number::finite(number::round(
            a.real(0),
            a.int(1),
            a.int(2) != 0,
        )))
    }),
    ("ceiling", 1, |a| real(Ok(a.real(0).ceil()))),
    ("floor", 1, |a| real(Ok(a.real(0).floor()))),
    ("money_ceiling", 1, |a| {
        int(checked(
            a.int(0)
                .div_euclid(10_000)
                .checked_add(i64::from(a.int(0).rem_euclid(10_000) > 0))
                .and_then(|whole| whole.checked_mul(10_000)),
        ))
    }),
    ("money_floor", 1, |a| {
        int(checked(a.int(0).div_euclid(10_000).checked_mul(10_000)))
    }),
    ("power", 2, |a| {
        int(number::power_whole(a.int(0), a.real(1)))
    }),
    ("fpower", 2, |a| {
        real(number::defined(a.real(0).powf(a.real(1))))
    }),
    ("sqrt", 1, |a| real(number::defined(a.real(0).sqrt()))),
    ("square", 1, |a| real(number::finite(a.real(0) * a.real(0)))),
    ("exp", 1, |a| real(number::finite(a.real(0).exp()))),
    ("log", 1, |a| {
        real(number::defined(positive_log(a.real(0), f64::ln)))
    }),
    ("log10", 1, |a| {
        real(number::defined(positive_log(a.real(0), f64::log10)))
    }),
    ("sign", 1, |a| int(Ok(a.int(0).signum()))),
    ("fsign", 1, |a| {
        let number = a.real(0);
        real(Ok(if number == 0.0 { 0.0 } else { number.signum() }))
    }),
];

pub(super) const DATES: &[(&str, i32, Body)] = &[
    ("dateadd", 3, |a| {
        stored(a.part()?.add(a.int(1), a.date(2)?))
    }),
    ("datediff", 3, |a| {
        let borders = a.part()?.between(a.date(1)?, a.date(2)?);
        let width = i64::from(i32::MIN)..=i64::from(i32::MAX);
        if width.contains(&borders) {
            int(Ok(borders))
        } else {
            Err(
                "The datediff function resulted in an overflow. The number of \
                          dateparts separating two date/time instances is too large. Try to \
                          use datediff with a less precise datepart."
                    .to_owned(),
            )
        }
    }),
    ("datepart", 2, |a| int(Ok(a.part()?.of(a.date(1)?)))),
    ("datename", 2, |a| string(a.part()?.name_of(a.date(1)?))),
    ("eomonth", 2, |a| stored(end_of_month(a.date(0)?, a.int(1)))),
];

fn checked(number: Option<i64>) -> Failable<i64> {
    number.ok_or_else(|| scalar::OVERFLOW.to_owned())
}

/// Refuses a number that an `int` cannot hold.
fn whole(number: Option<i64>) -> Failable<i64> {
    let fitting = number.filter(|number| i32::try_from(*number).is_ok());
    fitting.ok_or_else(|| scalar::OVERFLOW.to_owned())
}

fn positive_log(number: f64, log: fn(f64) -> f64) -> f64 {
    if number > 0.0 { log(number) } else { f64::NAN }
}
