//! Constructs that callers may not use.

use super::*;

fn refusal(parts: QueryParts<'_>) -> TsqlError {
    match compile_query(&Sample, "People", &parts, Unordered::Natural, None) {
        Err(error) => error,
        Ok(compiled) => panic!("{parts:?} became {}", compiled.sql),
    }
}

fn filter(text: &str) -> TsqlError {
    refusal(QueryParts {
        filter: Some(text),
        ..QueryParts::default()
    })
}

#[test]
fn only_one_condition_and_nothing_after_it() {
    for text in [
        "PK_ID = 1; DROP TABLE t_1",
        "PK_ID = 1 DROP TABLE t_1",
        "PK_ID = 1 ORDER BY PK_ID",
        "PK_ID = 1 UNION SELECT 1",
        "PK_ID = 1)",
        "PK_ID =",
        "= 1",
        "PK_ID = 1 GO",
        "PK_ID == 1",
        "Name = 'unclosed",
        "[unclosed = 1",
        "DELETE FROM People",
        "EXEC xp_cmdshell 'dir'",
    ] {
        let error = filter(text);
        assert!(matches!(error, TsqlError::Syntax(_)), "{text}: {error:?}");
    }
}

#[test]
fn only_sources_of_the_catalog() {
    for name in [
        "Hidden",
        "Nothing",
        "sqlite_master",
        "sqlite_schema",
        "t_1",
        "sys.tables",
        "INFORMATION_SCHEMA.TABLES",
        "master..sysobjects",
        "main.t_1",
        "sys.People",
        "[sys].[objects]",
    ] {
        let text = format!("EXISTS (SELECT 1 FROM {name})");
        let error = filter(&text);
        assert!(
            matches!(error, TsqlError::UnknownObject { .. }),
            "{text}: {error:?}"
        );
    }
    let hidden = filter("PK_ID IN (SELECT 1 FROM Hidden)");
    assert_eq!(hidden.to_string(), "Invalid object name 'Hidden'.");
}

#[test]
fn no_functions_but_known_ones() {
    for text in [
        "NEWID(1) = '1'",
        "ISJSON(Name) = 1",
        "load_extension('x') = 1",
        "sqlite_version() = '3'",
        "readfile('x') = ''",
        "ts_fail('x') = 1",
        "dbo.f(1) = 1",
        "OBJECT_ID('x') = 1",
        "SUSER_NAME() = 'sa'",
        "[LEN]('x') = 1",
        "RAND() = 1",
        "COUNT(*) = 1",
        "LEN() = 0",
        "LEN('a', 'b') = 0",
        "LEN(DISTINCT Name) = 0",
        "ROW_NUMBER() = 1",
    ] {
        filter(text);
    }
}

#[test]
fn variables_and_unknown_operators_are_refused() {
    for text in [
        "@p = 1",
        "Name = ?",
        "Name = :p",
        "Name = $p",
        "Name ILIKE 'x'",
        "Name SIMILAR TO 'x'",
        "Name RLIKE 'x'",
        "Name REGEXP 'x'",
        "Name GLOB 'x'",
        "Age & 1.5 = 1",
        "Age | Name = 1",
        "Name || 'x' = 'x'",
        "Name COLLATE Latin1_General_BIN = 'x'",
        "Born AT TIME ZONE 'UTC' = 1",
        "Age::varchar = '1'",
        "Age IS TRUE",
        "Age <=> 1",
        "(Age, PK_ID) = (1, 2)",
        "Age = ANY (1, 2)",
        "Age IN (SELECT Age, PK_ID FROM People)",
        "Name = X'41'",
        "Born > {x '2020-01-01'}",
        "INTERVAL '1' DAY = 1",
        "EXTRACT(year FROM Born) = 1",
        "a.b.c.d.e = 1",
        "Name LIKE 'x' ESCAPE 'xx'",
    ] {
        filter(text);
    }
}

#[test]
fn subqueries_only_read() {
    for text in [
        "EXISTS (SELECT 1 INTO x FROM People)",
        "EXISTS (DELETE FROM People)",
        "EXISTS (SELECT 1 UNION DELETE FROM People)",
        "EXISTS (SELECT 1 UNION VALUES (2))",
        "EXISTS (SELECT 1 INTO x UNION SELECT 2)",
        "EXISTS (SELECT * FROM hidden UNION SELECT 2)",
        "EXISTS (VALUES (1))",
        "EXISTS (WITH x AS (SELECT 1 AS a) SELECT a FROM x)",
        "EXISTS (SELECT * FROM OPENROWSET('a', 'b', 'c'))",
        "EXISTS (SELECT * FROM pragma_table_info('t_1'))",
        "EXISTS (SELECT * FROM json_each('[1]'))",
        "EXISTS (SELECT * FROM People FOR JSON AUTO)",
        "EXISTS (SELECT * FROM People WITH (INDEX(1)))",
        "EXISTS (SELECT * FROM People CROSS APPLY Orders)",
        "EXISTS (SELECT * FROM People ORDER BY PK_ID)",
        "EXISTS (SELECT * FROM People NATURAL JOIN Orders)",
        "EXISTS (SELECT * FROM (SELECT 1) x)",
        "EXISTS (SELECT * FROM People p, People p)",
    ] {
        filter(text);
    }
}

