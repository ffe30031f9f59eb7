//! The interface behind which the HTTP client is hidden.
//!
//! [`HttpService`] sends one request and returns one response. [`ReqwestService`] is the default
//! implementation; a test scripts its own, and a program can wrap one to add behaviour. The extensions of
//! the request contain the [`Operation`](crate::Operation), so that a wrapper sees more than a URL.

mod body;
mod client;
mod http_error;
#[cfg(test)]
mod tests;
#[cfg(feature = "tower")]
pub mod tower;

use futures::future::BoxFuture;
use std::fmt;

pub use body::Body;
pub(crate) use client::is_loopback;
pub use client::{Proxy, ReqwestService, ReqwestServiceBuilder};
#[doc(hidden)]
pub use client::{RequestIds, Sighting};
pub use http_error::{HttpError, HttpErrorKind};

/// The header that contains the service's id of a request.
pub(crate) const REQUEST_ID: &str = "x-caspio-request-id";

/// Sends one HTTP request and returns its response: no retries, no redirects, no credentials of its
/// own.
///
/// A response of any status is `Ok`; `Err` means that no complete response arrived. The head must be
/// returned as soon as it arrives; the body may follow as a stream.
///
/// Calls that are made ahead of the program run in tasks of their own. These have the program's span and subscriber,
/// but not its task-local values.
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
