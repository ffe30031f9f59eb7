//! The builder of [`OAuth2`].

use super::exchange::{ErrorHints, Exchange};
use super::fallback_grant::FallbackGrant;
use super::{ClientAuth, OAuth2};
use crate::auth::ClientCredentials;
use crate::http_client::is_loopback;
use crate::token::{CachePolicy, Clock, SystemClock, TokenCache, TokenStore};
use crate::{Error, ErrorKind, HttpService, Meter, ReqwestService, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;

const CASPIO: ErrorHints = ErrorHints {
    credentials: "check the client id and the client secret (CASPIO_CLIENT_ID, CASPIO_CLIENT_SECRET) and that the API profile is enabled",
    token_url: "check the account (CASPIO_ACCOUNT)",
};

const OTHER: ErrorHints = ErrorHints {
    credentials: "check the client id, the client secret, how they are sent, and the other settings",
    token_url: "check the URL of the token endpoint",
};

/// The service whose token endpoint it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Provider {
    Caspio,
    Other,
}

/// Settings of an [`OAuth2`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct OAuth2Builder {
    token_url: Url,
    pub(super) credentials: ClientCredentials,
    client_auth: ClientAuth,
    pub(super) fallback: FallbackGrant,
    first_refresh: Option<SecretString>,
    pub(super) scope: Option<String>,
    fields: Vec<(String, String)>,
    provider: Provider,
    service: Option<Arc<dyn HttpService>>,
    clock: Option<Arc<dyn Clock>>,
    store: Option<Arc<dyn TokenStore>>,
    policy: CachePolicy,
    timeout: Duration,
    attempts: u32,
    meter: Option<Meter>,
}

impl OAuth2Builder {
    pub(super) fn new(token_url: Url, credentials: ClientCredentials, provider: Provider) -> Self {
        Self {
            token_url,
            credentials,
            client_auth: ClientAuth::default(),
            fallback: FallbackGrant::Credentials,
            first_refresh: None,
            scope: None,
            fields: Vec::new(),
            provider,
            service: None,
            clock: None,
            store: None,
            policy: CachePolicy::default(),
            timeout: Duration::from_secs(15),
            attempts: 2,
            meter: None,
        }
    }

    /// Sets how id and secret are sent. Default: [`ClientAuth::Body`].
    pub fn client_auth(mut self, how: ClientAuth) -> Self {
        self.client_auth = how;
        self
    }

    /// Starts with a refresh token. There is no fallback once the server rejects it and its successors.
    /// A newer token in the [store](Self::store) takes precedence.
    pub fn refresh_token(mut self, token: impl Into<SecretString>) -> Self {
        self.first_refresh = Some(token.into());
        self.stored()
    }

    /// Uses only the tokens in the [store](Self::store), from a consent that was given earlier.
    pub fn stored(mut self) -> Self {
        self.fallback = FallbackGrant::Consent;
        self
    }

    /// Uses a user's own name and password. They are kept for when the refresh token expires.
    #[cfg(feature = "password")]
    pub fn password(mut self, user: impl Into<String>, password: impl Into<SecretString>) -> Self {
        self.fallback = FallbackGrant::Password {
            user: user.into(),
            password: password.into(),
        };
        self
    }

    /// Sets the requested scope: words separated by spaces. Default: the server's default.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Adds a field to every token request, such as `audience`. Not for secrets: `Debug` shows it.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// Sets the HTTP client for the token requests. Default: a new [`ReqwestService`]; pass the
    /// transport's to share its connections.
    pub fn service(mut self, service: Arc<dyn HttpService>) -> Self {
        self.service = Some(service);
        self
    }

    /// Sets the clock that measures the age of tokens. Default: the machine's clock.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Sets where tokens are stored between runs of the program. Default: nowhere.
    ///
    /// A token is stored with a hash of the token endpoint, the client id and the user, and is not used for others.
    pub fn store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// Sets when tokens are renewed.
    pub fn cache_policy(mut self, policy: CachePolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets the time limit for one token request. A renewal makes up to [`attempts`](Self::attempts), or twice as
    /// many if the refresh token is rejected first. Default: 15 seconds.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Sets how many times a token request is sent at most if its response is lost or the server fails. Each is a
    /// billed call. Default: 2.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Sets the meter that counts the token requests. Default: a new one, which the transport adopts.
    pub fn meter(mut self, meter: Meter) -> Self {
        self.meter = Some(meter);
        self
    }

    /// Builds the authentication. Makes no call.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for an empty id or secret, a token endpoint that is neither `https` nor on this
    /// machine, and as for [`ReqwestServiceBuilder::build`](crate::http_client::ReqwestServiceBuilder::build).
    pub fn build(self) -> Result<OAuth2> {
        let service = self.resolve_service()?;
        let owner = self.owner();
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let exchange = Arc::new(Exchange {
            resource: match (self.provider, self.token_url.host_str().unwrap_or_default()) {
                (Provider::Caspio, host) => format!("account {host}"),
                (Provider::Other, host) => format!("host {host}"),
            },
            refresh_auth: match self.provider {
                // Caspio documents only this method for a refresh.
                Provider::Caspio => ClientAuth::Basic,
                Provider::Other => self.client_auth,
            },
            hints: match self.provider {
                Provider::Caspio => CASPIO,
                Provider::Other => OTHER,
            },
            token_url: self.token_url,
            credentials: self.credentials,
            client_auth: self.client_auth,
            scope: self.scope,
            fields: self.fields,
            service,
            clock: Arc::clone(&clock),
            offset: Mutex::default(),
            timeout: self.timeout,
            attempts: self.attempts,
            meter: self.meter.unwrap_or_default(),
            fallback: self.fallback.clone(),
        });
        let mut policy = self.policy;
        // Without a fallback, a refresh token is used until it expires.
        if matches!(self.fallback, FallbackGrant::Consent) {
            policy.refresh_floor = None;
        }
        let source = Arc::clone(&exchange);
        let cache = TokenCache::with_store(source, clock, policy, self.store, Some(owner));
        if let Some(refresh) = self.first_refresh {
            cache.set_initial_refresh_token(refresh);
        }
        Ok(OAuth2::new(cache, exchange))
    }

    /// Returns a hash of what a token belongs to, which is stored with it.
    fn owner(&self) -> String {
        let parts = [
            self.token_url.as_str(),
            self.credentials.id(),
            self.fallback.user(),
        ];
        let hash = parts.iter().fold(Sha256::new(), |hash, part| {
            hash.chain_update((part.len() as u64).to_be_bytes())
                .chain_update(part)
        });
        URL_SAFE_NO_PAD.encode(&hash.finalize()[..16])
    }

    /// Checks the settings, and creates the HTTP client if none was set.
    pub(super) fn resolve_service(&self) -> Result<Arc<dyn HttpService>> {
        self.credentials.check()?;
        if self.credentials.is_public() && matches!(self.fallback, FallbackGrant::Credentials) {
            return Err(Error::new(
                ErrorKind::Config,
                "a client without a secret cannot use the client credentials grant",
            ));
        }
        self.check_url()?;
        Ok(match &self.service {
            Some(service) => Arc::clone(service),
            None => Arc::new(ReqwestService::for_url(&self.token_url)?),
        })
    }

    fn check_url(&self) -> Result<()> {
        if self.token_url.scheme() == "https" || is_loopback(&self.token_url) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Config,
            "the token endpoint's URL is not https, so the secret would be sent unencrypted",
        ))
    }
}
