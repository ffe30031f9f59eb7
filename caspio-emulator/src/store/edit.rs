//! Record writes of all versions: on a table or through a view, in one transaction.

use super::StoreError;
use super::access::view_source;
use super::change::{self, Target};
use super::field::same_name;
use super::input::{Input, Record};
use super::outbox::{self, RecordChanges};
use super::read::Page;
use super::schema::{Schema, Table, View};
use super::{Access, Store, attachment, write};
use crate::auth::ApiProfile;
use rusqlite::Transaction;
use std::sync::Arc;

/// A table or a view by name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ObjectName<'a> {
    Table(&'a str),
    View(&'a str),
}

impl<'a> ObjectName<'a> {
    pub(crate) fn name(self) -> &'a str {
        match self {
            Self::Table(name) | Self::View(name) => name,
        }
    }

    /// Returns the name in a query, which tells a view from a table of the same name.
    pub(crate) fn source(self) -> String {
        match self {
            Self::Table(name) => name.to_owned(),
            Self::View(name) => view_source(name),
        }
    }
}

/// The caller of a write, its target and the result to return.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WriteContext<'a> {
    /// `None` may write everything.
    pub(crate) profile: Option<&'a ApiProfile>,
    pub(crate) object: ObjectName<'a>,
    pub(crate) want_rows: bool,
    /// The event source that webhooks see.
    pub(crate) source: &'static str,
}

/// The result of a write.
#[derive(Debug, Default)]
pub(crate) struct WriteResult {
    /// The keys of the records in their table.
    pub(crate) keys: Vec<i64>,
    /// The written records, if requested.
    pub(crate) rows: Option<Page>,
    /// Whether webhook messages were queued.
    has_messages: bool,
}

impl WriteResult {
    pub(crate) fn affected(&self) -> u64 {
        self.keys.len() as u64
    }
}

impl Store {
    /// Inserts one record.
    pub(crate) fn insert(
        &self,
        edit: WriteContext<'_>,
        record: &Record,
    ) -> Result<WriteResult, StoreError> {
        self.edit(edit, |work| {
            let key = self.insert_one(work, record)?;
            work.finish_inserts(vec![key])
        })
    }

    /// Inserts records in one transaction, each accepted or refused separately. Returns their keys
    /// and errors in the order of the records.
    pub(crate) fn insert_each(
        &self,
        edit: WriteContext<'_>,
        records: &[Record],
    ) -> Result<Vec<Result<i64, StoreError>>, StoreError> {
        let mut outcomes = Vec::with_capacity(records.len());
        self.edit(edit, |work| {
            let each = records.iter().map(|record| self.insert_one(work, record));
            outcomes.extend(each);
            work.finish_inserts(outcomes.iter().flatten().copied().collect())
        })?;
        Ok(outcomes)
    }

    fn insert_one(&self, work: &Work<'_>, record: &Record) -> Result<i64, StoreError> {
        self.check_text(record)?;
        let record = work.renamed(record)?;
        let table = work.target.table();
        write::insert(work.transaction, &mut self.random(), table, &record)
    }

    /// Updates the records that meet a condition.
    pub(crate) fn update(
        &self,
        edit: WriteContext<'_>,
        filter: &str,
        record: &Record,
    ) -> Result<WriteResult, StoreError> {
        self.check_text(record)?;
        self.edit(edit, |work| {
            let record = work.renamed(record)?;
            let table = work.target.table();
            let keys = work.matching(filter)?;
            let before = RecordChanges::before(work.transaction, work.schema, table, &keys)?;
            write::update(work.transaction, table, &keys, &record)?;
            let happened = before.updated(work.transaction, work.schema, table, &keys)?;
            work.finish(keys, happened)
        })
    }

    /// Deletes the records that meet a condition.
    pub(crate) fn delete(
        &self,
        edit: WriteContext<'_>,
        filter: &str,
    ) -> Result<WriteResult, StoreError> {
        self.edit(edit, |work| {
            let table = work.target.table();
            let keys = work.matching(filter)?;
            let happened =
                RecordChanges::before(work.transaction, work.schema, table, &keys)?.deleted();
            write::delete(work.transaction, table, &keys)?;
            attachment::forget_records(work.transaction, table, &keys)?;
            work.finish(keys, happened)
        })
    }

    fn check_text(&self, record: &Record) -> Result<(), StoreError> {
        let is_wide = |input: &Input| match input {
            Input::Text(text) => text.chars().any(|letter| letter > '\u{FFFF}'),
            _ => false,
        };
        let wide: Vec<_> = record
            .0
            .iter()
            .filter(|(_, input)| self.refuse_emoji && is_wide(input))
            .map(|(name, _)| name.as_str())
            .collect();
        if wide.is_empty() {
            Ok(())
        } else {
            Err(StoreError::read_only(&wide))
        }
    }

