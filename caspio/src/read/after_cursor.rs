//! Conditions for the records after a cursor.

use super::cursor::{Cursor, Value, key_literal};
use crate::dialect::encoded_length;
use crate::filter::literal::Literal;
use crate::filter::sql::quoted_name;
use crate::filter::{Expr, Operator, OrderTerm};
use crate::record::PK_ID;

/// Returns the condition for exactly the records after the cursor.
///
/// For an order by `a, b` it is `a > x OR a = x AND (b > y OR b = y AND PK_ID > k)`. Unlike a page
/// number it stays exact when records are inserted or deleted in the meantime.
pub(super) fn after(cursor: &Cursor, terms: &[OrderTerm], key_descends: bool) -> Expr {
    let operator = if key_descends {
        Operator::Lt
    } else {
        Operator::Gt
    };
    by_values(cursor, terms, operator)
}

/// Returns the condition for exactly the cursor's record and those after it; groups have no `key_descends`.
pub(super) fn from(cursor: &Cursor, terms: &[OrderTerm], key_descends: Option<bool>) -> Expr {
    match key_descends {
        Some(true) => by_values(cursor, terms, Operator::Le),
        Some(false) => by_values(cursor, terms, Operator::Ge),
        None => after_place(cursor, terms, Some(Expr::EVERYTHING), |_, value| {
            value.literal()
        }),
    }
}

/// For records with the same values, `operator` compares the keys.
fn by_values(cursor: &Cursor, terms: &[OrderTerm], operator: Operator) -> Expr {
    let key = cursor.key.as_ref().map(key_literal);
    let by_key = key.map(|key| Expr::compare(PK_ID, operator, key));
    after_place(cursor, terms, by_key, |_, value| value.literal())
}

/// The values that the service looks up in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LookedUp {
    /// Texts that are longer than the subquery for them.
    LongTexts,
    /// Those texts, and numbers that may be shown with fewer digits than they have.
    LongTextsAndFloats,
}

/// Returns the condition for the record of the cursor and those after it, in which the service looks up some of the
/// cursor's values in that record, of the table or view `source`; `None` if the cursor is of no record.
/// Groups have no `key_descends`; their cursor has the key of a record of the group.
///
/// It selects the right records, beginning with the cursor's, as long as that record is unchanged.
///
/// It is inferred that a subquery may be over the table or view itself, fact `subquery-of-the-table-itself`; only
/// subqueries over other permitted tables are documented.
pub(super) fn from_record(
    cursor: &Cursor,
    terms: &[OrderTerm],
    key_descends: Option<bool>,
    source: &str,
    looked_up: LookedUp,
) -> Option<Expr> {
    let key = key_literal(cursor.key.as_ref()?);
    let from_key = match key_descends {
        Some(true) => Expr::compare(PK_ID, Operator::Le, key),
        Some(false) => Expr::compare(PK_ID, Operator::Ge, key),
        None => Expr::EVERYTHING,
    };
    after_place_of_record(cursor, terms, Some(from_key), source, looked_up)
}

/// Returns the condition for the records after that of the cursor, in which the service looks up values as in that of
/// [`from_record`]: it selects the right ones as long as that record is unchanged.
pub(super) fn after_record(
    cursor: &Cursor,
    terms: &[OrderTerm],
    key_descends: Option<bool>,
    source: &str,
) -> Option<Expr> {
    let key = key_literal(cursor.key.as_ref()?);
    let after_key = key_descends.map(|descends| match descends {
        true => Expr::compare(PK_ID, Operator::Lt, key),
        false => Expr::compare(PK_ID, Operator::Gt, key),
    });
    let looked_up = LookedUp::LongTextsAndFloats;
    after_place_of_record(cursor, terms, after_key, source, looked_up)
}

