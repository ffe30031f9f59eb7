//! Runs one import.

use super::column_mapping::ColumnMapping;
use super::input::{Reading, open};
use super::insert::{Inserting, insert};
use super::lookup::Lookup;
use super::reject_file::{RejectFile, default_path};
use super::resumption::{changed, resumption};
use super::row_feed::RowFeed;
use super::summary::Summary;
use super::sync::{KeyColumn, sync};
use crate::error::{CliError, ExitCode};
use crate::export::FileFormat;
use crate::gate::Gate;
use crate::interrupt::Interrupts;
use crate::progress::Progress;
use crate::suggest::near_objects;
use caspio::Table;
use caspio::record::ObjectKind;
use caspio::schema::FieldDefinition;
use caspio::{Client, RecordMap};
use futures::FutureExt;
use std::path::PathBuf;

/// An import to run.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) table: String,
    pub(crate) file: PathBuf,
    pub(crate) format: FileFormat,
    pub(crate) reading: Reading,
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
    /// Discard what is known of a stopped import.
    pub(crate) restart: bool,
    pub(crate) quiet: bool,
    pub(crate) progress: Progress,
    pub(crate) gate: Gate,
    pub(crate) interrupts: Interrupts,
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
    let rows = open(&job.file, job.format, job.reading, &fields)?;
    let delimiter = rows.delimiter();
    let mapping = ColumnMapping::new(&job.table, rows.columns(), &fields, job.nulls)?;
    let key = job.key.as_deref();
    // A file of unreadable rows has no columns, and no row that could be sent.
    let key = key.filter(|_| !rows.columns().is_empty());
    let key = key.map(|key| mapping.key(key)).transpose()?;
    let target = match &job.refused {
        Some(path) => path.clone(),
        None => default_path(&job.file, job.format),
    };
    let columns = rows.columns().to_vec();
    let mut rejects = RejectFile::open(target, &job.file, job.format, columns.len())?;
    let resumption = resumption(caspio, &job, &rejects).inspect_err(|_| rejects.discard())?;
    rejects.start(&columns, resumption.start)?;
    let (skipped, shortened) = (mapping.skipped(), mapping.shortened());
    let mut feed = RowFeed::new(rows, mapping, resumption.range);
    let field = key.and_then(|key| field(&fields, key));
    let outcome = match key {
        Some(name) if job.sync => {
            feed.looks_up = true;
            let data_type = field.map(|field| &field.data_type);
            let key = KeyColumn { name, data_type };
            sync(&table, feed, key, &mut job, &mut rejects).await
        }
        _ if job.dry_run => Ok(check(&table, feed, &mut job, &mut rejects).await),
        key => {
            let lookup = key.zip(field).map(|(key, field)| Lookup {
                table: table.clone(),
                key,
                data_type: field.data_type.clone(),
                is_unique: field.unique,
                sent: resumption.sent.max(changed(&job.file)),
            });
            feed.looks_up = lookup.is_some();
            let journal = resumption.journal(&rejects)?;
            let before_write = journal.clone();
            job.gate.before_write(move || before_write.before_write());
            feed.journal = Some(journal);
            let inserting = Inserting {
                key,
                lookup,
                earlier: resumption.earlier,
            };
            Ok(insert(&table, feed, inserting, &mut job, &mut rejects).await)
        }
    };
    // The reject file is finished even if the import failed, so that the rows so far are not lost.
    let (refused_file, not_written) = rejects.finish();
    let mut summary = outcome?;
    summary.delimiter = delimiter.filter(|_| job.reading.delimiter.is_none());
    summary.skipped = skipped;
    summary.shortened = shortened.counts();
    summary.resumed = resumption.line();
    summary.refused_file = refused_file;
    summary.refused = rejects.rows;
    summary.in_doubt = rejects.in_doubt;
    summary.stopped = not_written.or(summary.stopped);
    Ok(summary)
}

fn field<'f>(fields: &'f [FieldDefinition], name: &str) -> Option<&'f FieldDefinition> {
    let mut fields = fields.iter();
    fields.find(|field| field.name.eq_ignore_ascii_case(name))
}

/// Reads and checks all rows without sending any.
async fn check(
    table: &Table<RecordMap>,
    feed: RowFeed,
    job: &mut Job,
    rejects: &mut RejectFile,
) -> Summary {
    let mut summary = Summary::default();
    let shared = feed.shared();
    for row in feed {
        if job.interrupts.next().now_or_never().is_some() {
            summary.stopped = Some(interrupted());
            return summary;
        }
        let source_row = shared.lock().rows.pop_front();
        summary.rows += 1;
        job.progress.reached(summary.rows);
        let checked = match row {
            Ok(row) => table.check(&row).await,
            Err(error) => Err(error),
        };
        match (checked, source_row) {
            (Err(error), Some(source_row)) => rejects.add(&source_row, &error),
            _ => summary.inserted += 1,
        }
    }
    summary.stopped = shared.lock().failure.take();
    summary
}

pub(super) fn interrupted() -> CliError {
    CliError::new(ExitCode::Incomplete, "the import was stopped")
}
