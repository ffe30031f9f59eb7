//! Pairs the items of two lists by name.

use crate::names::is_same_name;

/// An item that exists on both sides, or on one side only.
pub(super) enum Pair<'a, T> {
    Removed(&'a T),
    Both(&'a T, &'a T),
    Added(&'a T),
}

/// Pairs the items of both sides by name: first those of the same spelling, then the others in order, if their names
/// differ in case only. The result has the items of `before` in their order, then the added ones.
pub(super) fn pairs<'a, T>(
    before: &'a [T],
    after: &'a [T],
    name: fn(&T) -> &str,
) -> Vec<Pair<'a, T>> {
    let exact = |side: &'a [T], wanted: &T| side.iter().find(|one| name(one) == name(wanted));
    // An account may have tables whose names differ in case only. They are different tables.
    let mut free: Vec<&T> = after
        .iter()
        .filter(|one| exact(before, one).is_none())
        .collect();
    let mut pairs = Vec::new();
    for one in before {
        let similar = || {
            free.iter()
                .position(|other| is_same_name(name(other), name(one)))
        };
        let other = match exact(after, one) {
            Some(other) => Some(other),
            None => similar().map(|index| free.remove(index)),
        };
        pairs.push(other.map_or(Pair::Removed(one), |other| Pair::Both(one, other)));
    }
    pairs.extend(free.into_iter().map(Pair::Added));
    pairs
}
