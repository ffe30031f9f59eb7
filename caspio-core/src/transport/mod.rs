//! Sends requests: authorizes, waits for the rate limiter, sends, classifies the response, retries.
//!
//! | part | purpose | set by |
//! |---|---|---|
//! | [`RateLimiter`] | waits until a call may be sent; pauses all calls after a rate limit | [`TransportBuilder::rate_limiter`] |
//! | [`Authenticate`] | adds credentials, renews them once if they are rejected | [`TransportBuilder::auth`] |
//! | [`HttpService`] | sends the request | [`TransportBuilder::service`] |
//! | [`ResponseClassifier`] | classifies the response | [`TransportBuilder::classifier`] |
//! | [`RetryPolicy`] | decides whether and when to retry | [`TransportBuilder::retry`] |
//! | [`Meter`] | counts every call, including refused ones, because all are billed | [`Transport::meter`] |

mod attempt;
mod budget;
mod builder;
mod call;
mod call_record;
mod credentials;
#[cfg(feature = "metrics")]
mod metrics;
mod outcome;
mod pace;
mod rate_limiter;
mod retry;
mod span;
#[cfg(test)]
mod tests;

use crate::auth::Authenticate;
use crate::classify::ResponseClassifier;
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, HttpService, Meter, Request, Response, Result, StreamingResponse};
use budget::RetryBudget;
use call::{Call, Mode};
use pace::CallTime;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tracing::Instrument as _;
use url::{Origin, Url};

pub use builder::TransportBuilder;
pub use call_record::CallRecord;
#[doc(hidden)]
pub use outcome::is_outcome;
pub use rate_limiter::RateLimiter;
pub use retry::RetryPolicy;

/// How much time an attempt has at least for its response: with less, an insert would be sent whose response cannot
/// arrive, and whether it was applied would be unknown.
const TIME_FOR_A_RESPONSE: Duration = Duration::from_secs(5);

