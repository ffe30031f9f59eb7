//! A gateway before the service, which loses requests or responses and answers itself.

use caspio::http_client::{Body, HttpError, HttpService, ReqwestService};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::atomic::{AtomicU64, Ordering};

/// What it answers instead of the service.
const RESPONSES: [(u16, &str, &str); 5] = [
    (500, "text/plain", ""),
    (
        502,
        "application/json",
        r#"{"code":502,"message":"Bad Gateway"}"#,
    ),
    (
        503,
        "application/json",
        r#"{"statusCode":503,"error":"Service Unavailable","message":"x"}"#,
    ),
    (504, "application/json", r#"{"error":"gateway timeout"}"#),
    (502, "text/html", "<!DOCTYPE html><html></html>"),
];

#[derive(Debug)]
pub(crate) struct Gateway {
    service: ReqwestService,
    /// The share of calls that it loses.
    share: f64,
    seed: u64,
    calls: AtomicU64,
}

impl Gateway {
    pub(crate) fn new(service: ReqwestService, share: f64, seed: u64) -> Self {
        Self {
            service,
            share,
            seed,
            calls: AtomicU64::new(0),
        }
    }
}

impl HttpService for Gateway {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let number = scrambled(self.seed ^ scrambled(call));
        let is_lost = (number % 10_000) as f64 / 10_000.0 < self.share;
        let is_for_token = request.uri().path().ends_with("/token");
        if !is_lost || is_for_token {
            return self.service.call(request);
        }
        let number = scrambled(number);
        async move {
            // Half of the lost calls have reached the service.
            if number.is_multiple_of(2) {
                self.service.call(request).await?;
            }
            let (status, content_type, body) = RESPONSES[(number / 2) as usize % RESPONSES.len()];
            let mut response = http::Response::new(Body::from(body));
            *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
            let content_type = http::HeaderValue::from_static(content_type);
            response.headers_mut().insert("content-type", content_type);
            Ok(response)
        }
        .boxed()
    }
}

/// Returns a number that depends on every bit of another one (the finalizer of SplitMix64).
fn scrambled(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
