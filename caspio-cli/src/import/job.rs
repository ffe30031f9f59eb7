//! One import from its file to its summary.

use super::column_mapping::ColumnMapping;
use super::input::open;
use super::reject_file::{RejectFile, default_path};
use super::row_feed::{RowFeed, SharedRows};
use super::summary::Summary;
use super::sync::{KeyColumn, sync};
use crate::error::{CliError, ExitCode};
use crate::export::FileFormat;
use crate::output::say;
use crate::progress::Progress;
use crate::stop::stop_signal;
use caspio::Table;
use caspio::{Client, Error, ErrorKind, RecordMap};
use caspio_core::error::ErrorContext as _;
use futures::{StreamExt, stream};
use std::path::PathBuf;

/// What to import, and how.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) table: String,
    pub(crate) file: PathBuf,
    pub(crate) format: FileFormat,
    /// The column that tells rows apart.
    pub(crate) key: Option<String>,
    /// Bring the table into line with the rows, in place of inserting them all.
    pub(crate) sync: bool,
    pub(crate) delete_missing: bool,
    pub(crate) dry_run: bool,
    /// Where refused rows go, if that was said.
    pub(crate) refused: Option<PathBuf>,
    pub(crate) concurrency: usize,
    /// Whether nothing between the commas is null for a text.
    pub(crate) nulls: bool,
    /// The line to begin with.
    pub(crate) from_line: u64,
    pub(crate) quiet: bool,
    pub(crate) progress: Progress,
}

/// Runs an import. One call for the fields, and those of the writes.
///
/// # Errors
///
/// What keeps every row from being sent. What happens later is in the summary.
pub(crate) async fn run(caspio: &Client, mut job: Job) -> Result<Summary, CliError> {
    let table = caspio.table_named(&job.table);
    let fields = table.fields().await?;
    let rows = open(&job.file, job.format, &fields)?;
    let mapping = ColumnMapping::new(&job.table, rows.columns(), &fields, job.nulls)?;
    let key = job.key.as_deref().map(|key| mapping.key(key)).transpose()?;
    let target = match &job.refused {
        Some(path) => path.clone(),
        None => default_path(&job.file, job.format),
    };
    let append = job.from_line > 1;
    let mut rejects = RejectFile::new(target, job.format, rows.columns(), append)?;
    let left_out = mapping.left_out();
    let feed = RowFeed::new(rows, mapping, job.from_line);
    let told = match key {
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
    // What is known by now is not lost with what failed.
    let refused_file = rejects.finish()?;
    let mut summary = told?;
    summary.left_out = left_out;
    summary.refused_file = refused_file;
    summary.refused = rejects.rows;
    summary.in_doubt = rejects.in_doubt;
    Ok(summary)
}

/// Reads and checks all rows, and sends nothing.
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

/// Inserts all rows, and takes no longer to stop than the calls under way.
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
        insert = insert.unique_by_name(key);
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
                    say(format_args!("Stopping after the calls under way; once more to stop now."));
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
        if outage.is_told_by(outcome.result.as_ref().err()) {
            shared.lock().stop = true;
        }
        match outcome.result {
            Ok(_) => summary.inserted += 1,
            Err(error) => rejects.add(&source_row, &error)?,
        }
    }
    drop(outcomes);
    let abandoned = abandon(&shared, rejects)?;
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

/// Rows whose outcome nobody waited for.
fn abandon(shared: &SharedRows, rejects: &mut RejectFile) -> Result<u64, CliError> {
    let rows = std::mem::take(&mut shared.lock().rows);
    let error = Error::new(ErrorKind::Cancelled, "the import was stopped meanwhile")
        .with_maybe_applied(true);
    for row in &rows {
        rejects.add(row, &error)?;
    }
    Ok(rows.len() as u64)
}

/// Finds out that nothing gets there any more, whatever is in the rows.
#[derive(Debug, Default)]
struct Outage {
    in_a_row: u32,
    failure: Option<CliError>,
}

/// After so many failures in a row that are not the rows' own, the rest is not tried.
const PATIENCE: u32 = 3_000;

impl Outage {
    fn is_told_by(&mut self, error: Option<&Error>) -> bool {
        let kind = error.map(Error::kind);
        let most = match kind {
            None | Some(ErrorKind::Refused | ErrorKind::Invalid | ErrorKind::Conflict) => {
                self.in_a_row = 0;
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
            Some(_) => PATIENCE,
        };
        self.in_a_row += 1;
        if self.in_a_row >= most && self.failure.is_none() {
            self.failure = error.cloned().map(CliError::from);
        }
        self.failure.is_some()
    }
}
