//! OAuth 2: client credentials, which Caspio uses, and the other grants, with one token exchange.

mod builder;
#[cfg(feature = "authorization-code")]
mod code;
mod exchange;
mod fallback_grant;
mod grants;
#[cfg(test)]
mod tests;
mod token_response;

use super::{
    Authenticate, ClientCredentials, CredentialVersion, RejectionCertainty, RenewalOutcome,
};
use crate::diagnosis::ClockOffset;
use crate::token::{Token, TokenCache};
use crate::{Account, Body, Meter, Result};
use builder::Provider;
use exchange::Exchange;
use futures::future::BoxFuture;
use http::header;
use std::fmt;
use std::sync::Arc;
use url::Url;

pub use builder::OAuth2Builder;
#[cfg(feature = "authorization-code")]
pub use code::{Authorization, AuthorizationCode, Pkce};

/// How the client's id and secret are sent to the token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClientAuth {
    /// As fields of the form, as Caspio's help pages show. A token refresh at Caspio always uses
    /// [`Basic`](Self::Basic), because Caspio documents no other method for it.
    #[default]
    Body,
    /// As an `Authorization: Basic` header, with both parts form-encoded (RFC 6749, 2.3.1).
    Basic,
}

/// OAuth 2: one token for all calls, renewed before it expires, with the refresh token if that works,
/// otherwise with the credentials, if the grant has any.
///
/// | grant | start | after the refresh token was rejected |
/// |---|---|---|
/// | client credentials | [`for_account`](Self::for_account), [`builder`](Self::builder) | the credentials |
/// | password (feature `password`) | `OAuth2Builder::password` | the password |
/// | authorization code (feature `authorization-code`) | `OAuth2Builder::authorization_code` | an error: the user must consent again |
/// | refresh token | [`OAuth2Builder::refresh_token`], [`OAuth2Builder::stored`] | an error |
///
/// Cloning is cheap; clones share the token. A token request is a billed call; usually there is one per
/// day.
///
/// ```no_run
/// use caspio_core::{Account, ClientCredentials, OAuth2};
///
/// # async fn run() -> caspio_core::Result<()> {
/// let account = Account::from_env()?;
/// let auth = OAuth2::for_account(&account, ClientCredentials::from_env()?).build()?;
/// let token = auth.token().await?;
/// assert!(token.expires_at() > std::time::SystemTime::now());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct OAuth2 {
    cache: TokenCache,
    exchange: Arc<Exchange>,
}

impl OAuth2 {
    /// Starts building OAuth 2 authentication for a Caspio account.
    pub fn for_account(account: &Account, credentials: ClientCredentials) -> OAuth2Builder {
        OAuth2Builder::new(account.token_url(), credentials, Provider::Caspio)
    }

    /// Starts building OAuth 2 authentication for any service with a token endpoint. The default grant
    /// is client credentials.
    pub fn builder(token_url: Url, credentials: ClientCredentials) -> OAuth2Builder {
        OAuth2Builder::new(token_url, credentials, Provider::Other)
    }

    fn new(cache: TokenCache, exchange: Arc<Exchange>) -> Self {
        Self { cache, exchange }
    }

    /// Returns a usable token with its expiry, and requests one only if there is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Auth`](crate::ErrorKind::Auth) if the service rejects the credentials, and the
    /// kinds of a call that failed. For a short pause after a failure the same error is returned
    /// without another request.
    pub async fn token(&self) -> Result<Token> {
        self.cache.token().await
    }

    /// Waits until a token request that runs in the background has ended and its token is stored.
    ///
    /// Call it before the runtime is shut down; see [`TokenCache::settle`].
    pub async fn settle(&self) {
        self.cache.settle().await;
    }

    /// Returns the difference between this machine's clock and the token endpoint's, from the `Date` of
    /// its last response.
    #[must_use]
    pub fn clock_offset(&self) -> Option<ClockOffset> {
        self.exchange.offset()
    }

    /// Drops the token of a generation because a service rejected it; a newer token is kept.
    pub fn invalidate(&self, generation: u64) {
        self.cache.invalidate(generation);
    }
}

impl Authenticate for OAuth2 {
    fn authorize<'a>(
        &'a self,
        request: &'a mut http::Request<Body>,
    ) -> BoxFuture<'a, Result<CredentialVersion>> {
        Box::pin(async move {
            let token = self.cache.token().await?;
            let value = token.header_value().clone();
            request.headers_mut().insert(header::AUTHORIZATION, value);
            Ok(CredentialVersion::new()
                .with_generation(token.generation())
                .with_age(self.cache.age_of(&token)))
        })
    }

    fn authorize_now(
        &self,
        request: &mut http::Request<Body>,
    ) -> Option<Result<CredentialVersion>> {
        let token = self.cache.cached()?;
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, token.header);
        Some(Ok(CredentialVersion::new()
            .with_generation(token.generation)
            .with_age(token.age)))
    }

    fn prepare(&self) -> Option<BoxFuture<'_, Result<()>>> {
        if self.cache.is_ready() {
            return None;
        }
        Some(Box::pin(async move { self.cache.token().await.map(drop) }))
    }

    fn rejected<'a>(
        &'a self,
        version: &'a CredentialVersion,
        certainty: RejectionCertainty,
    ) -> BoxFuture<'a, RenewalOutcome> {
        Box::pin(async move {
            if certainty == RejectionCertainty::Certain {
                let age = version.age().unwrap_or_default();
                return match self.cache.reject(version.generation(), age) {
                    true => RenewalOutcome::Renewed,
                    false => RenewalOutcome::Unchanged,
                };
            }
            match self.cache.renew(version.generation()).await {
                Ok(_) => RenewalOutcome::Renewed,
                Err(_) => RenewalOutcome::Unchanged,
            }
        })
    }

    fn settle(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.cache.settle())
    }

    fn meter(&self) -> Option<&Meter> {
        Some(self.exchange.meter())
    }
}

impl fmt::Debug for OAuth2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth2")
            .field("cache", &self.cache)
            .finish()
    }
}
