//! Reading many records by their keys, in the fewest calls.

use super::budget::Calls;
use super::cursor::key_literal;
use super::key_segments::KeySegment;
use super::plan::{MAX_PAGE, Plan};
use super::query::{Query, before_read};
use super::unknown_column;
use super::url_budget::{MAX_URI, saves_calls, uri_length};
use crate::client::Client;
use crate::decode::{decode_page, keys};
use crate::dialect;
use crate::filter::Expr;
use crate::filter::literal::Literal;
use crate::record::{DecodeOwned, Key, PK_ID, with_key};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::BTreeMap;

/// How many calls are in progress at once.
const CONCURRENCY: usize = 4;

impl<R: DecodeOwned> Query<R> {
    /// Reads the records with these keys, as many in a call as fit into its URL.
    pub(super) async fn by_keys(self, wanted: Vec<Key>) -> Result<BTreeMap<Key, R>> {
        let (client, plan) = self.into_parts().map_err(before_read)?;
        let (plan, batches) = batches(&client, plan, wanted).map_err(before_read)?;
        let calls = Calls::default();
        let reads = batches.into_iter().map(|batch| {
            let mut plan = plan.clone();
            plan.and_filter(batch.condition);
            read::<R>(client.clone(), plan, batch.keys, calls.clone())
        });
        let reads = stream::iter(reads).buffered(CONCURRENCY);
        let records: Vec<BTreeMap<Key, R>> = reads.try_collect().await?;
        Ok(records.into_iter().flatten().collect())
    }
}

async fn read<R: DecodeOwned>(
    client: Client,
    plan: Plan,
    wanted: Vec<Key>,
    calls: Calls,
) -> Result<BTreeMap<Key, R>> {
    let params = plan.params(&KeySegment::default(), MAX_PAGE);
    let body = calls.list(&client, &plan, params)?.await;
    let body = body.map_err(|error| unknown_column::explain(error, &client, &plan))?;
    let dialect = client.dialect();
    let keys = keys(&body, dialect, &plan.target)?;
    let page = decode_page::<R>(&body, dialect, &plan.target, keys.len())?;
    if page.total.is_some_and(|total| total > keys.len() as u64) {
        return Err(incomplete(&plan, keys.len()));
    }
    let mut found = BTreeMap::new();
    for (key, record) in keys.into_iter().zip(page.records) {
        if wanted.binary_search(&key).is_err() {
            return Err(unexpected("a record that was not requested", &plan, &key));
        }
        if found.insert(key.clone(), record).is_some() {
            return Err(unexpected("two records with the same key", &plan, &key));
        }
    }
    Ok(found)
}

/// The error for a response with fewer records than it reports.
fn incomplete(plan: &Plan, records: usize) -> Error {
    let message = format!("the response has {records} records, but reports that there are more");
    Error::new(ErrorKind::Protocol, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
        .with_hint("the service returns fewer records in one call than it documents")
}

/// The error for a record that a read by keys cannot return.
fn unexpected(record: &str, plan: &Plan, key: &Key) -> Error {
    let message = format!("the response contains {record}");
    let error = Error::new(ErrorKind::Protocol, message)
        .with_operation("records.list")
        .with_resource(plan.target.to_string());
    with_key(error, key)
}

/// Returns the keys in batches, each short enough for one URL and one response, and the plan to read them
/// with: where the names of its columns take the room of many keys, it reads all columns.
fn batches(client: &Client, plan: Plan, wanted: Vec<Key>) -> Result<(Plan, Vec<KeyBatch>)> {
    if let Some(error) = plan.order_error() {
        return Err(error);
    }
    let narrow = batches_of(client, &plan, wanted.clone());
    let wide = plan.reading_all_columns();
    if let Some(wide) = wide
        && let Some(batches) = batches_of(client, &wide, wanted)
        && narrow
            .as_ref()
            .is_none_or(|narrow| saves_calls(narrow.len(), batches.len()))
    {
        return Ok((wide, batches));
    }
    let batches = narrow.ok_or_else(|| {
        let message = "the read's URL is too long for even one key";
        Error::new(ErrorKind::Refused, message)
            .with_operation("records.list")
            .with_resource(plan.target.to_string())
            .with_hint("restrict the records further, or read fewer columns")
    })?;
    Ok((plan, batches))
}

fn batches_of(client: &Client, plan: &Plan, wanted: Vec<Key>) -> Option<Vec<KeyBatch>> {
    let frame = dialect::encoded_length(format!(" AND ({PK_ID} IN ())"));
    let room = MAX_URI.saturating_sub(uri_length(client, plan) + frame);
    key_batches(wanted, room)
}

/// The keys of one call, up to 1,000.
pub(crate) struct KeyBatch {
    /// The condition for exactly the records with these keys.
    pub(crate) condition: Expr,
    pub(crate) keys: Vec<Key>,
}

/// Returns the keys, each once and in order, in the fewest batches whose conditions take at most `room`
/// characters of a URL; `None` if a single key takes more.
pub(crate) fn key_batches(mut wanted: Vec<Key>, room: usize) -> Option<Vec<KeyBatch>> {
    wanted.sort();
    wanted.dedup();
    let mut batches = Vec::new();
    let mut batch = Batch::default();
    for run in runs(&wanted) {
        if !batch.fits(&run, room) {
            batches.push(std::mem::take(&mut batch));
        }
        if !batch.fits(&run, room) {
            return None;
        }
        batch.push(&run);
    }
    batches.push(batch);
    let mut rest = wanted.into_iter();
    let batches = batches.into_iter().filter_map(|batch| {
        let keys = rest.by_ref().take(batch.keys).collect();
        let condition = batch.condition()?;
        Some(KeyBatch { condition, keys })
    });
    Some(batches.collect())
}

/// Keys that follow each other without a gap, which two numbers describe; or one key.
enum Run {
    One(Key),
    Range(i64, i64),
}

/// How many keys must follow each other for a range to be shorter than their list.
const RANGE: usize = 5;

fn runs(keys: &[Key]) -> Vec<Run> {
    let mut runs = Vec::new();
    let follows = |a: &Key, b: &Key| match (a, b) {
        (Key::Id(a), Key::Id(b)) => a.checked_add(1) == Some(*b),
        _ => false,
    };
    let consecutive = keys.chunk_by(follows);
    for part in consecutive.flat_map(|keys| keys.chunks(MAX_PAGE.into())) {
        match (part.first(), part.last()) {
            (Some(Key::Id(low)), Some(Key::Id(high))) if part.len() >= RANGE => {
                runs.push(Run::Range(*low, *high));
            }
            _ => runs.extend(part.iter().cloned().map(Run::One)),
        }
    }
    runs
}

impl Run {
    /// Its length in a URL, with the text that joins it to the others.
    fn length(&self) -> usize {
        match self {
            Self::One(key) => {
                dialect::encoded_length(key_literal(key)) + dialect::encoded_length(",")
            }
            Self::Range(low, high) => {
                let range = key_range(*low, *high).to_sql();
                dialect::encoded_length(&range) + dialect::encoded_length(" OR ")
            }
        }
    }

    fn keys(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Range(low, high) => {
                usize::try_from(high.abs_diff(*low)).map_or(usize::MAX, |gap| gap.saturating_add(1))
            }
        }
    }
}

