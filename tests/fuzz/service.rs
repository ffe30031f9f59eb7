//! A service whose responses are changed at random.

use crate::changes;
use crate::random::Random;
use caspio::http_client::{Body, HttpError, HttpErrorKind, HttpService};
use caspio_emulator::Emulator;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// An operation on the small sample tables makes fewer calls than this.
const MOST_CALLS: u64 = 2_000;

/// Which responses are changed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    /// That of the call with this number.
    Call(u64),
    /// This share of all, in percent.
    Some(u64),
    Each,
}

#[derive(Debug)]
pub(crate) struct Changing {
    emulator: Arc<Emulator>,
    random: Mutex<Random>,
    when: When,
    calls: AtomicU64,
}

impl Changing {
    pub(crate) fn new(emulator: Arc<Emulator>, random: Random, when: When) -> Self {
        Self {
            emulator,
            random: Mutex::new(random),
            when,
            calls: AtomicU64::new(0),
        }
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Whether there were so many calls that they would not have ended.
    pub(crate) fn is_endless(&self) -> bool {
        self.calls() > MOST_CALLS
    }

    async fn answer(
        &self,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, HttpError> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let interrupted = || HttpError::new(HttpErrorKind::Interrupted);
        if call > MOST_CALLS {
            return Err(interrupted());
        }
        let (head, body) = request.into_parts();
        let body = body.bytes(usize::MAX).await?;
        let request = http::Request::from_parts(head, body);
        let response = self.emulator.respond(request).await;
        let response = response.ok_or_else(interrupted)?;
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        let is_changed = match self.when {
            When::Call(number) => number == call,
            When::Some(share) => random.percent(share),
            When::Each => true,
        };
        Ok(match is_changed {
            true => changes::changed(response, &mut random),
            false => response.map(Body::from),
        })
    }
}

impl HttpService for Changing {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        self.answer(request).boxed()
    }
}
