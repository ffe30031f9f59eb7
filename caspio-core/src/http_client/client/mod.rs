//! The HTTP client. Only this folder uses reqwest.

mod builder;
mod exact;
mod gzip;
mod pool;
mod proxy;
mod request_ids;

use super::{Body, HttpError, HttpErrorKind, HttpService};
use crate::{Account, Result};
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{self, Stream, StreamExt as _};
use http::{HeaderValue, Method, header};
use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;
use url::Url;

pub use builder::ReqwestServiceBuilder;
pub(crate) use builder::is_loopback;
use exact::exact;
use gzip::decoded;
use pool::{CurrentPool, Pool, Refused};
pub use proxy::Proxy;
#[doc(hidden)]
pub use request_ids::{RequestIds, Sighting};

/// The default [`HttpService`]: HTTP/1.1 and HTTP/2, TLS 1.2 or newer, gzip, connection pool.
///
/// It follows no redirects, so credentials never reach another host. Cloning is cheap; clones share the
/// pool.
///
/// A response that comes a second time, as a faulty gateway may send it over HTTP/1.1, could be taken for the response
/// to the next request. It is recognized by the service's id of the request (`X-Caspio-Request-ID`): the next request
/// then fails with [`HttpErrorKind::Repeated`], and the connection is not used again. Not recognized is a response
/// without an id, the first response with one if it is repeated before another one comes, and the response to a request
/// whose future was dropped. Once an id has come three times, ids identify no requests and are ignored: a gateway with
/// one id for all its responses makes one call fail.
#[derive(Clone)]
pub struct ReqwestService(Arc<Shared>);

struct Shared {
    pool: CurrentPool,
    request_ids: RequestIds,
    read_timeout: Duration,
}

impl ReqwestService {
    /// Creates a service for an account with default settings.
    ///
    /// # Errors
    ///
    /// As for [`ReqwestServiceBuilder::build`].
    pub fn for_account(account: &Account) -> Result<Self> {
        Self::builder().account(account).build()
    }

    /// Creates a service with default settings for the host of a URL. A host on this machine may use
    /// plain `http`.
    ///
    /// # Errors
    ///
    /// As for [`ReqwestServiceBuilder::build`].
    pub fn for_url(url: &Url) -> Result<Self> {
        Self::builder().url(url).build()
    }

    /// Starts building a service with other settings.
    pub fn builder() -> ReqwestServiceBuilder {
        ReqwestServiceBuilder::default()
    }
}

impl fmt::Debug for ReqwestService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestService")
            .field("read_timeout", &self.0.read_timeout)
            .finish_non_exhaustive()
    }
}

impl HttpService for ReqwestService {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        Box::pin(async move {
            let request = outgoing(request).await?;
            let pool = self.0.pool.get();
            let mut sent = pin!(pool.client.execute(request));
            let response = poll_fn(|context| {
                // The connection can be used again as soon as this poll returns a response, and maybe before: no
                // response of the next request is accepted until this one is checked.
                let mut refused = pool.accept();
                let response = ready!(sent.as_mut().poll(context)).map_err(no_response);
                Poll::Ready(response.and_then(|response| {
                    self.0.check_response(&pool, &mut refused, &response)?;
                    Ok(response)
                }))
            });
            let response = response.await?;
            Ok(incoming(response, self.0.read_timeout))
        })
    }
}

impl Shared {
    /// Fails if a response belongs to another request.
    fn check_response(
        &self,
        pool: &Pool,
        refused: &mut Refused,
        response: &reqwest::Response,
    ) -> Result<(), HttpError> {
        if response.version() >= http::Version::HTTP_2 {
            // It tells the responses of a connection apart.
            return Ok(());
        }
        if refused.contains(response) {
            return Err(HttpError::new(HttpErrorKind::Repeated));
        }
        let sighting = self.request_ids.see(response.headers());
        if sighting == Sighting::Repeated {
            refused.add(response);
        }
        if sighting != Sighting::First {
            self.pool.replace(pool);
        }
        match sighting {
            Sighting::First | Sighting::Unclear => Ok(()),
            Sighting::Repeated => Err(HttpError::new(HttpErrorKind::Repeated)),
        }
    }
}