type Hook = Arc<dyn Fn(&CallRecord<'_>) + Send + Sync>;

/// Sends requests to one account. Cloning is cheap; clones share all state.
///
/// ```no_run
/// use std::sync::Arc;
/// use caspio_core::{Account, ClientCredentials, OAuth2, Transport};
///
/// let account = Account::from_env()?;
/// let auth = OAuth2::for_account(&account, ClientCredentials::from_env()?).build()?;
/// let transport = Transport::builder().account(&account).auth(Arc::new(auth)).build()?;
/// # Ok::<(), caspio_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Transport(Arc<Shared>);

struct Shared {
    service: Arc<dyn HttpService>,
    auth: Arc<dyn Authenticate>,
    classifier: Arc<dyn ResponseClassifier>,
    retry: RetryPolicy,
    rate_limiter: RateLimiter,
    call_time: CallTime,
    budget: RetryBudget,
    timeout: Duration,
    max_body: usize,
    max_url: Option<usize>,
    origin: Option<Origin>,
    meter: Meter,
    on_call: Option<Hook>,
}

impl Transport {
    /// Starts building a transport.
    pub fn builder() -> TransportBuilder {
        TransportBuilder::default()
    }

    /// Sends a request and reads the complete response.
    ///
    /// Makes one call, one more for each retry, and a token request if there is no usable token.
    ///
    /// # Errors
    ///
    /// Every kind except [`Decode`](ErrorKind::Decode) and [`Incomplete`](ErrorKind::Incomplete).
    /// [`Error::attempts`] is the number of calls; it is zero after a [`Refused`](ErrorKind::Refused).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future stops the call: a request that was already sent may still be executed.
    pub async fn send(&self, request: Request) -> Result<Response> {
        let delivered = self.call(request, Mode::Whole).await?;
        let body = delivered.body.as_bytes().cloned().unwrap_or_default();
        Ok(Response::new(delivered.head, body))
    }

    /// Sends a request and returns as soon as the response's head has arrived and is a success: for
    /// downloads.
    ///
    /// Failures in the body are not retried.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub async fn send_streaming(&self, request: Request) -> Result<StreamingResponse> {
        let delivered = self.call(request, Mode::Streaming).await?;
        Ok(StreamingResponse::new(
            delivered.head,
            delivered.body,
            self.0.meter.clone(),
            delivered.permit,
        ))
    }

    /// Waits until the work in the background, the renewal of a token, has ended.
    ///
    /// Call it before the runtime is shut down. Otherwise a token that the service has issued and billed may be lost,
    /// and with it a refresh token that was replaced. Calls can still be made afterwards.
    pub async fn settle(&self) {
        self.0.auth.settle().await;
    }

    /// Returns how many calls an operation should have in progress at once to use the rate limit: as many as the
    /// [`RateLimiter`] permits in the time that a call takes at present, and one more; at most 16, as without a limit.
    ///
    /// The time is a mean of the calls of this transport, in which the latest have the most weight. Before the first
    /// response it is one call. An operation should start no further call while one [waits](Self::waits_for_limit).
    #[must_use]
    pub fn calls_at_once(&self) -> usize {
        self.0.call_time.calls_at(self.0.rate_limiter.rate())
    }

    /// Returns how many times one call is sent at most, apart from rate limits: [`RetryPolicy::attempts`].
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.retry.attempts()
    }

    /// Returns whether a call waits for the [`RateLimiter`]: a further one would wait as well. A call that could start,
    /// but is not polled, does not count.
    #[must_use]
    pub fn waits_for_limit(&self) -> bool {
        self.0.rate_limiter.is_waited_for()
    }

    /// Returns the meter that counts every call of this transport and of its authentication.
    #[must_use]
    pub fn meter(&self) -> &Meter {
        &self.0.meter
    }

    /// Returns the authentication.
    #[must_use]
    pub fn auth(&self) -> &Arc<dyn Authenticate> {
        &self.0.auth
    }

    async fn call(&self, request: Request, mode: Mode) -> Result<call::Delivered> {
        let operation = request.operation().clone();
        let span = span::of_call(&request);
        let result = match self.check(&request) {
            Ok(()) => {
                let call = Call::new(&self.0, request, mode).run();
                Box::pin(call.instrument(span.clone())).await
            }
            Err(error) => Err(error),
        };
        span::record_end(
            &span,
            result.as_ref().map(|delivered| delivered.head.attempts),
        );
        result.map_err(|error| with_context(error, &operation))
    }

    /// Refuses invalid requests before any call is made.
    fn check(&self, request: &Request) -> Result<()> {
        // Timers and connections would panic.
        tokio::runtime::Handle::try_current().map_err(|error| {
            let message = "a call must be made in a tokio runtime";
            let hint = "build one by `tokio::runtime::Builder` with `enable_all()`, and call its `block_on`";
            Error::new(ErrorKind::Config, message)
                .with_hint(hint)
                .with_source(error)
        })?;
        let url = request.url();
        if let Some(origin) = &self.0.origin
            && !is_of(url, origin)
        {
            let message = "the request is for another host than the account's";
            return Err(Error::new(ErrorKind::Refused, message)
                .with_hint("credentials are sent only to the account's own host"));
        }
        let length = url.as_str().len();
        match self.0.max_url {
            Some(max) if length > max => Err(Error::new(
                ErrorKind::Refused,
                format!(
                    "the request's URL has {length} characters, the service accepts at most {max}"
                ),
            )
            .with_hint("shorten or split the condition, or read fewer columns")),
            _ => Ok(()),
        }
    }
}

/// Whether a URL has this origin. [`Url::origin`] would copy its scheme and host.
fn is_of(url: &Url, origin: &Origin) -> bool {
    match origin {
        Origin::Tuple(scheme, host, port) => {
            url.scheme() == scheme
                && url.host().is_some_and(|of_url| of_url == *host)
                && url.port_or_known_default() == Some(*port)
        }
        Origin::Opaque(_) => false,
    }
}

/// Adds the operation to an error, unless the error already has one, as that of a token request has.
fn with_context(error: Error, operation: &crate::Operation) -> Error {
    if error.operation().is_some() {
        return error;
    }
    let error = error.with_operation(operation.name);
    match &operation.resource {
        Some(resource) => error.with_resource(resource.clone()),
        None => error,
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("service", &self.0.service)
            .field("auth", &self.0.auth)
            .field("classifier", &self.0.classifier)
            .field("retry", &self.0.retry)
            .field("rate_limiter", &self.0.rate_limiter)
            .field("timeout", &self.0.timeout)
            .finish_non_exhaustive()
    }
}
