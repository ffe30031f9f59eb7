//! Reads that do not see the records of an insert yet.
//!
//! A read right after a write may still see the old rows: it sees the records as they were before the write, so those
//! that were there already are in its response. Other tables are not concerned.

use super::server::CaseTable;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// The records that were inserted during a step, by their tables.
#[derive(Clone, Debug, Default)]
pub(super) struct NewRecords(HashMap<String, BTreeSet<i64>>);

impl NewRecords {
    /// Adds the records of a response to an insert.
    pub(super) fn add(&mut self, table: &str, body: &[u8], location: Option<&str>) {
        let keys = self.0.entry(table.to_owned()).or_default();
        if let Ok(json) = serde_json::from_slice(body) {
            add_keys(&json, keys);
        }
        let last = location.and_then(|url| url.rsplit('/').next());
        keys.extend(last.and_then(|key| key.parse::<i64>().ok()));
    }

    /// The response to a read of a table that does not see its new records; `counts` is whether it counts all records.
    pub(super) fn hidden_in(&self, table: &str, body: &[u8], counts: bool) -> Vec<u8> {
        let Some(new) = self.0.get(table).filter(|new| !new.is_empty()) else {
            return body.to_vec();
        };
        let Ok(mut json) = serde_json::from_slice::<Value>(body) else {
            return body.to_vec();
        };
        for member in ["Result", "data"] {
            let Some(rows) = json.get_mut(member).and_then(Value::as_array_mut) else {
                continue;
            };
            let all = rows.len();
            rows.retain(|row| key_of(&row["PK_ID"]).is_none_or(|key| !new.contains(&key)));
            let hidden = (all - rows.len()) as u64;
            if let ([Value::Object(row)], true) = (rows.as_mut_slice(), counts) {
                for count in row.values_mut() {
                    subtract(count, new.len() as u64);
                }
            }
            for paging in ["pagination", "PaginationInfo"] {
                let paging = json.get_mut(paging).and_then(Value::as_object_mut);
                let members = paging.into_iter().flat_map(|paging| paging.iter_mut());
                for (_, count) in
                    members.filter(|(name, _)| name.eq_ignore_ascii_case("totalCount"))
                {
                    subtract(count, hidden);
                }
            }
        }
        json.to_string().into_bytes()
    }
}

/// The table whose records a call reads or writes: the case's table, also through its view, or the staging table.
pub(super) fn table_of(resource: &str, table: &CaseTable) -> String {
    let staging = table.staging();
    match resource.contains(&format!("{staging:?}")) {
        true => staging,
        false => table.name.clone(),
    }
}

fn subtract(count: &mut Value, records: u64) {
    if let Some(all) = count.as_u64() {
        *count = all.saturating_sub(records).into();
    }
}

fn add_keys(json: &Value, keys: &mut BTreeSet<i64>) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| add_keys(item, keys)),
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::Array(items) if name == "PK_ID" => {
                        keys.extend(items.iter().filter_map(key_of));
                    }
                    value if name == "PK_ID" => keys.extend(key_of(value)),
                    value => add_keys(value, keys),
                }
            }
        }
        _ => {}
    }
}

fn key_of(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_i64(),
    }
}
