//! JSON with unchanged values.

use crate::row::Cell;

/// Appends a value. Line breaks between tokens are removed, so that a record is one line.
pub(super) fn value(out: &mut Vec<u8>, cell: Cell<'_>) {
    let json = cell.json().as_bytes();
    if json.contains(&b'\n') || json.contains(&b'\r') {
        out.extend(json.iter().filter(|byte| !matches!(byte, b'\n' | b'\r')));
    } else {
        out.extend_from_slice(json);
    }
}

/// Returns a column's name as JSON, followed by a colon.
pub(super) fn member(name: &str) -> String {
    format!("{}:", serde_json::Value::from(name))
}
