//! Rows that may be in the table: only a record with their values counts for them.

use crate::support::TestEnv;
use crate::support::people::{count, people_env, reasons, summary, write};
#[cfg(unix)]
use crate::support::slow_proxy::SlowProxy;
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use serde_json::{Value, json};

/// A table with records of another program.
fn table(is_unique: bool, records: &[(&str, i64)]) -> TestEnv {
    let env = TestEnv::of(Emulator::builder().empty());
    let code = FieldDef::new("Code", DataType::Text255);
    let code = if is_unique { code.unique() } else { code };
    let table = TableDef::new("T").field(code);
    let table = table.field(FieldDef::new("Age", DataType::Integer));
    env.emulator.create_table(table).expect("a new table");
    for (code, age) in records {
        let record = json!({"Code": code, "Age": age});
        env.emulator.insert("T", record).expect("a record");
    }
    env
}

/// Imports rows whose outcome an earlier import did not find out.
fn look_up(env: &TestEnv, table: &str, header: &str, rows: &[&str], version: &str) -> Value {
    let mut file = format!("{header},Line,Reason\n");
    for (at, row) in rows.iter().enumerate() {
        file += &format!("{row},{},UNRESOLVED: lost\n", at + 2);
    }
    write(env, "a.refused.csv", &file);
    let import = ["import", table, "a.refused.csv", "--key", "Code", "--json"];
    let ran = env.run(&[&import[..], &["--api-version", version]].concat());
    summary(&ran)
}

#[test]
fn a_record_with_other_values_is_not_counted_for_a_row() {
    for is_unique in [true, false] {
        let env = table(is_unique, &[("k4", 4), ("k5", 999), ("k6", 6)]);

        let result = look_up(&env, "T", "Code,Age", &["k4,4", "k5,5", "k6,"], "v4");

        assert_eq!(
            (
                &result["already_there"],
                &result["unresolved"],
                &result["inserted"]
            ),
            (&json!(1), &json!(2), &json!(0)),
            "{result}"
        );
        let reasons = reasons(&env, "a.refused.refused.csv");
        assert!(reasons.keys().eq([&3, &4]), "{reasons:?}");
        assert_eq!(count(&env, "T"), 3);
    }
}

