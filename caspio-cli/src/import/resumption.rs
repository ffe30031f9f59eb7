//! Whether an import resumes a stopped one, and where.

use super::job::Job;
use super::journal::Journal;
use super::progress::Progress;
use super::refused_file::{RefusedFile, Start, journal_path};
use super::row_feed::Range;
use super::stopped::Stopped;
use super::subject::Subject;
use crate::error::CliError;
use caspio::Client;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// Where an import starts.
pub(super) struct Resumption {
    subject: Subject,
    /// What an earlier run did.
    pub(super) earlier: Progress,
    is_resumed: bool,
    pub(super) range: Range,
    pub(super) start: Start,
    /// Where the import is resumed if its refused rows are lost.
    base: Option<Progress>,
}

impl Resumption {
    /// Returns the line of the first row that the earlier run had not answered; `None` if there was none.
    pub(super) fn line(&self) -> Option<u64> {
        self.is_resumed.then_some(self.earlier.line)
    }

    /// Starts the journal of this run.
    pub(super) fn journal(&self, refused: &RefusedFile) -> Result<Journal, CliError> {
        let (refused_bytes, refused_hash) = refused.written();
        let progress = Progress {
            refused_bytes,
            refused_hash,
            is_named: false,
            ..self.earlier
        };
        let (path, rows) = (refused.journal(), refused.handle()?);
        Journal::create(path, &self.subject, self.base, progress, rows)
    }

    /// Returns when the earlier run sent its last call.
    pub(super) fn sent(&self) -> Option<SystemTime> {
        self.earlier.sent_at()
    }
}

/// Refuses the file of refused rows of an import that has not ended: the resumed import keeps its rows in that file,
/// and they would be imported again.
pub(super) fn check_input(job: &Job) -> Result<(), CliError> {
    if job.dry_run {
        return Ok(());
    }
    let given = job.input.path();
    let linked = fs::canonicalize(given).unwrap_or_else(|_| given.to_owned());
    for file in [given, &*linked] {
        let journal = journal_path(file);
        let Some(of) = Stopped::subject(&journal)? else {
            continue;
        };
        let message = format!(
            "{} holds the refused rows of an import of {} into {} that has not ended, and {} records how far it came",
            given.display(),
            of.file(),
            of.table(),
            journal.display()
        );
        let hint = "run that command again first, with an unchanged file: it keeps these rows in its file of refused rows, \
                    so they would be imported twice";
        return Err(CliError::usage(message).with_hint(hint));
    }
    Ok(())
}

/// Returns the subject of an import, whose file is read.
pub(super) fn subject(caspio: &Client, job: &Job) -> Result<Subject, CliError> {
    Subject::of(
        &caspio.account().to_string(),
        &job.table,
        &job.input,
        format!("{:?}", job.reading),
    )
}

/// Finds out whether an earlier run of the same import was stopped.
///
/// # Errors
///
/// Another import that uses the same file of refused rows was stopped.
pub(super) fn resumption(
    job: &Job,
    subject: Subject,
    refused: &RefusedFile,
) -> Result<Resumption, CliError> {
    let path = refused.journal();
    let stopped = stopped(job, &subject, &path)?;
    let found = stopped.as_ref().map(|stopped| {
        let found = stopped.resumption(refused.left(), refused.target());
        found.map_err(|error| CliError::file("read", refused.target(), &error))
    });
    let found = found.transpose()?;
    let earlier = found.map(|(earlier, _)| earlier);
    if let Some(earlier) = &earlier {
        check_from_line(job, earlier)?;
    }
    let start = match found {
        Some((earlier, kept)) => Start::Resume(earlier, kept),
        None if job.from_line > 1 => Start::Append,
        None => Start::New,
    };
    let is_resumed = earlier.is_some();
    let earlier = earlier.unwrap_or(Progress {
        from_line: job.from_line,
        line: job.from_line,
        ..Progress::default()
    });
    Ok(Resumption {
        subject,
        range: Range {
            from_line: earlier.from_line,
            answered: earlier.answered,
            sent: earlier.sent,
        },
        earlier,
        is_resumed,
        start,
        base: stopped.map(|stopped| stopped.base()),
    })
}

/// Returns the stopped import that the journal at `path` records, if this run resumes it.
///
/// # Errors
///
/// It is another import.
fn stopped(job: &Job, subject: &Subject, path: &Path) -> Result<Option<Stopped>, CliError> {
    // The journal of this run replaces that of the stopped one.
    if job.restart {
        return Ok(None);
    }
    let Some(stopped) = Stopped::load(path)? else {
        return Ok(None);
    };
    if stopped.subject.is_same(subject) && !job.sync && !job.dry_run {
        return Ok(Some(stopped));
    }
    let of = &stopped.subject;
    let message = format!(
        "an import of {} into {} was stopped, and {} records how far it came",
        of.file(),
        of.table(),
        path.display()
    );
    Err(CliError::usage(message).with_hint(instead(job, subject, &stopped)))
}

/// Returns what to do about a stopped import that this run does not resume.
fn instead(job: &Job, subject: &Subject, stopped: &Stopped) -> String {
    let of = &stopped.subject;
    let mut hint = "run that command again, with an unchanged file, to resume it".to_owned();
    // Another import of the same file would send rows again.
    if !of.is_same_table(subject) || of.file() != subject.file() {
        hint += "; or choose another file of refused rows with --refused";
        return hint;
    }
    hint += "; correct refused rows in the file of refused rows, when the import has ended";
    if let Some(line) = stopped.next_line().filter(|_| !job.sync && !job.dry_run) {
        hint += &format!(
            "; or, if the rows before line {line} are on the same lines as before, start after them with --restart --from-line {line}"
        );
    }
    hint
}

/// Checks that the lines that the user asks for are those of the stopped import.
fn check_from_line(job: &Job, earlier: &Progress) -> Result<(), CliError> {
    if job.from_line <= 1 || [earlier.line, earlier.from_line].contains(&job.from_line) {
        return Ok(());
    }
    let message = format!(
        "the stopped import must be resumed at line {}",
        earlier.line
    );
    Err(CliError::usage(message).with_hint("leave out --from-line"))
}
