//! Files of refused rows that are imported again, fixed and unfixed.

use crate::support::TestEnv;
use crate::support::people::{count, people_env, read, reasons, summary, write};
use caspio_emulator::{DataType, Fault, Faults, FieldDef, Rule, TableDef};
use serde_json::json;
use std::fs;

/// Imports a file whose rows are all refused, then its file of refused rows, unchanged and with the name of the input
/// of the first import. Returns the files of refused rows of both.
fn refused_twice(env: &TestEnv, file: &str) -> (String, String) {
    let (stem, extension) = file.rsplit_once('.').expect("a name");
    let refused = format!("{stem}.refused.{extension}");
    let again = format!("{stem}.refused.refused.{extension}");
    for input in [file, &refused] {
        let ran = env.run(&["import", "People", input, "--json"]);
        assert_eq!(ran.code, Some(5), "{input}: {}", ran.stderr);
        assert_eq!(summary(&ran)["inserted"], json!(0), "{input}");
    }
    assert_eq!(count(env, "People"), 0, "{file}");
    (read(env, &refused), read(env, &again))
}

#[test]
fn a_csv_row_that_was_refused_is_refused_again_until_it_is_fixed() {
    for row in [
        "x,y",
        "x",
        "x,y,1,2,3",
        "x,y,1,2,3,4,5,6",
        "x,y,1,\"q\nr,s,1,1\nt,u,1,1",
        "x,\"y\"z,1,2",
        "\"x\" y,z,1,2",
        "\"a\\\"b\",z,1,2",
        "x,y,one,2",
    ] {
        let env = people_env();
        write(&env, "a.csv", &format!("Code,Name,Age,Score\n{row}\n"));

        let (first, second) = refused_twice(&env, "a.csv");

        assert_eq!(first, second, "{row}: nothing is lost or added");
    }
}

#[test]
fn a_csv_row_of_a_table_with_one_column_stays_unreadable() {
    let env = people_env();
    write(&env, "a.csv", "Code\n\"x\" y\nx,y\n\"open\n");
    refused_twice(&env, "a.csv");
}

#[test]
fn line_and_reason_have_their_own_columns() {
    let env = people_env();
    write(&env, "a.csv", "Code,Name,Age,Score\nx,y\n");
    env.run(&["import", "People", "a.csv"]);
    assert_eq!(
        read(&env, "a.refused.csv"),
        "Code,Name,Age,Score,Line,Reason\nx,y,,,2,\"TOO SHORT: the row has 2 cells, the first line names 4 columns\"\n"
    );

    let fixed = read(&env, "a.refused.csv").replace("x,y,,,", "x,y,1,2");
    write(&env, "a.refused.csv", &fixed.replace(",22,", ",2,2,"));
    env.ok(&["import", "People", "a.refused.csv"]);
    assert_eq!(count(&env, "People"), 1);
}

#[test]
fn a_row_that_is_not_utf_8_keeps_its_bytes_and_is_refused_until_it_is_fixed() {
    let env = people_env();
    fs::write(env.path("a.csv"), b"Code,Name\nJos\xe9,a\\b\n").expect("written");
    let (first, second) = refused_twice(&env, "a.csv");
    assert_eq!(first, second);
    assert!(first.contains("\nJos\\xe9,a\\x5cb,2,\"BYTES: "), "{first}");

    for line in [
        &b"{\"Code\":\"Jos\xe9\"}\n"[..],
        b"{\"Code\":\"a\\\xe9\"}\n",
    ] {
        fs::write(env.path("a.jsonl"), line).expect("written");
        let (first, _) = refused_twice(&env, "a.jsonl");
        assert!(first.contains("\\\\xe9"), "{first}");
    }
}

