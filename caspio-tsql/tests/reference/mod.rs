//! A reference evaluator for T-SQL over plain values, written from the rules of the language:
//! expressions, their spelling, and their value for one record. It shares no code with the
//! translator.

use crate::support::{Row, civil, date};
use std::cmp::Ordering;

/// Integers.
#[derive(Clone, Debug)]
pub(crate) enum Int {
    Null,
    Literal(i64),
    A,
    B,
    Flag,
    Add(Box<Int>, Box<Int>),
    Subtract(Box<Int>, Box<Int>),
    Multiply(Box<Int>, Box<Int>),
    /// By a literal that is not 0.
    Divide(Box<Int>, i64),
    Modulo(Box<Int>, i64),
    Negative(Box<Int>),
    Abs(Box<Int>),
    Case(Box<Condition>, Box<Int>, Box<Int>),
    Coalesce(Box<Int>, Box<Int>),
    NullIf(Box<Int>, Box<Int>),
    Length(Text),
    IndexOf(Text, Text),
    Year(Day),
    DaysBetween(Day, Day),
    MonthsBetween(Day, Day),
}

/// Floats in quarters, so that sums and small products are exact.
#[derive(Clone, Debug)]
pub(crate) enum Float {
    N,
    Literal(i64),
    OfInt(Box<Int>),
    Add(Box<Float>, Box<Float>),
    Subtract(Box<Float>, Box<Float>),
}

/// Money in ten-thousandths.
#[derive(Clone, Debug)]
pub(crate) enum Money {
    M,
    Cast(i64),
    Add(Box<Money>, Box<Money>),
    PlusLiteral(Box<Money>, i64),
    Times(Box<Money>, Box<Int>),
    DividedBy(Box<Money>, i64),
}

#[derive(Clone, Debug)]
pub(crate) enum Text {
    Null,
    Literal(String),
    S,
    T,
    Join(Box<Text>, Box<Text>),
    Concat(Box<Text>, Box<Text>),
    Upper(Box<Text>),
    Left(Box<Text>, i64),
    Substring(Box<Text>, i64, i64),
    Trim(Box<Text>),
    Reverse(Box<Text>),
    OfInt(Box<Int>),
    Iif(Box<Condition>, Box<Text>, Box<Text>),
    IsNull(Box<Text>, Box<Text>),
}

/// Dates at midnight.
#[derive(Clone, Debug)]
pub(crate) enum Day {
    D,
    Literal(i64),
    Plus(Box<Day>, i64),
    Cast(i64),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Ints(Int, Comparison, Int),
    Floats(Float, Comparison, Float),
    IntFloat(Int, Comparison, Float),
    Moneys(Money, Comparison, Money),
    MoneyLiteral(Money, Comparison, i64),
    MoneyFloat(Money, Comparison, Float),
    Texts(Text, Comparison, Text),
    /// A number compared with a literal text of digits.
    IntText(Int, Comparison, i64),
    Days(Day, Comparison, Day),
    Like(Text, String, bool),
    InInts(Int, Vec<Option<i64>>, bool),
    InTexts(Text, Vec<String>, bool),
    BetweenInts(Int, Int, Int, bool),
    BetweenTexts(Text, Text, Text),
    IntNull(Int, bool),
    TextNull(Text, bool),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
}

fn quoted(text: &str) -> String {
    format!("N'{}'", text.replace('\'', "''"))
}

fn fixed(amount: i64) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let amount = amount.abs();
    format!("{sign}{}.{:04}", amount / 10_000, amount % 10_000)
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

