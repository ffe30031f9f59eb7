//! Random conditions, compared with a model that computes them for many values.

use super::*;
use crate::filter::Operator;
use crate::filter::expr::Expr;
use crate::filter::literal::Literal;
use crate::value::reduced;
use crate::{DateTime, Decimal};
use std::cmp::Ordering;

/// How many conditions are tried, unless `CASPIO_GUARD_CASES` has another number.
const CASES: u64 = 3_000;

const FIELDS: &[FieldInfo] = &[
    FieldInfo::new("PK_ID", "pk_id").of::<i64>("i64"),
    FieldInfo::new("Text", "text").of::<Option<String>>("Option<String>"),
    FieldInfo::new("Yes", "yes").of::<bool>("bool"),
    FieldInfo::new("Whole", "whole").of::<Option<i32>>("Option<i32>"),
    FieldInfo::new("Price", "price").of::<Option<Decimal>>("Option<Decimal>"),
    FieldInfo::new("At", "at").of::<Option<DateTime>>("Option<DateTime>"),
];

/// Texts whose order and equality are the same everywhere, and others that are similar to them.
const TEXTS: [&str; 6] = ["", "10", "5", "a", "new", "open"];
const SIMILAR: [&str; 3] = ["open!", "o-pen", "-"];

/// Moments between two steps of a Date/Time, on a step, and at its limits.
const MOMENTS: [&str; 9] = [
    "1753-01-01T00:00:00",
    "2024-01-01T00:00:00",
    "2024-01-01T10:00:00.990",
    "2024-01-01T10:00:00.991",
    "2024-01-01T10:00:00.992",
    "2024-01-01T10:00:00.995",
    "2024-01-01T10:00:00.999",
    "2025-01-01T00:00:00",
    "9999-12-31T23:59:59.997",
];

const OPERATORS: [Operator; 6] = [
    Operator::Eq,
    Operator::Ne,
    Operator::Lt,
    Operator::Le,
    Operator::Gt,
    Operator::Ge,
];

/// A condition on one column.
#[derive(Clone, Debug)]
enum Atom {
    /// The column, the operator, and the number of the constant.
    Compare(usize, Operator, usize),
    In(usize, Vec<usize>),
    StartsWith(usize),
    HasCharacter,
}

#[derive(Clone, Debug)]
enum Tree {
    Atom(Atom),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Not(Box<Tree>),
}

/// How texts are compared: whether signs come before letters, after them, do not count unless all else is equal, or
/// never.
#[derive(Clone, Copy, Debug)]
enum Collation {
    SignsFirst,
    SignsLast,
    SignsLeast,
    WithoutSigns,
}

const COLLATIONS: [Collation; 4] = [
    Collation::SignsFirst,
    Collation::SignsLast,
    Collation::SignsLeast,
    Collation::WithoutSigns,
];

struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % count
    }

    fn tree(&mut self, columns: &[usize], depth: usize) -> Tree {
        let parts = |random: &mut Self| {
            let count = 2 + random.below(2);
            (0..count)
                .map(|_| random.tree(columns, depth - 1))
                .collect()
        };
        match self.below(10) {
            _ if depth == 0 => Tree::Atom(self.atom(columns)),
            0..=4 => Tree::Or(parts(self)),
            5..=6 => Tree::And(parts(self)),
            7 => Tree::Not(Box::new(self.tree(columns, depth - 1))),
            _ => Tree::Atom(self.atom(columns)),
        }
    }

    fn atom(&mut self, columns: &[usize]) -> Atom {
        let column = columns[self.below(columns.len())];
        let constants = constants(column);
        match self.below(10) {
            0 => {
                let count = 1 + self.below(3);
                Atom::In(column, (0..count).map(|_| self.below(constants)).collect())
            }
            1 if column == 1 => Atom::StartsWith(self.below(TEXTS.len())),
            2 if column == 1 => Atom::HasCharacter,
            _ => {
                let operator = OPERATORS[self.below(6)];
                Atom::Compare(column, operator, self.below(constants))
            }
        }
    }
}

/// How many constants a column is compared with.
fn constants(column: usize) -> usize {
    match column {
        1 => TEXTS.len() + SIMILAR.len(),
        2 => 2,
        5 => MOMENTS.len(),
        _ => 6,
    }
}

fn text(at: usize) -> &'static str {
    TEXTS.iter().chain(&SIMILAR).nth(at).expect("a text")
}

