//! Imports that write only the differences.

use crate::support::people::{count, fill, people_env, read, reasons, summary, write};
use caspio_emulator::{DataType, FieldDef, TableDef};
use serde_json::json;

#[test]
fn a_second_sync_makes_no_write_call() {
    let env = people_env();
    fill(&env);
    env.export("People", "all.jsonl", &[]);
    let arguments = [
        "import",
        "Copy",
        "all.jsonl",
        "--key",
        "Code",
        "--sync",
        "--json",
    ];
    let first = summary(&env.run(&arguments));
    assert_eq!(first["inserted"], json!(5));
    env.emulator.reset_calls();

    let second = summary(&env.run(&arguments));

    assert_eq!(
        (&second["unchanged"], &second["inserted"]),
        (&json!(5), &json!(0))
    );
    assert_eq!(second["updated"], json!(0));
    let writes = env.emulator.calls();
    for (operation, _, calls) in writes.iter() {
        let reads = operation.starts_with("Get") || operation.starts_with("List");
        assert!(reads || operation == "Token", "{operation}: {calls}");
    }
}

#[test]
fn a_column_that_does_not_identify_records_is_not_a_key() {
    let env = people_env();
    for (column, values) in [("Active", "yes\nno\n"), ("Tags", "Cat\n")] {
        write(&env, "a.csv", &format!("{column}\n{values}"));
        for more in [&[][..], &["--sync"], &["--dry-run"], &["--cost"]] {
            env.emulator.reset_calls();

            let key = column.to_lowercase();
            let ran = env.run(&[&["import", "People", "a.csv", "--key", &key], more].concat());

            assert_eq!(ran.code, Some(2), "{more:?}: {}", ran.stderr);
            assert!(
                ran.stderr.contains(&format!("error: {column} is a ")),
                "{}",
                ran.stderr
            );
            assert!(ran.stderr.contains("cannot be the key"), "{}", ran.stderr);
            let calls = env.emulator.calls();
            assert!(
                calls
                    .iter()
                    .all(|(operation, ..)| !operation.contains("Records"))
            );
        }
    }
    assert_eq!(count(&env, "People"), 0);
    assert!(!env.path("a.refused.csv").exists());
}

#[test]
fn two_records_with_one_key_are_not_an_error_of_the_command_line() {
    let env = people_env();
    for (code, name) in [("1", "A"), ("2", "a "), ("3", "B")] {
        let record = json!({ "Code": code, "Name": name, "Age": 1 });
        env.emulator.insert("People", record).expect("a record");
    }
    write(&env, "a.csv", "Name,Age\nZ,x\nA,2\nB,2\n");

    let ran = env.run(&["import", "People", "a.csv", "--sync", "--key", "Name"]);

    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    for part in [
        "the value of line 3 ",
        "records 1 and 2",
        "Name",
        "nothing was written",
        "--key",
    ] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    let ages = env.ok(&["query", "People", "--format", "csv", "--select", "Age"]);
    assert_eq!(ages, "Age\n1\n1\n1\n");
}

#[test]
fn a_sync_updates_and_deletes_records_that_differ() {
    let env = people_env();
    write(&env, "a.csv", "Code,Age\nA,1\nB,2\nC,3\n");
    env.ok(&["import", "People", "a.csv"]);
    write(&env, "b.csv", "Code,Age\nA,1\nB,20\nD,4\n");
    let sync = [
        "import",
        "People",
        "b.csv",
        "--key",
        "code",
        "--sync",
        "--delete-missing",
        "--json",
    ];

    let dry = summary(&env.run(&[&sync[..], &["--dry-run"]].concat()));
    assert_eq!(count(&env, "People"), 3);
    let done = summary(&env.run(&sync));

    for result in [dry, done] {
        let counts = ["inserted", "updated", "unchanged", "deleted"].map(|name| &result[name]);
        assert_eq!(counts, [&json!(1), &json!(1), &json!(1), &json!(1)]);
    }
    let codes = env.ok(&["query", "People", "--format", "csv", "--select", "Code,Age"]);
    assert_eq!(codes, "Code,Age\nA,1\nB,20\nD,4\n");
}

#[test]
fn a_sync_deletes_nothing_where_a_row_was_refused() {
    let env = people_env();
    write(&env, "a.csv", "Code,Age\nA,1\nB,2\nC,3\n");
    env.ok(&["import", "People", "a.csv"]);
    write(&env, "b.csv", "Code,Age\nA,10\nB,x\na,5\n,6\n");

    let ran = env.run(&[
        "import",
        "People",
        "b.csv",
        "--key",
        "Code",
        "--sync",
        "--delete-missing",
    ]);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("No record was deleted"),
        "{}",
        ran.stderr
    );
    assert_eq!(count(&env, "People"), 3);
    let by_line = reasons(&env, "b.refused.csv");
    assert!(by_line[&3].contains("a whole number"), "{by_line:?}");
    assert!(
        by_line[&4].contains("the row of line 2 has the same value"),
        "{by_line:?}"
    );
    assert!(
        by_line[&5].contains("no value that identifies it"),
        "{by_line:?}"
    );
}

