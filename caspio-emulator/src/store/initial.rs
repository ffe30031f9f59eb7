//! What a store begins with beside the sample, a folder and a schema.

use super::define::TableDef;
use super::load::Fixture;
use super::schema::Schema;
use super::{Snapshot, Store, StoreError, ddl};
use crate::error::EmulatorError;

/// A snapshot, tables and their records.
#[derive(Clone, Debug, Default)]
pub(crate) struct InitialData {
    pub(crate) snapshot: Option<Snapshot>,
    pub(crate) tables: Vec<TableDef>,
    pub(crate) fixtures: Vec<Fixture>,
}

impl Store {
    /// Creates the tables and inserts the records of all fixtures, in one transaction. The tables of `kept` stay as
    /// they are.
    pub(super) fn add(&self, initial: &InitialData, kept: &Schema) -> Result<(), EmulatorError> {
        if initial.tables.is_empty() && initial.fixtures.is_empty() {
            return Ok(());
        }
        self.alter(|transaction, schema| {
            let tables = initial.tables.iter();
            for table in tables.filter(|table| kept.table(&table.name).is_none()) {
                ddl::create_table(transaction, schema, table.clone())
                    .map_err(|refusal| refused(table, &refusal))?;
            }
            let fixtures = initial.fixtures.iter();
            for fixture in fixtures.filter(|fixture| kept.table(&fixture.table).is_none()) {
                fixture.fill(transaction, &mut self.random(), schema)?;
            }
            Ok(())
        })
    }

    /// Inserts the records of a fixture: all of them, or none.
    pub(crate) fn fill(&self, fixture: &Fixture) -> Result<(), EmulatorError> {
        self.write(|transaction, schema| fixture.fill(transaction, &mut self.random(), schema))
    }
}

fn refused(table: &TableDef, refusal: &StoreError) -> EmulatorError {
    let reason = match refusal {
        StoreError::ObjectExists(_) => "it exists already; a table is defined once".to_owned(),
        other => other.to_string(),
    };
    EmulatorError::load(format!("the table '{}': {reason}", table.name))
}
