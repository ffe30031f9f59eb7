//! Runs a case.

use super::case::{Action, Case, Row};
use super::check::{Outcome, Step};
use super::faults::{Faulty, Wire};
use super::table::{Change, Snapshot, snapshot};
use super::values::definition;
use caspio::http_client::ReqwestService;
use caspio::prelude::*;
use caspio::{Account, RetryPolicy};
use caspio_emulator::Emulator;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

type Verdict = std::result::Result<(), String>;

struct Run<'c> {
    case: &'c Case,
    table: &'c str,
    wire: Arc<Wire>,
    /// The client whose calls are hit.
    caspio: Client,
    /// A client whose calls are not hit.
    reader: &'c Client,
}

/// Runs a case in a new table.
///
/// # Errors
///
/// What was reported is not what happened.
pub(super) async fn run(
    case: &Case,
    emulator: &Arc<Emulator>,
    reader: &Client,
    table: &str,
) -> Verdict {
    let definition = definition(table, case.key, case.unique);
    emulator.create_table(definition).expect("a table");
    for row in &case.start {
        let record: Map<String, Value> = row
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        // What the service refuses is not there.
        let _ = emulator.insert(table, record.into());
    }
    let account = Account::new(&emulator.url()).expect("an account");
    let service = ReqwestService::for_account(&account).expect("a service");
    let wire = Arc::new(Wire::new(service, Arc::clone(emulator), table));
    let short = Duration::from_millis(2);
    let caspio = Client::builder()
        .account(emulator.url())
        .credentials(emulator.client_id(), emulator.client_secret())
        .api_version(case.version)
        .retry(
            RetryPolicy::default()
                .backoff(short, short)
                .rate_limit_backoff(short, short),
        )
        .http_service(Arc::new(Faulty(Arc::clone(&wire))))
        .build()
        .expect("a client");
    let run = Run {
        case,
        table,
        wire,
        caspio,
        reader,
    };
    for (at, step) in case.steps.iter().enumerate() {
        let hits = &step.hits;
        let outcome = run.step(&step.action, hits).await;
        let outcome = outcome.map_err(|error| format!("step {at}: {error}"))?;
        drop(outcome);
        if matches!(step.action, Action::Sync { .. }) {
            run.again(&step.action)
                .await
                .map_err(|error| format!("step {at}, again: {error}"))?;
        }
    }
    Ok(())
}

impl Run<'_> {
    async fn read(&self) -> Snapshot {
        snapshot(self.reader, self.table, self.case.key).await
    }

    async fn step(
        &self,
        action: &Action,
        hits: &[(usize, super::case::Hit)],
    ) -> std::result::Result<(Outcome, usize), String> {
        let before = self.read().await;
        let keys: Vec<i64> = before.keys().copied().collect();
        self.wire.hit(hits);
        let outcome = tokio::time::timeout(Duration::from_secs(100), async {
            tokio::select! {
                biased;
                () = self.wire.cancelled.notified() => Outcome::Cancelled,
                outcome = self.make(action, &keys) => outcome,
            }
        });
        let outcome = outcome.await.map_err(|_| "it does not end".to_owned())?;
        let happened = self.wire.settle().await;
        let (mut before, mut after) = (before, self.read().await);
        for key in &happened.inserted {
            after.remove(key);
        }
        for key in &happened.deleted {
            before.remove(key);
        }
        let others = !happened.inserted.is_empty() || !happened.deleted.is_empty();
        let step = Step {
            key: self.case.key,
            change: Change::between(&before, &after),
            before: &before,
            after: &after,
            hit: !hits.is_empty(),
            others,
        };
        step.check(action, &outcome, &keys).map_err(|error| {
            format!("{error}\noutcome: {outcome:?}\nbefore: {before:?}\nafter: {after:?}")
        })?;
        for key in happened.inserted {
            // It would have no value in the key column of a sync.
            let _ = self.reader.table_named(self.table).delete(key).await;
        }
        Ok((outcome, happened.writes))
    }

    /// A sync that runs again finishes the first one, and once more writes nothing.
    async fn again(&self, action: &Action) -> Verdict {
        let (outcome, _) = self.step(action, &[]).await?;
        let second = match outcome {
            Outcome::Report(Ok(report)) => report,
            Outcome::Report(Err(error)) if !error.maybe_applied() => return Ok(()),
            other => return Err(format!("a second run without faults: {other:?}")),
        };
        let before = self.read().await;
        let (outcome, writes) = self.step(action, &[]).await?;
        let Outcome::Report(Ok(third)) = outcome else {
            return Err(format!("a third run without faults: {outcome:?}"));
        };
        let is_quiet = third.changed() == 0 && self.read().await == before;
        let no_writes = writes == 0 || !third.failed().is_empty();
        if is_quiet && no_writes {
            return Ok(());
        }
        Err(format!(
            "the third run writes: {third:?}, {writes} calls; the second: {second:?}"
        ))
    }

    async fn make(&self, action: &Action, keys: &[i64]) -> Outcome {
        let table = self.caspio.table_named(self.table);
        let key = |record: &usize| keys.get(*record).copied().unwrap_or(9_999_999);
        match action {
            Action::Insert { row, unique_by } => {
                let row = map(row);
                let insert = table.insert(&row);
                Outcome::Key(match unique_by {
                    true => insert.unique_by(|_| "K").await,
                    false => insert.await,
                })
            }
            Action::InsertMany {
                rows,
                unique_by,
                concurrency,
            } => {
                let rows: Vec<RecordMap> = rows.iter().map(map).collect();
                let insert = table.insert_many(&rows).concurrency(*concurrency);
                Outcome::Report(match unique_by {
                    true => insert.unique_by(|_| "K").await,
                    false => insert.await,
                })
            }
            Action::Update { record, row } => {
                Outcome::Done(table.update(key(record)).set_row(&map(row)).await)
            }
            Action::UpdateMany { rows } => {
                let rows = rows.iter().map(|(record, row)| (key(record), map(row)));
                Outcome::Report(table.update_many(rows.collect::<Vec<_>>()).await)
            }
            Action::Delete { record } => Outcome::Done(table.delete(key(record)).await),
            Action::DeleteMany { records } => Outcome::Report(
                table
                    .delete_many(records.iter().map(key).collect::<Vec<_>>())
                    .await,
            ),
            Action::UpdateWhere { at_most, row } => {
                let update = table.update_where_raw("PK_ID <= ?", (*at_most,));
                Outcome::Count(update.set_row(&map(row)).await)
            }
            Action::DeleteWhere { at_most } => {
                Outcome::Count(table.delete_where_raw("PK_ID <= ?", (*at_most,)).await)
            }
            Action::Sync { rows, replace } => {
                let rows: Vec<RecordMap> = rows.iter().map(map).collect();
                Outcome::Report(match replace {
                    true => table.replace_all(|_| "K", &rows).await,
                    false => table.sync_many(|_| "K", &rows).await,
                })
            }
        }
    }
}

fn map(row: &Row) -> RecordMap {
    row.iter()
        .map(|(name, value)| (*name, value.clone()))
        .collect()
}
