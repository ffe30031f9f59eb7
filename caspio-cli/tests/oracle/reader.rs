//! Reads the emulator's tables without the program and without a connection.

use caspio::RateLimiter;
use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio::prelude::*;
use caspio_core::http;
use caspio_emulator::Emulator;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::Arc;

/// Sends requests to an emulator in this process.
#[derive(Debug)]
struct InProcess(Arc<Emulator>);

impl InProcess {
    async fn answer(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, HttpError> {
        let (head, body) = request.into_parts();
        let body = body.bytes(usize::MAX).await?;
        let request = http::Request::from_parts(head, body);
        let response = self.0.respond(request).await;
        let interrupted = || HttpError::new(HttpErrorKind::Interrupted);
        Ok(response.ok_or_else(interrupted)?.map(Body::from))
    }
}

impl HttpService for InProcess {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        self.answer(request).boxed()
    }
}

/// Returns a client of an emulator that makes no connection.
pub(crate) fn reader(emulator: &Arc<Emulator>, secret: &str) -> Client {
    let client = Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), secret)
        .rate_limiter(RateLimiter::unlimited())
        .http_service(Arc::new(InProcess(Arc::clone(emulator))));
    client.build().expect("a client")
}
