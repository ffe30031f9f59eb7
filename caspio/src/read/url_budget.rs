//! What fits into one URL, and the reads of a list that does not.

use super::cursor::Cursor;
use super::key_segments::KeySegment;
use super::plan::Plan;
use crate::client::Client;
use crate::dialect;
use crate::filter::Expr;
use crate::filter::literal::Literal;
use crate::record::{Key, ObjectKind, PK_ID};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};

/// The longest URL that the service takes, by its documentation; it returns 414 for longer ones.
pub(crate) const MAX_URI: usize = 2047;
/// The most that is kept free for the cursor of later pages, which the values of an order can exceed.
const MAX_RESERVE: usize = 64;
/// The length of v4's ids, which stand in a URL instead of the name.
const ID_LENGTH: usize = 6;

/// The reads that a plan takes.
pub(super) enum Split {
    /// One after the other, in the plan's order.
    InTurn(Box<Plan>, Vec<Plan>),
    /// Several at once, whose records are merged by key.
    Merged(Vec<Plan>),
}

impl Split {
    fn one(plan: Plan) -> Self {
        Self::InTurn(Box::new(plan), Vec::new())
    }
}

/// Splits a read whose `in_` list is too long for one URL into several with the same result.
///
/// # Errors
///
/// `Refused`: the URL is too long and there is no such list, or the order is not by key.
pub(super) fn split(client: &Client, plan: Plan) -> Result<Split> {
    let length = uri_length(client, &plan);
    let reserve = reserve(client, &plan);
    if length + reserve <= MAX_URI {
        return Ok(Split::one(plan));
    }
    let Some((column, items)) = plan.longest_list() else {
        if length <= MAX_URI {
            // It fits if no later page is needed.
            return Ok(Split::one(plan));
        }
        let hint = "narrow or split the condition, or read fewer columns";
        return Err(too_long(&plan, length, hint));
    };
    let by_key = column.eq_ignore_ascii_case(PK_ID);
    if plan.is_grouped() || !plan.terms().is_empty() || plan.key_descends() {
        let hint = "split the list yourself, or leave the order to the key";
        return Err(too_long(&plan, length, hint));
    }
    let items = in_order(items, by_key);
    // An empty list is written as another condition.
    let without_items = uri_length(client, &plan.with_list(&[Literal::number(0)])) - 1;
    let room = MAX_URI.saturating_sub(without_items);
    let chunks = chunks(&items, room.saturating_sub(reserve), usize::MAX)
        // They fit if no later page is needed.
        .or_else(|| chunks(&items, room, usize::MAX));
    let Some(chunks) = chunks else {
        let hint = "narrow the condition, or read fewer columns";
        return Err(too_long(&plan, length, hint));
    };
    let most = plan.max_calls.filter(|_| !by_key);
    if most.is_some_and(|most| most < chunks.len() as u64) {
        return Err(over_budget(&plan, chunks.len()));
    }
    let mut plans = chunks.into_iter().map(|chunk| plan.with_list(chunk));
    Ok(match plans.next() {
        Some(first) if by_key => Split::InTurn(Box::new(first), plans.collect()),
        Some(first) => Split::Merged([first].into_iter().chain(plans).collect()),
        None => Split::one(plan.clone()),
    })
}

/// Returns how many characters to keep free in a URL for what the plan's own parameters do not contain: the
/// cursor, and v4's id instead of a shorter name.
fn reserve(client: &Client, plan: &Plan) -> usize {
    let last = if plan.is_one_page() {
        plan.beginning()
    } else if plan.is_in_order_of_numbers() {
        KeySegment {
            after: Some(Cursor::at_key(&Key::Id(i64::MIN))),
            until: None,
        }
    } else {
        return MAX_RESERVE;
    };
    // An invalid position can make the condition shorter.
    let cursor = length_within(client, plan, &last).saturating_sub(uri_length(client, plan));
    let name = dialect::encoded_length(&plan.target.name);
    let by_id = client.dialect().capabilities().identifies_by_id;
    let id = if by_id {
        ID_LENGTH.saturating_sub(name)
    } else {
        0
    };
    MAX_RESERVE.min(cursor + id)
}

/// Returns the length of a read's URL, without a cursor.
pub(super) fn uri_length(client: &Client, plan: &Plan) -> usize {
    length_within(client, plan, &KeySegment::default())
}

