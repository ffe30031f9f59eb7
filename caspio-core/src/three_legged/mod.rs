//! The three-legged flow of OAuth 1.0a: obtains a token with a user's consent.

#[cfg(test)]
mod tests;

use crate::auth::{OAuth1, OAuth1Builder, OAuth1Token};
use crate::error::ErrorContext as _;
use crate::http_client::is_loopback;
use crate::meter::TOKEN_OPERATION;
use crate::redact::CarriedSecrets;
use crate::{
    Error, ErrorKind, Expect, HttpService, Operation, Request, Result, RetryPolicy, Transport,
};
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::sync::Arc;
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

/// Obtains a token with a user's consent.
///
/// ```no_run
/// use caspio_core::auth::OAuth1;
/// use caspio_core::{ClientCredentials, Url};
///
/// # async fn run() -> caspio_core::Result<()> {
/// # let (initiate, authorize, token): (Url, Url, Url) = todo!();
/// let flow = OAuth1::builder(ClientCredentials::new("key", "secret"))
///     .three_legged(initiate, authorize, token)?;
/// let authorization = flow.authorize_url("https://app.example.com/back").await?;
/// // Redirect the user to authorization.url(), and keep the authorization until they come back.
/// let auth = authorization.exchange("the verifier from the redirect").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ThreeLegged {
    signer: OAuth1,
    service: Option<Arc<dyn HttpService>>,
    request_token_url: Url,
    authorize_url: Url,
    access_token_url: Url,
}

/// An authorization that waits for the user. It belongs to one user's session and can be used once.
#[must_use = "the user must be redirected to the URL"]
pub struct OAuth1Authorization {
    flow: ThreeLegged,
    temporary: OAuth1Token,
    url: Url,
}

impl OAuth1Builder {
    /// Starts the flow that obtains the token with a user's consent: a temporary token, the user's
    /// approval at a URL, the permanent token.
    ///
    /// # Errors
    ///
    /// As for [`build`](Self::build), and [`ErrorKind::Config`] for a URL that is neither `https` nor
    /// on this machine.
    pub fn three_legged(
        self,
        request_token_url: Url,
        authorize_url: Url,
        access_token_url: Url,
    ) -> Result<ThreeLegged> {
        let service = self.service.clone();
        ThreeLegged::new(
            self.build()?,
            service,
            [request_token_url, authorize_url, access_token_url],
        )
    }
}

impl ThreeLegged {
    fn new(
        signer: OAuth1,
        service: Option<Arc<dyn HttpService>>,
        [request_token_url, authorize_url, access_token_url]: [Url; 3],
    ) -> Result<Self> {
        let urls = [&request_token_url, &authorize_url, &access_token_url];
        if !urls
            .iter()
            .all(|url| url.scheme() == "https" || is_loopback(url))
        {
            return Err(Error::new(
                ErrorKind::Config,
                "a URL is not https, so the token's secret would be sent unencrypted",
            ));
        }
        Ok(Self {
            signer,
            service,
            request_token_url,
            authorize_url,
            access_token_url,
        })
    }

    /// Requests a temporary token, and returns it with the URL to redirect the user's browser to.
    ///
    /// The browser comes back to `callback`; with `oob` the service displays the verifier to the user
    /// instead.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Auth`] if the service rejects the consumer, and the kinds of a call that failed.
    pub async fn authorize_url(&self, callback: &str) -> Result<OAuth1Authorization> {
        let mut signer = self.signer.clone();
        signer.extra = vec![("oauth_callback", callback.to_owned())];
        let body = self.request_token(signer, &self.request_token_url).await?;
        if member(&body, "oauth_callback_confirmed").as_deref() != Some("true") {
            // OAuth 1.0 without "a" ignores the callback, so that others could obtain the token (RFC 5849, 2.1).
            let message =
                "the service does not confirm the callback, so it does not support OAuth 1.0a";
            return Err(Error::new(ErrorKind::Protocol, message).with_operation(TOKEN_OPERATION));
        }
        Ok(self.resume(token(&body)?))
    }

