//! Calls that reach the emulator without a connection, and whose responses come in a random order.

use crate::random::Random;
use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio_emulator::Emulator;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::yield_now;

/// An HTTP client whose requests are answered in this process.
///
/// A request waits for a random number of turns of the runtime before it is answered, and its response as well.
/// So the responses of calls that run at once come in any order, and calls are dropped before and after they are
/// answered. One seed has one order.
#[derive(Debug)]
pub(crate) struct InProcess {
    emulator: Arc<Emulator>,
    turns: Mutex<Random>,
}

/// How many turns of the runtime a request or a response may wait.
const TURNS: [u64; 8] = [0, 0, 0, 0, 1, 2, 5, 30];

impl InProcess {
    pub(crate) fn new(emulator: Arc<Emulator>) -> Self {
        let turns = Mutex::new(Random::of(&[]));
        Self { emulator, turns }
    }

    /// Starts the order of responses that belongs to these numbers.
    pub(crate) fn begin(&self, numbers: &[u64]) {
        *self.turns.lock().unwrap_or_else(PoisonError::into_inner) = Random::of(numbers);
    }

    async fn wait(&self) {
        let turns = {
            let mut random = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            random.pick(&TURNS)
        };
        for _ in 0..turns {
            yield_now().await;
        }
    }

    async fn answer(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, HttpError> {
        let (head, body) = request.into_parts();
        let body = body.bytes(usize::MAX).await?;
        self.wait().await;
        let request = http::Request::from_parts(head, body);
        let response = self.emulator.answer(request).await;
        self.wait().await;
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
