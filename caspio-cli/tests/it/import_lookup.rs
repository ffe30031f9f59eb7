//! Rows that may be in the table: only a record with their values counts for them.

use crate::support::TestEnv;
use crate::support::people::{count, people_env, reasons, summary, write};
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
