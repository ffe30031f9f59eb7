//! The builder of [`Transport`].

use super::budget::RetryBudget;
use super::pace::CallTime;
use super::{CallRecord, Hook, RateLimiter, RetryPolicy, Shared, Transport};
use crate::auth::{Authenticate, NoAuth};
use crate::classify::{CaspioClassifier, ResponseClassifier};
use crate::http_client::is_loopback;
use crate::meter::CallLimits;
use crate::{Account, HttpService, Meter, ReqwestService, Result};
use jiff::tz::TimeZone;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Settings of a [`Transport`].
#[must_use = "a builder does nothing until it is built"]
pub struct TransportBuilder {
    account: Option<Account>,
    origin: Option<Url>,
    service: Option<Arc<dyn HttpService>>,
    auth: Arc<dyn Authenticate>,
    classifier: Arc<dyn ResponseClassifier>,
    retry: RetryPolicy,
    rate_limiter: Option<RateLimiter>,
    timeout: Duration,
    max_body: usize,
    max_url: Option<usize>,
    meter: Option<Meter>,
    call_limits: CallLimits,
    time_zone: Option<TimeZone>,
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
            rate_limiter: None,
            timeout: Duration::from_secs(60),
            max_body: 256 * 1024 * 1024,
            max_url: Some(2047),
            meter: None,
            call_limits: CallLimits::default(),
            time_zone: None,
            on_call: None,
        }
    }
}

impl TransportBuilder {
    /// Restricts the transport to an account: a request to another host is refused, and the default
    /// HTTP client is configured for the account. Default: no restriction.
    pub fn account(mut self, account: &Account) -> Self {
        self.account = Some(account.clone());
        self
    }

    /// Restricts the transport to the host of a URL, for services other than Caspio: a request to
    /// another scheme, host or port is refused, so that credentials are never sent there. Default: no
    /// restriction.
    pub fn origin(mut self, url: &Url) -> Self {
        self.origin = Some(url.clone());
        self
    }

    /// Sets the HTTP client. Default: a [`ReqwestService`].
    pub fn service(mut self, service: Arc<dyn HttpService>) -> Self {
        self.service = Some(service);
        self
    }

    /// Sets the authentication. Default: [`NoAuth`].
    pub fn auth(mut self, auth: Arc<dyn Authenticate>) -> Self {
        self.auth = auth;
        self
    }

    /// Sets the classifier of responses. Default: [`CaspioClassifier`].
    pub fn classifier(mut self, classifier: Arc<dyn ResponseClassifier>) -> Self {
        self.classifier = classifier;
        self
    }

    /// Sets whether and when to retry. Default: [`RetryPolicy::default`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets how fast calls may follow each other. Default: [`RateLimiter::caspio`] for an
    /// [`account`](Self::account), unless it is on this machine (an emulator); otherwise
    /// [`RateLimiter::unlimited`].
    pub fn rate_limiter(mut self, rate_limiter: RateLimiter) -> Self {
        self.rate_limiter = Some(rate_limiter);
        self
    }

    /// Sets the time limit for one attempt, including its response body; an upload gets one second more
    /// for each 64 KiB. Default: 60 seconds. The limit for the whole call is [`RetryPolicy::deadline`].
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Sets the largest response that [`Transport::send`] reads into memory. Default: 256 MiB.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Sets the longest URL that is sent; the service would refuse a longer one with 414 and bill it.
    /// Default: 2,047 characters, Caspio's limit.
    pub fn max_url(mut self, characters: impl Into<Option<usize>>) -> Self {
        self.max_url = characters.into();
        self
    }

    /// Sets the meter that counts the calls. Default: the authentication's, so that one meter counts
    /// all calls.
    pub fn meter(mut self, meter: Meter) -> Self {
        self.meter = Some(meter);
        self
    }

    /// Sets how many calls may be made in all. Default: no limit.
    ///
    /// It counts the calls of the [meter](Self::meter), which the service bills: every attempt and every token request.
    /// A further one fails with [`ErrorKind::Budget`](crate::ErrorKind::Budget) and is not sent.
    pub fn max_calls(mut self, calls: u64) -> Self {
        self.call_limits.total = Some(calls);
        self
    }

    /// Sets how many calls may be made each day, as [`max_calls`](Self::max_calls) does for all. Default: no limit.
    ///
    /// A day begins at midnight of the [`time_zone`](Self::time_zone).
    pub fn max_calls_per_day(mut self, calls: u64) -> Self {
        self.call_limits.daily = Some(calls);
        self
    }

    /// Sets the time zone of the account, by whose days the meter counts calls; see [`Meter::set_time_zone`]. Default:
    /// the meter's, at first UTC.
    pub fn time_zone(mut self, zone: TimeZone) -> Self {
        self.time_zone = Some(zone);
        self
    }

    /// Sets a function that is called after every attempt, including those that are retried. It must
    /// not block.
    pub fn on_call(mut self, hook: impl Fn(&CallRecord<'_>) + Send + Sync + 'static) -> Self {
        self.on_call = Some(Arc::new(hook));
        self
    }

    /// Builds the transport. Makes no call.
    ///
    /// # Errors
    ///
    /// As for [`ReqwestServiceBuilder::build`](crate::http_client::ReqwestServiceBuilder::build),
    /// unless an HTTP client was set.
    pub fn build(self) -> Result<Transport> {
        let account = self.account.as_ref().map(Account::base_url);
        let origin = self.origin.or_else(|| account.clone());
        let service = match (self.service, &origin) {
            (Some(service), _) => service,
            (None, Some(url)) => Arc::new(ReqwestService::for_url(url)?),
            (None, None) => Arc::new(ReqwestService::builder().build()?),
        };
        let is_caspio = account.as_ref().is_some_and(|url| !is_loopback(url));
        let default_limiter = || match is_caspio {
            true => RateLimiter::caspio(),
            false => RateLimiter::unlimited(),
        };
        let meter = self.meter.or_else(|| self.auth.meter().cloned());
        let meter = meter.unwrap_or_default();
        meter.limit(self.call_limits);
        if let Some(zone) = self.time_zone {
            meter.set_time_zone(zone);
        }
        Ok(Transport(Arc::new(Shared {
            service,
            call_time: CallTime::default(),
            budget: RetryBudget::new(self.retry.retries()),
            meter,
            origin: origin.map(|url| url.origin()),
            auth: self.auth,
            classifier: self.classifier,
            retry: self.retry,
            rate_limiter: self.rate_limiter.unwrap_or_else(default_limiter),
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