impl Int {
    pub(crate) fn sql(&self) -> String {
        match self {
            Self::Null => "NULL".into(),
            Self::Literal(number) => number.to_string(),
            Self::A => "A".into(),
            Self::B => "[b]".into(),
            Self::Flag => "Flag".into(),
            Self::Add(l, r) => format!("({} + {})", l.sql(), r.sql()),
            Self::Subtract(l, r) => format!("({} - {})", l.sql(), r.sql()),
            Self::Multiply(l, r) => format!("({} * {})", l.sql(), r.sql()),
            Self::Divide(l, r) => format!("({} / {r})", l.sql()),
            Self::Modulo(l, r) => format!("({} % {r})", l.sql()),
            Self::Negative(inner) => format!("(- {})", inner.sql()),
            Self::Abs(inner) => format!("ABS({})", inner.sql()),
            Self::Case(when, then, otherwise) => format!(
                "CASE WHEN {} THEN {} ELSE {} END",
                when.sql(),
                then.sql(),
                otherwise.sql()
            ),
            Self::Coalesce(l, r) => format!("COALESCE({}, {}, 0)", l.sql(), r.sql()),
            // The first argument may not be a bare NULL.
            Self::NullIf(l, r) if matches!(**l, Self::Null) => {
                format!("NULLIF(0 + NULL, {})", r.sql())
            }
            Self::NullIf(l, r) => format!("NULLIF({}, {})", l.sql(), r.sql()),
            Self::Length(text) => format!("LEN({})", text.sql()),
            Self::IndexOf(needle, text) => format!("CHARINDEX({}, {})", needle.sql(), text.sql()),
            Self::Year(day) => format!("YEAR({})", day.sql()),
            Self::DaysBetween(l, r) => format!("DATEDIFF(day, {}, {})", l.sql(), r.sql()),
            Self::MonthsBetween(l, r) => format!("DATEDIFF(month, {}, {})", l.sql(), r.sql()),
        }
    }

    pub(crate) fn of(&self, row: &Row) -> Option<i64> {
        match self {
            Self::Null => None,
            Self::Literal(number) => Some(*number),
            Self::A => row.a,
            Self::B => row.b,
            Self::Flag => Some(i64::from(row.flag)),
            Self::Add(l, r) => Some(l.of(row)? + r.of(row)?),
            Self::Subtract(l, r) => Some(l.of(row)? - r.of(row)?),
            Self::Multiply(l, r) => Some(l.of(row)? * r.of(row)?),
            Self::Divide(l, r) => Some(l.of(row)? / r),
            Self::Modulo(l, r) => Some(l.of(row)? % r),
            Self::Negative(inner) => Some(-inner.of(row)?),
            Self::Abs(inner) => Some(inner.of(row)?.abs()),
            Self::Case(when, then, otherwise) => match when.of(row) {
                Some(true) => then.of(row),
                _ => otherwise.of(row),
            },
            Self::Coalesce(l, r) => l.of(row).or_else(|| r.of(row)).or(Some(0)),
            Self::NullIf(l, r) => match (l.of(row), r.of(row)) {
                (Some(l), Some(r)) if l == r => None,
                (l, _) => l,
            },
            Self::Length(text) => Some(text.of(row)?.trim_end_matches(' ').chars().count() as i64),
            Self::IndexOf(needle, text) => {
                let needle: Vec<_> = needle.of(row)?.chars().map(lower).collect();
                let text: Vec<_> = text.of(row)?.chars().map(lower).collect();
                if needle.is_empty() {
                    return Some(0);
                }
                let starts = 0..text.len();
                let found = starts
                    .into_iter()
                    .find(|at| text[*at..].starts_with(&needle));
                Some(found.map_or(0, |at| at as i64 + 1))
            }
            Self::Year(day) => Some(civil(day.of(row)?).0),
            Self::DaysBetween(l, r) => Some(r.of(row)? - l.of(row)?),
            Self::MonthsBetween(l, r) => {
                let months = |(year, month, _): (i64, i64, i64)| year * 12 + month;
                Some(months(civil(r.of(row)?)) - months(civil(l.of(row)?)))
            }
        }
    }
}

impl Float {
    pub(crate) fn sql(&self) -> String {
        match self {
            Self::N => "N".into(),
            Self::Literal(quarters) => format!("{:.2}", *quarters as f64 / 4.0),
            Self::OfInt(int) => format!("CAST({} AS float)", int.sql()),
            Self::Add(l, r) => format!("({} + {})", l.sql(), r.sql()),
            Self::Subtract(l, r) => format!("({} - {})", l.sql(), r.sql()),
        }
    }

    pub(crate) fn of(&self, row: &Row) -> Option<f64> {
        match self {
            Self::N => row.n.map(|quarters| quarters as f64 / 4.0),
            Self::Literal(quarters) => Some(*quarters as f64 / 4.0),
            Self::OfInt(int) => int.of(row).map(|number| number as f64),
            Self::Add(l, r) => Some(l.of(row)? + r.of(row)?),
            Self::Subtract(l, r) => Some(l.of(row)? - r.of(row)?),
        }
    }
}

