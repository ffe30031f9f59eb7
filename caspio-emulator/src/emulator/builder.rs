//! How an emulator is set up.

use super::Emulator;
use crate::app::App;
use crate::auth::Profile;
use crate::error::Error;
use crate::faults::Faults;
use crate::settings::Settings;
#[cfg(feature = "tls")]
use crate::settings::TlsFiles;
use crate::store::Store;
use caspio_schema::Schema;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Sets up an [`Emulator`]; get one from [`Emulator::builder`].
///
/// Without a word it is the account `demo` with the credentials `demo` and `demo-secret`, the
/// sample data and a free port on loopback.
#[derive(Debug, Clone)]
#[must_use = "nothing runs before start"]
pub struct EmulatorBuilder {
    settings: Settings,
    sample: bool,
    sample_orders: u32,
    schema_file: Option<PathBuf>,
}

impl EmulatorBuilder {
    pub(crate) fn new() -> Self {
        Self {
            settings: Settings {
                account: "demo".into(),
                profiles: vec![Profile::new("demo", "demo-secret")],
                sample_orders: None,
                seed: 0,
                data: None,
                load: None,
                schema: None,
                #[cfg(feature = "tls")]
                tls: None,
                token_lifetime: Duration::from_secs(24 * 3600),
                refresh_tokens: true,
                listen: SocketAddr::from(([127, 0, 0, 1], 0)),
                latency: Duration::ZERO,
                signature_header: "X-Caspio-Signature".into(),
                faults: Faults::none(),
                refuse_emoji: false,
            },
            sample: true,
            sample_orders: 10_000,
            schema_file: None,
        }
    }

    /// Names the account; it shows in webhook messages and in links.
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.settings.account = account.into();
        self
    }

    /// Sets the client id and secret of the first profile.
    pub fn credentials(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.settings.profiles[0] = Profile::new(id, secret);
        self
    }

    /// Adds another profile, usually one with fewer permissions.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.settings.profiles.push(profile);
        self
    }

    /// Starts with the sample tables and views. This is the default.
    pub fn sample_data(mut self) -> Self {
        self.sample = true;
        self
    }

    /// Starts without any table.
    pub fn empty(mut self) -> Self {
        self.sample = false;
        self
    }

    /// Sets how many records the sample table `Orders` holds; 10,000 otherwise.
    pub fn sample_orders(mut self, orders: u32) -> Self {
        self.sample_orders = orders;
        self
    }

    /// Keeps everything in this file; without it all is gone at the end. A file that is there
    /// already goes on as it was, without new sample data. It survives a killed process.
    pub fn data(mut self, file: impl Into<PathBuf>) -> Self {
        self.settings.data = Some(file.into());
        self
    }

    /// Starts with the tables of a folder instead of the sample: for each a `TABLE.schema.json`,
    /// the fields as v3's `GET /tables/{table}/fields` answers them, and a `TABLE.csv` with the
    /// names of fields in its first line. A table that a file of [`data`](Self::data) has already
    /// stays as it is there. Call [`sample_data`](Self::sample_data) afterwards to have both.
    pub fn load(mut self, folder: impl Into<PathBuf>) -> Self {
        self.settings.load = Some(folder.into());
        self.sample = false;
        self
    }

    /// Starts with the tables and views of an account's shape instead of the sample, all empty: what
    /// `caspio.schema()` reads and `caspio.schema.json` keeps. A formula, of which a shape does not tell
    /// the text, is null in every record. A view is made where all its fields come from one table, as v3
    /// tells it; of others the shape does not tell how they join, see
    /// [`Emulator::views_left_out`]. What a file of [`data`](Self::data) has already stays as it is
    /// there. Call [`sample_data`](Self::sample_data) afterwards to have both.
    pub fn schema(mut self, schema: &Schema) -> Self {
        self.settings.schema = Some(schema.clone());
        self.schema_file = None;
        self.sample = false;
        self
    }

    /// As [`schema`](Self::schema), from a `caspio.schema.json`, which is read at the start.
    pub fn schema_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.schema_file = Some(file.into());
        self.sample = false;
        self
    }

    /// Speaks HTTPS only, with a chain of certificates and its private key, both as PEM files.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, certificates: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.settings.tls = Some(TlsFiles {
            certificates: certificates.into(),
            key: key.into(),
        });
        self
    }

    /// Sets the seed of the sample data, of arbitrary orders and of faults.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// Sets how long an access token lives; 24 hours otherwise.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_lifetime = lifetime;
        self
    }

    /// Sets whether the token endpoint hands out refresh tokens; it does otherwise.
    pub fn refresh_tokens(mut self, hand_out: bool) -> Self {
        self.settings.refresh_tokens = hand_out;
        self
    }

    /// Sets the address to listen on; port 0 takes a free one.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.settings.listen = address;
        self
    }

    /// Makes every answer wait this long.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.settings.latency = latency;
        self
    }

    /// Refuses text with characters past U+FFFF, emoji above all, with the misleading
    /// `AlterReadOnlyData` that was seen. Others saw such text taken, so it is off by itself.
    pub fn refuse_emoji(mut self, refuse: bool) -> Self {
        self.settings.refuse_emoji = refuse;
        self
    }

    /// Lets things go wrong from the first call on.
    pub fn faults(mut self, faults: Faults) -> Self {
        self.settings.faults = faults;
        self
    }

    /// Names the header that carries the signature of a webhook's message. Caspio signs its
    /// messages but has not published the name; `X-Caspio-Signature` here is made up.
    pub fn signature_header(mut self, name: impl Into<String>) -> Self {
        self.settings.signature_header = name.into();
        self
    }

    /// Starts the emulator. It runs in a thread of its own and stops when dropped.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Start`](crate::ErrorKind::Start) when the address is taken or a certificate
    /// cannot be read, [`ErrorKind::Store`](crate::ErrorKind::Store) when SQLite fails or another
    /// emulator has the file, [`ErrorKind::Load`](crate::ErrorKind::Load) when a folder's tables
    /// or a schema do not fit.
    pub async fn start(self) -> Result<Emulator, Error> {
        let mut settings = self.settings;
        settings.sample_orders = self.sample.then_some(self.sample_orders);
        if let Some(file) = &self.schema_file {
            let schema = Schema::load(file).map_err(|error| Error::load(error.to_string()))?;
            settings.schema = Some(schema);
        }
        let store = Store::open(&settings)?;
        Emulator::start(App::new(settings, store)).await
    }
}
