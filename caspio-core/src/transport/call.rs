//! One call with its attempts.

use super::Shared;
use super::retry::FailureClass;
use crate::auth::{CredentialVersion, RenewalOutcome};
use crate::classify::{Classification, RejectionCertainty, ResponseView};
use crate::error::ErrorContext as _;
use crate::redact::Redactor;
use crate::response::Head;
use crate::{Body, Error, ErrorKind, Expect, Request, Result};
use http::response::Parts;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

/// An attempt of an upload may take one second longer for each of these.
const UPLOAD_BYTES_PER_SECOND: u64 = 64 * 1024;

/// Ten years: the limit for longer durations, which would overflow an `Instant`.
const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// How much of a response is read before the call is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Whole,
    Streaming,
}

pub(super) struct Delivered {
    pub(super) head: Head,
    pub(super) body: Body,
    pub(super) permit: Option<OwnedSemaphorePermit>,
}

pub(super) struct Call<'t> {
    pub(super) shared: &'t Shared,
    pub(super) request: Request,
    pub(super) mode: Mode,
    pub(super) started: Instant,
    pub(super) deadline: Instant,
    pub(super) attempt_limit: Duration,
    pub(super) attempts: u32,
    /// Whether the token was renewed for this call, which happens at most once.
    pub(super) renewed: bool,
    /// Whether a failed attempt may have been executed.
    pub(super) maybe_executed: bool,
    /// Whether the body can be sent again.
    pub(super) resendable: bool,
    /// The credentials of the last attempt: a response may echo them.
    pub(super) redactor: Redactor,
}

/// Why an attempt failed.
enum AttemptError {
    /// Nothing was sent.
    NotSent(Error),
    /// The token was rejected.
    TokenRejected(Error, RejectionCertainty, CredentialVersion),
    Failed(Error),
}

impl<'t> Call<'t> {
    pub(super) fn new(shared: &'t Shared, request: Request, mode: Mode) -> Self {
        let started = Instant::now();
        let limit = request.attempt_timeout().unwrap_or(shared.timeout);
        let total = shared
            .retry
            .total()
            .max(request.attempt_timeout().unwrap_or_default());
        let upload = Duration::from_secs(request.body_len() / UPLOAD_BYTES_PER_SECOND);
        Self {
            shared,
            request,
            mode,
            started,
            deadline: started + total.saturating_add(upload).min(FOREVER),
            attempt_limit: limit.saturating_add(upload).min(FOREVER),
            attempts: 0,
            renewed: false,
            maybe_executed: false,
            resendable: true,
            redactor: Redactor::default(),
        }
    }

    pub(super) async fn run(mut self) -> Result<Delivered> {
        loop {
            let next = match self.attempt().await {
                Ok(delivered) => {
                    self.shared.budget.succeeded();
                    return Ok(delivered);
                }
                Err(AttemptError::NotSent(error)) => Err(error),
                Err(AttemptError::TokenRejected(error, certainty, version)) => {
                    self.renew(error, certainty, version).await
                }
                Err(AttemptError::Failed(error)) => self.prepare_retry(error).await,
            };
            if let Err(error) = next {
                return Err(self.finish(error));
            }
        }
    }

    async fn attempt(&mut self) -> Result<Delivered, AttemptError> {
        let permit = self
            .shared
            .rate_limiter
            .acquire(self.deadline)
            .await
            .map_err(AttemptError::NotSent)?;
        let (mut request, resendable) = self.request.take_http().map_err(AttemptError::NotSent)?;
        self.resendable = resendable;
        let version = self
            .authorize(&mut request)
            .await
            .map_err(AttemptError::NotSent)?;
        self.redactor = Redactor::for_request(&request, self.request.secrets());
        self.attempts += 1;
        let (parts, body) = self.exchange(request).await.map_err(AttemptError::Failed)?;
        match self.classify(&parts, &body, version) {
            Classification::Ok => Ok(Delivered {
                head: self.head(parts),
                body,
                permit,
            }),
            Classification::TokenRejected { error, certainty } => Err(AttemptError::TokenRejected(
                self.redactor.redact(error),
                certainty,
                version,
            )),
            Classification::RateLimited(error) | Classification::Failed(error) => {
                Err(AttemptError::Failed(self.redactor.redact(error)))
            }
        }
    }

