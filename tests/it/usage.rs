//! The billed calls by day, operation, table and outcome.

use caspio::calls::CallOutcome;
use caspio::{Client, ClientBuilder, Date};
use caspio_emulator::{Fault, Faults, Rule};
use caspio_tests::TestEnv;
use std::time::Duration;

fn builder(env: &TestEnv) -> ClientBuilder {
    Client::builder()
        .account(env.emulator.url())
        .credentials(env.emulator.client_id(), env.emulator.client_secret())
}

/// Returns the counts without their day.
fn lines(caspio: &Client) -> Vec<String> {
    let counts = caspio.usage().counts.into_iter();
    let lines = counts.map(|count| count.to_string());
    lines.map(|line| line[11..].to_owned()).collect()
}

#[tokio::test]
async fn every_billed_call_is_counted_with_its_table_and_outcome() {
    let env = TestEnv::start().await;
    let refused = Rule::new(Fault::RateLimit).operation("ListTableRecords");
    let faults = Faults::none().rule(refused.calls([2]));
    env.emulator.set_faults(faults);

    for table in ["Contacts", "Orders"] {
        let count = env.caspio.table_named(table).count();
        count.await.expect("a count");
    }
    let missing = env.caspio.table_named("Nowhere").count().await;
    missing.expect_err("no such table");

    let usage = env.caspio.usage();
    assert_eq!(
        lines(&env.caspio),
        [
            "auth.token: 1 with status 200",
            "records.list Contacts: 1 with status 200",
            "records.list Nowhere: 1 with status 404",
            "records.list Orders: 1 with status 200",
            "records.list Orders: 1 with status 429",
        ]
    );
    assert_eq!(usage.calls(), env.emulator.calls().total());
    assert!(usage.since <= usage.until);
}

#[tokio::test]
async fn a_call_that_is_cancelled_is_counted_and_one_that_is_not_sent_is_not() {
    let env = TestEnv::start().await;
    env.caspio.tables().await.expect("tables");
    env.emulator
        .set_faults(Faults::none().latency(Duration::from_secs(60)));

    let count = env.caspio.table_named("Contacts").count();
    tokio::time::timeout(Duration::from_millis(200), count)
        .await
        .expect_err("it stalls");
    let nobody = Client::builder()
        .account("http://127.0.0.1:9")
        .credentials("id", "secret")
        .build();
    let nobody = nobody.expect("a client");
    nobody.tables().await.expect_err("nothing listens");

    let last = env.caspio.usage().counts.pop().expect("a count");
    assert_eq!(
        (last.table.as_deref(), last.outcome),
        (Some("Contacts"), CallOutcome::Unanswered)
    );
    assert!(nobody.usage().counts.is_empty());
}

#[tokio::test]
async fn days_are_those_of_the_accounts_time_zone() {
    let env = TestEnv::start().await;
    // Their clocks are 26 hours apart.
    let mut days: Vec<Date> = Vec::new();
    for zone in ["Etc/GMT+12", "Pacific/Kiritimati"] {
        let caspio = builder(&env).time_zone(zone).build().expect("a client");
        caspio.tables().await.expect("tables");
        let usage = caspio.usage();
        days.push(usage.counts[0].day);
        assert!(usage.until.date() >= usage.counts[0].day);
    }
    assert!(days[0] < days[1], "{days:?}");
}
