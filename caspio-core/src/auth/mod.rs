//! Puts credentials on a request, and hears that they were refused. One file a scheme.

mod bearer;
mod credentials;
mod none;
mod oauth2;

use std::fmt;
use std::time::Duration;

use futures::future::BoxFuture;

pub use bearer::BearerToken;
pub(crate) use bearer::bearer_header;
pub use credentials::ClientCredentials;
pub use none::NoAuth;
pub(crate) use oauth2::TOKEN_OPERATION;
pub use oauth2::{ClientAuth, OAuth2, OAuth2Builder};

use crate::transport::Meter;
use crate::{Body, Result};

/// What [`Authenticate`] put on a request, by which it knows later what was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ticket {
    generation: u64,
    age: Option<Duration>,
}

impl Ticket {
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

/// How sure it is that the credentials are why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The service said so.
    Certain,
    /// Another cause is possible: old credentials stay in use until new ones are there.
    Suspected,
}

/// Whether a refused request is worth sending once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Renewal {
    /// The next request gets other credentials.
    Renewed,
    /// There are no others.
    Unchanged,
}

/// Puts credentials on requests.
///
/// ```
/// use caspio_core::auth::{Authenticate, Refusal, Renewal, Ticket};
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
///     fn authorize<'a>(&'a self, request: &'a mut http::Request<Body>) -> BoxFuture<'a, Result<Ticket>> {
///         request.headers_mut().insert("x-api-key", self.0.clone());
///         Box::pin(async { Ok(Ticket::new()) })
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
    ) -> BoxFuture<'a, Result<Ticket>>;

    /// Hears that what a ticket stands for was refused, and says whether to try once more.
    fn refused<'a>(&'a self, ticket: &'a Ticket, refusal: Refusal) -> BoxFuture<'a, Renewal> {
        let _ = (ticket, refusal);
        Box::pin(async { Renewal::Unchanged })
    }

    /// The meter that counts this scheme's own calls; a transport adopts it, so that one meter counts all.
    fn meter(&self) -> Option<&Meter> {
        None
    }
}
