//! Tests of the guard.

use super::*;
use crate::filter::Operator;
use crate::filter::literal::Literal;
use crate::record::PK_ID;

/// Returns why a write of a table refuses a condition.
fn refused(condition: &Expr) -> Option<&'static str> {
    refusal(condition, ObjectKind::Table, &[])
}

fn always(sql: &str) -> bool {
    let condition = raw(sql);
    let columns = Columns::new(ObjectKind::Table, &[], &condition);
    holds_always(&condition, &columns)
}

fn raw(text: &str) -> Expr {
    Expr::Raw(text.to_owned())
}

fn key(operator: Operator, number: i64) -> Expr {
    Expr::compare("pk_id", operator, Literal::integer(number))
}

fn city(is_null: bool) -> Expr {
    Expr::null("City", is_null)
}

fn between(low: i64, high: i64) -> Expr {
    Expr::Between {
        column: PK_ID.into(),
        low: Literal::integer(low),
        high: Literal::integer(high),
    }
}

#[test]
fn typed_conditions_that_hold_for_every_record_are_refused() {
    let rome = Expr::compare("City", Operator::Eq, Literal::text("Rome"));
    for expr in [
        Expr::EVERYTHING,
        key(Operator::Gt, 0),
        key(Operator::Ge, 1),
        key(Operator::Ne, -1),
        key(Operator::Gt, 5).or(key(Operator::Le, 5)),
        key(Operator::Gt, 5).or(key(Operator::Lt, 8)),
        key(Operator::Ne, 5).or(key(Operator::Eq, 5)),
        between(1, i32::MAX.into()),
        between(1, 9).or(key(Operator::Ge, 10)),
        Expr::null(PK_ID, false),
        Expr::Not(Box::new(Expr::NOTHING)),
        Expr::Like {
            column: "City".into(),
            pattern: Literal::text("%"),
        },
        city(true).or(city(false)),
        rome.clone().or(city(true)).or(city(false)),
        rome.clone().or(raw("1=1")),
        rome.clone().or(Expr::Not(Box::new(rome))),
        Expr::Not(Box::new(key(Operator::Lt, 1))),
        Expr::Like {
            column: "City".into(),
            pattern: Literal::text("%%"),
        },
    ] {
        assert!(refused(&expr).is_some(), "{}", expr.to_sql());
    }
}

#[test]
fn typed_conditions_that_exclude_a_record_are_accepted() {
    for expr in [
        Expr::NOTHING,
        key(Operator::Gt, 7),
        key(Operator::Eq, 1),
        key(Operator::Gt, 8).or(key(Operator::Lt, 8)),
        between(2, i32::MAX.into()),
        city(true),
        city(true).and(city(false)),
        city(true).or(Expr::null("Age", false)),
        Expr::compare("City", Operator::Eq, Literal::text("1=1")),
        Expr::EVERYTHING.and(city(false)),
    ] {
        assert_eq!(refused(&expr), None, "{}", expr.to_sql());
    }
}

#[test]
fn conditions_without_a_column_and_with_a_comment_are_refused() {
    for sql in [
        "/* x */ 1=1",
        "City = 'a' -- all",
        "1 IN (1)",
        "EXISTS(SELECT 1)",
        "LEN('x')=1",
        "NULL IS NULL",
        "N'City' = N'City'",
        "(1)=(1) OR 0.5 < 1e3",
        "",
    ] {
        assert!(refused(&raw(sql)).is_some(), "{sql}");
    }
    for sql in [
        "City = '-- no comment /* */'",
        "LEN([Order No]) < 5",
        "Active=1 AND a-b > 0",
        "N = 1",
        "\"Order\" IN ('a''b', N'c')",
    ] {
        assert_eq!(refused(&raw(sql)), None, "{sql}");
    }
}

