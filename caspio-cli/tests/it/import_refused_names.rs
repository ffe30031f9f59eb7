//! Files of refused rows: how they are known when they are imported, and with which options.

use crate::support::TestEnv;
use crate::support::people::{count, people_env, read, reasons, write};
use caspio_emulator::{DataType, FieldDef, TableDef};
use std::fs;

#[test]
fn a_file_of_refused_rows_with_another_name_is_not_imported() {
    let env = people_env();
    for (name, text) in [
        ("a.csv", "Code,Age,Line,Reason\nA,1,2,UNRESOLVED: lost\n"),
        (
            "a.jsonl",
            "{\"Code\":\"A\",\"Line\":2,\"Reason\":\"UNRESOLVED: lost\"}\n",
        ),
    ] {
        write(&env, name, text);
        for more in [&[][..], &["--key", "Code"]] {
            let ran = env.run(&[&["import", "People", name], more].concat());
            assert_eq!(ran.code, Some(2), "{name}: {}", ran.stderr);
            assert!(ran.stderr.contains(".refused."), "{}", ran.stderr);
        }
    }
    assert_eq!(count(&env, "People"), 0);
}

/// A table with fields of the names of the columns that are added to refused rows.
fn order_lines() -> TestEnv {
    let env = people_env();
    let fields = [
        ("K", DataType::Text255),
        ("N", DataType::Integer),
        ("Line", DataType::Integer),
        ("Reason", DataType::Text255),
    ];
    let fields = fields.into_iter().map(|(name, ty)| FieldDef::new(name, ty));
    let table = fields.fold(TableDef::new("Order_Lines"), TableDef::field);
    env.emulator.create_table(table).expect("a new table");
    env
}

#[test]
fn a_table_with_fields_of_these_names_has_their_values() {
    let env = order_lines();
    write(&env, "a.csv", "K,Line,Reason\na,1,late\n");
    write(&env, "b.csv", "K,Line,Reason\nb,x,lost\n");

    env.ok(&["import", "Order_Lines", "a.csv"]);
    assert_eq!(env.run(&["import", "Order_Lines", "b.csv"]).code, Some(5));
    let fixed = read(&env, "b.refused.csv").replace("b,x,", "b,2,");
    write(&env, "b.refused.csv", &fixed);
    env.ok(&["import", "Order_Lines", "b.refused.csv"]);

    let rows = env.ok(&["query", "Order_Lines", "--format", "csv"]);
    assert!(
        rows.contains("a,,1,late") && rows.contains("b,,2,lost"),
        "{rows}"
    );
}

#[test]
fn a_copy_of_a_file_of_refused_rows_is_known_also_where_the_table_has_fields_of_these_names() {
    for (input, rows) in [
        ("a.csv", "K,N\na,x\n"),
        ("a.jsonl", "{\"K\":\"a\",\"N\":\"x\"}\n"),
    ] {
        let env = order_lines();
        write(&env, input, rows);
        assert_eq!(env.run(&["import", "Order_Lines", input]).code, Some(5));
        let named = input.replace('.', ".refused.");
        let refused = read(&env, &named);
        assert!(refused.contains("Refused_Line"), "{refused}");

        write(&env, input, &refused);
        let copy = env.run(&["import", "Order_Lines", input]);
        assert_eq!(copy.code, Some(2), "{}", copy.stderr);
        assert!(copy.stderr.contains(".refused."), "{}", copy.stderr);
        assert_eq!(count(&env, "Order_Lines"), 0);

        let unfixed = env.run(&["import", "Order_Lines", &named]);
        assert_eq!(unfixed.code, Some(5), "{}", unfixed.stderr);
        let fixed = refused.replace(":\"x\"", ":7").replace(",x,", ",7,");
        write(&env, &named, &fixed);
        env.ok(&["import", "Order_Lines", &named]);
        let rows = env.ok(&["query", "Order_Lines", "--format", "csv"]);
        assert!(rows.contains("a,7,,"), "{rows}");
    }
}

