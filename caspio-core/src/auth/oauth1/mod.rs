//! OAuth 1.0a (RFC 5849): signs every request, with a token that a user granted once.

mod builder;
mod signature;
#[cfg(test)]
mod tests;

use super::{Authenticate, ClientCredentials, CredentialVersion};
use crate::error::ErrorContext as _;
use crate::redact::CarriedSecrets;
use crate::token::Clock;
use crate::{Body, Error, ErrorKind, Result, random};
use http::{HeaderValue, header};
use secrecy::{ExposeSecret as _, SecretString};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;
use url::Url;

pub use builder::OAuth1Builder;
pub use signature::SignatureMethod;

/// A token and its secret, to be kept between runs of a program. They are valid until the user or the
/// service revokes them.
#[derive(Clone)]
pub struct OAuth1Token {
    token: SecretString,
    secret: SecretString,
}

impl OAuth1Token {
    /// Creates a token from both parts.
    pub fn new(token: impl Into<SecretString>, secret: impl Into<SecretString>) -> Self {
        Self {
            token: token.into(),
            secret: secret.into(),
        }
    }

    /// Returns the token, which is sent with every request.
    #[must_use]
    pub fn token(&self) -> &SecretString {
        &self.token
    }

    /// Returns the token's secret, which signs requests and is never sent.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }
}

impl fmt::Debug for OAuth1Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OAuth1Token([REDACTED])")
    }
}

/// OAuth 1.0a: signs the method, URL, query and form of every request.
///
/// Each attempt is signed again, so that a retry has a new timestamp and nonce. The service compares
/// the timestamp with its own clock: if it refuses every request, see
/// [`ClockOffset`](crate::diagnosis::ClockOffset).
///
/// ```
/// use caspio_core::ClientCredentials;
/// use caspio_core::auth::{OAuth1, OAuth1Token};
///
/// let auth = OAuth1::builder(ClientCredentials::new("key", "s3cret"))
///     .token(OAuth1Token::new("t0ken", "s3cret-too"))
///     .build()?;
/// assert!(!format!("{auth:?}").contains("s3cret"));
/// # Ok::<(), caspio_core::Error>(())
/// ```
#[derive(Clone)]
pub struct OAuth1 {
    consumer: ClientCredentials,
    pub(crate) token: Option<OAuth1Token>,
    method: SignatureMethod,
    realm: Option<String>,
    /// Additional fields of the flow's own requests: a callback, a verifier.
    pub(crate) extra: Vec<(&'static str, String)>,
    clock: Arc<dyn Clock>,
    pub(crate) sent: CarriedSecrets,
}

impl OAuth1 {
    /// Starts building with the consumer's key and secret.
    pub fn builder(consumer: ClientCredentials) -> OAuth1Builder {
        OAuth1Builder::new(consumer)
    }

    /// Returns the token that signs, to be kept for the next run.
    #[must_use]
    pub fn token(&self) -> Option<&OAuth1Token> {
        self.token.as_ref()
    }

    fn sign(&self, request: &mut http::Request<Body>) -> Result<CredentialVersion> {
        let since = self.clock.now().wall.duration_since(SystemTime::UNIX_EPOCH);
        let value = self.header(
            request,
            since.unwrap_or_default().as_secs(),
            &random::text()?,
        )?;
        request.headers_mut().insert(header::AUTHORIZATION, value);
        request.extensions_mut().insert(self.sent.clone());
        Ok(CredentialVersion::new())
    }

    fn header(&self, request: &http::Request<Body>, time: u64, nonce: &str) -> Result<HeaderValue> {
        let url = Url::parse(&request.uri().to_string()).map_err(|error| {
            Error::new(ErrorKind::Refused, "the request's URL is invalid").with_source(error)
        })?;
        let token = self.token.as_ref();
        let mut fields: Vec<(&str, Cow<'_, str>)> = vec![
            ("oauth_consumer_key", self.consumer.id().into()),
            ("oauth_signature_method", self.method.as_str().into()),
            ("oauth_timestamp", time.to_string().into()),
            ("oauth_nonce", nonce.into()),
        ];
        if let Some(token) = token {
            fields.push(("oauth_token", token.token.expose_secret().into()));
        }
        fields.extend(self.extra.iter().map(|(name, value)| (*name, value.into())));
        let body = signature::signed_body(request);
        let base = signature::base_string(request.method(), &url, body, &fields);
        let none = SecretString::default();
        let secret = token.map_or(&none, OAuth1Token::secret);
        let signature = self.method.sign(&base, self.consumer.secret(), secret);
        fields.push(("oauth_signature", signature.into()));
        let text = signature::header_text(self.realm.as_deref(), &fields);
        let mut value = HeaderValue::try_from(text)
            .map_err(|_| Error::new(ErrorKind::Config, "the realm is not a valid header value"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl Authenticate for OAuth1 {
    fn authorize_now(
        &self,
        request: &mut http::Request<Body>,
    ) -> Option<Result<CredentialVersion>> {
        Some(self.sign(request))
    }
}

impl fmt::Debug for OAuth1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth1")
            .field("consumer", &self.consumer)
            .field("token", &self.token)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}
