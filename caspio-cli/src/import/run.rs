//! Runs one import.

use super::claims::ComparedColumns;
use super::column_mapping::{ColumnMapping, Notes};
use super::insert::{Inserting, insert};
use super::job::Job;
use super::journal::Journal;
use super::key_column::KeyColumn;
use super::lookup::is_already_there;
use super::open_checked::{OpenFile, open_checked};
use super::refused_columns::AddedColumns;
use super::refused_file::{RefusedFile, journal_path};
use super::refused_target::refused_path;
use super::resumption::{Resumption, check_input, resumption, subject};
use super::row_feed::{RowFeed, stream};
use super::source_row::{Rows, SkippedLines};
use super::stop::interrupted;
use super::summary::Summary;
use super::sync::sync;
use super::sync_journal::SyncJournal;
use super::unchanged::Stamp;
use super::unfinished::Unfinished;
use super::unresolved_rows::{UnresolvedRows, field};
use crate::error::CliError;
use crate::last_write::LastWrite;
use crate::source::table_and_fields;
use caspio::schema::FieldDefinition;
use caspio::{Client, RecordMap, Table};
use futures::StreamExt;
use std::path::PathBuf;
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
    let notes = FileNotes::of(&*rows, &mapping);
    let columns = rows.columns().to_vec();
    let target = refused_path(job.refused.as_deref(), job.input.name(), job.format);
    let subject = subject(caspio, &job)?;
    let unfinished = match job.dry_run {
        true => None,
        // A sync has a journal of its own, which keeps it apart from others.
        false => Unfinished::record(&subject, &journal_path(&target))?.filter(|_| !job.sync),
    };
    let added = AddedColumns::of(&fields);
    let mut refused = RefusedFile::open(&job, target, columns.len(), added)?;
    let resumption = resumption(&job, subject, &refused).inspect_err(|_| refused.discard())?;
    refused.start(&columns, resumption.start)?;
    let mut feed = RowFeed::new(rows, mapping, resumption.range);
    let mut import = Import {
        account: caspio.account().to_string(),
        table,
        fields,
        job,
        refused,
    };
    let prepared = import.prepare(&mut feed, key, &resumption).await;
    let writing = prepared.inspect_err(|_| import.refused.discard())?;
    let outcome = import.write(feed, &writing).await;
    // The file of refused rows is finished even if the import failed, so that the rows so far are not lost.
    let (refused_file, not_written) = import.refused.finish();
    if let (Writing::Insert { journal, .. }, Some(_), None) =
        (&writing, &refused_file, &not_written)
    {
        journal.named();
    }
    let mut summary = outcome?;
    summary.unfinished = unfinished;
    summary.resumed = resumption.line();
    notes.add_to(&mut summary, &import.job);
    import.add_refused(&mut summary, refused_file, not_written);
    Ok(summary)
}

/// What is noticed in the file, apart from its rows.
struct FileNotes {
    delimiter: Option<u8>,
    blank_lines: SkippedLines,
    skipped: Vec<String>,
    passwords: Vec<String>,
    cells: Notes,
}

impl FileNotes {
    fn of(rows: &dyn Rows, mapping: &ColumnMapping) -> Self {
        Self {
            delimiter: rows.delimiter(),
            blank_lines: rows.skipped(),
            skipped: mapping.skipped(),
            passwords: mapping.passwords(),
            cells: mapping.notes(),
        }
    }

    /// Adds them to the summary, after the last row was read.
    fn add_to(self, summary: &mut Summary, job: &Job) {
        summary.delimiter = self.delimiter.filter(|_| job.reading.delimiter.is_none());
        summary.skipped = self.skipped;
        summary.blank_lines = self.blank_lines.count();
        summary.shortened = self.cells.shortened();
        summary.apostrophes = self.cells.apostrophes();
        if job.sync {
            summary.not_compared = self.passwords;
        }
    }
}

/// An import whose file is open.
struct Import {
    account: String,
    table: Table<RecordMap>,
    fields: Vec<FieldDefinition>,
    job: Job,
    refused: RefusedFile,
}