/// Returns the condition for the records after the place of a record; `equal` is that for records with the same values.
fn after_place_of_record(
    cursor: &Cursor,
    terms: &[OrderTerm],
    equal: Option<Expr>,
    source: &str,
    looked_up: LookedUp,
) -> Option<Expr> {
    let key = key_literal(cursor.key.as_ref()?);
    let record = format!("FROM {} WHERE {PK_ID} = {key}", quoted_name(source));
    Some(after_place(cursor, terms, equal, |term, value| {
        let literal = value.literal()?;
        let subquery = format!("(SELECT {} {record})", quoted_name(&term.name));
        let is_looked_up = match value {
            Value::Text(_) => encoded_length(&literal) > encoded_length(&subquery),
            value => looked_up == LookedUp::LongTextsAndFloats && value.may_be_float(term),
        };
        Some(if is_looked_up {
            Literal::expression(subquery)
        } else {
            literal
        })
    }))
}

/// Returns the condition for the records after a place in the order; `equal` is that for records with the same
/// values.
fn after_place(
    cursor: &Cursor,
    terms: &[OrderTerm],
    equal: Option<Expr>,
    literal: impl Fn(&OrderTerm, &Value) -> Option<Literal>,
) -> Expr {
    let compared = cursor.compared();
    let values = terms.iter().zip(&compared).rev();
    let after = values.fold(equal, |inner, (term, value)| {
        let sql = value.as_ref().and_then(|value| literal(term, value));
        let tied = inner.map(|inner| tied(&term.name, sql.clone()).and(inner));
        let after = match value {
            Some(Value::YesNo(yes)) => after_yes_no(&term.name, *yes, term.descending),
            _ => strictly_after(&term.name, sql, term.descending),
        };
        [after, tied].into_iter().flatten().reduce(Expr::or)
    });
    after.unwrap_or(Expr::NOTHING)
}

/// Returns the condition for a value.
pub(super) fn tied(name: &str, value: Option<Literal>) -> Expr {
    match value {
        Some(value) => Expr::compare(name.to_owned(), Operator::Eq, value),
        None => Expr::null(name.to_owned(), true),
    }
}

/// SQL Server sorts nulls first when ascending and last when descending: fact `nulls-come-first`.
fn strictly_after(name: &str, value: Option<Literal>, descending: bool) -> Option<Expr> {
    let name = name.to_owned();
    match (value, descending) {
        (Some(value), false) => Some(Expr::compare(name, Operator::Gt, value)),
        (Some(value), true) => {
            let less = Expr::compare(name.clone(), Operator::Lt, value);
            Some(less.or(Expr::null(name, true)))
        }
        (None, false) => Some(Expr::null(name, false)),
        (None, true) => None,
    }
}

