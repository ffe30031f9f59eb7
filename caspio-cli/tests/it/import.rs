//! Imports: the resulting table and file of refused rows.

use crate::support::people::{MONEY, count, fill, people_env, read, reasons, summary, write};
use caspio_emulator::{DataType, Fault, Faults, FieldDef, Rule, TableDef};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

fn wanted_rows() -> u64 {
    let wanted = std::env::var("CASPIO_TEST_ROWS").ok();
    wanted.map_or(100_000, |rows| rows.parse().expect("a number"))
}

#[test]
fn bad_rows_are_named_and_all_others_inserted() {
    let env = people_env();
    let rows = wanted_rows();
    let apart = rows / 100;
    let mut text = String::from("Code,Name,Age\n");
    let mut bad = BTreeMap::new();
    for at in 0..rows {
        let line = at + 2;
        let (row, reason) = match (at % apart == apart / 2, bad.len() % 4) {
            (false, _) => (format!("C{at},Ann,30"), ""),
            (_, 0) => (
                format!("C{at},Ann,thirty"),
                "Age: expected a whole number, found \"thirty\"",
            ),
            (_, 1) => (
                format!("C{at},{},30", "x".repeat(256)),
                "256 characters; the field holds 255",
            ),
            (_, 2) => (
                format!("C{},Twin,30", at - 1),
                "the service refused the record",
            ),
            _ => (
                format!("C{at},Ann"),
                "the row has 2 cells, the first line names 3 columns",
            ),
        };
        if !reason.is_empty() {
            bad.insert(line, reason);
        }
        writeln!(text, "{row}").expect("written");
    }
    write(&env, "people.csv", &text);

    let ran = env.run(&["import", "People", "people.csv", "--json"]);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let summary = summary(&ran);
    assert_eq!(
        (&summary["rows"], &summary["inserted"], &summary["refused"]),
        (&json!(rows), &json!(rows - 100), &json!(100))
    );
    assert_eq!(count(&env, "People"), rows - 100);
    let by_line = reasons(&env, "people.refused.csv");
    assert!(by_line.keys().eq(bad.keys()), "{:?}", by_line.keys());
    for (line, reason) in bad {
        assert!(
            by_line[&line].contains(reason),
            "line {line}: {}",
            by_line[&line]
        );
    }
    // A token; the fields, once more when a row did not fit them; v4's ids of the tables.
    let calls = env.emulator.calls();
    assert_eq!(calls.operation("ListTableFields"), 2);
    assert_eq!(calls.operation("CreateTableRecords"), rows.div_ceil(1000));
    assert_eq!(summary["calls"], json!(rows.div_ceil(1000) + 4));
}

fn survives_the_way_there_and_back(file: &str, more: &[&str]) {
    let env = people_env();
    fill(&env);
    let out = env.export("People", file, &[]);

    let ran = env.run(&[&["import", "Copy", file, "--json"], more].concat());

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(
        summary(&ran)["left_out"],
        json!(["PK_ID", "Number", "Photo"])
    );
    let back = env.export("Copy", &format!("back-{file}"), &[]);
    assert!(
        out == back,
        "{}\nis not\n{}",
        String::from_utf8_lossy(&out),
        String::from_utf8_lossy(&back)
    );
    env.is_tidy(file);
    assert!(!env.path(&file.replace('.', ".refused.")).exists());
}

#[test]
fn a_csv_export_is_imported_unchanged() {
    survives_the_way_there_and_back("all.csv", &["--nulls"]);
}

#[test]
fn a_jsonl_export_is_imported_unchanged() {
    survives_the_way_there_and_back("all.jsonl", &[]);
}

#[cfg(feature = "parquet")]
#[test]
fn a_parquet_export_is_imported_unchanged() {
    survives_the_way_there_and_back("all.parquet", &[]);
}

#[test]
fn every_api_version_accepts_every_kind_of_value() {
    let exports = ["v2", "v3", "v4"].map(|version| {
        let env = people_env();
        fill(&env);
        env.export("People", "all.csv", &[]);
        let import = ["import", "Copy", "all.csv", "--nulls", "--api-version"];
        env.ok(&[&import[..], &[version]].concat());
        env.export("Copy", "back.csv", &[])
    });
    assert!(exports[0] == exports[1] && exports[1] == exports[2]);
}

