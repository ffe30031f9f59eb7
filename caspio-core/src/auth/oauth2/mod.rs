//! OAuth 2 with client credentials, the way into a Caspio account.

mod answer;
mod builder;
mod exchange;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use http::header;
use url::Url;

pub use builder::OAuth2Builder;
use exchange::Exchange;
pub(crate) use exchange::TOKEN_OPERATION;

use super::{Authenticate, ClientCredentials, Refusal, Renewal, Ticket};
use crate::token::{Token, TokenCache};
use crate::transport::Meter;
use crate::{Account, Body, Result};

/// How the client's id and secret reach the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ClientAuth {
    /// As members of the form, as Caspio's help pages show. A refresh uses [`Basic`](Self::Basic) all the
    /// same, because Caspio documents no other way.
    #[default]
    Body,
    /// As an `Authorization: Basic` header, both parts form-encoded first (RFC 6749, 2.3.1).
    Basic,
}

/// OAuth 2 with client credentials: one token for all calls, renewed before its end, by the refresh token
/// where that works and else by the credentials.
///
/// Cloning is cheap and shares the token. A token request is a billed call: one a day is the rule.
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
    /// Starts the way into a Caspio account.
    pub fn for_account(account: &Account, credentials: ClientCredentials) -> OAuth2Builder {
        OAuth2Builder::new(account.token_url(), credentials)
    }

    /// Starts the way into any service with a token endpoint for client credentials.
    pub fn builder(token_url: Url, credentials: ClientCredentials) -> OAuth2Builder {
        OAuth2Builder::new(token_url, credentials)
    }

    fn new(cache: TokenCache, exchange: Arc<Exchange>) -> Self {
        Self { cache, exchange }
    }

    /// A usable token with its expiry, fetched only if there is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Auth`](crate::ErrorKind::Auth) for credentials the service does not accept, and the kinds
    /// of a call that did not come through. For a short pause after a failure the same error is returned
    /// without another request.
    pub async fn token(&self) -> Result<Token> {
        self.cache.token().await
    }

    /// Drops the token of a generation, because a service refused it; a newer one stays.
    pub fn invalidate(&self, generation: u64) {
        self.cache.invalidate(generation);
    }
}

impl Authenticate for OAuth2 {
    fn authorize<'a>(
        &'a self,
        request: &'a mut http::Request<Body>,
    ) -> BoxFuture<'a, Result<Ticket>> {
        Box::pin(async move {
            let token = self.cache.token().await?;
            let value = token.header_value().clone();
            request.headers_mut().insert(header::AUTHORIZATION, value);
            Ok(Ticket::new()
                .with_generation(token.generation())
                .with_age(self.cache.age_of(&token)))
        })
    }

    fn refused<'a>(&'a self, ticket: &'a Ticket, refusal: Refusal) -> BoxFuture<'a, Renewal> {
        Box::pin(async move {
            if refusal == Refusal::Certain {
                self.cache.invalidate(ticket.generation());
                return Renewal::Renewed;
            }
            match self.cache.renew(ticket.generation()).await {
                Ok(_) => Renewal::Renewed,
                Err(_) => Renewal::Unchanged,
            }
        })
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
