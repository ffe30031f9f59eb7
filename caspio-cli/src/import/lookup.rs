//! Looks up rows that may be in the table by their key column.

use super::claims::{Claims, ComparedColumns, Identity};
use super::prepared::Prepared;
use crate::last_write::UNSEEN_FOR;
use caspio::advanced::{FoundRow, RowLookup};
use caspio::field::{CanonicalKey, FieldValue};
use caspio::schema::DataType;
use caspio::{Error, ErrorKind, RecordMap, Table};
use caspio_core::error::ErrorContext as _;
use caspio_schema::is_same_name;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// After this time a row that is not found is not there, even if the key column is not unique by its definition.
pub(super) const CERTAIN: Duration = Duration::from_secs(300);

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

/// Returns whether the service refused a row because of a record with the same value.
pub(super) fn is_duplicate(error: &Error) -> bool {
    error.kind() == ErrorKind::Conflict && !error.maybe_applied() && !is_already_there(error)
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
        claims: &Claims,
    ) -> Vec<Result<Prepared, Error>> {
        // A time in the future comes from a clock that was set back since then: the rows may have been sent just now.
        let age = self
            .sent
            .map(|sent| sent.elapsed().unwrap_or(Duration::ZERO));
        if let Some(wait) = age.and_then(|age| UNSEEN_FOR.checked_sub(age)) {
            tokio::time::sleep(wait).await;
        }
        let may_send = self.is_unique || age.is_none_or(|age| age > CERTAIN);
        let found = self.found(&rows).await;
        let rows = rows.into_iter().zip(found);
        rows.map(|(row, found)| self.decide(row, found, may_send, claims))
            .collect()
    }

    /// Returns whether a row was refused because of a record with the same key.
    pub(super) fn is_of_key(&self, error: &Error) -> bool {
        let field = error.field();
        field.is_some_and(|field| is_same_name(field, &self.key))
    }

    /// Returns, for rows that may have been sent before and were refused as duplicates, that they are in the table or
    /// may be; `None` for one that another record's value refuses. Each row comes with whether a record with its key
    /// refused it.
    pub(super) async fn after_conflict(
        &self,
        rows: Vec<(Prepared, bool)>,
        claims: &Claims,
    ) -> Vec<Option<Error>> {
        // The call that inserted their records may have ended just now.
        tokio::time::sleep(UNSEEN_FOR).await;
        let (rows, of_key): (Vec<Prepared>, Vec<bool>) = rows.into_iter().unzip();
        let found = self.found(&rows).await;
        // They were counted when they were sent.
        for identity in rows.iter().filter_map(|row| self.identity(row)) {
            claims.remove(&identity);
        }
        let rows = rows.into_iter().zip(of_key).zip(found);
        rows.map(|((row, of_key), found)| match found {
            Some(Err(error)) => Some(error.with_maybe_applied(true)),
            Some(Ok(records)) if of_key && records.is_empty() => Some(unresolved(format!(
                "the table has a record with this {}, which reads do not show yet",
                self.key
            ))),
            found => {
                let error = self.decide(row, found, false, claims).err();
                error.filter(is_already_there)
            }
        })
        .collect()
    }

    /// Returns whether a row can be sent whose records were looked up; `None` if it has no value to look it up by.
    fn decide(
        &self,
        row: Prepared,
        found: Option<Result<Vec<FoundRow>, Error>>,
        may_send: bool,
        claims: &Claims,
    ) -> Result<Prepared, Error> {
        let (Some(found), Some(identity)) = (found, self.identity(&row)) else {
            return Err(unresolved(format!(
                "an earlier import may have inserted the row, and it has no {} to look it up by",
                self.key
            )));
        };
        let records = found.map_err(|error| error.with_maybe_applied(true))?;
        let differences = self.differences(&records);
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
            1.. if count > with_key && !differences.is_empty() => Err(other_records(&differences)),
            1.. => Err(unresolved(format!(
                "other rows of the file have the same {}, and the table has a record for them but no other one",
                self.key
            ))),
            0 => Err(unresolved(format!(
                "the row is not in the table yet; {} is not unique by its definition, so wait 5 minutes before importing it again",
                self.key
            ))),
        }
    }

    fn differences(&self, records: &[FoundRow]) -> Vec<String> {
        let differences = records.iter().filter_map(|record| {
            let (key, column) = (&record.key, record.difference.as_ref()?);
            Some(match is_same_name(column, &self.key) {
                true => format!("record {key} has this {} in another spelling", self.key),
                false => format!(
                    "record {key} has the same {} but another {column}",
                    self.key
                ),
            })
        });
        differences.collect()
    }

    /// Returns the records that the table has for each row; `None` for a row without a value to look it up by.
    async fn found(&self, rows: &[Prepared]) -> Vec<Option<Result<Vec<FoundRow>, Error>>> {
        let mut lookup = RowLookup::new(&self.table, &*self.key);
        if self.compared.is_empty() {
            lookup = lookup.without_comparison();
        }
        let sought = rows.iter().filter(|row| self.canonical(row).is_some());
        let sought: Vec<Prepared> = sought.cloned().collect();
        let mut found = Box::pin(lookup.find(&sought)).await.into_iter();
        let rows = rows.iter();
        rows.map(|row| self.canonical(row).and_then(|_| found.next()))
            .collect()
    }

    /// Counts a row that the table may have a record for.
    pub(super) fn claim(&self, row: &Prepared, claims: &Claims) {
        if let Some(identity) = self.identity(row) {
            claims.add(&identity);
        }
    }

    fn identity(&self, row: &Prepared) -> Option<Identity> {
        let key = self.canonical(row)?;
        let values = self.compared.values_of(row);
        Some(Identity { key, values })
    }

    fn canonical(&self, row: &Prepared) -> Option<CanonicalKey> {
        match row.get(&self.key)? {
            FieldValue::Text(text) if text.trim().is_empty() => None,
            value => CanonicalKey::of(value, Some(&self.data_type)),
        }
    }
}
