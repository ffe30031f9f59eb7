//! What the examples share: a client of the account in the environment, or of an embedded emulator.
#![allow(clippy::print_stderr, reason = "programs for a person to read")]

use caspio::Client;
use caspio_emulator::Emulator;
use std::error::Error;

/// The variables that name an account; one of them is enough to mean it.
const VARIABLES: [&str; 3] = ["CASPIO_ACCOUNT", "CASPIO_CLIENT_ID", "CASPIO_CLIENT_SECRET"];

/// A client, and the emulator behind it where there is no account in the environment.
#[derive(Debug)]
pub struct Connection {
    /// The client.
    pub caspio: Client,
    /// Stops when dropped.
    emulator: Option<Emulator>,
}

impl Connection {
    /// Whether the records come from the embedded emulator.
    #[must_use]
    pub fn is_emulated(&self) -> bool {
        self.emulator.is_some()
    }
}

/// Connects to the account in the environment; without one, starts an emulator with sample data.
///
/// # Errors
///
/// A variable is missing or malformed, or the emulator cannot start.
pub async fn connect() -> Result<Connection, Box<dyn Error>> {
    if VARIABLES
        .iter()
        .any(|name| std::env::var_os(name).is_some())
    {
        return Ok(Connection {
            caspio: Client::from_env()?,
            emulator: None,
        });
    }
    let emulator = Emulator::builder().start().await?;
    eprintln!("No CASPIO_ACCOUNT in the environment: this is sample data from an emulator.\n");
    let caspio = Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .build()?;
    Ok(Connection {
        caspio,
        emulator: Some(emulator),
    })
}
