//! Registers the scalar functions.

use super::decimal_tables;
use super::function_tables::{ARITHMETIC, Arguments, CONVERSIONS, DATES, NUMBERS, TEXTS};
use super::like::{Exhausted, Pattern};
use super::rare_functions::{MATHEMATICS, PARTS, STRINGS};
use crate::error::RUNTIME_MARK;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error, Result};

pub(super) fn install(connection: &Connection) -> Result<()> {
    for group in [
        CONVERSIONS,
        ARITHMETIC,
        TEXTS,
        NUMBERS,
        DATES,
        STRINGS,
        MATHEMATICS,
        PARTS,
        decimal_tables::CONVERSIONS,
        decimal_tables::ARITHMETIC,
    ] {
        for (name, count, body) in group {
            register(
                connection,
                &format!("ts_{name}"),
                *count,
                move |arguments| body(arguments).map_err(failure),
            )?;
        }
    }
    for (name, count, body) in CONVERSIONS.iter().chain(decimal_tables::CONVERSIONS) {
        register(
            connection,
            &format!("ts_try_{name}"),
            *count,
            move |arguments| Ok(body(arguments).unwrap_or(Value::Null)),
        )?;
    }
    patterns(connection)?;
    shuffle(connection)?;
    // Not deterministic, because SQLite might otherwise run it before it is needed.
    let now = FunctionFlags::SQLITE_UTF8;
    connection.create_scalar_function("ts_fail", 1, now, |context| {
        Err::<Value, _>(failure(context.get(0)?))
    })
}

fn flags() -> FunctionFlags {
    FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC
}

fn failure(message: String) -> Error {
    Error::UserFunctionError(format!("{RUNTIME_MARK}{message}").into())
}

/// Registers a function that returns NULL if any argument is NULL.
fn register(
    connection: &Connection,
    name: &str,
    count: i32,
    body: impl Fn(&Arguments<'_>) -> Result<Value> + Send + 'static,
) -> Result<()> {
    connection.create_scalar_function(name, count, flags(), move |context| {
        let null = (0..context.len()).any(|at| context.get_raw(at) == ValueRef::Null);
        if null {
            Ok(Value::Null)
        } else {
            body(&Arguments { context })
        }
    })
}

/// `ts_like(pattern, text[, escape])` and `ts_patindex(pattern, text)`. A pattern that is the same
/// for all rows is compiled once.
fn patterns(connection: &Connection) -> Result<()> {
    connection.create_scalar_function("ts_like", -1, flags(), |context| {
        let Some((pattern, text)) = pattern_and_text(context)? else {
            return Ok(None);
        };
        pattern.matches(&text).map(Some).map_err(exhausted)
    })?;
    connection.create_scalar_function("ts_patindex", 2, flags(), |context| {
        let Some((pattern, text)) = pattern_and_text(context)? else {
            return Ok(None);
        };
        pattern.position(&text).map(Some).map_err(exhausted)
    })
}

fn pattern_and_text(context: &Context<'_>) -> Result<Option<(std::sync::Arc<Pattern>, String)>> {
    let null = (0..context.len()).any(|at| context.get_raw(at) == ValueRef::Null);
    if null {
        return Ok(None);
    }
    let escape = match context.len() {
        3 => context.get::<String>(2)?.chars().next(),
        _ => None,
    };
    let pattern = context.get_or_create_aux(0, |value| {
        value
            .as_str()
            .map(|pattern| Pattern::new(pattern, escape))
            .map_err(|error| Box::new(error) as Box<dyn std::error::Error + Send + Sync>)
    })?;
    Ok(Some((pattern, context.get(1)?)))
}

fn exhausted(_: Exhausted) -> Error {
    failure("The pattern takes too many comparisons.".to_owned())
}

/// `ts_shuffle(seed, value...)`: a number that looks random but is the same for the same values.
fn shuffle(connection: &Connection) -> Result<()> {
    connection.create_scalar_function("ts_shuffle", -1, flags(), |context| {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut mix = |bytes: &[u8]| {
            for byte in bytes {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        for at in 0..context.len() {
            match context.get_raw(at) {
                ValueRef::Null => mix(b"\0"),
                ValueRef::Integer(number) => mix(&number.to_le_bytes()),
                ValueRef::Real(number) => mix(&number.to_le_bytes()),
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => mix(bytes),
            }
        }
        hash ^= hash >> 31;
        hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Ok((hash >> 1) as i64)
    })
}