#[test]
fn a_select_list_is_only_that() {
    for text in [
        "PK_ID FROM Orders",
        "* FROM Orders --",
        "PK_ID INTO x",
        "PK_ID WHERE 1 = 1",
        "PK_ID GROUP BY PK_ID",
        "PK_ID ORDER BY PK_ID",
        "PK_ID; SELECT 1",
        "PK_ID UNION SELECT 1",
        "PK_ID,",
        "TOP 5 PERCENT PK_ID",
        "* EXCEPT (Name)",
        "Nobody.*",
        "@x = PK_ID",
        "rowid",
        "pk",
        "c1",
        "Name, (SELECT 1 AS a, 2 AS b)",
        "Age = 34 AND Active = 1",
        "Age > 1",
        "Age IS NULL",
        "NOT Age",
    ] {
        refusal(QueryParts {
            select: Some(text),
            ..QueryParts::default()
        });
    }
}

#[test]
fn passwords_and_lists_are_not_operands() {
    for text in [
        "Secret = 'x'",
        "Secret IS NULL",
        "LEN(Secret) = 1",
        "People.Secret = 'x'",
    ] {
        let error = filter(text);
        assert!(
            matches!(error, TsqlError::UnknownField { .. }),
            "{text}: {error:?}"
        );
    }
    for text in [
        "Tags = '[1]'",
        "Tags LIKE '%1%'",
        "Tags IN ('x')",
        "LEN(Tags) = 1",
    ] {
        filter(text);
    }
}

#[test]
fn an_unknown_field_is_named_as_sql_server_does() {
    assert_eq!(
        filter("Nam = 'x'").to_string(),
        "Invalid column name 'Nam'."
    );
    assert_eq!(
        filter("Other.Name = 'x'").to_string(),
        "The multi-part identifier \"Other.Name\" could not be bound."
    );
    assert_eq!(
        filter("EXISTS (SELECT 1 FROM Orders a, Orders b WHERE Total = 1)").to_string(),
        "Ambiguous column name 'Total'."
    );
}

#[test]
fn too_long_or_too_deep_text_is_refused_before_parsing() {
    let chain = vec!["PK_ID = 1"; 20_000].join(" OR ");
    let parentheses = format!("{}1 = 1{}", "(".repeat(30_000), ")".repeat(30_000));
    let nots = format!("{}1 = 1", "NOT ".repeat(10_000));
    let minus = format!("1 = {}1", "- ".repeat(10_000));
    let sum = format!("1 = {}1", "1 + ".repeat(1_500));
    let cases = format!(
        "1 = {}1{}",
        "CASE WHEN 1 = 1 THEN ".repeat(500),
        " END".repeat(500)
    );
    let nested = format!("{}1{}", "(SELECT ".repeat(200), ")".repeat(200));
    let nullifs = format!("1 = {}Age{}", "NULLIF(".repeat(40), ", 2.5)".repeat(40));
    for text in [chain, parentheses, nots, minus, sum, cases, nested, nullifs] {
        let error = filter(&text);
        assert!(
            matches!(error, TsqlError::TooLong { .. } | TsqlError::Syntax(_)),
            "{}: {error:?}",
            &text[..40]
        );
    }
}

#[test]
fn long_lists_are_accepted() {
    let chain = vec!["PK_ID = 2"; 1_000].join(" OR ");
    assert_eq!(matching(&chain).expect("rows"), "2");
    let list: Vec<_> = (2..9_000).map(|number| number.to_string()).collect();
    let list = format!("PK_ID IN ({})", list.join(","));
    assert_eq!(matching(&list).expect("rows"), "2; 3; 4; 5");
}

#[test]
fn query_above_its_time_limit_is_interrupted() {
    let mut connection = database();
    connection
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 6 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
             INSERT INTO t_1 (pk, c2) SELECT i, i FROM n",
        )
        .expect("rows");
    let parts = QueryParts {
        select: Some("COUNT(*)"),
        filter: Some(
            "EXISTS (SELECT 1 FROM People a JOIN People b ON a.Age + b.Age = -People.Age)",
        ),
        ..QueryParts::default()
    };
    let compiled =
        compile_query(&Sample, "People", &parts, Unordered::Natural, None).expect("a query");
    let run = |connection: &Connection, sql: &str, params: &[rusqlite::types::Value]| {
        connection.query_row(sql, params_from_iter(params), |row| row.get::<_, i64>(0))
    };

    let limit = limit_runtime(&mut connection, std::time::Duration::from_millis(20));
    let limit = limit.expect("a limit");
    let limited = limit.start();
    let error = run(&connection, &compiled.sql, &compiled.params).expect_err("an end");
    drop(limited);

    let message = TsqlError::of_execution(&error).map(|error| error.to_string());
    assert_eq!(message.as_deref(), Some("Execution Timeout Expired."));
    assert_eq!(run(&connection, "SELECT count(*) FROM t_1", &[]), Ok(3_000));
}
