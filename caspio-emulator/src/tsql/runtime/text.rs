//! Functions on text. Positions count UTF-16 units, as SQL Server's do.

use rusqlite::{
    Connection, Result,
    functions::{Context, FunctionFlags},
};

use super::{failed, optional, strict, text};
use crate::tsql::{TsqlError, like::Pattern};

/// Built texts stop here; SQL Server's stop at 8,000 bytes.
const MAX_BUILT: usize = 8_000;
/// No replacement may make a text longer than this.
const MAX_REPLACED: usize = 1 << 20;

pub(super) fn install(connection: &Connection) -> Result<()> {
    install_like(connection)?;
    strict(connection, "tsql_len", 1, |context| {
        let text = text(context, 0)?.trim_end_matches(' ');
        Ok(units(text) as i64)
    })?;
    strict(connection, "tsql_left", 2, |context| {
        let count = length(context, 1, "left")?;
        Ok(slice(text(context, 0)?, 0, count))
    })?;
    strict(connection, "tsql_right", 2, |context| {
        let text = text(context, 0)?;
        let count = length(context, 1, "right")?;
        Ok(slice(text, units(text).saturating_sub(count), count))
    })?;
    strict(connection, "tsql_substring", 3, substring)?;
    strict(connection, "tsql_charindex", -1, char_index)?;
    strict(connection, "tsql_replace", 3, replace)?;
    strict(connection, "tsql_upper", 1, |context| {
        Ok(text(context, 0)?.to_uppercase())
    })?;
    strict(connection, "tsql_lower", 1, |context| {
        Ok(text(context, 0)?.to_lowercase())
    })?;
    strict(connection, "tsql_reverse", 1, |context| {
        Ok(text(context, 0)?.chars().rev().collect::<String>())
    })?;
    strict(connection, "tsql_replicate", 2, |context| {
        Ok(repeat(text(context, 0)?, context.get(1)?))
    })?;
    strict(connection, "tsql_space", 1, |context| {
        Ok(repeat(" ", context.get(0)?))
    })?;
    strict(connection, "tsql_stuff", 4, stuff)
}

fn install_like(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("tsql_like", 3, flags, |context| {
        let Some(text) = context.get_raw(1).as_str_or_null()? else {
            return Ok(None);
        };
        // SQLite keeps what a constant argument was made into from row to row.
        let pattern = context.get_or_create_aux(0, |pattern| -> Result<_> {
            let Some(pattern) = pattern.as_str_or_null()? else {
                return Ok(None);
            };
            Ok(Some(Pattern::new(pattern, escape(context)?)))
        })?;
        Ok(pattern
            .as_ref()
            .as_ref()
            .map(|pattern| pattern.matches(text)))
    })
}

fn escape(context: &Context<'_>) -> Result<Option<char>> {
    let Some(escape) = context.get_raw(2).as_str_or_null()? else {
        return Ok(None);
    };
    let mut chars = escape.chars();
    match (chars.next(), chars.next()) {
        (first, None) => Ok(first),
        _ => Err(failed(TsqlError::ty(format!(
            "The invalid escape character \"{escape}\" was specified in a LIKE predicate."
        )))),
    }
}

fn substring(context: &Context<'_>) -> Result<String> {
    let start: i64 = context.get(1)?;
    let length: i64 = context.get(2)?;
    if length < 0 {
        return Err(invalid_length("substring"));
    }
    // A start before the text uses the length up.
    let end = start.saturating_add(length).saturating_sub(1).max(0);
    let start = start.saturating_sub(1).max(0);
    Ok(slice(
        text(context, 0)?,
        clamp(start),
        clamp(end.saturating_sub(start)),
    ))
}

fn char_index(context: &Context<'_>) -> Result<i64> {
    let needle = text(context, 0)?.to_lowercase();
    let hay = text(context, 1)?.to_lowercase();
    let start: i64 = optional(context, 2, 1)?;
    let start = clamp(start.saturating_sub(1));
    let from = byte_at(&hay, start);
    let tail = hay.get(from..).unwrap_or_default();
    match tail.find(&needle) {
        Some(at) if !needle.is_empty() => {
            let before = hay.get(..from + at).unwrap_or_default();
            Ok(units(before) as i64 + 1)
        }
        _ => Ok(0),
    }
}

/// Replaces whatever the case, as the collation demands.
fn replace(context: &Context<'_>) -> Result<String> {
    let (text, from, to) = (text(context, 0)?, text(context, 1)?, text(context, 2)?);
    if from.is_empty() {
        return Ok(text.to_owned());
    }
    let from: Vec<char> = from.chars().map(fold).collect();
    let chars: Vec<char> = text.chars().collect();
    let mut replaced = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        let here = chars.get(at..at + from.len());
        let found =
            here.is_some_and(|here| here.iter().copied().map(fold).eq(from.iter().copied()));
        match found {
            true => {
                replaced.push_str(to);
                at += from.len();
            }
            false => {
                replaced.push(char);
                at += 1;
            }
        }
        if replaced.len() > MAX_REPLACED {
            return Err(failed(TsqlError::ty(
                "String or binary data would be truncated.",
            )));
        }
    }
    Ok(replaced)
}

fn fold(char: char) -> char {
    char.to_lowercase().next().unwrap_or(char)
}

/// Puts a text in the place of a part of another; outside of it there is nothing to replace.
fn stuff(context: &Context<'_>) -> Result<Option<String>> {
    let whole = text(context, 0)?;
    let start: i64 = context.get(1)?;
    let length: i64 = context.get(2)?;
    let total = units(whole);
    if start < 1 || length < 0 || clamp(start) > total {
        return Ok(None);
    }
    let start = clamp(start - 1);
    let end = start.saturating_add(clamp(length)).min(total);
    Ok(Some(format!(
        "{}{}{}",
        slice(whole, 0, start),
        text(context, 3)?,
        slice(whole, end, total)
    )))
}

fn repeat(text: &str, count: i64) -> Option<String> {
    let count = usize::try_from(count).ok()?;
    let most = MAX_BUILT / text.len().max(1);
    Some(text.repeat(count.min(most)))
}

fn length(context: &Context<'_>, at: usize, function: &str) -> Result<usize> {
    let length: i64 = context.get(at)?;
    usize::try_from(length).map_err(|_| invalid_length(function))
}

fn invalid_length(function: &str) -> rusqlite::Error {
    failed(TsqlError::ty(format!(
        "Invalid length parameter passed to the {function} function."
    )))
}

fn clamp(number: i64) -> usize {
    usize::try_from(number.max(0)).unwrap_or(usize::MAX)
}

/// How long a text is in UTF-16.
fn units(text: &str) -> usize {
    match text.is_ascii() {
        true => text.len(),
        false => text.encode_utf16().count(),
    }
}

/// The byte at which a UTF-16 position stands.
fn byte_at(text: &str, units: usize) -> usize {
    let mut passed = 0;
    for (at, char) in text.char_indices() {
        if passed >= units {
            return at;
        }
        passed += char.len_utf16();
    }
    text.len()
}

fn slice(text: &str, start: usize, length: usize) -> String {
    let from = byte_at(text, start);
    let tail = text.get(from..).unwrap_or_default();
    let to = byte_at(tail, length);
    tail.get(..to).unwrap_or_default().to_owned()
}
