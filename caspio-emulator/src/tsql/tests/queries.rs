use std::collections::HashSet;

use super::*;

#[test]
fn select_lists() {
    let connection = database();

    check(
        &[
            ("Name", "Anvil"),
            ("name n, qty AS [q q]", "Anvil,5"),
            ("total = Qty + 1", "6"),
            ("*", "1,Anvil,5,2.5,123400,2024-01-31T08:30:00.000,1,[1]"),
            (
                "Items.*",
                "1,Anvil,5,2.5,123400,2024-01-31T08:30:00.000,1,[1]",
            ),
            (
                "Name, *, 1",
                "Anvil,1,5,2.5,123400,2024-01-31T08:30:00.000,1,[1],1",
            ),
            (
                "(SELECT COUNT(*) FROM Notes WHERE Item = Items.PK_ID) AS n",
                "2",
            ),
            ("Secret", "! The query uses something that is not allowed."),
            ("Qty FROM Items --", "! Incorrect syntax."),
            (
                "1 UNION SELECT 2",
                "! The query uses something that is not allowed.",
            ),
            (
                "Qty INTO other",
                "! The query uses something that is not allowed.",
            ),
            ("Qty > 1", "! Incorrect syntax."),
            (
                "Qty, COUNT(*)",
                "! Column 'Qty' is invalid in the select list because it is not \
              contained in either an aggregate function or the GROUP BY clause.",
            ),
        ],
        |select| value(&connection, select),
    );
}

#[test]
fn aggregates_and_groups() {
    let connection = database();
    let grouped = |text: &str| {
        let mut clauses = text.split(" | ");
        let mut next = || clauses.next().unwrap_or_default();
        answer(&connection, &parts(next(), next(), next(), next()))
    };

    check(
        &[
            ("COUNT(*), COUNT(Qty), COUNT(DISTINCT Name)", "5,4,3"),
            ("SUM(Qty), AVG(Qty), MIN(Qty), MAX(Qty)", "14,3,-4,10"),
            (
                "SUM(Price), AVG(Price), MIN(Price), MAX(Price)",
                "103401,25850,-25000,123400",
            ),
            ("AVG(Weight)", "0.6875"),
            ("MIN(Name), MAX(Name)", "Anvil,Éclair"),
            ("MAX([Added On])", "2024-06-15T12:00:00.500"),
            ("SUM(Qty) | Qty > 100", "-"),
            ("SUM(CASE WHEN Active = 1 THEN 1 ELSE 0 END)", "2"),
            (
                "Name, COUNT(*) |  | Name | Name",
                "-,1;Anvil,1;bolt ,2;Éclair,1",
            ),
            ("Active, SUM(Qty) AS t |  | Active | t DESC", "1,8;0,6;-,-"),
            ("Active |  | Active HAVING COUNT(*) > 1 | 1", "0;1"),
            (
                "YEAR([Added On]) AS y, COUNT(*) |  | YEAR([Added On]) | y",
                "-,1;2023,1;2024,3",
            ),
            ("Qty + 1 |  | Qty + 1 | COUNT(*), Qty + 1", "-;-3;4;6;11"),
            (
                "Qty |  | Name",
                "! Column 'Qty' is invalid in the select list because it is not \
              contained in either an aggregate function or the GROUP BY clause.",
            ),
            (
                "SUM(SUM(Qty))",
                "! Cannot perform an aggregate function on an expression \
              containing an aggregate or a subquery.",
            ),
            (
                "SUM(Name)",
                "! Operand data type nvarchar is invalid for sum operator.",
            ),
            (
                "MAX(Active)",
                "! Operand data type bit is invalid for max operator.",
            ),
            ("DISTINCT Name |  |  | Name", "-;Anvil;bolt ;Éclair"),
            (
                "DISTINCT Name |  |  | Qty",
                "! ORDER BY items must appear in the select list if \
              SELECT DISTINCT is specified.",
            ),
            ("TOP 2 PK_ID |  |  | PK_ID DESC", "5;4"),
            ("PK_ID |  |  | Name DESC, 1 DESC", "3;4;2;1;5"),
            ("PK_ID AS k |  |  | K DESC", "5;4;3;2;1"),
            ("PK_ID |  |  | Qty * -1, PK_ID", "3;2;1;4;5"),
            (
                "PK_ID |  |  | 2",
                "! The ORDER BY position number 2 is out of range of the number \
              of items in the select list.",
            ),
            (
                "PK_ID, ROW_NUMBER() OVER (ORDER BY Qty DESC) AS r |  |  | r",
                "2,1;1,2;4,3;5,4;3,5",
            ),
            (
                "PK_ID, RANK() OVER (ORDER BY Name) |  |  | PK_ID",
                "1,2;2,3;3,5;4,3;5,1",
            ),
            (
                "PK_ID, SUM(Qty) OVER (PARTITION BY Active ORDER BY PK_ID ROWS UNBOUNDED PRECEDING) \
              |  |  | PK_ID",
                "1,5;2,10;3,-;4,8;5,6",
            ),
            (
                "PK_ID, LAG(Price, 1, 0) OVER (ORDER BY PK_ID) |  |  | PK_ID",
                "1,0;2,123400;3,5000;4,-;5,1",
            ),
            ("SUM(COUNT(*)) OVER () |  | Active | ", "5;5;5"),
            (
                "SUM(ROW_NUMBER() OVER (ORDER BY Qty)) OVER ()",
                "! Windowed functions can only \
              appear in the SELECT or ORDER BY clauses.",
            ),
            (
                "(SELECT SUM(Items.Qty) FROM Notes)",
                "! The query uses something that is not \
              allowed.",
            ),
            ("NTILE(2) OVER (ORDER BY PK_ID) |  |  | PK_ID", "1;1;1;2;2"),
        ],
        grouped,
    );
}

