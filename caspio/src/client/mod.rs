//! The client of one account.

mod build;
mod builder;
mod bulk_client;
mod calls;
mod connection;
mod id_cache;
mod position_key;
mod profile;
mod response_cache;
mod schema_cache;
mod shared_read;
mod verification;
mod write_checks;

pub use builder::ClientBuilder;
pub use connection::ConnectionReport;
pub(crate) use id_cache::unknown_name_hint;
pub(crate) use position_key::{
    Fingerprint, LEAST as LEAST_POSITION, OpenError, PositionKey, VERSION as POSITION_VERSION,
};
pub use profile::{Profile, RateLimit};
pub(crate) use response_cache::Kept;
pub use write_checks::WriteChecks;

use crate::dialect::{Capability, Dialect};
use crate::recording::Recording;
use caspio_core::{Account, ApiVersion, Meter, OAuth2, Result, Transport, Url, Usage};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A client of one Caspio account.
///
/// Cloning is cheap, and clones share the token, the connections and the meter. Create one client for the
/// program and pass clones of it.
///
/// ```no_run
/// use caspio::prelude::*;
///
/// # async fn example() -> caspio::Result<()> {
/// let caspio = Client::from_env()?; // CASPIO_ACCOUNT, CASPIO_CLIENT_ID, CASPIO_CLIENT_SECRET
/// for table in caspio.tables().await? {
///     println!("{table}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<Inner>,
    /// Whether the calls belong to a bulk write.
    is_for_bulk_writes: bool,
    /// Set if responses to reads are taken from the cache and kept there.
    kept: Option<Kept>,
}

#[derive(Debug)]
struct Inner {
    account: Account,
    dialect: &'static dyn Dialect,
    base: Url,
    transport: Transport,
    ids: Arc<id_cache::IdCache>,
    write_checks: WriteChecks,
    /// Whether the account refuses text with characters of four bytes, by setting or by an earlier response.
    refuses_four_bytes: Arc<AtomicBool>,
    schema_cache: Arc<schema_cache::SchemaCache>,
    responses: Arc<response_cache::ResponseCache>,
    bulk: bulk_client::BulkClient,
    /// Set if the client authenticates with its own credentials.
    oauth: Option<OAuth2>,
    position_key: Arc<PositionKey>,
    /// Set if the calls are recorded.
    recording: Option<Recording>,
}

impl Client {
    /// Creates a client for the account and credentials in the environment variables `CASPIO_ACCOUNT`,
    /// `CASPIO_CLIENT_ID` and `CASPIO_CLIENT_SECRET`. Makes no call.
    ///
    /// # Errors
    ///
    /// `Config`: a variable is missing or empty, or the account is malformed.
    pub fn from_env() -> Result<Self> {
        Self::builder()
            .settings(caspio_core::Settings::from_env()?)
            .build()
    }

    /// Returns a builder for a client with its own settings.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Returns the account of this client.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.inner.account
    }

    /// Returns why the recording of the calls is not complete: a line could not be written. `None` if all were, or if
    /// the client [records](ClientBuilder::record_to) none. No call.
    #[must_use]
    pub fn recording_failure(&self) -> Option<String> {
        self.inner.recording.as_ref().and_then(Recording::failure)
    }

    /// Returns the version of the API that this client uses.
    #[must_use]
    pub fn api_version(&self) -> ApiVersion {
        self.inner.dialect.version()
    }

    /// Returns whether the version of the API that this client uses has a capability. No call.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// use caspio::Capability;
    ///
    /// if caspio.supports(Capability::ViewFields) {
    ///     let fields = caspio.view_named("Active_Contacts").fields().await?;
    ///     println!("{} fields", fields.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn supports(&self, capability: Capability) -> bool {
        self.dialect().capabilities().include(capability)
    }

    /// Returns how many calls an operation should have in progress to use the rate limit.
    pub(crate) fn calls_at_once(&self) -> usize {
        self.inner.transport.calls_at_once()
    }

    /// Returns how many times a call is sent at most, apart from rate limits.
    pub(crate) fn attempts(&self) -> u32 {
        self.inner.transport.attempts()
    }

    /// Whether a call of this client or its clones waits for the rate limiter.
    pub(crate) fn waits_for_limit(&self) -> bool {
        self.inner.transport.waits_for_limit()
    }

    /// The key that encrypts the positions of this client's reads.
    pub(crate) fn position_key(&self) -> &PositionKey {
        &self.inner.position_key
    }

    /// Returns the meter of this client and its clones. It counts every call, including refused ones.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let tables = caspio.tables().await?;
    /// println!("{} tables, for {} calls", tables.len(), caspio.meter().snapshot().calls);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn meter(&self) -> &Meter {
        self.inner.transport.meter()
    }

    /// Returns the billed calls of this client and its clones by day, operation, table and outcome. Makes no call.
    ///
    /// The days are those of the [`time_zone`](ClientBuilder::time_zone); the last 62 are kept. Caspio bills by its own
    /// count, which includes the calls of other programs.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// use caspio::calls::BillingPeriod;
    ///
    /// let usage = caspio.usage();
    /// for count in &usage.counts {
    ///     println!("{count}"); // 2026-01-31 records.list Orders: 12 with status 200
    /// }
    /// // The billing period begins on the fifth of each month.
    /// if let Some(period) = BillingPeriod::of_month(usage.until.date(), 5) {
    ///     let forecast = period.forecast(&usage);
    ///     println!("{} calls, about {} by {}", forecast.calls, forecast.expected, period.last);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.meter().usage()
    }

    /// Waits until the work in the background, the renewal of the token, has ended. Makes no call.
    ///
    /// Call it at the end of a short program, before the runtime is shut down. Otherwise a token that Caspio has issued
    /// and billed may be lost. The client can still be used afterwards.
    ///
    /// ```no_run
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// # async fn example(caspio: Client) -> caspio::Result<()> {
    /// let tables = caspio.tables().await?;
    /// caspio.settle().await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn settle(&self) {
        self.inner.transport.settle().await;
    }
}
