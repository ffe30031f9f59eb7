//! Stopped imports that are resumed although files of theirs are lost, cut off, changed or copied.

use crate::support::TestEnv;
use crate::support::people::{count, read, reasons, summary, write};
use crate::support::slow_proxy::SlowProxy;
use caspio_emulator::{DataType, Emulator, Fault, Faults, FieldDef, Rule, TableDef};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

const ROWS: u64 = 6000;
const IMPORT: [&str; 6] = ["import", "T", "a.csv", "--json", "--concurrency", "1"];

/// Returns whether the row of a number is refused.
fn is_bad(at: u64) -> bool {
    at % 100 == 7
}

/// An emulator with a table, and a file of good rows and, every 100, a bad one.
fn env() -> TestEnv {
    let env = TestEnv::of(Emulator::builder().empty());
    let table = TableDef::new("T").field(FieldDef::new("Code", DataType::Text255));
    let table = table.field(FieldDef::new("Age", DataType::Integer));
    env.emulator.create_table(table).expect("a new table");
    let rows = (0..ROWS).map(|at| format!("C{at},{}\n", if is_bad(at) { "x" } else { "1" }));
    let rows: String = rows.collect();
    write(&env, "a.csv", &format!("Code,Age\n{rows}"));
    env
}

fn spawn(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

/// Starts an import, and waits until its first call was answered.
fn started(env: &TestEnv) -> Child {
    started_with(env, &[])
}

fn started_with(env: &TestEnv, more: &[&str]) -> Child {
    let slow = Faults::none().latency(Duration::from_millis(300));
    env.emulator.set_faults(slow);
    let mut child = spawn(&mut env.command(&[&IMPORT[..], more].concat()));
    let is_recorded = || {
        let journal = fs::read_to_string(env.path("a.refused.csv.resume"));
        journal.is_ok_and(|journal| journal.contains("\"inserted\":9"))
    };
    while !is_recorded() {
        assert_eq!(child.try_wait().expect("a child"), None, "it ended before");
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

fn interrupt(child: &Child) {
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.expect("kill runs").success());
}

/// Returns an environment with an import that was stopped in order.
fn stopped() -> TestEnv {
    let env = env();
    let child = started(&env);
    interrupt(&child);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert!(env.path("a.refused.csv.resume").exists());
    env.emulator.set_faults(Faults::none());
    env
}

/// Returns an environment with an import that was killed.
fn killed() -> TestEnv {
    let env = env();
    let mut child = started(&env);
    child.kill().expect("killed");
    child.wait().expect("it ends");
    env.emulator.set_faults(Faults::none());
    std::thread::sleep(Duration::from_millis(400));
    env
}

fn codes(env: &TestEnv) -> BTreeMap<String, u32> {
    let text = env.ok(&["query", "T", "--format", "csv", "--select", "Code"]);
    let mut codes = BTreeMap::new();
    for code in text.lines().skip(1) {
        *codes.entry(code.to_owned()).or_default() += 1;
    }
    codes
}

/// Runs the import again, and checks that each row is in the table once, or once in the file of refused rows.
fn resume(env: &TestEnv, case: &str) -> Value {
    let ran = env.run(&IMPORT);
    assert_eq!(ran.code, Some(5), "{case}: {}", ran.stderr);
    let result = summary(&ran);
    let number = |name: &str| result[name].as_u64().expect(name);
    let (codes, refused) = (codes(env), reasons(env, "a.refused.csv"));
    let rows = read(env, "a.refused.csv").lines().count() - 1;
    assert_eq!(rows, refused.len(), "{case}: a row is listed twice");
    assert_eq!(number("refused"), refused.len() as u64, "{case}: {result}");
    assert_eq!(
        number("inserted") + number("refused"),
        ROWS,
        "{case}: {result}"
    );
    for at in 0..ROWS {
        let there = codes.get(&format!("C{at}")).copied().unwrap_or(0);
        let reason = refused.get(&(at + 2));
        let is_open = reason.is_some_and(|reason| reason.starts_with("UNRESOLVED"));
        let is_right = match (there, reason) {
            (0, Some(_)) => is_bad(at) || is_open,
            (1, Some(_)) => is_open,
            (1, None) => !is_bad(at),
            _ => false,
        };
        assert!(is_right, "{case}: row {at}: {there} times, {reason:?}");
    }
    result
}

fn cut(env: &TestEnv, file: &str, length: u64) {
    let file = File::options().write(true).open(env.path(file));
    file.expect("a file").set_len(length).expect("cut");
}

#[test]
fn a_part_file_that_is_lost_or_cut_off_loses_no_refused_row() {
    for case in ["removed", "empty", "short", "other"] {
        let env = killed();
        let part = "a.refused.csv.part";
        match case {
            "removed" => fs::remove_file(env.path(part)).expect("removed"),
            "empty" => cut(&env, part, 0),
            "short" => cut(&env, part, 60),
            _ => write(&env, part, &"Code,Age,Line,Reason\n".repeat(100)),
        }
        let result = resume(&env, case);
        assert!(result["unresolved"].as_u64() > Some(0), "{case}: {result}");
    }
}

#[test]
fn a_kill_while_a_resumed_import_copies_its_refused_rows_loses_nothing() {
    let env = stopped();
    let (named, journal) = (
        read(&env, "a.refused.csv"),
        read(&env, "a.refused.csv.resume"),
    );
    let there = codes(&env).len();
    assert!(named.lines().count() > 3, "{named}");
    for length in [0, 5, 21, 60, named.len()] {
        let env = env_of(&named, &journal, there);
        write(&env, "a.refused.csv.part", &named[..length]);
        let result = resume(&env, &length.to_string());
        assert_eq!(result["unresolved"], json!(0), "{length}: {result}");
    }
}

/// Returns an environment that is as a stopped import left it.
fn env_of(named: &str, journal: &str, there: usize) -> TestEnv {
    let env = env();
    // As many rows as were inserted, in the order of the file.
    let rows = (0..ROWS).filter(|at| !is_bad(*at)).take(there);
    let rows: String = rows.map(|at| format!("C{at},1\n")).collect();
    write(&env, "start.csv", &format!("Code,Age\n{rows}"));
    env.ok(&["import", "T", "start.csv"]);
    write(&env, "a.refused.csv", named);
    let mut lines = journal.lines();
    let mut subject: Value = serde_json::from_str(lines.next().expect("a subject")).expect("JSON");
    subject["account"] = json!(env.emulator.url());
    let file = fs::canonicalize(env.path("a.csv")).expect("a path");
    subject["file"] = json!(file);
    let journal = std::iter::once(subject.to_string()).chain(lines.map(str::to_owned));
    let journal: Vec<String> = journal.collect();
    write(&env, "a.refused.csv.resume", &(journal.join("\n") + "\n"));
    env
}

#[test]
fn a_file_of_refused_rows_that_is_gone_is_written_again() {
    let env = stopped();
    fs::rename(env.path("a.refused.csv"), env.path("moved.csv")).expect("moved");
    let result = resume(&env, "moved");
    assert!(result["unresolved"].as_u64() > Some(0), "{result}");
}

#[test]
fn rows_that_were_changed_in_the_file_of_refused_rows_stay_so() {
    let env = stopped();
    let changed = read(&env, "a.refused.csv").replace("C7,x,", "C7,7,");
    write(&env, "a.refused.csv", &changed);

    let result = resume(&env, "changed");

    assert_eq!(result["unresolved"], json!(0), "{result}");
    let text = read(&env, "a.refused.csv");
    assert!(text.contains("\nC7,7,9,"), "{text}");
}

#[test]
fn rows_that_were_added_to_the_file_of_refused_rows_stay_there() {
    let env = stopped();
    let text = read(&env, "a.refused.csv") + "extra,5,,\n";
    write(&env, "a.refused.csv", &text);

    assert_eq!(env.run(&IMPORT).code, Some(5));

    let text = read(&env, "a.refused.csv");
    assert!(text.contains("\nextra,5,,\n"), "{text}");
}

#[test]
fn a_stopped_import_of_a_file_that_was_changed_is_continued_after_its_last_row() {
    let env = stopped();
    let fixed = read(&env, "a.csv").replace("C7,x", "C7,7");
    write(&env, "a.csv", &fixed);
    let there = count(&env, "T");

    let refused = env.run(&IMPORT);

    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    let (_, line) = refused.stderr.split_once("--from-line ").expect("a line");
    let line = line.split(|letter: char| !letter.is_ascii_digit()).next();
    let line = line.expect("a line");
    assert_eq!(count(&env, "T"), there);
    let more = ["--restart", "--from-line", line];
    assert_eq!(env.run(&[&IMPORT[..], &more].concat()).code, Some(5));
    let codes = codes(&env);
    assert!(codes.values().all(|times| *times == 1));
    let listed = reasons(&env, "a.refused.csv");
    for at in 0..ROWS {
        let is_known = codes.contains_key(&format!("C{at}")) || listed.contains_key(&(at + 2));
        assert!(is_known, "row {at}");
    }
}

#[test]
fn the_same_command_resumes_an_import_that_began_at_a_line() {
    let env = env();
    let more = ["--from-line", "2002"];
    let child = started_with(&env, &more);
    interrupt(&child);
    child.wait_with_output().expect("it ends");
    env.emulator.set_faults(Faults::none());

    let ran = env.run(&[&IMPORT[..], &more].concat());

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let (codes, listed) = (codes(&env), reasons(&env, "a.refused.csv"));
    for at in 0..ROWS {
        let there = codes.get(&format!("C{at}")).copied().unwrap_or(0);
        let is_known = there == 1 || listed.contains_key(&(at + 2));
        assert!(there <= 1 && is_known == (at >= 2000), "row {at}: {there}");
    }
}

#[test]
fn refused_rows_that_the_journal_does_not_count_are_listed_once() {
    let env = stopped();
    // As if the disk had been full for the journal before it was for the file.
    let journal = read(&env, "a.refused.csv.resume");
    let lines: Vec<&str> = journal.lines().collect();
    let refused = |line: &str| {
        let progress: Value = serde_json::from_str(line).expect("JSON");
        progress["refused"].as_u64().expect("a number")
    };
    let all = refused(lines[lines.len() - 1]);
    let mut progress = lines[1..].iter();
    let progress = progress.find(|line| (1..all).contains(&refused(line)));
    let progress = progress.expect("rows were refused one after the other");
    let torn = &lines[lines.len() - 1][..30];
    write(
        &env,
        "a.refused.csv.resume",
        &format!("{}\n{progress}\n{torn}", lines[0]),
    );
    resume(&env, "torn");
}

#[test]
fn an_import_that_began_at_a_line_is_resumed_after_it() {
    let env = env();
    let rows = read(&env, "a.csv").replace(",x\n", ",1\n");
    write(&env, "a.csv", &rows);
    let limited = Rule::new(Fault::RateLimit).operation("CreateTableRecords");
    env.emulator
        .set_faults(Faults::none().rule(limited.calls(1..100)));
    let import = [&IMPORT[..], &["--from-line", "5002"]].concat();
    let child = spawn(&mut env.command(&import));
    while !env.path("a.refused.csv.resume").exists() {
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(Duration::from_millis(300));
    interrupt(&child);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert_eq!(count(&env, "T"), 0);
    env.emulator.set_faults(Faults::none());

    let ran = env.run(&import);

    assert_eq!(count(&env, "T"), 1000, "{}", ran.stderr);
    assert_eq!(summary(&ran)["unresolved"], json!(0));
    assert!(!codes(&env).contains_key("C4999"));
}

#[test]
fn the_age_of_a_call_is_not_that_of_the_journal() {
    let env = env();
    let proxy = SlowProxy::start(&env.emulator.url(), "/records/bulk", None);
    let import = [&IMPORT[..], &["--key", "Code"]].concat();
    let run = || {
        let mut command = env.command(&import);
        command.env("CASPIO_ACCOUNT", proxy.url());
        spawn(&mut command)
    };
    let mut child = run();
    while proxy.held() == 0 {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("killed");
    child.wait().expect("it ends");
    // A copy of a folder, or a backup, may have another time.
    for file in ["a.csv", "a.refused.csv.resume"] {
        let file = File::options().append(true).open(env.path(file));
        let long_ago = SystemTime::now() - Duration::from_secs(3600);
        file.expect("a file").set_modified(long_ago).expect("set");
    }

    let second = run();
    while proxy.held() < 2 {
        std::thread::sleep(Duration::from_millis(2));
    }
    proxy.release();
    let output = second.wait_with_output().expect("it ends");

    let result: Value = serde_json::from_slice(&output.stdout).expect("a summary");
    assert!(codes(&env).values().all(|times| *times == 1), "{result}");
    assert!(result["unresolved"].as_u64() > Some(900), "{result}");
}

#[test]
fn a_path_that_is_not_utf_8_is_imported() {
    use std::os::unix::ffi::OsStrExt;
    let env = env();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.csv");
    fs::write(env.path("").join(name), "Code,Age\nA,1\nB,x\n").expect("written");
    let mut command = env.command(&["import", "T"]);
    let output = command.arg(name).arg("--json").output().expect("it runs");

    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(5), "{errors}");
    let result: Value = serde_json::from_slice(&output.stdout).expect("a summary");
    assert_eq!(result["inserted"], json!(1), "{result}");
    assert_eq!(count(&env, "T"), 1);
    let refused = env
        .path("")
        .join(std::ffi::OsStr::from_bytes(b"caf\xe9.refused.csv"));
    assert!(refused.exists(), "{result}");
}
