//! Dry runs of imports, and the files of refused rows that they must not touch.

use crate::support::people::{people_env, read, reasons, summary, write};
use serde_json::{Value, json};

#[test]
fn a_dry_run_keeps_the_file_of_refused_rows_of_an_import() {
    let env = people_env();
    let unresolved = "Code,Age,Line,Reason\nk5,5,9,UNRESOLVED: lost\n";
    for (refused, dry, more) in [
        ("a.refused.csv", "a.dry-run.refused.csv", &[][..]),
        (
            "own.refused.csv",
            "own.dry-run.refused.csv",
            &["--refused", "own.refused.csv"],
        ),
    ] {
        write(&env, refused, unresolved);
        write(&env, "a.csv", "Code,Age\na,1\nb,x\n");

        let import = ["import", "People", "a.csv", "--dry-run", "--json"];
        let ran = env.run(&[&import, more].concat());

        assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        assert_eq!(read(&env, refused), unresolved);
        assert!(reasons(&env, dry)[&3].contains("expected a whole number"));
        let file = summary(&ran)["refused_file"].clone();
        assert_eq!(file, json!(dry));
        env.is_tidy(dry);
    }
}

#[test]
fn an_import_that_refuses_no_row_names_the_file_of_an_earlier_one() {
    let env = people_env();
    let old = "Code,Age,Line,Reason\nk5,5,9,UNRESOLVED: lost\n";
    write(&env, "a.refused.csv", old);
    write(&env, "a.csv", "Code,Age\na,1\n");

    for more in [&[][..], &["--sync", "--key", "Code"]] {
        let ran = env.run(&[&["import", "People", "a.csv"], more].concat());

        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let note = "No row was refused; a.refused.csv is from an earlier import.";
        assert!(ran.stderr.contains(note), "{}", ran.stderr);
        assert_eq!(read(&env, "a.refused.csv"), old);
    }
    write(&env, "b.csv", "Code,Age\nb,1\n");
    let ran = env.run(&["import", "People", "b.csv"]);
    assert!(!ran.stderr.contains("earlier"), "{}", ran.stderr);
}

const SYNC: [&str; 3] = ["--sync", "--key", "Code"];

/// Files with rows that are refused, by the options of their import.
fn refusing() -> Vec<(&'static str, String, Vec<&'static str>)> {
    let mixed = "Code,Name,Age,Balance\na,x,1,1.5\nb,x,y,2\nc,x\nd,\"x\"y,2,3\n,z,3,3\n";
    let doubled = format!("{mixed}a,z,2,2\n");
    let commas = "Code,Balance,Score\na,\"1,5\",2.5\nb,1.234,2\nc,12.5,1.000\n";
    let long = format!("Code,Name\na,{}\nb,x\n", "x".repeat(256));
    let lines = "{\"Code\":\"a\",\"Age\":1}\nno\n{\"Code\":\"b\",\"Age\":\"x\"}\n{\"Code\":\"c\",\"Age\":1}\n";
    let unresolved = "Code,Age,Line,Reason\nk1,1,2,UNRESOLVED: lost\nk2,5,3,UNRESOLVED: lost\n\
                      new,7,4,UNRESOLVED: lost\nk3,x,5,no\nk3,3,6,fixed\n,8,7,UNRESOLVED: lost\n";
    let mut cases = Vec::new();
    for options in [vec![], vec!["--key", "Code"], SYNC.to_vec()] {
        for (name, text) in [
            ("mixed.csv", mixed),
            ("commas.csv", commas),
            ("long.csv", &long),
            ("lines.jsonl", lines),
            ("u.refused.csv", unresolved),
        ] {
            cases.push((name, text.to_owned(), options.clone()));
        }
    }
    cases.push(("doubled.csv", doubled.clone(), SYNC.to_vec()));
    let deletes = [&SYNC[..], &["--delete-missing", "--yes"]].concat();
    for (name, text) in [
        ("doubled.csv", &*doubled),
        ("long.csv", &long),
        ("lines.jsonl", lines),
    ] {
        cases.push((name, text.to_owned(), deletes.clone()));
    }
    cases
}

#[test]
fn a_dry_run_reports_what_the_import_does() {
    for (name, text, options) in refusing() {
        let env = people_env();
        write(&env, "start.csv", "Code,Age\nk1,1\nk2,2\nk4,4\n");
        env.ok(&["import", "People", "start.csv"]);
        write(&env, name, &text);
        let import = [&["import", "People", name, "--json"][..], &options].concat();

        let dry = env.run(&[&import[..], &["--dry-run"]].concat());
        let run = env.run(&import);

        let case = format!("{import:?}: {} {}", dry.stderr, run.stderr);
        assert_eq!(dry.code, run.code, "{case}");
        let counts = |ran: &Value| {
            let mut counts = ran.clone();
            for other in ["calls", "dry_run", "refused_file", "first_refused"] {
                counts[other] = Value::Null;
            }
            counts
        };
        let (dry, run) = (summary(&dry), summary(&run));
        assert_eq!(counts(&dry), counts(&run), "{case}");
        let lines = |ran: &Value| -> Vec<Value> {
            let rows = ran["first_refused"].as_array().expect("rows");
            rows.iter().map(|row| row["line"].clone()).collect()
        };
        assert_eq!(lines(&dry), lines(&run), "{case}");
    }
}
