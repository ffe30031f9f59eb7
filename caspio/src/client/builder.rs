//! How a client is put together.

use super::bulk_client::BulkClient;
use super::schema_cache::SchemaCache;
use super::verification::{Verification, verify_all};
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

/// Whether rows are compared with the table's definition before they are sent, so that no call is paid for
/// one that Caspio would refuse.
///
/// ```
/// use caspio::WriteChecks;
///
/// assert_eq!(WriteChecks::default(), WriteChecks::WhenKnown);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteChecks {
    /// Never; only the keys of list values are looked up.
    Off,
    /// Where the definition is known already, from a schema file or an earlier call.
    #[default]
    WhenKnown,
    /// Always: the definition is looked up once a table, which takes one call.
    Always,
}

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

    /// The account: its host label (`b3poa`) or its integration URL.
    ///
    /// A malformed one is reported by [`build`](Self::build).
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// let by_address = Client::builder()
    ///     .account("https://b3poa.caspio.com")
    ///     .credentials("client-id", "client-secret")
    ///     .build()?;
    /// assert_eq!(by_address.account().host(), "b3poa.caspio.com");
    ///
    /// assert!(Client::builder().account("evil.com/").build().is_err());
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn account(mut self, account: impl AsRef<str>) -> Self {
        self.account = Some(Account::new(account.as_ref()));
        self
    }

    /// The client id and secret of a web services profile.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// # fn secret_of(_profile: &str) -> String { "client-secret".into() }
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", secret_of("client-id"))
    ///     .build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn credentials(
        mut self,
        id: impl Into<String>,
        secret: impl Into<secrecy::SecretString>,
    ) -> Self {
        self.credentials = Some(ClientCredentials::new(id, secret));
        self
    }

    /// Account and credentials as they were read from somewhere.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// use caspio::auth::ClientCredentials;
    /// use caspio::{Account, Settings};
    ///
    /// let credentials = ClientCredentials::new("client-id", "client-secret");
    /// let settings = Settings::new(Account::new("b3poa")?, credentials);
    /// let caspio = Client::builder().settings(settings).build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn settings(mut self, settings: Settings) -> Self {
        self.account = Some(Ok(settings.account));
        self.credentials = Some(settings.credentials);
        self
    }

    /// How the token endpoint is told the credentials: in the body (the default) or as HTTP Basic.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// use caspio::auth::ClientAuth;
    ///
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .client_auth(ClientAuth::Basic)
    ///     .build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn client_auth(mut self, client_auth: ClientAuth) -> Self {
        self.client_auth = client_auth;
        self
    }

    /// The version of the API to speak; v3 unless said.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// use caspio::ApiVersion;
    ///
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .api_version(ApiVersion::V4)
    ///     .build()?;
    /// assert_eq!(caspio.api_version(), ApiVersion::V4);
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.version = version;
        self
    }

    /// What sends requests: a client of your own, a mock, a layer around [`ReqwestService`].
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// use caspio::Account;
    /// use caspio::http_client::ReqwestService;
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

    /// What puts credentials on requests, in place of OAuth 2 with the client's credentials.
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

    /// How calls that failed are repeated.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// use caspio::RetryPolicy;
    ///
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .retry(RetryPolicy::default().max_attempts(5))
    ///     .build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// How fast calls may follow each other; a [`RateLimiter`] shared by clones holds for all of them.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # fn main() -> caspio::Result<()> {
    /// let careful = caspio::RateLimiter::unlimited()
    ///     .limit(4, Duration::from_secs(1))
    ///     .max_in_flight(2);
    /// let caspio = caspio::Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .rate_limiter(careful)
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn rate_limiter(mut self, rate_limiter: RateLimiter) -> Self {
        self.rate_limiter = Some(rate_limiter);
        self
    }

    /// How long one attempt of a call may take; 60 seconds unless said.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// use std::time::Duration;
    ///
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .timeout(Duration::from_secs(20))
    ///     .build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Where the token is kept between starts of the program, which saves each a token request;
    /// nowhere unless said. It is for OAuth 2 with the client's credentials, as
    /// [`credentials`](Self::credentials) sets it up.
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

    /// Whether rows are compared with the table's definition before they are sent;
    /// [`WriteChecks::WhenKnown`] unless said.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// use caspio::WriteChecks;
    ///
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .write_checks(WriteChecks::Always)
    ///     .build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn write_checks(mut self, checks: WriteChecks) -> Self {
        self.write_checks = checks;
        self
    }

    /// What is known of the account's tables and views, from [`Schema::load`](crate::schema::Schema::load)
    /// or an earlier [`Client::schema`]: definitions in it are not asked for, and rows are checked by them
    /// before they are sent.
    ///
    /// Where it turns out to be out of date, the definition is looked up all the same.
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

    /// Refuses text with characters of four bytes in UTF-8, such as emoji, before any call is paid.
    ///
    /// Some accounts refuse it, with the misleading code `AlterReadOnlyData`; others take it. Without a
    /// word the client finds out: after the first such answer it refuses by itself.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .refuse_emoji(true)
    ///     .build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn refuse_emoji(mut self, refuse: bool) -> Self {
        self.refuse_emoji = refuse;
        self
    }

    /// The client, once every record of [`verify_on_start`](Self::verify_on_start) was found to fit.
    /// One call for each, and one for the token; without any it makes no call.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// # #[derive(CaspioTable)] #[caspio(table = "Contacts")]
    /// # struct Contact { #[caspio(pk)] pk_id: i64, city: String, photo: Option<String> }
    /// # async fn example() -> caspio::Result<()> {
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .verify_on_start::<Contact>()
    ///     .connect()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
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

    /// The client. Makes no call.
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
                "records cannot be verified without a call",
            )
            .with_hint("call `connect().await` in place of `build()`"));
        }
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
                let mut oauth = OAuth2::for_account(&account, credentials)
                    .client_auth(self.client_auth)
                    .service(Arc::clone(&service));
                if let Some(store) = self.token_store {
                    oauth = oauth.store(store);
                }
                let oauth = oauth.build()?;
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
