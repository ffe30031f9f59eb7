//! Reads Parquet. Each row becomes the JSON object that a JSONL file would contain.

use super::source_file::Input;
use super::source_row::{RowContent, Rows, SourceRow};
use super::unchanged::{Stamp, Unchanged};
use crate::error::CliError;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, FieldRef, Fields, Schema, TimeUnit};
use caspio::DateTime;
use caspio::prelude::ToSpan;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::basic::{Compression, Type as PhysicalType};
use parquet::errors::ParquetError;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
/// The seconds of a day.
const DAY: i64 = 86_400;

/// Reads the rows of a Parquet file.
pub(super) struct Reader {
    path: PathBuf,
    columns: Vec<String>,
    batches: ParquetRecordBatchReader,
    batch: Option<(RecordBatch, usize)>,
    rows: u64,
    /// The file, and how it was when it was opened.
    unchanged: (File, Stamp),
}

impl Reader {
    pub(super) fn new(input: &Input) -> Result<Self, CliError> {
        let path = input.name();
        let broken = |error: &dyn std::fmt::Display| {
            CliError::usage(format!("cannot read {}: {error}", path.display()))
        };
        let Unchanged { file, stamp } = input.open()?;
        let kept = file.try_clone().map_err(|error| input.failed(&error))?;
        let metadata = metadata(&file).map_err(|error| broken(&error))?;
        if let Some(codec) = unreadable_codec(&metadata) {
            let message = format!("it is compressed with {codec}, which this program cannot read");
            return Err(broken(&message).with_hint(match codec {
                "LZO" => "write it with another compression, such as zstd",
                _ => "build the program with `--features parquet-codecs`, or write the file with Snappy",
            }));
        }
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
        let schema = builder.schema().clone();
        for field in schema.fields() {
            if !is_supported(field.data_type()) {
                let message = format!("column {:?} is {}", field.name(), field.data_type());
                return Err(broken(&message).with_hint(
                    "supported are columns of text, numbers, decimals, booleans, dates without a zone, and lists of these",
                ));
            }
        }
        Ok(Self {
            path: path.to_owned(),
            columns: schema
                .fields()
                .iter()
                .map(|field| field.name().clone())
                .collect(),
            batches: builder.build().map_err(|error| broken(&error))?,
            batch: None,
            rows: 0,
            unchanged: (kept, stamp),
        })
    }

    fn row(&mut self) -> Option<Result<String, CliError>> {
        loop {
            if let Some((batch, at)) = &mut self.batch
                && *at < batch.num_rows()
            {
                *at += 1;
                return Some(Ok(object(batch, &self.columns, *at - 1)));
            }
            match self.batches.next()? {
                Ok(batch) => {
                    let (file, stamp) = &self.unchanged;
                    if let Err(error) = stamp.check(file) {
                        return Some(Err(CliError::file("read", &self.path, &error)));
                    }
                    self.batch = Some((batch, 0));
                }
                Err(error) => {
                    let message = format!("cannot read {}: {error}", self.path.display());
                    return Some(Err(CliError::usage(message)));
                }
            }
        }
    }
}

impl Rows for Reader {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next_line(&self) -> u64 {
        self.rows + 1
    }

    fn next(&mut self) -> Option<Result<SourceRow, CliError>> {
        let row = self.row()?;
        self.rows += 1;
        let line = self.rows;
        Some(row.map(|json| SourceRow {
            line,
            content: RowContent::Json(json),
            earlier: None,
            index: 0,
            of_sync: false,
        }))
    }
}

/// Reads what a file contains, and chooses the types of its columns.
fn metadata(file: &File) -> Result<ArrowReaderMetadata, ParquetError> {
    let options = ArrowReaderOptions::new();
    let metadata = ArrowReaderMetadata::load(file, options)?;
    let leaves = metadata.parquet_schema();
    let int96 = |root: usize| {
        let mut columns =
            (0..leaves.num_columns()).filter(|at| leaves.get_column_root_idx(*at) == root);
        columns.any(|at| leaves.column(at).physical_type() == PhysicalType::INT96)
    };
    let fields = metadata.schema().fields().iter().enumerate();
    let fields = fields.map(|(root, field)| match field.data_type() {
        // Nanoseconds cannot hold the years before 1677 and after 2262, and would become other dates.
        DataType::Timestamp(..) if int96(root) => {
            let microseconds = DataType::Timestamp(TimeUnit::Microsecond, None);
            Arc::new(field.as_ref().clone().with_data_type(microseconds))
        }
        _ => without_dictionary(field),
    });
    let schema = Schema::new(fields.collect::<Fields>());
    if schema.fields() == metadata.schema().fields() {
        return Ok(metadata);
    }
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    ArrowReaderMetadata::load(file, options)
}

