//! Random conditions, beside an evaluator that knows nothing of SQL.

use std::cmp::Ordering;

use super::{database, found};

/// What the evaluator sees of a record; money in ten-thousandths.
struct Row {
    key: i64,
    name: Option<&'static str>,
    qty: Option<i64>,
    price: Option<i64>,
}

const ROWS: [Row; 5] = [
    row(1, Some("anvil"), Some(5), Some(123_400)),
    row(2, Some("bolt"), Some(10), Some(5_000)),
    row(3, Some("éclair"), None, None),
    row(4, Some("bolt"), Some(3), Some(1)),
    row(5, None, Some(-4), Some(-25_000)),
];

const fn row(key: i64, name: Option<&'static str>, qty: Option<i64>, price: Option<i64>) -> Row {
    Row {
        key,
        name,
        qty,
        price,
    }
}

const NAMES: [(&str, &str); 6] = [
    ("'ANVIL'", "anvil"),
    ("N'Bolt  '", "bolt"),
    ("'ÉCLAIR'", "éclair"),
    ("'b'", "b"),
    ("''", ""),
    ("'it''s'", "it's"),
];

const OPERATORS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

enum Condition {
    Name(&'static str, (&'static str, &'static str)),
    Qty(&'static str, i64),
    Sum(&'static str, i64, i64),
    Price(&'static str, i64),
    In(Vec<Option<i64>>, bool),
    Between(i64, i64, bool),
    NoQty(bool),
    Not(Box<Self>),
    Both(Box<Self>, Box<Self>),
    Either(Box<Self>, Box<Self>),
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn number(&mut self) -> i64 {
        [-4, -1, 0, 3, 4, 5, 10, 11][self.below(8)]
    }

    fn operator(&mut self) -> &'static str {
        OPERATORS[self.below(6)]
    }

    fn condition(&mut self, depth: usize) -> Condition {
        let kinds = if depth == 0 { 7 } else { 12 };
        match self.below(kinds) {
            0 => Condition::Name(self.operator(), NAMES[self.below(6)]),
            1 => Condition::Qty(self.operator(), self.number()),
            2 => Condition::Sum(self.operator(), self.number(), self.number()),
            3 => Condition::Price(
                self.operator(),
                [123_400, 5_000, 1, -25_000, 0, 12_345][self.below(6)],
            ),
            4 => {
                let count = 1 + self.below(4);
                let list = (0..count)
                    .map(|_| (self.below(6) > 0).then(|| self.number()))
                    .collect();
                Condition::In(list, self.below(2) == 0)
            }
            5 => Condition::Between(self.number(), self.number(), self.below(2) == 0),
            6 => Condition::NoQty(self.below(2) == 0),
            7 => Condition::Not(Box::new(self.condition(depth - 1))),
            8 | 9 => Condition::Both(
                Box::new(self.condition(depth - 1)),
                Box::new(self.condition(depth - 1)),
            ),
            _ => Condition::Either(
                Box::new(self.condition(depth - 1)),
                Box::new(self.condition(depth - 1)),
            ),
        }
    }
}

fn money(amount: i64) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let amount = amount.abs();
    format!("{sign}{}.{:04}", amount / 10_000, amount % 10_000)
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

impl Condition {
    fn text(&self) -> String {
        match self {
            Self::Name(op, (literal, _)) => format!("Name {op} {literal}"),
            Self::Qty(op, number) => format!("Qty {op} {number}"),
            Self::Sum(op, more, number) => format!("{number} {op} Qty * 2 + {more}"),
            Self::Price(op, amount) => format!("[price] {op} {}", money(*amount)),
            Self::In(list, negated) => {
                let list: Vec<_> = list
                    .iter()
                    .map(|item| item.map_or("NULL".into(), |item| item.to_string()))
                    .collect();
                format!("Qty {}IN ({})", not(*negated), list.join(", "))
            }
            Self::Between(low, high, negated) => {
                format!("Qty {}BETWEEN {low} AND '{high}'", not(*negated))
            }
            Self::NoQty(negated) => format!("Qty IS {}NULL", not(*negated)),
            Self::Not(inner) => format!("NOT ({})", inner.text()),
            Self::Both(left, right) => format!("({}) AND ({})", left.text(), right.text()),
            Self::Either(left, right) => format!("(({}) OR {})", left.text(), right.text()),
        }
    }

    /// Three-valued: `None` is unknown.
    fn holds(&self, row: &Row) -> Option<bool> {
        match self {
            Self::Name(op, (_, name)) => Some(compares(op, row.name?.cmp(name))),
            Self::Qty(op, number) => Some(compares(op, row.qty?.cmp(number))),
            Self::Sum(op, more, number) => Some(compares(op, number.cmp(&(row.qty? * 2 + more)))),
            Self::Price(op, amount) => Some(compares(op, row.price?.cmp(amount))),
            Self::In(list, negated) => {
                let qty = row.qty?;
                match list.contains(&Some(qty)) {
                    true => Some(!negated),
                    false if list.contains(&None) => None,
                    false => Some(*negated),
                }
            }
            Self::Between(low, high, negated) => {
                Some((*low..=*high).contains(&row.qty?) != *negated)
            }
            Self::NoQty(negated) => Some(row.qty.is_none() != *negated),
            Self::Not(inner) => inner.holds(row).map(|holds| !holds),
            Self::Both(left, right) => match (left.holds(row), right.holds(row)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Either(left, right) => match (left.holds(row), right.holds(row)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
        }
    }
}

fn compares(op: &str, ordering: Ordering) -> bool {
    match op {
        "=" => ordering.is_eq(),
        "<>" => ordering.is_ne(),
        "<" => ordering.is_lt(),
        "<=" => ordering.is_le(),
        ">" => ordering.is_gt(),
        _ => ordering.is_ge(),
    }
}

#[test]
fn random_conditions_find_what_the_evaluator_finds() {
    let connection = database();
    let mut random = Random(42);

    for _ in 0..3_000 {
        let condition = random.condition(4);
        let expected: Vec<_> = ROWS
            .iter()
            .filter(|row| condition.holds(row) == Some(true))
            .map(|row| row.key.to_string())
            .collect();

        assert_eq!(
            found(&connection, &condition.text()),
            expected.join(" "),
            "{}",
            condition.text()
        );
    }
}
