//! OAuth 2 with a user's consent: authorization code with PKCE (RFC 6749 4.1, RFC 7636, RFC 8252).

mod authorization;
mod loopback;
mod pkce;
#[cfg(test)]
mod tests;

use super::fallback_grant::FallbackGrant;
use super::{OAuth2, OAuth2Builder};
use crate::http_client::is_loopback;
use crate::token::TokenStore;
use crate::{Error, ErrorKind, Result, random};
use loopback::Listener;
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

pub use authorization::Authorization;
pub use pkce::Pkce;

/// OAuth 2 with a user's consent.
///
/// A program on the user's own machine uses [`authorize_here`](Self::authorize_here), which waits for
/// the browser to come back. A server redirects the browser to [`authorize_url`](Self::authorize_url),
/// stores the [`Authorization`] in the user's session, and completes it when the browser comes back.
/// Later runs of either use [`stored`](Self::stored).
///
/// ```no_run
/// use std::sync::Arc;
/// use caspio_core::token::FileStore;
/// use caspio_core::{ClientCredentials, OAuth2, Url};
///
/// # async fn run() -> caspio_core::Result<()> {
/// # let (token_url, authorize_url): (Url, Url) = todo!();
/// let flow = OAuth2::builder(token_url, ClientCredentials::public("report"))
///     .scope("read write")
///     .store(Arc::new(FileStore::new("/home/ada/.local/state/report.token")))
///     .authorization_code(authorize_url)?;
/// let auth = match flow.stored()?.token().await {
///     Ok(_) => flow.stored()?,
///     Err(error) if error.is_auth() => flow.authorize_here(|url| eprintln!("open {url}")).await?,
///     Err(error) => return Err(error),
/// };
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AuthorizationCode {
    tokens: OAuth2Builder,
    authorize_url: Url,
    redirect_uri: Option<Url>,
    pkce: Pkce,
    parameters: Vec<(String, String)>,
    timeout: Duration,
}

impl OAuth2Builder {
    /// Obtains tokens with a user's consent at this URL, using the other settings of the builder.
    ///
    /// # Errors
    ///
    /// As for [`build`](Self::build), and [`ErrorKind::Config`] for a URL that is neither `https` nor
    /// on this machine.
    pub fn authorization_code(mut self, authorize_url: Url) -> Result<AuthorizationCode> {
        if authorize_url.scheme() != "https" && !is_loopback(&authorize_url) {
            return Err(Error::new(
                ErrorKind::Config,
                "the authorization URL is not https, so the code would be sent unencrypted",
            ));
        }
        self = self.stored();
        let service = self.resolve_service()?;
        Ok(AuthorizationCode {
            tokens: self.service(service),
            authorize_url,
            redirect_uri: None,
            pkce: Pkce::default(),
            parameters: Vec::new(),
            timeout: Duration::from_secs(300),
        })
    }
}

impl AuthorizationCode {
    /// Sets the URL the browser comes back to, as registered with the service.
    /// [`authorize_here`](Self::authorize_here) uses its port and path, for services that require fixed
    /// ones.
    #[must_use]
    pub fn redirect_uri(mut self, uri: Url) -> Self {
        self.redirect_uri = Some(uri);
        self
    }

    /// Sets how the code is bound to this program. Default: [`Pkce::S256`].
    #[must_use]
    pub fn pkce(mut self, how: Pkce) -> Self {
        self.pkce = how;
        self
    }

    /// Adds a parameter to the authorization URL, such as `prompt` or `login_hint`.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// Sets how long [`authorize_here`](Self::authorize_here) waits for the user. Default: 5 minutes.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Returns the same flow with another store: a server has one store per user.
    #[must_use]
    pub fn store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.tokens = self.tokens.store(store);
        self
    }

    /// Returns the authentication with the stored tokens of an earlier consent.
    ///
    /// # Errors
    ///
    /// As for [`OAuth2Builder::build`]. Missing tokens are reported by the first call: its error is
    /// [`ErrorKind::Auth`] if consent is needed.
    pub fn stored(&self) -> Result<OAuth2> {
        self.tokens.clone().build()
    }

    /// Returns the URL to redirect a user's browser to, with the values to store until it comes back.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] if no source of randomness is available.
    pub fn authorize_url(&self) -> Result<Authorization> {
        self.start(self.redirect_uri.clone())
    }

    /// Resumes an authorization whose [`state`](Authorization::state) and
    /// [`verifier`](Authorization::verifier) were stored elsewhere, such as in a session.
    pub fn resume(
        &self,
        state: impl Into<SecretString>,
        verifier: impl Into<SecretString>,
    ) -> Authorization {
        self.authorization(self.redirect_uri.clone(), state.into(), verifier.into())
    }

    /// Obtains a user's consent on this machine: passes the URL to `open`, which displays it or opens a
    /// browser, and waits for the browser to come back to a port of this machine.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Permission`] if the user declines, [`ErrorKind::Timeout`] if the browser does not
    /// come back in time, [`ErrorKind::Config`] if the port is in use, and as for
    /// [`Authorization::exchange`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the port. A code that is being exchanged is lost.
    pub async fn authorize_here(&self, open: impl FnOnce(&Url)) -> Result<OAuth2> {
        let listener = Listener::bind(self.redirect_uri.as_ref()).await?;
        let authorization = self.start(Some(listener.url().clone()))?;
        open(authorization.url());
        let wait = listener.wait(&authorization);
        let redirected = match tokio::time::timeout(self.timeout, wait).await {
            Ok(redirected) => redirected?,
            Err(_) => {
                let message = "the browser did not come back in time";
                return Err(Error::new(ErrorKind::Timeout, message));
            }
        };
        authorization.exchange_redirect(&redirected).await
    }

    fn start(&self, redirect_uri: Option<Url>) -> Result<Authorization> {
        let (state, verifier) = (random::text()?, random::text()?);
        Ok(self.authorization(redirect_uri, state.into(), verifier.into()))
    }

    fn authorization(
        &self,
        redirect_uri: Option<Url>,
        state: SecretString,
        verifier: SecretString,
    ) -> Authorization {
        let mut url = self.authorize_url.clone();
        let mut query = url.query_pairs_mut();
        query.append_pair("response_type", "code");
        query.append_pair("client_id", self.tokens.credentials.id());
        if let Some(uri) = &redirect_uri {
            query.append_pair("redirect_uri", uri.as_str());
        }
        if let Some(scope) = &self.tokens.scope {
            query.append_pair("scope", scope);
        }
        query.append_pair("state", state.expose_secret());
        if let Some((method, challenge)) = self.pkce.challenge(&verifier) {
            query.append_pair("code_challenge", &challenge);
            query.append_pair("code_challenge_method", method);
        }
        query.extend_pairs(&self.parameters);
        drop(query);
        Authorization {
            flow: Self {
                redirect_uri,
                ..self.clone()
            },
            url,
            state,
            verifier,
        }
    }
}

impl fmt::Debug for AuthorizationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_assert!(matches!(self.tokens.fallback, FallbackGrant::Consent));
        f.debug_struct("AuthorizationCode")
            .field("tokens", &self.tokens)
            .field("host", &self.authorize_url.host_str())
            .field("pkce", &self.pkce)
            .finish_non_exhaustive()
    }
}