#[test]
fn a_row_with_the_key_of_another_does_not_overwrite_it_from_the_file_of_refused_rows() {
    for (name, rows, fixed) in [
        ("a.csv", "Code,Age\nA,1\na,2\nB,3\n", ("\na,2,", "\nC,2,")),
        (
            "a.jsonl",
            "{\"Code\":\"A\",\"Age\":1}\n{\"Code\":\"a\",\"Age\":2}\n{\"Code\":\"B\",\"Age\":3}\n",
            ("\"Code\":\"a\"", "\"Code\":\"C\""),
        ),
    ] {
        let env = people_env();
        write(&env, name, rows);
        let refused = name.replace("a.", "a.refused.");
        let sync = |file: &str| env.run(&["import", "People", file, "--key", "Code", "--sync"]);
        let ages = || env.ok(&["query", "People", "--select", "Code,Age", "--format", "csv"]);
        assert_eq!(sync(name).code, Some(5));
        let before = ages();

        let unchanged = sync(&refused);

        assert_eq!(unchanged.code, Some(5), "{name}: {}", unchanged.stderr);
        assert_eq!(ages(), before, "{name}");
        let again = read(&env, &refused);
        assert!(again.contains("DUPLICATE: Code: "), "{again}");

        write(&env, &refused, &again.replace(fixed.0, fixed.1));
        let ran = sync(&refused);
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.stderr);
        assert_eq!(count(&env, "People"), 3, "{name}");
    }
}

#[test]
fn a_file_of_refused_rows_deletes_no_other_record() {
    let env = people_env();
    write(&env, "a.csv", "Code,Age\nA,1\nB,x\nC,3\n");
    let sync = |file, more: &[&str]| {
        let words = [
            "import",
            "People",
            file,
            "--key",
            "Code",
            "--sync",
            "--delete-missing",
        ];
        env.run(&[&words[..], more].concat())
    };
    let first = sync("a.csv", &[]);
    assert!(
        first.stderr.contains(
            "correct these rows in the file that was imported, and run the same command again"
        ),
        "{}",
        first.stderr
    );
    write(&env, "a.refused.csv", "Code,Age,Line,Reason\nB,2,3,\"\"\n");
    write(&env, "renamed.csv", "Code,Age,Line,Reason\nB,2,3,\"\"\n");
    env.emulator.reset_calls();

    for (file, more) in [
        ("a.refused.csv", &[][..]),
        ("a.refused.csv", &["--dry-run"]),
        ("renamed.csv", &[]),
    ] {
        let ran = sync(file, more);
        assert_eq!(ran.code, Some(2), "{file}: {}", ran.stderr);
        assert!(ran.stderr.contains("refused rows only"), "{}", ran.stderr);
    }

    assert_eq!(count(&env, "People"), 2);
    let words = [
        "import",
        "People",
        "a.refused.csv",
        "--key",
        "Code",
        "--sync",
    ];
    env.ok(&words);
    assert_eq!(count(&env, "People"), 3);
}

#[test]
fn a_sync_sets_an_amount_where_the_record_has_none() {
    let env = people_env();
    write(&env, "a.csv", "Code,Balance,Score\na,,\n");
    env.ok(&["import", "People", "a.csv"]);
    write(&env, "b.csv", "Code,Balance,Score\na,2.5,2.5\n");
    let sync = [
        "import", "People", "b.csv", "--key", "Code", "--sync", "--json",
    ];

    let first = summary(&env.run(&sync));
    let second = summary(&env.run(&sync));

    assert_eq!(first["updated"], json!(1));
    assert_eq!(second["unchanged"], json!(1));
}

#[test]
fn the_last_moment_of_a_date_is_not_written_again() {
    let env = people_env();
    let sync = |key: &str| {
        let sync = ["import", "People", "a.csv", "--sync", "--json", "--key"];
        summary(&env.run(&[&sync[..], &[key]].concat()))
    };
    write(&env, "a.csv", "Code,Joined\na,9999-12-31T23:59:59.999\n");
    sync("Code");

    for key in ["Code", "Joined"] {
        let second = sync(key);
        assert_eq!(second["unchanged"], json!(1), "{key}: {second}");
    }
}

