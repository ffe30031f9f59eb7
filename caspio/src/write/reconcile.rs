//! Inserts whose response was lost: finds the records by a column whose values identify them.

use super::encoded_row::EncodedRow;
use super::errors::{no_result, with_more_hint};
use super::key_lookup::{KeyLookup, literal};
use crate::client::Client;
use crate::record::Key;
use crate::schema::DataType;
use crate::target::Target;
use crate::value::CanonicalKey;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, Result};
use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

/// How often a row is sent at most.
const SENDS: u32 = 3;

/// How long to wait before each lookup: a read right after a write may not see it yet.
const LOOKUP_DELAYS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(2),
];

/// How many lookups are under way at once.
const CONCURRENCY: usize = 4;

/// Sends rows again.
pub(crate) trait SendRows {
    /// Sends rows once and returns the result of each, in their order.
    fn send_rows(&self, rows: &[&EncodedRow]) -> impl Future<Output = Vec<Result<Key>>> + Send;
}

/// Finds out whether rows were written whose response was lost.
#[derive(Clone, Debug)]
pub(crate) struct Reconciler {
    /// The column that identifies rows.
    pub(crate) column: Cow<'static, str>,
    /// The program's own client, which reads.
    pub(crate) client: Client,
    pub(crate) target: Target,
}

/// What is known of the column.
struct KeyColumn {
    /// Whether Caspio refuses a second record with the same value. `false` if the definition cannot be read,
    /// so that nothing is sent again.
    unique: bool,
    data_type: Option<DataType>,
}

/// The rows of one call, while some of their results are unknown.
struct Attempt<'r> {
    rows: &'r [EncodedRow],
    /// The values that identify the rows, as Caspio compares them.
    keys: Vec<Option<CanonicalKey>>,
    results: Vec<Result<Key>>,
    /// The rows whose result is unknown, by their indexes.
    unresolved: Vec<usize>,
}

impl Reconciler {
    /// Resolves results that are unknown: rows that are found get their keys. Rows that are not found are sent
    /// again, but only where Caspio would refuse a duplicate.
    pub(crate) async fn resolve(
        &self,
        sender: &impl SendRows,
        rows: &[EncodedRow],
        results: Vec<Result<Key>>,
    ) -> Vec<Result<Key>> {
        if !results.iter().any(is_unknown) {
            return results;
        }
        let column = self.key_column().await;
        let mut attempt = Attempt::new(rows, results, column.data_type.as_ref());
        for send in 1..=SENDS {
            // Caspio may still be working on the first attempt, and the definition that is known may be out of date. So
            // a row is sent again only after the last lookup.
            if let Err(error) = self.look_up(&mut attempt, &column).await {
                tracing::warn!(%error, "cannot look up rows whose response was lost");
                attempt.mark_unresolved(&format!("the lookup for the record failed: {error}"));
                return attempt.results;
            }
            if attempt.unresolved.is_empty() || !column.unique || send == SENDS {
                break;
            }
            attempt.send_again(sender).await;
        }
        attempt.mark_unresolved(&format!(
            "no record with this {} was found so far; it may still appear",
            self.column
        ));
        attempt.results
    }

    /// [`resolve`](Self::resolve) for a single row.
    pub(super) async fn resolve_one(
        &self,
        sender: &impl SendRows,
        row: &EncodedRow,
        result: Result<Key>,
    ) -> Result<Key> {
        let rows = std::slice::from_ref(row);
        let results = self.resolve(sender, rows, vec![result]).await;
        results
            .into_iter()
            .next()
            .unwrap_or_else(|| Err(no_result()))
    }

    async fn key_column(&self) -> KeyColumn {
        let definitions = self.client.definitions(&self.target).await;
        let definitions = definitions.unwrap_or_default();
        let mut fields = definitions.iter();
        let field = fields.find(|field| field.name.eq_ignore_ascii_case(&self.column));
        KeyColumn {
            unique: field.is_some_and(|field| field.unique),
            data_type: field.map(|field| field.data_type.clone()),
        }
    }