async fn outgoing(request: http::Request<Body>) -> Result<reqwest::Request, HttpError> {
    let (mut parts, body) = request.into_parts();
    let has_content = matches!(parts.method, Method::POST | Method::PUT | Method::PATCH);
    let length = body.len().ok_or_else(|| {
        HttpError::new(HttpErrorKind::Unsendable).with_source("an upload needs a known length")
    })?;
    let is_in_memory = body.as_bytes().is_some();
    // With an explicit Content-Length hyper does not use chunked encoding, which the service resets.
    if !is_in_memory || (has_content && length == 0) {
        parts.headers.insert(header::CONTENT_LENGTH, length.into());
    }
    parts
        .headers
        .entry(header::ACCEPT_ENCODING)
        .or_insert(HeaderValue::from_static("gzip"));
    let body = match body.as_bytes() {
        Some(bytes) => reqwest::Body::from(bytes.clone()),
        None if length == 0 => empty(body).await?,
        None => reqwest::Body::wrap_stream(exact(body.into_stream(), length)),
    };
    reqwest::Request::try_from(http::Request::from_parts(parts, body)).map_err(no_response)
}

/// Checks that a stream is empty, which hyper does not read then.
async fn empty(body: Body) -> Result<reqwest::Body, HttpError> {
    let mut chunks = exact(body.into_stream(), 0).boxed();
    match chunks.next().await {
        Some(Err(error)) => Err(error),
        _ => Ok(reqwest::Body::default()),
    }
}

fn incoming(received: reqwest::Response, read_timeout: Duration) -> http::Response<Body> {
    let length = received.content_length();
    let mut response = http::Response::new(Body::empty());
    *response.status_mut() = received.status();
    *response.version_mut() = received.version();
    *response.headers_mut() = received.headers().clone();
    let encoding = response.headers().get(header::CONTENT_ENCODING);
    let encoding = encoding.and_then(|value| value.to_str().ok());
    let is = |names: &[&str]| {
        let encoding = encoding.map(str::trim).unwrap_or_default();
        names.iter().any(|name| encoding.eq_ignore_ascii_case(name))
    };
    let (is_gzip, is_plain) = (is(&["gzip", "x-gzip"]), is(&["", "identity"]));
    if is_gzip {
        // They describe the encoded body.
        response.headers_mut().remove(header::CONTENT_ENCODING);
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    if length == Some(0) {
        return response;
    }
    let chunks = chunks(received, read_timeout);
    *response.body_mut() = match (is_gzip, is_plain) {
        (true, _) => Body::response_stream(decoded(chunks.boxed()), None),
        (false, true) => Body::response_stream(chunks, length),
        // Not the bytes as received: a download would be stored in a form that nobody expects.
        (false, false) => {
            let error = HttpError::new(HttpErrorKind::Encoded);
            Body::response_stream(stream::iter([Err(error)]), None)
        }
    };
    response
}

fn chunks(
    response: reqwest::Response,
    read_timeout: Duration,
) -> impl Stream<Item = Result<Bytes, HttpError>> + Send + 'static {
    let chunks = response.bytes_stream().boxed();
    stream::unfold(Some(chunks), move |chunks| async move {
        let mut chunks = chunks?;
        match tokio::time::timeout(read_timeout, chunks.next()).await {
            Ok(None) => None,
            Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(chunks))),
            Ok(Some(Err(error))) => Some((Err(cut(error)), None)),
            Err(elapsed) => {
                let error = HttpError::new(HttpErrorKind::Timeout).with_source(elapsed);
                Some((Err(error), None))
            }
        }
    })
}

fn no_response(error: reqwest::Error) -> HttpError {
    let error = error.without_url();
    let kind = if error.is_builder() || is_unsendable(&error) {
        HttpErrorKind::Unsendable
    } else if error.is_connect() || was_refused(&error) {
        HttpErrorKind::NeverSent
    } else if error.is_timeout() {
        HttpErrorKind::Timeout
    } else {
        HttpErrorKind::Interrupted
    };
    HttpError::new(kind).with_source(error)
}

/// Returns whether the server reports by HTTP/2 that it did not process the request (RFC 9113, 8.7): it refused the
/// stream, or it shuts down and the stream came too late.
fn was_refused(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(error) = cause.downcast_ref::<h2::Error>() {
            let is = |reason| error.is_remote() && error.reason() == Some(reason);
            return (error.is_reset() && is(h2::Reason::REFUSED_STREAM))
                || (error.is_go_away() && is(h2::Reason::NO_ERROR));
        }
        next = cause.source();
    }
    false
}

/// Returns whether the request's own body failed: a file that could not be read.
fn is_unsendable(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(body) = cause.downcast_ref::<HttpError>() {
            return body.kind() == HttpErrorKind::Unsendable;
        }
        next = cause.source();
    }
    false
}

fn cut(error: reqwest::Error) -> HttpError {
    let error = error.without_url();
    let kind = if error.is_timeout() {
        HttpErrorKind::Timeout
    } else {
        HttpErrorKind::CutShort
    };
    HttpError::new(kind).with_source(error)
}
