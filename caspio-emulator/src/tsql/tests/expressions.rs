use super::{Shop, Type, check, compile_formula, database, value};

#[test]
fn arithmetic_keeps_sql_servers_types() {
    let connection = database();

    check(
        &[
            ("5 / 2", "2"),
            ("-5 / 2", "-2"),
            ("5 / 2.0", "2.5"),
            ("Qty / 2", "2"),
            ("Qty % 3", "2"),
            ("7.5 % 2", "1.5"),
            ("1 + 2 * 3 - 4", "3"),
            ("- - Qty", "5"),
            ("-(-Qty)", "5"),
            ("Price", "123400"),
            ("Price + 1", "133400"),
            ("Price + 0.5", "128400"),
            ("Price - Price", "0"),
            ("-Price", "-123400"),
            ("Price * 2", "246800"),
            ("Price * 0.5", "6.17"),
            ("Price * Price", "1522756"),
            ("Price / 3", "41133"),
            ("Price / Price", "10000"),
            ("Price / Weight", "4.936"),
            ("Price * Weight", "30.85"),
            ("$5.20", "52000"),
            ("Weight + 1", "3.5"),
            ("'a' + 'b' + N'ç'", "abç"),
            ("Name + NULL", "-"),
            ("'5' + 1", "6"),
            ("[Added On] + 1", "2024-02-01T08:30:00.000"),
            ("[Added On] - 0.5", "2024-01-30T20:30:00.000"),
            ("Active + 1", "2"),
            ("5 & 3", "1"),
            ("5 | 3", "7"),
            ("10 / Qty", "2"),
            ("10 / (Qty - 5)", "? Divide by zero error encountered."),
            (
                "'a' - 'b'",
                "! Operand data type nvarchar is invalid for subtract operator.",
            ),
            ("Qty = 1 + (2 > 1)", "! Incorrect syntax."),
            (
                "Qty || 'x'",
                "! The query uses something that is not allowed.",
            ),
            ("CASE Qty WHEN 5 THEN 'five' WHEN 6 THEN 'six' END", "five"),
            ("CASE WHEN Qty = 4 THEN 1 ELSE 2.5 END", "2.5"),
            ("CASE WHEN Qty = 5 THEN 1 ELSE 2.5 END", "1.0"),
            ("CASE WHEN Qty = 5 THEN Price ELSE 1 END", "123400"),
        ],
        |expression| value(&connection, expression),
    );
}

#[test]
fn text_functions() {
    let connection = database();

    check(
        &[
            ("LEN('ab c  ')", "4"),
            ("LEN(N'😀')", "2"),
            ("LEFT('héllo', 2)", "hé"),
            ("RIGHT(Name, 2)", "il"),
            ("RIGHT('ab', 5)", "ab"),
            (
                "LEFT('ab', -1)",
                "? Invalid length parameter passed to the left function.",
            ),
            ("SUBSTRING('hello', 2, 3)", "ell"),
            ("SUBSTRING('hello', 0, 3)", "he"),
            ("SUBSTRING('hello', 4, 99)", "lo"),
            ("CHARINDEX('L', 'hello')", "3"),
            ("CHARINDEX('l', 'hello', 4)", "4"),
            ("CHARINDEX('z', 'hello')", "0"),
            ("REPLACE('Hello', 'L', 'y')", "Heyyo"),
            ("UPPER('né')", "NÉ"),
            ("LOWER('NÉ')", "né"),
            ("'[' + LTRIM('  a ') + ']'", "[a ]"),
            ("'[' + RTRIM('  a ') + ']'", "[  a]"),
            ("'[' + TRIM('  a ') + ']'", "[a]"),
            ("CONCAT('a', NULL, 1, Price)", "a112.34"),
            ("REVERSE('abc')", "cba"),
            ("REPLICATE('ab', 3)", "ababab"),
            ("LEN(REPLICATE('ab', 999999999))", "8000"),
            ("'[' + SPACE(2) + ']'", "[  ]"),
            ("STUFF('abcdef', 2, 3, 'XY')", "aXYef"),
            ("STUFF('abc', 9, 1, 'x')", "-"),
            ("LEN(Qty)", "1"),
            (
                "LEN('a', 'b')",
                "! The len function was called with the wrong number of arguments.",
            ),
        ],
        |expression| value(&connection, expression),
    );
}

