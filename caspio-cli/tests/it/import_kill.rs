//! Imports that are killed at any moment, and resumed by the same command.

use crate::support::TestEnv;
use crate::support::people::{count, read, reasons, summary, write};
use crate::support::slow_proxy::SlowProxy;
use caspio_emulator::{DataType, Emulator, Faults, FieldDef, TableDef};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
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
    let mut child = start(&env, &[]);
    // Refused rows are on the disk as they come.
    let part = env.path("a.refused.csv.part");
    let is_refused = || fs::read_to_string(&part).is_ok_and(|rows| rows.contains("C7,x,9,"));
    while !is_refused() {
        assert_eq!(child.try_wait().expect("a child"), None, "it ended before");
        std::thread::sleep(Duration::from_millis(2));
    }
    kill(&env, child, 0);
    let before = count(&env, "T");
    assert!(before < ROWS, "it was killed too late");
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
        let unresolved = reason.is_some_and(|reason| reason.starts_with("UNRESOLVED"));
        assert!(
            unresolved || there == reason.is_none(),
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
        (&result["refused"], &result["unresolved"]),
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
    let unresolved = summary(&ran)["unresolved"].as_u64().expect("a count");
    assert!(unresolved > 0, "{}", ran.stdout);

    let ran = env.run(&["import", "T", "a.refused.csv", "--key", "Code", "--json"]);

    let result = summary(&ran);
    assert_eq!(result["unresolved"], json!(0), "{result}");
    let number = |name: &str| result[name].as_u64().expect(name);
    assert_eq!(number("inserted") + number("already_there"), unresolved);
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
        // Each of them would insert rows again.
        for option in ["--refused", "--restart"] {
            assert!(!ran.stderr.contains(option), "{}", ran.stderr);
        }
    }
    assert_eq!(count(&env, "T"), before);

    write(&env, "a.csv", &text);
    let ran = env.run(&["import", "T", "a.csv", "--from-line", "5"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert_eq!(env.run(&["import", "T", "a.csv"]).code, Some(5));
    assert!(codes(&env).values().all(|times| *times == 1));
}

#[test]
fn a_stopped_import_is_not_resumed_with_rows_in_another_order() {
    let env = env(false, 30);
    let row = |at: u64| format!("C{at:0>80},1\n");
    let rows = |order: &mut dyn Iterator<Item = u64>| -> String {
        "Code,Age\n".to_owned() + &order.map(row).collect::<String>()
    };
    write(&env, "a.csv", &rows(&mut (0..ROWS)));
    let child = start(&env, &[]);
    kill(&env, child, 50);
    env.emulator.set_faults(Faults::none());
    let before = count(&env, "T");

    // The same rows, the last of them exchanged, far behind the first megabyte.
    let exchanged = (0..ROWS - 2).chain([ROWS - 1, ROWS - 2]);
    write(&env, "a.csv", &rows(&mut exchanged.into_iter()));
    let ran = env.run(&["import", "T", "a.csv"]);

    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("was stopped"), "{}", ran.stderr);
    assert_eq!(count(&env, "T"), before);
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
        let mut child = start(&env, &["--refused", "b.refused.csv"]);
        while !env.path("b.refused.csv.resume").exists() {
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().expect("killed");
        child.wait().expect("it ends");
        std::thread::sleep(Duration::from_millis(300));
        read(&env, "b.refused.csv.resume")
            .lines()
            .next()
            .expect("a subject")
            .to_owned()
    };
    fs::remove_file(env.path("b.refused.csv.resume")).expect("removed");
    let there = count(&env, "T");
    let progress = json!({
        "from_line": 1, "answered": ROWS, "line": 0, "sent": ROWS, "sent_at": 1, "inserted": before,
        "already_there": 0, "refused": 30, "unresolved": 0, "refused_bytes": refused.len(),
        "refused_hash": 0, "is_named": true,
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

/// A sync through a proxy that holds inserts back, also those of a program that has ended. Its 3,000 rows are not
/// unique by definition.
fn held_sync() -> (TestEnv, SlowProxy) {
    held_sync_answering(None)
}

fn held_sync_answering(response: Option<&'static str>) -> (TestEnv, SlowProxy) {
    let env = TestEnv::of(Emulator::builder().empty());
    let table = TableDef::new("T").field(FieldDef::new("Code", DataType::Text255));
    let table = table.field(FieldDef::new("Age", DataType::Integer));
    env.emulator.create_table(table).expect("a new table");
    let rows = (0..3000).fold("Code,Age\n".to_owned(), |mut all, at| {
        writeln!(all, "C{at},1").expect("written");
        all
    });
    write(&env, "a.csv", &rows);
    let proxy = SlowProxy::start(&env.emulator.url(), "/records/bulk", response);
    (env, proxy)
}

const SYNC: [&str; 7] = ["import", "T", "a.csv", "--sync", "--key", "Code", "--json"];

/// Starts a sync, and kills it while its inserts are in progress.
fn kill_sync(env: &TestEnv, proxy: &SlowProxy) {
    let mut command = env.command(&SYNC);
    command.env("CASPIO_ACCOUNT", proxy.url());
    let mut child = command.spawn().expect("it starts");
    while proxy.held() < 3 && child.try_wait().expect("a child").is_none() {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("killed");
    child.wait().expect("it ends");
}

fn sync(env: &TestEnv, proxy: &SlowProxy) -> serde_json::Value {
    let mut command = env.command(&SYNC);
    let output = command.env("CASPIO_ACCOUNT", proxy.url()).output();
    let output = output.expect("it runs");
    serde_json::from_slice(&output.stdout).expect("a summary")
}

#[test]
fn a_killed_sync_that_is_run_again_at_once_finds_what_it_had_sent() {
    let (env, proxy) = held_sync();
    kill_sync(&env, &proxy);

    let result = std::thread::scope(|scope| {
        let second = scope.spawn(|| sync(&env, &proxy));
        std::thread::sleep(Duration::from_millis(300));
        proxy.release();
        second.join().expect("a summary")
    });

    assert_eq!(codes(&env).len(), 3000, "{result}");
    assert_eq!(count(&env, "T"), 3000, "{result}");
    assert_eq!(
        (
            &result["unchanged"],
            &result["inserted"],
            &result["unresolved"]
        ),
        (&json!(3000), &json!(0), &json!(0))
    );
    // Nothing is left to look up.
    let mut left = std::fs::read_dir(env.path("state").join("syncs")).expect("a folder");
    assert!(left.next().is_none());
    let again = sync(&env, &proxy);
    assert_eq!(again["unchanged"], json!(3000));
    assert_eq!(count(&env, "T"), 3000);
}

#[test]
fn rows_of_a_killed_sync_that_are_not_found_are_unresolved() {
    let (env, proxy) = held_sync();
    kill_sync(&env, &proxy);

    let result = sync(&env, &proxy);

    assert_eq!(
        (&result["unresolved"], &result["inserted"]),
        (&json!(3000), &json!(0)),
        "{result}"
    );
    let reasons = reasons(&env, "a.refused.csv");
    assert!(reasons[&2].starts_with("UNRESOLVED"), "{}", reasons[&2]);
    proxy.release();
    proxy.settle();
    let again = sync(&env, &proxy);
    assert_eq!(again["unchanged"], json!(3000), "{again}");
    assert_eq!(count(&env, "T"), 3000);
}

#[test]
fn a_response_without_the_result_of_each_row_does_not_answer_the_insert_of_a_sync() {
    std::thread::scope(|scope| {
        for response in [
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<p>Please wait</p>",
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 201 Created\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}",
            "HTTP/1.1 201 Created\r\nconnection: close\r\n\r\n{\"PK_ID\":[\"1\"]}",
            "HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n{\"Code\":\"SqlServerError\",\"Message\":\"Timeout expired.\"}",
        ] {
            scope.spawn(move || sync_without_results(response));
        }
    });
}

fn sync_without_results(response: &'static str) {
    let (env, proxy) = held_sync_answering(Some(response));
    let first = sync(&env, &proxy);
    assert_eq!(first["unresolved"], json!(3000), "{response}: {first}");
    let sent = proxy.held();

    let again = sync(&env, &proxy);

    assert_eq!(proxy.held(), sent, "{response}: no row is sent again");
    assert_eq!(again["unresolved"], json!(3000), "{response}: {again}");
    proxy.release();
    let started = std::time::Instant::now();
    while count(&env, "T") < 3000 && started.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let last = sync(&env, &proxy);
    assert_eq!(last["unchanged"], json!(3000), "{response}: {last}");
    assert_eq!(count(&env, "T"), 3000);
}

#[test]
fn an_import_finds_what_a_killed_sync_had_sent() {
    let import = ["import", "T", "a.csv", "--json"];
    for (more, found) in [(&["--key", "Code"][..], true), (&[], false)] {
        let (env, proxy) = held_sync();
        kill_sync(&env, &proxy);
        let mut command = env.command(&[&import, more].concat());
        command.env("CASPIO_ACCOUNT", proxy.url());

        let result: serde_json::Value = std::thread::scope(|scope| {
            let second = scope.spawn(|| command.output().expect("it runs"));
            std::thread::sleep(Duration::from_millis(300));
            proxy.release();
            let output = second.join().expect("it ends");
            serde_json::from_slice(&output.stdout).expect("a summary")
        });

        // The calls of the killed sync were only delayed.
        let started = std::time::Instant::now();
        while count(&env, "T") < 3000 && started.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(count(&env, "T"), 3000, "{result}");
        let (there, open) = if found { (3000, 0) } else { (0, 3000) };
        assert_eq!(
            (
                &result["already_there"],
                &result["unresolved"],
                &result["inserted"]
            ),
            (&json!(there), &json!(open), &json!(0)),
            "{more:?}: {result}"
        );
    }
}

#[test]
fn a_killed_sync_is_not_followed_at_once_by_one_of_another_key() {
    let (env, proxy) = held_sync();
    kill_sync(&env, &proxy);

    let mut command = env.command(&["import", "T", "a.csv", "--sync", "--key", "Age"]);
    let output = command.env("CASPIO_ACCOUNT", proxy.url()).output();

    let output = output.expect("it runs");
    let error = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("--key Code"), "{error}");
    proxy.release();
}

#[test]
fn a_clock_that_was_set_back_does_not_make_the_rows_of_a_killed_sync_old() {
    let (env, proxy) = held_sync();
    kill_sync(&env, &proxy);
    let mut files = std::fs::read_dir(env.path("state").join("syncs")).expect("a folder");
    let journal = files.next().expect("a journal").expect("a journal").path();
    let text = std::fs::read_to_string(&journal).expect("a journal");
    let later = text.lines().filter_map(|line| {
        let mut entry: serde_json::Value = serde_json::from_str(line).ok()?;
        let at = entry["Sending"]["at"].as_u64().expect("a time");
        entry["Sending"]["at"] = json!(at + 3_600_000);
        Some(format!("{entry}\n"))
    });
    let later: String = later.collect();
    std::fs::write(&journal, later).expect("written");

    let result = sync(&env, &proxy);

    assert_eq!(
        (&result["unresolved"], &result["inserted"]),
        (&json!(3000), &json!(0)),
        "{result}"
    );
    proxy.release();
}

#[test]
fn a_sync_waits_until_reads_see_every_earlier_write_of_this_machine() {
    let insert = vec!["insert", "T", "Code=C1", "Age=2"];
    let update = vec!["update", "T", "Age=3", "--where", "Code = 'C1'", "--yes"];
    let delete = vec!["delete", "T", "--where", "Code = 'C1'", "--yes"];
    std::thread::scope(|scope| {
        for writes in [
            vec![SYNC.to_vec()],
            vec![vec!["import", "T", "a.csv"]],
            vec![insert.clone()],
            vec![insert.clone(), update],
            vec![insert, delete],
        ] {
            scope.spawn(move || wait_after(&writes));
        }
    });
}

fn wait_after(writes: &[Vec<&str>]) {
    let (env, proxy) = held_sync();
    proxy.release();
    let run = |arguments: &[&str]| {
        let mut command = env.command(arguments);
        command.env("CASPIO_ACCOUNT", proxy.url());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("it starts")
    };
    for write in writes {
        let code = run(write).wait().expect("it ends").code();
        assert_eq!(code, Some(0), "{write:?}");
    }
    let is_write = |line: &str| !line.starts_with("GET") && line.contains("/records");
    let exchanges = proxy.exchanges();
    let mut written = exchanges.iter().rev();
    let written = written.find(|exchange| is_write(&exchange.line));
    let written = written.expect("a write").answered;
    // One that is killed while it waits takes nothing away from the next one.
    let mut killed = run(&SYNC);
    std::thread::sleep(Duration::from_millis(700));
    killed.kill().expect("killed");
    killed.wait().expect("it ends");

    let code = run(&SYNC).wait().expect("it ends").code();

    assert_eq!(code, Some(0), "{writes:?}");
    let exchanges = proxy.exchanges();
    let reads = exchanges.iter().filter(|exchange| {
        let line = &exchange.line;
        exchange.arrived > written && line.starts_with("GET") && line.contains("/records")
    });
    let first = reads.map(|exchange| exchange.arrived).min();
    let waited = first.expect("a read").duration_since(written);
    // The time is recorded when the response has arrived.
    assert!(waited >= Duration::from_secs(3), "{writes:?}: {waited:?}");
    let left = std::fs::read_dir(env.path("state").join("syncs")).expect("a folder");
    assert_eq!(left.count(), 0, "no call is left to look up");
}

#[test]
fn two_syncs_do_not_write_one_table_at_once() {
    let (env, proxy) = held_sync();
    let mut command = env.command(&SYNC);
    command
        .env("CASPIO_ACCOUNT", proxy.url())
        .stdout(Stdio::piped());
    let first = command.spawn().expect("it starts");
    while proxy.held() == 0 {
        std::thread::sleep(Duration::from_millis(2));
    }

    let mut command = env.command(&[&SYNC[..], &["--refused", "b.refused.csv"]].concat());
    let second = command.env("CASPIO_ACCOUNT", proxy.url()).output();

    let second = second.expect("it runs");
    let error = String::from_utf8_lossy(&second.stdout).into_owned()
        + &String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(2), "{error}");
    assert!(error.contains("another sync"), "{error}");
    proxy.release();
    let first = first.wait_with_output().expect("it ends");
    assert_eq!(first.status.code(), Some(0));
    assert_eq!(count(&env, "T"), 3000);
    assert!(!env.path("b.refused.csv.part").exists());
}

/// `CASPIO_TEST_KILLS` sets how often an import is killed.
#[test]
fn an_import_that_is_killed_at_random_moments_loses_and_doubles_no_row() {
    let kills = std::env::var("CASPIO_TEST_KILLS");
    let kills: u64 = kills.map_or(6, |kills| kills.parse().expect("a number"));
    let seed = std::env::var("CASPIO_TEST_SEED");
    let mut random: u64 = seed.map_or(1, |seed| seed.parse().expect("a number"));
    let mut killed = 0;
    while killed < kills {
        let env = env(true, 4);
        let import = ["import", "T", "a.csv", "--key", "Code", "--json"];
        let mut command = env.command(&import);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let result: serde_json::Value = loop {
            let mut child = command.spawn().expect("it starts");
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let wait = Duration::from_millis((random >> 33) % 400);
            // Most runs come as far as a row, however slow the machine is.
            let start = count(&env, "T");
            while !(random >> 45).is_multiple_of(4)
                && count(&env, "T") == start
                && child.try_wait().expect("a child").is_none()
            {
                std::thread::sleep(Duration::from_millis(2));
            }
            std::thread::sleep(wait);
            let _ = child.kill();
            let output = child.wait_with_output().expect("it ends");
            // A program that is killed after it printed its result is done.
            if output.status.code().is_some() || output.stdout.ends_with(b"}\n") {
                break serde_json::from_slice(&output.stdout).expect("a summary");
            }
            killed += 1;
        };
        let number = |name: &str| result[name].as_u64().expect(name);
        let there = codes(&env);
        assert!(there.values().all(|times| *times == 1), "a row is doubled");
        assert_eq!(
            there.len() as u64,
            ROWS - 30,
            "after {killed} kills: {result}"
        );
        assert_eq!(
            (number("refused"), number("unresolved")),
            (30, 0),
            "{result}"
        );
        assert_eq!(reasons(&env, "a.refused.csv").len(), 30);
    }
}
