//! A server that differs from the facts on purpose: exactly those differences are reported, without values.

use crate::server::{emulator, everything, run};
use caspio::http;
use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio_conform::{Finding, Outcome, Plan, facts};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The facts that do not hold for [`Deviating`].
const DEVIATIONS: [&str; 10] = [
    "limit-is-capped",
    "small-page-sizes",
    "american-dates",
    "location-of-a-new-record",
    "unknown-column-in-select",
    "key-of-a-view",
    "call-without-token",
    "longer-urls",
    "last-moment-of-a-day",
    "bulk-insert-of-nothing",
];

/// A server that behaves like the emulator behind it, apart from [`DEVIATIONS`].
#[derive(Debug)]
struct Deviating(Arc<dyn HttpService>);

impl HttpService for Deviating {
    fn call(
        &self,
        mut request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        async move {
            let uri = request.uri().to_string();
            let body = request.body().as_bytes().cloned().unwrap_or_default();
            let body = String::from_utf8_lossy(&body).into_owned();
            let is_api = uri.contains("/integrations/rest/") || uri.contains("/rest/v2/");
            let has_token = request.headers().contains_key("authorization");
            if is_api && !has_token && uri.len() < 2_048 && uri.ends_with("/tables") {
                return Ok(refused(403, "Forbidden"));
            }
            if uri.contains("imit=5000") {
                return Ok(refused(400, "IncorrectQueryParameter"));
            }
            if body.contains("08/12/2025") {
                return Ok(refused(400, "InvalidInputValue"));
            }
            *request.uri_mut() = uri
                .replace("ageSize=4", "ageSize=5")
                .parse()
                .expect("a URI");
            changed(&uri, self.0.call(request).await?).await
        }
        .boxed()
    }
}

async fn changed(
    uri: &str,
    response: http::Response<Body>,
) -> Result<http::Response<Body>, HttpError> {
    let (mut parts, body) = response.into_parts();
    let body = body.bytes(usize::MAX).await?;
    let mut text = String::from_utf8_lossy(&body).into_owned();
    parts.headers.remove("location");
    parts.headers.remove("content-length");
    let asks_for_a_column = uri.contains("elect=ConformHasNoSuchColumn");
    match parts.status.as_u16() {
        500 if asks_for_a_column => parts.status = http::StatusCode::BAD_REQUEST,
        414 => parts.status = http::StatusCode::BAD_REQUEST,
        207 if text.contains("\"PK_ID\":[]") => parts.status = http::StatusCode::BAD_REQUEST,
        _ => {}
    }
    if uri.contains("/views/") && uri.contains("elect=PK_ID") {
        text = text.replace("\"PK_ID\":\"", "\"PK_ID\":1,\"Text\":\"");
    }
    if uri.contains("elect=Due") {
        text = text.replace("2026-01-02T00:00:00", "2026-01-01T23:59:59.997");
    }
    Ok(http::Response::from_parts(
        parts,
        Body::from(text.into_bytes()),
    ))
}

fn refused(status: u16, code: &str) -> http::Response<Body> {
    let body = format!("{{\"Code\":\"{code}\",\"Message\":\"no\"}}");
    let mut response = http::Response::new(Body::from(body.into_bytes()));
    *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
    response
}

/// The fact and the version of a finding.
fn place(finding: &Finding) -> (String, &'static str) {
    (finding.fact.clone(), finding.version)
}

#[tokio::test]
async fn exactly_the_deviations_are_reported() {
    let emulator = emulator().await;
    let plan = Plan::new(everything()).expect("a plan");

    let report = run(&emulator, &plan, |service| Arc::new(Deviating(service))).await;

    let reported: BTreeSet<_> = report.differences().map(place).collect();
    let facts = facts().expect("no mistake").iter();
    let deviating = facts.filter(|fact| DEVIATIONS.contains(&fact.id.as_str()));
    let expected: BTreeSet<_> = deviating
        .flat_map(|fact| {
            let versions = fact.versions.iter().map(|version| version.as_str());
            versions.map(|version| (fact.id.clone(), version))
        })
        .collect();
    assert_eq!(reported, expected);
}