#[test]
fn a_sync_reports_that_it_does_not_compare_passwords() {
    let env = people_env();
    let secret = FieldDef::new("Secret", DataType::Password);
    let table = TableDef::new("Members").field(FieldDef::new("Code", DataType::Text255));
    let table = table.field(secret);
    env.emulator.create_table(table).expect("a new table");
    let sync = ["import", "Members", "a.csv", "--sync", "--key", "Code"];
    write(&env, "a.csv", "Code,Secret\na,hunter2 horse\n");
    env.ok(&sync);
    write(&env, "a.csv", "Code,Secret\na,another one\n");

    let ran = env.run(&sync);

    let note =
        "Secret: a password cannot be read, so it is sent with new records only, and not compared.";
    assert!(ran.stderr.contains(note), "{}", ran.stderr);
    let json = summary(&env.run(&[&sync[..], &["--json"]].concat()));
    assert_eq!(json["not_compared"], json!(["Secret"]), "{json}");
    let import = ["import", "Members", "a.csv", "--dry-run", "--json"];
    assert_eq!(summary(&env.run(&import))["not_compared"], json!([]));
}

#[test]
fn a_row_without_any_value_is_not_inserted_by_a_sync() {
    let env = people_env();
    write(&env, "a.jsonl", "{}\n{}\n");
    for more in [&[][..], &["--delete-missing"], &["--dry-run"]] {
        let sync = ["import", "People", "a.jsonl", "--sync", "--key", "Code"];

        let ran = env.run(&[&sync[..], more].concat());

        assert_eq!(ran.code, Some(5), "{more:?}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("no value that identifies it"),
            "{}",
            ran.stderr
        );
        assert_eq!(count(&env, "People"), 0);
    }
}

#[test]
fn refused_rows_of_a_sync_are_imported_by_a_sync() {
    let env = people_env();
    write(&env, "a.csv", "Code,Name,Age\na,A,5\nb,B,6\n");
    env.ok(&["import", "People", "a.csv"]);
    write(&env, "a.csv", "Name,Age\nA,x\nB,7\n");

    let ran = env.run(&["import", "People", "a.csv", "--sync", "--key", "Name"]);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let advice = "import it with --sync --key Name";
    assert!(ran.stderr.contains(advice), "{}", ran.stderr);
}

#[test]
fn refused_rows_of_a_sync_are_not_inserted() {
    let rows = [
        (
            "csv",
            "Code,Age\na,5\nb,6\n",
            "Code,Age\na,x\nb,7\n",
            ("a,x", "a,7"),
        ),
        (
            "jsonl",
            "{\"Code\":\"a\",\"Age\":5}\n",
            "{\"Code\":\"a\",\"Age\":\"x\"}\n",
            ("\"x\"", "7"),
        ),
    ];
    for (format, first, second, (wrong, right)) in rows {
        let env = people_env();
        let (file, refused) = (format!("a.{format}"), format!("a.refused.{format}"));
        write(&env, &file, first);
        env.ok(&["import", "People", &file]);
        let records = count(&env, "People");
        write(&env, &file, second);
        let ran = env.run(&["import", "People", &file, "--sync", "--key", "Code"]);
        assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        let mended = std::fs::read_to_string(env.path(&refused)).expect("a file");
        write(&env, &refused, &mended.replace(wrong, right));

        for more in [&[][..], &["--key", "Code"], &["--dry-run"]] {
            let ran = env.run(&[&["import", "People", &refused], more].concat());

            assert_eq!(ran.code, Some(2), "{format} {more:?}: {}", ran.stderr);
            assert!(
                ran.stderr.contains("import the file with --sync"),
                "{}",
                ran.stderr
            );
            assert_eq!(count(&env, "People"), records);
        }
        let synced = env.run(&[
            "import", "People", &refused, "--sync", "--key", "Code", "--json",
        ]);
        assert_eq!(summary(&synced)["updated"], json!(1), "{}", synced.stderr);
        assert_eq!(count(&env, "People"), records);
    }
}

#[test]
fn a_sync_whose_calls_were_answered_leaves_no_record_of_them() {
    for version in ["v2", "v3", "v4"] {
        let env = people_env();
        write(&env, "a.csv", "Code,Age\nA,1\nB,2\nC,3\nD,4\n");
        env.ok(&["import", "People", "a.csv"]);
        write(&env, "a.csv", "Code,Age\nA,1\nB,20\nC,30\nE,5\n");
        let sync = [
            "import", "People", "a.csv", "--sync", "--key", "Code", "--json",
        ];
        let sync = [&sync[..], &["--delete-missing", "--api-version", version]].concat();

        let first = summary(&env.run(&sync));

        let counts = ["inserted", "updated", "deleted"].map(|name| &first[name]);
        assert_eq!(
            counts,
            [&json!(1), &json!(2), &json!(1)],
            "{version}: {first}"
        );
        let left = std::fs::read_dir(env.path("state").join("syncs")).expect("a folder");
        assert_eq!(left.count(), 0, "{version}");
        let second = summary(&env.run(&sync));
        assert_eq!(second["may_change"], json!(false), "{version}: {second}");
    }
}