#[test]
fn number_and_choice_functions() {
    let connection = database();

    check(
        &[
            ("ABS(-5)", "5"),
            ("ABS(-Price)", "123400"),
            ("ROUND(2.345, 2)", "2.35"),
            ("ROUND(-2.5, 0)", "-3.0"),
            ("ROUND(2.567, 1, 1)", "2.5"),
            ("ROUND(Price, 1)", "123000"),
            ("ROUND(1251, -2)", "1300"),
            ("CEILING(2.1)", "3.0"),
            ("FLOOR(-2.1)", "-3.0"),
            ("FLOOR(Price)", "120000"),
            ("CEILING(Price)", "130000"),
            ("CEILING(-Price)", "-120000"),
            ("POWER(2, 10)", "1024"),
            ("POWER(2.0, 0.5)", "1.4142135623730951"),
            ("SQRT(16)", "4.0"),
            (
                "SQRT(-1)",
                "? An invalid floating point operation occurred.",
            ),
            ("SIGN(-3)", "-1"),
            ("SIGN(Price)", "10000"),
            ("ISNULL(NULL, 3)", "3"),
            ("ISNULL(Price, 0)", "123400"),
            ("COALESCE(NULL, Qty, 1)", "5"),
            ("NULLIF(Qty, 5)", "-"),
            ("NULLIF(Name, 'ANVIL ')", "-"),
            ("NULLIF(Qty, 6)", "5"),
            ("IIF(Qty > 4, 'yes', 'no')", "yes"),
            (
                "IIF(Active, 1, 0)",
                "! An expression of non-boolean type specified in a context \
              where a condition is expected.",
            ),
        ],
        |expression| value(&connection, expression),
    );
}

#[test]
fn date_functions() {
    let connection = database();

    check(
        &[
            ("YEAR([Added On])", "2024"),
            ("MONTH('2/29/2024')", "2"),
            ("DAY([Added On])", "31"),
            ("DATEADD(month, 1, [Added On])", "2024-02-29T08:30:00.000"),
            ("DATEADD(yy, -1, '2024-02-29')", "2023-02-28T00:00:00.000"),
            ("DATEADD(qq, 1, '2024-01-01')", "2024-04-01T00:00:00.000"),
            ("DATEADD(hh, 25, '2024-01-01')", "2024-01-02T01:00:00.000"),
            (
                "DATEADD(year, 9000, '2024-01-01')",
                "? Adding a value to a 'datetime' column caused an overflow.",
            ),
            ("DATEDIFF(day, '2024-01-31 23:59', '2024-02-01')", "1"),
            ("DATEDIFF(year, '2023-12-31', '2024-01-01')", "1"),
            ("DATEDIFF(month, '2024-03-01', '2024-01-31')", "-2"),
            ("DATEDIFF(week, '2024-01-06', '2024-01-07')", "1"),
            ("DATEDIFF(week, '2024-01-07', '2024-01-13')", "0"),
            (
                "DATEDIFF(minute, '2024-01-01', '2024-01-01 01:30:59')",
                "90",
            ),
            ("DATEPART(quarter, [Added On])", "1"),
            ("DATEPART(weekday, '2024-01-31')", "4"),
            ("DATEPART(dayofyear, '2024-12-31')", "366"),
            ("DATEPART(week, '2024-01-07')", "2"),
            ("DATENAME(month, [Added On])", "January"),
            ("DATENAME(dw, '2024-01-31')", "Wednesday"),
            ("EOMONTH('2024-02-03')", "2024-02-29T00:00:00.000"),
            ("EOMONTH('2024-01-31', 1)", "2024-02-29T00:00:00.000"),
            ("DATEDIFF(day, GETDATE(), GETUTCDATE())", "0"),
            (
                "DATEPART(moon, [Added On])",
                "! 'moon' is not a recognized datepart option.",
            ),
        ],
        |expression| value(&connection, expression),
    );
}

