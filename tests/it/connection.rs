//! Connection tests.

use caspio::diagnosis::Cause;
use caspio::prelude::*;
use caspio::{ApiVersion, RetryPolicy};
use caspio_emulator::{Fault, Faults, Rule};
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

#[tokio::test]
async fn without_retries_a_token_is_requested_once() {
    let env = TestEnv::start().await;
    let fails = Rule::new(Fault::Reset).operation("Token");
    env.emulator
        .set_faults(Faults::none().rule(fails.rate(1.0)));
    for (retry, calls) in [
        (RetryPolicy::none(), 1),
        (RetryPolicy::default().budget(0), 1),
    ] {
        let builder = Client::builder()
            .account(env.emulator.url())
            .credentials(env.emulator.client_id(), env.emulator.client_secret());
        let caspio = builder.retry(retry).build().expect("a client");

        let error = caspio.tables().await.expect_err("no token");

        assert_eq!(env.emulator.calls().operation("Token"), calls, "{error}");
        assert_eq!(error.attempts(), 1);
        env.emulator.reset_calls();
    }
}

#[test]
fn types_of_arguments_and_results_can_be_named() {
    fn recent(span: caspio::Span) -> Option<caspio::Span> {
        Some(span)
    }
    fn secret(text: &str) -> caspio::SecretString {
        caspio::SecretString::from(text)
    }
    fn calls(counts: &caspio::calls::MeterSnapshot) -> u64 {
        counts.calls
    }
    let counts = caspio::Meter::new().snapshot();
    assert_eq!(calls(&counts), 0);
    assert!(recent(caspio::prelude::ToSpan::days(1)).is_some());
    let builder = Client::builder().credentials("id", secret("s"));
    drop(builder);
    assert!(caspio::Bytes::new().is_empty());
}