#[test]
fn columns_that_may_be_values_or_have_been_added_are_not_imported() {
    let env = order_lines();
    let row = "a,2,UNRESOLVED: lost\n";
    let json = "{\"K\":\"a\",\"Line\":2,\"Reason\":\"UNRESOLVED: lost\"}\n";
    // Of another table, which has no such fields.
    for (name, text, hint) in [
        (
            "a.csv",
            &*format!("K,Line,Reason\n{row}"),
            "ends with .refused.csv",
        ),
        ("a.jsonl", json, "ends with .refused.jsonl"),
        (
            "b.refused.csv",
            &*format!("K,Line,Reason\n{row}"),
            "Refused_Reason",
        ),
        ("b.refused.jsonl", json, "Refused_Reason"),
    ] {
        write(&env, name, text);
        for more in [&[][..], &["--dry-run"], &["--cost"]] {
            let ran = env.run(&[&["import", "Order_Lines", name], more].concat());
            assert_eq!(ran.code, Some(2), "{name} {more:?}: {}", ran.stderr);
            assert!(ran.stderr.contains(hint), "{}", ran.stderr);
        }
    }
    assert_eq!(count(&env, "Order_Lines"), 0);
    let renamed = format!("K,Refused_Line,Refused_Reason\n{row}");
    write(&env, "b.refused.csv", &renamed);
    let ran = env.run(&["import", "Order_Lines", "b.refused.csv"]);
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    assert!(ran.stderr.contains("unknown outcome"), "{}", ran.stderr);
}

#[test]
fn a_file_of_refused_rows_is_imported_with_the_options_of_the_first_import() {
    let env = people_env();
    write(&env, "a.csv", "Code;Name;Age\nA;;x\nB;\"\";y\n");
    let options = ["--delimiter", ";", "--nulls", "--encoding", "windows-1252"];
    let first = env.run(&[&["import", "People", "a.csv"], &options[..]].concat());
    assert_eq!(first.code, Some(5), "{}", first.stderr);
    assert!(
        first.stderr.contains("import it with --nulls"),
        "{}",
        first.stderr
    );
    let fixed = read(&env, "a.refused.csv")
        .replace(",x,", ",1,")
        .replace(",y,", ",2,");
    for (at, text) in [fixed.clone(), fixed.replace(',', ";")]
        .into_iter()
        .enumerate()
    {
        let text = text.replace("\nA", &format!("\nA{at}"));
        let text = text.replace("\nB", &format!("\nB{at}"));
        write(&env, "a.refused.csv", &text);
        env.ok(&[&["import", "People", "a.refused.csv"], &options[..]].concat());
    }
    let rows = env.ok(&[
        "query",
        "People",
        "--format",
        "jsonl",
        "--select",
        "Code,Name",
    ]);
    for at in 0..2 {
        assert!(
            rows.contains(&format!("\"Code\":\"A{at}\",\"Name\":null")),
            "{rows}"
        );
        assert!(
            rows.contains(&format!("\"Code\":\"B{at}\",\"Name\":\"\"")),
            "{rows}"
        );
    }
}