#[test]
fn conversions() {
    let connection = database();

    check(
        &[
            ("CONVERT(varchar(10), [Added On], 23)", "2024-01-31"),
            ("CONVERT(varchar(10), [Added On], 101)", "01/31/2024"),
            ("CONVERT(varchar(10), [Added On], 102)", "2024.01.31"),
            ("CONVERT(varchar(10), [Added On], 103)", "31/01/2024"),
            ("CONVERT(varchar(10), [Added On], 110)", "01-31-2024"),
            ("CONVERT(varchar(10), [Added On], 111)", "2024/01/31"),
            ("CONVERT(varchar, [Added On], 112)", "20240131"),
            ("CONVERT(varchar, [Added On], 120)", "2024-01-31 08:30:00"),
            (
                "CONVERT(varchar(23), [Added On], 121)",
                "2024-01-31 08:30:00.000",
            ),
            ("CONVERT(varchar(7), [Added On], 126)", "2024-01"),
            ("CONVERT(varchar, [Added On])", "Jan 31 2024  8:30AM"),
            (
                "CONVERT(varchar, [Added On], 999)",
                "! 999 is not a valid style number when \
              converting from datetime to a character string.",
            ),
            ("CONVERT(date, [Added On])", "2024-01-31T00:00:00.000"),
            (
                "CONVERT(datetime, '31/01/2024', 103)",
                "2024-01-31T00:00:00.000",
            ),
            (
                "CAST('2024-01-31' AS datetime2(7))",
                "2024-01-31T00:00:00.000",
            ),
            ("CAST('12' AS int)", "12"),
            ("CAST(2.9 AS int)", "2"),
            (
                "CAST(Name AS int)",
                "? Conversion failed when converting the nvarchar value \
              'Anvil' to data type int.",
            ),
            ("TRY_CAST(Name AS int)", "-"),
            ("TRY_CONVERT(datetime, Name)", "-"),
            ("TRY_CAST('x' AS money)", "-"),
            ("CAST('$1,234.5' AS money)", "12345000"),
            ("CAST(1.005 AS decimal(10,2))", "1.01"),
            ("CAST(Price AS float)", "12.34"),
            ("CAST(Price AS varchar(20))", "12.34"),
            ("CONVERT(varchar, Price, 2)", "12.3400"),
            ("CAST(Weight AS nvarchar(max))", "2.5"),
            ("CAST(Qty AS varchar(5)) + 'x'", "5x"),
            ("CAST(Active AS int)", "1"),
            ("CAST('true' AS bit)", "1"),
            ("CAST(7 AS bit)", "1"),
            (
                "CAST(Qty AS xml)",
                "! The query uses something that is not allowed.",
            ),
            ("{d '2024-01-31'}", "2024-01-31T00:00:00.000"),
        ],
        |expression| value(&connection, expression),
    );
}

#[test]
fn formulas_carry_their_literals() {
    let connection = database();
    let formula = |text: &str| match compile_formula(&Shop, "Items", text, Type::Text) {
        Err(error) => format!("! {error}"),
        Ok(sql) => connection
            .query_row(&format!("SELECT {sql} FROM t1 WHERE pk = 1"), [], |row| {
                row.get::<_, String>(0)
            })
            .unwrap(),
    };

    check(
        &[
            ("Name + ' it''s ' + CAST(Qty AS varchar)", "Anvil it's 5"),
            ("Qty * 1.5", "7.5"),
            ("'a?\u{1}1\u{2}'", "a?\u{1}1\u{2}"),
            ("YEAR(GETDATE()) - YEAR(GETDATE())", "0"),
            ("Secret", "! The query uses something that is not allowed."),
        ],
        formula,
    );
}
