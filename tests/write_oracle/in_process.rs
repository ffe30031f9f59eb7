//! Calls that reach the emulator without a connection.

use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio_emulator::Emulator;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::Arc;

/// What becomes of a call.
pub(crate) type Response = Result<http::Response<Body>, HttpError>;

/// Answers a request at once.
pub(crate) async fn answer(emulator: &Emulator, request: http::Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    let body = body.bytes(usize::MAX).await?;
    let response = emulator
        .respond(http::Request::from_parts(head, body))
        .await;
    let interrupted = || HttpError::new(HttpErrorKind::Interrupted);
    Ok(response.ok_or_else(interrupted)?.map(Body::from))
}

/// The service of a client whose calls are not hit.
#[derive(Debug)]
pub(crate) struct InProcess(pub(crate) Arc<Emulator>);

impl HttpService for InProcess {
    fn call(&self, request: http::Request<Body>) -> BoxFuture<'_, Response> {
        answer(&self.0, request).boxed()
    }
}
