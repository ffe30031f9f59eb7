//! Conditions on one column. Most do not depend on the column's type, so that they are compiled once per source and
//! not once per column.

use super::expr::{Name, NullTest, Operand, Operator};
use super::literal::{Literal, push_like_escaped};
use super::{Expr, Filter, ToLiteral, moments};
use crate::field::{FieldType, kind};
use caspio_schema::Kind;
use std::collections::HashSet;

/// The kind of values that a column's own kind is compared with.
pub(super) type Values<U> = <<U as FieldType>::Kind as kind::Comparable>::Values;

/// Returns a value of a list as a literal.
pub(super) fn listed<U: FieldType, V: ToLiteral<Values<U>>>(value: &V) -> Literal
where
    U::Kind: kind::Comparable,
{
    moments::equaled(value.to_literal())
}

pub(super) fn is_yes_no<U: FieldType>() -> bool {
    <U::Kind as kind::AnyKind>::KIND == Some(Kind::YesNo)
}

pub(super) fn compare<S>(column: Name, operator: Operator, value: Literal) -> Filter<S> {
    let column = Operand::Column(column);
    Filter::new(moments::compare(column, operator, value))
}

pub(super) fn null<S>(column: Name, is_null: bool, of_yes_no: bool) -> Filter<S> {
    let test = match of_yes_no {
        true => NullTest::YesNoColumn,
        false => NullTest::Column,
    };
    Filter::new(Expr::Null {
        column,
        is_null,
        test,
    })
}

pub(super) fn one_of<S>(column: Name, items: Vec<Literal>) -> Filter<S> {
    let mut seen = HashSet::new();
    let items = items.into_iter();
    // A value that a list repeats would take room in the URL.
    let items = items.filter(|item| seen.insert((item.day(), item.to_string())));
    Filter::new(Expr::In {
        column,
        items: items.collect(),
    })
}

pub(super) fn none_of<S>(column: Name, items: Vec<Literal>) -> Filter<S> {
    if items.is_empty() {
        // An empty list leaves out nulls, as NOT IN does for a list that has values.
        return Filter::new(Expr::Null {
            column,
            is_null: false,
            test: NullTest::EmptyList,
        });
    }
    !one_of(column, items)
}

pub(super) fn like<S>(column: Name, pattern: &str) -> Filter<S> {
    Filter::new(Expr::Like {
        column,
        pattern: Literal::text(pattern),
    })
}

pub(super) fn like_literally<S>(column: Name, before: &str, text: &str, after: &str) -> Filter<S> {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push_str(before);
    push_like_escaped(&mut pattern, text);
    pattern.push_str(after);
    like(column, &pattern)
}
