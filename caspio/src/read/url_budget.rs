//! Conditions that are too long for one address.

use super::key_segments::KeySegment;
use super::plan::Plan;
use crate::client::Client;
use crate::dialect;
use crate::filter::Expr;
use crate::filter::literal::Literal;
use crate::record::PK_ID;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Result};

/// The longest address the service takes (its documentation; it answers 414 beyond).
pub(crate) const MAX_URI: usize = 2047;
/// Room for the place of later pages, ` AND PK_ID > ...`, percent-encoded.
const ROOM_FOR_PLACE: usize = 64;

/// The reads that a plan takes.
pub(super) enum Split {
    /// One after the other, in the plan's order.
    InTurn(Box<Plan>, Vec<Plan>),
    /// Several at once, whose records are to be merged by key.
    Merged(Vec<Plan>),
}

impl Split {
    fn one(plan: Plan) -> Self {
        Self::InTurn(Box::new(plan), Vec::new())
    }
}

/// Splits a read whose `in_` list is too long into several, where the result is the same.
///
/// # Errors
///
/// `Refused`: the address is too long and there is no such list, or the order is not by key.
pub(super) fn split(client: &Client, plan: Plan) -> Result<Split> {
    let length = uri_length(client, &plan);
    if length + ROOM_FOR_PLACE <= MAX_URI {
        return Ok(Split::one(plan));
    }
    let Some((column, items)) = plan.longest_list() else {
        // It may fit as long as no later page is needed.
        return match length <= MAX_URI {
            true => Ok(Split::one(plan)),
            false => Err(too_long(
                &plan,
                length,
                "narrow or split the condition, or read fewer columns",
            )),
        };
    };
    let by_key = column.eq_ignore_ascii_case(PK_ID);
    if plan.is_grouped() || !plan.terms().is_empty() || plan.key_descends() {
        let hint = "split the list yourself, or leave the order to the key";
        return Err(too_long(&plan, length, hint));
    }
    let items = in_order(items, by_key);
    let without_items = uri_length(client, &plan.with_list(&[]));
    let room = MAX_URI.saturating_sub(without_items + ROOM_FOR_PLACE);
    let Some(chunks) = chunks(&items, room) else {
        return Err(too_long(
            &plan,
            length,
            "narrow the condition, or read fewer columns",
        ));
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

pub(super) fn uri_length(client: &Client, plan: &Plan) -> usize {
    let url = client.records_url_by_name(&plan.target);
    let size = plan.page_size(None);
    let params = plan.params(&KeySegment::default(), size);
    client.dialect().list_url(url, &params).as_str().len()
}

/// The items without doubles; keys in their order.
fn in_order(items: &[Literal], by_key: bool) -> Vec<Literal> {
    let mut items = items.to_vec();
    match by_key {
        true => items.sort_by_cached_key(|item| item.as_sql().parse::<i64>().unwrap_or(i64::MAX)),
        false => items.sort(),
    }
    items.dedup();
    items
}

/// Stretches of items that fit into so many characters; `None` if one alone does not.
fn chunks(items: &[Literal], room: usize) -> Option<Vec<&[Literal]>> {
    let mut chunks = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (index, item) in items.iter().enumerate() {
        // With the comma before it.
        let length = dialect::encoded_length(item.as_sql()) + 3;
        if length > room {
            return None;
        }
        if used + length > room {
            chunks.push(&items[start..index]);
            (start, used) = (index, 0);
        }
        used += length;
    }
    chunks.push(&items[start..]);
    Some(chunks)
}

fn too_long(plan: &Plan, length: usize, hint: &str) -> Error {
    let what = format!("the read's address has {length} characters, Caspio takes {MAX_URI}");
    Error::new(ErrorKind::Refused, what)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
        .with_hint(hint.to_owned())
}

/// Records of a merged read come only when every part has answered.
fn over_budget(plan: &Plan, parts: usize) -> Error {
    let what = format!("the list takes {parts} calls, more than the read's budget");
    Error::new(ErrorKind::Incomplete, what)
        .with_operation("records.list")
        .with_resource(plan.target.to_string())
        .with_hint("no call was made; raise `max_calls`, or read a shorter list")
}

impl Plan {
    /// The longest list of the condition, where every record has to be in it.
    fn longest_list(&self) -> Option<(&str, &[Literal])> {
        let lists = self.conditions().filter_map(as_list);
        lists.max_by_key(|(_, items)| items.len())
    }

    /// The same read with other items in its longest list.
    fn with_list(&self, replacement: &[Literal]) -> Self {
        let longest = self.longest_list().map(|(_, items)| items.len());
        let mut plan = self.clone();
        // A part is a call or two: learning its range of keys would cost one more.
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

        let chunks = chunks(&items, 11).expect("each fits");

        assert_eq!(chunks, [&items[..2], &items[2..3], &items[3..]]);
    }

    #[test]
    fn an_item_longer_than_the_room_does_not_fit() {
        assert_eq!(chunks(&items(&["1", "333333"]), 8), None);
    }

    #[test]
    fn keys_are_sorted_as_numbers() {
        assert_eq!(
            in_order(&items(&["10", "9", "10"]), true),
            items(&["9", "10"])
        );
    }
}
