//! The forms of the grants, and the order in which they are used.

use super::exchange::{Exchange, Form};
use super::fallback_grant::FallbackGrant;
use crate::error::ErrorContext as _;
use crate::token::{Grant, TokenSource};
use crate::{Error, ErrorKind, Result};
use futures::future::BoxFuture;
use secrecy::SecretString;
use std::time::Duration;

const CONSENT_AGAIN: &str =
    "the consent has expired or was never given: authorize the program again";

impl Exchange {
    /// Uses the refresh token if there is one, then the fallback grant.
    async fn grant(&self, refresh: Option<SecretString>) -> Result<Grant> {
        let Some(refresh) = refresh else {
            return self.request_new().await;
        };
        let rejected = match self.refresh(&refresh).await {
            Err(error) if is_refused(&error) => error,
            Ok(grant) if grant.refresh.is_none() => {
                return Ok(Grant {
                    refresh: Some(refresh),
                    ..grant
                });
            }
            result => return result,
        };
        if matches!(self.fallback, FallbackGrant::Consent) {
            return Err(match rejected.kind() {
                ErrorKind::Auth => rejected.with_hint(CONSENT_AGAIN),
                _ => rejected,
            });
        }
        tracing::debug!(
            code = rejected.code(),
            "refresh token rejected, using the credentials"
        );
        self.request_new().await
    }

    async fn refresh(&self, token: &SecretString) -> Result<Grant> {
        let form = Form::new("refresh_token")
            .secret("refresh_token", token)
            .client(self.refresh_auth);
        self.request_token(form).await
    }

    async fn request_new(&self) -> Result<Grant> {
        let form = match &self.fallback {
            FallbackGrant::Credentials => Form::new("client_credentials"),
            #[cfg(feature = "password")]
            FallbackGrant::Password { user, password } => Form::new("password")
                .field("username", user)
                .secret("password", password),
            FallbackGrant::Consent => {
                let message = "there is no token and no refresh token";
                return Err(self
                    .with_context(Error::new(ErrorKind::Auth, message).with_hint(CONSENT_AGAIN)));
            }
        };
        let form = match &self.scope {
            Some(scope) => form.field("scope", scope),
            None => form,
        };
        self.request_token(form.client(self.client_auth)).await
    }

    /// Exchanges the code of a consent for tokens.
    #[cfg(feature = "authorization-code")]
    pub(super) async fn redeem(
        &self,
        code: &SecretString,
        redirect_uri: Option<&str>,
        verifier: Option<&SecretString>,
    ) -> Result<Grant> {
        let mut form = Form::new("authorization_code").secret("code", code);
        if let Some(uri) = redirect_uri {
            form = form.field("redirect_uri", uri);
        }
        if let Some(verifier) = verifier {
            form = form.secret("code_verifier", verifier);
        }
        self.request_token(form.client(self.client_auth)).await
    }
}

/// Any refusal of the refresh grant except a rate limit: the credentials may still work.
fn is_refused(error: &Error) -> bool {
    error.status().is_some() && !error.is_rate_limited()
}

impl TokenSource for Exchange {
    fn fetch(&self, refresh: Option<SecretString>) -> BoxFuture<'_, Result<Grant>> {
        Box::pin(self.grant(refresh))
    }

    fn longest_fetch(&self) -> Duration {
        // The refresh token, then the credentials.
        self.longest_request().saturating_mul(2)
    }
}
