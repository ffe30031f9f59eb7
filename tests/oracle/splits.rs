//! Lists that are too long for one URL: into how many parts they are split, and how many calls the parts take.

use crate::case::{Case, How};
use crate::cell::{Cell, encoded_length, folded};
use crate::condition::{self, Condition, DAY};
use crate::content::Column;
use crate::query_result::{QueryEnd, QueryResult};
use crate::read::view_key;
use crate::refusals::{SHORT, lists};
use std::collections::{BTreeMap, BTreeSet};

/// The longest URL that the service takes.
const MAX_URI: usize = 2_047;
/// How many characters a URL has at most in addition to the condition, with the place where a later page begins.
const OTHERS: usize = 400;
/// How many characters a list takes in addition to its values: a name and `%20IN%20%28%29%20AND%20`.
const LIST: usize = 30;
/// How many characters a comma takes.
const COMMA: usize = 3;
/// The most records that one call returns.
const MOST: u64 = 1_000;

/// Whether the lists are so long that no URL holds them.
pub(crate) fn is_certain(case: &Case) -> bool {
    // At least so many characters, with a comma between two values.
    let least = |value: &Cell| match value {
        Cell::Text(text) | Cell::Guid(text) | Cell::Date(text) => encoded_length(text) + COMMA,
        Cell::Int(number) => number.to_string().len() + COMMA,
        _ => 1 + COMMA,
    };
    let of_list = |list: &Condition| match list {
        Condition::In(_, values) | Condition::NotIn(_, values) => {
            once(values).into_iter().map(least).sum()
        }
        _ => 0,
    };
    lists(case).into_iter().map(of_list).sum::<usize>() > MAX_URI + COMMA
}

/// Returns the most calls of a read whose condition is split; `None` if it fits into one URL.
///
/// A part takes a call for each full page of it, and one for the rest. Parts that are merged are all read in every
/// query. Parts of a list of keys follow one another, so that a later query only reads the part again at which the one
/// before it stopped.
pub(crate) fn most_calls(case: &Case, results: &[QueryResult]) -> Option<u64> {
    match case.how.is_aggregate() || case.how.is_by_keys() {
        true => None,
        false => of_queries(case, results),
    }
}

/// Returns the most calls of these queries if their condition is split.
pub(crate) fn of_queries(case: &Case, results: &[QueryResult]) -> Option<u64> {
    let parts = parts(case);
    if parts <= 1 {
        return None;
    }
    let full_pages: u64 = results.iter().map(|result| full_pages(case, *result)).sum();
    let is_read_on = matches!(
        case.how,
        How::Collect | How::Stream(_) | How::Pages(_) | How::More(_)
    );
    let read = results.iter().filter(|result| !is_unread(result)).count() as u64;
    let visited = if is_in_turn(case) && is_read_on {
        parts + read.saturating_sub(1)
    } else {
        parts * read
    };
    Some(visited + full_pages)
}

/// Whether a query makes no call: it is dropped before it is polled, or its limit is 0.
fn is_unread(result: &QueryResult) -> bool {
    result.records == 0 && matches!(result.end, QueryEnd::Dropped | QueryEnd::Limit)
}

/// Returns how many pages of a query are full, after which another call is needed.
fn full_pages(case: &Case, result: QueryResult) -> u64 {
    let size = match case.how {
        // It asks for the record after the page.
        How::Page(size) => u64::from(size) + 1,
        _ => case.page(),
    };
    let page = match case.source.is_view() {
        true => size.min(MOST - 1),
        false => size.min(MOST),
    };
    let asked = match (&case.how, result.end) {
        (How::Page(_), QueryEnd::Limit) => result.records as u64 + 1,
        _ => result.records as u64,
    };
    let delivered = asked * spellings(case);
    // After the last wanted record no call follows.
    let last = u64::from(result.end == QueryEnd::Limit);
    delivered.saturating_sub(last) / page
}

