//! The emulator as a program: its options, and running it until it receives a stop signal.

use crate::{Emulator, EmulatorBuilder, EmulatorError, EmulatorErrorKind};
use clap::Args;
use std::error::Error as _;
use std::fmt;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

const DEFAULT_SECRET: &str = "demo-secret";

/// The program's options, for a `clap` program to flatten.
#[derive(Debug, Args)]
#[group(skip)]
pub struct Arguments {
    /// The address to listen on; port 0 chooses a free port
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The client id of the API profile
    #[arg(long, default_value = "demo", value_name = "ID")]
    client_id: String,
    /// The client secret of the API profile
    #[arg(long, default_value = DEFAULT_SECRET, value_name = "SECRET")]
    client_secret: String,
    /// The account's name
    #[arg(long, default_value = "demo", value_name = "NAME")]
    account: String,
    /// Keep all data in a SQLite file in this folder; without it the data is lost when the program
    /// ends
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Start without tables
    #[arg(long, conflicts_with = "sample_rows")]
    empty: bool,
    /// Serve HTTPS, with a certificate chain and its private key as PEM files
    #[arg(long, num_args = 2, value_names = ["CERT", "KEY"])]
    tls: Option<Vec<PathBuf>>,
    /// Number of records in the sample table Orders [default: 10000]
    #[arg(long, value_name = "N")]
    sample_rows: Option<u32>,
    /// Load TABLE.schema.json and TABLE.csv files instead of the sample tables
    #[arg(long, value_name = "FOLDER")]
    load: Option<PathBuf>,
    /// Create the tables and views of a caspio.schema.json, empty, instead of the sample tables
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
}

impl Arguments {
    fn builder(&self) -> Result<EmulatorBuilder, ProgramError> {
        let mut builder = Emulator::builder()
            .account(&self.account)
            .credentials(&self.client_id, &self.client_secret)
            .listen(self.listen);
        if let Some(folder) = &self.data {
            builder = builder.data(account_file(folder)?);
        }
        if self.empty {
            builder = builder.empty();
        }
        if let Some(folder) = &self.load {
            builder = builder.load(folder);
        }
        if let Some(file) = &self.schema {
            builder = builder.schema_file(file);
        }
        // Requested explicitly, the sample is added to the loaded tables.
        if let Some(rows) = self.sample_rows {
            builder = builder.sample_data().sample_orders(rows);
        }
        if let Some([certificate, key]) = self.tls.as_deref() {
            builder = builder.tls(certificate, key);
        }
        Ok(builder)
    }
}

/// Returns the file of a data folder, and creates the folder if necessary.
fn account_file(folder: &Path) -> Result<PathBuf, ProgramError> {
    match fs::create_dir_all(folder) {
        Ok(()) => Ok(folder.join("account.db")),
        Err(error) => Err(ProgramError {
            message: format!("cannot write {}: {error}", folder.display()),
            hint: Some("choose a writable folder with --data"),
        }),
    }
}

/// An error of the program, with a hint for the user.
#[derive(Debug)]
pub struct ProgramError {
    message: String,
    hint: Option<&'static str>,
}

impl ProgramError {
    /// Creates an error without a hint.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }

    /// Returns the description of the error.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the hint.
    pub fn hint(&self) -> Option<&str> {
        self.hint
    }
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        match self.hint {
            Some(hint) => write!(f, "\n  {hint}"),
            None => Ok(()),
        }
    }
}

impl From<EmulatorError> for ProgramError {
    fn from(error: EmulatorError) -> Self {
        let mut message = error.to_string();
        if let Some(source) = error.source() {
            message = format!("{message}: {source}");
        }
        Self {
            message,
            hint: hint(&error),
        }
    }
}

fn hint(error: &EmulatorError) -> Option<&'static str> {
    let io = error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>());
    match (error.kind(), io.map(io::Error::kind)) {
        (EmulatorErrorKind::Start, Some(io::ErrorKind::AddrInUse)) => Some(
            "another program uses this port; choose another with --listen, or port 0 for a free one",
        ),
        (EmulatorErrorKind::Start, Some(io::ErrorKind::PermissionDenied)) => {
            Some("ports below 1024 need administrator rights; choose another with --listen")
        }
        (EmulatorErrorKind::Start, Some(io::ErrorKind::AddrNotAvailable)) => {
            Some("this machine has no such address; choose 127.0.0.1 or 0.0.0.0 with --listen")
        }
        (EmulatorErrorKind::Start, Some(io::ErrorKind::Other)) => {
            Some("--tls needs two PEM files: the certificate with its chain, then the private key")
        }
        (EmulatorErrorKind::Store, _) => {
            Some("--data needs a writable folder that no other emulator uses")
        }
        (EmulatorErrorKind::Load, Some(_)) => {
            Some("--load needs a folder with TABLE.schema.json and TABLE.csv files")
        }
        _ => None,
    }
}

impl std::error::Error for ProgramError {}

/// Runs an emulator until Ctrl-C or SIGTERM, and prints one line when it is ready.
///
/// # Errors
///
/// The emulator does not start; the error contains the cause and a hint.
pub async fn run(arguments: &Arguments) -> Result<(), ProgramError> {
    let emulator = arguments.builder()?.start().await?;
    if !arguments.listen.ip().is_loopback() {
        print_reachable(arguments);
    }
    print_views_left_out(&emulator);
    print_ready(&emulator);
    stop_signal().await;
    Ok(())
}

/// Waits for Ctrl-C or, on Unix, SIGTERM.
pub async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}

#[expect(clippy::print_stdout, reason = "the program prints its URL")]
fn print_ready(emulator: &Emulator) {
    println!(
        "caspio-emulator is ready at {} (account {}, client id {})",
        emulator.url(),
        emulator.account(),
        emulator.client_id()
    );
}

#[expect(clippy::print_stderr, reason = "the program warns of a risk")]
fn print_reachable(arguments: &Arguments) {
    eprintln!(
        "warning: other machines can reach {}, and read and change all data with the client secret",
        arguments.listen
    );
    if arguments.client_secret == DEFAULT_SECRET {
        eprintln!("  {DEFAULT_SECRET} is known to everyone; choose another with --client-secret");
    }
}

#[expect(clippy::print_stderr, reason = "the program reports what is missing")]
fn print_views_left_out(emulator: &Emulator) {
    let views = emulator.views_left_out();
    if !views.is_empty() {
        eprintln!(
            "left out, because the schema does not contain how they join their tables: {}",
            views.join(", ")
        );
    }
}
