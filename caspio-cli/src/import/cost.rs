//! The calls that an import or a sync takes.

use super::column_mapping::ColumnMapping;
use super::job::Job;
use super::open::open;
use super::prepared::Prepared;
use super::refused_file::RefusedFile;
use super::refused_target::refused_path;
use super::resumption::resumption;
use super::row_feed::{Range, RowFeed};
use crate::cost::{Cost, calls};
use crate::error::CliError;
use crate::export::pages;
use crate::source::table_and_fields;
use caspio::field::FieldValue;
use caspio::record::ObjectKind;
use caspio::{Client, RecordMap, Table};

/// The maximum number of rows of a call.
const MAX_ROWS: u64 = 1000;
/// The maximum length of the rows of a call, as JSON.
const MAX_BYTES: u64 = 4 * 1024 * 1024;
/// How many rows are looked up in a call, at most.
const MAX_LOOKED_UP: u64 = 50;

/// Returns the calls of an import. It reads the whole file, and makes the calls with which the import begins.
///
/// `bulk` is a client of v4, if the program's own is of another version.
pub(crate) async fn cost(
    caspio: &Client,
    bulk: Option<&Client>,
    job: &Job,
) -> Result<Cost, CliError> {
    let mut cost = Cost::default();
    let (table, fields) = table_and_fields(caspio, &job.table).await?;
    cost.exactly("read the fields of the table", calls(caspio));
    let rows = open(&job.input, job.format, job.reading, &fields)?;
    let mapping = ColumnMapping::new(&job.table, rows.columns(), &fields, job.reading)?;
    let key = job.key.as_deref();
    let key = key.map(|key| mapping.key(key)).transpose()?;
    let range = resumed(caspio, job, rows.columns().len())?;
    let mut feed = RowFeed::new(rows, mapping, range);
    feed.looks_up = key.is_some();
    let file = read(&table, feed).await?;
    if file.misfits > 0 && !job.dry_run {
        cost.exactly("read the fields again, because rows do not fit them", 1);
    }
    let records = match job.sync {
        true => Some(table.query().count().await?),
        false => None,
    };
    match records {
        Some(records) => find(job, &file, records, &mut cost),
        None if !job.dry_run => look_up(&file, &mut cost),
        None => {}
    }
    if file.rows == 0 || job.dry_run {
        return Ok(cost);
    }
    let by_v4 = supports_v4(bulk).await?;
    let learning = bulk.map_or(0, calls);
    match records {
        Some(records) => write(job, &file, records, (by_v4, learning), &mut cost),
        None => {
            cost.exactly(LEARN, learning);
            insert(&file, by_v4, &mut cost);
        }
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
    /// Those among them that an earlier run may have inserted.
    unresolved: u64,
    /// The rows that cannot be sent.
    refused: u64,
    /// Those among them that do not fit the fields.
    misfits: u64,
    /// The calls that send all of them, if each row is as long as it can be.
    batches: u64,
    /// The calls without the unresolved ones, if each row is as short as it can be.
    certain: u64,
}

/// Returns which rows are left of an import that was stopped.
fn resumed(caspio: &Client, job: &Job, columns: usize) -> Result<Range, CliError> {
    let target = refused_path(job.refused.as_deref(), job.input.name(), job.format);
    let refused = RefusedFile::open(target, job.input.path(), job.format, columns, job.dry_run)?;
    let resumption = resumption(caspio, job, &refused);
    refused.discard();
    Ok(resumption?.range)
}

/// Reads all rows.
async fn read(table: &Table<RecordMap>, mut feed: RowFeed) -> Result<Contents, CliError> {
    let mut contents = Contents::default();
    let (mut certain, mut all) = (Batches::default(), Batches::default());
    let shared = feed.shared();
    while let Some(fed) = feed.next_row() {
        shared.lock().rows.clear();
        let fits = match &fed.row {
            Ok(row) => table.check(row).await.is_ok(),
            Err(_) => false,
        };
        let (least, most) = fed
            .row
            .as_ref()
            .ok()
            .filter(|_| fits)
            .map_or((0, 0), length);
        contents.rows += u64::from(fits);
        contents.refused += u64::from(!fits);
        contents.misfits += u64::from(!fits && fed.row.is_ok());
        contents.unresolved += u64::from(fits && fed.is_unresolved);
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

/// Adds the calls that look up rows of an import that was stopped.
fn look_up(file: &Contents, cost: &mut Cost) {
    let rows = file.unresolved;
    cost.between(
        format!("look up {rows} rows that an earlier run may have inserted"),
        (rows.div_ceil(MAX_LOOKED_UP), rows),
        "it depends on how long their keys are",
    );
}

fn insert(file: &Contents, by_v4: bool, cost: &mut Cost) {
    let (least, most) = match by_v4 {
        true => (file.certain, file.batches),
        false => (file.rows - file.unresolved, file.rows),
    };
    let reason = match file.unresolved {
        0 => "it depends on how long the rows are",
        _ => "it depends on which rows an earlier run inserted",
    };
    cost.between(format!("insert {} rows", file.rows), (least, most), reason);
}

/// Adds the calls in which a sync reads the table.
fn find(job: &Job, file: &Contents, records: u64, cost: &mut Cost) {
    let all = pages(ObjectKind::Table, records);
    if job.delete_missing {
        return cost.exactly(format!("read all {records} records of the table"), all);
    }
    if file.rows > 0 {
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
    let new = file.rows.saturating_sub(records);
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
        cost.between(step, (extra.div_ceil(MAX_ROWS), most), DIFFERENT);
    }
}
