use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::budget::RetryBudget;
use super::{CallRecord, Hook, RateLimiter, RetryPolicy, Shared, Transport};
use crate::auth::{Authenticate, NoAuth};
use crate::classify::{CaspioClassifier, ResponseClassifier};
use crate::{Account, HttpService, Meter, ReqwestService, Result};

/// Settings of a [`Transport`].
#[must_use = "a builder does nothing until it is built"]
pub struct TransportBuilder {
    account: Option<Account>,
    origin: Option<Url>,
    service: Option<Arc<dyn HttpService>>,
    auth: Arc<dyn Authenticate>,
    classifier: Arc<dyn ResponseClassifier>,
    retry: RetryPolicy,
    rate_limiter: RateLimiter,
    timeout: Duration,
    max_body: usize,
    max_url: Option<usize>,
    meter: Option<Meter>,
    on_call: Option<Hook>,
}

impl Default for TransportBuilder {
    fn default() -> Self {
        Self {
            account: None,
            origin: None,
            service: None,
            auth: Arc::new(NoAuth),
            classifier: Arc::new(CaspioClassifier::new()),
            retry: RetryPolicy::default(),
            rate_limiter: RateLimiter::unlimited(),
            timeout: Duration::from_secs(60),
            max_body: 256 * 1024 * 1024,
            max_url: Some(2047),
            meter: None,
            on_call: None,
        }
    }
}

impl TransportBuilder {
    /// Ties the transport to an account: a request that leads to another host is refused, and the default
    /// service fits the account. Default: any address.
    pub fn account(mut self, account: &Account) -> Self {
        self.account = Some(account.clone());
        self
    }

    /// Ties the transport to the host of an address, for services other than Caspio: a request that leads to
    /// another scheme, host or port is refused, so that credentials never go there. Default: any address.
    pub fn origin(mut self, address: &Url) -> Self {
        self.origin = Some(address.clone());
        self
    }

    /// What sends the bytes. Default: a [`ReqwestService`].
    pub fn service(mut self, service: Arc<dyn HttpService>) -> Self {
        self.service = Some(service);
        self
    }

    /// What puts credentials on. Default: [`NoAuth`].
    pub fn auth(mut self, auth: Arc<dyn Authenticate>) -> Self {
        self.auth = auth;
        self
    }

    /// What says what answers mean. Default: [`CaspioClassifier`].
    pub fn classifier(mut self, classifier: Arc<dyn ResponseClassifier>) -> Self {
        self.classifier = classifier;
        self
    }

    /// Whether and when to try again. Default: [`RetryPolicy::default`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How fast calls may follow each other. Default: [`RateLimiter::unlimited`].
    pub fn rate_limiter(mut self, rate_limiter: RateLimiter) -> Self {
        self.rate_limiter = rate_limiter;
        self
    }

    /// The time for one attempt, its answer's body included; an upload gets one second more for each 64 KiB.
    /// Default: 60 seconds. The time for the whole call is [`RetryPolicy::deadline`].
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// The largest answer that [`Transport::send`] reads into memory. Default: 256 MiB.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// The longest address that is sent; a longer one would be answered 414 and billed. Default: 2,047
    /// characters, Caspio's limit.
    pub fn max_url(mut self, characters: impl Into<Option<usize>>) -> Self {
        self.max_url = characters.into();
        self
    }

    /// The meter that counts the calls. Default: the authentication's, so that one counts all.
    pub fn meter(mut self, meter: Meter) -> Self {
        self.meter = Some(meter);
        self
    }

    /// A function that is told of every call that was made, also of those that a retry follows. It must
    /// not block.
    pub fn on_call(mut self, hook: impl Fn(&CallRecord<'_>) + Send + Sync + 'static) -> Self {
        self.on_call = Some(Arc::new(hook));
        self
    }

    /// Makes the transport. No call is made yet.
    ///
    /// # Errors
    ///
    /// As for [`ReqwestServiceBuilder::build`](crate::http_client::ReqwestServiceBuilder::build), unless a
    /// service was given.
    pub fn build(self) -> Result<Transport> {
        let account = self.account.as_ref().map(Account::base_url);
        let origin = self.origin.or(account);
        let service = match (self.service, &origin) {
            (Some(service), _) => service,
            (None, Some(address)) => Arc::new(ReqwestService::for_address(address)?),
            (None, None) => Arc::new(ReqwestService::builder().build()?),
        };
        let adopted = self.meter.or_else(|| self.auth.meter().cloned());
        Ok(Transport(Arc::new(Shared {
            service,
            budget: RetryBudget::new(),
            meter: adopted.unwrap_or_default(),
            origin: origin.map(|address| address.origin()),
            auth: self.auth,
            classifier: self.classifier,
            retry: self.retry,
            rate_limiter: self.rate_limiter,
            timeout: self.timeout,
            max_body: self.max_body,
            max_url: self.max_url,
            on_call: self.on_call,
        })))
    }
}

impl fmt::Debug for TransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportBuilder")
            .field("account", &self.account)
            .field("origin", &self.origin.as_ref().map(Url::host_str))
            .field("auth", &self.auth)
            .field("retry", &self.retry)
            .field("rate_limiter", &self.rate_limiter)
            .finish_non_exhaustive()
    }
}
