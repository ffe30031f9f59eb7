//! Makes the operation of a step by the SDK.

use super::case::{Action, Condition, MISSING, Row};
use super::files::upload;
use super::outcome::{AnyKey, Outcome, Report};
use super::run::Run;
use super::typed::{NewTyped, Secretive, Typed, complete, without_strange_values};
use super::values::FILE;
use caspio::Concurrency;
use caspio::prelude::*;
use futures::FutureExt;

impl Run<'_> {
    pub(super) async fn make(
        &self,
        caspio: &Client,
        action: &Action,
        keys: &[i64],
        saved: Option<Typed>,
    ) -> Outcome {
        if let Action::InsertTogether { inserts } = action {
            let [first, second] = &**inserts;
            let (first, second) = futures::join!(
                self.make(caspio, first, keys, None).boxed_local(),
                self.make(caspio, second, keys, None).boxed_local(),
            );
            return Outcome::Both(Box::new([first, second]));
        }
        if self.case.view {
            let view = caspio.view_named(&self.table.view()).writable();
            let key = |record: &usize| key_of(keys, *record).to_string();
            return untyped!(self, view, key, action);
        }
        let key = |record: &usize| key_of(keys, *record);
        let table = caspio.table_named(&self.table.name);
        match action {
            Action::Save {
                row, if_unchanged, ..
            } => {
                let Some(read) = saved else {
                    return Outcome::Skipped;
                };
                let table = caspio.table::<Typed>().named(&self.table.name);
                let save = table.save(&read, &read.with(&without_strange_values(row)));
                Outcome::Saved(match if_unchanged {
                    true => save.if_unchanged().await,
                    false => save.await,
                })
            }
            Action::UpdateWhere {
                condition: Condition::All,
                row,
                expected,
            } => {
                let update = table.update_all();
                let update = match expected {
                    Some(records) => update.expect_count(*records),
                    None => update,
                };
                Outcome::Count(update.set_row(&map(row)).await)
            }
            Action::DeleteWhere {
                condition: Condition::All,
                expected,
            } => {
                let delete = table.delete_all();
                let delete = match expected {
                    Some(records) => delete.expect_count(*records),
                    None => delete,
                };
                Outcome::Count(delete.await)
            }
            Action::SetPassword { record, password } => Outcome::Done(
                table
                    .set_password(key(record), |_| "P", password.clone())
                    .await,
            ),
            Action::Attach { record, content } => {
                let file = table.attachment(key(record), |_| FILE);
                Outcome::Done(file.upload(upload(content)).await)
            }
            Action::Detach { record } => {
                let file = table.attachment(key(record), |_| FILE);
                Outcome::Done(file.delete().await)
            }
            Action::Insert {
                row,
                unique_by,
                returning,
                typed: true,
            } => {
                let table = caspio.table::<Secretive>().named(&self.table.name);
                let insert = table.insert(&NewTyped::of(&complete(row.clone())));
                let insert = match unique_by {
                    true => insert.unique_by(|c| c.k),
                    false => insert,
                };
                // A record with a password cannot be read as a struct that has it.
                let _ = returning;
                Outcome::Key(insert.await)
            }
            Action::InsertMany {
                rows,
                unique_by,
                concurrency,
            } if rows.typed => {
                let rows = rows.all(self.case.key);
                let rows: Vec<NewTyped> = rows.iter().map(NewTyped::of).collect();
                let table = caspio.table::<Secretive>().named(&self.table.name);
                let insert = table
                    .insert_many(&rows)
                    .concurrency(concurrency.map_or(Concurrency::Auto, Concurrency::from));
                Outcome::Report(match unique_by {
                    true => insert.unique_by(|c| c.k).await.map(Report::of),
                    false => insert.await.map(Report::of),
                })
            }
            Action::Sync {
                rows,
                replace,
                staging,
                ..
            } if rows.typed => {
                let rows = rows.all(self.case.key);
                let rows: Vec<NewTyped> = rows.iter().map(NewTyped::of).collect();
                let table = caspio.table::<Secretive>().named(&self.table.name);
                let sync = match replace {
                    true => table.replace_all(|c| c.k, &rows),
                    false => table.sync_many(|c| c.k, &rows),
                };
                let sync = match staging {
                    true => sync.staging(&self.table.staging()),
                    false => sync,
                };
                let stop = self.calls.stop_signal();
                Outcome::Report(sync.stop_by(&stop).await.map(Report::of))
            }
            action => untyped!(self, table, key, action),
        }
    }
}

