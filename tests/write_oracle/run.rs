//! Runs a case against the emulator.

use super::case::{Action, Case, Hit, Row, Step, without_password};
use super::check;
use super::faults::{CaseCalls, Faulty};
use super::make::map;
use super::outcome::{Outcome, Report};
use super::planned;
use super::server::{CaseTable, TestServer, client};
use super::table::{Change, Snapshot, Unreadable, for_emulator, snapshot};
use super::typed::Typed;
use super::values::compared;
use caspio::prelude::*;
use caspio::{ApiVersion, ClientBuilder, ErrorKind, RetryPolicy};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

type CheckResult = std::result::Result<(), String>;

pub(super) struct Run<'c> {
    pub(super) case: &'c Case,
    pub(super) table: CaseTable,
    server: &'c TestServer,
    pub(super) calls: Arc<CaseCalls>,
    /// The client whose calls are hit.
    caspio: Client,
    unreadable: Unreadable,
}

/// Runs a case.
///
/// # Errors
///
/// What was reported is not what happened.
pub(super) async fn run(case: &Case, server: &TestServer) -> CheckResult {
    let table = server.table_of(case);
    let text = serde_json::to_string(case).expect("JSON");
    let calls = Arc::new(CaseCalls::new(&server.emulator, &table, &text));
    let caspio = faulty(case, server, &calls).build().expect("a client");
    let has = |words: [&str; 2]| words.iter().any(|word| text.contains(word));
    let run = Run {
        case,
        table,
        server,
        calls,
        caspio,
        unreadable: Unreadable {
            passwords: has(["\"typed\":true", "\"SetPassword\""]),
            files: has(["\"Attach\"", "\"Detach\""]),
        },
    };
    for (at, step) in case.steps.iter().enumerate() {
        if step.at_once {
            let doubled = run.twice_at_once(step).await;
            doubled.map_err(|error| format!("step {at}, at once: {error}"))?;
        }
        let planned = run.planned(step).await;
        let planned = planned.map_err(|error| format!("step {at}, dry run: {error}"))?;
        let outcome = run.step(step).await;
        let (outcome, _) = outcome.map_err(|error| format!("step {at}: {error}"))?;
        let is_open = case.view || is_disturbed(step);
        if let Some(planned) = planned.filter(|_| !is_open) {
            let done = planned.is_done_by(&outcome);
            done.map_err(|error| format!("step {at}: {error}"))?;
        }
        if matches!(step.action, Action::Sync { .. }) {
            run.again(&step.action)
                .await
                .map_err(|error| format!("step {at}, again: {error}"))?;
        }
    }
    Ok(())
}

/// A client whose calls are hit.
fn faulty(case: &Case, server: &TestServer, calls: &Arc<CaseCalls>) -> ClientBuilder {
    let version = match case.version {
        2 => ApiVersion::V2,
        3 => ApiVersion::V3,
        _ => ApiVersion::V4,
    };
    let short = Duration::from_millis(2);
    let retries = RetryPolicy::default()
        .backoff(short, short)
        .rate_limit_backoff(short, short);
    let service = Arc::new(Faulty(Arc::clone(calls)));
    client(&server.emulator, version, service).retry(retries)
}

