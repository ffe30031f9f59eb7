//! Looks up rows that may be in the table by their key column.

use super::column_mapping::Prepared;
use super::convert;
use super::found_record::{ComparedColumns, FoundRecord};
use crate::row::Row;
use caspio::field::{CanonicalKey, FieldValue, FieldValue as Value};
use caspio::filter::BindValue;
use caspio::filter::literal::Literal;
use caspio::schema::DataType;
use caspio::{Error, ErrorKind, RecordMap, Table};
use caspio_core::error::ErrorContext as _;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How long a call of an import that was stopped may still change the table.
pub(super) const SETTLED: Duration = Duration::from_secs(3);
/// After this time a row that is not found is not there, even if the key column is not unique by its definition.
pub(super) const CERTAIN: Duration = Duration::from_secs(300);
/// The length of the values of one lookup, so that they fit a URL.
const MAX_LENGTH: usize = 1200;
/// The number of values of one lookup.
const MAX_VALUES: usize = 50;

/// Looks rows up.
#[derive(Clone, Debug)]
pub(super) struct Lookup {
    pub(super) table: Table<RecordMap>,
    pub(super) key: Arc<str>,
    pub(super) data_type: DataType,
    /// The columns in which a record must be as the row.
    pub(super) compared: ComparedColumns,
    /// Whether the table refuses a second record with the same key.
    pub(super) is_unique: bool,
    /// When the rows were sent, at the latest.
    pub(super) sent: Option<SystemTime>,
}

/// How many rows of the file have each key, and how many of them the same values, among those that an earlier run answered,
/// that are sent, and whose record was found. So no record is taken for that of two rows.
#[derive(Debug, Default)]
pub(super) struct Claims {
    hasher: RandomState,
    /// By the hash of the key, and by that of the key and the values: a file may have millions of rows. Equal hashes of
    /// different keys leave a row unresolved.
    rows: HashMap<u64, u64>,
}

impl Claims {
    fn add(&mut self, identity: &Identity) {
        for hash in self.hashes(identity) {
            *self.rows.entry(hash).or_default() += 1;
        }
    }

    /// Returns how many rows have the key, and how many of them the same values.
    fn count(&self, identity: &Identity) -> [u64; 2] {
        let rows = |hash| self.rows.get(&hash).copied().unwrap_or_default();
        self.hashes(identity).map(rows)
    }

    fn hashes(&self, identity: &Identity) -> [u64; 2] {
        let key = self.hasher.hash_one(&identity.key);
        [key, self.hasher.hash_one(identity)]
    }
}

/// The key of a row, and its values.
#[derive(Hash)]
struct Identity {
    key: CanonicalKey,
    values: String,
}

/// The reason of a row that is not sent, because it is in the table.
#[derive(Clone, Copy, Debug)]
struct AlreadyThere;

impl fmt::Display for AlreadyThere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the row is in the table")
    }
}

impl std::error::Error for AlreadyThere {}

/// Returns whether a row was not sent because it is in the table.
pub(super) fn is_already_there(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<AlreadyThere>())
}

/// Returns the error of a row that may be in the table.
pub(super) fn unresolved(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Cancelled, message).with_maybe_applied(true)
}

/// Returns the error of a row whose key is that of records with other values.
fn other_records(differences: &[String]) -> Error {
    let shown = differences.get(..3).unwrap_or(differences).join(", ");
    let message = format!("{shown}, so it may be another program's");
    Error::new(ErrorKind::Conflict, message).with_maybe_applied(true)
}

impl Lookup {
    /// Returns which rows can be sent, and for the others why not.
    pub(super) async fn of(
        &self,
        rows: Vec<Prepared>,
        claims: &mut Claims,
    ) -> Vec<Result<Prepared, Error>> {
        // A time in the future comes from a clock that was set back since then: the rows may have been sent just now.
        let age = self
            .sent
            .map(|sent| sent.elapsed().unwrap_or(Duration::ZERO));
        if let Some(wait) = age.and_then(|age| SETTLED.checked_sub(age)) {
            tokio::time::sleep(wait).await;
        }
        let may_send = self.is_unique || age.is_none_or(|age| age > CERTAIN);
        let mut found = Vec::with_capacity(rows.len());
        let mut open = rows.into_iter().peekable();
        while open.peek().is_some() {
            let (mut batch, mut length) = (Vec::new(), 0);
            while let Some(row) = open.next_if(|_| batch.len() < MAX_VALUES && length < MAX_LENGTH)
            {
                length += row
                    .get(&self.key)
                    .map_or(0, |value| format!("{value:?}").len());
                batch.push(row);
            }
            found.extend(self.batch(batch, may_send, claims).await);
        }
        found
    }

