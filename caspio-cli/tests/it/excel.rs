//! CSV for spreadsheets.

use crate::support::TestEnv;
use crate::support::people::{read, summary};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use serde_json::json;

const TEXTS: [&str; 9] = [
    "=HYPERLINK(\"http://x\")",
    "+47 12",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "'=quoted",
    "'plain",
    "a=1",
    "",
];

fn env() -> TestEnv {
    let env = TestEnv::of(Emulator::builder().empty());
    for name in ["Cells", "Copy"] {
        let table = TableDef::new(name)
            .field(FieldDef::new("=Text", DataType::Text255))
            .field(FieldDef::new("Number", DataType::Number))
            .field(FieldDef::new("List", DataType::ListText).list(["=1", "b"]));
        env.emulator.create_table(table).expect("a new table");
    }
    for text in TEXTS {
        let record = json!({ "=Text": text, "Number": -1.5, "List": [1] });
        env.emulator.insert("Cells", record).expect("a record");
    }
    env.emulator.insert("Cells", json!({})).expect("a record");
    env
}

#[test]
fn a_spreadsheet_runs_no_cell() {
    let env = env();
    env.export(
        "Cells",
        "a.csv",
        &["--excel", "--select", "[=Text],Number,List"],
    );

    let file = read(&env, "a.csv");
    let rows = file.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(rows.as_bytes());
    let cells: Vec<String> = rows
        .records()
        .flat_map(|row| {
            row.expect("a row")
                .iter()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    for cell in &cells {
        let is_number = cell.parse::<f64>().is_ok();
        assert!(
            is_number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
            "{cell:?}"
        );
    }
    assert!(
        cells.iter().any(|cell| cell == "-1.5"),
        "numbers stay numbers"
    );
    assert_eq!(cells[0], "'=Text");
}

#[test]
fn an_export_for_spreadsheets_is_imported_unchanged() {
    let env = env();
    env.export("Cells", "a.csv", &["--excel"]);
    let wanted = env.export("Cells", "plain.csv", &[]);

    let ran = env.run(&["import", "Copy", "a.csv", "--excel", "--nulls", "--json"]);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(summary(&ran)["apostrophes"], 0);
    assert!(env.export("Copy", "copy.csv", &[]) == wanted);
}

#[test]
fn an_import_reports_what_may_be_from_a_spreadsheet() {
    let env = env();
    env.export("Cells", "a.csv", &["--excel", "--select", "Number,List"]);

    let ran = env.run(&["import", "Copy", "a.csv"]);

    assert!(ran.stderr.contains("--excel"), "{}", ran.stderr);
    let both = env.run(&["export", "Cells", "a.jsonl", "--excel"]);
    assert_eq!(both.code, Some(2), "{}", both.stderr);
    let both = env.run(&["import", "Cells", "a.jsonl", "--excel"]);
    assert_eq!(both.code, Some(2), "{}", both.stderr);
}
