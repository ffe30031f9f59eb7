//! Runs one import.

use super::claims::ComparedColumns;
use super::column_mapping::ColumnMapping;
use super::insert::{Inserting, insert};
use super::job::Job;
use super::lookup::Lookup;
use super::open::open;
use super::refused_columns::{holds_refused_rows, is_refused_file};
use super::refused_file::RefusedFile;
use super::refused_target::refused_path;
use super::resumption::{check_input, resumption};
use super::row_feed::RowFeed;
use super::source_row::Rows;
use super::stop::interrupted;
use super::summary::Summary;
use super::sync::{KeyColumn, sync};
use super::sync_journal::{SentRows, SyncJournal};
use super::violations::with_others;
use crate::error::CliError;
use crate::export::FileFormat;
use crate::last_write::LastWrite;
use crate::source::table_and_fields;
use caspio::schema::FieldDefinition;
use caspio::{Client, RecordMap, Table};
use caspio_schema::is_same_name;
use futures::FutureExt;
use std::sync::Arc;

/// Runs an import. One call for the fields, and those of the writes.
///
/// # Errors
///
/// The import cannot start, so that no row was sent. Later errors are in the summary.
pub(crate) async fn run(caspio: &Client, mut job: Job) -> Result<Summary, CliError> {
    check_input(&job)?;
    let (table, fields) = table_and_fields(caspio, &job.table).await?;
    let rows = open(&job.input, job.format, job.reading, &fields)?;
    if holds_refused_rows(job.input.name(), rows.columns(), &fields) {
        if job.delete_missing {
            return Err(only_refused_rows(&job));
        }
        check_name(&job)?;
    }
    if job.delete_missing && job.input.is_copy() {
        check_end(&job)?;
    }
    let (delimiter, skipped_lines) = (rows.delimiter(), rows.skipped());
    let mut mapping = ColumnMapping::new(&job.table, rows.columns(), &fields, job.reading)?;
    if job.format == FileFormat::Csv && mapping.has_numbers() {
        let rows = open(&job.input, job.format, job.reading, &fields)?;
        find_commas(rows, &mut mapping, &mut job)?;
    }
    let key = job.key.as_deref();
    // A file of unreadable rows has no columns, and no row that could be sent.
    let key = key.filter(|_| !rows.columns().is_empty());
    let key = key.map(|key| mapping.key(key)).transpose()?;
    let target = refused_path(job.refused.as_deref(), job.input.name(), job.format);
    let columns = rows.columns().to_vec();
    let mut refused = RefusedFile::open(
        target,
        job.input.path(),
        job.format,
        columns.len(),
        job.dry_run,
    )?;
    let resumption = resumption(caspio, &job, &refused).inspect_err(|_| refused.discard())?;
    refused.start(&columns, resumption.start)?;
    let (skipped, notes) = (mapping.skipped(), mapping.notes());
    let passwords = mapping.passwords();
    let mut feed = RowFeed::new(rows, mapping, resumption.range);
    let field = key.as_deref().and_then(|key| field(&fields, key));
    let compared = ComparedColumns::of(&fields);
    let mut started = None;
    let outcome = match key {
        Some(name) if job.sync => {
            feed.looks_up = true;
            let data_type = field.map(|field| &field.data_type);
            let key = KeyColumn {
                name: &name,
                data_type,
                is_unique: field.is_some_and(|field| field.unique),
                columns: &compared,
            };
            let journal = match job.dry_run {
                true => None,
                false => Some(journal(caspio, &job, &name).inspect_err(|_| refused.discard())?),
            };
            LastWrite::of(&caspio.account().to_string(), &job.table)?
                .wait_until_seen()
                .await;
            let synced = sync(&table, feed, key, journal.as_ref(), &mut job, &mut refused).await;
            match journal.map_or(Ok(()), |journal| journal.finish()) {
                Ok(()) => synced,
                Err(error) => synced.map(|summary| Summary {
                    stopped: Some(error),
                    ..summary
                }),
            }
        }
        _ if job.dry_run => {
            feed.missing_key = job.key.clone().filter(|_| job.sync);
            Ok(check(&table, feed, &mut job, &mut refused).await)
        }
        key => {
            let account = caspio.account().to_string();
            feed.of_sync =
                SentRows::of(&account, &job.table, &fields).inspect_err(|_| refused.discard())?;
            let sent_by_sync = feed.of_sync.as_ref().map(|rows| rows.sent);
            feed.lookup = key.clone().zip(field).map(|(key, field)| Lookup {
                table: table.clone(),
                compared: compared.clone(),
                key,
                data_type: field.data_type.clone(),
                is_unique: field.unique,
                sent: resumption.sent().max(job.input.written()).max(sent_by_sync),
            });
            feed.looks_up = feed.lookup.is_some();
            feed.is_refused_file = is_refused_file(job.input.name());
            feed.missing_key = job.key.clone().filter(|_| job.sync);
            let journal = resumption.journal(&refused)?;
            let before_write = journal.clone();
            job.gate.before_write(move || before_write.before_write());
            feed.journal = Some(journal.clone());
            started = Some(journal);
            let inserting = Inserting {
                key,
                earlier: resumption.earlier,
            };
            Ok(insert(&table, feed, inserting, &mut job, &mut refused).await)
        }
    };
    // The file of refused rows is finished even if the import failed, so that the rows so far are not lost.
    let (refused_file, not_written) = refused.finish();
    if let (Some(journal), Some(_), None) = (started, &refused_file, &not_written) {
        journal.named();
    }
    let mut summary = outcome?;
    summary.delimiter = delimiter.filter(|_| job.reading.delimiter.is_none());
    summary.skipped = skipped;
    summary.blank_lines = skipped_lines.count();
    summary.shortened = notes.shortened();
    summary.apostrophes = notes.apostrophes();
    summary.resumed = resumption.line();
    summary.refused_file = refused_file;
    summary.again = job.reading.options_of_refused();
    summary.refused = refused.rows;
    summary.unresolved = refused.unresolved;
    summary.missing = refused.missing();
    summary.first_refused = std::mem::take(&mut refused.first);
    summary.stopped = not_written.or(summary.stopped);
    if summary.stopped.is_none() {
        summary.earlier_refused_file = refused.of_earlier_import();
    }
    if job.sync {
        summary.not_compared = passwords;
    }
    Ok(summary)
}

