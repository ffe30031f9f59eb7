//! The seam behind which the HTTP client lives.
//!
//! [`HttpService`] sends one request and brings one answer. [`ReqwestService`] is the usual one; a test
//! scripts its own, a program wraps one to add what it needs. The request's extensions carry the
//! [`Operation`](crate::Operation), so that a wrapper sees more than a URL.

mod body;
mod client;
mod http_error;
#[cfg(test)]
mod tests;

use std::fmt;

use futures::future::BoxFuture;

pub use body::Body;
pub(crate) use client::is_loopback;
pub use client::{Proxy, ReqwestService, ReqwestServiceBuilder};
pub use http_error::{HttpError, HttpErrorKind};

/// Sends one HTTP request and brings its answer: no retries, no redirects, no credentials of its own.
///
/// An answer of any status is `Ok`; `Err` means that no whole answer came. The head must be returned
/// as soon as it is there, the body may follow as a stream.
///
/// ```
/// use caspio_core::{Body, HttpError, HttpService, http};
/// use futures::future::BoxFuture;
///
/// #[derive(Debug)]
/// struct AlwaysEmpty;
///
/// impl HttpService for AlwaysEmpty {
///     fn call(&self, _: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
///         Box::pin(async { Ok(http::Response::new(Body::from("{\"Result\":[]}"))) })
///     }
/// }
/// ```
pub trait HttpService: fmt::Debug + Send + Sync {
    /// Sends the request.
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>>;
}

impl<S: HttpService + ?Sized> HttpService for std::sync::Arc<S> {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        (**self).call(request)
    }
}
