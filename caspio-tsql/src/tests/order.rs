//! Orders, windows on them, and undefined orders.

use super::*;

fn ordered(order: &str) -> Result<String, TsqlError> {
    query(&QueryParts {
        select: Some("PK_ID, Name AS called, Age * -1 AS back"),
        order_by: Some(order),
        ..QueryParts::default()
    })
    .map(|rows| {
        let keys: Vec<_> = rows
            .split("; ")
            .map(|row| row.split('|').next().unwrap_or(""))
            .collect();
        keys.join(" ")
    })
}

#[test]
fn orders_name_columns_aliases_positions_and_expressions() {
    check(
        ordered,
        &[
            ("PK_ID DESC", "5 4 3 2 1"),
            ("Age, PK_ID", "4 2 1 5 3"),
            ("Age DESC, PK_ID DESC", "3 5 1 2 4"),
            ("called, PK_ID", "5 1 2 3 4"),
            ("2 DESC, 1 ASC", "4 2 3 1 5"),
            ("back, PK_ID", "4 3 1 5 2"),
            ("Score * -1, PK_ID", "3 2 1 5 4"),
            ("Born", "3 4 1 5 2"),
            ("LEN(Name), PK_ID", "5 2 3 1 4"),
            (
                "4",
                "error: The ORDER BY position number 4 is out of range of the number of items in the select list.",
            ),
            (
                "'x'",
                "error: A constant expression was encountered in the ORDER BY list, position 1.",
            ),
            ("Nobody", "error: Invalid column name 'Nobody'."),
            ("Age; DROP TABLE t_1", "error: Incorrect syntax near ';'."),
        ],
    );
}

/// The example of "Comparing GUID and uniqueidentifier values" in Microsoft's documentation, and GUIDs that differ in
/// one group.
#[test]
fn guids_are_ordered_from_their_last_group() {
    let sorted = |guids: [&str; 4]| {
        let cases: String = (1..)
            .zip(guids)
            .map(|(key, guid)| format!(" WHEN {key} THEN '{guid}'"))
            .collect();
        ordered(&format!(
            "CAST(CASE PK_ID{cases} END AS uniqueidentifier), PK_ID DESC"
        ))
    };
    for (guids, order) in [
        (
            [
                "3AAAAAAA-BBBB-CCCC-DDDD-2EEEEEEEEEEE",
                "2AAAAAAA-BBBB-CCCC-DDDD-1EEEEEEEEEEE",
                "1AAAAAAA-BBBB-CCCC-DDDD-3EEEEEEEEEEE",
                "1aaaaaaa-bbbb-cccc-dddd-3eeeeeeeeeee",
            ],
            "5 2 1 4 3",
        ),
        (
            [
                "00000000-0000-0000-0001-000000000000",
                "00000000-0000-0100-0000-000000000000",
                "00000000-0000-0001-0000-000000000000",
                "01000000-0000-0000-0000-000000000000",
            ],
            "5 4 2 3 1",
        ),
    ] {
        assert_eq!(sorted(guids).as_deref(), Ok(order));
    }
}

#[test]
fn guids_are_compared_in_their_order() {
    let compared = |condition: &str| {
        query(&QueryParts {
            select: Some("PK_ID"),
            filter: Some(condition),
            order_by: Some("PK_ID"),
            ..QueryParts::default()
        })
    };
    let low = "7f000000-0000-0000-0000-000000000001";
    let high = "1f000000-0000-0000-0000-000000000002";
    let guid = |text: &str| format!("CAST('{text}' AS uniqueidentifier)");
    for (condition, is_met) in [
        (format!("{} < '{high}'", guid(low)), true),
        (format!("'{high}' > {}", guid(low)), true),
        (format!("{} = '{}'", guid(low), low.to_uppercase()), true),
        (format!("{} BETWEEN '{high}' AND '{low}'", guid(low)), false),
        (format!("{} IN ('{high}', '{low}')", guid(low)), true),
    ] {
        let keys = if is_met { "1; 2; 3; 4; 5" } else { "" };
        assert_eq!(compared(&condition).as_deref(), Ok(keys), "{condition}");
    }
}

