//! The table that the server reads from, made once so that no side waits for a database.

use std::fmt::Write;

/// The most records in a page.
pub(crate) const PAGE: usize = 1000;

/// The fields of the table, as v3 returns them.
pub(crate) const FIELDS: &str = r#"{"Result":[
{"Name":"First_Name","Type":"STRING"},{"Name":"Last_Name","Type":"STRING"},{"Name":"Email","Type":"STRING"},
{"Name":"City","Type":"STRING"},{"Name":"Age","Type":"INTEGER"},{"Name":"Score","Type":"NUMBER"},
{"Name":"Active","Type":"YES/NO"},{"Name":"Joined","Type":"DATE/TIME"},{"Name":"Notes","Type":"TEXT"}]}"#;

/// Records in the order of their keys.
#[derive(Debug, Default)]
pub(crate) struct Table {
    keys: Vec<usize>,
    /// The JSON of all records, each followed by a comma.
    rows: String,
    /// Where each record ends in `rows`.
    ends: Vec<usize>,
}

impl Table {
    /// Creates a table whose keys have no gaps.
    pub(crate) fn even(records: usize) -> Self {
        Self::with_keys(1..=records)
    }

    /// Creates a table in which old records were purged: of the first half one of 50 is left, then one of
    /// three, and the last quarter is whole.
    pub(crate) fn uneven(records: usize) -> Self {
        let half = records / 2;
        let purged = (1..=half).map(|record| record * 50);
        let middle = half * 50;
        let thinned = (1..=half / 2).map(move |record| middle + record * 3);
        let whole = middle + half / 2 * 3;
        let last = (1..=records - half - half / 2).map(move |record| whole + record);
        Self::with_keys(purged.chain(thinned).chain(last))
    }

    fn with_keys(keys: impl Iterator<Item = usize>) -> Self {
        let mut table = Self::default();
        for key in keys {
            write_row(&mut table.rows, key);
            table.keys.push(key);
            table.ends.push(table.rows.len());
        }
        table
    }

    /// Returns the response with the records above the key `after`, up to `until`, and their total if it is
    /// requested.
    pub(crate) fn page(
        &self,
        (after, until): (usize, usize),
        limit: usize,
        with_total: bool,
    ) -> String {
        let first = self.keys.partition_point(|key| *key <= after);
        let end = self.keys.partition_point(|key| *key <= until).max(first);
        let total = end - first;
        let end = end.min(first + limit);
        let rows = &self.rows[self.end_of(first)..self.end_of(end)];
        let rows = rows.strip_suffix(',').unwrap_or(rows);
        let pagination = if with_total {
            format!("{{\"TotalCount\":{total}}}")
        } else {
            "null".to_owned()
        };
        format!("{{\"Result\":[{rows}],\"Pagination\":{pagination}}}")
    }

    /// Returns where the first `records` records end.
    fn end_of(&self, records: usize) -> usize {
        match records.checked_sub(1) {
            Some(last) => self.ends[last],
            None => 0,
        }
    }

    /// Returns the response with the range of keys.
    pub(crate) fn range(&self) -> String {
        let low = self.keys.first().unwrap_or(&0);
        let high = self.keys.last().unwrap_or(&0);
        let records = self.keys.len();
        format!(r#"{{"Result":[{{"Low":{low},"High":{high},"Records":{records}}}]}}"#)
    }
}

fn write_row(rows: &mut String, key: usize) {
    let _ = write!(
        rows,
        "{{\"PK_ID\":{key},\"First_Name\":\"Grace {}\",\"Last_Name\":\"Hopper\",\
         \"Email\":\"grace{key}@example.com\",\"City\":\"New York\",\"Age\":{},\"Score\":{}.5,\
         \"Active\":{},\"Joined\":\"2022-01-24T20:30:51\",\"Notes\":{}}},",
        key % 97,
        20 + key % 60,
        key % 1000,
        key.is_multiple_of(2),
        if key.is_multiple_of(3) {
            "null"
        } else {
            "\"met at the conference, call back\""
        },
    );
}
