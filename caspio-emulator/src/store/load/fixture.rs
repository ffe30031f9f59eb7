//! Records for a table that exists, as a text or in a file.

use super::filling::Filling;
use super::{objects, rows};
use crate::error::EmulatorError;
use crate::store::list::some_of;
use crate::store::schema::Schema;
use caspio_schema::nearest;
use rusqlite::Transaction;
use std::fmt;
use std::fs::{self, File};
use std::path::PathBuf;

/// The form of the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Json,
}

/// Where the records are.
#[derive(Clone, Debug)]
pub(crate) enum FixtureSource {
    Text(String),
    File(PathBuf),
}

/// Records for a table.
#[derive(Clone, Debug)]
pub(crate) struct Fixture {
    pub(crate) table: String,
    pub(crate) format: Format,
    pub(crate) source: FixtureSource,
}

impl Fixture {
    /// Inserts the records into the table.
    pub(crate) fn fill(
        &self,
        transaction: &Transaction<'_>,
        random: &mut fastrand::Rng,
        schema: &Schema,
    ) -> Result<(), EmulatorError> {
        let table = schema
            .table(&self.table)
            .ok_or_else(|| self.no_table(schema))?;
        let mut filling = Filling::new(transaction, random, table)?;
        let filled = match (self.format, &self.source) {
            (Format::Csv, FixtureSource::Text(text)) => rows::fill(&mut filling, text.as_bytes()),
            (Format::Csv, FixtureSource::File(path)) => {
                let file = File::open(path);
                let file = file.map_err(|source| EmulatorError::unreadable(path, source))?;
                rows::fill(&mut filling, file)
            }
            (Format::Json, FixtureSource::Text(text)) => objects::fill(&mut filling, text),
            (Format::Json, FixtureSource::File(path)) => {
                let text = fs::read_to_string(path);
                let text = text.map_err(|source| EmulatorError::unreadable(path, source))?;
                objects::fill(&mut filling, &text)
            }
        };
        filled.map_err(|error| EmulatorError::load(format!("{self}: {error}")))
    }

    fn no_table(&self, schema: &Schema) -> EmulatorError {
        let names: Vec<_> = schema
            .tables
            .iter()
            .map(|table| table.name.as_str())
            .collect();
        let hint = match nearest(&self.table, names.iter().copied()) {
            Some(near) => format!("did you mean '{near}'?"),
            None if names.is_empty() => "define it first".to_owned(),
            None => format!("define it first; the tables are {}", some_of(&names)),
        };
        EmulatorError::load(format!(
            "{self}: there is no table '{}'; {hint}",
            self.table
        ))
    }
}

impl fmt::Display for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.source, self.format) {
            (FixtureSource::File(path), _) => path.display().fmt(f),
            (_, Format::Csv) => write!(f, "CSV of the table '{}'", self.table),
            (_, Format::Json) => write!(f, "JSON of the table '{}'", self.table),
        }
    }
}