    /// Looks up the unresolved rows after each delay, until all are found.
    async fn look_up(&self, attempt: &mut Attempt<'_>, column: &KeyColumn) -> Result<()> {
        let mut outcome = Ok(());
        for delay in LOOKUP_DELAYS {
            if attempt.unresolved.is_empty() {
                break;
            }
            tokio::time::sleep(delay).await;
            // The next lookup makes up for one that fails.
            outcome = match self.find(attempt, column).await {
                Ok(found) => {
                    attempt.take(&found);
                    Ok(())
                }
                Err(error) => Err(error),
            };
        }
        outcome
    }

    /// The keys of the records that hold the values of unresolved rows.
    async fn find(
        &self,
        attempt: &Attempt<'_>,
        column: &KeyColumn,
    ) -> Result<HashMap<CanonicalKey, Key>> {
        let lookup = KeyLookup::new(&self.client, &self.target, [self.column.as_ref()]);
        let values = attempt.unresolved.iter();
        let values = values.filter_map(|at| attempt.rows[*at].dedup_key.as_ref());
        let literals = values.filter_map(|value| Some(literal(value)?.to_string()));
        let mut found = HashMap::new();
        let each = |key, row: &crate::decode::RawRow<'_>| {
            let raw = row.get(&self.column);
            let value = raw.and_then(|raw| CanonicalKey::read(raw, column.data_type.as_ref()));
            if let Some(value) = value {
                found.entry(value).or_insert(key);
            }
            Ok(())
        };
        let literals = literals.collect();
        lookup
            .listed(&self.column, literals, CONCURRENCY, each)
            .await?;
        Ok(found)
    }
}

impl<'r> Attempt<'r> {
    fn new(
        rows: &'r [EncodedRow],
        results: Vec<Result<Key>>,
        data_type: Option<&DataType>,
    ) -> Self {
        let keys = rows.iter().map(|row| {
            let value = row.dedup_key.as_ref()?;
            literal(value)?;
            CanonicalKey::of(value, data_type)
        });
        let keys: Vec<Option<CanonicalKey>> = keys.collect();
        let unresolved = unresolved(&results, &keys);
        Self {
            rows,
            keys,
            results,
            unresolved,
        }
    }

    /// Takes the keys of records that were found.
    fn take(&mut self, found: &HashMap<CanonicalKey, Key>) {
        let (keys, results) = (&self.keys, &mut self.results);
        self.unresolved.retain(|at| {
            let key = keys[*at].as_ref().and_then(|value| found.get(value));
            if let Some(key) = key {
                results[*at] = Ok(key.clone());
            }
            key.is_none()
        });
    }

    async fn send_again(&mut self, sender: &impl SendRows) {
        let again: Vec<&EncodedRow> = self.unresolved.iter().map(|at| &self.rows[*at]).collect();
        let results = sender.send_rows(&again).await;
        let sent = std::mem::take(&mut self.unresolved).into_iter();
        for (at, result) in sent.zip(results) {
            // A refusal may mean that the first attempt wrote the row, which the next lookup finds out.
            if result.is_err() {
                self.unresolved.push(at);
            }
            self.results[at] = result;
        }
    }

    /// Marks the rows that are still unresolved as perhaps written: the error of the last attempt does not show the
    /// effect of the first one.
    fn mark_unresolved(&mut self, hint: &str) {
        for at in &self.unresolved {
            if let Err(error) = &self.results[*at] {
                let error = error.clone().with_maybe_applied(true);
                let error = self.rows[*at].attach_sent(error);
                self.results[*at] = Err(with_more_hint(error, hint));
            }
        }
    }
}

fn is_unknown(result: &Result<Key>) -> bool {
    result.as_ref().is_err_and(Error::maybe_applied)
}

/// The rows whose result is unknown and that a lookup can identify: not those that share their value with
/// another row of the call.
fn unresolved(results: &[Result<Key>], keys: &[Option<CanonicalKey>]) -> Vec<usize> {
    let mut counts: HashMap<&CanonicalKey, usize> = HashMap::new();
    for key in keys.iter().flatten() {
        *counts.entry(key).or_default() += 1;
    }
    let is_identified = |at: &usize| {
        let key = keys[*at].as_ref();
        key.is_some_and(|key| counts.get(key) == Some(&1))
    };
    let results = results.iter().enumerate();
    results
        .filter(|(_, result)| is_unknown(result))
        .map(|(at, _)| at)
        .filter(is_identified)
        .collect()
}
