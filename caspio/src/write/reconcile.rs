//! Inserts whose response was lost: finds the records by a column whose values identify them.

use super::attempt::{Attempt, is_unknown};
use super::claims::Claims;
use super::encoded_row::EncodedRow;
use super::errors::no_result;
use super::found_record::{FoundRecord, FoundRecords};
use super::key_column::KeyColumn;
use super::key_lookup::KeyLookup;
use super::send_rows::SendRows;
use crate::client::Client;
use crate::decode::RawRow;
use crate::read::MAX_PAGE;
use crate::record::{Key, ObjectKind};
use crate::target::Target;
use caspio_core::Result;
use caspio_schema::is_same_name;
use futures::{StreamExt, TryFutureExt, TryStreamExt, stream};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// How often a row is sent at most.
const SENDS: u32 = 3;

/// How long to wait before each lookup: a read right after a write may not see it yet.
pub(crate) const LOOKUP_DELAYS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(2),
];

/// How long to wait before the only lookup where a read that sees the records as they were could be taken for one that
/// sees them as they are. By a column that is not unique, for example, an older record with the same values would be
/// taken for the row's own until that appears.
pub(crate) const LAST_LOOKUP: [Duration; 1] = [Duration::from_millis(2500)];

/// How many lookups are in progress at once.
const CONCURRENCY: usize = 4;

/// How many calls look up all rows without a sample.
const FEW_CALLS: usize = 2;

/// Finds out whether rows were written whose response was lost.
#[derive(Clone, Debug)]
pub(crate) struct Reconciler {
    /// The column that identifies rows.
    pub(crate) column: Cow<'static, str>,
    /// The program's own client, which reads.
    client: Client,
    target: Target,
    /// Whether no record had the values of the rows before they were sent.
    are_new: bool,
    /// What the calls of the insert know about each other.
    pub(crate) claims: Arc<Claims>,
}

impl Reconciler {
    pub(crate) fn new(column: Cow<'static, str>, client: &Client, target: &Target) -> Self {
        Self {
            column,
            client: client.clone(),
            target: target.clone(),
            are_new: false,
            claims: Arc::default(),
        }
    }

