//! A client of a service whose responses a test writes.

use caspio::http_client::{Body, HttpError, HttpService};
use caspio::prelude::*;
use caspio::{ApiVersion, RateLimiter, RetryPolicy};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::fmt;
use std::sync::Arc;

/// Responds to every call with the text that a function makes from the call's decoded URL. An error of Caspio's has
/// status 400.
struct Scripted(Box<dyn Fn(&str) -> String + Send + Sync>);

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}

impl HttpService for Scripted {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let body = match request.uri().path() {
            "/oauth/token" => {
                r#"{"access_token":"token","token_type":"bearer","expires_in":86399}"#.to_owned()
            }
            _ => (self.0)(&request.uri().to_string().replace("%20", " ")),
        };
        let is_error = body.starts_with("{\"Code\"");
        let mut response = http::Response::new(Body::from(body.into_bytes()));
        if is_error {
            *response.status_mut() = http::StatusCode::BAD_REQUEST;
        }
        async move { Ok(response) }.boxed()
    }
}

/// Creates a client of a service that responds with the text that a function makes from a call's URL.
pub fn client_of(
    version: ApiVersion,
    response: impl Fn(&str) -> String + Send + Sync + 'static,
) -> Client {
    Client::builder()
        .account("b3poa")
        .credentials("id", "secret")
        .api_version(version)
        .retry(RetryPolicy::none())
        .rate_limiter(RateLimiter::unlimited())
        .http_service(Arc::new(Scripted(Box::new(response))))
        .build()
        .expect("a client")
}

/// Creates a client whose reads on v3 return these records, as the text of a JSON array.
pub fn client_of_records(records: impl Into<String>) -> Client {
    let records = records.into();
    client_of(ApiVersion::V3, move |_| format!("{{\"Result\":{records}}}"))
}