/// Whether the only list that is split is one of a table's keys.
fn is_in_turn(case: &Case) -> bool {
    let lists = lists(case);
    !case.source.is_view() && matches!(lists[..], [list] if list.is_of_keys())
}

/// Returns in how many parts a record can be: a list may have several spellings of its text.
fn spellings(case: &Case) -> u64 {
    let of_list = |list: &Condition| {
        let mut counts = BTreeMap::new();
        for spelling in texts(list) {
            *counts.entry(folded(spelling)).or_insert(0) += 1;
        }
        counts.into_values().max().unwrap_or(1)
    };
    lists(case).into_iter().map(of_list).product()
}

fn texts(list: &Condition) -> BTreeSet<&str> {
    let (Condition::In(_, values) | Condition::NotIn(_, values)) = list else {
        return BTreeSet::new();
    };
    let texts = values.iter().filter_map(|value| match value {
        Cell::Text(text) | Cell::Guid(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

/// Returns into how many parts the condition is split at most.
///
/// Some of the lists, the shortest, stay whole, and the others share the room that is left in a URL. Each part of a
/// list is combined with each of the others. A part is full when the next value does not fit.
pub(crate) fn parts(case: &Case) -> u64 {
    let lists = lists(case);
    let all: usize = case.filters.iter().map(Condition::encoded_length).sum();
    if lists.is_empty() || all <= SHORT {
        return 1;
    }
    let of_lists: usize = lists.iter().map(|list| list.encoded_length()).sum();
    let mut lists: Vec<Vec<usize>> = lists.into_iter().map(|list| lengths(case, list)).collect();
    lists.sort_by_key(|items| items.iter().sum::<usize>());
    let others = OTHERS + all - of_lists + LIST * lists.len();
    let room = MAX_URI.saturating_sub(others);
    let ways = (0..lists.len()).filter_map(|whole| {
        let (kept, cut) = lists.split_at(whole);
        let kept: usize = kept.iter().flatten().sum();
        let share = room.checked_sub(kept)? / cut.len();
        Some(cut.iter().map(|items| chunks(items, share)).product())
    });
    ways.min().unwrap_or(u64::MAX / 1_000_000)
}

/// Returns into how many chunks a list is cut at most.
fn chunks(items: &[usize], room: usize) -> u64 {
    let length: usize = items.iter().sum();
    if length <= room {
        return 1;
    }
    let longest = items.iter().max().copied().unwrap_or(0);
    let most = match room.checked_sub(longest) {
        None | Some(0) => items.len(),
        Some(room) => 1 + length / room,
    };
    most.min(items.len()) as u64
}

/// Returns the most characters that each value of a list takes in a URL with its comma, each spelling once.
fn lengths(case: &Case, list: &Condition) -> Vec<usize> {
    let (column, values) = match list {
        Condition::In(column, values) | Condition::NotIn(column, values) => (column, values),
        Condition::Days(days) => return vec![DAY; once(days).len()],
        _ => return Vec::new(),
    };
    let is_quoted = *column == Column::Key && case.source.is_view();
    let item = |value: &&Cell| match value {
        Cell::Int(number) if !is_quoted => number.to_string().len() + COMMA,
        value => condition::length(value) + COMMA,
    };
    once(values).iter().map(item).collect()
}

fn once(values: &[Cell]) -> Vec<&Cell> {
    let mut once: Vec<&Cell> = Vec::new();
    for value in values {
        if !once.contains(&value) {
            once.push(value);
        }
    }
    once
}

/// Returns the most calls for records by their keys.
pub(crate) fn calls_for_keys(case: &Case, keys: &[i64]) -> u64 {
    let keys: BTreeSet<_> = keys.iter().collect();
    let length = |key: &&i64| match case.source.is_view() {
        true => condition::length(&Cell::Text(view_key(case.source, **key))),
        false => key.to_string().len(),
    };
    let items: Vec<_> = keys.iter().map(|key| length(key) + COMMA).collect();
    match items.is_empty() {
        true => 0,
        false => chunks(&items, MAX_URI - OTHERS),
    }
}
