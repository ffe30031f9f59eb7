//! Caspio's REST API as a program: `caspio-emulator --help`.

use std::{
    error::Error as _,
    fmt, fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use caspio_emulator::{Emulator, EmulatorBuilder, Error, ErrorKind};
use clap::Parser;

/// Caspio's REST API in one process, for tests and first steps.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The client id of the API profile
    #[arg(long, default_value = "demo", value_name = "ID")]
    client_id: String,
    /// The client secret of the API profile
    #[arg(long, default_value = "demo-secret", value_name = "SECRET")]
    client_secret: String,
    /// The account's name
    #[arg(long, default_value = "demo", value_name = "NAME")]
    account: String,
    /// Keep everything in a SQLite file in this folder; without it all is gone at the end
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Start without any table
    #[arg(long, conflicts_with = "sample_rows")]
    empty: bool,
    /// Speak HTTPS, with a certificate and its private key, both PEM
    #[arg(long, num_args = 2, value_names = ["CERT", "KEY"])]
    tls: Option<Vec<PathBuf>>,
    /// How many records the sample table Orders gets; 10,000 otherwise
    #[arg(long, value_name = "N")]
    sample_rows: Option<u32>,
    /// Load TABLE.schema.json and TABLE.csv files instead of the sample tables
    #[arg(long, value_name = "FOLDER")]
    load: Option<PathBuf>,
}

impl Arguments {
    fn builder(&self) -> Result<EmulatorBuilder, Failure> {
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
        // Asked for by name, the sample comes besides a loaded folder.
        if let Some(rows) = self.sample_rows {
            builder = builder.sample_data().sample_orders(rows);
        }
        if let Some([certificate, key]) = self.tls.as_deref() {
            builder = builder.tls(certificate, key);
        }
        Ok(builder)
    }
}

/// Returns the file of a data folder, which is made if it is not there.
fn account_file(folder: &Path) -> Result<PathBuf, Failure> {
    match fs::create_dir_all(folder) {
        Ok(()) => Ok(folder.join("account.db")),
        Err(error) => Err(Failure {
            message: format!("cannot write {}: {error}", folder.display()),
            hint: Some("choose a folder that you may write to with --data"),
        }),
    }
}

/// What went wrong, and what to do about it.
#[derive(Debug)]
struct Failure {
    message: String,
    hint: Option<&'static str>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        match self.hint {
            Some(hint) => write!(f, "\n  {hint}"),
            None => Ok(()),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
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

fn hint(error: &Error) -> Option<&'static str> {
    let io = error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>());
    match (error.kind(), io.map(io::Error::kind)) {
        (ErrorKind::Start, Some(io::ErrorKind::AddrInUse)) => Some(
            "another program has this port; choose another with --listen, or port 0 for a free one",
        ),
        (ErrorKind::Start, Some(io::ErrorKind::PermissionDenied)) => {
            Some("ports below 1024 are for the administrator; choose another with --listen")
        }
        (ErrorKind::Start, Some(io::ErrorKind::AddrNotAvailable)) => {
            Some("this machine has no such address; choose 127.0.0.1 or 0.0.0.0 with --listen")
        }
        (ErrorKind::Start, Some(io::ErrorKind::Other)) => {
            Some("--tls takes two PEM files: the certificate with its chain, then the private key")
        }
        (ErrorKind::Store, _) => {
            Some("--data takes a folder that you may write to and that no other emulator uses")
        }
        (ErrorKind::Load, Some(_)) => {
            Some("--load takes a folder of TABLE.schema.json and TABLE.csv files")
        }
        _ => None,
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tell_failure(&failure);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure {
            message: format!("no runtime for the program: {error}"),
            hint: None,
        })?;
    runtime.block_on(async {
        let emulator = arguments.builder()?.start().await?;
        tell_ready(&emulator);
        stop_signal().await;
        Ok(())
    })
}

/// Waits for Ctrl-C, or for SIGTERM where there is one.
async fn stop_signal() {
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

#[expect(clippy::print_stdout, reason = "the one line that says where it is")]
fn tell_ready(emulator: &Emulator) {
    println!(
        "caspio-emulator is ready at {} (account {}, client id {})",
        emulator.url(),
        emulator.account(),
        emulator.client_id()
    );
}

#[expect(clippy::print_stderr, reason = "a program says why it does not start")]
fn tell_failure(failure: &Failure) {
    eprintln!("{failure}");
}
