use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::exchange::Exchange;
use super::{ClientAuth, OAuth2};
use crate::auth::ClientCredentials;
use crate::token::{CachePolicy, Clock, SystemClock, TokenCache, TokenStore};
use crate::transport::Meter;
use crate::{Error, ErrorKind, HttpService, ReqwestService, Result};

/// Settings of an [`OAuth2`].
#[derive(Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct OAuth2Builder {
    token_url: Url,
    credentials: ClientCredentials,
    client_auth: ClientAuth,
    service: Option<Arc<dyn HttpService>>,
    clock: Option<Arc<dyn Clock>>,
    store: Option<Arc<dyn TokenStore>>,
    policy: CachePolicy,
    timeout: Duration,
    meter: Option<Meter>,
}

impl OAuth2Builder {
    pub(super) fn new(token_url: Url, credentials: ClientCredentials) -> Self {
        Self {
            token_url,
            credentials,
            client_auth: ClientAuth::default(),
            service: None,
            clock: None,
            store: None,
            policy: CachePolicy::default(),
            timeout: Duration::from_secs(15),
            meter: None,
        }
    }

    /// How id and secret are sent. Default: [`ClientAuth::Body`].
    pub fn client_auth(mut self, how: ClientAuth) -> Self {
        self.client_auth = how;
        self
    }

    /// What sends the token requests. Default: a [`ReqwestService`] of its own; give the transport's to
    /// share its connections.
    pub fn service(mut self, service: Arc<dyn HttpService>) -> Self {
        self.service = Some(service);
        self
    }

    /// The clock tokens age by. Default: the machine's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Where tokens are kept between starts of the program. Default: nowhere.
    pub fn store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// When tokens are renewed.
    pub fn cache_policy(mut self, policy: CachePolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The time for one token request, of which a renewal makes up to two, or four when the refresh token
    /// is refused first. Default: 15 seconds.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// The meter that counts the token requests. Default: a new one, which the transport adopts.
    pub fn meter(mut self, meter: Meter) -> Self {
        self.meter = Some(meter);
        self
    }

    /// Makes the authentication. No call is made yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] for an empty id or secret, a token endpoint that is neither `https` nor on this
    /// machine, and as for [`ReqwestServiceBuilder::build`](crate::service::ReqwestServiceBuilder::build).
    pub fn build(self) -> Result<OAuth2> {
        self.credentials.check()?;
        self.check_address()?;
        let service = match &self.service {
            Some(service) => Arc::clone(service),
            None => Arc::new(self.own_service()?),
        };
        let exchange = Arc::new(Exchange {
            object: format!("account {}", self.token_url.host_str().unwrap_or_default()),
            token_url: self.token_url,
            credentials: self.credentials,
            client_auth: self.client_auth,
            service,
            timeout: self.timeout,
            meter: self.meter.unwrap_or_default(),
        });
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let source = Arc::clone(&exchange);
        let cache = TokenCache::with_store(source, clock, self.policy, self.store);
        Ok(OAuth2::new(cache, exchange))
    }

    fn check_address(&self) -> Result<()> {
        if self.token_url.scheme() == "https" || is_local(&self.token_url) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Config,
            "the token endpoint's address is not https, so the secret would travel in the open",
        ))
    }

    fn own_service(&self) -> Result<ReqwestService> {
        let builder = ReqwestService::builder();
        match is_local(&self.token_url) {
            true => builder.loopback(&self.token_url).build(),
            false => builder.build(),
        }
    }
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