impl Money {
    pub(crate) fn sql(&self) -> String {
        match self {
            Self::M => "M".into(),
            Self::Cast(amount) => format!("CAST('{}' AS money)", fixed(*amount)),
            Self::Add(l, r) => format!("({} + {})", l.sql(), r.sql()),
            // The sum is a decimal, which holds more digits than money.
            Self::PlusLiteral(l, amount) => {
                format!("CAST({} + {} AS money)", l.sql(), fixed(*amount))
            }
            Self::Times(l, r) => format!("({} * {})", l.sql(), r.sql()),
            Self::DividedBy(l, r) => format!("({} / {r})", l.sql()),
        }
    }

    pub(crate) fn of(&self, row: &Row) -> Option<i64> {
        match self {
            Self::M => row.m,
            Self::Cast(amount) => Some(*amount),
            Self::Add(l, r) => Some(l.of(row)? + r.of(row)?),
            Self::PlusLiteral(l, amount) => Some(l.of(row)? + amount),
            Self::Times(l, r) => Some(l.of(row)? * r.of(row)?),
            Self::DividedBy(l, r) => Some(l.of(row)? / r),
        }
    }
}

impl Text {
    pub(crate) fn sql(&self) -> String {
        match self {
            Self::Null => "CAST(NULL AS nvarchar)".into(),
            Self::Literal(text) => quoted(text),
            Self::S => "S".into(),
            Self::T => "T.[T]".into(),
            Self::Join(l, r) => format!("({} + {})", l.sql(), r.sql()),
            Self::Concat(l, r) => format!("CONCAT({}, {})", l.sql(), r.sql()),
            Self::Upper(inner) => format!("UPPER({})", inner.sql()),
            Self::Left(inner, count) => format!("LEFT({}, {count})", inner.sql()),
            Self::Substring(inner, start, count) => {
                format!("SUBSTRING({}, {start}, {count})", inner.sql())
            }
            Self::Trim(inner) => format!("LTRIM(RTRIM({}))", inner.sql()),
            Self::Reverse(inner) => format!("REVERSE({})", inner.sql()),
            Self::OfInt(int) => format!("CAST({} AS varchar(20))", int.sql()),
            Self::Iif(when, then, otherwise) => {
                format!("IIF({}, {}, {})", when.sql(), then.sql(), otherwise.sql())
            }
            Self::IsNull(l, r) => format!("ISNULL({}, {})", l.sql(), r.sql()),
        }
    }

    pub(crate) fn of(&self, row: &Row) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Literal(text) => Some(text.clone()),
            Self::S => row.s.clone(),
            Self::T => row.t.clone(),
            Self::Join(l, r) => Some(l.of(row)? + &r.of(row)?),
            Self::Concat(l, r) => {
                Some(l.of(row).unwrap_or_default() + &r.of(row).unwrap_or_default())
            }
            Self::Upper(inner) => Some(inner.of(row)?.chars().map(upper).collect()),
            Self::Left(inner, count) => {
                Some(inner.of(row)?.chars().take(*count as usize).collect())
            }
            Self::Substring(inner, start, count) => {
                let text = inner.of(row)?;
                let wanted = (*start..start + count).filter(|place| *place >= 1);
                Some(
                    wanted
                        .filter_map(|place| text.chars().nth(place as usize - 1))
                        .collect(),
                )
            }
            Self::Trim(inner) => Some(inner.of(row)?.trim_matches(' ').to_owned()),
            Self::Reverse(inner) => Some(inner.of(row)?.chars().rev().collect()),
            Self::OfInt(int) => Some(int.of(row)?.to_string()),
            Self::Iif(when, then, otherwise) => match when.of(row) {
                Some(true) => then.of(row),
                _ => otherwise.of(row),
            },
            Self::IsNull(l, r) => l.of(row).or_else(|| r.of(row)),
        }
    }
}

impl Day {
    pub(crate) fn sql(&self) -> String {
        match self {
            Self::D => "D".into(),
            Self::Literal(days) => format!("CAST('{}' AS datetime)", date(*days)),
            Self::Plus(inner, days) => format!("DATEADD(day, {days}, {})", inner.sql()),
            Self::Cast(days) => {
                let (year, month, day) = civil(*days);
                format!("CONVERT(datetime, '{day:02}/{month:02}/{year}', 103)")
            }
        }
    }

    pub(crate) fn of(&self, row: &Row) -> Option<i64> {
        match self {
            Self::D => row.d,
            Self::Literal(days) | Self::Cast(days) => Some(*days),
            Self::Plus(inner, days) => Some(inner.of(row)? + days),
        }
    }
}

