//! The builder of [`OAuth1`].

use super::{OAuth1, OAuth1Token, SignatureMethod};
use crate::auth::ClientCredentials;
use crate::redact::CarriedSecrets;
use crate::token::{Clock, SystemClock};
use crate::{HttpService, Result};
use std::sync::Arc;

/// Settings of an [`OAuth1`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct OAuth1Builder {
    consumer: ClientCredentials,
    token: Option<OAuth1Token>,
    method: SignatureMethod,
    realm: Option<String>,
    clock: Option<Arc<dyn Clock>>,
    pub(crate) service: Option<Arc<dyn HttpService>>,
}

impl OAuth1Builder {
    pub(super) fn new(consumer: ClientCredentials) -> Self {
        Self {
            consumer,
            token: None,
            method: SignatureMethod::default(),
            realm: None,
            clock: None,
            service: None,
        }
    }

    /// Sets the token that a user granted. Default: none, for services that trust the consumer alone.
    pub fn token(mut self, token: OAuth1Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Sets how requests are signed. Default: [`SignatureMethod::HmacSha1`].
    pub fn method(mut self, method: SignatureMethod) -> Self {
        self.method = method;
        self
    }

    /// Sets the realm, for services that require one.
    pub fn realm(mut self, realm: impl Into<String>) -> Self {
        self.realm = Some(realm.into());
        self
    }

    /// Sets the clock for the signatures' timestamps. Default: the machine's clock.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Sets the HTTP client of the [three-legged flow](Self::three_legged). Default: a new one.
    pub fn service(mut self, service: Arc<dyn HttpService>) -> Self {
        self.service = Some(service);
        self
    }

    /// Builds the authentication.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for an empty consumer key or secret.
    pub fn build(self) -> Result<OAuth1> {
        self.consumer.check()?;
        let token = self.token.as_ref().map(|token| token.token().clone());
        Ok(OAuth1 {
            consumer: self.consumer,
            token: self.token,
            method: self.method,
            realm: self.realm,
            extra: Vec::new(),
            clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock::new())),
            sent: CarriedSecrets::new(token),
        })
    }
}
