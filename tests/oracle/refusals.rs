//! Which reads may be refused, and how long their conditions are.

use crate::case::{Case, How, Source};
use crate::condition::Condition;
use crate::content::Column;

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
    let is_list_of_keys = list.is_some_and(|list| list.is_of_keys()) && !case.source.is_view();
    let is_split = rest <= SHORT / 2
        && by_key
        && !case.record_type.is_grouped()
        && !case.how.is_aggregate()
        && (is_list_of_keys || !matches!(case.how, How::Pages(_)));
    // One value can be too long for a URL.
    let has_long_text = case.content.extreme && is_long;
    (is_long && !is_split) || has_long_text || is_not_offered(case)
}

/// Whether the documentation of a method says that it refuses the query.
fn is_not_offered(case: &Case) -> bool {
    let limits_value =
        case.limit.is_some() && matches!(case.how, How::Sum(_) | How::Min(_) | How::Max(_));
    let counts_groups = case.record_type.is_grouped() && matches!(case.how, How::Count);
    let has_having = !case.having.is_empty() && case.version < 4;
    // A later call cannot begin after the number of records of a group.
    let is_longer = case.limit.is_none_or(|limit| limit > case.page());
    let sorts_by_records = case.by_records.is_some() && is_longer && case.how != How::First;
    limits_value || counts_groups || has_having || sorts_by_records
}

/// Whether the last of several reads may be refused, before its first call.
///
/// A count cannot be split as the read before it, and the place at which that was dropped may be too long for one URL.
/// A read whose limit is at most a page needs no room for a place, but a read that continues behind it does.
pub(crate) fn may_be_refused_later(case: &Case) -> bool {
    let limit = match case.how {
        How::CountAfter(_) => Some(0),
        How::More(limit) => Some(limit),
        How::Stream(_) | How::Pages(_) | How::Budget(_) | How::Deadline(_) => case.limit,
        _ => None,
    };
    limit.is_some_and(|limit| limit <= case.page()) && may_be_refused(case)
}

/// Conditions that take this many characters of a URL always fit.
pub(crate) const SHORT: usize = 1_300;

/// Returns the lists that all records must be in.
pub(crate) fn lists(case: &Case) -> Vec<&Condition> {
    fn add<'c>(condition: &'c Condition, found: &mut Vec<&'c Condition>) {
        match condition {
            Condition::In(..) | Condition::Days(_) => found.push(condition),
            // What is not missing from a list is in it.
            Condition::Not(inner) => match &**inner {
                Condition::NotIn(..) => found.push(inner),
                Condition::Not(inner) => add(inner, found),
                _ => {}
            },
            Condition::And(parts) => parts.iter().for_each(|part| add(part, found)),
            // One alternative is not a choice.
            Condition::Or(parts) if parts.len() == 1 => add(&parts[0], found),
            _ => {}
        }
    }
    // The SDK does not know what is in a condition that is a text.
    if case.source == Source::Map {
        return Vec::new();
    }
    let mut found = Vec::new();
    let filters = case.filters.iter();
    filters.for_each(|filter| add(filter, &mut found));
    found
}

fn longest_list(case: &Case) -> Option<&Condition> {
    lists(case)
        .into_iter()
        .max_by_key(|list| list.encoded_length())
}