#[test]
fn conditions_that_hold_for_every_record_are_found() {
    for sql in [
        "1=1",
        "1 = 1",
        "(1=1)",
        "2 > 1",
        "'a' = N'A'",
        "PK_ID > 0",
        "[PK_ID] >= 1",
        "\"pk_id\" >= 1",
        "t.PK_ID >= 1",
        "[t].[PK_ID] >= 1",
        "pk_id <> -1",
        "PK_ID IS NOT NULL",
        "NOT (1=0)",
        "City = City",
        "[City] = City",
        "City LIKE '%'",
        "City IS NULL OR City IS NOT NULL",
        "City = N'Rome' OR 1=1",
        "(PK_ID > 0) AND (1=1)",
        "Age > 5 OR (PK_ID > -5 AND 3<>4)",
        "0 < PK_ID",
        "0<PK_ID",
        "NOT 1=0",
        "NOT PK_ID < 1",
        "1=0 OR NOT 1=0",
        "PK_ID >= 0 AND NOT (1=0)",
        "PK_ID > - 1",
        "PK_ID = PK_ID",
        "Quantity >= Quantity OR Status = 'x'",
        "Status LIKE '%%'",
        // Ranges of the key.
        "PK_ID BETWEEN 1 AND 2147483647",
        "PK_ID BETWEEN 0 AND 99999999999",
        "PK_ID NOT BETWEEN -5 AND 0",
        "NOT (PK_ID BETWEEN -5 AND 0)",
        "PK_ID<=2147483647",
        "PK_ID>5 OR PK_ID<=5",
        "PK_ID > 5 OR 5 >= PK_ID",
        "PK_ID < 10 OR (PK_ID > 7 AND PK_ID < 20) OR PK_ID >= 20",
        "PK_ID = 1 OR PK_ID <> 1",
        "PK_ID IN (1, 2, 3) OR PK_ID > 3",
        "PK_ID NOT IN (0, -1)",
        "PK_ID IN (7, PK_ID)",
        "PK_ID > 0.5",
        "PK_ID <> '' AND PK_ID > '0'",
        "PK_ID > 1e-3",
        "(PK_ID > 5 AND City = 'a') OR (PK_ID > 5 AND City <> 'a') OR PK_ID <= 5",
        // Sums and functions of the key.
        "ABS(PK_ID)>=0",
        "ABS(-PK_ID) > 0",
        "PK_ID + 1 > PK_ID",
        "PK_ID * 2 >= 2",
        "-PK_ID < 0",
        "2 * (PK_ID - 1) >= 0",
        "PK_ID / 2 >= 0",
        "PK_ID % 7 < 7",
        "PK_ID - PK_ID = 0",
        "ISNULL(PK_ID, 0) > 0",
        "COALESCE(PK_ID, 0) > 0",
        "CAST(PK_ID AS bigint) > 0",
        "CONVERT(int, PK_ID) > 0",
        "SIGN(PK_ID) = 1",
        // A column with itself, and both sides of a value.
        "(Age) = (Age)",
        "LEN(City) = LEN(City)",
        "LEN(City) >= 0",
        "ABS(Age) > -1",
        "Age + 1 > Age",
        "Age BETWEEN Age AND Age",
        "Age IN (Age)",
        "City LIKE City",
        "Age > 5 OR Age <= 5",
        "Age >= 5 OR 5 > Age",
        "Age > 3 OR Age < 7",
        "Age <> 3 OR Age <> 7",
        "City > N'm' OR City <= N'm'",
        "City >= 'm' OR City <= 'M'",
        "City <> 'a' OR City = 'a'",
        "City IN ('a', 'b') OR City NOT IN ('a', 'b')",
        "City LIKE 'a%' OR City NOT LIKE 'a%'",
        "NOT (City = 'a' AND City <> 'a')",
        "City = 'a' OR (NOT City = 'a' AND 1=1)",
        "A = 1 AND B = 2 OR A <> 1 OR B <> 2",
        // Different texts.
        "Status <> 'Open' OR Status <> 'New'",
        "NOT (Status = 'Open' AND Status = 'New')",
        "Status IN ('a','b') OR Status NOT IN ('b','a')",
        "Status IN ('a','b','c') OR (Status <> 'A ' AND Status <> 'b' AND Status <> 'c')",
        "UPPER(Status) <> 'A' OR UPPER(Status) <> 'B'",
        "Status < 'm' OR Status > 'a'",
        "Due < '2025-01-01' OR Due > '2024-01-01'",
        "Due < '2025-01-01T00:00:00' OR Due >= '2024-06-30'",
        "Zip <> '10' OR Zip <> 9",
        "Status LIKE '%' + '' + '%'",
        "Status LIKE '%' ESCAPE '!'",
        // Other spellings of numbers.
        "PK_ID > 0x0",
        "PK_ID > $0",
        "$0 < $1.5",
        "PK_ID NOT IN (0x0)",
        "PK_ID BETWEEN 1 AND 0x7FFFFFFF",
        "PK_ID % 1 = 0",
    ] {
        assert!(always(sql), "{sql}");
    }
}