/// Only equality of a Yes/No column is documented. A view may show null in one.
fn after_yes_no(name: &str, yes: bool, descending: bool) -> Option<Expr> {
    let other = Expr::compare(name.to_owned(), Operator::Eq, Literal::yes_no(!yes));
    let other = (yes == descending).then_some(other);
    let null = descending.then(|| Expr::null(name.to_owned(), true));
    [other, null].into_iter().flatten().reduce(Expr::or)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Key, ObjectKind};
    use caspio_schema::Kind;

    fn term(name: &str, descending: bool) -> OrderTerm {
        OrderTerm {
            name: name.to_owned(),
            descending,
            kind: Kind::Text,
            is_aggregate: false,
        }
    }

    fn sql(values: Vec<Option<Value>>, terms: &[OrderTerm]) -> String {
        let cursor = Cursor {
            key: Some(Key::Id(7)),
            values,
            ..Cursor::UNKNOWN
        };
        after(&cursor, terms, false).to_sql()
    }

    fn b() -> Option<Value> {
        Some(Value::Text("B".to_owned()))
    }

    #[test]
    fn by_key_alone_it_is_one_comparison() {
        assert_eq!(sql(vec![], &[]), "PK_ID > 7");
    }

    #[test]
    fn ties_are_broken_by_the_key() {
        assert_eq!(
            sql(vec![b()], &[term("City", false)]),
            "City > N'B' OR (City = N'B' AND PK_ID > 7)"
        );
    }

    #[test]
    fn nulls_come_first_when_ascending_and_last_when_descending() {
        assert_eq!(
            sql(vec![None], &[term("City", false)]),
            "City IS NOT NULL OR (City IS NULL AND PK_ID > 7)"
        );
        assert_eq!(
            sql(vec![None], &[term("City", true)]),
            "City IS NULL AND PK_ID > 7"
        );
        assert_eq!(
            sql(vec![b()], &[term("City", true)]),
            "City < N'B' OR City IS NULL OR (City = N'B' AND PK_ID > 7)"
        );
    }

    #[test]
    fn yes_no_is_compared_by_equality() {
        let yes_no = |yes, descending| sql(vec![Some(Value::YesNo(yes))], &[term("A", descending)]);
        assert_eq!(yes_no(false, false), "A = 1 OR (A = 0 AND PK_ID > 7)");
        assert_eq!(yes_no(true, false), "A = 1 AND PK_ID > 7");
        assert_eq!(
            yes_no(true, true),
            "A = 0 OR A IS NULL OR (A = 1 AND PK_ID > 7)"
        );
        assert_eq!(yes_no(false, true), "A IS NULL OR (A = 0 AND PK_ID > 7)");
    }

    #[test]
    fn groups_end_with_their_last_term() {
        let cursor = Cursor {
            values: vec![b()],
            ..Cursor::UNKNOWN
        };
        assert_eq!(
            after(&cursor, &[term("City", false)], false).to_sql(),
            "City > N'B'"
        );
    }

    #[test]
    fn the_record_of_the_cursor_is_included_on_request() {
        let cursor = Cursor {
            key: Some(Key::Id(7)),
            values: vec![b()],
            ..Cursor::UNKNOWN
        };
        assert_eq!(
            from(&cursor, &[term("City", false)], Some(false)).to_sql(),
            "City > N'B' OR (City = N'B' AND PK_ID >= 7)"
        );
    }

    /// The length in a URL decides whether a read is refused before its first call.
    #[test]
    fn no_cursor_takes_more_characters_than_the_longest() {
        let number = |text: &str| Value::Number(text.to_owned().try_into().expect("a number"));
        let float = |text: &str| Value::Float(text.to_owned().try_into().expect("a number"));
        let date = |text: &str| Value::DateTime(text.to_owned());
        let kinds = [
            (Kind::YesNo, vec![Value::YesNo(false), Value::YesNo(true)]),
            (
                Kind::Integer,
                vec![number("0"), number("-9223372036854775808")],
            ),
            (
                Kind::Currency,
                vec![
                    number("-922337203685477.5808"),
                    number("-0.00012345678901234567"),
                ],
            ),
            (
                Kind::Number,
                vec![
                    float("-1.7976931348623157e+308"),
                    float("-0.0000012345678901234567"),
                ],
            ),
            (
                Kind::DateTime,
                vec![
                    date("2024-01-01T00:00:00"),
                    date("2024-01-01T00:00:00.1234567"),
                ],
            ),
        ];
        let length = |cursor: &Cursor, terms: &[OrderTerm]| {
            encoded_length(from(cursor, terms, Some(false)).to_sql())
        };
        for (kind, values) in kinds {
            for (name, descending) in [("A", false), ("A", true), ("A long name", false)] {
                let mut term = term(name, descending);
                term.kind = kind;
                let terms = [term];
                let longest = Cursor::longest(Some(ObjectKind::Table), &terms, "");
                for value in values.iter().cloned().map(Some).chain([None]) {
                    let cursor = Cursor {
                        values: vec![value],
                        ..Cursor::longest(Some(ObjectKind::Table), &[], "")
                    };
                    assert!(
                        length(&cursor, &terms) <= length(&longest, &terms),
                        "{kind:?} {name} {descending}: {cursor:?}"
                    );
                }
            }
        }
    }
}
