//! "Test your connection".

use caspio::diagnosis::Cause;
use caspio::prelude::*;
use caspio_tests::world;

#[tokio::test]
async fn a_good_connection_costs_one_call_beside_the_token() {
    let world = world().await;

    let checked = world.caspio.check().await.expect("a good connection");

    assert!(checked.tables >= 5);
    assert_eq!(checked.host, "127.0.0.1");
    assert_eq!(world.emulator.calls().total(), 2);
}

#[tokio::test]
async fn a_wrong_secret_is_told_in_words() {
    let world = world().await;
    let caspio = Client::builder()
        .account(world.emulator.url())
        .credentials(world.emulator.client_id(), "wrong")
        .build()
        .expect("a client");

    let error = caspio.check().await.expect_err("a wrong secret");

    assert_eq!(Cause::of(&error), Cause::Credentials);
    assert!(error.to_string().contains("secret is wrong"), "{error}");
}

#[tokio::test]
async fn a_service_that_is_not_there_is_told_in_words() {
    // Nothing listens on the discard port of a machine of ours.
    let caspio = Client::builder()
        .account("http://127.0.0.1:9")
        .credentials("id", "secret")
        .build()
        .expect("a client");

    let error = caspio.check().await.expect_err("nobody is there");

    assert_eq!(Cause::of(&error), Cause::Network, "{error}");
    assert!(error.to_string().contains("not reached"), "{error}");
}
