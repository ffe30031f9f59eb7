//! Calls that reach the emulator without a connection, at await points of their own.

use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio_emulator::Emulator;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::task::yield_now;

/// An HTTP client whose requests are answered in this process. A request waits before it is answered, and so does its
/// response.
#[derive(Debug)]
pub(crate) struct InProcess {
    emulator: Arc<Emulator>,
    sent: AtomicU64,
    tokens: AtomicU64,
}

impl InProcess {
    pub(crate) fn new(emulator: Arc<Emulator>) -> Self {
        Self {
            emulator,
            sent: AtomicU64::new(0),
            tokens: AtomicU64::new(0),
        }
    }

    /// Returns how many requests were sent, without those of tokens.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Returns how many tokens were requested.
    pub(crate) fn tokens(&self) -> u64 {
        self.tokens.load(Ordering::Relaxed)
    }

    async fn answer(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, HttpError> {
        let count = match request.uri().path().ends_with("/token") {
            true => &self.tokens,
            false => &self.sent,
        };
        count.fetch_add(1, Ordering::Relaxed);
        let (head, body) = request.into_parts();
        let body = body.bytes(usize::MAX).await?;
        yield_now().await;
        let request = http::Request::from_parts(head, body);
        let response = self.emulator.respond(request).await;
        yield_now().await;
        let response = response.ok_or_else(|| HttpError::new(HttpErrorKind::Interrupted))?;
        Ok(response.map(Body::from))
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
