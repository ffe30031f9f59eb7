//! One call with its attempts.

use super::outcome::may_be_executed;
use super::retry::FailureClass;
use super::{Shared, TIME_FOR_A_RESPONSE, span};
use crate::auth::CredentialVersion;
use crate::classify::{Classification, RejectionCertainty, ResponseView};
use crate::error::ErrorContext as _;
use crate::redact::Redactor;
use crate::response::Head;
use crate::{Body, Error, ErrorKind, Expect, Request, Result};
use http::response::Parts;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use tracing::{Instrument as _, Span};

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
    /// The latest time at which an attempt is sent: later, its response would come after the deadline.
    pub(super) send_by: Instant,
    pub(super) attempt_limit: Duration,
    /// How long the call is retried after rate limits, regardless of their number.
    pub(super) rate_limit_wait: Duration,
    pub(super) attempts: u32,
    /// The attempts among them that a rate limit refused.
    pub(super) refusals: u32,
    /// How many times the credentials could not be obtained.
    pub(super) unauthorized: u32,
    /// Whether the token was renewed for this call, which happens at most once.
    pub(super) renewed: bool,
    /// The last refusal by a rate limit.
    pub(super) refusal: Option<Error>,
    /// Whether a failed attempt may have been executed.
    pub(super) maybe_executed: bool,
    /// Whether the body can be sent again.
    pub(super) resendable: bool,
    /// The credentials of the last attempt: a response may echo them.
    pub(super) redactor: Redactor,
    /// The span of the current attempt.
    pub(super) span: Span,
}

/// Why an attempt failed.
pub(super) enum AttemptError {
    /// Nothing was sent.
    NotSent(Error),
    /// Nothing was sent, because there are no credentials.
    NoCredentials(Error),
    /// The token was rejected.
    TokenRejected(Error, RejectionCertainty, CredentialVersion),
    Failed(Error),
}

impl<'t> Call<'t> {
    pub(super) fn new(shared: &'t Shared, request: Request, mode: Mode) -> Self {
        let started = Instant::now();
        let limit = request.attempt_timeout().unwrap_or(shared.timeout);
        let (total, rate_limit_wait) = shared.retry.limits(&request);
        let upload = Duration::from_secs(request.body_len() / UPLOAD_BYTES_PER_SECOND);
        let total = total.saturating_add(upload).min(FOREVER);
        let attempt_limit = limit.saturating_add(upload).min(FOREVER);
        let needed = attempt_limit
            .min(TIME_FOR_A_RESPONSE + upload)
            .min(total / 2);
        Self {
            shared,
            request,
            mode,
            started,
            deadline: started + total,
            send_by: started + (total - needed),
            attempt_limit,
            rate_limit_wait,
            attempts: 0,
            refusals: 0,
            unauthorized: 0,
            renewed: false,
            refusal: None,
            maybe_executed: false,
            resendable: true,
            redactor: Redactor::default(),
            span: Span::none(),
        }
    }

    pub(super) async fn run(mut self) -> Result<Delivered> {
        loop {
            self.span = span::of_attempt(&self.request, self.attempts);
            let span = self.span.clone();
            let next = match self.attempt().instrument(span).await {
                Ok(delivered) => {
                    self.shared.budget.succeeded();
                    return Ok(delivered);
                }
                Err(AttemptError::NotSent(error)) => Err(self.with_refusal(error)),
                Err(AttemptError::NoCredentials(error)) => self.await_credentials(error).await,
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

    /// Returns the service's refusal, if the call ends because it would have to wait too long after it: the refusal has
    /// the service's reason and request id.
    fn with_refusal(&mut self, error: Error) -> Error {
        match self.refusal.take() {
            Some(refusal) if error.kind() == ErrorKind::RateLimited => match error.retry_after() {
                Some(wait) => refusal.with_retry_after(wait),
                None => refusal,
            },
            _ => error,
        }
    }

    async fn attempt(&mut self) -> Result<Delivered, AttemptError> {
        let waiting = (!self.span.is_disabled()).then(Instant::now);
        let mut permit = self.wait_for_start().await?;
        let waited = waiting.map(|waiting| waiting.elapsed().as_millis() as u64);
        self.span.record("caspio.wait_ms", waited);
        let (mut request, resendable) = self.request.take_http().map_err(AttemptError::NotSent)?;
        self.resendable = resendable;
        let version = self
            .authorize(&mut request)
            .await
            .map_err(AttemptError::NoCredentials)?;
        self.redactor = Redactor::for_request(&request, self.request.secrets());
        let operation = self.request.operation();
        let bytes = request.body().len().unwrap_or(0);
        let count = self
            .shared
            .meter
            .start(operation.name, operation.table.as_deref(), bytes);
        let count = count.map_err(AttemptError::NotSent)?;
        self.attempts += 1;
        let received = self.exchange(request, count).await;
        let (parts, body, elapsed) =
            received.map_err(|error| AttemptError::Failed(self.redactor.redact(error)))?;
        let classification = self.classify(&parts, &body, version);
        if !matches!(classification, Classification::RateLimited(_)) {
            permit.accepted();
            if self.mode == Mode::Whole {
                self.shared.call_time.record(elapsed);
            }
        }
        match classification {
            Classification::Ok => Ok(Delivered {
                head: self.head(parts),
                body,
                permit: permit.into_slot(),
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

    /// Fails if no attempt can be sent after a wait.
    pub(super) fn check_wait(&self, wait: Duration, error: &Error) -> Result<()> {
        let left = self.send_by.saturating_duration_since(Instant::now());
        match wait >= left {
            true => Err(error.clone().with_retry_after(wait)),
            false => Ok(()),
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

    /// Waits for the next attempt, or returns the error if there is none.
    async fn prepare_retry(&mut self, error: Error) -> Result<()> {
        let class = FailureClass::of(&error);
        let is_write = !self.request.method().is_safe();
        self.maybe_executed |= is_write && may_be_executed(&error, class);
        let is_refused = class == FailureClass::RateLimited;
        self.refusals += u32::from(is_refused);
        self.refusal = is_refused.then(|| error.clone());
        let failed = match is_refused {
            true => self.refusals,
            false => self.attempts - self.refusals - u32::from(self.renewed),
        };
        let policy = &self.shared.retry;
        let (asked, random) = (error.retry_after(), fastrand::f64());
        let (wait, is_first) = if is_refused {
            let length = |row: u32| policy.pause(class, failed.max(row), asked, random);
            let pause = self.shared.rate_limiter.pause(length);
            (pause.time, pause.is_new)
        } else {
            (policy.pause(class, failed, asked, random), true)
        };
        let waits = is_refused && self.started.elapsed() < self.rate_limit_wait;
        let again = waits || policy.allows(class, self.request.is_idempotent(), failed);
        if !again || !self.resendable {
            return Err(error);
        }
        self.check_wait(wait, &error)?;
        // Calls that one rate limit refused together are repeated one after another, which does no harm. A bulk write
        // waits out a rate limit for a given time, which the budget must not end.
        if is_first && !waits && !self.shared.budget.try_draw() {
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
        if !is_refused {
            tokio::time::sleep(wait).await;
        }
        Ok(())
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
        let class = FailureClass::of(&error);
        let error = error.with_maybe_applied(self.maybe_executed);
        let harmless = self.request.is_idempotent() || !self.maybe_executed;
        match class {
            FailureClass::Final => error,
            _ => error.with_retryable(harmless),
        }
    }
}