#[test]
fn the_members_of_a_refused_row_may_come_in_any_order() {
    let env = people_env();
    unresolved(&env, "u.jsonl", "{\"Name\":\"A\"}\n{\"Name\":\"B\"}\n");
    write(&env, "a.jsonl", "{\"Code\":\"x\",\"Age\":\"y\"}\n");
    env.run(&["import", "People", "a.jsonl"]);
    for file in ["a.refused.jsonl", "u.refused.jsonl"] {
        let lines = read(&env, file);
        let sorted = lines.lines().map(|line| {
            let members: std::collections::BTreeMap<String, serde_json::Value> =
                serde_json::from_str(line).expect("an object");
            let mut members: Vec<_> = members.into_iter().collect();
            members.sort_by_key(|(name, _)| std::cmp::Reverse(name.clone()));
            let members = members
                .iter()
                .map(|(name, value)| format!("{name:?}:{value}"));
            format!("{{{}}}\n", members.collect::<Vec<_>>().join(","))
        });
        let sorted: String = sorted.collect();
        write(&env, file, &sorted.replace("\"Age\":\"y\"", "\"Age\":7"));
    }

    env.ok(&["import", "People", "a.refused.jsonl"]);
    let ran = env.run(&["import", "Plain", "u.refused.jsonl", "--json"]);

    assert_eq!(count(&env, "People"), 1);
    assert_eq!(summary(&ran)["unresolved"], json!(2), "{}", ran.stderr);
    assert_eq!(count(&env, "Plain"), 2, "the reason is found");
}

#[test]
fn text_that_is_not_unicode_is_refused() {
    let env = people_env();
    write(
        &env,
        "a.jsonl",
        "{\"Code\":\"a\\ud800b\"}\n{\"Code\":\"x\",\"Name\":\"\\udc00\"}\n",
    );
    let (first, second) = refused_twice(&env, "a.jsonl");
    assert!(
        first.contains("a\\ud800b") && second.contains("a\\ud800b"),
        "{first}"
    );
    assert!(first.contains("Code: "), "{first}");
}

fn unresolved(env: &TestEnv, file: &str, rows: &str) {
    let plain = TableDef::new("Plain").field(FieldDef::new("Name", DataType::Text255));
    env.emulator.create_table(plain).expect("a new table");
    write(env, file, rows);
    let lost = Rule::new(Fault::ResetAfterwards).operation("CreateTableRecords");
    env.emulator
        .set_faults(Faults::none().rule(lost.calls([1])));
    let ran = env.run(&["import", "Plain", file, "--json", "--concurrency", "1"]);
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    assert_eq!(summary(&ran)["unresolved"], json!(2));
    assert_eq!(count(env, "Plain"), 2);
    env.emulator.set_faults(Faults::none());
}

#[test]
fn unresolved_rows_are_not_sent_again_without_a_key() {
    for (file, rows, refused, again) in [
        (
            "a.csv",
            "Name\nA\nB\n",
            "a.refused.csv",
            "a.refused.refused.csv",
        ),
        (
            "a.jsonl",
            "{\"Name\":\"A\"}\n{\"Name\":\"B\"}\n",
            "a.refused.jsonl",
            "a.refused.refused.jsonl",
        ),
    ] {
        let env = people_env();
        unresolved(&env, file, rows);

        let ran = env.run(&["import", "Plain", refused, "--json"]);

        assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        assert_eq!(
            count(&env, "Plain"),
            2,
            "{file}: no row is in the table twice"
        );
        assert_eq!(summary(&ran)["unresolved"], json!(2));
        assert!(ran.stderr.contains("--key"), "{}", ran.stderr);
        assert_eq!(
            read(&env, refused),
            read(&env, again),
            "the reasons are kept"
        );
    }
}

#[test]
fn unresolved_rows_are_sent_when_their_reason_was_removed() {
    let env = people_env();
    unresolved(&env, "a.csv", "Name\nA\nB\n");
    let fixed = read(&env, "a.refused.csv").replace("UNRESOLVED", "checked");
    write(&env, "a.refused.csv", &fixed);

    env.ok(&["import", "Plain", "a.refused.csv"]);

    assert_eq!(count(&env, "Plain"), 4);
}

#[test]
fn a_record_is_found_for_one_of_the_rows_with_its_key_only() {
    for (rows, written) in [("key\nKEY \n", 1), ("same\nsame\n", 1), ("key\nKEY \n", 2)] {
        let env = people_env();
        unresolved(&env, "a.csv", &format!("Name\n{rows}"));
        if written == 1 {
            env.emulator.delete("Plain", "PK_ID = 2").expect("a delete");
        }

        let ran = env.run(&[
            "import",
            "Plain",
            "a.refused.csv",
            "--key",
            "Name",
            "--json",
        ]);

        let result = summary(&ran);
        assert_eq!(result["inserted"], json!(0), "{rows:?}: {result}");
        assert_eq!(
            result["already_there"],
            json!(written),
            "{rows:?}: {result}"
        );
        assert_eq!(
            result["unresolved"],
            json!(2 - written),
            "{rows:?}: {result}"
        );
    }
}