#[tokio::test]
async fn one_fact_is_probed_alone() {
    let emulator = emulator().await;
    let mut choice = everything();
    choice.only = vec!["longer-urls".to_owned()];
    choice.scratch = None;
    let plan = Plan::new(choice).expect("a plan");

    let report = run(&emulator, &plan, |service| Arc::new(Deviating(service))).await;

    let places: Vec<_> = report.differences().map(place).collect();
    let versions = ["v2", "v3", "v4"];
    assert_eq!(
        places,
        versions.map(|version| ("longer-urls".to_owned(), version))
    );
    assert_eq!(report.findings.len(), places.len());
}

/// Shows every record as one object of another kind.
#[derive(Debug)]
struct KeysAreLost(Arc<dyn HttpService>);

impl HttpService for KeysAreLost {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        async move {
            let (mut parts, body) = self.0.call(request).await?.into_parts();
            let body = body.bytes(usize::MAX).await?;
            let text = String::from_utf8_lossy(&body).replace("\"PK_ID\"", "\"My_Key\"");
            parts.headers.remove("content-length");
            Ok(http::Response::from_parts(
                parts,
                Body::from(text.into_bytes()),
            ))
        }
        .boxed()
    }
}

/// Loses the connection after some calls, or has no v4.
#[derive(Debug)]
struct Failing {
    service: Arc<dyn HttpService>,
    calls_left: AtomicUsize,
    has_v4: bool,
}

impl HttpService for Failing {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let left = self.calls_left.load(Ordering::SeqCst);
        self.calls_left
            .store(left.saturating_sub(1), Ordering::SeqCst);
        let is_of_v4 = request.uri().path().contains("/v4");
        async move {
            match (left, is_of_v4 && !self.has_v4) {
                (0, _) => Err(HttpError::new(HttpErrorKind::NeverSent)),
                (_, true) => Ok(refused(404, "ResourceNotFound")),
                _ => self.service.call(request).await,
            }
        }
        .boxed()
    }
}

#[tokio::test]
async fn a_lost_connection_ends_the_run_and_keeps_what_was_found() {
    let emulator = emulator().await;
    let plan = Plan::new(everything()).expect("a plan");
    let failing = |service| -> Arc<dyn HttpService> {
        Arc::new(Failing {
            service,
            calls_left: AtomicUsize::new(30),
            has_v4: true,
        })
    };

    let report = run(&emulator, &plan, failing).await;

    let agree = report.findings.iter();
    let agree = agree.filter(|finding| matches!(finding.outcome, Outcome::Agrees));
    assert!(agree.count() > 5);
    assert_eq!(report.differences().count(), 0);
    assert_eq!(report.findings.len(), plan.planned().len());
    assert!(report.records_left);
}

#[tokio::test]
async fn an_account_without_v4_is_probed_in_the_others() {
    let emulator = emulator().await;
    let plan = Plan::new(everything()).expect("a plan");
    let failing = |service| -> Arc<dyn HttpService> {
        Arc::new(Failing {
            service,
            calls_left: AtomicUsize::new(usize::MAX),
            has_v4: false,
        })
    };

    let report = run(&emulator, &plan, failing).await;

    assert!(report.differences().all(|finding| finding.version == "v4"));
    let is_v3 = |finding: &&Finding| finding.version == "v3";
    let agree = report.findings.iter().filter(is_v3);
    let agree = agree.filter(|finding| matches!(finding.outcome, Outcome::Agrees));
    assert!(agree.count() > 100);
}

#[tokio::test]
async fn a_report_has_no_values_no_names_and_no_secrets() {
    let emulator = emulator().await;
    let mut choice = everything();
    choice.scratch = None;
    let plan = Plan::new(choice).expect("a plan");

    let report = run(&emulator, &plan, |service| Arc::new(KeysAreLost(service))).await;

    assert!(report.differences().count() > 3);
    let json = serde_json::to_string(&report).expect("JSON");
    let secret = emulator.client_secret();
    let hidden = [
        "Contacts",
        "First_Name",
        "example.com",
        "My_Key",
        secret,
        "127.0.0.1",
        "localhost",
    ];
    for text in hidden {
        assert!(!json.contains(text), "the report contains {text:?}: {json}");
    }
}
