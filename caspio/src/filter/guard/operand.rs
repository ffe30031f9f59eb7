//! One side of a comparison, as far as it can be computed without a record.

use super::condition::Condition;
use super::tokens::is_name;
use super::variable::{Columns, Variable};
use super::words::split;
use crate::filter::Operator;

/// A side of a comparison.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Linear(Linear),
    /// Something between two numbers.
    Within(f64, f64),
}

/// A multiple of a column, and a number.
#[derive(Clone, Debug)]
pub(super) struct Linear {
    pub(super) variable: Option<Variable>,
    pub(super) factor: f64,
    pub(super) offset: f64,
}

impl Operand {
    pub(super) fn constant(offset: f64) -> Self {
        Self::Linear(Linear {
            variable: None,
            factor: 0.0,
            offset,
        })
    }

    /// Reads a side of a comparison; `None` if nothing is known about its value.
    pub(super) fn of(words: &[&str], columns: &Columns) -> Option<Self> {
        let mut rest = words;
        let operand = sum(&mut rest, columns, 0)?;
        rest.is_empty().then_some(operand)
    }

    pub(super) fn range(&self) -> (f64, f64) {
        match self {
            Self::Linear(linear) => linear.range(),
            Self::Within(low, high) => (*low, *high),
        }
    }

    fn times(self, factor: f64) -> Self {
        match self {
            Self::Linear(linear) => Self::Linear(linear.times(factor)),
            Self::Within(low, high) => ordered(low * factor, high * factor),
        }
    }

    fn plus(&self, other: &Self) -> Self {
        if let (Self::Linear(one), Self::Linear(other)) = (self, other)
            && let Some(sum) = one.minus(&other.clone().times(-1.0))
        {
            return Self::Linear(sum);
        }
        let (one, other) = (self.range(), other.range());
        Self::Within(one.0 + other.0, one.1 + other.1)
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Linear(Linear {
                variable: None,
                offset,
                ..
            }) => Some(*offset),
            _ => None,
        }
    }
}

fn ordered(one: f64, other: f64) -> Operand {
    Operand::Within(one.min(other), one.max(other))
}

impl Linear {
    fn is_never_null(&self) -> bool {
        let variable = self.variable.as_ref();
        variable.is_none_or(|variable| variable.domain.is_never_null())
    }

    pub(super) fn range(&self) -> (f64, f64) {
        let variable = self.variable.as_ref();
        let (low, high) = variable.map_or((0.0, 0.0), |variable| variable.domain.range());
        let (one, other) = (low * self.factor, high * self.factor);
        (one.min(other) + self.offset, one.max(other) + self.offset)
    }

    fn times(mut self, factor: f64) -> Self {
        self.factor *= factor;
        self.offset *= factor;
        if self.factor == 0.0 {
            self.variable = None;
        }
        self
    }

    /// The difference from another one; `None` if it has two columns.
    pub(super) fn minus(&self, other: &Self) -> Option<Self> {
        let variable = match (&self.variable, &other.variable) {
            (Some(one), Some(other)) if one != other => return None,
            (Some(one), _) => Some(one),
            (None, other) => other.as_ref(),
        };
        let factor = self.factor - other.factor;
        Some(Self {
            variable: variable.filter(|_| factor != 0.0).cloned(),
            factor,
            offset: self.offset - other.offset,
        })
    }

    pub(super) fn compared_with_zero(self, operator: Operator) -> Condition {
        let Some(variable) = self.variable else {
            return Condition::Known(operator.holds(positive_zero(self.offset).total_cmp(&0.0)));
        };
        Condition::Compared {
            variable,
            operator: if self.factor < 0.0 {
                operator.flipped()
            } else {
                operator
            },
            number: positive_zero(-self.offset / self.factor),
        }
    }

    pub(super) fn one_of(self, mut numbers: Vec<f64>) -> Condition {
        let Some(variable) = self.variable else {
            return Condition::Known(numbers.contains(&self.offset));
        };
        for number in &mut numbers {
            *number = positive_zero((*number - self.offset) / self.factor);
        }
        numbers.sort_unstable_by(f64::total_cmp);
        Condition::Listed { variable, numbers }
    }

    /// Whether all of its values are whole numbers.
    fn is_whole(&self) -> bool {
        self.is_never_null() && self.factor.fract() == 0.0 && self.offset.fract() == 0.0
    }
}

/// Zero has two signs, which order as two numbers.
fn positive_zero(number: f64) -> f64 {
    number + 0.0
}

/// The most nested parentheses; nobody writes more.
const MAX_DEPTH: usize = 60;

fn sum(rest: &mut &[&str], columns: &Columns, depth: usize) -> Option<Operand> {
    let mut all = product(rest, columns, depth)?;
    while let Some((sign @ ("+" | "-"), after)) = rest.split_first().map(|(a, b)| (*a, b)) {
        *rest = after;
        let next = product(rest, columns, depth)?;
        all = all.plus(&next.times(if sign == "-" { -1.0 } else { 1.0 }));
    }
    Some(all)
}

