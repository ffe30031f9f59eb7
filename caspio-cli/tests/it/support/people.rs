//! Tables of people to import into, and the results of imports.

use super::{Ran, TestEnv};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

/// Returns a table with a field of every writable type, and some that are not writable.
pub(crate) fn people(name: &str) -> TableDef {
    let fields = [
        ("Number", DataType::Autonumber),
        ("Name", DataType::Text255),
        ("Notes", DataType::Text64000),
        ("Age", DataType::Integer),
        ("Score", DataType::Number),
        ("Balance", DataType::Currency),
        ("Joined", DataType::DateTime),
        ("Active", DataType::YesNo),
        ("Photo", DataType::Attachment),
    ];
    let fields = fields.into_iter().map(|(name, ty)| FieldDef::new(name, ty));
    let table = TableDef::new(name).field(FieldDef::new("Code", DataType::Text255).unique());
    let table = fields.fold(table, TableDef::field);
    table
        .field(FieldDef::new("Tags", DataType::ListText).list(["Cat", "Salt, coarse", "\"Q\""]))
        .field(FieldDef::new("Sizes", DataType::ListNumber).list([1.5, 2.0]))
        .field(FieldDef::new("Days", DataType::ListDateTime).list(["2020-02-29", "2021-03-01"]))
}

pub(crate) fn people_env() -> TestEnv {
    let env = TestEnv::of(Emulator::builder().empty());
    for name in ["People", "Copy"] {
        env.emulator
            .create_table(people(name))
            .expect("a new table");
    }
    env
}

pub(crate) const MONEY: [&str; 4] = [
    "922337203685477.5807",
    "-922337203685477.5808",
    "0.0001",
    "12345678901234.5678",
];

pub(crate) fn write(env: &TestEnv, file: &str, text: &str) {
    fs::write(env.path(file), text).expect("written");
}

pub(crate) fn read(env: &TestEnv, file: &str) -> String {
    fs::read_to_string(env.path(file)).expect(file)
}

pub(crate) fn count(env: &TestEnv, table: &str) -> u64 {
    env.emulator.count(table).expect("a table")
}

pub(crate) fn summary(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).expect(&ran.stderr)
}

/// Returns the lines and reasons of a file of refused rows.
pub(crate) fn reasons(env: &TestEnv, file: &str) -> BTreeMap<u64, String> {
    let mut file = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(env.path(file))
        .expect("a file");
    let rows = file.records().map(|row| {
        let row = row.expect("a row");
        let last = |back: usize| row.get(row.len() - back).expect("a cell").to_owned();
        (last(2).parse().expect("a line"), last(1))
    });
    rows.collect()
}

/// Inserts records with every kind of value.
pub(crate) fn fill(env: &TestEnv) {
    let mut text = String::new();
    for (at, money) in MONEY.iter().enumerate() {
        let row = format!(
            r#"{{"Code":"C{at}","Name":"O'Brien, \"x\"\n ü ","Notes":null,"Age":-{at},"Score":0.30000000000000004,"Balance":{money},"Joined":"2020-02-29T10:00:00.607","Active":true,"Tags":{{"2":"Salt, coarse","3":"\"Q\""}},"Sizes":[1.5,2],"Days":["2021-03-01"]}}"#
        );
        writeln!(text, "{row}").expect("written");
    }
    text.push_str("{\"Code\":\"empty\",\"Name\":\"\"}\n");
    write(env, "start.jsonl", &text);
    env.ok(&["import", "People", "start.jsonl"]);
}
