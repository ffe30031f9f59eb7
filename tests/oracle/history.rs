//! What happens to the records during a read, and what the read delivered meanwhile.

use crate::case::{Act, Case, RecordType};
use crate::cell::Cell;
use crate::content::{Column, MAX_KEY, Row};
use crate::expected;
use crate::places::{self, Delivery, Place};
use crate::read::Failure;
use crate::server::TestServer;
use crate::values::key_of_code;
use std::collections::{BTreeMap, BTreeSet};

/// The records of the table, and every state of those that were written.
#[derive(Debug, Default)]
pub(crate) struct History {
    now: BTreeMap<i64, Row>,
    /// The states of each record that was written, each from a number of writes on; `None` while it is not there.
    states: BTreeMap<i64, Vec<(usize, Option<Row>)>>,
    /// The tables from each number of writes on, for reads of groups.
    tables: Vec<Vec<Row>>,
    /// How many writes changed the table so far.
    writes: usize,
    /// How many of them came before the first query.
    started: Option<usize>,
    /// The indices of the writes that were made during a call.
    made: BTreeSet<usize>,
    /// How many came before the running query, and how many rows were delivered before it.
    leg: (usize, usize),
    delivered: Vec<Delivery>,
    /// Whether a record got another place in the order by values that are shown as those that it had.
    is_hidden: bool,
}

impl History {
    pub(crate) fn of(table: &[Row]) -> Self {
        Self {
            now: table.iter().map(|row| (row.key(), row.clone())).collect(),
            ..Self::default()
        }
    }

    /// Starts the next query of the read.
    pub(crate) fn begin_leg(&mut self) {
        self.started.get_or_insert(self.writes);
        self.leg = (self.writes, self.delivered.len());
    }

    pub(crate) fn deliver(&mut self, row: &[Cell]) {
        self.delivered.push(Delivery {
            row: row.to_vec(),
            since: self.leg.0,
            until: self.writes,
        });
    }

    /// Returns how many records come after the last one that was delivered, at the place that it had.
    pub(crate) fn count_after(&self, case: &Case) -> Cell {
        let last = self.delivered.last();
        let held = last.and_then(|last| self.as_held(case, last));
        let shown = last.map(|last| &last.row[..]);
        let last = held.as_ref().map(|row| &row.cells[..]).or(shown);
        expected::count_after(case, &self.table(), last, self.delivered.len())
    }

    /// Returns a record that was delivered with the values that it had, which may be shown in another way.
    fn as_held(&self, case: &Case, delivery: &Delivery) -> Option<Row> {
        let key = own_key(case, &delivery.row);
        let states = self.states.get(&key);
        let earlier = states.into_iter().flatten().rev();
        let earlier = earlier.filter(|(from, _)| *from <= delivery.until);
        let earlier = earlier.filter_map(|(_, row)| row.as_ref());
        let unwritten = self.now.get(&key).filter(|_| states.is_none());
        let rows = earlier.chain(unwritten);
        let mut shown = rows.flat_map(|row| expected::shown(case, row));
        let is_delivered = |row: &Row| {
            let cells = case.shown.row(case, row.cells.clone());
            let mut pairs = cells.iter().zip(&delivery.row);
            pairs.all(|(cell, read)| cell.is_read_as(read, false))
        };
        shown
            .find(|row| is_delivered(row))
            .map(|row| row.into_owned())
    }

    pub(crate) fn table(&self) -> Vec<Row> {
        self.now.values().cloned().collect()
    }

    /// Whether these last records or groups that the running query delivered were all written, or all that it
    /// delivered.
    pub(crate) fn are_last_touched(&self, case: &Case, most: usize) -> bool {
        let mut last = self.delivered[self.leg.1..].iter().rev().take(most);
        if !case.record_type.is_grouped() {
            return last.all(|row| self.states.contains_key(&own_key(case, &row.row)));
        }
        let places = self.places(case);
        last.all(|row| {
            places
                .iter()
                .any(|place| place.is_written() && place.shows(case, row))
        })
    }

    /// Whether the last record that was delivered was changed.
    pub(crate) fn is_last_changed(&self, case: &Case) -> bool {
        let last = self.delivered.last();
        last.is_some_and(|row| self.is_changed(case, row))
    }