fn key_of(keys: &[i64], record: usize) -> i64 {
    keys.get(record).copied().unwrap_or(MISSING)
}

/// Makes an operation with maps, on a table or a view.
macro_rules! untyped {
    ($run:ident, $handle:ident, $key:ident, $action:expr) => {
        match $action {
            Action::Insert {
                row,
                unique_by,
                returning,
                ..
            } => {
                let row = map(row);
                let insert = $handle.insert(&row);
                let insert = match unique_by {
                    true => insert.unique_by(|_| "K"),
                    false => insert,
                };
                Outcome::Key(match returning {
                    true => insert.returning().await.map(|record| returned(&record)),
                    false => insert.await.map(|key| key.number()),
                })
            }
            Action::InsertMany {
                rows,
                unique_by,
                concurrency,
            } => {
                let rows: Vec<RecordMap> = rows.all($run.case.key).iter().map(map).collect();
                let insert = $handle
                    .insert_many(&rows)
                    .concurrency(concurrency.map_or(Concurrency::Auto, Concurrency::from));
                Outcome::Report(match unique_by {
                    true => insert.unique_by(|_| "K").await.map(Report::of),
                    false => insert.await.map(Report::of),
                })
            }
            Action::Update {
                record,
                row,
                returning,
            } => {
                let update = $handle.update($key(record)).set_row(&map(row));
                Outcome::Done(match returning {
                    true => update.returning().await.map(drop),
                    false => update.await,
                })
            }
            Action::UpdateMany { rows } => {
                let rows = rows.iter().map(|(record, row)| ($key(record), map(row)));
                let update = $handle.update_many(rows.collect::<Vec<_>>());
                Outcome::Report(update.await.map(Report::of))
            }
            Action::Delete { record } => Outcome::Done($handle.delete($key(record)).await),
            Action::DeleteMany {
                records,
                find_missing,
            } => {
                let keys = records.iter().map($key).collect::<Vec<_>>();
                let delete = $handle.delete_many(keys);
                let delete = match find_missing {
                    true => delete.find_missing(),
                    false => delete,
                };
                Outcome::Report(delete.await.map(Report::of))
            }
            Action::UpdateWhere {
                condition,
                row,
                expected,
            } => {
                let Some((text, value)) = condition.sql($run.table.base) else {
                    return Outcome::Skipped;
                };
                let update = $handle.update_where_raw(text, (value,));
                let update = match expected {
                    Some(records) => update.expect_count(*records),
                    None => update,
                };
                Outcome::Count(update.set_row(&map(row)).await)
            }
            Action::DeleteWhere {
                condition,
                expected,
            } => {
                let Some((text, value)) = condition.sql($run.table.base) else {
                    return Outcome::Skipped;
                };
                let delete = $handle.delete_where_raw(text, (value,));
                let delete = match expected {
                    Some(records) => delete.expect_count(*records),
                    None => delete,
                };
                Outcome::Count(delete.await)
            }
            Action::Sync {
                rows,
                replace,
                staging,
                ..
            } => {
                let rows: Vec<RecordMap> = rows.all($run.case.key).iter().map(map).collect();
                let sync = match replace {
                    true => $handle.replace_all(|_| "K", &rows),
                    false => $handle.sync_many(|_| "K", &rows),
                };
                let sync = match staging {
                    true => sync.staging(&$run.table.staging()),
                    false => sync,
                };
                let stop = $run.calls.stop_signal();
                Outcome::Report(sync.stop_by(&stop).await.map(Report::of))
            }
            Action::InsertTogether { .. }
            | Action::Save { .. }
            | Action::SetPassword { .. }
            | Action::Attach { .. }
            | Action::Detach { .. } => Outcome::Skipped,
        }
    };
}
use untyped;

impl Condition {
    /// The condition in a table whose first record has the key after this one; `None` for all records.
    fn sql(self, base: i64) -> Option<(&'static str, i64)> {
        match self {
            Self::KeyAtMost(most) => Some(("PK_ID <= ?", base + most)),
            Self::NumberAtLeast(least) => Some(("N >= ?", least)),
            Self::Yes(yes) => Some(("Y = ?", yes.into())),
            Self::All => None,
        }
    }
}

fn returned(record: &RecordMap) -> i64 {
    let key = record.get("PK_ID").expect("a key");
    let text = key.as_str().map(str::to_owned);
    let text = text.unwrap_or_else(|| key.to_string());
    text.parse().expect("a key")
}

pub(super) fn map(row: &Row) -> RecordMap {
    row.iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
