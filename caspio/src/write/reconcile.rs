//! Inserts whose response was lost: finds the records by a column whose values identify them.

use super::attempt::{Attempt, FoundRecord, is_unknown};
use super::encoded_row::EncodedRow;
use super::errors::no_result;
use super::key_lookup::KeyLookup;
use crate::client::Client;
use crate::decode::RawRow;
use crate::record::Key;
use crate::schema::DataType;
use crate::target::Target;
use crate::value::CanonicalKey;
use caspio_core::Result;
use futures::{StreamExt, TryFutureExt, TryStreamExt, stream};
use std::borrow::Cow;
use std::time::Duration;

/// How often a row is sent at most.
const SENDS: u32 = 3;

/// How long to wait before each lookup: a read right after a write may not see it yet.
const LOOKUP_DELAYS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(2),
];

/// How many lookups are in progress at once.
const CONCURRENCY: usize = 4;

/// Sends rows again.
pub(crate) trait SendRows {
    /// Sends rows once and returns the result of each, in their order.
    fn send_rows(&self, rows: &[&EncodedRow]) -> impl Future<Output = Vec<Result<Key>>> + Send;

    /// Whether a refusal has the service's error code, which shows whether the row is a duplicate.
    fn has_error_codes(&self) -> bool;
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
            if !attempt.can_send_again() || !column.unique || send == SENDS {
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
            outcome = self.look_up_once(attempt, column).await;
        }
        outcome
    }

    /// Looks up all unresolved rows together, by their values as Caspio compares them. A row that is left over may hold
    /// its value in another notation than its record, such as the text "7.0" in a Number field: it is looked up alone.
    async fn look_up_once(&self, attempt: &mut Attempt<'_>, column: &KeyColumn) -> Result<()> {
        let literals = attempt
            .unresolved
            .iter()
            .filter_map(|at| attempt.literal(*at, column.data_type.as_ref()));
        let found = self
            .find(literals.collect(), column.data_type.as_ref())
            .await?;
        let found = attempt.others(found);
        if let [at] = attempt.unresolved[..] {
            let record = found.into_iter().next();
            attempt.take(record.map(|record| (at, record.key)).into_iter().collect());
            return Ok(());
        }
        attempt.take(attempt.matches(&found));
        if attempt.unresolved.is_empty() || attempt.others(found).is_empty() {
            return Ok(());
        }
        let lookups = attempt.unresolved.iter().map(|at| {
            let literals = attempt.literal(*at, column.data_type.as_ref());
            let literals = literals.into_iter().collect();
            let found = self.find(literals, column.data_type.as_ref());
            found.map_ok(|found| (*at, found))
        });
        let lookups: Vec<_> = lookups.collect();
        let lookups = stream::iter(lookups).buffered(CONCURRENCY);
        let found: Vec<_> = lookups.try_collect().await?;
        let records = found.into_iter();
        let records = records.filter_map(|(at, found)| {
            let record = attempt.others(found).into_iter().next()?;
            Some((at, record.key))
        });
        attempt.take(records.collect());
        Ok(())
    }

    /// The records that hold one of the values.
    async fn find(
        &self,
        literals: Vec<String>,
        data_type: Option<&DataType>,
    ) -> Result<Vec<FoundRecord>> {
        let lookup = KeyLookup::new(&self.client, &self.target, [self.column.as_ref()]);
        let mut found = Vec::new();
        let each = |key, row: &RawRow<'_>| {
            let raw = row.get(&self.column);
            let value = raw.and_then(|raw| CanonicalKey::read(raw, data_type));
            found.push(FoundRecord { key, value });
            Ok(())
        };
        lookup
            .listed(&self.column, literals, CONCURRENCY, each)
            .await?;
        Ok(found)
    }
}
