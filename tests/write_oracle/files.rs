//! The files of records.

use super::case::Row;
use super::values::FILE;
use caspio::attachment::Upload;
use caspio::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

/// The change of a record whose file gets this content; an empty one is none.
pub(super) fn file(content: &str) -> Row {
    vec![(FILE.to_owned(), json!(content))]
}

/// The file with this content.
pub(super) fn upload(content: &str) -> Upload {
    Upload::bytes("file.txt", content.to_owned())
}

/// The content of the files of a table's records.
pub(super) async fn stored_files(caspio: &Client, table: &str) -> BTreeMap<i64, String> {
    let table = caspio.table_named(table);
    let infos = table.attachments(|_| FILE).info().await.expect("the files");
    let mut files = BTreeMap::new();
    for info in infos {
        let Key::Id(key) = info.key else {
            unreachable!("a key of a table is a number");
        };
        let file = table.attachment(key, |_| FILE).download().await;
        let content = file.expect("a file").bytes().await.expect("its content");
        files.insert(key, String::from_utf8_lossy(&content).into_owned());
    }
    files
}
