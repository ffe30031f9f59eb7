//! Whole queries: select lists, grouping, subqueries, windows.

use super::*;

fn select(list: &str) -> Result<String, TsqlError> {
    query(&QueryParts {
        select: Some(list),
        order_by: Some("PK_ID"),
        ..QueryParts::default()
    })
}

fn names(list: &str) -> Vec<String> {
    let parts = QueryParts {
        select: Some(list),
        ..QueryParts::default()
    };
    compile_query(&Sample, "People", &parts, Unordered::Natural, None)
        .expect("a query")
        .columns
        .into_iter()
        .map(|column| column.name)
        .collect()
}

#[test]
fn columns_have_their_names_aliases_or_generated_names() {
    for (list, expected) in [
        ("name, AGE", "Name,Age"),
        ("Name AS n, Age [the age]", "n,the age"),
        ("n = Name", "n"),
        (
            "COUNT(*), MAX(Age), MIN(Age) AS least",
            "Column1,Column2,least",
        ),
        ("People.Name, Name", "Name,Name1"),
        ("[Name]", "Name"),
        ("Age + 1, Name", "Column1,Name"),
    ] {
        assert_eq!(names(list).join(","), expected, "{list}");
    }
}

#[test]
fn star_excludes_passwords() {
    assert_eq!(
        names("*").join(","),
        "PK_ID,Name,Age,Score,Balance,Born,Active,Tags"
    );
    assert_eq!(names("Age + 1 AS x, *").len(), 9);
    assert_eq!(names("People.*").len(), 8);
}

#[test]
fn lists_are_selected_unchanged() {
    check(select, &[("Tags", "[1]; [2]; NULL; []; NULL")]);
}

fn grouped(text: &str) -> Result<String, TsqlError> {
    let mut parts = text.split(" / ");
    query(&QueryParts {
        select: parts.next(),
        group_by: parts.next(),
        order_by: parts.next(),
        allow_having: true,
        ..QueryParts::default()
    })
}

#[test]
fn aggregates() {
    check(
        grouped,
        &[
            ("COUNT(*), COUNT(Age), COUNT(DISTINCT Age)", "5|4|3"),
            ("COUNT(DISTINCT Name)", "3"),
            ("SUM(Age), AVG(Age), MIN(Age), MAX(Age)", "125|31|17|40"),
            ("SUM(Score), AVG(Score)", "0.75|0.1875"),
            (
                "SUM(Balance), AVG(Balance), MAX(Balance)",
                "$111.9999|$27.9999|$99.9999",
            ),
            ("MIN(Name), MAX(Name)", "Anna|Élodie"),
            ("MIN(Born)", "1984-02-29T08:00:00.000"),
            ("STDEV(Age), VARP(Age)", "9.912113800799505|73.6875"),
            ("COUNT(*) + 1, SUM(Age)/COUNT(*)", "6|25"),
            (
                "SUM(Age * 40000000)",
                "error: Arithmetic overflow error converting expression to data type int.",
            ),
            (
                "AVG(Age * 40000000)",
                "error: Arithmetic overflow error converting expression to data type int.",
            ),
            ("SUM(Age * CAST(40000000 AS bigint))", "5000000000"),
            ("SUM(CAST(Age AS bigint) * 40000000)", "5000000000"),
            ("AVG(Age * CAST(40000000 AS bigint))", "1250000000"),
            ("SUM(Score * CAST(1 AS bigint))", "0.75"),
            ("SUM(Balance * CAST(1 AS bigint))", "$111.9999"),
            (
                "MAX(Active)",
                "error: Operand data type bit is invalid for max operator.",
            ),
            (
                "SUM(Name)",
                "error: Operand data type nvarchar is invalid for sum operator.",
            ),
        ],
    );
}

