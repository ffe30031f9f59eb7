//! Whether the records of a response are in the order that the request names.

use super::exchange::Order;
use super::shape::RawMembers;
use super::value;
use crate::filter::tokens::{Token, TokenKind, tokens};
use std::cmp::Ordering;

/// A column of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    column: String,
    descends: bool,
}

/// Returns whether the records of a response are in an order; `None` if there are fewer than two records, or if the
/// order is by something other than columns that the records have.
pub(super) fn order(order_by: &str, body: &[u8]) -> Option<Order> {
    let terms = terms(order_by)?;
    let members: RawMembers<'_> = serde_json::from_slice(body).ok()?;
    let records = members.get("Result").or_else(|| members.get("data"))?;
    let records: Vec<RawMembers<'_>> = serde_json::from_str(records.get()).ok()?;
    let row = |record: &RawMembers<'_>| values(record, &terms);
    let rows: Option<Vec<_>> = records.iter().map(row).collect();
    let rows = rows.filter(|rows| rows.len() > 1)?;
    let is_broken = rows
        .windows(2)
        .any(|pair| compare(&pair[0], &pair[1], &terms) == Some(Ordering::Greater));
    Some(if is_broken {
        Order::Broken
    } else {
        Order::Kept
    })
}

/// Returns the values of a record by which it is ordered, as their JSON.
fn values(record: &RawMembers<'_>, terms: &[Term]) -> Option<Vec<String>> {
    let values = terms.iter().map(|term| {
        let mut members = record.iter();
        let found = members.find(|(name, _)| name.eq_ignore_ascii_case(&term.column));
        found.map(|(_, value)| value.get().to_owned())
    });
    values.collect()
}

/// Returns the columns of an order; `None` if it is by something else.
fn terms(order_by: &str) -> Option<Vec<Term>> {
    let tokens: Vec<Token<'_>> = tokens(order_by).filter(|token| !token.is_blank()).collect();
    let terms = tokens.split(|token| token.sql == ",").map(|term| {
        let is = |token: &Token<'_>, word: &str| token.sql.eq_ignore_ascii_case(word);
        let (column, descends) = match term {
            [column] => (column, false),
            [column, way] if is(way, "asc") => (column, false),
            [column, way] if is(way, "desc") => (column, true),
            _ => return None,
        };
        let column = match column.kind {
            TokenKind::Word => column.sql.to_owned(),
            TokenKind::QuotedName => column.quoted_name()?,
            _ => return None,
        };
        Some(Term { column, descends })
    });
    terms.collect()
}

/// Compares two records; `None` if it cannot be told which comes first.
fn compare(one: &[String], other: &[String], terms: &[Term]) -> Option<Ordering> {
    for ((one, other), term) in one.iter().zip(other).zip(terms) {
        match compare_values(one, other)? {
            Ordering::Equal => {}
            order if term.descends => return Some(order.reverse()),
            order => return Some(order),
        }
    }
    Some(Ordering::Equal)
}

/// Null is before everything else, as in SQL Server.
fn compare_values(one: &str, other: &str) -> Option<Ordering> {
    if one == other {
        return Some(Ordering::Equal);
    }
    match (one, other) {
        ("null", _) => return Some(Ordering::Less),
        (_, "null") => return Some(Ordering::Greater),
        ("false", "true") => return Some(Ordering::Less),
        ("true", "false") => return Some(Ordering::Greater),
        _ => {}
    }
    if let (Ok(one), Ok(other)) = (one.parse::<f64>(), other.parse::<f64>()) {
        return one.partial_cmp(&other);
    }
    let (one, other) = (one.strip_prefix('"')?, other.strip_prefix('"')?);
    let is_time = |text: &str| {
        let text = text.trim_end_matches('"');
        matches!(
            value::of_text(text),
            "date-time" | "date-time with fraction"
        )
    };
    // A second without a fraction is before one with a fraction, as `"` is before `.`.
    (is_time(one) && is_time(other)).then(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_kept_or_broken() {
        let kept = Some(Order::Kept);
        let broken = Some(Order::Broken);
        for (order_by, records, expected) in [
            ("A", r#"[{"A":1},{"A":2}]"#, kept),
            ("A", r#"[{"A":10},{"A":9}]"#, broken),
            ("a desc", r#"[{"A":10},{"A":9.5}]"#, kept),
            ("[A] DESC, B", r#"[{"A":1,"B":2},{"A":1,"B":1}]"#, broken),
            ("A", r#"[{"A":null},{"A":-1}]"#, kept),
            ("A", r#"[{"A":1},{"A":null}]"#, broken),
            ("A", r#"[{"A":true},{"A":false}]"#, broken),
            (
                "A",
                r#"[{"A":"2026-01-02T03:04:05"},{"A":"2026-01-02T03:04:05.007"}]"#,
                kept,
            ),
            (
                "A",
                r#"[{"A":"2026-01-02T03:04:05"},{"A":"2025-01-02T03:04:05"}]"#,
                broken,
            ),
            // The collation of the service decides.
            ("A, B", r#"[{"A":"b","B":2},{"A":"a","B":1}]"#, kept),
            ("A", r#"[{"A":1}]"#, None),
            ("B", r#"[{"A":1},{"A":1}]"#, None),
            ("LEN(A)", r#"[{"A":1},{"A":1}]"#, None),
        ] {
            let body = format!("{{\"Result\":{records}}}");
            assert_eq!(
                order(order_by, body.as_bytes()),
                expected,
                "{order_by} {records}"
            );
        }
    }
}