fn product(rest: &mut &[&str], columns: &Columns, depth: usize) -> Option<Operand> {
    let mut all = factor(rest, columns, depth)?;
    while let Some((sign @ ("*" | "/" | "%"), after)) = rest.split_first().map(|(a, b)| (*a, b)) {
        *rest = after;
        let next = factor(rest, columns, depth)?;
        all = match (sign, all.number(), next.number()) {
            ("*", _, Some(number)) => all.times(number),
            ("*", Some(number), _) => next.times(number),
            ("/", _, Some(number)) => divided(&all, number)?,
            ("%", _, Some(number)) => remainder(&all, number)?,
            _ => return None,
        };
    }
    Some(all)
}

/// Whole numbers are divided without a remainder.
fn divided(operand: &Operand, by: f64) -> Option<Operand> {
    let (low, high) = operand.range();
    if by == 0.0 || !low.is_finite() || !high.is_finite() {
        return None;
    }
    let (low, high) = ((low / by).min(high / by), (low / by).max(high / by));
    Some(Operand::Within(
        low.trunc().min(low),
        high.trunc().max(high),
    ))
}

fn remainder(operand: &Operand, by: f64) -> Option<Operand> {
    let Operand::Linear(linear) = operand else {
        return None;
    };
    let most = by.abs() - 1.0;
    let fits = linear.is_whole() && by.fract() == 0.0 && most >= 0.0;
    let low = if linear.range().0 >= 0.0 { 0.0 } else { -most };
    fits.then_some(Operand::Within(low, most))
}

fn factor(rest: &mut &[&str], columns: &Columns, depth: usize) -> Option<Operand> {
    let (first, after) = rest.split_first().filter(|_| depth < MAX_DEPTH)?;
    *rest = after;
    match *first {
        "-" => Some(factor(rest, columns, depth + 1)?.times(-1.0)),
        "+" => factor(rest, columns, depth + 1),
        "(" => {
            let inner = sum(rest, columns, depth + 1)?;
            let (end, after) = rest.split_first()?;
            *rest = after;
            (*end == ")").then_some(inner)
        }
        name if after.first() == Some(&"(") => {
            let arguments = arguments(rest)?;
            call(name, arguments, columns)
        }
        name if is_name(name) => Some(Operand::Linear(Linear {
            variable: Some(columns.variable(name)),
            factor: 1.0,
            offset: 0.0,
        })),
        number => constant(number).map(Operand::constant),
    }
}

/// The value of a number, which can be an amount, `$5`, or hexadecimal.
fn constant(number: &str) -> Option<f64> {
    if let Some(digits) = number.strip_prefix("0x") {
        let digits = if digits.is_empty() { "0" } else { digits };
        return i32::from_str_radix(digits, 16).ok().map(f64::from);
    }
    let number = number.strip_prefix('$').unwrap_or(number).parse().ok();
    number.filter(|number: &f64| number.is_finite())
}

/// Takes what is in parentheses.
fn arguments<'w, 's>(rest: &mut &'w [&'s str]) -> Option<&'w [&'s str]> {
    let all = *rest;
    let mut depth = 0_usize;
    for (at, word) in all.iter().enumerate() {
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            *rest = &all[at + 1..];
            return Some(&all[1..at]);
        }
    }
    None
}

/// What is known about the value of a function.
fn call(name: &str, arguments: &[&str], columns: &Columns) -> Option<Operand> {
    let list = split(arguments, ",");
    let first = Operand::of(list.first()?, columns);
    match (name, first) {
        ("abs", Some(operand)) => Some(absolute(operand)),
        ("len" | "datalength", Some(Operand::Linear(linear))) if linear.is_never_null() => {
            Some(Operand::Within(1.0, f64::INFINITY))
        }
        ("abs" | "len" | "datalength" | "square", _) => Some(Operand::Within(0.0, f64::INFINITY)),
        ("sign", Some(operand)) if operand.range().0 > 0.0 => Some(Operand::constant(1.0)),
        ("sign", _) => Some(Operand::Within(-1.0, 1.0)),
        ("floor" | "ceiling" | "round", Some(Operand::Linear(linear))) if linear.is_whole() => {
            Some(Operand::Linear(linear))
        }
        ("isnull" | "coalesce", Some(Operand::Linear(linear))) if linear.is_never_null() => {
            Some(Operand::Linear(linear))
        }
        ("cast" | "try_cast", _) => {
            let [value, kind] = split(arguments, "as")[..] else {
                return None;
            };
            converted(kind, value, columns)
        }
        ("convert" | "try_convert", _) => converted(list.first()?, list.get(1)?, columns),
        _ => None,
    }
}

fn absolute(operand: Operand) -> Operand {
    match operand.range() {
        (low, _) if low >= 0.0 => operand,
        (_, high) if high <= 0.0 => operand.times(-1.0),
        (low, high) => Operand::Within(0.0, high.max(-low)),
    }
}

/// A whole number converted to a type of numbers.
fn converted(kind: &[&str], value: &[&str], columns: &Columns) -> Option<Operand> {
    let is_numeric = matches!(
        *kind.first()?,
        "int" | "integer" | "bigint" | "float" | "real" | "decimal" | "numeric" | "money"
    );
    match Operand::of(value, columns)? {
        Operand::Linear(linear) if is_numeric && linear.is_whole() => Some(Operand::Linear(linear)),
        _ => None,
    }
}