/// The numbers that the columns of numbers are compared with.
fn number(column: usize, at: usize) -> i64 {
    match column {
        0 => [0, 1, 2, 5, 2_147_483_646, 2_147_483_647][at],
        2 => [0, 1][at],
        3 => [-2_147_483_648, -1, 0, 5, 6, 2_147_483_647][at],
        _ => [-1, 0, 5, 6, 7, 10_000_000_000_000_000][at],
    }
}

fn literal(column: usize, at: usize) -> Literal {
    match column {
        1 => Literal::text(text(at)),
        2 => Literal::yes_no(at == 1),
        5 => Literal::date_time(MOMENTS[at].parse().expect("a moment")),
        _ => Literal::integer(number(column, at)),
    }
}

fn expr(tree: &Tree) -> Expr {
    match tree {
        Tree::And(parts) => parts.iter().map(expr).fold(Expr::EVERYTHING, Expr::and),
        Tree::Or(parts) => parts.iter().map(expr).fold(Expr::NOTHING, Expr::or),
        Tree::Not(inner) => Expr::Not(Box::new(expr(inner))),
        Tree::Atom(Atom::Compare(column, operator, at)) => {
            Expr::compare(FIELDS[*column].name, *operator, literal(*column, *at))
        }
        Tree::Atom(Atom::In(column, list)) => Expr::In {
            column: FIELDS[*column].name.into(),
            items: list.iter().map(|at| literal(*column, *at)).collect(),
        },
        Tree::Atom(Atom::StartsWith(at)) => Expr::Like {
            column: "Text".into(),
            pattern: Literal::text(&format!("{}%", TEXTS[*at])),
        },
        Tree::Atom(Atom::HasCharacter) => Expr::Like {
            column: "Text".into(),
            pattern: Literal::text("_%"),
        },
    }
}

/// A value of a column: a text or a number; dates are counted in steps.
#[derive(Clone, Debug)]
enum Cell {
    Text(String),
    Number(f64),
}

/// Values of a column: each constant, and some before, between and after them.
fn cells(column: usize) -> Vec<Cell> {
    let numbers = |numbers: Vec<f64>| numbers.into_iter().map(Cell::Number).collect();
    match column {
        1 => {
            let all = (0..constants(1)).map(text);
            let more = [
                "0", "100", "50", "a0", "aa", "b", "newer", "onz", "opena", "z", "open ", "!",
            ];
            all.chain(more)
                .map(|text| Cell::Text(text.to_owned()))
                .collect()
        }
        2 => numbers(vec![0.0, 1.0]),
        5 => {
            let near = MOMENTS.iter().flat_map(|moment| {
                let step = steps(moment);
                [step - 1.0, step, step + 1.0]
            });
            numbers(
                near.filter(|step| (0.0..=steps(MOMENTS[8])).contains(step))
                    .collect(),
            )
        }
        _ => {
            let constants = (0..6).map(|at| number(column, at) as f64);
            let near = constants.flat_map(|number| match column {
                0 => vec![number, number + 1.0, number - 1.0],
                _ => vec![
                    number,
                    number + 0.5,
                    number - 0.5,
                    number.next_up(),
                    number.next_down(),
                ],
            });
            let range = match column {
                0 => (1.0, 2_147_483_647.0),
                3 => (-2_147_483_648.0, 2_147_483_647.0),
                _ => (f64::MIN, f64::MAX),
            };
            numbers(
                near.filter(|number| (range.0..=range.1).contains(number))
                    .collect(),
            )
        }
    }
}

/// The steps of 1/300 s since the first moment, by SQL Server's rule of rounding.
fn steps(moment: &str) -> f64 {
    let at: DateTime = moment.parse().expect("a moment");
    let first: DateTime = MOMENTS[0].parse().expect("a moment");
    let seconds = at.duration_since(first).as_secs() as f64;
    seconds * 300.0 + (f64::from(at.millisecond()) * 0.3 + 1e-9).round()
}

fn order(one: &str, other: &str, collation: Collation) -> Ordering {
    let keys = |text: &str, sign_rank: u32| -> Vec<u32> {
        let signs = text.trim_end_matches(' ').chars();
        signs
            .map(|sign| match sign.is_alphanumeric() {
                true => u32::from(sign) + 1000,
                false => u32::from(sign) + sign_rank,
            })
            .collect()
    };
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let without = reduced(&one).cmp(&reduced(&other));
    match collation {
        Collation::SignsFirst => keys(&one, 0).cmp(&keys(&other, 0)),
        Collation::SignsLast => keys(&one, 10_000).cmp(&keys(&other, 10_000)),
        Collation::SignsLeast => without.then_with(|| keys(&one, 0).cmp(&keys(&other, 0))),
        Collation::WithoutSigns => without,
    }
}

