//! Conditions: random ones, and which records meet them, in the logic of three values.

use crate::cell::{Cell, encoded_length};
use crate::content::{Column, Row, TableContent};
use crate::random::Random;
use crate::values::pattern;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A condition on a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Is(Column, Comparison, Cell),
    Between(Column, Cell, Cell),
    In(Column, Vec<Cell>),
    NotIn(Column, Vec<Cell>),
    Null(Column, bool),
    Like(Column, Part, String),
    Yes(bool),
    /// On one of these days.
    Days(Vec<Cell>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Comparison {
    pub(crate) const ALL: [Self; 6] = [Self::Eq, Self::Ne, Self::Lt, Self::Le, Self::Gt, Self::Ge];

    pub(crate) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
        }
    }

    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "<>",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }
}

/// The most characters that a day of a list takes in a URL, with its beginning and its end.
pub(crate) const DAY: usize = 115;

/// Where a text stands in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Part {
    Start,
    End,
    Any,
}

impl Condition {
    /// Returns whether a record meets the condition; `None` is unknown.
    pub(crate) fn of(&self, row: &Row) -> Option<bool> {
        match self {
            Self::And(all) => {
                let each: Vec<_> = all.iter().map(|one| one.of(row)).collect();
                if each.contains(&Some(false)) {
                    return Some(false);
                }
                (!each.contains(&None)).then_some(true)
            }
            Self::Or(any) => {
                let each: Vec<_> = any.iter().map(|one| one.of(row)).collect();
                if each.contains(&Some(true)) {
                    return Some(true);
                }
                (!each.contains(&None)).then_some(false)
            }
            Self::Not(other) => other.of(row).map(|holds| !holds),
            Self::Is(column, comparison, value) => {
                let held = row.get(*column);
                (!held.is_null()).then(|| comparison.holds(held.order(value)))
            }
            Self::Between(column, low, high) => {
                let held = row.get(*column);
                (!held.is_null()).then(|| held.order(low).is_ge() && held.order(high).is_le())
            }
            // An empty list matches nothing, so its opposite matches what is not null.
            Self::In(_, values) if values.is_empty() => Some(false),
            Self::NotIn(column, values) if values.is_empty() => Some(!row.get(*column).is_null()),
            Self::In(column, values) => is_one_of(row.get(*column), values),
            Self::NotIn(column, values) => is_one_of(row.get(*column), values).map(|is| !is),
            Self::Null(column, is_null) => Some(row.get(*column).is_null() == *is_null),
            Self::Like(column, part, text) => match row.get(*column) {
                Cell::Text(held) => Some(contains(held, *part, text)),
                _ => None,
            },
            Self::Yes(yes) => {
                let held = row.get(Column::Flag);
                (!held.is_null()).then(|| *held == Cell::Bool(*yes))
            }
            Self::Days(days) if days.is_empty() => Some(false),
            Self::Days(days) => match row.get(Column::At) {
                Cell::Date(at) => Some(days.contains(&Cell::Date(day(at)))),
                _ => None,
            },
        }
    }

    pub(crate) fn is_met(&self, row: &Row) -> bool {
        self.of(row) == Some(true)
    }

    /// Whether the condition is a list of keys.
    pub(crate) fn is_of_keys(&self) -> bool {
        matches!(self, Self::In(Column::Key, _) | Self::NotIn(Column::Key, _))
    }

    /// Returns about how many characters the condition takes in a URL.
    pub(crate) fn encoded_length(&self) -> usize {
        let name = |column: &Column| column.name().len() + 16;
        match self {
            Self::And(parts) | Self::Or(parts) => {
                parts.iter().map(|part| part.encoded_length() + 16).sum()
            }
            Self::Not(other) => other.encoded_length() + 16,
            Self::Is(column, _, value) => name(column) + length(value),
            Self::Between(column, low, high) => name(column) + length(low) + length(high) + 20,
            Self::In(column, values) | Self::NotIn(column, values) => {
                name(column) + values.iter().map(|value| length(value) + 3).sum::<usize>()
            }
            Self::Null(column, _) => name(column) + 10,
            Self::Like(column, _, text) => name(column) + 3 * encoded_length(text) + 20,
            Self::Yes(_) => 20,
            Self::Days(days) => days.len() * DAY,
        }
    }
}

/// Returns the most characters that a value takes in a URL.
pub(crate) fn length(value: &Cell) -> usize {
    match value {
        Cell::Text(text) | Cell::Guid(text) | Cell::Date(text) => {
            encoded_length(&text.replace('\'', "''")) + 7
        }
        // With the quotes of a view's key.
        Cell::Int(number) => number.to_string().len() + 7,
        _ => 25,
    }
}

/// Returns the day of a date and time.
fn day(at: &str) -> String {
    at.split('T').next().unwrap_or_default().to_owned()
}

fn is_one_of(held: &Cell, values: &[Cell]) -> Option<bool> {
    (!held.is_null()).then(|| values.iter().any(|value| held.order(value).is_eq()))
}

fn upper(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).collect()
}

fn contains(held: &str, part: Part, text: &str) -> bool {
    // A pattern does not ignore trailing blanks.
    let blanks = |text: &str| text.len() - text.trim_end_matches(' ').len();
    let whole = |text: &str| upper(text.trim_end_matches(' ')) + &" ".repeat(blanks(text));
    let (held, text) = (whole(held), whole(text));
    match part {
        Part::Start => held.starts_with(&text),
        Part::End => held.ends_with(&text),
        Part::Any => held.contains(&text),
    }
}

