//! Whether a condition holds for all values that it compares.

use super::condition::Condition;
use super::variable::Domain;
use std::collections::{BTreeMap, HashMap};

/// The most comparisons that are computed. A condition that needs more is not judged.
const MAX_WORK: usize = 2_000_000;

/// Returns whether a condition holds for every record, computed from one value of each kind. A column that it
/// compares only once can have any value.
pub(super) fn holds_always(condition: &Condition) -> bool {
    let mut comparisons = Comparisons::default();
    comparisons.add(condition);
    let variables = comparisons.variables();
    let mut choice = vec![0; variables.len()];
    loop {
        let values = variables.iter().zip(&choice);
        let values = values.map(|((name, values), at)| (*name, values[*at]));
        if holds(condition, &values.collect()) != Some(true) {
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
        Condition::Other(text) => values.get(&**text).map(|value| *value > 0.0),
        Condition::Constant | Condition::Unknown => None,
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
            Condition::Known(_) | Condition::Constant | Condition::Unknown => return,
            Condition::Compared {
                variable, number, ..
            } => (
                &variable.name,
                variable.domain,
                std::slice::from_ref(number),
            ),
            Condition::Listed { variable, numbers } => (&variable.name, variable.domain, numbers),
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
        if domain.is_limited() {
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
        Domain::Integer => within(domain.range(), around(numbers)),
        Domain::YesNo | Domain::YesNoOrNull => vec![0.0, 1.0],
        Domain::Text | Domain::Date | Domain::Any => around(numbers),
    }
}

/// Each number, and a value before, between and after them.
fn around(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.dedup();
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else {
        return vec![0.0, 1.0];
    };
    let mut values = vec![first - 1.0, last + 1.0];
    let between = numbers.windows(2);
    values.extend(between.map(|pair| f64::midpoint(pair[0], pair[1])));
    values.extend(&numbers);
    values
}

/// The values of a range, with its first and last.
fn within((first, last): (f64, f64), values: Vec<f64>) -> Vec<f64> {
    let values = values.into_iter();
    let values = values.filter(|value| (first..=last).contains(value));
    values.chain([first, last]).collect()
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
