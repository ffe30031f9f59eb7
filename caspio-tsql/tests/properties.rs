//! Random expressions over random records: the translator with SQLite and an independent evaluator
//! must agree on every value and every row.
//!
//! `CASPIO_TEST_CASES` sets the number of cases.

mod reference;
mod support;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use reference::{Comparison, Condition, Day, Float, Int, Money, Text};
use rusqlite::types::Value;
use support::{Row, database, date, first_column};

const ALPHABET: &str = "[aAbBeEéÉ ]{0,4}";
const PATTERN: &str = "([aAbé %_-]|\\[[aAbé]{1,2}\\]|\\[\\^[abE]{1,2}\\]|\\[a-b\\]|\\[\\]){0,4}";

fn cases(default: u32) -> ProptestConfig {
    let cases = std::env::var("CASPIO_TEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(default),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    }
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        option::weighted(0.8, -9_i64..10),
        option::weighted(0.8, -9_i64..10),
        option::weighted(0.8, -40_i64..40),
        option::weighted(0.8, ALPHABET),
        option::weighted(0.8, ALPHABET),
        option::weighted(0.8, -30_000_i64..30_000),
        any::<bool>(),
        option::weighted(0.8, -20_000_i64..30_000),
    );
    let row = row.prop_map(|(a, b, n, s, t, m, flag, d)| Row {
        a,
        b,
        n,
        s,
        t,
        m,
        flag,
        d,
    });
    vec(row, 1..8)
}

fn comparison() -> impl Strategy<Value = Comparison> {
    prop_oneof![
        Just(Comparison::Equal),
        Just(Comparison::NotEqual),
        Just(Comparison::Less),
        Just(Comparison::AtMost),
        Just(Comparison::Greater),
        Just(Comparison::AtLeast),
    ]
}

fn divisor() -> impl Strategy<Value = i64> {
    prop_oneof![-5_i64..=-1, 1_i64..=5]
}

fn day() -> BoxedStrategy<Day> {
    let leaf = prop_oneof![
        3 => Just(Day::D),
        1 => (-10_000_i64..30_000).prop_map(Day::Literal),
        1 => (-10_000_i64..30_000).prop_map(Day::Cast),
    ];
    leaf.prop_recursive(2, 4, 1, |inner| {
        (inner, -1_000_i64..1_000).prop_map(|(day, days)| Day::Plus(Box::new(day), days))
    })
    .boxed()
}

