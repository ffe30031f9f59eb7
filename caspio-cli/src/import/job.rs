//! Runs one import.

use super::column_mapping::ColumnMapping;
use super::input::open;
use super::reject_file::{RejectFile, default_path};
use super::row_feed::{RowFeed, SharedRows};
use super::summary::Summary;
use super::sync::{KeyColumn, sync};
use crate::error::{CliError, ExitCode};
use crate::export::FileFormat;
use crate::output::message;
use crate::progress::Progress;
use crate::suggest::near_objects;
use caspio::Table;
use caspio::record::ObjectKind;
use caspio::{Client, Error, ErrorKind, RecordMap};
use caspio_core::error::ErrorContext as _;
use caspio_emulator::program::stop_signal;
use futures::{StreamExt, stream};
use std::path::PathBuf;

/// An import to run.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) table: String,
    pub(crate) file: PathBuf,
    pub(crate) format: FileFormat,
    /// The key column.
    pub(crate) key: Option<String>,
    /// Synchronize the table with the rows, instead of inserting them all.
    pub(crate) sync: bool,
    pub(crate) delete_missing: bool,
    pub(crate) dry_run: bool,
    /// The path of the reject file, if given.
    pub(crate) refused: Option<PathBuf>,
    pub(crate) concurrency: usize,
    /// Whether an empty cell is null for a text.
    pub(crate) nulls: bool,
    /// The first line to read.
    pub(crate) from_line: u64,
    pub(crate) quiet: bool,
    pub(crate) progress: Progress,
}

/// Runs an import. One call for the fields, and those of the writes.
///
/// # Errors
///
/// The import cannot start, so that no row was sent. Later errors are in the summary.
pub(crate) async fn run(caspio: &Client, mut job: Job) -> Result<Summary, CliError> {
    let table = caspio.table_named(&job.table);
    let fields = match table.fields().await.map_err(CliError::from) {
        Ok(fields) => fields,
        Err(error) if error.exit == ExitCode::NotFound => {
            let asked = [(ObjectKind::Table, &*job.table)];
            return Err(near_objects(caspio, error, &asked).await);
        }
        Err(error) => return Err(error),
    };
    let rows = open(&job.file, job.format, &fields)?;
    let mapping = ColumnMapping::new(&job.table, rows.columns(), &fields, job.nulls)?;
    let key = job.key.as_deref().map(|key| mapping.key(key)).transpose()?;
    let target = match &job.refused {
        Some(path) => path.clone(),
        None => default_path(&job.file, job.format),
    };
    let append = job.from_line > 1;
    let mut rejects = RejectFile::new(target, job.format, rows.columns(), append)?;
    let skipped = mapping.skipped();
    let feed = RowFeed::new(rows, mapping, job.from_line);
    let outcome = match key {
        Some(name) if job.sync => {
            let mut fields = fields.iter();
            let field = fields.find(|field| field.name.eq_ignore_ascii_case(name));
            let data_type = field.map(|field| &field.data_type);
            let key = KeyColumn { name, data_type };
            sync(&table, feed, key, &mut job, &mut rejects).await
        }
        _ if job.dry_run => check(&table, feed, &mut job, &mut rejects).await,
        key => insert(&table, feed, key, &mut job, &mut rejects).await,
    };
    // The reject file is finished even if the import failed, so that the rows so far are not lost.
    let refused_file = rejects.finish()?;
    let mut summary = outcome?;
    summary.skipped = skipped;
    summary.refused_file = refused_file;
    summary.refused = rejects.rows;
    summary.in_doubt = rejects.in_doubt;
    Ok(summary)
}

/// Reads and checks all rows without sending any.
async fn check(
    table: &Table<RecordMap>,
    feed: RowFeed,
    job: &mut Job,
    rejects: &mut RejectFile,
) -> Result<Summary, CliError> {
    let mut summary = Summary::default();
    let shared = feed.shared();
    for row in feed {
        let source_row = shared.lock().rows.pop_front();
        summary.rows += 1;
        job.progress.reached(summary.rows);
        let checked = match row {
            Ok(row) => table.check(&row).await,
            Err(error) => Err(error),
        };
        match (checked, source_row) {
            (Err(error), Some(source_row)) => rejects.add(&source_row, &error)?,
            _ => summary.inserted += 1,
        }
    }
    summary.stopped = shared.lock().failure.take();
    Ok(summary)
}