/// Finds the columns with decimal commas, before any row is sent.
fn find_commas(
    mut rows: Box<dyn Rows>,
    mapping: &mut ColumnMapping,
    job: &mut Job,
) -> Result<(), CliError> {
    while let Some(row) = rows.next() {
        if job.interrupts.next().now_or_never().is_some() {
            return Err(interrupted());
        }
        mapping.note_commas(&row?);
    }
    Ok(())
}

/// Opens the journal of a sync, which records its inserts.
fn journal(caspio: &Client, job: &Job, key: &str) -> Result<SyncJournal, CliError> {
    let account = caspio.account().to_string();
    let journal = SyncJournal::open(&account, &job.table, key)?;
    job.gate.record_writes(Arc::new(journal.clone()));
    Ok(journal)
}

fn field<'f>(fields: &'f [FieldDefinition], name: &str) -> Option<&'f FieldDefinition> {
    let mut fields = fields.iter();
    fields.find(|field| is_same_name(&field.name, name))
}

/// Reads and checks all rows without sending any.
async fn check(
    table: &Table<RecordMap>,
    feed: RowFeed,
    job: &mut Job,
    refused: &mut RefusedFile,
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
            Err(error) => Err(with_others(table, error).await),
        };
        match (checked, source_row) {
            (Err(error), Some(source_row)) => refused.add(&source_row, &error),
            _ => summary.inserted += 1,
        }
    }
    summary.stopped = shared.lock().failure.take();
    summary
}

/// Refuses a pipe that may have been cut off: the records of the rows that are not in it would be deleted.
fn check_end(job: &Job) -> Result<(), CliError> {
    if job.format == FileFormat::Parquet || job.input.ends_with_line_end()? {
        return Ok(());
    }
    let message = format!(
        "the last line of {} has no line end, so it may be cut off; with --delete-missing, the records of the rest would be deleted",
        job.input.name().display()
    );
    Err(CliError::usage(message).with_hint(
        "check the program that wrote it, and let it end the last line, or import from a file",
    ))
}

/// Refuses a file of refused rows that was renamed: its reasons would mean nothing, and rows that may be in the table would
/// be sent.
fn check_name(job: &Job) -> Result<(), CliError> {
    if is_refused_file(job.input.name()) {
        return Ok(());
    }
    let extension = if job.format == FileFormat::Csv {
        "csv"
    } else {
        "jsonl"
    };
    let message = format!(
        "{} has the columns of a file of refused rows, but not its name",
        job.input.name().display()
    );
    Err(CliError::usage(message).with_hint(format!(
        "give it a name that ends with .refused.{extension}, and keep these columns, which show what may be in the table already"
    )))
}

/// The rows that are not in a file of refused rows are in the table, and would be deleted.
fn only_refused_rows(job: &Job) -> CliError {
    CliError::usage(format!(
        "{} holds refused rows only; with --delete-missing, all other records would be deleted: import it without, \
         or correct the whole file and import that",
        job.input.name().display()
    ))
}