impl Comparison {
    fn sql(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    fn of(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering == Ordering::Equal,
            Self::NotEqual => ordering != Ordering::Equal,
            Self::Less => ordering == Ordering::Less,
            Self::AtMost => ordering != Ordering::Greater,
            Self::Greater => ordering == Ordering::Greater,
            Self::AtLeast => ordering != Ordering::Less,
        }
    }
}

impl Condition {
    pub(crate) fn sql(&self) -> String {
        let pair = |l: String, how: &Comparison, r: String| format!("{l} {} {r}", how.sql());
        match self {
            Self::Ints(l, how, r) => pair(l.sql(), how, r.sql()),
            Self::Floats(l, how, r) => pair(l.sql(), how, r.sql()),
            Self::IntFloat(l, how, r) => pair(l.sql(), how, r.sql()),
            Self::Moneys(l, how, r) => pair(l.sql(), how, r.sql()),
            Self::MoneyLiteral(l, how, r) => pair(l.sql(), how, fixed(*r)),
            Self::MoneyFloat(l, how, r) => pair(l.sql(), how, r.sql()),
            Self::Texts(l, how, r) => pair(l.sql(), how, r.sql()),
            Self::IntText(l, how, r) => pair(l.sql(), how, format!("'{r}'")),
            Self::Days(l, how, r) => pair(l.sql(), how, r.sql()),
            Self::Like(text, pattern, negated) => {
                format!("{} {}LIKE {}", text.sql(), not(*negated), quoted(pattern))
            }
            Self::InInts(value, list, negated) => {
                let list: Vec<_> = list
                    .iter()
                    .map(|item| item.map_or("NULL".to_owned(), |number| number.to_string()))
                    .collect();
                format!("{} {}IN ({})", value.sql(), not(*negated), list.join(", "))
            }
            Self::InTexts(value, list, negated) => {
                let list: Vec<_> = list.iter().map(|item| quoted(item)).collect();
                format!("{} {}IN ({})", value.sql(), not(*negated), list.join(", "))
            }
            Self::BetweenInts(value, low, high, negated) => format!(
                "{} {}BETWEEN {} AND {}",
                value.sql(),
                not(*negated),
                low.sql(),
                high.sql()
            ),
            Self::BetweenTexts(value, low, high) => {
                format!("{} BETWEEN {} AND {}", value.sql(), low.sql(), high.sql())
            }
            Self::IntNull(value, negated) => format!("{} IS {}NULL", value.sql(), not(*negated)),
            Self::TextNull(value, negated) => format!("{} IS {}NULL", value.sql(), not(*negated)),
            Self::And(l, r) => format!("({} AND {})", l.sql(), r.sql()),
            Self::Or(l, r) => format!("({} OR {})", l.sql(), r.sql()),
            Self::Not(inner) => format!("NOT ({})", inner.sql()),
        }
    }

    /// True, false, or `None` for unknown.
    pub(crate) fn of(&self, row: &Row) -> Option<bool> {
        match self {
            Self::Ints(l, how, r) => Some(how.of(l.of(row)?.cmp(&r.of(row)?))),
            Self::Floats(l, how, r) => Some(how.of(l.of(row)?.partial_cmp(&r.of(row)?)?)),
            Self::IntFloat(l, how, r) => {
                Some(how.of((l.of(row)? as f64).partial_cmp(&r.of(row)?)?))
            }
            Self::Moneys(l, how, r) => Some(how.of(l.of(row)?.cmp(&r.of(row)?))),
            Self::MoneyLiteral(l, how, r) => Some(how.of(l.of(row)?.cmp(r))),
            Self::MoneyFloat(l, how, r) => {
                Some(how.of((l.of(row)? as f64 / 10_000.0).partial_cmp(&r.of(row)?)?))
            }
            Self::Texts(l, how, r) => Some(how.of(compare(&l.of(row)?, &r.of(row)?))),
            Self::IntText(l, how, r) => Some(how.of(l.of(row)?.cmp(r))),
            Self::Days(l, how, r) => Some(how.of(l.of(row)?.cmp(&r.of(row)?))),
            Self::Like(text, pattern, negated) => {
                let text: Vec<_> = text.of(row)?.chars().collect();
                let pattern: Vec<_> = pattern.chars().collect();
                Some(like(&text, &pattern) != *negated)
            }
            Self::InInts(value, list, negated) => {
                let value = value.of(row);
                let any = list
                    .iter()
                    .map(|item| Some(value? == (*item)?))
                    .fold(Some(false), or);
                any.map(|found| found != *negated)
            }
            Self::InTexts(value, list, negated) => {
                let value = value.of(row)?;
                let found = list
                    .iter()
                    .any(|item| compare(&value, item) == Ordering::Equal);
                Some(found != *negated)
            }
            Self::BetweenInts(value, low, high, negated) => {
                let value = value.of(row);
                let from = value.zip(low.of(row)).map(|(value, low)| value >= low);
                let to = value.zip(high.of(row)).map(|(value, high)| value <= high);
                and(from, to).map(|within| within != *negated)
            }
            Self::BetweenTexts(value, low, high) => {
                let value = value.of(row);
                let at_least =
                    |low: Option<String>| Some(compare(value.as_ref()?, &low?) != Ordering::Less);
                let at_most = |high: Option<String>| {
                    Some(compare(value.as_ref()?, &high?) != Ordering::Greater)
                };
                and(at_least(low.of(row)), at_most(high.of(row)))
            }
            Self::IntNull(value, negated) => Some(value.of(row).is_none() != *negated),
            Self::TextNull(value, negated) => Some(value.of(row).is_none() != *negated),
            Self::And(l, r) => and(l.of(row), r.of(row)),
            Self::Or(l, r) => or(l.of(row), r.of(row)),
            Self::Not(inner) => inner.of(row).map(|truth| !truth),
        }
    }
}

