//! Loading tables from a folder, `TABLE.schema.json` with the fields and `TABLE.csv` with the records, and records of
//! other files and texts.

mod cell;
mod design;
mod filling;
mod fixture;
mod objects;
mod rows;

use super::{Store, ddl};
use crate::error::EmulatorError;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) use fixture::{Fixture, FixtureSource, Format};

const DESIGN: &str = ".schema.json";

/// Creates the tables of a folder, each with its records in one transaction. A table that the store
/// has already stays unchanged, so that a store in a file can be started with the same options
/// again.
pub(crate) fn load(store: &Store, folder: &Path) -> Result<(), EmulatorError> {
    let tables = tables(folder)?;
    if tables.is_empty() {
        let wanted = format!("no table found in {}: ", folder.display());
        return Err(EmulatorError::load(
            wanted + "the folder has no file TABLE.schema.json",
        ));
    }
    for table in tables {
        if store.schema().table(&table.name).is_none() {
            make(store, &table)?;
        }
    }
    Ok(())
}

/// The two files of one table.
struct Files {
    name: String,
    design: PathBuf,
    records: PathBuf,
}

fn tables(folder: &Path) -> Result<Vec<Files>, EmulatorError> {
    let failed = |source| EmulatorError::unreadable(folder, source);
    let mut tables = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some(name) = name.and_then(|name| name.strip_suffix(DESIGN)) {
            tables.push(Files {
                name: name.to_owned(),
                records: folder.join(format!("{name}.csv")),
                design: path,
            });
        }
    }
    tables.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(tables)
}

fn make(store: &Store, files: &Files) -> Result<(), EmulatorError> {
    let text = fs::read(&files.design)
        .map_err(|source| EmulatorError::unreadable(&files.design, source))?;
    let design = design::read(&files.name, &text)
        .map_err(|reason| EmulatorError::load(format!("{}: {reason}", files.design.display())))?;
    // A table without records needs no CSV file.
    let has_records = files
        .records
        .try_exists()
        .map_err(|source| EmulatorError::unreadable(&files.records, source))?;
    let records = Fixture {
        table: files.name.clone(),
        format: Format::Csv,
        source: FixtureSource::File(files.records.clone()),
    };
    store.alter(|transaction, schema| {
        ddl::create_table(transaction, schema, design).map_err(|refusal| {
            EmulatorError::load(format!("{}: {refusal}", files.design.display()))
        })?;
        if has_records {
            records.fill(transaction, &mut store.random(), schema)?;
        }
        Ok(())
    })
}
