use std::time::{Duration, Instant};

use super::*;

fn compiled(filter: &str) -> Result<Compiled, TsqlError> {
    compile_query(
        &Shop,
        "Items",
        &parts("PK_ID", filter, "", ""),
        Unordered::Natural,
        None,
    )
}

/// Compiles and runs on the stack that a server's threads have.
fn on_a_small_stack(filter: String) -> Result<usize, String> {
    let work = move || {
        let compiled = compiled(&filter).map_err(|error| error.to_string())?;
        let rows = run(&database(), &compiled).map_err(|error| error.to_string())?;
        let condition = compile_condition(&Shop, "Items", &filter);
        condition.map_err(|error| error.to_string())?;
        is_tautology(&filter);
        Ok(rows.len())
    };
    std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap()
}

#[test]
fn long_chains_work() {
    let or = format!("Qty = 0{}", " OR Qty = 5".repeat(5_000));
    assert_eq!(on_a_small_stack(or), Ok(1));

    let mixed = format!("Qty = 5{}", " AND Qty > 1 OR Qty = 3".repeat(2_000));
    assert_eq!(on_a_small_stack(mixed), Ok(2));

    let case = format!(
        "CASE {} ELSE 0 END = 1",
        "WHEN Qty = 5 THEN 1 ".repeat(1_500)
    );
    assert_eq!(on_a_small_stack(case), Ok(1));

    let list = format!(
        "Qty IN ({}5)",
        (0..9_000).map(|n| format!("{n},")).collect::<String>()
    );
    assert_eq!(on_a_small_stack(list), Ok(3));
}

#[test]
fn excess_is_refused() {
    let too_long = Err(TsqlError::TooLong.to_string());
    let deep = |open: &str, inner: &str, close: &str, times| {
        format!("{}{inner}{}", open.repeat(times), close.repeat(times))
    };

    for filter in [
        format!("Name = '{}'", "x".repeat(70_000)),
        deep("(", "Qty = 1", ")", 10_000),
        format!("Qty = 1{}", "+1".repeat(20_000)),
        format!("Qty = 1{}", "=1".repeat(20_000)),
        format!("Qty = {}1", "- ".repeat(10_000)),
        deep("ABS(", "1", ")", 5_000) + " = 1",
        deep("EXISTS (SELECT 1 FROM Items WHERE ", "Qty = 1", ")", 300),
    ] {
        assert_eq!(on_a_small_stack(filter.clone()), too_long, "{:.60}", filter);
    }
    for filter in [
        deep("NULLIF(", "Price", ", 0.00001)", 40) + " = 1",
        format!("Qty{} = 1", " IS NULL".repeat(7_000)),
        format!("Qty = 1{}", " COLLATE x".repeat(5_000)),
        deep("CASE WHEN Qty BETWEEN ", "1", " AND 2 THEN 1 END", 300) + " = 1",
        format!("{}Qty = 1", "NOT ".repeat(10_000)),
        format!("Qty{} = 1", "::int".repeat(5_000)),
    ] {
        assert!(on_a_small_stack(filter.clone()).is_err(), "{:.60}", filter);
    }
}

#[test]
fn no_text_panics() {
    let pieces = [
        "Name",
        "Qty",
        "=",
        "<",
        "(",
        ")",
        "'a'",
        "N'é",
        "1",
        "1e999",
        "$",
        "-",
        "--",
        "/*",
        "*",
        "IN",
        "LIKE",
        "NOT",
        "AND",
        "OR",
        "BETWEEN",
        "IS",
        "NULL",
        "CASE",
        "WHEN",
        "THEN",
        "END",
        "[",
        "]",
        "SELECT",
        "FROM",
        "Items",
        "EXISTS",
        "DATEADD",
        "day",
        "CAST",
        "AS",
        "int",
        ",",
        "TOP",
        "OVER",
        "SUM",
        "COUNT",
        ".",
        "\u{1}0\u{2}",
        "{d",
        "}",
        "@",
        "0x",
        "LEFT",
        "\0",
    ];
    let mut seed = 1_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize
    };

    for _ in 0..20_000 {
        let text: Vec<_> = (0..next() % 12)
            .map(|_| pieces[next() % pieces.len()])
            .collect();
        let text = text.join(" ");
        let _ = compile_condition(&Shop, "Items", &text);
        let parts = parts(&text, "", &text, &text);
        let _ = compile_query(&Shop, "Items", &parts, Unordered::Shuffled(1), None);
        is_tautology(&text);
    }
}

#[test]
fn tautologies_are_seen() {
    for filter in [
        "1=1",
        "(1) = 1",
        "'a' = 'A '",
        "1 <> 2",
        "2 > 1",
        "NOT 1 = 2",
        "Qty = 5 OR 1=1",
        "1=1 AND 2=2",
        "Qty = qty",
        "1 IN (2, 1)",
        "NULL IS NULL",
        "1 BETWEEN 0 AND 2",
        "Name LIKE '%'",
        "'1' = 1",
        "1=1 --",
    ] {
        assert!(is_tautology(filter), "{filter}");
    }
    for filter in [
        "",
        "Qty = 1",
        "1 = 2",
        "1=1 AND Qty = 1",
        "NULL = NULL",
        "Name LIKE '%a'",
        "1=1)",
    ] {
        assert!(!is_tautology(filter), "{filter}");
    }
}

#[test]
fn conditions_by_themselves_stand_on_the_bare_table() {
    let connection = database();
    let count = |filter: &str| {
        let condition = compile_condition(&Shop, "Items", filter).unwrap();
        let asked = |sql: &str, params: &[Value]| {
            let sql = format!("SELECT count(*) FROM t1 WHERE {sql}");
            connection
                .query_row(&sql, params_from_iter(params), |row| row.get::<_, i64>(0))
                .unwrap()
        };
        let bound = asked(&condition.sql, &condition.params);
        assert_eq!(asked(&condition.inlined(), &[]), bound);
        bound
    };

    assert_eq!(count("Name = 'BOLT'"), 2);
    assert_eq!(count("Name = 'x'' OR ''1''=''1'"), 0);
    assert_eq!(
        count("EXISTS (SELECT 1 FROM Notes WHERE Item = Items.PK_ID)"),
        2
    );
    assert_eq!(count("Price > 0.00005 AND Weight > 1.0"), 2);
    let nameless = compile_condition(
        &Shop,
        "Both",
        "EXISTS (SELECT 1 FROM Notes WHERE Item = Name)",
    );
    assert_eq!(nameless.unwrap_err(), TsqlError::NotAllowed);
}

#[test]
fn a_query_stops_when_its_time_is_up() {
    let mut connection = database();
    limit_runtime(&mut connection, Duration::from_millis(50)).unwrap();
    let started = Instant::now();

    let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
    let stopped = connection.query_row(endless, [], |row| row.get::<_, i64>(0));

    assert!(stopped.is_err());
    assert!(started.elapsed() < Duration::from_secs(5));
    limit_runtime(&mut connection, Duration::MAX).unwrap();
    assert_eq!(found(&connection, "Qty = 5"), "1");
}
