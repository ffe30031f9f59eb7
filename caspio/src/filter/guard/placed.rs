//! Gives each text that a condition compares with a column a place among the values of the column.

use super::condition::{Compared, Condition, Ranges, TextTest};
use super::scale::{Holding, Scale};
use super::texts::has_digit;
use super::variable::{Domain, Variable, is_usual_number};
use crate::filter::Operator;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Returns the condition with the comparisons with texts as sets of values.
pub(super) fn placed(condition: Condition) -> Condition {
    let mut found = Found::default();
    found.add(&condition);
    let numbers = found.numbers;
    let columns = found.texts.into_iter().map(|(name, mut texts)| {
        texts.has_numbers = numbers.contains(&name.sql) && name.domain == Domain::Any;
        if texts.has_numbers {
            // They are compared as numbers, or their order is not known.
            texts.texts.retain(|text| !has_digit(text));
        }
        let scale = Scale::new(name.domain, &mut texts.texts, texts.is_ordered);
        (name, (texts, scale))
    });
    let placing = Placing(columns.collect());
    placing.placed(condition)
}

/// The comparisons of a condition with texts, and the columns that are compared with numbers.
#[derive(Default)]
struct Found {
    texts: HashMap<Compared, Texts>,
    numbers: HashSet<String>,
}

#[derive(Default)]
struct Texts {
    texts: BTreeSet<String>,
    /// Whether one of the comparisons is of the order.
    is_ordered: bool,
    has_numbers: bool,
}

impl Found {
    fn add(&mut self, condition: &Condition) {
        match condition {
            Condition::And(parts) | Condition::Or(parts) => {
                parts.iter().for_each(|part| self.add(part));
            }
            Condition::Not(inner) => self.add(inner),
            Condition::Compared { variable, .. } | Condition::Listed { variable, .. } => {
                self.numbers.insert(variable.name.clone());
            }
            Condition::Text { compared, test } => {
                let texts = self.texts.entry(compared.clone()).or_default();
                match test {
                    TextTest::Compare(operator, text) => {
                        texts.is_ordered |= !matches!(operator, Operator::Eq | Operator::Ne);
                        texts.texts.insert(text.clone());
                    }
                    TextTest::In(list) => texts.texts.extend(list.iter().cloned()),
                    // Whether a value has a character depends on whether it is the empty text.
                    TextTest::Like(_) => {
                        texts.texts.insert(String::new());
                    }
                }
            }
            _ => {}
        }
    }
}

struct Placing(HashMap<Compared, (Texts, Scale)>);

impl Placing {
    fn placed(&self, condition: Condition) -> Condition {
        let each =
            |parts: Vec<Condition>| parts.into_iter().map(|part| self.placed(part)).collect();
        match condition {
            Condition::And(parts) => Condition::And(each(parts)),
            Condition::Or(parts) => Condition::Or(each(parts)),
            Condition::Not(inner) => self.placed(*inner).not(),
            Condition::Text { compared, test } => self.text(&compared, test),
            other => other,
        }
    }

    fn text(&self, compared: &Compared, test: TextTest) -> Condition {
        let Some((texts, scale)) = self.0.get(compared) else {
            return Condition::Unknown;
        };
        let sql = &compared.sql;
        match test {
            TextTest::Compare(operator, text) if texts.texts.contains(&text) => {
                let free = Condition::Other(format!("{sql} before '{text}'"));
                let is_before = matches!(operator, Operator::Lt | Operator::Le);
                let holding = scale.compared(operator, &text);
                among(compared, scale, holding, free.negated(!is_before))
            }
            TextTest::Compare(operator, text) => alone(compared, texts, operator, &text),
            TextTest::Like(pattern) => {
                let free = Condition::Other(format!("{sql} like '{pattern}'"));
                among(compared, scale, scale.like(&pattern), free)
            }
            TextTest::In(list) => {
                let (placed, rest): (Vec<_>, Vec<_>) = list
                    .into_iter()
                    .partition(|text| texts.texts.contains(text));
                let mut surely = Vec::new();
                for text in placed {
                    surely.extend(scale.compared(Operator::Eq, &text).surely);
                }
                let holding = Holding {
                    surely,
                    perhaps: Vec::new(),
                };
                let known = among(compared, scale, holding, Condition::Unknown);
                let rest = rest.iter();
                let rest = rest.map(|text| alone(compared, texts, Operator::Eq, text));
                Condition::Or(std::iter::once(known).chain(rest).collect())
            }
        }
    }
}

/// A comparison that holds for some values, and for some others only if a condition holds.
fn among(compared: &Compared, scale: &Scale, holding: Holding, free: Condition) -> Condition {
    let among = |ranges: Ranges| Condition::Among {
        variable: Variable {
            name: format!("{} as text", compared.sql),
            domain: Domain::OneOf(scale.count),
        },
        ranges: joined(ranges),
    };
    let surely = among(holding.surely);
    if holding.perhaps.is_empty() {
        return surely;
    }
    let perhaps = Condition::And(vec![among(holding.perhaps), free]);
    Condition::Or(vec![surely, perhaps])
}

/// Sorts ranges, and joins those without others in between.
fn joined(mut ranges: Ranges) -> Ranges {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_unstable_by_key(|range| range.start);
    let mut joined = Ranges::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// A comparison with a text that has no place among the others: as a number, or on its own.
fn alone(compared: &Compared, texts: &Texts, operator: Operator, text: &str) -> Condition {
    let is_equality = matches!(operator, Operator::Eq | Operator::Ne);
    if texts.has_numbers
        && is_equality
        && is_usual_number(text)
        && let Ok(number) = text.parse()
    {
        return Condition::Compared {
            variable: Variable::any(compared.sql.clone()),
            operator,
            number,
        };
    }
    Condition::Compared {
        variable: Variable::any(format!("{} - '{text}'", compared.sql)),
        operator,
        number: 0.0,
    }
}
