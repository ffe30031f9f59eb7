//! Imports that are killed at any moment, and resumed by the same command.

use crate::support::TestEnv;
use crate::support::people::{count, read, reasons, summary, write};
use caspio_emulator::{DataType, Emulator, Faults, FieldDef, TableDef};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::{Child, Stdio};
use std::time::Duration;

const ROWS: u64 = 30_000;

/// An emulator with a table, and a file of good rows and, every 1,000, a bad one.
fn env(unique: bool, latency: u64) -> TestEnv {
    let env = TestEnv::of(Emulator::builder().empty());
    let code = FieldDef::new("Code", DataType::Text255);
    let code = if unique { code.unique() } else { code };
    let table = TableDef::new("T").field(code);
    let table = table.field(FieldDef::new("Age", DataType::Integer));
    env.emulator.create_table(table).expect("a new table");
    let rows = (0..ROWS).fold("Code,Age\n".to_owned(), |mut all, at| {
        let age = if at % 1000 == 7 { "x" } else { "1" };
        writeln!(all, "C{at},{age}").expect("written");
        all
    });
    write(&env, "a.csv", &rows);
    let slow = Faults::none().latency(Duration::from_millis(latency));
    env.emulator.set_faults(slow);
    env
}

fn start(env: &TestEnv, more: &[&str]) -> Child {
    let mut command = env.command(&[&["import", "T", "a.csv"], more].concat());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

/// Kills an import when the table has some rows, and after a wait.
fn kill(env: &TestEnv, mut child: Child, wait: u64) {
    while count(env, "T") == 0 && child.try_wait().expect("a child").is_none() {
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(Duration::from_millis(wait));
    let _ = child.kill();
    let _ = child.wait();
    // What was sent may still be executed.
    std::thread::sleep(Duration::from_millis(200));
}

/// Returns how often each code is in the table.
fn codes(env: &TestEnv) -> BTreeMap<String, u32> {
    let text = env.ok(&["query", "T", "--format", "csv", "--select", "Code"]);
    let mut codes = BTreeMap::new();
    for code in text.lines().skip(1) {
        *codes.entry(code.to_owned()).or_default() += 1;
    }
    codes
}

#[test]
fn a_killed_import_is_resumed_by_the_same_command() {
    let env = env(false, 30);
    let child = start(&env, &[]);
    kill(&env, child, 150);
    let before = count(&env, "T");
    assert!(before < ROWS, "it was killed too late");
    // Refused rows are on the disk as they come.
    assert!(read(&env, "a.refused.csv.part").contains("C7,x,9,"));
    env.emulator.set_faults(Faults::none());

    let ran = env.run(&["import", "T", "a.csv", "--json"]);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let result = summary(&ran);
    let number = |name: &str| result[name].as_u64().expect(name);
    assert!(number("resumed") > 1, "{result}");
    assert_eq!(number("rows"), ROWS);
    assert_eq!(number("inserted") + number("refused"), ROWS, "{result}");
    let refused = reasons(&env, "a.refused.csv");
    assert_eq!(refused.len() as u64, number("refused"));
    let codes = codes(&env);
    assert!(
        codes.values().all(|times| *times == 1),
        "no row is in the table twice"
    );
    for at in 0..ROWS {
        let there = codes.contains_key(&format!("C{at}"));
        let reason = refused.get(&(at + 2));
        let in_doubt = reason.is_some_and(|reason| reason.starts_with("IN DOUBT"));
        assert!(
            in_doubt || there == reason.is_none(),
            "row {at}: {there}, {reason:?}"
        );
    }
    assert!(!env.path("a.refused.csv.resume").exists());
    assert!(!env.path("a.refused.csv.part").exists());
}

#[test]
fn with_a_key_every_row_of_a_killed_import_is_there_once() {
    let env = env(true, 30);
    for wait in [0, 40, 90] {
        let child = start(&env, &["--key", "Code"]);
        kill(&env, child, wait);
    }
    env.emulator.set_faults(Faults::none());

    let ran = env.run(&["import", "T", "a.csv", "--key", "Code", "--json"]);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let result = summary(&ran);
    assert_eq!(
        (&result["refused"], &result["in_doubt"]),
        (&json!(30), &json!(0))
    );
    let there = codes(&env);
    assert_eq!(there.len() as u64, ROWS - 30);
    assert!(there.values().all(|times| *times == 1));
    assert_eq!(reasons(&env, "a.refused.csv").len(), 30);
}

#[test]
fn unresolved_rows_are_looked_up_by_their_key() {
    let env = env(true, 30);
    let child = start(&env, &[]);
    kill(&env, child, 100);
    env.emulator.set_faults(Faults::none());
    let ran = env.run(&["import", "T", "a.csv", "--json"]);
    let doubtful = summary(&ran)["in_doubt"].as_u64().expect("a count");
    assert!(doubtful > 0, "{}", ran.stdout);

    let ran = env.run(&["import", "T", "a.refused.csv", "--key", "Code", "--json"]);

    let result = summary(&ran);
    assert_eq!(result["in_doubt"], json!(0), "{result}");
    let number = |name: &str| result[name].as_u64().expect(name);
    assert_eq!(number("inserted") + number("already_there"), doubtful);
    assert_eq!(codes(&env).len() as u64, ROWS - 30);
}

#[test]
fn a_stopped_import_is_not_resumed_with_another_file_or_command() {
    let env = env(false, 30);
    let child = start(&env, &[]);
    kill(&env, child, 50);
    env.emulator.set_faults(Faults::none());
    let before = count(&env, "T");
    let text = read(&env, "a.csv");
    write(&env, "a.csv", &format!("{text}more,1\n"));
    for more in [&[][..], &["--dry-run"], &["--sync", "--key", "Code"]] {
        let ran = env.run(&[&["import", "T", "a.csv"], more].concat());
        assert_eq!(ran.code, Some(2), "{more:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("was stopped"), "{}", ran.stderr);
    }
    assert_eq!(count(&env, "T"), before);

    write(&env, "a.csv", &text);
    let ran = env.run(&["import", "T", "a.csv", "--from-line", "5"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert_eq!(env.run(&["import", "T", "a.csv"]).code, Some(5));
    assert!(codes(&env).values().all(|times| *times == 1));
}

#[test]
fn an_import_that_is_killed_at_its_end_is_not_repeated() {
    let env = env(false, 0);
    env.run(&["import", "T", "a.csv"]);
    // As after a kill between the last row and the end of the program.
    let before = count(&env, "T");
    let refused = read(&env, "a.refused.csv");
    let subject = {
        let slow = Faults::none().latency(Duration::from_millis(50));
        env.emulator.set_faults(slow);
        let mut child = start(&env, &["--refused", "b.csv"]);
        while !env.path("b.csv.resume").exists() {
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().expect("killed");
        child.wait().expect("it ends");
        std::thread::sleep(Duration::from_millis(300));
        read(&env, "b.csv.resume")
            .lines()
            .next()
            .expect("a subject")
            .to_owned()
    };
    let there = count(&env, "T");
    let progress = json!({
        "answered": ROWS, "line": 0, "sent": ROWS, "inserted": before, "already_there": 0,
        "refused": 30, "in_doubt": 0, "rejects": refused.len(),
    });
    write(
        &env,
        "a.refused.csv.resume",
        &format!("{subject}\n{progress}\n"),
    );

    let ran = env.run(&["import", "T", "a.csv", "--json"]);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    assert_eq!(count(&env, "T"), there);
    assert_eq!(summary(&ran)["inserted"], json!(before));
    assert_eq!(read(&env, "a.refused.csv"), refused);
    assert!(!env.path("a.refused.csv.resume").exists());
}
