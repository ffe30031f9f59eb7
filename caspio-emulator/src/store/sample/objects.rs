//! The sample's other objects: files, tasks, applications and a directory.

use crate::store::StoreError;
use crate::store::define::{FieldDef, TableDef};
use crate::store::edit::{ObjectName, WriteContext};
use crate::store::input::{Input, Record};
use crate::store::objects::{Application, DataPage, Task};
use crate::store::{Store, document, files};
use caspio_schema::DataType;
use rusqlite::Transaction;

const CREATED: &str = "2022-01-25T15:17:10.607";

pub(super) fn fill(store: &Store) -> Result<(), StoreError> {
    let photos = store
        .make_folder("/Photos")
        .map_err(|_| StoreError::Internal)?;
    store.write(|transaction, _| {
        let mut random = store.random();
        files::add(
            transaction,
            &mut random,
            "",
            "readme.txt",
            "text/plain",
            b"The files of the sample account.\n",
        )?;
        for number in [4, 8, 12] {
            let name = format!("{number}.png");
            files::add(
                transaction,
                &mut random,
                &photos,
                &name,
                "image/png",
                b"\x89PNG\r\n\x1a\n",
            )?;
        }
        tasks(transaction)?;
        document::put(transaction, &application())
    })?;
    staff(store)
}

fn tasks(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let tasks = [
        (
            "Contacts Export",
            "b7c3b7d5-4fa5-4725-86a2-6ca5ca797157",
            "1 of the month",
        ),
        (
            "Orders Import",
            "0d6f7e2a-93c1-4f0e-8a55-d1a1f3f0c9b2",
            "On demand",
        ),
    ];
    for (name, key, frequency) in tasks {
        document::put(
            transaction,
            &Task {
                name: name.into(),
                external_key: key.into(),
                status: "Ready".into(),
                task_time_zone: "UTC".into(),
                frequency: frequency.into(),
                note: String::new(),
                last_run: None,
            },
        )?;
    }
    Ok(())
}

fn application() -> Application {
    let page = |name: &str, key: &str, kind: &str| DataPage {
        name: name.into(),
        app_key: key.into(),
        path: "/Public Interfaces".into(),
        kind: kind.into(),
        created: CREATED.into(),
        modified: CREATED.into(),
        created_by: "user@example.com".into(),
        modified_by: String::new(),
        note: String::new(),
        deployed: true,
    };
    Application {
        name: "Order Desk".into(),
        external_key: "09d18152-7c45-44f1-a0e6-5ffe18881b60".into(),
        created: CREATED.into(),
        modified: CREATED.into(),
        icon: None,
        data_pages: vec![
            page("New Order", "409550008f83dc4dd4554a07b7bf", "WEBFORM"),
            page("Order List", "409550001c2d3e4f5a6b7c8d9e0f", "REPORT"),
        ],
    }
}

fn staff(store: &Store) -> Result<(), StoreError> {
    let table = TableDef::new("Staff")
        .field(FieldDef::new("First_Name", DataType::Text255))
        .field(FieldDef::new("Last_Name", DataType::Text255));
    store.create_directory(table, "user@example.com")?;
    let edit = WriteContext {
        profile: None,
        object: ObjectName::Table("Staff"),
        want_rows: false,
        source: "Datasheet",
    };
    for (first, last) in [("Ada", "Lovelace"), ("Grace", "Hopper"), ("Ken", "O'Brien")] {
        let email = format!("{}@example.com", first.to_lowercase());
        let record = [
            ("First_Name", first),
            ("Last_Name", last),
            ("Email", &email),
        ]
        .map(|(name, value)| (name.to_owned(), Input::Text(value.to_owned())));
        store.insert(edit, &Record(record.into()))?;
    }
    Ok(())
}
