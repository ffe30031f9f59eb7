//! Faults as a client sees them.

mod common;

use caspio_emulator::{Fault, Faults, Rule};
use common::{Caspio, code, read};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn always(fault: Fault) -> Faults {
    Faults::none().rule(Rule::new(fault).always())
}

#[tokio::test]
async fn rate_limit_is_an_array_with_429_or_400() {
    let caspio = Caspio::sample().await;
    for (fault, wanted) in [(Fault::RateLimit, 429), (Fault::RateLimitAs400, 400)] {
        caspio.emulator.set_faults(always(fault));

        let (status, body) = read(caspio.get("tables", &[]).await).await;

        assert_eq!(status.as_u16(), wanted);
        assert_eq!(body[0]["name"], "api-calls-rate");
    }
}

#[tokio::test]
async fn bad_gateway_is_html() {
    let caspio = Caspio::sample().await;
    caspio.emulator.set_faults(always(Fault::BadGateway));

    let response = caspio.get("tables", &[]).await;

    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(response.headers()["Content-Type"], "text/html");
    assert!(response.text().await.expect("a body").starts_with("<html>"));
}

#[tokio::test]
async fn reset_happens_before_or_after_the_write() {
    let caspio = Caspio::sample().await;
    let insert = async |name: &str| {
        caspio
            .request(Method::POST, "tables/City/records")
            .header("Content-Type", "application/json")
            .body(json!({ "Name": name }).to_string())
            .send()
            .await
    };

    caspio.emulator.set_faults(always(Fault::Reset));
    assert!(insert("before").await.is_err());
    assert_eq!(caspio.emulator.count("City").expect("the table"), 12);

    caspio.emulator.set_faults(always(Fault::ResetAfterwards));
    assert!(insert("after").await.is_err());
    assert_eq!(caspio.emulator.count("City").expect("the table"), 13);

    assert_eq!(caspio.emulator.calls().responses("CreateTableRecord", 0), 2);
}

#[tokio::test]
async fn response_is_cut_short() {
    let caspio = Caspio::sample().await;
    caspio.emulator.set_faults(always(Fault::CutShort));

    let response = caspio.get("tables/Contacts/records", &[]).await;

    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.text().await.is_err());
}

#[tokio::test]
async fn slow_response_is_complete() {
    let caspio = Caspio::sample().await;
    caspio
        .emulator
        .set_faults(always(Fault::SlowDrip).drip(Duration::from_millis(10)));
    let start = Instant::now();

    let rows = caspio.rows("tables/Contacts/records", &[]).await;

    assert_eq!(rows.len(), 100);
    assert!(start.elapsed() >= Duration::from_millis(80));
}

#[tokio::test]
async fn token_is_revoked_or_reported_as_expired() {
    let caspio = Caspio::sample().await;

    caspio.emulator.set_faults(always(Fault::StaleTokenAs400));
    let stale = caspio.refusal("tables", &[]).await;
    caspio
        .emulator
        .set_faults(Faults::none().rule(Rule::new(Fault::RevokeToken).calls([1])));
    let revoked = caspio.refusal("tables", &[]).await;
    let afterwards = caspio.refusal("tables", &[]).await;

    assert_eq!(stale, (400, "IncorrectQueryParameter".into()));
    assert_eq!(revoked.0, 401);
    assert_eq!(afterwards.0, 401);
}

#[tokio::test]
async fn a_schedule_hits_the_calls_of_one_operation() {
    let caspio = Caspio::sample().await;
    caspio.emulator.set_faults(
        Faults::none().rule(
            Rule::new(Fault::InternalError)
                .operation("ListTableRecords")
                .calls([2]),
        ),
    );

    let mut statuses = Vec::new();
    for path in [
        "tables/City/records",
        "tables",
        "tables/City/records",
        "tables/City/records",
    ] {
        statuses.push(caspio.get(path, &[]).await.status().as_u16());
    }

    assert_eq!(statuses, [200, 200, 500, 200]);
}

#[tokio::test]
#[should_panic = "there is no operation `ListTableRecord`; did you mean `ListTableRecords`?"]
async fn a_rule_for_an_operation_that_does_not_exist_is_a_mistake_of_the_test() {
    let caspio = Caspio::sample().await;
    let rule = Rule::new(Fault::Reset).operation("ListTableRecord");

    caspio.emulator.set_faults(Faults::none().rule(rule));
}

