//! JSON: values as they came.

use crate::row::Cell;

/// Appends a value. Line breaks, which are only blanks in JSON, are left out: a record is one line.
pub(super) fn value(out: &mut Vec<u8>, cell: Cell<'_>) {
    let json = cell.json().as_bytes();
    match json.contains(&b'\n') || json.contains(&b'\r') {
        true => out.extend(json.iter().filter(|byte| !matches!(byte, b'\n' | b'\r'))),
        false => out.extend_from_slice(json),
    }
}

/// A column's name as JSON, with its colon.
pub(super) fn member(name: &str) -> String {
    format!("{}:", serde_json::Value::from(name))
}
