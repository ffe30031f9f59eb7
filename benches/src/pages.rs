//! Pages to read, made once so that no side waits for a database.

use std::fmt::Write;

/// The number of records in a page.
pub(crate) const PAGE: usize = 1000;

/// The fields of the table, as v3 returns them.
pub(crate) const FIELDS: &str = r#"{"Result":[
{"Name":"First_Name","Type":"STRING"},{"Name":"Last_Name","Type":"STRING"},{"Name":"Email","Type":"STRING"},
{"Name":"City","Type":"STRING"},{"Name":"Age","Type":"INTEGER"},{"Name":"Score","Type":"NUMBER"},
{"Name":"Active","Type":"YES/NO"},{"Name":"Joined","Type":"DATE/TIME"},{"Name":"Notes","Type":"TEXT"}]}"#;

/// The bodies of all pages of a table with `records` records, keys from 1 without gaps.
pub(crate) fn pages(records: usize) -> Vec<String> {
    let pages = records.div_ceil(PAGE);
    (0..=pages).map(|page| body(page * PAGE, records)).collect()
}

/// The body of the page after key `after`.
fn body(after: usize, records: usize) -> String {
    let mut body = String::from("{\"Result\":[");
    for key in after + 1..=records.min(after + PAGE) {
        if key > after + 1 {
            body.push(',');
        }
        let _ = write!(
            body,
            "{{\"PK_ID\":{key},\"First_Name\":\"Grace {}\",\"Last_Name\":\"Hopper\",\
             \"Email\":\"grace{key}@example.com\",\"City\":\"New York\",\"Age\":{},\"Score\":{}.5,\
             \"Active\":{},\"Joined\":\"2022-01-24T20:30:51\",\"Notes\":{}}}",
            key % 97,
            20 + key % 60,
            key % 1000,
            key % 2 == 0,
            if key % 3 == 0 {
                "null"
            } else {
                "\"met at the conference, call back\""
            },
        );
    }
    body.push_str("],\"Pagination\":null}");
    body
}
