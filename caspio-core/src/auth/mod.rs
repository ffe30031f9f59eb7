//! Adds credentials to requests and reacts when they are rejected. One file per scheme.
//!
//! | scheme | type | feature |
//! |---|---|---|
//! | none | [`NoAuth`] | |
//! | bearer | [`BearerToken`] | |
//! | API key in a header | [`ApiKey`] | |
//! | HTTP Basic | [`Basic`] | |
//! | fields in the body | [`BodyField`] | |
//! | OAuth 2: client credentials, refresh token | [`OAuth2`] | |
//! | OAuth 2: authorization code with PKCE | `AuthorizationCode` | `authorization-code` |
//! | OAuth 2: password | `OAuth2Builder::password` | `password` |
//! | OAuth 1.0a | `OAuth1` | `oauth1` |
//!
//! All schemes work with any REST API: pass one to a [`Transport`](crate::Transport) together with the
//! [origin](crate::TransportBuilder::origin) that its credentials belong to.

mod body_field;
mod credentials;
#[cfg(feature = "oauth1")]
mod oauth1;
mod oauth2;
mod static_schemes;
#[cfg(test)]
mod tests;

use crate::{Body, Error, ErrorKind, Meter, Result};
use futures::future::{BoxFuture, ready};
use std::fmt;
use std::time::Duration;

pub use crate::classify::RejectionCertainty;
pub use body_field::{BodyField, BodyKind};
pub use credentials::ClientCredentials;
#[cfg(feature = "oauth1")]
pub use oauth1::{OAuth1, OAuth1Builder, OAuth1Token, SignatureMethod};
#[cfg(feature = "authorization-code")]
pub use oauth2::{Authorization, AuthorizationCode, Pkce};
pub use oauth2::{ClientAuth, OAuth2, OAuth2Builder};
pub(crate) use static_schemes::basic_header;
pub use static_schemes::{ApiKey, Basic, BearerToken, NoAuth};

/// Identifies the credentials that [`Authenticate`] added to a request, so that it knows later which
/// ones were rejected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CredentialVersion {
    generation: u64,
    age: Option<Duration>,
}

impl CredentialVersion {
    /// Creates a version for credentials that never change.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the number of the credentials, so that a rejection of old ones does not affect new ones.
    #[must_use]
    pub fn with_generation(mut self, generation: u64) -> Self {
        self.generation = generation;
        self
    }

    /// Sets the age of the credentials.
    #[must_use]
    pub fn with_age(mut self, age: Duration) -> Self {
        self.age = Some(age);
        self
    }

    /// Returns the number of the credentials.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Returns the age of the credentials, if they have one.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.age
    }
}

/// Whether a rejected request is worth sending again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RenewalOutcome {
    /// The next request gets different credentials.
    Renewed,
    /// There are no other credentials.
    Unchanged,
}

/// Adds credentials to requests.
///
/// Implement [`authorize_now`](Self::authorize_now) if the credentials are always available, otherwise
/// [`authorize`](Self::authorize).
///
/// ```
/// use caspio_core::auth::{Authenticate, CredentialVersion};
/// use caspio_core::{Body, Result, http};
///
/// /// An API key in a header.
/// struct ApiKey(http::HeaderValue);
///
/// impl std::fmt::Debug for ApiKey {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         f.write_str("ApiKey")
///     }
/// }
///
/// impl Authenticate for ApiKey {
///     fn authorize_now(&self, request: &mut http::Request<Body>) -> Option<Result<CredentialVersion>> {
///         request.headers_mut().insert("x-api-key", self.0.clone());
///         Some(Ok(CredentialVersion::new()))
///     }
/// }
/// ```
pub trait Authenticate: fmt::Debug + Send + Sync {
    /// Adds the credentials to a request, and obtains them first if necessary.
    ///
    /// Mark header values as [sensitive](http::HeaderValue::set_sensitive). The default calls
    /// [`authorize_now`](Self::authorize_now).
    fn authorize<'a>(
        &'a self,
        request: &'a mut http::Request<Body>,
    ) -> BoxFuture<'a, Result<CredentialVersion>> {
        let version = self.authorize_now(request).unwrap_or_else(|| {
            Err(Error::new(
                ErrorKind::Config,
                "the authentication implements neither `authorize` nor `authorize_now`",
            ))
        });
        Box::pin(ready(version))
    }

    /// Adds the credentials to a request immediately if they are available, which avoids the future of
    /// [`authorize`](Self::authorize): a transport calls that one only after a `None`.
    ///
    /// Returns `None` and leaves the request unchanged if the credentials must be obtained first.
    fn authorize_now(
        &self,
        request: &mut http::Request<Body>,
    ) -> Option<Result<CredentialVersion>> {
        let _ = request;
        None
    }

    /// Obtains the credentials if [`authorize_now`](Self::authorize_now) lacks them; `None` if it does not.
    ///
    /// The transport waits for them before it waits for its rate limiter. Default: `None`.
    fn prepare(&self) -> Option<BoxFuture<'_, Result<()>>> {
        None
    }

    /// Reacts to a rejection of the credentials, and returns whether a new attempt gets different ones.
    fn rejected<'a>(
        &'a self,
        version: &'a CredentialVersion,
        certainty: RejectionCertainty,
    ) -> BoxFuture<'a, RenewalOutcome> {
        let _ = (version, certainty);
        Box::pin(async { RenewalOutcome::Unchanged })
    }

    /// Waits until the scheme's own calls that run in the background have ended. Default: returns at once.
    fn settle(&self) -> BoxFuture<'_, ()> {
        Box::pin(ready(()))
    }

    /// Returns the meter that counts this scheme's own calls. A transport adopts it, so that one meter
    /// counts all calls.
    fn meter(&self) -> Option<&Meter> {
        None
    }
}