    /// For rows whose values no record of the table or view had before.
    pub(crate) fn of_new_rows(mut self) -> Self {
        self.are_new = true;
        self
    }

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
        let was_cached = self.client.cached_definitions(&self.target).is_some();
        let column = self.key_column().await;
        let mut attempt = Attempt::new(rows, results, &column, &self.claims);
        for send in 1..=SENDS {
            // Caspio may still be working on the first attempt, so a row is sent again only after the last lookup.
            let delays: &[Duration] = match self.are_new || column.is_unique() {
                true => &LOOKUP_DELAYS,
                false => &LAST_LOOKUP,
            };
            // If a record is not found by a sample, Caspio refuses the row that is sent again, and the next lookup is
            // for all values.
            let sampled = send == 1 && column.is_unique();
            if let Err(error) = self.look_up(&mut attempt, delays, sampled).await {
                tracing::warn!(%error, "cannot look up rows whose response was lost");
                attempt.mark_unresolved(&format!("the lookup for the record failed: {error}"));
                return attempt.results;
            }
            if !attempt.can_send_again() || !column.is_unique() || send == SENDS {
                break;
            }
            // A first attempt may arrive after any lookup, and only the service can refuse it then.
            if was_cached && send == 1 && !self.is_still_unique().await {
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

    /// Reads the fields again, because those of a schema file or of an earlier call may be out of date. One call.
    async fn is_still_unique(&self) -> bool {
        self.client.forget_definitions(&self.target);
        self.key_column().await.is_unique()
    }

    async fn key_column(&self) -> KeyColumn {
        let definitions = self.client.definitions(&self.target).await;
        let mut column = KeyColumn {
            name: self.column.clone().into_owned(),
            definitions: definitions.unwrap_or_default(),
            kind: self.target.kind,
            may_be_hidden: false,
        };
        let is_of_view = column.kind == ObjectKind::View;
        column.may_be_hidden = is_of_view && !self.are_new && !column.is_unique();
        column
    }

    /// Looks up the unresolved rows after each delay, until all are found. A sample of them shows whether any was
    /// written; rows that cannot be sent again are looked up without it at last.
    async fn look_up(
        &self,
        attempt: &mut Attempt<'_>,
        delays: &[Duration],
        sampled: bool,
    ) -> Result<()> {
        let mut outcome = Ok(());
        for (lookup, delay) in delays.iter().enumerate() {
            if attempt.unresolved.is_empty() {
                break;
            }
            tokio::time::sleep(*delay).await;
            let is_last = lookup + 1 == delays.len();
            // The next lookup makes up for one that fails.
            outcome = match sampled && (attempt.can_send_again() || !is_last) {
                true => self.look_up_sampled(attempt).await,
                false => self.look_up_once(attempt).await,
            };
        }
        outcome
    }

    /// Looks up a sample of many rows, and all rows only if a record of the sample is there. The records of one call
    /// have keys that are close to each other, so most are read by the range of the sample's keys.
    async fn look_up_sampled(&self, attempt: &mut Attempt<'_>) -> Result<()> {
        let columns = self.columns(attempt);
        let lookup = self.lookup(&columns);
        let rows = attempt.unresolved.iter();
        let literals = rows.filter_map(|at| attempt.literal(*at)).collect();
        let calls = lookup.lists(&self.column, literals)?.len();
        if calls <= FEW_CALLS {
            return self.look_up_once(attempt).await;
        }
        let last = attempt.unresolved.last().copied();
        // The values differ in length, so an even share of them might not fit a single call.
        let sample = attempt
            .unresolved
            .iter()
            .copied()
            .step_by(calls + calls / 4 + 1);
        let sample: Vec<usize> = sample.chain(last).collect();
        let records = self.find(attempt, &sample).await?;
        if records.is_empty() {
            return Ok(());
        }
        let most = calls as i64 * i64::from(MAX_PAGE) / 2;
        if let Some((low, high)) =
            range(&records).filter(|(low, high)| high.saturating_sub(*low) < most)
        {
            let mut found = FoundRecords::new(&self.column, attempt.data_type(), &columns);
            let each = |key: Key, row: &RawRow<'_>| found.add(key, row);
            lookup.between(low, high, each).await?;
            let (candidates, _) = attempt.candidates(&found.records);
            attempt.take(candidates);
        }
        match attempt.unresolved.is_empty() {
            true => Ok(()),
            false => self.look_up_once(attempt).await,
        }
    }

    /// Looks up all unresolved rows together, by their values as Caspio compares them. A row that is left over may hold
    /// its value in another notation than its record, such as the text "7.0" in a Number field: it is looked up alone.
    async fn look_up_once(&self, attempt: &mut Attempt<'_>) -> Result<()> {
        let rows = attempt.unresolved.clone();
        let found = self.find(attempt, &rows).await?;
        let (candidates, rest) = attempt.candidates(&found);
        let matched: usize = candidates.iter().map(|(_, records)| records.len()).sum();
        attempt.take(candidates);
        if rest.is_empty() || matched == found.len() {
            return Ok(());
        }
        let lookups = rest.iter().map(|at| {
            let found = self.find(attempt, std::slice::from_ref(at));
            found.map_ok(|found| (*at, found))
        });
        let lookups: Vec<_> = lookups.collect();
        let lookups = stream::iter(lookups).buffered(CONCURRENCY);
        let found: Vec<_> = lookups.try_collect().await?;
        let candidates = found
            .iter()
            .map(|(at, records)| (*at, records.iter().collect()));
        let candidates = candidates.collect();
        attempt.take(candidates);
        Ok(())
    }

    /// The records that hold the value of one of the rows.
    async fn find(&self, attempt: &Attempt<'_>, rows: &[usize]) -> Result<Vec<FoundRecord>> {
        let literals = rows.iter().filter_map(|at| attempt.literal(*at)).collect();
        let columns = self.columns(attempt);
        let mut found = FoundRecords::new(&self.column, attempt.data_type(), &columns);
        let each = |key: Key, row: &RawRow<'_>| found.add(key, row);
        let lookup = self.lookup(&columns);
        lookup
            .listed(&self.column, literals, CONCURRENCY.into(), each)
            .await?;
        Ok(found.records)
    }

    /// The columns to read: those of the unresolved rows, the one that identifies them, and those that an insert leaves
    /// empty.
    fn columns(&self, attempt: &Attempt<'_>) -> Vec<String> {
        let mut columns = attempt.columns();
        if !columns.iter().any(|name| is_same_name(name, &self.column)) {
            columns.push(self.column.clone().into_owned());
        }
        columns
    }

    fn lookup(&self, columns: &[String]) -> KeyLookup {
        let columns = columns.iter().map(String::as_str);
        KeyLookup::new(&self.client, &self.target, columns)
    }
}

/// The least and the greatest key of records of a table.
fn range(records: &[FoundRecord]) -> Option<(i64, i64)> {
    let ids = records.iter().map(|record| match record.key {
        Key::Id(id) => Some(id),
        Key::Text(_) => None,
    });
    let ids: Option<Vec<i64>> = ids.collect();
    let ids = ids?;
    Some((*ids.iter().min()?, *ids.iter().max()?))
}
