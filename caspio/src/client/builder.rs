//! The settings of a client, with their defaults.

use super::bulk_client::BulkClient;
use super::schema_cache::SchemaCache;
use super::verification::{Verification, verify_all};
use super::write_checks::WriteChecks;
use super::{Client, Inner};
use crate::dialect;
use caspio_core::auth::ClientAuth;
use caspio_core::error::ErrorContext as _;
use caspio_core::token::TokenStore;
use caspio_core::{
    Account, ApiVersion, Authenticate, CaspioClassifier, ClientCredentials, Error, ErrorKind,
    HttpService, OAuth2, RateLimiter, ReqwestService, Result, RetryPolicy, Settings, Transport,
    secrecy,
};
use caspio_schema::Schema;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Settings of a [`Client`]. Only the account and the credentials have no default.
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
    rate_limiter: Option<RateLimiter>,
    timeout: Option<Duration>,
    write_checks: WriteChecks,
    refuse_emoji: bool,
    known_schema: Schema,
    pub(super) verifications: Vec<Verification>,
    token_store: Option<Arc<dyn TokenStore>>,
}

impl ClientBuilder {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Sets the account: its host label (`b3poa`) or its integration URL.
    ///
    /// [`build`](Self::build) reports a malformed one.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// let by_url = Client::builder()
    ///     .account("https://b3poa.caspio.com")
    ///     .credentials("client-id", "client-secret")
    ///     .build()?;
    /// assert_eq!(by_url.account().host(), "b3poa.caspio.com");
    ///
    /// assert!(Client::builder().account("evil.com/").build().is_err());
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn account(mut self, account: impl AsRef<str>) -> Self {
        self.account = Some(Account::new(account.as_ref()));
        self
    }

    /// Sets the client id and secret of a web services profile.
    pub fn credentials(
        mut self,
        id: impl Into<String>,
        secret: impl Into<secrecy::SecretString>,
    ) -> Self {
        self.credentials = Some(ClientCredentials::new(id, secret));
        self
    }

    /// Sets the account and the credentials from [`Settings`], for example those of
    /// [`Settings::from_env`].
    pub fn settings(mut self, settings: Settings) -> Self {
        self.account = Some(Ok(settings.account));
        self.credentials = Some(settings.credentials);
        self
    }

    /// Sets how the credentials are sent to the token endpoint: in the body (default) or as HTTP Basic.
    pub fn client_auth(mut self, client_auth: ClientAuth) -> Self {
        self.client_auth = client_auth;
        self
    }