/// Integers without conditions in them; the depth is limited so that nothing overflows.
fn int(depth: u32) -> BoxedStrategy<Int> {
    let leaf = prop_oneof![
        3 => Just(Int::A),
        3 => Just(Int::B),
        1 => Just(Int::Null),
        1 => Just(Int::Multiply(Box::new(Int::Flag), Box::new(Int::Literal(2)))),
        3 => (-9_i64..10).prop_map(Int::Literal),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = int(depth - 1).prop_map(Box::new).boxed();
    let words = text(depth - 1);
    prop_oneof![
        4 => leaf,
        1 => (inner.clone(), inner.clone()).prop_map(|(l, r)| Int::Add(l, r)),
        1 => (inner.clone(), inner.clone()).prop_map(|(l, r)| Int::Subtract(l, r)),
        1 => (inner.clone(), inner.clone()).prop_map(|(l, r)| Int::Multiply(l, r)),
        1 => (inner.clone(), divisor()).prop_map(|(l, r)| Int::Divide(l, r)),
        1 => (inner.clone(), divisor()).prop_map(|(l, r)| Int::Modulo(l, r)),
        1 => inner.clone().prop_map(Int::Negative),
        1 => inner.clone().prop_map(Int::Abs),
        1 => (inner.clone(), inner.clone()).prop_map(|(l, r)| Int::Coalesce(l, r)),
        1 => (inner.clone(), inner.clone()).prop_map(|(l, r)| Int::NullIf(l, r)),
        1 => (condition(depth - 1), inner.clone(), inner.clone())
            .prop_map(|(when, l, r)| Int::Case(Box::new(when), l, r)),
        1 => words.clone().prop_map(Int::Length),
        1 => (words.clone(), words).prop_map(|(l, r)| Int::IndexOf(l, r)),
        1 => day().prop_map(Int::Year),
        1 => (day(), day()).prop_map(|(l, r)| Int::DaysBetween(l, r)),
        1 => (day(), day()).prop_map(|(l, r)| Int::MonthsBetween(l, r)),
    ]
    .boxed()
}

fn float(depth: u32) -> BoxedStrategy<Float> {
    let leaf = prop_oneof![
        2 => Just(Float::N),
        1 => (-40_i64..40).prop_map(Float::Literal),
        1 => int(0).prop_map(|int| Float::OfInt(Box::new(int))),
    ];
    leaf.prop_recursive(depth, 6, 2, |inner| {
        let pair = (inner.clone(), inner).prop_map(|(l, r)| (Box::new(l), Box::new(r)));
        prop_oneof![
            pair.clone().prop_map(|(l, r)| Float::Add(l, r)),
            pair.prop_map(|(l, r)| Float::Subtract(l, r)),
        ]
    })
    .boxed()
}

fn money(depth: u32) -> BoxedStrategy<Money> {
    let leaf = prop_oneof![
        3 => Just(Money::M),
        1 => (-50_000_i64..50_000).prop_map(Money::Cast),
    ];
    leaf.prop_recursive(depth, 6, 2, |inner| {
        let inner = inner.prop_map(Box::new);
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(l, r)| Money::Add(l, r)),
            (inner.clone(), -50_000_i64..50_000).prop_map(|(l, r)| Money::PlusLiteral(l, r)),
            (inner.clone(), int(0)).prop_map(|(l, r)| Money::Times(l, Box::new(r))),
            (inner, divisor()).prop_map(|(l, r)| Money::DividedBy(l, r)),
        ]
    })
    .boxed()
}

fn text(depth: u32) -> BoxedStrategy<Text> {
    let leaf = prop_oneof![
        3 => Just(Text::S),
        3 => Just(Text::T),
        1 => Just(Text::Null),
        2 => ALPHABET.prop_map(Text::Literal),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = text(depth - 1).prop_map(Box::new).boxed();
    prop_oneof![
        5 => leaf,
        1 => (inner.clone(), inner.clone()).prop_map(|(l, r)| Text::Join(l, r)),
        1 => (inner.clone(), inner.clone()).prop_map(|(l, r)| Text::Concat(l, r)),
        1 => inner.clone().prop_map(Text::Upper),
        1 => (inner.clone(), 0_i64..4).prop_map(|(l, count)| Text::Left(l, count)),
        1 => (inner.clone(), -1_i64..4, 0_i64..4)
            .prop_map(|(l, start, count)| Text::Substring(l, start, count)),
        1 => inner.clone().prop_map(Text::Trim),
        1 => inner.clone().prop_map(Text::Reverse),
        1 => int(0).prop_map(|int| Text::OfInt(Box::new(int))),
        1 => (condition(depth - 1), inner.clone(), inner.clone())
            .prop_map(|(when, l, r)| Text::Iif(Box::new(when), l, r)),
        1 => (inner.clone(), inner).prop_map(|(l, r)| Text::IsNull(l, r)),
    ]
    .boxed()
}

fn condition(depth: u32) -> BoxedStrategy<Condition> {
    let ints = int(depth.min(2));
    let texts = text(depth.min(2));
    let leaf = prop_oneof![
        (ints.clone(), comparison(), ints.clone()).prop_map(|(l, c, r)| Condition::Ints(l, c, r)),
        (float(2), comparison(), float(2)).prop_map(|(l, c, r)| Condition::Floats(l, c, r)),
        (ints.clone(), comparison(), float(1)).prop_map(|(l, c, r)| Condition::IntFloat(l, c, r)),
        (money(2), comparison(), money(1)).prop_map(|(l, c, r)| Condition::Moneys(l, c, r)),
        (money(1), comparison(), -30_000_i64..30_000)
            .prop_map(|(l, c, r)| Condition::MoneyLiteral(l, c, r)),
        (money(0), comparison(), Just(Float::N))
            .prop_map(|(l, c, r)| Condition::MoneyFloat(l, c, r)),
        (texts.clone(), comparison(), texts.clone())
            .prop_map(|(l, c, r)| Condition::Texts(l, c, r)),
        (ints.clone(), comparison(), -9_i64..10).prop_map(|(l, c, r)| Condition::IntText(l, c, r)),
        (day(), comparison(), day()).prop_map(|(l, c, r)| Condition::Days(l, c, r)),
        (texts.clone(), PATTERN, any::<bool>()).prop_map(|(l, p, n)| Condition::Like(l, p, n)),
        (
            ints.clone(),
            vec(option::weighted(0.9, -9_i64..10), 1..5),
            any::<bool>()
        )
            .prop_map(|(value, list, n)| Condition::InInts(value, list, n)),
        (texts.clone(), vec(ALPHABET, 1..4), any::<bool>())
            .prop_map(|(value, list, n)| Condition::InTexts(value, list, n)),
        (ints.clone(), ints.clone(), ints.clone(), any::<bool>())
            .prop_map(|(value, low, high, n)| Condition::BetweenInts(value, low, high, n)),
        (texts.clone(), texts.clone(), texts.clone())
            .prop_map(|(value, low, high)| Condition::BetweenTexts(value, low, high)),
        (ints, any::<bool>()).prop_map(|(value, n)| Condition::IntNull(value, n)),
        (texts, any::<bool>()).prop_map(|(value, n)| Condition::TextNull(value, n)),
    ];
    leaf.prop_recursive(depth, 12, 2, |inner| {
        let inner = inner.prop_map(Box::new);
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(l, r)| Condition::And(l, r)),
            (inner.clone(), inner.clone()).prop_map(|(l, r)| Condition::Or(l, r)),
            inner.prop_map(Condition::Not),
        ]
    })
    .boxed()
}