#[test]
fn a_condition_is_read_as_sql_server_reads_it() {
    for sql in [
        // Numbers end where their digits end.
        "1=1OR City = 'a'",
        "2=2AND 1=1",
        "PK_ID > 5OR PK_ID <= 5",
        "PK_ID > €0",
        "PK_ID > £0.5",
        "PK_ID > 0x0\\\n0",
        // Signs of comparisons can be apart.
        "PK_ID !< 1",
        "PK_ID > = 1",
        "PK_ID < > 0",
        "NOT PK_ID ! > 0",
        // The name of a table, in brackets or not.
        "[t].PK_ID > 0",
        "t.[PK_ID] > 0",
        "dbo . [t] . PK_ID > 0",
        "dbo..t.PK_ID > 0",
        // Other spellings of a name.
        "[a]]b] = \"a]b\"",
        "\"a\"\"b\" >= [A\"B]",
        // Blanks, and texts continued in another line.
        "PK_ID\u{1}>\u{1f}0",
        "City\u{a0}=\u{3000}City",
        "City LIKE '%\\\n'",
        "City LIKE N'\\\r\n%'",
        "'a\\\nb' = 'ab'",
    ] {
        assert!(always(sql), "{sql}");
    }
    for sql in [
        "PK_ID > 5OR City = 'a'",
        "PK_ID !> 1",
        "[t].PK_ID > 7",
        "[a]]b] = \"a]]b\"",
        "City LIKE '%\\'",
        "City LIKE '%\\\r'",
        "PK_ID > 0x0\\\n9",
    ] {
        assert!(!always(sql), "{sql}");
    }
}

