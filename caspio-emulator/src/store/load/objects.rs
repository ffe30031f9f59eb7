//! The records of a JSON file: an array of objects, or a response of the API that has one as `Result`.

use super::cell::Cell;
use super::filling::{Column, FileRecord, Filling, RowError};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A response of the API.
#[derive(Debug, Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, rename = "Result")]
    result: Vec<&'a RawValue>,
}

/// Inserts all records of a text.
pub(super) fn fill(filling: &mut Filling<'_>, text: &str) -> Result<(), RowError> {
    let text = text.trim_start_matches('\u{FEFF}');
    for (number, raw) in (1..).zip(records(text)?) {
        insert(filling, raw).map_err(|reason| RowError {
            place: Some(place(text, number, raw)),
            reason,
        })?;
    }
    Ok(())
}

fn records(text: &str) -> Result<Vec<&RawValue>, String> {
    let whole: &RawValue = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if whole.get().starts_with('[') {
        return serde_json::from_str(text).map_err(|error| error.to_string());
    }
    let envelope: Result<Envelope<'_>, _> = serde_json::from_str(text);
    let records = envelope.map(|envelope| envelope.result);
    records
        .map_err(|_| "it is neither an array of records nor an object with one as `Result`".into())
}

fn insert(filling: &mut Filling<'_>, raw: &RawValue) -> Result<(), String> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(raw.get())
        .map_err(|_| format!("{} is not an object", Cell::Json(raw.get())))?;
    let mut record = FileRecord::new(filling.table);
    for (name, value) in &members {
        let column = Column::find(filling.table, name)?;
        if record.put(column, cell(value)?).is_some() {
            return Err(format!("the field '{name}' is there twice"));
        }
    }
    filling.insert(&record)
}

fn cell(value: &RawValue) -> Result<Cell<'_>, String> {
    let text = value.get();
    if !text.starts_with('"') {
        return Ok(Cell::Json(text));
    }
    let text: Result<String, _> = serde_json::from_str(text);
    text.map(|text| Cell::Text(text.into()))
        .map_err(|error| error.to_string())
}

/// Returns the number of a record, with its line if the text has several.
fn place(text: &str, number: usize, raw: &RawValue) -> String {
    let before = raw.get().as_ptr().addr() - text.as_ptr().addr();
    match text.contains('\n') {
        true => {
            let line = 1 + text[..before].matches('\n').count();
            format!("line {line}, record {number}")
        }
        false => format!("record {number}"),
    }
}
