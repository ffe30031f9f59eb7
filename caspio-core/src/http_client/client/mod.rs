//! The one folder that touches reqwest.

mod builder;
mod proxy;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{self, Stream, StreamExt as _};
use http::header;
use url::Url;

use super::{Body, HttpError, HttpErrorKind, HttpService};
use crate::{Account, Result};

pub use builder::ReqwestServiceBuilder;
pub(crate) use builder::is_loopback;
pub use proxy::Proxy;

/// The usual [`HttpService`]: HTTP/1.1 and HTTP/2, TLS 1.2 or newer, gzip, a pool of connections.
///
/// It follows no redirect, so credentials never reach another host. Cloning is cheap and shares the pool.
#[derive(Clone)]
pub struct ReqwestService {
    client: reqwest::Client,
    read_timeout: Duration,
}

impl ReqwestService {
    /// A service for an account with all defaults.
    ///
    /// # Errors
    ///
    /// As for [`ReqwestServiceBuilder::build`].
    pub fn for_account(account: &Account) -> Result<Self> {
        Self::builder().account(account).build()
    }

    /// A service with all defaults for the host of an address: one on this machine may be plain `http`.
    ///
    /// # Errors
    ///
    /// As for [`ReqwestServiceBuilder::build`].
    pub fn for_address(address: &Url) -> Result<Self> {
        Self::builder().address(address).build()
    }

    /// Starts a service with other settings.
    pub fn builder() -> ReqwestServiceBuilder {
        ReqwestServiceBuilder::default()
    }
}

impl fmt::Debug for ReqwestService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestService")
            .field("read_timeout", &self.read_timeout)
            .finish_non_exhaustive()
    }
}

impl HttpService for ReqwestService {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        Box::pin(async move {
            let request = outgoing(request)?;
            let answer = self.client.execute(request).await.map_err(not_answered)?;
            Ok(incoming(answer, self.read_timeout))
        })
    }
}

fn outgoing(request: http::Request<Body>) -> Result<reqwest::Request, HttpError> {
    let (mut parts, body) = request.into_parts();
    // hyper keeps to a given Content-Length, so a stream goes out in one piece and not chunked.
    if body.as_bytes().is_none() {
        let length = body.len().ok_or_else(|| {
            HttpError::new(HttpErrorKind::Unsendable).with_source("an upload needs a known length")
        })?;
        parts.headers.insert(header::CONTENT_LENGTH, length.into());
    }
    let body = match body.as_bytes() {
        Some(bytes) => reqwest::Body::from(bytes.clone()),
        None => reqwest::Body::wrap_stream(body.into_stream()),
    };
    reqwest::Request::try_from(http::Request::from_parts(parts, body)).map_err(not_answered)
}

fn incoming(answer: reqwest::Response, read_timeout: Duration) -> http::Response<Body> {
    let length = answer.content_length();
    let mut response = http::Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.version_mut() = answer.version();
    *response.headers_mut() = answer.headers().clone();
    let bodiless = length == Some(0);
    if !bodiless {
        *response.body_mut() = Body::response_stream(chunks(answer, read_timeout), length);
    }
    response
}

fn chunks(
    answer: reqwest::Response,
    read_timeout: Duration,
) -> impl Stream<Item = Result<Bytes, HttpError>> + Send + 'static {
    let chunks = answer.bytes_stream().boxed();
    stream::unfold(Some(chunks), move |chunks| async move {
        let mut chunks = chunks?;
        match tokio::time::timeout(read_timeout, chunks.next()).await {
            Ok(None) => None,
            Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(chunks))),
            Ok(Some(Err(error))) => Some((Err(cut(error)), None)),
            Err(silence) => {
                let error = HttpError::new(HttpErrorKind::Timeout).with_source(silence);
                Some((Err(error), None))
            }
        }
    })
}

fn not_answered(error: reqwest::Error) -> HttpError {
    let error = error.without_url();
    let kind = if error.is_builder() || is_unsendable(&error) {
        HttpErrorKind::Unsendable
    } else if error.is_connect() {
        HttpErrorKind::NeverSent
    } else if error.is_timeout() {
        HttpErrorKind::Timeout
    } else {
        HttpErrorKind::Interrupted
    };
    HttpError::new(kind).with_source(error)
}

/// Whether the request's own body gave up: a file that could not be read.
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
