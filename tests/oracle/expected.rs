//! The right result of a read, computed from the records in memory.

use crate::case::{Case, Having, How, RecordType, Source};
use crate::cell::Cell;
use crate::content::{Column, Row};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Returns the records that the source of a case shows for one of the table.
pub(crate) fn shown<'r>(case: &Case, row: &'r Row) -> Vec<Cow<'r, Row>> {
    match case.source {
        Source::Table | Source::Map => vec![Cow::Borrowed(row)],
        Source::View | Source::Wide if *row.get(Column::Flag) != Cell::Bool(true) => Vec::new(),
        Source::View | Source::Wide => vec![Cow::Owned(row.with_key(row.key().to_string()))],
        Source::Joined => joined(row).into_iter().map(Cow::Owned).collect(),
    }
}

/// The counts of the records that the table is joined with, and the `Flag` that they have in the view.
pub(crate) const KINDS: [(i64, bool); 4] = [(0, true), (1, false), (1, true), (3, false)];

/// Returns a record once for each record of its `Count`, or once without one. The key of a view has the keys of
/// both tables, and `Flag` is that of the other one.
fn joined(row: &Row) -> Vec<Row> {
    let count = row.get(Column::Count);
    let kinds = KINDS.iter().zip(1..);
    let kinds = kinds.filter(|((kind, _), _)| *count == Cell::Int(*kind));
    let with = |key: String, flag: Cell| {
        let mut joined = row.with_key(format!("{},{key}", row.key()));
        joined.cells[Column::Flag as usize] = flag;
        joined
    };
    let rows: Vec<Row> = kinds
        .map(|((_, flag), key)| with(key.to_string(), Cell::Bool(*flag)))
        .collect();
    if rows.is_empty() {
        return vec![with(String::new(), Cell::Null)];
    }
    rows
}

/// Returns whether a record that is shown meets the conditions of a case.
pub(crate) fn is_met(case: &Case, row: &Row) -> bool {
    case.filters.iter().all(|filter| filter.is_met(row))
}

/// Compares records in the order of a case, which ends with the key.
pub(crate) fn order(case: &Case, a: &Row, b: &Row) -> Ordering {
    for (column, descends) in &case.order {
        let order = a.get(*column).order(b.get(*column));
        let order = if *descends { order.reverse() } else { order };
        if order.is_ne() {
            return order;
        }
    }
    a.get(Column::Key).order(b.get(Column::Key))
}

/// Returns the index of the first column of the order whose values the service may show in another way than it
/// compares them.
pub(crate) fn first_uncertain(case: &Case) -> Option<usize> {
    sorted_by(case).position(Column::is_uncertain)
}

/// Returns the columns of the order, which ends with those of the groups.
fn sorted_by(case: &Case) -> impl Iterator<Item = Column> {
    let order = case.order.iter().map(|(column, _)| *column);
    order.chain(case.record_type.group().iter().copied())
}

/// Whether the order of two records cannot be known from the values that are shown.
pub(crate) fn is_order_unclear(case: &Case, a: &Row, b: &Row) -> bool {
    let Some(first) = first_uncertain(case) else {
        return false;
    };
    // How the service compares texts is not known, but those with a letter or digit come after null and the others.
    let has_weight = |cell: &Cell| match cell {
        Cell::Text(text) => text.contains(|letter: char| letter.is_ascii_alphanumeric()),
        _ => false,
    };
    let is_equal = |column: Column| match (a.get(column), b.get(column)) {
        (a, b) if matches!(column, Column::Name | Column::Note) => has_weight(a) == has_weight(b),
        (Cell::Float(a), Cell::Float(b)) => (a - b).abs() <= 1e-12 * a.abs().max(b.abs()),
        (a, b) => a.order(b).is_eq(),
    };
    sorted_by(case).take(first + 1).all(is_equal)
}

/// Returns the records of a case in their order, without its limit.
pub(crate) fn matching<'t>(case: &Case, table: &'t [Row]) -> Vec<Cow<'t, Row>> {
    let shown = table.iter().flat_map(|row| shown(case, row));
    let mut rows: Vec<_> = shown.filter(|row| is_met(case, row)).collect();
    rows.sort_by(|a, b| order(case, a, b));
    rows
}

