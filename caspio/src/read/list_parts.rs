//! Reads of lists that are too long for one URL: each part has some of the values.

use super::plan::Plan;
use crate::concurrency::Concurrency;
use crate::dialect;
use crate::filter::Expr;
use crate::filter::literal::{Literal, each_once};
use crate::record::ObjectKind;

/// The most parts of a read whose parts are merged: the first page of each is in memory.
const MAX_MERGED: usize = 10_000;

/// The reads that together have the result of one read.
pub(super) struct Parts {
    pub(super) plans: Vec<Plan>,
    /// Whether each follows the one before it in the order of keys; otherwise their records have to be merged.
    pub(super) in_turn: bool,
}

/// Why a read has no parts.
pub(super) enum NoParts {
    /// There is no list that every record must be in.
    NoList,
    /// A single value takes more than the room that is left.
    NoRoom,
    /// The list takes this many parts.
    TooMany(usize),
}

/// The most batches of a list that are tried when another list is longer.
const MAX_BATCHES: usize = 64;

/// A condition that the column is one of many values.
struct List {
    /// Its place among the plan's conditions.
    index: usize,
    column: String,
    items: Vec<Literal>,
    /// The characters that the items take in a URL.
    length: usize,
    is_of_keys: bool,
}

/// Cuts the lists of a plan so that each part fits, into the fewest parts. `room` returns how many characters a
/// URL of a plan leaves.
pub(super) fn parts(plan: &Plan, room: impl Fn(&Plan) -> usize) -> Result<Parts, NoParts> {
    let mut lists = lists(plan);
    if lists.is_empty() {
        return Err(NoParts::NoList);
    }
    lists.sort_by_key(|list| list.length);
    let mut without_items = plan.clone();
    // A part takes one or two calls: reading its range of keys would take one more.
    without_items.concurrency = Concurrency::Calls(1);
    if plan.target.kind == ObjectKind::View {
        // Parts are merged by key, which a view may repeat. The columns of the lists show which of two rows with
        // one key are one record.
        without_items.also_select_lists();
    }
    for list in &lists {
        // An empty list is written as another condition.
        without_items.set_items(list.index, vec![Literal::integer(0)]);
    }
    let room = room(&without_items) + lists.len();
    let evenly = (0..lists.len()).filter_map(|whole| cut(&lists, whole, room));
    let unevenly = (1..=MAX_BATCHES).filter_map(|batches| cut_two(&lists, batches, room));
    let ways = evenly.chain(unevenly);
    let batches = ways.min_by_key(|batches| count(batches));
    let batches = batches.ok_or(NoParts::NoRoom)?;
    let cut: Vec<_> = lists
        .iter()
        .zip(&batches)
        .filter(|(_, batches)| batches.len() > 1)
        .collect();
    let in_turn = match cut.as_slice() {
        // It fits with each value once.
        [] => true,
        [(list, _)] => list.is_of_keys,
        _ => false,
    };
    let parts = count(&batches);
    if !in_turn && parts > MAX_MERGED {
        return Err(NoParts::TooMany(parts));
    }
    let mut plans = vec![without_items];
    for (list, batches) in lists.iter().zip(&batches) {
        plans = plans
            .iter()
            .flat_map(|plan| {
                batches
                    .iter()
                    .map(|items| plan.with_items(list.index, items))
            })
            .collect();
    }
    Ok(Parts { plans, in_turn })
}

/// Cuts all lists but the `whole` shortest, which stay as they are; the others share the room that is left.
fn cut(lists: &[List], whole: usize, room: usize) -> Option<Vec<Vec<&[Literal]>>> {
    let (kept, cut) = lists.split_at(whole);
    let room = room.checked_sub(kept.iter().map(|list| list.length).sum())?;
    let share = room / cut.len();
    let kept = kept.iter().map(|list| Some(vec![list.items.as_slice()]));
    // The last item of a batch has no comma behind it.
    let share = share + dialect::encoded_length(",");
    let cut = cut.iter().map(|list| list.batches(share));
    kept.chain(cut).collect()
}

