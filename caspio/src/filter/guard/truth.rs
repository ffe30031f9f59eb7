//! Whether a condition holds for all values that it compares.

use super::condition::Condition;
use super::number_values::{around, within};
use super::variable::Domain;
use std::collections::{BTreeMap, HashMap};

/// The most comparisons that are computed. A condition that needs more is not judged.
const MAX_WORK: usize = 2_000_000;

/// Returns whether a condition holds for every record, computed from one value of each kind. A column that it
/// compares only once can have any value.
pub(super) fn holds_always(condition: &Condition) -> bool {
    is_always(condition, true)
}

/// Whether a condition has the wanted result for every record.
fn is_always(condition: &Condition, wanted: bool) -> bool {
    match condition {
        Condition::Not(inner) => is_always(inner, !wanted),
        Condition::And(parts) if wanted => parts.iter().all(|part| is_always(part, true)),
        Condition::Or(parts) if !wanted => parts.iter().all(|part| is_always(part, false)),
        other => {
            let mut parts = Vec::new();
            add_alternatives(other, wanted, &mut parts);
            groups(&parts).iter().any(|group| one_has_result(group))
                || (parts.len() > 1 && parts.iter().any(|part| one_has_result(&[*part])))
        }
    }
}

/// A part of a condition, and the result of it that decides the whole condition.
type Alternative<'c> = (&'c Condition, bool);

/// Adds the parts of which any one decides the whole.
fn add_alternatives<'c>(condition: &'c Condition, wanted: bool, all: &mut Vec<Alternative<'c>>) {
    match (condition, wanted) {
        (Condition::Not(inner), _) => add_alternatives(inner, !wanted, all),
        (Condition::Or(parts), true) | (Condition::And(parts), false) => {
            parts
                .iter()
                .for_each(|part| add_alternatives(part, wanted, all));
        }
        _ => all.push((condition, wanted)),
    }
}

/// Groups the parts that compare the same columns. The values of others are independent, so one group has to be enough.
fn groups<'c>(parts: &[Alternative<'c>]) -> Vec<Vec<Alternative<'c>>> {
    let mut group_of: Vec<usize> = (0..parts.len()).collect();
    let mut first_with: HashMap<&str, usize> = HashMap::new();
    for (at, (part, _)) in parts.iter().enumerate() {
        let mut comparisons = Comparisons::default();
        comparisons.add(part);
        for name in comparisons.variables.into_keys() {
            let other = *first_with.entry(name).or_insert(at);
            let (one, other) = (root(&mut group_of, at), root(&mut group_of, other));
            group_of[one.max(other)] = one.min(other);
        }
    }
    let mut groups: BTreeMap<usize, Vec<Alternative<'c>>> = BTreeMap::new();
    for (at, part) in parts.iter().enumerate() {
        let group = root(&mut group_of, at);
        groups.entry(group).or_default().push(*part);
    }
    groups.into_values().collect()
}

/// The first part of the group of a part.
fn root(group_of: &mut [usize], mut at: usize) -> usize {
    while group_of[at] != at {
        group_of[at] = group_of[group_of[at]];
        at = group_of[at];
    }
    at
}

/// Whether for all values, one of the parts has its result.
fn one_has_result(parts: &[Alternative<'_>]) -> bool {
    let mut comparisons = Comparisons::default();
    parts.iter().for_each(|(part, _)| comparisons.add(part));
    let variables = comparisons.variables();
    let mut choice = vec![0; variables.len()];
    loop {
        let values = variables.iter().zip(&choice);
        let values = values
            .map(|((name, values), at)| (*name, values[*at]))
            .collect();
        let mut each = parts.iter();
        if !each.any(|(part, wanted)| holds(part, &values) == Some(*wanted)) {
            return false;
        }
        // The next combination of values.
        let mut at = 0;
        loop {
            if at == choice.len() {
                return true;
            }
            choice[at] += 1;
            if choice[at] < variables[at].1.len() {
                break;
            }
            choice[at] = 0;
            at += 1;
        }
    }
}

/// Whether a condition holds for these values; `None` if that depends on others.
fn holds(condition: &Condition, values: &HashMap<&str, f64>) -> Option<bool> {
    match condition {
        Condition::And(parts) => all(parts, values, true),
        Condition::Or(parts) => all(parts, values, false),
        Condition::Not(inner) => holds(inner, values).map(|holds| !holds),
        Condition::Known(holds) => Some(*holds),
        Condition::Compared {
            variable,
            operator,
            number,
        } => {
            let value = values.get(&*variable.name)?;
            Some(operator.holds(value.total_cmp(number)))
        }
        Condition::Listed { variable, numbers } => {
            let value = values.get(&*variable.name)?;
            Some(
                numbers
                    .binary_search_by(|number| number.total_cmp(value))
                    .is_ok(),
            )
        }
        Condition::Among { variable, ranges } => {
            let value = *values.get(&*variable.name)? as usize;
            let next = ranges.partition_point(|range| range.end <= value);
            Some(ranges.get(next).is_some_and(|range| range.contains(&value)))
        }
        Condition::Other(text) => values.get(&**text).map(|value| *value > 0.0),
        Condition::Constant | Condition::Unknown | Condition::Text { .. } => None,
    }
}

/// Whether all parts are `wanted`; the opposite is true as soon as one is not.
fn all(parts: &[Condition], values: &HashMap<&str, f64>, wanted: bool) -> Option<bool> {
    let mut is_open = false;
    for part in parts {
        match holds(part, values) {
            Some(holds) if holds != wanted => return Some(!wanted),
            Some(_) => {}
            None => is_open = true,
        }
    }
    (!is_open).then_some(wanted)
}

/// The comparisons of a condition, by what they compare.
#[derive(Default)]
struct Comparisons<'c> {
    variables: BTreeMap<&'c str, Compared>,
    count: usize,
}