    async fn batch(
        &self,
        rows: Vec<Prepared>,
        may_send: bool,
        claims: &mut Claims,
    ) -> Vec<Result<Prepared, Error>> {
        let there = self.there(&rows).await;
        let rows = rows.into_iter().map(|row| {
            let Some(identity) = self.identity(&row) else {
                return Err(unresolved(format!(
                    "an earlier import may have inserted the row, and it has no {} to look it up by",
                    self.key
                )));
            };
            let records = match &there {
                Err(error) => return Err(error.clone().with_maybe_applied(true)),
                Ok(there) => there.get(&identity.key).map_or(&[][..], Vec::as_slice),
            };
            let differences = records
                .iter()
                .filter_map(|record| record.difference(&row, &self.key, &self.compared));
            let differences: Vec<String> = differences.collect();
            let count = records.len() as u64;
            let equal = count - differences.len() as u64;
            let [with_key, with_values] = claims.count(&identity);
            match count {
                0 if may_send => {
                    claims.add(&identity);
                    Ok(row)
                }
                _ if count > with_key && equal > with_values => {
                    claims.add(&identity);
                    Err(Error::new(ErrorKind::Conflict, AlreadyThere.to_string())
                        .with_source(AlreadyThere))
                }
                1.. if count > with_key && !differences.is_empty() => {
                    Err(other_records(&differences))
                }
                1.. => Err(unresolved(format!(
                    "other rows of the file have the same {}, and the table has a record for them but no other one",
                    self.key
                ))),
                0 => Err(unresolved(format!(
                    "the row is not in the table yet; {} is not unique by its definition, so wait 5 minutes before importing it again",
                    self.key
                ))),
            }
        });
        rows.collect()
    }

    /// Counts a row that the table may have a record for.
    pub(super) fn claim(&self, row: &Prepared, claims: &mut Claims) {
        if let Some(identity) = self.identity(row) {
            claims.add(&identity);
        }
    }

    fn identity(&self, row: &Prepared) -> Option<Identity> {
        let key = self.canonical(row)?;
        let values = self.compared.values_of(row);
        Some(Identity { key, values })
    }

    /// Returns the records that the table has for each key.
    async fn there(
        &self,
        rows: &[Prepared],
    ) -> Result<HashMap<CanonicalKey, Vec<FoundRecord>>, Error> {
        let values = rows.iter().filter(|row| self.canonical(row).is_some());
        let values = values.filter_map(|row| row.get(&self.key));
        let values: Vec<Bound<'_>> = values.map(Bound).collect();
        if values.is_empty() {
            return Ok(HashMap::new());
        }
        let placeholders = vec!["?"; values.len()].join(", ");
        let column = self.key.replace(']', "]]");
        let condition = format!("[{column}] IN ({placeholders})");
        let query = self.table.filter_raw(&condition, &values[..]);
        let mut query = query.select::<Row<'static>>();
        if self.compared.is_empty() {
            query = query.columns([&*self.key]);
        }
        let mut there: HashMap<_, Vec<_>> = HashMap::new();
        let mut pages = query.pages();
        while let Some(page) = futures::TryStreamExt::try_next(&mut pages).await? {
            for row in &*page.records()? {
                let value = row.get(&self.key);
                let value = value.and_then(|cell| convert::json(&self.data_type, cell).ok());
                let key = value.and_then(|value| CanonicalKey::of(&value, Some(&self.data_type)));
                if let Some(key) = key {
                    let record = FoundRecord::read(row, &self.compared);
                    there.entry(key).or_default().push(record);
                }
            }
        }
        Ok(there)
    }

    fn canonical(&self, row: &Prepared) -> Option<CanonicalKey> {
        match row.get(&self.key)? {
            FieldValue::Text(text) if text.trim().is_empty() => None,
            value => CanonicalKey::of(value, Some(&self.data_type)),
        }
    }
}

/// A value of a row in a condition.
#[derive(Debug)]
struct Bound<'v>(&'v Value<'v>);

impl BindValue for Bound<'_> {
    fn literal(&self) -> Literal {
        match self.0 {
            Value::Text(text) => text.as_ref().literal(),
            Value::Integer(number) => number.literal(),
            Value::Number(number) => number.literal(),
            Value::Decimal(amount) => amount.literal(),
            Value::DateTime(at) => at.literal(),
            Value::Bool(yes) => yes.literal(),
            _ => "".literal(),
        }
    }
}