fn and(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn or(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

/// The characters that the tests use, in the order that SQL Server sorts them.
const SORTED: &[&str] = &[
    " ", "%", "-", "[", "]", "^", "_", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "aA",
    "bB", "eEéÉ",
];

fn lower(character: char) -> char {
    match character {
        'A' => 'a',
        'B' => 'b',
        'E' => 'e',
        'É' => 'é',
        other => other,
    }
}

fn upper(character: char) -> char {
    match character {
        'a' => 'A',
        'b' => 'B',
        'e' => 'E',
        'é' => 'É',
        other => other,
    }
}

fn place(character: char) -> usize {
    SORTED
        .iter()
        .position(|same| same.contains(character))
        .unwrap_or_else(|| panic!("{character:?} is not in the alphabet"))
}

fn compare(left: &str, right: &str) -> Ordering {
    let left = left.trim_end_matches(' ');
    let right = right.trim_end_matches(' ');
    // A hyphen has the least weight.
    let letters = |text: &str| text.chars().filter(|c| *c != '-').collect::<Vec<_>>();
    let places = |text: &str| letters(text).into_iter().map(place).collect::<Vec<_>>();
    let accents = |text: &str| {
        let letters = letters(text).into_iter();
        letters.map(|c| lower(c) == 'é').collect::<Vec<_>>()
    };
    let hyphens = |text: &str| {
        let hyphens = text.match_indices('-').enumerate();
        hyphens
            .map(|(before, (at, _))| text[..at].chars().count() - before)
            .collect::<Vec<_>>()
    };
    places(left)
        .cmp(&places(right))
        .then_with(|| accents(left).cmp(&accents(right)))
        .then_with(|| hyphens(left).cmp(&hyphens(right)))
}

/// `LIKE` by trying all possibilities.
fn like(text: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|skip| like(&text[skip..], rest)),
        ['_', rest @ ..] => !text.is_empty() && like(&text[1..], rest),
        ['[', inside @ ..] => {
            let Some(end) = inside.iter().position(|c| *c == ']') else {
                return false;
            };
            let (set, rest) = (&inside[..end], &inside[end + 1..]);
            match text {
                [] => false,
                [first, tail @ ..] => in_set(*first, set) && like(tail, rest),
            }
        }
        [plain, rest @ ..] => match text {
            [first, tail @ ..] => lower(*first) == lower(*plain) && like(tail, rest),
            [] => false,
        },
    }
}

fn in_set(character: char, set: &[char]) -> bool {
    let (negated, mut set) = match set {
        ['^', rest @ ..] => (true, rest),
        set => (false, set),
    };
    let mut found = false;
    loop {
        let (low, high, rest) = match set {
            [] => return found != negated,
            [low, '-', high, rest @ ..] => (*low, *high, rest),
            [one, rest @ ..] => (*one, *one, rest),
        };
        // A blank counts inside a pattern.
        let within = |c: char| {
            let key = |c: char| (place(c), lower(c) == 'é');
            key(low) <= key(c) && key(c) <= key(high)
        };
        found |= within(character);
        set = rest;
    }
}
