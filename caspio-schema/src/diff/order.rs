//! Which fields moved: the fewest that explain the new order.

use crate::FieldDefinition;
use crate::names::is_same_name;

/// The fields that moved among those of both sides, each with the field it now follows.
///
/// The others are a longest run that keeps its order: if `A B C` becomes `C A B`, only `C` moved.
pub(super) fn moved<'a>(
    before: &[FieldDefinition],
    after: &'a [FieldDefinition],
) -> Vec<(&'a str, Option<&'a str>)> {
    let place = |field: &FieldDefinition| {
        before
            .iter()
            .position(|one| is_same_name(&one.name, &field.name))
    };
    let common: Vec<(&str, usize)> = after
        .iter()
        .filter_map(|field| Some((field.name.as_str(), place(field)?)))
        .collect();
    let places: Vec<usize> = common.iter().map(|(_, place)| *place).collect();
    let stays = longest_rising(&places);
    let moved = (0..common.len()).filter(|at| !stays[*at]);
    moved
        .map(|at| {
            let before = at.checked_sub(1).map(|at| common[at].0);
            (common[at].0, before)
        })
        .collect()
}

/// Marks the members of a longest rising subsequence.
fn longest_rising(numbers: &[usize]) -> Vec<bool> {
    // For each index: the length of the longest run that ends there, and the index before it.
    let mut runs: Vec<(usize, Option<usize>)> = Vec::with_capacity(numbers.len());
    for (at, number) in numbers.iter().enumerate() {
        let earlier = (0..at).filter(|earlier| numbers[*earlier] < *number);
        let best = earlier.max_by_key(|earlier| (runs[*earlier].0, std::cmp::Reverse(*earlier)));
        runs.push((best.map_or(1, |best| runs[best].0 + 1), best));
    }
    let mut marks = vec![false; numbers.len()];
    let mut at = (0..runs.len()).max_by_key(|at| (runs[*at].0, std::cmp::Reverse(*at)));
    while let Some(member) = at {
        marks[member] = true;
        at = runs[member].1;
    }
    marks
}