#[test]
fn a_json_line_whose_bytes_were_fixed_has_its_backslashes() {
    let env = people_env();
    let line = b"{\"Code\":\"a\\\"q\xe9\",\"Name\":\"b\\\\\xe9\"}\n";
    fs::write(env.path("a.jsonl"), line).expect("written");
    assert_eq!(env.run(&["import", "People", "a.jsonl"]).code, Some(5));
    let refused = read(&env, "a.refused.jsonl");
    let half = refused.replacen("\\\\xe9", "é", 1);
    for text in [&refused, &half] {
        write(&env, "a.refused.jsonl", text);
        let ran = env.run(&["import", "People", "a.refused.jsonl"]);
        assert_eq!(ran.code, Some(5), "{text}: {}", ran.stderr);
        let again = read(&env, "a.refused.refused.jsonl");
        assert!(again.contains("\\\\xe9"), "{again}");
    }

    write(&env, "a.refused.jsonl", &refused.replace("\\\\xe9", "é"));
    env.ok(&["import", "People", "a.refused.jsonl"]);

    let rows = env.ok(&[
        "query",
        "People",
        "--format",
        "jsonl",
        "--select",
        "Code,Name",
    ]);
    assert!(rows.contains(r#""Code":"a\"qé","Name":"b\\é""#), "{rows}");
}

#[test]
fn a_quote_after_blanks_is_refused_and_one_in_a_text_is_text() {
    let env = people_env();
    write(
        &env,
        "a.csv",
        "Code,Name\nq1, \"b\"\nq2,x\"y\nq3,\t\"c, d\"\nq4,\"e\"\n",
    );
    assert_eq!(env.run(&["import", "People", "a.csv"]).code, Some(5));
    let reasons = reasons(&env, "a.refused.csv");
    assert!(reasons.keys().eq([&2, &4]), "{reasons:?}");
    assert!(
        reasons[&2].contains("before an opening quote"),
        "{reasons:?}"
    );
    let rows = env.ok(&["query", "People", "--format", "jsonl", "--select", "Name"]);
    assert!(
        rows.contains("\"x\\\"y\"") && rows.contains("\"e\""),
        "{rows}"
    );
}

#[test]
fn a_pipe_that_may_be_cut_off_deletes_nothing() {
    let env = people_env();
    write(&env, "a.csv", "Code,Age\nA,1\nB,2\nC,33\n");
    env.ok(&["import", "People", "a.csv"]);
    let sync = [
        "import",
        "People",
        "-",
        "--sync",
        "--key",
        "Code",
        "--delete-missing",
        "--format",
    ];
    for (format, input) in [
        ("csv", "Code,Age\nA,1\nC,3"),
        ("jsonl", "{\"Code\":\"A\",\"Age\":1}"),
    ] {
        for more in [&[][..], &["--dry-run"]] {
            let ran = env.piped(&[&sync[..], &[format], more].concat(), input);
            assert_eq!(ran.code, Some(2), "{}", ran.stderr);
            assert!(ran.stderr.contains("cut off"), "{}", ran.stderr);
        }
    }
    assert_eq!(ages(&env), "1\n2\n33\n");

    let whole = env.piped(&[&sync[..], &["csv"]].concat(), "Code,Age\nA,1\nC,3\n");
    assert_eq!(whole.code, Some(0), "{}", whole.stderr);
    assert_eq!(ages(&env), "1\n3\n");
    // A file is as it was saved.
    write(&env, "b.csv", "Code,Age\nA,1");
    let file = [
        "import",
        "People",
        "b.csv",
        "--sync",
        "--key",
        "Code",
        "--delete-missing",
    ];
    env.ok(&file);
    assert_eq!(ages(&env), "1\n");
}

fn ages(env: &TestEnv) -> String {
    let text = env.ok(&["query", "People", "--format", "csv", "--select", "Age"]);
    text.trim_start_matches("Age\n").replace('\r', "")
}

#[test]
fn rows_are_not_added_to_json_rows_with_other_members() {
    let env = people_env();
    write(&env, "a.jsonl", "{\"Code\":\"A\",\"Age\":\"x\"}\n");
    assert_eq!(env.run(&["import", "People", "a.jsonl"]).code, Some(5));
    let before = read(&env, "a.refused.jsonl");
    let rows = "{\"Code\":\"A\"}\n{\"Code\":\"B\",\"Score\":\"y\"}\n";
    write(&env, "a.jsonl", rows);
    let import = ["import", "People", "a.jsonl", "--from-line", "2"];

    let ran = env.run(&import);

    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("\"Age\""), "{}", ran.stderr);
    assert_eq!(read(&env, "a.refused.jsonl"), before);
    env.is_tidy("a.refused.jsonl");

    write(&env, "a.jsonl", &rows.replace("Score", "age"));
    assert_eq!(env.run(&import).code, Some(5));
    assert_eq!(read(&env, "a.refused.jsonl").lines().count(), 2);
}

#[test]
fn a_reason_names_everything_that_is_wrong_with_the_row() {
    for more in [&[][..], &["--dry-run"], &["--sync", "--key", "Code"]] {
        let env = people_env();
        write(
            &env,
            "a.csv",
            "Code,Age,Score,Tags,Name\nA,3000000000,x,Cow,n\n",
        );
        let ran = env.run(&[&["import", "People", "a.csv"], more].concat());
        assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        let file = match more {
            ["--dry-run"] => "a.dry-run.refused.csv",
            _ => "a.refused.csv",
        };
        let reason = &reasons(&env, file)[&2];
        for column in ["Age: ", "Score: ", "Tags: "] {
            assert!(reason.contains(column), "{more:?}: {reason}");
        }
        assert_eq!(reason.matches("Score").count(), 1, "{reason}");
    }
}
