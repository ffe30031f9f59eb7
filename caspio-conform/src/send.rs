//! Sends the requests of a probe.

use crate::answer::Answer;
use crate::fact::{Body, Request, Sender};
use crate::recorder::Recorder;
use crate::template::{Values, filled};
use caspio::http::header::{ACCEPT, AUTHORIZATION};
use caspio::http_client::HttpService;
use caspio::raw::HeaderValue;
use caspio::{ApiVersion, Client, Error, ErrorKind, RateLimiter, Result, RetryPolicy, Url};
use caspio_core::{Expect, Operation, Request as HttpRequest, Transport};
use serde_json::value::RawValue;
use std::sync::Arc;

/// The form of a body that every request accepts.
const ACCEPTED: &str = "application/json";

/// A token that the service has not issued.
const STRANGE_TOKEN: &str = "Bearer conform-is-not-a-token";

/// The name of the operation by which calls without the account's token are counted.
const OPERATION: &str = "conform";

/// Sends requests as the account and as others.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) client: Client,
    nobody: Transport,
    recorder: Recorder,
}

impl Caller {
    pub(crate) fn new(
        client: Client,
        recorder: Recorder,
        service: Arc<dyn HttpService>,
        limiter: RateLimiter,
    ) -> Result<Self> {
        let nobody = Transport::builder()
            .account(client.account())
            .service(service)
            .rate_limiter(limiter)
            .meter(client.meter().clone())
            .retry(RetryPolicy::none())
            .max_url(None)
            .build()?;
        Ok(Self {
            client,
            nobody,
            recorder,
        })
    }

    /// Sends a request and returns its response, whatever its status.
    pub(crate) async fn answer(
        &self,
        version: ApiVersion,
        request: &Request,
        values: &Values,
    ) -> Result<Answer> {
        let _ = self.recorder.take();
        let sent = match request.sender {
            Sender::Recorded => {
                return self.recorder.token().ok_or_else(|| {
                    let message = "the client used a token that an earlier run had requested";
                    Error::new(ErrorKind::Refused, message)
                });
            }
            Sender::Account => Box::pin(self.as_account(version, request, values)).await,
            Sender::Nobody | Sender::Stranger => {
                Box::pin(self.as_other(version, request, values)).await
            }
        };
        // The SDK reports a refusal as an error, and the recorder has its body.
        match (self.recorder.take(), sent) {
            (Some(answer), _) => Ok(answer),
            (None, Err(error)) => Err(error),
            (None, Ok(())) => Err(Error::new(ErrorKind::Protocol, "no response was recorded")),
        }
    }

    async fn as_account(
        &self,
        version: ApiVersion,
        request: &Request,
        values: &Values,
    ) -> Result<()> {
        let path = segments(&request.path, values);
        let mut call = self.client.raw(request.method.clone(), path);
        call = call.version(version).any_body();
        call = call.header(ACCEPT, HeaderValue::from_static(ACCEPTED));
        for (name, value) in &request.query {
            call = call.query(filled(name, values), filled(value, values));
        }
        if let Some(length) = request.url_length {
            let url = below(
                self.client.account().api_url(version),
                &request.path,
                values,
            );
            call = call.query(PADDING, padding(&url, length));
        }
        if let Some(Body::Json(json)) = &request.body {
            call = call.json(&raw_json(filled(json, values))?);
        }
        for (name, value) in &request.headers {
            call = call.header(name.clone(), value.clone());
        }
        call.await.map(drop)
    }

    async fn as_other(
        &self,
        version: ApiVersion,
        request: &Request,
        values: &Values,
    ) -> Result<()> {
        let account = self.client.account();
        let mut url = match request.path.strip_prefix('/') {
            Some(path) => below(account.base_url(), path, values),
            None => below(account.api_url(version), &request.path, values),
        };
        for (name, value) in &request.query {
            url.query_pairs_mut()
                .append_pair(&filled(name, values), &filled(value, values));
        }
        if let Some(length) = request.url_length {
            let pad = padding(&url, length);
            url.query_pairs_mut().append_pair(PADDING, &pad);
        }
        let operation = Operation::new(OPERATION);
        let mut http = HttpRequest::new(request.method.clone(), url, operation);
        http = http.expect(Expect::Anything);
        http = http.header(ACCEPT, HeaderValue::from_static(ACCEPTED));
        http = match &request.body {
            None => http,
            Some(Body::Json(json)) => http.json(filled(json, values)),
            Some(Body::Form(pairs)) => http.form(pairs),
        };
        for (name, value) in &request.headers {
            http = http.header(name.clone(), value.clone());
        }
        if request.sender == Sender::Stranger {
            let token = HeaderValue::from_static(STRANGE_TOKEN);
            http = http.header(AUTHORIZATION, token);
        }
        self.nobody.send(http).await.map(drop)
    }
}

/// The parameter that makes a URL longer; the service does not know it.
const PADDING: &str = "padding";

/// Returns the value of a parameter that makes a URL of this length. The URL has no other parameter.
fn padding(url: &Url, length: usize) -> String {
    let shortest = url.as_str().len() + "?=".len() + PADDING.len();
    "x".repeat(length.saturating_sub(shortest))
}

fn segments(path: &str, values: &Values) -> Vec<String> {
    let segments = path.split('/').map(|segment| filled(segment, values));
    segments.collect()
}

fn below(mut url: Url, path: &str, values: &Values) -> Url {
    if let Ok(mut parts) = url.path_segments_mut() {
        parts.pop_if_empty().extend(segments(path, values));
    }
    url
}

/// Returns JSON that is sent as it is: numbers keep their digits.
fn raw_json(json: String) -> Result<Box<RawValue>> {
    RawValue::from_string(json).map_err(|error| {
        let message = format!("the body of the probe is not JSON: {error}");
        Error::new(ErrorKind::Refused, message)
    })
}
