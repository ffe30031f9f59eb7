//! A scripted HTTP service for the unit tests.

use crate::{Body, HttpError, HttpErrorKind, HttpService, Operation};
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{self, StreamExt as _};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;
use url::Url;

/// The scripted reaction to one request.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    wait: Duration,
    /// Whether the body never ends.
    stalls: bool,
    result: Result<(u16, HeaderMap, Bytes), HttpErrorKind>,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            wait: Duration::ZERO,
            stalls: false,
            result: Ok((status, HeaderMap::new(), body.into())),
        }
    }

    pub(crate) fn fail(kind: HttpErrorKind) -> Self {
        Self {
            wait: Duration::ZERO,
            stalls: false,
            result: Err(kind),
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok((_, headers, _)) = &mut self.result {
            let value = HeaderValue::from_str(value).expect("a header value");
            headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    pub(crate) fn stalling(mut self) -> Self {
        self.stalls = true;
        self
    }

    pub(crate) fn after(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }
}

/// A request as the scripted service received it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) operation: Option<Operation>,
    pub(crate) body: String,
    /// When it arrived.
    pub(crate) at: tokio::time::Instant,
}

impl Seen {
    pub(crate) fn authorization(&self) -> &str {
        let value = self.headers.get(header::AUTHORIZATION);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    pub(crate) fn is_token_request(&self) -> bool {
        self.url.path() == "/oauth/token"
    }
}

type Respond = Box<dyn Fn(&Seen) -> Reply + Send + Sync>;

/// Responds from a list or by a function, and records the requests it received.
pub(crate) struct Script {
    respond: Respond,
    seen: Mutex<Vec<Seen>>,
}

impl Script {
    pub(crate) fn by(respond: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self {
            respond: Box::new(respond),
            seen: Mutex::default(),
        }
    }

    pub(crate) fn list(replies: impl IntoIterator<Item = Reply>) -> Self {
        let left = Mutex::new(replies.into_iter().collect::<VecDeque<_>>());
        Self::by(move |seen| {
            let next = left.lock().expect("no panic").pop_front();
            next.unwrap_or_else(|| panic!("unexpected request: {seen:?}"))
        })
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no panic").clone()
    }

    pub(crate) fn calls(&self) -> usize {
        self.seen().len()
    }
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Script")
    }
}

impl HttpService for Script {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.bytes(usize::MAX).await?;
            let seen = Seen {
                method: parts.method,
                url: Url::parse(&parts.uri.to_string()).expect("a URL"),
                headers: parts.headers,
                operation: parts.extensions.get().cloned(),
                body: String::from_utf8_lossy(&body).into_owned(),
                at: tokio::time::Instant::now(),
            };
            let reply = (self.respond)(&seen);
            self.seen.lock().expect("no panic").push(seen);
            tokio::time::sleep(reply.wait).await;
            let (status, headers, bytes) = reply.result.map_err(HttpError::new)?;
            let body = match reply.stalls {
                true => {
                    Body::response_stream(stream::iter([Ok(bytes)]).chain(stream::pending()), None)
                }
                false => Body::from(bytes),
            };
            let mut response = http::Response::new(body);
            *response.status_mut() = StatusCode::from_u16(status).expect("a status");
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}

/// One parameter of an OAuth 1 `Authorization` header.
#[cfg(feature = "oauth1")]
pub(crate) fn oauth_field(header: &HeaderValue, name: &str) -> String {
    let text = header.to_str().expect("text");
    let (_, rest) = text.split_once(&format!("{name}=\"")).expect(name);
    let value = rest.split('"').next().expect("a quote");
    percent_encoding::percent_decode_str(value)
        .decode_utf8()
        .expect("UTF-8")
        .into_owned()
}
