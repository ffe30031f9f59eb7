//! Reads a side of a comparison: sums, products and functions, as far as their values are certain whatever the columns
//! hold.

use super::constant::constant_text;
use super::names::is_name;
use super::operand::{Linear, Operand, absolute, divided, remainder};
use super::variable::{Columns, Domain, Variable};
use super::words::{arguments, split};
use crate::filter::tokens::is_currency;

/// Reads a side of a comparison; `None` if nothing is known about its value.
pub(super) fn operand_of(words: &[&str], columns: &Columns) -> Option<Operand> {
    nested_operand(words, columns, 0)
}

fn nested_operand(words: &[&str], columns: &Columns, depth: usize) -> Option<Operand> {
    let mut rest = words;
    let operand = sum(&mut rest, columns, depth)?;
    rest.is_empty().then_some(operand)
}

/// The deepest nesting of parentheses and functions that is examined; real conditions have less.
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
    let start = *rest;
    let mut all = factor(rest, columns, depth)?;
    while let Some((sign @ ("*" | "/" | "%"), after)) = rest.split_first().map(|(a, b)| (*a, b)) {
        let words = &start[..start.len() - rest.len()];
        *rest = after;
        let next = factor(rest, columns, depth)?;
        let is_square = *words == after[..after.len() - rest.len()];
        all = match (sign, next.number()) {
            ("*", _) if is_square => all.squared(),
            ("*", _) => all.times_operand(next),
            // Whole constants are divided without a remainder.
            ("/", Some(number))
                if number != 0.0
                    && let Some(whole) = all.number()
                    && is_whole(words)
                    && is_whole(&after[..after.len() - rest.len()]) =>
            {
                Operand::constant((whole / number).trunc())
            }
            ("/", Some(number)) => divided(&all, number)?,
            ("%", Some(number)) => remainder(&all, number)?,
            _ => return None,
        };
    }
    Some(all)
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
            // Another function only has the same value where it is written twice.
            Some(call(name, arguments, columns, depth + 1).unwrap_or(Operand::ANY))
        }
        name if is_name(name) => Some(Operand::Linear(Linear {
            variable: Some(columns.variable(name)),
            factor: 1.0,
            offset: 0.0,
        })),
        number => constant(number).map(Operand::constant),
    }
}

/// Whether words are constants that are whole numbers, and what is computed from them, which is whole then.
fn is_whole(words: &[&str]) -> bool {
    let is_sign = |word: &str| matches!(word, "+" | "-" | "*" | "/" | "%" | "(" | ")");
    let mut words = words.iter();
    words.all(|word| is_sign(word) || word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The value of a number, which can be an amount, `$5`, or hexadecimal.
fn constant(number: &str) -> Option<f64> {
    if let Some(digits) = number.strip_prefix("0x") {
        let digits: String = digits.chars().filter(char::is_ascii_hexdigit).collect();
        let digits = if digits.is_empty() { "0" } else { &digits };
        return i32::from_str_radix(digits, 16).ok().map(f64::from);
    }
    let number = number.strip_prefix(is_currency).unwrap_or(number);
    let number = number.parse().ok();
    number.filter(|number: &f64| number.is_finite())
}

/// Returns what is known about the value of a function; `None` if it can be any.
fn call(name: &str, arguments: &[&str], columns: &Columns, depth: usize) -> Option<Operand> {
    let list = split(arguments, ",");
    let parts = match name {
        "cast" | "try_cast" => split(arguments, "as"),
        _ => list.clone(),
    };
    let value = match name {
        "convert" | "try_convert" => *parts.get(1)?,
        _ => *parts.first()?,
    };
    match (name, nested_operand(value, columns, depth)) {
        ("abs", Some(operand)) => Some(absolute(operand)),
        ("square", Some(operand)) => Some(operand.squared()),
        ("len", _) if let Some(text) = constant_text(value) => Some(length(&text)),
        ("len" | "datalength", Some(Operand::Linear(linear))) if linear.is_never_null() => {
            Some(Operand::Within(1.0, f64::INFINITY))
        }
        (
            "abs" | "charindex" | "datalength" | "exp" | "len" | "patindex" | "sqrt" | "square",
            _,
        ) => Some(Operand::Within(0.0, f64::INFINITY)),
        ("sign", Some(operand)) if operand.range().0 > 0.0 => Some(Operand::constant(1.0)),
        ("sign", _) => Some(Operand::Within(-1.0, 1.0)),
        ("isnumeric" | "isdate", _) => Some(Operand::Within(0.0, 1.0)),
        ("year", _) => Some(Operand::Within(1.0, 9999.0)),
        ("month", _) => Some(Operand::Within(1.0, 12.0)),
        ("day", _) => Some(Operand::Within(1.0, 31.0)),
        ("floor" | "ceiling", Some(operand)) if list.len() == 1 => Some(rounded(name, operand)),
        ("round", Some(Operand::Linear(linear))) if linear.is_whole() && keeps_whole(&list) => {
            Some(Operand::Linear(linear))
        }
        ("isnull" | "coalesce", Some(Operand::Linear(linear))) if linear.is_never_null() => {
            Some(Operand::Linear(linear))
        }
        ("cast" | "try_cast", operand) => converted(parts.get(1)?, value, operand),
        ("convert" | "try_convert", operand) => converted(parts.first()?, value, operand),
        _ => None,
    }
}

/// The number of characters of a text without blanks at its end.
fn length(text: &str) -> Operand {
    let text = text.trim_end_matches(' ');
    match text.is_ascii() {
        true => Operand::constant(text.len() as f64),
        false => Operand::Within(1.0, f64::INFINITY),
    }
}

/// A number without its decimal places.
fn rounded(name: &str, operand: Operand) -> Operand {
    let round = match name {
        "floor" => f64::floor,
        _ => f64::ceil,
    };
    match operand {
        Operand::Linear(linear) if linear.is_whole() => Operand::Linear(linear),
        other => match other.number() {
            Some(number) => Operand::constant(round(number)),
            None => Operand::Within(round(other.range().0), round(other.range().1)),
        },
    }
}

/// Whether a call of `ROUND` does not change whole numbers: not to tens.
fn keeps_whole(arguments: &[&[&str]]) -> bool {
    matches!(arguments, [_, [places]] if constant(places).is_some_and(|places| places >= 0.0))
}

/// A whole number converted to a type of numbers or of texts.
fn converted(kind: &[&str], value: &[&str], operand: Option<Operand>) -> Option<Operand> {
    let kind = *kind.first()?;
    let is_numeric = matches!(
        kind,
        "int" | "integer" | "bigint" | "float" | "real" | "decimal" | "numeric" | "money"
    );
    let Some(Operand::Linear(linear)) = operand else {
        return None;
    };
    if is_numeric && linear.is_whole() {
        return Some(Operand::Linear(linear));
    }
    let is_key = linear.variable.as_ref().map(|variable| variable.domain) == Some(Domain::Key);
    let is_text = matches!(kind, "char" | "nchar" | "nvarchar" | "varchar");
    // The text of a key is not blank, like the key of a view.
    (is_key && is_text).then(|| {
        Operand::Linear(Linear {
            variable: Some(Variable {
                name: format!("{} as {kind}", value.join(" ")),
                domain: Domain::ViewKey,
            }),
            factor: 1.0,
            offset: 0.0,
        })
    })
}