#[test]
fn passwords_are_inserted_and_files_of_refused_rows_are_private() {
    let env = people_env();
    let table = TableDef::new("Users")
        .field(FieldDef::new("Email", DataType::Text255))
        .field(FieldDef::new("Secret", DataType::Password))
        .field(FieldDef::new("Reason", DataType::Text255))
        .field(FieldDef::new("Age", DataType::Integer));
    env.emulator.create_table(table).expect("a new table");
    write(
        &env,
        "a.csv",
        "Email,Secret,Age,Reason\na@b.c,horse,1,x\nd@e.f,,x,y\n",
    );

    let ran = env.run(&["import", "Users", "a.csv"]);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let held = env.emulator.holds_password("Users", 1, "Secret", "horse");
    assert!(held.expect("a record"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = fs::metadata(env.path("a.refused.csv")).expect("a file");
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
    // The table's own `Reason` is distinguished from the one that was added.
    let refused = read(&env, "a.refused.csv").replace(",x,y,", ",2,y,");
    write(&env, "a.refused.csv", &refused);
    env.ok(&["import", "Users", "a.refused.csv"]);
    let own = env.ok(&[
        "query",
        "Users",
        "--format",
        "csv",
        "--select",
        "Reason,Age",
    ]);
    assert_eq!(own, "Reason,Age\nx,1\ny,2\n");
}

#[test]
fn money_keeps_its_digits() {
    let env = people_env();
    fill(&env);
    env.export("People", "money.csv", &["--select", "Balance"]);
    assert_eq!(
        read(&env, "money.csv"),
        format!("Balance\n{}\n\n", MONEY.join("\n"))
    );
}

#[test]
fn an_empty_cell_is_an_empty_text_or_null() {
    let env = people_env();
    write(
        &env,
        "a.csv",
        "Code,Name,Age,Active,Tags\nA,,,,\nB,\"\",\"\",,\n",
    );
    env.ok(&["import", "People", "a.csv"]);
    let records = env.ok(&[
        "query",
        "People",
        "--format",
        "jsonl",
        "--select",
        "Name,Age,Tags",
    ]);
    for record in records.lines() {
        let record: Value = serde_json::from_str(record).expect("JSON");
        assert_eq!(record["Name"], json!(""));
        assert_eq!(
            (&record["Age"], &record["Tags"]),
            (&Value::Null, &Value::Null)
        );
    }
}

#[test]
fn a_dry_run_writes_nothing_and_names_the_rows_that_would_be_refused() {
    let env = people_env();
    let long = "x".repeat(256);
    write(
        &env,
        "a.csv",
        &format!("Code,Name,Tags\nA,Ann,Cat\nB,{long},\nC,Ann,Dog\n"),
    );

    let ran = env.run(&["import", "People", "a.csv", "--dry-run", "--json"]);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let summary = summary(&ran);
    assert_eq!(summary["inserted"], json!(1));
    assert_eq!(env.emulator.calls().operation("ListTableFields"), 1);
    assert_eq!(summary["calls"], json!(2), "the fields, and a token");
    assert_eq!(count(&env, "People"), 0);
    let by_line = reasons(&env, "a.dry-run.refused.csv");
    assert!(by_line[&3].contains("the field holds 255"), "{by_line:?}");
    assert!(
        by_line[&4].contains("\"Dog\" is not in the list"),
        "{by_line:?}"
    );
}

#[test]
fn columns_are_checked_before_any_row_is_sent() {
    let env = people_env();
    write(&env, "unknown.csv", "Code,Nmae\nA,Ann\n");
    env.snapshot(
        "import_unknown_column",
        &["import", "People", "unknown.csv"],
    );
    write(&env, "twice.csv", "Code,Name,code\nA,Ann,B\n");
    env.snapshot("import_column_twice", &["import", "People", "twice.csv"]);
    write(
        &env,
        "late.jsonl",
        "{\"Code\":\"A\"}\n{\"Code\":\"B\",\"Aeg\":3}\n",
    );
    let ran = env.run(&["import", "People", "late.jsonl"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("did you mean `Age`?"), "{}", ran.stderr);
    let ran = env.run(&["import", "People", "late.jsonl", "--key", "PK_ID"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(count(&env, "People"), 0);
}

#[test]
fn the_case_of_letters_outside_ascii_does_not_matter_in_names() {
    let env = people_env();
    let table = TableDef::new("Kurse").field(FieldDef::new("Übung", DataType::Text255).unique());
    env.emulator.create_table(table).expect("a new table");
    write(&env, "a.csv", "ÜBUNG\nA\n");
    write(&env, "b.jsonl", "{\"übung\":\"B\"}\n");

    env.ok(&["import", "Kurse", "a.csv", "--key", "übung"]);
    env.ok(&["import", "Kurse", "b.jsonl", "--sync", "--key", "ÜBUNG"]);

    let sorted = [
        "query",
        "Kurse",
        "--select",
        "Übung",
        "--order",
        "ÜBUNG desc",
    ];
    assert_eq!(
        env.ok(&[&sorted[..], &["--format", "csv"]].concat()),
        "Übung\nB\nA\n"
    );
    write(&env, "twice.csv", "Übung,übung\nA,B\n");
    let twice = env.run(&["import", "Kurse", "twice.csv"]);
    assert!(
        twice.stderr.contains("in the file twice"),
        "{}",
        twice.stderr
    );
}

#[test]
fn a_fixed_csv_file_of_refused_rows_is_imported() {
    let env = people_env();
    write(
        &env,
        "a.csv",
        "Code,Name,Age,Score\nA,\"An,\"\"n\",x,\nB,,2,1\n",
    );
    env.snapshot("import_refused", &["import", "People", "a.csv"]);
    let refused = read(&env, "a.refused.csv");
    assert_eq!(
        refused,
        "Code,Name,Age,Score,Line,Reason\n\
         A,\"An,\"\"n\",x,,2,\"Age: expected a whole number, found \"\"x\"\"\"\n"
    );
    write(&env, "a.refused.csv", &refused.replace(",x,", ",1,"));

    env.ok(&["import", "People", "a.refused.csv"]);

    assert_eq!(count(&env, "People"), 2);
    assert!(!env.path("a.refused.refused.csv").exists());
}

#[test]
fn a_fixed_jsonl_file_of_refused_rows_is_imported() {
    let env = people_env();
    write(
        &env,
        "a.jsonl",
        "{\"Code\":\"A\",\"Age\":1.5}\n{\"Code\":\"B\"\n{\"Code\":\"C\",\"Balance\":922337203685477.5807,\"Age\":\"x\"}\n",
    );
    let ran = env.run(&["import", "People", "a.jsonl"]);
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let refused = read(&env, "a.refused.jsonl");
    let lines: Vec<u64> = refused
        .lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).expect("JSON");
            row["Line"].as_u64().expect("a line")
        })
        .collect();
    assert_eq!(lines, [1, 2, 3]);
    assert!(refused.contains("922337203685477.5807"));
    let fixed = refused.replace("1.5", "1").replace("\"x\"", "3");
    write(
        &env,
        "a.refused.jsonl",
        &fixed.replace("\\\"B\\\"", "\\\"B\\\"}"),
    );

    let ran = env.run(&["import", "People", "a.refused.jsonl"]);

    assert_eq!(
        (ran.code, count(&env, "People")),
        (Some(0), 3),
        "{}",
        ran.stderr
    );
}

#[test]
fn rows_with_a_lost_response_are_unresolved_without_a_key() {
    for (key, code, unresolved) in [(false, 5, 1000), (true, 0, 0)] {
        let env = people_env();
        let rows: String = (0..2500).fold("Code\n".to_owned(), |all, at| format!("{all}C{at}\n"));
        write(&env, "a.csv", &rows);
        let lost = Rule::new(Fault::ResetAfterwards).operation("CreateTableRecords");
        env.emulator
            .set_faults(Faults::none().rule(lost.calls([2])));
        let mut arguments = vec!["import", "People", "a.csv", "--json", "--concurrency", "1"];
        if key {
            arguments.extend(["--key", "Code"]);
        }

        let ran = env.run(&arguments);

        assert_eq!(ran.code, Some(code), "{}", ran.stderr);
        assert_eq!(summary(&ran)["unresolved"], json!(unresolved));
        assert_eq!(count(&env, "People"), 2500);
        if !key {
            let by_line = reasons(&env, "a.refused.csv");
            assert_eq!(by_line.keys().next(), Some(&1002));
            assert!(
                by_line
                    .values()
                    .all(|reason| reason.starts_with("UNRESOLVED"))
            );
        }
    }
}

#[test]
fn an_outage_stops_the_import_with_the_line_to_resume_from() {
    let env = people_env();
    let rows: String = (0..5500).fold("Code\n".to_owned(), |all, at| format!("{all}C{at}\n"));
    write(&env, "a.csv", &rows);
    let faults = Faults::none().rule(
        Rule::new(Fault::QuotaUsedUp)
            .operation("CreateTableRecords")
            .calls(3..100),
    );
    env.emulator.set_faults(faults);

    let one_by_one = ["--json", "--concurrency", "1", "--timeout", "2"];
    let ran = env.run(&[&["import", "People", "a.csv"], &one_by_one[..]].concat());

    assert_eq!(ran.code, Some(6), "{}", ran.stderr);
    let result = summary(&ran);
    let next = result["next_line"].as_u64().expect("a line");
    assert_eq!(result["rows"].as_u64(), Some(next - 2));
    assert_eq!(
        (count(&env, "People"), &result["inserted"]),
        (2000, &json!(2000))
    );
    assert!(
        ran.stderr.contains(&format!("--from-line {next}")),
        "{}",
        ran.stderr
    );

    env.emulator.set_faults(Faults::none());
    let resumed = env.run(&["import", "People", "a.csv", "--json"]);
    assert_eq!(resumed.code, Some(5), "{}", resumed.stderr);
    let total = summary(&resumed);
    assert_eq!(total["resumed"].as_u64(), Some(next));
    assert_eq!(total["refused"], result["refused"]);
    assert_eq!(total["rows"], json!(5500));
    env.ok(&["import", "People", "a.refused.csv"]);
    assert_eq!(count(&env, "People"), 5500);
}

#[test]
fn an_outage_of_a_sync_is_not_blamed_on_its_rows() {
    let env = people_env();
    let rows: String = (0..2500).fold("Code\n".to_owned(), |all, at| format!("{all}C{at}\n"));
    write(&env, "a.csv", &rows);
    let faults = Faults::none().rule(
        Rule::new(Fault::QuotaUsedUp)
            .operation("CreateTableRecords")
            .calls(2..100),
    );
    env.emulator.set_faults(faults);
    let sync = [
        "import", "People", "a.csv", "--sync", "--key", "Code", "--json",
    ];

    let ran = env.run(&[&sync[..], &["--concurrency", "1", "--timeout", "2"]].concat());

    assert_eq!(ran.code, Some(6), "{}", ran.stderr);
    let result = summary(&ran);
    let number = |name: &str| result[name].as_u64().expect(name);
    assert_eq!(number("refused"), 0, "{result}");
    assert_eq!(number("inserted"), count(&env, "People"), "{result}");
    assert_eq!(number("inserted") + number("not_sent"), 2500, "{result}");
    assert!(
        ran.stderr.contains("run the same command again"),
        "{}",
        ran.stderr
    );

    env.emulator.set_faults(Faults::none());
    env.ok(&sync);
    assert_eq!(count(&env, "People"), 2500);
}

#[test]
fn members_of_jsonl_rows_have_any_case() {
    let env = people_env();
    let rows = "{\"Code\":\"A\",\"age\":1}\n{\"AGE\":2,\"code\":\"B\"}\n";
    write(&env, "a.jsonl", rows);

    env.ok(&["import", "People", "a.jsonl"]);

    let found = env.ok(&["query", "People", "--select", "Code,Age", "--format", "csv"]);
    assert_eq!(found, "Code,Age\nA,1\nB,2\n");
}

#[test]
fn no_value_is_changed_without_a_word() {
    let env = people_env();
    let rows = [
        ("Age", "0010"),
        ("Score", "24011346160100052488457"),
        ("Score", "1e-400"),
        ("Score", "021000021"),
        ("Balance", "1_000"),
        ("Balance", "1.23456"),
    ];
    for (at, (column, value)) in rows.into_iter().enumerate() {
        write(&env, "a.csv", &format!("Code,{column}\nC{at},{value}\n"));
        write(
            &env,
            "b.jsonl",
            &format!("{{\"Code\":\"C{at}\",{column:?}:{value:?}}}\n"),
        );
        for file in ["a.csv", "b.jsonl"] {
            let ran = env.run(&["import", "People", file]);
            assert_eq!(ran.code, Some(5), "{column} {value}: {}", ran.stderr);
        }
    }
    assert_eq!(count(&env, "People"), 0);

    // A carriage return alone ends the last line.
    write(&env, "a.csv", "Code,Name\r\nA,Ann\r");
    // A byte order mark may precede an empty line.
    write(
        &env,
        "b.jsonl",
        "\u{feff}\n{\"Code\":\"B\",\"Name\":\"Bob\"}\n",
    );
    env.ok(&["import", "People", "a.csv"]);
    env.ok(&["import", "People", "b.jsonl"]);
    let names = env.ok(&["query", "People", "--format", "csv", "--select", "Name"]);
    assert_eq!(names, "Name\nAnn\nBob\n");
}

#[test]
fn times_that_are_shortened_are_counted() {
    let env = people_env();
    let rows =
        "Code,Joined\nA,2020-02-29T10:00:00.1234567\nB,2020-02-29T10:00:00.1230000\nC,01.02.2024\n";
    write(&env, "a.csv", rows);

    let ran = env.run(&["import", "People", "a.csv", "--json"]);

    assert_eq!(
        summary(&ran)["shortened"],
        json!({ "Joined": 1 }),
        "a refused value is not shortened"
    );
    let ran = env.run(&["import", "People", "a.csv", "--dry-run"]);
    assert!(
        ran.stderr.contains("Joined: 1 time was shortened"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_file_of_refused_rows_is_utf_8_whatever_the_encoding_of_the_first() {
    let env = people_env();
    fs::write(
        env.path("a.csv"),
        b"Code,Name,Age\nA,Jos\xe9,x\nB,M\x81,1\n",
    )
    .expect("written");
    let options = ["--encoding", "windows-1252"];
    let ran = env.run(&[&["import", "People", "a.csv"], &options[..]].concat());
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    assert_eq!(count(&env, "People"), 0, "a byte without a character");
    let reason = &reasons(&env, "a.refused.csv")[&3];
    assert!(reason.contains("is not Windows-1252"), "{reason}");
    assert!(!reason.contains("--encoding"), "{reason}");

    let fixed = read(&env, "a.refused.csv").replace(",x,", ",1,");
    write(&env, "a.refused.csv", &fixed);
    env.run(&[&["import", "People", "a.refused.csv"], &options[..]].concat());

    let names = env.ok(&["query", "People", "--format", "csv", "--select", "Name"]);
    assert_eq!(names, "Name\nJosé\n");
}

#[test]
fn other_delimiters_and_encodings_are_read() {
    let env = people_env();
    write(&env, "a.csv", "Code;Name\nA;\"x;y\"\nB;z,w\n");
    let ran = env.run(&["import", "People", "a.csv"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("separated by `;`"), "{}", ran.stderr);

    fs::write(env.path("b.csv"), b"Code^Name\nC^Caf\xe9\n").expect("written");
    let refused = env.run(&["import", "People", "b.csv", "--delimiter", "^"]);
    assert_eq!(refused.code, Some(5), "{}", refused.stderr);
    let options = ["--delimiter", "^", "--encoding", "windows-1252"];
    env.ok(&[&["import", "People", "b.csv"], &options[..]].concat());

    let text = "Code,Name\nD,\u{6771}\n";
    let utf_16: Vec<u8> = "\u{feff}"
        .chars()
        .chain(text.chars())
        .flat_map(|character| (character as u16).to_le_bytes())
        .collect();
    fs::write(env.path("c.csv"), utf_16).expect("written");
    env.ok(&["import", "People", "c.csv"]);

    let names = env.ok(&["query", "People", "--format", "csv", "--select", "Name"]);
    assert_eq!(names, "Name\nx;y\n\"z,w\"\nCafé\n東\n");
}