    /// Resumes an authorization whose [`temporary`](OAuth1Authorization::temporary) token was stored
    /// elsewhere, such as in a session.
    pub fn resume(&self, temporary: OAuth1Token) -> OAuth1Authorization {
        let mut url = self.authorize_url.clone();
        url.query_pairs_mut()
            .append_pair("oauth_token", temporary.token().expose_secret());
        OAuth1Authorization {
            flow: self.clone(),
            temporary,
            url,
        }
    }

    /// Requests a token, and returns the response's form.
    async fn request_token(&self, mut signer: OAuth1, url: &Url) -> Result<Zeroizing<Vec<u8>>> {
        let secrets = signer
            .token
            .iter()
            .flat_map(|token| [token.token(), token.secret()]);
        signer.sent = CarriedSecrets::new(secrets.cloned());
        let mut transport = Transport::builder()
            .origin(url)
            .auth(Arc::new(signer))
            .retry(RetryPolicy::none())
            .max_body(64 * 1024);
        if let Some(service) = &self.service {
            transport = transport.service(Arc::clone(service));
        }
        let operation = Operation::new(TOKEN_OPERATION)
            .on(format!("host {}", url.host_str().unwrap_or_default()));
        let request = Request::post(url.clone(), operation).expect(Expect::Anything);
        let response = transport.build()?.send(request).await?;
        Ok(Zeroizing::new(response.body().trim_ascii().to_vec()))
    }
}

impl OAuth1Authorization {
    /// Returns the URL to redirect the browser to.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the temporary token, to be stored in the user's session.
    #[must_use]
    pub fn temporary(&self) -> &OAuth1Token {
        &self.temporary
    }

    /// Exchanges the verifier from the redirect for the permanent token.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Auth`] if the service rejects the verifier, and the kinds of a call that failed.
    pub async fn exchange(self, verifier: &str) -> Result<OAuth1> {
        let mut signer = self.flow.signer.clone();
        signer.token = Some(self.temporary);
        signer.extra = vec![("oauth_verifier", verifier.to_owned())];
        let url = &self.flow.access_token_url;
        let token = token(&self.flow.request_token(signer, url).await?)?;
        let mut auth = self.flow.signer;
        auth.sent = CarriedSecrets::new([token.token().clone()]);
        auth.token = Some(token);
        Ok(auth)
    }

    /// Like [`exchange`](Self::exchange), with the whole URL that the browser was redirected to.
    ///
    /// # Errors
    ///
    /// As for [`exchange`](Self::exchange), and [`ErrorKind::Refused`] if the URL belongs to another
    /// authorization or contains no verifier.
    pub async fn exchange_redirect(self, redirected: &Url) -> Result<OAuth1> {
        let member = |name: &str| {
            let mut pairs = redirected.query_pairs();
            pairs
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        let own = member("oauth_token").as_deref() == Some(self.temporary.token().expose_secret());
        match member("oauth_verifier").filter(|_| own) {
            Some(verifier) => self.exchange(&verifier).await,
            None => Err(Error::new(
                ErrorKind::Refused,
                "the redirect belongs to another authorization, or the user declined",
            )),
        }
    }
}

fn member(form: &[u8], name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(form);
    let value = pairs.find(|(key, _)| key == name)?.1.into_owned();
    (!value.is_empty()).then_some(value)
}

fn token(form: &[u8]) -> Result<OAuth1Token> {
    let secret = |name: &str| member(form, name).map(SecretString::from);
    match (secret("oauth_token"), secret("oauth_token_secret")) {
        (Some(token), Some(secret)) => Ok(OAuth1Token::new(token, secret)),
        _ => {
            let message = "the response contains no token and secret";
            Err(Error::new(ErrorKind::Protocol, message).with_operation(TOKEN_OPERATION))
        }
    }
}

impl fmt::Debug for OAuth1Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth1Authorization")
            .field("flow", &self.flow)
            .finish_non_exhaustive()
    }
}
