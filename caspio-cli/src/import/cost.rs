//! The calls that an import or a sync takes.

use super::claims::ComparedColumns;
use super::deletions::DeleteGuard;
use super::job::Job;
use super::key_column::KeyColumn;
use super::open_checked::{OpenFile, open_checked};
use super::prepared::Prepared;
use super::refused_columns::AddedColumns;
use super::refused_file::RefusedFile;
use super::refused_target::refused_path;
use super::resumption::{check_input, resumption, subject};
use super::row_feed::{Range, RowFeed};
use super::sync_rows::check_unique;
use super::unresolved_rows::{UnresolvedRows, field};
use crate::cost::{Cost, calls};
use crate::error::CliError;
use crate::export::pages;
use crate::source::table_and_fields;
use caspio::field::FieldValue;
use caspio::record::ObjectKind;
use caspio::{Client, RecordMap, Table};
use std::collections::HashMap;
use std::time::SystemTime;

/// The maximum number of rows of a call.
const MAX_ROWS: u64 = 1000;
/// The maximum length of the rows of a call, as JSON.
const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// How many rows are looked up together.
const LOOKED_UP_TOGETHER: u64 = 1000;
/// A longer key may not fit a URL, so that the table is read to look it up.
const LONG_KEY: usize = 400;

/// Why the calls for rows that may be in the table are not known.
const WHICH_ARE_THERE: &str = "it depends on which rows an earlier run inserted";

/// Returns the calls of an import. It reads the whole file, and makes the calls with which the import begins.
///
/// `bulk` is a client of v4, if the program's own is of another version.
pub(crate) async fn cost(
    caspio: &Client,
    bulk: Option<&Client>,
    job: &mut Job,
) -> Result<Cost, CliError> {
    check_input(job)?;
    let mut cost = Cost::default();
    let (table, fields) = table_and_fields(caspio, &job.table).await?;
    cost.exactly("read the fields of the table", calls(caspio));
    let OpenFile { rows, mapping, key } = open_checked(job, &fields)?;
    let (range, sent) = resumed(caspio, job, rows.columns().len(), AddedColumns::of(&fields))?;
    let mut feed = RowFeed::new(rows, mapping, range);
    let unresolved = UnresolvedRows {
        account: &caspio.account().to_string(),
        table: &table,
        fields: &fields,
        key: key.as_ref(),
        sent,
    };
    unresolved.set(&mut feed, job)?;
    let compared = ComparedColumns::of(&fields);
    let field = key.as_deref().and_then(|key| field(&fields, key));
    let key = key.as_deref().map(|name| KeyColumn {
        name,
        data_type: field.map(|field| &field.data_type),
        is_unique: field.is_some_and(|field| field.unique),
        columns: &compared,
    });
    let file = read(&table, feed, key, job.sync).await?;
    if !job.dry_run {
        let certain = u64::from(file.misfits > 0);
        let most = certain.max(u64::from(file.unresolved_misfits > 0));
        let again = "read the fields again, because rows do not fit them";
        cost.between(again, (certain, most), WHICH_ARE_THERE);
    }
    let records = match job.sync || file.long_keys > 0 {
        true => table.query().count().await?,
        false => 0,
    };
    look_up(&file, records, &mut cost);
    if job.sync {
        find(job, &file, records, &mut cost);
    }
    if file.rows == 0 || job.dry_run {
        return Ok(cost);
    }
    let by_v4 = supports_v4(bulk).await?;
    let learning = bulk.map_or(0, calls);
    if job.sync {
        write(job, &file, records, (by_v4, learning), &mut cost);
    } else {
        cost.exactly(LEARN, learning);
        insert(&file, by_v4, &mut cost);
    }
    Ok(cost)
}

/// What the first call of a write of many records finds out.
const LEARN: &str = "find the table in v4, which writes many records in a call";

