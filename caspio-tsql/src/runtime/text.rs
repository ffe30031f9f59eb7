//! Text functions. Lengths and positions count UTF-16 units, from 1.

use super::collation::fold;
use super::date::Failable;

/// The longest result of a repetition: SQL Server cuts at 8,000 bytes.
const MAX_REPEATED: usize = 8_000;
/// The longest result of a replacement.
const MAX_REPLACED: usize = 1_000_000;

const BAD_LENGTH: &str = "Invalid length parameter passed to the LEFT or SUBSTRING function.";

fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn text_of(units: &[u16]) -> String {
    String::from_utf16_lossy(units)
}

/// `LEN`, which does not count trailing blanks.
pub(crate) fn length(text: &str) -> i64 {
    text.trim_end_matches(' ').encode_utf16().count() as i64
}

/// `LEFT`.
pub(crate) fn left(text: &str, count: i64) -> Failable<String> {
    let count = usize::try_from(count).map_err(|_| BAD_LENGTH.to_owned())?;
    let units = units(text);
    Ok(text_of(&units[..count.min(units.len())]))
}

/// `RIGHT`.
pub(crate) fn right(text: &str, count: i64) -> Failable<String> {
    let count = usize::try_from(count)
        .map_err(|_| "Invalid length parameter passed to the RIGHT function.".to_owned())?;
    let units = units(text);
    Ok(text_of(&units[units.len() - count.min(units.len())..]))
}

/// `SUBSTRING`. It may begin before the text; positions before the text count but contain nothing.
pub(crate) fn substring(text: &str, start: i64, count: i64) -> Failable<String> {
    if count < 0 {
        return Err(BAD_LENGTH.to_owned());
    }
    let units = units(text);
    let length = units.len() as i64;
    let from = start.saturating_sub(1);
    let to = from.saturating_add(count).clamp(0, length);
    let from = from.clamp(0, length);
    if from < to {
        Ok(text_of(&units[from as usize..to as usize]))
    } else {
        Ok(String::new())
    }
}

fn folded(text: &str) -> Vec<char> {
    text.chars().map(fold).collect()
}

/// Finds `needle` at or after a position.
fn find(haystack: &[char], needle: &[char], from: usize) -> Option<usize> {
    haystack
        .get(from..)?
        .windows(needle.len())
        .position(|window| window == needle)
        .map(|at| at + from)
}

/// `CHARINDEX`.
pub(crate) fn index_of(needle: &str, text: &str, start: i64) -> i64 {
    let (needle, haystack) = (folded(needle), folded(text));
    if needle.is_empty() {
        return 0;
    }
    let mut before = start.saturating_sub(1).max(0);
    let mut from = 0;
    while before > 0 && from < haystack.len() {
        before -= haystack[from].len_utf16() as i64;
        from += 1;
    }
    match find(&haystack, &needle, from) {
        Some(at) if before <= 0 => {
            let passed: usize = haystack[..at].iter().map(|passed| passed.len_utf16()).sum();
            passed as i64 + 1
        }
        _ => 0,
    }
}

/// `REPLACE`, which ignores case when searching.
pub(crate) fn replace(text: &str, from: &str, to: &str) -> Failable<String> {
    let needle = folded(from);
    if needle.is_empty() {
        return Ok(text.to_owned());
    }
    let characters: Vec<_> = text.chars().collect();
    let haystack = folded(text);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = find(&haystack, &needle, at) {
        out.extend(&characters[at..found]);
        out.push_str(to);
        at = found + needle.len();
        if out.len() > MAX_REPLACED {
            return Err("String or binary data would be truncated.".to_owned());
        }
    }
    out.extend(&characters[at..]);
    Ok(out)
}

/// `REPLICATE`; `None` for a negative count.
pub(crate) fn repeat(text: &str, count: i64) -> Option<String> {
    let count = usize::try_from(count).ok()?;
    let fitting = MAX_REPEATED / text.len().max(1);
    Some(text.repeat(count.min(fitting)))
}

/// `STUFF`; `None` if the position is outside of the text.
pub(crate) fn stuff(text: &str, start: i64, count: i64, with: &str) -> Option<String> {
    let units = units(text);
    let from = usize::try_from(start.checked_sub(1)?).ok()?;
    let count = usize::try_from(count).ok()?;
    if from >= units.len() {
        return None;
    }
    let to = from.saturating_add(count).min(units.len());
    let (head, tail) = (text_of(&units[..from]), text_of(&units[to..]));
    Some(format!("{head}{with}{tail}"))
}

/// Cuts a text for `varchar(n)`.
pub(crate) fn truncate(text: &str, count: i64) -> String {
    let units = units(text);
    let count = usize::try_from(count).unwrap_or(0).min(units.len());
    text_of(&units[..count])
}