    /// Runs `job` on the target of `edit`, and wakes the delivery if webhook messages were queued.
    pub(crate) fn edit<E: From<StoreError>>(
        &self,
        edit: WriteContext<'_>,
        job: impl FnOnce(&Work<'_>) -> Result<WriteResult, E>,
    ) -> Result<WriteResult, E> {
        let done = self.write(|transaction, schema| {
            let target = find(schema, edit.object)?;
            job(&Work {
                transaction,
                schema,
                target,
                edit,
            })
        })?;
        if done.has_messages {
            self.wake();
        }
        Ok(done)
    }
}

/// A write in progress.
pub(crate) struct Work<'a> {
    pub(crate) transaction: &'a Transaction<'a>,
    pub(crate) schema: &'a Arc<Schema>,
    pub(crate) target: Target<'a>,
    edit: WriteContext<'a>,
}

impl Work<'_> {
    /// Returns the keys of the written table's records that meet a condition.
    pub(crate) fn matching(&self, filter: &str) -> Result<Vec<i64>, StoreError> {
        self.matching_in(self.target, filter)
    }

    /// Returns the keys of the records of another table of a view that meet a condition.
    pub(crate) fn matching_in(
        &self,
        target: Target<'_>,
        filter: &str,
    ) -> Result<Vec<i64>, StoreError> {
        change::matching(self.transaction, &self.access(), target, filter)
    }

    /// Returns whether a table has a record with this key.
    pub(crate) fn exists(&self, table: &Table, key: i64) -> Result<bool, StoreError> {
        let sql = format!("SELECT 1 FROM {} WHERE pk = ?1", table.physical());
        Ok(self.transaction.prepare_cached(&sql)?.exists([key])?)
    }

    fn finish_inserts(&self, keys: Vec<i64>) -> Result<WriteResult, StoreError> {
        let table = self.target.table();
        let happened = RecordChanges::inserted(self.transaction, self.schema, table, &keys)?;
        self.finish(keys, happened)
    }

    /// Queues webhook messages, and reads the records back if they were requested.
    pub(crate) fn finish(
        &self,
        keys: Vec<i64>,
        happened: RecordChanges,
    ) -> Result<WriteResult, StoreError> {
        let table = self.target.table();
        let has_messages = outbox::enqueue(self.transaction, table, &happened, self.edit.source)?;
        let rows = if self.edit.want_rows {
            Some(change::read_back(
                self.transaction,
                &self.access(),
                self.target,
                &keys,
            )?)
        } else {
            None
        };
        Ok(WriteResult {
            keys,
            rows,
            has_messages,
        })
    }

    fn access(&self) -> Access<'_> {
        match self.edit.profile {
            Some(profile) => Access::new(self.schema, profile),
            None => Access::unlimited(self.schema),
        }
    }

    /// Renames the members of a record to the names of the table.
    fn renamed(&self, record: &Record) -> Result<Record, StoreError> {
        match self.target {
            Target::Table(_) => Ok(record.clone()),
            Target::View(view, _) => in_table(self.schema, view, record),
        }
    }
}

fn find<'s>(schema: &'s Schema, object: ObjectName<'_>) -> Result<Target<'s>, StoreError> {
    match object {
        ObjectName::Table(name) => schema
            .table(name)
            .map(Target::Table)
            .ok_or(StoreError::TableNotFound),
        ObjectName::View(name) => {
            let view = schema.view(name).ok_or(StoreError::ViewNotFound)?;
            // Caspio's response for a view without an editable table is inferred, fact `views-that-cannot-be-written`.
            Target::of_view(schema, view).ok_or_else(|| StoreError::read_only(&[&view.name]))
        }
    }
}

/// Only the fields of the editable table can be written through a view; it is inferred that the others count as
/// read-only, fact `views-that-cannot-be-written`.
fn in_table(schema: &Schema, view: &View, record: &Record) -> Result<Record, StoreError> {
    let mut renamed = Vec::with_capacity(record.0.len());
    let mut unknown = Vec::new();
    let mut read_only = Vec::new();
    for (name, input) in &record.0 {
        let is_key = same_name(name, "PK_ID") || name.to_uppercase().starts_with("_PK_ID_");
        match view
            .fields
            .iter()
            .find(|field| same_name(&field.name, name))
        {
            None if is_key => read_only.push(name.as_str()),
            None => unknown.push(name.as_str()),
            Some(field) if Some(field.part) != view.editable_part() => {
                read_only.push(name.as_str());
            }
            Some(field) => {
                let (_, origin) = schema.origin(view, field).ok_or(StoreError::Internal)?;
                renamed.push((origin.name.clone(), input.clone()));
            }
        }
    }
    if !unknown.is_empty() {
        return Err(StoreError::fields_not_found(&unknown));
    }
    if read_only.is_empty() {
        Ok(Record(renamed))
    } else {
        Err(StoreError::read_only(&read_only))
    }
}