fn keys(order: Option<&str>, unordered: Unordered, window: Option<(u64, u64)>) -> String {
    let parts = QueryParts {
        select: Some("PK_ID"),
        order_by: order,
        ..QueryParts::default()
    };
    let compiled = compile_query(&Sample, "People", &parts, unordered, window).expect("a query");
    run(&compiled).expect("rows").replace("; ", " ")
}

#[test]
fn window_limits_and_skips_rows() {
    assert_eq!(keys(Some("PK_ID"), Unordered::Natural, Some((2, 1))), "2 3");
    assert_eq!(keys(Some("PK_ID"), Unordered::Natural, Some((9, 4))), "5");
    assert_eq!(
        keys(Some("PK_ID"), Unordered::Natural, Some((9, u64::MAX))),
        ""
    );
}

#[test]
fn without_an_order_every_seed_has_a_different_one() {
    let seen: std::collections::HashSet<_> = (0..40)
        .map(|seed| keys(None, Unordered::Shuffled(seed), Some((5, 0))))
        .collect();

    assert!(seen.len() > 3, "{seen:?}");
    for rows in seen {
        let mut rows: Vec<_> = rows.split(' ').collect();
        rows.sort_unstable();
        assert_eq!(rows, ["1", "2", "3", "4", "5"]);
    }
    let again = |seed| keys(None, Unordered::Shuffled(seed), Some((5, 0)));
    assert_eq!(again(7), again(7));
}

#[test]
fn ties_are_broken_by_the_seed_and_a_total_order_is_kept() {
    let by_age: std::collections::HashSet<_> = (0..40)
        .map(|seed| keys(Some("Age DESC"), Unordered::Shuffled(seed), Some((5, 0))))
        .collect();
    let total: std::collections::HashSet<_> = (0..40)
        .map(|seed| {
            keys(
                Some("Age DESC, PK_ID"),
                Unordered::Shuffled(seed),
                Some((5, 0)),
            )
        })
        .collect();

    assert_eq!(by_age.len(), 2, "{by_age:?}");
    assert_eq!(total.len(), 1);
}

#[test]
fn every_kind_of_query_can_be_shuffled() {
    for (source, select, group_by) in [
        ("People", "DISTINCT Age, Name", None),
        ("People", "Age, COUNT(*)", Some("Age")),
        ("People", "COUNT(*)", None),
        ("People", "*, ROW_NUMBER() OVER (ORDER BY PK_ID)", None),
        ("Adults", "*", None),
        ("Adults", "TOP 2 Name", None),
    ] {
        let parts = QueryParts {
            select: Some(select),
            group_by,
            ..QueryParts::default()
        };
        for window in [None, Some((2, 1))] {
            let compiled = compile_query(&Sample, source, &parts, Unordered::Shuffled(3), window)
                .expect(select);
            run(&compiled).expect(select);
        }
    }
}

/// Returns SQLite's query plan for a query over all of People.
fn plan(order: Option<&str>, unordered: Unordered) -> String {
    let parts = QueryParts {
        order_by: order,
        ..QueryParts::default()
    };
    let compiled =
        compile_query(&Sample, "People", &parts, unordered, Some((25, 50))).expect("a query");
    let connection = database();
    let mut statement = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {}", compiled.sql))
        .expect("a plan");
    let steps = statement
        .query_map(params_from_iter(&compiled.params), |row| {
            row.get::<_, String>(3)
        })
        .expect("a plan");
    let steps: Vec<_> = steps.map(|step| step.expect("a step")).collect();
    steps.join("; ")
}

#[test]
fn a_page_is_found_by_the_key_and_without_sorting() {
    for (order, unordered) in [
        (None, Unordered::Natural),
        (None, Unordered::Shuffled(9)),
        (Some("PK_ID"), Unordered::Shuffled(9)),
        (Some("PK_ID DESC"), Unordered::Shuffled(9)),
    ] {
        let plan = plan(order, unordered);

        assert!(!plan.contains("TEMP B-TREE"), "{order:?}: {plan}");
    }
    let round = plan(None, Unordered::Shuffled(9));
    assert!(
        round.contains("USING INTEGER PRIMARY KEY (rowid>?)"),
        "{round}"
    );
    assert!(
        round.contains("USING INTEGER PRIMARY KEY (rowid<?)"),
        "{round}"
    );
}