    fn is_changed(&self, case: &Case, row: &Delivery) -> bool {
        let states = self.states.get(&own_key(case, &row.row));
        states.is_some_and(|states| states[1..].iter().any(|(_, row)| row.is_some()))
    }

    /// Returns how many rows were delivered.
    pub(crate) fn delivered(&self) -> usize {
        self.delivered.len()
    }

    /// Whether the last record that the running query delivered was written, and one of these last ones was changed: a
    /// view may repeat a key, so the record with the new values may be another one.
    pub(crate) fn is_last_of_a_view_unclear(&self, case: &Case, most: usize) -> bool {
        let mut last = self.delivered[self.leg.1..].iter().rev().take(most);
        self.are_last_touched(case, 1) && last.any(|row| self.is_changed(case, row))
    }

    /// Changes the table, unless the act makes no sense in its state.
    pub(crate) fn write(&mut self, server: &TestServer, case: &Case, act: Act) {
        if case.record_type.is_grouped() && self.tables.is_empty() {
            self.tables.push(self.table());
        }
        if let Some((key, row)) = self.change(case, act) {
            put(server, key, self.now.get(&key), row.as_ref());
            self.writes += 1;
            let before = self.now.get(&key).cloned();
            self.is_hidden |= is_hidden(case, before.as_ref(), row.as_ref());
            let states = self.states.entry(key).or_insert_with(|| vec![(0, before)]);
            states.push((self.writes, row.clone()));
            match row {
                Some(row) => self.now.insert(key, row),
                None => self.now.remove(&key),
            };
            if case.record_type.is_grouped() {
                self.tables.push(self.table());
            }
        }
    }

    /// Makes the writes that are due after so many calls for the next records.
    pub(crate) fn write_during(&mut self, server: &TestServer, case: &Case, calls: usize) {
        for (index, write) in case.writes.iter().enumerate() {
            let is_due = (1..=calls).contains(&write.call) && write.after <= self.delivered.len();
            if is_due && self.made.insert(index) {
                self.write(server, case, write.act);
            }
        }
    }

    /// Returns the record that an act changes, and what it becomes; `None` if it is deleted.
    fn change(&self, case: &Case, act: Act) -> Option<(i64, Option<Row>)> {
        let is_there = |key: &i64| self.now.contains_key(key);
        match act {
            Act::Insert(key) if !is_there(&key) && (1..=MAX_KEY).contains(&key) => {
                Some((key, Some(case.content.row(key, 1_000))))
            }
            Act::Delete(key) => is_there(&key).then_some((key, None)),
            Act::Move(key, version) => {
                is_there(&key).then(|| (key, Some(case.content.row(key, version))))
            }
            Act::DeleteDelivered(back) => Some((self.delivered_key(case, back)?, None)),
            Act::Shift(back, by) => {
                let key = self.delivered_key(case, back)?;
                let row = self.shifted(case, key, by)?;
                (row != self.now[&key]).then_some((key, Some(row)))
            }
            Act::Alike(back) => {
                let key = self.delivered_key(case, back)?;
                let mut row = self.now[&key].clone();
                for column in places::columns(case) {
                    let cell = &mut row.cells[column as usize];
                    *cell = alike(column, cell);
                }
                (row != self.now[&key]).then_some((key, Some(row)))
            }
            Act::Respell(back) => {
                let key = self.delivered_key(case, back)?;
                let mut row = self.now[&key].clone();
                for column in [Column::Name, Column::Note] {
                    if let Cell::Text(text) = &mut row.cells[column as usize] {
                        *text = respelled(text);
                    }
                }
                (row != self.now[&key]).then_some((key, Some(row)))
            }
            Act::Insert(_) => None,
        }
    }

    /// Returns the key of the record that was delivered so many before the last one, or about there for a group, if
    /// it is still there.
    fn delivered_key(&self, case: &Case, back: usize) -> Option<i64> {
        let index = self.delivered.len().checked_sub(back + 1)?;
        let key = if case.record_type.is_grouped() {
            let groups = expected::groups(case, &self.table());
            own_number(groups.get(index)?.keys.first()?)
        } else {
            own_key(case, &self.delivered[index].row)
        };
        self.now.contains_key(&key).then_some(key)
    }