#[test]
fn groups() {
    check(
        grouped,
        &[
            ("Age, COUNT(*) / Age / Age", "NULL|1; 17|1; 34|2; 40|1"),
            (
                "Age, COUNT(*) AS n / Age / n DESC, Age DESC",
                "34|2; 40|1; 17|1; NULL|1",
            ),
            ("COUNT(*) / Name / COUNT(*), Name", "1; 1; 1; 2"),
            (
                "Age + 1, COUNT(*) / Age + 1 / 1",
                "NULL|1; 18|1; 35|2; 41|1",
            ),
            (
                "YEAR(Born) AS y, COUNT(*) / YEAR(Born) / y",
                "NULL|1; 1984|1; 1990|2; 2007|1",
            ),
            ("Age / Age HAVING COUNT(*) > 1", "34"),
            (
                "Age, SUM(SUM(PK_ID)) OVER (ORDER BY Age) / Age / Age",
                "NULL|4; 17|6; 34|12; 40|15",
            ),
            (
                "Name, COUNT(*) / Age",
                "error: Column 'Name' is invalid in the select list because it is not contained \
                 in either an aggregate function or the GROUP BY clause.",
            ),
            (
                "Name, COUNT(*)",
                "error: Column 'Name' is invalid in the select list because it is not contained \
                 in either an aggregate function or the GROUP BY clause.",
            ),
            (
                "COUNT(*) / 1",
                "error: Each GROUP BY expression must contain at least one column that is not an \
                 outer reference.",
            ),
        ],
    );
}

#[test]
fn having_is_refused_unless_allowed() {
    let parts = QueryParts {
        select: Some("Age"),
        group_by: Some("Age HAVING COUNT(*) > 1"),
        ..QueryParts::default()
    };

    let refused = compile_query(&Sample, "People", &parts, Unordered::Natural, None);

    assert!(matches!(refused, Err(TsqlError::NotAllowed { .. })));
}

#[test]
fn distinct_and_top() {
    check(
        |list| {
            query(&QueryParts {
                select: Some(list),
                order_by: Some("1"),
                ..QueryParts::default()
            })
        },
        &[
            ("DISTINCT Age", "NULL; 17; 34; 40"),
            ("DISTINCT Age, Active", "NULL|0; 17|0; 34|1; 40|1"),
            ("TOP 2 PK_ID", "1; 2"),
            ("TOP (2) PK_ID", "1; 2"),
            ("DISTINCT TOP 1 Age", "NULL"),
        ],
    );
    let texts = query(&QueryParts {
        select: Some("DISTINCT Name"),
        ..QueryParts::default()
    });
    assert_eq!(texts.expect("rows").split("; ").count(), 4);
}

#[test]
fn subqueries() {
    check(
        matching,
        &[
            ("PK_ID IN (SELECT Person_ID FROM Orders)", "1; 2"),
            ("PK_ID NOT IN (SELECT Person_ID FROM Orders)", "3; 4; 5"),
            (
                "EXISTS (SELECT * FROM Orders WHERE Person_ID = People.PK_ID)",
                "1; 2",
            ),
            (
                "NOT EXISTS (SELECT 1 FROM Orders o WHERE o.Person_ID = People.PK_ID)",
                "3; 4; 5",
            ),
            (
                "PK_ID = (SELECT MAX(Person_ID) FROM Orders WHERE Person_ID < 5)",
                "2",
            ),
            (
                "Age = (SELECT MAX(Age) FROM People p WHERE p.Active = People.Active)",
                "2; 3",
            ),
            (
                "PK_ID IN (SELECT TOP 1 PK_ID FROM People ORDER BY Age DESC)",
                "3",
            ),
            ("PK_ID IN (SELECT PK_ID FROM Adults)", "1; 3; 5"),
            (
                "PK_ID IN (SELECT PK_ID FROM _v_Adults WHERE Next_Age = 41)",
                "3",
            ),
            (
                "PK_ID IN (SELECT d.k FROM (SELECT Person_ID AS k FROM Orders GROUP BY Person_ID HAVING COUNT(*) > 1) d)",
                "1",
            ),
            (
                "PK_ID IN (SELECT p.PK_ID FROM People p JOIN Orders o ON o.Person_ID = p.PK_ID WHERE o.Total > 5)",
                "1",
            ),
            (
                "PK_ID IN (SELECT p.PK_ID FROM People p LEFT JOIN Orders o ON o.Person_ID = p.PK_ID WHERE o.PK_ID IS NULL)",
                "3; 4; 5",
            ),
            (
                "Age > (SELECT Age FROM People)",
                "error: Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.",
            ),
        ],
    );
    check(
        select,
        &[
            (
                "(SELECT COUNT(*) FROM Orders o WHERE o.Person_ID = People.PK_ID) AS n",
                "2; 1; 0; 0; 0",
            ),
            (
                "(SELECT SUM(Total) FROM Orders WHERE Person_ID = People.PK_ID)",
                "$15.5; $1; NULL; NULL; NULL",
            ),
            (
                "(SELECT Total FROM Orders o WHERE o.Person_ID = People.PK_ID AND o.PK_ID <> 1)",
                "$5.5; $1; NULL; NULL; NULL",
            ),
        ],
    );
}