#[test]
fn conditions_that_exclude_a_record_are_accepted() {
    let deep = format!("{}City = 'a'{}", "(".repeat(90_000), ")".repeat(90_000));
    let keys: Vec<String> = (1..30_000).map(|key| key.to_string()).collect();
    let list = format!("PK_ID IN ({})", keys.join(","));
    let chain: Vec<String> = (1..5_000).map(|key| format!("PK_ID = {key}")).collect();
    let chain = chain.join(" OR ");
    for sql in [
        "PK_ID > 7",
        "PK_ID = 1",
        "PK_ID > 1",
        "PK_ID BETWEEN 2 AND 2147483647",
        "PK_ID BETWEEN 1 AND 2147483646",
        "PK_ID > 5 OR PK_ID < 5",
        "PK_ID NOT BETWEEN 1 AND 5",
        "PK_ID <> 1",
        "PK_ID % 7 = 0",
        "PK_ID / 2 > 0",
        "ABS(PK_ID - 5) >= 1",
        "PK_ID * 2 > 2",
        "PK_ID > 5 AND PK_ID <= 5",
        "PK_ID > Age",
        "PK_ID > '7'",
        "City = N'1=1'",
        "City = N'a'' OR 1=1 --'",
        "1=1 AND City = N'Rome'",
        "1=0",
        "Age BETWEEN 1 AND 2",
        "Age BETWEEN 1 AND 2 AND City = N'Rome'",
        "NOT (City IS NULL)",
        "PK_ID IN (1,2)",
        "EXISTS (SELECT 1 FROM Orders WHERE Contact_ID > 5)",
        "EXISTS (SELECT 1 FROM Orders JOIN Items ON Items.Order_ID = Orders.PK_ID)",
        "PK_ID IN (SELECT Order_ID FROM Orders WHERE PK_ID > 0)",
        "CASE WHEN Age > 5 OR 1=1 THEN 1 ELSE 0 END = 1 AND City = 'a'",
        "(Age + 1) > 0",
        "Age + Size > Age",
        "LEN(City) > 0",
        "LEN(City) NOT IN (1, 2)",
        "UPPER(City) NOT IN ('a', 2)",
        "Age NOT IN (1, Size)",
        "ABS(Age) > 0",
        "City IS NULL OR Age IS NOT NULL",
        "[a OR 1=1] = 2",
        "[or] = 2",
        "NOT (1=1)",
        "Age > 5 OR Age < 5",
        "Age > 5 OR Size <= 5",
        "City > 'm' OR City < 'm'",
        "City LIKE 'a%' OR City NOT LIKE 'b%'",
        "Age BETWEEN 1 AND 5 OR Age BETWEEN 6 AND 9",
        "A = 1 AND B = 2 OR A <> 1",
        "Status <> 'Open'",
        "Status IN ('a','b') OR Status NOT IN ('b','c')",
        "Status < 'a' OR Status > 'm'",
        "Status <> 'Open' OR City <> 'New'",
        "Status >= ''",
        "Age > '10' OR Age < '5'",
        "Due < '6/1/2024' OR Due > '12/31/2024'",
        "Due < '2024-01-01' OR Due > '2025-01-01'",
        "Status LIKE '!%' ESCAPE '!'",
        "Status LIKE '%' + 'a' + '%'",
        "PK_ID > 0x7",
        "PK_ID % 2 = 0",
        "",
        &deep,
        &list,
        &chain,
    ] {
        assert!(!always(sql), "{sql}");
    }
}
#[test]
fn a_part_without_a_column_is_assumed_to_hold() {
    for sql in [
        "EXISTS (SELECT 1) OR Name = 'x'",
        "(1 IN (1)) AND (1 IN (1))",
        "(EXISTS (SELECT 1)) AND (EXISTS (SELECT 1))",
        "(SELECT 1) = 1 OR Name = 'x'",
        "EXISTS (SELECT 1 FROM Orders)",
        "EXISTS (SELECT * FROM Orders AS o, Items i WHERE 1=1)",
        "EXISTS (SELECT TOP 1 1 FROM Orders o CROSS JOIN Items) OR Name = 'x'",
        "(SELECT COUNT(*) FROM [All Orders]) > 0",
        "CASE WHEN 1=1 THEN 'a' END = 'a'",
        "GETDATE() > '2000-01-01' OR Name = 'x'",
        "UPPER('a') = 'A' OR Name = 'x'",
        "LEN('abc') = 3 OR Name = 'x'",
        "CASE WHEN 1=1 THEN 1 ELSE 0 END = 1 OR Name = 'x'",
        "NULL IS NULL OR Name = 'x'",
        "'x' IS NOT NULL OR Name = 'x'",
        "NOT (EXISTS (SELECT 1) AND Name <> Name)",
        "CURRENT_TIMESTAMP > '2000-01-01' OR Name = 'x'",
        "SYSTEM_USER <> '' OR Name = 'x'",
        "@@SPID > 0 OR Name = 'x'",
        // Types and parts of dates are not columns.
        "DATEADD(day, -1, GETDATE()) < GETDATE() OR Name = 'x'",
        "DATEPART(year, GETDATE()) > 2000 OR Name = 'x'",
        "CAST(GETDATE() AS date) > '2000-01-01' OR Name = 'x'",
        "CAST('a' AS varchar(9)) = 'a' OR Name = 'x'",
        "CONVERT(int, '5') = 5 OR Name = 'x'",
        "TRY_CONVERT(date, '2000-01-01') < GETDATE() OR Name = 'x'",
        "'a' COLLATE Latin1_General_CI_AS = 'A' OR Name = 'x'",
        "(SELECT 1 AS n) = 1 OR Name = 'x'",
        "GETDATE() AT TIME ZONE 'UTC' > '2000-01-01'",
        "GETDATE() AT TIME ZONE 'UTC' > '2000-01-01' OR Name = 'x'",
        "CURRENT_TIMESTAMP AT TIME ZONE 'UTC' AT TIME ZONE 'GMT' > '2000-01-01' OR Name = 'x'",
        "CAST(1 AS double precision) = 1 OR Name = 'x'",
        "PARSE('1' AS int USING 'en-US') = 1 OR Name = 'x'",
    ] {
        assert!(refused(&raw(sql)).is_some(), "{sql}");
    }
    for sql in [
        "EXISTS (SELECT 1) AND Name = 'x'",
        "GETDATE() > '2000-01-01' AND Name = 'x'",
        "1 BETWEEN 5 AND 9 OR Name = 'x'",
        "Seen < GETDATE() OR Name = 'x'",
        "Owner = CURRENT_USER OR Name = 'x'",
        "[Current_User] = 'x'",
        "DATEADD(day, -1, Due) < GETDATE() OR Name = 'x'",
        "DATEDIFF(day, Due, GETDATE()) > 5 OR Name = 'x'",
        "CAST(Code AS int) = 5 OR Name = 'x'",
        "CONVERT(int, Code) = 5 OR Name = 'x'",
        "Day = 5 OR YEAR(Date) > 2000",
        "City COLLATE Latin1_General_CI_AS = 'A' OR Name = 'x'",
        "Seen AT TIME ZONE 'UTC' > '2000-01-01' OR Name = 'x'",
        "[Seen At] AT TIME ZONE 'UTC' > '2000-01-01'",
        "GETDATE() AT TIME ZONE Zone > '2000-01-01' OR Name = 'x'",
        "At > 5 OR Time > 5 OR Zone = 'x'",
        "PARSE(Code AS int USING 'en-US') = 1",
    ] {
        assert_eq!(refused(&raw(sql)), None, "{sql}");
    }
    let constants = raw("EXISTS (SELECT 1)");
    assert!(refused(&constants.clone().and(constants.clone())).is_some());
    assert_eq!(refused(&constants.and(city(true))), None);
}

