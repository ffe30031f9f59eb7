//! Imports that are stopped by a signal, or by a full disk.

use crate::support::people::{count, people, people_env, read, reasons, summary, write};
use crate::support::stops::{begun, end, interrupt, signal, slow_env};
use crate::support::{Ran, TestEnv};
use caspio_emulator::{DataType, Fault, Faults, FieldDef, Rule, TableDef};
use serde_json::json;
use std::fmt::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn ctrl_c_stops_sending_and_prints_the_line_to_resume_from() {
    let env = slow_env();
    let child = begun(&env);
    interrupt(&child);

    let ran = end(child);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let result = summary(&ran);
    let next = result["next_line"].as_u64().expect("a line");
    assert_eq!(result["rows"].as_u64(), Some(next - 2));
    assert_eq!(count(&env, "People"), next - 3);
    let hint = format!("--from-line {next}");
    assert!(ran.stderr.contains(&hint), "{}", ran.stderr);
    assert_eq!(reasons(&env, "a.refused.csv").len(), 1);
}

#[test]
fn rows_that_were_not_sent_are_left_for_the_next_run_although_a_later_one_is_refused() {
    let env = slow_env();
    let table = people("People");
    env.emulator.create_table(table).expect("a new table");
    let rows = (0..6_000).fold("Code,Age\n".to_owned(), |mut all, at| {
        let age = if at % 500 == 250 { "x" } else { "1" };
        writeln!(all, "C{at},{age}").expect("written");
        all
    });
    write(&env, "a.csv", &rows);
    let import = ["import", "People", "a.csv", "--json", "--concurrency", "1"];
    let mut command = env.command(&import);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("it starts");
    while count(&env, "People") == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    interrupt(&child);

    let stopped = end(child);

    let next = summary(&stopped)["next_line"].as_u64().expect("a line");
    let answered = next - 2;
    assert!(answered < 6_000, "it was stopped too late");
    assert_eq!(summary(&stopped)["rows"].as_u64(), Some(answered));
    let refused = read(&env, "a.refused.csv");
    assert!(!refused.contains("stopped before"), "{refused}");

    env.emulator.set_faults(Faults::none());
    let ended = env.run(&import);

    assert_eq!(count(&env, "People"), 6_000 - 12, "{}", ended.stderr);
    assert_eq!(reasons(&env, "a.refused.csv").len(), 12);
}

#[test]
fn every_stop_signal_ends_an_import_in_order() {
    for name in ["-TERM", "-HUP"] {
        let env = slow_env();
        let child = begun(&env);
        signal(&child, name);

        let ran = end(child);

        assert_eq!(ran.code, Some(5), "{name}: {}", ran.stderr);
        let next = summary(&ran)["next_line"].as_u64().expect("a line");
        assert_eq!(count(&env, "People"), next - 3, "{name}");
    }
}

