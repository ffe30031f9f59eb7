//! The calls that are counted on this machine, and their forecast.

use crate::support::{TestEnv, ran};
use serde_json::Value;

fn usage(env: &TestEnv, arguments: &[&str]) -> Value {
    let arguments: Vec<_> = ["usage", "--json"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    serde_json::from_str(&env.ok(&arguments)).expect("JSON")
}

#[test]
fn calls_are_shown_by_table_and_status() {
    let env = TestEnv::new();
    env.ok(&["count", "Contacts"]);
    env.ok(&["count", "Orders"]);

    let usage = usage(&env, &[]);

    let calls = usage["calls"].as_array().expect("a list").iter();
    let of_tables: Vec<_> = calls
        .filter(|count| count["operation"] == "records.list")
        .map(|count| (&count["table"], &count["status"], &count["calls"]))
        .map(|(table, status, calls)| format!("{table} {status} {calls}"))
        .collect();
    assert_eq!(of_tables, [r#""Contacts" 200 1"#, r#""Orders" 200 1"#]);
    let text = env.ok(&["usage"]);
    assert!(
        text.contains("Contacts") && text.contains("Status"),
        "{text}"
    );
    assert!(env.ok(&["usage", "--days", "0"]).starts_with("0 calls\n"));
}

#[test]
fn calls_beyond_the_quota_are_forecast_with_their_cost() {
    let env = TestEnv::new();
    env.ok(&["count", "Contacts"]);
    let made = env.emulator.calls().total();

    let forecast = usage(&env, &["--quota", "1", "--price", "0.5"])["forecasts"][0].clone();

    assert_eq!(forecast["calls"], made);
    let expected = forecast["expected_calls"].as_u64().expect("a number");
    assert!(expected >= made, "{forecast}");
    assert_eq!(forecast["beyond_quota"], expected - 1);
    let cost: f64 = forecast["cost"]
        .as_str()
        .and_then(|cost| cost.parse().ok())
        .expect("a cost");
    assert_eq!(cost, (expected - 1) as f64 * 0.5);
    let text = env.ok(&["usage", "--quota", "500000"]);
    assert!(text.contains("within the quota of 500000"), "{text}");
    assert_eq!(
        usage(&env, &[])["forecasts"][0]["beyond_quota"],
        Value::Null
    );
}

#[test]
fn terms_of_the_plan_that_make_no_sense_are_refused() {
    let env = TestEnv::new();
    for arguments in [
        &["--price", "0.5"][..],
        &["--quota", "1", "--price=-0.5"],
        &["--quota", "many"],
        &["--billing-day", "32"],
    ] {
        let arguments: Vec<_> = ["usage"].iter().chain(arguments).copied().collect();
        assert_eq!(env.run(&arguments).code, Some(2), "{arguments:?}");
    }
}

#[test]
fn days_are_those_of_the_accounts_time_zone() {
    let env = TestEnv::new();
    let in_zone = |zone: &str, arguments: &[&str]| {
        let mut command = env.command(arguments);
        ran(command
            .env("CASPIO_TIME_ZONE", zone)
            .output()
            .expect("the program runs"))
    };
    // Their clocks are 26 hours apart.
    for zone in ["Etc/GMT+12", "Pacific/Kiritimati"] {
        let count = in_zone(zone, &["count", "Contacts"]);
        assert_eq!(count.code, Some(0), "{}", count.stderr);
    }

    let usage = usage(&env, &[]);

    let calls = usage["calls"].as_array().expect("a list").iter();
    let days: Vec<_> = calls
        .filter(|count| count["operation"] == "records.list")
        .map(|count| count["day"].as_str().expect("a day"))
        .collect();
    assert!(days.len() == 2 && days[0] < days[1], "{days:?}");
    for arguments in [&["count", "Contacts"][..], &["usage"]] {
        let unknown = in_zone("Eastern Standard Time", arguments);
        assert_eq!(unknown.code, Some(2), "{}", unknown.stderr);
        assert!(
            unknown.stderr.contains("America/New_York"),
            "{}",
            unknown.stderr
        );
    }
}
