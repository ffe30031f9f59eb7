//! Dry runs of imports, and the files of refused rows that they must not touch.

use crate::support::people::{people_env, read, reasons, summary, write};
use serde_json::json;

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