/// Returns the name of the first compression of a file that cannot be read.
fn unreadable_codec(metadata: &ArrowReaderMetadata) -> Option<&'static str> {
    let groups = metadata.metadata().row_groups().iter();
    let mut columns = groups.flat_map(|group| group.columns());
    columns.find_map(|column| match column.compression() {
        Compression::UNCOMPRESSED | Compression::SNAPPY => None,
        Compression::LZO => Some("LZO"),
        _ if cfg!(feature = "parquet-codecs") => None,
        Compression::ZSTD(_) => Some("zstd"),
        Compression::GZIP(_) => Some("gzip"),
        Compression::BROTLI(_) => Some("brotli"),
        Compression::LZ4 | Compression::LZ4_RAW => Some("lz4"),
    })
}

/// Returns a field whose values are read without their dictionary, also those of a list.
fn without_dictionary(field: &FieldRef) -> FieldRef {
    let plain = match field.data_type() {
        DataType::Dictionary(_, values) => values.as_ref().clone(),
        DataType::List(item) => DataType::List(without_dictionary(item)),
        DataType::LargeList(item) => DataType::LargeList(without_dictionary(item)),
        _ => return Arc::clone(field),
    };
    Arc::new(field.as_ref().clone().with_data_type(plain))
}

/// Returns whether [`value`] supports a type.
fn is_supported(data_type: &DataType) -> bool {
    match data_type {
        DataType::List(item) | DataType::LargeList(item) => {
            is_supported(item.data_type()) && !item.data_type().is_nested()
        }
        DataType::Decimal128(..) | DataType::Timestamp(_, None) => true,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Boolean | DataType::Null | DataType::Date32 => true,
        DataType::Float32 | DataType::Float64 => true,
        other => other.is_integer(),
    }
}

fn object(batch: &RecordBatch, names: &[String], at: usize) -> String {
    let mut json = String::from("{");
    for (name, column) in names.iter().zip(batch.columns()) {
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(&text(name));
        json.push(':');
        json.push_str(&value(column, at));
    }
    json.push('}');
    json
}

fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Returns a value as JSON, with every digit of a decimal.
fn value(array: &dyn Array, at: usize) -> String {
    if array.is_null(at) {
        return "null".to_owned();
    }
    macro_rules! number {
        ($ty:ty) => {
            array.as_primitive::<$ty>().value(at).to_string()
        };
    }
    macro_rules! date {
        ($ty:ty, $per_second:expr) => {
            date(
                i64::from(array.as_primitive::<$ty>().value(at)),
                $per_second,
            )
        };
    }
    match array.data_type() {
        DataType::Utf8 => text(array.as_string::<i32>().value(at)),
        DataType::LargeUtf8 => text(array.as_string::<i64>().value(at)),
        DataType::Utf8View => text(array.as_string_view().value(at)),
        DataType::Boolean => array.as_boolean().value(at).to_string(),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float32 => float(array.as_primitive::<Float32Type>().value(at).to_string()),
        DataType::Float64 => float(array.as_primitive::<Float64Type>().value(at).to_string()),
        DataType::Decimal128(..) => array.as_primitive::<Decimal128Type>().value_as_string(at),
        DataType::Date32 => {
            let days = i64::from(array.as_primitive::<Date32Type>().value(at));
            date(days * DAY, 1)
        }
        DataType::Timestamp(TimeUnit::Second, _) => date!(TimestampSecondType, 1),
        DataType::Timestamp(TimeUnit::Millisecond, _) => date!(TimestampMillisecondType, 1_000),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            date!(TimestampMicrosecondType, 1_000_000)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            date!(TimestampNanosecondType, 1_000_000_000)
        }
        DataType::List(_) => list(&array.as_list::<i32>().value(at)),
        DataType::LargeList(_) => list(&array.as_list::<i64>().value(at)),
        _ => "null".to_owned(),
    }
}

fn list(items: &dyn Array) -> String {
    let items: Vec<String> = (0..items.len()).map(|at| value(items, at)).collect();
    format!("[{}]", items.join(","))
}

/// Returns a number as JSON. JSON has no infinity: it becomes a text, and its row is refused.
fn float(number: String) -> String {
    if number.ends_with(|last: char| last.is_ascii_digit()) {
        number
    } else {
        text(&number)
    }
}

/// Returns wall-clock time as JSON, from a count of parts of a second since 1970. A time out of range becomes a text,
/// and its row is refused.
fn date(count: i64, per_second: i64) -> String {
    let seconds = count.div_euclid(per_second);
    let nanoseconds = count.rem_euclid(per_second) * (1_000_000_000 / per_second);
    let at = (seconds.unsigned_abs() < (9_000 * 366 * DAY).unsigned_abs())
        .then(|| EPOCH.checked_add(seconds.seconds()).ok())
        .flatten()
        .and_then(|at| at.checked_add(nanoseconds.nanoseconds()).ok());
    let far = || format!("{seconds} seconds since 1970");
    text(&at.map_or_else(far, |at| at.to_string()))
}
