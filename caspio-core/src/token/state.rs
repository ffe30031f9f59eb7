//! The state of a token cache: the refresh token, the token request in progress, the last failure.

use super::refresh_token::RefreshToken;
use super::{Moment, Token};
use crate::error::ErrorContext as _;
use crate::{Error, Result};
use futures::future::{BoxFuture, Shared};
use secrecy::SecretString;
use std::time::Duration;
use tokio::time::Instant;

#[derive(Default)]
pub(super) struct State {
    pub(super) refresh: Option<RefreshToken>,
    /// The refresh token that the program was given, until a server accepts or rejects it.
    pub(super) given: Option<RefreshToken>,
    /// The refresh token that the store is known to hold: another one there comes from another program, so it is newer
    /// than this one, whatever the clocks show.
    pub(super) in_store: Option<SecretString>,
    /// When the last token was dropped because the service rejected it.
    pub(super) rejected_at: Option<Moment>,
    /// The text of the last rejected token: a store may still contain it.
    pub(super) rejected: Option<SecretString>,
    pub(super) task: Option<RefreshTask>,
    pub(super) last_task: u64,
    pub(super) last_generation: u64,
    pub(super) failure: Option<Failure>,
}

/// A token request in progress.
#[derive(Clone)]
pub(super) struct RefreshTask {
    pub(super) id: u64,
    /// By the runtime's clock: an expiry by the cache's clock does not end the request.
    pub(super) started: Instant,
    pub(super) outcome: Shared<BoxFuture<'static, Outcome>>,
}

/// How a token request ended.
#[derive(Clone)]
pub(super) enum Outcome {
    Finished(Result<Token>),
    /// The runtime that ran it was shut down.
    Aborted,
}

pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) count: u32,
    pub(super) not_before: Duration,
}

/// Which stored token makes a request unnecessary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// One that is usable.
    Any,
    /// One that does not need to be renewed.
    Newer,
}

/// A panic of the source is an error of its own, so only a runtime that was shut down ends a task without a result.
pub(super) fn outcome_of(joined: Result<Result<Token>, tokio::task::JoinError>) -> Outcome {
    joined.map_or(Outcome::Aborted, Outcome::Finished)
}

impl State {
    pub(super) fn end_task(&mut self, id: u64) {
        if self.task.as_ref().is_some_and(|task| task.id == id) {
            self.task = None;
        }
    }

    /// Returns the last failure during the pause after it.
    pub(super) fn paused(&self, now: Moment) -> Option<Error> {
        let failure = self.failure.as_ref()?;
        let left = failure.not_before.checked_sub(now.monotonic)?;
        (!left.is_zero()).then(|| failure.error.clone().with_retry_after(left))
    }
}
