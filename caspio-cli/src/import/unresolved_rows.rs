//! How the rows of an import that may be in the table are handled.

use super::claims::ComparedColumns;
use super::job::Job;
use super::lookup::Lookup;
use super::refused_columns::is_refused_file;
use super::row_feed::RowFeed;
use super::sync_journal::SentRows;
use crate::error::CliError;
use caspio::schema::FieldDefinition;
use caspio::{RecordMap, Table};
use caspio_schema::is_same_name;
use std::sync::Arc;
use std::time::SystemTime;

/// What is known of the rows that may be in the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct UnresolvedRows<'i> {
    pub(super) account: &'i str,
    pub(super) table: &'i Table<RecordMap>,
    pub(super) fields: &'i [FieldDefinition],
    /// The key column.
    pub(super) key: Option<&'i Arc<str>>,
    /// When an earlier run sent its last call.
    pub(super) sent: Option<SystemTime>,
}

impl UnresolvedRows<'_> {
    /// Sets how a feed handles them.
    pub(super) fn set(&self, feed: &mut RowFeed, job: &Job) -> Result<(), CliError> {
        feed.of_sync = SentRows::of(self.account, &job.table, self.fields)?;
        let sent_by_sync = feed.of_sync.as_ref().map(|rows| rows.sent);
        feed.is_refused_file = is_refused_file(job.input.name());
        let written = job.input.written().filter(|_| feed.is_refused_file);
        let field = self.key.and_then(|key| field(self.fields, key));
        feed.lookup = self.key.zip(field).map(|(key, field)| Lookup {
            table: self.table.clone(),
            compared: ComparedColumns::of(self.fields),
            key: Arc::clone(key),
            data_type: field.data_type.clone(),
            is_unique: field.unique,
            sent: self.sent.max(written).max(sent_by_sync),
        });
        feed.looks_up = feed.lookup.is_some();
        feed.missing_key = match self.key {
            Some(_) => None,
            None => job.key.clone().filter(|_| job.sync),
        };
        Ok(())
    }
}

/// Returns the field of a name.
pub(super) fn field<'f>(fields: &'f [FieldDefinition], name: &str) -> Option<&'f FieldDefinition> {
    let mut fields = fields.iter();
    fields.find(|field| is_same_name(&field.name, name))
}
