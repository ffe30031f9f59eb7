//! The right result of a read, computed from the records in memory.

use crate::case::{Case, Having, How, Shape, Source};
use crate::cell::{Cell, encoded_length};
use crate::condition::Condition;
use crate::world::{Column, Row};
use std::cmp::Ordering;

/// Returns the records that the source of a case shows.
pub(crate) fn shown(case: &Case, row: &Row) -> Option<Row> {
    match case.source {
        Source::Table | Source::Map => Some(row.clone()),
        Source::View => (*row.get(Column::Flag) == Cell::Bool(true)).then(|| row.in_view()),
    }
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

/// Returns the records of a case in their order, without its limit.
pub(crate) fn matching(case: &Case, table: &[Row]) -> Vec<Row> {
    let shown = table.iter().filter_map(|row| shown(case, row));
    let mut rows: Vec<Row> = shown.filter(|row| is_met(case, row)).collect();
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
    if case.shape.is_grouped() {
        return limited(case, groups(case, table));
    }
    let rows = limited(case, matching(case, table));
    rows.iter().map(|row| projected(case, row)).collect()
}

fn projected(case: &Case, row: &Row) -> Vec<Cell> {
    let get = |column: Column| row.get(column).clone();
    match case.shape {
        Shape::Narrow => vec![get(Column::Name), get(Column::Qty)],
        Shape::Alias => {
            let qty = match get(Column::Qty) {
                Cell::Null => Cell::Int(7),
                qty => qty,
            };
            vec![qty, get(Column::Code), get(Column::Count)]
        }
        _ => row.cells.clone(),
    }
}

fn groups(case: &Case, table: &[Row]) -> Vec<Vec<Cell>> {
    let columns = case.shape.group();
    let by = |a: &Row, b: &Row| {
        let mut terms = case.order.clone();
        terms.extend(columns.iter().map(|column| (*column, false)));
        let orders = terms.iter().map(|(column, descends)| {
            let order = a.get(*column).order(b.get(*column));
            if *descends { order.reverse() } else { order }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    };
    let mut rows = matching(case, table);
    rows.sort_by(by);
    let groups = rows.chunk_by(|a, b| by(a, b).is_eq());
    let kept = groups.filter(|group| case.having.iter().all(|having| keeps(having, group)));
    kept.map(|group| summed_up(case.shape, group)).collect()
}

fn keeps(having: &Having, group: &[Row]) -> bool {
    let (value, comparison, number) = match having {
        Having::Records(comparison, number) => (count(group), comparison, number),
        Having::SumOfCount(comparison, number) => (sum(group, Column::Count), comparison, number),
        Having::MaxOfCount(comparison, number) => (max(group, Column::Count), comparison, number),
    };
    !value.is_null() && comparison.holds(value.order(&Cell::Int(*number)))
}

fn summed_up(shape: Shape, group: &[Row]) -> Vec<Cell> {
    let first = |column: Column| group[0].get(column).clone();
    match shape {
        Shape::ByName => vec![
            first(Column::Name),
            count(group),
            Cell::Int(values(group, Column::Amount).count() as i64),
            sum(group, Column::Qty),
            min(group, Column::Amount),
            max(group, Column::At),
        ],
        Shape::ByTwo => vec![count(group), max(group, Column::At)],
        Shape::ByQtyAlias => vec![
            first(Column::Qty),
            count(group),
            max(group, Column::Code),
            sum(group, Column::Count),
        ],
        _ => vec![count(group)],
    }
}

fn values(rows: &[Row], column: Column) -> impl Iterator<Item = &Cell> {
    rows.iter()
        .map(move |row| row.get(column))
        .filter(|value| !value.is_null())
}

fn count(rows: &[Row]) -> Cell {
    Cell::Int(rows.len() as i64)
}

fn min(rows: &[Row], column: Column) -> Cell {
    values(rows, column)
        .min_by(|a, b| a.order(b))
        .cloned()
        .unwrap_or(Cell::Null)
}

fn max(rows: &[Row], column: Column) -> Cell {
    values(rows, column)
        .max_by(|a, b| a.order(b))
        .cloned()
        .unwrap_or(Cell::Null)
}

fn sum(rows: &[Row], column: Column) -> Cell {
    let sum = values(rows, column).cloned().reduce(|a, b| match (a, b) {
        (Cell::Int(a), Cell::Int(b)) => Cell::Int(a + b),
        (Cell::Money(a), Cell::Money(b)) => Cell::Money(a.saturating_add(b)),
        (Cell::Float(a), Cell::Float(b)) => Cell::Float(a + b),
        (a, b) => panic!("{a:?} and {b:?} have no sum"),
    });
    sum.unwrap_or(Cell::Null)
}

/// Returns the value that an aggregate of a case has.
pub(crate) fn value(case: &Case, table: &[Row]) -> Cell {
    if case.shape.is_grouped() {
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

/// Whether the read may be refused before its first call.
pub(crate) fn may_be_refused(case: &Case) -> bool {
    let list = longest_list(case);
    let rest = case
        .filters
        .iter()
        .map(Condition::encoded_length)
        .sum::<usize>()
        - list.map_or(0, Condition::encoded_length);
    let is_long = rest + list.map_or(0, Condition::encoded_length) > SHORT;
    let by_key = case
        .order
        .first()
        .is_none_or(|term| *term == (Column::Key, false));
    // The parts of a long list of keys follow each other, those of other values are merged.
    let is_list_of_keys =
        matches!(list, Some(Condition::In(Column::Key, _))) && case.source != Source::View;
    let is_split = rest <= SHORT / 2
        && by_key
        && !case.shape.is_grouped()
        && !case.how.is_aggregate()
        && (is_list_of_keys || !matches!(case.how, How::Pages(_)));
    let sorts_long_text = sorts_long_text(case);
    let sorts_by_alias = case.shape == Shape::Alias
        && case
            .order
            .iter()
            .any(|(column, _)| matches!(column, Column::Qty | Column::Name));
    // One value can be too long for a URL.
    let has_long_text = case.world.extreme && is_long;
    let limits_aggregate = case.how.is_aggregate() && case.limit.is_some();
    (is_long && !is_split)
        || has_long_text
        || sorts_long_text
        || sorts_by_alias
        || limits_aggregate
        || (case.how.is_aggregate() && case.shape.is_grouped())
        || matches!(case.how, How::CountAfter(_))
        || (case.how.is_aggregate() && !case.order.is_empty())
        || case.shape == Shape::ByNameAlias
        || (!case.having.is_empty() && case.version < 4)
}

/// Whether a cursor can be too long for a URL.
fn sorts_long_text(case: &Case) -> bool {
    let by_name = case.order.iter().any(|(column, _)| *column == Column::Name);
    case.world.extreme && (by_name || case.shape.group().contains(&Column::Name))
}

/// Whether a read may be refused when it is resumed, after earlier reads.
pub(crate) fn may_be_refused_later(case: &Case) -> bool {
    match &case.how {
        How::CountAfter(_) => true,
        How::Page(_) => may_be_refused(case),
        How::Stream(stops) | How::Pages(stops) => !stops.is_empty() && sorts_long_text(case),
        How::More(_) | How::Budget(_) | How::Deadline(_) => sorts_long_text(case),
        _ => false,
    }
}

/// Conditions that take this many characters of a URL always fit.
pub(crate) const SHORT: usize = 700;

/// Returns into how many parts a condition that is too long for one URL is split at most: each part of a
/// list is combined with each of the others.
fn parts(case: &Case) -> u64 {
    let lists = lists(case);
    let lengths = lists.iter().map(|list| list.encoded_length() as u64);
    if lengths.clone().sum::<u64>() <= SHORT as u64 {
        return 0;
    }
    let room = SHORT as u64 / lists.len() as u64;
    lengths.map(|length| length.div_ceil(room)).product()
}

/// Returns the lists that all records must be in.
fn lists(case: &Case) -> Vec<&Condition> {
    fn add<'c>(condition: &'c Condition, found: &mut Vec<&'c Condition>) {
        match condition {
            Condition::In(..) => found.push(condition),
            Condition::And(parts) => parts.iter().for_each(|part| add(part, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    let filters = case.filters.iter();
    filters.for_each(|filter| add(filter, &mut found));
    found
}

fn longest_list(case: &Case) -> Option<&Condition> {
    // The SDK does not know what is in a condition that is a text.
    if case.source == Source::Map {
        return None;
    }
    lists(case)
        .into_iter()
        .max_by_key(|list| list.encoded_length())
}

/// Returns how many calls can be running or waiting for delivery when a read is dropped.
fn ahead(case: &Case) -> u64 {
    match case.concurrency {
        1 => 0,
        calls => 2 * calls as u64,
    }
}

/// Returns the most calls that the read may make if it delivers its records in legs of these lengths.
pub(crate) fn most_calls(case: &Case, legs: &[usize]) -> u64 {
    let page = case.page();
    let parts = parts(case);
    let pages = |records: usize| (records as u64).div_ceil(page);
    let of_leg = |at: usize| {
        if case.concurrency == 1 {
            return pages(legs[at]) + 1;
        }
        // A read that is dropped may have wasted what the whole read may waste.
        let rest = pages(legs[at..].iter().sum()).max(1);
        let dropped = if legs.len() > 1 { ahead(case) } else { 0 };
        // A read of nothing takes a call as well.
        pages(legs[at]).max(1) + rest * 15 / 100 + 1 + dropped
    };
    let most = match &case.how {
        How::First | How::Get(_) => 1,
        How::CountAfter(taken) => pages(*taken) * 115 / 100 + 2 + ahead(case),
        // The record after the page does not fit into its call.
        How::Page(999..) => 2 * legs.len() as u64,
        How::Page(_) => legs.len() as u64,
        how if how.is_aggregate() => 1,
        How::GetMany(keys) | How::Loader(keys) => {
            let length: usize = keys
                .iter()
                .map(|key| encoded_length(&key.to_string()) + 12)
                .sum();
            (length as u64).div_ceil(1_200) + 1
        }
        _ => (0..legs.len()).map(of_leg).sum(),
    };
    // A write can make the reported total differ from the records read, which takes a call to find out.
    let after_writes = case.writes.len() as u64;
    most + after_writes + 2 * parts * legs.len().max(1) as u64
}

/// Whether the sum of a case does not fit into money, which the service refuses to compute.
pub(crate) fn overflows(case: &Case, table: &[Row]) -> bool {
    let sum = match case.how {
        How::Sum(Column::Amount) => value(case, table),
        _ => return false,
    };
    matches!(sum, Cell::Money(i64::MIN | i64::MAX))
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
