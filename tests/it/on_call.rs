//! The function that is called for each attempt.

use caspio::Client;
use caspio_emulator::{Fault, Faults, Rule};
use caspio_tests::TestEnv;
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn each_attempt_is_reported_to_the_function_of_the_builder() {
    let env = TestEnv::start().await;
    let fails = Rule::new(Fault::BadGateway).operation("ListTableRecords");
    env.emulator
        .set_faults(Faults::none().rule(fails.calls(1..2)));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let builder = Client::builder()
        .account(env.emulator.url())
        .credentials(env.emulator.client_id(), env.emulator.client_secret());
    let caspio = builder.on_call(move |call| {
        let table = call.operation.table.clone();
        let status = call.status.map(|status| status.as_u16());
        kept.lock()
            .expect("no panic")
            .push((call.operation.name, table, call.attempt, status));
    });
    let caspio = caspio.build().expect("a client");

    caspio
        .table_named("Contacts")
        .count()
        .await
        .expect("a count");

    let table = || Some("Contacts".to_owned());
    assert_eq!(
        *seen.lock().expect("no panic"),
        [
            ("records.list", table(), 1, Some(502)),
            ("records.list", table(), 2, Some(200)),
        ]
    );
}
