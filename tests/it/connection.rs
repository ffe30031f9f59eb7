//! Connection tests.

use caspio::ApiVersion;
use caspio::diagnosis::Cause;
use caspio::prelude::*;
use caspio_tests::TestEnv;

#[tokio::test]
async fn a_good_connection_costs_one_call_and_the_token() {
    let env = TestEnv::start().await;

    let checked = env
        .caspio
        .test_connection()
        .await
        .expect("a good connection");

    assert!(checked.tables >= 5);
    assert_eq!(checked.host, "127.0.0.1");
    assert_eq!(env.emulator.calls().total(), 2);
}

#[tokio::test]
async fn a_wrong_secret_is_explained() {
    let env = TestEnv::start().await;
    let caspio = Client::builder()
        .account(env.emulator.url())
        .credentials(env.emulator.client_id(), "wrong")
        .build()
        .expect("a client");

    let error = caspio.test_connection().await.expect_err("a wrong secret");

    assert_eq!(Cause::of(&error), Cause::Credentials);
    assert!(error.to_string().contains("secret is wrong"), "{error}");
}

#[tokio::test]
async fn an_unreachable_service_is_explained() {
    // Nothing listens on the discard port here.
    let caspio = Client::builder()
        .account("http://127.0.0.1:9")
        .credentials("id", "secret")
        .build()
        .expect("a client");

    let error = caspio.test_connection().await.expect_err("nobody is there");

    assert_eq!(Cause::of(&error), Cause::Network, "{error}");
    assert!(error.to_string().contains("cannot be reached"), "{error}");
}

#[tokio::test]
async fn the_profile_has_its_rate_limit_on_every_version() {
    for version in [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4] {
        let env = TestEnv::start().version(version).await;

        let profile = env.caspio.profile().await.expect("a profile");

        let limit = profile.rate_limit.expect("a limit");
        assert_eq!((limit.calls, limit.window.as_secs()), (2_000, 300));
        assert!(profile.name.is_some());
        assert_eq!(env.caspio.meter().snapshot().operations["me"].calls, 1);
    }
}
