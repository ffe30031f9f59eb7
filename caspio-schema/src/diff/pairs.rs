//! Pairs the items of two lists by name.

use crate::names::is_same_name;

/// An item that exists on both sides, or on one side only.
pub(super) enum Pair<'a, T> {
    Removed(&'a T),
    Both(&'a T, &'a T),
    Added(&'a T),
}

/// Pairs the items of both sides by name, without case: first those of `before` in their order, then the added
/// ones.
pub(super) fn pairs<'a, T>(
    before: &'a [T],
    after: &'a [T],
    name: fn(&T) -> &str,
) -> Vec<Pair<'a, T>> {
    let find = |side: &'a [T], wanted: &T| {
        side.iter()
            .find(|one| is_same_name(name(one), name(wanted)))
    };
    let kept = before.iter().map(|one| match find(after, one) {
        Some(other) => Pair::Both(one, other),
        None => Pair::Removed(one),
    });
    let added = after.iter().filter(|one| find(before, one).is_none());
    kept.chain(added.map(Pair::Added)).collect()
}