/// Returns a random condition; about half of them are met by a good part of the records.
pub(crate) fn random(
    random: &mut Random,
    content: &TableContent,
    keys: &[i64],
    depth: u64,
) -> Condition {
    if depth > 0 && random.percent(30) {
        let parts = (0..random.between(1, 3))
            .map(|_| self::random(random, content, keys, depth - 1))
            .collect();
        return match random.below(5) {
            0 | 1 => Condition::And(parts),
            2 | 3 => Condition::Or(parts),
            _ => Condition::Not(Box::new(self::random(random, content, keys, depth - 1))),
        };
    }
    match random.below(12) {
        0 if random.percent(50) => {
            let most = random.weighted(&[(8, 9), (2, 60)]);
            let count = random.between(0, most);
            let days = (0..count).map(|_| match value(random, content, keys, Column::At) {
                Cell::Date(at) => Cell::Date(day(&at)),
                _ => Cell::Date("2000-01-01".to_owned()),
            });
            Condition::Days(days.collect())
        }
        0 => Condition::Yes(random.percent(70)),
        1 => Condition::Null(any_column(random), random.percent(30)),
        2 | 3 => {
            let column = any_column(random);
            list(random, content, keys, column)
        }
        4 => {
            let column = random.pick(&Column::ORDERED);
            let (one, other) = two(random, content, keys, column);
            let (low, high) = if one.order(&other).is_le() {
                (one, other)
            } else {
                (other, one)
            };
            Condition::Between(column, low, high)
        }
        5 => like(random, content),
        6 if content.patterns => {
            let part = random.pick(&[Part::Start, Part::End, Part::Any]);
            let text = pattern(random);
            let text = match part {
                Part::End => text,
                _ => text.trim_end_matches(['.', ' ']).to_owned(),
            };
            Condition::Like(Column::Note, part, text)
        }
        6 => {
            let column = random.pick(&[Column::Note, Column::Guid, Column::Name]);
            let comparison = random.pick(&[Comparison::Eq, Comparison::Ne]);
            Condition::Is(column, comparison, value(random, content, keys, column))
        }
        _ => {
            let column = random.pick(&Column::ORDERED);
            let comparison = random.pick(&Comparison::ALL);
            Condition::Is(column, comparison, value(random, content, keys, column))
        }
    }
}

fn any_column(random: &mut Random) -> Column {
    let columns = Column::ALL.map(|column| {
        if column == Column::Flag {
            Column::Qty
        } else {
            column
        }
    });
    random.pick(&columns)
}

fn two(random: &mut Random, content: &TableContent, keys: &[i64], column: Column) -> (Cell, Cell) {
    let one = value(random, content, keys, column);
    (one, value(random, content, keys, column))
}

/// Returns a list of values: short or long, with values twice, of one length or several.
pub(crate) fn list(
    random: &mut Random,
    content: &TableContent,
    keys: &[i64],
    column: Column,
) -> Condition {
    let count = random.weighted(&[(2, 0), (40, 5), (30, 20), (12, 150), (6, 400)]);
    let count = random.between(count / 2, count);
    let mut values: Vec<_> = (0..count)
        .map(|_| value(random, content, keys, column))
        .collect();
    if random.percent(20) {
        let again: Vec<_> = values.iter().take(30).cloned().collect();
        values.extend(again);
    }
    if random.percent(10) {
        Condition::NotIn(column, values)
    } else {
        Condition::In(column, values)
    }
}

fn like(random: &mut Random, content: &TableContent) -> Condition {
    // How a pattern matches texts that are compared in a special way is not known.
    let column = match content.odd {
        true => random.pick(&[Column::Note, Column::Code]),
        false => random.pick(&[Column::Name, Column::Note, Column::Code]),
    };
    let part = random.pick(&[Part::Start, Part::End, Part::Any]);
    let Cell::Text(text) = content.value(column, random) else {
        panic!("{column:?} is a text");
    };
    // Whether a pattern with trailing blanks matches depends on the type of the column.
    let (column, part) = match column {
        Column::Name if part == Part::End => (column, Part::Start),
        _ => (column, part),
    };
    let text = match text.trim_end() {
        "" => "a",
        text => text,
    };
    let letters: Vec<char> = text.chars().take(40).collect();
    let start = random.below(letters.len() as u64) as usize;
    let end = start + random.between(1, 4) as usize;
    let letters = match part {
        Part::Start => &letters[..end.min(letters.len())],
        Part::End => &letters[start..],
        Part::Any => &letters[start..end.min(letters.len())],
    };
    let text: String = letters.iter().collect();
    Condition::Like(column, part, text.trim_end().to_owned())
}

/// Returns a value to compare a column with, most often one that a record has.
pub(crate) fn value(
    random: &mut Random,
    content: &TableContent,
    keys: &[i64],
    column: Column,
) -> Cell {
    let key = match keys {
        [] => 1,
        keys => random.pick(keys),
    };
    match column {
        Column::Key => {
            let off = random.weighted(&[(8, 0), (1, 1), (1, -1)]);
            Cell::Int((key + off).max(1))
        }
        _ if random.percent(40) => loop {
            let value = content.value(column, random);
            if !value.is_null() {
                return value;
            }
        },
        _ => match content.row(key, 0).get(column) {
            Cell::Null => content.value(column, random),
            // Another spelling of the same text.
            Cell::Text(text) if random.percent(20) && text.is_ascii() && column != Column::Note => {
                Cell::Text(text.to_ascii_lowercase())
            }
            held => held.clone(),
        },
    }
}
