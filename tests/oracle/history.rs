//! What happens to the records during a read, and what the read may then deliver.

use crate::case::{Act, Case};
use crate::cell::Cell;
use crate::content::{Column, MAX_KEY, Row};
use crate::expected;
use crate::read::Failure;
use crate::server::TestServer;
use std::collections::{BTreeMap, BTreeSet};

/// Every state of every record.
#[derive(Debug, Default)]
pub(crate) struct History {
    now: BTreeMap<i64, Row>,
    states: BTreeMap<i64, Vec<Row>>,
    touched: BTreeSet<i64>,
    /// The records that the running query delivered.
    delivered: Vec<i64>,
}

impl History {
    pub(crate) fn of(table: &[Row]) -> Self {
        let now: BTreeMap<_, _> = table.iter().map(|row| (row.key(), row.clone())).collect();
        let states = now
            .iter()
            .map(|(key, row)| (*key, vec![row.clone()]))
            .collect();
        Self {
            now,
            states,
            ..Self::default()
        }
    }

    /// Starts the next query of the read.
    pub(crate) fn begin_leg(&mut self) {
        self.delivered.clear();
    }

    pub(crate) fn deliver(&mut self, row: &[Cell]) {
        self.delivered.push(number(&row[Column::Key as usize]));
    }

    /// Whether these last records that the running query delivered were all written, or all that it delivered.
    pub(crate) fn are_last_touched(&self, most: usize) -> bool {
        let mut last = self.delivered.iter().rev().take(most);
        last.all(|key| self.touched.contains(key))
    }

    /// Changes the table, unless the act makes no sense in its state.
    pub(crate) fn write(&mut self, server: &TestServer, case: &Case, act: Act) {
        match act {
            Act::Insert(key) if !self.now.contains_key(&key) && (1..=MAX_KEY).contains(&key) => {
                let row = case.content.row(key, 1_000);
                server
                    .emulator
                    .restore("Rows", [row.to_json(true)])
                    .expect("an insert");
                self.put(key, row);
            }
            Act::Delete(key) if self.now.remove(&key).is_some() => {
                let deleted = server.emulator.delete("Rows", &format!("PK_ID = {key}"));
                assert_eq!(deleted.expect("a delete"), 1);
                self.touched.insert(key);
            }
            Act::Move(key, version) if self.now.contains_key(&key) => {
                let row = case.content.row(key, version);
                let updated =
                    server
                        .emulator
                        .update("Rows", &format!("PK_ID = {key}"), row.to_json(false));
                assert_eq!(updated.expect("an update"), 1);
                self.put(key, row);
            }
            _ => {}
        }
    }

    fn put(&mut self, key: i64, row: Row) {
        self.touched.insert(key);
        self.states.entry(key).or_default().push(row.clone());
        self.now.insert(key, row);
    }

    /// Returns the keys of the records that were written.
    pub(crate) fn touched(&self) -> &BTreeSet<i64> {
        &self.touched
    }

    /// Checks what a read delivered while records were written: those that nobody touched exactly once,
    /// each in a state that it had and that matched, all in the order of the read.
    pub(crate) fn check(&self, case: &Case, read: &[Vec<Cell>]) -> Result<(), Failure> {
        let read: Vec<Row> = read
            .iter()
            .map(|cells| Row {
                cells: cells.clone(),
            })
            .collect();
        for pair in read.windows(2) {
            if !expected::order(case, &pair[0], &pair[1]).is_lt() {
                let keys = [&pair[0], &pair[1]].map(|row| row.get(Column::Key).clone());
                return Err(Failure::new(
                    "order during writes",
                    format!("{keys:?} follow each other"),
                ));
            }
        }
        for row in &read {
            let key = number(row.get(Column::Key));
            let mut states = self.states.get(&key).into_iter().flatten();
            let had = states.any(|state| {
                let shown = expected::shown(case, state);
                shown
                    .iter()
                    .any(|state| **state == *row && expected::is_met(case, state))
            });
            if !had {
                return Err(Failure::new("invented during writes", format!("{row:?}")));
            }
        }
        self.check_untouched(case, &read)
    }

    fn check_untouched(&self, case: &Case, read: &[Row]) -> Result<(), Failure> {
        let is_untouched = |row: &Row| !self.touched.contains(&number(row.get(Column::Key)));
        let rows: Vec<Row> = self.now.values().cloned().collect();
        let mut wanted = expected::matching(case, &rows);
        wanted.retain(|row| is_untouched(row));
        let delivered: Vec<&Row> = read.iter().filter(|row| is_untouched(row)).collect();
        if case.limit.is_some_and(|limit| read.len() as u64 > limit) {
            return Err(Failure::new(
                "over the limit during writes",
                format!("{} rows", read.len()),
            ));
        }
        if case.limit.is_some_and(|limit| read.len() as u64 == limit) {
            wanted.truncate(delivered.len());
        }
        if wanted
            .iter()
            .map(|row| &**row)
            .eq(delivered.iter().copied())
        {
            return Ok(());
        }
        match wanted.iter().find(|row| !delivered.contains(&&***row)) {
            None => Err(Failure::new(
                "twice during writes",
                format!("{} of {}", delivered.len(), wanted.len()),
            )),
            Some(row) => Err(Failure::new(
                "lost during writes",
                format!("{:?}", row.get(Column::Key)),
            )),
        }
    }
}

fn number(key: &Cell) -> i64 {
    match key {
        Cell::Int(key) => *key,
        Cell::Text(key) => {
            let own = key.split(',').next().unwrap_or_default();
            own.parse().expect("a key of the table")
        }
        other => panic!("{other:?} is not a key"),
    }
}