#[test]
fn a_sync_does_not_insert_unresolved_rows_that_the_table_does_not_show() {
    let env = people_env();
    unresolved(&env, "a.csv", "Name\nA\nB\n");
    // The second row is still in progress.
    env.emulator.delete("Plain", "PK_ID = 2").expect("a delete");

    let sync = [
        "import",
        "Plain",
        "a.refused.csv",
        "--sync",
        "--key",
        "Name",
        "--json",
    ];
    let ran = env.run(&sync);

    let result = summary(&ran);
    assert_eq!(
        (
            &result["inserted"],
            &result["unchanged"],
            &result["unresolved"]
        ),
        (&json!(0), &json!(1), &json!(1)),
        "{result}"
    );
    assert_eq!(count(&env, "Plain"), 1);
}

#[test]
fn reasons_have_the_service_s_code_message_and_request_id() {
    let env = people_env();
    write(&env, "a.csv", "Code,Age\nA,1\n");
    env.ok(&["import", "People", "a.csv"]);
    write(&env, "b.csv", "Code,Name\nA,Ann\nB,Bob\n");
    for version in ["v2", "v3", "v4"] {
        let ran = env.run(&["import", "People", "b.csv", "--api-version", version]);
        assert_eq!(ran.code, Some(5), "{version}: {}", ran.stderr);
        let reason = &reasons(&env, "b.refused.csv")[&2];
        assert!(reason.contains("Code"), "{version}: {reason}");
        assert!(
            reason.contains("unique") || reason.contains("duplicate"),
            "{version}: {reason}"
        );
    }
    // A call that is refused as a whole.
    let refused = Rule::new(Fault::QuotaUsedUp).operation("CreateTableRecords");
    env.emulator
        .set_faults(Faults::none().rule(refused.calls(1..100)));
    write(&env, "c.csv", "Code,Name\nC,Cid\nD,Dan\n");
    let ran = env.run(&["import", "People", "c.csv", "--timeout", "2"]);
    assert_eq!(ran.code, Some(6), "{}", ran.stderr);
    let reason = &reasons(&env, "c.refused.csv")[&2];
    assert!(reason.contains("request id"), "{reason}");
}

#[test]
fn backslashes_of_a_row_that_was_not_utf_8_are_kept() {
    let env = people_env();
    let row = b"Code,Name\nM\xfcller,C:\\temp\\new\n";
    std::fs::write(env.path("a.csv"), row).expect("written");
    assert_eq!(env.run(&["import", "People", "a.csv"]).code, Some(5));
    let refused = read(&env, "a.refused.csv");
    let shown = r"M\xfcller,C:\x5ctemp\x5cnew";
    assert!(refused.contains(shown), "{refused}");
    let fixed = refused.replace(shown, r"Müller,C:\x5ctemp\x5cnew");
    write(&env, "a.refused.csv", &fixed);

    env.ok(&["import", "People", "a.refused.csv"]);

    let name = ["query", "People", "--select", "Name", "--format", "csv"];
    assert_eq!(env.ok(&name), "Name\nC:\\temp\\new\n");
}

#[test]
fn a_byte_that_was_not_replaced_is_not_stored_as_its_notation() {
    let env = people_env();
    let row = b"Code,Name\nM\xfcller,C:\\\xe9\n";
    fs::write(env.path("a.csv"), row).expect("written");
    assert_eq!(env.run(&["import", "People", "a.csv"]).code, Some(5));
    let shown = r"M\xfcller,C:\x5c\xe9";
    let text = read(&env, "a.refused.csv");
    assert!(text.contains(shown), "{text}");
    // Only one of the two bytes is replaced.
    let half = text.replace(shown, r"Müller,C:\x5c\xe9");
    write(&env, "a.refused.csv", &half);

    let ran = env.run(&["import", "People", "a.refused.csv"]);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    assert_eq!(count(&env, "People"), 0);
    let again = "a.refused.refused.csv";
    let reason = &reasons(&env, again)[&2];
    assert!(reason.starts_with("BYTES: "), "{reason}");
    assert!(reason.contains(r"its byte \xe9"), "{reason}");
    // The reason is still there, so the backslash is read as one.
    write(&env, again, &read(&env, again).replace(r"\xe9", "é"));
    env.ok(&["import", "People", again]);
    let name = ["query", "People", "--select", "Name", "--format", "csv"];
    assert_eq!(env.ok(&name), "Name\nC:\\é\n");
}

