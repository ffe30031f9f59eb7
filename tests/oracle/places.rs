//! Which rows a read may deliver while records are written, and in which order.
//!
//! Each record and each group has a place in the order of the read, or several one after the other if it is written.
//! One that has the same place from the first query of the read to its end is delivered exactly once, with values that
//! it had meanwhile. Others are delivered at most once at each of their places. All come in the order of the places,
//! but one that was written may come late where its place cannot be known: floats are shown with fewer digits than they
//! have, null and an empty text may be shown alike, and how the service compares texts is not known.

use crate::case::{Case, RecordType};
use crate::cell::Cell;
use crate::check::is_row_read_as;
use crate::content::{Column, Row};
use crate::expected::{self, Group};
use crate::read::Failure;
use std::collections::HashMap;

/// How many records before the last one of a page serve to find its place again, with that one.
const NEAR: usize = 9;

/// A row that was delivered.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) row: Vec<Cell>,
    /// How many writes came before the query that delivered it, and how many before it was delivered.
    pub(crate) since: usize,
    pub(crate) until: usize,
}

/// A place in the order of a read.
pub(crate) struct Place {
    /// A record of this place.
    record: Row,
    states: Vec<State>,
    is_required: bool,
}

/// What is at a place from a number of writes on and up to another.
struct State {
    from: usize,
    until: usize,
    row: Vec<Cell>,
    keys: Vec<Cell>,
}

impl Place {
    /// Whether records of this place were written during the read.
    pub(crate) fn is_written(&self) -> bool {
        !self.is_required
            || self
                .states
                .windows(2)
                .any(|pair| pair[0].keys != pair[1].keys)
    }

    fn most_times(&self, case: &Case) -> usize {
        match self.may_repeat(case) {
            true => self.states.len(),
            false => 1,
        }
    }

    /// Whether a record may come here again: a view may repeat a key, so that a record with another spelling of its
    /// texts may be another one.
    fn may_repeat(&self, case: &Case) -> bool {
        let rows = self.states.windows(2);
        case.source.is_view() && rows.into_iter().any(|pair| pair[0].row != pair[1].row)
    }

    pub(crate) fn shows(&self, case: &Case, delivery: &Delivery) -> bool {
        let shows = |state: &State| {
            let was_there = state.from <= delivery.until && state.until > delivery.since;
            let row = || case.shown.row(case, state.row.clone());
            was_there && is_row_read_as(case, &row(), &delivery.row)
        };
        self.states.iter().any(shows)
    }
}

/// Returns the columns that give a record its place: those of the order and of the groups, or some others.
pub(crate) fn columns(case: &Case) -> Vec<Column> {
    let group = case.record_type.group().iter().copied();
    let columns = case.order.iter().map(|(column, _)| *column).chain(group);
    let written = columns.filter_map(|column| match column {
        Column::Key | Column::Auto | Column::Guid | Column::Code => None,
        Column::Known => Some(Column::Qty),
        column => Some(column),
    });
    let columns: Vec<Column> = written.collect();
    match columns.is_empty() {
        true => vec![Column::Name, Column::Qty],
        false => columns,
    }
}

/// Returns the places of records, in the order of the read that started after so many writes: of `others`, which
/// were not written, and of those with these states.
pub(crate) fn of_records<'r>(
    case: &Case,
    start: usize,
    others: impl Iterator<Item = &'r Row>,
    written: impl Iterator<Item = &'r [(usize, Option<Row>)]>,
) -> Vec<Place> {
    let mut places = Vec::new();
    for row in others {
        add_states(case, start, &[(0, Some(row))], &mut places);
    }
    for states in written {
        let states: Vec<_> = states
            .iter()
            .map(|(from, row)| (*from, row.as_ref()))
            .collect();
        add_states(case, start, &states, &mut places);
    }
    places.sort_by(|a, b| expected::order(case, &a.record, &b.record));
    places
}

/// Adds the places of one record.
fn add_states(
    case: &Case,
    start: usize,
    states: &[(usize, Option<&Row>)],
    places: &mut Vec<Place>,
) {
    let first = places.len();
    for (index, (from, row)) in states.iter().enumerate() {
        let until = states.get(index + 1).map_or(usize::MAX, |(from, _)| *from);
        let (true, Some(row)) = (until > start, row) else {
            continue;
        };
        for shown in expected::shown(case, row) {
            if !expected::is_met(case, &shown) {
                continue;
            }
            let state = State {
                from: *from,
                until,
                row: expected::projected(case, &shown),
                keys: Vec::new(),
            };
            let is_here = |place: &&mut Place| expected::order(case, &place.record, &shown).is_eq();
            match places[first..].iter_mut().find(is_here) {
                Some(place) => place.states.push(state),
                None => places.push(Place {
                    record: shown.into_owned(),
                    states: vec![state],
                    is_required: false,
                }),
            }
        }
    }
    for place in &mut places[first..] {
        place.is_required = is_always_there(&place.states, start);
    }
}

fn is_always_there(states: &[State], start: usize) -> bool {
    let mut there = start;
    for state in states {
        if state.from > there {
            return false;
        }
        there = there.max(state.until);
    }
    there == usize::MAX
}

