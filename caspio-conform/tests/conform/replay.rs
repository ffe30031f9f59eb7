//! Replays of recordings: of an emulator, which agrees, and of one that differs on purpose.

use caspio::prelude::*;
use caspio::raw::Method;
use caspio::{ApiVersion, RetryPolicy};
use caspio_conform::{Replay, ReplayOutcome, ReplayedCall};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef, ViewDef};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A folder that is removed when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("caspio-replay-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("calls.jsonl")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn account() -> Emulator {
    let emulator = Emulator::builder()
        .empty()
        .start()
        .await
        .expect("an emulator");
    let table = TableDef::new("Pets")
        .field(FieldDef::new("Name", DataType::Text255).unique())
        .field(FieldDef::new("Weight", DataType::Number))
        .field(FieldDef::new("Legs", DataType::Integer))
        .field(FieldDef::new("Price", DataType::Currency))
        .field(FieldDef::new("Born", DataType::DateTime))
        .field(FieldDef::new("Tame", DataType::YesNo))
        .field(FieldDef::new("Likes", DataType::ListText).list(["Milk", "Fish"]))
        .field(FieldDef::new("Number", DataType::Autonumber).unique());
    emulator.create_table(table).expect("a table");
    let view = ViewDef::new("Heavy", "Pets")
        .field("Pets.Name")
        .field("Pets.Weight");
    emulator.create_view(view).expect("a view");
    for number in 0..7 {
        let pet = json!({
            "Name": format!("Pet {number}"), "Weight": 1.5 * f64::from(number), "Legs": 4,
            "Price": 2.5, "Born": "2020-01-02T03:04:05", "Tame": true, "Likes": [1],
        });
        emulator.insert("Pets", pet).expect("a record");
    }
    emulator
}

/// Makes calls of many forms.
async fn record(emulator: &Emulator, version: ApiVersion, file: &Path) {
    let caspio = Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .api_version(version)
        .retry(RetryPolicy::none())
        .record_to(file)
        .build()
        .expect("a client");
    let pets = caspio.table_named("Pets");
    pets.fields().await.expect("the fields");
    pets.collect().await.expect("a read");
    caspio.view_named("Heavy").collect().await.expect("a read");
    for (condition, select) in [
        ("Name LIKE '%Pet%' AND Weight > 1.5", "Name, Weight"),
        (
            "Born >= '2020-01-01' AND Tame = 1",
            "Legs, COUNT(*) AS Count_Of_Pets",
        ),
        ("Nothing = 1", "Name"),
        ("Name = 'Pet 1'", "Nothing"),
    ] {
        let prefix = if version == ApiVersion::V4 { "" } else { "q." };
        let list = caspio.tables().await;
        list.expect("the tables");
        let path = match version {
            ApiVersion::V4 => ["tables".to_owned(), id(&caspio).await, "records".to_owned()],
            _ => ["tables", "Pets", "records"].map(str::to_owned),
        };
        let mut call = caspio.raw(Method::GET, path);
        call = call
            .query(format!("{prefix}where"), condition)
            .query(format!("{prefix}select"), select);
        if select.contains("COUNT") {
            call = call.query(format!("{prefix}groupBy"), "Legs");
        }
        let _ = call.await;
    }
    let rex = RecordMap::from([("Name", "Rex")]);
    pets.insert(&rex).await.expect("an insert");
    let many = [
        RecordMap::from([("Name", "Tom")]),
        RecordMap::from([("Name", "Ada")]),
    ];
    let report = pets.insert_many(&many).await.expect("inserts");
    assert!(report.is_complete(), "{report:?}");
    let _ = pets.insert(&rex).await;
    pets.delete_where_raw("Name = ?", ("Tom",))
        .await
        .expect("a delete");
}

async fn id(caspio: &Client) -> String {
    let list = caspio.raw(Method::GET, "tables").await.expect("a list");
    let list: Value = list.json().expect("JSON");
    list["data"][0]["tableId"]
        .as_str()
        .expect("an id")
        .to_owned()
}

async fn replayed(file: &Path) -> Vec<ReplayedCall> {
    let mut calls = Vec::new();
    for replay in Replay::read(file).expect("a recording") {
        let emulator = Emulator::builder().schema(replay.schema()).start().await;
        let emulator = emulator.expect("an emulator");
        let (url, id) = (emulator.url(), emulator.client_id());
        let run = replay.run(&url, id, emulator.client_secret());
        calls.extend(run.await.expect("a replay").calls);
    }
    calls
}

fn differing(calls: &[ReplayedCall]) -> Vec<(&str, &[String])> {
    let differing = calls.iter().filter_map(|call| match &call.outcome {
        ReplayOutcome::Differs { differences } => Some((&*call.request, &**differences)),
        _ => None,
    });
    differing.collect()
}

#[tokio::test]
async fn an_emulator_agrees_with_its_recording() {
    for version in [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4] {
        let (emulator, folder) = (account().await, Folder::new(version.as_str()));
        record(&emulator, version, &folder.file()).await;

        let calls = replayed(&folder.file()).await;

        assert!(
            differing(&calls).is_empty(),
            "{version}: {:#?}",
            differing(&calls)
        );
        let agreeing = calls
            .iter()
            .filter(|call| matches!(call.outcome, ReplayOutcome::Agrees));
        assert!(agreeing.count() >= 10, "{version}: {calls:#?}");
    }
}

#[tokio::test]
async fn exactly_what_differs_is_found() {
    let (emulator, folder) = (account().await, Folder::new("differs"));
    record(&emulator, ApiVersion::V3, &folder.file()).await;
    let text = std::fs::read_to_string(folder.file()).expect("a recording");
    let mut lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let of = |method: &str, ending: &str, lines: &[Value]| {
        let is_meant = |line: &Value| {
            line["method"] == method
                && line["path"]
                    .as_str()
                    .is_some_and(|path| path.ends_with(ending))
        };
        lines.iter().position(is_meant).expect("a line")
    };
    let read = of("GET", "/tables/Table1/records", &lines);
    lines[read]["response"]["json"]["object"]["Result"]["array"]["of"]["object"]["PK_ID"]["is"] =
        json!(["digits"]);
    let view = of("GET", "/views/View1/records", &lines);
    lines[view]["order"] = json!("broken");
    let delete = of("DELETE", "/tables/Table1/records", &lines);
    lines[delete]["status"] = json!(204);
    let fields = of("GET", "/tables/Table1/fields", &lines);
    lines[fields]["headers"]["content-type"] = json!("text/html");
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    std::fs::write(folder.file(), lines.join("\n")).expect("written");

    let calls = replayed(&folder.file()).await;

    let found = differing(&calls);
    let mut found: Vec<String> = found
        .iter()
        .flat_map(|(_, found)| found.iter().cloned())
        .collect();
    found.sort_unstable();
    assert_eq!(found.len(), 4, "{found:#?}");
    assert!(
        found[0].starts_with("Result[].PK_ID: recorded text, emulator number"),
        "{found:#?}"
    );
    assert!(
        found[1].starts_with("content-type: recorded text/html"),
        "{found:#?}"
    );
    assert!(found[2].starts_with("order: "), "{found:#?}");
    assert!(
        found[3].starts_with("status: recorded 204, emulator 200"),
        "{found:#?}"
    );
}
