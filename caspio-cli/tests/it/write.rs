//! `insert`, `update` and `delete`.

use crate::support::TestEnv;
use crate::support::people::{count, people_env};
use caspio_emulator::{Fault, Faults, Rule};

#[test]
fn one_record_is_inserted_updated_and_deleted() {
    let env = people_env();
    let key = env.ok(&["insert", "People", "Code=A", "Name=Ann = x", "Age=30"]);
    assert_eq!(key, "1\n");
    env.ok(&["insert", "People", "Code=B", "Name=Bob", "Age=40"]);

    let update = [
        "update",
        "People",
        "Age=31",
        "Name=",
        "--where",
        "Code = 'A'",
    ];
    assert_eq!(
        env.ok(&[&update[..], &["--yes"]].concat()),
        "1 record updated.\n"
    );
    let people = env.ok(&[
        "query",
        "People",
        "--format",
        "csv",
        "--select",
        "Code,Name,Age",
    ]);
    assert_eq!(people, "Code,Name,Age\nA,\"\",31\nB,Bob,40\n");

    let delete = ["delete", "People", "--where", "Age > 35", "--yes"];
    assert_eq!(env.ok(&delete), "1 record deleted.\n");
    assert_eq!(count(&env, "People"), 1);
    assert_eq!(env.ok(&delete), "0 records deleted.\n");
}

#[test]
fn a_write_by_condition_asks_for_confirmation() {
    let env = people_env();
    for code in ["Code=A", "Code=B"] {
        env.ok(&["insert", "People", code]);
    }
    let delete = ["delete", "People", "--where", "Code > ''"];

    let no = env.piped(&delete, "no\n");
    assert_eq!(no.code, Some(2), "{}", no.stderr);
    assert!(no.stderr.contains("matches 2 records"), "{}", no.stderr);
    assert_eq!(env.run(&delete).code, Some(2), "no answer is no");
    assert_eq!(count(&env, "People"), 2);

    let yes = env.piped(&delete, "yes\n");
    assert_eq!(yes.code, Some(0), "{}", yes.stderr);
    assert_eq!(count(&env, "People"), 0);
}

#[test]
fn wrong_values_are_refused_before_any_write() {
    let env = people_env();
    for values in [
        &["Age=x"][..],
        &["Age=007"],
        &["Nmae=Ann"],
        &["Name"],
        &["Name=a", "name=b"],
        &["PK_ID=7"],
    ] {
        let ran = env.run(&[&["insert", "People"][..], values].concat());
        assert_eq!(ran.code, Some(2), "{values:?}: {}", ran.stderr);
    }
}

#[test]
fn a_condition_that_always_holds_is_refused_before_the_question() {
    let env = people_env();
    env.ok(&["insert", "People", "Code=A"]);
    for condition in ["1=1", "PK_ID > 0", "Code = 'A' -- or"] {
        let of = ["--where", condition];
        for write in [&["update", "People", "Name=x"][..], &["delete", "People"]] {
            env.emulator.reset_calls();

            let ran = env.piped(&[write, &of].concat(), "yes\n");

            assert_eq!(ran.code, Some(2), "{condition}: {}", ran.stderr);
            assert!(
                !ran.stderr.contains("Type yes"),
                "{condition}: {}",
                ran.stderr
            );
            let calls = env.emulator.calls().total();
            assert_eq!(calls, 1, "{condition}: only the fields are read");
        }
    }
    assert_eq!(count(&env, "People"), 1);
}

#[test]
fn what_the_service_counted_is_printed() {
    let env = TestEnv::new();
    let lost = Rule::new(Fault::ResetAfterwards).operation("DeleteTableRecords");
    env.emulator
        .set_faults(Faults::none().rule(lost.calls(1..2)));
    let delete = ["delete", "Contacts", "--where", "City = 'Oslo'", "--yes"];

    let ran = env.run(&delete);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(ran.stdout, "at least 0 records deleted.\n");
    assert!(
        ran.stderr.contains("18 records matched before"),
        "{}",
        ran.stderr
    );
}
