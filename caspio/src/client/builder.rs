//! The settings of a client, with their defaults.

use super::response_cache::Lifetimes;
use super::verification::Verification;
use super::write_checks::WriteChecks;
use caspio_core::auth::ClientAuth;
use caspio_core::token::TokenStore;
use caspio_core::transport::CallRecord;
use caspio_core::{
    Account, ApiVersion, Authenticate, ClientCredentials, HttpService, RateLimiter, Result,
    RetryPolicy, Settings, secrecy,
};
use caspio_schema::Schema;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Settings of a [`Client`](crate::Client). Only the account and the credentials have no default.
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
#[derive(Clone, Default)]
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder {
    pub(super) account: Option<Result<Account>>,
    pub(super) credentials: Option<ClientCredentials>,
    pub(super) client_auth: ClientAuth,
    pub(super) version: ApiVersion,
    pub(super) service: Option<Arc<dyn HttpService>>,
    pub(super) auth: Option<Arc<dyn Authenticate>>,
    pub(super) retry: RetryPolicy,
    pub(super) rate_limiter: Option<RateLimiter>,
    pub(super) max_calls: Option<u64>,
    pub(super) max_calls_per_day: Option<u64>,
    pub(super) time_zone: Option<String>,
    pub(super) timeout: Option<Duration>,
    pub(super) write_checks: WriteChecks,
    pub(super) refuse_emoji: bool,
    pub(super) known_schema: Schema,
    pub(super) verifications: Vec<Verification>,
    pub(super) token_store: Option<Arc<dyn TokenStore>>,
    pub(super) position_secret: Option<secrecy::SecretString>,
    pub(super) on_call: Option<CallHook>,
    pub(super) cached_for: Lifetimes,
    pub(super) record_to: Option<PathBuf>,
}