#[test]
fn windows() {
    check(
        select,
        &[
            (
                "ROW_NUMBER() OVER (PARTITION BY Active ORDER BY PK_ID) AS n",
                "1; 1; 2; 2; 3",
            ),
            ("RANK() OVER (ORDER BY Age DESC)", "2; 4; 1; 5; 2"),
            ("DENSE_RANK() OVER (ORDER BY Name)", "2; 3; 3; 4; 1"),
            ("NTILE(2) OVER (ORDER BY PK_ID)", "1; 1; 1; 2; 2"),
            ("SUM(PK_ID) OVER (ORDER BY PK_ID)", "1; 3; 6; 10; 15"),
            (
                "SUM(PK_ID) OVER (ORDER BY PK_ID ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
                "1; 3; 5; 7; 9",
            ),
            ("COUNT(*) OVER ()", "5; 5; 5; 5; 5"),
            ("AVG(Age) OVER (PARTITION BY Active)", "36; 17; 36; 17; 36"),
            ("LAG(PK_ID) OVER (ORDER BY PK_ID)", "NULL; 1; 2; 3; 4"),
            ("LEAD(PK_ID, 2, 0) OVER (ORDER BY PK_ID)", "3; 4; 5; 0; 0"),
            (
                "FIRST_VALUE(PK_ID) OVER (ORDER BY Age DESC, PK_ID)",
                "3; 3; 3; 3; 3",
            ),
        ],
    );
    assert!(matching("ROW_NUMBER() OVER (ORDER BY PK_ID) = 1").is_err());
}

#[test]
fn count_equals_the_number_of_rows() {
    let count = |parts: QueryParts<'_>| {
        let compiled = compile_count(&Sample, "People", &parts).expect("a query");
        run(&compiled).expect("a number")
    };
    let parts = QueryParts::default();
    assert_eq!(count(parts), "5");
    assert_eq!(
        count(QueryParts {
            filter: Some("Active = 1"),
            order_by: Some("Name"),
            ..parts
        }),
        "3"
    );
    assert_eq!(
        count(QueryParts {
            select: Some("Age"),
            group_by: Some("Age"),
            ..parts
        }),
        "4"
    );
    assert_eq!(
        count(QueryParts {
            select: Some("DISTINCT Name"),
            ..parts
        }),
        "4"
    );
    assert_eq!(
        count(QueryParts {
            select: Some("TOP 2 Name"),
            ..parts
        }),
        "2"
    );
    assert_eq!(
        count(QueryParts {
            select: Some("COUNT(*)"),
            ..parts
        }),
        "1"
    );
}

#[test]
fn condition_works_in_writes() {
    let connection = database();
    let filter =
        "EXISTS (SELECT 1 FROM People p WHERE p.Age = People.Age AND p.PK_ID <> People.PK_ID)";
    let condition = compile_condition(&Sample, "People", filter).expect("a condition");

    let update = format!("UPDATE t_1 SET c6 = 9 WHERE {}", condition.sql);
    let changed = connection
        .execute(&update, params_from_iter(&condition.params))
        .expect("an update");

    assert_eq!(changed, 2);
    let inlined = format!("DELETE FROM t_1 WHERE {}", condition.inlined());
    assert_eq!(connection.execute(&inlined, []).expect("a delete"), 2);
}

#[test]
fn formula_is_self_contained() {
    let sql = compile_formula(
        &Sample,
        "People",
        "Name + ' is ' + CAST(Age AS varchar)",
        Type::Text,
    )
    .expect("a formula");

    let text: String = database()
        .query_row(&format!("SELECT {sql} FROM t_1 WHERE pk = 1"), [], |row| {
            row.get(0)
        })
        .expect("a value");

    assert_eq!(text, "Anna is 34");
    let total = compile_expression(&Sample, "People", "Balance * 2").expect("an expression");
    assert_eq!(total.ty, Type::Currency);
}