/// The condition for the keys from `low` to `high`.
pub(super) fn key_range(low: i64, high: i64) -> Expr {
    Expr::Between {
        column: PK_ID.into(),
        low: Literal::integer(low),
        high: Literal::integer(high),
    }
}

/// The keys of one call.
#[derive(Default)]
struct Batch {
    items: Vec<Literal>,
    ranges: Vec<Expr>,
    length: usize,
    keys: usize,
}

impl Batch {
    fn fits(&self, run: &Run, room: usize) -> bool {
        self.length + run.length() <= room && self.keys + run.keys() <= usize::from(MAX_PAGE)
    }

    fn push(&mut self, run: &Run) {
        self.length += run.length();
        self.keys += run.keys();
        match run {
            Run::One(key) => self.items.push(key_literal(key)),
            Run::Range(low, high) => self.ranges.push(key_range(*low, *high)),
        }
    }

    fn condition(self) -> Option<Expr> {
        let list = (!self.items.is_empty()).then(|| Expr::In {
            column: PK_ID.into(),
            items: self.items,
        });
        list.into_iter().chain(self.ranges).reduce(Expr::or)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_keys_become_a_range() {
        let keys: Vec<Key> = [3, 10, 11, 12, 13, 14, 20].map(Key::Id).into();
        let mut batch = Batch::default();
        for run in runs(&keys) {
            batch.push(&run);
        }

        let sql = batch.condition().map(|condition| condition.to_sql());

        assert_eq!(
            sql.as_deref(),
            Some("PK_ID IN (3,20) OR PK_ID BETWEEN 10 AND 14")
        );
    }

    #[test]
    fn every_key_is_in_one_batch() {
        let keys: Vec<Key> = (1..=3000).filter(|id| id % 7 > 1).map(Key::Id).collect();

        let batches = key_batches(keys.clone(), 500).expect("room for each");
        let unbounded = key_batches(keys.clone(), usize::MAX).expect("room for each");

        let together: Vec<Key> = batches
            .iter()
            .flat_map(|batch| batch.keys.clone())
            .collect();
        assert_eq!(together, keys);
        for KeyBatch { condition, .. } in &batches {
            assert!(dialect::encoded_length(condition.to_sql()) <= 500 + 30);
        }
        assert_eq!(unbounded.len(), keys.len().div_ceil(1000));
        assert!(key_batches(keys, 3).is_none());
    }

    #[test]
    fn a_range_longer_than_a_page_is_cut() {
        let keys: Vec<Key> = (1..=2500).map(Key::Id).collect();

        let lengths: Vec<usize> = runs(&keys).iter().map(Run::keys).collect();

        assert_eq!(lengths, [1000, 1000, 500]);
    }
}