#[test]
fn refused_rows_of_windows_1252_are_imported_with_that_encoding() {
    let env = people_env();
    let rows = b"Code,Name\nA,plain\nB,Gr\xf6\xdfe \\x\nC,\"\x80;\n\xe9\"\n";
    fs::write(env.path("a.csv"), rows).expect("written");
    fs::write(
        env.path("b.jsonl"),
        b"{\"Code\":\"D\",\"Name\":\"\xe9\\\\\"}\n",
    )
    .expect("written");
    for (file, refused) in [("a.csv", "a.refused.csv"), ("b.jsonl", "b.refused.jsonl")] {
        let ran = env.run(&["import", "People", file]);
        assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        let advice = "import the file of refused rows with `--encoding windows-1252`";
        assert!(ran.stderr.contains(advice), "{}", ran.stderr);

        env.ok(&["import", "People", refused, "--encoding", "windows-1252"]);
    }
    let rows = env.ok(&["query", "People", "--format", "jsonl", "--select", "Name"]);
    assert_eq!(
        rows,
        "{\"Name\":\"plain\"}\n{\"Name\":\"Größe \\\\x\"}\n{\"Name\":\"€;\\né\"}\n{\"Name\":\"é\\\\\"}\n"
    );
}

#[test]
fn bytes_are_fixed_in_the_cell_where_they_are() {
    for (columns, row, delimiter) in [
        ("Code;Name", &b"a,\\x5c\xffb;n"[..], b';'),
        ("Code", b"a\\x5c\xffb", b','),
    ] {
        let env = people_env();
        let text = [columns.as_bytes(), b"\n", row, b"\n"].concat();
        fs::write(env.path("a.csv"), text).expect("written");
        let ran = env.run(&["import", "People", "a.csv"]);
        assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        let fixed = read(&env, "a.refused.csv").replacen("\\xff", "ÿ", 1);
        write(&env, "a.refused.csv", &fixed);

        env.ok(&["import", "People", "a.refused.csv"]);

        let code = env.ok(&["query", "People", "--format", "jsonl", "--select", "Code"]);
        let start = if delimiter == b';' { "a," } else { "a" };
        assert_eq!(code, format!("{{\"Code\":\"{start}\\\\x5cÿb\"}}\n"));
    }
}

#[test]
fn a_row_that_has_no_cells_is_refused_with_the_true_reason_when_its_bytes_are_fixed() {
    let env = people_env();
    fs::write(env.path("a.csv"), b"Code,Name\na,\xff,c\nd,\"\xff\"e\n").expect("written");
    env.run(&["import", "People", "a.csv"]);
    let refused = read(&env, "a.refused.csv");
    assert!(
        refused.contains("after a closing quote; the row is not UTF-8"),
        "{refused}"
    );
    let fixed = refused.replacen("a,\\xff,c", "a,ÿ,c", 1);
    write(
        &env,
        "a.refused.csv",
        &fixed.replacen("d,\"\"\\xff", "d,\"\"ÿ", 1),
    );

    let ran = env.run(&["import", "People", "a.refused.csv"]);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    for reason in reasons(&env, "a.refused.refused.csv").values() {
        assert!(reason.contains("is in its first cell"), "{reason}");
    }
}

#[test]
fn a_file_of_unreadable_rows_needs_no_key_column() {
    let env = people_env();
    write(&env, "a.jsonl", "{\"Code\":\n");
    for more in [&[][..], &["--key", "Code"], &["--key", "Code", "--sync"]] {
        let ran = env.run(&[&["import", "People", "a.jsonl"], more].concat());
        assert_eq!(ran.code, Some(5), "{more:?}: {}", ran.stderr);
    }
}
