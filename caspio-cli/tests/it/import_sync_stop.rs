//! Syncs that are stopped by a signal.

use crate::support::people::{count, people, reasons, summary, write};
use crate::support::stops::{begun_with, end, interrupt, slow_env};
use caspio_emulator::{Fault, Faults, Rule};
use serde_json::json;
use std::fmt::Write;
use std::process::Stdio;
use std::time::Duration;

#[test]
fn a_stopped_sync_waits_for_its_calls_and_counts_them() {
    let env = slow_env();
    let more = ["--sync", "--key", "Code"];
    let child = begun_with(&env, &more);
    interrupt(&child);

    let ran = end(child);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let result = summary(&ran);
    let number = |name: &str| result[name].as_u64().expect(name);
    assert_eq!(number("inserted"), count(&env, "People"), "{result}");
    assert!(number("not_sent") > 0, "{result}");
    assert_eq!(number("inserted") + number("not_sent"), 60_000);
    assert_eq!((number("unresolved"), number("refused")), (0, 1));
    assert!(
        ran.stderr.contains("run the same command again"),
        "{}",
        ran.stderr
    );

    env.emulator
        .set_faults(Faults::none().latency(Duration::ZERO));
    let again = env.run(&[&["import", "People", "a.csv", "--json"], &more[..]].concat());
    assert_eq!(again.code, Some(5), "{}", again.stderr);
    assert_eq!(count(&env, "People"), 60_000);
}

#[test]
fn a_sync_that_is_stopped_before_its_first_write_counts_its_rows_as_not_sent() {
    let env = slow_env();
    let table = people("People");
    env.emulator.create_table(table).expect("a new table");
    let rows = (0..3_000).fold("Code,Age\n".to_owned(), |mut all, at| {
        writeln!(all, "C{at},1").expect("written");
        all
    });
    write(&env, "a.csv", &rows);
    let reads = Rule::new(Fault::RateLimit).operation("ListTableRecords");
    env.emulator.set_faults(Faults::none().rule(reads.always()));
    let sync = [
        "import", "People", "a.csv", "--sync", "--key", "Code", "--json",
    ];
    let mut command = env.command(&sync);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("it starts");
    while env.emulator.calls().operation("ListTableRecords") == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    interrupt(&child);

    let ran = end(child);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let result = summary(&ran);
    assert_eq!(
        (&result["rows"], &result["not_sent"]),
        (&json!(3000), &json!(3000))
    );
    assert!(
        ran.stderr.contains("run the same command again"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_second_ctrl_c_leaves_the_rows_of_a_sync_unresolved() {
    let env = slow_env();
    let child = begun_with(&env, &["--sync", "--key", "Code"]);
    let slow = Faults::none().latency(Duration::from_secs(30));
    env.emulator.set_faults(slow);
    std::thread::sleep(Duration::from_millis(500));
    interrupt(&child);
    std::thread::sleep(Duration::from_millis(300));
    interrupt(&child);

    let ran = end(child);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let result = summary(&ran);
    let number = |name: &str| result[name].as_u64().expect(name);
    assert!(number("unresolved") > 0, "{result}");
    let counted = number("inserted") + number("unresolved") + number("not_sent");
    assert_eq!(counted, 60_000, "{result}");
    let reasons = reasons(&env, "a.refused.csv");
    let unresolved = reasons
        .values()
        .filter(|reason| reason.starts_with("UNRESOLVED"));
    assert_eq!(unresolved.count() as u64, number("unresolved"));
}