struct Compared {
    domain: Domain,
    /// How often it is compared.
    times: usize,
    /// The numbers that it is compared with; empty if it is compared with none.
    numbers: Vec<f64>,
    /// Whether one of its comparisons has the same result for all values that it can have.
    is_decided: bool,
}

impl<'c> Comparisons<'c> {
    fn add(&mut self, condition: &'c Condition) {
        let (name, domain, numbers): (&str, _, &[f64]) = match condition {
            Condition::And(parts) | Condition::Or(parts) => {
                return parts.iter().for_each(|part| self.add(part));
            }
            Condition::Not(inner) => return self.add(inner),
            Condition::Known(_)
            | Condition::Constant
            | Condition::Unknown
            | Condition::Text { .. } => return,
            Condition::Compared {
                variable, number, ..
            } => (
                &variable.name,
                variable.domain,
                std::slice::from_ref(number),
            ),
            Condition::Listed { variable, numbers } => (&variable.name, variable.domain, numbers),
            Condition::Among { variable, .. } => (&variable.name, variable.domain, &[]),
            Condition::Other(text) => (text, Domain::Any, &[]),
        };
        self.count += 1;
        let variable = self.variables.entry(name).or_insert(Compared {
            domain,
            times: 0,
            numbers: Vec::new(),
            is_decided: false,
        });
        variable.times += 1;
        variable.numbers.extend(numbers);
        if let (Domain::OneOf(count), Condition::Among { ranges, .. }) = (domain, condition) {
            let held: usize = ranges.iter().map(ExactSizeIterator::len).sum();
            variable.is_decided |= held == 0 || held == count;
        } else if domain.is_limited() {
            let values = values_of(domain, numbers.to_vec()).into_iter();
            let mut results = values.map(|value| holds(condition, &HashMap::from([(name, value)])));
            let first = results.next();
            variable.is_decided |= results.all(|result| Some(result) == first);
        }
    }

    /// The variables that matter, each with a value of each kind.
    fn variables(self) -> Vec<(&'c str, Vec<f64>)> {
        let mut work = self.count.max(1);
        let mut all: Vec<(&str, Compared)> = self.variables.into_iter().collect();
        let is_key = |domain| matches!(domain, Domain::Key | Domain::ViewKey);
        all.retain(|(_, variable)| {
            is_key(variable.domain) || variable.times > 1 || variable.is_decided
        });
        all.sort_by_key(|(_, variable)| (!is_key(variable.domain), usize::MAX - variable.times));
        let kinds = all.into_iter().filter_map(|(name, variable)| {
            let values = values_of(variable.domain, variable.numbers);
            let needed = work.saturating_mul(values.len());
            if needed > MAX_WORK {
                return None;
            }
            work = needed;
            Some((name, values))
        });
        kinds.collect()
    }
}

/// A value of each kind that can be compared with these numbers.
fn values_of(domain: Domain, numbers: Vec<f64>) -> Vec<f64> {
    match domain {
        Domain::Key | Domain::ViewKey => keys(domain.range(), numbers),
        Domain::Integer | Domain::Between(..) => within(domain.range(), around(numbers)),
        Domain::YesNo | Domain::YesNoOrNull => vec![0.0, 1.0],
        Domain::OneOf(count) => (0..count).map(|value| value as f64).collect(),
        Domain::Text | Domain::Date | Domain::Any => around(numbers),
    }
}

/// The first and the last key, and each number with the key after it.
fn keys((first, last): (f64, f64), numbers: Vec<f64>) -> Vec<f64> {
    let near = numbers
        .into_iter()
        .flat_map(|number| [number.floor(), number.floor() + 1.0]);
    let mut keys: Vec<f64> = near.filter(|key| (first..=last).contains(key)).collect();
    keys.extend([first, last]);
    keys.sort_unstable_by(f64::total_cmp);
    keys.dedup();
    keys
}
