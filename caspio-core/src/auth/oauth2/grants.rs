//! The forms of the grants, and which one follows which.

use futures::future::BoxFuture;
use secrecy::SecretString;

use super::exchange::{Exchange, Form};
use super::fallback_grant::FallbackGrant;
use crate::error::ErrorContext as _;
use crate::token::{Grant, TokenSource};
use crate::{Error, ErrorKind, Result};

const CONSENT_AGAIN: &str = "the consent has ended or was never given: authorize the program again";

impl Exchange {
    /// The refresh token first, then the way that needs none.
    async fn grant(&self, refresh: Option<SecretString>) -> Result<Grant> {
        let Some(refresh) = refresh else {
            return self.request_new().await;
        };
        let refused = match self.refresh(&refresh).await {
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
            return Err(match refused.kind() {
                ErrorKind::Auth => refused.with_hint(CONSENT_AGAIN),
                _ => refused,
            });
        }
        tracing::debug!(
            code = refused.code(),
            "refresh token refused, using the credentials"
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
                let message = "there is neither a token nor a refresh token";
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

    /// Turns the code of a consent into tokens.
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

/// Any refusal of the refresh grant but a rate limit: the credentials may still do.
fn is_refused(error: &Error) -> bool {
    error.status().is_some() && !error.is_rate_limited()
}

impl TokenSource for Exchange {
    fn fetch(&self, refresh: Option<SecretString>) -> BoxFuture<'_, Result<Grant>> {
        Box::pin(self.grant(refresh))
    }
}
