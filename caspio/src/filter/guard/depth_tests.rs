//! Tests of conditions with many parts, and of deep ones.

use super::function_tests::{FIELDS, is_refused};
use super::*;
use crate::Column;

#[test]
fn a_condition_is_judged_at_any_depth() {
    const CITY: Column<(), Option<String>> = Column::new("City");
    let nested = |mut inner: crate::Filter<()>| {
        for level in 0..40 {
            let other = CITY.eq(format!("{}", char::from(b'a' + level % 26)));
            inner = !(!(inner | other.clone()) | other);
        }
        inner
    };
    let refused =
        |condition: crate::Filter<()>| refusal(&condition.into_expr(), ObjectKind::Table, FIELDS);
    let empty = nested(!CITY.in_(Vec::<String>::new()) & CITY.eq("Rome"));
    assert!(refused(empty).is_some_and(|why| why.contains("list")));
    assert_eq!(refused(nested(CITY.eq("Rome"))), None);
}

#[test]
fn another_part_does_not_let_a_condition_pass() {
    for always in [
        "City >= '' OR City = 'a-b'",
        "City > '' OR City = ''",
        "City <> 'Open' OR City <> 'New' OR City = 'open!'",
        "City <> 'Open' OR City <> 'New' OR Name = 'open!'",
        "At < '2025-01-01' OR At >= '2024-01-01' OR City = '10'",
        "At < '2025-01-01' OR At >= '2024-01-01' OR City < 'x-y' OR City > '5'",
        "At <= '2024-01-01T10:00:00.991' OR At > '2024-01-01T10:00:00.990'",
        "At <= '2024-01-01T10:00:00.991' OR At > '2024-01-01T10:00:00.991'",
        "At >= '2024-01-01' OR NOT (At IN ('2024-01-02', '2025-01-01'))",
        "City NOT IN ('Open') OR City = 'Open'",
        "City <> 'a' OR City NOT IN ('b')",
        "City LIKE '_%' OR City = ''",
        "City LIKE 'A%' OR City <> 'a'",
        "City < 'a-b' OR City = 'a-b' OR City > 'a-b'",
        "City <> 'a-b' OR City >= 'a-b'",
        "Name <> 'A' OR Name <> 'B' OR Size <> '7' OR Size > '5'",
        "NOT (City < '' OR City <> City) OR City = 'a-b'",
        "PK_ID > 0 OR Name = 'a' AND Name <> 'a' OR Size = '1' OR Size <> '-1'",
    ] {
        assert!(is_refused(always), "{always}");
    }
    for other in [
        "City > '' OR City = '-'",
        "City <> 'Open' OR City <> 'open!'",
        "At < '2024-01-01T10:00:00.990' OR At > '2024-01-01T10:00:00.991'",
        "City LIKE 'A%' OR City <> 'b'",
        "Size <= 1e16 OR Size = 5",
        "Size < 1e16 OR Size = 1e16",
        "City LIKE '_%' OR City <> ''",
        "City < 'a-b' OR City > 'a-b'",
        "Size > '10' OR Size < '5' OR Size = 'x7'",
    ] {
        assert!(!is_refused(other), "{other}");
    }
}

#[test]
fn a_condition_of_many_parts_is_judged_by_each() {
    let parts: Vec<String> = (0..40)
        .map(|at| format!("C{at} > 'm' OR C{at} < 'a'"))
        .collect();
    let parts = parts.join(" OR ");
    assert!(!is_refused(&parts));
    assert!(is_refused(&format!("{parts} OR C7 <> 'x'")));
    let texts: Vec<String> = (0..3_000).map(|at| format!("Name = 'n{at}'")).collect();
    assert!(is_refused(&format!("{} OR City >= ''", texts.join(" OR "))));
}

#[test]
fn nested_functions_take_linear_time_and_no_stack() {
    let nested = |levels: usize, before: &str, inner: &str, after: &str| {
        format!("{}{inner}{}", before.repeat(levels), after.repeat(levels))
    };
    for levels in [60, 400, 5_000] {
        for (before, inner, after) in [
            ("CAST(", "Age", " AS int)"),
            ("CONVERT(int,", "Age", ")"),
            ("ABS(", "Age", ")"),
            ("ISNULL(", "City", ",'')"),
            ("COALESCE(", "City", ",'')"),
            ("LEN(", "City", ")"),
            ("-(", "Age", ")"),
            ("UPPER(", "City", ")"),
            ("CONCAT(", "'a'", ",'b')"),
            ("(", "Age", ")"),
        ] {
            let value = nested(levels, before, inner, after);
            is_refused(&format!("{value} > 5 OR Name = 'x'"));
            is_refused(&format!("{value} IS NULL AND Name = 'x'"));
        }
    }
    assert!(is_refused("ABS(ABS(ABS(Age))) >= 0"));
    assert!(is_refused(
        "CAST(CAST(CAST(PK_ID AS int) AS bigint) AS int) > 0"
    ));
}
