//! The token endpoint and the validity of tokens.

mod common;

use caspio_emulator::{ApiProfile, Emulator};
use common::{Caspio, read};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

async fn ask(caspio: &Caspio, basic: Option<(&str, &str)>, body: &str) -> (StatusCode, Value) {
    let mut request = caspio
        .http
        .post(format!("{}/oauth/token", caspio.emulator.url()))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(body.to_owned());
    if let Some((id, secret)) = basic {
        request = request.basic_auth(id, Some(secret));
    }
    read(request.send().await.expect("a response")).await
}

#[tokio::test]
async fn credentials_in_the_header_or_in_the_body_get_a_token_for_a_day() {
    let caspio = Caspio::empty().await;

    let by_header = ask(
        &caspio,
        Some(("demo", "demo-secret")),
        "grant_type=client_credentials",
    )
    .await;
    let by_body = ask(
        &caspio,
        None,
        "grant_type=client_credentials&client_id=demo&client_secret=demo-secret",
    )
    .await;

    for (status, body) in [by_header, by_body] {
        assert_eq!(status, StatusCode::OK);
        assert_eq!(body["token_type"], "bearer");
        assert_eq!(body["expires_in"], 86_399);
        let refresh = body["refresh_token"].as_str().expect("a refresh token");
        assert_eq!(refresh.len(), 64);
        assert!(refresh.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
    assert_eq!(caspio.emulator.calls().token_requests(), 2);
}

#[tokio::test]
async fn wrong_credentials_are_an_invalid_client() {
    let caspio = Caspio::empty().await;

    let by_header = ask(
        &caspio,
        Some(("demo", "wrong")),
        "grant_type=client_credentials",
    )
    .await;
    let by_body = ask(
        &caspio,
        None,
        "grant_type=client_credentials&client_id=demo&client_secret=wrong",
    )
    .await;

    let error = json!({ "error": "invalid_client" });
    assert_eq!(by_header, (StatusCode::UNAUTHORIZED, error.clone()));
    assert_eq!(by_body, (StatusCode::BAD_REQUEST, error));
}

#[tokio::test]
async fn a_refresh_token_gets_another_token_until_it_is_revoked() {
    let caspio = Caspio::empty().await;
    let demo = Some(("demo", "demo-secret"));
    let (_, first) = ask(&caspio, demo, "grant_type=client_credentials").await;
    let refresh = format!(
        "grant_type=refresh_token&refresh_token={}",
        first["refresh_token"].as_str().expect("a refresh token")
    );

    let (status, second) = ask(&caspio, demo, &refresh).await;
    assert_eq!(status, StatusCode::OK);
    assert_ne!(first["access_token"], second["access_token"]);

    caspio.emulator.revoke_tokens();
    let (status, body) = ask(&caspio, demo, &refresh).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(body["error"], "invalid_grant");
}

#[tokio::test]
async fn without_refresh_tokens_the_member_is_missing() {
    let caspio = Caspio::start(Emulator::builder().empty().no_refresh_tokens()).await;

    let (_, body) = ask(
        &caspio,
        Some(("demo", "demo-secret")),
        "grant_type=client_credentials",
    )
    .await;

    assert_eq!(body.get("refresh_token"), None);
}

#[tokio::test]
async fn call_without_a_valid_token_is_401() {
    let caspio = Caspio::start(
        Emulator::builder()
            .empty()
            .token_lifetime(Duration::from_secs(60)),
    )
    .await;
    let with = |authorization: String| {
        let request = caspio
            .http
            .get(caspio.url("tables"))
            .header("Authorization", authorization);
        async move { request.send().await.expect("a response").status() }
    };

    assert_eq!(
        with(format!("bearer {}", caspio.token)).await,
        StatusCode::OK
    );
    assert_eq!(
        with("Bearer nonsense".into()).await,
        StatusCode::UNAUTHORIZED
    );

    caspio.emulator.expire_tokens();
    let expired = with(format!("Bearer {}", caspio.token)).await;
    assert_eq!(expired, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_disabled_profile_gets_a_token_and_nothing_else() {
    let caspio = Caspio::start(
        Emulator::builder()
            .empty()
            .profile(ApiProfile::new("off", "off").disabled()),
    )
    .await;
    let (_, body) = ask(
        &caspio,
        Some(("off", "off")),
        "grant_type=client_credentials",
    )
    .await;

    let response = caspio
        .http
        .get(caspio.url("tables"))
        .bearer_auth(body["access_token"].as_str().expect("a token"))
        .send()
        .await
        .expect("a response");

    let (status, body) = read(response).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body["Code"], "ProfileDisabled");
}
