//! Opens the file of an import, and checks what can be checked before the first row is sent.

use super::column_mapping::ColumnMapping;
use super::job::Job;
use super::members::Members;
use super::open::open;
use super::reason::ReasonKind;
use super::refused_columns::{AddedColumns, LINE, REASON, is_refused_file};
use super::source_row::{RowContent, Rows};
use super::stop::interrupted;
use crate::error::CliError;
use crate::export::FileFormat;
use caspio::schema::FieldDefinition;
use futures::FutureExt;
use std::sync::Arc;

/// The file of an import.
pub(super) struct OpenFile {
    pub(super) rows: Box<dyn Rows>,
    pub(super) mapping: ColumnMapping,
    /// The key column, as the table spells it; none if the file has no columns.
    pub(super) key: Option<Arc<str>>,
}

/// Opens the file of an import into a table with these fields.
///
/// # Errors
///
/// The file cannot be imported, so that no row is sent.
pub(super) fn open_checked(
    job: &mut Job,
    fields: &[FieldDefinition],
) -> Result<OpenFile, CliError> {
    let rows = open(&job.input, job.format, job.reading, fields)?;
    if is_refused_file(job.input.name()) || holds_refused_rows(&*rows, job, fields)? {
        if job.delete_missing {
            return Err(only_refused_rows(job));
        }
        check_name(job)?;
        check_sync(&*rows, job, fields)?;
    }
    check_columns(&*rows, job, fields)?;
    if job.delete_missing && job.input.is_copy() {
        check_end(job)?;
    }
    let mut mapping = ColumnMapping::new(&job.table, rows.columns(), fields, job.reading)?;
    if job.format == FileFormat::Csv && mapping.has_numbers() {
        let rows = open(&job.input, job.format, job.reading, fields)?;
        find_commas(rows, &mut mapping, job)?;
    }
    let key = job.key.as_deref();
    // A file of unreadable rows has no columns, and no row that could be sent.
    let key = key.filter(|_| !rows.columns().is_empty());
    let key = key.map(|key| mapping.key(key)).transpose()?;
    Ok(OpenFile { rows, mapping, key })
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

/// Returns whether the columns of a file show that it has refused rows. If the table has fields with the usual names of
/// the added columns, a reason that this program wrote shows it.
fn holds_refused_rows(
    rows: &dyn Rows,
    job: &Job,
    fields: &[FieldDefinition],
) -> Result<bool, CliError> {
    let added = AddedColumns::of(fields);
    if added.are_usual() || !has_columns(rows, job, [LINE, REASON]) {
        return Ok(has_columns(rows, job, [&added.line, &added.reason]));
    }
    let mut rows = open(&job.input, job.format, job.reading, fields)?;
    while let Some(row) = rows.next() {
        if is_refused(&row?.content) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns whether a file has the two columns that are added to refused rows; in a CSV file they are the last ones.
fn has_columns(rows: &dyn Rows, job: &Job, names: [&str; 2]) -> bool {
    let columns = rows.columns();
    match job.format {
        FileFormat::Csv => columns.ends_with(&names.map(str::to_owned)),
        _ => names
            .iter()
            .all(|name| columns.iter().any(|column| column == name)),
    }
}

/// Returns whether the last two values of a row are its line and a reason that this program wrote.
fn is_refused(row: &RowContent) -> bool {
    let (line, reason) = match row {
        RowContent::Cells(cells) => match cells.as_slice() {
            [.., Some(line), Some(reason)] => (line.clone(), reason.clone()),
            _ => return false,
        },
        RowContent::Json(json) => {
            let members = Members::of(json)
                .map(|members| members.0)
                .unwrap_or_default();
            let value = |name: &str| {
                let mut members = members.iter();
                let member = members.find(|(other, _)| other == name);
                member.map(|(_, value)| value.get().to_owned())
            };
            let (Some(line), Some(reason)) = (value(LINE), value(REASON)) else {
                return false;
            };
            (line, serde_json::from_str(&reason).unwrap_or_default())
        }
        RowContent::Unreadable(..) => return false,
    };
    line.parse::<u64>().is_ok() && ReasonKind::of(&reason).is_some()
}

/// Refuses a file of refused rows of which it is not known whether its last columns are values: the file of refused
/// rows of this table would have added columns of other names.
fn check_columns(rows: &dyn Rows, job: &Job, fields: &[FieldDefinition]) -> Result<(), CliError> {
    let added = AddedColumns::of(fields);
    let is_open = is_refused_file(job.input.name()) && !rows.has_added_columns();
    if added.are_usual() || !is_open || !has_columns(rows, job, [LINE, REASON]) {
        return Ok(());
    }
    let AddedColumns { line, reason, .. } = added;
    Err(CliError::usage(format!(
        "{} has the name of a file of refused rows, and {} has fields {LINE} or {REASON}, so these columns of the file may be \
         values, or have been added to its rows",
        job.input.name().display(),
        job.table
    ))
    .with_hint(format!(
        "if they are values, give the file another name; if not, rename these columns to {line} and {reason}"
    )))
}

/// Refuses a file of refused rows that was renamed: its reasons would mean nothing, and rows that may be in the table
/// would be sent.
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

/// Refuses to insert the rows that a sync refused: most of them are updates, so their records would be doubled.
fn check_sync(rows: &dyn Rows, job: &Job, fields: &[FieldDefinition]) -> Result<(), CliError> {
    if job.sync || !rows.has_added_columns() {
        return Ok(());
    }
    let mut rows = open(&job.input, job.format, job.reading, fields)?;
    while let Some(row) = rows.next() {
        let row = row?;
        if row.of_sync {
            let message = format!(
                "a sync refused the row in line {} of {}, which may have a record; inserted, it would be there twice",
                row.line,
                job.input.name().display()
            );
            return Err(CliError::usage(message).with_hint(
                "import the file with --sync and the same --key; rows that are new can be inserted if you remove their Reason",
            ));
        }
    }
    Ok(())
}

/// The rows that are not in a file of refused rows are in the table, and would be deleted.
fn only_refused_rows(job: &Job) -> CliError {
    CliError::usage(format!(
        "{} holds refused rows only; with --delete-missing, all other records would be deleted: import it without, \
         or correct the whole file and import that",
        job.input.name().display()
    ))
}