    async fn authorize(&self, request: &mut http::Request<Body>) -> Result<CredentialVersion> {
        if let Some(version) = self.shared.auth.authorize_now(request) {
            return version;
        }
        let authorize = self.shared.auth.authorize(request);
        match tokio::time::timeout_at(self.deadline, authorize).await {
            Ok(version) => version,
            Err(_) => Err(Error::new(
                ErrorKind::Timeout,
                "no token was available in time",
            )),
        }
    }

    fn classify(&self, parts: &Parts, body: &Body, version: CredentialVersion) -> Classification {
        let expect = match self.mode {
            Mode::Whole => self.request.expected(),
            Mode::Streaming => Expect::Anything,
        };
        let bytes = body.as_bytes().map_or(&[][..], |bytes| bytes);
        let view = ResponseView::new(parts.status, &parts.headers, bytes)
            .expecting(expect)
            .with_token_age(version.age());
        self.shared.classifier.classify(&view)
    }

    fn head(&self, parts: Parts) -> Head {
        Head {
            operation: self.request.operation().clone(),
            status: parts.status,
            headers: parts.headers,
            attempts: self.attempts,
            maybe_repeated: self.maybe_executed,
        }
    }

    async fn renew(
        &mut self,
        error: Error,
        certainty: RejectionCertainty,
        version: CredentialVersion,
    ) -> Result<()> {
        if self.renewed {
            return Err(error);
        }
        let rejected = self.shared.auth.rejected(&version, certainty);
        let renewal = tokio::time::timeout_at(self.deadline, rejected).await;
        if renewal != Ok(RenewalOutcome::Renewed) {
            return Err(error);
        }
        if !self.resendable {
            return Err(error.with_hint("the token has been renewed, but the upload's stream cannot be sent twice: call again"));
        }
        tracing::debug!(
            operation = self.request.operation().name,
            "token rejected, sending again with a new one"
        );
        self.renewed = true;
        Ok(())
    }

    /// Waits for the next attempt, or returns the error if there is none.
    async fn prepare_retry(&mut self, error: Error) -> Result<()> {
        let class = FailureClass::of(&error);
        self.maybe_executed |= self.may_have_been_executed(&error, class);
        let policy = &self.shared.retry;
        let tries = self.attempts - u32::from(self.renewed);
        let random = fastrand::f64();
        if class == FailureClass::RateLimited {
            self.shared.rate_limiter.pause_for(policy.pause(
                class,
                tries,
                error.retry_after(),
                random,
            ));
        }
        let wait = policy.wait(
            class,
            self.request.is_idempotent(),
            tries,
            error.retry_after(),
            random,
        );
        let Some(wait) = wait.filter(|_| self.resendable) else {
            return Err(error);
        };
        if wait >= self.deadline.saturating_duration_since(Instant::now()) {
            return Err(error.with_retry_after(wait));
        }
        if class != FailureClass::RateLimited && !self.shared.budget.try_draw() {
            return Err(error);
        }
        tracing::warn!(
            operation = self.request.operation().name,
            attempt = self.attempts,
            wait_ms = wait.as_millis() as u64,
            %error,
            "call failed, retrying"
        );
        // After a rate limit all calls wait, in the rate limiter.
        if class != FailureClass::RateLimited {
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }

    fn may_have_been_executed(&self, error: &Error, class: FailureClass) -> bool {
        if self.request.method().is_safe() {
            return false;
        }
        let unreadable = error.kind() == ErrorKind::Protocol
            && error
                .status()
                .is_none_or(|status| (200..300).contains(&status));
        class == FailureClass::Ambiguous || unreadable
    }

    fn finish(&self, error: Error) -> Error {
        let error = self.mark_retryable(error);
        let error = error.with_elapsed(self.started.elapsed());
        // The error of a token request counts its own attempts.
        match error.operation() {
            Some(_) => error,
            None => error.with_attempts(self.attempts),
        }
    }

    fn mark_retryable(&self, error: Error) -> Error {
        let error = error.with_maybe_applied(self.maybe_executed);
        let harmless = self.request.is_idempotent() || !self.maybe_executed;
        match FailureClass::of(&error) {
            FailureClass::Final => error,
            _ => error.with_retryable(harmless),
        }
    }
}