impl Run<'_> {
    /// The client that makes a step: one of its own if its calls are limited.
    fn client_of(&self, step: &Step) -> Client {
        if step.max_calls.is_none() && step.timeout.is_none() {
            return self.caspio.clone();
        }
        let client = faulty(self.case, self.server, &self.calls);
        let client = match step.max_calls {
            Some(calls) => client.max_calls(calls),
            None => client,
        };
        let client = match step.timeout {
            Some(timeout) => client.timeout(Duration::from_millis(timeout)),
            None => client,
        };
        client.build().expect("a client")
    }

    async fn read(&self) -> Snapshot {
        self.read_table(&self.table.name).await
    }

    async fn read_table(&self, table: &str) -> Snapshot {
        snapshot(
            &self.server.reader,
            &self.server.emulator,
            table,
            self.case.key,
            self.unreadable,
        )
        .await
    }

    async fn step(&self, step: &Step) -> std::result::Result<(Outcome, usize), String> {
        let Step {
            action,
            hits,
            other_hits,
            polls,
            ..
        } = step;
        let start = self.read().await;
        let keys: Vec<i64> = start.keys().copied().collect();
        let saved = self.read_for_save(action, &keys).await;
        let before = self.read().await;
        // Only these have a right result whatever their reads see of the records of the step before.
        if !matches!(
            action,
            Action::UpdateMany { .. } | Action::DeleteMany { .. }
        ) {
            self.calls.show_all();
        }
        self.calls.hit(hits, other_hits);
        let caspio = self.client_of(step);
        let made = Box::pin(self.make(&caspio, action, &keys, saved));
        let made = after_polls(*polls, made);
        let outcome = tokio::time::timeout(Duration::from_secs(200), async {
            tokio::select! {
                biased;
                () = self.calls.cancelled.notified() => Outcome::Cancelled,
                outcome = made => outcome,
            }
        });
        let outcome = outcome.await.map_err(|_| "it does not end".to_owned())?;
        let happened = self.calls.settle().await;
        let others = &happened.others;
        let (mut before, mut after) = (before, self.read().await);
        for key in &others.inserted {
            after.remove(key);
        }
        for key in &others.deleted {
            before.remove(key);
        }
        let mut change = Change::between(&before, &after);
        change.changed.retain(|key| !others.updated.contains(key));
        let others_wrote =
            !others.inserted.is_empty() || !others.updated.is_empty() || !others.deleted.is_empty();
        let record = match action {
            Action::Save { record, .. } => keys.get(*record),
            _ => None,
        };
        let made = check::Step {
            case: self.case,
            key: self.case.key,
            base: self.table.base,
            change,
            before: &before,
            after: &after,
            read: record.and_then(|key| start.get(key)),
            hit: is_disturbed(step),
            lags: step.hits.iter().any(|(_, hit)| *hit == Hit::Hidden),
            others: others_wrote,
            updated: &others.updated,
            sent: &happened.sent,
        };
        made.check(action, &outcome, &keys).map_err(|error| {
            format!("{error}\noutcome: {outcome:?}\nbefore: {before:?}\nafter: {after:?}")
        })?;
        self.check_staging(action, &outcome).await?;
        for key in &others.inserted {
            // It would have no value in the key column of a sync.
            let condition = format!("PK_ID = {key}");
            let _ = self.server.emulator.delete(&self.table.name, &condition);
        }
        Ok((outcome, happened.sent.len()))
    }

    /// A sync that runs again while calls of the first run may still be executed doubles no record of a unique column.
    async fn twice_at_once(&self, step: &Step) -> CheckResult {
        let before = self.read().await;
        let keys: Vec<i64> = before.keys().copied().collect();
        self.calls.hit(&step.hits, &step.other_hits);
        let caspio = self.client_of(step);
        let made = after_polls(step.polls, self.make(&caspio, &step.action, &keys, None));
        tokio::select! {
            biased;
            () = self.calls.cancelled.notified() => {}
            _ = made => {}
        }
        self.calls.hit_nothing();
        let second = self.make(&self.caspio, &step.action, &keys, None).await;
        let happened = self.calls.settle().await;
        let after = self.read().await;
        for key in &happened.others.inserted {
            let condition = format!("PK_ID = {key}");
            let _ = self.server.emulator.delete(&self.table.name, &condition);
        }
        match check::doubled(&before, &after) {
            // Another program's records have no key.
            _ if !happened.others.inserted.is_empty() => Ok(()),
            None => Ok(()),
            Some(identity) => Err(format!(
                "{identity} is doubled: {second:?}\nafter: {after:?}"
            )),
        }
    }

    /// What a sync would do, as its dry run reports it, which writes nothing.
    async fn planned(&self, step: &Step) -> std::result::Result<Option<planned::Planned>, String> {
        let Action::Sync {
            rows,
            replace,
            dry_run: true,
            ..
        } = &step.action
        else {
            return Ok(None);
        };
        if rows.typed {
            return Ok(None);
        }
        let before = self.read().await;
        self.calls.hit(&[], &[]);
        let rows: Vec<RecordMap> = rows.all(self.case.key).iter().map(map).collect();
        let report = match self.case.view {
            true => {
                let view = self.caspio.view_named(&self.table.view()).writable();
                let sync = view.sync_many(|_| "K", &rows);
                let sync = if *replace {
                    sync.delete_missing()
                } else {
                    sync
                };
                sync.dry_run().await.map(Report::of)
            }
            false => {
                let table = self.caspio.table_named(&self.table.name);
                let sync = table.sync_many(|_| "K", &rows);
                let sync = if *replace {
                    sync.delete_missing()
                } else {
                    sync
                };
                sync.dry_run().await.map(Report::of)
            }
        };
        let happened = self.calls.settle().await;
        if !happened.sent.is_empty() || self.read().await != before {
            return Err(format!("it wrote: {:?}", happened.sent));
        }
        Ok(Some(planned::Planned(report)))
    }

    /// The record that is saved, as the program reads it; then another program may change it.
    async fn read_for_save(&self, action: &Action, keys: &[i64]) -> Option<Typed> {
        let Action::Save {
            record, meanwhile, ..
        } = action
        else {
            return None;
        };
        let key = *keys.get(*record)?;
        let table = self.server.reader.table::<Typed>().named(&self.table.name);
        let read = table.get(key).await.expect("a read");
        if let Some(row) = meanwhile {
            let condition = format!("PK_ID = {key}");
            let _ = self
                .server
                .emulator
                .update(&self.table.name, &condition, for_emulator(row));
        }
        read
    }

    /// After a sync that reports no error, the staging table has the rows and nothing else.
    async fn check_staging(&self, action: &Action, outcome: &Outcome) -> CheckResult {
        let (
            Action::Sync {
                rows,
                staging: true,
                ..
            },
            Outcome::Report(Ok(_)),
        ) = (action, outcome)
        else {
            return Ok(());
        };
        let records = self.read_table(&self.table.staging()).await;
        let rows = rows.all(self.case.key);
        let is_there = |row: &Row| {
            let mut records = records.values();
            records.any(|record| record.holds(&without_password(row), self.case.key))
        };
        match rows.len() == records.len() && rows.iter().all(is_there) {
            true => Ok(()),
            false => Err(format!("the staging table has {records:?}")),
        }
    }

    /// A sync that runs again finishes the first one, and once more writes nothing.
    async fn again(&self, action: &Action) -> CheckResult {
        let step = Step {
            action: action.clone(),
            hits: Vec::new(),
            other_hits: Vec::new(),
            polls: None,
            at_once: false,
            max_calls: None,
            timeout: None,
        };
        let (outcome, _) = self.step(&step).await?;
        let second = match outcome {
            Outcome::Report(Ok(report)) => report,
            Outcome::Report(Err(error)) if !error.maybe_applied() => return Ok(()),
            other => return Err(format!("a second run without faults: {other:?}")),
        };
        let before = self.read().await;
        let (outcome, writes) = self.step(&step).await?;
        let third = match outcome {
            Outcome::Report(Ok(report)) => report,
            // The second run wrote one of two rows, and the record is now that of both for the service.
            Outcome::Report(Err(error))
                if error.kind() == ErrorKind::Refused && self.has_rows_alike(action) =>
            {
                return Ok(());
            }
            outcome => return Err(format!("a third run without faults: {outcome:?}")),
        };
        let is_quiet = third.changed() == 0 && self.read().await == before;
        let no_writes = writes == 0 || third.failed > 0;
        if is_quiet && no_writes {
            return Ok(());
        }
        Err(format!(
            "the third run writes: {third:?}, {writes} calls; the second: {second:?}"
        ))
    }

    /// Whether the service takes the keys of two rows for equal, which differ.
    fn has_rows_alike(&self, action: &Action) -> bool {
        let Action::Sync { rows, .. } = action else {
            return false;
        };
        let rows = rows.all(self.case.key);
        let keys = rows.iter().filter_map(|row| row[0].1.as_str());
        let mut of_service = BTreeSet::new();
        keys.map(|key| compared(self.case.key, key))
            .any(|key| !of_service.insert(key))
    }
}

/// Whether anything but other programs may keep a step from being done.
fn is_disturbed(step: &Step) -> bool {
    let is_hit = !step.hits.is_empty() || !step.other_hits.is_empty();
    is_hit || step.polls.is_some() || step.max_calls.is_some() || step.timeout.is_some()
}

/// Drops a future after so many polls.
async fn after_polls(polls: Option<u32>, made: impl Future<Output = Outcome>) -> Outcome {
    let mut made = std::pin::pin!(made);
    let mut left = polls;
    std::future::poll_fn(|cx| {
        if let Some(left) = &mut left {
            if *left == 0 {
                return Poll::Ready(Outcome::Cancelled);
            }
            *left -= 1;
        }
        made.as_mut().poll(cx)
    })
    .await
}
