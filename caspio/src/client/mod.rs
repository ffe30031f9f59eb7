//! The client: one account, its credentials, and the way to its tables and views.

mod builder;
mod bulk_client;
mod calls;
mod connection;
mod id_cache;
mod profile;
mod schema_cache;
mod verification;

pub use builder::{ClientBuilder, WriteChecks};
pub use connection::ConnectionReport;
pub use profile::{Profile, RateLimit};

use crate::dialect::Dialect;
use caspio_core::{Account, ApiVersion, Meter, OAuth2, Result, Transport, Url};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A client of one Caspio account.
///
/// Cloning is cheap and shares everything: the token, the connections, the meter. Make one for the
/// program and hand out clones.
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
}

#[derive(Debug)]
struct Inner {
    account: Account,
    dialect: &'static dyn Dialect,
    base: Url,
    transport: Transport,
    ids: Arc<id_cache::IdCache>,
    write_checks: WriteChecks,
    /// Whether the account refuses text with characters of four bytes, said or found out.
    refuses_four_bytes: Arc<AtomicBool>,
    schema_cache: Arc<schema_cache::SchemaCache>,
    bulk: bulk_client::BulkClient,
    /// Known where the client authenticates by its own credentials.
    oauth: Option<OAuth2>,
}

impl Client {
    /// A client for the account and credentials in the environment: `CASPIO_ACCOUNT`,
    /// `CASPIO_CLIENT_ID` and `CASPIO_CLIENT_SECRET`. Makes no call.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
    /// let caspio = Client::from_env()?;
    /// println!("{}", caspio.account().host());
    /// # Ok::<(), caspio::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Config`: a variable is missing or empty, or the account is malformed.
    pub fn from_env() -> Result<Self> {
        Self::builder()
            .settings(caspio_core::Settings::from_env()?)
            .build()
    }

    /// A client with the account, the credentials and everything else said in code.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .build()?;
    /// # Ok::<(), caspio::Error>(())
    /// ```
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// The account this client talks to.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .build()?;
    /// assert_eq!(caspio.account().host(), "b3poa.caspio.com");
    /// # Ok::<(), caspio::Error>(())
    /// ```
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.inner.account
    }

    /// The version of the API this client speaks.
    ///
    /// ```
    /// # use caspio::prelude::*;
    /// use caspio::ApiVersion;
    ///
    /// let caspio = Client::builder()
    ///     .account("b3poa")
    ///     .credentials("client-id", "client-secret")
    ///     .build()?;
    /// assert_eq!(caspio.api_version(), ApiVersion::V3);
    /// # Ok::<(), caspio::Error>(())
    /// ```
    #[must_use]
    pub fn api_version(&self) -> ApiVersion {
        self.inner.dialect.version()
    }

    /// What this client and its clones have spent: every call counts, refused ones too.
    ///
    /// ```no_run
    /// # use caspio::prelude::*;
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
}