    /// Returns a record with the values, in the columns of the order, of the one that is so many places after it.
    fn shifted(&self, case: &Case, key: i64, by: i64) -> Option<Row> {
        let table = self.table();
        let rows = expected::matching(case, &table);
        let of_key = |row: &Row| own_number(row.get(Column::Key));
        let place = rows.iter().position(|row| of_key(row) == key)? as i64;
        let other = (place + by).clamp(0, rows.len() as i64 - 1);
        let other = &rows[other as usize];
        let mut row = self.now[&key].clone();
        for column in places::columns(case) {
            row.cells[column as usize] = other.get(column).clone();
        }
        row.compute();
        Some(row)
    }

    /// Whether a record got another place in the order by values that the read takes for those that it had: floats that
    /// are shown alike, and null and an empty text where it does not select which it is. Then the record seems to be
    /// where it was, and nothing is promised for those between both places.
    pub(crate) fn hides_a_change(&self) -> bool {
        self.is_hidden
    }

    /// Returns how many writes changed the table so far.
    pub(crate) fn writes(&self) -> usize {
        self.writes
    }

    /// Returns the keys of the records that were written.
    pub(crate) fn touched(&self) -> BTreeSet<i64> {
        self.states.keys().copied().collect()
    }

    /// Checks what a read delivered while records were written.
    pub(crate) fn check(&self, case: &Case) -> Result<(), Failure> {
        places::check(case, &self.places(case), &self.delivered)
    }

    fn places(&self, case: &Case) -> Vec<Place> {
        let start = self.started.unwrap_or(self.writes);
        if case.record_type.is_grouped() {
            let now = [self.table()];
            let tables = match &self.tables[..] {
                [] => &now,
                tables => &tables[start..],
            };
            return places::of_groups(case, start, tables);
        }
        let written = self.states.values().map(Vec::as_slice);
        let others = self.now.iter();
        let others = others.filter(|(key, _)| !self.states.contains_key(key));
        let others = others.map(|(_, row)| row);
        places::of_records(case, start, others, written)
    }
}

fn is_hidden(case: &Case, before: Option<&Row>, after: Option<&Row>) -> bool {
    let (Some(before), Some(after)) = (before, after) else {
        return false;
    };
    places::columns(case).into_iter().any(|column| {
        let (before, after) = (before.get(column), after.get(column));
        before != after && case.shown.are_alike(case, column, before, after)
    })
}

/// Returns a value that may be shown as this one.
fn alike(column: Column, cell: &Cell) -> Cell {
    match (column, cell) {
        (Column::Name | Column::Note, Cell::Null) => Cell::Text(String::new()),
        (Column::Name | Column::Note, Cell::Text(text)) if text.trim().is_empty() => Cell::Null,
        (_, Cell::Float(float)) if *float != 0.0 => {
            Cell::Float(f64::from_bits(float.to_bits() ^ 1))
        }
        _ => cell.clone(),
    }
}

/// Returns a text with letters of the other case.
fn respelled(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    match lower == text {
        true => text.to_ascii_uppercase(),
        false => lower,
    }
}

fn put(server: &TestServer, key: i64, before: Option<&Row>, row: Option<&Row>) {
    let condition = format!("PK_ID = {key}");
    match (before, row) {
        (None, Some(row)) => {
            let restored = server.emulator.restore("Rows", [row.to_json(true)]);
            restored.expect("an insert");
        }
        (_, None) => {
            let deleted = server.emulator.delete("Rows", &condition);
            assert_eq!(deleted.expect("a delete"), 1);
        }
        (Some(_), Some(row)) => {
            let updated = server
                .emulator
                .update("Rows", &condition, row.to_json(false));
            assert_eq!(updated.expect("an update"), 1);
        }
    }
}

/// Returns the key, in the table, of a record that was delivered.
fn own_key(case: &Case, row: &[Cell]) -> i64 {
    let code = match case.record_type {
        RecordType::Narrow => &row[2],
        RecordType::Alias => &row[1],
        RecordType::Exact => &row[0],
        _ => return own_number(&row[Column::Key as usize]),
    };
    match code {
        Cell::Text(code) => key_of_code(code),
        other => panic!("{other:?} is not a code"),
    }
}

fn own_number(key: &Cell) -> i64 {
    match key {
        Cell::Int(key) => *key,
        Cell::Text(key) => {
            let own = key.split(',').next().unwrap_or_default();
            own.parse().expect("a key of the table")
        }
        other => panic!("{other:?} is not a key"),
    }
}
