use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::{AuthorizationCode, Pkce};
use crate::auth::OAuth2;
use crate::classify::clean;
use crate::error::ErrorContext as _;
use crate::{Error, ErrorKind, Result};

/// An authorization that waits for the person: where to send the browser, and what to compare when it comes
/// back. It serves once.
///
/// It belongs to one person's session: its [`state`](Self::state) is what tells that person's answer from
/// one that somebody else slipped in.
#[must_use = "the person has to be sent to the address"]
pub struct Authorization {
    pub(super) flow: AuthorizationCode,
    pub(super) url: Url,
    pub(super) state: SecretString,
    pub(super) verifier: SecretString,
}

/// What the browser brings back.
pub(super) enum Redirect {
    Code(SecretString),
    Failed(Error),
    /// For somebody else, or nobody.
    Foreign,
}

impl Authorization {
    /// Where to send the browser.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// What comes back with the code; to be kept in the person's session.
    #[must_use]
    pub fn state(&self) -> &SecretString {
        &self.state
    }

    /// What proves that the code comes back to where it was asked for; to be kept in the person's session,
    /// and never shown to the browser.
    #[must_use]
    pub fn verifier(&self) -> &SecretString {
        &self.verifier
    }

    /// Turns what the browser brought back into tokens, and stores them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`] when the state is not this authorization's, before anything is sent;
    /// [`ErrorKind::Auth`] when the service does not accept the code, and the kinds of a call that did not
    /// come through.
    pub async fn exchange(self, code: impl Into<SecretString>, state: &str) -> Result<OAuth2> {
        if !self.is_own(state) {
            return Err(foreign());
        }
        self.redeem(&code.into()).await
    }

    /// Like [`exchange`](Self::exchange), with the whole address that the browser came back to.
    ///
    /// # Errors
    ///
    /// As for [`exchange`](Self::exchange), and [`ErrorKind::Permission`] when the person declined.
    pub async fn exchange_redirect(self, redirected: &Url) -> Result<OAuth2> {
        match self.read(redirected) {
            Redirect::Code(code) => self.redeem(&code).await,
            Redirect::Failed(error) => Err(error),
            Redirect::Foreign => Err(foreign()),
        }
    }

    /// What an address brings back, judged by its state first.
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
                "the browser came back with neither a code nor an error",
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

    /// Takes the same time wherever the two differ.
    fn is_own(&self, state: &str) -> bool {
        let (own, other) = (self.state.expose_secret().as_bytes(), state.as_bytes());
        let differences = own.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b));
        own.len() == other.len() && !own.is_empty() && differences == 0
    }
}

fn foreign() -> Error {
    Error::new(
        ErrorKind::Refused,
        "the answer's state is not the one that was sent",
    )
    .with_hint("the answer belongs to another authorization, or somebody forged it: start again")
}

fn refusal(code: &str, description: Option<String>) -> Error {
    let error = match code {
        "access_denied" => Error::new(ErrorKind::Permission, "the person declined"),
        "server_error" | "temporarily_unavailable" => {
            Error::new(ErrorKind::Server, "the authorization server failed")
        }
        _ => Error::new(
            ErrorKind::Config,
            "the authorization server does not accept the request",
        ),
    };
    let error = error.with_code(clean(code, 40));
    match description {
        Some(text) => error.with_service_message(clean(&text, 200)),
        None => error,
    }
}

impl fmt::Debug for Authorization {
    /// Shows neither the address, whose parameters are secrets of this authorization, nor those.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("flow", &self.flow)
            .finish_non_exhaustive()
    }
}
