//! The values that a column can have among the texts that it is compared with.

use super::condition::Ranges;
use super::number_values::{NumberValues, ordered_range};
use super::texts::{has_digit, is_date, is_plain, number_of, range_of_ticks, ticks_of};
use super::variable::Domain;
use crate::filter::Operator;
use crate::value::reduced;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most values of one column that are distinguished.
const MAX_VALUES: usize = 100_000;

/// The most texts that may be equal of which each combination is distinguished.
const MAX_SIMILAR: usize = 6;

/// The values of a column, by their numbers: one of each kind, for each type that the column may have.
pub(super) struct Scale {
    values: Values,
    /// How many values there are.
    pub(super) count: usize,
}

#[derive(Default)]
struct Values {
    texts: Option<TextValues>,
    numbers: Vec<NumberValues>,
}

/// The values for which a comparison holds.
pub(super) struct Holding {
    pub(super) surely: Ranges,
    /// Those for which it depends on the collation.
    pub(super) perhaps: Ranges,
}

impl Scale {
    /// Returns the scale of a column with these texts; a text without a place on it is taken out of them.
    pub(super) fn new(domain: Domain, texts: &mut BTreeSet<String>, is_ordered: bool) -> Self {
        let is_text = domain == Domain::Text;
        let is_date = domain == Domain::Date;
        match domain {
            Domain::Text => {}
            Domain::Date => texts.retain(|text| ticks_of(text).is_some()),
            // A column that may be a Date/Time: the service reads more forms of dates.
            _ => texts.retain(|text| {
                !has_digit(text) || number_of(text).is_some() || ticks_of(text).is_some()
            }),
        }
        let mut values = Values::default();
        let mut count = 0;
        if !is_date {
            let of_texts = TextValues::new(texts, is_ordered);
            count = of_texts.values.len();
            values.texts = Some(of_texts);
        }
        if !is_text {
            let dates = NumberValues::new(texts, ticks_of, Some(range_of_ticks()), count);
            count += dates.as_ref().map_or(0, |dates| dates.values.len());
            values.numbers.extend(dates);
        }
        if !is_text && !is_date {
            let numbers = NumberValues::new(texts, number_of, None, count);
            count += numbers.as_ref().map_or(0, |numbers| numbers.values.len());
            values.numbers.extend(numbers);
        }
        Self { values, count }
    }

    /// Returns for which values a comparison with a text holds.
    pub(super) fn compared(&self, operator: Operator, text: &str) -> Holding {
        let mut holding = match &self.values.texts {
            Some(texts) => texts.compared(operator, text),
            None => Holding::none(),
        };
        let numbers = self.values.numbers.iter();
        holding
            .surely
            .extend(numbers.flat_map(|numbers| numbers.compared(operator, text)));
        holding
    }

    /// Returns for which values `LIKE` holds with a pattern that ends with `%` and contains no set of characters.
    pub(super) fn like(&self, pattern: &str) -> Holding {
        let texts = self.values.texts.as_ref();
        let surely = texts.map_or_else(Vec::new, |texts| texts.like(pattern));
        let mut decided = texts.map_or_else(Vec::new, |texts| texts.unlike(pattern));
        decided.extend(surely.iter().cloned());
        decided.sort_unstable_by_key(|range| range.start);
        let perhaps = complement(&decided, self.count);
        Holding { surely, perhaps }
    }
}

impl Holding {
    fn none() -> Self {
        Self {
            surely: Vec::new(),
            perhaps: Vec::new(),
        }
    }
}

/// The values in between some ranges.
fn complement(ranges: &Ranges, count: usize) -> Ranges {
    let mut rest = Vec::new();
    let mut start = 0;
    for range in ranges {
        rest.push(start..range.start);
        start = range.end;
    }
    rest.push(start..count);
    rest.retain(|range| !range.is_empty());
    rest
}

/// The values of a column of texts.
struct TextValues {
    values: Vec<TextValue>,
    /// The numbers of the values that are equal to a text.
    equal: HashMap<String, Vec<usize>>,
    /// The places of the texts whose order is known.
    places: HashMap<String, usize>,
}

#[derive(Clone, Debug)]
struct TextValue {
    /// An odd number is the place of a text, an even one is between two of them.
    place: usize,
    /// The texts that it is equal to.
    equal: Vec<String>,
}