/// Checks the value of an expression for every row.
fn same_values(
    rows: &[Row],
    sql: &str,
    expected: impl Fn(&Row) -> Value,
) -> Result<(), TestCaseError> {
    let found = first_column(&database(rows), sql, None)
        .map_err(|error| TestCaseError::fail(format!("{sql}: {error}")))?;
    let expected: Vec<_> = rows.iter().map(expected).collect();
    prop_assert_eq!(found, expected, "{}", sql);
    Ok(())
}

fn optional<T>(value: Option<T>, held: fn(T) -> Value) -> Value {
    value.map_or(Value::Null, held)
}

#[test]
fn conditions_select_the_same_rows() {
    proptest!(cases(600), |(rows in rows(), condition in condition(2))| {
        let sql = condition.sql();
        let found = first_column(&database(&rows), "PK_ID", Some(&sql))
            .map_err(|error| TestCaseError::fail(format!("{sql}: {error}")))?;
        let expected: Vec<_> = (1..)
            .zip(&rows)
            .filter(|(_, row)| condition.of(row) == Some(true))
            .map(|(key, _)| Value::Integer(key))
            .collect();
        prop_assert_eq!(found, expected, "{}", sql);
    });
}

#[test]
fn integers_have_the_same_value() {
    proptest!(cases(300), |(rows in rows(), int in int(2))| {
        same_values(&rows, &int.sql(), |row| optional(int.of(row), Value::Integer))?;
    });
}

#[test]
fn texts_have_the_same_value() {
    proptest!(cases(300), |(rows in rows(), text in text(2))| {
        same_values(&rows, &text.sql(), |row| optional(text.of(row), Value::Text))?;
    });
}

#[test]
fn floats_money_and_dates_have_the_same_value() {
    proptest!(cases(200), |(rows in rows(), float in float(2), money in money(2), day in day())| {
        same_values(&rows, &float.sql(), |row| optional(float.of(row), Value::Real))?;
        same_values(&rows, &money.sql(), |row| optional(money.of(row), Value::Integer))?;
        same_values(&rows, &day.sql(), |row| {
            optional(day.of(row), |days| Value::Text(format!("{}T00:00:00.000", date(days))))
        })?;
    });
}
