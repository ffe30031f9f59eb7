//! How errors are shown, and their exit codes.

use crate::support::TestEnv;
use caspio_emulator::{Fault, Faults, Rule};
use std::time::{Duration, Instant};

#[test]
fn a_service_that_fails_is_tried_later() {
    for fault in [
        Fault::CutShort,
        Fault::BadGateway,
        Fault::Reset,
        Fault::InternalError,
        Fault::RateLimit,
    ] {
        let env = TestEnv::new();
        env.ok(&["tables"]);
        let name = format!("{fault:?}");
        env.emulator
            .set_faults(Faults::none().rule(Rule::new(fault).rate(1.0)));

        let ran = env.run(&["count", "Orders", "--json", "--timeout", "3"]);

        assert_eq!(ran.code, Some(6), "{name}: {}", ran.stderr);
        let error: serde_json::Value = serde_json::from_str(&ran.stderr).expect("JSON");
        assert!(error["error"]["kind"].is_string(), "{error}");
    }
}

#[test]
fn a_call_that_writes_many_records_is_given_up_after_the_timeout_too() {
    let env = TestEnv::new();
    std::fs::write(env.path("a.csv"), "First_Name,Last_Name\nAnn,Lee\n").expect("written");
    let slow = Rule::new(Fault::SlowDrip).operation("CreateTableRecords");
    let faults = Faults::none().rule(slow.rate(1.0));
    env.emulator
        .set_faults(faults.drip(Duration::from_secs(60)));
    let start = Instant::now();

    let ran = env.run(&["import", "Contacts", "a.csv", "--timeout", "6"]);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(11), "{took:?}");
}

#[test]
fn an_account_is_shown_with_its_port_and_without_its_id() {
    let mut env = TestEnv::new();
    env.environment = false;
    for id in ["abc", "0123456789"] {
        let mut command = env.command(&["whoami"]);
        command
            .env("CASPIO_ACCOUNT", env.emulator.url())
            .env("CASPIO_CLIENT_ID", id)
            .env("CASPIO_CLIENT_SECRET", "s");
        let output = command.output().expect("it runs");
        let shown = String::from_utf8(output.stdout).expect("text");
        assert!(!shown.contains(id), "{shown}");
        let (_, port) = env
            .emulator
            .url()
            .rsplit_once(':')
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .expect("a port");
        assert!(shown.contains(&format!(":{port}")), "{shown}");
    }
}

#[test]
fn names_with_control_characters_do_not_reach_the_terminal() {
    let env = TestEnv::new();
    for arguments in [
        &["export", "Orders\u{1b}[31m", "a.csv"][..],
        &["export", "Orders", "a\u{1b}[31m.txt"],
        &["import", "Orders", "a\u{202e}vsc.csv"],
        &["query", "Orders", "--select", "a\u{1b}[2J"],
        &["schema", "diff", "--file", "a\u{7}.json"],
    ] {
        let ran = env.run(arguments);
        assert_ne!(ran.code, Some(0));
        let unsafe_ones = ran.stderr.chars().filter(|c| c.is_control() && *c != '\n');
        assert_eq!(unsafe_ones.count(), 0, "{arguments:?}: {:?}", ran.stderr);
        assert!(!ran.stderr.contains('\u{202e}'), "{:?}", ran.stderr);
    }
}

#[test]
fn a_wrong_command_line_is_reported_as_json_on_request() {
    let env = TestEnv::new();
    for (arguments, words) in [
        (&["export", "Orders", "--json"][..], "<FILE>"),
        (&["--json", "exprt"], "exprt"),
        (&["query", "Orders", "--limit", "x", "--json"], "--limit"),
        (&["export", "Orders", "a.xlsx", "--json"], "a.xlsx"),
    ] {
        let ran = env.run(arguments);
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        let error: serde_json::Value = serde_json::from_str(&ran.stderr).expect("JSON");
        assert_eq!(error["error"]["exit"], 2);
        let message = error["error"]["message"].as_str().expect("a message");
        assert!(message.contains(words), "{message}");
    }
    assert!(env.ok(&["--json", "--help"]).contains("Usage"));
}

#[test]
fn verbose_prints_a_line_for_each_request_without_values() {
    let env = TestEnv::new();
    let query = [
        "query",
        "Contacts",
        "--where",
        "Last_Name = 'Lee'",
        "--json",
    ];
    let quiet = env.run(&query);
    env.emulator
        .set_faults(Faults::none().rule(Rule::new(Fault::BadGateway).calls([1])));

    let once = env.run(&[&query[..], &["-v"]].concat());
    let twice = env.run(&[&query[..], &["-vv"]].concat());

    assert_eq!(once.stdout, quiet.stdout);
    assert_eq!(quiet.stderr, "");
    let lines: Vec<_> = once.stderr.lines().collect();
    assert!(lines[0].starts_with("GET "), "{}", once.stderr);
    assert!(once.stderr.contains(": 502 after "), "{}", once.stderr);
    assert!(
        once.stderr
            .contains("GET records.list on table \"Contacts\": 200 after "),
        "{}",
        once.stderr
    );
    assert!(once.stderr.contains(", attempt 2"), "{}", once.stderr);
    assert!(!once.stderr.contains("q.where"), "{}", once.stderr);
    assert!(
        twice.stderr.contains("/v3/tables/Contacts/records?q."),
        "{}",
        twice.stderr
    );
    assert!(twice.stderr.contains("q.where"), "{}", twice.stderr);
    for ran in [&once, &twice] {
        assert!(!ran.stderr.contains("Lee"), "{}", ran.stderr);
    }
}