/// Returns the places of groups, in the order of the read that started after so many writes; `tables` are those from
/// then on.
pub(crate) fn of_groups(case: &Case, start: usize, tables: &[Vec<Row>]) -> Vec<Place> {
    let mut found: Vec<(usize, Group)> = Vec::new();
    for (index, table) in tables.iter().enumerate() {
        let groups = expected::groups(case, table).into_iter();
        found.extend(groups.map(|group| (start + index, group)));
    }
    let by = |a: &Group, b: &Group| expected::group_order(case, &a.record, &b.record);
    found.sort_by(|(_, a), (_, b)| by(a, b));
    let last = (start + tables.len()).saturating_sub(1);
    let mut places: Vec<Place> = Vec::new();
    for (at, group) in found {
        let state = State {
            from: at,
            until: if at == last { usize::MAX } else { at + 1 },
            row: group.row,
            keys: group.keys,
        };
        match places.last_mut() {
            Some(place) if expected::group_order(case, &place.record, &group.record).is_eq() => {
                place.states.push(state);
            }
            _ => places.push(Place {
                record: group.record,
                states: vec![state],
                is_required: false,
            }),
        }
    }
    for place in &mut places {
        place.is_required = is_always_there(&place.states, start);
    }
    places
}

/// Checks that the rows can have been delivered for these places, each at most once, the required ones exactly once
/// unless the limit ended the read.
pub(crate) fn check(case: &Case, places: &[Place], delivered: &[Delivery]) -> Result<(), Failure> {
    let limit = case.limit.map_or(usize::MAX, |limit| limit as usize);
    if delivered.len() > limit {
        let text = format!("{} rows, limit {limit}", delivered.len());
        return Err(Failure::new("over the limit during writes", text));
    }
    check_repetitions(case, places, delivered)?;
    let is_limited = delivered.len() == limit;
    // How many rows may have been delivered for the places so far.
    let mut counts = vec![0];
    // Only a few places may be delivered late.
    let may_be_late = |place: &Place| !place.is_required || place.may_repeat(case);
    let mut late = Vec::new();
    for (index, place) in places.iter().enumerate() {
        let near = &places[index.saturating_sub(NEAR)..=index];
        add_late(case, &late, near, delivered, &mut counts);
        if may_be_late(place) {
            late.push(place);
        }
        let mut next = Vec::new();
        for count in &counts {
            if is_limited && *count == limit {
                return Ok(());
            }
            if !place.is_required && next.last() != Some(count) {
                next.push(*count);
            }
            if delivered
                .get(*count)
                .is_some_and(|row| place.shows(case, row))
            {
                next.push(count + 1);
            }
        }
        if next.is_empty() {
            return Err(missing(place, delivered, &counts));
        }
        next.dedup();
        counts = next;
    }
    let near = &places[places.len().saturating_sub(NEAR)..];
    add_late(case, &late, near, delivered, &mut counts);
    let most = counts.last().copied().unwrap_or_default();
    match delivered.get(most) {
        None => Ok(()),
        Some(row) => Err(Failure::new(
            "too many during writes",
            format!("row {most} of {}: {row:?}", delivered.len()),
        )),
    }
}

/// Adds the counts of rows after those of these places that come late. A page continues after the last record, or one
/// of those before it, which are `near`.
fn add_late(
    case: &Case,
    late: &[&Place],
    near: &[Place],
    delivered: &[Delivery],
    counts: &mut Vec<usize>,
) {
    if expected::first_uncertain(case).is_none() {
        return;
    }
    let is_unclear = |earlier: &Place| {
        let mut near = near.iter();
        near.any(|place| expected::is_order_unclear(case, &earlier.record, &place.record))
    };
    // A group has no key by which `check_repetitions` could recognize it.
    let is_again = |count: usize| {
        let mut before = delivered[..count].iter();
        case.record_type.is_grouped() && before.any(|before| before.row == delivered[count].row)
    };
    let is_late = |count: usize| {
        let Some(row) = delivered.get(count) else {
            return false;
        };
        let mut late = late.iter();
        late.any(|earlier| earlier.shows(case, row) && is_unclear(earlier)) && !is_again(count)
    };
    let mut index = 0;
    while let Some(count) = counts.get(index).copied() {
        if !counts.contains(&(count + 1)) && is_late(count) {
            counts.insert(index + 1, count + 1);
        }
        index += 1;
    }
}

/// Checks that no record came more often than it had places.
fn check_repetitions(case: &Case, places: &[Place], delivered: &[Delivery]) -> Result<(), Failure> {
    if case.record_type != RecordType::Full {
        return Ok(());
    }
    let mut times: HashMap<String, usize> = HashMap::new();
    for row in delivered {
        *times.entry(format!("{:?}", row.row[0])).or_default() += 1;
    }
    times.retain(|_, times| *times > 1);
    for (key, times) in times {
        let is_of_key = |place: &&Place| format!("{:?}", place.record.get(Column::Key)) == key;
        let of_key = places.iter().filter(is_of_key);
        let most: usize = of_key.map(|place| place.most_times(case)).sum();
        if times > most {
            let text = format!("record {key} {times} times, it had {most} places");
            return Err(Failure::new("twice during writes", text));
        }
    }
    Ok(())
}

fn missing(place: &Place, delivered: &[Delivery], counts: &[usize]) -> Failure {
    let most = counts.last().copied().unwrap_or_default();
    let states: Vec<_> = place.states.iter().map(|state| &state.row).collect();
    let text = format!(
        "row {most} of {} is {:?} instead of one of {states:?}",
        delivered.len(),
        delivered.get(most)
    );
    Failure::new("lost during writes", text)
}