/// Cuts the two longest lists, the shorter of them into about this many batches; the others stay as they are.
fn cut_two(lists: &[List], count: usize, room: usize) -> Option<Vec<Vec<&[Literal]>>> {
    let (kept, [shorter, longer]) = lists.split_last_chunk()?;
    let room = room.checked_sub(kept.iter().map(|list| list.length).sum())?;
    let comma = dialect::encoded_length(",");
    let parts = shorter.batches(shorter.length.div_ceil(count) + comma)?;
    let taken = parts.iter().map(|items| length(&shorter.column, items));
    let room = (room + comma).checked_sub(taken.max()?)?;
    let longer = longer.batches(room + comma)?;
    let kept = kept.iter().map(|list| vec![list.items.as_slice()]);
    Some(kept.chain([parts, longer]).collect())
}

fn count(batches: &[Vec<&[Literal]>]) -> usize {
    batches
        .iter()
        .fold(1, |product, batches| product.saturating_mul(batches.len()))
}

/// Returns the lists that every record must be in, each value once.
fn lists(plan: &Plan) -> Vec<List> {
    let lists = plan
        .conditions()
        .enumerate()
        .filter_map(|(index, condition)| match condition {
            Expr::In { column, items } if !items.is_empty() => {
                let keys = if plan.is_key(column) {
                    keys(items, plan.first_key())
                } else {
                    None
                };
                let is_of_keys = keys.is_some();
                let items = keys.unwrap_or_else(|| each_once(items.iter().cloned()));
                let length = length(column, &items) - dialect::encoded_length(",");
                Some(List {
                    index,
                    column: column.to_string(),
                    items,
                    length,
                    is_of_keys,
                })
            }
            _ => None,
        });
    lists.collect()
}

/// Returns the keys of a table in their order, each once; `None` if a value is not a key.
///
/// Of the keys up to `first`, which the read does not return, only the last one is kept.
fn keys(items: &[Literal], first: Option<i64>) -> Option<Vec<Literal>> {
    let keys = items.iter().map(Literal::as_integer);
    let mut keys = keys.collect::<Option<Vec<_>>>()?;
    keys.sort_unstable();
    keys.dedup();
    if let Some(first) = first {
        let passed = keys.partition_point(|key| *key <= first);
        keys.drain(..passed.min(keys.len().saturating_sub(1)));
    }
    Some(keys.into_iter().map(Literal::integer).collect())
}

impl List {
    /// Groups the items so that each group takes at most `room` characters of a URL.
    fn batches(&self, room: usize) -> Option<Vec<&[Literal]>> {
        batches(&self.column, &self.items, room, usize::MAX)
    }
}

/// The length of the items in a URL.
fn length(column: &str, items: &[Literal]) -> usize {
    items.iter().map(|item| item_length(column, item)).sum()
}

/// The length of an item in a URL, with what joins it to the next.
fn item_length(column: &str, item: &Literal) -> usize {
    if item.day().is_none() {
        return dialect::encoded_length(item) + dialect::encoded_length(",");
    }
    let day = Expr::In {
        column: column.to_owned().into(),
        items: vec![item.clone()],
    };
    dialect::encoded_length(day) + dialect::encoded_length("() OR ")
}

/// Groups the items of a list for a column so that each group takes at most `room` characters of a URL and has at most
/// `most` items; `None` if a single item takes more.
pub(crate) fn batches<'i>(
    column: &str,
    items: &'i [Literal],
    room: usize,
    most: usize,
) -> Option<Vec<&'i [Literal]>> {
    let mut batches = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (index, item) in items.iter().enumerate() {
        let length = item_length(column, item);
        if length > room {
            return None;
        }
        if used + length > room || index - start == most {
            batches.push(&items[start..index]);
            (start, used) = (index, 0);
        }
        used += length;
    }
    batches.push(&items[start..]);
    Some(batches)
}

impl Plan {
    /// Whether the column is the key of a table, a number. Keys of views are texts, which are ordered by the
    /// service alone.
    fn is_key(&self, column: &str) -> bool {
        crate::filter::sql::is_key(column) && self.target.kind == ObjectKind::Table
    }

    /// Returns the number of keys in the shortest list of keys that every record must be in.
    pub(super) fn listed_keys(&self) -> Option<u64> {
        let lists = lists(self).into_iter();
        let keys = lists.filter(|list| list.is_of_keys);
        keys.map(|list| list.items.len() as u64).min()
    }