fn length_within(client: &Client, plan: &Plan, segment: &KeySegment) -> usize {
    let url = client.records_url_by_name(&plan.target);
    let params = plan.params(segment, plan.page_size(None));
    client.dialect().list_url(url, &params).as_str().len()
}

/// Returns the items without duplicates, keys in their order.
fn in_order(items: &[Literal], by_key: bool) -> Vec<Literal> {
    let mut items = items.to_vec();
    if by_key {
        items.sort_by_cached_key(|item| item.as_sql().parse::<i64>().unwrap_or(i64::MAX));
    } else {
        items.sort();
    }
    items.dedup();
    items
}

/// Groups the items so that each group takes at most `room` characters of a URL and has at most `most` items;
/// `None` if a single item takes more.
pub(crate) fn chunks(items: &[Literal], room: usize, most: usize) -> Option<Vec<&[Literal]>> {
    let mut chunks = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (index, item) in items.iter().enumerate() {
        let length = dialect::encoded_length(item.as_sql()) + dialect::encoded_length(",");
        if length > room {
            return None;
        }
        if used + length > room || index - start == most {
            chunks.push(&items[start..index]);
            (start, used) = (index, 0);
        }
        used += length;
    }
    chunks.push(&items[start..]);
    Some(chunks)
}

fn too_long(plan: &Plan, length: usize, hint: &str) -> Error {
    let what = format!("the read's URL has {length} characters, Caspio takes {MAX_URI}");
    Error::new(ErrorKind::Refused, what)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
        .with_hint(hint.to_owned())
}

/// A merged read delivers no record before every part has returned a page.
fn over_budget(plan: &Plan, parts: usize) -> Error {
    let what = format!("the list takes {parts} calls, more than `max_calls` permits");
    Error::new(ErrorKind::Incomplete, what)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
        .with_hint("no call was made; raise `max_calls`, or read a shorter list")
}

impl Plan {
    /// Whether one call reads all records.
    fn is_one_page(&self) -> bool {
        let page = u64::from(self.page_size(None));
        self.limit.is_some_and(|limit| limit <= page) && !self.is_divisible()
    }

    /// Whether a cursor contains a numeric key and nothing else. Views have keys of text.
    fn is_in_order_of_numbers(&self) -> bool {
        let is_by_key = !self.is_grouped() && self.terms().is_empty();
        // Segments that are read at once have an end in addition to the cursor.
        is_by_key && self.target.kind == ObjectKind::Table && !self.is_divisible()
    }

    /// Returns the longest list that every record must be in.
    fn longest_list(&self) -> Option<(&str, &[Literal])> {
        let lists = self.conditions().filter_map(as_list);
        lists.max_by_key(|(_, items)| items.len())
    }

    /// Returns the same read with other items in its longest list.
    fn with_list(&self, replacement: &[Literal]) -> Self {
        let longest = self.longest_list().map(|(_, items)| items.len());
        let mut plan = self.clone();
        // A part takes a call or two: reading its range of keys would take one more.
        plan.concurrency = 1;
        let mut replaced = false;
        for condition in plan.conditions_mut() {
            if let Expr::In { items, .. } = condition
                && Some(items.len()) == longest
                && !replaced
            {
                *items = replacement.to_vec();
                replaced = true;
            }
        }
        plan
    }
}

fn as_list(expr: &Expr) -> Option<(&str, &[Literal])> {
    match expr {
        Expr::In { column, items } => Some((column, items)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(texts: &[&str]) -> Vec<Literal> {
        texts.iter().map(Literal::number).collect()
    }

    #[test]
    fn chunks_fit_and_together_are_the_whole() {
        let items = items(&["1", "22", "333", "4444"]);

        let chunks = chunks(&items, 11, usize::MAX).expect("each fits");

        assert_eq!(chunks, [&items[..2], &items[2..3], &items[3..]]);
    }

    #[test]
    fn a_chunk_has_no_more_items_than_permitted() {
        let items = items(&["1", "2", "3"]);

        let chunks = chunks(&items, 100, 2).expect("each fits");

        assert_eq!(chunks, [&items[..2], &items[2..]]);
    }

    #[test]
    fn an_item_longer_than_the_room_does_not_fit() {
        assert_eq!(chunks(&items(&["1", "333333"]), 8, usize::MAX), None);
    }

    #[test]
    fn keys_are_sorted_as_numbers() {
        assert_eq!(
            in_order(&items(&["10", "9", "10"]), true),
            items(&["9", "10"])
        );
    }
}
