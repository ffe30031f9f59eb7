//! The context of a command: its global options, the output, and clients.

use crate::call_log;
use crate::clock;
use crate::credentials::{Found, Origin, ProfileFile, find, require_settings};
use crate::error::{CliError, ExitCode};
use crate::folders;
use crate::gate::Gate;
use crate::global::Global;
use crate::object_names::ObjectNames;
use crate::output::{Out, message, printable};
use crate::usage::{CallsOf, Ledger};
#[cfg(feature = "conform")]
use caspio::http_client::HttpService;
use caspio::record::ObjectKind;
use caspio::schema::Schema;
use caspio::token::FileStore;
use caspio::{Account, ApiVersion, Client, ClientBuilder, Settings};
#[cfg(feature = "conform")]
use caspio::{RateLimiter, RetryPolicy};
#[cfg(feature = "conform")]
use caspio_conform::Recorder;
use caspio_emulator::Emulator;
use caspio_support::hash::fnv1a_64;
use std::path::PathBuf;
use std::sync::Arc;

/// One run of the program.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) global: Global,
    pub(crate) out: Out,
    /// The switch of the calls of this run's clients.
    pub(crate) gate: Gate,
    /// The clients of this run, whose calls are counted at its end.
    connected: Vec<Client>,
    /// Those and the clients of an emulator, whose calls may be recorded.
    made: Vec<Client>,
    emulator: Option<Emulator>,
    /// The file of the names of the account's tables and views.
    names: Option<PathBuf>,
}

/// Where a client gets its token from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tokens {
    /// The token of an earlier run, if it is still valid. This is the default.
    Stored,
    /// A new token, which tests the credentials and is stored for later runs.
    New,
    /// A new token that is not stored.
    Temporary,
}

impl Context {
    pub(crate) fn new(global: Global) -> Self {
        Self {
            out: Out::new(global.json, global.quiet),
            global,
            gate: Gate::new(),
            connected: Vec::new(),
            made: Vec::new(),
            emulator: None,
            names: None,
        }
    }

    /// Returns the account and credentials to use, and where they come from.
    pub(crate) fn settings(&mut self) -> Result<Option<Found>, CliError> {
        let profiles = ProfileFile::open()?;
        let found = find(&self.global, &|name| std::env::var_os(name), &profiles)?;
        let from_file = |found: &Found| matches!(found.origin, Origin::Profile(_));
        if profiles.exposed && found.as_ref().is_some_and(from_file) {
            let path = profiles.path().display();
            self.out.note(format_args!(
                "warning: others on this machine can read {path}; run `chmod 600 {path}`"
            ));
        }
        Ok(found)
    }

    /// Returns a client of the account, or of an emulator with `--emulator`.
    pub(crate) async fn connect(&mut self) -> Result<Client, CliError> {
        self.connect_with(Tokens::Stored).await
    }

    /// Returns a client of another version of the API.
    pub(crate) async fn connect_as(&mut self, version: ApiVersion) -> Result<Client, CliError> {
        let own = std::mem::replace(&mut self.global.api_version, version);
        let client = self.connect().await;
        self.global.api_version = own;
        client
    }

    pub(crate) async fn connect_with(&mut self, tokens: Tokens) -> Result<Client, CliError> {
        if self.global.emulator {
            return self.connect_to_emulator().await;
        }
        let found = require_settings(self.settings()?)?;
        self.client(found.settings, tokens)
    }

    /// Returns a builder with the global options.
    fn builder(&self) -> ClientBuilder {
        let mut builder = Client::builder()
            .api_version(self.global.api_version)
            .retry(self.global.retries());
        if let Some(zone) = clock::time_zone() {
            builder = builder.time_zone(zone);
        }
        if let Some(file) = &self.global.record_to {
            builder = builder.record_to(file);
        }
        match self.global.verbose {
            0 => builder,
            level => builder.on_call(move |call| {
                message(format_args!("{}", printable(&call_log::line(call, level))));
            }),
        }
    }

    /// Returns a client with these settings.
    pub(crate) fn client(
        &mut self,
        settings: Settings,
        tokens: Tokens,
    ) -> Result<Client, CliError> {
        let mut builder = self.builder();
        // If there is no folder to store a token in, every run requests one.
        if tokens != Tokens::Temporary
            && let Ok(path) = token_file(&settings)
        {
            if tokens == Tokens::New {
                remove_token(&settings);
            }
            builder = builder.token_store(Arc::new(FileStore::new(path)));
        }
        self.names = names_file(&settings).ok();
        let service = self.gate.service(&settings.account)?;
        let limiter = self
            .gate
            .limiter(&settings.account, || calls_file(&settings).ok());
        let client = builder
            .settings(settings)
            .http_service(service)
            .rate_limiter(limiter)
            .build()?;
        self.connected.push(client.clone());
        self.made.push(client.clone());
        Ok(client)
    }

