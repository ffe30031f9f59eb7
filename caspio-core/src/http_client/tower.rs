//! Adapters between [`HttpService`] and tower's `Service`, so that layers of tower can be put around the HTTP client.

use super::{Body, HttpError, HttpErrorKind, HttpService};
use futures::future::{self, BoxFuture};
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tower_service::Service;

/// A tower service as the [`HttpService`] of a client.
///
/// The SDK applies its retries, rate limiter and timeouts around it, so it needs none of these. A layer that sends a
/// request again doubles inserts; let the SDK retry.
///
/// An error of the service that is not an [`HttpError`] counts as a response that was lost
/// ([`HttpErrorKind::Interrupted`]): the request may have been executed, so an insert is not sent again. An error of
/// `poll_ready` counts as [`HttpErrorKind::NeverSent`]. A call whose time is over while the service is not ready counts
/// as sent; so limit the calls in progress by [`RateLimiter::concurrency`](crate::RateLimiter::concurrency), not by a
/// layer. The error's text becomes part of the SDK's errors; it must contain no secret and no URL.
///
/// ```
/// use caspio_core::http_client::tower::{FromTower, IntoTower};
/// use caspio_core::{Body, HttpService, http};
/// use std::sync::Arc;
/// use tower::ServiceBuilder;
///
/// fn with_header(client: impl HttpService + 'static) -> Arc<dyn HttpService> {
///     let stack = ServiceBuilder::new()
///         .map_request(|mut request: http::Request<Body>| {
///             request.headers_mut().insert("x-team", http::HeaderValue::from_static("orders"));
///             request
///         })
///         .service(IntoTower::new(client));
///     Arc::new(FromTower::new(stack))
/// }
/// ```
pub struct FromTower<S> {
    /// In a mutex, so that the service need not be `Sync`. It is held only while the service is cloned.
    service: Mutex<S>,
}

impl<S> FromTower<S> {
    /// Creates an HTTP service from a tower service. Each request is sent by a clone of it.
    #[must_use]
    pub fn new(service: S) -> Self {
        Self {
            service: Mutex::new(service),
        }
    }
}

impl<S> fmt::Debug for FromTower<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromTower").finish_non_exhaustive()
    }
}

impl<S> HttpService for FromTower<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>> + Clone + Send,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    S::Future: Send,
{
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        let service = self.service.lock().unwrap_or_else(PoisonError::into_inner);
        let mut service = service.clone();
        Box::pin(async move {
            future::poll_fn(|context| service.poll_ready(context))
                .await
                .map_err(|error| http_error(error, HttpErrorKind::NeverSent))?;
            let response = service.call(request).await;
            response.map_err(|error| http_error(error, HttpErrorKind::Interrupted))
        })
    }
}

/// Returns the error if it is an [`HttpError`], otherwise a new one of this kind.
fn http_error(
    error: impl Into<Box<dyn Error + Send + Sync>>,
    otherwise: HttpErrorKind,
) -> HttpError {
    match error.into().downcast() {
        Ok(error) => *error,
        Err(error) => HttpError::new(otherwise).with_source(error),
    }
}

/// An [`HttpService`] as a tower service, which is always ready.
#[derive(Clone, Debug)]
pub struct IntoTower {
    service: Arc<dyn HttpService>,
}

impl IntoTower {
    /// Creates a tower service from an HTTP service.
    #[must_use]
    pub fn new(service: impl HttpService + 'static) -> Self {
        Self {
            service: Arc::new(service),
        }
    }
}

impl Service<http::Request<Body>> for IntoTower {
    type Response = http::Response<Body>;
    type Error = HttpError;
    type Future = BoxFuture<'static, Result<Self::Response, HttpError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), HttpError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let service = self.service.clone();
        Box::pin(async move { service.call(request).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tower::{ServiceBuilder, service_fn};

    /// Never responds.
    #[derive(Debug)]
    struct Silent;

    impl HttpService for Silent {
        fn call(
            &self,
            _: http::Request<Body>,
        ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
            Box::pin(future::pending())
        }
    }

    fn request() -> http::Request<Body> {
        http::Request::new(Body::empty())
    }

    #[tokio::test(start_paused = true)]
    async fn a_layer_that_gives_up_counts_as_a_lost_response() {
        let stack = ServiceBuilder::new()
            .timeout(Duration::from_secs(1))
            .service(IntoTower::new(Silent));

        let error = FromTower::new(stack).call(request()).await;

        let error = error.expect_err("an error");
        assert_eq!(error.kind(), HttpErrorKind::Interrupted);
        assert!(!error.never_sent());
    }

    #[tokio::test]
    async fn errors_of_the_http_client_keep_their_kind_through_a_stack() {
        let refused = service_fn(|_: http::Request<Body>| async {
            Err::<http::Response<Body>, _>(HttpError::new(HttpErrorKind::NeverSent))
        });
        let stack = ServiceBuilder::new()
            .timeout(Duration::from_secs(1))
            .service(IntoTower::new(FromTower::new(refused)));

        let error = FromTower::new(stack).call(request()).await;

        assert_eq!(
            error.expect_err("an error").kind(),
            HttpErrorKind::NeverSent
        );
    }

    #[tokio::test]
    async fn a_service_that_does_not_get_ready_sent_nothing() {
        #[derive(Clone)]
        struct Closed;

        impl Service<http::Request<Body>> for Closed {
            type Response = http::Response<Body>;
            type Error = &'static str;
            type Future = future::Ready<Result<Self::Response, Self::Error>>;

            fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
                Poll::Ready(Err("closed"))
            }

            fn call(&mut self, _: http::Request<Body>) -> Self::Future {
                future::ready(Ok(http::Response::default()))
            }
        }

        let error = FromTower::new(Closed).call(request()).await;

        assert!(error.expect_err("an error").never_sent());
    }
}