/// A function that is called after every attempt.
type CallHook = Arc<dyn Fn(&CallRecord<'_>) + Send + Sync>;

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

    /// Sets the client id and secret of an API profile (in Caspio, a web services profile).
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
    /// On v2 no calls for attachments or the fields of views are documented; v4 identifies tables by ids, which takes
    /// one call per client, and supports `HAVING`. A table keeps its id when it is renamed, so after a rename a v4
    /// client, and bulk writes, still use the table that had the name; create a new client then. Bulk inserts use v4
    /// with any version, if the account supports it.
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.version = version;
        self
    }

    /// Sets the service that sends the requests: an HTTP client of your own, a mock, a layer around
    /// [`ReqwestService`](crate::http_client::ReqwestService).
    /// Default: a [`ReqwestService`](crate::http_client::ReqwestService).
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

    /// Sets how many calls may be made in a period, and how many are in progress at once. Default:
    /// `RateLimiter::caspio()`, 8 calls a second and 2,000 in 300 seconds; no limit for an account on this machine (an
    /// emulator).
    ///
    /// With any setting, a rate-limit response pauses all calls. Clones of a [`RateLimiter`] share its limits, so
    /// several clients can use one.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// use caspio::RateLimiter;
    /// use std::time::Duration;
    ///
    /// let limiter = RateLimiter::unlimited().limit(4, Duration::from_secs(1)).concurrency(2);
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

    /// Sets how many calls this client and its clones may make in all. Default: no limit.
    ///
    /// It counts what Caspio bills: every attempt and every token request. A further call fails with
    /// [`Budget`](crate::ErrorKind::Budget) and is not sent.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .max_calls(10_000)
    ///     .max_calls_per_day(2_000)
    ///     .build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn max_calls(mut self, calls: u64) -> Self {
        self.max_calls = Some(calls);
        self
    }

    /// Sets how many calls this client and its clones may make each day. Default: no limit.
    ///
    /// It counts the calls of this process, as [`max_calls`](Self::max_calls) does. A day begins at midnight of the
    /// [`time_zone`](Self::time_zone).
    pub fn max_calls_per_day(mut self, calls: u64) -> Self {
        self.max_calls_per_day = Some(calls);
        self
    }

    /// Sets the time zone of the account, by its IANA name, such as `America/New_York`. Default: `UTC`.
    ///
    /// Caspio counts calls by days of the account's own clock. [`Client::usage`](crate::Client::usage) and
    /// [`max_calls_per_day`](Self::max_calls_per_day) use the same days if they know its time zone, which no operation
    /// returns. [`build`](Self::build) reports an unknown name.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// let builder = Client::builder().account("b3poa").credentials("client-id", "client-secret");
    /// assert!(builder.clone().time_zone("America/New_York").build().is_ok());
    ///
    /// let unknown = builder.time_zone("Eastern Standard Time").build();
    /// assert!(unknown.is_err_and(|error| error.kind() == caspio::ErrorKind::Config));
    /// ```
    pub fn time_zone(mut self, name: impl Into<String>) -> Self {
        self.time_zone = Some(name.into());
        self
    }

    /// Sets how long one attempt of a call may take. Default: 60 seconds.
    ///
    /// [`RetryPolicy`] limits the time of all attempts together.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets where the token is kept between runs of the program, which saves a token request at each start. Default:
    /// it is not kept.
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

    /// Sets the secret that the [positions](crate::read::Position) of reads are encrypted with: a long random
    /// text. Default: the client secret of the [`credentials`](Self::credentials).
    ///
    /// Clients of one account read each other's positions if they have the same secret: the instances of a web
    /// service, or the same program after a restart. With [`auth`](Self::auth), or without a client secret, the
    /// default is a random key, whose positions no other client reads.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// use caspio::auth::BearerToken;
    /// use std::sync::Arc;
    ///
    /// let token = BearerToken::new("a-token-from-elsewhere")?;
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .auth(Arc::new(token))
    ///     .position_secret("Q2xlYXJseSBub3QgYSBzZWNyZXQ")
    ///     .build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn position_secret(mut self, secret: impl Into<secrecy::SecretString>) -> Self {
        self.position_secret = Some(secret.into());
        self
    }

    /// Sets a function that is called after every attempt of a call, also of those that are retried: for a log or
    /// metrics of your own. It must not block. Token requests are not among them; the [meter](crate::Client::meter)
    /// counts them.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .on_call(|call| println!("{} {:?} {:?}", call.operation.name, call.status, call.elapsed))
    ///     .build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn on_call(mut self, hook: impl Fn(&CallRecord<'_>) + Send + Sync + 'static) -> Self {
        self.on_call = Some(Arc::new(hook));
        self
    }

    /// Records every call in a file for an issue: a line of JSON for each request with its response, without values,
    /// names and secrets. Default: nothing is recorded.
    ///
    /// A line has the method, the path, the clauses of the URL, the shapes of the bodies, the status, the headers that
    /// matter, the code of an error and the times. Names of tables, views and fields, keys and ids are numbered
    /// stand-ins (`Table1`, `Field3`), and values are their kinds (`integer`, `blank`, `date-time with fraction`). Only
    /// words that the SDK knows as the API's own are kept; codes and parameters that it does not know are not. The
    /// number of records and the sizes of bodies in KiB are kept. `caspio conform --replay FILE` compares a recording
    /// with the emulator.
    ///
    /// A file that exists is continued if it is a recording; only its owner can read a new one. Several clients can
    /// write to one file, but their stand-ins differ. The file grows with every call. If a line cannot be written, the
    /// call is not affected: [`Client::recording_failure`](crate::Client::recording_failure) returns the reason, which
    /// is also logged. Of a body over 8 MiB, or one that is a file, only the size is recorded. What comes from a
    /// [cache](Self::cache_records) is no call and has no line.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .record_to("calls.jsonl")
    ///     .build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn record_to(mut self, file: impl Into<PathBuf>) -> Self {
        self.record_to = Some(file.into());
        self
    }

    /// Sets when rows are checked against the table's definition before they are sent. Default:
    /// [`WriteChecks::WhenKnown`].
    pub fn write_checks(mut self, checks: WriteChecks) -> Self {
        self.write_checks = checks;
        self
    }

    /// Sets the known definitions of tables and views, from [`Schema::load`](crate::schema::Schema::load)
    /// or an earlier [`Client::schema`](crate::Client::schema). Default: none.
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

    /// Keeps the records that `get` reads for a time, so that it makes no call for the same key and columns again.
    /// Default: none is kept.
    ///
    /// A kept record may be out of date by up to this time, because other programs and persons change records as well.
    /// What this client or a clone of it has changed is never returned from before the change: each call of theirs that
    /// may write, to whichever table, removes all kept records. None is kept while such a call is in progress, and for
    /// 30 seconds after it, in which the service may still show the old record; for 300 seconds if it was cancelled or
    /// its response was lost, because then it may be executed later. Also kept is that there is no record with a key.
    ///
    /// All other reads make their calls, and up to 10,000 responses or 32 MiB are kept.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example() -> caspio::Result<()> {
    /// use std::time::Duration;
    ///
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .cache_records(Duration::from_secs(60))
    ///     .build()?;
    /// let order = caspio.table::<Order>().get(17).await?; // one call
    /// let again = caspio.table::<Order>().get(17).await?; // no call
    /// # Ok(())
    /// # }
    /// ```
    pub fn cache_records(mut self, time: Duration) -> Self {
        self.cached_for.record = Some(time);
        self
    }

    /// Keeps the results of `tables`, `views` and `fields` for a time, by the rules of
    /// [`cache_records`](Self::cache_records). Default: none is kept.
    ///
    /// All other lookups of the schema make their calls.
    pub fn cache_schema(mut self, time: Duration) -> Self {
        self.cached_for.schema = Some(time);
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

    /// Adds records that the client verifies before it is handed out.
    pub(crate) fn verify_by(mut self, verification: Verification) -> Self {
        self.verifications.push(verification);
        self
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("account", &self.account)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
