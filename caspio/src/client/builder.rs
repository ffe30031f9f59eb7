//! How a client is put together.

use super::names::Names;
use super::{Client, Inner};
use caspio_core::auth::ClientAuth;
use caspio_core::{
    Account, ApiVersion, Authenticate, CaspioJudge, ClientCredentials, Error, ErrorKind,
    HttpService, OAuth2, Pace, ReqwestService, Result, RetryPolicy, Settings, Transport, secrecy,
};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Settings of a [`Client`]; only the account and the credentials have no default.
///
/// ```
/// # fn main() -> caspio::Result<()> {
/// let caspio = caspio::Client::builder()
///     .account("b3poa")
///     .credentials("client-id", "client-secret")
///     .build()?;
/// assert_eq!(caspio.account().host(), "b3poa.caspio.com");
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder {
    account: Option<Result<Account>>,
    credentials: Option<ClientCredentials>,
    client_auth: ClientAuth,
    version: ApiVersion,
    service: Option<Arc<dyn HttpService>>,
    auth: Option<Arc<dyn Authenticate>>,
    retry: RetryPolicy,
    pace: Option<Pace>,
    timeout: Option<Duration>,
}

impl ClientBuilder {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// The account: its host label (`b3poa`) or its integration URL.
    ///
    /// A malformed one is reported by [`build`](Self::build).
    pub fn account(mut self, account: impl AsRef<str>) -> Self {
        self.account = Some(Account::new(account.as_ref()));
        self
    }

    /// The client id and secret of a web services profile.
    pub fn credentials(
        mut self,
        id: impl Into<String>,
        secret: impl Into<secrecy::SecretString>,
    ) -> Self {
        self.credentials = Some(ClientCredentials::new(id, secret));
        self
    }

    /// Account and credentials as they were read from somewhere.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.account = Some(Ok(settings.account));
        self.credentials = Some(settings.credentials);
        self
    }

    /// How the token endpoint is told the credentials: in the body (the default) or as HTTP Basic.
    pub fn client_auth(mut self, client_auth: ClientAuth) -> Self {
        self.client_auth = client_auth;
        self
    }

    /// The version of the API to speak; v3 unless said.
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.version = version;
        self
    }

    /// What sends requests: a client of your own, a mock, a layer around [`ReqwestService`].
    pub fn http_service(mut self, service: Arc<dyn HttpService>) -> Self {
        self.service = Some(service);
        self
    }

    /// What puts credentials on requests, in place of OAuth 2 with the client's credentials.
    pub fn auth(mut self, auth: Arc<dyn Authenticate>) -> Self {
        self.auth = Some(auth);
        self
    }

    /// How calls that failed are repeated.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// How fast calls may follow each other; a [`Pace`] shared by clones holds for all of them.
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = Some(pace);
        self
    }

    /// How long one attempt of a call may take; 60 seconds unless said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The client. Makes no call.
    ///
    /// # Errors
    ///
    /// `Config`: the account or the credentials are missing or malformed, or TLS cannot be set up.
    pub fn build(self) -> Result<Client> {
        let account = self.account.ok_or_else(|| {
            missing(
                "account",
                "call `account(\"b3poa\")`, or use `Client::from_env()`",
            )
        })??;
        let service = match self.service {
            Some(service) => service,
            None => Arc::new(ReqwestService::for_account(&account)?),
        };
        let (auth, oauth): (Arc<dyn Authenticate>, _) = match (self.auth, self.credentials) {
            (Some(auth), _) => (auth, None),
            (None, Some(credentials)) => {
                let oauth = OAuth2::for_account(&account, credentials)
                    .client_auth(self.client_auth)
                    .service(Arc::clone(&service))
                    .build()?;
                (Arc::new(oauth.clone()), Some(oauth))
            }
            (None, None) => {
                return Err(missing(
                    "credentials",
                    "call `credentials(id, secret)`, or use `Client::from_env()`",
                ));
            }
        };
        let mut transport = Transport::builder()
            .account(&account)
            .service(service)
            .auth(auth)
            .judge(Arc::new(CaspioJudge::new()))
            .retry(self.retry);
        if let Some(pace) = self.pace {
            transport = transport.pace(pace);
        }
        if let Some(timeout) = self.timeout {
            transport = transport.timeout(timeout);
        }
        Ok(Client {
            inner: Arc::new(Inner {
                base: account.api_url(self.version),
                version: self.version,
                transport: transport.build()?,
                account,
                names: Names::default(),
                oauth,
            }),
        })
    }
}

fn missing(what: &str, hint: &str) -> Error {
    Error::new(ErrorKind::Config, format!("no {what} was given")).with_hint(hint)
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("account", &self.account)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