/// How the rows are written.
enum Writing {
    Sync {
        /// The key column.
        key: Arc<str>,
        journal: SyncJournal,
    },
    /// Not at all: a dry run of inserts.
    Check,
    Insert {
        inserting: Inserting,
        journal: Journal,
    },
}

impl Import {
    /// Prepares the write, which can fail before a row is read.
    async fn prepare(
        &self,
        feed: &mut RowFeed,
        key: Option<Arc<str>>,
        resumption: &Resumption,
    ) -> Result<Writing, CliError> {
        match key {
            Some(key) if self.job.sync => self.prepare_sync(feed, key).await,
            key => self.prepare_insert(feed, key, resumption),
        }
    }

    async fn prepare_sync(&self, feed: &mut RowFeed, key: Arc<str>) -> Result<Writing, CliError> {
        feed.looks_up = true;
        let journal = SyncJournal::open(&self.account, &self.job.table, &key)?;
        if !self.job.dry_run {
            self.job.gate.record_writes(Arc::new(journal.clone()));
        }
        let last_write = LastWrite::of(&self.account, &self.job.table)?;
        last_write.wait_until_seen().await;
        Ok(Writing::Sync { key, journal })
    }

    fn prepare_insert(
        &self,
        feed: &mut RowFeed,
        key: Option<Arc<str>>,
        resumption: &Resumption,
    ) -> Result<Writing, CliError> {
        let unresolved = UnresolvedRows {
            account: &self.account,
            table: &self.table,
            fields: &self.fields,
            key: key.as_ref(),
            sent: resumption.sent(),
        };
        unresolved.set(feed, &self.job)?;
        if self.job.dry_run {
            return Ok(Writing::Check);
        }
        let journal = resumption.journal(&self.refused)?;
        let before_write = journal.clone();
        self.job
            .gate
            .before_write(move || before_write.before_write());
        feed.journal = Some(journal.clone());
        let inserting = Inserting {
            key,
            earlier: resumption.earlier,
        };
        Ok(Writing::Insert { inserting, journal })
    }

    async fn write(&mut self, feed: RowFeed, writing: &Writing) -> Result<Summary, CliError> {
        let (job, refused) = (&mut self.job, &mut self.refused);
        match writing {
            Writing::Check => Ok(check(&self.table, feed, job, refused).await),
            Writing::Insert { inserting, .. } => {
                Ok(insert(&self.table, feed, inserting, job, refused).await)
            }
            Writing::Sync { key, journal } => {
                let field = field(&self.fields, key);
                let key = KeyColumn {
                    name: key,
                    data_type: field.map(|field| &field.data_type),
                    is_unique: field.is_some_and(|field| field.unique),
                    columns: &ComparedColumns::of(&self.fields),
                };
                let synced = sync(&self.table, feed, key, journal, job, refused).await;
                let finished = journal.finish();
                synced.map(|summary| Summary {
                    stopped: finished.err().or(summary.stopped),
                    ..summary
                })
            }
        }
    }

    /// Adds the refused rows to the summary. `not_written` is why some of them are not in their file.
    fn add_refused(
        self,
        summary: &mut Summary,
        refused_file: Option<PathBuf>,
        not_written: Option<CliError>,
    ) {
        let Self { job, refused, .. } = self;
        summary.is_sync = job.sync;
        summary.again = job.options_of_refused();
        summary.refused = refused.rows;
        summary.unresolved = refused.unresolved;
        summary.missing = refused.missing();
        summary.unnamed = refused_file.is_some() && refused.is_unnamed();
        summary.refused_file = refused_file;
        // The same command gives it its name, and sends no row.
        summary.journal = summary.journal.take().filter(|_| not_written.is_none());
        summary.stopped = not_written.or(summary.stopped.take());
        let stopped = summary.stopped.as_ref();
        summary.changed = stopped.is_some_and(|error| Stamp::is_cause(&error.message));
        if summary.stopped.is_none() {
            summary.earlier_refused_file = refused.of_earlier_import();
        }
        summary.first_refused = refused.first;
    }
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