impl TextValues {
    fn new(texts: &mut BTreeSet<String>, is_ordered: bool) -> Self {
        let chain: Vec<String> = match is_ordered {
            true => ordered(texts),
            false => Vec::new(),
        };
        let places = chain.iter().enumerate();
        let places: HashMap<_, _> = places
            .map(|(at, text)| (text.clone(), 2 * at + 1))
            .collect();
        // No text is before the empty one.
        let first = usize::from(chain.first().is_some_and(String::is_empty)) * 2;
        let gaps = (first..=2 * chain.len()).step_by(2);
        let mut values: Vec<TextValue> = Vec::new();
        let mut without_place = BTreeSet::new();
        for equal in equal_texts(texts) {
            match equal.iter().find_map(|text| places.get(text)) {
                Some(place) => values.push(TextValue {
                    place: *place,
                    equal,
                }),
                None if values.len() + gaps.clone().count() > MAX_VALUES => {
                    without_place.extend(equal);
                }
                None => values.extend(gaps.clone().map(|place| TextValue {
                    place,
                    equal: equal.clone(),
                })),
            }
        }
        values.extend(gaps.map(|place| TextValue {
            place,
            equal: Vec::new(),
        }));
        texts.retain(|text| !without_place.contains(text));
        values.sort_by_key(|value| value.place);
        let mut equal: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, value) in values.iter().enumerate() {
            for text in &value.equal {
                equal.entry(text.clone()).or_default().push(at);
            }
        }
        Self {
            values,
            equal,
            places,
        }
    }

    fn compared(&self, operator: Operator, text: &str) -> Holding {
        let numbers = self.equal.get(text).map_or(&[][..], Vec::as_slice);
        let equal: Ranges = numbers.iter().map(|at| *at..at + 1).collect();
        let unequal = complement(&equal, self.values.len());
        let surely = match operator {
            Operator::Eq => equal,
            Operator::Ne => unequal,
            _ => {
                let Some(place) = self.places.get(text) else {
                    let is_strict = matches!(operator, Operator::Lt | Operator::Gt);
                    return Holding {
                        surely: if is_strict { Vec::new() } else { equal },
                        perhaps: unequal,
                    };
                };
                let start = self.values.partition_point(|value| value.place < *place);
                let end = self.values.partition_point(|value| value.place <= *place);
                vec![ordered_range(operator, start..end, self.values.len())]
            }
        };
        Holding {
            surely,
            perhaps: Vec::new(),
        }
    }

    fn like(&self, pattern: &str) -> Ranges {
        // A value that is not the empty text has a character.
        let is_any = pattern.bytes().all(|sign| matches!(sign, b'%' | b'_'));
        let needs_one = is_any && pattern.matches('_').count() == 1;
        let values = self.values.iter().enumerate();
        let matching = values.filter(|(_, value)| {
            let is_empty = value.equal.iter().any(String::is_empty);
            let mut equal = value.equal.iter();
            // A value that is equal to several texts may be any of them.
            let is_like = !value.equal.is_empty() && equal.all(|text| matches(text, pattern));
            (needs_one && !is_empty) || is_like
        });
        matching.map(|(at, _)| at..at + 1).collect()
    }

    /// The values that match a pattern in no collation.
    fn unlike(&self, pattern: &str) -> Ranges {
        let values = self.values.iter().enumerate();
        let unlike = values.filter(|(_, value)| {
            let mut equal = value.equal.iter();
            equal.any(|text| begins_otherwise(text, pattern))
        });
        unlike.map(|(at, _)| at..at + 1).collect()
    }
}

/// Whether a text begins otherwise than a pattern in every collation: letters and digits count in all of them.
fn begins_otherwise(text: &str, pattern: &str) -> bool {
    let begin = pattern.split(['%', '_']).next().unwrap_or_default();
    text.is_ascii() && begin.is_ascii() && !reduced(text).starts_with(&reduced(begin))
}

/// The texts whose order is the same in all collations, in this order.
fn ordered(texts: &BTreeSet<String>) -> Vec<String> {
    // `2024` and `2024-01-01` have another order where signs do not count.
    let has_numbers = texts
        .iter()
        .any(|text| is_plain(text) && text.starts_with(|first: char| first.is_ascii_digit()));
    let is_ordered = |text: &&String| {
        is_plain(text) || (!has_numbers && is_date(text) && ticks_of(text).is_some())
    };
    let ordered = texts.iter().filter(is_ordered);
    ordered.cloned().collect()
}

/// Returns the sets of texts that one value can be equal to. Texts that differ in more than letters and digits may be
/// equal for the service or not.
fn equal_texts(texts: &BTreeSet<String>) -> Vec<Vec<String>> {
    let mut similar: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for text in texts {
        similar.entry(reduced(text)).or_default().push(text);
    }
    let mut sets = Vec::new();
    for similar in similar.into_values() {
        if similar.len() > MAX_SIMILAR {
            sets.extend(similar.iter().map(|text| vec![(*text).clone()]));
            let (plain, other): (Vec<_>, Vec<_>) = similar
                .into_iter()
                .cloned()
                .partition(|text| is_plain(text));
            sets.push(other.into_iter().chain(plain.into_iter().take(1)).collect());
            continue;
        }
        for set in 1_usize..1 << similar.len() {
            let texts = similar.iter().enumerate();
            let texts = texts.filter(|(at, _)| set & (1 << at) != 0);
            let texts: Vec<String> = texts.map(|(_, text)| (*text).clone()).collect();
            if texts.iter().filter(|text| is_plain(text)).count() <= 1 {
                sets.push(texts);
            }
        }
    }
    sets
}

/// Whether a text matches a pattern, in which only `%` and `_` are special.
fn matches(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut is_matched = vec![false; text.len() + 1];
    is_matched[0] = true;
    for sign in pattern.chars() {
        match sign {
            '%' => {
                let mut is_any = false;
                for matched in &mut is_matched {
                    is_any |= *matched;
                    *matched = is_any;
                }
            }
            sign => {
                for at in (0..text.len()).rev() {
                    is_matched[at + 1] = is_matched[at] && (sign == '_' || sign == text[at]);
                }
                is_matched[0] = false;
            }
        }
    }
    is_matched[text.len()]
}
