//! Calls that reach the emulator without a connection, and whose responses come in a random order.

use crate::random::Random;
use crate::shown::Shown;
use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio_emulator::Emulator;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::task::yield_now;

/// An HTTP client whose requests are answered in this process.
///
/// A request waits for a random number of turns of the runtime before it is answered, and its response as well.
/// So the responses of calls that run at once come in any order, and calls are dropped before and after they are
/// answered. One seed has one order.
#[derive(Debug)]
pub(crate) struct InProcess {
    emulator: Arc<Emulator>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    turns: Random,
    shown: Shown,
    /// Whether each call waits at least once, so that others can write in between.
    pauses: bool,
    /// When each call began.
    started: Vec<Instant>,
}

/// How many turns of the runtime a request or a response may wait.
const TURNS: [u64; 8] = [0, 0, 0, 0, 1, 2, 5, 30];

impl InProcess {
    pub(crate) fn new(emulator: Arc<Emulator>) -> Self {
        let state = State {
            turns: Random::of(&[]),
            shown: Shown::Exactly,
            pauses: false,
            started: Vec::new(),
        };
        Self {
            emulator,
            state: Mutex::new(state),
        }
    }

    /// Starts the order of responses that belongs to these numbers, and shows values in this way.
    pub(crate) fn begin(&self, numbers: &[u64], shown: Shown, pauses: bool) {
        *self.state() = State {
            turns: Random::of(numbers),
            shown,
            pauses,
            started: Vec::new(),
        };
    }

    /// Returns how many calls began after a time.
    pub(crate) fn started_after(&self, time: Instant) -> usize {
        let state = self.state();
        state.started.iter().filter(|start| **start > time).count()
    }

    /// Returns how many calls began.
    pub(crate) fn started(&self) -> usize {
        self.state().started.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn wait(&self) {
        let turns = self.state().turns.pick(&TURNS);
        for _ in 0..turns {
            yield_now().await;
        }
    }

    async fn answer(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, HttpError> {
        let (head, body) = request.into_parts();
        let is_read = head.method == http::Method::GET && head.uri.path().ends_with("/records");
        let query = head.uri.query().unwrap_or_default().to_owned();
        let body = body.bytes(usize::MAX).await?;
        if is_read {
            self.state().started.push(Instant::now());
        }
        if self.state().pauses {
            yield_now().await;
        }
        self.wait().await;
        let request = http::Request::from_parts(head, body);
        let response = self.emulator.respond(request).await;
        self.wait().await;
        let interrupted = || HttpError::new(HttpErrorKind::Interrupted);
        let response = response.ok_or_else(interrupted)?;
        let shown = self.state().shown;
        if shown == Shown::Exactly || !is_read || !response.status().is_success() {
            return Ok(response.map(Body::from));
        }
        let (mut head, body) = response.into_parts();
        head.headers.remove(http::header::CONTENT_LENGTH);
        let body = shown.response(&body, &query);
        Ok(http::Response::from_parts(head, Body::from(body)))
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
