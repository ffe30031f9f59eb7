//! The settings that one emulator runs with.

use crate::auth::ApiProfile;
use crate::faults::Faults;
use caspio_schema::Schema;
use jiff::Timestamp;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Everything that [`EmulatorBuilder`](crate::EmulatorBuilder) sets.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) account: String,
    pub(crate) profiles: Vec<ApiProfile>,
    pub(crate) sample_orders: Option<u32>,
    pub(crate) seed: u64,
    pub(crate) data: Option<PathBuf>,
    pub(crate) load: Option<PathBuf>,
    pub(crate) schema: Option<Schema>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) token_lifetime: Duration,
    pub(crate) refresh_tokens: bool,
    pub(crate) listen: SocketAddr,
    pub(crate) latency: Duration,
    pub(crate) signature_header: String,
    pub(crate) faults: Faults,
    pub(crate) refuse_emoji: bool,
    /// The time that stands still; without one it is that of the system clock.
    pub(crate) time: Option<Timestamp>,
}

/// The PEM files of the certificates and of the private key.
#[cfg(feature = "tls")]
#[derive(Clone, Debug)]
pub(crate) struct TlsFiles {
    pub(crate) certificates: PathBuf,
    pub(crate) key: PathBuf,
}
