//! Runs one import.

use super::claims::ComparedColumns;
use super::in_doubt::{InDoubt, field};
use super::insert::{Inserting, insert};
use super::job::Job;
use super::key_column::KeyColumn;
use super::lookup::is_already_there;
use super::open_checked::{OpenFile, open_checked};
use super::refused_columns::AddedColumns;
use super::refused_file::RefusedFile;
use super::refused_target::refused_path;
use super::resumption::{check_input, resumption};
use super::row_feed::{RowFeed, stream};
use super::stop::interrupted;
use super::summary::Summary;
use super::sync::sync;
use super::sync_journal::SyncJournal;
use super::unchanged::Stamp;
use crate::error::CliError;
use crate::last_write::LastWrite;
use crate::source::table_and_fields;
use caspio::{Client, RecordMap, Table};
use futures::StreamExt;
use std::pin::pin;
use std::sync::Arc;

/// Runs an import. One call for the fields, and those of the writes.
///
/// # Errors
///
/// The import cannot start, so that no row was sent. Later errors are in the summary.
pub(crate) async fn run(caspio: &Client, mut job: Job) -> Result<Summary, CliError> {
    check_input(&job)?;
    let (table, fields) = table_and_fields(caspio, &job.table).await?;
    let OpenFile { rows, mapping, key } = open_checked(&mut job, &fields)?;
    let (delimiter, skipped_lines) = (rows.delimiter(), rows.skipped());
    let target = refused_path(job.refused.as_deref(), job.input.name(), job.format);
    let columns = rows.columns().to_vec();
    let mut refused = RefusedFile::open(
        target,
        job.input.path(),
        job.format,
        (columns.len(), AddedColumns::of(&fields)),
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
            let journal = journal(caspio, &job, &name).inspect_err(|_| refused.discard())?;
            LastWrite::of(&caspio.account().to_string(), &job.table)?
                .wait_until_seen()
                .await;
            let synced = sync(&table, feed, key, &journal, &mut job, &mut refused).await;
            match journal.finish() {
                Ok(()) => synced,
                Err(error) => synced.map(|summary| Summary {
                    stopped: Some(error),
                    ..summary
                }),
            }
        }
        key => {
            let in_doubt = InDoubt {
                account: &caspio.account().to_string(),
                table: &table,
                fields: &fields,
                key: key.as_ref(),
                sent: resumption.sent(),
            };
            let set = in_doubt.set(&mut feed, &job);
            set.inspect_err(|_| refused.discard())?;
            if job.dry_run {
                Ok(check(&table, feed, &mut job, &mut refused).await)
            } else {
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
    summary.is_sync = job.sync;
    summary.again = job.options_of_refused();
    summary.refused = refused.rows;
    summary.unresolved = refused.unresolved;
    summary.missing = refused.missing();
    summary.first_refused = std::mem::take(&mut refused.first);
    summary.unnamed = summary.refused_file.is_some() && refused.is_unnamed();
    // The same command gives it its name, and sends no row.
    summary.journal = summary.journal.filter(|_| not_written.is_none());
    summary.stopped = not_written.or(summary.stopped);
    summary.changed = summary
        .stopped
        .as_ref()
        .is_some_and(|error| Stamp::is_cause(&error.message));
    if summary.stopped.is_none() {
        summary.earlier_refused_file = refused.of_earlier_import();
    }
    if job.sync {
        summary.not_compared = passwords;
    }
    Ok(summary)
}

/// Opens the journal of a sync, which records its inserts.
fn journal(caspio: &Client, job: &Job, key: &str) -> Result<SyncJournal, CliError> {
    let account = caspio.account().to_string();
    let journal = SyncJournal::open(&account, &job.table, key)?;
    if !job.dry_run {
        job.gate.record_writes(Arc::new(journal.clone()));
    }
    Ok(journal)
}

/// Reads and checks all rows without sending any. Rows that may be in the table are looked up.
async fn check(
    table: &Table<RecordMap>,
    feed: RowFeed,
    job: &mut Job,
    refused: &mut RefusedFile,
) -> Summary {
    let mut summary = Summary::default();
    let shared = feed.shared();
    let mut rows = pin!(stream(feed, table.clone()));
    loop {
        let row = tokio::select! {
            biased;
            () = job.interrupts.next() => {
                summary.stopped = Some(interrupted());
                return summary;
            }
            row = rows.next() => row,
        };
        let Some(row) = row else {
            break;
        };
        let source_row = shared.lock().rows.pop_front();
        summary.rows += 1;
        job.progress.reached(summary.rows);
        let checked = match row {
            Ok(row) => table.check(&row).await,
            Err(error) => Err(error),
        };
        match (checked, source_row) {
            (Err(error), _) if is_already_there(&error) => summary.already_there += 1,
            (Err(error), Some(source_row)) => refused.add(&source_row, &error),
            _ => summary.inserted += 1,
        }
    }
    summary.stopped = shared.lock().failure.take();
    summary
}