fn limited<T>(case: &Case, mut rows: Vec<T>) -> Vec<T> {
    if let Some(limit) = case.limit {
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    rows
}

/// Returns the rows of a read: records, or groups.
pub(crate) fn rows(case: &Case, table: &[Row]) -> Vec<Vec<Cell>> {
    if case.record_type.is_grouped() {
        let groups = groups(case, table).into_iter();
        return limited(case, groups.map(|group| group.row).collect());
    }
    let rows = limited(case, matching(case, table));
    rows.iter().map(|row| projected(case, row)).collect()
}

/// Returns the columns of a record that the struct of a case has.
pub(crate) fn projected(case: &Case, row: &Row) -> Vec<Cell> {
    let get = |column: Column| row.get(column).clone();
    match case.record_type {
        RecordType::Exact => vec![get(Column::Code), get(Column::Value)],
        RecordType::Narrow => Column::NARROW.map(get).into(),
        RecordType::Alias => {
            let qty = match get(Column::Qty) {
                Cell::Null => Cell::Int(7),
                qty => qty,
            };
            vec![qty, get(Column::Code), get(Column::Count)]
        }
        _ => row.cells.clone(),
    }
}

/// A group of records.
pub(crate) struct Group {
    /// One of its records.
    pub(crate) record: Row,
    /// The keys of its records, in the order of the table.
    pub(crate) keys: Vec<Cell>,
    /// What the struct of the case has of it.
    pub(crate) row: Vec<Cell>,
}

/// Compares the groups of records in the order of a case, which ends with the columns of the groups.
pub(crate) fn group_order(case: &Case, a: &Row, b: &Row) -> Ordering {
    let columns = case.record_type.group().iter();
    let terms = case.order.iter().copied();
    let terms = terms.chain(columns.map(|column| (*column, false)));
    let orders = terms.map(|(column, descends)| {
        let order = a.get(column).order(b.get(column));
        if descends { order.reverse() } else { order }
    });
    orders.fold(Ordering::Equal, Ordering::then)
}

/// Returns the groups of a case in their order, without its limit.
pub(crate) fn groups(case: &Case, table: &[Row]) -> Vec<Group> {
    let by = |a: &Row, b: &Row| group_order(case, a, b);
    let mut rows = matching(case, table);
    rows.sort_by(|a, b| by(a, b));
    let groups = rows.chunk_by(|a, b| by(a, b).is_eq());
    let kept = groups.filter(|group| case.having.iter().all(|having| keeps(having, group)));
    let group = |group: &[Cow<'_, Row>]| Group {
        record: group[0].clone().into_owned(),
        keys: group
            .iter()
            .map(|row| row.get(Column::Key).clone())
            .collect(),
        row: summed_up(case.record_type, group),
    };
    let mut groups: Vec<Group> = kept.map(group).collect();
    if let Some(descends) = case.by_records {
        groups.sort_by(|a, b| {
            let order = a.keys.len().cmp(&b.keys.len());
            if descends { order.reverse() } else { order }
        });
    }
    groups
}

fn keeps(having: &Having, group: &[Cow<'_, Row>]) -> bool {
    let (value, comparison, number) = match having {
        Having::Records(comparison, number) => (count(group), comparison, number),
        Having::SumOfCount(comparison, number) => (sum(group, Column::Count), comparison, number),
        Having::MaxOfCount(comparison, number) => (max(group, Column::Count), comparison, number),
        Having::AverageOfQty(comparison, number) => {
            (average(group, Column::Qty), comparison, number)
        }
    };
    !value.is_null() && comparison.holds(value.order(&Cell::Int(*number)))
}

fn summed_up(record_type: RecordType, group: &[Cow<'_, Row>]) -> Vec<Cell> {
    let first = |column: Column| group[0].get(column).clone();
    match record_type {
        RecordType::ByName => vec![
            first(Column::Name),
            count(group),
            Cell::Int(values(group, Column::Amount).count() as i64),
            sum(group, Column::Qty),
            average(group, Column::Qty),
            min(group, Column::Amount),
            max(group, Column::At),
        ],
        RecordType::ByTwo => vec![count(group), max(group, Column::At)],
        RecordType::ByQtyAlias => vec![
            first(Column::Qty),
            count(group),
            max(group, Column::Code),
            sum(group, Column::Count),
        ],
        RecordType::ByFlag => vec![
            first(Column::Flag),
            first(Column::Amount),
            count(group),
            match sum(group, Column::Qty) {
                Cell::Int(sum) => Cell::Money(sum * 10_000),
                null => null,
            },
        ],
        RecordType::ByValue => vec![first(Column::Value), count(group)],
        _ => vec![count(group)],
    }
}

/// As in T-SQL, the average of whole numbers is a whole number.
fn average(rows: &[Cow<'_, Row>], column: Column) -> Cell {
    match sum(rows, column) {
        Cell::Int(sum) => Cell::Int(sum / values(rows, column).count() as i64),
        other => other,
    }
}

fn values<'r>(rows: &'r [Cow<'_, Row>], column: Column) -> impl Iterator<Item = &'r Cell> {
    rows.iter()
        .map(move |row| row.get(column))
        .filter(|value| !value.is_null())
}

fn count(rows: &[Cow<'_, Row>]) -> Cell {
    Cell::Int(rows.len() as i64)
}

fn min(rows: &[Cow<'_, Row>], column: Column) -> Cell {
    values(rows, column)
        .min_by(|a, b| a.order(b))
        .cloned()
        .unwrap_or(Cell::Null)
}

fn max(rows: &[Cow<'_, Row>], column: Column) -> Cell {
    values(rows, column)
        .max_by(|a, b| a.order(b))
        .cloned()
        .unwrap_or(Cell::Null)
}

fn sum(rows: &[Cow<'_, Row>], column: Column) -> Cell {
    let sum = values(rows, column).cloned().reduce(|a, b| match (a, b) {
        (Cell::Int(a), Cell::Int(b)) => Cell::Int(a + b),
        (Cell::Money(a), Cell::Money(b)) => Cell::Money(a.wrapping_add(b)),
        (Cell::Float(a), Cell::Float(b)) => Cell::Float(a + b),
        (a, b) => panic!("{a:?} and {b:?} have no sum"),
    });
    sum.unwrap_or(Cell::Null)
}

/// Returns the value that an aggregate of a case has.
pub(crate) fn value(case: &Case, table: &[Row]) -> Cell {
    if case.record_type.is_grouped() {
        let groups = rows(case, table);
        return match case.how {
            How::Exists => Cell::Bool(!groups.is_empty()),
            _ => Cell::Int(groups.len() as i64),
        };
    }
    let rows = limited(case, matching(case, table));
    match case.how {
        How::Count => count(&rows),
        How::CountAfter(taken) => count(&rows[taken.min(rows.len())..]),
        How::Exists => Cell::Bool(!rows.is_empty()),
        How::Sum(column) => sum(&rows, column),
        How::Min(column) => min(&rows, column),
        How::Max(column) => max(&rows, column),
        _ => panic!("{:?} has no value", case.how),
    }
}

/// Returns how many records of a table come after one that was delivered.
pub(crate) fn count_after(case: &Case, table: &[Row], last: Option<&[Cell]>, taken: usize) -> Cell {
    let last = last.map(|cells| Row {
        cells: cells.into(),
    });
    let mut rows = matching(case, table);
    rows.retain(|row| {
        let last = last.as_ref();
        last.is_none_or(|last| order(case, row, last).is_gt())
    });
    let left = case.limit.unwrap_or(u64::MAX).saturating_sub(taken as u64);
    rows.truncate(usize::try_from(left).unwrap_or(usize::MAX));
    count(&rows)
}

/// Whether the sum of a case does not fit into money, which the service refuses to compute.
pub(crate) fn overflows(case: &Case, table: &[Row]) -> bool {
    if !matches!(case.how, How::Sum(Column::Amount)) {
        return false;
    }
    let rows = limited(case, matching(case, table));
    let amounts = values(&rows, Column::Amount).map(|amount| match amount {
        Cell::Money(amount) => i128::from(*amount),
        other => panic!("{other:?} is not money"),
    });
    i64::try_from(amounts.sum::<i128>()).is_err()
}

/// Returns the sum of the absolute values of a float column.
pub(crate) fn magnitude(case: &Case, table: &[Row]) -> f64 {
    let rows = limited(case, matching(case, table));
    let values = values(&rows, Column::Value);
    values
        .map(|value| {
            if let Cell::Float(value) = value {
                value.abs()
            } else {
                0.0
            }
        })
        .sum()
}