    fn set_items(&mut self, index: usize, replacement: Vec<Literal>) {
        if let Some(Expr::In { items, .. }) = self.conditions_mut().nth(index) {
            *items = replacement;
        }
    }

    fn with_items(&self, index: usize, items: &[Literal]) -> Self {
        let mut plan = self.clone();
        plan.set_items(index, items.to_vec());
        plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Target;

    fn items(numbers: &[i64]) -> Vec<Literal> {
        numbers.iter().copied().map(Literal::integer).collect()
    }

    #[test]
    fn chunks_fit_and_together_are_the_whole() {
        let items = items(&[1, 22, 333, 4444]);

        let batches = batches("A", &items, 11, usize::MAX).expect("each fits");

        assert_eq!(batches, [&items[..2], &items[2..3], &items[3..]]);
    }

    #[test]
    fn a_batch_has_no_more_items_than_permitted() {
        let items = items(&[1, 2, 3]);

        let batches = batches("A", &items, 100, 2).expect("each fits");

        assert_eq!(batches, [&items[..2], &items[2..]]);
    }

    #[test]
    fn an_item_longer_than_the_room_does_not_fit() {
        assert_eq!(batches("A", &items(&[1, 333_333]), 8, usize::MAX), None);
    }

    #[test]
    fn keys_are_sorted_as_numbers() {
        assert_eq!(
            keys(&[Literal::integer(10), Literal::float(9.0)], None),
            None
        );
        let keys = |numbers: &[i64], first| keys(&items(numbers), first);
        assert_eq!(keys(&[10, 9, 10], None), Some(items(&[9, 10])));
        assert_eq!(keys(&[10, 9, 11], Some(9)), Some(items(&[10, 11])));
        assert_eq!(keys(&[10, 9], Some(10)), Some(items(&[10])));
    }

    #[test]
    fn two_lists_share_the_room_so_that_the_parts_are_few() {
        let list = |column: &'static str, count: u32| Expr::In {
            column: column.into(),
            items: (0..count).map(|n| Literal::integer(n + 10_000)).collect(),
        };
        // Eight characters a value: 1,200 and 2,000 of them.
        let mut plan = Plan::new(Target::new(ObjectKind::Table, "T"), &[]);
        plan.and_filter(list("A", 150).and(list("B", 250)));

        let parts = parts(&plan, |_| 1_000).unwrap_or_else(|_| panic!("it fits"));

        // A in two batches and B in five; with 500 characters for each it would be three and four.
        assert_eq!(parts.plans.len(), 10);
    }

    /// Every combination of the values of two lists is in exactly one part, and no part is too long.
    #[test]
    fn parts_of_several_lists_are_all_combinations() {
        let list = |column: &'static str, count: usize, width: usize| Expr::In {
            column: column.into(),
            items: (0..count)
                .map(|n| Literal::digits(format!("{n:0width$}")))
                .collect(),
        };
        for (a, b, room) in [
            ((40, 6), (40, 6), 100),
            ((3, 2), (90, 9), 80),
            ((17, 4), (18, 4), 139),
            ((1, 1), (50, 3), 40),
        ] {
            let mut plan = Plan::new(
                Target {
                    kind: ObjectKind::Table,
                    name: "T".into(),
                },
                &[],
            );
            plan.and_filter(list("A", a.0, a.1).and(list("B", b.0, b.1)));
            let parts = parts(&plan, |_| room).unwrap_or_else(|_| panic!("it fits"));
            let mut combinations = Vec::new();
            for part in &parts.plans {
                let lists: Vec<_> = lists(part);
                assert!(lists.iter().map(|list| list.length).sum::<usize>() <= room + 2);
                for a in &lists[0].items {
                    combinations.extend(
                        lists[1]
                            .items
                            .iter()
                            .map(|b| (a.to_string(), b.to_string())),
                    );
                }
            }
            let count = combinations.len();
            combinations.sort();
            combinations.dedup();
            assert_eq!((count, combinations.len()), (a.0 * b.0, a.0 * b.0));
            assert!(!parts.in_turn);
        }
    }
}
