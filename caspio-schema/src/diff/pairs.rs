//! Pairs the items of two lists by name.

use crate::names::is_same_name;

/// An item that exists on both sides, or on one side only.
pub(super) enum Pair<'a, T> {
    Removed(&'a T),
    Both(&'a T, &'a T),
    Added(&'a T),
}

/// Pairs the items of both sides by name: those of the same spelling, and others whose names differ in case only. First
/// come those of `before` in their order, then the added ones.
pub(super) fn pairs<'a, T>(
    before: &'a [T],
    after: &'a [T],
    name: fn(&T) -> &str,
) -> Vec<Pair<'a, T>> {
    let exact = |side: &'a [T], wanted: &T| side.iter().find(|one| name(one) == name(wanted));
    // An account may have tables whose names differ in case only, which are not each other's pair.
    let find = |side: &'a [T], own: &'a [T], wanted: &T| {
        let is_free = |one: &&T| is_same_name(name(one), name(wanted)) && exact(own, one).is_none();
        exact(side, wanted).or_else(|| side.iter().find(is_free))
    };
    let kept = before.iter().map(|one| match find(after, before, one) {
        Some(other) => Pair::Both(one, other),
        None => Pair::Removed(one),
    });
    let added = after
        .iter()
        .filter(|one| find(before, after, one).is_none());
    kept.chain(added.map(Pair::Added)).collect()
}