#[test]
fn a_text_that_begins_otherwise_does_not_match_a_pattern() {
    let unlike = |pattern: &str| {
        Expr::Not(Box::new(Expr::Like {
            column: "City".into(),
            pattern: Literal::text(pattern),
        }))
    };
    let other = |text: &str| Expr::compare("City", Operator::Ne, Literal::text(text));
    for (pattern, text) in [
        ("10%", "open!"),
        ("a%", "Rome"),
        ("r-x%", "Rome"),
        ("rome_%", "Paris"),
        ("a%", ""),
    ] {
        assert!(
            refused(&unlike(pattern).or(other(text))).is_some(),
            "{pattern} {text}"
        );
    }
    // Where signs do not count, the text matches.
    for (pattern, text) in [
        ("10%", "1-0"),
        ("r%", "Rome"),
        ("-%", "Rome"),
        ("_%", ""),
        ("s%", "\u{df}"),
        ("\u{e4}%", "ae"),
    ] {
        assert_eq!(
            refused(&unlike(pattern).or(other(text))),
            None,
            "{pattern} {text}"
        );
    }
}

#[test]
fn texts_of_a_text_column_have_an_order() {
    let status = |operator, text: &str| Expr::compare("Status", operator, Literal::text(text));
    for always in [
        status(Operator::Ge, ""),
        status(Operator::Ge, "  "),
        Expr::Not(Box::new(status(Operator::Lt, ""))),
        status(Operator::Ne, "Open").or(status(Operator::Ne, "New")),
        status(Operator::Gt, "10").or(status(Operator::Lt, "5")),
        status(Operator::Ge, "x").or(raw("Status < 'X '")),
    ] {
        assert!(refused(&always).is_some(), "{}", always.to_sql());
    }
    for other in [
        status(Operator::Gt, ""),
        status(Operator::Ge, "a"),
        status(Operator::Lt, "10").or(status(Operator::Gt, "5")),
        status(Operator::Eq, "a")
            .or(status(Operator::Ne, "b"))
            .and(city(true)),
    ] {
        assert_eq!(refused(&other), None, "{}", other.to_sql());
    }
    let fields = &[FieldInfo::new("Status", "status").of::<String>("String")];
    let least = raw("Status >= ''");
    assert!(refusal(&least, ObjectKind::Table, fields).is_some());
}

