//! The functions and the collation that translated statements call.

mod convert;
mod date;
mod math;
mod text;

use rusqlite::{
    Connection, Error, Result,
    functions::{Context, FunctionFlags},
    types::{FromSql, ToSql, ValueRef},
};

use super::{TsqlError, collation, error::RUN_TIME_MARK};

/// Gives a connection what translated statements need.
///
/// # Errors
///
/// Fails when SQLite does not take a function.
pub fn install(connection: &Connection) -> Result<()> {
    connection.create_collation(collation::NAME, collation::compare)?;
    text::install(connection)?;
    math::install(connection)?;
    date::install(connection)?;
    convert::install(connection)
}

/// Registers a function that yields null as soon as one of its arguments is null.
fn strict<T: ToSql>(
    connection: &Connection,
    name: &str,
    arguments: i32,
    function: impl Fn(&Context<'_>) -> Result<T> + Send + 'static,
) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function(name, arguments, flags, move |context| {
        let null = (0..context.len()).any(|at| context.get_raw(at) == ValueRef::Null);
        match null {
            true => Ok(None),
            false => function(context).map(Some),
        }
    })
}

/// An argument, or a default where the call leaves it out.
fn optional<T: FromSql>(context: &Context<'_>, at: usize, default: T) -> Result<T> {
    match at < context.len() {
        true => context.get(at),
        false => Ok(default),
    }
}

/// The text of an argument, without a copy.
fn text<'c>(context: &'c Context<'_>, at: usize) -> Result<&'c str> {
    Ok(context.get_raw(at).as_str()?)
}

/// A number whatever SQLite keeps it as.
fn real(context: &Context<'_>, at: usize) -> Result<f64> {
    match context.get_raw(at) {
        ValueRef::Integer(number) => Ok(number as f64),
        ValueRef::Real(number) => Ok(number),
        _ => Err(failed(TsqlError::ty("A number was expected."))),
    }
}

/// An error that stops the running statement.
fn failed(error: TsqlError) -> Error {
    Error::UserFunctionError(format!("{RUN_TIME_MARK}{error}").into())
}
