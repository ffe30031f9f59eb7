//! One user's authorization, from the redirect to the tokens.

use super::{AuthorizationCode, Pkce};
use crate::auth::OAuth2;
use crate::classify::clean;
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use url::Url;

/// An authorization that waits for the user: the URL to redirect the browser to, and the values to
/// compare when it comes back. It can be used once.
///
/// It belongs to one user's session: its [`state`](Self::state) distinguishes that user's redirect from
/// a forged one.
#[must_use = "the user must be redirected to the URL"]
pub struct Authorization {
    pub(super) flow: AuthorizationCode,
    pub(super) url: Url,
    pub(super) state: SecretString,
    pub(super) verifier: SecretString,
}

/// The content of the redirect.
pub(super) enum Redirect {
    Code(SecretString),
    Failed(Error),
    /// The redirect of another authorization, or a forged one.
    Foreign,
}

impl Authorization {
    /// Returns the URL to redirect the browser to.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the value that comes back with the code, to be stored in the user's session.
    #[must_use]
    pub fn state(&self) -> &SecretString {
        &self.state
    }

    /// Returns the proof that the code is redeemed by the program that requested it, to be stored in
    /// the user's session and never sent to the browser.
    #[must_use]
    pub fn verifier(&self) -> &SecretString {
        &self.verifier
    }

    /// Exchanges the code and state of the redirect for tokens, and stores them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`] if the state is not this authorization's, before anything is sent;
    /// [`ErrorKind::Auth`] if the service rejects the code, and the kinds of a call that failed.
    pub async fn exchange(self, code: impl Into<SecretString>, state: &str) -> Result<OAuth2> {
        if !self.is_own(state) {
            return Err(foreign());
        }
        self.redeem(&code.into()).await
    }

    /// Like [`exchange`](Self::exchange), with the whole URL that the browser was redirected to.
    ///
    /// # Errors
    ///
    /// As for [`exchange`](Self::exchange), and [`ErrorKind::Permission`] if the user declined.
    pub async fn exchange_redirect(self, redirected: &Url) -> Result<OAuth2> {
        match self.read(redirected) {
            Redirect::Code(code) => self.redeem(&code).await,
            Redirect::Failed(error) => Err(error),
            Redirect::Foreign => Err(foreign()),
        }
    }

    /// Reads a redirect. The state is checked first.
    pub(super) fn read(&self, redirected: &Url) -> Redirect {
        let member = |name: &str| {
            let mut pairs = redirected.query_pairs();
            pairs
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        if !member("state").is_some_and(|state| self.is_own(&state)) {
            return Redirect::Foreign;
        }
        if let Some(error) = member("error") {
            return Redirect::Failed(refusal(&error, member("error_description")));
        }
        match member("code").filter(|code| !code.is_empty()) {
            Some(code) => Redirect::Code(code.into()),
            None => Redirect::Failed(Error::new(
                ErrorKind::Protocol,
                "the redirect contains neither a code nor an error",
            )),
        }
    }

    async fn redeem(&self, code: &SecretString) -> Result<OAuth2> {
        let auth = self.flow.stored()?;
        let uri = self.flow.redirect_uri.as_ref().map(Url::as_str);
        let verifier = (self.flow.pkce != Pkce::Off).then_some(&self.verifier);
        let asked = auth.exchange.clock.now();
        let grant = auth.exchange.redeem(code, uri, verifier).await?;
        auth.cache.store_grant(grant, asked).await?;
        Ok(auth)
    }

    /// Compares in constant time, so that the time reveals nothing about the state.
    fn is_own(&self, state: &str) -> bool {
        let (own, other) = (self.state.expose_secret().as_bytes(), state.as_bytes());
        let differences = own.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b));
        own.len() == other.len() && !own.is_empty() && differences == 0
    }
}

fn foreign() -> Error {
    Error::new(
        ErrorKind::Refused,
        "the state of the redirect is not the one that was sent",
    )
    .with_hint("the redirect belongs to another authorization, or it is forged: start again")
}

fn refusal(code: &str, description: Option<String>) -> Error {
    let error = match code {
        "access_denied" => Error::new(ErrorKind::Permission, "the user declined"),
        "server_error" | "temporarily_unavailable" => {
            Error::new(ErrorKind::Server, "the authorization server failed")
        }
        _ => Error::new(
            ErrorKind::Config,
            "the authorization server rejects the request",
        ),
    };
    let error = error.with_code(clean(code, 40));
    match description {
        Some(text) => error.with_service_message(clean(&text, 200)),
        None => error,
    }
}

impl fmt::Debug for Authorization {
    /// Hides the URL and its parameters, which are secrets of this authorization.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("flow", &self.flow)
            .finish_non_exhaustive()
    }
}
