//! The calls of a sync that may still change the table, recorded on the disk, inserts by their keys: the run after a
//! kill does not see them in the table yet, and must not insert their rows again.

use super::convert;
use super::prepared::Prepared;
use super::sync_entries::{Entry, Left, Open, left, milliseconds, parse};
use crate::error::CliError;
use crate::folders::{make_private, state};
use crate::gate::{WriteLog, is_insert};
use crate::locked_file::lock;
use crate::row::Cell;
use caspio::field::CanonicalKey;
use caspio::schema::{DataType, FieldDefinition};
use caspio_core::{Body, http};
use caspio_schema::{folded_name, is_same_name};
use caspio_support::file::Access;
use caspio_support::hash::fnv1a_64;
use serde_json::value::RawValue;
use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// The journal of the syncs of one table. While it is open, no other sync of this machine can write that table.
#[derive(Clone, Debug)]
pub(super) struct SyncJournal(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    file: File,
    /// The key column.
    key: String,
    earlier: Vec<Open>,
    /// Whether an update or delete of an earlier sync may still be executed.
    changing: bool,
    next: u64,
    /// The calls of this run that were not answered.
    open: HashSet<u64>,
    failure: Option<io::Error>,
}

impl SyncJournal {
    /// Opens the journal of a table, and reads what an earlier sync left.
    ///
    /// # Errors
    ///
    /// Another sync writes the table, or the journal cannot be read or written.
    pub(super) fn open(account: &str, table: &str, key: &str) -> Result<Self, CliError> {
        let path = path(account, table)?;
        make_private(path.parent().unwrap_or(&path))?;
        let failed = |error: &io::Error| CliError::file("write", &path, error);
        let file = lock(&path, Access::OwnerOnly).map_err(|error| failed(&error))?;
        let mut file = file.ok_or_else(|| {
            let message = format!("another sync of this machine is writing {table}");
            CliError::usage(message)
                .with_hint("wait for it: two syncs at once could insert the same row twice")
        })?;
        let Left {
            earlier,
            changing,
            next,
        } = left(&mut file).map_err(|error| failed(&error))?;
        let other = earlier.iter().map(|open| &*open.column);
        let mut other = other.filter(|column| !column.eq_ignore_ascii_case(key));
        if let Some(other) = other.find(|column| !column.is_empty()) {
            let what =
                format!("a sync of {table} by {other} was stopped, and its rows may still arrive");
            return Err(CliError::usage(what).with_hint(format!(
                "they cannot be looked up by {key}: use `--key {other}`, or wait 5 minutes"
            )));
        }
        Ok(Self(Arc::new(Mutex::new(Inner {
            path,
            file,
            key: key.to_owned(),
            earlier,
            changing,
            next,
            open: HashSet::new(),
            failure: None,
        }))))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys of rows that an earlier sync may have inserted, and when the last of them was sent; `None` if there are
    /// none.
    pub(super) fn earlier(
        &self,
        data_type: &DataType,
    ) -> Option<(HashSet<CanonicalKey>, SystemTime)> {
        let inner = self.inner();
        let sent = inner.earlier.iter().map(|open| open.at).max()?;
        Some((canonical_keys(&inner.earlier, data_type), sent))
    }

    /// Forgets what an earlier sync left: the table has all of its rows.
    pub(super) fn forget_earlier(&self) {
        self.inner().earlier.clear();
    }

    /// Returns whether an update or delete of an earlier sync may still be executed.
    pub(super) fn may_change(&self) -> bool {
        self.inner().changing
    }

    /// Ends the run: the journal is removed, unless calls may still change the table.
    ///
    /// # Errors
    ///
    /// The first line that could not be written, after which nothing was sent.
    pub(super) fn finish(&self) -> Result<(), CliError> {
        let mut inner = self.inner();
        if inner.open.is_empty() && inner.earlier.is_empty() && !inner.changing {
            let _ = fs::remove_file(&inner.path);
        }
        match inner.failure.take() {
            Some(error) => Err(CliError::file("write", &inner.path, &error)),
            None => Ok(()),
        }
    }
}

/// The path of the journal of a table.
fn path(account: &str, table: &str) -> Result<PathBuf, CliError> {
    let subject = format!("{account}\n{}", folded_name(table));
    let name = format!("{:016x}.journal", fnv1a_64(subject.bytes()));
    Ok(state()?.join("syncs").join(name))
}

/// The rows that a sync sent which was killed or still runs, and whose calls may still change the table.
#[derive(Debug)]
pub(super) struct SentRows {
    field: FieldDefinition,
    keys: HashSet<CanonicalKey>,
    /// When the last of them was sent.
    pub(super) sent: SystemTime,
}

impl SentRows {
    /// Reads what the journal of a table holds; `None` if no row may still arrive.
    ///
    /// # Errors
    ///
    /// The journal cannot be read.
    pub(super) fn of(
        account: &str,
        table: &str,
        fields: &[FieldDefinition],
    ) -> Result<Option<Self>, CliError> {
        let path = path(account, table)?;
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(CliError::file("read", &path, &error)),
        };
        let open = parse(&text).earlier;
        let sent = open.iter().map(|open| open.at).max();
        let column = open.last().map_or("", |open| &open.column);
        let mut fields = fields.iter();
        let field = fields.find(|field| is_same_name(&field.name, column));
        Ok(field.zip(sent).map(|(field, sent)| Self {
            keys: canonical_keys(&open, &field.data_type),
            field: field.clone(),
            sent,
        }))
    }

