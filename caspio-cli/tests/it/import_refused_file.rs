//! The file of refused rows: its name, who writes it, and what is appended to it.

use crate::support::people::{count, people_env, read, reasons, summary, write};
use crate::support::stops::{begun, end, interrupt, slow_env};
use std::fs;

#[test]
fn the_file_of_refused_rows_is_created_before_any_row_is_sent() {
    let env = people_env();
    write(&env, "a.csv", "Code,Age\nA,1\n");

    let ran = env.run(&[
        "import",
        "People",
        "a.csv",
        "--refused",
        "nowhere/a.refused.csv",
    ]);

    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("--refused"), "{}", ran.stderr);
    assert_eq!(count(&env, "People"), 0);
    env.ok(&["import", "People", "a.csv"]);
    env.is_tidy("a.csv");
    assert!(!env.path("a.refused.csv.part").exists());
}

#[test]
fn the_file_of_refused_rows_has_a_name_by_which_it_is_known() {
    let env = people_env();
    write(&env, "a.csv", "Code,Age\nA,x\n");
    write(&env, "a.jsonl", "{\"Code\":\"A\",\"Age\":\"x\"}\n");
    for (file, precious, named) in [
        ("a.csv", "precious.csv", "other.refused.csv"),
        ("a.jsonl", "precious.jsonl", "other.refused.jsonl"),
        ("a.csv", "precious.refused.jsonl", "b.REFUSED.csv"),
    ] {
        write(&env, precious, "text");
        let import = ["import", "People", file, "--refused"];

        let ran = env.run(&[&import[..], &[precious]].concat());

        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains(".refused."), "{}", ran.stderr);
        assert_eq!(read(&env, precious), "text");
        env.is_tidy(precious);

        // The file of an earlier import is replaced.
        for _ in 0..2 {
            let ran = env.run(&[&import[..], &[named]].concat());
            assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        }
        assert!(read(&env, named).contains("Reason"));
    }
    assert_eq!(count(&env, "People"), 0);
}

#[test]
fn the_file_to_import_is_never_the_file_of_refused_rows() {
    let env = people_env();
    let text = "Code,Age\nA,1\nB,x\n";
    write(&env, "a.csv", text);
    fs::hard_link(env.path("a.csv"), env.path("linked.csv")).expect("a link");
    std::os::unix::fs::symlink(env.path("a.csv"), env.path("symbolic.csv")).expect("a link");
    for refused in ["a.csv", "./a.csv", "linked.csv", "symbolic.csv"] {
        for more in [&[][..], &["--dry-run"]] {
            let import = ["import", "People", "a.csv", "--refused", refused];
            let ran = env.run(&[&import[..], more].concat());

            assert_eq!(ran.code, Some(2), "{refused}: {}", ran.stderr);
            assert_eq!(read(&env, "a.csv"), text, "{refused}");
        }
    }
    assert_eq!(count(&env, "People"), 0);
}

#[test]
fn two_imports_cannot_write_the_same_file_of_refused_rows() {
    let env = slow_env();
    let child = begun(&env);

    write(&env, "b.csv", "Code\nb\n");
    let import = ["import", "People", "b.csv", "--refused", "a.refused.csv"];
    let second = env.run(&import);

    assert_eq!(second.code, Some(2), "{}", second.stderr);
    assert!(
        second.stderr.contains("another import is writing"),
        "{}",
        second.stderr
    );
    interrupt(&child);
    let ran = end(child);
    assert_eq!(reasons(&env, "a.refused.csv").len(), 1);
    assert_eq!(
        summary(&ran)["inserted"].as_u64(),
        Some(count(&env, "People"))
    );
}

#[test]
fn refused_rows_are_not_appended_below_other_columns() {
    let env = people_env();
    write(&env, "a.csv", "Code,Name,Age\na,note,x\n");
    assert_eq!(env.run(&["import", "People", "a.csv"]).code, Some(5));
    let refused = read(&env, "a.refused.csv");
    write(&env, "a.csv", "Name,Code,Age\nnote,a,1\nc,n3,y\n");
    let resume = ["import", "People", "a.csv", "--from-line", "3"];

    let ran = env.run(&resume);

    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    for part in [
        "a.refused.csv",
        "Code,Name,Age,Line,Reason",
        "Name,Code,Age,Line,Reason",
        "--refused",
    ] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
    assert_eq!(read(&env, "a.refused.csv"), refused);
    for left in ["a.refused.csv.part", "a.refused.csv.resume"] {
        assert!(!env.path(left).exists(), "{left}");
    }
    let other = env.run(&[&resume[..], &["--refused", "b.refused.csv"]].concat());
    assert_eq!(other.code, Some(5), "{}", other.stderr);
    assert_eq!(reasons(&env, "b.refused.csv").len(), 1);
}

#[test]
fn refused_rows_are_appended_to_a_file_that_another_program_saved() {
    let header = "Code,Name,Age,Line,Reason";
    for (before, kept) in [
        (format!("{header}\na,note,x,2,bad"), 1),
        (format!("\u{feff}{header}\r\na,note,x,2,bad\r\n"), 1),
        (String::new(), 0),
    ] {
        let env = people_env();
        write(&env, "a.csv", "Code,Name,Age\na,note,x\nc,n3,y\n");
        write(&env, "a.refused.csv", &before);

        let ran = env.run(&["import", "People", "a.csv", "--from-line", "3"]);

        assert_eq!(ran.code, Some(5), "{before:?}: {}", ran.stderr);
        let after = read(&env, "a.refused.csv");
        assert!(after.starts_with(&before), "{after}");
        assert!(
            after.contains(header) && after.contains("\nc,n3,y,3,"),
            "{after}"
        );
        assert_eq!(reasons(&env, "a.refused.csv").len(), kept + 1, "{after}");
    }
}
