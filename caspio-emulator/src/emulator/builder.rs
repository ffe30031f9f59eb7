//! The builder of an emulator.

use super::{Emulator, refused};
use crate::app::App;
use crate::auth::ApiProfile;
use crate::clock;
use crate::error::EmulatorError;
use crate::faults::Faults;
use crate::settings::Settings;
#[cfg(feature = "tls")]
use crate::settings::TlsFiles;
use crate::store::{InitialData, Snapshot, Store};
use caspio_schema::Schema;
use jiff::Timestamp;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Configures an [`Emulator`]; created by [`Emulator::builder`].
///
/// By default it is the account `demo` with the credentials `demo` and `demo-secret`, the sample
/// data and a free port on loopback.
#[derive(Clone, Debug)]
#[must_use = "the emulator runs only after `start`"]
pub struct EmulatorBuilder {
    settings: Settings,
    pub(super) sample: bool,
    sample_orders: u32,
    schema_file: Option<PathBuf>,
    pub(super) initial: InitialData,
}

impl EmulatorBuilder {
    pub(crate) fn new() -> Self {
        Self {
            settings: Settings {
                account: "demo".into(),
                profiles: vec![ApiProfile::new("demo", "demo-secret")],
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
                time: None,
            },
            sample: true,
            sample_orders: 10_000,
            schema_file: None,
            initial: InitialData::default(),
        }
    }

    /// Sets the name of the account, which webhook messages and links contain.
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.settings.account = account.into();
        self
    }

    /// Sets the client id and secret of the first profile.
    pub fn credentials(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.settings.profiles[0] = ApiProfile::new(id, secret);
        self
    }

    /// Adds another profile, usually one with fewer permissions.
    pub fn profile(mut self, profile: ApiProfile) -> Self {
        self.settings.profiles.push(profile);
        self
    }

    /// Starts with the sample tables and views. This is the default.
    pub fn sample_data(mut self) -> Self {
        self.sample = true;
        self.initial.snapshot = None;
        self
    }

    /// Starts without tables.
    pub fn empty(mut self) -> Self {
        self.sample = false;
        self.initial.snapshot = None;
        self
    }

    /// Sets how many records the sample table `Orders` has; default: 10,000.
    pub fn sample_orders(mut self, orders: u32) -> Self {
        self.sample_orders = orders;
        self
    }

    /// Starts with the data of a snapshot instead of the sample. The account keeps the name and the profiles of this
    /// builder. Tables of [`load`](Self::load) and [`schema`](Self::schema) that the snapshot does not have are added,
    /// and so are the tables and records of [`table`](Self::table), [`csv`](Self::csv) and [`json`](Self::json).
    pub fn snapshot(mut self, snapshot: &Snapshot) -> Self {
        self.initial.snapshot = Some(snapshot.clone());
        self
    }

    /// Keeps the data in this file; without it the data is lost when the emulator stops. An existing file keeps its
    /// data and gets neither the sample nor a snapshot. The data survives a killed process.
    pub fn data(mut self, file: impl Into<PathBuf>) -> Self {
        self.settings.data = Some(file.into());
        self
    }

    /// Starts with the tables of a folder instead of the sample: for each a `TABLE.schema.json`
    /// with the fields as v3's `GET /tables/{table}/fields` returns them, and a `TABLE.csv` with
    /// field names in the first line. A table that the file of [`data`](Self::data) already has
    /// stays unchanged. Call [`sample_data`](Self::sample_data) afterwards to have both.
    pub fn load(mut self, folder: impl Into<PathBuf>) -> Self {
        self.settings.load = Some(folder.into());
        self.sample = false;
        self
    }

    /// Starts with the tables and views of an account's schema instead of the sample, all empty:
    /// the schema that `caspio.schema()` reads and `caspio.schema.json` contains. A formula is null
    /// in every record, because a schema does not contain its text. A view is created if all its
    /// fields come from one table, as v3 reports it; for other views a schema does not contain the
    /// joins, see [`Emulator::views_left_out`]. Tables and views that the file of
    /// [`data`](Self::data) already has stay unchanged. Call [`sample_data`](Self::sample_data)
    /// afterwards to have both.
    pub fn schema(mut self, schema: &Schema) -> Self {
        self.settings.schema = Some(schema.clone());
        self.schema_file = None;
        self.sample = false;
        self
    }

    /// Like [`schema`](Self::schema), from a `caspio.schema.json`, which is read when the emulator
    /// starts.
    pub fn schema_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.schema_file = Some(file.into());
        self.sample = false;
        self
    }

    /// Serves HTTPS only, with a certificate chain and its private key, both as PEM files.
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

    /// Sets how long an access token is valid; default: 24 hours.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_lifetime = lifetime;
        self
    }

    /// Sets the time, which stands still until [`Emulator::advance_time`]; default: that of the system clock.
    /// [`Emulator::set_time`] lists what has this time. [`start`](Self::start) refuses a time before 1753.
    pub fn time(mut self, time: Timestamp) -> Self {
        self.settings.time = Some(time);
        self
    }

    /// Makes the token endpoint issue access tokens without refresh tokens.
    pub fn no_refresh_tokens(mut self) -> Self {
        self.settings.refresh_tokens = false;
        self
    }

    /// Sets the address to listen on; port 0 chooses a free port.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.settings.listen = address;
        self
    }

    /// Delays every response by this much.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.settings.latency = latency;
        self
    }

    /// Refuses text with characters above U+FFFF, such as emoji, with the misleading `AlterReadOnlyData` that was
    /// seen. Off by default, because such text was also seen accepted.
    pub fn refuse_emoji(mut self) -> Self {
        self.settings.refuse_emoji = true;
        self
    }

    /// Sets the faults from the first call on. [`start`](Self::start) refuses a rule for an operation that does not
    /// exist.
    pub fn faults(mut self, faults: Faults) -> Self {
        self.settings.faults = faults;
        self
    }

    /// Sets the name of the header with the signature of a webhook message. Caspio signs its
    /// messages but has not published the name; the default `X-Caspio-Signature` is invented.
    pub fn signature_header(mut self, name: impl Into<String>) -> Self {
        self.settings.signature_header = name.into();
        self
    }

    /// Starts the emulator. It runs in its own thread and stops when it is dropped.
    ///
    /// # Errors
    ///
    /// [`EmulatorErrorKind::Start`](crate::EmulatorErrorKind::Start) if the address is in use or a certificate
    /// cannot be read, [`EmulatorErrorKind::Store`](crate::EmulatorErrorKind::Store) if SQLite fails or another
    /// emulator uses the file, [`EmulatorErrorKind::Load`](crate::EmulatorErrorKind::Load) if the tables of a
    /// folder or a schema are invalid, or a record does not fit its table.
    pub async fn start(self) -> Result<Emulator, EmulatorError> {
        let mut settings = self.settings;
        settings.sample_orders = self.sample.then_some(self.sample_orders);
        if let Some(file) = &self.schema_file {
            let schema =
                Schema::load(file).map_err(|error| EmulatorError::load(error.to_string()))?;
            settings.schema = Some(schema);
        }
        settings
            .time
            .map_or(Ok(()), clock::check)
            .map_err(EmulatorError::refused)?;
        let store = Store::open(&settings, &self.initial)?;
        // Data in a file may be large, and the user may want to keep them.
        let start = match &settings.data {
            None => Some(store.snapshot().map_err(refused)?),
            Some(_) => None,
        };
        Emulator::start(App::new(settings, store, start)).await
    }
}