/// Returns whether the account supports v4. One call for every 1,000 tables, which a write of many records makes too.
async fn supports_v4(bulk: Option<&Client>) -> Result<bool, CliError> {
    let Some(bulk) = bulk else {
        return Ok(true);
    };
    match bulk.tables().await {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.status(), Some(300..=407 | 409..=428 | 430..=499)) => {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// The content of a file that has to be written.
#[derive(Debug, Default)]
struct Contents {
    /// The rows that can be sent.
    rows: u64,
    /// Rows that an earlier run may have inserted; some of them may not fit the fields.
    unresolved: u64,
    /// Those among these whose key may be too long for a URL.
    long_keys: u64,
    /// The rows that cannot be sent.
    refused: u64,
    /// Those among them that do not fit the fields, without the unresolved ones.
    misfits: u64,
    unresolved_misfits: u64,
    /// The calls that send all of them, if each row is as long as it can be.
    batches: u64,
    /// The calls without the unresolved ones, if each row is as short as it can be.
    certain: u64,
}

/// Returns which rows are left of an import that was stopped, and when it sent its last call.
fn resumed(
    caspio: &Client,
    job: &Job,
    columns: usize,
    added: AddedColumns,
) -> Result<(Range, Option<SystemTime>), CliError> {
    let target = refused_path(job.refused.as_deref(), job.input.name(), job.format);
    let subject = subject(caspio, job)?;
    let refused = RefusedFile::open(job, target, columns, added)?;
    let resumption = resumption(job, subject, &refused);
    refused.discard();
    let resumption = resumption?;
    Ok((resumption.range, resumption.sent()))
}

/// Reads all rows. In a sync no two rows may have the same key.
async fn read(
    table: &Table<RecordMap>,
    mut feed: RowFeed,
    key: Option<KeyColumn<'_>>,
    is_sync: bool,
) -> Result<Contents, CliError> {
    let mut contents = Contents::default();
    let mut lines = HashMap::new();
    let (mut certain, mut all) = (Batches::default(), Batches::default());
    let shared = feed.shared();
    while let Some(fed) = feed.next_row() {
        let line = shared.lock().rows.pop_front().map_or(0, |row| row.line);
        let unique = |row: &Prepared| match key.filter(|_| is_sync) {
            Some(key) => check_unique(row, key, line, &mut lines).is_ok(),
            None => true,
        };
        let row = fed.row.ok().filter(unique);
        let fits = match &row {
            Some(row) => table.check(row).await.is_ok(),
            None => false,
        };
        let (least, most) = row.as_ref().filter(|_| fits).map_or((0, 0), length);
        contents.rows += u64::from(fits);
        contents.refused += u64::from(!fits);
        let misfits = u64::from(!fits && row.is_some());
        match fed.is_unresolved {
            true => contents.unresolved_misfits += misfits,
            false => contents.misfits += misfits,
        }
        if let (Some(row), true) = (&row, fed.is_unresolved) {
            contents.unresolved += 1;
            contents.long_keys += u64::from(key.is_some_and(|key| is_long(row, key)));
        }
        certain.add(if fed.is_unresolved { 0 } else { least });
        all.add(most);
    }
    if let Some(failure) = shared.lock().failure.take() {
        return Err(failure);
    }
    contents.certain = certain.calls();
    contents.batches = all.calls();
    Ok(contents)
}

/// Counts the calls that send rows. A row that is not sent takes a place as well, and no bytes.
#[derive(Debug, Default)]
struct Batches {
    calls: u64,
    rows: u64,
    bytes: u64,
}

impl Batches {
    fn add(&mut self, length: u64) {
        if self.rows == MAX_ROWS || self.bytes > 0 && self.bytes + length > MAX_BYTES {
            self.calls = self.calls();
            (self.rows, self.bytes) = (0, 0);
        }
        self.rows += 1;
        self.bytes += length;
    }

    fn calls(&self) -> u64 {
        self.calls + u64::from(self.bytes > 0)
    }
}

/// Returns the least and the greatest length of a row as JSON.
fn length(row: &Prepared) -> (u64, u64) {
    let (mut least, mut most) = (2, 2);
    for (name, value) in row.iter() {
        let (shortest, longest) = value_length(value);
        least += name.len() as u64 + shortest;
        most += 6 * name.len() as u64 + longest + 4;
    }
    (least, most)
}

fn value_length(value: &FieldValue<'_>) -> (u64, u64) {
    match value {
        FieldValue::Absent => (0, 0),
        FieldValue::Text(text) => (text.len() as u64, 6 * text.len() as u64 + 2),
        FieldValue::List(values) => {
            let lengths = values.iter().map(|value| value_length(value).1 + 1);
            (1, 2 + lengths.sum::<u64>())
        }
        FieldValue::Secret(_) => (1, 4000),
        _ => (1, 400),
    }
}

/// Returns whether the key of a row may be too long for a URL.
fn is_long(row: &Prepared, key: KeyColumn<'_>) -> bool {
    let Some(FieldValue::Text(text)) = row.get(key.name) else {
        return false;
    };
    let escaped = text.bytes().filter(|byte| !byte.is_ascii_alphanumeric());
    text.len() + 2 * escaped.count() > LONG_KEY
}

/// Adds the calls that look up rows of an import that was stopped.
fn look_up(file: &Contents, records: u64, cost: &mut Cost) {
    let rows = file.unresolved;
    let most = rows + file.long_keys * pages(ObjectKind::Table, records);
    cost.between(
        format!("look up {rows} rows that an earlier run may have inserted"),
        (rows.div_ceil(LOOKED_UP_TOGETHER), most),
        "it depends on how long their keys are",
    );
}

fn insert(file: &Contents, by_v4: bool, cost: &mut Cost) {
    let (least, most) = match by_v4 {
        true => (file.certain, file.batches),
        false => (file.rows.saturating_sub(file.unresolved), file.rows),
    };
    let reason = match file.unresolved {
        0 => "it depends on how long the rows are",
        _ => WHICH_ARE_THERE,
    };
    cost.between(format!("insert {} rows", file.rows), (least, most), reason);
}

/// Adds the calls in which a sync reads the table. If a row is refused, no record is deleted, and only those of the
/// rows are read.
fn find(job: &Job, file: &Contents, records: u64, cost: &mut Cost) {
    let all = pages(ObjectKind::Table, records);
    if job.delete_missing && file.refused == 0 && file.unresolved == 0 {
        cost.exactly(format!("read all {records} records of the table"), all);
        if DeleteGuard::new(job.deletions).may_ask() {
            let again = "read them again, after the answer whether records may be deleted";
            cost.between(
                again,
                (0, all),
                "nothing is asked if no record would be deleted",
            );
        }
    } else if file.rows > 0 {
        cost.between(
            "find the records of the rows",
            (1, file.rows.div_ceil(MAX_ROWS) + 1 + all),
            "it depends on where they are in the table",
        );
    }
}

/// Adds the calls in which a sync writes.
fn write(job: &Job, file: &Contents, records: u64, v4: (bool, u64), cost: &mut Cost) {
    const DIFFERENT: &str = "it depends on how many rows differ, which --dry-run counts";
    let (by_v4, learning) = v4;
    let calls = |rows: u64| if by_v4 { rows.div_ceil(MAX_ROWS) } else { rows };
    // Otherwise nothing may be written, or deleted.
    let is_sure = !job.delete_missing || job.deletions.allows_all(records) && file.unresolved == 0;
    let new = file.rows.saturating_sub(records + file.unresolved);
    let new = if is_sure { new } else { 0 };
    let least = if new > 0 { learning } else { 0 };
    cost.between(LEARN, (least, learning), DIFFERENT);
    let most = if by_v4 { file.batches } else { file.rows };
    let step = format!("insert {new} to {} rows", file.rows);
    cost.between(step, (calls(new), most), DIFFERENT);
    let most = file.rows.min(records);
    cost.between(format!("update up to {most} records"), (0, most), DIFFERENT);
    if job.delete_missing && file.refused == 0 {
        let extra = records.saturating_sub(file.rows);
        let step = format!("delete {extra} to {records} records");
        let most = if by_v4 { calls(records) } else { records };
        let least = if is_sure { extra.div_ceil(MAX_ROWS) } else { 0 };
        cost.between(step, (least, most), DIFFERENT);
    }
}