    /// Returns a client without retries whose responses a recorder keeps, and the service and the limiter that it
    /// uses. It requests a token of its own.
    #[cfg(feature = "conform")]
    pub(crate) async fn connect_recorded(
        &mut self,
        recorder: &Recorder,
        max_calls: u64,
    ) -> Result<(Client, Arc<dyn HttpService>, RateLimiter), CliError> {
        let builder = self
            .builder()
            .retry(RetryPolicy::none())
            .max_calls(max_calls);
        let (builder, service, limiter) = if self.global.emulator {
            let emulator = self.emulator().await?;
            let account: Account = emulator.url().parse()?;
            let builder = builder
                .account(emulator.url())
                .credentials(emulator.client_id(), emulator.client_secret());
            self.emulator = Some(emulator);
            let service = self.gate.temporary_service(&account)?;
            (builder, service, self.gate.limiter(&account, || None))
        } else {
            let settings = require_settings(self.settings()?)?.settings;
            let service = self.gate.service(&settings.account)?;
            let file = || calls_file(&settings).ok();
            let limiter = self.gate.limiter(&settings.account, file);
            (builder.settings(settings), service, limiter)
        };
        let service = recorder.around(service);
        let client = builder
            .http_service(Arc::clone(&service))
            .rate_limiter(limiter.clone())
            .build()?;
        self.connected.push(client.clone());
        self.made.push(client.clone());
        Ok((client, service, limiter))
    }

    /// Returns the emulator of this run, which is started at first.
    async fn emulator(&mut self) -> Result<Emulator, CliError> {
        match self.emulator.take() {
            Some(emulator) => Ok(emulator),
            None => Emulator::builder().start().await.map_err(|error| {
                let message = format!("cannot start the emulator: {error}");
                CliError::new(ExitCode::General, message)
            }),
        }
    }

    async fn connect_to_emulator(&mut self) -> Result<Client, CliError> {
        let emulator = self.emulator().await?;
        let account: Account = emulator.url().parse()?;
        let client = self
            .builder()
            .http_service(self.gate.temporary_service(&account)?)
            .rate_limiter(self.gate.limiter(&account, || None))
            .account(emulator.url())
            .credentials(emulator.client_id(), emulator.client_secret())
            .build()?;
        self.emulator = Some(emulator);
        self.made.push(client.clone());
        Ok(client)
    }

    /// Keeps the names of the account's tables or views for completions.
    pub(crate) fn keep_names(&self, kind: ObjectKind, names: Vec<String>) {
        if let Some(file) = &self.names {
            ObjectNames::keep(file, kind, names);
        }
    }

    /// Keeps the names in the schema of the whole account.
    pub(crate) fn keep_names_of(&self, schema: &Schema) {
        for kind in [ObjectKind::Table, ObjectKind::View] {
            let objects = schema.objects(kind).iter();
            self.keep_names(kind, objects.map(|object| object.name.clone()).collect());
        }
    }

    /// Waits until the renewal of a token has ended, which otherwise would be billed and lost.
    pub(crate) async fn settle(&self) {
        for client in &self.connected {
            client.settle().await;
        }
    }

    /// Tells where the calls of this run were recorded, and whether all were.
    pub(crate) fn report_recording(&mut self) {
        let Some(file) = &self.global.record_to else {
            return;
        };
        let mut failures = self.made.iter().filter_map(Client::recording_failure);
        let text = match failures.next() {
            Some(failure) => format!("warning: not all calls were recorded: {failure}"),
            None if self.made.is_empty() => {
                "the command made no calls, so nothing was recorded".to_owned()
            }
            None => format!(
                "the calls were recorded in {}, without values, names and secrets",
                file.display()
            ),
        };
        self.out.note(format_args!("{text}"));
    }

    /// Adds the calls of this run to those counted on this machine.
    pub(crate) fn record_usage(&self) -> Result<(), CliError> {
        let calls = self.connected.iter().flat_map(|client| {
            let host = client.account().host();
            let counts = client.usage().counts.into_iter();
            counts.map(move |count| {
                let calls = count.calls;
                (CallsOf::new(host, count), calls)
            })
        });
        let calls: Vec<_> = calls.collect();
        match (calls.is_empty(), folders::state()) {
            (false, Ok(folder)) => Ledger::add(&folder, calls),
            _ => Ok(()),
        }
    }
}

/// Returns the file of the token for an account and client id.
fn token_file(settings: &Settings) -> Result<PathBuf, CliError> {
    profile_file("tokens", settings)
}

/// Returns the file by which the runs of this program share the limits of an API profile.
fn calls_file(settings: &Settings) -> Result<PathBuf, CliError> {
    profile_file("calls", settings)
}

/// Returns the file of the names of an account's tables and views, as the API profile sees them.
pub(crate) fn names_file(settings: &Settings) -> Result<PathBuf, CliError> {
    profile_file("names", settings)
}

/// Returns the file in this folder for an account and client id.
fn profile_file(folder: &str, settings: &Settings) -> Result<PathBuf, CliError> {
    let folder = folders::state()?.join(folder);
    folders::make_private(&folder)?;
    let of = format!("{} {}", settings.account, settings.credentials.id());
    Ok(folder.join(format!(
        "{}-{:016x}.json",
        settings.account.host(),
        fnv1a_64(of.bytes())
    )))
}

/// Removes the token stored for these settings.
pub(crate) fn remove_token(settings: &Settings) {
    if let Ok(path) = token_file(settings) {
        let _ = std::fs::remove_file(path);
    }
}

/// Removes the names of tables and views that were kept for these settings.
pub(crate) fn remove_names(settings: &Settings) {
    if let Ok(path) = names_file(settings) {
        let _ = std::fs::remove_file(path);
    }
}
