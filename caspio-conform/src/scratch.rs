//! The tables that probes write to: made if they do not exist, and emptied of what probes wrote.

use caspio::raw::{Method, RawCall};
use caspio::{ApiVersion, Client, Result};
use serde_json::{Value, json};

/// How many calls it takes to find, make and empty the tables.
pub(crate) const CALLS: u64 = 7;

/// The beginning of the value by which the records of probes are known.
pub(crate) const MARK: &str = "conform";

/// The longest beginning of the tables' names; names of fields have up to 32 letters.
const LONGEST_PREFIX: usize = 20;

/// The tables of a run.
#[derive(Clone, Debug)]
pub(crate) struct Scratch {
    pub(crate) types: String,
    pub(crate) unique: String,
}

/// Returns whether a text can begin the names of the tables.
pub(crate) fn is_prefix(text: &str) -> bool {
    let is_letter = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
    text.len() <= LONGEST_PREFIX
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(is_letter)
}

impl Scratch {
    pub(crate) fn new(prefix: &str) -> Self {
        Self {
            types: format!("{prefix}_Types"),
            unique: format!("{prefix}_Unique"),
        }
    }

    /// Finds the tables, or makes them, and empties them of what an earlier run left.
    ///
    /// # Errors
    ///
    /// A call fails, or the text of why a table cannot be used, without its name.
    pub(crate) async fn prepare(&self, client: &Client) -> Result<Result<(), &'static str>> {
        let tables = raw(client, Method::GET, &["tables"]).await?;
        let tables: Value = tables.json()?;
        let names: Vec<&str> = texts(&tables["Result"], |name| name.as_str());
        let mut is_old = false;
        for (name, fields) in [(&self.types, types()), (&self.unique, unique())] {
            if names.iter().any(|other| other.eq_ignore_ascii_case(name)) {
                is_old = true;
                if !has_fields(client, name, &fields).await? {
                    return Ok(Err(
                        "a table with the name of a scratch table has other fields",
                    ));
                }
            } else {
                let body = json!({ "Name": name, "Fields": fields });
                raw(client, Method::POST, &["tables"]).json(&body).await?;
            }
        }
        if is_old {
            self.empty(client).await?;
        }
        Ok(Ok(()))
    }

    /// Deletes the records that probes wrote, and no others.
    pub(crate) async fn empty(&self, client: &Client) -> Result<()> {
        for name in [&self.types, &self.unique] {
            raw(client, Method::DELETE, &["tables", name, "records"])
                .query("q.where", format!("Mark LIKE '{MARK} %'"))
                .await?;
        }
        Ok(())
    }
}

/// The tables are made and emptied by the default version, whichever is probed: all versions share them.
fn raw(client: &Client, method: Method, path: &[&str]) -> RawCall {
    client.raw(method, path).version(ApiVersion::default())
}

async fn has_fields(client: &Client, table: &str, wanted: &Value) -> Result<bool> {
    let fields = raw(client, Method::GET, &["tables", table, "fields"]).await?;
    let fields: Value = fields.json()?;
    let name = |field: &'_ Value| field["Name"].as_str().map(str::to_owned);
    let fields: Vec<String> = texts(&fields["Result"], name);
    let wanted = texts(wanted, name);
    Ok(wanted.iter().all(|name| fields.contains(name)))
}

fn texts<'v, T>(list: &'v Value, text: impl Fn(&'v Value) -> Option<T>) -> Vec<T> {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(text).collect()
}

/// A field of each type that can be made.
fn types() -> Value {
    json!([
        { "Name": "Mark", "Type": "STRING" },
        { "Name": "Text", "Type": "STRING" },
        { "Name": "Long", "Type": "TEXT" },
        { "Name": "Num", "Type": "NUMBER" },
        { "Name": "Whole", "Type": "INTEGER" },
        { "Name": "Money", "Type": "CURRENCY" },
        { "Name": "Due", "Type": "DATE/TIME" },
        { "Name": "Flag", "Type": "YES/NO" },
        { "Name": "Pets", "Type": "LIST-STRING", "ListField": ["Cat", "Dog", "Frog"] },
        { "Name": "Secret", "Type": "PASSWORD" },
        { "Name": "Photo", "Type": "FILE" },
        { "Name": "Doc", "Type": "ATTACHMENT" },
        { "Name": "Auto", "Type": "AUTONUMBER", "Unique": true },
        { "Name": "Serial", "Type": "PREFIXED AUTONUMBER", "Unique": true, "Format": "0001", "Prefix": "S-" },
        { "Name": "Random", "Type": "RANDOM ID", "Unique": true, "Format": "0U", "Length": 8 },
        { "Name": "Guid", "Type": "GUID", "Unique": true },
        { "Name": "Stamp", "Type": "TIMESTAMP", "OnInsert": true, "OnUpdate": true, "TimeZone": "UTC" },
    ])
}

/// A unique field, which cannot be blank in two records, so it has a table of its own.
fn unique() -> Value {
    json!([
        { "Name": "Mark", "Type": "STRING" },
        { "Name": "Text", "Type": "STRING", "Unique": true },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_short_word() {
        for good in ["Probe", "p_1"] {
            assert!(is_prefix(good), "{good}");
        }
        for bad in ["", "1a", "_a", "a b", "a'", "aaaaaaaaaaaaaaaaaaaaa"] {
            assert!(!is_prefix(bad), "{bad}");
        }
    }
}
