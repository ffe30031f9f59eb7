//! Records the calls of a client in a file, without values, names and secrets.

mod exchange;
mod headers;
mod names;
mod objects;
mod order;
mod path;
mod query;
mod scrub;
mod service;
mod shape;
mod sql;
mod text;
mod value;

use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, HttpService, Result};
use caspio_support::file::{Access, restrict};
use names::Names;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

pub use exchange::{Content, Elements, ErrorText, Exchange, Field, Order, Shape};

/// The version of the form of a recording.
const FORM: u32 = 1;

/// The first line of a client.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Header {
    recording: u32,
    client: String,
    sdk: String,
}

/// A recording in a file. Clones write to the same file.
#[derive(Clone)]
pub struct Recording(Arc<Inner>);

struct Inner {
    client: String,
    started: Instant,
    names: Mutex<Names>,
    output: Mutex<Output>,
}

struct Output {
    to: Sink,
    /// Why a line was not written.
    failure: Option<String>,
}

enum Sink {
    File(PathBuf, File),
    /// For a comparison with another recording.
    Memory(Vec<Exchange>),
}

impl Recording {
    /// Opens a file and writes the first line of a client. A recording that exists is continued.
    ///
    /// # Errors
    ///
    /// `Config`: the file cannot be written, or is not a recording.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let client = format!("{:08x}", fastrand::u32(..));
        let file = begin(path, &client).map_err(|error| {
            let message = format!("{} cannot be recorded to: {error}", path.display());
            Error::new(ErrorKind::Config, message)
                .with_hint("name a new file, or one with a recording, which is continued")
                .with_source(error)
        })?;
        let to = Sink::File(path.to_owned(), file);
        Ok(Self::new(client, Names::default(), to))
    }

    /// Creates a recording in memory, in which names that are stand-ins already stay as they are.
    #[must_use]
    pub fn of_replay() -> Self {
        let names = Names::of_replay();
        Self::new(String::new(), names, Sink::Memory(Vec::new()))
    }

    fn new(client: String, names: Names, to: Sink) -> Self {
        Self(Arc::new(Inner {
            client,
            started: Instant::now(),
            names: Mutex::new(names),
            output: Mutex::new(Output { to, failure: None }),
        }))
    }

    /// Returns an HTTP service that sends by another one and records the calls.
    #[must_use]
    pub fn around(&self, service: Arc<dyn HttpService>) -> Arc<dyn HttpService> {
        Arc::new(service::Recorded {
            recording: self.clone(),
            service,
        })
    }

    /// Returns the exchanges since they were taken last; those of a file stay there.
    #[must_use]
    pub fn take(&self) -> Vec<Exchange> {
        match &mut self.output().to {
            Sink::Memory(exchanges) => std::mem::take(exchanges),
            Sink::File(..) => Vec::new(),
        }
    }

    /// Returns why the recording is not complete; `None` if it is.
    pub(crate) fn failure(&self) -> Option<String> {
        self.output().failure.clone()
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        let names = self.0.names.lock();
        names.unwrap_or_else(PoisonError::into_inner)
    }

    fn output(&self) -> MutexGuard<'_, Output> {
        let output = self.0.output.lock();
        output.unwrap_or_else(PoisonError::into_inner)
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Writes a line. A failure is logged once; the call is not affected.
    fn write(&self, exchange: &mut Exchange) {
        exchange.client.clone_from(&self.0.client);
        let output = &mut *self.output();
        let written = match &mut output.to {
            Sink::Memory(exchanges) => {
                exchanges.push(exchange.clone());
                Ok(())
            }
            Sink::File(path, file) => line(&*exchange)
                .and_then(|line| file.write_all(&line))
                .map_err(|error| format!("{} cannot be recorded to: {error}", path.display())),
        };
        if let Err(failure) = written
            && output.failure.is_none()
        {
            tracing::warn!(%failure, "a recording is not complete");
            output.failure = Some(failure);
        }
    }
}

/// Opens a file to add lines to it. It is a recording afterwards.
fn begin(path: &Path, client: &str) -> io::Result<File> {
    // Reading from a pipe would wait.
    if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(io::Error::other("it is not a file"));
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true);
    restrict(&mut options, Access::OwnerOnly);
    let mut file = options.open(path)?;
    let mut first = Vec::new();
    BufReader::new(io::Read::take(&file, LONGEST_HEADER)).read_until(b'\n', &mut first)?;
    if !first.is_empty() && serde_json::from_slice::<Header>(&first).is_err() {
        return Err(io::Error::other("it has something else than a recording"));
    }
    let header = Header {
        recording: FORM,
        client: client.to_owned(),
        sdk: env!("CARGO_PKG_VERSION").to_owned(),
    };
    file.write_all(&line(&header)?)?;
    Ok(file)
}

const LONGEST_HEADER: u64 = 256;

/// Returns a line with its end, which is written at once: other clients may write to the same file.
fn line(content: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(content)?;
    line.push(b'\n');
    Ok(line)
}

/// Returns the exchanges of a recording, in the order in which they ended.
///
/// # Errors
///
/// `Config`: the file cannot be read, or a line is not one of a recording.
pub fn read(path: &Path) -> Result<Vec<Exchange>> {
    let file = File::open(path).map_err(|error| cannot_read(path, &error))?;
    let mut exchanges = Vec::new();
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(|error| cannot_read(path, &error))?;
        let is_header =
            serde_json::from_str::<Header>(&line).is_ok_and(|header| header.recording == FORM);
        if is_header || line.trim().is_empty() {
            continue;
        }
        let exchange = serde_json::from_str::<Exchange>(&line)
            .ok()
            .filter(|_| number > 0);
        let exchange = exchange.ok_or_else(|| {
            let place = format!("{} is not a recording: line {}", path.display(), number + 1);
            Error::new(ErrorKind::Config, place)
                .with_hint("name a file that `caspio record` or `ClientBuilder::record_to` wrote")
        })?;
        exchanges.push(exchange);
    }
    Ok(exchanges)
}

fn cannot_read(path: &Path, error: &io::Error) -> Error {
    let message = format!("{} cannot be read: {error}", path.display());
    Error::new(ErrorKind::Config, message)
}

impl fmt::Debug for Recording {
    /// Hides the names, of which it knows the stand-ins.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(path: &str) -> Exchange {
        Exchange {
            path: path.to_owned(),
            ..Exchange::default()
        }
    }

    #[test]
    fn a_line_that_cannot_be_written_is_told() {
        let read_only =
            File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).expect("a file");
        let to = Sink::File("calls.jsonl".into(), read_only);
        let recording = Recording::new(String::new(), Names::default(), to);
        assert_eq!(recording.failure(), None);

        recording.write(&mut exchange("/a"));

        let failure = recording.failure().expect("a failure");
        assert!(
            failure.starts_with("calls.jsonl cannot be recorded to: "),
            "{failure}"
        );
    }

    #[test]
    fn a_recording_in_memory_is_taken_once() {
        let recording = Recording::of_replay();
        recording.write(&mut exchange("/a"));

        assert_eq!(recording.take().len(), 1);
        assert!(recording.take().is_empty());
    }
}
