//! The three-legged flow of OAuth 1.0a: a token by a person's consent.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use url::{Url, form_urlencoded};

use crate::auth::{OAuth1, OAuth1Builder, OAuth1Token};
use crate::error::ErrorContext as _;
use crate::http_client::is_loopback;
use crate::meter::TOKEN_OPERATION;
use crate::redact::CarriedSecrets;
use crate::{
    Error, ErrorKind, Expect, HttpService, Operation, Request, Result, RetryPolicy, Transport,
};

/// The way to a token by a person's consent.
///
/// ```no_run
/// use caspio_core::auth::OAuth1;
/// use caspio_core::{ClientCredentials, Url};
///
/// # async fn run() -> caspio_core::Result<()> {
/// # let (initiate, authorize, token): (Url, Url, Url) = todo!();
/// let legs = OAuth1::builder(ClientCredentials::new("key", "secret"))
///     .three_legged(initiate, authorize, token)?;
/// let authorization = legs.authorize_url("https://app.example.com/back").await?;
/// // Send the person to authorization.url(), and keep the authorization until they come back.
/// let auth = authorization.exchange("the verifier they bring").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ThreeLegged {
    signer: OAuth1,
    service: Option<Arc<dyn HttpService>>,
    request_token_url: Url,
    authorize_url: Url,
    access_token_url: Url,
}

/// An authorization that waits for the person. It belongs to one person's session and serves once.
#[must_use = "the person has to be sent to the address"]
pub struct OAuth1Authorization {
    legs: ThreeLegged,
    temporary: OAuth1Token,
    url: Url,
}

impl OAuth1Builder {
    /// Gets the token by a person's consent: a temporary one, the person's word at an address, the lasting one.
    ///
    /// # Errors
    ///
    /// As for [`build`](Self::build), and for an address that is neither `https` nor on this machine.
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
        let addresses = [&request_token_url, &authorize_url, &access_token_url];
        if !addresses
            .iter()
            .all(|url| url.scheme() == "https" || is_loopback(url))
        {
            return Err(Error::new(
                ErrorKind::Config,
                "an address is not https, so the token's secret would travel in the open",
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

    /// Gets a temporary token, and with it the address to send a person's browser to. The browser comes back
    /// to `callback`; with `oob` the person is shown the verifier instead.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Auth`] for a consumer the service does not accept, and the kinds of a call that did not
    /// come through.
    pub async fn authorize_url(&self, callback: &str) -> Result<OAuth1Authorization> {
        let mut signer = self.signer.clone();
        signer.extra = vec![("oauth_callback", callback.to_owned())];
        let temporary = self.request_token(signer, &self.request_token_url).await?;
        Ok(self.resume(temporary))
    }

    /// Takes up an authorization again whose [`temporary`](OAuth1Authorization::temporary) token was kept
    /// elsewhere, such as in a session.
    pub fn resume(&self, temporary: OAuth1Token) -> OAuth1Authorization {
        let mut url = self.authorize_url.clone();
        url.query_pairs_mut()
            .append_pair("oauth_token", temporary.token().expose_secret());
        OAuth1Authorization {
            legs: self.clone(),
            temporary,
            url,
        }
    }

    async fn request_token(&self, mut signer: OAuth1, url: &Url) -> Result<OAuth1Token> {
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
        let request = Request::post(url.clone(), operation.clone()).expect(Expect::Anything);
        let answer = transport.build()?.send(request).await?;
        read(answer.body()).ok_or_else(|| {
            Error::new(ErrorKind::Protocol, "the answer holds no token and secret")
                .with_operation(operation.name)
                .with_status(answer.status().as_u16())
        })
    }
}

impl OAuth1Authorization {
    /// Where to send the browser.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The temporary token, to be kept in the person's session.
    #[must_use]
    pub fn temporary(&self) -> &OAuth1Token {
        &self.temporary
    }

    /// Turns the verifier the person brought into the lasting token.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Auth`] for a verifier the service does not accept, and the kinds of a call that did not
    /// come through.
    pub async fn exchange(self, verifier: &str) -> Result<OAuth1> {
        let mut signer = self.legs.signer.clone();
        signer.token = Some(self.temporary);
        signer.extra = vec![("oauth_verifier", verifier.to_owned())];
        let token = self
            .legs
            .request_token(signer, &self.legs.access_token_url)
            .await?;
        let mut auth = self.legs.signer;
        auth.sent = CarriedSecrets::new([token.token().clone()]);
        auth.token = Some(token);
        Ok(auth)
    }

    /// Like [`exchange`](Self::exchange), with the whole address that the browser came back to.
    ///
    /// # Errors
    ///
    /// As for [`exchange`](Self::exchange), and [`ErrorKind::Refused`] when the address belongs to another
    /// authorization or brings no verifier.
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
                "the answer belongs to another authorization, or the person declined",
            )),
        }
    }
}

fn read(body: &[u8]) -> Option<OAuth1Token> {
    let member = |name: &str| {
        let mut pairs = form_urlencoded::parse(body.trim_ascii());
        let value = pairs.find(|(key, _)| key == name)?.1.into_owned();
        (!value.is_empty()).then(|| SecretString::from(value))
    };
    Some(OAuth1Token::new(
        member("oauth_token")?,
        member("oauth_token_secret")?,
    ))
}

impl fmt::Debug for OAuth1Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth1Authorization")
            .field("legs", &self.legs)
            .finish_non_exhaustive()
    }
}