#[tokio::test]
async fn names_of_operations_and_members_are_checked_over_http() {
    let caspio = Caspio::sample().await;
    let put = async |faults: Value| {
        let url = format!("{}/_emulator/faults", caspio.emulator.url());
        let request = caspio.http.put(url).body(faults.to_string());
        read(request.send().await.expect("a response")).await
    };
    let rule = |operation: &str| json!({ "rules": [{ "fault": "reset", "operation": operation }] });

    for name in [
        "Token",
        "Unknown",
        "createtablerecord",
        "CreateTableRecords",
    ] {
        assert_eq!(put(rule(name)).await.0, StatusCode::NO_CONTENT, "{name}");
    }
    for (faults, reason) in [
        (rule("ListTableRecord"), "did you mean `ListTableRecords`?"),
        (rule("Nothing alike"), "docs/coverage.md"),
        (json!({ "drip": 5 }), "drip"),
        (
            json!({ "rules": [{ "fault": "reset", "always": true }] }),
            "always",
        ),
    ] {
        let (status, body) = put(faults).await;
        let message = body["Message"].as_str().unwrap_or_default();
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert!(message.contains(reason), "{message}");
    }
}

#[tokio::test]
async fn the_pause_of_a_slow_response_has_one_default() {
    let caspio = Caspio::sample().await;
    let url = format!("{}/_emulator/faults", caspio.emulator.url());
    let faults = json!({ "rules": [{ "fault": "slowDrip", "rate": 1.0 }] });
    let request = caspio.http.put(&url).body(faults.to_string());
    request.send().await.expect("a response");

    let (_, set) = read(caspio.http.get(&url).send().await.expect("a response")).await;

    assert_eq!(set["dripMs"], 50);
}

#[tokio::test]
async fn a_restored_key_that_is_in_use_is_named() {
    let caspio = Caspio::sample().await;
    let city = json!({ "PK_ID": 1, "Name": "Rome" });

    let error = caspio
        .emulator
        .restore("City", [city])
        .expect_err("a key in use");

    assert!(error.to_string().contains("'PK_ID'"), "{error}");
}

#[tokio::test]
async fn window_and_quota_refuse_calls() {
    let caspio = Caspio::sample().await;
    let four = async || {
        let mut statuses = Vec::new();
        for _ in 0..4 {
            statuses.push(caspio.get("tables", &[]).await.status().as_u16());
        }
        statuses
    };

    caspio
        .emulator
        .set_faults(Faults::none().rate_limit(3, Duration::from_secs(60)));
    assert_eq!(four().await, [200, 200, 200, 429]);

    caspio.emulator.set_faults(Faults::none().quota(1));
    assert_eq!(four().await, [200, 429, 429, 429]);
}

#[tokio::test]
async fn another_process_sets_faults_and_reads_the_count() {
    let caspio = Caspio::sample().await;
    let admin = |method: Method, path: &str, body: Value| {
        let url = format!("{}/_emulator/{path}", caspio.emulator.url());
        let request = caspio.http.request(method, url).body(body.to_string());
        async move { read(request.send().await.expect("a response")).await }
    };

    let faults = json!({ "rules": [{ "fault": "internalError", "rate": 1.0 }] });
    let (set, _) = admin(Method::PUT, "faults", faults).await;
    let (status, body) = read(caspio.get("tables", &[]).await).await;
    let (cleared, _) = admin(Method::DELETE, "faults", Value::Null).await;
    let (_, calls) = admin(Method::GET, "calls", Value::Null).await;

    assert_eq!(set, StatusCode::NO_CONTENT);
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(code(&body), "InternalError");
    assert_eq!(cleared, StatusCode::NO_CONTENT);
    assert_eq!(calls["total"], 1);
    assert_eq!(calls["operations"][0]["operation"], "ListTables");
}

#[tokio::test]
async fn insert_may_respond_without_a_location() {
    let caspio = Caspio::sample().await;
    let rule = Rule::new(Fault::NoLocation).calls([1]);
    caspio.emulator.set_faults(Faults::none().rule(rule));
    let insert = async |name: &str| {
        let request = caspio.request(Method::POST, "tables/City/records");
        let request = request.header("Content-Type", "application/json");
        let request = request.body(json!({ "Name": name }).to_string());
        let response = request.send().await.expect("a response");
        assert_eq!(response.status(), StatusCode::CREATED);
        response.headers().contains_key("Location")
    };

    assert!(!insert("first").await);
    assert!(insert("second").await);
    assert_eq!(caspio.emulator.count("City").expect("the table"), 14);
}
