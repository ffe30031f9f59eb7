//! Obtains the credentials of an attempt, and renews them when they are rejected.

use super::call::{AttemptError, Call};
use super::rate_limiter::{CallPermit, Turn};
use super::retry::FailureClass;
use crate::auth::{CredentialVersion, RenewalOutcome};
use crate::classify::RejectionCertainty;
use crate::error::ErrorContext as _;
use crate::{Body, Error, ErrorKind, Result};

/// How many times credentials are obtained that expire during the wait for the start.
const MOST_PREPARATIONS: u32 = 3;

impl Call<'_> {
    /// Waits until the attempt may start, after it has obtained the credentials: otherwise the starts of all waiting
    /// calls would pass during the wait for them, and then all would be sent at once.
    pub(super) async fn wait_for_start(&self) -> Result<CallPermit, AttemptError> {
        let turn = match self.attempts {
            0 => Turn::InOrder,
            _ => Turn::First,
        };
        if self.request.is_public() {
            return self.start(turn).await;
        }
        // They may expire during the wait for the start.
        for _ in 0..MOST_PREPARATIONS {
            if let Some(prepared) = self.shared.auth.prepare() {
                let prepared = self.before_sending(prepared).await;
                prepared.map_err(AttemptError::NoCredentials)?;
            }
            let permit = self.start(turn).await?;
            if self.shared.auth.prepare().is_none() {
                return Ok(permit);
            }
        }
        self.start(turn).await
    }

    async fn start(&self, turn: Turn) -> Result<CallPermit, AttemptError> {
        let start = self.shared.rate_limiter.acquire(self.send_by, turn);
        start.await.map_err(AttemptError::NotSent)
    }

    pub(super) async fn authorize(
        &self,
        request: &mut http::Request<Body>,
    ) -> Result<CredentialVersion> {
        if self.request.is_public() {
            return Ok(CredentialVersion::new());
        }
        if let Some(version) = self.shared.auth.authorize_now(request) {
            return version;
        }
        self.before_sending(self.shared.auth.authorize(request))
            .await
    }

    /// Waits for credentials as long as there is time left to send the request.
    async fn before_sending<T>(&self, credentials: impl Future<Output = Result<T>>) -> Result<T> {
        match tokio::time::timeout_at(self.send_by, credentials).await {
            Ok(result) => result,
            Err(_) => Err(Error::new(
                ErrorKind::Timeout,
                "no token was available in time",
            )),
        }
    }

    /// Waits for the next attempt to obtain credentials, or returns the error if there is none.
    ///
    /// The request was not sent, so it makes no difference whether it is idempotent. One token request serves all calls
    /// that wait, so it does not use the retry budget.
    pub(super) async fn await_credentials(&mut self, error: Error) -> Result<()> {
        self.unauthorized += 1;
        let policy = &self.shared.retry;
        let class = FailureClass::of(&error);
        let mut wait = policy.pause(
            class,
            self.unauthorized,
            error.retry_after(),
            fastrand::f64(),
        );
        if class == FailureClass::RateLimited {
            // The service refuses the calls of the whole account.
            wait = self.shared.rate_limiter.pause(|_| wait).time;
        }
        if !policy.allows(class, true, self.unauthorized) {
            return Err(error);
        }
        self.check_wait(wait, &error)?;
        tracing::warn!(
            operation = self.request.operation().name,
            wait_ms = wait.as_millis() as u64,
            %error,
            "no credentials, trying again"
        );
        tokio::time::sleep(wait).await;
        Ok(())
    }

    pub(super) async fn renew(
        &mut self,
        error: Error,
        certainty: RejectionCertainty,
        version: CredentialVersion,
    ) -> Result<()> {
        if self.renewed || self.request.is_public() {
            return Err(error);
        }
        let rejected = self.shared.auth.rejected(&version, certainty);
        let renewal = tokio::time::timeout_at(self.send_by, rejected).await;
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
}