#[test]
fn values_on_both_sides_are_compared_as_caspio_does() {
    for sql in [
        "Name IS NULL OR Age = 1 OR Name IS NOT NULL",
        "(Name IS NULL) OR (Name IS NOT NULL)",
        "NOT (Name IS NULL AND Name IS NOT NULL)",
        "NOT Name IS NULL OR Name IS NULL",
        "1+1=2 OR Name='x'",
        "1 IN (1,2) OR Name='x'",
        "'a'='A ' OR Name='x'",
        "'1'=1 OR Name='x'",
        "1 BETWEEN 0 AND 2 OR Name='x'",
        "Things.PK_ID > 0",
        "(PK_ID) > (0)",
        "PK_ID > +0",
        "+PK_ID > 0",
        "PK_ID > '0'",
        "PK_ID <> N'0'",
        "PK_ID = PK_ID + 0",
        "PK_ID < 9223372036854775807",
        "2147483648 > PK_ID",
        "NOT PK_ID BETWEEN 0 AND 0",
    ] {
        assert!(refused(&raw(sql)).is_some(), "{sql}");
    }
    assert_eq!(refused(&raw("'a'='b ' OR Name='x'")), None);
}

#[test]
fn constant_texts_that_a_collation_may_take_for_equal_are_assumed_to_let_the_condition_hold() {
    for sql in [
        "'\u{df}' = 'ss' OR Name = 'x'",
        "'\u{df}' <> 'ss' OR Name = 'x'",
        "NOT (N'\u{e9}' <> 'e') OR Name = 'x'",
        "N'\u{1F7E2}' = '' OR Name = 'x'",
        "'co-op' = 'coop' OR Name = 'x'",
        "N'\u{e5}' = 'aa' OR Name = 'x'",
        "'\u{df}' BETWEEN 'ss' AND 'ss' OR Name = 'x'",
        "'\u{df}' IN ('ss') OR Name = 'x'",
        "NOT ('ss' NOT IN ('\u{df}')) OR Name = 'x'",
        "CASE WHEN '\u{df}' = 'ss' THEN 1 END = 1 OR Name = 'x'",
        "'-' <= '-' OR Name = 'x'",
        "'-' = '- ' OR Name = 'x'",
    ] {
        assert!(refused(&raw(sql)).is_some(), "{sql}");
    }
    for sql in [
        "'\u{df}' = 'ss' AND Name = 'x'",
        "'\u{df}' <> '\u{df}' OR Name = 'x'",
        "'-' < '-' OR Name = 'x'",
        "'a' = 'b' OR Name = 'x'",
        "'a' > 'b' OR Name = 'x'",
    ] {
        assert_eq!(refused(&raw(sql)), None, "{sql}");
    }
}