fn holds(tree: &Tree, cells: &[Option<&Cell>; 6], collation: Collation) -> bool {
    let compared = |column: usize, at: usize| match cells[column].expect("a cell") {
        Cell::Text(cell) => order(cell, text(at), collation),
        Cell::Number(cell) if column == 5 => cell.total_cmp(&steps(MOMENTS[at])),
        Cell::Number(cell) => cell.total_cmp(&(number(column, at) as f64)),
    };
    let cell = || match cells[1].expect("a cell") {
        Cell::Text(text) => text.as_str(),
        Cell::Number(_) => "",
    };
    match tree {
        Tree::And(parts) => parts.iter().all(|part| holds(part, cells, collation)),
        Tree::Or(parts) => parts.iter().any(|part| holds(part, cells, collation)),
        Tree::Not(inner) => !holds(inner, cells, collation),
        Tree::Atom(Atom::Compare(column, operator, at)) => operator.holds(compared(*column, *at)),
        Tree::Atom(Atom::In(column, list)) => list.iter().any(|at| compared(*column, *at).is_eq()),
        // `LIKE` compares by the collation, too.
        Tree::Atom(Atom::StartsWith(at)) => match collation {
            Collation::WithoutSigns => reduced(cell()).starts_with(&reduced(TEXTS[*at])),
            _ => cell().to_lowercase().starts_with(TEXTS[*at]),
        },
        Tree::Atom(Atom::HasCharacter) => !cell().is_empty(),
    }
}

/// Whether the model has a record for which the condition does not hold.
fn has_counterexample(tree: &Tree, columns: &[usize], collation: Collation) -> bool {
    let values: Vec<Vec<Cell>> = columns.iter().map(|column| cells(*column)).collect();
    let count: usize = values.iter().map(Vec::len).product();
    (0..count).any(|mut choice| {
        let mut record = [None; 6];
        for (column, values) in columns.iter().zip(&values) {
            record[*column] = Some(&values[choice % values.len()]);
            choice /= values.len();
        }
        !holds(tree, &record, collation)
    })
}

/// What a condition compares texts with.
#[derive(Default)]
struct Texts {
    has_order: bool,
    has_similar: bool,
    patterns: usize,
}

impl Texts {
    fn add(&mut self, tree: &Tree, is_negated: bool) {
        match tree {
            Tree::And(parts) | Tree::Or(parts) => {
                parts.iter().for_each(|part| self.add(part, is_negated));
            }
            Tree::Not(inner) => self.add(inner, !is_negated),
            Tree::Atom(Atom::Compare(1, operator, at)) => {
                self.has_order |= !matches!(operator, Operator::Eq | Operator::Ne);
                self.has_similar |= *at >= TEXTS.len();
            }
            Tree::Atom(Atom::In(1, list)) => {
                self.has_similar |= list.iter().any(|at| *at >= TEXTS.len());
            }
            Tree::Atom(Atom::StartsWith(_)) => self.patterns += 1,
            // A text without a character is not known: it may have blanks at its end.
            Tree::Atom(Atom::HasCharacter) => {
                self.patterns += if is_negated { 2 } else { 1 };
            }
            Tree::Atom(_) => {}
        }
    }

    /// Whether the guard knows all about them: it knows no order of texts with signs, and no order of patterns.
    fn are_known(&self) -> bool {
        let has_patterns = self.patterns > 0;
        self.patterns <= 1 && !(self.has_order && (self.has_similar || has_patterns))
    }
}

#[test]
fn exactly_the_conditions_that_hold_always_are_refused() {
    let cases = std::env::var("CASPIO_GUARD_CASES").ok();
    let cases = cases.and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    let mut refused = 0;
    for seed in 1..=cases {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        random.below(2);
        let mut columns: Vec<usize> = vec![random.below(6), random.below(6)];
        columns.sort_unstable();
        columns.dedup();
        let tree = random.tree(&columns, 2);
        let condition = expr(&tree);
        let is_refused = refusal(&condition, ObjectKind::Table, FIELDS).is_some();
        let mut collations = COLLATIONS.into_iter();
        let example = collations.find(|collation| has_counterexample(&tree, &columns, *collation));
        let sql = condition.to_sql();
        let mut texts = Texts::default();
        texts.add(&tree, false);
        if let Some(collation) = example {
            assert!(
                !is_refused,
                "seed {seed}: {sql} does not hold always: {collation:?}"
            );
        } else if texts.are_known() {
            assert!(is_refused, "seed {seed}: {sql} holds always");
        }
        refused += u64::from(is_refused);
    }
    assert!(refused > cases / 20, "{refused} of {cases} were refused");
}