#[test]
fn having_needs_leave() {
    let clauses = QueryParts {
        allow_having: false,
        ..parts("Active", "", "Active HAVING COUNT(*) > 1", "")
    };

    let refused = compile_query(&Shop, "Items", &clauses, Unordered::Natural, None);

    assert_eq!(refused.unwrap_err(), TsqlError::NotAllowed);
}

#[test]
fn columns_have_names_and_types() {
    let list = "name, UPPER(Name) AS name_, Price * 2, Qty AS total, COUNT(*) OVER (), Active, Price / 1.5 x";
    let compiled = compile_query(
        &Shop,
        "Items",
        &parts(list, "", "", ""),
        Unordered::Natural,
        None,
    )
    .unwrap();

    let columns: Vec<_> = compiled
        .columns
        .iter()
        .map(|column| (column.name.as_str(), column.ty))
        .collect();
    assert_eq!(
        columns,
        [
            ("Name", Type::Text),
            ("name_", Type::Text),
            ("Column1", Type::Currency),
            ("total", Type::Integer),
            ("Column2", Type::Integer),
            ("Active", Type::YesNo),
            ("x", Type::Number),
        ]
    );
}

#[test]
fn counts_agree_with_the_rows() {
    let connection = database();

    for (clauses, expected) in [
        (parts("", "Qty > 3", "", "Name"), 2),
        (parts("Name, COUNT(*)", "", "Name", ""), 4),
        (parts("DISTINCT Active", "", "", ""), 3),
        (parts("TOP 2 Name", "", "", "Name"), 2),
        (parts("SUM(Qty)", "", "", ""), 1),
        (parts("Active", "", "Active HAVING COUNT(*) > 1", ""), 2),
    ] {
        let compiled = compile_count(&Shop, "Items", &clauses).unwrap();
        let rows = run(&connection, &compiled).unwrap();
        assert_eq!(rows, [[Value::Integer(expected)]], "{clauses:?}");
    }
}

#[test]
fn windows_stay_within_top() {
    let connection = database();
    let clauses = parts("TOP 3 PK_ID", "", "", "PK_ID");

    let page = |limit, offset| {
        let window = Some((limit, offset));
        let compiled = compile_query(&Shop, "Items", &clauses, Unordered::Natural, window);
        run(&connection, &compiled.unwrap()).unwrap().len()
    };

    assert_eq!((page(2, 0), page(2, 2), page(2, 4)), (2, 1, 0));
}

#[test]
fn every_seed_has_its_own_order() {
    let connection = database();
    connection
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
             INSERT INTO t1 (pk, c1) SELECT i, 'same' FROM n",
        )
        .unwrap();
    let order = |source: &str, order_by: &str, seed| {
        let clauses = parts("PK_ID", "", "", order_by);
        let unordered = Unordered::Shuffled(seed);
        let compiled = compile_query(&Shop, source, &clauses, unordered, None).unwrap();
        let rows = run(&connection, &compiled).unwrap();
        rows.iter().map(|row| shown(&row[0])).collect::<Vec<_>>()
    };

    for order_by in ["", "Name"] {
        let orders: HashSet<_> = (0..20).map(|seed| order("Items", order_by, seed)).collect();
        assert_eq!(orders.len(), 20, "{order_by}");
        for mut rows in orders {
            rows.sort_unstable();
            rows.dedup();
            assert_eq!(rows.len(), 296);
        }
    }
    assert_eq!(order("Items", "", 7), order("Items", "", 7));
    assert_eq!(order("Items", "PK_ID", 7), order("Items", "PK_ID", 8));
    assert!((0..20).any(|seed| order("Both", "", seed) != order("Both", "", 0)));
}

#[test]
fn walking_by_key_never_sorts() {
    let connection = database();
    let plan = |filter: &str, order_by: &str| {
        let compiled = compile_query(
            &Shop,
            "Items",
            &parts("Name", filter, "", order_by),
            Unordered::Shuffled(3),
            Some((100, 0)),
        )
        .unwrap();
        let sql = format!("EXPLAIN QUERY PLAN {}", compiled.sql);
        let rows = run(&connection, &Compiled { sql, ..compiled }).unwrap();
        rows.iter()
            .map(|row| shown(&row[3]))
            .collect::<Vec<_>>()
            .join("; ")
    };

    let keyed = "SEARCH s0 USING INTEGER PRIMARY KEY (rowid>?)";
    assert_eq!(plan("PK_ID > 2", "PK_ID"), keyed);
    assert_eq!(plan("PK_ID > 2", "[PK_ID] ASC"), keyed);
    assert!(plan("PK_ID > 2", "").contains("TEMP B-TREE"));
}