    /// Returns whether a row is one of them.
    pub(super) fn contains(&self, row: &Prepared) -> bool {
        let value = row.get(&self.field.name);
        let key = value.and_then(|value| CanonicalKey::of(value, Some(&self.field.data_type)));
        key.is_some_and(|key| self.keys.contains(&key))
    }
}

fn canonical_keys(open: &[Open], data_type: &DataType) -> HashSet<CanonicalKey> {
    let keys = open.iter().flat_map(|open| &open.keys);
    let keys = keys.filter_map(|key| {
        let value = convert::json(data_type, Cell::new(key)).ok()?;
        CanonicalKey::of(&value, Some(data_type))
    });
    keys.collect()
}

impl WriteLog for SyncJournal {
    fn sending(&self, request: &http::Request<Body>) -> Result<Option<u64>, ()> {
        let mut inner = self.inner();
        let (call, at) = (inner.next, milliseconds(SystemTime::now()));
        let entry = match is_insert(request) {
            true => Entry::Sending {
                call,
                at,
                column: inner.key.clone(),
                keys: keys(request, &inner.key),
            },
            false => Entry::Changing { call, at },
        };
        inner.write(&entry, true)?;
        inner.next += 1;
        inner.open.insert(call);
        Ok(Some(call))
    }

    fn answered(&self, call: u64) {
        let mut inner = self.inner();
        if inner.write(&Entry::Answered { call }, false).is_ok() {
            inner.open.remove(&call);
        }
    }
}

impl Inner {
    fn write(&mut self, entry: &Entry, sync: bool) -> Result<(), ()> {
        if self.failure.is_some() {
            return Err(());
        }
        let write = || {
            // A line that a full disk cut off must not be continued.
            let mut line = vec![b'\n'];
            serde_json::to_writer(&mut line, entry)?;
            line.push(b'\n');
            self.file.write_all(&line)?;
            if sync { self.file.sync_data() } else { Ok(()) }
        };
        let mut write = write;
        write().map_err(|error| self.failure = Some(error))
    }
}

/// The values of the key column of the rows that a call inserts.
fn keys(request: &http::Request<Body>, key: &str) -> Vec<Box<RawValue>> {
    type Columns = HashMap<String, Box<RawValue>>;
    let body = request.body().as_bytes().map_or(&[][..], |bytes| bytes);
    let rows: Vec<Columns> = match serde_json::from_slice(body) {
        Ok(rows) => rows,
        Err(_) => serde_json::from_slice(body).into_iter().collect(),
    };
    let keys = rows.into_iter().filter_map(|columns| {
        let mut columns = columns.into_iter();
        columns.find(|(name, _)| is_same_name(name, key))
    });
    keys.map(|(_, value)| value).collect()
}
