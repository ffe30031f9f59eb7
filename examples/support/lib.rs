//! What the examples share: a client of the account in the environment or of an embedded emulator, and mock services.
#![allow(clippy::print_stderr, reason = "programs for a person to read")]

pub mod mock_capsule;
pub mod mock_service;

use caspio::{Client, ClientBuilder, Settings};
use caspio_emulator::{Emulator, Faults};
use std::error::Error;

/// The variables that name an account; if any of them is set, the account is used.
const VARIABLES: [&str; 3] = ["CASPIO_ACCOUNT", "CASPIO_CLIENT_ID", "CASPIO_CLIENT_SECRET"];

/// A client, and the emulator that it is connected to, if any.
#[derive(Debug)]
pub struct Connection {
    /// The client.
    pub caspio: Client,
    /// Stops when dropped.
    emulator: Option<Emulator>,
}

impl Connection {
    /// Injects faults into the emulator; does nothing for an account.
    pub fn set_faults(&self, faults: Faults) {
        if let Some(emulator) = &self.emulator {
            emulator.set_faults(faults);
        }
    }
}

/// Connects to the account in the environment; without one, starts an emulator with sample data.
///
/// # Errors
///
/// A variable is missing or malformed, or the emulator cannot start.
pub async fn connect() -> Result<Connection, Box<dyn Error>> {
    connect_with(|client| client).await
}

/// Connects like [`connect`], by a client with settings of its own.
///
/// # Errors
///
/// A variable is missing or malformed, or the emulator cannot start.
pub async fn connect_with(
    configure: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<Connection, Box<dyn Error>> {
    let is_set = |name: &&str| std::env::var_os(name).is_some();
    if !VARIABLES.iter().any(is_set) {
        eprintln!("No CASPIO_ACCOUNT in the environment: this is sample data from an emulator.\n");
        return emulate_with(configure).await;
    }
    let client = Client::builder().settings(Settings::from_env()?);
    Ok(Connection {
        caspio: configure(client).build()?,
        emulator: None,
    })
}

/// Starts an emulator with sample data, for examples that write: they never touch an account.
///
/// # Errors
///
/// The emulator cannot start.
pub async fn emulate() -> Result<Connection, Box<dyn Error>> {
    emulate_with(|client| client).await
}

/// Starts an emulator like [`emulate`], with a client that has settings of its own.
///
/// # Errors
///
/// The emulator cannot start.
pub async fn emulate_with(
    configure: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<Connection, Box<dyn Error>> {
    let emulator = Emulator::builder().start().await?;
    let client = Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret());
    Ok(Connection {
        caspio: configure(client).build()?,
        emulator: Some(emulator),
    })
}
