//! Puts credentials on a request, and hears that they were refused. One file a scheme.
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
//! All serve any REST API: give one to a [`Transport`](crate::Transport) with the
//! [origin](crate::TransportBuilder::origin) its credentials belong to.

mod api_key;
mod basic;
mod bearer;
mod body_field;
mod credentials;
mod none;
#[cfg(feature = "oauth1")]
mod oauth1;
mod oauth2;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use futures::future::BoxFuture;

pub use api_key::ApiKey;
pub use basic::Basic;
pub(crate) use basic::basic_header;
pub use bearer::BearerToken;
pub use body_field::{BodyField, BodyKind};
pub use credentials::ClientCredentials;
pub use none::NoAuth;
#[cfg(feature = "oauth1")]
pub use oauth1::{OAuth1, OAuth1Builder, OAuth1Token, SignatureMethod};
#[cfg(feature = "authorization-code")]
pub use oauth2::{Authorization, AuthorizationCode, Pkce};
pub use oauth2::{ClientAuth, OAuth2, OAuth2Builder};

pub use crate::classify::RejectionCertainty;

use crate::{Body, Meter, Result};

/// What [`Authenticate`] put on a request, by which it knows later what was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CredentialVersion {
    generation: u64,
    age: Option<Duration>,
}

impl CredentialVersion {
    /// A ticket for credentials that are always the same.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Numbers the credentials, so that a refusal of old ones does not hit new ones.
    #[must_use]
    pub fn with_generation(mut self, generation: u64) -> Self {
        self.generation = generation;
        self
    }

    /// Says how old the credentials are.
    #[must_use]
    pub fn with_age(mut self, age: Duration) -> Self {
        self.age = Some(age);
        self
    }

    /// The number of the credentials.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// How old the credentials are, where that means anything.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.age
    }
}

/// Whether a refused request is worth sending once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RenewalOutcome {
    /// The next request gets other credentials.
    Renewed,
    /// There are no others.
    Unchanged,
}

/// Puts credentials on requests.
///
/// ```
/// use caspio_core::auth::{Authenticate, RejectionCertainty, RenewalOutcome, CredentialVersion};
/// use caspio_core::{Body, Result, http};
/// use futures::future::BoxFuture;
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
///     fn authorize<'a>(&'a self, request: &'a mut http::Request<Body>) -> BoxFuture<'a, Result<CredentialVersion>> {
///         request.headers_mut().insert("x-api-key", self.0.clone());
///         Box::pin(async { Ok(CredentialVersion::new()) })
///     }
/// }
/// ```
pub trait Authenticate: fmt::Debug + Send + Sync {
    /// Puts the credentials on a request, fetching them first when that is needed.
    ///
    /// Mark header values as [sensitive](http::HeaderValue::set_sensitive).
    fn authorize<'a>(
        &'a self,
        request: &'a mut http::Request<Body>,
    ) -> BoxFuture<'a, Result<CredentialVersion>>;

    /// Puts the credentials on at once, when they are at hand: it spares the future of
    /// [`authorize`](Self::authorize), which a transport asks for only after a `None`.
    ///
    /// `None` leaves the request as it was.
    fn authorize_now(
        &self,
        request: &mut http::Request<Body>,
    ) -> Option<Result<CredentialVersion>> {
        let _ = request;
        None
    }

    /// Hears that what a ticket stands for was refused, and says whether to try once more.
    fn rejected<'a>(
        &'a self,
        version: &'a CredentialVersion,
        certainty: RejectionCertainty,
    ) -> BoxFuture<'a, RenewalOutcome> {
        let _ = (version, certainty);
        Box::pin(async { RenewalOutcome::Unchanged })
    }

    /// The meter that counts this scheme's own calls; a transport adopts it, so that one meter counts all.
    fn meter(&self) -> Option<&Meter> {
        None
    }
}