/// Inserts all rows. After Ctrl-C it sends no further rows and waits for the calls in flight.
async fn insert(
    table: &Table<RecordMap>,
    feed: RowFeed,
    key: Option<&str>,
    job: &mut Job,
    rejects: &mut RejectFile,
) -> Result<Summary, CliError> {
    let mut summary = Summary::default();
    let shared = feed.shared();
    let mut insert = table
        .insert_stream(stream::iter(feed))
        .concurrency(job.concurrency);
    if let Some(key) = key {
        insert = insert.unique_by(|_| key);
    }
    let mut outcomes = insert.outcomes();
    let mut outage = Outage::default();
    let mut stop = Box::pin(stop_signal());
    let mut signals = 0;
    loop {
        let outcome = tokio::select! {
            () = &mut stop => {
                signals += 1;
                if signals > 1 {
                    break;
                }
                shared.lock().stop = true;
                stop = Box::pin(stop_signal());
                if !job.quiet {
                    message(format_args!(
                        "Stopping after the calls in progress; press Ctrl-C again to stop now."
                    ));
                }
                continue;
            }
            outcome = outcomes.next() => outcome,
        };
        let Some(outcome) = outcome else { break };
        let Some(source_row) = shared.lock().rows.pop_front() else {
            break;
        };
        summary.rows += 1;
        job.progress.reached(summary.rows);
        if outage.record(outcome.result.as_ref().err()) {
            shared.lock().stop = true;
        }
        match outcome.result {
            Ok(_) => summary.inserted += 1,
            Err(error) => rejects.add(&source_row, &error)?,
        }
    }
    drop(outcomes);
    let abandoned = reject_in_flight(&shared, rejects)?;
    summary.rows += abandoned;
    let mut in_flight = shared.lock();
    summary.next_line = in_flight.next_line;
    let stopped = in_flight.failure.take().or(outage.failure);
    summary.stopped = stopped.or_else(|| (signals > 0).then(interrupted));
    Ok(summary)
}

pub(super) fn interrupted() -> CliError {
    CliError::new(ExitCode::Incomplete, "the import was stopped")
}

/// Writes the rows in flight to the reject file, as rows with an unknown outcome.
fn reject_in_flight(shared: &SharedRows, rejects: &mut RejectFile) -> Result<u64, CliError> {
    let rows = std::mem::take(&mut shared.lock().rows);
    let error = Error::new(
        ErrorKind::Cancelled,
        "the import was stopped before the response arrived",
    )
    .with_maybe_applied(true);
    for row in &rows {
        rejects.add(row, &error)?;
    }
    Ok(rows.len() as u64)
}

/// Detects that the service no longer accepts any row, regardless of the rows.
#[derive(Debug, Default)]
struct Outage {
    consecutive: u32,
    failure: Option<CliError>,
}

/// After this many consecutive failures that the rows did not cause, the import stops.
const MAX_CONSECUTIVE: u32 = 3_000;

impl Outage {
    /// Records the outcome of a row, and returns whether the import must stop.
    fn record(&mut self, error: Option<&Error>) -> bool {
        let kind = error.map(Error::kind);
        let most = match kind {
            None | Some(ErrorKind::Refused | ErrorKind::Invalid | ErrorKind::Conflict) => {
                self.consecutive = 0;
                return false;
            }
            Some(
                ErrorKind::Config
                | ErrorKind::Auth
                | ErrorKind::NotFound
                | ErrorKind::Quota
                | ErrorKind::RateLimited
                | ErrorKind::Connect,
            ) => 1,
            Some(_) => MAX_CONSECUTIVE,
        };
        self.consecutive += 1;
        if self.consecutive >= most && self.failure.is_none() {
            self.failure = error.cloned().map(CliError::from);
        }
        self.failure.is_some()
    }
}