#[test]
fn the_record_that_differs_is_named() {
    let env = table(true, &[("k5", 999)]);
    let refused = "Code,Age,Line,Reason\nk5,5,2,UNRESOLVED: lost\n";
    write(&env, "a.refused.csv", refused);

    let ran = env.run(&["import", "T", "a.refused.csv", "--key", "Code"]);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("record 1 has the same Code but another Age"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_record_is_one_row_s_also_if_others_have_its_key() {
    let env = table(false, &[("k", 1), ("k", 2)]);

    let result = look_up(&env, "T", "Code,Age", &["k,2", "k,1", "k,1"], "v4");

    assert_eq!(
        (&result["already_there"], &result["unresolved"]),
        (&json!(2), &json!(1)),
        "{result}"
    );

    let result = look_up(&env, "T", "Code,Age", &["k,1", "k,1"], "v4");

    assert_eq!(
        (&result["already_there"], &result["unresolved"]),
        (&json!(1), &json!(1)),
        "{result}"
    );
}

#[test]
fn records_with_values_of_every_type_are_found() {
    let env = people_env();
    let header = "Code,Name,Notes,Age,Score,Balance,Joined,Active,Tags,Sizes,Days";
    let rows = [
        "a,Ann,\" x \",+7.0,1.50,19.9,2022-01-24 20:30:51.002,yes,\"Cat, \"\"Salt, coarse\"\"\",\"2, 1.5\",2020-02-29",
        "b,,,,,,,,,,",
        "C,\"\",é,0,1e3,-0.00010,2022-01-24,0,Cat,2,\"2021-03-01, 2020-02-29\"",
        "\"d \",x,\"two\nlines\",2147483647,0.1,922337203685477.5807,1999-12-31T23:59:59.990,true,,,",
    ];
    write(&env, "a.csv", &format!("{header}\n{}\n", rows.join("\n")));
    env.ok(&["import", "People", "a.csv"]);

    for version in ["v2", "v3", "v4"] {
        let result = look_up(&env, "People", header, &rows, version);

        assert_eq!(result["already_there"], json!(4), "{version}: {result}");
    }
}

#[test]
fn keys_that_need_many_characters_of_a_url_are_looked_up() {
    let names = [
        "株式会社山田製作所大阪支店",
        "Общество с ограниченной",
        "100% /+&",
        "a b c",
    ];
    let key = |at: usize| format!("{}{at}", names[at % names.len()]);
    let records: Vec<String> = (0..200).map(key).collect();
    let there: Vec<(&str, i64)> = records.iter().map(|code| (&**code, 1)).collect();
    let env = table(true, &there);
    let rows: Vec<String> = (0..300).map(|at| format!("{},1", key(at))).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();

    let result = look_up(&env, "T", "Code,Age", &rows, "v4");

    assert_eq!(
        (
            &result["already_there"],
            &result["inserted"],
            &result["unresolved"]
        ),
        (&json!(200), &json!(100), &json!(0)),
        "{result}"
    );
}

#[test]
fn a_key_that_no_url_can_hold_is_found_by_reading_the_table() {
    let key = |at: u32| format!("{}{at}", "日".repeat(230));
    let (there, other) = (key(1), key(2));
    let mut records: Vec<String> = (0..1500).map(|at| format!("r{at}")).collect();
    records.extend([there.clone(), other.clone(), "k4".to_owned()]);
    let records: Vec<(&str, i64)> = records.iter().map(|code| (&**code, 1)).collect();
    for (is_unique, version) in [(true, "v2"), (true, "v3"), (true, "v4"), (false, "v4")] {
        let env = table(is_unique, &records);
        let rows = [
            &*format!("{there},1"),
            &format!("{other},2"),
            &format!("{},3", key(3)),
            "k4,1",
            "k5,1",
        ];

        let result = look_up(&env, "T", "Code,Age", &rows, version);

        let inserted = if is_unique { 2 } else { 0 };
        assert_eq!(
            (
                &result["already_there"],
                &result["inserted"],
                &result["unresolved"]
            ),
            (&json!(2), &json!(inserted), &json!(3 - inserted)),
            "{version}: {result}"
        );
        let reasons = reasons(&env, "a.refused.refused.csv");
        assert!(reasons[&3].contains("another Age"), "{reasons:?}");
        assert_eq!(count(&env, "T"), 1503 + inserted);
    }
}

#[test]
fn rows_that_another_field_refuses_are_looked_up_together() {
    let env = TestEnv::of(Emulator::builder().empty());
    let field = |name: &str| FieldDef::new(name, DataType::Text255).unique();
    let table = TableDef::new("T").field(field("Code")).field(field("Mail"));
    env.emulator.create_table(table).expect("a new table");
    for at in 0..20 {
        let record = json!({"Code": format!("other{at}"), "Mail": format!("m{at}")});
        env.emulator.insert("T", record).expect("a record");
    }
    // Every other row has the mail of a record.
    let rows: Vec<String> = (0..40)
        .map(|at| match at % 2 {
            0 => format!("k{at},m{}", at / 2),
            _ => format!("k{at},new{at}"),
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let started = std::time::Instant::now();

    let result = look_up(&env, "T", "Code,Mail", &rows, "v3");

    let counts = ["inserted", "refused", "unresolved"].map(|name| &result[name]);
    assert_eq!(counts, [&json!(20), &json!(20), &json!(0)], "{result}");
    // Each look-up waits three seconds before.
    let seconds = started.elapsed().as_secs();
    assert!(seconds < 30, "{seconds} s");
    let lines: Vec<u64> = reasons(&env, "a.refused.refused.csv").into_keys().collect();
    let refused: Vec<u64> = (2..42).step_by(2).collect();
    assert_eq!(lines, refused);
}

#[cfg(unix)]
#[test]
fn rows_that_a_late_call_of_a_killed_import_inserted_are_not_refused() {
    late_call(&[], "already_there");
    late_call(&["--sync"], "unchanged");
}

#[cfg(unix)]
fn late_call(more: &[&str], there: &str) {
    let env = table(true, &[]);
    let rows: String = (0..20).map(|at| format!("k{at},{at}\n")).collect();
    write(&env, "a.csv", &format!("Code,Age\n{rows}"));
    let proxy = SlowProxy::start(&env.emulator.url(), "/records/bulk", None);
    let start = || {
        let import = ["import", "T", "a.csv", "--key", "Code", "--json"];
        let mut command = env.command(&[&import[..], more].concat());
        command.env("CASPIO_ACCOUNT", proxy.url());
        command.stdout(std::process::Stdio::piped());
        command.spawn().expect("it starts")
    };
    let wait = |calls| {
        while proxy.held() < calls {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    };
    let mut killed = start();
    wait(1);
    killed.kill().expect("killed");
    killed.wait().expect("it ends");

    let again = start();
    wait(2);
    // The late call, and another program's record.
    for at in 0..20 {
        let age = if at == 7 { 999 } else { at };
        let record = json!({"Code": format!("k{at}"), "Age": age});
        env.emulator.insert("T", record).expect("a record");
    }
    proxy.release();
    let output = again.wait_with_output().expect("it ends");

    let result: Value = serde_json::from_slice(&output.stdout).expect("a summary");
    assert_eq!(
        (&result[there], &result["refused"], &result["unresolved"]),
        (&json!(19), &json!(1), &json!(0)),
        "{result}"
    );
    assert!(reasons(&env, "a.refused.csv").contains_key(&9), "{result}");
    assert_eq!(count(&env, "T"), 20);
}
