//! A client of the emulator whose requests are recorded and whose responses a test may change.

use bytes::Bytes;
use caspio::http::StatusCode;
use caspio::http::header::{self, HeaderName};
use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService, ReqwestService};
use caspio::prelude::*;
use caspio::{Account, ApiVersion, RateLimiter, RetryPolicy};
use caspio_emulator::Emulator;
use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// One request, other than for a token.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) method: String,
    /// The path and query below the base of the version.
    pub(super) target: String,
    pub(super) headers: http::HeaderMap,
    pub(super) body: Bytes,
    /// The length that was announced before the body was read.
    pub(super) length: Option<u64>,
}

impl Seen {
    pub(super) fn header(&self, name: HeaderName) -> Option<&str> {
        let value = self.headers.get(name)?;
        Some(value.to_str().expect("text"))
    }

    pub(super) fn is_download(&self) -> bool {
        self.method == "GET" && self.header(header::ACCEPT) == Some("application/octet-stream")
    }

    pub(super) fn is_upload(&self) -> bool {
        let content_type = self.header(header::CONTENT_TYPE).unwrap_or_default();
        content_type.starts_with("multipart/form-data")
    }
}

/// A response of the emulator with its whole body.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: http::HeaderMap,
    pub(super) body: Bytes,
    /// The response does not announce the length of its body.
    pub(super) is_unsized: bool,
    /// Where the connection breaks.
    pub(super) cut_at: Option<usize>,
    /// The request reached the emulator, and the response is lost.
    pub(super) is_lost: bool,
}

impl Answer {
    pub(super) fn set(&mut self, name: HeaderName, value: impl fmt::Display) {
        let value = value.to_string().parse().expect("a header");
        self.headers.insert(name, value);
    }

    /// Becomes an error of Caspio's.
    pub(super) fn fail(&mut self, status: u16, code: &str) {
        self.status = StatusCode::from_u16(status).expect("a status");
        self.body = format!(r#"{{"Code":"{code}","Message":"no"}}"#).into();
        self.set(header::CONTENT_TYPE, "application/json");
    }

    fn into_response(self) -> Result<http::Response<Body>, HttpError> {
        if self.is_lost {
            return Err(HttpError::new(HttpErrorKind::Interrupted));
        }
        let length = (!self.is_unsized).then_some(self.body.len() as u64);
        let body = match self.cut_at {
            None => Body::response_stream(stream::iter([Ok(self.body)]), length),
            Some(at) => {
                let begin = self.body.slice(..at.min(self.body.len()));
                let broken = Err(HttpError::new(HttpErrorKind::CutShort));
                Body::response_stream(stream::iter([Ok(begin), broken]), length)
            }
        };
        let mut response = http::Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        let headers = response.headers_mut();
        match length {
            Some(length) => headers.insert(header::CONTENT_LENGTH, length.into()),
            None => headers.remove(header::CONTENT_LENGTH),
        };
        Ok(response)
    }
}

type Change = dyn Fn(&Seen, &mut Answer) + Send + Sync;

/// The requests of a client, in their order.
#[derive(Clone, Default)]
pub(super) struct Layer {
    seen: Arc<Mutex<Vec<Seen>>>,
    change: Arc<Mutex<Option<Arc<Change>>>>,
}

impl Layer {
    /// Changes all further responses.
    pub(super) fn change(&self, change: impl Fn(&Seen, &mut Answer) + Send + Sync + 'static) {
        let mut own = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        *own = Some(Arc::new(change));
    }

    /// Returns the requests since the last time.
    pub(super) fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn client(&self, emulator: &Emulator, version: ApiVersion) -> Client {
        self.client_with(emulator, version, quick_retries())
    }

    pub(super) fn client_with(
        &self,
        emulator: &Emulator,
        version: ApiVersion,
        retry: RetryPolicy,
    ) -> Client {
        let account = Account::new(&emulator.url()).expect("an account");
        let service = Layered {
            layer: self.clone(),
            service: ReqwestService::for_account(&account).expect("a service"),
        };
        Client::builder()
            .account(emulator.url())
            .credentials(emulator.client_id(), emulator.client_secret())
            .api_version(version)
            .retry(retry)
            // A response that is kept too long would stop the next call.
            .rate_limiter(RateLimiter::unlimited().concurrency(1))
            .http_service(Arc::new(service))
            .build()
            .expect("a client")
    }
}

/// The default policy with short waits.
pub(super) fn quick_retries() -> RetryPolicy {
    RetryPolicy::default().backoff(Duration::from_millis(1), Duration::from_millis(5))
}

struct Layered {
    layer: Layer,
    service: ReqwestService,
}

impl fmt::Debug for Layered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Layered")
    }
}

impl HttpService for Layered {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        if request.uri().path() == "/oauth/token" {
            return self.service.call(request);
        }
        self.changed(request).boxed()
    }
}

impl Layered {
    async fn changed(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, HttpError> {
        let (mut head, body) = request.into_parts();
        let length = body.len();
        let body = body.bytes(usize::MAX).await?;
        let target = head.uri.path_and_query().expect("a path").as_str();
        let target = target.split_once("/rest/v").expect("a version").1;
        let seen = Seen {
            method: head.method.to_string(),
            target: target.split_once('/').expect("a path").1.to_owned(),
            headers: head.headers.clone(),
            body: body.clone(),
            length,
        };
        // The emulator does not know parts of files; the test answers with them.
        head.headers.remove(header::RANGE);
        let sent = http::Request::from_parts(head, Body::from(body));
        let (parts, body) = self.service.call(sent).await?.into_parts();
        let mut answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.bytes(usize::MAX).await?,
            is_unsized: false,
            cut_at: None,
            is_lost: false,
        };
        let change = self
            .layer
            .change
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(change) = change {
            change(&seen, &mut answer);
        }
        self.layer
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(seen);
        answer.into_response()
    }
}
