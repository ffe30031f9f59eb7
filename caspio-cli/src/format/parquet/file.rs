//! Row groups, and the file assembled from them.

use super::builder::{Builder, arrow_type};
use crate::column::Column;
use crate::error::CliError;
use crate::row::{Picker, Row};
use arrow_array::RecordBatch;
use arrow_schema::{Field, Schema, SchemaRef};
use parquet::arrow::arrow_writer::ArrowWriter;
use parquet::arrow::{ArrowSchemaConverter, add_encoded_arrow_schema_to_metadata};
use parquet::basic::Compression;
use parquet::bloom_filter::Sbbf;
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::Result;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaDataReader};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use std::fs::File;
use std::sync::Arc;

fn schema(columns: &[Column]) -> SchemaRef {
    let fields = columns
        .iter()
        .map(|column| Field::new(&column.name, arrow_type(&column.data_type), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn properties(codec: Compression) -> WriterProperties {
    WriterProperties::builder()
        .set_compression(codec)
        .set_max_row_group_row_count(None)
        .build()
}

/// Collects the records of one row group.
#[derive(Debug)]
pub(crate) struct Group {
    schema: SchemaRef,
    picker: Picker,
    builders: Vec<Builder>,
    codec: Compression,
    records: usize,
}

impl Group {
    pub(crate) fn new(columns: &[Column], codec: Compression) -> Self {
        Self {
            schema: schema(columns),
            picker: Picker::new(columns.iter().map(|column| column.name.clone())),
            builders: columns.iter().map(|c| Builder::new(&c.data_type)).collect(),
            codec,
            records: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.records
    }

    /// Adds a record.
    pub(crate) fn push(&mut self, row: &Row<'_>) -> Result<(), CliError> {
        for ((name, cell), builder) in self.picker.pick(row).zip(&mut self.builders) {
            if builder.push(cell).is_none() {
                return Err(row.misfit(name, cell, "does not fit the column's type"));
            }
        }
        self.records += 1;
        Ok(())
    }

    /// Returns the records so far as a file of one row group, and starts the next one.
    pub(crate) fn encode(&mut self) -> Result<Vec<u8>> {
        let columns = self.builders.iter_mut().map(Builder::finish).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)?;
        self.records = 0;
        let mut file = Vec::new();
        let mut writer = ArrowWriter::try_new(
            &mut file,
            Arc::clone(&self.schema),
            Some(properties(self.codec)),
        )?;
        writer.write(&batch)?;
        writer.close()?;
        Ok(file)
    }
}

/// A file assembled from row groups.
pub(crate) struct Assembly(SerializedFileWriter<File>);

impl Assembly {
    pub(crate) fn new(file: File, columns: &[Column], codec: Compression) -> Result<Self> {
        let schema = schema(columns);
        let mut properties = properties(codec);
        add_encoded_arrow_schema_to_metadata(&schema, &mut properties);
        let root = ArrowSchemaConverter::new().convert(&schema)?;
        let writer = SerializedFileWriter::new(file, root.root_schema_ptr(), properties.into())?;
        Ok(Self(writer))
    }

    /// Appends the row groups of a file without decoding them.
    pub(crate) fn append(&mut self, file: Vec<u8>) -> Result<()> {
        let file = bytes::Bytes::from(file);
        let metadata = ParquetMetaDataReader::new()
            .with_page_index_policy(PageIndexPolicy::Optional)
            .parse_and_finish(&file)?;
        let index = metadata.page_index();
        for (number, group) in metadata.row_groups().iter().enumerate() {
            let mut out = self.0.next_row_group()?;
            for (place, column) in group.columns().iter().enumerate() {
                let close = ColumnCloseResult {
                    bytes_written: column.compressed_size() as u64,
                    rows_written: group.num_rows() as u64,
                    metadata: column.clone(),
                    bloom_filter: Sbbf::read_from_column_chunk(column, &file)?,
                    column_index: index.and_then(|i| i.column_index(number, place)).cloned(),
                    offset_index: index.and_then(|i| i.offset_index(number, place)).cloned(),
                };
                out.append_column(&file, close)?;
            }
            out.close()?;
        }
        Ok(())
    }

    pub(crate) fn close(self) -> Result<()> {
        self.0.close().map(drop)
    }
}