    /// Sets the version of the API. Default: v3.
    ///
    /// v2 has no attachments and does not return the fields of views; v4 identifies tables by ids, which takes one
    /// call per client, and supports `HAVING`. Bulk inserts use v4 with any version, if the account supports it.
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.version = version;
        self
    }

    /// Sets what sends the requests: an HTTP client of your own, a mock, a layer around [`ReqwestService`].
    /// Default: a [`ReqwestService`].
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// use caspio::Account;
    /// use caspio::service::ReqwestService;
    /// use std::sync::Arc;
    /// use std::time::Duration;
    ///
    /// let service = ReqwestService::builder()
    ///     .account(&Account::new("b3poa")?)
    ///     .connect_timeout(Duration::from_secs(3))
    ///     .build()?;
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .http_service(Arc::new(service))
    ///     .build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn http_service(mut self, service: Arc<dyn HttpService>) -> Self {
        self.service = Some(service);
        self
    }

    /// Sets how requests are authenticated. Default: OAuth 2 with the [`credentials`](Self::credentials).
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// use caspio::auth::BearerToken;
    /// use std::sync::Arc;
    ///
    /// let token = BearerToken::new("a-token-from-elsewhere")?;
    /// let caspio = Client::builder().account("b3poa").auth(Arc::new(token)).build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn auth(mut self, auth: Arc<dyn Authenticate>) -> Self {
        self.auth = Some(auth);
        self
    }

    /// Sets whether and when failed calls are retried. Default: three attempts within 180 seconds, and only calls that
    /// can be repeated safely; see [`RetryPolicy`].
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Sets how many calls may be made in a period and at the same time. Default: no limit.
    ///
    /// `RateLimiter::caspio()` keeps to a rate that Caspio accepts. With any setting, a rate-limit response pauses all
    /// calls. Clones of a [`RateLimiter`] share its limits, so several clients can use one.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// use caspio::RateLimiter;
    /// use std::time::Duration;
    ///
    /// let limiter = RateLimiter::unlimited().limit(4, Duration::from_secs(1)).max_in_flight(2);
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .rate_limiter(limiter)
    ///     .build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn rate_limiter(mut self, rate_limiter: RateLimiter) -> Self {
        self.rate_limiter = Some(rate_limiter);
        self
    }

    /// Sets how long one attempt of a call may take. Default: 60 seconds.
    ///
    /// [`RetryPolicy`] limits the time of all attempts together.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets where the token is kept when the program ends, which saves a token request at each start. Default: it is not
    /// kept.
    ///
    /// It applies to OAuth 2 with the [`credentials`](Self::credentials).
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// use caspio::token::FileStore;
    /// use std::sync::Arc;
    ///
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .token_store(Arc::new(FileStore::new("/var/lib/report/caspio.token")))
    ///     .build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.token_store = Some(store);
        self
    }

    /// Sets when rows are checked against the table's definition before they are sent. Default:
    /// [`WriteChecks::WhenKnown`].
    pub fn write_checks(mut self, checks: WriteChecks) -> Self {
        self.write_checks = checks;
        self
    }

    /// Sets the known definitions of tables and views, from [`Schema::load`](crate::schema::Schema::load)
    /// or an earlier [`Client::schema`]. Default: none.
    ///
    /// The client does not read these definitions again, and checks rows against them before they are sent. If a row
    /// does not fit, the definition is read again, because the known one may be out of date.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// use caspio::schema::Schema;
    ///
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .known_schema(Schema::load("caspio.schema.json")?)
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn known_schema(mut self, schema: Schema) -> Self {
        self.known_schema = schema;
        self
    }

    /// Refuses text with characters of four bytes in UTF-8, such as emoji, before any call is made. Default: the
    /// client refuses it after the account has rejected it once.
    ///
    /// Some accounts reject such text with the misleading code `AlterReadOnlyData`; others accept it.
    pub fn refuse_emoji(mut self) -> Self {
        self.refuse_emoji = true;
        self
    }

    /// Creates the client after verifying the records of [`verify_on_start`](Self::verify_on_start).
    /// One call for each, and one for the token; without any it makes no call.
    ///
    /// # Errors
    ///
    /// As for [`build`](Self::build), and what [`Client::verify`] reports; one error names every record
    /// that does not fit.
    pub async fn connect(mut self) -> Result<Client> {
        let verifications = std::mem::take(&mut self.verifications);
        let client = self.build()?;
        verify_all(&client, &verifications).await?;
        Ok(client)
    }

    /// Creates the client. Makes no call.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .build()?;
    ///
    /// let nobody = Client::builder().account("b3poa").build();
    /// assert!(nobody.is_err_and(|error| error.kind() == caspio::ErrorKind::Config));
    /// # Ok::<(), caspio::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Config`: the account or the credentials are missing or malformed, or TLS cannot be set up; or
    /// records are to be verified, which takes calls.
    pub fn build(self) -> Result<Client> {
        if !self.verifications.is_empty() {
            return Err(Error::new(
                ErrorKind::Config,
                "`build` makes no call, so it cannot verify records",
            )
            .with_hint("call `connect().await` instead"));
        }
        let account = self.account.ok_or_else(|| {
            missing(
                "no account was given",
                "call `account(\"b3poa\")`, or use `Client::from_env()`",
            )
        })??;
        let service = match self.service {
            Some(service) => service,
            None => Arc::new(ReqwestService::for_account(&account)?),
        };
        let (auth, oauth) = authentication(
            &account,
            &service,
            self.auth,
            self.credentials,
            self.client_auth,
            self.token_store,
        )?;
        let mut transport = Transport::builder()
            .account(&account)
            .service(service)
            .auth(auth)
            .classifier(Arc::new(CaspioClassifier::new()))
            .retry(self.retry);
        if let Some(rate_limiter) = self.rate_limiter {
            transport = transport.rate_limiter(rate_limiter);
        }
        if let Some(timeout) = self.timeout {
            transport = transport.timeout(timeout);
        }
        Ok(Client {
            inner: Arc::new(Inner {
                base: account.api_url(self.version),
                dialect: dialect::of(self.version),
                transport: transport.build()?,
                account,
                ids: Arc::default(),
                write_checks: self.write_checks,
                refuses_four_bytes: Arc::new(self.refuse_emoji.into()),
                schema_cache: Arc::new(SchemaCache::of(&self.known_schema)),
                bulk: BulkClient::default(),
                oauth,
            }),
        })
    }
}

/// The authentication of the requests, and OAuth 2 if the client uses its own credentials.
fn authentication(
    account: &Account,
    service: &Arc<dyn HttpService>,
    auth: Option<Arc<dyn Authenticate>>,
    credentials: Option<ClientCredentials>,
    client_auth: ClientAuth,
    token_store: Option<Arc<dyn TokenStore>>,
) -> Result<(Arc<dyn Authenticate>, Option<OAuth2>)> {
    if let Some(auth) = auth {
        return Ok((auth, None));
    }
    let credentials = credentials.ok_or_else(|| {
        missing(
            "no credentials were given",
            "call `credentials(id, secret)`, or use `Client::from_env()`",
        )
    })?;
    let mut oauth = OAuth2::for_account(account, credentials)
        .client_auth(client_auth)
        .service(Arc::clone(service));
    if let Some(store) = token_store {
        oauth = oauth.store(store);
    }
    let oauth = oauth.build()?;
    Ok((Arc::new(oauth.clone()), Some(oauth)))
}

fn missing(what: &'static str, hint: &str) -> Error {
    Error::new(ErrorKind::Config, what).with_hint(hint)
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("account", &self.account)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