/// Runs the program where no file can grow beyond a number of half kilobytes.
fn run_with_a_small_disk(env: &TestEnv, blocks: u32, arguments: &[&str]) -> Ran {
    let program = env.command(&[]);
    let mut shell = Command::new("/bin/sh");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    shell
        .args(["-c", &script])
        .arg(program.get_program())
        .args(arguments);
    shell.current_dir(env.path("")).env_clear();
    shell.envs(
        program
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let output = shell.output().expect("it runs");
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

#[test]
fn a_full_disk_stops_an_import_and_every_row_is_reported() {
    let env = people_env();
    let rows = (0..20_000).fold("Code,Age\n".to_owned(), |mut all, at| {
        let age = if at % 10 == 0 { "x" } else { "1" };
        writeln!(all, "C{at},{age}").expect("written");
        all
    });
    write(&env, "a.csv", &rows);

    let import = ["import", "People", "a.csv", "--json", "--concurrency", "1"];
    let ran = run_with_a_small_disk(&env, 32, &import);

    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    let result = summary(&ran);
    let number = |name: &str| result[name].as_u64().expect(name);
    assert_eq!(number("inserted"), count(&env, "People"));
    assert_eq!(number("inserted") + number("refused"), number("rows"));
    assert_eq!(number("next_line"), number("rows") + 2);
    let kept = reasons(&env, "a.refused.csv").len() as u64;
    assert!(kept > 0 && kept < number("refused"), "{kept} of {result}");
    let from = ran.stderr.split("not in it: ").nth(1).expect(&ran.stderr);
    let lines = from.split([';', '"']).next().expect("lines");
    assert_eq!(lines.split(", ").count() as u64, number("refused") - kept);
    let only = format!("only {kept} of them are in");
    assert!(ran.stderr.contains(&only), "{}", ran.stderr);

    let again = env.run(&["import", "People", "a.csv", "--json", "--key", "Code"]);

    assert_eq!(again.code, Some(5), "{}", again.stderr);
    let result = summary(&again);
    assert_eq!(result["rows"], json!(20_000), "{result}");
    let listed = reasons(&env, "a.refused.csv").len() as u64;
    assert_eq!(result["refused"], json!(listed), "every one is in the file");
    // Those that were sent before it stopped may still arrive, as far as the program knows.
    let unresolved = result["unresolved"].as_u64().expect("a count");
    assert_eq!(listed - unresolved, 2000, "{result}");
    assert!(count(&env, "People") + listed - unresolved <= 20_000);
}

#[test]
fn an_import_without_room_for_its_last_refused_rows_is_not_repeated() {
    let env = people_env();
    let rows = (0..1000).fold("Code,Age\n".to_owned(), |mut all, at| {
        let age = if at % 2 == 0 { "x" } else { "1" };
        writeln!(all, "C{at},{age}").expect("written");
        all
    });
    write(&env, "a.csv", &rows);
    let import = ["import", "People", "a.csv", "--json", "--concurrency", "1"];
    let ran = run_with_a_small_disk(&env, 24, &import);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert_eq!(count(&env, "People"), 500);
    assert!(
        ran.stderr.contains("run the same command again"),
        "{}",
        ran.stderr
    );

    let again = env.run(&["import", "People", "a.csv", "--json"]);

    assert_eq!(count(&env, "People"), 500, "{}", again.stderr);
    let result = summary(&again);
    let listed = reasons(&env, "a.refused.csv").len() as u64;
    assert_eq!(result["refused"], json!(listed), "every one is in the file");
    assert!(listed >= 500, "{result}");
}

#[test]
fn a_second_ctrl_c_stops_at_once_and_leaves_rows_unresolved() {
    let env = slow_env();
    let child = begun(&env);
    let slow = Faults::none().latency(Duration::from_secs(30));
    env.emulator.set_faults(slow);
    std::thread::sleep(Duration::from_millis(500));
    let asked = Instant::now();
    interrupt(&child);
    std::thread::sleep(Duration::from_millis(300));
    interrupt(&child);

    let ran = end(child);

    assert!(asked.elapsed() < Duration::from_secs(20));
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let result = summary(&ran);
    let number = |name: &str| result[name].as_u64().expect(name);
    assert!(number("unresolved") > 0, "{result}");
    assert_eq!(number("inserted") + number("refused"), number("rows"));
    let reasons = reasons(&env, "a.refused.csv");
    assert_eq!(reasons.len() as u64, number("unresolved") + 1);
    let last = reasons.last_key_value().map(|(line, _)| *line);
    assert_eq!(last, Some(1 + number("rows")), "no row is forgotten");
    assert_eq!(number("next_line"), 2 + number("rows"));
}

#[test]
fn ctrl_c_ends_the_wait_after_a_rate_limit() {
    for more in [&[][..], &["--sync", "--key", "Code"]] {
        let env = people_env();
        write(&env, "a.csv", "Code,Age\na,1\nb,2\n");
        let inserts = ["CreateTableRecord", "CreateTableRecords"];
        let limited = |operation| {
            let rule = Rule::new(Fault::RateLimit).operation(operation);
            rule.rate(1.0)
        };
        let faults = inserts
            .map(limited)
            .into_iter()
            .fold(Faults::none(), Faults::rule);
        env.emulator.set_faults(faults);
        let sent = || -> u64 {
            let calls = env.emulator.calls();
            inserts
                .iter()
                .map(|operation| calls.operation(operation))
                .sum()
        };
        let import = ["import", "People", "a.csv", "--json"];
        let mut command = env.command(&[&import, more].concat());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        // The next waits take four seconds and longer.
        while sent() < 3 && child.try_wait().expect("a child").is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(100));
        let refused = sent();

        let started = Instant::now();
        interrupt(&child);
        let ran = end(child);

        let waited = started.elapsed();
        assert!(waited < Duration::from_secs(2), "{waited:?}");
        assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        let result = summary(&ran);
        assert_eq!(result["unresolved"], json!(0), "{result}");
        assert_eq!(result["refused"], json!(0), "{result}");
        assert_eq!(sent(), refused, "nothing more was sent");
        env.emulator.set_faults(Faults::none());
        env.ok(&[&import, more].concat());
        assert_eq!(count(&env, "People"), 2);
    }
}

#[test]
fn the_refused_rows_of_a_stopped_import_are_imported_when_it_has_ended() {
    let env = people_env();
    let table = TableDef::new("T").field(FieldDef::new("Name", DataType::Text255));
    let table = table.field(FieldDef::new("Age", DataType::Integer));
    env.emulator.create_table(table).expect("a new table");
    let rows = (0..5500).fold("Name,Age\nbad,x\n".to_owned(), |all, at| {
        format!("{all}N{at},1\n")
    });
    write(&env, "a.csv", &rows);
    let used_up = Rule::new(Fault::QuotaUsedUp).operation("CreateTableRecords");
    env.emulator
        .set_faults(Faults::none().rule(used_up.calls(3..100)));
    let import = ["import", "T", "a.csv", "--concurrency", "1"];
    let ran = env.run(&[&import[..], &["--timeout", "2"]].concat());
    assert_eq!(ran.code, Some(6), "{}", ran.stderr);
    let again = "run the same command again";
    assert!(ran.stderr.contains(again), "{}", ran.stderr);
    assert!(!ran.stderr.contains("fix what is wrong"), "{}", ran.stderr);
    env.emulator.set_faults(Faults::none());
    let before = count(&env, "T");
    let fixed = read(&env, "a.refused.csv").replace("bad,x", "bad,1");
    write(&env, "a.refused.csv", &fixed);
    let (file, link) = (env.path("a.refused.csv"), env.path("b.refused.csv"));
    std::os::unix::fs::symlink(file, link).expect("a link");

    for file in ["a.refused.csv", "b.refused.csv"] {
        for more in [&[][..], &["--key", "Name"], &["--sync", "--key", "Name"]] {
            let ran = env.run(&[&["import", "T", file], more].concat());

            assert_eq!(ran.code, Some(2), "{more:?}: {}", ran.stderr);
            let of = "a.csv into T that has not ended";
            assert!(ran.stderr.contains(of), "{}", ran.stderr);
            assert_eq!(count(&env, "T"), before);
        }
    }
    env.ok(&["import", "T", "a.refused.csv", "--dry-run"]);

    // A program that saved it with other separators.
    write(&env, "a.refused.csv", &fixed.replace(',', ";"));
    let ran = env.run(&import);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    let hint = "restore its first line";
    assert!(ran.stderr.contains(hint), "{}", ran.stderr);
    write(&env, "a.refused.csv", &fixed);

    let ran = env.run(&import);
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    assert!(ran.stderr.contains("fix what is wrong"), "{}", ran.stderr);
    env.ok(&["import", "T", "a.refused.csv"]);
    assert_eq!(count(&env, "T"), 5501, "no row is there twice");
}

#[test]
fn an_export_does_not_remove_the_journal_of_a_stopped_import() {
    let env = slow_env();
    let child = begun(&env);
    interrupt(&child);
    end(child);
    let rows = count(&env, "People");

    for more in [&[][..], &["--restart"]] {
        let ran = env.run(&[&["export", "People", "a.refused.csv"], more].concat());
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(
            ran.stderr.contains("stopped import into People"),
            "{}",
            ran.stderr
        );
    }

    env.emulator.set_faults(Faults::none());
    let resumed = env.run(&["import", "People", "a.csv", "--json"]);
    assert_eq!(
        summary(&resumed)["resumed"].as_u64(),
        Some(rows + 3),
        "{}",
        resumed.stderr
    );
    assert_eq!(count(&env, "People"), 60_000);
}
